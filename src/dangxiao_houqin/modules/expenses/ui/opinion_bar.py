"""The foot of 待我签批: the opinion with phrases used before, agree, return, and the way to the next document."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from dangxiao_houqin.modules.expenses.domain.signing_desk import AGREE, PHRASES
from dangxiao_houqin.ui.widgets import Card, button, clear, label, row

MOST_PHRASES = 6
MAX_OPINION = 200
NEXT_TEXT = "同意并看下一张"


class OpinionEdit(QLineEdit):
    """↑ ↓ go to another document, PgUp PgDn turn the evidence: the hands need not leave the field."""

    stepped = Signal(int)
    paper_keys = Signal(int)
    entered = Signal()
    """Unlike ``returnPressed`` the key goes no further: the page would agree to the next document too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self.stepped.emit(steps[key])
        elif key in pages:
            self.paper_keys.emit(pages[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class OpinionBar(Card):
    """Says what the signer wants; the page does it.

    ``agreed`` for the shown or the chosen documents, ``returned`` for the shown one, ``taken_back`` when an agreement
    is to be undone, ``stepped(-1 | +1)``, ``paper_keys(-1 | +1)``.
    """

    agreed = Signal()
    returned = Signal()
    taken_back = Signal()
    stepped = Signal(int)
    paper_keys = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padding=12)
        self.phrases: tuple[str, ...] = ()
        self._chips: list[QPushButton] = []
        self.edit = OpinionEdit()
        self.edit.setMaxLength(MAX_OPINION)
        self.edit.setPlaceholderText("签批意见")
        self.edit.setAccessibleName("签批意见")
        self.edit.textChanged.connect(self._show_chosen)
        self.edit.entered.connect(self._enter)
        self.edit.stepped.connect(self.stepped)
        self.edit.paper_keys.connect(self.paper_keys)
        self.edit.installEventFilter(self)
        self.previous = button("上一张", self._previous, icon="chevron-left", tooltip="上一张（↑）")
        self.next = button("下一张", self._next, icon="chevron-right", tooltip="下一张（↓）")
        self.back = button("退回…", self.returned, icon="undo-2", shortcut="F8", tooltip="退回经办人，须写明原因")
        self.undo = button("取消同意", self.taken_back, icon="rotate-ccw", shortcut="F7", tooltip="还没签字，可以取消")
        self.agree = button(NEXT_TEXT, self.agreed, icon="check", kind="primary", tooltip=f"{NEXT_TEXT}（Enter）")
        self.agree.setMinimumWidth(168)
        self.note = label("", "error")
        self.keys = label("Enter 同意　↑↓ 换单据　PgUp PgDn 翻凭证　F8 退回　Ctrl+Enter 签字", "hint")
        self._phrase_row = QHBoxLayout()
        self._phrase_row.setSpacing(8)
        first = row(spacing=8)
        first.addLayout(self._phrase_row)
        first.addStretch(1)
        first.addWidget(self.note)
        first.addWidget(self.keys)
        second = row(spacing=8)
        second.addWidget(self.edit, 1)
        for part in (self.back, self.undo, self.previous, self.next, self.agree):
            second.addWidget(part)
        self.body.setSpacing(8)
        self.body.addLayout(first)
        self.body.addLayout(second)
        for number in range(MOST_PHRASES):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._by_number)
        self.undo.hide()
        self.set_phrases(())
        self.reset()

    # ------------------------------------------------------------------ for the page
    @property
    def opinion(self) -> str:
        return self.edit.text().strip()

    def reset(self, opinion: str = AGREE) -> None:
        """The next document: the usual opinion, chosen whole so that typing replaces it."""
        self.say("")
        self.edit.setText(opinion)
        if self.edit.hasFocus():
            self.edit.selectAll()

    def say(self, text: str) -> None:
        """A word of what is missing, in place of the keys."""
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.keys.setVisible(not text)

    def ask_reason(self) -> None:
        """A return without a reason: put the cursor where it belongs."""
        self.say("请先写明退回的原因，再按“退回”")
        if self.opinion == AGREE:
            self.edit.clear()
            self.say("请先写明退回的原因，再按“退回”")
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_phrases(self, remembered: Sequence[str]) -> None:
        """Offer 同意, what was written before, and while that is little some usual ones."""
        wanted = list(dict.fromkeys((AGREE, *remembered, *PHRASES)))[:MOST_PHRASES]
        if tuple(wanted) == self.phrases:
            return
        self.phrases = tuple(wanted)
        clear(self._phrase_row)
        self._chips = []
        for number, text in enumerate(self.phrases):
            chip = button(text if len(text) <= 12 else f"{text[:11]}…", self._chip_clicked, kind="chip")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setToolTip(f"{text}（Ctrl+{number + 1}）")
            chip.setAccessibleName(f"意见：{text}")
            chip.setProperty("number", number)
            self._chips.append(chip)
            self._phrase_row.addWidget(chip)
        self._show_chosen()
        self._fit()

    # ------------------------------------------------------------------ inside
    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        """As many chips as there is room for beside the keys, the first three always."""
        room = self.width() - 40 - max(self.keys.sizeHint().width(), 220)
        for place, chip in enumerate(self._chips):
            room -= chip.sizeHint().width() + 8
            chip.setVisible(place < 3 or room >= 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.FocusIn and self.opinion == AGREE:
            self.edit.selectAll()
        return super().eventFilter(watched, event)

    @Slot()
    def _enter(self) -> None:
        if self.agree.isEnabled():
            self.agreed.emit()

    @Slot()
    def _previous(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _next(self) -> None:
        self.stepped.emit(1)

    @Slot()
    def _chip_clicked(self) -> None:
        self._take(self.sender().property("number"))

    @Slot()
    def _by_number(self) -> None:
        self._take(self.sender().property("number"))

    def _take(self, number: int) -> None:
        if number < len(self.phrases) and self.edit.isEnabled():
            self.edit.setText(self.phrases[number])
            self.say("")
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        if self.note.text() and self.opinion:
            self.say("")
        for chip, text in zip(self._chips, self.phrases, strict=True):
            chip.setChecked(text == self.opinion)
