"""Who can log in to the demo school: an administrator and invented people of the office, all with one password.

Light to import: the program's start reads the names below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import Ctx

DEMO_LOGIN, DEMO_NAME, DEMO_PASSWORD = "demo", "演示管理员", "Demo2026"
SIGNS_TOO = "分管领导"
"""The administrator of the demo holds this role besides, so that whoever tries the program has something to sign."""

_FIRST_PASSWORD = "Erstes-2026"


def load_people(ctx: Ctx, data: Any) -> None:
    """Roles, the demo's administrator where nobody can log in yet, and the people of ``data``; twice is once."""
    from dangxiao_houqin.core.listing import ListQuery
    from dangxiao_houqin.modules.organization import queries, services
    from dangxiao_houqin.modules.organization.domain import ADMIN_ROLE, FirstRun, SaveUser
    from dangxiao_houqin.modules.organization.passwords import Hashing

    from .roles import BUILTIN_ROLES

    everything = ListQuery().everything()
    services.ensure_builtin_roles(ctx, BUILTIN_ROLES)
    roles = {row.name: row.id for row in queries.list_roles(ctx, everything).rows}
    if queries.count_users(ctx) == 0:
        school = queries.get_school(ctx)
        first = FirstRun(school.full_name, school.short_name, DEMO_LOGIN, DEMO_NAME, DEMO_PASSWORD)
        services.first_run(ctx, first, BUILTIN_ROLES)
    users = {row.login: row for row in queries.list_users(ctx, everything).rows}
    if (own := users.get(DEMO_LOGIN)) is not None and SIGNS_TOO not in own.roles:
        wanted = (roles[ADMIN_ROLE], roles[SIGNS_TOO])
        services.save_user(ctx, SaveUser(DEMO_LOGIN, DEMO_NAME, wanted, user_id=own.id, version=own.version))
    staff = {row.name: row.id for row in queries.list_staff(ctx, everything).rows}
    quick = Hashing(memory_kib=8, passes=1, lanes=1)  # an invented password needs no strong lock
    for person in data["people"]:
        if person["login"] in users:
            continue
        held = tuple(roles[name] for name in person["roles"])
        user_id = services.save_user(
            ctx,
            SaveUser(
                person["login"], person["name"], held, staff_id=staff.get(person["staff"]), password=_FIRST_PASSWORD
            ),
            hashing=quick,
        )
        _choose_password(ctx, queries.current_actor(ctx, user_id), quick)


def _choose_password(ctx: Ctx, actor: Actor, hashing: Any) -> None:
    """As the person does at the first login."""
    from dangxiao_houqin.modules.organization.domain import ChangePassword
    from dangxiao_houqin.modules.organization.services import change_password

    before, ctx.actor = ctx.actor, actor
    try:
        change_password(ctx, ChangePassword(_FIRST_PASSWORD, DEMO_PASSWORD), hashing=hashing)
    finally:
        ctx.actor = before
