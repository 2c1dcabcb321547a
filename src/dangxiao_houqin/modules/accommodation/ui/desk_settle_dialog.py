"""赔偿结清: the receipt that was given for the money."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import CompensationRow
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField


class SettleDialog(FormDialog):
    """One line paid."""

    def __init__(self, runner: Runner, parent: QWidget, line: CompensationRow) -> None:
        super().__init__(
            runner,
            "赔偿结清",
            parent,
            subtitle=f"{line.name}　{line.class_name}　{line.item} {yuan(line.amount)}",
            primary="已收款",
            width=460,
            done_text="已结清",
        )
        self._line = line
        self.form.add(TextField("receipt_no", "收据号", max_length=40, placeholder="可不填"))

    def submit(self) -> None:
        receipt = self.form.values()["receipt_no"]
        self.run(services.settle_compensation, self._line.id, self._line.version, receipt)
