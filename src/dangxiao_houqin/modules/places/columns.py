"""Columns of the lists of places: one source for screen, xlsx and paper."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import RoomRow

ROOM_COLUMNS: tuple[Column[RoomRow], ...] = (
    Column("building", "楼栋", lambda r: r.building_name, width=84, paper_mm=24),
    Column("floor", "楼层", lambda r: r.floor_name, width=64, paper_mm=16),
    Column("number", "房号", lambda r: r.number, width=70, paper_mm=18),
    Column("room_type", "房型", lambda r: r.room_type, width=108, paper_mm=24),
    Column("beds", "床位", lambda r: r.beds, kind="int", width=56, paper_mm=12),
    Column("state", "状态", lambda r: r.state, kind="pill", width=104, paper_mm=22, sortable=False),
    Column("features", "特点", lambda r: r.features, width=172, paper_mm=36, sortable=False),
    Column("note", "停用原因和备注", lambda r: r.remark, width=144),
    Column("bed_names", "床号", lambda r: r.bed_names, width=100, paper_mm=20, hidden=True, sortable=False),
)
