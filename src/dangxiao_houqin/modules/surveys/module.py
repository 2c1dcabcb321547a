"""What surveys plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Figure, Found, ListSpec, ModuleSpec, PageSpec

from .columns.campaigns import CAMPAIGN_COLUMNS
from .columns.questionnaires import QUESTIONNAIRE_COLUMNS
from .domain.campaigns import CampaignRow
from .domain.questionnaires import VersionRow
from .domain.rules import (
    COMMENTS,
    EDIT,
    ENTER,
    EXPORT,
    KIOSK,
    RUN,
    SUBMIT,
    SUGGESTIONS,
    SUGGESTIONS_VIEW,
    VIEW,
    KioskRules,
    SurveyRules,
)

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx


def _campaigns_page(desk: Any) -> Any:
    from .ui.campaigns_page import CampaignsPage

    return CampaignsPage(desk)


def _questionnaires_page(desk: Any) -> Any:
    from .ui.questionnaires_page import QuestionnairesPage

    return QuestionnairesPage(desk)


def _entry_page(desk: Any) -> Any:
    from .ui.entry_page import EntryPage

    return EntryPage(desk)


def _results_page(desk: Any) -> Any:
    from .ui.results_page import ResultsPage

    return ResultsPage(desk)


def _history_page(desk: Any) -> Any:
    from .ui.history_page import HistoryPage

    return HistoryPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec(
            "surveys.campaigns",
            "满意度测评",
            "clipboard-check",
            _campaigns_page,
            RUN,
            order=310,
            group="满意度",
            opens=("survey_campaign",),
            also_for=(ENTER, EDIT, VIEW),
        ),
        PageSpec(
            "surveys.entry",
            "录入纸质答卷",
            "keyboard",
            _entry_page,
            ENTER,
            order=315,
            group="满意度",
            under="surveys.campaigns",
        ),
        PageSpec(
            "surveys.questionnaires",
            "问卷",
            "list-checks",
            _questionnaires_page,
            EDIT,
            order=320,
            group="满意度",
            opens=("questionnaire_version",),
            also_for=(RUN, VIEW),
        ),
        PageSpec(
            "surveys.results",
            "测评结果",
            "smile",
            _results_page,
            VIEW,
            order=330,
            group="满意度",
            opens=("survey_results",),
        ),
        PageSpec("surveys.history", "历年对比", "chart-line", _history_page, VIEW, order=340, group="满意度"),
    )


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .day_board import figures

    return figures(ctx)


def _list_campaigns(ctx: Ctx, query: ListQuery) -> Listing[CampaignRow]:
    from .queries.campaigns import list_campaigns

    return list_campaigns(ctx, query)


def _find_campaigns(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.campaigns import find_campaigns

    return find_campaigns(ctx, text, limit)


def _list_questionnaires(ctx: Ctx, query: ListQuery) -> Listing[VersionRow]:
    from .queries.questionnaires import list_questionnaires

    return list_questionnaires(ctx, query)


def _find_questionnaires(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.questionnaires import find_questionnaires

    return find_questionnaires(ctx, text, limit)


MODULE = ModuleSpec(
    "surveys",
    "满意度",
    permissions=(VIEW, EDIT, RUN, ENTER, COMMENTS, EXPORT, SUBMIT, KIOSK, SUGGESTIONS_VIEW, SUGGESTIONS),
    settings=(SurveyRules, KioskRules),
    pages=_pages,
    lists=(
        ListSpec("campaigns", "满意度测评", CAMPAIGN_COLUMNS, _list_campaigns),
        ListSpec("questionnaires", "问卷", QUESTIONNAIRE_COLUMNS, _list_questionnaires),
    ),
    search=(_find_campaigns, _find_questionnaires),
    figures=(_figures,),
)
