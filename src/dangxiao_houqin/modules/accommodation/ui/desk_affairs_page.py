"""前台事务: what the desk keeps an eye on after arrival — cards, money, wishes, the night, guests, moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu, QStackedWidget

from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.columns import (
    BED_MOVE_COLUMNS,
    CARD_COLUMNS,
    COMPENSATION_COLUMNS,
    GUEST_COLUMNS,
    REQUEST_COLUMNS,
)
from dangxiao_houqin.modules.accommodation.domain import (
    ASSIGN,
    CardRow,
    CardState,
    CompensationRow,
    DeskRules,
    GuestRow,
    RequestRow,
    RequestState,
    StayState,
)
from dangxiao_houqin.modules.accommodation.printouts import moves_paper
from dangxiao_houqin.modules.accommodation.queries import (
    list_bed_moves,
    list_cards,
    list_compensations,
    list_guests,
    list_requests,
)
from dangxiao_houqin.modules.accommodation.reports import move_register_pdf, move_register_xlsx
from dangxiao_houqin.modules.training.api import list_class_choices
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, Segmented, row

from .charge_dialog import ChargeDialog
from .desk_card_dialogs import LoseCardDialog, card_price
from .desk_guest_dialog import GuestDialog
from .desk_headcount_view import HeadCountView
from .desk_request_dialogs import AnswerMoveDialog
from .desk_settle_dialog import SettleDialog
from .paper_button import PaperButton

TABS = (
    ("cards", "房卡"),
    ("compensations", "赔偿"),
    ("requests", "调房申请"),
    ("nights", "夜间查寝"),
    ("guests", "临时住客"),
    ("moves", "调房记录"),
)


def load_rules(ctx: Ctx) -> tuple[DeskRules, date, tuple[tuple[int, str], ...]]:
    """The desk's rules, today, and the classes for the filters."""
    classes = tuple((c.id, f"{c.code} {c.name}") for c in list_class_choices(ctx))
    return ctx.settings(DeskRules), ctx.today(), classes


