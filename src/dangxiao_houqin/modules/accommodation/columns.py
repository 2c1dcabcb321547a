"""Columns of the accommodation lists."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import (
    BedMoveRow,
    CardRow,
    CompensationRow,
    FloorPerson,
    FreeBedRow,
    GuestRow,
    HeadCountRow,
    RequestRow,
    StayRow,
    UnassignedRow,
)

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

CARD_COLUMNS: tuple[Column[CardRow], ...] = (
    Column("name", "姓名", lambda r: r.name, width=110, paper_mm=22),
    Column("sex", "性别", lambda r: r.sex, width=56, hidden=True, align="center"),
    Column("unit_name", "单位", lambda r: r.unit_name, width=150, paper_mm=44),
    Column("class_name", "班次", lambda r: r.class_name, width=168, paper_mm=50),
    Column("place", "房间床位", lambda r: r.place, width=124, paper_mm=30),
    Column("number", "卡号", lambda r: r.number, width=84, paper_mm=18),
    Column("copies", "张数", lambda r: r.copies, "int", width=56, paper_mm=12),
    Column("issued_at", "领取时间", lambda r: r.issued_at, "datetime", width=138, paper_mm=32),
    Column("closed_at", "归还时间", lambda r: r.closed_at, "datetime", width=138, paper_mm=32),
    Column("left_at", "退房时间", lambda r: r.left_at, "datetime", width=140, hidden=True, sortable=False),
    Column("note", "备注", lambda r: r.note, width=140, hidden=True, sortable=False),
    Column("state", "状态", lambda r: r.pill, "pill", width=80, paper_mm=16),
)

COMPENSATION_COLUMNS: tuple[Column[CompensationRow], ...] = (
    Column("on_day", "日期", lambda r: r.on_day, "date", width=104, paper_mm=22),
    Column("name", "姓名", lambda r: r.name, width=96, paper_mm=22),
    Column("class_name", "班次", lambda r: r.class_name, width=200, paper_mm=50),
    Column("place", "房间", lambda r: r.place, width=110, paper_mm=26),
    Column("kind", "类别", lambda r: r.kind.label, width=90, paper_mm=20),
    Column("item", "物品", lambda r: r.item, width=140, paper_mm=34),
    Column("amount", "金额", lambda r: r.amount, "money", width=96, paper_mm=22),
    Column("receipt_no", "收据号", lambda r: r.receipt_no, width=110, paper_mm=24),
    Column("note", "备注", lambda r: r.note, width=150, hidden=True, sortable=False),
    Column("settled", "状态", lambda r: r.pill, "pill", width=84, paper_mm=16),
)

REQUEST_COLUMNS: tuple[Column[RequestRow], ...] = (
    Column("asked_on", "申请日期", lambda r: r.asked_on, "date", width=104, paper_mm=22),
    Column("name", "姓名", lambda r: r.name, width=110, paper_mm=22),
    Column("sex", "性别", lambda r: r.sex, width=56, paper_mm=10, align="center"),
    Column("class_name", "班次", lambda r: r.class_name, width=190, hidden=True),
    Column("place", "现住", lambda r: r.place, width=124, paper_mm=30),
    Column("reason", "原因", lambda r: r.reason, width=120, paper_mm=30),
    Column("wish", "想调到", lambda r: r.wish, width=130, paper_mm=34),
    Column("with_name", "愿与谁对调", lambda r: f"{r.with_name} {r.with_place}".strip(), width=160, paper_mm=34),
    Column("answer", "处理意见", lambda r: r.answer, width=120, paper_mm=34),
    Column("state", "状态", lambda r: r.state.pill, "pill", width=84, paper_mm=16),
)

GUEST_COLUMNS: tuple[Column[GuestRow], ...] = (
    Column("name", "姓名", lambda r: r.name, width=96, paper_mm=22),
    Column("sex", "性别", lambda r: r.sex, width=52, paper_mm=10, align="center"),
    Column("kind", "类别", lambda r: r.kind.label, width=84, paper_mm=20),
    Column("unit_name", "单位", lambda r: r.unit_name, width=126, paper_mm=40),
    Column("phone", "联系电话", lambda r: r.phone, "phone", width=116, paper_mm=26, sortable=False),
    Column("id_kind", "证件", lambda r: r.id_kind, width=90, hidden=True, sortable=False),
    Column("id_number", "证件号码", lambda r: r.id_number, "id_number", width=170, hidden=True, sortable=False),
    Column("plate", "车牌号", lambda r: r.plate, width=96, hidden=True),
    Column("host", "接待人", lambda r: r.host, width=84, paper_mm=20),
    Column("purpose", "事由", lambda r: r.purpose, width=88, paper_mm=30),
    Column("place", "房间床位", lambda r: r.place, width=124, paper_mm=30),
    Column("arrive", "入住日期", lambda r: r.arrive, "date", width=100, paper_mm=22),
    Column("leave", "离开日期", lambda r: r.leave, "date", width=100, paper_mm=22),
    Column("nights", "晚数", lambda r: r.nights, "int", width=60, paper_mm=12, hidden=True, sortable=False),
    Column("price", "每晚价格", lambda r: r.price, "money", width=90, hidden=True),
    Column("amount", "合计", lambda r: r.amount, "money", width=90, hidden=True, sortable=False),
    Column("state", "状态", lambda r: r.state.pill, "pill", width=84, paper_mm=16),
)

BED_MOVE_COLUMNS: tuple[Column[BedMoveRow], ...] = (
    Column("on_day", "调房日期", lambda r: r.on_day, "date", width=104, paper_mm=24),
    Column("name", "姓名", lambda r: r.name, width=96, paper_mm=22),
    Column("sex", "性别", lambda r: r.sex, width=56, paper_mm=10, align="center"),
    Column("unit_name", "单位", lambda r: r.unit_name, width=170, paper_mm=40),
    Column("class_name", "班次", lambda r: r.class_name, width=200, hidden=True),
    Column("from_place", "原房间床位", lambda r: r.from_place, width=130, paper_mm=30),
    Column("to_place", "调入房间床位", lambda r: r.to_place, width=130, paper_mm=30),
    Column("reason", "原因", lambda r: r.reason, width=150, paper_mm=40),
    Column("handler", "经办人", lambda r: r.handler, width=90, paper_mm=20),
    Column("undone", "撤销", lambda r: "已撤销" if r.undone else "", width=76, paper_mm=16, sortable=False),
)

HEAD_COUNT_COLUMNS: tuple[Column[HeadCountRow], ...] = (
    Column("building_name", "楼栋", lambda r: r.building_name, width=90, paper_mm=24),
    Column("floor_name", "楼层", lambda r: r.floor_name, width=76, paper_mm=18),
    Column("expected", "应在", lambda r: r.expected, "int", width=64, paper_mm=14),
    Column("present", "实在", lambda r: r.present, "int", width=64, paper_mm=14),
    Column("on_leave", "请假", lambda r: r.on_leave if r.counted_at else None, "int", width=64, paper_mm=14),
    Column("absent", "未归", lambda r: r.absent if r.counted_at else None, "int", width=64, paper_mm=14),
    Column("counted_at", "查寝时间", lambda r: r.counted_at, "datetime", width=140, paper_mm=32),
    Column("counter", "查寝人", lambda r: r.counter, width=90, paper_mm=22),
    Column("note", "备注", lambda r: r.note, width=180, paper_mm=40),
    Column("state", "状态", lambda r: r.pill, "pill", width=84, paper_mm=16, sortable=False),
)

FLOOR_PERSON_COLUMNS: tuple[Column[FloorPerson], ...] = (
    Column("room_number", "房号", lambda r: r.room_number, width=70, paper_mm=16, align="center"),
    Column("bed_name", "床位", lambda r: r.bed_name, width=60, paper_mm=14, align="center"),
    Column("name", "姓名", lambda r: r.name, width=96, paper_mm=24),
    Column("sex", "性别", lambda r: r.sex, width=56, paper_mm=10, align="center"),
    Column("class_name", "班次", lambda r: r.class_name, width=190, paper_mm=50),
    Column("unit_name", "单位", lambda r: r.unit_name, width=160, paper_mm=40),
    Column("state", "状态", lambda r: r.state.pill, "pill", width=90, paper_mm=16),
    Column("absent", "查寝", lambda r: r.absent_label, width=76, paper_mm=16),
    Column("note", "备注", lambda r: r.note, width=150, paper_mm=30),
)
