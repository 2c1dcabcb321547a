"""经费支出报销审批单 (C.13): what stands on it.  How it is drawn is in :mod:`.claim_slip_layout`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from dangxiao_houqin.core.money import CapitalStyle
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod

from .signature_cells import PrintedChain, SignatureCell

SlipSize = Literal["a5", "c240"]
"""A5 landscape, or 240×140 mm continuous paper."""

ROWS_PER_SHEET: Final = 5
COLUMNS: Final = (12.0, 66.0, 30.0, 34.0, 34.0)
"""mm: 序号, 支出内容, 经济分类, 项目/班次, 金额."""


@dataclass(frozen=True)
class SlipLine:
    """One line of the claim."""

    text: str
    category: str
    subject: str
    amount_fen: int


@dataclass(frozen=True)
class ClaimSlip:
    """One claim as its paper shows it.

    ``number`` is the official one or the draft's; ``stamp`` a word across the sheet (草稿, 作废). ``flaws`` are
    sentences about what is not as it was signed: with any of them the sheet says so in large words and shows neither
    signatures nor check code. ``minutes_from_fen`` 0 leaves that remark out.
    """

    number: str
    department: str
    filled_on: date
    vouchers: int
    lines: tuple[SlipLine, ...]
    total_fen: int
    payment: PaymentMethod
    cells: tuple[SignatureCell, ...]
    cash_reason: str = ""
    cash_allowed: bool = True
    payee: str = ""
    bank: str = ""
    account: str = ""
    bank_shown: bool = True
    route: str = ""
    record: str = ""
    contract_no: str = ""
    minutes_no: str = ""
    budget_left_fen: int | None = None
    notices: tuple[str, ...] = ()
    minutes_from_fen: int = 0
    chain: PrintedChain | None = None
    flaws: tuple[str, ...] = ()
    stamp: str = ""
    size: SlipSize = "a5"
    style: CapitalStyle = "plain"
    school: str = ""
    printed_at: datetime | None = None

    @property
    def code_text(self) -> str:
        """What the QR code says; nothing on a paper that is not as it was signed."""
        return self.chain.code_text if self.chain is not None and not self.flaws else ""


def claim_slip_pdf(data: ClaimSlip, progress: Progress = no_progress) -> bytes:
    """One 经费支出报销审批单, with continuation sheets where it has more lines than one holds."""
    return claim_slips_pdf((data,), progress)


def claim_slips_pdf(data: Sequence[ClaimSlip], progress: Progress = no_progress) -> bytes:
    """Several slips one behind the other, each with its own page numbers."""
    from .claim_slip_layout import draw_slips

    return draw_slips(data, progress)