class DeskAffairsPage(Page):
    """One list a tab; double click or the row menu does what is due."""

    title = "前台事务"
    context = "双击一行办理；报到和退房在“报到退房”里"
    watches = frozenset(
        {"key_card", "compensation", "move_request", "head_count", "stay", "guest_registration", "bed_move", "setting"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self.rules = DeskRules()
        self.today: date | None = None
        self._chosen: Any = None
        self.tabs = Segmented(TABS, name="前台事务")
        self.tabs.changed.connect(self.show_tab)
        self.stack = QStackedWidget()
        self.tables: dict[str, ListTable] = {}
        self._build_tables()
        self.nights = HeadCountView(desk.runner)
        card = Card()
        card.body.addLayout(row(self.tabs, None))
        card.body.addWidget(self.stack, 1)
        for key, _ in TABS:
            self.stack.addWidget(self.nights if key == "nights" else self.tables[key])
        self.body.addWidget(card, 1)
        self.register = self.add_action("登记临时住客", self.register_guest, icon="user-plus", primary=True)
        self.register.hide()
        self.charge_button = self.add_action("登记赔偿", self.charge, icon="plus", primary=True)
        self.charge_button.hide()
        self._show_guest_tab()

    # ------------------------------------------------------------------ building
    def _build_tables(self) -> None:
        classes = Filter("class_id", "班次", all_text="全部班次")
        self._table(
            "cards", CARD_COLUMNS, list_cards, "张", self.open_card, self._card_menu,
            (Filter("state", "状态", _choices(CardState), inline=True, initial="out"), classes),
            Empty("没有房卡记录", "报到时领卡会记在这里。", icon="id-card"),
        )  # fmt: skip
        self._table(
            "compensations", COMPENSATION_COLUMNS, list_compensations, "笔", self.settle, self._money_menu,
            (Filter("settled", "结清", ((False, "未结清"), (True, "已结清")), inline=True), classes),
            Empty("没有赔偿记录", "退房时登记；人走后才发现的，点“登记赔偿”。", "登记赔偿", "wallet"),
        )  # fmt: skip
        self._table(
            "requests", REQUEST_COLUMNS, list_requests, "条", self.answer, self._request_menu,
            (Filter("state", "状态", _choices(RequestState), inline=True, initial="open"), classes),
            Empty("没有待办的调房申请", "学员想换房时，在“报到退房”里找到他，点“调房申请”。", icon="message-square"),
        )  # fmt: skip
        self._table(
            "guests", GUEST_COLUMNS, list_guests, "人", self.open_guest, self._guest_menu,
            (Filter("state", "状态", _choices(_GUEST_STATES), inline=True),),
            Empty("没有临时住客", "授课教师和外来人员住宿在这里登记。", "登记临时住客", "user-plus"),
        )  # fmt: skip
        self.tables["compensations"].empty_action.connect(self.charge)
        self.tables["guests"].empty_action.connect(self.register_guest)
        self._table(
            "moves", BED_MOVE_COLUMNS, list_bed_moves, "次", None, None, (classes,),
            Empty("没有调房记录", "换床、互换床位后会记在这里。", icon="arrow-left-right"),
        )  # fmt: skip
        paper = (moves_paper, self._moves_shown, move_register_pdf, move_register_xlsx, "move-register")
        self.tables["moves"].add_tool(PaperButton(self.runner, "调房登记表", *paper))

    def _moves_shown(self) -> tuple[int | None, date | None]:
        return self.tables["moves"].filters.values().get("class_id"), self.today

    def _table(
        self,
        key: str,
        columns: Any,
        fetch: Any,
        unit: str,
        opened: Callable[[Any], None] | None,
        menu: Callable[[list[Any], QMenu], None] | None,
        filters: tuple[Filter, ...],
        empty: Empty,
    ) -> None:
        made = ListTable(
            self._desk.runner,
            f"accommodation.{key}",
            columns,
            fetch,
            _stay_id if key == "guests" else _id,
            title=dict(TABS)[key],
            search="姓名 / 拼音 / 房号",
            filters=filters,
            unit=unit,
            empty=empty,
        )
        made.setContentsMargins(0, 4, 0, 0)
        if opened is not None:
            made.opened.connect(opened)
        if menu is not None:
            made.menu_requested.connect(menu)
        self.tables[key] = made

    # ------------------------------------------------------------------ tabs
    def reload(self) -> None:
        self.query(load_rules, ok=self._have_rules)
        self._refresh()

    def _refresh(self) -> None:
        key = self.tabs.value()
        if key == "nights":
            self.nights.refresh()
        else:
            self.tables[key].refresh()

    @Slot(object)
    def _have_rules(self, found: tuple[DeskRules, date, tuple[tuple[int, str], ...]]) -> None:
        self.rules, self.today, classes = found
        for key in ("cards", "compensations", "requests", "moves"):
            self.tables[key].set_filter_choices("class_id", classes)
        self.nights.set_rules(self.rules, self.today)
        self._show_guest_tab()

    def _show_guest_tab(self) -> None:
        """External guests only where the office receives them."""
        self.tabs.set_part_visible("guests", self.rules.guests)
        if not self.rules.guests and self.tabs.value() == "guests":
            self.show_tab("cards")
        self.register.setVisible(self.rules.guests and self.tabs.value() == "guests")

    @Slot(object)
    def show_tab(self, key: str) -> None:
        """Show one list."""
        self.tabs.set_value(key)
        self.stack.setCurrentIndex([each for each, _ in TABS].index(key))
        self.register.setVisible(key == "guests" and self.rules.guests)
        self.charge_button.setVisible(key == "compensations")
        self._refresh()

    def open_target(self, target: Any) -> None:
        """``{"tab": "cards", …}``: a tab, with filters of its list."""
        if not isinstance(target, dict):
            return
        key = target.get("tab", self.tabs.value())
        if key not in dict(TABS):
            return
        self.show_tab(key)
        for name, value in target.items():
            if name == "search" and key in self.tables:
                self.tables[key].set_search(str(value))
            elif name not in ("tab", "search") and key in self.tables:
                self.tables[key].set_filter(name, value)

    # ------------------------------------------------------------------ cards
    @Slot(object)
    def open_card(self, card: CardRow) -> None:
        """Double click: it is back."""
        if card.state is CardState.OUT:
            self._chosen = card
            self._return_card()

    @Slot(list, QMenu)
    def _card_menu(self, rows: list[CardRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        self._chosen = rows[0]
        if rows[0].state is CardState.OUT:
            menu.addAction(icons.icon("check"), "已归还", self._return_card)
            menu.addAction(icons.icon("triangle-alert"), "丢失…", self._lose_card)
        else:
            menu.addAction(icons.icon("undo-2"), "改回未还", self._reopen_card)

    @Slot()
    def _return_card(self) -> None:
        card: CardRow = self._chosen
        doing = _Told(self, f"{card.name}的房卡已归还", services.reopen_card, (card.id, None))
        self.runner.command(services.return_card, card.id, card.version, ok=doing.done, fail=doing.failed)

    @Slot()
    def _lose_card(self) -> None:
        LoseCardDialog(self.runner, self, self._chosen, card_price(self.rules)).open()

    @Slot()
    def _reopen_card(self) -> None:
        card: CardRow = self._chosen
        doing = _Told(self, f"{card.name}的房卡已改回未还")
        self.runner.command(services.reopen_card, card.id, card.version, ok=doing.done, fail=doing.failed)

    # ------------------------------------------------------------------ money
    @Slot(object)
    def settle(self, line: CompensationRow) -> None:
        """Take the money."""
        if not line.settled:
            SettleDialog(self.runner, self, line).open()

    @Slot(list, QMenu)
    def _money_menu(self, rows: list[CompensationRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        self._chosen = rows[0]
        if rows[0].settled:
            menu.addAction(icons.icon("undo-2"), "改回未结清", self._reopen_line)
        else:
            menu.addAction(icons.icon("check"), "已收款…", self._settle_chosen)
            menu.addAction(icons.icon("trash-2"), "删除", self._strike_out)

    @Slot()
    def _settle_chosen(self) -> None:
        self.settle(self._chosen)

    @Slot()
    def _strike_out(self) -> None:
        line: CompensationRow = self._chosen
        doing = _Told(self, f"{line.name}的“{line.item}”赔偿已删除")
        self.runner.command(services.delete_compensation, line.id, line.version, ok=doing.done, fail=doing.failed)

    @Slot()
    def _reopen_line(self) -> None:
        line: CompensationRow = self._chosen
        doing = _Told(self, f"{line.name}的“{line.item}”赔偿已改回未结清")
        self.runner.command(services.reopen_compensation, line.id, line.version, ok=doing.done, fail=doing.failed)

    @Slot()
    def charge(self) -> None:
        """登记赔偿: what was found broken or missing when the guest was already gone."""
        ChargeDialog(self.runner, self, self.rules).open()

    # ------------------------------------------------------------------ wishes
    @Slot(object)
    def answer(self, request: RequestRow) -> None:
        """Move, change places or refuse."""
        if request.state is RequestState.OPEN and self._desk.can(ASSIGN):
            AnswerMoveDialog(self.runner, self, request).open()

    @Slot(list, QMenu)
    def _request_menu(self, rows: list[RequestRow], menu: QMenu) -> None:
        if len(rows) == 1 and rows[0].state is RequestState.OPEN and self._desk.can(ASSIGN):
            self._chosen = rows[0]
            menu.addAction(icons.icon("move"), "办理…", self._answer_chosen)

    @Slot()
    def _answer_chosen(self) -> None:
        self.answer(self._chosen)

    # ------------------------------------------------------------------ guests
    @Slot()
    def register_guest(self) -> None:
        """The form for somebody from outside."""
        if self.today is not None:
            GuestDialog(self.runner, self, self.rules, self.today).open()

    @Slot(object)
    def open_guest(self, guest: GuestRow) -> None:
        """To the desk: a guest reports in and out like everybody."""
        self._desk.go("accommodation.reception", stay_id=guest.stay_id)

    @Slot(list, QMenu)
    def _guest_menu(self, rows: list[GuestRow], menu: QMenu) -> None:
        if len(rows) == 1:
            self._chosen = rows[0]
            menu.addAction(icons.icon("log-in"), "到“报到退房”办理", self._guest_to_desk)
            reveal = menu.addAction(icons.icon("eye"), "显示完整证件号", self._reveal)
            reveal.setEnabled(self._desk.can(REVEAL_PERSONAL))

    @Slot()
    def _reveal(self) -> None:
        self.command(services.reveal_guest, self._chosen.stay_id, ok=self._revealed)

    @Slot(object)
    def _revealed(self, guest: GuestRow) -> None:
        paper = f"{guest.id_kind or '证件'} {guest.id_number}" if guest.id_number else "没有登记证件"
        self.toast(f"{guest.name}：{paper}，电话 {guest.phone or '没有登记'}（查看已记录）", tone="primary")

    @Slot()
    def _guest_to_desk(self) -> None:
        self.open_guest(self._chosen)


class _Told(QObject):
    """A command of a row: what to say afterwards, and the way back."""

    def __init__(
        self, page: DeskAffairsPage, text: str, back: Callable[..., Any] | None = None, args: tuple[Any, ...] = ()
    ) -> None:
        super().__init__(page)
        self._page, self._text, self._back, self._args = page, text, back, args

    @Slot(object)
    def done(self, _result: object) -> None:
        self._page.toast(self._text, undo=self.undo if self._back is not None else None)
        if self._back is None:
            self.deleteLater()

    @Slot(object)
    def failed(self, error: Exception) -> None:
        self._page.command_failed(error)
        self.deleteLater()

    @Slot()
    def undo(self) -> None:
        assert self._back is not None
        self._page.command(self._back, *self._args, ok=self._undone)

    @Slot(object)
    def _undone(self, _result: object) -> None:
        self._page.toast("已撤销")
        self.deleteLater()


_GUEST_STATES = (StayState.ASSIGNED, StayState.IN_HOUSE, StayState.LEFT)


def _choices(states: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((state.value, state.label) for state in states)


def _id(found: Any) -> int:
    return int(found.id)


def _stay_id(found: GuestRow) -> int:
    return found.stay_id
