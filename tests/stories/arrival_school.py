"""A school on the morning a large class arrives: rooms, invented people with namesakes and rare names, beds for all."""

from __future__ import annotations

from datetime import date, timedelta

from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import Clock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation import planning
from dangxiao_houqin.modules.accommodation import services as accommodation
from dangxiao_houqin.modules.organization.api import FirstRun, first_run
from dangxiao_houqin.modules.places.domain import BulkRooms, SaveBuilding
from dangxiao_houqin.modules.places.services import create_rooms, save_building
from dangxiao_houqin.modules.training.domain import SaveClass, SaveEnrollment
from dangxiao_houqin.modules.training.services import save_class, save_enrollment

PASSWORD = "Lanxi2026"
CLASS_NAME = "全区干部轮训班"
NIGHTS = 5

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁单仇"
_GIVEN = (
    "伟、建国、海燕、志强、晓明、文娟、国庆、丽华、永胜、秀英、俊杰、春梅、卫东、雪松、玉兰、立新、"
    "红霞、少华、金凤、一鸣、思远、佳慧、振宇、明月"
)
_RARE = ("阿卜杜热合曼·买买提明", "欧阳𬱖喆", "曾䶮", "龙㛃", "司马懿轩", "巴特尔·那日松", "尉迟婉", "单于飞")
_UNITS = "县财政局、县教育局、城关镇、县公安局、石桥乡、县卫生健康局、县税务局、柳河街道办事处、县委办公室、县审计局"


def names(count: int) -> list[tuple[str, str]]:
    """(name, sex) of ``count`` invented people; every fifteenth is a namesake of another one, some names are rare."""
    found: list[tuple[str, str]] = []
    given = _GIVEN.split("、")
    for number in range(count):
        if number < len(_RARE):
            name = _RARE[number]
        elif number % 15 == 0:
            found.append(found[-7])
            continue
        else:
            name = _SURNAMES[number * 7 % len(_SURNAMES)] + given[(number * 5 + number // 24) % len(given)]
        found.append((name, "女" if number % 3 == 1 else "男"))
    return found


def people(class_id: int, count: int) -> list[SaveEnrollment]:
    """The class's roster; phones are invented and all different."""
    units = _UNITS.split("、")
    return [
        SaveEnrollment(
            class_id=class_id,
            name=name,
            sex=sex,
            unit_name=units[(number * 3 + number // 10) % len(units)],
            position="副科级干部" if number % 4 else "科长",
            phone=f"139{number * 7919 % 10_000:04d}{(number * 331 + 17) % 10_000:04d}",
            id_number="",
        )
        for number, (name, sex) in enumerate(names(count))
    ]


def make_school(db: Database, clock: Clock, count: int, *, login: bool = True) -> int:
    """Fill an empty migrated database: ``count`` people who arrive today, each with a bed; returns the class's id.

    With ``login`` there is the administrator 周启明 (``admin`` / ``PASSWORD``).
    """
    actor = Actor.system("测试")

    def unit(action: str) -> object:
        return unit_of_work(db, actor, action, clock=clock, handlers=REACTIONS)

    if login:
        with unit("organization.first_run") as ctx:  # type: ignore[attr-defined]
            first_run(ctx, FirstRun("中共岚溪县委党校", "岚溪党校", "admin", "周启明", PASSWORD), BUILTIN_ROLES)
    with unit("places.create_rooms") as ctx:  # type: ignore[attr-defined]
        building = save_building(ctx, SaveBuilding("明德楼"))
        floors = max(2, -(-count // 50))
        create_rooms(ctx, BulkRooms(building, tuple(range(1, floors + 1)), 28, "101", "双人间", 2))
    today: date = clock.today()
    with unit("training.save_enrollment") as ctx:  # type: ignore[attr-defined]
        school = save_class(
            ctx, SaveClass(CLASS_NAME, "轮训班", today, today + timedelta(days=NIGHTS), expected_count=count)
        )
        for person in people(school.id, count):
            save_enrollment(ctx, person)
    with unit("accommodation.confirm_plan") as ctx:  # type: ignore[attr-defined]
        task = planning.prepare(ctx, school.id)
        accommodation.confirm_plan(ctx, planning.as_command(task, planning.quick_plan(task)))
    return school.id
