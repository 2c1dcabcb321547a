"""Mend one cell of a roster file in the preview; the file itself stays as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from dangxiao_houqin.modules.training.roster import Problem
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.form import Form
from dangxiao_houqin.ui.widgets import button, column, label, row


class CellDialog(QDialog):
    """Asks for the right value; ``corrected(problem, text)`` brings it back."""

    corrected = Signal(object, str)

    def __init__(self, parent: QWidget | None, problem: Problem, text: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("改正")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        self._problem = problem
        self.form = Form()
        self.form.add(TextField("text", problem.column))
        self.form.set_values({"text": text})
        primary = button("改正", self._done, kind="primary")
        primary.setDefault(True)
        where = f"{problem.sheet} 第 {problem.row} 行"
        layout = column(
            label(f"{where}：{problem.column}", "cardTitle"),
            label(problem.message, "second", wrap=True),
            self.form,
            row(None, button("取消", self.reject), primary, spacing=8),
            spacing=10,
        )
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.form.focus_first()

    @Slot()
    def _done(self) -> None:
        self.corrected.emit(self._problem, str(self.form.values()["text"]))
        self.accept()
