"""What the services of claims take and give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.subjects import NO_SUBJECT, Subject
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.approval import DocumentRef
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route

from .words import EvidenceKind, EvidenceOwner, InvoiceKind, PaymentMethod


@dataclass(frozen=True)
class SaveLine:
    """One line as the form gives it; ``vouchers`` counts the papers behind it."""

    text: str
    category_id: int
    amount_fen: int
    subject: Subject = NO_SUBJECT
    catalogue_item_id: int | None = None
    vouchers: int = 0


@dataclass(frozen=True)
class SaveInvoice:
    """One invoice as typed or read; ``amount_fen`` is 价税合计."""

    kind: InvoiceKind
    number: str
    amount_fen: int
    code: str = ""
    issued_on: date | None = None
    seller: str = ""
    evidence_id: int | None = None


@dataclass(frozen=True)
class SaveClaim:
    """Create a claim or change one on which no signature stands, with all its lines and invoices.

    A draft may be as empty as it likes; what a claim must have is checked when it is submitted.  ``title`` empty takes
    the text of the first line; ``voucher_count`` ``None`` is the sum over the lines; ``filled_on`` ``None`` is today;
    ``budget_year`` ``None`` the year of that day; ``department_id`` ``None`` the applicant's own department.
    ``route`` is how the applicant says it was bought, empty to take what the rules demand.
    """

    lines: tuple[SaveLine, ...] = ()
    invoices: tuple[SaveInvoice, ...] = ()
    title: str = ""
    filled_on: date | None = None
    budget_year: int | None = None
    department_id: int | None = None
    payment_method: PaymentMethod = PaymentMethod.OFFICIAL_CARD
    cash_reason: str = ""
    payee: str = ""
    payee_bank: str = ""
    payee_account: str = ""
    voucher_count: int | None = None
    contract_no: str = ""
    minutes_no: str = ""
    note: str = ""
    procurement_kind: ProcurementKind | None = None
    route: Route | None = None
    record_id: int | None = None
    claim_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SavedClaim:
    """What became of a save: the version to go on with, and what the applicant should look at."""

    id: int
    version: int
    label: str
    total_fen: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftClaim:
    """A claim that another room prepares; its applicant is who does so, and he completes and submits it."""

    lines: tuple[SaveLine, ...]
    source: Ref
    source_text: str
    title: str = ""
    payee: str = ""
    payee_bank: str = ""
    payee_account: str = ""
    payment_method: PaymentMethod = PaymentMethod.TRANSFER
    note: str = ""
    procurement_kind: ProcurementKind | None = None


@dataclass(frozen=True)
class VoidClaim:
    """作废, with the reason."""

    document: DocumentRef
    reason: str


@dataclass(frozen=True)
class PayClaim:
    """登记支付: paid on a day under a voucher number of the bookkeeping."""

    document: DocumentRef
    paid_on: date
    voucher: str = ""


@dataclass(frozen=True)
class SetVoucher:
    """补记凭证号: the number under which the bookkeeping entered a paid claim."""

    document: DocumentRef
    voucher: str


@dataclass(frozen=True)
class OverrideRecord:
    """Let an approved claim be paid without the procurement record it needs; ``reason`` empty takes that back."""

    document: DocumentRef
    reason: str


@dataclass(frozen=True)
class LinkRecord:
    """Attach a procurement record to a claim, or take it off (``None``)."""

    document: DocumentRef
    record_id: int | None


@dataclass(frozen=True)
class AddEvidence:
    """A file for a document; ``kind`` ``None`` is guessed from the name and the content."""

    owner: EvidenceOwner
    owner_id: int
    name: str
    data: bytes = field(repr=False)
    kind: EvidenceKind | None = None
    title: str = ""


@dataclass(frozen=True)
class AddedEvidence:
    """What was stored, what an e-invoice in it says, and what to look at (used elsewhere, unreadable...)."""

    id: int
    kind: EvidenceKind
    title: str
    facts: InvoiceFacts | None
    notices: tuple[str, ...]


@dataclass(frozen=True)
class EditEvidence:
    """Another title or kind for a paper."""

    evidence_id: int
    version: int
    title: str
    kind: EvidenceKind
