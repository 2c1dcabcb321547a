"""Signatures of a document in their order: who, when, how, with the check code that stands on the paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.modules.expenses.domain.approval import SignAction, SignatureMark, StepState
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import IconLabel, PillLabel, clear, column, label, row

from .signing_sheet import moment


class SignatureList(QWidget):
    """The rounds of a document, the running one first, earlier ones grey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marks: tuple[SignatureMark, ...] = ()
        self._layout = column(spacing=4)
        self.setLayout(self._layout)

    def set_marks(self, marks: Sequence[SignatureMark]) -> None:
        """Show these, of all rounds."""
        self.marks = tuple(marks)
        clear(self._layout)
        rounds = [(number, list(group)) for number, group in groupby(self.marks, key=lambda mark: mark.round)]
        rounds.sort(key=lambda each: -each[0])
        for place, (number, group) in enumerate(rounds):
            if place:
                head = label(f"第 {number} 次提交的签字，已失效", "hint")
                head.setContentsMargins(0, 8, 0, 0)
                self._layout.addWidget(head)
            for last, mark in ((mark is group[-1], mark) for mark in group):
                self._layout.addWidget(MarkRow(mark, grey=bool(place) or mark.void, last=last))
        if not rounds:
            self._layout.addWidget(label("提交后，签批的每一步显示在这里。", "hint"))


class MarkRow(QFrame):
    """One step."""

    def __init__(self, mark: SignatureMark, *, grey: bool, last: bool) -> None:
        super().__init__()
        self.mark = mark
        icon, color = _icon(mark, grey=grey)
        rail = _Rail(last=last)
        dot = IconLabel(icon, color, 20)
        side = QVBoxLayout()
        side.setSpacing(2)
        side.addWidget(dot)
        side.addWidget(rail, 1, Qt.AlignmentFlag.AlignHCenter)
        title = label(mark.title, "strong")
        name = label(mark.signer or mark.who_text, "" if mark.signer else "second")
        head = row(title, name, spacing=8)
        for pill in _pills(mark):
            head.addWidget(PillLabel(pill))
        head.addStretch(1)
        head.addWidget(label(moment(mark), "hint"))
        body = column(head, spacing=2)
        for text in details(mark):
            words = label(text, "second", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            body.addWidget(words)
        body.addSpacing(8)
        layout = row(spacing=10)
        layout.addLayout(side)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        if grey:
            for each in self.findChildren(QLabel):
                if not isinstance(each, (PillLabel, IconLabel)):
                    each.setStyleSheet(f"color: {TOKENS.text_hint};")
        self.setAccessibleName(
            "，".join(part for part in (mark.title, mark.signer or mark.who_text, *details(mark)) if part)
        )


class _Rail(QFrame):
    """The line from one step to the next."""

    def __init__(self, *, last: bool) -> None:
        super().__init__()
        self.setFixedWidth(2)
        self.setStyleSheet(f"background: {'transparent' if last else TOKENS.line};")


def _icon(mark: SignatureMark, *, grey: bool) -> tuple[str, str]:
    if mark.action is SignAction.RETURN:
        return "undo-2", TOKENS.text_hint if grey else TOKENS.warning
    if mark.state is StepState.SIGNED or mark.signer:
        name = "stamp" if mark.paper else "circle-check"
        return name, TOKENS.text_hint if grey else TOKENS.success
    if mark.state is StepState.SKIPPED or mark.state is StepState.VOID:
        return "circle-minus", TOKENS.text_hint
    return "clock", TOKENS.text_hint if grey else TOKENS.primary


def _pills(mark: SignatureMark) -> tuple[Pill, ...]:
    found: list[Pill] = []
    if mark.on_behalf_of:
        found.append(Pill("授权代签", "violet"))
    if mark.paper:
        found.append(Pill("纸质签字", "teal"))
    if mark.action is SignAction.RETURN:
        found.append(Pill("退回", "warning"))
    if mark.state is StepState.SKIPPED:
        found.append(Pill("免签", "neutral"))
    if mark.state is StepState.WAITING and not mark.void:
        found.append(Pill("待签", "primary"))
    return tuple(found)


def details(mark: SignatureMark) -> tuple[str, ...]:
    """The lines below the name."""
    found: list[str] = []
    if mark.opinion:
        found.append(f"“{mark.opinion}”")
    if mark.on_behalf_of:
        found.append(f"代{mark.on_behalf_of}签")
    if mark.paper and mark.registered_by:
        found.append(f"由{mark.registered_by}登记")
    if mark.reason:
        found.append(mark.reason)
    if mark.check_code:
        found.append(f"校验码 {mark.check_code}" + (f"　第 {mark.seq} 号" if mark.seq else ""))
    return tuple(found)
