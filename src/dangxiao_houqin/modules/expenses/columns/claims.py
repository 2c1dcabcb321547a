"""Columns of the list of claims."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.expenses.domain.claims import ClaimRow

CLAIM_COLUMNS: tuple[Column[ClaimRow], ...] = (
    Column("code", "编号", lambda r: r.code, width=128, paper_mm=30),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=88, paper_mm=17),
    Column("title", "事由", lambda r: r.title, width=240, paper_mm=58),
    Column("total", "金额（元）", lambda r: r.total_fen, kind="money", width=152, paper_mm=30),
    Column("payee", "收款单位（人）", lambda r: r.payee, width=160, paper_mm=42),
    Column("applicant", "经办人", lambda r: r.applicant, width=84, paper_mm=18),
    Column("department", "部门", lambda r: r.department, width=96, paper_mm=24, hidden=True),
    Column("filled_on", "填报日期", lambda r: r.filled_on, kind="date", width=104, paper_mm=22),
    Column("waiting_for", "待谁签批", lambda r: r.waiting_for, width=110, paper_mm=24, sortable=False),
    Column(
        "waiting_since", "等待起", lambda r: r.waiting_since, kind="datetime", width=138, hidden=True, sortable=False
    ),
    Column("categories", "经济分类", lambda r: r.categories, width=140, sortable=False),
    Column("subjects", "项目/班次", lambda r: r.subjects, width=150, sortable=False),
    Column("payment_method", "支付方式", lambda r: r.payment_method.label, width=88),
    Column("approved_at", "批准时间", lambda r: r.approved_at, kind="datetime", width=138, hidden=True),
    Column("paid_on", "支付日期", lambda r: r.paid_on, kind="date", width=104),
    Column("paid_voucher", "记账凭证号", lambda r: r.paid_voucher, width=104, hidden=True),
    Column("vouchers", "附单据", lambda r: r.voucher_count, kind="int", width=72, hidden=True),
    Column("evidence", "附件", lambda r: r.evidence or None, kind="int", width=62, sortable=False),
    Column("budget_year", "预算年度", lambda r: r.budget_year, width=84, align="center", hidden=True),
)
