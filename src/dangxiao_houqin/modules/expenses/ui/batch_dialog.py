"""The password for a batch: a refusal that is not about the password goes back to the page."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from dangxiao_houqin.core.errors import AppError, Cancelled

from .sign_password_dialog import SignPasswordDialog


class BatchDialog(SignPasswordDialog):
    """A refusal that is not about the password closes it: the page says what happened and keeps the rest."""

    refused = Signal(object)

    @Slot(object)
    def take_error(self, error: Exception) -> None:
        if not isinstance(error, AppError) or isinstance(error, Cancelled) or error.field == "password":
            super().take_error(error)
            return
        self.set_busy(False)
        self.password.set_value("")
        self.refused.emit(error)
        self.reject()
