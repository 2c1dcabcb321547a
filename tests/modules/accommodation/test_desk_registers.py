"""Cards, charges, wishes for another room, head-counts and external guests, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import Conflict, InvalidInput, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import columns, queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    Absence,
    AnswerMove,
    AskMove,
    AssignBed,
    CheckIn,
    CheckOut,
    CompensationInput,
    CompensationKind,
    CountHeads,
    DeskRules,
    MoveStay,
    RegisterGuest,
    RequestState,
    StayKind,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import GuestRegistration, HeadCountAbsence, Stay
from dangxiao_houqin.modules.places.models import Floor
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)


@pytest.fixture
def house(unit) -> tuple[list[int], list[int]]:
    """Four men in rooms 101 and 102, in the house. (beds, stay ids)"""
    with unit() as ctx:
        beds = make_rooms(ctx)
        people = make_people(ctx, make_class(ctx).id, "男男男男")
        stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]
        for number, stay_id in enumerate(stays):
            services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version, f"10{number}"))
    return beds, stays


def cards(ctx: Ctx, **filters: object):
    return queries.list_cards(ctx, ListQuery(filters=filters, sort="number")).rows


# ------------------------------------------------------------------------------------------------------ cards
def test_cards_go_out_come_back_and_get_lost(unit, house, clock) -> None:
    _, stays = house
    with unit() as ctx:
        assert [(c.name, c.number, c.state.label, c.place) for c in cards(ctx)][:2] == [
            ("学员1", "100", "未还", "明德楼101-1"),
            ("学员2", "101", "未还", "明德楼101-2"),
        ]
        services.issue_card(ctx, stays[0], "100甲", 2)
        (first, extra) = cards(ctx, stay_id=stays[0])
        services.return_card(ctx, first.id, first.version)
        services.lose_card(ctx, extra.id, extra.version, 2000)
    with unit() as ctx:
        assert [c.state.value for c in cards(ctx, stay_id=stays[0])] == ["returned", "lost"]
        assert queries.get_desk_person(ctx, stay_id=stays[0]).cards_out == 0
        (line,) = queries.list_compensations(ctx, ListQuery()).rows
        assert (line.item, line.amount, line.settled, line.kind) == ("房卡 100甲", 2000, False, CompensationKind.CARD)
    with pytest.raises(Conflict, match="已登记为“已还”"), unit() as ctx:
        services.return_card(ctx, first.id, None)
    with unit() as ctx:
        services.reopen_card(ctx, first.id, None)
        services.settle_compensation(ctx, line.id, line.version, "0031")
        assert queries.get_desk_person(ctx, stay_id=stays[0]).cards_out == 1
    with pytest.raises(Conflict, match="已结清，不能删除"), unit() as ctx:
        services.delete_compensation(ctx, line.id, None)


def test_money_noted_as_taken_by_mistake_is_open_again(unit, house) -> None:
    _, stays = house
    paid = CompensationInput(CompensationKind.DAMAGE, "遥控器", 5000, settled=True, receipt_no="0031")
    with unit() as ctx:
        line_id = services.add_compensation(ctx, stays[0], paid)
    with unit() as ctx:
        services.reopen_compensation(ctx, line_id, None)
    with unit() as ctx:
        (line,) = queries.list_compensations(ctx, ListQuery()).rows
        assert (line.settled, line.receipt_no) == (False, "")
        entry = ctx.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert entry.entity == "compensation"
    with pytest.raises(Conflict, match="还没有结清"), unit() as ctx:
        services.reopen_compensation(ctx, line_id, None)
    with unit() as ctx:
        services.delete_compensation(ctx, line_id, None)


def test_the_last_guests_are_found_for_what_was_broken(unit, house, clock) -> None:
    _, stays = house
    with unit() as ctx:
        found = queries.list_recent_guests(ctx, "xy1")
        assert [(g.stay_id, g.name, g.place, g.left_on) for g in found] == [(stays[0], "学员1", "明德楼101", None)]
        assert {g.name for g in queries.list_recent_guests(ctx, "101")} == {"学员1", "学员2"}
        person = queries.get_desk_person(ctx, stay_id=stays[0])
        day = clock.today()
        services.check_out(ctx, CheckOut(stays[0], person.version, leave_on=day))
    with unit() as ctx:
        (gone,) = queries.list_recent_guests(ctx, "xy1")
        assert gone.left_on == day
    clock.advance(timedelta(days=61))
    with unit() as ctx:
        assert queries.list_recent_guests(ctx, "xy1") == ()


def test_a_number_out_in_another_room_is_asked_about(unit, house) -> None:
    _, stays = house
    with unit() as ctx:
        services.issue_card(ctx, stays[1], "100")  # shares the room, may share the number
    with pytest.raises(NeedsConfirmation, match=r"登记在学员.名下还没有归还"), unit() as ctx:
        services.issue_card(ctx, stays[2], "100")
    with pytest.raises(InvalidInput, match="1 到 9"), unit() as ctx:
        services.issue_card(ctx, stays[2], "x", 10)


def test_charges_are_in_reason(unit, house) -> None:
    _, stays = house
    for item, amount in (("", 100), ("毛巾", -1), ("毛巾", 10_000_001)):
        with pytest.raises(InvalidInput), unit() as ctx:
            services.add_compensation(ctx, stays[0], CompensationInput(CompensationKind.DAMAGE, item, amount))


# -------------------------------------------------------------------------------------------- another room
def test_a_wish_is_done_by_moving_him(unit, house) -> None:
    beds, stays = house
    with unit() as ctx:
        services.ask_move(ctx, AskMove(stays[0], "打鼾影响休息", "想换到二楼"))
        (wish,) = queries.list_requests(ctx, ListQuery(filters={"state": "open"})).rows
        assert (wish.name, wish.place, wish.state.label) == ("学员1", "明德楼101-1", "待处理")
    with pytest.raises(Conflict, match="已安排给"), unit() as ctx:
        services.answer_move(ctx, AnswerMove(wish.id, wish.version, beds[3]))
    with unit() as ctx:
        services.answer_move(ctx, AnswerMove(wish.id, wish.version, beds[6], answer="同意"))
        (done,) = queries.list_requests(ctx, ListQuery()).rows
        assert (done.state, done.place, done.answer) == (RequestState.DONE, "明德楼201-1", "同意")
        assert queries.list_bed_moves(ctx, ListQuery()).rows[0].reason == "打鼾影响休息"
    with pytest.raises(Conflict, match="已是“已调房”"), unit() as ctx:
        services.answer_move(ctx, AnswerMove(done.id, done.version, refused=True))


def test_two_change_places_and_another_is_refused(unit, house) -> None:
    _, stays = house
    with unit() as ctx:
        services.ask_move(ctx, AskMove(stays[0], "照顾同单位", with_stay_id=stays[2]))
        services.ask_move(ctx, AskMove(stays[1], "其他"))
        other, pair = queries.list_requests(ctx, ListQuery()).rows
        assert (pair.with_name, pair.with_place) == ("学员3", "明德楼102-1")
        services.answer_move(ctx, AnswerMove(pair.id, pair.version))
        assert queries.get_desk_person(ctx, stay_id=stays[0]).place == "明德楼102-1"
    with pytest.raises(RuleViolation, match="请选择要调到的床位"), unit() as ctx:
        services.answer_move(ctx, AnswerMove(other.id, other.version))
    with unit() as ctx:
        services.answer_move(ctx, AnswerMove(other.id, other.version, refused=True, answer="没有空床"))
        assert queries.list_requests(ctx, ListQuery(filters={"state": "open"})).total == 0


# ----------------------------------------------------------------------------------------------- head-count
def test_heads_are_counted_and_counted_again(unit, house) -> None:
    _, stays = house
    with unit() as ctx:
        floor_id = ctx.session.scalar(select(Floor.id).where(Floor.level == 1))
        (row,) = queries.list_head_counts(ctx, START)
        assert (row.floor_name, row.expected, row.present, row.counted_at) == ("1层", 4, None, None)
        absences = (Absence(stays[0], leave=True, note="回家"), Absence(stays[1], leave=False))
        services.count_heads(ctx, CountHeads(floor_id, START, absences, "正常"))
        (row,) = queries.list_head_counts(ctx, START)
        assert (row.expected, row.present, row.on_leave, row.absent, row.counter) == (4, 2, 1, 1, "测试员")
        people = queries.list_floor_people(ctx, START, floor_id)
        assert [(p.name, p.place, p.absent_label, p.note) for p in people][:2] == [
            ("学员1", "明德楼101-1", "请假", "回家"),
            ("学员2", "明德楼101-2", "未归", ""),
        ]
    with pytest.raises(Conflict, match="测试员"), unit() as ctx:
        services.count_heads(ctx, CountHeads(floor_id, START))
    with unit() as ctx:
        services.count_heads(ctx, CountHeads(floor_id, START, (Absence(stays[1], True),), version=row.version))
        assert [(a.stay_id, a.kind) for a in ctx.session.scalars(select(HeadCountAbsence))] == [(stays[1], "leave")]
    with pytest.raises(InvalidInput, match="不住这一层"), unit() as ctx:
        services.count_heads(ctx, CountHeads(floor_id, START, (Absence(999, True),)))
    with pytest.raises(RuleViolation, match="还没到"), unit() as ctx:
        services.count_heads(ctx, CountHeads(floor_id, START + DAY))


# -------------------------------------------------------------------------------------------- external guests
GUEST = RegisterGuest(
    "王老师（虚构）",
    "男",
    0,
    START,
    START + 2 * DAY,
    StayKind.LECTURER,
    unit_name="省委党校",
    phone="13912345678",
    id_kind="身份证",
    id_number="110101199001011237",
    price=12000,
)


def guest(ctx: Ctx, bed_id: int, **more):
    return services.register_guest(ctx, replace(GUEST, bed_id=bed_id, **more))


def test_guests_are_off_until_the_office_wants_them(unit, house) -> None:
    beds, _ = house
    with pytest.raises(RuleViolation, match="没有开启接待临时住客"), unit() as ctx:
        guest(ctx, beds[4])


def test_a_guest_is_registered_masked_and_received_like_everybody(unit, house, clock) -> None:
    beds, _ = house
    with unit() as ctx:
        save_settings(ctx.session, DeskRules(guests=True))
        row = guest(ctx, beds[4])
        assert ctx.session.scalars(select(GuestRegistration.id_number)).one() == ""  # not asked, not kept
        (found,) = queries.list_guests(ctx, ListQuery()).rows
        assert (found.phone, found.amount, found.place, found.kind.label) == (
            "139****5678",
            24000,
            "明德楼103-1",
            "授课教师",
        )
        person = queries.list_desk(ctx, START)[-1]
        assert (person.name, person.unit_name, person.phone_tail) == (row.name, "省委党校", "5678")
        services.check_in(ctx, CheckIn(row.id, row.version))
    clock.advance(DAY)
    with unit() as ctx:
        services.move_stay(ctx, _to(ctx, row.id, beds[5]))
        (found,) = queries.list_guests(ctx, ListQuery()).rows
        assert (found.place, found.arrive, found.leave, found.state) == (
            "明德楼103-2",
            START,
            START + 2 * DAY,
            StayState.IN_HOUSE,
        )
        (person,) = [p for p in queries.list_desk(ctx, clock.today()) if p.name == row.name]
        assert (person.place, person.arrive, person.cards_out) == ("明德楼103-2", START, 1)
        gone = services.check_out(ctx, CheckOut(row.id, ctx.get(Stay, row.id).version, leave_on=clock.today()))
        assert (gone.state, gone.leave, gone.cards_out) == (StayState.LEFT, clock.today(), 0)
        back = services.undo_check_out(ctx, row.id, None)
        assert (back.place, back.leave) == ("明德楼103-2", START + 2 * DAY)


def _to(ctx: Ctx, stay_id: int, bed_id: int):
    return MoveStay(stay_id, ctx.get(Stay, stay_id).version, bed_id, reason="设施故障")


def test_who_sees_a_guests_number_is_logged(unit, house) -> None:
    beds, _ = house
    with unit() as ctx:
        save_settings(ctx.session, DeskRules(guests=True, guest_ids=True))
        row = guest(ctx, beds[4])
        assert queries.list_guests(ctx, ListQuery()).rows[0].id_number == "110*************37"
        assert services.reveal_guest(ctx, row.id).id_number == GUEST.id_number
    desk = Actor(1, "前台", frozenset({"accommodation.view", "accommodation.desk"}))
    with pytest.raises(PermissionDenied), unit(actor=desk) as ctx:
        services.reveal_guest(ctx, row.id)


@pytest.mark.parametrize(
    ("field", "more"),
    (
        ("name", {"name": " "}),
        ("sex", {"sex": ""}),
        ("kind", {"kind": StayKind.TRAINEE}),
        ("arrive", {"arrive": START - DAY}),
        ("leave", {"leave": START}),
        ("price", {"price": -1}),
    ),
)
def test_what_is_wrong_with_a_guest_is_named(unit, house, field: str, more: dict[str, object]) -> None:
    beds, _ = house
    with unit() as ctx:
        save_settings(ctx.session, DeskRules(guests=True))
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        guest(ctx, beds[4], **more)
    assert caught.value.field == field


# ----------------------------------------------------------------------------------------------------- lists
def test_every_column_speaks_and_sorts(unit, house, clock) -> None:
    beds, stays = house
    with unit() as ctx:
        save_settings(ctx.session, DeskRules(guests=True))
        guest(ctx, beds[4])
        services.ask_move(ctx, AskMove(stays[0], "其他"))
        services.add_compensation(ctx, stays[0], CompensationInput(CompensationKind.OTHER, "台灯", 100))
        services.move_stay(ctx, _to(ctx, stays[0], beds[6]))
    lists = (
        (queries.list_cards, columns.CARD_COLUMNS),
        (queries.list_compensations, columns.COMPENSATION_COLUMNS),
        (queries.list_requests, columns.REQUEST_COLUMNS),
        (queries.list_guests, columns.GUEST_COLUMNS),
        (queries.list_bed_moves, columns.BED_MOVE_COLUMNS),
    )
    with unit(read_only=True) as ctx:
        for fetch, some in lists:
            rows = fetch(ctx, ListQuery()).rows
            assert rows
            for column in some:
                assert isinstance(column.display(rows[0]), str)
                if column.sortable:
                    assert fetch(ctx, ListQuery(sort=column.key, descending=True)).total == len(rows), column.key
            assert fetch(ctx, ListQuery(search="没有这个人")).total == 0
        assert queries.list_cards(ctx, ListQuery(search="xy1")).total == 1
        row = queries.list_head_counts(ctx, START)[0]
        assert all(isinstance(column.display(row), str) for column in columns.HEAD_COUNT_COLUMNS)
        person = queries.list_floor_people(ctx, START, row.floor_id)[0]
        assert [c.display(person) for c in columns.FLOOR_PERSON_COLUMNS if c.key == "state"] == ["在住"]
    assert clock.today() < END
