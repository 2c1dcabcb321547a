"""The password that opens the signer's key: asked at every submission, every batch and every registration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.expenses.domain.approval import (
    RegisterPaper,
    ReturnDocument,
    SignBatch,
    Signed,
    SignRefused,
    Submit,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import PasswordField

NeedsPassword = Submit | SignBatch | ReturnDocument | RegisterPaper


class SignPasswordDialog(FormDialog):
    """Asks for the password and runs ``service(ctx, command)`` with it; ``saved`` carries the :class:`Signed`.

    A wrong password is told under the field and the dialog stays; it was counted by the service.
    """

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        service: Callable[..., Any],
        command: NeedsPassword,
        *,
        title: str = "输入密码签字",
        subtitle: str = "",
        primary: str = "签字",
        done_text: str = "",
    ) -> None:
        super().__init__(
            runner, title, parent, subtitle=subtitle, primary=primary, width=440, label_width=80, done_text=done_text
        )
        self._service = service
        self._command = command
        self.password = PasswordField(
            "password", "登录密码", required=True, help="用您登录本程序的密码，它打开您的签名密钥"
        )
        self.form.add(self.password)

    def submit(self) -> None:
        self.run(self._service, replace(self._command, password=self.password.value()))

    @Slot(object)
    def take_result(self, result: object) -> None:
        if isinstance(result, SignRefused):
            self.set_busy(False)
            self.password.set_value("")
            self.password.set_error(result.reason)
            self.password.setFocus()
            return
        assert isinstance(result, Signed)
        self.password.set_value("")  # an emptied field is not unsaved work
        super().take_result(result)
