"""Columns of 意见建议台账; how to reach somebody stands on the case only."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionRow

SUGGESTION_COLUMNS: tuple[Column[SuggestionRow], ...] = (
    Column("number", "编号", lambda r: r.number, width=118, paper_mm=27),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=92, paper_mm=19),
    Column("content", "内容", lambda r: " ".join(r.content.split()), width=220, sortable=False),
    Column("due_on", "办理期限", lambda r: r.due_on, kind="date", width=100, paper_mm=21),
    Column("department", "承办部门", lambda r: r.department, width=96, paper_mm=22),
    Column("handler", "承办人", lambda r: r.handler, width=76, paper_mm=17),
    Column("source", "来源", lambda r: r.source.label, width=76, paper_mm=17),
    Column("received_on", "收到日期", lambda r: r.received_on, kind="date", width=100, paper_mm=21),
    Column("category", "类别", lambda r: r.category, width=90, hidden=True),
    Column("who", "反映人", lambda r: r.who, width=76, paper_mm=17, hidden=True, sortable=False),
    Column("first_contact", "首问责任人", lambda r: r.first_contact, width=90, hidden=True, sortable=False),
    Column("result", "处理结果", lambda r: r.result, width=200, hidden=True, sortable=False),
    Column("reply", "答复", lambda r: r.reply, width=200, hidden=True, sortable=False),
    Column("replied_on", "回复时间", lambda r: r.replied_on, kind="date", width=100, paper_mm=21, hidden=True),
    Column(
        "feedback",
        "满意度",
        lambda r: r.feedback.label if r.feedback else "",
        width=90,
        paper_mm=20,
        hidden=True,
        sortable=False,
    ),
    Column("campaign", "出自测评", lambda r: r.campaign, width=200, hidden=True, sortable=False),
    Column("closed_on", "办结日期", lambda r: r.closed_on, kind="date", width=100, hidden=True, sortable=False),
)
