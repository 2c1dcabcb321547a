"""Columns of the lists of housekeeping: one source for screen, xlsx and paper."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import CareRow, LostRow, TaskRow

CARE_COLUMNS: tuple[Column[CareRow], ...] = (
    Column("building", "楼栋", lambda r: r.building_name, width=84, paper_mm=22),
    Column("floor", "楼层", lambda r: r.floor_name, width=62, paper_mm=16),
    Column("number", "房号", lambda r: r.number, width=68, paper_mm=18),
    Column("room_type", "房型", lambda r: r.room_type, width=124, paper_mm=24),
    Column("condition", "状态", lambda r: r.pill, kind="pill", width=92, paper_mm=18),
    Column("people", "在住", lambda r: r.people or None, kind="int", width=58, paper_mm=14, sortable=False),
    Column("tasks", "今天要做", lambda r: r.tasks, width=128, paper_mm=28, sortable=False),
    Column("cleaned_by", "打扫人", lambda r: r.cleaned_by, width=84, paper_mm=20),
    Column("cleaned_at", "打扫时间", lambda r: r.cleaned_at, kind="datetime", width=138, paper_mm=32),
    Column("inspected_by", "检查人", lambda r: r.inspected_by, width=84, paper_mm=20),
    Column("inspected_at", "检查时间", lambda r: r.inspected_at, kind="datetime", width=138, hidden=True),
    Column("linen_on", "换布草", lambda r: r.linen_on, kind="date", width=104, hidden=True),
    Column("reason", "说明", lambda r: f"停用：{r.outage}" if r.outage else r.reason, width=180, sortable=False),
)

TASK_COLUMNS: tuple[Column[TaskRow], ...] = (
    Column("due_on", "日期", lambda r: r.due_on, kind="date", width=104, paper_mm=22),
    Column("building", "楼栋", lambda r: r.building_name, width=84, paper_mm=22),
    Column("floor", "楼层", lambda r: r.floor_name, width=62, paper_mm=16),
    Column("number", "房号", lambda r: r.number, width=68, paper_mm=18),
    Column("kind", "任务", lambda r: r.kind.label, width=104, paper_mm=24),
    Column("linen", "换布草", lambda r: "换" if r.linen else "", width=74, paper_mm=16, align="center"),
    Column("state", "进度", lambda r: r.pill, kind="pill", width=92, paper_mm=18),
    Column("assignee", "打扫人", lambda r: r.assignee, width=92, paper_mm=20),
    Column("condition", "房间状态", lambda r: r.room_pill, kind="pill", width=96, paper_mm=20),
    Column("done_by", "完成人", lambda r: r.done_by, width=92, paper_mm=20),
    Column("done_at", "完成时间", lambda r: r.done_at, kind="datetime", width=138, hidden=True),
    Column("note", "备注", lambda r: r.note, width=180, sortable=False),
)

LOST_COLUMNS: tuple[Column[LostRow], ...] = (
    Column("tag", "编号", lambda r: r.tag, width=116, paper_mm=26),
    Column("item", "物品", lambda r: r.item, width=218, paper_mm=50),
    Column("where", "地点", lambda r: r.where, width=140, paper_mm=30),
    Column("found_on", "拾到日期", lambda r: r.found_on, kind="date", width=104, paper_mm=24),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=88, paper_mm=18),
    Column(
        "days_left",
        "剩余天数",
        lambda r: max(r.days_left, 0) if r.closed_on is None else None,
        kind="int",
        width=80,
        paper_mm=18,
    ),
    Column("keep_until", "保管到", lambda r: r.keep_until, kind="date", width=104, paper_mm=24),
    Column("owner", "失主或去向", lambda r: r.closed_note or r.owner, width=112, paper_mm=24),
    Column("owner_phone", "联系电话", lambda r: r.owner_phone, kind="phone", width=112, hidden=True, sortable=False),
    Column("kept_at", "存放处", lambda r: r.kept_at, width=96, paper_mm=22),
    Column("finder", "拾物人", lambda r: r.finder, width=84, hidden=True),
    Column("closed_on", "处理日期", lambda r: r.closed_on, kind="date", width=104, hidden=True),
)
