"""房间与床位: buildings and floors on the left, their rooms on the right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places import services
from dangxiao_houqin.modules.places.columns import ROOM_COLUMNS
from dangxiao_houqin.modules.places.domain import (
    EDIT,
    BedCount,
    BuildingRow,
    MarkRooms,
    PlaceRules,
    RoomDetail,
    RoomRow,
)
from dangxiao_houqin.modules.places.queries import count_beds, get_place_rules, get_room, list_buildings, list_rooms
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, row, tool_button

from .building_dialogs import BuildingDialog, FloorDialog
from .building_tree import BuildingTree, Place
from .bulk_dialog import BulkRoomsDialog
from .outage_dialog import OutageDialog
from .room_book import RoomBookDesk
from .room_dialog import RoomDialog

TREE_WIDTH = 208
_STATES = (
    ("free", "可分配"),
    ("reserve", "机动"),
    ("closed", "不参与分配"),
    ("out", "今天停用"),
    ("touched", "今天停用（含单床）"),
)
_FEATURES = (("accessible", "无障碍"), ("near_lift", "近电梯"), ("low_floor", "低楼层"))
_MARKS = (
    ("assignable", True, "参与分配"),
    ("assignable", False, "不参与分配"),
    ("reserve", True, "机动房"),
    ("reserve", False, "不再作机动房"),
    ("near_lift", True, "靠近电梯"),
    ("near_lift", False, "不靠近电梯"),
    ("low_floor", True, "低楼层"),
    ("low_floor", False, "不是低楼层"),
)


@dataclass(frozen=True)
class RoomsOf:
    """The list's fetch, narrowed to what is chosen in the tree."""

    kind: str
    place_id: int

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[RoomRow]:
        if self.kind == "all":
            return list_rooms(ctx, query)
        return list_rooms(ctx, replace(query, filters={**query.filters, self.kind: self.place_id}))


def _overview(ctx: Ctx) -> tuple[tuple[BuildingRow, ...], PlaceRules, BedCount]:
    return list_buildings(ctx), get_place_rules(ctx), count_beds(ctx)


def _details(ctx: Ctx, room_ids: tuple[int, ...]) -> tuple[RoomDetail, ...]:
    return tuple(get_room(ctx, room_id) for room_id in room_ids)


def _empty(buildings: tuple[BuildingRow, ...], *, may_edit: bool) -> Empty:
    """What to do first: a building, then its rooms."""
    if not buildings:
        hint = "先登记一栋宿舍楼，再按“3 层，每层 14 间，房号 301 起，缺 4”这样一次建好房间。"
        return Empty("还没有楼栋", hint, "新建楼栋" if may_edit else "", "building-2")
    hint = "按“3 层，每层 14 间，房号 301 起，缺 4”这样一次建好，也可以从 Excel 导入。"
    return Empty("这里还没有房间", hint, "批量新建" if may_edit else "", "bed-double")


def _id(room: RoomRow) -> int:
    return room.id


