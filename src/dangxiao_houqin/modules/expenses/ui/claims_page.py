"""报销审批: all claims one may see, and one of them in full with its evidence."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.columns.claims import CLAIM_COLUMNS
from dangxiao_houqin.modules.expenses.domain.approval import EDITABLE, REGISTER_PAPER, WAITING, DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    PAY,
    VOID,
    ClaimAction,
    ClaimRow,
    ClaimView,
    ExpenseRules,
)
from dangxiao_houqin.modules.expenses.queries.claims import get_claim, list_claims
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.table import Empty, TablePage
from dangxiao_houqin.ui.theme import TOKENS, restyle
from dangxiao_houqin.ui.widgets import button

from .claim_actions import WORDS, ClaimActions
from .claim_pane import ClaimPane

_STATES = (
    ("open", "待提交"),
    ("waiting", "签批中"),
    ("unpaid", "待支付"),
    ("paid", "已支付"),
    ("returned", "已退回"),
    ("voided", "已作废"),
)
_IN_ROW = (ClaimAction.SUBMIT, ClaimAction.EDIT, ClaimAction.REGISTER_PAPER, ClaimAction.PAY, ClaimAction.WITHDRAW)
_FIRST = (
    ClaimAction.SUBMIT,
    ClaimAction.PAY,
    ClaimAction.REGISTER_PAPER,
    ClaimAction.EDIT,
    ClaimAction.WITHDRAW,
    ClaimAction.SET_VOUCHER,
)
_AFTER_APPROVAL = (ClaimAction.PAY, ClaimAction.REGISTER_PAPER)


def _id(row: ClaimRow) -> int:
    return row.id


def _choices(ctx: Ctx) -> tuple[tuple[int, ...], tuple[tuple[int, str], ...], str]:
    """Years, categories for the filters, and how capitals are written."""
    from dangxiao_houqin.modules.expenses.queries.budgets import list_category_choices

    year = ctx.today().year
    categories = tuple((each.id, each.label) for each in list_category_choices(ctx, all=True))
    return tuple(range(year + 1, year - 4, -1)), categories, ctx.settings(ExpenseRules).capital_style


class ClaimsPage(TablePage):
    """The list; a click opens a claim in its place, Esc goes back."""

    title = "报销审批"
    context = "填报、提交、打印、登记签字和支付；点开一张看签字核对结果和凭证"
    watches = frozenset({"expense_claim", "approval_step", "signature_record", "evidence", "attachment_content"})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        may_fill = desk.can(CLAIM)
        super().__init__(
            desk.runner,
            "expenses.claims",
            CLAIM_COLUMNS,
            list_claims,
            _id,
            search="编号 / 事由 / 收款单位 / 发票号",
            filters=(
                Filter("state", "状态", _STATES, inline=True),
                Filter("mine", "经办", ((True, "只看我的"),)),
                Filter("year", "年度"),
                Filter("category_id", "科目"),
                Filter("late", "时限", ((True, "超过提醒时限"),)),
                Filter("approved", "批准", ((True, "本月批准"),)),
            ),
            unit="张",
            empty=Empty(
                "还没有报销单",
                "填好明细和发票，拖入凭证，输入密码提交；领导在“待我签批”里签。",
                "新建报销单" if may_fill else "",
                "receipt-text",
            ),
            sort="filled_on",
            descending=True,
        )
        self.actions_of_claim = ClaimActions(desk.runner, self)
        self.actions_of_claim.changed.connect(self._changed)
        self._open_id: int | None = None
        self._offered: list[QPushButton] = []
        self._rest: list[ClaimAction] = []
        self.pane = ClaimPane(desk.runner)
        self.stack = QStackedWidget()
        self.body.removeWidget(self.card)
        self.stack.addWidget(self.card)
        self.stack.addWidget(self.pane)
        self.body.addWidget(self.stack, 1)
        self.print_button = MenuButton("打印", "printer")
        self.print_button.setEnabled(False)
        self.print_slips = self.print_button.menu().addAction("审批单", self._print)
        self.print_sheet = self.print_button.menu().addAction("粘贴单", self._print_sheet)
        self.print_button.menu().aboutToShow.connect(self._name_papers)
        self.action_row.addWidget(self.print_button)
        self.row_buttons = {
            action: self._row_action(action) for action in _IN_ROW[:1] + _IN_ROW[2:4] if self._may(action)
        }
        self.new_button = self.add_action(
            "新建报销单",
            self.first_step,
            icon="plus",
            primary=True,
            shortcut="Ctrl+N",
            enabled=may_fill,
            tooltip="" if may_fill else "需要“填报报销单”的权限",
        )
        self.back = button("返回列表", self.close_claim, icon="chevron-left", tooltip="Esc")
        self.more = button("更多", icon="ellipsis")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_more)
        self._claim_tools: tuple[QPushButton, ...] = (self.back, self.more)
        self.action_row.insertWidget(0, self.back)
        self.action_row.insertWidget(1, self.more)
        for tool in self._claim_tools:
            tool.hide()
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._selected)

    def _may(self, action: ClaimAction) -> bool:
        rights = {
            ClaimAction.REGISTER_PAPER: REGISTER_PAPER,
            ClaimAction.PAY: PAY,
            ClaimAction.SET_VOUCHER: PAY,
            ClaimAction.VOID: VOID,
        }
        return self.desk.can(rights.get(action, CLAIM))

    def _row_action(self, action: ClaimAction) -> QPushButton:
        text, icon = WORDS[action]
        made = self.add_action(text, self._do_selected, icon=icon, enabled=False)
        made.setProperty("action", action.value)
        return made

    # ------------------------------------------------------------------ data
    def reload(self) -> None:
        self.query(_choices, ok=self._have_choices)
        if self._open_id is not None:
            self._ask_claim()
        super().reload()

    @Slot(object)
    def _have_choices(self, found: tuple[tuple[int, ...], tuple[tuple[int, str], ...], str]) -> None:
        years, categories, style = found
        self.table.set_filter_choices("year", [(year, f"{year}年") for year in years])
        self.table.set_filter_choices("category_id", categories)
        self.pane.sheet.style_of_capitals = style  # type: ignore[assignment]

    def open_target(self, target: Any) -> None:
        """One claim, or ``search`` and filters such as ``{"state": "unpaid"}``; ``{"new": True}`` begins a claim."""
        if isinstance(target, Ref):
            self.open_claim(target.id)
        elif isinstance(target, dict):
            self.close_claim()
            if target.get("new"):
                self.first_step()
            self.table.set_search(target.get("search", ""))
            for key in target.keys() - {"new", "search"}:
                self.table.set_filter(key, target[key])

    # ------------------------------------------------------------------ list
    def first_step(self) -> None:
        if self.desk.can(CLAIM):
            self.actions_of_claim.new()

    def open_row(self, row: ClaimRow) -> None:
        self.open_claim(row.id)

    @Slot()
    def _selected(self) -> None:
        if self._open_id is not None:
            return
        rows = self.table.selected_rows()
        one: ClaimRow | None = rows[0] if len(rows) == 1 else None
        self.print_button.setEnabled(bool(rows))
        for action, each in self.row_buttons.items():
            each.setEnabled(one is not None and self._fits(action, one))
        next_one = None if one is None else self._next_after_approval(one)
        for action in _AFTER_APPROVAL:
            if action in self.row_buttons:
                _paint(self.row_buttons[action], WORDS[action][1], primary=action is next_one)
        _paint(self.new_button, "plus", primary=next_one is None)

    def _next_after_approval(self, row: ClaimRow) -> ClaimAction | None:
        """What an approved claim waits for, as far as the reader can do it: the signed paper, then the payment."""
        if row.state is not DocumentState.APPROVED:
            return None
        order = _order(paper_missing=row.paper_missing)
        fitting = [action for action in order if action in _AFTER_APPROVAL and self._fits(action, row)]
        return _primary(fitting, paper_missing=row.paper_missing)

    def _fits(self, action: ClaimAction, row: ClaimRow) -> bool:
        """Whether to offer an action for a row; the claim itself is asked before anything happens."""
        mine = row.applicant_id == self.desk.actor.user_id
        offered = {
            ClaimAction.SUBMIT: row.state in EDITABLE and mine,
            ClaimAction.EDIT: row.state in EDITABLE and mine,
            ClaimAction.WITHDRAW: row.state in WAITING and mine,
            ClaimAction.DELETE: row.state is DocumentState.DRAFT and row.round == 0 and mine,
            ClaimAction.REGISTER_PAPER: (row.state in WAITING or row.state is DocumentState.APPROVED) and not mine,
            ClaimAction.PAY: row.state is DocumentState.APPROVED,
            ClaimAction.SET_VOUCHER: row.state is DocumentState.PAID,
            ClaimAction.VOID: row.state is DocumentState.APPROVED
            or (row.state in EDITABLE and (mine or self.desk.can(VOID))),
            ClaimAction.COPY: True,
        }
        may = self._may(action) or (action is ClaimAction.VOID and mine and row.state in EDITABLE)
        return may and offered.get(action, False)

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) == 1:
            menu.addAction(icons.icon("eye"), "打开", self._open_selected)
            for action, (text, icon) in WORDS.items():
                if self._fits(action, rows[0]):
                    made = menu.addAction(icons.icon(icon), text, self._do_selected)
                    made.setProperty("action", action.value)
            menu.addAction(icons.icon("file-text"), "打印粘贴单", self._print_sheet)
        if rows:
            text = "打印审批单" if len(rows) == 1 else f"打印 {len(rows)} 张审批单"
            menu.addAction(icons.icon("printer"), text, self._print)

    @Slot()
    def _open_selected(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self.open_claim(rows[0].id)

    @Slot()
    def _do_selected(self) -> None:
        sender = self.sender()
        claim_id = self._current_id()
        if sender is not None and claim_id is not None:
            self.actions_of_claim.start(ClaimAction(sender.property("action")), claim_id)

    def _current_id(self) -> int | None:
        if self._open_id is not None:
            return self._open_id
        rows = self.table.selected_rows()
        return rows[0].id if len(rows) == 1 else None

    @Slot()
    def _name_papers(self) -> None:
        several = 0 if self._open_id is not None else len(self.table.selected_rows())
        self.print_slips.setText(f"审批单（{several} 张）" if several > 1 else "审批单")
        self.print_sheet.setEnabled(several < 2)

    @Slot()
    def _print(self) -> None:
        if self._open_id is not None:
            self.actions_of_claim.print_slips((self._open_id,))
        else:
            self.actions_of_claim.print_slips([row.id for row in self.table.selected_rows()])

    @Slot()
    def _print_sheet(self) -> None:
        claim_id = self._current_id()
        if claim_id is not None:
            self.actions_of_claim.print_voucher_sheet(claim_id)

    @Slot(int, str)
    def _changed(self, claim_id: int, text: str) -> None:
        if text:
            self.toast(text)
        if claim_id == 0 and self._open_id is not None:
            self.close_claim()
        elif claim_id and claim_id == self._open_id:
            self._ask_claim()

    # ------------------------------------------------------------------ one claim
    def open_claim(self, claim_id: int) -> None:
        """Show a claim in full; its signatures are verified each time."""
        if self._open_id != claim_id:
            self.pane.forget()
        self._open_id = claim_id
        self._ask_claim()

    def _ask_claim(self) -> None:
        self.query(get_claim, self._open_id, ok=self._have_claim)

    @Slot(object)
    def _have_claim(self, claim: ClaimView) -> None:
        if claim.id != self._open_id:
            return
        self.pane.show_claim(claim)
        self.stack.setCurrentWidget(self.pane)
        self.set_title(f"报销单 {claim.code}")
        self.set_context(f"{claim.applicant}　{claim.department}".strip())
        for part in (*self.row_buttons.values(), self.new_button):
            part.hide()
        for tool in self._claim_tools:
            tool.show()
        self.print_button.setEnabled(True)
        self._offer(claim)

    def _offer(self, claim: ClaimView) -> None:
        """The most likely action as a primary button, one more beside it, all others under 更多."""
        for old in self._offered:
            self.action_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._offered = []
        order = _order(paper_missing=claim.paper_missing)
        wanted = [action for action in order if action in claim.actions][:2]
        main = _primary(wanted, paper_missing=claim.paper_missing)
        for action in sorted(wanted, key=lambda each: each is main):
            text, icon = WORDS[action]
            made = button(text, self._do_selected, icon=icon, kind="primary" if action is main else "")
            made.setProperty("action", action.value)
            self.action_row.addWidget(made)
            made.show()
            self._offered.append(made)
        self._rest = [action for action in WORDS if action in claim.actions and action not in wanted]
        self.more.setEnabled(bool(self._rest))

    @Slot()
    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for action in self._rest:
            text, icon = WORDS[action]
            made = menu.addAction(icons.icon(icon), text, self._do_selected)
            made.setProperty("action", action.value)

    @Slot()
    def close_claim(self) -> None:
        """Back to the list."""
        if self._open_id is None:
            return
        self._open_id = None
        self.stack.setCurrentWidget(self.card)
        self.pane.forget()
        self.set_title(self.title)
        self.set_context(self.context)
        for old in (*self._offered, *self._claim_tools):
            old.hide()
        for part in (*self.row_buttons.values(), self.new_button):
            part.show()
        self._selected()
        self.table.refresh()
        self.table.view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._open_id is not None:
            self.close_claim()
        else:
            super().keyPressEvent(event)


def _order(*, paper_missing: bool) -> tuple[ClaimAction, ...]:
    """What comes first: without the signed paper that the rules demand, a payment would only be refused."""
    if not paper_missing:
        return _FIRST
    swapped = {ClaimAction.PAY: ClaimAction.REGISTER_PAPER, ClaimAction.REGISTER_PAPER: ClaimAction.PAY}
    return tuple(swapped.get(action, action) for action in _FIRST)


def _primary(wanted: list[ClaimAction], *, paper_missing: bool) -> ClaimAction | None:
    """What a claim waits for, as far as the reader can do it; taking it back or adding to it is never that."""
    first = wanted[0] if wanted else None
    never = {ClaimAction.WITHDRAW, ClaimAction.EDIT, ClaimAction.SET_VOUCHER}
    return None if first in never or (first is ClaimAction.PAY and paper_missing) else first


def _paint(part: QPushButton, icon: str, *, primary: bool) -> None:
    """Make a button the blue one, or a plain one again."""
    kind = "primary" if primary else ""
    if (part.property("kind") or "") != kind:
        part.setProperty("kind", kind)
        part.setIcon(icons.icon(icon, TOKENS.on_primary if primary else TOKENS.text_second, 18, 4))
        restyle(part)
