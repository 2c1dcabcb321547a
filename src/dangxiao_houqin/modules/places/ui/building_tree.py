"""The school's buildings and floors with their numbers of beds; choosing one narrows the list beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem

from dangxiao_houqin.modules.places.domain import BuildingRow, FloorRow
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

_PLACE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Place:
    """What is chosen: everything, a building, or a floor."""

    kind: Literal["all", "building", "floor"] = "all"
    building: BuildingRow | None = None
    floor: FloorRow | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Stays the same when numbers change."""
        if self.floor is not None:
            return "floor", self.floor.id
        return ("building", self.building.id) if self.building is not None else ("all", 0)

    @property
    def name(self) -> str:
        """``明德楼 3层``."""
        if self.building is None:
            return "全部楼栋"
        return f"{self.building.name} {self.floor.name}" if self.floor is not None else self.building.name


class BuildingTree(QTreeWidget):
    """``chosen(Place)`` when the user moves; ``menu_requested(Place, QMenu)`` to fill the row menu."""

    chosen = Signal(object)
    menu_requested = Signal(object, QMenu)
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("楼栋和楼层")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(18)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setObjectName("plain")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head = self.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._moved)
        self.customContextMenuRequested.connect(self._menu)
        self.itemDoubleClicked.connect(self._open)
        self.show_buildings(())

    @property
    def place(self) -> Place:
        """What is chosen now."""
        item = self.currentItem()
        found: Place = item.data(0, _PLACE) if item is not None else Place()
        return found

    def show_buildings(self, buildings: tuple[BuildingRow, ...]) -> None:
        """Fill anew; the choice stays where it still exists."""
        before = self.place.key
        self.blockSignals(True)
        self.clear()
        total = sum(building.beds for building in buildings)
        root = self._item(Place(), "layers", total, None)
        current = root
        for building in buildings:
            branch = self._item(Place("building", building), "building-2", building.beds, None)
            current = branch if branch.data(0, _PLACE).key == before else current
            for floor in building.floors:
                leaf = self._item(Place("floor", building, floor), "", floor.beds, branch)
                current = leaf if leaf.data(0, _PLACE).key == before else current
            branch.setExpanded(True)
        self.setCurrentItem(current)
        self.blockSignals(False)
        if self.place.key != before:
            self.chosen.emit(self.place)

    def choose(self, kind: str, place_id: int) -> None:
        """Choose a building or floor as if clicked."""
        for item in self._items():
            if item.data(0, _PLACE).key == (kind, place_id):
                self.setCurrentItem(item)
                return

    def _items(self) -> list[QTreeWidgetItem]:
        tops = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        found = [item for item in tops if item is not None]
        return [*found, *(item.child(row) for item in found for row in range(item.childCount()))]

    def _item(self, place: Place, icon: str, beds: int, parent: QTreeWidgetItem | None) -> QTreeWidgetItem:
        floor = place.floor
        text = floor.name if floor is not None else place.name
        if floor is not None and floor.preferred_sex:
            text += f"（{floor.preferred_sex}）"
        item = QTreeWidgetItem(parent) if parent is not None else QTreeWidgetItem(self)
        item.setText(0, text)
        item.setText(1, f"{beds} 床")
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setForeground(1, QBrush(QColor(TOKENS.text_hint)))
        item.setData(0, _PLACE, place)
        item.setSizeHint(0, QSize(0, 34))
        if icon:
            item.setIcon(0, icons.icon(icon, TOKENS.text_second, 18))
            item.setFont(0, theme.font(TOKENS.px_body, bold=True))
        note = floor.note if floor is not None else place.building.note if place.building is not None else ""
        item.setToolTip(0, f"{place.name}：{note}" if note else place.name)
        return item

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _moved(self, current: QTreeWidgetItem | None, _before: object) -> None:
        if current is not None:
            self.chosen.emit(current.data(0, _PLACE))

    @Slot(QTreeWidgetItem, int)
    def _open(self, item: QTreeWidgetItem, _column: int) -> None:
        self.opened.emit(item.data(0, _PLACE))

    @Slot(QPoint)
    def _menu(self, where: QPoint) -> None:
        item = self.itemAt(where)
        if item is not None:
            self.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_requested.emit(self.place, menu)
        if menu.actions():
            menu.popup(self.viewport().mapToGlobal(where))
