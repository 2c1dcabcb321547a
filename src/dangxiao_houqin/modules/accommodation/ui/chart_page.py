"""房态图: the house by nights; every gesture is a command that can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QWidget

from dangxiao_houqin.core.errors import AppError, Unavailable
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import gestures
from dangxiao_houqin.modules.accommodation.chart_history import ChartHistory
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import (
    ASSIGN,
    DESK,
    Bar,
    ChartData,
    DeskRules,
    Rearrange,
    StayState,
    Step,
    UnassignedRow,
)
from dangxiao_houqin.modules.accommodation.queries import get_stay
from dangxiao_houqin.modules.accommodation.queries.chart import read_chart, read_desk_rules
from dangxiao_houqin.modules.accommodation.services.rearranging import rearrange, take_back
from dangxiao_houqin.modules.training.api import ClassRow, list_class_choices
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.widgets import ElidedLabel, column, row, tool_button

from .chart import (
    MoveTo,
    Park,
    ParkingLane,
    Place,
    Resize,
    RoomChart,
    SwapBars,
    SwapRooms,
    WaitingLane,
)
from .chart_dialogs import BedDialog, LeaveDialog, ReasonDialog
from .chart_menu import fill_bar_menu, fill_cell_menu, fill_waiting_menu
from .chart_tools import ChartTools
from .legend import Legend

BEFORE, AFTER = timedelta(days=60), timedelta(days=305)
"""Days read around the day looked at: a year, so that scrolling never waits."""

LANES_KEY = "accommodation/chart_lanes"


class ChartPage(Page):
    """Rooms and nights; what is dragged here is saved at once."""

    title = "房态图"
    context = "拖动色块可换床或改日期，放不下时说明原因"
    watches = frozenset(
        {"stay", "bed_night", "room_outage", "room", "bed", "enrollment", "training_class", "room_care"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self.may_assign, self.may_desk = desk.can(ASSIGN), desk.can(DESK)
        self._rules: ChartRules | None = None
        self._desk_rules = DeskRules()
        self._anchor: date | None = None
        self._wanted: tuple[str, Any] | None = None
        self._before: ChartData | None = None
        self._releasing: Bar | None = None
        self.history = ChartHistory()
        self.chart = RoomChart()
        self.waiting, self.parking = WaitingLane(self.chart), ParkingLane(self.chart)
        self.chart.set_rules(judge=self._judge, judge_swap=self._judge_swap, judge_rooms=self._judge_rooms)
        self.chart.set_editable(False)
        self._build()
        self.chart.intended.connect(self._intended)
        self.chart.opened.connect(self._opened)
        self.chart.menu_asked.connect(self._menu)
        self.chart.described.connect(self._described)
        for lane in (self.waiting, self.parking):
            lane.opened.connect(self._lane_opened)
            lane.menu_asked.connect(self._lane_menu)

    def _build(self) -> None:
        self.tools = ChartTools(self.chart)
        self.tools.day_wanted.connect(self._show_day)
        self.tools.lanes_toggled.connect(self._toggle_lanes)
        self.undo_button = tool_button("undo-2", "没有可以撤销的操作", self.undo)
        self.redo_button = tool_button("redo-2", "没有可以重做的操作", self.redo)
        self.action_row.addWidget(self.tools.days)
        self.action_row.addWidget(self.undo_button)
        self.action_row.addWidget(self.redo_button)
        for keys, slot in (("Ctrl+Z", self.undo), ("Ctrl+Y", self.redo), ("Ctrl+Shift+Z", self.redo)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.add_action("自动分房", self._propose, icon="wand-sparkles", enabled=self.may_assign)
        self.add_action("办理报到", self._reception, icon="log-in", primary=True, enabled=self.may_desk)

        self.status = ElidedLabel("")
        self.status.setAccessibleName("当前位置")
        self.legend = Legend()
        foot = row(self.legend, self.status, spacing=16)
        foot.setStretch(1, 1)
        lanes = QWidget()
        lanes.setObjectName("plain")
        both = column(self.waiting, self.parking, spacing=8)
        both.setContentsMargins(0, 0, 0, 0)
        lanes.setLayout(both)
        self.lanes = lanes
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.chart)
        self.split.addWidget(lanes)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([10_000, 208])
        lanes.setMinimumWidth(180)
        self.body.setSpacing(8)
        self.body.addWidget(self.tools)
        self.body.addWidget(self.split, 1)
        self.body.addLayout(foot)
        lanes.setVisible(settings.read(LANES_KEY, "on") == "on")
        self._show_history()

    # ------------------------------------------------------------------ reading
    def reload(self) -> None:
        self.query(read_desk_rules, ok=self._have_rules)
        self.query(list_class_choices, ok=self._have_classes)
        self.query(_read_around, self._anchor, ok=self._have_data)

    @Slot(object)
    def _have_rules(self, rules: DeskRules) -> None:
        self._desk_rules = rules

    @Slot(object)
    def _have_classes(self, classes: tuple[ClassRow, ...]) -> None:
        self.tools.set_classes({found.id: found for found in classes})

    @Slot(object)
    def _have_data(self, data: ChartData) -> None:
        if self._before is not None:
            return  # a gesture is on its way to the database; what it changes comes with the next reading
        first = self._rules is None
        self._show(data)
        self.tools.set_data(data)
        self.chart.set_editable(self.may_assign)
        if first and self._wanted is None:
            self.chart.show_day(data.today)
        if self._wanted is not None:
            self._go_to_wanted()

    def _show(self, data: ChartData) -> None:
        self._rules = ChartRules(data)
        self.chart.set_data(data)

    def open_target(self, target: Any) -> None:
        """A stay (``Ref`` or ``{"stay_id": …}``), ``{"day": date}``, ``{"class_id": …}`` or ``{"free": "tonight"}``."""
        stay_id = target.id if isinstance(target, Ref) else target.get("stay_id")
        if stay_id is not None:
            self.query(get_stay, stay_id, ok=self._have_stay)
            return
        if target.get("class_id"):
            self.tools.filters.set_value("class_id", target["class_id"])
            self.tools.fit_class(target["class_id"])
        if target.get("free"):
            self.tools.filters.set_value("free", target["free"])
        if target.get("day"):
            self._look_at("day", target["day"])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.chart.setFocus()

    @Slot(object)
    def _have_stay(self, stay: Any) -> None:
        self.tools.filters.reset()
        self._look_at("stay", (stay.id, stay.arrive))

    def _look_at(self, what: str, where: Any) -> None:
        """Go to a day or a stay, reading other nights first where they are not here yet."""
        self._wanted = (what, where)
        day = where if what == "day" else where[1]
        data = self._rules.data if self._rules is not None else None
        if data is None or not data.start <= day < data.end - timedelta(days=31):
            self._anchor = day
            self.reload()
        else:
            self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        assert self._wanted is not None
        (what, where), self._wanted = self._wanted, None
        if what == "day":
            self.chart.show_day(where)
        elif not self.chart.show_bar(where[0]):
            self.chart.show_day(where[1])

    # ------------------------------------------------------------------ what may be done
    def _judge(self, person: Any, bed_id: int, arrive: date, leave: date) -> str:
        assert self._rules is not None
        if isinstance(person, Bar) and (why := self._rules.why_fixed(person)):
            return why
        return self._rules.why_not(person, bed_id, arrive, leave)

    def _judge_swap(self, first: Bar, second: Bar) -> str:
        assert self._rules is not None
        return self._rules.why_no_swap(first, second)

    def _judge_rooms(self, room_a: int, room_b: int, day: date) -> str:
        assert self._rules is not None
        try:
            return self._rules.why_no_exchange(gestures.exchange(self._rules, room_a, room_b, day))
        except AppError as error:
            return error.message

    # ------------------------------------------------------------------ gestures
    @Slot(object)
    def _intended(self, intent: object) -> None:
        rules = self._rules
        assert rules is not None
        try:
            match intent:
                case MoveTo(bar, bed_id, from_night):
                    cmd = gestures.move(rules, bar, bed_id, from_night=from_night)
                case Resize(bar, arrive, leave):
                    cmd = gestures.resize(rules, bar, arrive, leave)
                case SwapBars(a, b):
                    cmd = gestures.swap(rules, a, b)
                case SwapRooms(room_a, room_b, day):
                    cmd = gestures.swap_rooms(rules, room_a, room_b, day)
                case Park(bar):
                    cmd = gestures.park(rules, bar)
                case Place(person, bed_id):
                    cmd = gestures.place(rules, person, bed_id)
                case _:
                    raise TypeError(intent)
        except AppError as error:
            self.toast(error.message, tone="warning")
            return
        self.do(cmd)

    @Slot(object)
    def do(self, cmd: Rearrange) -> None:
        """Ask for the reason where the office wants one, then do it."""
        assert self._rules is not None
        if self._before is not None:  # a menu or dialog that was open before
            self.toast("上一步还在保存，请稍候再试。", tone="warning")
            return
        if not cmd.reason and gestures.asks_reason(self._rules, cmd, self._desk_rules.move_reason):
            dialog = ReasonDialog(self.runner, self, cmd, self._desk_rules.move_reasons)
            dialog.decided.connect(self.do)
            dialog.open()
            return
        self._begin(gestures.shown_after(self._rules.data, cmd.puts))
        self.runner.command(rearrange, cmd, ok=self._did, fail=self._failed)

    def _begin(self, preview: ChartData) -> None:
        """Show at once how it will be; nothing else is done until the database has answered."""
        assert self._rules is not None
        self._before = self._rules.data
        self.chart.set_editable(False)
        self._show(preview)

    def _answered(self) -> ChartData:
        before, self._before = self._before, None
        assert before is not None
        self.chart.set_editable(self.may_assign)
        return before

    @Slot(object)
    def _did(self, step: Step) -> None:
        before = self._answered()
        self.history.did(step)
        self._show(gestures.shown_after(before, step.after))
        self._show_history()
        self.toast(step.title, undo=self.undo)
        self.reload()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._show(self._answered())
        messages.show(self, error, reload=self.reload_now)
        self.reload()

    @Slot()
    def undo(self) -> None:
        """Take the newest step back."""
        step = self.history.next_undo
        if step is not None and self._before is None and self._rules is not None:
            self._begin(gestures.shown_after(self._rules.data, step.before))
            self.runner.command(take_back, step, ok=self._undid, fail=self._not_undone)

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        step = self.history.next_redo
        if step is not None and self._before is None and self._rules is not None:
            self._begin(gestures.shown_after(self._rules.data, step.before))
            self.runner.command(take_back, step, ok=self._redid, fail=self._not_redone)

    @Slot(object)
    def _undid(self, back: Step) -> None:
        self._answered()
        self.history.undid(back)
        self._show_history()
        self.toast(f"已撤销：{back.title}", undo=self.redo, tone="primary")
        self.reload()

    @Slot(object)
    def _redid(self, again: Step) -> None:
        self._answered()
        self.history.redid(again)
        self._show_history()
        self.toast(again.title, undo=self.undo)
        self.reload()

    @Slot(object)
    def _not_undone(self, error: Exception) -> None:
        if not isinstance(error, Unavailable):  # it would be refused again, and bar the way to the steps before it
            self.history.drop_undo()
        self._show_history()
        self._failed(error)

    @Slot(object)
    def _not_redone(self, error: Exception) -> None:
        if not isinstance(error, Unavailable):
            self.history.drop_redo()
        self._show_history()
        self._failed(error)

    def _show_history(self) -> None:
        for part, step, word, keys in (
            (self.undo_button, self.history.next_undo, "撤销", "Ctrl+Z"),
            (self.redo_button, self.history.next_redo, "重做", "Ctrl+Y"),
        ):
            part.setEnabled(step is not None)
            part.setToolTip(f"{word}：{step.title}（{keys}）" if step else f"没有可以{word}的操作")

    # ------------------------------------------------------------------ menus
    @Slot(object, int, object, QPoint)
    def _menu(self, bar: Bar | None, bed_id: int, day: date, where: QPoint) -> None:
        if self._rules is None or self._before is not None:
            return
        menu = self._new_menu()
        if bar is not None:
            fill_bar_menu(menu, self, bar, self._rules, day)
        elif bed_id in self._rules.places:
            fill_cell_menu(menu, self, bed_id, day, self._rules)
        menu.popup(where)

    @Slot(object, QPoint)
    def _lane_menu(self, person: Bar | UnassignedRow, where: QPoint) -> None:
        if self._rules is None or self._before is not None:
            return
        menu = self._new_menu()
        if isinstance(person, Bar):
            fill_bar_menu(menu, self, person, self._rules)
        else:
            fill_waiting_menu(menu, self, person)
        menu.popup(where)

    def _new_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def carry(self, person: Bar | UnassignedRow) -> None:
        """Choose the bed on the chart with the arrow keys."""
        self.chart.setFocus()
        self.chart.begin_carry(person)

    def carry_from(self, bar: Bar, night: date) -> None:
        """Choose the bed for the nights from ``night`` on."""
        self.chart.setFocus()
        self.chart.begin_carry(bar, night)

    def carry_room(self, room_id: int) -> None:
        """Choose the room to change places with."""
        self.chart.setFocus()
        self.chart.begin_room_carry(room_id)

    def ask_bed(self, bar: Bar) -> None:
        """Choose the bed by typing its room."""
        assert self._rules is not None
        dialog = BedDialog(self.runner, self, self._rules, bar)
        dialog.decided.connect(self.do)
        dialog.open()

    def ask_leave(self, bar: Bar) -> None:
        """Another day of departure."""
        assert self._rules is not None
        dialog = LeaveDialog(self.runner, self, self._rules, bar)
        dialog.decided.connect(self.do)
        dialog.open()

    def extend(self, bar: Bar) -> None:
        """续住 one night."""
        self._intended(Resize(bar, bar.arrive, bar.leave + timedelta(days=1)))

    def park(self, bar: Bar) -> None:
        self._intended(Park(bar))

    def pin(self, bar: Bar) -> None:
        self.do(gestures.pin(bar, not bar.pinned))

    def place(self, person: Bar | UnassignedRow, bed_id: int) -> None:
        self._intended(Place(person, bed_id))

    def release(self, bar: Bar) -> None:
        """Ask first, with the name: the bed is free for everybody then."""
        assert self._rules is not None
        self._releasing = bar
        messages.ask(
            self,
            f"取消{bar.name}在{self._rules.title(bar.bed_id)}的床位？",
            detail="取消后他会出现在“未分配”里；可以撤销。",
            yes="取消床位",
            no="不取消",
            done=self._release_answered,
            danger=True,
        )

    @Slot(bool)
    def _release_answered(self, yes: bool) -> None:
        if yes and self._releasing is not None:
            try:
                self.do(gestures.release(self._releasing))
            except AppError as error:
                self.toast(error.message, tone="warning")
        self._releasing = None

    def to_desk(self, bar: Bar) -> None:
        self._desk.go("accommodation.reception", stay_id=bar.stay_id)

    def open_person(self, bar: Bar) -> None:
        self._desk.open(Ref("stay", bar.stay_id))

    def open_room(self, room_id: int) -> None:
        self._desk.open(Ref("room", room_id))

    @Slot(object)
    def _opened(self, bar: Bar) -> None:
        if self.may_assign and bar.state is not StayState.LEFT and self._before is None:
            self.ask_bed(bar)

    @Slot(object)
    def _lane_opened(self, person: Bar | UnassignedRow) -> None:
        if self.may_assign and self._before is None:
            self.carry(person)

    # ------------------------------------------------------------------ looking around
    @Slot(str)
    def _described(self, text: str) -> None:
        self.status.setText(text)

    @Slot(object)
    def _show_day(self, day: date) -> None:
        self._look_at("day", day)

    @Slot()
    def _toggle_lanes(self) -> None:
        shown = not self.lanes.isVisible()
        self.lanes.setVisible(shown)
        settings.write(LANES_KEY, "on" if shown else "off")

    @Slot()
    def _propose(self) -> None:
        self._desk.go("accommodation.proposal")

    @Slot()
    def _reception(self) -> None:
        self._desk.go("accommodation.reception")


def _read_around(ctx: Ctx, anchor: date | None) -> ChartData:
    """A year around ``anchor`` (today)."""
    day = anchor or ctx.today()
    return read_chart(ctx, day - BEFORE, day + AFTER)
