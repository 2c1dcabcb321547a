"""Rows in every table, some of them awkward, written straight through the models (all people are invented)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from dangxiao_houqin.app import schema
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Base, Database
from dangxiao_houqin.core.jobs import JobLease
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import Setting
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation.models import (
    BedMove,
    BedNight,
    Compensation,
    GuestRegistration,
    HeadCount,
    HeadCountAbsence,
    KeyCard,
    MoveRequest,
    RoommateRule,
    RoomNight,
    Stay,
)
from dangxiao_houqin.modules.housekeeping.models import (
    FloorReport,
    HandoverCheck,
    HousekeepingTask,
    LostProperty,
    RoomCare,
)
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import CalendarDay, Department, Role, StaffMember, UserAccount
from dangxiao_houqin.modules.places.models import Bed, Building, Floor, Room, RoomOutage, Site
from dangxiao_houqin.modules.training.models import Enrollment, HomeUnit, RosterMapping, TrainingClass

from .every_expense import fill_expenses
from .every_survey import fill_surveys

START = date(2026, 3, 2)
NIGHTS = 4
NAMES = ("王𬱖", "李㛃", "䶮小明", "阿卜杜热依木·买买提", "欧阳 娜娜", "张'三\"", "赵\\四", "钱\n五", "孙🙂六", "周%七")


def fill(db: Database, people: int = 40) -> None:
    """Put ``people`` (a multiple of 4) invented trainees into 2-bed rooms, with everything around them."""
    with unit_of_work(db, Actor.system("测试员"), "test.fill", clock=FixedClock()) as ctx:
        people_and_posts = _organization(ctx)
        class_id = _lodging(ctx, people)
        fill_expenses(ctx, **people_and_posts, class_id=class_id)
        del people_and_posts["role_id"]
        fill_surveys(ctx, **people_and_posts, class_id=class_id)
        ctx.record("test.reveal", label="查看电话")


def _organization(ctx: Ctx) -> dict[str, int]:
    department = ctx.add(Department(name="后勤科", sort_order=1))
    staff = ctx.add(
        StaffMember(name="单雄信（虚构）", search_key="shan", department_id=department.id, employment_type="在编")
    )
    role = ctx.add(Role(name="管理员", permissions=["a.b", "中文.权限"], builtin=True))
    admin = ctx.add(
        UserAccount(
            login="admin",
            display_name="管理员",
            staff_id=staff.id,
            password_hash="x$y",
            locked_until=ctx.now() + timedelta(microseconds=123456),
            last_login_at=None,
            roles=[role],
        )
    )
    other = ctx.add(UserAccount(login="luo", display_name="罗文涛（虚构）", password_hash="x$z", roles=[role]))
    ctx.add(CalendarDay(day=date(2027, 2, 6), workday=False, name="春节"))
    ctx.add(CalendarDay(day=date(2027, 2, 14), workday=True))
    ctx.add(InboxItem(key="test.late:1", kind="超期", text="请\n处理🙂", role_id=role.id, due_on=START, state="open"))
    started = ctx.now() - timedelta(microseconds=654321)
    ctx.session.add(JobLease(name="test.daily", holder="", last_started_at=started, served=["2026-03-02"]))
    ctx.add(Setting(section="test", payload={"名称": "县委党校", "数": [1, 2.5, None, True], "𬱖": "🙂"}))
    ctx.next_number("class", "2026")
    ctx.next_number("班次", "2026")
    return {"department_id": department.id, "role_id": role.id, "user_id": admin.id, "other_id": other.id}


def _lodging(ctx: Ctx, people: int) -> int:
    site = ctx.add(Site(name="本部"))
    building = ctx.add(Building(site_id=site.id, name="学员公寓", code="A"))
    floor = ctx.add(Floor(building_id=building.id, level=2, name="2层", preferred_sex="女"))
    unit = ctx.add(HomeUnit(name="县教育局", rank_order=3))
    leave = START + timedelta(NIGHTS)
    klass = ctx.add(
        TrainingClass(
            code="T-01", name="虚构培训班", kind="主体班", start=START, end=leave, arrive_on=START, leave_on=leave
        )
    )
    ctx.add(RosterMapping(fingerprint="f" * 64, mapping={"姓　名": "name"}))
    members = [
        ctx.add(
            Enrollment(
                class_id=klass.id,
                seq_no=index + 1,
                name=NAMES[index % len(NAMES)],
                sex="男" if index // 2 % 2 else "女",
                unit_id=unit.id,
                phone=f"139{index:08d}",
                arrive_on=START + timedelta(1) if index % 7 == 0 else None,
                needs=["halal"] if index % 5 == 0 else [],
                extra={"原表": {"行": index}},
            )
        )
        for index in range(people)
    ]
    earlier: Stay | None = None
    for number in range(people // 2):
        room = ctx.add(
            Room(
                building_id=building.id,
                floor_id=floor.id,
                number=f"{201 + number}甲",
                sort_key=f"{number:04d}",
                room_type="双人间",
            )
        )
        sex = members[number * 2].sex
        ctx.session.add_all(RoomNight(room_id=room.id, night=START + timedelta(n), sex=sex) for n in range(NIGHTS))
        for place, member in enumerate(members[number * 2 : number * 2 + 2]):
            bed = ctx.add(Bed(room_id=room.id, name=str(place + 1)))
            stay = ctx.add(
                Stay(
                    enrollment_id=member.id,
                    class_id=klass.id,
                    guest_name=member.name,
                    sex=sex,
                    room_id=room.id,
                    bed_id=bed.id,
                    arrive=START,
                    leave=leave,
                    pinned=bool(place),
                )
            )
            if earlier is not None and number % 3 == 0:
                earlier.moved_from_id = stay.id  # an earlier row that points at a later one
            earlier = stay
            ctx.session.flush()
            ctx.session.add_all(
                BedNight(
                    bed_id=bed.id,
                    night=START + timedelta(n),
                    room_id=room.id,
                    sex=sex,
                    stay_id=stay.id,
                    enrollment_id=member.id,
                )
                for n in range(NIGHTS)
            )
    ctx.add(RoomOutage(room_id=room.id, start=START + timedelta(30), end=None, reason="漏水"))
    ctx.add(RoommateRule(class_id=klass.id, first_id=members[0].id, second_id=members[1].id, kind="together"))
    _housekeeping(ctx, klass.id, room.id)
    _front_desk(ctx, stay, earlier or stay, floor.id)
    return klass.id


def _front_desk(ctx: Ctx, stay: Stay, other: Stay, floor_id: int) -> None:
    """What the desk writes about two stays."""
    stay.arrived_at = stay.left_at = ctx.now()
    stay.late_until, stay.late_note, stay.end_reason = START + timedelta(1), "路上堵车🙂", "单位召回"
    stay.planned_arrive, stay.planned_leave = START, START + timedelta(NIGHTS)
    ctx.add(
        BedMove(
            stay_id=stay.id,
            class_id=stay.class_id,
            guest_name="王𬱖",
            from_bed_id=stay.bed_id,
            to_bed_id=other.bed_id,
            on_day=START,
            reason="打鼾",
            handler="单雄信（虚构）",
            undone=True,
        )
    )
    ctx.add(KeyCard(stay_id=stay.id, number="A-甲01", copies=2, state="lost", issued_at=ctx.now(), closed_at=ctx.now()))
    ctx.add(KeyCard(stay_id=other.id, issued_at=ctx.now()))
    ctx.add(
        Compensation(
            stay_id=stay.id,
            room_id=stay.room_id,
            kind="card",
            item="房卡",
            amount=2000,
            on_day=START,
            settled=True,
            receipt_no="№0001",
        )
    )
    ctx.add(MoveRequest(stay_id=stay.id, asked_on=START, reason="打鼾", wish="三楼", with_stay_id=other.id))
    count = ctx.add(
        HeadCount(floor_id=floor_id, night=START, expected=2, present=1, counted_at=ctx.now(), counter="宿管")
    )
    ctx.add(HeadCountAbsence(head_count_id=count.id, stay_id=stay.id, kind="leave", note="请假"))
    ctx.add(
        GuestRegistration(
            stay_id=other.id, unit_name="省委党校", phone="13900000001", id_kind="身份证", id_number="X", price=12000
        )
    )


def _housekeeping(ctx: Ctx, class_id: int, room_id: int) -> None:
    ctx.add(RoomCare(room_id=room_id, condition="clean", cleaned_at=ctx.now(), cleaned_by="钱㛃", linen_on=START))
    ctx.add(HousekeepingTask(room_id=room_id, kind="checkout", due_on=START, linen=True, note="请勿打扰'\n"))
    items = [{"item": "门锁与房卡", "ok": False, "note": "卡读不出"}, {"item": "照明灯具", "ok": True, "note": ""}]
    ctx.add(
        HandoverCheck(
            class_id=class_id, room_id=room_id, checked_on=START, checker="褚喆", passed=False, items=items, note="𬱖"
        )
    )
    ctx.add(FloorReport(room_id=room_id, on_day=START, people=2, reporter="田秀英", resolution=""))
    ctx.add(
        LostProperty(
            tag="YW-2026-001",
            room_id=room_id,
            item="保温杯🙂",
            found_on=START,
            owner_phone="13900000001",
            keep_until=START + timedelta(90),
        )
    )
    ctx.next_number("lost_property", "2026")


def fill_older(db: Database, revision: str, scratch: Path) -> None:
    """Bring the empty ``db`` to an older schema and put the rows of :func:`fill` into what it has of tables.

    The models of today cannot write into it, so today's database is made beside it (``scratch``) and its rows copied.
    """
    today = Database(scratch)
    schema.upgrade(today)
    fill(today)
    schema.upgrade(db, revision)
    with today.engine.connect() as source, schema.migrating(db) as target:
        if not db.is_sqlite:
            target.execute(sa.text("SET LOCAL session_replication_role = replica"))  # rows point at later ones
        for table in Base.metadata.sorted_tables:
            if not sa.inspect(target).has_table(table.name):
                continue
            old = {column["name"] for column in sa.inspect(target).get_columns(table.name)}
            columns = [column for column in table.columns if column.name in old]
            rows = [row._asdict() for row in source.execute(sa.select(*columns))]
            if rows:
                bare = sa.table(table.name, *(sa.column(c.name, c.type) for c in columns))  # without today's defaults
                target.execute(sa.insert(bare), rows)
    today.close()
