"""Tables of spending: categories, budgets, claims with their lines, invoices and evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity, Fen
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind


class EconomicCategory(Entity):
    """部门预算支出经济分类科目; ``three_publics`` marks 三公经费."""

    __tablename__ = "economic_category"
    __table_args__ = (UniqueConstraint("code", info={"sentence": "已有这个科目代码，请修改原有的一行。"}),)

    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    three_publics: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    sort_order: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


class Budget(Entity):
    """预算: what may be spent of a category in a year, before adjustments; ``amount_fen`` ≥ 0."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint("year", "category_id", info={"sentence": "这一年这个科目已有预算，请修改或登记调整。"}),
        CheckConstraint("amount_fen >= 0", name="amount", info={"sentence": "预算金额不能小于 0。"}),
    )

    year: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("economic_category.id"), index=True)
    amount_fen: Mapped[Fen]
    note: Mapped[str] = mapped_column(String(200), default="")


class BudgetAdjustment(Entity):
    """预算调整: adds ``amount_fen`` (may be negative) from ``on_day`` on, by ``document``."""

    __tablename__ = "budget_adjustment"

    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    on_day: Mapped[date]
    amount_fen: Mapped[Fen]
    document: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(200))


class ExpenseClaim(Entity):
    """报销审批单. ``number`` is given with the last signature; ``draft_no`` names it before.

    ``round`` counts submissions. ``budget_left_fen``, ``notices`` and ``route_rule`` are what the paper says about it
    as found at submission; they are signed with the rest.
    """

    __tablename__ = "expense_claim"
    __table_args__ = (
        UniqueConstraint("number", info={"sentence": "这个单据编号已被使用，请重试。"}),
        UniqueConstraint("draft_no"),
        Index("ix_expense_claim_state_filled_on", "state", "filled_on"),
        Index("ix_expense_claim_budget_year_state", "budget_year", "state"),
        Index("ix_expense_claim_source", "source_kind", "source_id"),
        CheckConstraint("total_fen >= 0", name="total", info={"sentence": "报销金额不能小于 0。"}),
    )

    draft_no: Mapped[str] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    round: Mapped[int] = mapped_column(default=0)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    department_name: Mapped[str] = mapped_column(String(60), default="")
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    applicant_name: Mapped[str] = mapped_column(String(60))
    filled_on: Mapped[date] = mapped_column(index=True)
    budget_year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    total_fen: Mapped[Fen] = mapped_column(default=0)
    voucher_count: Mapped[int] = mapped_column(default=0)
    payment_method: Mapped[str] = mapped_column(String(12))
    cash_reason: Mapped[str] = mapped_column(String(200), default="")
    payee: Mapped[str] = mapped_column(String(100), default="", index=True)
    payee_bank: Mapped[str] = mapped_column(String(100), default="")
    payee_account: Mapped[str] = mapped_column(String(40), default="", info={"personal": True})
    contract_no: Mapped[str] = mapped_column(String(60), default="")
    minutes_no: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    source_kind: Mapped[str] = mapped_column(String(40), default="")
    source_id: Mapped[int | None]
    source_text: Mapped[str] = mapped_column(String(120), default="")
    procurement_kind: Mapped[str] = mapped_column(String(10), default="")
    route: Mapped[str] = mapped_column(String(20), default="")
    route_rule: Mapped[str] = mapped_column(String(300), default="")
    record_id: Mapped[int | None] = mapped_column(ForeignKey("procurement_record.id"), index=True)
    override_reason: Mapped[str] = mapped_column(String(300), default="")
    override_by: Mapped[str] = mapped_column(String(60), default="")
    budget_left_fen: Mapped[Fen | None]
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(String(300), default="")
    signed_paper_at: Mapped[datetime | None]
    paid_on: Mapped[date | None] = mapped_column(index=True)
    paid_by: Mapped[str] = mapped_column(String(60), default="")
    paid_voucher: Mapped[str] = mapped_column(String(60), default="")
    void_reason: Mapped[str] = mapped_column(String(300), default="")

    kind_of_document: ClassVar[DocumentKind] = DocumentKind.CLAIM

    @property
    def label(self) -> str:
        return f"{self.number or self.draft_no} {self.title}"


class ClaimLine(Entity):
    """One line of a claim; ``subject`` is the class or project it is booked to (经费跟着项目走).

    ``category_text`` is the category as it was called then ("30201 办公费"): what was signed follows no renaming.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        UniqueConstraint("claim_id", "position"),
        Index("ix_claim_line_subject", "subject_kind", "subject_id"),
        CheckConstraint("amount_fen > 0", name="amount", info={"sentence": "每一行的金额都要大于 0。"}),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("expense_claim.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(120))
    category_id: Mapped[int] = mapped_column(ForeignKey("economic_category.id"), index=True)
    category_text: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    subject_text: Mapped[str] = mapped_column(String(120), default="")
    class_kind: Mapped[str] = mapped_column(String(30), default="")
    catalogue_item_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_item.id"), index=True)
    amount_fen: Mapped[Fen]
    vouchers: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        return self.text


class Invoice(Entity):
    """发票 of a claim; ``key`` is code and number as compared over the whole database, empty once its claim is void."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("key", info={"sentence": "这张发票刚被另一张报销单使用，请核对后再保存。"}),
        UniqueConstraint("claim_id", "position"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("expense_claim.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(20), default="")
    number: Mapped[str] = mapped_column(String(30))
    key: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    seller: Mapped[str] = mapped_column(String(100), default="")
    amount_fen: Mapped[Fen]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id", ondelete="SET NULL"), index=True)

    @property
    def label(self) -> str:
        return f"发票 {self.number}"


class Evidence(Entity):
    """A paper that belongs to a claim, a purchase request, a procurement record or a remittance."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_owner", "owner_kind", "owner_id", "position"),)

    owner_kind: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def label(self) -> str:
        return self.title
