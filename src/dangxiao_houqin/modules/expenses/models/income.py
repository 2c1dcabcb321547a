"""Tables of income, which never meet those of spending (收支两条线, 财税〔2016〕33号)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity, Fen


class Remittance(Entity):
    """缴款: one payment slip by which received money went to the treasury or the special account."""

    __tablename__ = "remittance"
    __table_args__ = (UniqueConstraint("slip_no", info={"sentence": "这个缴款书号已登记过，请核对。"}),)

    slip_no: Mapped[str] = mapped_column(String(40))
    remitted_on: Mapped[date] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(100), default="")
    total_fen: Mapped[Fen]
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"缴款书 {self.slip_no}"


class Income(Entity):
    """收入: money received with its receipt; ``remittance_id`` once it was remitted; a void one counts nowhere."""

    __tablename__ = "income"
    __table_args__ = (
        UniqueConstraint("receipt_key", info={"sentence": "这个票据号码已登记过，请核对。"}),
        UniqueConstraint("number"),
        Index("ix_income_received_on_kind", "received_on", "kind"),
        Index("ix_income_subject", "subject_kind", "subject_id"),
        CheckConstraint("amount_fen > 0", name="amount", info={"sentence": "收入金额要大于 0。"}),
    )

    number: Mapped[str] = mapped_column(String(30))
    received_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(120), default="")
    payer: Mapped[str] = mapped_column(String(100))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    amount_fen: Mapped[Fen]
    method: Mapped[str] = mapped_column(String(12))
    receipt_kind: Mapped[str] = mapped_column(String(20))
    receipt_no: Mapped[str] = mapped_column(String(40))
    receipt_key: Mapped[str | None] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    subject_text: Mapped[str] = mapped_column(String(120), default="")
    remittance_id: Mapped[int | None] = mapped_column(ForeignKey("remittance.id"), index=True)
    void_reason: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"{self.number} {self.payer}"
