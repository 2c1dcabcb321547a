"""采购: requests with their approval, records of what was bought how, and the rules both are judged by."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.columns.procurement import REQUEST_COLUMNS
from dangxiao_houqin.modules.expenses.domain.approval import REGISTER_PAPER, DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import VIEW, VOID, ExpenseRules
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, PURCHASE
from dangxiao_houqin.modules.expenses.domain.purchases import RequestAction, RequestRow, RequestView
from dangxiao_houqin.modules.expenses.queries.purchases import get_request, list_requests
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty
from dangxiao_houqin.ui.widgets import Segmented, button

from .procurement_rule_panes import CataloguePane, ThresholdsPane
from .purchase_actions import WORDS, RequestActions
from .purchase_panes import KINDS, ROUTES, Pane, RecordsPane
from .purchase_view import PurchasePane

REQUESTS, RECORDS, CATALOGUE, THRESHOLDS = "requests", "records", "catalogue", "thresholds"
_STATES = (
    ("open", "待提交"),
    ("waiting", "签批中"),
    ("approved", "已批准"),
    ("unrecorded", "待登记采购记录"),
    ("returned", "已退回"),
    ("voided", "已作废"),
)
_FIRST = (
    RequestAction.SUBMIT,
    RequestAction.RECORD,
    RequestAction.REGISTER_PAPER,
    RequestAction.EDIT,
    RequestAction.WITHDRAW,
)


def _choices(ctx: Ctx) -> tuple[date, str]:
    return ctx.today(), ctx.settings(ExpenseRules).capital_style


class RequestsPane(Pane):
    """采购申请."""

    name = "expenses.purchases"
    columns = REQUEST_COLUMNS
    search = "编号 / 事项 / 品名 / 供应商"
    unit = "张"
    filters = (
        Filter("state", "状态", _STATES, inline=True),
        Filter("mine", "经办", ((True, "只看我的"),)),
        Filter("kind", "类别", KINDS),
        Filter("route", "方式", ROUTES),
        Filter("year", "年度"),
    )

    def __init__(self, page: PurchasesPage, desk: Desk) -> None:
        self._may = desk.can(PURCHASE)
        self.empty = Empty(
            "还没有采购申请",
            "写明要买什么、多少钱、为什么；程序按目录和限额给出采购方式并引用文件，领导签批后再采购。",
            "新建采购申请" if self._may else "",
            "shopping-cart",
        )
        super().__init__(page, desk, list_requests)
        self._page = page
        self.print_button = self.add_action("打印", self.print_selected, icon="printer", enabled=False)
        self.new_button = self.add_action(
            "新建采购申请",
            self.first_step,
            icon="plus",
            primary=True,
            shortcut="Ctrl+N",
            enabled=self._may,
            tooltip="" if self._may else "需要“填报采购申请”的权限",
        )

    @Slot()
    def selected(self) -> None:
        self.print_button.setEnabled(self.one() is not None)

    @Slot()
    def first_step(self) -> None:
        if self._may:
            self._page.actions_of_request.new()

    @Slot(object)
    def open_row(self, row: RequestRow) -> None:
        self._page.open_request(row.id)

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[RequestRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        menu.addAction(icons.icon("eye"), "打开", self._open_selected)
        for action, (text, icon) in WORDS.items():
            if self._fits(action, rows[0]):
                made = menu.addAction(icons.icon(icon), text, self._page.do_action)
                made.setProperty("action", action.value)
        menu.addAction(icons.icon("printer"), "打印审批表", self.print_selected)

    def _fits(self, action: RequestAction, row: RequestRow) -> bool:
        """Whether to offer an action for a row; the request itself is asked before anything happens."""
        own = row.applicant_id == self.desk.actor.user_id
        mine = self._may and own
        approved = row.state is DocumentState.APPROVED
        offered = {
            RequestAction.EDIT: mine and row.state.editable,
            RequestAction.SUBMIT: mine and row.state.editable,
            RequestAction.WITHDRAW: mine and row.state.waiting,
            RequestAction.DELETE: mine and row.state is DocumentState.DRAFT and not row.round,
            RequestAction.RECORD: approved and self.desk.can(PROCUREMENT),
            RequestAction.REGISTER_PAPER: (row.state.waiting or approved) and self.desk.can(REGISTER_PAPER) and not own,
            RequestAction.VOID: (approved and self.desk.can(VOID)) or (mine and row.state.editable and row.round > 0),
            RequestAction.COPY: self._may,
        }
        return offered[action]

    @Slot()
    def _open_selected(self) -> None:
        if (row := self.one()) is not None:
            self.open_row(row)

    @Slot()
    def print_selected(self) -> None:
        if (row := self.one()) is not None:
            self._page.actions_of_request.print_forms((row.id,))


class PurchasesPage(Page):
    """Four lists under tabs; a request opens in their place, Esc goes back."""

    title = "采购"
    context = "先申请、按目录和限额选方式、签批后采购，再登记采购记录"
    watches = frozenset(
        {
            "purchase_request",
            "purchase_item",
            "procurement_record",
            "catalogue_item",
            "procurement_threshold",
            "approval_step",
            "signature_record",
            "evidence",
            "expense_claim",
            "setting",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._open_id: int | None = None
        self._offered: list[QPushButton] = []
        self._rest: list[RequestAction] = []
        self.actions_of_request = RequestActions(desk.runner, self)
        self.actions_of_request.changed.connect(self._changed)
        self.tabs = Segmented(
            (
                (REQUESTS, "采购申请"),
                (RECORDS, "采购记录"),
                (CATALOGUE, "集中采购目录"),
                (THRESHOLDS, "限额标准"),
            ),
            name="采购",
        )
        self.tabs.changed.connect(self.show_tab)
        self.action_row.addWidget(self.tabs)
        self.requests = RequestsPane(self, desk)
        self.records = RecordsPane(self, desk)
        self.catalogue = CataloguePane(self, desk)
        self.thresholds = ThresholdsPane(self, desk)
        self.panes: dict[str, Pane] = {
            REQUESTS: self.requests,
            RECORDS: self.records,
            CATALOGUE: self.catalogue,
            THRESHOLDS: self.thresholds,
        }
        self.view = PurchasePane(desk.runner)
        self.stack = QStackedWidget()
        for part in (*self.panes.values(), self.view):
            self.stack.addWidget(part)
        self.body.addWidget(self.stack, 1)
        self.back = button("返回列表", self.close_request, icon="chevron-left", tooltip="Esc")
        self.more = button("更多", icon="ellipsis")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_more)
        self.print_open = button("打印", self._print_open, icon="printer")
        self._tools = (self.back, self.more, self.print_open)
        for place, tool in enumerate(self._tools):
            self.action_row.insertWidget(place, tool)
            tool.hide()
        self._own_requests = desk.can(PURCHASE) or desk.can(VIEW) or desk.can(PROCUREMENT)
        if not self._own_requests:
            self.tabs.set_part_visible(REQUESTS, False)
            self.tabs.set_part_visible(RECORDS, False)
            self.tabs.set_value(CATALOGUE)
        self.show_tab(self.tab)

    # ------------------------------------------------------------------ tabs
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @Slot(object)
    def show_tab(self, tab: object) -> None:
        """Show a list with its actions."""
        self.tabs.set_value(tab)
        self.bar.clear()
        pane = self.panes[str(tab)]
        self.stack.setCurrentWidget(pane)
        for each in self.panes.values():
            for part in each.buttons:
                part.setVisible(each is pane)
        if self.isVisible():
            pane.reload()

    def reload(self) -> None:
        self.query(_choices, ok=self._have_choices)
        if self._open_id is not None:
            self._ask_request()
        else:
            self.panes[self.tab].reload()

    @Slot(object)
    def _have_choices(self, found: tuple[date, str]) -> None:
        today, style = found
        years = [(year, f"{year}年") for year in range(today.year, today.year - 5, -1)]
        for pane in self.panes.values():
            pane.today = today
        self.requests.table.set_filter_choices("year", years)
        self.records.table.set_filter_choices("year", years)
        self.view.sheet.style_of_capitals = style  # type: ignore[assignment]

    def open_target(self, target: Any) -> None:
        """A request or record, ``{"tab": "thresholds"}``, filters of the requests, ``{"new": True}``."""
        if isinstance(target, Ref):
            if target.kind == "procurement_record":
                self.close_request()
                self.show_tab(RECORDS)
                self.records.open_record(target.id)
            else:
                self.show_tab(REQUESTS)
                self.open_request(target.id)
        elif isinstance(target, dict):
            wanted = dict(target)
            self.close_request()
            self.show_tab(wanted.pop("tab", REQUESTS))
            if wanted.pop("new", False):
                self.requests.first_step()
            for key, value in wanted.items():
                self.panes[self.tab].table.set_filter(key, value)

    # ------------------------------------------------------------------ one request
    def open_request(self, request_id: int) -> None:
        """Show a request in full; its signatures are verified each time."""
        if self._open_id != request_id:
            self.view.forget()
        self._open_id = request_id
        self._ask_request()

    def _ask_request(self) -> None:
        self.query(get_request, self._open_id, ok=self._have_request)

    @Slot(object)
    def _have_request(self, request: RequestView) -> None:
        if request.id != self._open_id:
            return
        self.view.show_request(request)
        self.stack.setCurrentWidget(self.view)
        self.set_title(f"采购申请 {request.code}")
        self.set_context(f"{request.applicant}　{request.department}".strip())
        self.tabs.hide()
        for pane in self.panes.values():
            for part in pane.buttons:
                part.hide()
        for tool in self._tools:
            tool.show()
        self._offer(request)

    def _offer(self, request: RequestView) -> None:
        """The most likely action as a primary button, one more beside it, all others under 更多."""
        self._forget_offered()
        wanted = [action for action in _FIRST if action in request.actions][:2]
        first = wanted[0] if wanted else None
        main = None if first in {RequestAction.WITHDRAW, RequestAction.EDIT} else first
        for action in sorted(wanted, key=lambda each: each is main):
            text, icon = WORDS[action]
            made = button(text, self.do_action, icon=icon, kind="primary" if action is main else "")
            made.setProperty("action", action.value)
            self.action_row.addWidget(made)
            self._offered.append(made)
        self._rest = [action for action in WORDS if action in request.actions and action not in wanted]
        self.more.setEnabled(bool(self._rest))

    def _forget_offered(self) -> None:
        for old in self._offered:
            self.action_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._offered = []

    @Slot()
    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for action in self._rest:
            text, icon = WORDS[action]
            made = menu.addAction(icons.icon(icon), text, self.do_action)
            made.setProperty("action", action.value)

    @Slot()
    def do_action(self) -> None:
        """Do what the button or menu entry says with the open or selected request."""
        sender = self.sender()
        row = self.requests.one()
        request_id = self._open_id if self._open_id is not None else row.id if row is not None else None
        if sender is not None and request_id is not None:
            self.actions_of_request.start(RequestAction(sender.property("action")), request_id)

    @Slot()
    def _print_open(self) -> None:
        if self._open_id is not None:
            self.actions_of_request.print_forms((self._open_id,))

    @Slot(int, str)
    def _changed(self, request_id: int, text: str) -> None:
        if text:
            self.toast(text)
        if request_id == 0 and self._open_id is not None:
            self.close_request()
        elif request_id and request_id == self._open_id:
            self._ask_request()

    @Slot()
    def close_request(self) -> None:
        """Back to the list."""
        if self._open_id is None:
            return
        self._open_id = None
        self.view.forget()
        self.set_title(self.title)
        self.set_context(self.context)
        self._forget_offered()
        for tool in self._tools:
            tool.hide()
        self.tabs.show()
        self.show_tab(REQUESTS)
        self.requests.table.view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._open_id is not None:
            self.close_request()
        else:
            super().keyPressEvent(event)
