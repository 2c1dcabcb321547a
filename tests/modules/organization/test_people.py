"""Users, roles, departments and staff: rules and rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.modules.organization import domain, queries, services
from dangxiao_houqin.modules.organization.domain import (
    SaveDepartment,
    SaveRole,
    SaveStaff,
    SaveUser,
    SchoolProfile,
    SecurityRules,
)
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.passwords import Hashing

QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
Unit = Callable[..., Any]
SERVICES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("save_user", (SaveUser("x", "x", (1,), password="abcd1234x"),)),
    ("reset_password", (1, 1, "abcd1234x")),
    ("unlock_user", (1,)),
    ("delete_user", (1, 1)),
    ("save_role", (SaveRole("x", frozenset()),)),
    ("delete_role", (1, 1)),
    ("save_section", (SecurityRules(),)),
    ("save_school_profile", (SchoolProfile(),)),
    ("save_department", (SaveDepartment("x"),)),
    ("reorder_departments", ((1,),)),
    ("delete_department", (1, 1)),
    ("save_staff", (SaveStaff("x"),)),
    ("delete_staff", (1, 1)),
    ("record_reveal", ("名单",)),
)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("name", "args"), SERVICES, ids=[name for name, _ in SERVICES])
def test_every_change_asks_for_a_right(unit: Unit, nobody: Actor, name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(PermissionDenied, match="权限"), unit(actor=nobody) as ctx:
        getattr(services, name)(ctx, *args)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", ("list_users", "list_roles", "list_departments", "list_staff"))
def test_every_list_asks_for_a_right(unit: Unit, nobody: Actor, name: str) -> None:
    with pytest.raises(PermissionDenied), unit(actor=nobody, read_only=True) as ctx:
        getattr(queries, name)(ctx, ListQuery())


@pytest.fixture
def admin(unit: Unit) -> int:
    with unit("organization.first_run") as ctx:
        roles = (
            domain.BuiltinRole(domain.ADMIN_ROLE, frozenset({domain.EVERYTHING})),
            domain.BuiltinRole("班主任", frozenset({"training.view"})),
        )
        first = domain.FirstRun("中共岚溪县委党校", "", "admin", "周启明", "Lanxi2026")
        return services.first_run(ctx, first, roles, hashing=QUICK)


def role_id(ctx: Any, name: str) -> int:
    found: int = ctx.session.scalars(select(Role.id).where(Role.name == name)).one()
    return found


def test_the_last_administrator_stays(unit: Unit, admin: int) -> None:
    with unit(read_only=True) as ctx:
        cmd = SaveUser("admin", "周启明", (role_id(ctx, "班主任"),), admin, ctx.get(UserAccount, admin).version)
    with pytest.raises(RuleViolation, match="至少要保留一位"), unit() as ctx:
        services.save_user(ctx, cmd)
    with pytest.raises(RuleViolation, match="至少要保留一位"), unit() as ctx:
        services.delete_user(ctx, admin, ctx.get(UserAccount, admin).version)


def test_nobody_hands_out_more_rights_than_they_have(unit: Unit, admin: int) -> None:
    deputy = Actor(99, "副手", frozenset({"organization.users", "training.view"}))
    with unit(actor=deputy) as ctx:
        services.save_user(
            ctx, SaveUser("t1", "王　丽", (role_id(ctx, "班主任"),), password="wangli26x"), hashing=QUICK
        )
        services.save_role(ctx, SaveRole("只看", frozenset({"training.view"})))
    with unit(read_only=True) as ctx:
        boss = role_id(ctx, domain.ADMIN_ROLE)
    with pytest.raises(RuleViolation, match="权限比您多"), unit(actor=deputy) as ctx:
        services.save_user(ctx, SaveUser("t2", "x", (boss,), password="wangli26x"), hashing=QUICK)
    with pytest.raises(RuleViolation, match="权限比您多"), unit(actor=deputy) as ctx:
        services.reset_password(ctx, admin, ctx.get(UserAccount, admin).version, "hijack2026")
    with pytest.raises(RuleViolation, match="没有的权限"), unit(actor=deputy) as ctx:
        services.save_role(ctx, SaveRole("更多", frozenset({"training.edit"})))


def test_logins_are_unique_whatever_the_case(unit: Unit, admin: int) -> None:
    with pytest.raises(InvalidInput, match="已被使用") as caught, unit() as ctx:
        services.save_user(ctx, SaveUser("ADMIN", "另一个", (role_id(ctx, "班主任"),), password="abcd1234x"))
    assert caught.value.field == "login"


def test_a_used_login_is_not_deleted(unit: Unit, admin: int) -> None:
    with unit() as ctx:
        made = services.save_user(
            ctx, SaveUser("t", "丁", (role_id(ctx, "班主任"),), password="abcd1234x"), hashing=QUICK
        )
        services.delete_user(ctx, made, ctx.get(UserAccount, made).version)
        assert queries.count_users(ctx) == 1
        again = services.save_user(
            ctx, SaveUser("t", "丁", (role_id(ctx, "班主任"),), password="abcd1234x"), hashing=QUICK
        )
        ctx.get(UserAccount, again).last_login_at = ctx.now()
        ctx.session.flush()
        with pytest.raises(RuleViolation, match="改为停用"):
            services.delete_user(ctx, again, ctx.get(UserAccount, again).version)


def test_roles_in_use_or_builtin_stay(unit: Unit, admin: int) -> None:
    with unit() as ctx:
        own = services.save_role(ctx, SaveRole("自建", frozenset({"a.b"})))
        services.save_user(ctx, SaveUser("t", "丁", (own,), password="abcd1234x"), hashing=QUICK)
        with pytest.raises(RuleViolation, match="还有 1 个用户"):
            services.delete_role(ctx, own, ctx.get(Role, own).version)
        teacher = role_id(ctx, "班主任")
        with pytest.raises(RuleViolation, match="预置角色不能删除"):
            services.delete_role(ctx, teacher, ctx.get(Role, teacher).version)
        boss = role_id(ctx, domain.ADMIN_ROLE)
        with pytest.raises(RuleViolation, match="不能修改"):
            services.save_role(ctx, SaveRole(domain.ADMIN_ROLE, frozenset(), boss, ctx.get(Role, boss).version))


def test_user_list_says_everything_at_a_glance(unit: Unit, admin: int) -> None:
    with unit() as ctx:
        staff = services.save_staff(ctx, SaveStaff("曾　琴"))
        cmd = SaveUser("zengqin", "曾琴", (role_id(ctx, "班主任"),), staff_id=staff, password="abcd1234x")
        services.save_user(ctx, cmd, hashing=QUICK)
    with unit(read_only=True) as ctx:
        found = queries.list_users(ctx, ListQuery(search="zengqin"))
        assert [(r.roles, r.staff_name, r.pill.text) for r in found.rows] == [("班主任", "曾　琴", "待改密码")]
        assert queries.list_users(ctx, ListQuery(filters={"active": True}, sort="login", descending=True)).total == 2
        assert [r.users for r in queries.list_roles(ctx, ListQuery()).rows] == [1, 1]


def test_departments_keep_their_order(unit: Unit) -> None:
    with unit() as ctx:
        ids = [services.save_department(ctx, SaveDepartment(name)) for name in ("办公室", "教务科", "后勤科")]
        services.reorder_departments(ctx, ids[::-1])
        names = [r.name for r in queries.list_departments(ctx, ListQuery()).rows]
        assert names == ["后勤科", "教务科", "办公室"]
        with pytest.raises(Conflict, match="重新载入"):
            services.reorder_departments(ctx, ids[:2])
    with pytest.raises(Conflict, match="同名的部门"), unit() as ctx:
        services.save_department(ctx, SaveDepartment("教务科"))


def test_staff_are_found_by_characters_pinyin_and_initials(unit: Unit) -> None:
    with unit() as ctx:
        office = services.save_department(ctx, SaveDepartment("后勤科"))
        services.save_staff(ctx, SaveStaff("单雪松", office, post="公寓管理员", phone="13900001234"))
        services.save_staff(ctx, SaveStaff("李婷", None, domain.EmploymentType.OUTSOURCED))
    for text in ("雪松", "shanxuesong", "sxs", "公寓"):
        with unit(read_only=True) as ctx:
            assert [r.name for r in queries.list_staff(ctx, ListQuery(search=text)).rows] == ["单雪松"]
    with unit(read_only=True, actor=Actor(1, "看", frozenset({"organization.staff_view"}))) as ctx:
        rows = queries.list_staff(ctx, ListQuery(filters={"department_id": office})).rows
        assert [r.phone for r in rows] == ["139****1234"]
    may_see = frozenset({"organization.staff_view", REVEAL_PERSONAL.key})
    with unit(read_only=True, actor=Actor(1, "看", may_see)) as ctx:
        assert queries.list_staff(ctx, ListQuery(search="sxs")).rows[0].phone == "13900001234"


def test_departments_with_people_and_staff_with_logins_stay(unit: Unit, admin: int) -> None:
    with unit() as ctx:
        office = services.save_department(ctx, SaveDepartment("后勤科"))
        person = services.save_staff(ctx, SaveStaff("李婷", office))
        with pytest.raises(RuleViolation, match="还有 1 名职工"):
            services.delete_department(ctx, office, 1)
        cmd = SaveUser("lt", "李婷", (role_id(ctx, "班主任"),), staff_id=person, password="abcd1234x")
        services.save_user(ctx, cmd, hashing=QUICK)
        with pytest.raises(RuleViolation, match="有登录账号"):
            services.delete_staff(ctx, person, 1)


def test_a_form_that_was_overtaken_is_told(unit: Unit) -> None:
    with unit() as ctx:
        person = services.save_staff(ctx, SaveStaff("李婷"))
    with unit() as ctx:
        services.save_staff(ctx, SaveStaff("李婷", post="会计", staff_id=person, version=1))
    with pytest.raises(Conflict, match="重新载入"), unit() as ctx:
        services.save_staff(ctx, SaveStaff("李婷", post="出纳", staff_id=person, version=1))


def test_settings_are_strict(unit: Unit) -> None:
    with pytest.raises(InvalidInput, match="不能大于 20"), unit() as ctx:
        services.save_section(ctx, SecurityRules(max_failures=21))
    with pytest.raises(InvalidInput, match="不能留空") as caught, unit() as ctx:
        services.save_school_profile(ctx, SchoolProfile(full_name=" "))
    assert caught.value.field == "full_name"
    shown = SecurityRules()
    with unit() as ctx:
        services.save_section(ctx, SecurityRules(idle_lock_minutes=5), shown)
        assert queries.get_section(ctx, SecurityRules).idle_lock_minutes == 5
    with pytest.raises(Conflict, match="登录与安全"), unit() as ctx:
        services.save_section(ctx, SecurityRules(idle_lock_minutes=7), shown)
