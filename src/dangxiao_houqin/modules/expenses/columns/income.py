"""Columns of 收入台账 and 缴款; no column of either knows of spending."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.expenses.domain.income import IncomeRow, RemittanceRow

INCOME_COLUMNS: tuple[Column[IncomeRow], ...] = (
    Column("number", "编号", lambda r: r.number, width=126, paper_mm=30),
    Column("received_on", "收款日期", lambda r: r.received_on, kind="date", width=102, paper_mm=22),
    Column("kind", "类别", lambda r: r.kind, width=84, paper_mm=18),
    Column("payer", "缴款人", lambda r: r.payer, width=168, paper_mm=38),
    Column("amount", "金额", lambda r: r.amount_fen, kind="money", width=124, paper_mm=28),
    Column("method", "收款方式", lambda r: r.method.label, width=86, hidden=True),
    Column("receipt_kind", "票据种类", lambda r: r.receipt_kind, width=134, hidden=True),
    Column("receipt_no", "票据号码", lambda r: r.receipt_no, width=112, paper_mm=28),
    Column("state", "状态", lambda r: r.state.pill, kind="pill", width=96, paper_mm=18),
    Column("days", "未缴天数", lambda r: r.days, kind="int", width=80, paper_mm=16),
    Column("slip_no", "缴款书号", lambda r: r.slip_no, width=126, paper_mm=30),
    Column("remitted_on", "缴款日期", lambda r: r.remitted_on, kind="date", width=102, hidden=True),
    Column("subject", "班次或项目", lambda r: r.subject_text, width=180, hidden=True),
    Column("text", "摘要", lambda r: r.text, width=150, hidden=True),
    Column("note", "备注", lambda r: f"作废：{r.void_reason}" if r.void_reason else r.note, width=160, hidden=True),
)

REMITTANCE_COLUMNS: tuple[Column[RemittanceRow], ...] = (
    Column("slip_no", "缴款书号", lambda r: r.slip_no, width=170, paper_mm=40),
    Column("remitted_on", "缴款日期", lambda r: r.remitted_on, kind="date", width=110, paper_mm=24),
    Column("total", "金额", lambda r: r.total_fen, kind="money", width=150, paper_mm=34),
    Column("entries", "笔数", lambda r: r.entries, kind="int", width=70, paper_mm=14),
    Column("first_day", "最早收款", lambda r: r.first_day, kind="date", width=110, paper_mm=24),
    Column("account", "缴入账户", lambda r: r.account, width=220, paper_mm=44),
    Column("note", "备注", lambda r: r.note, width=200),
)
