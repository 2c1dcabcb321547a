"""What the queries of claims give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    DocumentRef,
    DocumentState,
    Flaw,
    SignatureMark,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route

from .words import EvidenceKind, InvoiceKind, PaymentMethod


@dataclass(frozen=True)
class ClaimRow:
    """One claim in a list.

    ``waiting_for`` names whose signature is missing (role, post or person) since ``waiting_since``; ``late`` says that
    it waits longer than the rules remind after; ``paper_missing`` that the rules want the signed paper registered
    before it is paid.
    """

    id: int
    version: int
    number: str
    draft_no: str
    state: DocumentState
    title: str
    department: str
    applicant_id: int | None
    applicant: str
    filled_on: date
    budget_year: int
    total_fen: int
    voucher_count: int
    payee: str
    payment_method: PaymentMethod
    categories: str
    subjects: str
    evidence: int
    waiting_for: str
    waiting_since: datetime | None
    late: bool
    approved_at: datetime | None
    paid_on: date | None
    paid_voucher: str
    returned_reason: str
    source: Ref | None
    round: int
    paper_missing: bool

    @property
    def code(self) -> str:
        """The official number, or the draft's."""
        return self.number or self.draft_no

    @property
    def pill(self) -> Pill:
        return self.state.pill


@dataclass(frozen=True)
class ClaimLineRow:
    """One line of a claim; ``budget_left_fen`` is what the category has left now without this claim."""

    id: int
    position: int
    text: str
    category_id: int
    category: str
    subject: Subject
    catalogue_item_id: int | None
    amount_fen: int
    vouchers: int


@dataclass(frozen=True)
class EvidenceRow:
    """One paper of a document; ``sha256`` is of its bytes, ``size`` in bytes."""

    id: int
    version: int
    position: int
    kind: EvidenceKind
    title: str
    attachment_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    facts: InvoiceFacts | None


@dataclass(frozen=True)
class InvoiceRow:
    """One invoice of a claim; ``differs`` says in a sentence where its file tells something else, else empty."""

    id: int
    position: int
    kind: InvoiceKind
    code: str
    number: str
    issued_on: date | None
    seller: str
    amount_fen: int
    evidence_id: int | None
    differs: str = ""


@dataclass(frozen=True)
class CategoryLeft:
    """What this claim takes of a category, and what the budget has left before it (``None``: no budget)."""

    category_id: int
    category: str
    amount_fen: int
    left_fen: int | None

    @property
    def after_fen(self) -> int | None:
        return None if self.left_fen is None else self.left_fen - self.amount_fen


class ClaimAction(StrEnum):
    """What the reader may do with a claim as it stands (buttons of its view)."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DELETE = "delete"
    VOID = "void"
    REGISTER_PAPER = "register_paper"
    PAY = "pay"
    SET_VOUCHER = "set_voucher"
    LINK_RECORD = "link_record"
    OVERRIDE = "override"
    COPY = "copy"


@dataclass(frozen=True)
class ClaimView:
    """Everything one claim shows, on screen and on paper.

    ``marks`` are the signatures of all rounds, ``flaws`` what is not as it was signed (empty: everything is, or nothing
    was signed yet).  ``budget_left_fen``, ``notices``, ``route`` and ``route_rule`` are as found at submission;
    ``budgets`` is how the budget stands now; ``paper_missing``: approved, and the rules want the signed paper first.
    """

    id: int
    version: int
    number: str
    draft_no: str
    state: DocumentState
    round: int
    department_id: int | None
    department: str
    applicant_id: int | None
    applicant: str
    filled_on: date
    budget_year: int
    title: str
    total_fen: int
    voucher_count: int
    payment_method: PaymentMethod
    cash_reason: str
    payee: str
    payee_bank: str
    payee_account: str
    contract_no: str
    minutes_no: str
    note: str
    source: Ref | None
    source_text: str
    procurement_kind: ProcurementKind | None
    route: Route | None
    route_rule: str
    record_needed: bool
    record_id: int | None
    record: str
    override_reason: str
    override_by: str
    budget_left_fen: int | None
    notices: tuple[str, ...]
    submitted_at: datetime | None
    approved_at: datetime | None
    returned_reason: str
    signed_paper_at: datetime | None
    paper_missing: bool
    paid_on: date | None
    paid_by: str
    paid_voucher: str
    void_reason: str
    lines: tuple[ClaimLineRow, ...]
    invoices: tuple[InvoiceRow, ...]
    evidence: tuple[EvidenceRow, ...]
    budgets: tuple[CategoryLeft, ...]
    marks: tuple[SignatureMark, ...]
    flaws: tuple[Flaw, ...]
    actions: frozenset[ClaimAction]

    @property
    def code(self) -> str:
        """The official number, or the draft's."""
        return self.number or self.draft_no

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def invoices_fen(self) -> int:
        """What the invoices add up to."""
        return sum(invoice.amount_fen for invoice in self.invoices)

    @property
    def editable(self) -> bool:
        """Whether the reader may change it."""
        return ClaimAction.EDIT in self.actions

    @property
    def document(self) -> DocumentRef:
        """What services take."""
        return DocumentRef(DocumentKind.CLAIM, self.id, self.version)


@dataclass(frozen=True)
class ClaimCheck:
    """What submission would say now: what forbids it, what is asked first, what signers will read.

    ``problems`` are (field, sentence) pairs; empty means that it can be submitted.  ``questions`` are sentences.
    """

    problems: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    notices: tuple[str, ...]
    route: Route | None
    route_rule: str
    budgets: tuple[CategoryLeft, ...]


@dataclass(frozen=True)
class PayeeChoice:
    """A payee of an earlier claim."""

    payee: str
    bank: str
    account: str
    last_on: date


@dataclass(frozen=True)
class ClaimForm:
    """What the editor needs to offer: (id, name) of departments, the applicant's own one, the rules."""

    departments: tuple[tuple[int, str], ...]
    department_id: int | None
    payment_methods: tuple[PaymentMethod, ...]
    minutes_from_fen: int
    today: date


@dataclass(frozen=True)
class InvoiceUse:
    """Where an invoice is used already."""

    claim_id: int
    label: str
    applicant: str
    state: DocumentState
    number: str

    @property
    def sentence(self) -> str:
        return (
            f"发票 {self.number} 已用于报销单 {self.label}（经办人 {self.applicant}，{self.state.label}），"
            "一张发票只能报销一次。"
        )
