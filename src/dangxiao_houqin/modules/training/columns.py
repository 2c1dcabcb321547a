"""Columns of the training lists: table, xlsx and paper alike."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import ClassRow, EnrollmentRow, UnitRow

CLASS_COLUMNS: tuple[Column[ClassRow], ...] = (
    Column("code", "编号", lambda r: r.code, width=104, paper_mm=26),
    Column("name", "班次名称", lambda r: r.name, width=284, paper_mm=70),
    Column("kind", "类别", lambda r: r.kind, width=126, paper_mm=24),
    Column("start", "开班", lambda r: r.start, "date", width=104, paper_mm=22),
    Column("end", "结业", lambda r: r.end, "date", width=104, paper_mm=22),
    Column("days", "天数", lambda r: r.days, "number", width=56, paper_mm=12, sortable=False),
    Column("enrolled", "人数", lambda r: r.enrolled, "int", width=58, paper_mm=14),
    Column("lodgers", "住宿", lambda r: r.lodgers, "int", width=58, paper_mm=14),
    Column("class_teacher", "班主任", lambda r: r.class_teacher, width=80, paper_mm=20),
    Column("organizer_unit", "主办单位", lambda r: r.organizer_unit, width=150, hidden=True),
    Column("arrive_on", "报到日期", lambda r: r.arrive_on, "date", width=104, hidden=True),
    Column("leave_on", "离校日期", lambda r: r.leave_on, "date", width=104, hidden=True),
    Column("note", "备注", lambda r: r.note, width=180, hidden=True, sortable=False),
    Column("status", "状态", lambda r: r.pill, "pill", width=84, paper_mm=18),
)

ENROLLMENT_COLUMNS: tuple[Column[EnrollmentRow], ...] = (
    Column("seq_no", "序号", lambda r: r.seq_no, "int", width=56, paper_mm=10, align="center"),
    Column("group_name", "组别", lambda r: r.group_name, width=76, paper_mm=14, hidden=True),
    Column("name", "姓名", lambda r: r.name, width=110, paper_mm=24),
    Column("sex", "性别", lambda r: r.sex, width=52, paper_mm=10, align="center"),
    Column("ethnicity", "民族", lambda r: r.ethnicity, width=70, paper_mm=14, hidden=True),
    Column("birth", "出生年月", lambda r: r.birth, width=90, paper_mm=20, align="center", hidden=True),
    Column("political_status", "政治面貌", lambda r: r.political_status, width=90, paper_mm=20, hidden=True),
    Column("education", "学历", lambda r: r.education, width=80, hidden=True),
    Column("unit_name", "单位", lambda r: r.unit_name, width=180, paper_mm=46),
    Column("position", "职务", lambda r: r.position, width=130, paper_mm=30),
    Column("rank", "职级", lambda r: r.rank, width=90, hidden=True),
    Column("class_name", "班次", lambda r: r.class_name, width=210, hidden=True),
    Column("phone", "联系电话", lambda r: r.phone, "phone", width=124, paper_mm=28, sortable=False),
    Column("id_number", "身份证号", lambda r: r.id_number, "id_number", width=170, hidden=True, sortable=False),
    Column("plate", "车牌号", lambda r: r.plate, width=96, hidden=True),
    Column("lodging", "住宿", lambda r: r.lodging, "bool", width=56, paper_mm=10),
    Column("arrive_on", "入住", lambda r: r.arrive_on, "date", width=104, hidden=True),
    Column("leave_on", "离开", lambda r: r.leave_on, "date", width=104, hidden=True),
    Column("needs", "需求", lambda r: r.needs_text, width=120, paper_mm=22, sortable=False),
    Column("note", "备注", lambda r: r.note, width=160, paper_mm=26, sortable=False),
)

UNIT_COLUMNS: tuple[Column[UnitRow], ...] = (
    Column("rank_order", "排序", lambda r: r.rank_order, "int", width=70, paper_mm=14, align="center"),
    Column("name", "单位名称", lambda r: r.name, width=320, paper_mm=90),
    Column("people", "累计参训", lambda r: r.people, "int", width=90, paper_mm=20),
)
