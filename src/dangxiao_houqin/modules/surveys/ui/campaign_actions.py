"""What can be done with one campaign, with the questions that come before it."""

from __future__ import annotations

import enum
from functools import partial

from PySide6.QtCore import QObject, Slot

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import (
    Anonymity,
    CampaignForm,
    CampaignRow,
    CampaignState,
    Collected,
    DrawnCodes,
)
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN, VIEW
from dangxiao_houqin.modules.surveys.printouts import load_paper_form
from dangxiao_houqin.modules.surveys.queries.campaigns import campaign_form
from dangxiao_houqin.modules.surveys.reports.code_slips import CodeSlips, code_slips_pdf
from dangxiao_houqin.modules.surveys.reports.paper_form import PaperForm, paper_form_pdf
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview

from .campaign_dialogs import CampaignDialog, DrawCodesDialog, SlipsCheckDialog


class CampaignAction(enum.Enum):
    """One entry of the row menu: its words and its icon."""

    OPEN = ("开始测评", "play")
    CLOSE = ("收卷…", "inbox")
    COUNT = ("阶段收卷…", "layers")
    RESULTS = ("查看结果", "chart-column")
    ENTRY = ("录入纸质答卷", "keyboard")
    DRAW = ("抽取一次性码…", "key-round")
    VOID = ("作废未用的一次性码…", "ban")
    FORM = ("打印纸质问卷", "printer")
    REOPEN = ("重新开放…", "rotate-ccw")
    EDIT = ("修改…", "pencil")
    DELETE = ("删除…", "trash-2")

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def icon(self) -> str:
        return self.value[1]


def offered(desk: Desk, campaign: CampaignRow) -> tuple[CampaignAction, ...]:
    """What makes sense for a campaign and is allowed, the likeliest first; the service asks again."""
    state, run = campaign.state, desk.can(RUN)
    draft, running, closed = (state is each for each in CampaignState)
    codes = campaign.anonymity is Anonymity.CODES
    fits = {
        CampaignAction.OPEN: run and draft,
        CampaignAction.CLOSE: run and running,
        CampaignAction.COUNT: run and running,
        CampaignAction.RESULTS: desk.can(VIEW) and campaign.rounds > 0,
        CampaignAction.ENTRY: desk.can(ENTER) and (running or campaign.batches > 0),
        CampaignAction.DRAW: run and codes and not closed,
        CampaignAction.VOID: run and codes and campaign.codes > campaign.codes_used,
        CampaignAction.FORM: run,
        CampaignAction.REOPEN: run and closed,
        CampaignAction.EDIT: run,
        CampaignAction.DELETE: run and draft,
    }
    return tuple(action for action in CampaignAction if fits[action])


