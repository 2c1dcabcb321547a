"""Words of what belongs to no module: exports, the command line, the demo."""

from __future__ import annotations

ACTIONS = {
    "core.reveal_personal": "查看完整个人信息",
    "core.export": "导出",
    "core.print": "打印",
    "app.init": "建立数据库",
    "app.load_demo": "载入演示数据",
    "demo.load": "载入演示数据",
    "cli.backup": "备份",
    "cli.restore": "恢复备份",
}
