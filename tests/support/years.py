"""Years of full weeks, straight through the tables (all people are invented)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.models import BedNight, RoomNight, Stay
from dangxiao_houqin.modules.places.models import Bed
from dangxiao_houqin.modules.training.models import Enrollment, TrainingClass

from .school import make_rooms

MONDAY = date(2026, 3, 2)
NIGHTS, PER_CLASS = 5, 40
DAY = timedelta(days=1)


def fill_years(db: Database, years: int, *, rooms: int = 10, used: int = 80) -> int:
    """Four floors of ``rooms`` rooms of two; ``used`` of the beds are full from Monday to Friday of every week.

    The last week is that of 2026-03-02.  Returns the number of bed-nights.
    """
    with unit_of_work(db, Actor.system("测试员"), "test.fill", clock=FixedClock()) as ctx:
        beds = [(bed, ctx.get(Bed, bed).room_id) for bed in make_rooms(ctx, floors=4, rooms=rooms)]
        common: Mapping[str, Any] = {"version": 1, "created_at": ctx.now(), "updated_at": ctx.now()}
        rows: dict[Any, list[dict[str, Any]]] = {m: [] for m in (TrainingClass, Enrollment, Stay, RoomNight, BedNight)}
        person = class_id = 0
        for week in range(years * 52):
            start = MONDAY - week * 7 * DAY
            leave = start + NIGHTS * DAY
            days = {"start": start, "end": leave - DAY, "arrive_on": start, "leave_on": leave}
            for place, (bed, room) in enumerate(beds[:used]):
                if place % PER_CLASS == 0:
                    class_id += 1
                    school = {"id": class_id, "code": f"K{class_id}", "name": f"第{class_id}期", "kind": "主体班"}
                    rows[TrainingClass].append({**school, **days, **common})
                person += 1
                sex = "男" if place // 2 % 2 else "女"
                who = {"id": person, "class_id": class_id, "sex": sex, **common}
                texts = {"name": f"学员{person}", "sort_key": "x", "search_key": "x", "needs": [], "extra": {}}
                rows[Enrollment].append({**who, **texts, "seq_no": place + 1, "status": "enrolled", "lodging": True})
                held = {"room_id": room, "bed_id": bed, "arrive": start, "leave": leave}
                state = "left" if week else "assigned"
                rows[Stay].append(
                    {**who, **held, "enrollment_id": person, "guest_name": f"学员{person}", "state": state}
                )
                for offset in range(NIGHTS):
                    night = {"room_id": room, "night": start + offset * DAY, "sex": sex}
                    if place % 2 == 0:
                        rows[RoomNight].append(night)
                    rows[BedNight].append({**night, "bed_id": bed, "stay_id": person, "enrollment_id": person})
        for model, values in rows.items():
            for begin in range(0, len(values), 20_000):
                ctx.session.execute(insert(model), values[begin : begin + 20_000])
        return len(rows[BedNight])
