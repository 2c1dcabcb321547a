"""The desk's one input line: typed letters, a scanned code, an identity card; Enter does what is said beside it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.theme import TOKENS

from .reception_search import looks_like_id

BURST_SECONDS = 0.05
"""Keys closer together than this come from a scanner or a card reader, not from fingers."""
BURST_LENGTH = 4


class DeskField(QLineEdit):
    """Emits ``typed`` at once with every change, ``entered(text, burst)`` on Enter, ``moved`` on the arrow keys.

    ``paused(text)`` comes when an ID number was left standing without Enter.

    A text that may become an ID number is hidden behind dots while it comes in; :meth:`empty` forgets it wholly, also
    for Ctrl+Z.
    """

    typed = Signal(str)
    entered = Signal(str, bool)
    moved = Signal(int)
    paused = Signal(str)
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setFixedHeight(52)
        self.setStyleSheet(
            "QLineEdit { min-height: 50px; max-height: 50px; font-size: 20px; }"
            "QLineEdit:focus { min-height: 48px; max-height: 48px; }"
        )
        self.setPlaceholderText("姓名拼音首字母、汉字、手机后四位、房号，或扫码")
        self.setAccessibleName("找人：姓名、拼音首字母、手机后四位、房号，或扫码")
        self.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText)
        self.addAction(icons.icon("scan-line", TOKENS.text_hint, 20), QLineEdit.ActionPosition.LeadingPosition)
        for child in self.findChildren(QToolButton):
            child.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            child.setCursor(Qt.CursorShape.ArrowCursor)
        self._last_key = 0.0
        self._fast = 0
        self._hush = QTimer(self)
        self._hush.setSingleShot(True)
        self._hush.setInterval(1500)
        self._hush.timeout.connect(self._forget_id)
        self.textChanged.connect(self._changed)

    def empty(self) -> None:
        """Clear, with nothing left to bring back."""
        self.setText("")
        self._fast = 0

    @Slot(str)
    def _changed(self, text: str) -> None:
        hidden = looks_like_id(text)
        mode = QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal
        if self.echoMode() != mode:
            self.setEchoMode(mode)
        if hidden:
            self._hush.start()
            self.typed.emit("")
            return
        self._hush.stop()
        self.typed.emit(text.strip())

    @Slot()
    def _forget_id(self) -> None:
        """A number that nobody finished with Enter does not stay in the line."""
        if looks_like_id(self.text()):
            text = self.text().strip()
            self.empty()
            self.paused.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            now = time.monotonic()
            burst = self._fast >= BURST_LENGTH and now - self._last_key < BURST_SECONDS
            self._fast = 0
            self.entered.emit(self.text().strip(), burst)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.moved.emit(8 if key == Qt.Key.Key_PageDown else -8)
        elif key == Qt.Key.Key_Escape:
            self.empty()
            self.typed.emit("")
        elif key == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier and not self.text():
            self.undo_asked.emit()
        else:
            if event.text():
                now = time.monotonic()
                self._fast = self._fast + 1 if now - self._last_key < BURST_SECONDS and self.text() else 1
                self._last_key = now
            super().keyPressEvent(event)