class RoomsPage(Page):
    """Look for rooms, make and change them, take them out of service, carry them out and in as a workbook."""

    title = "房间与床位"
    context = "左边选楼栋或楼层，双击房间修改"
    watches = frozenset({"site", "building", "floor", "room", "bed", "room_outage", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._buildings: tuple[BuildingRow, ...] = ()
        self._rules = PlaceRules()
        self._may_edit = desk.can(EDIT)
        self.book = RoomBookDesk(self)
        self._pending: tuple[int, ...] = ()
        self._new_building: int | None = None
        self.import_button = self.add_action(
            "导入", self.book.choose_import, icon="upload", enabled=self._may_edit, tooltip="从 Excel 导入整份房间表"
        )
        self.export_button = self.add_action(
            "导出总表", self.book.choose_export, icon="download", tooltip="导出全部楼栋、房间和床位，可以修改后再导入"
        )
        self.add_action("新建房间", self.new_room, icon="plus", shortcut="Ctrl+N", enabled=self._may_edit)
        self.add_action("批量新建", self.new_rooms, icon="layers", primary=True, enabled=self._may_edit)
        self.tree = BuildingTree()
        self.tree.chosen.connect(self._choose)
        self.tree.opened.connect(self._edit_place)
        self.tree.menu_requested.connect(self._fill_place_menu)
        self.table = ListTable(
            self.runner,
            "places.rooms",
            ROOM_COLUMNS,
            RoomsOf("all", 0),
            _id,
            title=self.title,
            search="房号 / 房型 / 备注",
            filters=(
                Filter("room_type", "房型"),
                Filter("state", "状态", _STATES),
                Filter("feature", "特点", _FEATURES),
            ),
            unit="间",
            empty=Empty("", ""),
        )
        self.table.search.setMinimumWidth(130)  # the tree beside it takes its share of 1280
        self.table.opened.connect(self.open_room)
        self.table.menu_requested.connect(self._fill_room_menu)
        self.table.empty_action.connect(self.first_step)
        self._build()

    def _build(self) -> None:
        places = Card("楼栋", padding=16)
        if self._may_edit:
            self.add_building_button = tool_button("plus", "新建楼栋", self.new_building, size=18)
            self.edit_button = tool_button("pencil", "修改所选楼栋或楼层", self._edit_chosen, size=18)
            self.edit_button.setEnabled(False)
            places.head.addLayout(row(self.add_building_button, self.edit_button, spacing=0))
        places.body.addWidget(self.tree)
        places.setFixedWidth(TREE_WIDTH)
        rooms = Card()
        rooms.body.addWidget(self.table)
        body = row(places, rooms, spacing=16)
        body.setStretch(1, 1)
        self.body.addLayout(body, 1)

    # ------------------------------------------------------------------ showing
    def reload(self) -> None:
        self.query(_overview, ok=self._show_overview)
        self.table.refresh()

    @Slot(object)
    def _show_overview(self, found: tuple[tuple[BuildingRow, ...], PlaceRules, BedCount]) -> None:
        self._buildings, self._rules, stock = found
        self.tree.show_buildings(self._buildings)
        self.table.set_filter_choices("room_type", [(t.name, t.name) for t in self._rules.room_types])
        self.table.set_empty(_empty(self._buildings, may_edit=self._may_edit))
        if self._new_building is not None:
            self._go_on_with_rooms(self._new_building)
        if not stock.rooms:
            self.set_context("先建楼栋，再批量新建房间；也可以从 Excel 导入")
            return
        out = f"，今天停用 {stock.out_of_service} 床" if stock.out_of_service else ""
        self.set_context(
            f"{stock.buildings} 栋楼 · {stock.rooms} 间 · {stock.beds} 床，其中可分配 {stock.assignable} 床{out}"
        )

    @Slot(object)
    def _choose(self, place: Place) -> None:
        kind, place_id = place.key
        self.table.model.fetch = RoomsOf(kind, place_id)
        self.table.view.forget_selection()
        self.table.model.set_query()
        if self._may_edit:
            self.edit_button.setEnabled(place.building is not None)

    def open_target(self, target: Any) -> None:
        """A room found by the search for anything, or ``{"state": …}`` for the list."""
        if isinstance(target, Ref):
            self.query(get_room, target.id, ok=self._show_room)
        elif "state" in target:
            self.tree.choose("all", 0)
            self.table.set_search("")
            for key in ("room_type", "feature"):
                self.table.set_filter(key, None)
            self.table.set_filter("state", target["state"])

    # ------------------------------------------------------------------ rooms
    @Slot(object)
    def open_room(self, room: RoomRow) -> None:
        self.query(get_room, room.id, ok=self._show_room)

    @Slot(object)
    def _show_room(self, detail: RoomDetail) -> None:
        dialog = RoomDialog(self.runner, self, self._buildings, self._rules, detail=detail)
        if not self._may_edit:
            dialog.form.setEnabled(False)
            dialog.primary.hide()
        dialog.open()

    @Slot()
    def new_room(self) -> None:
        if not any(building.floors for building in self._buildings):
            self.new_rooms()
            return
        RoomDialog(self.runner, self, self._buildings, self._rules, floor=self.tree.place.floor).open()

    @Slot()
    def new_rooms(self) -> None:
        """Bulk creation; without any building that comes first."""
        if not self._buildings:
            self.new_building()
            return
        place = self.tree.place
        level = place.floor.level if place.floor is not None else None
        dialog = BulkRoomsDialog(self.runner, self, self._buildings, self._rules, building=place.building, level=level)
        dialog.open()

    @Slot(list, QMenu)
    def _fill_room_menu(self, rooms: list[RoomRow], menu: QMenu) -> None:
        if not rooms or not self._may_edit:
            return
        if len(rooms) == 1:
            menu.addAction(icons.icon("pencil"), "修改房间", self._open_selected)
        menu.addAction(icons.icon("wrench"), "登记停用…", self.take_out)
        if any(room.outage for room in rooms):
            menu.addAction(icons.icon("circle-check"), "恢复使用", self.reopen)
        marks = menu.addMenu(icons.icon("tag"), "标记为")
        for flag, value, text in _MARKS:
            if any(getattr(room, flag) != value for room in rooms):
                action = marks.addAction(text, self._mark)
                action.setData((flag, value))
        menu.addSeparator()
        menu.addAction(icons.icon("trash-2"), f"删除 {len(rooms)} 间房…", self.delete_selected)

    def _selected_ids(self) -> tuple[int, ...]:
        return tuple(room.id for room in self.table.selected_rows())

    @Slot()
    def _open_selected(self) -> None:
        self.open_room(self.table.selected_rows()[0])

    @Slot()
    def take_out(self) -> None:
        """Register an outage of the selected rooms."""
        self.query(_details, self._selected_ids(), ok=self._ask_outage)

    @Slot(object)
    def _ask_outage(self, rooms: tuple[RoomDetail, ...]) -> None:
        OutageDialog(self.runner, self, rooms).open()

    @Slot()
    def reopen(self) -> None:
        """The selected rooms are usable again from tonight."""
        self.command(services.reopen_rooms, self._selected_ids(), ok=self._reopened)

    @Slot(object)
    def _reopened(self, count: int) -> None:
        self.toast(f"已恢复使用，结束停用 {count} 条")

    @Slot()
    def _mark(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        flag, value = action.data()
        self.command(services.mark_rooms, MarkRooms(self._selected_ids(), flag, value), ok=self._marked)

    @Slot(object)
    def _marked(self, count: int) -> None:
        self.toast(f"已修改 {count} 间房")

    @Slot()
    def delete_selected(self) -> None:
        rooms: list[RoomRow] = self.table.selected_rows()
        self._pending = tuple(room.id for room in rooms)
        names = "、".join(f"{room.building_name}{room.number}" for room in rooms[:8])
        more = f" 等 {len(rooms)} 间" if len(rooms) > 8 else ""
        beds = sum(room.beds for room in rooms)
        messages.ask(
            self,
            f"删除 {names}{more}，连同其中 {beds} 张床位和停用记录。",
            done=self._delete_answered,
            title="删除房间",
            detail="已安排过住宿的房间不能删除，可以改为“不参与分配”。",
            yes=f"删除 {len(rooms)} 间房",
            danger=True,
        )

    @Slot(bool)
    def _delete_answered(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_rooms, self._pending, ok=self._deleted)

    @Slot(object)
    def _deleted(self, count: int) -> None:
        self.toast(f"已删除 {count} 间房")

    # ------------------------------------------------------------------ buildings and floors
    @Slot()
    def first_step(self) -> None:
        """The button of the empty list."""
        self.new_rooms()

    @Slot()
    def new_building(self) -> None:
        """A building, and when it is made, its rooms."""
        last = max((building.sort_order for building in self._buildings), default=0)
        dialog = BuildingDialog(self.runner, self, next_order=last + 1)
        dialog.saved.connect(self._building_made)
        dialog.open()

    @Slot(object)
    def _building_made(self, building_id: int) -> None:
        self._new_building = building_id
        self.query(_overview, ok=self._show_overview)

    def _go_on_with_rooms(self, building_id: int) -> None:
        made = next((building for building in self._buildings if building.id == building_id), None)
        self._new_building = None
        if made is not None:
            self.tree.choose("building", building_id)
            BulkRoomsDialog(self.runner, self, self._buildings, self._rules, building=made).open()

    @Slot()
    def _edit_chosen(self) -> None:
        self._edit_place(self.tree.place)

    @Slot(object)
    def _edit_place(self, place: Place) -> None:
        if not self._may_edit or place.building is None:
            return
        if place.floor is not None:
            FloorDialog(self.runner, self, place.building, place.floor).open()
        else:
            BuildingDialog(self.runner, self, place.building).open()

    @Slot(object, QMenu)
    def _fill_place_menu(self, place: Place, menu: QMenu) -> None:
        if not self._may_edit:
            return
        menu.addAction(icons.icon("plus"), "新建楼栋", self.new_building)
        if place.building is None:
            return
        menu.addAction(icons.icon("plus"), "新建楼层", self._new_floor)
        menu.addAction(icons.icon("layers"), "在这里批量新建房间", self.new_rooms)
        menu.addSeparator()
        what = "楼层" if place.floor is not None else "楼栋"
        menu.addAction(icons.icon("pencil"), f"修改{what}", self._edit_chosen)
        menu.addAction(icons.icon("trash-2"), f"删除{what}…", self._delete_place)

    @Slot()
    def _new_floor(self) -> None:
        building = self.tree.place.building
        if building is not None:
            FloorDialog(self.runner, self, building).open()

    @Slot()
    def _delete_place(self) -> None:
        place = self.tree.place
        messages.ask(
            self,
            f"删除{place.name}。",
            done=self._delete_place_answered,
            title="删除楼层" if place.floor is not None else "删除楼栋",
            detail="里面还有房间时不能删除。",
            yes=f"删除{place.name}",
            danger=True,
        )

    @Slot(bool)
    def _delete_place_answered(self, yes: bool) -> None:
        place = self.tree.place
        if not yes or place.building is None:
            return
        if place.floor is not None:
            self.command(services.delete_floor, place.floor.id, place.floor.version)
        else:
            self.command(services.delete_building, place.building.id, place.building.version)
