"""Columns of the accommodation lists."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import FreeBedRow, StayRow, UnassignedRow

STAY_COLUMNS: tuple[Column[StayRow], ...] = (
    Column("name", "姓名", lambda r: r.name, width=96, paper_mm=24),
    Column("sex", "性别", lambda r: r.sex, width=56, paper_mm=10, align="center"),
    Column("unit_name", "单位", lambda r: r.unit_name, width=160, paper_mm=44),
    Column("position", "职务", lambda r: r.position, width=130, hidden=True),
    Column("group_name", "组别", lambda r: r.group_name, width=80, hidden=True),
    Column("class_name", "班次", lambda r: r.class_name, width=190, paper_mm=52),
    Column("building_name", "楼栋", lambda r: r.building_name, width=76, paper_mm=20),
    Column("room_number", "房号", lambda r: r.room_number, width=64, paper_mm=16, align="center"),
    Column("bed_name", "床位", lambda r: r.bed_name, width=60, paper_mm=14, align="center"),
    Column("room_type", "房型", lambda r: r.room_type, width=100, hidden=True),
    Column("arrive", "入住日期", lambda r: r.arrive, "date", width=102, paper_mm=22),
    Column("leave", "离开日期", lambda r: r.leave, "date", width=102, paper_mm=22),
    Column("nights", "晚数", lambda r: r.nights, "int", width=64, paper_mm=12, hidden=True, sortable=False),
    Column("note", "备注", lambda r: r.note, width=150, hidden=True, sortable=False),
    Column("pinned", "锁定", lambda r: "锁定" if r.pinned else "", width=64, hidden=True),
    Column("state", "状态", lambda r: r.state.pill, "pill", width=90, paper_mm=16),
)

UNASSIGNED_COLUMNS: tuple[Column[UnassignedRow], ...] = (
    Column("name", "姓名", lambda r: r.name, width=110, paper_mm=24),
    Column("sex", "性别", lambda r: r.sex, width=56, paper_mm=10, align="center"),
    Column("unit_name", "单位", lambda r: r.unit_name, width=200, paper_mm=50),
    Column("class_name", "班次", lambda r: r.class_name, width=240, paper_mm=60),
    Column("needs", "需求", lambda r: "、".join(r.needs), width=140, paper_mm=30, sortable=False),
    Column("arrive", "入住日期", lambda r: r.arrive, "date", width=108, paper_mm=22),
    Column("leave", "离开日期", lambda r: r.leave, "date", width=108, paper_mm=22),
)

FREE_BED_COLUMNS: tuple[Column[FreeBedRow], ...] = (
    Column("building_name", "楼栋", lambda r: r.building_name, width=120, paper_mm=30),
    Column("floor_name", "楼层", lambda r: r.floor_name, width=80, paper_mm=18),
    Column("room_number", "房号", lambda r: r.room_number, width=90, paper_mm=18, align="center"),
    Column("bed_name", "床位", lambda r: r.bed_name, width=90, paper_mm=20, align="center"),
    Column("room_type", "房型", lambda r: r.room_type, width=120, paper_mm=28),
    Column("until", "空到", lambda r: r.until or "没有安排", width=110, paper_mm=24, align="center", sortable=False),
    Column("nights", "连续空几晚", lambda r: r.nights, "int", width=100, paper_mm=20, sortable=False),
    Column("state", "可住", lambda r: r.pill, "pill", width=110, paper_mm=22, sortable=False),
)
