"""客房保洁: condition of rooms (待打扫 → 已打扫 → 已检查 → 可入住), cleaning tasks, handover checks, lost property."""
