"""Columns of the lists of procurement."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.procurement import CatalogueRow, ThresholdRow
from dangxiao_houqin.modules.expenses.domain.purchases import RequestRow
from dangxiao_houqin.modules.expenses.domain.records import RecordRow


def _chosen(row: RequestRow) -> str:
    route = row.route or row.suggested_route
    return route.label if route is not None else ""


def _line(row: CatalogueRow) -> str:
    return yuan(row.from_fen) if row.from_fen else "不论金额"


REQUEST_COLUMNS: tuple[Column[RequestRow], ...] = (
    Column("code", "编号", lambda r: r.code, width=124, paper_mm=30),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=82, paper_mm=17),
    Column("title", "采购事项", lambda r: r.title, width=284, paper_mm=60),
    Column("kind", "类别", lambda r: r.kind.label, width=56, paper_mm=14, align="center"),
    Column("total", "金额（元）", lambda r: r.total_fen, kind="money", width=140, paper_mm=32),
    Column("route", "采购方式", _chosen, width=84, paper_mm=22),
    Column("next_step", "待谁签批", lambda r: r.next_step, width=104, paper_mm=28, sortable=False),
    Column("record", "采购记录", lambda r: r.record_no, width=130, paper_mm=30, hidden=True),
    Column("department", "申请部门", lambda r: r.department, width=96, paper_mm=24, hidden=True),
    Column("applicant", "经办人", lambda r: r.applicant, width=72, paper_mm=18),
    Column("filled_on", "申请日期", lambda r: r.filled_on, kind="date", width=100, paper_mm=22),
    Column("notices", "提醒", lambda r: r.notices or None, kind="int", width=62, hidden=True, sortable=False),
)

RECORD_COLUMNS: tuple[Column[RecordRow], ...] = (
    Column("file_no", "采购文件编号", lambda r: r.file_no, width=140, paper_mm=36),
    Column("title", "采购项目", lambda r: r.title, width=180, paper_mm=52),
    Column("kind", "类别", lambda r: r.kind.label, width=64, paper_mm=14, align="center"),
    Column("route", "采购方式", lambda r: r.route.label, width=96, paper_mm=22),
    Column("winner", "中标（成交）供应商", lambda r: r.winner, width=166, paper_mm=46),
    Column("contract", "成交金额（元）", lambda r: r.contract_fen, kind="money", width=128, paper_mm=32),
    Column("claimed", "已报销（元）", lambda r: r.claimed_fen or None, kind="money", width=118, paper_mm=30),
    Column("decided_on", "成交日期", lambda r: r.decided_on, kind="date", width=104, paper_mm=22),
    Column("contract_no", "合同号", lambda r: r.contract_no, width=120, hidden=True, sortable=False),
    Column("minutes_no", "会议纪要", lambda r: r.minutes_no, width=120, hidden=True, sortable=False),
    Column("request", "采购申请", lambda r: r.request, width=120, hidden=True),
    Column("files", "附件", lambda r: r.files or None, kind="int", width=56, sortable=False),
)

CATALOGUE_COLUMNS: tuple[Column[CatalogueRow], ...] = (
    Column("code", "品目编码", lambda r: r.code, width=120, paper_mm=28),
    Column("name", "品目名称", lambda r: r.name, width=168, paper_mm=46),
    Column("kind", "类别", lambda r: r.kind.label, width=64, paper_mm=14, align="center"),
    Column("from", "起点金额（元）", _line, width=126, paper_mm=30, align="right"),
    Column("route", "采购方式", lambda r: r.route.label, width=96, paper_mm=22),
    Column("validity", "状态", lambda r: r.pill, kind="pill", width=84, paper_mm=16, sortable=False),
    Column("valid_from", "生效日期", lambda r: r.valid_from, kind="date", width=104, paper_mm=22),
    Column("valid_until", "失效日期", lambda r: r.valid_until, kind="date", width=104, paper_mm=22),
    Column("document", "依据文件", lambda r: r.document, width=190, paper_mm=50),
    Column("keywords", "关键词", lambda r: r.keywords, width=150, hidden=True, sortable=False),
)

THRESHOLD_COLUMNS: tuple[Column[ThresholdRow], ...] = (
    Column("kind", "类别", lambda r: r.kind.label, width=76, paper_mm=16, align="center"),
    Column("from", "限额（元）", lambda r: r.from_fen, kind="money", width=150, paper_mm=34),
    Column("route", "达到后应走", lambda r: r.route.label, width=110, paper_mm=26),
    Column("validity", "状态", lambda r: r.pill, kind="pill", width=84, paper_mm=16, sortable=False),
    Column("valid_from", "生效日期", lambda r: r.valid_from, kind="date", width=110, paper_mm=24),
    Column("valid_until", "失效日期", lambda r: r.valid_until, kind="date", width=110, paper_mm=24),
    Column("document", "依据文件", lambda r: r.document, width=320, paper_mm=80),
)
