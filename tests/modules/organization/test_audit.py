"""The audit viewer says who changed what from what to what, in Chinese, and hides what the reader may not see."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dangxiao_houqin.app.audit_words import audit_words
from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.domain import AuditRow, SaveDepartment, SaveStaff, SecurityRules

Unit = Callable[..., Any]
READER = Actor(7, "审计员", frozenset({"organization.audit"}))


@pytest.fixture
def history(unit: Unit, clock: FixedClock) -> int:
    with unit("organization.save_department", actor=Actor.system("周启明")) as ctx:
        one = services.save_department(ctx, SaveDepartment("教务科"))
        other = services.save_department(ctx, SaveDepartment("后勤科"))
    with unit("organization.save_staff", actor=Actor.system("周启明")) as ctx:
        person = services.save_staff(ctx, SaveStaff("李婷", one, phone="13900001234"))
    clock.advance(timedelta(days=1))
    with unit("organization.save_staff", actor=Actor.system("陈晓岚")) as ctx:
        services.save_staff(ctx, SaveStaff("李婷", other, post="会计", phone="13900005678", staff_id=person, version=1))
    with unit("organization.save_section", actor=Actor.system("陈晓岚")) as ctx:
        services.save_section(ctx, SecurityRules())
        ctx.session.flush()
        services.save_section(ctx, SecurityRules(password_content="length"))
    with unit("core.reveal_personal", actor=Actor.system("陈晓岚")) as ctx:
        services.record_reveal(ctx, "职工名单", "staff_member", person)
    return person


def read(unit: Unit, reader: Actor = READER, search: str = "", **filters: Any) -> tuple[AuditRow, ...]:
    with unit(read_only=True, actor=reader) as ctx:
        return queries.list_audit(ctx, ListQuery(search, filters), audit_words()).rows


def test_changes_read_from_what_to_what(unit: Unit, history: int) -> None:
    changed, created = read(unit, entity="staff_member", entity_id=history)[1:]
    assert (changed.who, changed.entity, changed.action, changed.label) == ("陈晓岚", "职工", "保存职工", "李婷")
    assert "部门：教务科 → 后勤科" in changed.text
    assert "岗位：（空） → 会计" in changed.text
    assert "联系电话：139****1234 → 139****5678" in changed.text
    assert "search" not in created.text
    assert "姓名：李婷" in created.text


def test_personal_data_shows_only_to_those_who_may(unit: Unit, history: int) -> None:
    may_see = Actor(8, "主任", frozenset({"organization.audit", REVEAL_PERSONAL.key}))
    rows = read(unit, may_see, entity="staff_member", kind="update")
    assert "联系电话：13900001234 → 13900005678" in rows[0].text


def test_settings_are_named_by_their_titles(unit: Unit, history: int) -> None:
    row = read(unit, entity="setting", kind="update")[0]
    assert (row.entity, row.label) == ("系统设置", "登录与安全")
    assert row.text == "密码内容：须同时有字母和数字 → 只要求长度"


def test_reveals_are_on_record(unit: Unit, history: int) -> None:
    row = read(unit, action="core.reveal_personal")[0]
    assert (row.who, row.kind, row.action, row.label) == ("陈晓岚", "event", "查看完整个人信息", "职工名单")


def test_filters_and_search(unit: Unit, history: int, clock: FixedClock) -> None:
    today = clock.today()
    assert {r.who for r in read(unit, first=today)} == {"陈晓岚"}
    assert {r.who for r in read(unit, last=today - timedelta(days=1))} == {"周启明"}
    assert {r.who for r in read(unit, who="周启明")} == {"周启明"}
    assert {r.entity for r in read(unit, search="职工 会计")} == {"职工"}
    assert [r.label for r in read(unit, search="后勤科")] == ["后勤科"]
    assert read(unit, search="完整个人信息")[0].kind == "event"


def test_the_log_is_not_for_everybody(unit: Unit, history: int) -> None:
    with pytest.raises(PermissionDenied, match="审计日志"):
        read(unit, Actor(9, "别人"))


def test_every_audited_table_and_column_has_its_word() -> None:
    from dangxiao_houqin.app.schema import load_metadata
    from dangxiao_houqin.core.db import Base, Entity

    load_metadata()
    words = audit_words()
    bookkeeping = {"id", "version", "created_at", "created_by", "updated_at", "updated_by"}
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Entity) or not mapper.class_.audited:
            continue
        table = words.tables[mapper.class_.__tablename__]
        columns = {c.key for c in mapper.column_attrs} - bookkeeping
        assert columns <= set(table.columns) | table.silent, mapper.class_
        personal = {c.key for c in mapper.column_attrs if c.columns[0].info.get("personal")}
        assert personal == table.personal, mapper.class_


@pytest.mark.parametrize("module", [module.key for module in MODULES])
def test_every_service_has_its_word_for_the_log(module: str) -> None:
    """A service that asks for a right leaves its name in the log, so the viewer needs a word for it."""
    services = importlib.import_module(f"dangxiao_houqin.modules.{module}.services")
    words = audit_words()
    missing = [
        f"{module}.{name}"
        for name, function in inspect.getmembers(services, inspect.isfunction)
        if not name.startswith("_") and "ctx.require(" in inspect.getsource(function)
        if f"{module}.{name}" not in words.actions and function.__module__.startswith(services.__name__)
    ]
    assert missing == []
