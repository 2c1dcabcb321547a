"""Columns of categories, budget execution, adjustments and spending by class or project."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustmentRow, BudgetRow, CategoryRow, SubjectRow

BUDGET_COLUMNS: tuple[Column[BudgetRow], ...] = (
    Column("code", "科目代码", lambda r: r.code, width=84, paper_mm=20),
    Column("name", "科目名称", lambda r: r.name, width=168, paper_mm=40),
    Column("three_publics", "三公", lambda r: "三公" if r.three_publics else "", width=56, paper_mm=12, align="center"),
    Column("amount", "年初预算", lambda r: r.left.amount_fen, kind="money", width=124, hidden=True),
    Column("adjusted", "调整", lambda r: r.left.adjusted_fen or None, kind="money", width=112, hidden=True),
    Column("total", "调整后预算", lambda r: r.left.total_fen, kind="money", width=132, paper_mm=30),
    Column("executed", "已批准", lambda r: r.left.executed_fen, kind="money", width=132, paper_mm=30),
    Column("rate", "执行率", lambda r: r.rate, kind="percent", width=132, paper_mm=18),
    Column("in_flight", "签批中", lambda r: r.left.in_flight_fen or None, kind="money", width=120, paper_mm=28),
    Column("left", "可用余额", lambda r: r.left.left_fen, kind="money", width=132, paper_mm=30),
    Column("state", "状态", lambda r: r.pill, kind="pill", width=86, paper_mm=18),
    Column("note", "备注", lambda r: r.note, width=160, hidden=True),
)

SUBJECT_COLUMNS: tuple[Column[SubjectRow], ...] = (
    Column("text", "班次或项目", lambda r: r.title, width=360, paper_mm=90),
    Column("claims", "单据", lambda r: r.claims, kind="int", width=72, paper_mm=16),
    Column("executed", "已批准", lambda r: r.executed_fen, kind="money", width=150, paper_mm=32),
    Column("in_flight", "签批中", lambda r: r.in_flight_fen or None, kind="money", width=150, paper_mm=32),
    Column("taken", "合计", lambda r: r.taken_fen, kind="money", width=150, paper_mm=32),
)

CATEGORY_COLUMNS: tuple[Column[CategoryRow], ...] = (
    Column("code", "科目代码", lambda r: r.code, width=96, paper_mm=26),
    Column("name", "科目名称", lambda r: r.name, width=240, paper_mm=70),
    Column("three_publics", "三公", lambda r: "三公" if r.three_publics else "", width=64, paper_mm=16, align="center"),
    Column("uses", "使用次数", lambda r: r.uses or None, kind="int", width=84, paper_mm=20),
    Column("active", "状态", lambda r: r.pill, kind="pill", width=96, paper_mm=22),
)

ADJUSTMENT_COLUMNS: tuple[Column[AdjustmentRow], ...] = (
    Column("on_day", "日期", lambda r: r.on_day, kind="date", width=104, paper_mm=24, sortable=False),
    Column("amount", "调整金额", lambda r: r.amount_fen, kind="money", width=130, paper_mm=30, sortable=False),
    Column("document", "文号", lambda r: r.document, width=180, paper_mm=40, sortable=False),
    Column("reason", "原因", lambda r: r.reason, width=200, paper_mm=50, sortable=False),
    Column("by", "登记人", lambda r: r.by, width=90, paper_mm=22, sortable=False),
)
