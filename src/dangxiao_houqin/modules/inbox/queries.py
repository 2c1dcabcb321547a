"""Reads of the inbox."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import role, user_account, user_role

from .domain import MANAGE, VIEW, ItemRow, ItemState, Scope, Waiting
from .models import InboxItem

_closer = user_account.alias("closer")
_OPEN = InboxItem.state == ItemState.OPEN.value


def is_mine(ctx: Ctx) -> ColumnElement[bool]:
    """Given to the actor or to one of his roles (the program itself has no inbox)."""
    me = ctx.actor.user_id
    roles = select(user_role.c.role_id).where(user_role.c.user_id == me)
    return or_(InboxItem.user_id == me, InboxItem.role_id.in_(roles)) if me is not None else ~true()


def list_items(ctx: Ctx, query: ListQuery) -> Listing[ItemRow]:
    """Items, the most urgent first.

    Filters: ``scope`` (a :class:`Scope`, default the actor's open ones; ``all`` shows those of others only with
    :data:`MANAGE`), ``kind``, ``late`` (bool: due before today).
    """
    ctx.require(VIEW)
    today = ctx.today()
    filters = dict(query.filters)
    scope = Scope(filters.pop("scope", None) or Scope.MINE)
    seen = true() if ctx.can(MANAGE) else is_mine(ctx)
    within = {
        Scope.MINE: and_(_OPEN, is_mine(ctx)),
        Scope.ALL: and_(_OPEN, seen),
        Scope.DONE: and_(~_OPEN, or_(seen, InboxItem.closed_by == ctx.actor.user_id)),
    }[scope]
    newest_first = (InboxItem.closed_at.desc(), InboxItem.id.desc())
    urgent_first = (InboxItem.due_on.asc().nulls_last(), InboxItem.id.asc())
    return fetch_listing(
        ctx.session,
        _statement().where(within),
        ListQuery(query.search, filters, query.sort, query.descending, query.offset, query.limit),
        lambda row: _row(row, today),
        search=(InboxItem.text, InboxItem.kind, InboxItem.note, role.c.name, user_account.c.display_name),
        filters={
            "kind": lambda v: InboxItem.kind == v,
            "late": lambda v: (
                InboxItem.due_on < today if v else or_(InboxItem.due_on.is_(None), InboxItem.due_on >= today)
            ),
        },
        sorts={
            "kind": InboxItem.kind,
            "text": InboxItem.text,
            "assignee": func.coalesce(role.c.name, user_account.c.display_name, ""),
            "due_on": InboxItem.due_on,
            "created_at": InboxItem.created_at,
            "closed_at": InboxItem.closed_at,
            "closed_by": _closer.c.display_name,
        },
        order=newest_first if scope is Scope.DONE else urgent_first,
    )


def get_item(ctx: Ctx, item_id: int) -> ItemRow:
    """One item that the actor may see; raises :class:`NotFound`."""
    ctx.require(VIEW)
    seen = true() if ctx.can(MANAGE) else is_mine(ctx)
    row = ctx.session.execute(_statement().where(InboxItem.id == item_id, seen)).one_or_none()
    if row is None:
        raise NotFound("这条待办不存在，或不是交给您的，请刷新列表。")
    return _row(row, ctx.today())


def _statement() -> AnySelect:
    """Items with the labels of :class:`ItemRow`."""
    return (
        select(
            InboxItem.id,
            InboxItem.version,
            InboxItem.kind,
            InboxItem.text,
            InboxItem.ref_kind,
            InboxItem.ref_id,
            InboxItem.role_id,
            func.coalesce(role.c.name, user_account.c.display_name, "").label("assignee"),
            InboxItem.due_on,
            InboxItem.state,
            InboxItem.created_at,
            InboxItem.closed_at,
            _closer.c.display_name.label("closer"),
            InboxItem.note,
        )
        .outerjoin(role, role.c.id == InboxItem.role_id)
        .outerjoin(user_account, user_account.c.id == InboxItem.user_id)
        .outerjoin(_closer, _closer.c.id == InboxItem.closed_by)
    )


def _row(row: Row[Any], today: date) -> ItemRow:
    state = ItemState(row.state)
    by = (row.closer or "系统") if state is ItemState.CLOSED else ""
    return ItemRow(
        id=row.id,
        version=row.version,
        kind=row.kind,
        text=row.text,
        ref=Ref(row.ref_kind, row.ref_id) if row.ref_kind and row.ref_id is not None else None,
        assignee=row.assignee,
        for_role=row.role_id is not None,
        due_on=row.due_on,
        days_late=(today - row.due_on).days if row.due_on is not None else None,
        state=state,
        created_at=row.created_at,
        closed_at=row.closed_at,
        closed_by=by,
        note=row.note,
    )


def count_mine(ctx: Ctx) -> Waiting:
    """How many open items wait for the actor; nothing for somebody without the right to look."""
    if not ctx.can(VIEW):
        return Waiting()
    late = func.count().filter(InboxItem.due_on < ctx.today())
    found = ctx.session.execute(select(func.count(), late).where(_OPEN, is_mine(ctx))).one()
    return Waiting(found[0], found[1])


def list_kinds(ctx: Ctx) -> tuple[str, ...]:
    """The headings of open items, for the filter."""
    ctx.require(VIEW)
    seen = true() if ctx.can(MANAGE) else is_mine(ctx)
    return tuple(ctx.session.scalars(select(InboxItem.kind).where(_OPEN, seen).distinct().order_by(InboxItem.kind)))


def find_assignees(ctx: Ctx, text: str, *, limit: int = 20) -> tuple[tuple[str, int, str, str], ...]:
    """(``role`` or ``user``, id, name, detail) of whom an item may be handed to; pinyin and initials match too."""
    ctx.require(MANAGE)
    roles = ctx.session.execute(select(role.c.id, role.c.name).order_by(role.c.id))
    users = ctx.session.execute(
        select(user_account.c.id, user_account.c.display_name, user_account.c.login)
        .where(user_account.c.active)
        .order_by(user_account.c.id)
    )
    everybody = [("role", r.id, r.name, "角色") for r in roles]
    everybody += [("user", u.id, u.display_name, f"用户 {u.login}") for u in users]
    return tuple(one for one in everybody if matches(search_key(one[2]), text) or text.strip().lower() in one[3])[
        :limit
    ]
