"""The demo school: complete, alive on any day, loaded through the services, and harmless to load twice."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.app.demo_data import _class_form, load_demo, sample_rosters
from dangxiao_houqin.app.demo_people import DEMO_LOGIN
from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.documents.sheets import read_book
from dangxiao_houqin.modules.accommodation import queries as accommodation_queries
from dangxiao_houqin.modules.accommodation.domain import StayState
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.models import SignatureRecord
from dangxiao_houqin.modules.expenses.queries.approval import count_waiting, list_waiting
from dangxiao_houqin.modules.expenses.queries.claims import list_claims
from dangxiao_houqin.modules.expenses.queries.income import read_ageing
from dangxiao_houqin.modules.expenses.queries.purchases import list_requests
from dangxiao_houqin.modules.expenses.verification import verify_all
from dangxiao_houqin.modules.organization import queries as organization_queries
from dangxiao_houqin.modules.organization.api import current_actor, find_login
from dangxiao_houqin.modules.places import queries as place_queries
from dangxiao_houqin.modules.places.domain import SaveBuilding
from dangxiao_houqin.modules.places.services import save_building
from dangxiao_houqin.modules.training import queries as training_queries
from dangxiao_houqin.modules.training.domain import ClassStatus
from dangxiao_houqin.modules.training.roster import RosterOptions, build_preview
from tests.conftest import OpenUnit

EVERYTHING = ListQuery().everything()
PEOPLE = {
    "科级干部进修班": (33, 12, 0),
    "中青年干部培训班": (24, 14, 0),
    "村（社区）党组织书记轮训班": (98, 22, 0),
    "乡村振兴专题研讨班": (27, 15, 0),
    "新录用公务员初任培训班": (30, 34, 0),
    "卫生健康系统后备干部班": (19, 31, 14),
    "全县干部集中轮训": (185, 115, 120),
}
"""Men, women, commuters by class (domain/5-demo-data, E.2)."""


def test_the_demo_school_is_there(db: Database, clock: FixedClock, unit: OpenUnit) -> None:
    load_demo(db, clock)
    with unit(read_only=True) as ctx:
        assert organization_queries.get_school(ctx).full_name == "中共岚溪县委党校"
        assert len({row.post for row in organization_queries.list_staff(ctx, EVERYTHING).rows} - {"班主任"}) == 14
        stock = place_queries.count_beds(ctx)
        assert (stock.beds, stock.assignable, stock.out_of_service) == (204, 204, 4)
        assert [(b.name, b.beds) for b in place_queries.list_buildings(ctx)] == [("明德楼", 112), ("致远楼", 92)]
        locked = place_queries.list_rooms(ctx, ListQuery(filters={"out_of_service": True})).rows
        assert [(room.number, room.outage) for room in locked] == [("213", "卫生间漏水"), ("305", "空调待修")]
        units = [unit.name for unit in training_queries.list_units(ctx, EVERYTHING).rows]
        assert (units[0], units[19]) == ("县委办公室", "云雾乡")  # the office's order, then what the rosters brought
        classes = training_queries.list_classes(ctx, EVERYTHING).rows
        assert len(classes) == 12
        assert sum(row.status is ClassStatus.FINISHED for row in classes) == 4
        (running,) = (row for row in classes if row.status is ClassStatus.RUNNING)
        assert running.start <= ctx.today() < running.leave_on
        assert (running.enrolled, running.days) == (38, 60)
        stays = accommodation_queries.list_class_stays(ctx, running.id)
        assert len({stay.enrollment_id for stay in stays}) == 38
        assert [s.state for s in stays].count(StayState.IN_HOUSE) == 38  # one is still to come, one moved: two legs
        assert all(
            stay.state is StayState.LEFT
            for row in classes
            if row.status is ClassStatus.FINISHED
            for stay in accommodation_queries.list_class_stays(ctx, row.id)
        )
        assert {"吴𣲗", "孙𫖯", "阿依古丽·买买提", "阿依古丽买买提"} <= {stay.name for stay in stays}
    _a_year_was_spent(clock, unit)


def _a_year_was_spent(clock: FixedClock, unit: OpenUnit) -> None:
    """Claims in every state, signed by their people with keys that verify, nothing later than now."""
    with unit(read_only=True) as ctx:
        claims = list_claims(ctx, EVERYTHING).rows
        assert 40 <= len(claims) <= 50
        states = {state: sum(row.state is state for row in claims) for state in DocumentState}
        assert states[DocumentState.PAID] > 20
        assert all(states.values()), states
        assert all("虚构" in row.payee for row in claims if row.payee not in ("", "周启明"))
        assert max(row.filled_on for row in claims) <= ctx.today()
        numbers = sorted(row.number for row in claims if row.number.startswith(f"BX-{ctx.today().year}"))
        assert numbers == [f"BX-{ctx.today().year}-{n:05d}" for n in range(1, len(numbers) + 1)]
        found = verify_all(ctx)
        assert found.flaws == ()
        moments = list(ctx.session.scalars(select(SignatureRecord.at).order_by(SignatureRecord.seq)))
        assert len(moments) > 100
        assert moments == sorted(moments)
        assert moments[-1] <= clock.now()
        requests = {row.title: row.state for row in list_requests(ctx, EVERYTHING).rows}
        assert sorted(requests.values()) == [DocumentState.APPROVED, DocumentState.SUBMITTED]
        held = read_ageing(ctx).total
        assert (held.total.entries, held.late.entries) == (2, 1)
        demo = current_actor(ctx, find_login(ctx, DEMO_LOGIN) or 0)
        deputy = current_actor(ctx, find_login(ctx, "zhouqm") or 0)
    with unit(actor=demo, read_only=True) as ctx:
        assert count_waiting(ctx) >= 5  # whoever tries the program has something to sign
    with unit(actor=deputy, read_only=True) as ctx:
        assert {row.on_behalf_of for row in list_waiting(ctx, EVERYTHING).rows} == {"罗文涛"}


def test_loading_again_even_days_later_changes_nothing(db: Database, clock: FixedClock, unit: OpenUnit) -> None:
    load_demo(db, clock)
    with unit(read_only=True) as ctx:
        before = ctx.session.scalar(select(func.count(AuditEntry.id)))
    clock.advance(timedelta(days=9))
    load_demo(db, clock)
    with unit(read_only=True) as ctx:
        assert ctx.session.scalar(select(func.count(AuditEntry.id))) == before


@pytest.mark.sqlite_only
def test_an_interrupted_load_goes_on_also_soon_after_midnight(db: Database, clock: FixedClock, unit: OpenUnit) -> None:
    """What the sample plans for this morning must not be dated ahead then."""
    clock.advance(timedelta(hours=-7, minutes=-40))

    class PulledPlugError(Exception):
        pass

    def pull(fraction: float, _text: str) -> None:
        if fraction > 0.5:
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        load_demo(db, clock, pull)
    load_demo(db, clock)
    with unit(read_only=True) as ctx:
        assert place_queries.count_beds(ctx).beds == 204
        assert len(training_queries.list_classes(ctx, EVERYTHING).rows) == 12


@pytest.mark.sqlite_only
def test_a_real_school_is_left_alone(db: Database, clock: FixedClock, unit: OpenUnit) -> None:
    with unit() as ctx:
        save_building(ctx, SaveBuilding("和园"))
    with pytest.raises(RuleViolation, match="只能载入空的数据库"):
        load_demo(db, clock)
    with unit(read_only=True) as ctx:
        assert organization_queries.get_school(ctx).full_name != "中共岚溪县委党校"
        assert len(place_queries.list_buildings(ctx)) == 1


@pytest.mark.parametrize("weekday", range(7))
def test_on_every_weekday_one_class_is_in_session_and_one_arrives(weekday: int) -> None:
    today = datetime(2026, 3, 2 + weekday, tzinfo=CHINA).date()
    classes = json.loads(resource("sample/school.json").read_text(encoding="utf-8"))["classes"]
    forms = [_class_form(today, item) for item in classes]
    arriving, running, crowd = forms[0], forms[1], forms[2]
    assert running.start < today < running.end
    assert arriving.arrive_on is not None
    assert timedelta(0) <= arriving.arrive_on - today <= timedelta(days=2)
    assert arriving.start.weekday() < 5
    assert arriving.end.weekday() == 4
    assert running.start < crowd.start < crowd.end < running.end  # the overlap of E.2
    assert arriving.end < crowd.start
    assert len({form.code for form in forms}) == len(forms)
    past = [form for form, item in zip(forms, classes, strict=True) if item.get("past")]
    assert past
    assert all(form.end < running.start for form in past)


@pytest.mark.parametrize("path", sample_rosters(), ids=lambda path: path.stem)
def test_sample_roster_has_its_people_and_no_fault(path: Path) -> None:
    preview = build_preview(read_book(path), RosterOptions(today=date(2026, 3, 2)))
    men, women, commuters = next(numbers for name, numbers in PEOPLE.items() if path.stem.startswith(name))
    assert preview.errors == ()
    assert [person.sex for person in preview.people].count("男") == men
    assert [person.sex for person in preview.people].count("女") == women
    assert [person.lodging for person in preview.people].count(False) == commuters
    assert all(person.phone.startswith("1390000") for person in preview.people)
    assert not any(person.id_number for person in preview.people)


def test_the_class_of_45_tries_the_printer() -> None:
    (path,) = (path for path in sample_rosters() if "45人" in path.name)
    names = [person.name for person in build_preview(read_book(path), RosterOptions(today=date(2026, 3, 2))).people]
    assert {"郑𬱖", "钱㛃", "赵䶮", "孙𫖯", "阿依古丽·买买提", "努尔买买提江"} <= set(names)
    assert names.count("李婷") == 2
