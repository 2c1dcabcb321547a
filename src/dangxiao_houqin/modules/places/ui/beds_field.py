"""The beds of a room as rows: name, whether it may be given out, away with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from dangxiao_houqin.modules.places.domain import MAX_BEDS, BedInput
from dangxiao_houqin.ui.fields import Field
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import button, row, tool_button


class _BedRow(QWidget):
    def __init__(self, owner: BedsField, bed: BedInput) -> None:
        super().__init__()
        self.bed_id = bed.id
        self.name = QLineEdit(bed.name)
        self.name.setMaximumWidth(160)
        self.free = QCheckBox("参与分配")
        self.free.setChecked(bed.assignable)
        self.away = tool_button("trash-2", "删除这张床", owner.remove_sender, size=18)
        self.setLayout(row(self.name, self.free, None, self.away, spacing=16))
        self.name.textChanged.connect(owner.edited)
        self.free.toggled.connect(owner.edited)

    @property
    def bed(self) -> BedInput:
        return BedInput(self.name.text().strip(), self.free.isChecked(), self.bed_id)


class BedsField(Field[tuple[BedInput, ...]]):
    """``value()`` are the beds in order; ``touched_by_user`` tells whether the room type may still fill it in."""

    def __init__(self, key: str, title: str, **options: Any) -> None:
        self._rows: list[_BedRow] = []
        self._filling = False
        self.touched_by_user = False
        super().__init__(key, title, **options)

    def make_input(self) -> QWidget:
        frame = QWidget()
        self._lines = QVBoxLayout(frame)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        self.add_button = button("添加床位", self._add, icon="plus", kind="link")
        self._lines.addLayout(row(self.add_button, None))
        return frame

    def watched_parts(self) -> Iterable[QWidget]:
        return ()

    def framed_parts(self) -> Iterable[QWidget]:
        return ()

    def value(self) -> tuple[BedInput, ...]:
        return tuple(each.bed for each in self._rows)

    def draft(self) -> Any:
        return [[bed.name, bed.assignable, bed.id] for bed in self.value()]

    def set_draft(self, draft: Any) -> None:
        self.set_value(tuple(BedInput(*each) for each in draft))

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        self._filling = True
        for each in self._rows:
            self._take_away(each)
        self._rows = []
        for bed in value or ():
            self._append(bed)
        self._filling = False
        self.touched_by_user = False
        self._number()
        self._show_message()
        self.changed.emit()

    def problem(self) -> str | None:
        names = [bed.name for bed in self.value()]
        if not all(names):
            return "床号不能空着，不要的床请删去"
        twice = next((name for name in names if names.count(name) > 1), None)
        return f"床号“{twice}”重复，请改成不同的" if twice else None

    @Slot()
    def edited(self) -> None:
        """Somebody typed or ticked."""
        if not self._filling:
            self.touched_by_user = True
            self._edited()

    @Slot()
    def remove_sender(self) -> None:
        """The bin of a row was pressed."""
        found = next(each for each in self._rows if each.away is self.sender())
        self._rows.remove(found)
        self._take_away(found)
        self._number()
        self.edited()

    @Slot()
    def _add(self) -> None:
        taken = {bed.name for bed in self.value()}
        name = next(str(n) for n in range(1, MAX_BEDS + 2) if str(n) not in taken)
        self._append(BedInput(name))
        self._number()
        self.edited()
        self._rows[-1].name.setFocus()
        self._rows[-1].name.selectAll()

    def _append(self, bed: BedInput) -> None:
        line = _BedRow(self, bed)
        self._lines.insertWidget(len(self._rows), line)
        self._rows.append(line)

    def _take_away(self, line: _BedRow) -> None:
        self._lines.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _number(self) -> None:
        for number, each in enumerate(self._rows, start=1):
            each.name.setAccessibleName(f"第 {number} 张床的床号")
            each.free.setAccessibleName(f"第 {number} 张床参与分配")
        self.add_button.setEnabled(len(self._rows) < MAX_BEDS)
        self.input.setMinimumHeight(len(self._rows) * (TOKENS.control + 4) + TOKENS.control)
