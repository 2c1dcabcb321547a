"""Columns of 满意度测评 and of the stacks of paper answers."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignRow
from dangxiao_houqin.modules.surveys.domain.entry import EntryBatchRow


def _hours(row: CampaignRow) -> str:
    """``11-22 08:00 – 17:30``, with both days where they differ and years where they differ from each other."""
    start, end = row.opens_at, row.closes_at
    if start.date() == end.date():
        return f"{start:%Y-%m-%d %H:%M} – {end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M} – {end:{'%m-%d' if start.year == end.year else '%Y-%m-%d'} %H:%M}"


def _codes(row: CampaignRow) -> str:
    return f"{row.codes_used} / {row.codes}" if row.anonymity is Anonymity.CODES else ""


CAMPAIGN_COLUMNS: tuple[Column[CampaignRow], ...] = (
    Column("title", "测评", lambda r: r.title, width=270, paper_mm=70),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=96, paper_mm=20),
    Column("opens_at", "开放时间", _hours, width=226, paper_mm=48),
    Column("expected", "应收", lambda r: r.expected, kind="int", width=62, paper_mm=14),
    Column("received", "已收", lambda r: r.received, kind="int", width=62, paper_mm=14),
    Column("rate", "回收率", lambda r: r.rate, kind="percent", width=76, paper_mm=18),
    Column("boxed", "票箱内", lambda r: r.boxed, kind="int", width=70, paper_mm=16, sortable=False),
    Column(
        "valid",
        "有效",
        lambda r: r.valid if r.collected else None,
        kind="int",
        width=62,
        paper_mm=14,
        sortable=False,
    ),
    Column("codes", "用码 / 发码", _codes, width=92, align="right", sortable=False),
    Column("subject", "班次", lambda r: r.subject.text or "全校", width=200, hidden=True),
    Column("questionnaire", "问卷", lambda r: r.questionnaire, width=220, hidden=True),
    Column("anonymity", "填写方式", lambda r: r.anonymity.label, width=190, hidden=True),
    Column("limit", "份数上限", lambda r: r.limit, kind="int", width=84, hidden=True, sortable=False),
    Column("held_on", "归属日期", lambda r: r.held_on, kind="date", width=102, hidden=True),
    Column("closes_at", "结束时间", lambda r: r.closes_at, kind="datetime", width=140, hidden=True),
    Column("note", "备注", lambda r: r.note, width=180, hidden=True, sortable=False),
)

BATCH_COLUMNS: tuple[Column[EntryBatchRow], ...] = (
    Column("campaign", "测评", lambda r: r.campaign, width=300, paper_mm=80),
    Column("state", "状态", lambda r: r.state.pill, kind="pill", width=124, paper_mm=26),
    Column("sheets", "份数", lambda r: r.sheets, kind="int", width=62, paper_mm=14),
    Column("progress", "已录", lambda r: r.progress, width=84, align="right", sortable=False),
    Column("day", "填表日期", lambda r: r.day, kind="date", width=110, paper_mm=24),
    Column("first", "第一遍", lambda r: r.first, width=96, paper_mm=24, sortable=False),
    Column("second", "第二遍", lambda r: r.second, width=96, paper_mm=24, sortable=False),
    Column("note", "备注", lambda r: r.note, width=180, sortable=False),
)
