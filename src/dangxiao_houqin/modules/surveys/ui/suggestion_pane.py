"""The pane beside the list of cases: one case whole, and its next steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionRow
from dangxiao_houqin.ui.widgets import Card, PillLabel, button, clear, column, label, row

from .suggestion_actions import STEPS, SuggestionAction, words_of

WIDTH = 344
_CAPTION = 76
_NO_PILL = Pill("")
_NOTHING = "选中一件，在这里看全部内容和下一步。"


class SuggestionPane(Card):
    """Shows a :class:`SuggestionRow`; ``asked(SuggestionAction)`` when a step's button is pressed."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padding=16)
        self.setFixedWidth(WIDTH)
        self.row: SuggestionRow | None = None
        self.number = label("", "cardTitle")
        self.pill = PillLabel(_NO_PILL, self)
        self.body.addLayout(row(self.number, None, self.pill, spacing=8))
        content = QWidget()
        content.setObjectName("dialogCard")
        self._lines = QVBoxLayout(content)
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(10)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("处理单内容")
        self._scroll.setWidget(content)
        self.body.addWidget(self._scroll, 1)
        self.first = button("", self._pressed, kind="primary")
        self.second = button("", self._pressed)
        self._steps = column(self.first, self.second, spacing=8)
        self.body.addLayout(self._steps)
        self.show_row(None, ())

    def show_row(self, found: SuggestionRow | None, actions: Sequence[SuggestionAction]) -> None:
        """Show a case with the steps that fit; the same one again keeps its place."""
        same = found is not None and self.row is not None and found.id == self.row.id
        place = self._scroll.verticalScrollBar().value() if same else 0
        self.row = found
        self.number.setText(found.number if found else "意见建议处理单")
        self.pill.set_pill(found.pill if found else _NO_PILL)
        clear(self._lines)
        if found is None:
            self._lines.addWidget(label(_NOTHING, "second", wrap=True))
        else:
            self._fill(found)
        self._lines.addStretch(1)
        steps = [action for action in STEPS if action in actions][:2]
        for part, action in zip((self.first, self.second), (*steps, None, None), strict=False):
            part.setVisible(action is not None)
            if action is not None and found is not None:
                part.setText(words_of(action, found))
                part.setProperty("action", action.name)
        self._scroll.verticalScrollBar().setValue(place)

    def _fill(self, found: SuggestionRow) -> None:
        self._text("反映内容", found.content)
        self._facts(
            ("来源", found.origin),
            ("收到日期", _day(found.received_on)),
            ("反映人", found.who),
            ("联系方式", found.contact),
            ("类别", found.category),
            ("首问责任人", found.first_contact),
        )
        given = (("承办部门", found.department), ("承办人", found.handler), ("办理期限", _due(found)))
        if any(text for _, text in given):
            self._facts(*given)
        self._text("处理结果", found.result)
        self._text("答复", found.reply)
        feedback = found.feedback.label if found.feedback else ""
        self._facts(("回复时间", _day(found.replied_on)), ("满意度", feedback), ("办结日期", _day(found.closed_on)))

    def _text(self, title: str, text: str) -> None:
        if text:
            words = _selectable(label(text, wrap=True))
            words.setAccessibleName(title)
            self._lines.addLayout(column(label(title, "second"), words, spacing=3))

    def _facts(self, *facts: tuple[str, str]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        shown = [fact for fact in facts if fact[1]]
        for at, (title, text) in enumerate(shown):
            caption = label(title, "second")
            caption.setFixedWidth(_CAPTION)
            grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_selectable(label(text, wrap=True)), at, 1)
        if shown:
            self._lines.addLayout(grid)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.asked.emit(SuggestionAction[sender.property("action")])


def _selectable(part: QLabel) -> QLabel:
    part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return part


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _due(found: SuggestionRow) -> str:
    late = f"（已过 {found.days_late} 天）" if found.is_late else ""
    return f"{_day(found.due_on)}{late}"
