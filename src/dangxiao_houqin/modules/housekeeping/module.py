"""What housekeeping plugs into the house.  Light on purpose: queries, services and widgets are imported when used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec, Figure, Found, ListSpec, ModuleSpec, PageSpec
from dangxiao_houqin.core.refs import Ref

from .columns import CARE_COLUMNS, LOST_COLUMNS, TASK_COLUMNS
from .domain import (
    INSPECT,
    LOST,
    RULES,
    VIEW,
    WORK,
    CareRow,
    HousekeepingRules,
    LostRow,
    RoomCondition,
    TaskRow,
)

if TYPE_CHECKING:
    from dangxiao_houqin.core.jobs import Job
    from dangxiao_houqin.core.uow import Ctx


def _care_page(desk: Any) -> Any:
    from .ui.care_page import CarePage

    return CarePage(desk)


def _lost_page(desk: Any) -> Any:
    from .ui.lost_page import LostPage

    return LostPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("housekeeping.rooms", "客房保洁", "brush-cleaning", _care_page, VIEW, order=150, group="培训住宿"),
        PageSpec(
            "housekeeping.lost",
            "遗留物品",
            "package",
            _lost_page,
            VIEW,
            order=155,
            opens=("lost_property",),
            under="housekeeping.rooms",
            group="培训住宿",
        ),
    )


def _jobs() -> tuple[Job, ...]:
    from dangxiao_houqin.core.jobs import Job

    from .jobs import remind_expired

    return (Job("housekeeping.remind_expired", "遗留物品到期提醒", remind_expired, at=time(6, 30)),)


def _documents() -> tuple[DocumentSpec, ...]:
    from .printouts import DOCUMENTS

    return DOCUMENTS


def _list_care(ctx: Ctx, query: ListQuery) -> Listing[CareRow]:
    from .queries import list_care

    return list_care(ctx, query)


def _list_tasks(ctx: Ctx, query: ListQuery) -> Listing[TaskRow]:
    from .queries import list_tasks

    return list_tasks(ctx, query)


def _list_lost(ctx: Ctx, query: ListQuery) -> Listing[LostRow]:
    from .queries import list_lost

    return list_lost(ctx, query)


def _find_lost(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Things left behind by tag, name or room for the search for anything."""
    if not ctx.can(VIEW):
        return ()
    rows = _list_lost(ctx, ListQuery(search=text, limit=limit)).rows
    return [
        Found(f"{row.tag} {row.item}", f"{row.where} · {row.pill.text}", Ref("lost_property", row.id), "package")
        for row in rows
    ]


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .queries import count_care

    if not ctx.can(VIEW):
        return ()
    found = count_care(ctx)
    dirty, open_tasks = found.rooms[RoomCondition.DIRTY], found.due + found.late
    if not dirty and not open_tasks:
        return (
            Figure(
                "客房待打扫",
                "0",
                "间",
                "今天没有清扫任务",
                "brush-cleaning",
                "success",
                "housekeeping.rooms",
                order=410,
            ),
        )
    note = f"{open_tasks} 项任务" + (f"，{found.late} 项超期" if found.late else "")
    return (
        Figure(
            "客房待打扫",
            str(dirty),
            "间",
            note,
            "brush-cleaning",
            "warning",
            "housekeeping.rooms",
            note_icon="warning" if found.late else "",
            order=410,
            args={"condition": RoomCondition.DIRTY.value} if dirty else {"tab": "tasks"},
        ),
    )


MODULE = ModuleSpec(
    key="housekeeping",
    title="客房保洁",
    permissions=(VIEW, WORK, INSPECT, LOST, RULES),
    settings=(HousekeepingRules,),
    pages=_pages,
    documents=_documents,
    lists=(
        ListSpec("room-care", "客房状态", CARE_COLUMNS, _list_care),
        ListSpec("cleaning", "清扫任务", TASK_COLUMNS, _list_tasks),
        ListSpec("lost-property", "遗留物品", LOST_COLUMNS, _list_lost),
    ),
    opens=("lost_property",),
    search=(_find_lost,),
    figures=(_figures,),
    jobs=_jobs,
)
