"""Who has not left on both engines: his bed is asked about, not free tonight, and he is looked for at night.

Also what belongs to leaving: lost cards, a parked bed, items of the inbox settled at once, a name corrected.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import NeedsConfirmation, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    Absence,
    ArriveLate,
    AssignBed,
    CheckIn,
    CheckOut,
    CheckOutClass,
    CompensationInput,
    CompensationKind,
    CountHeads,
    DeskPerson,
    ExtendStay,
    MoveStay,
    Rearrange,
    StayPut,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedMove, BedNight, KeyCard, Stay
from dangxiao_houqin.modules.accommodation.queries.stays import list_beds_free_between
from dangxiao_houqin.modules.accommodation.ui.reception_offers import offers_for
from dangxiao_houqin.modules.accommodation.ui.reception_search import find_later
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.queries import get_enrollment
from dangxiao_houqin.modules.training.services import save_enrollment
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)
NEW = "第二期轮训班"


@pytest.fixture
def old(unit):
    """Two men in one room who moved in on START and are to leave on END; (beds, stay ids)."""
    with unit() as ctx:
        ctx.add(Role(name="住宿管理员", permissions=["inbox.view"]))
        beds = make_rooms(ctx)
        people = make_people(ctx, make_class(ctx).id, "男男")
        stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]
        for stay_id in stays:
            services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))
    return beds, stays


def next_class(unit, beds: list[int], start: date) -> tuple[int, list[int]]:
    """Two men of another class for the same beds from ``start`` on; (class id, stay ids)."""
    with unit() as ctx:
        school = make_class(ctx, NEW, start, start + 4 * DAY)
        people = make_people(ctx, school.id, "男男")
        return school.id, [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]


def comes(unit, stay_id: int, *confirmed: str) -> DeskPerson:
    with unit(confirmed=frozenset(confirmed)) as ctx:
        return services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))


def goes(unit, stay_id: int, **more) -> DeskPerson:
    with unit(confirmed=frozenset({"early_leave"})) as ctx:
        return services.check_out(ctx, CheckOut(stay_id, ctx.get(Stay, stay_id).version, **more))


def nights_of(ctx: Ctx, stay_id: int) -> list[date]:
    return list(ctx.session.scalars(select(BedNight.night).where(BedNight.stay_id == stay_id).order_by(BedNight.night)))


# ------------------------------------------------------------------------------------ a bed that is still lain in
def test_moving_into_a_bed_whose_last_guest_is_still_there_is_asked_about(unit, old, clock) -> None:
    beds, stays = old
    _, new = next_class(unit, beds, END + DAY)
    clock.advance(5 * DAY)
    with pytest.raises(NeedsConfirmation, match=r"学员1应于3月6日离开，尚未退房，.*明德楼101-1.*退房.*另找床位"):
        comes(unit, new[0])
    assert comes(unit, new[0], "bed_occupied").state is StayState.IN_HOUSE
    goes(unit, stays[1])
    assert comes(unit, new[1], "dirty_room").state is StayState.IN_HOUSE


def test_a_class_moves_in_without_those_whose_beds_are_not_left(unit, old, clock) -> None:
    beds, stays = old
    class_id, new = next_class(unit, beds, END)
    clock.advance(4 * DAY)
    with pytest.raises(RuleViolation, match="另有 2 人的床位原住客还没有退房"), unit() as ctx:
        services.check_in_class(ctx, class_id)
    goes(unit, stays[1])
    with pytest.raises(NeedsConfirmation, match=r"1 人办理入住.*另有 1 人.*学员1应于3月6日离开"), unit() as ctx:
        services.check_in_class(ctx, class_id)
    with unit(confirmed=frozenset({"check_in_class"})) as ctx:
        assert services.check_in_class(ctx, class_id) == 1
        assert [ctx.get(Stay, s).state for s in new] == ["assigned", "in_house"]


def test_who_moved_on_to_another_bed_does_not_lie_in_his_first(unit, old, clock) -> None:
    beds, stays = old
    clock.advance(DAY)
    with unit() as ctx:
        stay = ctx.get(Stay, stays[0])
        services.move_stay(ctx, MoveStay(stay.id, stay.version, beds[2], reason="打鼾"))
    _, new = next_class(unit, [beds[0], beds[3]], START + DAY)
    assert comes(unit, new[0]).state is StayState.IN_HOUSE


# ----------------------------------------------------------------------------------------------------- tonight
def test_an_overstayers_bed_is_not_free_tonight_and_he_counts(unit, old, clock) -> None:
    beds, stays = old
    clock.advance(5 * DAY)
    tonight = clock.today()
    goes(unit, stays[1])
    with unit() as ctx:
        figures = queries.night_figures(ctx, tonight, tonight + 2 * DAY)
        assert [(n.free, n.taken, n.overstayed) for n in figures] == [(11, 0, 1), (12, 0, 0)]
        free = queries.list_free_beds_on(ctx, ListQuery(limit=None))
        assert free.total == 11
        assert beds[0] not in [row.bed_id for row in free.rows]
        day = queries.count_day(ctx, tonight)
        assert (day.in_house, day.overstaying, day.sleeping) == (1, 1, 1)
        listed = queries.list_stays(ctx, ListQuery(filters={"when": ("on", tonight), "state": "in_house"}))
        assert [row.name for row in listed.rows] == ["学员1"]
        offered = list_beds_free_between(ctx, "男", tonight, tonight + DAY)
        assert beds[0] not in [bed.bed_id for bed in offered]
        assert [each.sentence for each in queries.list_overstayers(ctx)] == ["学员1应于3月6日离开，尚未退房"]


def test_his_bed_is_counted_once_where_somebody_else_holds_it(unit, old, clock) -> None:
    beds, _ = old
    next_class(unit, beds, END)
    clock.advance(5 * DAY)
    with unit() as ctx:
        (figures,) = queries.night_figures(ctx, clock.today(), clock.today() + DAY)
        assert (figures.taken, figures.overstayed, figures.free) == (2, 0, 10)
        assert queries.list_free_beds_on(ctx, ListQuery(limit=None)).total == figures.free


def test_on_his_last_day_he_is_here_until_the_hour_of_leaving_has_passed(unit, old, clock) -> None:
    clock.advance(4 * DAY)
    with unit() as ctx:
        assert queries.list_free_beds_on(ctx, ListQuery()).total == 12
    clock.advance(timedelta(hours=6))
    with unit() as ctx:
        assert queries.list_free_beds_on(ctx, ListQuery()).total == 10
        assert queries.list_head_counts(ctx, END)[0].expected == 2


def test_the_head_count_looks_for_everybody_in_the_house(unit, old, clock) -> None:
    beds, stays = old
    _, new = next_class(unit, beds[2:], END)
    clock.advance(4 * DAY)
    comes(unit, new[0])
    park(unit, new[0], beds[2])
    clock.advance(DAY)
    tonight = clock.today()
    with unit() as ctx:
        (row,) = queries.list_head_counts(ctx, tonight)
        people = queries.list_floor_people(ctx, tonight, row.floor_id)
        assert row.expected == len(people) == 4
        assert [p.remark for p in people] == ["超期未退，应于3月6日离开"] * 2 + ["床位暂存，原住这里", ""]
        services.count_heads(ctx, CountHeads(row.floor_id, tonight, (Absence(stays[0], leave=False),)))
        (again,) = queries.list_head_counts(ctx, tonight)
        assert (again.expected, again.present, again.absent) == (4, 3, 1)
        assert queries.count_day(ctx, tonight).parked == 1


# ------------------------------------------------------------------------------------------------------- cards
@pytest.mark.parametrize("back", (True, False))
def test_a_card_that_is_paid_for_is_lost_whatever_is_ticked(unit, old, back) -> None:
    _, stays = old
    lost = CompensationInput(CompensationKind.CARD, "房卡", 2000)
    goes(unit, stays[0], cards_back=back, compensation=(lost,))
    with unit() as ctx:
        states = dict(ctx.session.execute(select(KeyCard.stay_id, KeyCard.state)).all())
    assert states == {stays[0]: "lost", stays[1]: "out"}


# ------------------------------------------------------------------------------------------------------- items
def items(unit) -> dict[str, str]:
    """Open items: kind → text."""
    with unit(read_only=True) as ctx:
        return {i.kind: i.text for i in ctx.session.scalars(select(InboxItem).where(InboxItem.state == "open"))}


def morning(unit) -> None:
    with unit("accommodation.daily") as ctx:
        services.look_after(ctx)


def test_leaving_closes_the_item_and_taken_back_it_is_told_again(unit, old, clock) -> None:
    _, stays = old
    clock.advance(5 * DAY)
    goes(unit, stays[1])
    morning(unit)
    assert "学员1" in items(unit)["超期未退房"]
    left = goes(unit, stays[0])
    assert "超期未退房" not in items(unit)
    with unit() as ctx:
        back = services.undo_check_out(ctx, stays[0], left.version)
    assert "超期未退房" not in items(unit)
    morning(unit)
    assert "学员1" in items(unit)["超期未退房"]
    with unit() as ctx:
        services.extend_stay(ctx, ExtendStay(stays[0], back.version or 0, clock.today() + 2 * DAY))
    assert "超期未退房" not in items(unit)


def test_who_came_late_or_not_at_all_is_no_longer_asked_after(unit, old, clock) -> None:
    beds, _ = old
    class_id, new = next_class(unit, beds[2:], START)
    clock.advance(DAY)
    morning(unit)
    assert "2 人到期未报到（学员1、学员2）" in items(unit)["逾期未到"]
    arrived = comes(unit, new[0])
    assert "1 人到期未报到（学员2）" in items(unit)["逾期未到"]
    with unit() as ctx:
        services.arrive_late(ctx, ArriveLate(new[1], ctx.get(Stay, new[1]).version, START + 2 * DAY))
    assert "逾期未到" not in items(unit)
    with unit() as ctx:
        services.undo_check_in(ctx, new[0], arrived.version)
    assert "逾期未到" not in items(unit)
    morning(unit)
    assert "1 人到期未报到（学员1）" in items(unit)["逾期未到"]
    with unit(confirmed=frozenset({"check_in_class"})) as ctx:
        services.check_in_class(ctx, class_id)
    assert "逾期未到" not in items(unit)
    with unit() as ctx:
        services.undo_check_in(ctx, new[0], None)
    morning(unit)
    with unit() as ctx:
        services.mark_no_show(ctx, new[0], None)
    assert "逾期未到" not in items(unit)


def test_a_card_brought_back_or_lost_is_no_longer_asked_for(unit, old, clock) -> None:
    _, stays = old
    clock.advance(4 * DAY)
    for stay_id in stays:
        goes(unit, stay_id, cards_back=False)
    morning(unit)
    assert "2 张房卡未还（学员1、学员2）" in items(unit)["房卡未还"]
    with unit() as ctx:
        first, second = ctx.session.scalars(select(KeyCard).order_by(KeyCard.stay_id))
        services.return_card(ctx, first.id, first.version)
    assert "1 张房卡未还（学员2）" in items(unit)["房卡未还"]
    with unit() as ctx:
        services.lose_card(ctx, second.id, second.version, 2000)
    assert "房卡未还" not in items(unit)


# ------------------------------------------------------------------------------------------------------ parked
def park(unit, stay_id: int, bed_id: int) -> None:
    with unit() as ctx:
        stay = ctx.get(Stay, stay_id)
        put = StayPut(
            stay.id, stay.version, stay.enrollment_id, bed_id, stay.arrive, stay.leave, StayState.PARKED, stay.pinned
        )
        services.rearrange(ctx, Rearrange((put,), "暂存"))


def test_somebody_whose_bed_is_parked_can_leave_and_come_back_into_the_lane(unit, old) -> None:
    beds, stays = old
    park(unit, stays[0], beds[0])
    with unit() as ctx:
        person = queries.get_desk_person(ctx, stay_id=stays[0])
    assert offers_for(person) == ("chart", ("check_out",))
    left = goes(unit, stays[0])
    assert (left.state, left.cards_out) == (StayState.LEFT, 0)
    with unit() as ctx:
        assert nights_of(ctx, stays[0]) == []
        back = services.undo_check_out(ctx, stays[0], left.version)
        assert (back.state, back.leave) == (StayState.PARKED, END)
        assert nights_of(ctx, stays[0]) == []


def test_the_nights_slept_before_the_bed_was_parked_stay(unit, old, clock) -> None:
    beds, stays = old
    clock.advance(2 * DAY)
    with unit() as ctx:
        first = ctx.get(Stay, stays[0])
        later = services.move_stay(ctx, MoveStay(first.id, first.version, beds[2], reason="打鼾"))
    park(unit, later.id, beds[2])
    clock.advance(5 * DAY)  # past his last night; the lane remembers him
    with unit() as ctx:
        assert "学员1" in [p.name for p in queries.list_desk(ctx, clock.today())]
    left = goes(unit, later.id)
    with unit() as ctx:
        assert nights_of(ctx, stays[0]) == [START, START + DAY]
        assert nights_of(ctx, later.id) == []
        states = [ctx.get(Stay, s).state for s in (stays[0], later.id)]
        assert states == ["left", "cancelled"]
        services.undo_check_out(ctx, left.stay_id or 0, left.version)
        assert [ctx.get(Stay, s).state for s in (stays[0], later.id)] == ["in_house", "parked"]


def test_a_class_leaves_with_those_in_the_lane(unit, old) -> None:
    beds, stays = old
    park(unit, stays[0], beds[0])
    with unit(confirmed=frozenset({"check_out_class"})) as ctx:
        class_id = ctx.get(Stay, stays[0]).class_id or 0
        assert services.check_out_class(ctx, CheckOutClass(class_id)) == 2
        assert ctx.get(Stay, stays[0]).left_at is not None


# --------------------------------------------------------------------------------------------- name, later days
def test_a_name_corrected_on_the_roster_is_that_of_the_desk(unit, old, clock) -> None:
    beds, stays = old
    clock.advance(DAY)
    with unit() as ctx:
        stay = ctx.get(Stay, stays[0])
        services.move_stay(ctx, MoveStay(stay.id, stay.version, beds[2], reason="打鼾"))
        person = get_enrollment(ctx, stay.enrollment_id or 0)
    with unit() as ctx:
        save_enrollment(
            ctx, SaveEnrollment(person.class_id, "欧阳修", "男", enrollment_id=person.id, version=person.version)
        )
    with unit() as ctx:
        assert queries.get_desk_person(ctx, enrollment_id=person.id).name == "欧阳修"
        names = ctx.session.scalars(select(Stay.guest_name).where(Stay.enrollment_id == person.id))
        assert set(names) == {"欧阳修"}
        assert ctx.session.scalars(select(BedMove.guest_name)).all() == ["学员1"]


def test_somebody_days_early_is_found_and_received(unit, old) -> None:
    beds, _ = old
    _, new = next_class(unit, beds[2:], START + 5 * DAY)
    with unit() as ctx:
        assert find_later(ctx, "查无此人") == ("查无此人", ())
        _, found = find_later(ctx, "学员2")
        assert [(e.person.class_name, e.person.stay_id) for e in found] == [(NEW, new[1])]
    with pytest.raises(NeedsConfirmation, match="今天入住要多住 5 晚"):
        comes(unit, new[1])
    assert comes(unit, new[1], "early_arrival").arrive == START
