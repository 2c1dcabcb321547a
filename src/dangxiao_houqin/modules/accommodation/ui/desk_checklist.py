"""People with check boxes: Space and click switch, the count says how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.ui.widgets import SearchBox, button, column, label, row

ID_ROLE = Qt.ItemDataRole.UserRole
KEY_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Line:
    """One person: ``id`` is given back when checked, ``text`` is shown."""

    id: int
    name: str
    text: str


class _List(QListWidget):
    """Enter belongs to the dialog; Space switches the box of the line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class CheckList(QWidget):
    """A searchable list of people, all checked at first; ``changed`` after every switch."""

    changed = Signal()

    def __init__(self, name: str, *, rows: int = 9) -> None:
        super().__init__()
        self.search = SearchBox("姓名 / 拼音 / 首字母", delay_ms=0)
        self.search.setMaximumWidth(220)
        self.search.searched.connect(self._narrow)
        self.list = _List()
        self.list.setAccessibleName(name)
        self.list.setMinimumHeight(rows * 30)
        self.list.itemChanged.connect(self._switched)
        self.list.itemPressed.connect(self._pressed)
        self.list.itemClicked.connect(self._clicked)
        self.count = label("", "second")
        self.all = button("全选", self.check_all, kind="link")
        self.none = button("全不选", self.check_none, kind="link")
        self.setLayout(column(row(self.search, self.count, None, self.all, self.none), self.list, spacing=6))
        self.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        self._before = Qt.CheckState.Unchecked

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show people, everybody checked."""
        self.list.blockSignals(True)
        self.list.clear()
        for line in lines:
            item = QListWidgetItem(line.text)
            item.setData(ID_ROLE, line.id)
            item.setData(KEY_ROLE, search_key(line.name))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if lines:
            self.list.setCurrentRow(0)
        self._told()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(n) for n in range(self.list.count())]

    def checked(self) -> tuple[int, ...]:
        """Ids with a tick."""
        return tuple(i.data(ID_ROLE) for i in self._items() if i.checkState() is Qt.CheckState.Checked)

    def unchecked(self) -> tuple[int, ...]:
        """Ids without."""
        return tuple(i.data(ID_ROLE) for i in self._items() if i.checkState() is not Qt.CheckState.Checked)

    def set_checked(self, line_id: int, on: bool) -> None:
        for item in self._items():
            if item.data(ID_ROLE) == line_id:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    @Slot()
    def check_all(self) -> None:
        self._all(Qt.CheckState.Checked)

    @Slot()
    def check_none(self) -> None:
        self._all(Qt.CheckState.Unchecked)

    def _all(self, state: Qt.CheckState) -> None:
        self.list.blockSignals(True)
        for item in self._items():
            if not item.isHidden():
                item.setCheckState(state)
        self.list.blockSignals(False)
        self._told()

    @Slot(str)
    def _narrow(self, text: str) -> None:
        first = -1
        for place, item in enumerate(self._items()):
            fits = not text or matches(item.data(KEY_ROLE), text) or text in item.text()
            item.setHidden(not fits)
            if fits and first < 0:
                first = place
        if first >= 0:
            self.list.setCurrentRow(first)

    @Slot(QListWidgetItem)
    def _switched(self, _item: QListWidgetItem) -> None:
        self._told()

    @Slot(QListWidgetItem)
    def _pressed(self, item: QListWidgetItem) -> None:
        self._before = item.checkState()

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        """A click on the words switches too; one on the box has done so already."""
        if item.checkState() is not self._before:
            return
        on = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _told(self) -> None:
        self.count.setText(f"已选 {len(self.checked())} / {self.list.count()} 人")
        self.changed.emit()
