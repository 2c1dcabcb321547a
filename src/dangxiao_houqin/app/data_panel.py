"""数据与备份: where the data lives, when it was last backed up, and a backup at a click."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.paths import backup_dir
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.widgets import button, column, label, row


def back_up(progress: Progress, target: str, path: str) -> str:
    """Write a backup of ``target`` to ``path``; returns the sentence to show."""
    from dangxiao_houqin.core.db import Database

    from .backup import backup

    db = Database(target)
    try:
        info = backup(db, Path(path), progress=progress)
    finally:
        db.close()
    return f"已备份到 {info.path.name}"


def last_backup(_progress: Progress, target: str) -> str:
    """When this database was last backed up on this computer, in words."""
    from dangxiao_houqin.core.db import Database

    from .backup import latest_good_backup

    db = Database(target)
    try:
        found = latest_good_backup(db)
    finally:
        db.close()
    return "本机还没有它的备份" if found is None else f"{show(found.created)}　{found.path}"


class DataPanel(QWidget):
    """Shown as the last entry of 系统设置."""

    def __init__(self, runner: Runner, target: str, where: str, *, may_back_up: bool) -> None:
        super().__init__()
        self._runner = runner
        self._target = target
        self.setObjectName("dialogCard")
        self.place = label(where, wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.last = label("…", wrap=True)
        self.last.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.now = button("立即备份…", self._ask_where, icon="save", kind="primary")
        self.now.setEnabled(may_back_up)
        folder = button("打开备份文件夹", self._open_folder, icon="folder-open")
        program = "dangxiao-houqin" if getattr(sys, "frozen", False) else "python -m dangxiao_houqin"
        restore = label(
            "从备份恢复会替换全部数据，请先关闭所有窗口，由管理员在命令行执行："
            f"{program} restore --db 数据位置 备份文件",
            "second",
            wrap=True,
        )
        restore.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setLayout(
            column(
                _fact("数据位置", self.place),
                _fact("最近备份", self.last),
                row(self.now, folder, None),
                8,
                label(
                    "建议每天下班前备份到移动硬盘；升级程序前会自动备份。备份里有个人信息，请妥善保管。",
                    "second",
                    wrap=True,
                ),
                restore,
                None,
                spacing=12,
            )
        )

    @Slot()
    def reload(self) -> None:
        """Look up the last backup anew."""
        self._runner.work(last_backup, self._target, ok=self._looked)

    @Slot(object)
    def _looked(self, text: str) -> None:
        self.last.setText(text)

    @Slot()
    def _ask_where(self) -> None:
        from dangxiao_houqin.core.clock import SystemClock
        from dangxiao_houqin.core.db import Database

        from .backup import automatic_backup_path

        db = Database(self._target)
        proposal = automatic_backup_path(db, SystemClock().now(), "手工")
        db.close()
        dialog = QFileDialog(self.window(), "备份到", str(proposal))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(proposal.suffix.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.back_up_to)
        dialog.open()

    @Slot(str)
    def back_up_to(self, path: str) -> None:
        """Write the backup in the background."""
        self.now.setEnabled(False)
        self._runner.work(back_up, self._target, path, ok=self._done, fail=self._failed, title="备份")

    @Slot(object)
    def _done(self, sentence: str) -> None:
        self.now.setEnabled(True)
        messages.toast(self, sentence)
        self.reload()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.now.setEnabled(True)
        messages.show(self, error)

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(backup_dir())))


def _fact(title: str, value: QWidget) -> Any:
    caption = label(title, "second")
    caption.setFixedWidth(76)
    line = row(caption, value, spacing=8)
    line.setStretch(1, 1)
    return line
