"""Columns of the inbox: table, xlsx and paper alike."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import ItemRow

ITEM_COLUMNS: tuple[Column[ItemRow], ...] = (
    Column("kind", "事项", lambda r: r.kind, width=150, paper_mm=30),
    Column("text", "内容", lambda r: r.text, width=460, paper_mm=90),
    Column("assignee", "交给", lambda r: r.assignee, width=110, paper_mm=24),
    Column("due_on", "期限", lambda r: r.due_on, "date", width=104, paper_mm=22),
    Column("created_at", "提出时间", lambda r: r.created_at, "datetime", width=140, hidden=True),
    Column("closed_at", "办结时间", lambda r: r.closed_at, "datetime", width=140, hidden=True),
    Column("closed_by", "办结人", lambda r: r.closed_by, width=90, paper_mm=20, hidden=True),
    Column("note", "办理说明", lambda r: r.note, width=120, paper_mm=36, sortable=False),
    Column("state", "状态", lambda r: r.pill, "pill", width=100, paper_mm=20, sortable=False),
)
