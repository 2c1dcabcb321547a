"""Beds for a class: make a proposal, look at it, move people, confirm."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.columns import Column, Pill, list_in_memory
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.allocation import Plan
from dangxiao_houqin.modules.accommodation.domain import ConfirmResult
from dangxiao_houqin.modules.accommodation.planning import PlanningTask, make_plan, prepare, quick_plan
from dangxiao_houqin.modules.accommodation.proposal import Proposal
from dangxiao_houqin.modules.training.api import ClassRow, list_class_choices, need_label
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import ProgressDialog
from dangxiao_houqin.ui.document_menu import DocumentMenu
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, EmptyState, Segmented, column, label, row

from .board_rooms import board_rooms
from .pairs_dialog import PairsDialog
from .room_board import RoomBoard
from .waiting_list import WaitingList

PERSON_COLUMNS: tuple[Column[tuple[Any, ...]], ...] = (
    Column("seq_no", "序号", lambda r: r[0].seq_no, "int", width=52, align="center"),
    Column("name", "姓名", lambda r: r[0].name, width=96),
    Column("sex", "性别", lambda r: r[0].sex, width=52, align="center"),
    Column("unit", "单位", lambda r: r[0].unit_name, width=176),
    Column("group", "组别", lambda r: r[0].group_name, width=80, hidden=True),
    Column("place", "床位", lambda r: r[1].text if r[1] else "", width=130),
    Column("type", "房型", lambda r: r[1].room_type if r[1] else "", width=100, hidden=True),
    Column("needs", "需求", lambda r: r[2], width=124),
    Column(
        "state", "状态", lambda r: Pill("已安排", "success") if r[1] else Pill("待安排", "warning"), "pill", width=84
    ),
)


def _quick(_progress: Progress, task: PlanningTask) -> Plan:
    return quick_plan(task)


def _search(progress: Progress, task: PlanningTask) -> Plan:
    return make_plan(task, progress=progress)


class ProposalPage(Page):
    """One class at a time; nothing is written before 确认方案."""

    title = "自动分房"
    context = "可拖动换床、锁定、撤销；确认方案后才保存"
    watches = frozenset({"training_class"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self._classes: dict[int, ClassRow] = {}
        self._wanted: int | None = None
        self.proposal: Proposal | None = None
        self._searching: Task | None = None
        self._person: int | None = None
        self._preparing = False
        self.documents = DocumentMenu(desk)
        self.action_row.addWidget(self.documents)
        self._pairs = self.add_action("同住约定", self.edit_pairs, icon="users")
        self._undo = self.add_action("撤销", self.undo, icon="undo-2", shortcut="Ctrl+Z")
        self._redo = self.add_action("重做", self.redo, icon="redo-2", shortcut="Ctrl+Y")
        self._again = self.add_action("重新分房", self.search_again, icon="wand-sparkles")
        self._confirm = self.add_action("确认方案", self.confirm, icon="check", primary=True, shortcut="Ctrl+S")
        self.picker = QComboBox()
        self.picker.setMinimumWidth(400)
        self.picker.setAccessibleName("班次")
        self.picker.setPlaceholderText("选择班次")
        self.picker.activated.connect(self._picked)
        self.sides = Segmented([("rooms", "按房间"), ("people", "按人员")])
        self.sides.changed.connect(self._side_changed)
        self.figures = label("", "second")
        head = row(self.picker, self.sides, self.figures, None, spacing=14)
        self.body.addLayout(head)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_empty())
        self.stack.addWidget(self._make_work())
        self.body.addWidget(self.stack, 1)
        self._show_state()

    def _make_empty(self) -> QWidget:
        card = Card()
        self.empty = EmptyState()
        card.body.addWidget(self.empty)
        self.empty.triggered.connect(self._to_classes)
        return card

    def _make_work(self) -> QWidget:
        self.board = RoomBoard(self._refusal)
        self.board.moved.connect(self.move_person)
        self.board.selected.connect(self._selected)
        self.board.menu_asked.connect(self._menu)
        self.board.cut.connect(self._cut)
        self.table = ListTable(
            self.runner,
            "accommodation.proposal",
            PERSON_COLUMNS,
            self._fetch_people,
            _person_id,
            title="分房方案",
            search="姓名 / 单位 / 房号",
            unit="人",
            empty=Empty("没有学员"),
            compact=True,
        )
        self.table.selection_changed.connect(self._table_selected)
        self.table.menu_requested.connect(self._table_menu)
        self.left = QStackedWidget()
        self.left.addWidget(self.board)
        self.left.addWidget(self.table)
        main = Card()
        main.body.addWidget(self.left)
        self.waiting = WaitingList()
        self.waiting.setMinimumHeight(120)
        self.waiting.currentItemChanged.connect(self._waiting_selected)
        self.waiting.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.waiting.customContextMenuRequested.connect(self._waiting_menu)
        self.waiting.asked.connect(self._waiting_menu)
        self.waiting.cut.connect(self._cut)
        self._waiting_title = label("待安排", "cardTitle")
        self._who = label("点一位学员，这里说明为什么安排这个床位", "strong", wrap=True)
        self._why = label("", "second", wrap=True)
        self._costs = label("", "second", wrap=True)
        side = Card()
        side.setFixedWidth(300)
        text = column(self._who, self._why, self._costs, None, spacing=10)
        about = QWidget()
        about.setObjectName("dialogCard")
        about.setLayout(text)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("所选学员的床位说明")
        scroll.setWidget(about)
        side.body.addWidget(self._waiting_title)
        side.body.addWidget(self.waiting, 1)
        side.body.addWidget(scroll, 2)
        work = QWidget()
        layout = row(main, side, spacing=16)
        layout.setStretch(0, 1)
        outer = QVBoxLayout(work)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(layout)
        return work

    # ------------------------------------------------------------------ which class
    def reload(self) -> None:
        self.query(list_class_choices, ok=self._have_classes)

    @Slot(object)
    def _have_classes(self, classes: tuple[ClassRow, ...]) -> None:
        self._classes = {row.id: row for row in classes if row.lodging}
        current = self._wanted if self._wanted is not None else self.picker.currentData()
        self.picker.clear()
        for school in self._classes.values():
            self.picker.addItem(f"{school.code} {school.name}（{school.lodgers} 人）", school.id)
        self.picker.setCurrentIndex(self.picker.findData(current) if current is not None else -1)
        if self._wanted is not None:
            self._wanted = None
            self._picked()
        self._show_state()

    def open_target(self, target: Any) -> None:
        """``{"class_id": …}``: make a proposal for this class."""
        self._wanted = int(target["class_id"])
        self.query(list_class_choices, ok=self._have_classes)

    @Slot()
    def _picked(self) -> None:
        class_id = self.picker.currentData()
        if class_id is None:
            return
        if self.proposal is not None and self.proposal.moved_by_hand:
            school = self.proposal.task.school
            messages.ask(
                self,
                f"{school.name}的方案里有手工调整，还没有确认。重新读取名单会丢掉这些调整。",
                done=self._restart_answered,
                title="放弃手工调整？",
                yes="重新读取",
                no="保留方案",
                danger=True,
            )
        else:
            self.start(class_id)

    @Slot(bool)
    def _restart_answered(self, yes: bool) -> None:
        if yes:
            self.start(self.picker.currentData())
        elif self.proposal is not None:
            self.picker.setCurrentIndex(self.picker.findData(self.proposal.task.school.id))

    def start(self, class_id: int, *, keep_existing: bool = True) -> None:
        """Read the class and make a proposal; people who have a bed keep it."""
        self.bar.clear()
        self._stop_search()
        shown = self.proposal.task.school.id if self.proposal is not None else None
        self._preparing = True
        if shown == class_id:  # the rooms stay in sight until the new state is there
            self._confirm.setEnabled(False)
        else:
            self.proposal = self._person = None
            self._show_person()
            self._show_state()
        self.runner.query(prepare, class_id, keep_existing, ok=self._prepared, fail=self._not_prepared)

    @Slot(object)
    def _not_prepared(self, error: Exception) -> None:
        self._preparing = False
        self.proposal = self._person = None
        self._show_state()
        self.query_failed(error)

    @Slot()
    def _to_classes(self) -> None:
        self._desk.go("training.classes")

    # ------------------------------------------------------------------ making a plan
    @Slot(object)
    def _prepared(self, task: PlanningTask) -> None:
        self._task = task
        self.runner.work(_quick, task, ok=self._have_quick, fail=self._not_prepared, title="分房")

    @Slot(object)
    def _have_quick(self, plan: Plan) -> None:
        self._preparing = False
        self.proposal = Proposal(self._task, plan)
        self._show_all()
        if any(p.pinned_bed is None for p in self.proposal.problem.people):
            self._run_search()

    def _run_search(self) -> None:
        assert self.proposal is not None
        task = self._task_with_pins()
        self._stop_search()
        self._searching = self.runner.work(
            _search, task, ok=self._have_plan, fail=self._search_failed, title=f"为{task.school.name}分房"
        )
        ProgressDialog(self._searching, "正在寻找更好的分房方案", self)

    def _stop_search(self) -> None:
        """A result for a proposal that is no longer shown must not arrive."""
        if self._searching is not None and not self._searching.done:
            self._searching.cancel()
            self._searching.drop()
        self._searching = None

    def _task_with_pins(self) -> PlanningTask:
        assert self.proposal is not None
        return replace(self.proposal.task, problem=self.proposal.problem)

    @Slot(object)
    def _have_plan(self, plan: Plan) -> None:
        if self.proposal is not None:
            if self.proposal.can_undo or self.proposal.can_redo:
                self.proposal.accept_plan(plan)
            else:  # the quick plan was only something to look at: nobody wants to undo into it
                self.proposal = Proposal(self.proposal.task, plan)
            self._show_all()
            if plan.note:
                self.bar.say(plan.note, "warning")

    @Slot(object)
    def _search_failed(self, error: Exception) -> None:
        messages.show_in_bar(self.bar, error)

    @Slot()
    def search_again(self) -> None:
        """Search anew around the pins, or, when everybody has a bed already, start over."""
        if self.proposal is None:
            return
        if all(p.pinned_bed is not None for p in self.proposal.problem.people):
            messages.ask(
                self,
                "本班学员都已有床位。重新分房会给没有锁定、还没入住的学员另排床位，确认方案前不会保存。",
                done=self._start_over,
                title="重新分房",
                yes="重新分房",
            )
        else:
            self._run_search()

    @Slot(bool)
    def _start_over(self, yes: bool) -> None:
        if yes and self.proposal is not None:
            self.start(self.proposal.task.school.id, keep_existing=False)

    # ------------------------------------------------------------------ by hand
    def _refusal(self, person: int, bed: int) -> str:
        return self.proposal.refusal(person, bed) if self.proposal is not None else ""

    @Slot(int, int)
    def move_person(self, person: int, bed: int) -> None:
        """Put a person into a bed of the proposal; a sentence when no rule allows it."""
        self._change(partial(Proposal.move, person=person, bed=bed))

    def _change(self, step: Any) -> None:
        if self.proposal is None:
            return
        try:
            step(self.proposal)
        except RuleViolation as error:
            self.toast(error.message, tone="warning")
            return
        self._show_all()

    @Slot()
    def undo(self) -> None:
        if self.proposal is not None and self.proposal.can_undo:
            self.toast(f"已撤销：{self.proposal.undo()}", tone="primary")
            self._show_all()

    @Slot()
    def redo(self) -> None:
        if self.proposal is not None and self.proposal.can_redo:
            self.toast(f"已重做：{self.proposal.redo()}", tone="primary")
            self._show_all()

    @Slot(object, object, QPoint)
    def _menu(self, person: int | None, _bed: int | None, place: QPoint) -> None:
        if self.proposal is None or person is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(person, menu)
        menu.popup(place)

    def _fill_menu(self, person: int, menu: QMenu) -> None:
        assert self.proposal is not None
        if person not in self.proposal.step.beds:
            menu.addAction(icons.icon("user-plus"), "安排床位（尽量少动别人）", self._fit_in).setData(person)
            return
        pinned = person in self.proposal.step.pinned
        for text, icon, slot in (
            ("解锁床位" if pinned else "锁定床位", "lock-open" if pinned else "lock", self._toggle_pin),
            ("移下床位", "user-x", self._remove),
        ):
            menu.addAction(icons.icon(icon), text, slot).setData(person)

    @Slot(list, QMenu)
    def _table_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) == 1 and self.proposal is not None:
            self._fill_menu(rows[0][0].enrollment_id, menu)

    @Slot(int)
    def _cut(self, person: int) -> None:
        """Carried by keyboard until it is put down on a bed."""
        assert self.proposal is not None
        self.board.carry(person)
        self.toast(f"选一张床位按 Ctrl+V，放下{self.proposal.people[person].name}；Esc 取消", tone="primary")
        if self.sides.value() == "rooms":
            self.board.setFocus()

    @Slot()
    def _toggle_pin(self) -> None:
        person = self.sender().data()  # type: ignore[attr-defined]
        assert self.proposal is not None
        self._change(partial(Proposal.pin, person=person, pinned=person not in self.proposal.step.pinned))

    @Slot()
    def _remove(self) -> None:
        self._change(partial(Proposal.remove, person=self.sender().data()))  # type: ignore[attr-defined]

    @Slot()
    def edit_pairs(self) -> None:
        """Who shares a room with whom; a change makes the proposal anew."""
        if self.proposal is not None:
            school = self.proposal.task.school
            dialog = PairsDialog(self.runner, self, school.id, school.name)
            dialog.changed.connect(self._pairs_changed)
            dialog.open()

    @Slot()
    def _pairs_changed(self) -> None:
        self._picked()

    @Slot(QPoint)
    def _waiting_menu(self, place: QPoint) -> None:
        item = self.waiting.itemAt(place)
        if item is None:
            return
        self._menu(item.data(Qt.ItemDataRole.UserRole), None, self.waiting.viewport().mapToGlobal(place))

    @Slot()
    def _fit_in(self) -> None:
        self._change(partial(Proposal.fit_in, person=self.sender().data()))  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ confirm
    @Slot()
    def confirm(self) -> None:
        if self.proposal is None:
            return
        waiting = len(self.proposal.unassigned())
        if waiting:
            messages.ask(
                self,
                f"还有 {waiting} 名学员没有床位。先确认其余的安排吗？",
                done=self._confirmed,
                title="确认方案",
                yes="确认方案",
            )
        else:
            self._confirmed(True)

    @Slot(bool)
    def _confirmed(self, yes: bool) -> None:
        if yes and self.proposal is not None:
            self._confirm.setEnabled(False)
            self.runner.command(
                services.confirm_plan,
                self.proposal.as_command(),
                ok=self._written,
                fail=self._not_written,
                title="写入床位",
            )

    @Slot(object)
    def _written(self, result: ConfirmResult) -> None:
        assert self.proposal is not None
        self.toast(f"已确认：新安排 {result.assigned} 人，保持不变 {result.unchanged} 人")
        self.start(self.proposal.task.school.id)

    @Slot(object)
    def _not_written(self, error: Exception) -> None:
        self._show_state()
        messages.show_in_bar(self.bar, error)

    # ------------------------------------------------------------------ showing
    @Slot(object)
    def _side_changed(self, side: str) -> None:
        self.left.setCurrentIndex(0 if side == "rooms" else 1)

    def _fetch_people(self, _ctx: Ctx, query: ListQuery) -> Listing[tuple[Any, ...]]:
        proposal = self.proposal
        rows = (
            [
                (c, proposal.bed_of(c.enrollment_id), "、".join(need_label(code) for code in c.needs))
                for c in proposal.task.people
            ]
            if proposal is not None
            else []
        )
        return list_in_memory(rows, PERSON_COLUMNS, query)

    def _show_all(self) -> None:
        assert self.proposal is not None
        self.proposal.refresh_costs()
        self.board.show_rooms(board_rooms(self.proposal))
        self.table.refresh()
        self.waiting.show_people(self.proposal.unassigned())
        self._show_person()
        self._show_state()

    def _show_state(self) -> None:
        proposal = self.proposal
        self.stack.setCurrentIndex(0 if proposal is None else 1)
        self._undo.setEnabled(proposal is not None and proposal.can_undo)
        self._redo.setEnabled(proposal is not None and proposal.can_redo)
        self._again.setEnabled(proposal is not None)
        self._pairs.setEnabled(proposal is not None)
        self._confirm.setEnabled(proposal is not None and proposal.is_changed)
        self._confirm.setToolTip(
            "方案已保存，没有需要确认的变动" if proposal is not None and not proposal.is_changed else "Ctrl+S"
        )
        self.documents.set_class(
            proposal.task.school.id if proposal is not None else None,
            proposal.task.school.name if proposal is not None else "",
        )
        self.sides.setVisible(proposal is not None)
        if proposal is None:
            self.figures.setText("")
            if self._preparing:
                self.empty.show_state("正在准备方案", "读取名单和空余床位，稍候就好。", "", icon="bed-double")
            elif self._classes:
                self.empty.show_state(
                    "选择一个班次", "在上面选择要安排住宿的班次，程序会先给出一个完整方案。", "", icon="bed-double"
                )
            else:
                self.empty.show_state("还没有要住宿的班次", "先新建班次并导入名单。", "去新建班次", icon="bed-double")
            return
        waiting = len(proposal.unassigned())
        total = len(proposal.task.people)
        plan = proposal.plan
        gap = f"，离理论最优至多 {plan.gap:.0%}" if plan.gap is not None else ""
        self.figures.setText(
            f"已安排 {total - waiting} / {total} 人 · 新开 {plan.rooms_opened} 间 · 方案分 {plan.objective}{gap}"
        )
        self._waiting_title.setText(f"待安排 {waiting} 人")
        self.waiting.setVisible(waiting > 0)
        broken = [f"{c.title} {c.times} 处（{c.cost} 分）" for c in plan.costs if c.times and c.key != "room_opened"]
        self._costs.setText("没有照顾到的：" + "；".join(broken) if broken else "所有规则都照顾到了。")

    @Slot(object)
    def _selected(self, person: int | None) -> None:
        if self.proposal is not None and person is not None:
            self._person = person
            self._show_person()

    def _show_person(self) -> None:
        """What is known of the person last pointed at, for the state shown."""
        if self.proposal is None or self._person not in self.proposal.people:
            self._who.setText("点一位学员，这里说明为什么安排这个床位")
            self._why.setText("")
            return
        found = self.proposal.people[self._person]
        bed = self.proposal.bed_of(self._person)
        self._who.setText(
            f"{found.name}（{found.sex}） {bed.text if bed else '待安排'}\n{found.unit_name} {found.position}"
        )
        self._why.setText("\n".join(f"· {line}" for line in self.proposal.why(self._person)))

    @Slot()
    def _waiting_selected(self) -> None:
        item = self.waiting.currentItem()
        if item is not None:
            self._selected(item.data(Qt.ItemDataRole.UserRole))

    @Slot()
    def _table_selected(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._selected(row[0].enrollment_id)
            if row[1] is not None:
                self.board.select_bed(row[1].bed_id)


def _person_id(row: tuple[Any, ...]) -> int:
    person: int = row[0].enrollment_id
    return person
