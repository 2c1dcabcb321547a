"""Out of service: a room, one bed of it, or several rooms at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.modules.places import services
from dangxiao_houqin.modules.places.domain import RoomDetail, SaveOutage
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField

REASONS = ("卫生间漏水", "空调待修", "墙面粉刷", "门锁损坏", "电路检修", "家具更换", "另作他用")
WHOLE_ROOM = 0


class OutageDialog(FormDialog):
    """``rooms`` are one or more; a single bed can be chosen when it is one."""

    def __init__(self, runner: Runner, parent: QWidget | None, rooms: tuple[RoomDetail, ...]) -> None:
        names = [f"{room.row.building_name}{room.row.number}" for room in rooms]
        shown = "、".join(names[:6]) + (f" 等 {len(names)} 间" if len(names) > 6 else "")
        super().__init__(runner, "登记停用", parent, subtitle=shown, primary="停用", done_text="已登记停用", width=560)
        self._rooms = rooms
        today = SystemClock().today()
        if len(rooms) == 1 and rooms[0].beds:
            choices: list[tuple[Any, str]] = [(WHOLE_ROOM, "整个房间")]
            choices += [(bed.id, f"只停用床位 {bed.name}") for bed in rooms[0].beds]
            field = ChoiceField("bed_id", "停用", choices, required=True)
            self.form.add(field)
            field.set_value(WHOLE_ROOM)
        self.form.add(
            DateField("start", "停用日期", required=True, help="从这一晚起不住人"),
            DateField("end", "恢复使用", help="空着表示时间未定", placeholder="时间未定"),
        )
        self.form.add(TextField("reason", "原因", required=True, max_length=200, suggestions=REASONS))
        self.form.set_values({"start": today})
        self.form["reason"].setFocus()

    def submit(self) -> None:
        values = self.form.values()
        bed_id = values.get("bed_id") or None
        commands = tuple(
            SaveOutage(room.row.id, values["start"], values["end"], values["reason"], bed_id) for room in self._rooms
        )
        self.run(services.save_outages, commands)
