"""Reads of the organization; they change nothing and give back plain rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, case, cast, false, func, or_, select
from sqlalchemy.orm import selectinload

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import mask_phone, show
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.core.selecting import contains, fetch_listing
from dangxiao_houqin.core.uow import Ctx

from .domain import (
    AUDIT_VIEW,
    EVERYTHING,
    STAFF_VIEW,
    USERS,
    AuditRow,
    AuditWords,
    DepartmentRow,
    RoleRow,
    SchoolProfile,
    StaffRow,
    TableWords,
    UserRow,
)
from .models import Department, Role, StaffMember, UserAccount, user_role

S = TypeVar("S")


# ------------------------------------------------------------------------------------------------ who is it
def actor_of(user: UserAccount) -> Actor:
    """The actor for a login as it stands now; may do nothing while the first password must be changed."""
    keys = frozenset(key for role in user.roles for key in role.permissions)
    if user.must_change_password:
        keys = frozenset()
    return Actor(user.id, user.display_name, keys - {EVERYTHING}, EVERYTHING in keys, user.version)


def current_actor(ctx: Ctx, user_id: int) -> Actor:
    """Who ``user_id`` is and may do at this moment, so that a change of rights counts at once.

    Raises :class:`PermissionDenied` when the account was disabled or deleted meanwhile.
    """
    user = ctx.session.scalars(
        select(UserAccount).where(UserAccount.id == user_id).options(selectinload(UserAccount.roles))
    ).one_or_none()
    if user is None or not user.active:
        raise PermissionDenied("您的账号已停用，请联系系统管理员。")
    return actor_of(user)


def count_users(ctx: Ctx) -> int:
    """How many logins there are; none means that the first run is still to be done."""
    return ctx.session.scalar(select(func.count()).select_from(UserAccount)) or 0


def find_login(ctx: Ctx, login: str) -> int | None:
    """The id of an active login by its name."""
    query = select(UserAccount.id).where(func.lower(UserAccount.login) == login.lower(), UserAccount.active.is_(True))
    return ctx.session.scalars(query).first()


# ------------------------------------------------------------------------------------------- users and roles
def list_users(ctx: Ctx, query: ListQuery) -> Listing[UserRow]:
    """Logins; filters ``active`` (bool) and ``role_id``."""
    ctx.require(USERS)
    now = ctx.now()
    listing = fetch_listing(
        ctx.session,
        select(UserAccount.id).outerjoin(StaffMember, StaffMember.id == UserAccount.staff_id),
        query,
        lambda row: int(row[0]),
        search=(UserAccount.login, UserAccount.display_name, StaffMember.search_key),
        filters={
            "active": lambda value: UserAccount.active.is_(bool(value)),
            "role_id": lambda value: UserAccount.roles.any(Role.id == value),
        },
        sorts={
            "login": func.lower(UserAccount.login),
            "display_name": UserAccount.display_name,
            "staff": StaffMember.name,
            "last_login_at": UserAccount.last_login_at,
        },
        order=(UserAccount.active.desc(), UserAccount.id),
    )
    users = {
        user.id: user
        for user in ctx.session.scalars(
            select(UserAccount).where(UserAccount.id.in_(listing.rows)).options(selectinload(UserAccount.roles))
        )
    }
    staff_ids = {user.staff_id for user in users.values() if user.staff_id is not None}
    names = dict(_pairs(ctx, select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(staff_ids))))

    def row(user: UserAccount) -> UserRow:
        return UserRow(
            id=user.id,
            version=user.version,
            login=user.login,
            display_name=user.display_name,
            role_ids=tuple(role.id for role in user.roles),
            roles="、".join(role.name for role in user.roles),
            staff_id=user.staff_id,
            staff_name=names.get(user.staff_id, "") if user.staff_id is not None else "",
            must_change_password=user.must_change_password,
            locked_until=user.locked_until if user.locked_until is not None and user.locked_until > now else None,
            last_login_at=user.last_login_at,
            active=user.active,
        )

    return Listing(tuple(row(users[user_id]) for user_id in listing.rows), listing.total)


def list_roles(ctx: Ctx, query: ListQuery) -> Listing[RoleRow]:
    """Roles with their permission keys, the builtin ones first."""
    ctx.require(USERS)
    users = (
        select(func.count())
        .select_from(user_role)
        .where(user_role.c.role_id == Role.id)
        .correlate(Role)
        .scalar_subquery()
    )
    return fetch_listing(
        ctx.session,
        select(Role.id, Role.version, Role.name, Role.permissions, Role.builtin, users),
        query,
        lambda r: RoleRow(r[0], r[1], r[2], frozenset(r[3]), r[4], r[5]),
        search=(Role.name,),
        sorts={"name": Role.name},
        order=(Role.builtin.desc(), Role.id),
    )


# ----------------------------------------------------------------------------------------- departments, staff
def list_departments(ctx: Ctx, query: ListQuery) -> Listing[DepartmentRow]:
    """Departments in the office's order with their active staff."""
    ctx.require(STAFF_VIEW)
    people = (
        select(func.count())
        .select_from(StaffMember)
        .where(StaffMember.department_id == Department.id, StaffMember.active.is_(True))
        .correlate(Department)
        .scalar_subquery()
    )
    return fetch_listing(
        ctx.session,
        select(Department.id, Department.version, Department.name, Department.sort_order, people),
        query,
        lambda r: DepartmentRow(*r),
        search=(Department.name,),
        sorts={"name": Department.name, "sort_order": Department.sort_order},
        order=(Department.sort_order, Department.id),
    )


