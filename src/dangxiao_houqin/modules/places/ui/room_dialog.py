"""A room with its beds: new, or an existing one with its outages."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.places import services
from dangxiao_houqin.modules.places.domain import (
    BedInput,
    BuildingRow,
    FloorRow,
    OutageRow,
    PlaceRules,
    RoomDetail,
    SaveRoom,
    bed_names,
)
from dangxiao_houqin.modules.places.queries import get_room
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, TextField
from dangxiao_houqin.ui.widgets import label

from .beds_field import BedsField

_FLAGS = ("assignable", "reserve", "accessible", "near_lift", "low_floor")


class RoomDialog(FormDialog):
    """Create a room (``detail`` None; ``floor`` proposes where) or change one."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        buildings: tuple[BuildingRow, ...],
        rules: PlaceRules,
        *,
        detail: RoomDetail | None = None,
        floor: FloorRow | None = None,
    ) -> None:
        super().__init__(
            runner, "修改房间" if detail else "新建房间", parent, done_text="已保存房间", width=620, label_width=84
        )
        self._buildings, self._rules, self._detail = buildings, rules, detail
        floors = [(each.id, f"{b.name} {each.name}") for b in buildings for each in b.floors]
        known = [room_type.name for room_type in rules.room_types]
        if detail is not None and detail.row.room_type not in known:
            known.append(detail.row.room_type)
        self._floor = ChoiceField("floor_id", "楼层", floors, required=True)
        self._type = ChoiceField("room_type", "房型", [(name, name) for name in known], required=True)
        self._beds = BedsField("beds", "床位")
        self._low = CheckField("low_floor", "", "低楼层")
        self._accessible = CheckField("accessible", "", "无障碍")
        self.form.add(self._floor)
        self.form.add(TextField("number", "房号", required=True, max_length=20, placeholder="如 301、8-1"), self._type)
        self.form.add(self._beds)
        self.form.add(
            CheckField("assignable", "使用", "参与分配", help="值班房、工勤房不要勾选"),
            CheckField("reserve", "", "机动房", help="自动分房时最后才用"),
        )
        self.form.add(self._accessible, CheckField("near_lift", "", "靠近电梯"), self._low)
        self.form.add(TextField("note", "备注", max_length=200))
        self._history = label("", "second", wrap=True)
        self._history.hide()
        self.body.addWidget(self._history)
        if detail is not None:
            self._fill(detail)
        else:
            self.form.set_values({"assignable": True, "floor_id": floor.id if floor is not None else None})
            self._type.set_value(known[0] if known else None)
            self._floor_changed()
            self._type_changed()
            self.form.mark_clean()
        self._type.changed.connect(self._type_changed)
        self._floor.changed.connect(self._floor_changed)

    @Slot(object)
    def _fill(self, detail: RoomDetail) -> None:
        self._detail = detail
        form = detail.form
        keys = ("floor_id", "number", "room_type", "beds", "note", *_FLAGS)
        self.form.set_values({key: getattr(form, key) for key in keys})
        self.set_subtitle(f"{detail.row.building_name} {detail.row.floor_name} · {detail.row.number}")
        lines = [_outage_line(outage) for outage in detail.outages[:5]]
        self._history.setText("停用记录\n" + "\n".join(lines) if lines else "")
        self._history.setVisible(bool(lines))

    @Slot()
    def _type_changed(self) -> None:
        """A room type brings its beds, until somebody touched them or the room exists."""
        found = self._rules.type_named(self._type.value() or "")
        if found is None or self._detail is not None:
            return
        if not self._beds.touched_by_user:
            names = bed_names(found.beds, self._rules.bed_style)
            self._beds.set_value(tuple(BedInput(name) for name in names))
            self._grow()
        self._accessible.set_value(found.accessible)

    @Slot()
    def _floor_changed(self) -> None:
        if self._detail is not None:
            return
        for building in self._buildings:
            for floor in building.floors:
                if floor.id == self._floor.value():
                    self._low.set_value(self._rules.is_low(floor.level, has_lift=building.has_lift))

    def reload(self) -> None:
        if self._detail is not None:
            self.runner.query(get_room, self._detail.row.id, ok=self._fill)

    def submit(self) -> None:
        known = self._detail.row if self._detail is not None else None
        cmd = SaveRoom(**self.form.values(), id=known.id if known else None, version=known.version if known else None)
        self.run(services.save_room, cmd)


def _outage_line(outage: OutageRow) -> str:
    until = f"至 {chinese_date(outage.end)}" if outage.end else "起，恢复时间未定"
    bed = f"床位 {outage.bed_name}，" if outage.bed_name else ""
    return f"{chinese_date(outage.start)}{until}：{bed}{outage.reason}"
