"""The popup in which a list's columns are switched on and off and put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QWidget

from .widgets import Popup, button, column, label, row

if TYPE_CHECKING:
    from .table_view import TableView


class ColumnChooser(Popup):
    """Ticks show columns, dragging (or Alt+Up/Down) orders them; every change applies at once."""

    def __init__(self, view: TableView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.list = QListWidget()
        self.list.setAccessibleName("显示的列")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.itemChanged.connect(self._apply)
        self.list.model().rowsMoved.connect(self._apply)
        reset = button("恢复默认", self._reset, kind="link")
        self.setLayout(
            column(
                row(label("显示的列", "strong"), None, reset),
                label("勾选显示，拖动调整顺序", "hint"),
                self.list,
                spacing=6,
                margins=10,
            )
        )
        self._fill()
        self.setFixedWidth(260)
        self.list.setFixedHeight(min(max(self.list.count(), 3), 12) * 33 + 4)

    def open_below(self, anchor: QWidget, *, align_right: bool = True) -> None:
        super().open_below(anchor, align_right=align_right)
        self.list.setFocus()

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        titles = {each.key: each.title for each in self._view.paging.columns}
        for key, width, shown in self._view.column_state():
            item = QListWidgetItem(titles[key])
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, [key, width])
            self.list.addItem(item)
        self.list.blockSignals(False)

    @Slot()
    def _apply(self) -> None:
        state: list[list[Any]] = []
        for place in range(self.list.count()):
            item = self.list.item(place)
            key, width = item.data(Qt.ItemDataRole.UserRole)
            state.append([key, width, item.checkState() == Qt.CheckState.Checked])
        if not any(shown for *_, shown in state):
            state[0][2] = True  # a table without a column could not be mended by its user
        self._view.set_column_state(state)

    @Slot()
    def _reset(self) -> None:
        self._view.default_columns()
        self._view.columns_changed.emit()
        self._fill()
