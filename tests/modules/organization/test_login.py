"""The door: argon2id, growing lockout, forced change, disabled users, rights that change while somebody is in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.organization import domain, passwords, queries, services
from dangxiao_houqin.modules.organization.domain import ChangePassword, LoggedIn, LogIn, LogInRefused
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.passwords import Hashing

QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
ROLES = (
    domain.BuiltinRole(domain.ADMIN_ROLE, frozenset({domain.EVERYTHING})),
    domain.BuiltinRole("住宿管理员", frozenset({"organization.staff_view"})),
)
FIRST = domain.FirstRun("中共岚溪县委党校", "岚溪党校", "admin", "演示管理员", "Lanxi2026")
DOOR = Actor(None, "登录窗口")
Unit = Callable[..., Any]


@pytest.fixture
def admin(unit: Unit) -> int:
    with unit("organization.first_run", actor=DOOR) as ctx:
        return services.first_run(ctx, FIRST, ROLES, hashing=QUICK)


def knock(unit: Unit, login: str, password: str) -> LoggedIn | LogInRefused:
    with unit("organization.log_in", actor=DOOR) as ctx:
        return services.log_in(ctx, LogIn(login, password), hashing=QUICK)


def come_in(unit: Unit, login: str, password: str) -> LoggedIn:
    result = knock(unit, login, password)
    assert isinstance(result, LoggedIn), result
    return result


def add_clerk(unit: Unit, password: str = "clerk2026") -> int:
    with unit("organization.save_user") as ctx:
        role = ctx.session.scalars(select(Role).where(Role.name == "住宿管理员")).one()
        return services.save_user(ctx, domain.SaveUser("clerk", "李婷", (role.id,), password=password), hashing=QUICK)


def test_first_run_makes_the_school_the_roles_and_one_administrator(unit: Unit, admin: int) -> None:
    with unit(read_only=True) as ctx:
        assert queries.get_school(ctx).full_name == "中共岚溪县委党校"
        assert set(ctx.session.scalars(select(Role.name))) == {"系统管理员", "住宿管理员"}
        assert queries.current_actor(ctx, admin).all_permissions


def test_first_run_happens_once(unit: Unit, admin: int) -> None:
    with pytest.raises(RuleViolation, match="已经有用户"), unit(actor=DOOR) as ctx:
        services.first_run(ctx, FIRST, ROLES, hashing=QUICK)


def test_password_is_stored_as_argon2id_and_never_logged(unit: Unit, admin: int) -> None:
    with unit(read_only=True) as ctx:
        stored = ctx.session.scalars(select(UserAccount.password_hash)).one()
        assert stored.startswith("$argon2id$")
        for entry in ctx.session.scalars(select(AuditEntry)):
            assert "argon2" not in str(entry.changes)
            assert "Lanxi2026" not in str(entry.changes)


def test_standard_cost_is_64_mib_three_passes_four_lanes() -> None:
    assert passwords.hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_hash_is_renewed_when_the_cost_changes(unit: Unit, admin: int) -> None:
    dearer = Hashing(memory_kib=128, passes=2, lanes=1)
    with unit("organization.log_in", actor=DOOR) as ctx:
        assert isinstance(services.log_in(ctx, LogIn("admin", "Lanxi2026"), hashing=dearer), LoggedIn)
    with unit(read_only=True) as ctx:
        assert "m=128,t=2,p=1" in ctx.session.scalars(select(UserAccount.password_hash)).one()
    come_in(unit, "admin", "Lanxi2026")


def test_full_width_typing_and_case_of_the_login_do_not_matter(unit: Unit, admin: int) -> None:
    come_in(unit, " Ａdmin", "Ｌanxi２０２６")


def test_unknown_login_and_wrong_password_sound_the_same(unit: Unit, admin: int) -> None:
    one, other = knock(unit, "admin", "wrong"), knock(unit, "nobody", "wrong")
    assert isinstance(one, LogInRefused)
    assert one == other == LogInRefused("登录名或密码不对，请重新输入。")


def test_lockout_grows_and_ends(unit: Unit, admin: int, clock: FixedClock) -> None:
    for _ in range(4):
        refused = knock(unit, "admin", "wrong")
        assert isinstance(refused, LogInRefused)
        assert refused.locked_until is None
    waits = []
    for _ in range(4):
        refused = knock(unit, "admin", "wrong")
        assert isinstance(refused, LogInRefused)
        assert refused.locked_until is not None
        assert isinstance(knock(unit, "admin", "Lanxi2026"), LogInRefused), "the right password must wait too"
        waits.append(refused.locked_until - clock.now())
        clock.advance(refused.locked_until - clock.now() + timedelta(seconds=1))
    assert waits == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    come_in(unit, "admin", "Lanxi2026")
    assert knock(unit, "admin", "wrong") == LogInRefused("登录名或密码不对，请重新输入。"), "the count starts anew"


def test_lock_never_exceeds_its_longest(unit: Unit, admin: int, clock: FixedClock) -> None:
    with unit() as ctx:
        save_settings(ctx.session, domain.SecurityRules(max_failures=3, longest_lock_minutes=3))
        ctx.session.scalars(select(UserAccount)).one().failed_logins = 500
    refused = knock(unit, "admin", "wrong")
    assert isinstance(refused, LogInRefused)
    assert refused.locked_until == clock.now() + timedelta(minutes=3)


def test_an_administrator_unlocks(unit: Unit, admin: int) -> None:
    clerk = add_clerk(unit)
    for _ in range(5):
        knock(unit, "clerk", "wrong")
    assert isinstance(knock(unit, "clerk", "clerk2026"), LogInRefused)
    with unit("organization.unlock_user") as ctx:
        services.unlock_user(ctx, clerk)
    come_in(unit, "clerk", "clerk2026")


def test_first_password_must_be_changed_before_anything_else(unit: Unit, admin: int) -> None:
    add_clerk(unit)
    entered = come_in(unit, "clerk", "clerk2026")
    assert entered.must_change
    with pytest.raises(PermissionDenied), unit(actor=entered.actor, read_only=True) as ctx:
        queries.list_staff(ctx, ListQuery())
    with unit("organization.change_password", actor=entered.actor) as ctx:
        actor = services.change_password(ctx, ChangePassword("clerk2026", "Neu-2026"), hashing=QUICK)
    with unit(actor=actor, read_only=True) as ctx:
        assert queries.list_staff(ctx, ListQuery()).total == 0
    assert not come_in(unit, "clerk", "Neu-2026").must_change


@pytest.mark.parametrize(
    ("new", "sentence"),
    (
        ("k7", "至少要有 8 位"),
        ("12345678", "字母和数字"),
        ("abc12345", "太容易"),
        ("Lanxi2026", "不能和原密码相同"),
    ),
)
@pytest.mark.sqlite_only
def test_weak_new_passwords_are_refused(unit: Unit, admin: int, new: str, sentence: str) -> None:
    actor = come_in(unit, "admin", "Lanxi2026").actor
    with pytest.raises(InvalidInput, match=sentence) as caught, unit(actor=actor) as ctx:
        services.change_password(ctx, ChangePassword("Lanxi2026", new), hashing=QUICK)
    assert caught.value.field == "new"


def test_wrong_old_password_changes_nothing(unit: Unit, admin: int) -> None:
    actor = come_in(unit, "admin", "Lanxi2026").actor
    with pytest.raises(InvalidInput, match="原密码不对"), unit(actor=actor) as ctx:
        services.change_password(ctx, ChangePassword("guess", "Other2026"), hashing=QUICK)
    come_in(unit, "admin", "Lanxi2026")


def test_disabled_user_is_out_at_once(unit: Unit, admin: int) -> None:
    clerk = add_clerk(unit)
    with unit() as ctx:
        user = ctx.get(UserAccount, clerk)
        cmd = domain.SaveUser("clerk", "李婷", tuple(r.id for r in user.roles), clerk, user.version, active=False)
        services.save_user(ctx, cmd)
    assert knock(unit, "clerk", "clerk2026") == LogInRefused("这个账号已停用，请联系系统管理员。")
    assert knock(unit, "clerk", "guess") == LogInRefused("登录名或密码不对，请重新输入。")
    with pytest.raises(PermissionDenied, match="停用"), unit(read_only=True) as ctx:
        queries.current_actor(ctx, clerk)


def test_a_role_change_counts_at_once(unit: Unit, admin: int) -> None:
    clerk = add_clerk(unit)
    actor = come_in(unit, "clerk", "clerk2026").actor
    with unit("organization.change_password", actor=actor) as ctx:
        services.change_password(ctx, ChangePassword("clerk2026", "Neu-2026"), hashing=QUICK)
    with unit(read_only=True) as ctx:
        assert queries.current_actor(ctx, clerk).can(domain.STAFF_VIEW)
    with unit() as ctx:
        role = ctx.session.scalars(select(Role).where(Role.name == "住宿管理员")).one()
        services.save_role(ctx, domain.SaveRole(role.name, frozenset(), role.id, role.version))
    with unit(read_only=True) as ctx:
        assert not queries.current_actor(ctx, clerk).can(domain.STAFF_VIEW)


def test_reset_password_forces_a_change(unit: Unit, admin: int) -> None:
    clerk = add_clerk(unit)
    with unit() as ctx:
        services.reset_password(ctx, clerk, ctx.get(UserAccount, clerk).version, "Reset-2026", hashing=QUICK)
    assert isinstance(knock(unit, "clerk", "clerk2026"), LogInRefused)
    assert come_in(unit, "clerk", "Reset-2026").must_change


def test_passwords_do_not_show_in_a_repr() -> None:
    for command in (LogIn("a", "geheim"), ChangePassword("geheim", "geheim"), dataclasses.replace(FIRST)):
        assert "geheim" not in repr(command)
        assert "Lanxi2026" not in repr(command)
