"""Tables of procurement: the dated rules, requests with their quotes, and records of what was bought how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity, Fen
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind


class CatalogueItem(Entity):
    """集中采购目录 item on the days ``[valid_from, valid_until)``; from ``from_fen`` on it must take ``route``."""

    __tablename__ = "catalogue_item"
    __table_args__ = (
        UniqueConstraint("code", "valid_from", info={"sentence": "这个品目同一天已登记，请修改原有的一行。"}),
        CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from",
            name="dates",
            info={"sentence": "失效日期要晚于生效日期。"},
        ),
    )

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    keywords: Mapped[str] = mapped_column(String(300), default="")
    route: Mapped[str] = mapped_column(String(20))
    from_fen: Mapped[Fen] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


class ProcurementThreshold(Entity):
    """限额标准: purchases of a kind from ``from_fen`` on take ``route`` on the days ``[valid_from, valid_until)``."""

    __tablename__ = "procurement_threshold"
    __table_args__ = (
        UniqueConstraint(
            "kind", "from_fen", "valid_from", info={"sentence": "这一类同一天已有同样金额的限额，请修改原有的一行。"}
        ),
        CheckConstraint("from_fen > 0", name="amount", info={"sentence": "限额要大于 0。"}),
        CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from",
            name="dates",
            info={"sentence": "失效日期要晚于生效日期。"},
        ),
    )

    kind: Mapped[str] = mapped_column(String(10))
    from_fen: Mapped[Fen]
    route: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)


class PurchaseRequest(Entity):
    """采购申请审批表, with a chain of its own; ``route_rule`` quotes the rule that suggested ``suggested_route``."""

    __tablename__ = "purchase_request"
    __table_args__ = (
        UniqueConstraint("number", info={"sentence": "这个单据编号已被使用，请重试。"}),
        UniqueConstraint("draft_no"),
        Index("ix_purchase_request_state_filled_on", "state", "filled_on"),
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
    title: Mapped[str] = mapped_column(String(120))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    kind: Mapped[str] = mapped_column(String(10))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("economic_category.id"), index=True)
    category_text: Mapped[str] = mapped_column(String(80), default="")
    fund_source: Mapped[str] = mapped_column(String(120), default="")
    budget_fen: Mapped[Fen] = mapped_column(default=0)
    total_fen: Mapped[Fen] = mapped_column(default=0)
    suggested_route: Mapped[str] = mapped_column(String(20), default="")
    route: Mapped[str] = mapped_column(String(20), default="")
    route_rule: Mapped[str] = mapped_column(String(300), default="")
    route_reason: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    minutes_no: Mapped[str] = mapped_column(String(60), default="")
    notices: Mapped[str] = mapped_column(String(1000), default="")
    returned_reason: Mapped[str] = mapped_column(String(300), default="")
    void_reason: Mapped[str] = mapped_column(String(300), default="")

    kind_of_document: ClassVar[DocumentKind] = DocumentKind.PURCHASE

    @property
    def label(self) -> str:
        return f"{self.number or self.draft_no} {self.title}"


class PurchaseItem(Entity):
    """One thing asked for; ``amount_fen`` is quantity times ``price_fen``, rounded half up."""

    __tablename__ = "purchase_item"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("purchase_request.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    spec: Mapped[str] = mapped_column(String(200), default="")
    unit: Mapped[str] = mapped_column(String(10), default="")
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    price_fen: Mapped[Fen]
    amount_fen: Mapped[Fen]
    purpose: Mapped[str] = mapped_column(String(80), default="")
    catalogue_item_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_item.id"), index=True)

    @property
    def label(self) -> str:
        return self.name


class PurchaseQuote(Entity):
    """比价: what one supplier asks for the whole request."""

    __tablename__ = "purchase_quote"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("purchase_request.id", ondelete="CASCADE"))
    position: Mapped[int]
    supplier: Mapped[str] = mapped_column(String(100))
    amount_fen: Mapped[Fen]
    note: Mapped[str] = mapped_column(String(200), default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id", ondelete="SET NULL"), index=True)

    @property
    def label(self) -> str:
        return self.supplier


class ProcurementRecord(Entity):
    """采购记录: how something was bought; claims over the limit need one before they are paid."""

    __tablename__ = "procurement_record"
    __table_args__ = (UniqueConstraint("file_no", info={"sentence": "这个采购文件编号已登记过，请核对。"}),)

    file_no: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_request.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    kind: Mapped[str] = mapped_column(String(10))
    route: Mapped[str] = mapped_column(String(20))
    winner: Mapped[str] = mapped_column(String(100))
    decided_on: Mapped[date]
    contract_no: Mapped[str] = mapped_column(String(60), default="")
    contract_fen: Mapped[Fen]
    minutes_no: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    @property
    def label(self) -> str:
        return f"{self.file_no} {self.title}"
