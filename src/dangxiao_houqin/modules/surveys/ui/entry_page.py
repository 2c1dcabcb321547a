"""录入纸质答卷: stacks of papers, typed twice by two clerks, compared, and put into the ballot box."""

from __future__ import annotations

from collections import deque
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from dangxiao_houqin.core.errors import AppError, Cancelled
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.campaigns import BATCH_COLUMNS
from dangxiao_houqin.modules.surveys.domain.entry import (
    BatchState,
    BeginBatch,
    CheckView,
    EntryBatchRow,
    EntryView,
    TypedSheet,
)
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN
from dangxiao_houqin.modules.surveys.queries.paper_entry import (
    get_check,
    get_entry,
    list_batches,
    list_open_campaigns,
)
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField, TextField
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, button

from .entry_check import CheckPane
from .entry_typing import TypingPane

_STATES = (("open", "没有录完"), (BatchState.CHECK.value, "待核对"), (BatchState.DONE.value, "已投入票箱"))
_CODES = "这次测评凭一次性码：每份答卷上要订着自己那张纸条，录入时先输入纸条上的码，一码一份；没有纸条的不计入。"
Open = tuple[tuple[int, str, bool], ...]


def _form(ctx: Ctx) -> tuple[Open, Any]:
    return list_open_campaigns(ctx), ctx.today()


def _check_of(ctx: Ctx, batch_id: int) -> CheckView | None:
    """Nothing when somebody has put the stack into the box, or thrown it away, meanwhile."""
    if not list_batches(ctx, ListQuery(filters={"state": BatchState.CHECK.value, "id": batch_id})).rows:
        return None
    return get_check(ctx, batch_id)


def _id(found: EntryBatchRow) -> int:
    return found.id


class BeginBatchDialog(FormDialog):
    """A new stack: of which campaign, how many sheets, filled in when."""

    def __init__(self, runner: Runner, parent: QWidget | None, campaigns: Open, today: Any, chosen: int | None) -> None:
        super().__init__(
            runner,
            "新录一摞答卷",
            parent,
            subtitle="先用铅笔在答卷上编号 1、2、3……，再照号录入。两人各录一遍，全部一致才投入票箱；投入后请擦去编号。",
            primary="开始录入",
            width=600,
        )
        self._codes = {number: codes for number, _, codes in campaigns}
        choices = [(number, title) for number, title, _ in campaigns]
        self.form.add(ChoiceField("campaign_id", "测评", choices=choices, required=True))
        self.form.add(
            NumberField("sheets", "份数", required=True, minimum=1, maximum=500),
            DateField("day", "填表日期", required=True, maximum=today),
        )
        self.form.add(TextField("note", "备注", max_length=200, placeholder="如：第一组、一班"))
        only = choices[0][0] if len(choices) == 1 else None
        known = chosen if chosen in self._codes else only
        self.form.set_values({"campaign_id": known, "day": today})
        self.form["campaign_id"].changed.connect(self._chosen)
        self._chosen()
        self.form.mark_clean()

    @Slot()
    def _chosen(self) -> None:
        if self._codes.get(self.form["campaign_id"].value()):
            self.bar.say(_CODES, "primary", closable=False)
        else:
            self.bar.clear()
        self._grow()

    def submit(self) -> None:
        self.run(services.begin_batch, BeginBatch(**self.form.values()))


