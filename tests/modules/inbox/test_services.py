"""Items raised by other rooms, finished and handed on by people, on both engines."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.inbox import queries, services
from dangxiao_houqin.modules.inbox.api import Assign, Waiting, assign, close, close_prefix, count_mine
from dangxiao_houqin.modules.inbox.domain import MANAGE, VIEW, FinishItems, ItemState, Reassign
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from tests.conftest import OpenUnit

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
RIGHTS = frozenset({VIEW.key})


@dataclass(frozen=True)
class Office:
    """Three people and three roles: 周启明 系统管理员, 李婷 住宿管理员, 王敏 both of the lower ones."""

    roles: dict[str, int]
    users: dict[str, int]

    def actor(self, name: str) -> Actor:
        if name == "周启明":
            return Actor(self.users[name], name, RIGHTS | {MANAGE.key})
        return Actor(self.users[name], name, RIGHTS)


@pytest.fixture
def office(unit: OpenUnit) -> Office:
    with unit() as ctx:
        roles = {
            name: ctx.add(Role(name=name, permissions=[], builtin=True))
            for name in ("系统管理员", "住宿管理员", "保洁员")
        }
        users = {
            name: ctx.add(
                UserAccount(
                    login=login,
                    display_name=name,
                    password_hash="x",
                    active=active,
                    roles=[roles[role] for role in held],
                )
            )
            for name, login, active, held in (
                ("周启明", "admin", True, ["系统管理员"]),
                ("李婷", "liting", True, ["住宿管理员"]),
                ("王敏", "wangmin", True, ["住宿管理员", "保洁员"]),
                ("已离职", "gone", False, ["住宿管理员"]),
            )
        }
        return Office({n: r.id for n, r in roles.items()}, {n: u.id for n, u in users.items()})


LATE = Assign(
    "desk.overrun:7", "超期未退房", "单雄信（虚构）应于昨天退房", Ref("stay", 7), "住宿管理员", due_on=TODAY - DAY
)


def texts(unit: OpenUnit, who: Actor, **filters: object) -> list[str]:
    with unit(read_only=True, actor=who) as ctx:
        return [row.text for row in queries.list_items(ctx, ListQuery(filters=filters)).rows]


def test_raised_once_and_refreshed_while_open(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        first = assign(ctx, LATE)
        again = assign(ctx, replace(LATE, text="单雄信（虚构）应于前天退房", due_on=TODAY - 2 * DAY))
        assert first == again
    with unit(read_only=True, actor=office.actor("李婷")) as ctx:
        (row,) = queries.list_items(ctx, ListQuery()).rows
    assert (row.text, row.ref, row.assignee, row.days_late) == (
        "单雄信（虚构）应于前天退房",
        Ref("stay", 7),
        "住宿管理员",
        2,
    )
    assert row.pill.text == "逾期 2 天"


def test_what_was_closed_stays_closed(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        item = assign(ctx, LATE)
        assert close(ctx, LATE.key, "已退房")
        assert not close(ctx, LATE.key), "closed already"
        assert not close(ctx, "desk.overrun:8"), "never raised"
        assert assign(ctx, replace(LATE, text="换一句话")) == item
    assert texts(unit, office.actor("李婷")) == []
    assert texts(unit, office.actor("李婷"), scope="done") == [LATE.text]


def test_a_prefix_is_closed_except_what_still_holds(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        for number in (1, 2, 3):
            assign(ctx, replace(LATE, key=f"desk.overrun:{number}", text=f"第 {number} 条"))
        assign(ctx, replace(LATE, key="desk_overrun:4", text="别的事"))  # _ must not match everything
        assert close_prefix(ctx, "desk.overrun:", keep={"desk.overrun:2"}, note="已处理") == 2
        assert close_prefix(ctx, "desk_", keep=()) == 1
    assert texts(unit, office.actor("李婷")) == ["第 2 条"]
    with unit(read_only=True, actor=office.actor("周启明")) as ctx:
        done = queries.list_items(ctx, ListQuery(filters={"scope": "done"})).rows
    assert {(row.text, row.note, row.closed_by) for row in done} == {
        ("第 1 条", "已处理", "系统"),
        ("第 3 条", "已处理", "系统"),
        ("别的事", "", "系统"),
    }


def test_who_gets_it(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        assign(ctx, replace(LATE, key="a:1", text="角色", role="保洁员"))
        assign(ctx, replace(LATE, key="a:2", text="没有的角色", role="调度员"))
        assign(ctx, replace(LATE, key="a:3", text="没说角色", role=None))
        assign(ctx, replace(LATE, key="a:4", text="本人", user_id=office.users["李婷"]))
        assign(ctx, replace(LATE, key="a:5", text="停用的人", user_id=office.users["已离职"]))
    assert texts(unit, office.actor("王敏")) == ["角色", "停用的人"]
    assert texts(unit, office.actor("李婷")) == ["本人", "停用的人"]
    assert texts(unit, office.actor("周启明")) == ["没有的角色", "没说角色"]


def test_a_school_without_roles_has_nobody_to_tell(unit: OpenUnit) -> None:
    with unit() as ctx:
        assert assign(ctx, LATE) is None


def test_a_long_sentence_is_cut_and_a_long_key_is_refused(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        assign(ctx, replace(LATE, text="很长" * 400))
    (text,) = texts(unit, office.actor("李婷"))
    assert len(text) == services.TEXT_LENGTH
    assert text.endswith("…")
    with pytest.raises(InvalidInput, match="太长"), unit() as ctx:
        assign(ctx, replace(LATE, key="x" * 121))


def test_who_sees_what(unit: OpenUnit, office: Office, nobody: Actor) -> None:
    with unit() as ctx:
        assign(ctx, replace(LATE, key="a:1", text="住宿的事"))
        assign(ctx, replace(LATE, key="a:2", text="保洁的事", role="保洁员", due_on=TODAY + DAY))
        assign(ctx, replace(LATE, key="a:3", text="管理的事", role="系统管理员", due_on=None))
    assert texts(unit, office.actor("李婷"), scope="all") == ["住宿的事"], "all of others needs the right"
    assert texts(unit, office.actor("王敏"), scope="all") == ["住宿的事", "保洁的事"]
    assert texts(unit, office.actor("周启明"), scope="all") == ["住宿的事", "保洁的事", "管理的事"], "the urgent first"
    assert texts(unit, office.actor("周启明")) == ["管理的事"]
    assert texts(unit, office.actor("周启明"), scope="all", late=True) == ["住宿的事"]
    assert texts(unit, office.actor("周启明"), scope="all", late=False) == ["保洁的事", "管理的事"]
    assert texts(unit, office.actor("王敏"), kind="别的") == []
    with unit(read_only=True, actor=office.actor("王敏")) as ctx:
        assert count_mine(ctx) == Waiting(2, 1)
        assert queries.list_kinds(ctx) == ("超期未退房",)
        assert [row.text for row in queries.list_items(ctx, ListQuery(search="保洁")).rows] == ["保洁的事"]
    with unit(read_only=True, actor=nobody) as ctx:
        assert count_mine(ctx) == Waiting()
        for read in (queries.list_kinds, lambda c: queries.list_items(c, ListQuery())):
            with pytest.raises(PermissionDenied):
                read(ctx)


def test_ticked_off_with_a_note_and_taken_back(unit: OpenUnit, office: Office, clock: FixedClock) -> None:
    with unit() as ctx:
        item = assign(ctx, LATE)
        assert item is not None
    with unit(actor=office.actor("李婷")) as ctx:
        row = queries.get_item(ctx, item)
        assert services.finish_items(ctx, FinishItems(((item, row.version),), " 已办退房 ")) == 1
    with unit(read_only=True, actor=office.actor("王敏")) as ctx:
        row = queries.get_item(ctx, item)
        assert (row.state, row.closed_by, row.closed_at, row.note) == (
            ItemState.CLOSED,
            "李婷",
            clock.now(),
            "已办退房",
        )
        assert count_mine(ctx) == Waiting(0, 0)
    with unit(actor=office.actor("王敏")) as ctx:
        assert services.reopen_items(ctx, (item,)) == 1
        assert services.reopen_items(ctx, (item,)) == 0
        assert (queries.get_item(ctx, item).note, count_mine(ctx).open) == ("", 1)


def test_what_is_not_ones_own_cannot_be_ticked_off(unit: OpenUnit, office: Office, nobody: Actor) -> None:
    with unit() as ctx:
        item = assign(ctx, replace(LATE, role="保洁员"))
        assert item is not None
    finish = FinishItems(((item, 1),))
    for who, error in ((office.actor("李婷"), PermissionDenied), (nobody, PermissionDenied)):
        with pytest.raises(error), unit(actor=who) as ctx:
            services.finish_items(ctx, finish)
        with pytest.raises(error), unit(actor=who) as ctx:
            services.reopen_items(ctx, (item,))
    with pytest.raises(NotFound), unit(actor=office.actor("李婷")) as ctx:
        queries.get_item(ctx, item)
    with pytest.raises(InvalidInput, match="300"), unit(actor=office.actor("王敏")) as ctx:
        services.finish_items(ctx, replace(finish, note="字" * 301))
    with unit(actor=office.actor("周启明")) as ctx:  # who manages may
        services.finish_items(ctx, finish)
    with pytest.raises(Conflict), unit(actor=office.actor("王敏")) as ctx:
        services.finish_items(ctx, finish)  # the form showed it open
    with pytest.raises(RuleViolation, match="已经办结"), unit(actor=office.actor("王敏")) as ctx:
        services.finish_items(ctx, FinishItems(((item, 2),)))


def test_handed_on_and_not_taken_back_by_the_next_run(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        item = assign(ctx, LATE)
        assert item is not None
    with pytest.raises(PermissionDenied), unit(actor=office.actor("李婷")) as ctx:
        services.reassign_item(ctx, Reassign(item, 1, user_id=office.users["王敏"]))
    with unit(actor=office.actor("周启明")) as ctx:
        services.reassign_item(ctx, Reassign(item, 1, user_id=office.users["王敏"]))
    with unit() as ctx:
        assign(ctx, LATE)
    assert texts(unit, office.actor("王敏")) == [LATE.text]
    assert texts(unit, office.actor("李婷")) == []
    with unit(actor=office.actor("周启明")) as ctx:
        version = queries.get_item(ctx, item).version
        for wrong, words in (
            (Reassign(item, version), "请选择"),
            (Reassign(item, version, 1, 1), "请选择"),
            (Reassign(item, version, user_id=office.users["已离职"]), "已停用"),
            (Reassign(item, version, role_id=999), "已被删除"),
        ):
            with pytest.raises((InvalidInput, RuleViolation), match=words):
                services.reassign_item(ctx, wrong)
        services.reassign_item(ctx, Reassign(item, version, role_id=office.roles["保洁员"]))
        close(ctx, LATE.key)
        with pytest.raises(RuleViolation, match="已经办结"):
            services.reassign_item(ctx, Reassign(item, version + 2, role_id=office.roles["保洁员"]))


def test_whom_it_may_be_handed_to_is_found_while_typing(unit: OpenUnit, office: Office) -> None:
    with unit(read_only=True, actor=office.actor("周启明")) as ctx:
        assert [(kind, name) for kind, _, name, _ in queries.find_assignees(ctx, "")] == [
            *(("role", "系统管理员"), ("role", "住宿管理员"), ("role", "保洁员")),
            *(("user", "周启明"), ("user", "李婷"), ("user", "王敏")),
        ]
        assert [name for _, _, name, _ in queries.find_assignees(ctx, "lt")] == ["李婷"]
        assert [name for _, _, name, _ in queries.find_assignees(ctx, "baojie")] == ["保洁员"]
        assert [name for _, _, name, _ in queries.find_assignees(ctx, "wangmin")] == ["王敏"]
    with unit(read_only=True, actor=office.actor("李婷")) as ctx, pytest.raises(PermissionDenied):
        queries.find_assignees(ctx, "")


@pytest.mark.postgres_only
def test_two_desks_raise_the_same_thing_in_one_moment(db: Database, office: Office, clock: FixedClock) -> None:
    inside, errors, ids = threading.Barrier(4), [], []

    def desk(number: int) -> None:
        try:
            with unit_of_work(db, Actor.system(f"桌{number}"), "test.raise", clock=clock) as ctx:
                inside.wait(30)
                ids.append(assign(ctx, LATE))
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost
            errors.append(error)

    threads = [threading.Thread(target=desk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(set(ids)) == 1
    assert len(ids) == 4
