"""What surveys plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Figure, Found, ListSpec, ModuleSpec, PageSpec, TodayRow

from .columns.campaigns import CAMPAIGN_COLUMNS
from .columns.questionnaires import QUESTIONNAIRE_COLUMNS
from .columns.suggestions import SUGGESTION_COLUMNS
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
from .domain.suggestions import SuggestionRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.jobs import Job
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


def _suggestions_page(desk: Any) -> Any:
    from .ui.suggestions_page import SuggestionsPage

    return SuggestionsPage(desk)


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
        PageSpec(
            "surveys.suggestions",
            "意见建议",
            "message-square",
            _suggestions_page,
            SUGGESTIONS_VIEW,
            order=350,
            group="满意度",
            opens=("suggestion",),
        ),
    )


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .day_board import figures

    return figures(ctx)


def _suggestion_figures(ctx: Ctx) -> Sequence[Figure]:
    from .suggestion_board import figures

    return figures(ctx)


def _suggestion_lines(ctx: Ctx) -> Sequence[TodayRow]:
    from .suggestion_board import today_lines

    return today_lines(ctx)


def _suggestion_badges(ctx: Ctx) -> Mapping[str, int]:
    from .suggestion_board import badges

    return badges(ctx)


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


def _list_suggestions(ctx: Ctx, query: ListQuery) -> Listing[SuggestionRow]:
    from .queries.suggestions import list_suggestions

    return list_suggestions(ctx, query)


def _find_suggestions(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.suggestions import find_suggestions

    return find_suggestions(ctx, text, limit)


def _jobs() -> tuple[Job, ...]:
    from dangxiao_houqin.core.jobs import Job

    from .jobs import remind_suggestions

    return (Job("surveys.remind_suggestions", "意见建议逾期提醒", remind_suggestions, at=time(7, 0)),)


MODULE = ModuleSpec(
    "surveys",
    "满意度",
    permissions=(VIEW, EDIT, RUN, ENTER, COMMENTS, EXPORT, SUBMIT, KIOSK, SUGGESTIONS_VIEW, SUGGESTIONS),
    settings=(SurveyRules, KioskRules),
    pages=_pages,
    lists=(
        ListSpec("campaigns", "满意度测评", CAMPAIGN_COLUMNS, _list_campaigns),
        ListSpec("questionnaires", "问卷", QUESTIONNAIRE_COLUMNS, _list_questionnaires),
        ListSpec("suggestions", "意见建议台账", SUGGESTION_COLUMNS, _list_suggestions),
    ),
    search=(_find_campaigns, _find_questionnaires, _find_suggestions),
    figures=(_figures, _suggestion_figures),
    today=(_suggestion_lines,),
    badges=(_suggestion_badges,),
    badge_tables=frozenset({"suggestion"}),
    jobs=_jobs,
)
