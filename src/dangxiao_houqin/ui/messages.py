"""What the program says: a toast for done, a bar for what stays wrong, a dialog only for a decision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGraphicsDropShadowEffect,
    QPlainTextEdit,
    QWidget,
)

from dangxiao_houqin.core.errors import (
    AppError,
    Cancelled,
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleViolation,
    Unavailable,
)

from . import theme
from .background import UnexpectedError, unexpected
from .theme import TOKENS
from .widgets import IconLabel, button, column, label, row, tool_button

_ICONS = {
    "success": ("circle-check", TOKENS.success),
    "warning": ("triangle-alert", TOKENS.warning),
    "error": ("circle-alert", TOKENS.error),
    "primary": ("info", TOKENS.primary),
}
TOAST_MS = 3000


class Toast(QFrame):
    """A short word over the top of the window, gone after three seconds (longer while the mouse is on it)."""

    def __init__(
        self, window: QWidget, text: str, tone: str, action: str = "", slot: Callable[..., object] | None = None
    ) -> None:
        super().__init__(window)
        self.window_below = window
        self.setObjectName("toast")
        self.setProperty("tone", tone)
        name, color = _ICONS[tone]
        self.text = text
        message = label(text)
        layout = row(IconLabel(name, color, 20), message, spacing=10)
        layout.setContentsMargins(14, 10, 18, 10)
        if slot is not None:
            undo = button(action, slot, kind="link")
            undo.setFixedHeight(26)
            undo.clicked.connect(self.close)
            layout.addWidget(undo)
        self.setLayout(layout)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(text)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(18)
        shadow.setOffset(0, 3)
        shadow.setColor(QColor(20, 35, 58, 60))
        self.setGraphicsEffect(shadow)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close)
        self._timer.start(TOAST_MS if slot is None else TOAST_MS * 2)
        window.installEventFilter(self)
        self._place()

    def _place(self) -> None:
        window = self.window_below
        self.adjustSize()
        self.setMaximumWidth(max(window.width() - 48, 200))
        self.move((window.width() - self.width()) // 2, TOKENS.top_bar + 16 if window.height() > 500 else 16)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def enterEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(TOAST_MS // 2)
        super().leaveEvent(event)


def toast(
    widget: QWidget | None,
    text: str,
    *,
    tone: str = "success",
    undo: Callable[..., object] | None = None,
    undo_text: str = "撤销",
) -> Toast | None:
    """Say that something is done.

    ``undo`` is a bound method offered as a link; ``tone`` is success, warning, error or primary.
    """
    window = _window_for_toast(widget)
    if window is None:
        return None
    for old in window.findChildren(Toast):
        old.close()
    result = Toast(window, text, tone, undo_text, undo)
    result.show()
    return result


def _window_for_toast(widget: QWidget | None) -> QWidget | None:
    window = widget.window() if widget is not None else QApplication.activeWindow()
    while isinstance(window, QDialog) and (below := window.parentWidget()) is not None:
        window = below.window()  # a dialog that says "done" is about to close
    return window


class MessageBar(QFrame):
    """A line on the page for what stays wrong until it is mended; hidden while there is nothing to say."""

    triggered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._icon = IconLabel("info", TOKENS.primary, 20)
        self._text = label("", wrap=True)
        self._action = button("", self.triggered, kind="link")
        self._close = tool_button("x", "关闭提示", self.clear, size=16)
        self._close.setFixedSize(28, 28)
        self._action.setFixedHeight(28)
        layout = row(self._icon, self._text, self._action, self._close, spacing=10)
        layout.setStretch(1, 1)
        layout.setContentsMargins(12, 8, 8, 8)
        self.setLayout(layout)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, tone: str = "warning", *, action: str = "", closable: bool = True) -> None:
        """Show a sentence; ``action`` is a link whose click emits ``triggered``."""
        name, color = _ICONS[tone]
        self._icon.set_icon(name, color)
        self._text.setText(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._close.setVisible(closable)
        self.setProperty("tone", tone)
        self.setAccessibleName(text)
        theme.restyle(self)
        theme.restyle(self._text)
        self.show()

    @Slot()
    def clear(self) -> None:
        self._text.setText("")
        self.hide()


_OPEN: set[QDialog] = set()


class QuestionDialog(QDialog):
    """A decision, with what will happen said in full.  Emits ``answered`` once."""

    answered = Signal(bool)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        message: str,
        *,
        detail: str = "",
        yes: str = "继续",
        no: str = "取消",
        tone: str = "warning",
        danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.message = message
        self.detail = detail
        name, color = _ICONS[tone]
        self.setMinimumWidth(440)
        self.setMaximumWidth(560)
        texts = column(label(title, "cardTitle"), label(message, wrap=True), spacing=8)
        if detail:
            texts.addWidget(label(detail, "second", wrap=True))
        self.yes = button(yes, self.accept, kind="danger" if danger else "primary")
        self.no = button(no, self.reject)
        buttons = row(None, self.yes) if not no else row(None, self.no, self.yes)
        body = row(IconLabel(name, color, 28), texts, spacing=16)
        body.setAlignment(Qt.AlignmentFlag.AlignTop)
        body.setStretch(1, 1)
        body.itemAt(0).setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = column(body, 8, buttons, spacing=12)
        layout.setContentsMargins(24, 24, 24, 20)
        self.setLayout(layout)
        self.extra = texts
        # A destructive answer must not be what a hasty Enter gives.
        first = self.no if danger and no else self.yes
        first.setDefault(True)
        first.setFocus()
        self.finished.connect(self._finished)

    def open(self) -> None:
        """Show without blocking; a question without a parent lives until it is answered."""
        _OPEN.add(self)
        super().open()

    @Slot(int)
    def _finished(self, result: int) -> None:
        _OPEN.discard(self)
        self.answered.emit(result == QDialog.DialogCode.Accepted)


def ask(
    parent: QWidget | None,
    message: str,
    *,
    done: Callable[[bool], object],
    title: str = "请确认",
    detail: str = "",
    yes: str = "继续",
    no: str = "取消",
    danger: bool = False,
) -> QuestionDialog:
    """Ask without blocking; ``done(bool)`` is a bound method of a QObject.

    ``message`` names what will happen, with names and numbers; ``yes`` is the verb (``"删除 3 间房"``).
    """
    dialog = QuestionDialog(
        parent, title, message, detail=detail, yes=yes, no=no, danger=danger, tone="error" if danger else "warning"
    )
    dialog.answered.connect(done)
    dialog.open()
    return dialog


def tell(
    parent: QWidget | None, title: str, message: str, *, detail: str = "", tone: str = "primary"
) -> QuestionDialog:
    """A sentence that must be read before going on."""
    dialog = QuestionDialog(parent, title, message, detail=detail, yes="知道了", no="", tone=tone)
    dialog.open()
    return dialog


class BugDialog(QuestionDialog):
    """An unexpected error: the log id, and a button that copies the report."""

    def __init__(self, parent: QWidget | None, error: UnexpectedError) -> None:
        super().__init__(
            parent,
            "程序遇到意外错误",
            f"刚才的操作没有完成，数据没有改动。错误编号 {error.bug_id}，已写入日志。",
            detail="请复制下面的内容发给技术人员；可以继续使用，若反复出现请重新启动程序。",
            yes="关闭",
            no="",
            tone="error",
        )
        self.report = error.report
        text = QPlainTextEdit(error.report.strip())
        text.setReadOnly(True)
        text.setMinimumHeight(140)
        text.setAccessibleName("错误内容")
        text.setFont(theme.font(TOKENS.px_label))
        self.copy = button("复制内容", self._copy, icon="copy")
        self.extra.addWidget(text)
        self.extra.addLayout(row(self.copy, None))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
        self.copy.setText("已复制")


def tone_of(error: Exception) -> str:
    """warning for what the user can mend, error for the rest."""
    return "warning" if isinstance(error, InvalidInput | RuleViolation | Conflict | PermissionDenied) else "error"


def show(
    parent: QWidget | None,
    error: Exception,
    *,
    reload: Callable[..., object] | None = None,
    retry: Callable[..., object] | None = None,
) -> QDialog | None:
    """Show an error in the way of its kind.

    ``Cancelled`` is silent.  ``Conflict`` offers ``reload`` and ``Unavailable`` offers ``retry`` (bound methods called
    without arguments).  Anything that is not an :class:`AppError` is a bug and gets the bug dialog.
    """
    if isinstance(error, Cancelled):
        return None
    dialog: QuestionDialog
    if not isinstance(error, AppError):
        bug = error if isinstance(error, UnexpectedError) else unexpected(error)
        dialog = BugDialog(parent, bug)
    else:
        verb, again = "", None
        if isinstance(error, Conflict) and reload is not None:
            verb, again = "重新载入", reload
        elif isinstance(error, Unavailable) and retry is not None:
            verb, again = "重试", retry
        dialog = QuestionDialog(
            parent,
            error.title,
            error.message,
            detail=error.hint,
            yes=verb or "知道了",
            no="关闭" if verb else "",
            tone=tone_of(error),
        )
        if again is not None:
            dialog.accepted.connect(again)
    dialog.open()
    return dialog


def show_in_bar(bar: MessageBar, error: Exception) -> None:
    """A failed read stays on the page until a reload works; bugs get their dialog too."""
    if isinstance(error, Cancelled):
        return
    if isinstance(error, AppError):
        bar.say(str(error), tone_of(error))
    else:
        bug = error if isinstance(error, UnexpectedError) else unexpected(error)
        bar.say(f"程序遇到意外错误，编号 {bug.bug_id}。", "error")
        BugDialog(bar.window(), bug).open()
