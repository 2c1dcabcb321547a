"""客房保洁 housekeeping: how clean each room is, who cleans it when, and what guests leave behind.

房间状态 RoomCondition (待打扫 → 已打扫 → 已检查 → 可入住) · 清扫任务 HousekeepingTask · 客房交付检查 HandoverCheck ·
楼层报数 FloorReport · 遗留物品 LostProperty · 布草 linen

Use cases: raise_task, add_tasks, assign_tasks, finish_tasks, cancel_tasks, set_conditions, fail_inspection,
take_back (撤销), mark_dirty, clear_dirty, save_handover, report_floor, resolve_report, save_lost, return_lost,
dispose_lost, reopen_lost.
It stands below accommodation and knows rooms and classes, no guests; who sleeps where is asked by an event.
"""
