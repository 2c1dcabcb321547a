"""Claims: their words, inputs and rows, and the office's rules of spending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.settings import Section, setting
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts

from .approval import DocumentKind, DocumentRef, DocumentState, Flaw, SignatureMark
from .procurement import ProcurementKind, Route

VIEW = Permission("expenses.view", "查看全部报销单和采购申请")
CLAIM = Permission("expenses.claim", "填报报销单")
PAY = Permission("expenses.pay", "登记支付")
VOID = Permission("expenses.void", "作废已批准的单据")


class PaymentMethod(StrEnum):
    """How a claim is paid; 公务卡 comes first (财库〔2011〕160号), cash needs a reason."""

    OFFICIAL_CARD = "card"
    TRANSFER = "transfer"
    AUTHORIZED = "authorized"
    DIRECT = "direct"
    CASH = "cash"

    @property
    def label(self) -> str:
        return {
            "card": "公务卡",
            "transfer": "转账",
            "authorized": "授权支付",
            "direct": "直接支付",
            "cash": "现金",
        }[self.value]


class InvoiceKind(StrEnum):
    """What kind of invoice or receipt."""

    DIGITAL = "digital"
    VAT_ORDINARY = "ordinary"
    VAT_SPECIAL = "special"
    FISCAL = "fiscal"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "digital": "数电发票",
            "ordinary": "增值税普通发票",
            "special": "增值税专用发票",
            "fiscal": "财政票据",
            "other": "其他票据",
        }[self.value]


class EvidenceKind(StrEnum):
    """What a paper beside a document is."""

    INVOICE = "invoice"
    LIST = "list"
    CONTRACT = "contract"
    MINUTES = "minutes"
    APPROVAL = "approval"
    ACCEPTANCE = "acceptance"
    QUOTE = "quote"
    CARD_SLIP = "card_slip"
    PHOTO = "photo"
    SIGNED_PAPER = "signed"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "invoice": "发票",
            "list": "清单",
            "contract": "合同",
            "minutes": "会议纪要",
            "approval": "批复、通知",
            "acceptance": "验收单",
            "quote": "报价单",
            "card_slip": "公务卡小票",
            "photo": "照片",
            "signed": "已签字的纸质单",
            "other": "其他",
        }[self.value]


@dataclass(frozen=True)
class ExpenseRules(Section):
    """How the office spends."""

    section: ClassVar[str] = "expenses.claims"
    title: ClassVar[str] = "报销规则"
    choices: ClassVar[dict[str, str]] = {
        "warn": "提醒，可以提交",
        "block": "不能提交",
        "a5": "A5 横向",
        "c240": "240×140 毫米连续纸",
        "plain": "都不写（壹拾万柒仟元伍角叁分）",
        "yuan": "元后写（壹拾万柒仟元零伍角叁分）",
        "wan": "万后写（壹拾万零柒仟元伍角叁分）",
        "both": "都写（壹拾万零柒仟元零伍角叁分）",
    }

    over_budget: Literal["warn", "block"] = setting("block", "超出预算时")
    no_budget: Literal["warn", "block"] = setting("warn", "科目没有预算时")
    cash_allowed: bool = setting(True, "允许现金支付", "允许时也要写明理由。")
    minutes_from_fen: int = setting(
        5_000_000, "会议纪要起点（分）", "报销金额达到这个数，须填写会议纪要文号；0 表示不要求。", minimum=0
    )
    slip_size: Literal["a5", "c240"] = setting("a5", "审批单纸张")
    witness_cell: bool = setting(False, "印“证明人（验收人）”栏")
    department_cell: bool = setting(False, "印“部门负责人”栏")
    finance_cell: bool = setting(False, "印“财务审核”栏")
    bank_shown: bool = setting(True, "印开户行和账号")
    capital_style: Literal["plain", "yuan", "wan", "both"] = setting(
        "plain", "大写金额中可写可不写的“零”", "支付结算办法两种写法都认可（如107,000.53元），按本单位财务的要求选。"
    )
    print_names: bool = setting(True, "电子签批后打印签批人姓名", "关闭时签字栏留空，只供手签；校验码照印。")


MAX_FEN = 99_999_999_999_99
"""Largest amount a claim may name: what the paper's cell and the capitals still hold."""


class EvidenceOwner(StrEnum):
    """What evidence belongs to; the first two are :class:`~.approval.DocumentKind`."""

    CLAIM = "claim"
    PURCHASE = "purchase"
    RECORD = "record"
    REMITTANCE = "remittance"

    @property
    def label(self) -> str:
        return {"claim": "报销单", "purchase": "采购申请", "record": "采购记录", "remittance": "缴款"}[self.value]


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class Subject:
    """The class or project a line is booked to: a link, its name as then written, and what kind of class it is.

    Without a link (``kind`` empty) ``text`` is a project typed by hand.
    """

    kind: str = ""
    id: int | None = None
    text: str = ""
    class_kind: str = ""

    @property
    def ref(self) -> Ref | None:
        return Ref(self.kind, self.id) if self.kind and self.id is not None else None


@dataclass(frozen=True)
class SaveLine:
    """One line as the form gives it; ``vouchers`` counts the papers behind it."""

    text: str
    category_id: int
    amount_fen: int
    subject: Subject = Subject()
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


# ---------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True)
class ClaimRow:
    """One claim in a list.

    ``waiting_for`` names whose signature is missing (role, post or person) since ``waiting_since``; ``late`` says that
    it waits longer than the rules remind after.
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
    LINK_RECORD = "link_record"
    OVERRIDE = "override"
    COPY = "copy"


@dataclass(frozen=True)
class ClaimView:
    """Everything one claim shows, on screen and on paper.

    ``marks`` are the signatures of all rounds, ``flaws`` what is not as it was signed (empty: everything is, or nothing
    was signed yet).  ``budget_left_fen``, ``notices``, ``route`` and ``route_rule`` are as found at submission;
    ``budgets`` is how the budget stands now.
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


# ------------------------------------------------------------------------------------------ asked of above
@dataclass(frozen=True)
class SubjectAnswer:
    """A class or project that a line may be booked to, with its days (both included)."""

    subject: Subject
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class SubjectsAsked:
    """Which classes or projects match ``text``, newest first?  Who knows adds at most ``limit`` to ``answers``."""

    text: str
    limit: int
    answers: list[SubjectAnswer] = field(default_factory=list)


@dataclass(frozen=True)
class ClassKindsAsked:
    """Which kinds of classes are there?  Who knows adds their names (conditions of a signing chain)."""

    kinds: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ClaimSettled:
    """A claim with a source was paid or voided; the room it came from may want to know."""

    source: Ref
    claim_id: int
    state: DocumentState
    amount_fen: int
