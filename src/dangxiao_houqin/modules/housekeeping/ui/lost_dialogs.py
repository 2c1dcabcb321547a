"""Dialogs about things left behind: register, give back, dispose of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.domain import CloseLost, LostRow, SaveLost
from dangxiao_houqin.modules.housekeeping.queries import list_rooms_to_choose
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

PLACES = ("房间内", "走廊", "教室", "食堂", "大厅", "卫生间", "停车场")
KEPT_AT = ("前台失物柜", "布草间", "值班室", "办公室")
WAYS = ("上交公安机关", "按制度销毁", "食品当日丢弃", "转交主办单位", "移交教务科")


def find_rooms(ctx: Ctx, text: str) -> tuple[Option, ...]:
    """Rooms for the picker."""
    return tuple(Option(room_id, name, kind) for room_id, name, kind in list_rooms_to_choose(ctx, text))


class LostDialog(FormDialog):
    """Register a found thing, or correct its entry."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        today: date,
        workers: tuple[str, ...] = (),
        lost: LostRow | None = None,
    ) -> None:
        super().__init__(
            runner,
            f"修改 {lost.tag}" if lost else "登记遗留物品",
            parent,
            primary="保存" if lost else "登记",
            width=620,
        )
        self._lost = lost
        self.form.add(TextField("item", "物品", required=True, max_length=200, help="颜色、品牌、特征，里面有什么"))
        self.room = PickerField("room_id", "房间", runner, find_rooms, placeholder="输入楼栋或房号")
        self.form.add(self.room, TextField("place", "具体位置", max_length=100, suggestions=PLACES))
        self.form.add(
            DateField("found_on", "拾到日期", required=True),
            TextField("finder", "拾物人", max_length=60, suggestions=workers),
        )
        self.form.add(
            TextField("owner", "失主", max_length=80, help="知道时填写"),
            TextField("owner_phone", "联系电话", max_length=40),
        )
        self.form.add(TextField("kept_at", "存放处", max_length=60, suggestions=KEPT_AT))
        if lost is None:
            self.form.set_values({"found_on": today, "kept_at": KEPT_AT[0]})
        else:
            self.form.set_values(
                {
                    "item": lost.item,
                    "place": lost.place,
                    "found_on": lost.found_on,
                    "finder": lost.finder,
                    "owner": lost.owner,
                    "owner_phone": lost.owner_phone,
                    "kept_at": lost.kept_at,
                }
            )
            if lost.room_id is not None:
                self.room.set_value(Option(lost.room_id, lost.room))
        self.form.mark_clean()

    def submit(self) -> None:
        command = SaveLost(**self.form.values())
        if self._lost is not None:
            command = replace(command, id=self._lost.id, version=self._lost.version)
        self.run(services.save_lost, command)


class ReturnDialog(FormDialog):
    """The owner is here."""

    def __init__(self, runner: Runner, parent: QWidget | None, lost: LostRow) -> None:
        super().__init__(
            runner,
            "归还失主",
            parent,
            subtitle=f"{lost.tag}　{lost.item}",
            primary="登记归还",
            width=460,
            label_width=80,
        )
        self._lost = lost
        self.form.add(TextField("note", "领取人", required=True, max_length=200, help="姓名，代领的写明关系"))
        self.form.set_values({"note": lost.owner})

    def submit(self) -> None:
        self.run(services.return_lost, CloseLost(self._lost.id, self._lost.version, self.form.values()["note"]))


class DisposeDialog(FormDialog):
    """Its time is over."""

    def __init__(self, runner: Runner, parent: QWidget | None, lost: LostRow) -> None:
        left = lost.days_left
        when = f"保管期已过 {-left} 天" if left < 0 else f"保管期到 {lost.keep_until}，还有 {left} 天"
        super().__init__(
            runner,
            "处置物品",
            parent,
            subtitle=f"{lost.tag}　{lost.item}。{when}。",
            primary="登记处置",
            width=460,
            label_width=80,
        )
        self._lost = lost
        self.form.add(TextField("note", "处置方式", required=True, max_length=200, suggestions=WAYS))

    def submit(self) -> None:
        self.run(services.dispose_lost, CloseLost(self._lost.id, self._lost.version, self.form.values()["note"]))
