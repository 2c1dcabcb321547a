"""What happens by itself: reminders and reports by working days, stand-ins that end; each told once."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import SaveStandIn, SigningRules
from dangxiao_houqin.modules.expenses.jobs import remind_signers, remind_stand_ins
from dangxiao_houqin.modules.inbox.models import InboxItem
from tests.modules.expenses.signing_school import School, Unit, open_school


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def at(clock: FixedClock, day: date, hour: int = 7) -> None:
    clock.moment = datetime.combine(day, time(hour), CHINA)


def run(school: School) -> int:
    with school.unit("expenses.remind_signers") as ctx:
        return remind_signers(ctx)


def items(school: School, kind: str = "", state: str = "open") -> list[InboxItem]:
    with school.unit("test.look", read_only=True) as ctx:
        query = select(InboxItem).where(InboxItem.key.startswith("expenses."), InboxItem.state == state)
        return [item for item in ctx.session.scalars(query.order_by(InboxItem.id)) if kind in item.kind]


def submitted(school: School, clock: FixedClock, day: date) -> int:
    at(clock, day, 10)
    claim = school.claim()
    school.submit(claim)
    return claim


def test_a_signer_is_reminded_after_working_days_and_once(school: School, clock: FixedClock) -> None:
    submitted(school, clock, date(2026, 3, 6))  # Friday
    (asked,) = items(school, "待签批")
    assert "已等" not in asked.text
    assert asked.due_on is None
    for day in (6, 7, 8, 9):
        at(clock, date(2026, 3, day))
        assert run(school) == 0, day
    at(clock, date(2026, 3, 10))  # Tuesday: the second working day after
    assert run(school) == 1
    assert run(school) == 1
    (reminded,) = items(school)
    assert reminded.id == asked.id
    assert "王经办提交，已等 2 个工作日，请尽快签批。" in reminded.text
    assert "购买打印纸" in reminded.text
    assert "¥1,234.50" in reminded.text
    assert reminded.due_on == date(2026, 3, 10)


def test_the_calendar_with_its_worked_weekends_counts(school: School, clock: FixedClock) -> None:
    """春节 2026: off from 15 to 23 February, Saturday 14 February is worked."""
    submitted(school, clock, date(2026, 2, 13))
    at(clock, date(2026, 2, 14))
    assert run(school) == 0  # the first working day after
    for day in (15, 18, 23):
        at(clock, date(2026, 2, day))
        assert run(school) == 0, day
    at(clock, date(2026, 2, 24))
    assert run(school) == 1
    (item,) = items(school)
    assert item.due_on == date(2026, 2, 24)


def test_the_signature_closes_what_was_asked_and_starts_the_count_anew(school: School, clock: FixedClock) -> None:
    claim = submitted(school, clock, date(2026, 3, 2))
    at(clock, date(2026, 3, 9))
    run(school)
    assert {item.kind for item in items(school)} == {"待签批：分管领导", "签批超期"}
    school.sign(claim, "li")
    (asked,) = items(school)
    assert (asked.kind, asked.due_on) == ("待签批：主要领导", None)
    at(clock, date(2026, 3, 10))
    assert run(school) == 0
    school.sign(claim, "zhao")
    assert [item.kind for item in items(school)] == ["待支付"]


def test_the_role_of_the_rules_is_told_after_longer(school: School, clock: FixedClock) -> None:
    school.add("zhou", "周主任", ("后勤办主任",))
    submitted(school, clock, date(2026, 3, 2))
    at(clock, date(2026, 3, 6))
    run(school)
    assert items(school, "签批超期") == []
    at(clock, date(2026, 3, 9))  # the fifth working day after
    run(school)
    run(school)
    (told,) = items(school, "签批超期")
    assert "在“分管领导”（李分管）已等 5 个工作日，王经办提交，请协调。" in told.text
    assert (told.ref_kind, told.due_on) == ("expense_claim", date(2026, 3, 9))
    with school.unit("test.look", read_only=True) as ctx:
        from dangxiao_houqin.modules.organization.models import Role

        assert ctx.session.get_one(Role, told.role_id).name == "后勤办主任"


def test_zero_days_switch_it_off(school: School, clock: FixedClock) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(remind_after_days=0, escalate_after_days=0))
    submitted(school, clock, date(2026, 3, 2))
    at(clock, date(2026, 6, 1))
    assert run(school) == 0
    assert [item.due_on for item in items(school)] == [None]


def test_who_ticked_it_off_without_signing_is_reminded_once_more(school: School, clock: FixedClock) -> None:
    submitted(school, clock, date(2026, 3, 2))
    (asked,) = items(school)
    for _ in range(2):
        with school.unit("test.tick") as ctx:
            for item in ctx.session.scalars(select(InboxItem).where(InboxItem.state == "open")):
                item.state = "closed"
        at(clock, date(2026, 3, 4))
        run(school)
        run(school)
    assert items(school) == []
    closed = items(school, state="closed")
    assert [item.key.removeprefix(asked.key) for item in closed] == ["", ":again"]


def test_who_stands_in_since_yesterday_is_reminded_too(school: School, clock: FixedClock) -> None:
    school.add("sun")
    claim = submitted(school, clock, date(2026, 3, 2))
    with school.unit("test.stand_in") as ctx:
        cmd = SaveStandIn(school.ids["li"], school.ids["wang"], date(2026, 3, 3), date(2026, 3, 31))
        services.save_stand_in(ctx, cmd)  # the applicant himself: he is not asked to sign his own
        cmd = SaveStandIn(school.ids["zhao"], school.ids["sun"], date(2026, 3, 3), date(2026, 3, 31))
        services.save_stand_in(ctx, cmd)
    at(clock, date(2026, 3, 4))
    run(school)
    asked = {item.user_id for item in items(school)}
    assert school.ids["wang"] not in asked
    school.sign(claim, "li")
    at(clock, date(2026, 3, 6))
    run(school)
    assert {item.user_id for item in items(school, "代签")} == {school.ids["sun"]}


def test_a_year_without_calendar_is_announced_in_the_text(school: School, clock: FixedClock) -> None:
    submitted(school, clock, date(2035, 3, 1))
    at(clock, date(2035, 3, 12))
    run(school)
    for item in items(school):
        assert "2035年的放假安排还没有登记，暂按周六、周日休息计算" in item.text, item.kind


def test_a_signer_who_left_is_named_as_missing(school: School, clock: FixedClock) -> None:
    submitted(school, clock, date(2026, 3, 2))
    with school.unit("test.leave") as ctx:
        from dangxiao_houqin.modules.organization.models import UserAccount

        ctx.session.get_one(UserAccount, school.ids["li"]).active = False
    at(clock, date(2026, 3, 9))
    run(school)
    (told,) = items(school, "签批超期")
    assert "现在没有人能签，请指定人员" in told.text


def test_stand_ins_about_to_end_are_told_to_both_and_close(school: School, clock: FixedClock) -> None:
    school.add("sun")
    at(clock, date(2026, 3, 2))
    with school.unit("test.stand_in") as ctx:
        cmd = SaveStandIn(school.ids["li"], school.ids["sun"], date(2026, 3, 2), date(2026, 3, 13))
        stand_in = services.save_stand_in(ctx, cmd)

    def look() -> int:
        with school.unit("expenses.remind_stand_ins") as ctx:
            return remind_stand_ins(ctx)

    at(clock, date(2026, 3, 9))
    assert look() == 0
    at(clock, date(2026, 3, 10))
    assert (look(), look()) == (1, 1)
    told = items(school, "授权代签即将到期")
    assert {item.user_id for item in told} == {school.ids["li"], school.ids["sun"]}
    assert "孙代签代李分管签批的授权到3月13日为止" in told[0].text.replace("2026年", "")
    at(clock, date(2026, 3, 14))
    assert look() == 0
    assert items(school, "授权代签") == []
    with school.unit("test.look", read_only=True) as ctx:
        from dangxiao_houqin.modules.expenses.models import StandIn

        assert ctx.session.get_one(StandIn, stand_in).revoked_at is None
