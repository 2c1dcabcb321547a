"""What accommodation plugs into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import ChartSpec, DocumentSpec, Figure, ListSpec, ModuleSpec, PageSpec, TodayRow

from .columns import (
    BED_MOVE_COLUMNS,
    CARD_COLUMNS,
    COMPENSATION_COLUMNS,
    FREE_BED_COLUMNS,
    GUEST_COLUMNS,
    REQUEST_COLUMNS,
    STAY_COLUMNS,
    UNASSIGNED_COLUMNS,
)
from .domain import ASSIGN, DESK, RULES, VIEW, AllocationRules, DeskRules, FreeBedRow, StayRow, UnassignedRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.jobs import Job
    from dangxiao_houqin.core.uow import Ctx


_FREE, _WAITING = "accommodation.free_beds", "accommodation.unassigned"
_STATISTICS = "accommodation.statistics"
_GROUP = "培训住宿"
"""Heading of the navigation."""


def _chart_page(desk: Any) -> Any:
    from .ui.chart_page import ChartPage

    return ChartPage(desk)


def _stays_page(desk: Any) -> Any:
    from .ui.stays_page import StaysPage

    return StaysPage(desk)


def _free_beds_page(desk: Any) -> Any:
    from .ui.free_beds_page import FreeBedsPage

    return FreeBedsPage(desk)


def _unassigned_page(desk: Any) -> Any:
    from .ui.unassigned_page import UnassignedPage

    return UnassignedPage(desk)


def _reception_page(desk: Any) -> Any:
    from .ui.reception_page import ReceptionPage

    return ReceptionPage(desk)


def _desk_affairs_page(desk: Any) -> Any:
    from .ui.desk_affairs_page import DeskAffairsPage

    return DeskAffairsPage(desk)


def _proposal_page(desk: Any) -> Any:
    from .ui.proposal_page import ProposalPage

    return ProposalPage(desk)


def _statistics_page(desk: Any) -> Any:
    from .ui.statistics_page import StatisticsPage

    return StatisticsPage(desk)


def _forecast_page(desk: Any) -> Any:
    from .ui.forecast_page import ForecastPage

    return ForecastPage(desk)


def _discrepancies_page(desk: Any) -> Any:
    from .ui.discrepancies_page import DiscrepanciesPage

    return DiscrepanciesPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("accommodation.chart", "房态图", "calendar-days", _chart_page, VIEW, order=120, group=_GROUP),
        PageSpec("accommodation.reception", "报到退房", "log-in", _reception_page, DESK, order=125, group=_GROUP),
        PageSpec(
            "accommodation.stays", "学员住宿", "bed-double", _stays_page, VIEW, order=130, group=_GROUP, opens=("stay",)
        ),
        PageSpec(
            _FREE, "空床", "bed-single", _free_beds_page, VIEW, order=131, group=_GROUP, under="accommodation.stays"
        ),
        PageSpec(
            _WAITING,
            "待分床位",
            "user-plus",
            _unassigned_page,
            VIEW,
            order=132,
            group=_GROUP,
            under="accommodation.stays",
        ),
        PageSpec(
            "accommodation.desk_affairs",
            "前台事务",
            "clipboard-list",
            _desk_affairs_page,
            DESK,
            order=135,
            group=_GROUP,
        ),
        PageSpec(
            "accommodation.proposal", "自动分房", "wand-sparkles", _proposal_page, ASSIGN, order=140, group=_GROUP
        ),
        PageSpec(
            "accommodation.discrepancies",
            "房态核对",
            "scale",
            _discrepancies_page,
            VIEW,
            order=152,
            group=_GROUP,
            under="housekeeping.rooms",
        ),
        PageSpec(_STATISTICS, "住宿统计", "chart-column", _statistics_page, VIEW, order=160, group=_GROUP),
        PageSpec(
            "accommodation.forecast",
            "床位预测",
            "chart-line",
            _forecast_page,
            VIEW,
            order=165,
            group=_GROUP,
            under=_STATISTICS,
        ),
    )


def _documents() -> tuple[DocumentSpec, ...]:
    from .printouts import DOCUMENTS

    return DOCUMENTS


def _list_stays(ctx: Ctx, query: ListQuery) -> Listing[StayRow]:
    from .queries import list_stays

    return list_stays(ctx, query)


def _list_unassigned(ctx: Ctx, query: ListQuery) -> Listing[UnassignedRow]:
    from .queries import list_unassigned

    return list_unassigned(ctx, query)


def _list_free_beds(ctx: Ctx, query: ListQuery) -> Listing[FreeBedRow]:
    from .queries import list_free_beds_on

    return list_free_beds_on(ctx, query)


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .day_board import figures

    return figures(ctx)


def _charts(ctx: Ctx) -> Sequence[ChartSpec]:
    from .day_board import charts

    return charts(ctx)


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    from .day_board import today_lines

    return today_lines(ctx)


def _desk_list(name: str) -> Callable[[Ctx, ListQuery], Listing[Any]]:
    """One of the desk's lists, imported when it is asked for."""

    def fetch(ctx: Ctx, query: ListQuery) -> Listing[Any]:
        from . import queries

        found: Listing[Any] = getattr(queries, name)(ctx, query)
        return found

    return fetch


def _jobs() -> tuple[Job, ...]:
    from dangxiao_houqin.core.jobs import Job

    from .jobs import daily

    return (Job("accommodation.daily", "住宿每日检查", daily, at=time(6, 0)),)


MODULE = ModuleSpec(
    key="accommodation",
    title="学员住宿",
    permissions=(VIEW, ASSIGN, RULES, DESK),
    settings=(AllocationRules, DeskRules),
    pages=_pages,
    documents=_documents,
    lists=(
        ListSpec("stays", "住宿名单", STAY_COLUMNS, _list_stays, by_class=True),
        ListSpec("free-beds", "空床", FREE_BED_COLUMNS, _list_free_beds),
        ListSpec("unassigned", "待分配名单", UNASSIGNED_COLUMNS, _list_unassigned),
        ListSpec("cards", "房卡领取归还登记", CARD_COLUMNS, _desk_list("list_cards"), by_class=True),
        ListSpec("compensations", "赔偿登记", COMPENSATION_COLUMNS, _desk_list("list_compensations"), by_class=True),
        ListSpec("move-requests", "调房申请", REQUEST_COLUMNS, _desk_list("list_requests"), by_class=True),
        ListSpec("bed-moves", "调房登记", BED_MOVE_COLUMNS, _desk_list("list_bed_moves"), by_class=True),
        ListSpec("guests", "临时住客", GUEST_COLUMNS, _desk_list("list_guests")),
    ),
    opens=("stay",),
    jobs=_jobs,
    figures=(_figures,),
    charts=(_charts,),
    today=(_today,),
)
