"""Dialogs: a form to send, work under way, a text to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QPlainTextEdit, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.errors import AppError, Cancelled, Conflict

from . import messages
from .background import Runner, Task
from .form import Form
from .messages import MessageBar
from .widgets import button, column, label, row


class FormDialog(QDialog):
    """A form with its button bottom right.

    A subclass adds fields to ``self.form`` and overrides :meth:`submit`, which is called when every field is in
    order and usually does ``self.run(services.add_room, AddRoom(**self.form.values()))``.  While that runs the
    dialog is busy; then ``saved(result)`` is emitted and the dialog closes; an error marks its field or stays on the
    dialog's bar, and everything typed stays.  Open with ``open()``, never ``exec()``.
    """

    saved = Signal(object)

    def __init__(
        self,
        runner: Runner,
        title: str,
        parent: QWidget | None = None,
        *,
        subtitle: str = "",
        primary: str = "保存",
        width: int = 560,
        label_width: int = 100,
        draft: str = "",
        done_text: str = "",
    ) -> None:
        super().__init__(parent)
        self.runner = runner
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.done_text = done_text
        self._draft = draft
        self._task: Task | None = None
        self._discarding = False
        self.form = Form(label_width=label_width)
        self.bar = MessageBar()
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addWidget(self.form)
        content = QWidget()
        content.setObjectName("dialogCard")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(28, 0, 28, 0)
        inner.addLayout(self.body)
        inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._busy.hide()
        self._primary_text = primary
        self.primary = button(primary, self._send, kind="primary")
        self.primary.setAutoDefault(True)
        self.primary.setDefault(True)
        self.primary.setToolTip("Enter")
        self.cancel = button("取消", self.reject)
        self.cancel.setToolTip("Esc")
        self.buttons = row(None, self.cancel, self.primary, spacing=8)
        self._subtitle = label(subtitle, "second", wrap=True)
        if not subtitle:
            self._subtitle.hide()
        head = column(label(title, "pageTitle"), self._subtitle, spacing=6)
        head.setContentsMargins(28, 24, 28, 8)
        foot = column(self.bar, self._busy, self.buttons, spacing=8)
        foot.setContentsMargins(28, 4, 28, 24)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(head)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(foot)
        self.setMinimumWidth(width)
        self.bar.triggered.connect(self._restore)
        self._shown = False

    # ------------------------------------------------------------------ for subclasses
    def submit(self) -> None:
        """Every field is in order: build the input and call :meth:`run`; override."""
        raise NotImplementedError

    def reload(self) -> None:
        """Fill the form anew after a ``Conflict``; override where the dialog edits something existing."""

    def set_subtitle(self, text: str) -> None:
        self._subtitle.setText(text)
        self._subtitle.setVisible(bool(text))

    def run(self, func: Callable[..., Any], *args: Any, action: str = "") -> Task:
        """Send a command; the dialog is busy until it answers."""
        self.set_busy(True)
        self._task = self.runner.command(func, *args, ok=self.take_result, fail=self.take_error, action=action)
        if not self._task.done:
            self._task.slow.connect(self._busy.show)
        return self._task

    @Slot(object)
    def take_result(self, result: object) -> None:
        """The command is saved: tell and close."""
        self.set_busy(False)
        self.form.mark_clean()
        if self.done_text:
            messages.toast(self, self.done_text)
        self.saved.emit(result)
        self.accept()

    @Slot(object)
    def take_error(self, error: Exception) -> None:
        """The command was refused: mark the field, or say it on the bar; what was typed stays."""
        self.set_busy(False)
        if isinstance(error, Cancelled) or self.form.show_error(error):
            return
        if isinstance(error, Conflict) and type(self).reload is not FormDialog.reload:
            messages.show(self, error, reload=self.reload)
        elif isinstance(error, AppError):
            self.bar.say(str(error), messages.tone_of(error))
            self._grow()
        else:
            messages.show(self, error)

    # ------------------------------------------------------------------ behaviour
    def set_busy(self, busy: bool) -> None:
        """Lock the form while a command runs."""
        self.primary.setEnabled(not busy)
        self.primary.setText("正在保存…" if busy else self._primary_text)
        self.form.setEnabled(not busy)
        if not busy:
            self._busy.hide()

    @Slot()
    def _send(self) -> None:
        self.bar.clear()
        if self.form.check():
            self.submit()

    def reject(self) -> None:
        """Esc, 取消 and the window's cross: ask when something would be lost."""
        if self.form.is_dirty and not self._discarding:
            messages.ask(
                self,
                "已填写的内容还没有保存，关闭后将丢失。",
                done=self._discard_answered,
                title="放弃填写？",
                yes="放弃",
                no="继续填写",
                danger=True,
            )
            return
        self.form.forget_draft()
        super().reject()

    @Slot(bool)
    def _discard_answered(self, yes: bool) -> None:
        if yes:
            self._discarding = True
            self.reject()

    def done(self, result: int) -> None:
        self.runner.drop(self)
        super().done(result)

    def closeEvent(self, event: Any) -> None:
        if self.isVisible() and self.form.is_dirty and not self._discarding:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.primary.click()
            return
        super().keyPressEvent(event)

    @Slot()
    def _restore(self) -> None:
        self.bar.clear()
        self.form.restore_draft()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._shown:
            return
        self._shown = True
        if self._draft and self.form.keep_drafts(self._draft):
            self.bar.say("上次填写的内容没有保存，还留着。", "primary", action="恢复")
        self._grow()
        self.form.focus_first()

    def _grow(self) -> None:
        """As high as the form wants, but never higher than the screen."""
        content = self._scroll.widget()
        content.ensurePolished()
        wanted = content.sizeHint().height() + self.sizeHint().height() - self._scroll.sizeHint().height()
        limit = int(self.screen().availableGeometry().height() * 0.92)
        self.resize(max(self.width(), self.minimumWidth()), min(wanted + 4, limit))


class ProgressDialog(QDialog):
    """Shows a task that takes longer than a moment, with what it is doing and a way to stop it."""

    def __init__(self, task: Task, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        self._task = task
        self._text = label(task.text or "正在处理…", "second")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName("进度")
        self.cancel = button("取消", self._cancel)
        layout = column(label(title, "cardTitle"), self._text, self._bar, row(None, self.cancel), spacing=10)
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        if task.done:
            return
        task.progressed.connect(self._progressed)
        task.ended.connect(self.accept)
        task.slow.connect(self.open)

    @Slot(float, str)
    def _progressed(self, fraction: float, text: str) -> None:
        self._bar.setRange(0, 1000 if fraction > 0 else 0)
        self._bar.setValue(round(fraction * 1000))
        self._text.setText(text)

    @Slot()
    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._text.setText("正在停止…")
        self._task.cancel()

    def reject(self) -> None:
        """Esc asks the work to stop; the dialog closes when it has."""
        if self.cancel.isEnabled():
            self._cancel()


class TextDialog(QDialog):
    """A report to read, copy and save."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None, *, subtitle: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(680, 520)
        self._view = QPlainTextEdit(text)
        self._view.setReadOnly(True)
        self._view.setAccessibleName(title)
        close = button("关闭", self.accept, kind="primary")
        close.setDefault(True)
        self.copy = button("复制", self._copy, icon="copy")
        under = label(subtitle, "second", wrap=True)
        if not subtitle:
            under.hide()
        layout = column(
            column(label(title, "cardTitle"), under, spacing=4), self._view, row(self.copy, None, close), spacing=12
        )
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._view.toPlainText())
        self.copy.setText("已复制")
