"""A small school for tests: rooms, a class and its people, made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places.models import Bed, Building, Floor, Room, Site
from dangxiao_houqin.modules.training.domain import ClassRow, EnrollmentRow, SaveClass, SaveEnrollment
from dangxiao_houqin.modules.training.services import save_class, save_enrollment

START, END = date(2026, 3, 2), date(2026, 3, 6)


def make_rooms(ctx: Ctx, *, floors: int = 2, rooms: int = 3, beds: int = 2, name: str = "明德楼") -> list[int]:
    """A building of ``floors`` x ``rooms`` rooms; returns the bed ids in natural order."""
    site = ctx.session.query(Site).first() or ctx.add(Site(name="本部"))
    building = ctx.add(Building(site_id=site.id, name=name))
    ids: list[int] = []
    for level in range(1, floors + 1):
        floor = ctx.add(Floor(building_id=building.id, level=level, name=f"{level}层"))
        for number in range(1, rooms + 1):
            text = f"{level}{number:02d}"
            room = ctx.add(
                Room(
                    building_id=building.id,
                    floor_id=floor.id,
                    number=text,
                    sort_key=text,
                    room_type="双人间" if beds == 2 else "三人间",
                    low_floor=level == 1,
                )
            )
            ids += [ctx.add(Bed(room_id=room.id, name=str(n))).id for n in range(1, beds + 1)]
    return ids


def make_class(ctx: Ctx, name: str = "科级干部进修班", start: date = START, end: date = END) -> ClassRow:
    """A lodging class with nights ``[start, end)``."""
    return save_class(ctx, SaveClass(name=name, kind="主体班", start=start, end=end))


def make_people(
    ctx: Ctx, class_id: int, sexes: str, *, units: Sequence[str] = ("县财政局",), needs: Sequence[str] = ()
) -> list[EnrollmentRow]:
    """One invented person per letter of ``sexes`` ("男女男")."""
    return [
        save_enrollment(
            ctx,
            SaveEnrollment(
                class_id=class_id,
                name=f"学员{number}",
                sex=sex,
                unit_name=units[number % len(units)],
                phone=f"1390000{number:04d}",
                needs=tuple(needs),
            ),
        )
        for number, sex in enumerate(sexes, start=1)
    ]
