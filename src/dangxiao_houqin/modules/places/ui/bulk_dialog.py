"""Many rooms at once, seen before they are made."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.modules.places import services
from dangxiao_houqin.modules.places.domain import MAX_BEDS, BuildingRow, BulkRooms, PlaceRules
from dangxiao_houqin.modules.places.queries import list_room_numbers
from dangxiao_houqin.modules.places.room_planning import PlannedRoom, plan_rooms
from dangxiao_houqin.ui import messages, theme
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, NumberField, TextField
from dangxiao_houqin.ui.widgets import label

from .room_preview import RoomPreview

PREVIEW_HEIGHT = 168


class BulkRoomsDialog(FormDialog):
    """3 层, 每层 14 间双人间, 房号 301 起, 缺 4: the preview follows every keystroke."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        buildings: tuple[BuildingRow, ...],
        rules: PlaceRules,
        *,
        building: BuildingRow | None = None,
        level: int | None = None,
    ) -> None:
        super().__init__(runner, "批量新建房间", parent, primary="新建", width=808, label_width=84)
        self._rules = rules
        self._existing: frozenset[str] = frozenset()
        self._guessed = ""
        self._building = ChoiceField("building_id", "楼栋", [(b.id, b.name) for b in buildings], required=True)
        self._from = NumberField(
            "first_level", "楼层从", required=True, minimum=-5, maximum=60, help="层号，地下一层填 -1"
        )
        self._to = NumberField("last_level", "到", required=True, minimum=-5, maximum=60, help="层号，含这一层")
        self._first = TextField(
            "first_number", "起始房号", required=True, max_length=20, help="最低一层的第一间，其余各层照样推算"
        )
        types = [(room_type.name, room_type.name) for room_type in rules.room_types]
        self._type = ChoiceField("room_type", "房型", types, required=True)
        self._beds = NumberField("beds", "每间床位", required=True, minimum=0, maximum=MAX_BEDS)
        self._accessible = CheckField("accessible", "", "无障碍")
        self.form.add(self._building, self._from, self._to)
        self.form.add(NumberField("per_floor", "每层间数", required=True, minimum=1, maximum=200), self._first)
        self.form.add(
            TextField("skip_digits", "不用的数字", max_length=10, help="如 4：没有 304、314"),
            TextField("skip_numbers", "不用的房号", max_length=200, help="用顿号隔开，如 313、413"),
        )
        self.form.add(self._type, self._beds)
        self.form.add(
            CheckField("assignable", "使用", "参与分配"), CheckField("reserve", "", "机动房"), self._accessible
        )
        self._summary = label("", "strong", wrap=True)
        self._preview = RoomPreview()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFixedHeight(PREVIEW_HEIGHT)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._preview)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._summary)
        self.body.addWidget(scroll)
        start = level if level is not None else 1
        one = building or (buildings[0] if len(buildings) == 1 else None)
        self.form.set_values(
            {
                "building_id": one.id if one is not None else None,
                "first_level": start,
                "last_level": start,
                "per_floor": 10,
                "assignable": True,
                "room_type": types[0][0] if types else None,
            }
        )
        self._type_changed()
        self._level_changed()
        self.form.mark_clean()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self.show_plan)
        self._type.changed.connect(self._type_changed)
        self._from.changed.connect(self._level_changed)
        self._building.changed.connect(self._ask_numbers)
        self.form.changed.connect(self._timer.start)
        self._ask_numbers()
        self.show_plan()

    # ------------------------------------------------------------------ what follows from what
    @Slot()
    def _type_changed(self) -> None:
        found = self._rules.type_named(self._type.value() or "")
        if found is not None:
            self._beds.set_value(found.beds)
            self._accessible.set_value(found.accessible)

    @Slot()
    def _level_changed(self) -> None:
        """A higher first floor pulls the last one up, and the first number follows while it was only proposed."""
        level = self._from.value()
        if level is None:
            return
        if (self._to.value() or level) < level:
            self._to.set_value(level)
        if self._first.value() == self._guessed:
            self._guessed = f"{level}01" if level > 0 else f"B{-level}01"
            self._first.set_value(self._guessed)

    @Slot()
    def _ask_numbers(self) -> None:
        building_id = self._building.value()
        if building_id is None:
            self._take_numbers(frozenset())
        else:
            self.runner.query(list_room_numbers, building_id, ok=self._take_numbers, fail=self.take_error)

    @Slot(object)
    def _take_numbers(self, numbers: frozenset[str]) -> None:
        self._existing = numbers
        self.show_plan()

    # ------------------------------------------------------------------ the plan
    def plan(self) -> tuple[BulkRooms, tuple[PlannedRoom, ...]]:
        """The request as filled in, and its rooms; raises :class:`InvalidInput`."""
        values = self.form.values()
        first, last = values.pop("first_level"), values.pop("last_level")
        levels = tuple(n for n in range(first or 0, (last or 0) + 1) if n != 0) if first is not None else ()
        skip = tuple(re.split(r"[、，,;；\s]+", values.pop("skip_numbers").strip("、，,;； ")))
        cmd = BulkRooms(
            **{**values, "per_floor": values["per_floor"] or 0, "beds": values["beds"] or 0},
            levels=levels,
            skip_numbers=tuple(number for number in skip if number),
        )
        return cmd, plan_rooms(cmd, self._existing)

    @Slot()
    def show_plan(self) -> None:
        """Show what would be made now, or what is still missing."""
        try:
            cmd, rooms = self.plan()
        except AppError as error:
            self._show_summary(str(error), "second")
            self._preview.show_rooms(())
            return
        clashes = sum(room.exists for room in rooms)
        if clashes:
            self._show_summary(f"有 {clashes} 个房号已存在（红色），请改起始房号，或在“不用的房号”里跳过。", "error")
        else:
            self._show_summary(f"将新建 {len(rooms)} 间，共 {len(rooms) * cmd.beds} 张床：", "strong")
        self._preview.show_rooms(rooms)

    def _show_summary(self, text: str, role: str) -> None:
        self._summary.setText(text)
        self._summary.setProperty("role", role)
        theme.restyle(self._summary)

    def submit(self) -> None:
        try:
            cmd, _ = self.plan()
        except AppError as error:
            self.take_error(error)
            return
        self.run(services.create_rooms, cmd)

    @Slot(object)
    def take_result(self, result: object) -> None:
        messages.toast(self, f"已新建 {result} 间房")
        super().take_result(result)