class CampaignActions(QObject):
    """Carries out an action on one campaign at a time."""

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self._page, self._desk = page, desk
        self._campaign: CampaignRow | None = None
        self._drawn: DrawnCodes | None = None
        self._chosen: CampaignAction | None = None

    def start(self, action: CampaignAction, campaign: CampaignRow) -> None:
        """Ask what is to be asked, then do it."""
        self._campaign, self._chosen = campaign, action
        if action is CampaignAction.OPEN:
            self._page.command(services.open_campaign, campaign.id, campaign.version, ok=self._opened)
        elif action is CampaignAction.EDIT:
            self._page.query(campaign_form, campaign.id, ok=self._edit)
        elif action is CampaignAction.DRAW:
            dialog = DrawCodesDialog(self._page.runner, self._page, campaign)
            dialog.saved.connect(self._have_codes)
            dialog.open()
        elif action is CampaignAction.FORM:
            self._page.query(load_paper_form, campaign.version_id, campaign.subject.text, ok=self._have_form)
        elif action is CampaignAction.RESULTS:
            self._desk.go("surveys.results", campaign_id=campaign.id)
        elif action is CampaignAction.ENTRY:
            self._desk.go("surveys.entry", campaign_id=campaign.id)
        else:
            self._ask(action, campaign)

    def _ask(self, action: CampaignAction, campaign: CampaignRow) -> None:
        box = f"票箱里有 {campaign.boxed} 份答卷"
        late = campaign.seen_at is not None and campaign.closes_at <= campaign.seen_at
        message, detail, yes = {
            CampaignAction.CLOSE: (
                (
                    f"“{campaign.title}”已收到 {campaign.received} 份，应收 {campaign.expected} 份。"
                    f"收卷后不再收答卷，{box}，随即开箱统计。"
                ),
                "开箱时答卷打乱次序，与交卷的先后再无联系。",
                "收卷",
            ),
            CampaignAction.COUNT: (
                f"“{campaign.title}”继续测评，{box}，现在开箱统计，计入后不能放回。",
                "适合全年开放的测评；班次的测评请在结束时一次收卷。",
                "阶段收卷",
            ),
            CampaignAction.REOPEN: (
                f"重新开放“{campaign.title}”，可以补收迟到的答卷；再次收卷时另计一批，不足 5 份的并入下一批。",
                f"结束时间 {show(campaign.closes_at)} 已过，自助终端不会再提供它；要继续现场填写，请先修改结束时间。"
                if late
                else "自助终端会重新提供它，直到结束时间。",
                "重新开放",
            ),
            CampaignAction.VOID: (
                (
                    f"“{campaign.title}”还有 {campaign.codes - campaign.codes_used} 个没有用过的码，"
                    "作废后拿着这些纸条的人不能再填写。"
                ),
                "用过的码和已交的答卷不受影响。已经发出纸条的，请先收回。",
                f"作废 {campaign.codes - campaign.codes_used} 个码",
            ),
            CampaignAction.DELETE: (
                f"删除“{campaign.title}”" + (f"和它的 {campaign.codes} 个一次性码？" if campaign.codes else "？"),
                "它还没有开始，没有答卷。",
                "删除",
            ),
        }[action]
        danger = action in (CampaignAction.VOID, CampaignAction.DELETE)
        messages.ask(
            self._page,
            message,
            detail=detail,
            done=self._answered,
            title=action.words.rstrip("…"),
            yes=yes,
            danger=danger,
        )

    @Slot(bool)
    def _answered(self, yes: bool) -> None:
        campaign = self._campaign
        if not yes or campaign is None:
            return
        run = self._page.command
        if self._chosen is CampaignAction.CLOSE:
            run(services.close_campaign, campaign.id, campaign.version, ok=self._collected)
        elif self._chosen is CampaignAction.COUNT:
            run(services.count_so_far, campaign.id, campaign.version, ok=self._collected)
        elif self._chosen is CampaignAction.REOPEN:
            run(services.reopen_campaign, campaign.id, campaign.version, ok=self._reopened)
        elif self._chosen is CampaignAction.VOID:
            run(services.void_codes, campaign.id, ok=self._voided)
        elif self._chosen is CampaignAction.DELETE:
            run(services.delete_campaign, campaign.id, campaign.version, ok=self._deleted)

    # ------------------------------------------------------------------ what became of it
    @Slot(object)
    def _edit(self, form: CampaignForm) -> None:
        if self._campaign is not None:
            CampaignDialog(self._page.runner, self._page, form, self._campaign).open()

    @Slot(object)
    def _opened(self, _nothing: object) -> None:
        if self._campaign is not None:
            start = self._campaign.opens_at
            early = self._campaign.seen_at is not None and self._campaign.seen_at < start
            self._page.toast(
                f"测评已开始，自助终端到 {show(start)} 提供填写" if early else "测评已开始，自助终端可以填写了"
            )

    @Slot(object)
    def _collected(self, found: Collected) -> None:
        cases = f"；{found.raised} 道低分题已生成意见建议处理单" if found.raised else ""
        self._page.toast(f"已开箱：{found.papers} 份答卷，其中有效 {found.valid} 份{cases}")

    @Slot(object)
    def _reopened(self, _nothing: object) -> None:
        self._page.toast("已重新开放，可以继续收答卷")

    @Slot(object)
    def _voided(self, number: int) -> None:
        self._page.toast(f"{number} 个一次性码已作废")

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self._page.toast("已删除")

    @Slot(object)
    def _have_form(self, form: PaperForm) -> None:
        make = partial(paper_form_pdf, form)
        preview(self._page.window(), "满意度测评表", make, self._page.runner, document="survey-form")

    # ------------------------------------------------------------------ slips
    @Slot(object)
    def _have_codes(self, drawn: DrawnCodes) -> None:
        self._drawn = drawn
        self.show_slips()

    @Slot()
    def show_slips(self) -> None:
        """The slips of the codes just drawn; closed, it is asked whether they are on paper."""
        if self._drawn is None:
            return
        make = partial(code_slips_pdf, CodeSlips.of(self._drawn))
        shown = preview(self._page.window(), "一次性码纸条", make, self._page.runner, document="survey-codes")
        shown.finished.connect(self._slips_closed)

    @Slot()
    def _slips_closed(self) -> None:
        if self._drawn is None:
            return
        dialog = SlipsCheckDialog(self._page, self._drawn)
        dialog.again.connect(self.show_slips)
        dialog.lost.connect(self._slips_lost)
        dialog.kept.clicked.connect(self._forget_codes)
        dialog.open()

    @Slot()
    def _forget_codes(self) -> None:
        self._drawn = None

    @Slot()
    def _slips_lost(self) -> None:
        if self._drawn is not None:
            drawn, self._drawn = self._drawn, None
            self._page.command(services.void_codes, drawn.campaign_id, drawn.codes, ok=self._voided)
