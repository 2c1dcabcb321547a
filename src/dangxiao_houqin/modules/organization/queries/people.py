"""Who is at the desk, users and roles, departments and staff, settings."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from dangxiao_houqin.core.columns import mask_phone
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.domain import (
    EVERYTHING,
    STAFF_VIEW,
    USERS,
    DepartmentRow,
    RoleRow,
    SchoolProfile,
    StaffRow,
    UserRow,
)
from dangxiao_houqin.modules.organization.models import Department, Role, StaffMember, UserAccount, user_role

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


def department_choices(ctx: Ctx) -> tuple[tuple[int, str], ...]:
    """(id, name) of every department in the office's order, for choosing whose document it is."""
    return tuple(_pairs(ctx, select(Department.id, Department.name).order_by(Department.sort_order, Department.id)))


def department_of(ctx: Ctx, user_id: int | None) -> tuple[int, str] | None:
    """(id, name) of the department in which the person behind a login works, if it is known."""
    query = (
        select(Department.id, Department.name)
        .join(StaffMember, StaffMember.department_id == Department.id)
        .join(UserAccount, UserAccount.staff_id == StaffMember.id)
        .where(UserAccount.id == user_id)
    )
    return next(iter(_pairs(ctx, query)), None)


# ------------------------------------------------------------------------------------------------- settings
def get_section(ctx: Ctx, section: type[S]) -> S:
    """One settings section as stored, or its defaults."""
    return ctx.settings(section)


def get_school(ctx: Ctx) -> SchoolProfile:
    """Names and labels for paper and window."""
    return ctx.settings(SchoolProfile)


def _pairs(ctx: Ctx, statement: Any) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in ctx.session.execute(statement)]
