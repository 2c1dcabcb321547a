"""Where two clerks differ, side by side; whoever has the papers at hand says which is right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.domain.entry import CheckView, SheetDifference, TypedSheet, take
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.widgets import Card, ElidedLabel, EmptyState, button, clear, column, label, row

_LONGEST_LABEL = 24


class DifferenceRow(QFrame):
    """One difference: press 1 or 2 for the turn that is right, 3 to type the sheet anew."""

    chosen = Signal(object, int)
    retyped = Signal(int)
    moved = Signal(object, int)

    def __init__(self, difference: SheetDifference, place: str) -> None:
        super().__init__()
        self.difference = difference
        self.turn = 0
        self.setObjectName("differenceRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(
            f"第 {difference.sheet} 份 {difference.question}：第一遍 {difference.first}，第二遍 {difference.second}"
        )
        where = ElidedLabel(f"{place}{difference.question}")
        self.first = button(
            f"1　第一遍：{_short(difference.first)}", self._first, kind="chip", tooltip=difference.first
        )
        self.second = button(
            f"2　第二遍：{_short(difference.second)}", self._second, kind="chip", tooltip=difference.second
        )
        for each in (self.first, self.second):
            each.setCheckable(True)
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        again = button("都不对", self._again, kind="link", tooltip="按 3，照答卷重录这一份")
        again.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = row(where, self.first, self.second, again, spacing=10)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._mark()

    def set_turn(self, turn: int) -> None:
        """Mark the turn that was chosen, without telling."""
        self.turn = turn
        self.first.setChecked(turn == 1)
        self.second.setChecked(turn == 2)

    def choose(self, turn: int) -> None:
        self.set_turn(turn)
        self.chosen.emit(self, turn)

    @Slot()
    def _first(self) -> None:
        self.choose(1)

    @Slot()
    def _second(self) -> None:
        self.choose(2)

    @Slot()
    def _again(self) -> None:
        self.retyped.emit(self.difference.sheet)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text()
        if key in ("1", "2"):
            self.choose(int(key))
        elif key == "3":
            self._again()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(self, 1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def _mark(self) -> None:
        tokens = theme.TOKENS
        ground = tokens.primary_tint if self.hasFocus() else tokens.card
        self.setStyleSheet(
            f"#differenceRow {{ background: {ground}; border: 1px solid {tokens.line}; border-radius: 6px; }}"
        )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL]}…"


class CheckPane(QWidget):
    """All differences of a stack; a sheet is settled as soon as each of its differences is.

    ``settled(sheet, TypedSheet)``, ``retype(sheet)``, ``hand_in_asked()``.
    """

    settled = Signal(int, object)
    retype = Signal(int)
    hand_in_asked = Signal()
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view: CheckView | None = None
        self.rows: list[DifferenceRow] = []
        self._choices: dict[tuple[int, int, int], int] = {}
        self.head = label("", "cardTitle")
        self.hand_in = button("投入票箱", self.hand_in_asked, icon="check", kind="primary")
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        inner = QWidget()
        inner.setObjectName("dialogCard")
        outer = column(spacing=0)
        outer.addLayout(self._list)
        outer.addStretch(1)
        outer.setContentsMargins(0, 0, 8, 0)
        inner.setLayout(outer)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        self.agreed = EmptyState()
        self.agreed.show_state(
            "两遍录入完全一致",
            "投入票箱以后，录入的内容随即清除，票箱里只留日期，不留份号和录入人。",
            icon="circle-check",
        )
        card = Card(padding=16)
        card.body.addLayout(row(self.head, None, self.hand_in))
        self._how = label(
            "照答卷逐处核对：按 1 或 2 选对的那一遍，都不对按 3 重录这一份；↑↓ 移动。", "second", wrap=True
        )
        card.body.addWidget(self._how)
        card.body.addWidget(self._scroll, 1)
        card.body.addWidget(self.agreed, 1)
        layout = column(card, margins=0)
        self.setLayout(layout)

    def show_check(self, view: CheckView) -> None:
        """The differences there are now; what was chosen before stays chosen."""
        if self.view is None or self.view.row.id != view.row.id:
            self._choices = {}
        self.view = view
        clear(self._list)
        self.rows = []
        places = {question.number: place for place, question in enumerate(view.content.questions, 1)}
        for difference in view.differences:
            at = f"第 {places[difference.number]} 题　" if difference.number in places else ""
            made = DifferenceRow(difference, f"第 {difference.sheet} 份　{at}")
            made.set_turn(self._choices.get(self._key(difference), 0))
            made.chosen.connect(self._chosen)
            made.retyped.connect(self.retype)
            made.moved.connect(self._moved)
            self._list.addWidget(made)
            self.rows.append(made)
        number = len(view.differences)
        sheets = len({difference.sheet for difference in view.differences})
        self.head.setText(f"{sheets} 份答卷有 {number} 处不一致" if number else f"{view.row.sheets} 份答卷两遍一致")
        self.hand_in.setEnabled(not number)
        self.hand_in.setToolTip("" if not number else "先把不一致的地方都核对好")
        self._how.setVisible(bool(number))
        self._scroll.setVisible(bool(number))
        self.agreed.setVisible(not number)
        first = next((each for each in self.rows if not each.turn), None)
        (first or self.hand_in).setFocus()

    @staticmethod
    def _key(difference: SheetDifference) -> tuple[int, int, int]:
        return difference.sheet, difference.number, hash((difference.first, difference.second))

    @Slot(object, int)
    def _chosen(self, made: DifferenceRow, turn: int) -> None:
        self._choices[self._key(made.difference)] = turn
        sheet = made.difference.sheet
        mine = [each for each in self.rows if each.difference.sheet == sheet]
        if all(each.turn for each in mine):
            self.settled.emit(sheet, self._merged(sheet, mine))
        else:
            self._moved(made, 1)

    def _merged(self, sheet: int, mine: list[DifferenceRow]) -> TypedSheet:
        assert self.view is not None
        turns = {1: self.view.first.get(sheet, TypedSheet()), 2: self.view.second.get(sheet, TypedSheet())}
        found = turns[1]
        for each in mine:
            found = take(found, turns[each.turn], each.difference.number)
        return found

    @Slot(object, int)
    def _moved(self, made: DifferenceRow, step: int) -> None:
        place = self.rows.index(made) + step
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus()
            self._scroll.ensureWidgetVisible(self.rows[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_asked.emit()
        else:
            super().keyPressEvent(event)
