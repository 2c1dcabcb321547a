"""Columns of 意见建议台账; how to reach somebody stands on the case only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionRow

LONGEST_ON_PAPER = 90
"""Characters of a text in one cell of the printed register."""


@dataclass(frozen=True)
class _Short:
    """The beginning of a column's text (a class, not a closure, because columns go to other threads)."""

    column: Column[SuggestionRow]

    def __call__(self, row: SuggestionRow) -> str:
        text = " ".join(self.column.display(row).split())
        return text if len(text) <= LONGEST_ON_PAPER else f"{text[:LONGEST_ON_PAPER]}…"


SUGGESTION_COLUMNS: tuple[Column[SuggestionRow], ...] = (
    Column("number", "编号", lambda r: r.number, width=114, paper_mm=27),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=90, paper_mm=19),
    Column("content", "内容", lambda r: " ".join(r.content.split()), width=154, sortable=False),
    Column("due_on", "办理期限", lambda r: r.due_on, kind="date", width=98, paper_mm=21),
    Column("department", "承办部门", lambda r: r.department, width=88, paper_mm=22),
    Column("handler", "承办人", lambda r: r.handler, width=66, paper_mm=17),
    Column("source", "来源", lambda r: r.source.label, width=76, paper_mm=17, hidden=True),
    Column("received_on", "收到日期", lambda r: r.received_on, kind="date", width=100, paper_mm=21, hidden=True),
    Column("category", "类别", lambda r: r.category, width=90, paper_mm=18, hidden=True),
    Column("who", "反映人", lambda r: r.who, width=76, paper_mm=17, hidden=True, sortable=False),
    Column(
        "first_contact",
        "首问责任人",
        lambda r: r.first_contact,
        width=90,
        paper_mm=17,
        hidden=True,
        sortable=False,
    ),
    Column("result", "处理结果", lambda r: r.result, width=200, hidden=True, sortable=False),
    Column("reply", "答复", lambda r: r.reply, width=200, hidden=True, sortable=False),
    Column("replied_on", "回复时间", lambda r: r.replied_on, kind="date", width=100, paper_mm=21, hidden=True),
    Column(
        "feedback",
        "满意度",
        lambda r: r.feedback.label if r.feedback else "",
        width=90,
        paper_mm=18,
        hidden=True,
        sortable=False,
    ),
    Column("campaign", "出自测评", lambda r: r.campaign, width=200, hidden=True, sortable=False),
    Column("closed_on", "办结日期", lambda r: r.closed_on, kind="date", width=100, hidden=True, sortable=False),
)

_BY_KEY = {column.key: column for column in SUGGESTION_COLUMNS}

_REGISTER = {
    "number": 25.0,
    "received_on": 19.0,
    "source": 14.5,
    "who": 14.0,
    "content": 0.0,
    "first_contact": 15.0,
    "department": 20.0,
    "due_on": 19.0,
    "result": 0.0,
    "replied_on": 19.0,
    "feedback": 15.0,
    "state": 17.0,
}
"""What a register says, in its order, with mm on paper; the two texts share the rest."""

REGISTER_COLUMNS = tuple(_BY_KEY[key] for key in _REGISTER)
"""意见建议台账 as a workbook, whatever the list shows."""

REGISTER_ON_PAPER = tuple(
    replace(
        _BY_KEY[key],
        paper_mm=width,
        width=_BY_KEY[key].width if width else 200,
        value=_BY_KEY[key].value if width else _Short(_BY_KEY[key]),
    )
    for key, width in _REGISTER.items()
)
"""意见建议台账 on paper: of a long text its beginning, the rest stands on the 处理单."""
