"""What an electronic invoice says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class InvoiceFacts:
    """The fields of an invoice as read from its file; what was not found is empty.

    ``kind`` is digital (数电票), ordinary, special, fiscal or empty; ``amount_fen`` is 价税合计, of fiscal receipts the
    amount; ``origin`` is xml, ofd or pdf.
    """

    origin: str
    kind: str = ""
    number: str = ""
    code: str = ""
    issued_on: date | None = None
    seller: str = ""
    buyer: str = ""
    buyer_tax_no: str = ""
    amount_fen: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, inverse of :meth:`from_json`."""
        return {
            "origin": self.origin,
            "kind": self.kind,
            "number": self.number,
            "code": self.code,
            "issued_on": self.issued_on.isoformat() if self.issued_on else "",
            "seller": self.seller,
            "buyer": self.buyer,
            "buyer_tax_no": self.buyer_tax_no,
            "amount_fen": self.amount_fen,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> InvoiceFacts | None:
        """Facts as stored; ``None`` for a paper in which no invoice was read."""
        if not stored.get("origin"):
            return None
        day = str(stored.get("issued_on") or "")
        amount = stored.get("amount_fen")
        return cls(
            origin=str(stored["origin"]),
            kind=str(stored.get("kind") or ""),
            number=str(stored.get("number") or ""),
            code=str(stored.get("code") or ""),
            issued_on=date.fromisoformat(day) if day else None,
            seller=str(stored.get("seller") or ""),
            buyer=str(stored.get("buyer") or ""),
            buyer_tax_no=str(stored.get("buyer_tax_no") or ""),
            amount_fen=int(amount) if amount is not None else None,
        )
