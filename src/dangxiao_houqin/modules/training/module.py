"""What training plugs into the house.  Light on purpose: queries, services and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec, Figure, Found, ListSpec, ModuleSpec, PageSpec, TodayRow
from dangxiao_houqin.core.refs import Ref

from .columns import CLASS_COLUMNS, ENROLLMENT_COLUMNS
from .domain import DESK, EDIT, IMPORT, VIEW, ClassRow, ClassRules, EnrollmentRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx


def _classes_page(desk: Any) -> Any:
    from .ui.classes_page import ClassesPage

    return ClassesPage(desk)


def _roster_page(desk: Any) -> Any:
    from .ui.roster_page import RosterPage

    return RosterPage(desk)


def _units_page(desk: Any) -> Any:
    from .ui.units_page import UnitsPage

    return UnitsPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("training.classes", "培训班次", "graduation-cap", _classes_page, VIEW, order=110, group="培训住宿"),
        PageSpec(
            "training.roster",
            "学员名单",
            "users",
            _roster_page,
            VIEW,
            order=115,
            opens=("training_class", "enrollment"),
            group="培训住宿",
        ),
        PageSpec(
            "training.units",
            "单位排序",
            "list",
            _units_page,
            VIEW,
            order=160,
            under="training.classes",
            group="培训住宿",
        ),
    )


def _documents() -> tuple[DocumentSpec, ...]:
    from .printouts import DOCUMENTS

    return DOCUMENTS


def _list_classes(ctx: Ctx, query: ListQuery) -> Listing[ClassRow]:
    from .queries import list_classes

    return list_classes(ctx, query)


def _list_enrollments(ctx: Ctx, query: ListQuery) -> Listing[EnrollmentRow]:
    from .queries import list_enrollments

    return list_enrollments(ctx, query)


def _find_classes(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    if not ctx.can(VIEW):
        return ()
    return [
        Found(row.name, f"{row.code} · {row.start} 至 {row.end}", Ref("training_class", row.id), "graduation-cap")
        for row in _list_classes(ctx, ListQuery(search=text, limit=limit)).rows
    ]


def _find_people(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """People by name, told apart by unit and class."""
    if not ctx.can(VIEW):
        return ()
    return [
        Found(row.name, f"{row.unit_name} · {row.class_name}", Ref("enrollment", row.id), "users")
        for row in _list_enrollments(ctx, ListQuery(search=text, limit=limit)).rows
    ]


def _figures(ctx: Ctx) -> Sequence[Figure]:
    if not ctx.can(VIEW):
        return ()
    running = _list_classes(ctx, ListQuery(filters={"on": ctx.today()}, limit=None)).rows
    people = sum(row.enrolled for row in running)
    return (
        Figure(
            "在训班次",
            str(len(running)),
            "个",
            f"共 {people} 名学员",
            "graduation-cap",
            "violet",
            "training.classes",
            args={"on": ctx.today()},
        ),
    )


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    """Classes in session today."""
    if not ctx.can(VIEW):
        return ()
    return [
        TodayRow(
            "在训班次",
            f"{row.name}（{row.enrolled} 人）",
            f"第 {(ctx.today() - row.start).days + 1} 天",
            "success",
            f"{chinese_date(row.end, year=False)}结业",
            Ref("training_class", row.id),
        )
        for row in _list_classes(ctx, ListQuery(filters={"on": ctx.today()}, limit=8)).rows
    ]


MODULE = ModuleSpec(
    key="training",
    title="培训班次",
    permissions=(VIEW, EDIT, IMPORT, DESK),
    settings=(ClassRules,),
    pages=_pages,
    documents=_documents,
    lists=(
        ListSpec("classes", "班次一览", CLASS_COLUMNS, _list_classes),
        ListSpec("roster", "学员名单", ENROLLMENT_COLUMNS, _list_enrollments, by_class=True),
    ),
    opens=("training_class", "enrollment"),
    search=(_find_people, _find_classes),
    figures=(_figures,),
    today=(_today,),
)
