"""The user's own dialogs: change the password, about the program."""

from __future__ import annotations

import platform
import sys

from PySide6.QtCore import Qt, QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QWidget

from dangxiao_houqin import __version__
from dangxiao_houqin.core.paths import log_dir
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import PasswordField
from dangxiao_houqin.ui.widgets import button, column, label, row

from .emblem import EmblemLabel
from .login import UNCLASSIFIED


class ChangePasswordDialog(FormDialog):
    """Old password once, new one twice."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(runner, "修改密码", parent, width=480, done_text="密码已修改，下次登录请用新密码")
        self.form.add(PasswordField("old", "原密码", required=True))
        self.form.add(PasswordField("new", "新密码", required=True, strength=True))
        self.form.add(PasswordField("again", "确认密码", required=True))

    def submit(self) -> None:
        from dangxiao_houqin.modules.organization.api import ChangePassword, change_password

        values = self.form.values()
        if values["new"] != values["again"]:
            self.form["again"].set_error("两次输入的密码不一样")
            self.form["again"].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        cmd = ChangePassword(values["old"], values["new"])
        self.run(change_password, cmd, action="organization.change_password")


class AboutDialog(QDialog):
    """Version, where the data lives, licence, log folder."""

    def __init__(self, where: str, parent: QWidget | None = None, *, demo: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle("关于党校后勤")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        head = row(
            EmblemLabel(48), column(label("党校后勤", "pageTitle"), label(f"版本 {__version__}", "second"), spacing=2)
        )
        head.addStretch(1)
        facts = [
            ("数据位置", where + ("（演示数据，全部虚构）" if demo else "")),
            ("运行环境", f"Python {platform.python_version()} · Qt {qVersion()} · {_system()}"),
            ("许可证", "木兰宽松许可证 第2版（MulanPSL-2.0）"),
            ("使用要求", UNCLASSIFIED),
        ]
        lines = column(spacing=8)
        for title, text in facts:
            caption = label(title, "second")
            caption.setFixedWidth(76)
            caption.setAlignment(Qt.AlignmentFlag.AlignTop)
            words = label(text, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line = row(caption, words, spacing=8)
            line.setStretch(1, 1)
            lines.addLayout(line)
        logs = button("打开日志文件夹", self._open_logs, icon="folder-open")
        close = button("关闭", self.accept, kind="primary")
        close.setDefault(True)
        layout = column(head, lines, None, row(logs, None, close), spacing=16)
        close.setFocus()
        layout.setContentsMargins(28, 24, 28, 20)
        self.setLayout(layout)

    @Slot()
    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))


def _system() -> str:
    return f"{platform.system()} {platform.machine()}" if sys.platform != "win32" else f"Windows {platform.release()}"