def list_staff(ctx: Ctx, query: ListQuery) -> Listing[StaffRow]:
    """People who work here, by department order; filters ``department_id``, ``employment_type``, ``active``."""
    ctx.require(STAFF_VIEW)
    reveal = ctx.can(REVEAL_PERSONAL)
    return fetch_listing(
        ctx.session,
        select(
            StaffMember.id,
            StaffMember.version,
            StaffMember.name,
            StaffMember.department_id,
            func.coalesce(Department.name, ""),
            StaffMember.employment_type,
            StaffMember.post,
            StaffMember.phone,
            StaffMember.active,
        ).outerjoin(Department, Department.id == StaffMember.department_id),
        query,
        lambda r: StaffRow(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] if reveal else mask_phone(r[7]), r[8]),
        search=(StaffMember.name, StaffMember.search_key, StaffMember.post, Department.name),
        filters={
            "department_id": lambda value: StaffMember.department_id == value,
            "employment_type": lambda value: StaffMember.employment_type == value,
            "active": lambda value: StaffMember.active.is_(bool(value)),
        },
        sorts={
            "name": func.substr(StaffMember.search_key, 1, 200),
            "department": Department.sort_order,
            "post": StaffMember.post,
            "employment_type": StaffMember.employment_type,
            "active": StaffMember.active,
        },
        order=(
            StaffMember.active.desc(),
            case((StaffMember.department_id.is_(None), 1), else_=0),
            Department.sort_order,
            StaffMember.id,
        ),
    )


def get_staff(ctx: Ctx, staff_id: int) -> StaffRow:
    """One person for the form; raises :class:`NotFound`."""
    ctx.require(STAFF_VIEW)
    found = ctx.get(StaffMember, staff_id)
    department = ctx.session.get(Department, found.department_id) if found.department_id is not None else None
    return StaffRow(
        found.id,
        found.version,
        found.name,
        found.department_id,
        department.name if department is not None else "",
        found.employment_type,
        found.post,
        found.phone if ctx.can(REVEAL_PERSONAL) else mask_phone(found.phone),
        found.active,
    )


def staff_choices(ctx: Ctx) -> tuple[tuple[int, str], ...]:
    """(id, name) of everybody on duty, for choosing whose login it is."""
    query = select(StaffMember.id, StaffMember.name).where(StaffMember.active.is_(True)).order_by(StaffMember.id)
    return tuple(_pairs(ctx, query))


# ------------------------------------------------------------------------------------------------- settings
def get_section(ctx: Ctx, section: type[S]) -> S:
    """One settings section as stored, or its defaults."""
    return ctx.settings(section)


def get_school(ctx: Ctx) -> SchoolProfile:
    """Names and labels for paper and window."""
    return ctx.settings(SchoolProfile)


# -------------------------------------------------------------------------------------------------- audit log
def list_audit(ctx: Ctx, query: ListQuery, words: AuditWords) -> Listing[AuditRow]:
    """The audit log in words, newest first.

    Filters: ``who`` (actor name), ``entity`` (table), ``entity_id``, ``kind``, ``action``, ``first`` and ``last``
    (days, both inclusive). Personal data is masked without :data:`REVEAL_PERSONAL`.
    """
    ctx.require(AUDIT_VIEW)
    statement = select(AuditEntry)
    for word in query.search.split():
        statement = statement.where(_audit_has(word, words))
    plain = ListQuery("", query.filters, query.sort, query.descending, query.offset, query.limit)
    found = fetch_listing(
        ctx.session,
        statement,
        plain,
        lambda row: row[0],
        filters={
            "who": lambda value: AuditEntry.actor_name == value,
            "entity": lambda value: AuditEntry.entity == value,
            "entity_id": lambda value: AuditEntry.entity_id == value,
            "kind": lambda value: AuditEntry.kind == value,
            "action": lambda value: AuditEntry.action == value,
            "first": lambda value: AuditEntry.at >= _midnight(value),
            "last": lambda value: AuditEntry.at < _midnight(value) + timedelta(days=1),
        },
        sorts={
            "at": AuditEntry.id,
            "who": AuditEntry.actor_name,
            "kind": AuditEntry.kind,
            "entity": AuditEntry.entity,
        },
        order=(AuditEntry.id.desc(),),
    )
    names = _names_of_links(ctx, found.rows, words)
    reveal = ctx.can(REVEAL_PERSONAL)
    return Listing(tuple(_audit_row(entry, words, names, reveal=reveal) for entry in found.rows), found.total)


def list_audit_people(ctx: Ctx) -> tuple[str, ...]:
    """Everybody who appears in the audit log, for the filter."""
    ctx.require(AUDIT_VIEW)
    return tuple(ctx.session.scalars(select(AuditEntry.actor_name).distinct().order_by(AuditEntry.actor_name)))