class EntryPage(Page):
    """A list of stacks; typing and comparing open in its place, Esc goes back."""

    title = "录入纸质答卷"
    context = "两人各录一遍，互不相看，全部一致才投入票箱"
    watches = frozenset({"survey_entry_batch", "survey_entry_sheet", "survey_campaign"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._may = desk.can(ENTER)
        self._batch_id: int | None = None
        self._campaign_id: int | None = None
        self._sent: deque[int] = deque()
        self._row: EntryBatchRow | None = None
        self._check: CheckView | None = None
        self.table = ListTable(
            self.runner,
            "surveys.entry",
            BATCH_COLUMNS,
            list_batches,
            _id,
            title="纸质答卷录入",
            search="测评 / 录入人 / 备注",
            filters=(Filter("state", "进度", _STATES, inline=True), Filter("campaign_id", "测评")),
            unit="摞",
            empty=Empty(
                "还没有录入纸质答卷",
                "把收回的答卷用铅笔编号，一人录第一遍，另一人不看第一遍再录一遍；不一致的照答卷核对，一致后投入票箱。",
                "新录一摞" if self._may else "",
                "keyboard",
            ),
            parent=self,
        )
        self.table.opened.connect(self.open_row)
        self.table.menu_requested.connect(self.fill_menu)
        self.table.empty_action.connect(self.begin)
        self.typing = TypingPane()
        self.typing.kept.connect(self._keep)
        self.typing.finish_asked.connect(self._finish_turn)
        self.typing.back_asked.connect(self.ask_back)
        self.check = CheckPane()
        self.check.settled.connect(self._settle)
        self.check.retype.connect(self._retype)
        self.check.hand_in_asked.connect(self._hand_in)
        self.check.back_asked.connect(self.back_to_list)
        card = Card(padding=16)
        card.body.addWidget(self.table)
        self.list_card = card
        self.stack = QStackedWidget(self)
        for part in (card, self.typing, self.check):
            self.stack.addWidget(part)
        self.body.addWidget(self.stack, 1)
        self.campaigns_button = self.add_action("返回测评", self._to_campaigns, icon="chevron-left")
        self.back = button("返回列表", self.ask_back, icon="chevron-left", tooltip="Esc")
        self.finish_button = button("结束第一遍", self.typing.ask_finish, icon="check", tooltip="Ctrl+Enter")
        for tool in (self.back, self.finish_button):
            self.action_row.addWidget(tool)
            tool.hide()
        self.new_button = self.add_action(
            "新录一摞", self.begin, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may
        )

    def reload(self) -> None:
        if self.stack.currentWidget() is self.list_card:
            self.table.refresh()
            if self._may:
                self.query(list_open_campaigns, ok=self._have_campaigns)
        elif self.stack.currentWidget() is self.check:
            self._ask_check()

    @Slot(object)
    def _have_campaigns(self, found: Open) -> None:
        self.table.set_filter_choices("campaign_id", [(number, title) for number, title, _ in found])

    def open_target(self, target: Any) -> None:
        """``{"campaign_id": 3}``: its stacks, or the first one of it; a campaign's Ref."""
        self._campaign_id = target.id if isinstance(target, Ref) else dict(target or {}).get("campaign_id")
        self.ask_back()

    # ------------------------------------------------------------------ the list
    @Slot()
    def ask_back(self) -> None:
        """To the list; asks first when a sheet is typed and not kept."""
        typing = self.stack.currentWidget() is self.typing
        waiting = self.typing.unsaved() if typing else ()
        if typing and self.typing.settling:
            self._ask_check()
        elif waiting:
            messages.ask(
                self,
                f"第 {waiting[0]} 份还没有存下，返回后这一份要重新录；前面存下的都在。",
                done=self._may_go_back,
                title="返回列表？",
                yes="返回",
                no="继续录入",
            )
        else:
            self.back_to_list()

    @Slot(bool)
    def _may_go_back(self, yes: bool) -> None:
        if yes:
            self.back_to_list()
        else:
            self.typing.setFocus()

    @Slot()
    def back_to_list(self) -> None:
        """From a stack to the list; what is saved is saved, and a sheet begun is typed again later."""
        self._batch_id = None
        self.typing.forget()
        self.stack.setCurrentWidget(self.list_card)
        self.set_title(self.title)
        self.set_context(self.context)
        for tool, shown in ((self.back, False), (self.finish_button, False)):
            tool.setVisible(shown)
        for tool in (self.campaigns_button, self.new_button):
            tool.show()
        self.reload()
        self.table.view.setFocus()

    def _show_stack(self, pane: QWidget, found: EntryBatchRow) -> None:
        self._batch_id, self._row = found.id, found
        self.stack.setCurrentWidget(pane)
        self.set_title("核对两遍录入" if pane is self.check else self.title)
        self.set_context(f"{found.campaign}　{found.sheets} 份　填表日期 {found.day}")
        for tool in (self.campaigns_button, self.new_button):
            tool.hide()
        settling = pane is self.typing and self.typing.settling
        self.back.setText("返回核对" if settling else "返回列表")
        self.back.show()
        self.finish_button.setVisible(pane is self.typing and not settling)

    @Slot()
    def _to_campaigns(self) -> None:
        self.desk.go("surveys.campaigns")

    @Slot()
    def begin(self) -> None:
        """A new stack."""
        if self._may:
            self.query(_form, ok=self._begin)

    @Slot(object)
    def _begin(self, found: tuple[Open, Any]) -> None:
        campaigns, today = found
        if not campaigns:
            messages.tell(
                self,
                "没有正在进行的测评",
                "先在“满意度测评”里开始一次测评，才能录入它的纸质答卷；已收卷的可以重新开放。",
            )
            return
        dialog = BeginBatchDialog(self.runner, self, campaigns, today, self._campaign_id)
        dialog.saved.connect(self.open_batch)
        dialog.open()

    @Slot(object)
    def open_batch(self, batch_id: int) -> None:
        """Go on typing the turn under way."""
        self.query(get_entry, batch_id, ok=self._type)

    @Slot(object)
    def _type(self, view: EntryView) -> None:
        self._sent.clear()
        self.finish_button.setText("结束第一遍" if view.turn == 1 else "结束第二遍")
        self.typing.load(view)
        self._show_stack(self.typing, view.row)
        self.typing.show_sheet(self.typing.sheet)

    @Slot(object)
    def open_row(self, found: EntryBatchRow) -> None:
        self._row = found
        if not self._may:
            return
        if found.state is BatchState.WAITING:
            self._batch_id = found.id
            self.command(services.begin_turn, found.id, ok=self._turn_begun)
        elif found.state is BatchState.CHECK:
            self._batch_id = found.id
            self._ask_check()
        elif found.state is BatchState.DONE:
            self.toast("这一摞已投入票箱，录入的内容已清除", tone="primary")
        else:
            self.open_batch(found.id)

    @Slot(object)
    def _turn_begun(self, _nothing: object) -> None:
        if self._batch_id is not None:
            self.open_batch(self._batch_id)

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1 or not self._may or rows[0].state is BatchState.DONE:
            return
        found: EntryBatchRow = rows[0]
        words = {
            BatchState.WAITING: "开始第二遍录入",
            BatchState.CHECK: "核对两遍录入",
        }.get(found.state, "继续录入")
        menu.addAction(icons.icon("keyboard"), words, self._open_selected)
        clerk = found.second_id if found.state in (BatchState.SECOND, BatchState.CHECK) else found.first_id
        me = self.desk.actor.user_id
        if found.state is not BatchState.WAITING and (clerk == me or self.desk.can(RUN)):
            menu.addAction(icons.icon("rotate-ccw"), "清掉这一遍重新录…", self._restart)
        if found.first_id == me or self.desk.can(RUN):
            menu.addAction(icons.icon("trash-2"), "作废这一摞…", self._discard)

    def _selected(self) -> EntryBatchRow | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _open_selected(self) -> None:
        if (found := self._selected()) is not None:
            self.open_row(found)

    @Slot()
    def _restart(self) -> None:
        if (found := self._selected()) is not None:
            self.command(services.restart_turn, found.id)

    @Slot()
    def _discard(self) -> None:
        if (found := self._selected()) is not None:
            self.command(services.discard_batch, found.id)

    # ------------------------------------------------------------------ typing
    @Slot(int, object)
    def _keep(self, sheet: int, typed: TypedSheet) -> None:
        if self._batch_id is None:
            return
        if self.typing.settling:
            self._settle(sheet, typed)
            return
        self._sent.append(sheet)
        turn = self.typing.turn
        self.runner.command(services.save_sheet, self._batch_id, turn, sheet, typed, ok=self._kept, fail=self._not_kept)

    @Slot(object)
    def _kept(self, _sheet: int) -> None:
        if self._sent:
            self._sent.popleft()

    @Slot(object)
    def _not_kept(self, error: Exception) -> None:
        """Commands are answered in the order in which they were sent."""
        sheet = self._sent.popleft() if self._sent else self.typing.sheet
        if isinstance(error, AppError):
            self.typing.refuse(sheet, str(error), at_code=error.field == "code")
        else:
            self.typing.refuse(sheet, "程序遇到意外错误。")
            messages.show(self, error)

    @Slot()
    def _finish_turn(self) -> None:
        if self._batch_id is not None and not self.typing.settling:
            turn = self.typing.turn
            self.command(services.finish_turn, self._batch_id, turn, ok=self._turn_finished)

    @Slot(object)
    def _turn_finished(self, differing: int) -> None:
        if self.typing.turn == 1:
            self.back_to_list()
            self.toast("第一遍已结束；请另一位同事不看第一遍，再录一遍")
        else:
            self._ask_check()
            if not differing:
                self.toast("两遍录入完全一致，可以投入票箱")

    # ------------------------------------------------------------------ comparing
    def _ask_check(self) -> None:
        if self._batch_id is not None:
            self.query(_check_of, self._batch_id, ok=self._have_check)

    @Slot(object)
    def _have_check(self, view: CheckView | None) -> None:
        if view is None:
            self.back_to_list()
            return
        if view.row.id != self._batch_id:
            return
        self._check = view
        self._show_stack(self.check, view.row)
        self.check.show_check(view)

    @Slot(int)
    def _retype(self, sheet: int) -> None:
        if self._check is not None:
            self.typing.settle(self._check, sheet)
            self._show_stack(self.typing, self._check.row)
            self.typing.show_sheet(sheet)

    @Slot(int, object)
    def _settle(self, sheet: int, typed: TypedSheet) -> None:
        if self._batch_id is not None:
            self.runner.command(
                services.settle_sheet, self._batch_id, sheet, typed, ok=self._settled, fail=self._not_settled
            )

    @Slot(object)
    def _settled(self, _differing: int) -> None:
        self._ask_check()

    @Slot(object)
    def _not_settled(self, error: Exception) -> None:
        if isinstance(error, AppError) and self.typing.settling and self.stack.currentWidget() is self.typing:
            self.typing.refuse(self.typing.sheet, str(error), at_code=error.field == "code")
        elif not isinstance(error, Cancelled):
            messages.show(self, error, reload=self.reload_now)
            self._ask_check()

    @Slot()
    def _hand_in(self) -> None:
        if self._batch_id is not None:
            self.command(services.hand_in, self._batch_id, ok=self._handed_in)

    @Slot(object)
    def _handed_in(self, number: int) -> None:
        self.back_to_list()
        self.toast(f"{number} 份答卷已投入票箱，录入的内容已清除；请擦去答卷上的编号")
