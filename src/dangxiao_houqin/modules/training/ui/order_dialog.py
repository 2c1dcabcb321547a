"""Another place for one person in the roster's (political) order."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.domain import EnrollmentRow
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField


class OrderDialog(FormDialog):
    """Ask for the new number; the others close up."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: EnrollmentRow) -> None:
        super().__init__(
            runner,
            "调整名单顺序",
            parent,
            subtitle=f"{row.name}现在排在第 {row.seq_no} 位；其他学员依次顺延。",
            width=420,
            done_text="已调整顺序",
        )
        self._row = row
        self.form.add(NumberField("place", "排到第几位", required=True, minimum=1))
        self.form.set_values({"place": row.seq_no})
        self.form.mark_clean()

    def submit(self) -> None:
        self.run(services.move_enrollment, self._row.id, int(self.form.values()["place"]))
