"""Handing a purchase request in: the password, and back to the form with what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import Submit
from dangxiao_houqin.modules.expenses.domain.purchases import SavedRequest
from dangxiao_houqin.ui.background import Runner

from .sign_password_dialog import SignPasswordDialog


class SubmitRequestDialog(SignPasswordDialog):
    """The password; what the service finds missing in the request goes back to the form."""

    refused = Signal(object)

    def __init__(self, runner: Runner, parent: QWidget, saved: SavedRequest, command: Submit) -> None:
        super().__init__(
            runner,
            parent,
            services.submit,
            command,
            title="提交采购申请",
            subtitle=f"{saved.label}　{yuan(saved.total_fen)}。提交后内容锁定，您的签字是第一个签字。",
            primary="签字提交",
        )

    @Slot(object)
    def take_error(self, error: Exception) -> None:
        if isinstance(error, AppError) and error.field and error.field not in self.form.fields:
            self.set_busy(False)
            self.password.set_value("")
            super().reject()
            self.refused.emit(error)
            return
        super().take_error(error)
