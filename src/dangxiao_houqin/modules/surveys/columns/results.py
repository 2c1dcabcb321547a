"""Columns of results: questions, remarks, typed figures, and classes or years side by side."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.surveys.domain.results import (
    CommentRow,
    HistoryFigureRow,
    QuestionResult,
)


def _n(row: QuestionResult) -> int | None:
    if row.figure is not None:
        return row.figure.n
    return row.choice.n if row.choice is not None else None


def _interval(row: QuestionResult) -> str:
    return row.figure.interval_text if row.figure is not None else ""


QUESTION_COLUMNS: tuple[Column[QuestionResult], ...] = (
    Column("number", "题号", lambda row: row.number, "int", 60),
    Column("text", "题目", lambda row: row.text, width=260),
    Column("n", "有效评价 n", _n, "int", 90),
    Column("rate", "满意率", lambda row: row.figure.rate if row.figure else None, "percent", 80),
    Column(
        "interval", "95% 区间", lambda row: row.figure.interval_text if row.figure else "", width=130, align="center"
    ),
    Column("mean", "平均分", lambda row: row.figure.mean_text if row.figure else "", width=80, align="right"),
    Column("not_experienced", "未体验", lambda row: row.figure.not_experienced if row.figure else None, "int", 70),
    Column("remark", "说明", lambda row: row.remark, width=240),
)

COMMENT_COLUMNS: tuple[Column[CommentRow], ...] = (
    Column("text", "意见建议", lambda row: row.text, width=520, sortable=False),
    Column("category", "归类", lambda row: row.category, width=110, sortable=False),
    Column("question", "题目", lambda row: row.question, width=160, sortable=False),
    Column("campaign", "测评", lambda row: row.campaign, width=200, sortable=False),
)

HISTORY_COLUMNS: tuple[Column[HistoryFigureRow], ...] = (
    Column("year", "年度", lambda row: str(row.year), width=70, align="center"),
    Column("term", "学期", lambda row: row.term or "全年", width=70, align="center"),
    Column("group", "项目", lambda row: row.group_title, width=120),
    Column("own", "来自", lambda row: row.pill, "pill", 110),
    Column("rate", "满意率", lambda row: f"{row.rate:.2%}", width=90, align="right"),
    Column("answers", "有效份数", lambda row: row.answers, "int", 90),
    Column("formula", "公式", lambda row: row.formula_text, width=130),
    Column("source", "出处", lambda row: row.source, width=200),
    Column("note", "备注", lambda row: row.note, width=200),
)
