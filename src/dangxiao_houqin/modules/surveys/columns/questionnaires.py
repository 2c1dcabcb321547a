"""Columns of the list of questionnaires."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.surveys.domain.questionnaires import VersionRow

QUESTIONNAIRE_COLUMNS: tuple[Column[VersionRow], ...] = (
    Column("name", "问卷", lambda r: r.name, width=240, paper_mm=60),
    Column("number", "版本", lambda r: f"第 {r.number} 版", width=84, paper_mm=18, align="center"),
    Column("pill", "状态", lambda r: r.pill, kind="pill", width=96, paper_mm=20),
    Column("questions", "题数", lambda r: r.questions, kind="int", width=70, paper_mm=14),
    Column("groups", "分组", lambda r: r.groups, width=260, sortable=False),
    Column("used", "用于测评（次）", lambda r: r.used, kind="int", width=120, paper_mm=24),
    Column("updated_at", "最近修改", lambda r: r.updated_at, kind="datetime", width=150, paper_mm=34),
    Column("title", "表头标题", lambda r: r.title, width=220, paper_mm=50, hidden=True),
    Column("note", "备注", lambda r: r.note, width=200, paper_mm=40, hidden=True),
)
