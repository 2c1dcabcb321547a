"""What runs in the background, at the foot of the main window: what it is doing, how far, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from .background import Runner, Task
from .widgets import label, row, tool_button


class TaskTray(QFrame):
    """Shows the oldest slow task; hidden while nothing takes long."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._task: Task | None = None
        self._text = label("", "second")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(180)
        self._bar.setAccessibleName("后台任务进度")
        self._stop = tool_button("x", "停止这项任务", self._cancel, size=16)
        self._stop.setFixedSize(28, 28)
        layout = row(self._text, self._bar, self._stop, None, spacing=10)
        layout.setContentsMargins(24, 4, 24, 4)
        self.setLayout(layout)
        self.hide()
        runner.task_started.connect(self._started)
        runner.task_ended.connect(self._choose)

    @Slot(object)
    def _started(self, task: Task) -> None:
        task.slow.connect(self._choose)
        task.progressed.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        slow = [task for task in self._runner.tasks() if task.is_slow]
        self._task = slow[0] if slow else None
        self.setVisible(self._task is not None)
        if self._task is None:
            return
        task = self._task
        more = f"（另有 {len(slow) - 1} 项）" if len(slow) > 1 else ""
        name = task.title or "正在保存"
        doing = "正在停止…" if task.cancelling else task.text
        self._text.setText(f"{name}{'：' + doing if doing else ''}{more}")
        self._bar.setRange(0, 1000 if task.fraction > 0 else 0)
        self._bar.setValue(round(task.fraction * 1000))

    @Slot()
    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._choose()
