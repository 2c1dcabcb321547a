"""Rows of inputs below one another, filled by keyboard: Enter goes on, and after the last cell begins a new row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.ui.fields import Field, TextField
from dangxiao_houqin.ui.pickers import PickerField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import button, label, line, row, tool_button

GAP = 6
LONG = 8


_DENSE = (
    "QLineEdit { padding: 0 7px; } QLineEdit:focus { padding: 0 6px; } QLineEdit[state='error'] { padding: 0 6px; }"
)
"""Cells stand closer than the fields of a form."""


@dataclass(frozen=True)
class GridColumn:
    """A column of a grid: ``width`` in px, of which it takes its share of the rest by ``stretch``."""

    title: str
    width: int
    stretch: int = 0
    right: bool = False


def bare(field: Field[Any]) -> Field[Any]:
    """A field without its message line: the grid tells what is wrong."""
    field.message.hide()
    return field


class GridRow(QFrame):
    """One row: its cells from left to right; ``cells`` are what the keyboard goes through."""

    remove_asked = Signal(object)

    def __init__(self, columns: Sequence[GridColumn], cells: Sequence[QWidget]) -> None:
        super().__init__()
        self.cells: tuple[Field[Any], ...] = tuple(cell for cell in cells if isinstance(cell, Field))
        self.by_key = {cell.key: cell for cell in self.cells}
        self.number = label("1", "hint")
        self.number.setFixedWidth(20)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.remove = tool_button("x", "删除这一行（Ctrl+Delete）", self._ask_remove, size=16)
        self.remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from row to row; the keys for it are told
        layout = row(self.number, spacing=GAP)
        for column, cell in zip(columns, cells, strict=True):
            place(layout, cell, column)
        layout.addWidget(self.remove)
        self.setLayout(layout)
        self.setStyleSheet(_DENSE)
        self.extra: dict[str, Any] = {}
        """What belongs to the row besides its cells; kept with drafts unless the key begins with "!"."""

    def __getitem__(self, key: str) -> Field[Any]:
        return self.by_key[key]

    @property
    def is_empty(self) -> bool:
        """Nothing was entered."""
        return all(cell.is_empty() for cell in self.cells)

    @Slot()
    def _ask_remove(self) -> None:
        self.remove_asked.emit(self)


def place(layout: QHBoxLayout, cell: QWidget, column: GridColumn) -> None:
    """Give ``cell`` the width of its column, whatever it would like."""
    if column.stretch:
        cell.setMinimumWidth(column.width)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, cell.sizePolicy().verticalPolicy())
        policy.setHorizontalStretch(column.stretch)
        cell.setSizePolicy(policy)
    else:
        cell.setFixedWidth(column.width)
    layout.addWidget(cell, column.stretch)


class EditingGrid(Field[Any]):
    """A field whose value is a tuple with one entry for each row that is not empty.

    A subclass names its ``columns``, makes the cells of a row and builds one entry of them.
    """

    columns: tuple[GridColumn, ...] = ()
    add_text = "添加一行"
    most_rows = 60
    focused = Signal(object)
    """The row in which the keyboard is now."""
    left_by_key = Signal()
    """Enter on an empty last row: on to what follows the grid."""

    def __init__(self, key: str, title: str, **options: Any) -> None:
        self.rows: list[GridRow] = []
        self._loading = False
        super().__init__(key, title, **options)
        self.message.setWordWrap(True)
        self.add_row()

    # ------------------------------------------------------------------ for subclasses
    def make_cells(self) -> Sequence[QWidget]:
        """The widgets of a new row, one a column."""
        raise NotImplementedError

    def entry(self, grid_row: GridRow) -> Any:
        """What the service gets for a row in order."""
        raise NotImplementedError

    def row_added(self, grid_row: GridRow) -> None:
        """Connect the row's cells; override."""

    def row_problem(self, grid_row: GridRow) -> str | None:  # noqa: ARG002 - for subclasses
        """What is wrong with a row whose cells are each in order; override."""
        return None

    # ------------------------------------------------------------------ building
    def make_input(self) -> QWidget:
        box = QWidget()
        box.setObjectName("plain")
        self.head = row(spacing=GAP)
        spacer = label("")
        spacer.setFixedWidth(20)
        self.head.addWidget(spacer)
        self.head_labels: list[QLabel] = []
        for column in self.columns:
            caption = label(column.title, "second")
            if column.right:
                caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                caption.setContentsMargins(0, 0, 10, 0)
            place(self.head, caption, column)
            self.head_labels.append(caption)
        self.head.addSpacing(TOKENS.control)
        self._body = QVBoxLayout()
        self._body.setSpacing(4)
        self.add_button = button(self.add_text, self.add_and_enter, icon="plus", kind="link")
        self.foot = row(self.add_button, None, spacing=12)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self.head)
        layout.addWidget(line())
        layout.addLayout(self._body)
        layout.addLayout(self.foot)
        return box

    def add_row(self) -> GridRow:
        """A new empty row at the end."""
        grid_row = GridRow(self.columns, self.make_cells())
        self.rows.append(grid_row)
        self._body.addWidget(grid_row)
        grid_row.show()  # at once and not with the next event: the keyboard goes there now
        grid_row.remove_asked.connect(self.remove_row)
        for cell in grid_row.cells:
            bare(cell)
            cell.input.installEventFilter(self)
            cell.changed.connect(self._cell_changed)
            cell.left.connect(self._cell_left)
            if isinstance(cell, PickerField):
                cell.picked.connect(self._picked)
                cell.edit.setClearButtonEnabled(False)
        self.row_added(grid_row)
        self._number()
        self._order(grid_row)
        return grid_row

    def stops(self, grid_row: GridRow) -> list[QWidget]:
        """Where Tab stops in a row."""
        found: list[QWidget] = []
        for at in range(grid_row.layout().count()):  # type: ignore[union-attr]
            part = grid_row.layout().itemAt(at).widget()  # type: ignore[union-attr]
            if isinstance(part, Field):
                found.append(part.input)
            elif part is not None and part.focusPolicy() & Qt.FocusPolicy.TabFocus:
                found.append(part)
        return found

    def _order(self, grid_row: GridRow) -> None:
        """Tab goes from the row above into this one, and from the last row to what follows."""
        at = self.rows.index(grid_row)
        order = self.stops(self.rows[at - 1])[-1:] if at else []
        order += self.stops(grid_row)
        if at == len(self.rows) - 1:
            order.append(self.add_button)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    @Slot()
    def add_and_enter(self) -> None:
        """A new row, and the keyboard in it."""
        if len(self.rows) < self.most_rows:
            empty = self.rows[-1] if self.rows and self.rows[-1].is_empty else self.add_row()
            empty.cells[0].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(object)
    def remove_row(self, grid_row: GridRow) -> None:
        """Take a row away; one always stays."""
        place_in_list = self.rows.index(grid_row)
        self.rows.remove(grid_row)
        self._body.removeWidget(grid_row)
        grid_row.hide()
        grid_row.deleteLater()
        if not self.rows:
            self.add_row()
        next_row = self.rows[min(place_in_list, len(self.rows) - 1)]
        next_row.cells[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self._number()
        self._cell_changed()
        self._tell()

    def _number(self) -> None:
        for number, grid_row in enumerate(self.rows, 1):
            grid_row.number.setText(str(number))
            for cell in grid_row.cells:
                cell.input.setAccessibleName(f"第 {number} 行 {cell.title}")

    # ------------------------------------------------------------------ value
    def filled_rows(self) -> list[GridRow]:
        return [grid_row for grid_row in self.rows if not grid_row.is_empty]

    def value(self) -> tuple[Any, ...]:
        """One entry a row; only meaningful after :meth:`check`."""
        return tuple(self.entry(grid_row) for grid_row in self.filled_rows())

    def sound_value(self) -> tuple[Any, ...]:
        """Entries of the rows that are in order, leaving out the others."""
        return tuple(self.entry(r) for r in self.filled_rows() if self._problem_of(r) is None)

    def is_empty(self) -> bool:
        return not self.filled_rows()

    def clear_rows(self) -> None:
        for grid_row in list(self.rows):
            self.rows.remove(grid_row)
            self._body.removeWidget(grid_row)
            grid_row.hide()
            grid_row.deleteLater()

    def draft(self) -> Any:
        return [
            {cell.key: cell.draft() for cell in grid_row.cells}
            | {f"+{k}": v for k, v in grid_row.extra.items() if k[0] != "!"}
            for grid_row in self.filled_rows()
        ]

    def set_draft(self, draft: Any) -> None:
        self._loading = True
        self.clear_rows()
        for values in draft if isinstance(draft, list) else []:
            grid_row = self.add_row()
            for key, kept in values.items():
                if key.startswith("+"):
                    grid_row.extra[key[1:]] = kept
                elif key in grid_row.by_key:
                    grid_row[key].set_draft(kept)
        if not self.rows:
            self.add_row()
        self._loading = False
        self._cell_changed()

    def watched_parts(self) -> Iterable[QWidget]:
        return ()

    def framed_parts(self) -> Iterable[QWidget]:
        return ()

    # ------------------------------------------------------------------ checking
    def _problem_of(self, grid_row: GridRow) -> str | None:
        for cell in grid_row.cells:
            problem = cell.find_problem()
            if problem:
                return problem
        return self.row_problem(grid_row)

    def find_problem(self) -> str | None:
        for grid_row in self.filled_rows():
            problem = self._problem_of(grid_row)
            if problem:
                return f"第 {self.rows.index(grid_row) + 1} 行：{problem}"
        return self.empty_sentence() if self.required and self.is_empty() else None

    def check(self) -> bool:
        for grid_row in self.filled_rows():
            for cell in grid_row.cells:
                cell.check()
        return super().check()

    def set_error(self, sentence: str) -> None:
        super().set_error(sentence)
        found = re.match(r"第\s*(\d+)\s*行", sentence)
        wrong = int(found.group(1)) - 1 if found else -1
        for place_in_list, grid_row in enumerate(self.rows):
            color = TOKENS.error if place_in_list == wrong else TOKENS.text_hint
            grid_row.number.setStyleSheet(f"color: {color}; font-weight: {600 if place_in_list == wrong else 400};")

    def focus_problem(self) -> None:
        """The keyboard into the first cell that is wrong."""
        for grid_row in self.filled_rows() or self.rows[:1]:
            for cell in grid_row.cells:
                if cell.error or cell.find_problem():
                    cell.setFocus(Qt.FocusReason.OtherFocusReason)
                    return
        self.rows[0].cells[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        """What the cells left so far have to say."""
        for number, grid_row in enumerate(self.rows, 1):
            for cell in grid_row.cells:
                if cell.error:
                    self.set_error(f"第 {number} 行：{cell.error}")
                    return
            problem = grid_row.extra.get("!problem")
            if problem:
                self.set_error(f"第 {number} 行：{problem}")
                return
        self.set_error("")

    @Slot()
    def _cell_left(self) -> None:
        self._tell()

    @Slot()
    def _cell_changed(self) -> None:
        cell = self.sender()
        if isinstance(cell, TextField):
            cell.edit.setToolTip(cell.edit.text() if len(cell.edit.text()) > LONG else "")
        if not self._loading:
            self.changed.emit()

    # ------------------------------------------------------------------ keyboard
    def _where(self, part: QObject) -> tuple[int, int] | None:
        for place_in_list, grid_row in enumerate(self.rows):
            for number, cell in enumerate(grid_row.cells):
                if cell.input is part:
                    return place_in_list, number
        return None

    def go_on(self, place_in_list: int, number: int) -> None:
        """From a cell to the next; from the last of the last row to a new row, from an empty row out of the grid."""
        grid_row = self.rows[place_in_list]
        if grid_row.is_empty and place_in_list == len(self.rows) - 1 and place_in_list:
            self.leave_grid()
            return
        shown = [cell for cell in grid_row.cells[number + 1 :] if not cell.isHidden() and cell.input.isEnabled()]
        if shown:
            shown[0].setFocus(Qt.FocusReason.TabFocusReason)
        elif place_in_list + 1 < len(self.rows):
            self.rows[place_in_list + 1].cells[0].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.add_and_enter()

    def leave_grid(self) -> None:
        """Enter on an empty last row."""
        self.left_by_key.emit()

    @Slot(object)
    def _picked(self, _option: object) -> None:
        cell = self.sender()
        if isinstance(cell, PickerField) and (where := self._where(cell.input)) is not None:
            self.go_on(*where)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and (where := self._where(watched)) is not None:
            self.focused.emit(self.rows[where[0]])
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            where = self._where(watched)
            if where is not None and self._key(event, *where):
                return True
        return False  # the base would take a cell that is left for the whole grid

    def _key(self, event: QKeyEvent, place_in_list: int, number: int) -> bool:
        cell = self.rows[place_in_list].cells[number]
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            if isinstance(cell, PickerField) and cell.popup.isVisible():
                return False  # the picker takes its option, and tells
            self.go_on(place_in_list, number)
            return True
        if event.key() == Qt.Key.Key_Delete and control:
            self.remove_row(self.rows[place_in_list])
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and control:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            target = place_in_list + step
            if 0 <= target < len(self.rows):
                self.rows[target].cells[number].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False