def _audit_has(word: str, words: AuditWords) -> ColumnElement[bool]:
    actions = [key for key, title in words.actions.items() if word in title]
    tables = [key for key, table in words.tables.items() if word in table.title]
    escaped = json.dumps(word)[1:-1]  # the JSON column holds non-ASCII either as it is or escaped
    text = cast(AuditEntry.changes, String)
    return or_(
        contains(AuditEntry.actor_name, word),
        contains(AuditEntry.label, word),
        contains(text, word),
        contains(text, escaped) if escaped != word else false(),
        AuditEntry.action.in_(actions),
        AuditEntry.entity.in_(tables),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _names_of_links(ctx: Ctx, entries: Iterable[AuditEntry], words: AuditWords) -> dict[tuple[str, int], str]:
    """Names for ids such as ``department_id: 3``, taken from the log itself (the thing may be gone by now)."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        table = words.tables.get(entry.entity)
        for column, pair in entry.changes.items():
            target = table.links.get(column) if table is not None else None
            if target is not None:
                wanted.setdefault(target, set()).update(v for v in pair if isinstance(v, int))
    names: dict[tuple[str, int], str] = {}
    for target, ids in wanted.items():
        query = (
            select(AuditEntry.entity_id, AuditEntry.label)
            .where(AuditEntry.entity == target, AuditEntry.entity_id.in_(ids), AuditEntry.label != "")
            .order_by(AuditEntry.id)
        )
        names.update({(target, key): label for key, label in _pairs(ctx, query)})
    return names


def _audit_row(entry: AuditEntry, words: AuditWords, names: Mapping[tuple[str, int], str], *, reveal: bool) -> AuditRow:
    table = words.tables.get(entry.entity, TableWords(entry.entity))
    details = tuple(_details(entry, table, words, names, reveal=reveal))
    if entry.kind == "insert":
        text = "；".join(f"{title}：{new}" for title, _, new in details if new)
    elif entry.kind == "delete":
        text = "；".join(f"{title}：{old}" for title, old, _ in details if old)
    else:
        text = "；".join(f"{title}：{old or '（空）'} → {new or '（空）'}" for title, old, new in details)
    label = entry.label
    if entry.entity == "setting" and label in words.sections:
        label = words.sections[label].title
    return AuditRow(
        id=entry.id,
        at=entry.at,
        who=entry.actor_name,
        action=words.action(entry.action),
        kind=entry.kind,
        entity=table.title,
        label=label,
        text=text,
        details=details,
    )


def _details(
    entry: AuditEntry,
    table: TableWords,
    words: AuditWords,
    names: Mapping[tuple[str, int], str],
    *,
    reveal: bool,
) -> Iterable[tuple[str, str, str]]:
    for column, (old, new) in entry.changes.items():
        if column in table.silent:
            continue
        if entry.entity == "setting" and column == "payload":
            yield from _section_details(entry.label, old or {}, new or {}, words)
            continue
        title = table.columns.get(column, column)
        masked = column in table.personal and not reveal
        shown = [_word(value, column, table, words, names, masked=masked) for value in (old, new)]
        if shown[0] != shown[1]:
            yield title, shown[0], shown[1]
        elif old == "***" or (masked and old != new):
            yield title, "", "已更改"


def _word(
    value: Any,
    column: str,
    table: TableWords,
    words: AuditWords,
    names: Mapping[tuple[str, int], str],
    *,
    masked: bool,
) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_word(v, column, table, words, names, masked=masked) for v in value)
    known = table.values.get(column)
    if known is not None and isinstance(value, str | int) and not isinstance(value, bool):
        return known(value) if callable(known) else known.get(value, str(value))
    target = table.links.get(column)
    if target is not None and isinstance(value, int):
        return names.get((target, value), f"{words.table(target)} #{value}")
    if isinstance(value, dict):
        return "；".join(f"{key}={_word(v, column, table, words, names, masked=masked)}" for key, v in value.items())
    text = _moment(value) if isinstance(value, str) else show(value)
    return mask_phone(text) if masked else text


def _moment(text: str) -> str:
    """A stored ISO moment as people write it; other text unchanged."""
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        try:
            return show(datetime.fromisoformat(text))
        except ValueError:
            return text
    return text


def _section_details(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], words: AuditWords
) -> Iterable[tuple[str, str, str]]:
    cls = words.sections.get(section)
    fields = getattr(cls, "__dataclass_fields__", {})
    choices: Mapping[str, str] = getattr(cls, "choices", {})
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if before != after:
            title = fields[key].metadata.get("title", key) if key in fields else key
            yield title, _plain_word(before, choices), _plain_word(after, choices)


def _plain_word(value: Any, choices: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(_plain_word(v, choices) for v in value)
    if isinstance(value, dict):
        return "；".join(f"{key}={_plain_word(v, choices)}" for key, v in value.items())
    return choices.get(value, value) if isinstance(value, str) else show(value)


def _pairs(ctx: Ctx, statement: Any) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in ctx.session.execute(statement)]
