"""满意度测评: what is asked of whom, how many papers came, and the next step of each campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.columns.campaigns import CAMPAIGN_COLUMNS
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignForm, CampaignRow
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN
from dangxiao_houqin.modules.surveys.queries.campaigns import campaign_form, get_campaign, list_campaigns
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.table import Empty, TablePage
from dangxiao_houqin.ui.theme import TOKENS

from .campaign_actions import CampaignAction, CampaignActions, offered
from .campaign_dialogs import CampaignDialog

_STATES = (("draft", "未开始"), ("open", "正在测评"), ("late", "待收卷"), ("closed", "已收卷"))
_SUBJECTS = (("class", "班次"), ("school", "全校"))
_STEPS = {CampaignAction.OPEN, CampaignAction.CLOSE, CampaignAction.RESULTS}


def _now(ctx: Ctx) -> datetime:
    return ctx.now()


def _id(found: CampaignRow) -> int:
    return found.id


class CampaignsPage(TablePage):
    """The list of campaigns; the most likely step of the selected one stands beside 新建测评."""

    title = "满意度测评"
    context = "答卷匿名投入票箱，收卷以前只看得到份数；收卷后再看结果"
    watches = frozenset(
        {
            "survey_campaign",
            "survey_paper",
            "survey_code",
            "survey_response",
            "survey_entry_batch",
            "questionnaire",
            "questionnaire_version",
            "setting",
        }
    )

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._may = desk.can(RUN)
        super().__init__(
            desk.runner,
            "surveys.campaigns",
            CAMPAIGN_COLUMNS,
            list_campaigns,
            _id,
            search="标题 / 班次 / 拼音",
            filters=(
                Filter("state", "状态", _STATES, inline=True),
                Filter("subject", "范围", _SUBJECTS),
                Filter("anonymity", "填写方式", [(each.value, each.label) for each in Anonymity]),
                Filter("year", "年度"),
            ),
            unit="次",
            empty=Empty(
                "还没有测评",
                "选好班次和问卷，定下起止时间，开始后学员就能在自助终端上匿名填写；收卷后看结果。",
                "新建测评" if self._may else "",
                "clipboard-check",
            ),
        )
        self.actions_of_campaign = CampaignActions(self, desk)
        self.more = MenuButton("更多", "ellipsis")
        self.more.menu().aboutToShow.connect(self._fill_more)
        self.action_row.addWidget(self.more)
        self.entry_button = self.add_action(
            "录入纸质答卷",
            self._go_to_entry,
            icon="keyboard",
            enabled=desk.can(ENTER),
            tooltip="" if desk.can(ENTER) else "需要“录入纸质答卷”的权限",
        )
        self.step_button = self.add_action("收卷…", self._step, icon="inbox", enabled=False)
        self.new_button = self.add_action(
            "新建测评",
            self.first_step,
            icon="plus",
            primary=True,
            shortcut="Ctrl+N",
            enabled=self._may,
            tooltip="" if self._may else "需要“组织测评”的权限",
        )
        self._next: CampaignAction | None = None
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._selected)
        self._selected()

    def reload(self) -> None:
        super().reload()
        self.query(_now, ok=self._have_now)

    @Slot(object)
    def _have_now(self, now: datetime) -> None:
        years = [(year, f"{year}年") for year in range(now.year, now.year - 6, -1)]
        self.table.set_filter_choices("year", years)

    def open_target(self, target: Any) -> None:
        """A campaign, ``{"state": "late"}`` or ``{"new": True}``."""
        if isinstance(target, Ref):
            self.query(get_campaign, target.id, ok=self._show_one)
        elif isinstance(target, dict):
            wanted = dict(target)
            if wanted.pop("new", False):
                self.first_step()
            for key, value in wanted.items():
                self.table.set_filter(key, value)

    @Slot(object)
    def _show_one(self, found: CampaignRow) -> None:
        for key in ("state", "subject", "anonymity", "year"):
            self.table.set_filter(key, None)
        self.table.set_search(found.title)

    # ------------------------------------------------------------------ the selected one
    def one(self) -> CampaignRow | None:
        """The selected campaign, if it is one."""
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _selected(self) -> None:
        found = self.one()
        actions = offered(self.desk, found) if found is not None else ()
        self.more.setEnabled(bool(actions))
        self._next = next((action for action in actions if action in _STEPS), None)
        shown = self._next or CampaignAction.CLOSE
        self.step_button.setText(shown.words)
        self.step_button.setIcon(icons.icon(shown.icon, TOKENS.text_second, 18, 4))
        self.step_button.setEnabled(self._next is not None)
        self.step_button.setToolTip("" if self._next is not None else "先在列表里选中一次测评")

    @Slot()
    def _step(self) -> None:
        found = self.one()
        if found is not None and self._next is not None:
            self.actions_of_campaign.start(self._next, found)

    @Slot()
    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        self.fill_menu(self.table.selected_rows(), menu)

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        for action in offered(self.desk, rows[0]):
            made = menu.addAction(icons.icon(action.icon), action.words, self._do_action)
            made.setProperty("action", action.name)

    @Slot()
    def _do_action(self) -> None:
        found, sender = self.one(), self.sender()
        if found is not None and sender is not None:
            self.actions_of_campaign.start(CampaignAction[sender.property("action")], found)

    @Slot(object)
    def open_row(self, row: Any) -> None:
        actions = offered(self.desk, row)
        for action in (CampaignAction.RESULTS, CampaignAction.EDIT):
            if action in actions:
                self.actions_of_campaign.start(action, row)
                return

    # ------------------------------------------------------------------ new ones, paper
    @Slot()
    def first_step(self) -> None:
        if self._may:
            self.query(campaign_form, ok=self._new)

    @Slot(object)
    def _new(self, form: CampaignForm) -> None:
        if not form.versions:
            messages.ask(
                self,
                "还没有可用的问卷，请先新建一份问卷。",
                done=self._no_questionnaire,
                title="先要有问卷",
                yes="去新建问卷",
            )
            return
        dialog = CampaignDialog(self.runner, self, form)
        dialog.saved.connect(self._planned)
        dialog.open()

    @Slot(bool)
    def _no_questionnaire(self, yes: bool) -> None:
        if yes:
            self.desk.go("surveys.questionnaires")

    @Slot(object)
    def _planned(self, campaign_id: int) -> None:
        self.query(get_campaign, campaign_id, ok=self._tell)

    @Slot(object)
    def _tell(self, found: CampaignRow) -> None:
        if found.anonymity is Anonymity.CODES:
            self.toast("已保存；接下来抽取一次性码、打印纸条，再开始测评")
        else:
            self.toast("已保存；核对无误后选中它，点“开始测评”")

    @Slot()
    def _go_to_entry(self) -> None:
        found = self.one()
        if found is not None and CampaignAction.ENTRY in offered(self.desk, found):
            self.desk.go("surveys.entry", campaign_id=found.id)
        else:
            self.desk.go("surveys.entry")
