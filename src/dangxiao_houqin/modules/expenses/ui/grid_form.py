"""A form with grids among its fields: what is wrong in a grid is shown in its cell."""

from __future__ import annotations

from PySide6.QtCore import Qt

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.ui.form import Form

from .editing_grid import EditingGrid


class GridForm(Form):
    """A :class:`Form` whose hidden fields are not checked and whose grids lead to the cell with the problem."""

    def check(self) -> bool:
        wrong = [field for field in self.fields.values() if not field.isHidden() and not field.check()]
        if wrong:
            first = wrong[0]
            if isinstance(first, EditingGrid):
                first.focus_problem()
            else:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def show_error(self, error: Exception) -> bool:
        shown = super().show_error(error)
        field = self.fields.get(error.field) if isinstance(error, AppError) and error.field else None
        if shown and isinstance(field, EditingGrid):
            field.focus_problem()
        return shown
