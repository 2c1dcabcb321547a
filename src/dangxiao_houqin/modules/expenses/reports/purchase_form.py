"""采购申请审批表 (C.14): what stands on it.  How it is drawn is in :mod:`.purchase_form_layout`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from dangxiao_houqin.core.money import CapitalStyle
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind

from .signature_cells import PrintedChain, SignatureCell

COLUMNS: Final = (10.0, 35.0, 40.0, 12.0, 14.0, 20.0, 22.0, 12.0)
"""mm: 序号, 品名, 规格/技术要求, 单位, 数量, 参考单价, 金额, 用途."""


@dataclass(frozen=True)
class FormItem:
    """One thing asked for."""

    name: str
    spec: str
    unit: str
    quantity: Decimal
    price_fen: int
    amount_fen: int
    purpose: str = ""


@dataclass(frozen=True)
class FormQuote:
    """What one supplier asks."""

    supplier: str
    amount_fen: int
    note: str = ""


@dataclass(frozen=True)
class PurchaseForm:
    """One request as its paper shows it; ``flaws`` and ``stamp`` as on the claim's slip.

    ``minutes_needed`` keeps the line for the committee's decision even where none is entered yet.
    """

    number: str
    department: str
    filled_on: date
    title: str
    kind: ProcurementKind
    items: tuple[FormItem, ...]
    total_fen: int
    cells: tuple[SignatureCell, ...]
    fund_source: str = ""
    category: str = ""
    budget_fen: int = 0
    route: str = ""
    suggested_route: str = ""
    route_rule: str = ""
    route_reason: str = ""
    quotes: tuple[FormQuote, ...] = ()
    quotes_wanted: int = 3
    reason: str = ""
    minutes_no: str = ""
    notices: tuple[str, ...] = ()
    chain: PrintedChain | None = None
    flaws: tuple[str, ...] = ()
    stamp: str = ""
    style: CapitalStyle = "plain"
    school: str = ""
    printed_at: datetime | None = None

    @property
    def code_text(self) -> str:
        """What the QR code says; nothing on a paper that is not as it was signed."""
        return self.chain.code_text if self.chain is not None and not self.flaws else ""


def purchase_form_pdf(data: PurchaseForm, progress: Progress = no_progress) -> bytes:
    """采购申请审批表 on A4, on several sheets where the things do not fit on one."""
    from .purchase_form_layout import draw_form

    return draw_form(data, progress)
