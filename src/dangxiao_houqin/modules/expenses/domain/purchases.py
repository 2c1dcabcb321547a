"""采购申请: what somebody asks to buy, as entered, listed and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from dangxiao_houqin.core.columns import Pill

from .approval import DocumentKind, DocumentRef, DocumentState, Flaw, SignatureMark
from .claims import EvidenceRow
from .procurement import ProcurementKind, Route, Ruling
from .records import NewFile

MAX_ITEMS = 200
MAX_QUOTES = 12


class RequestAction(StrEnum):
    """What the reader may do with a request as it stands (buttons of its view)."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DELETE = "delete"
    VOID = "void"
    REGISTER_PAPER = "register_paper"
    RECORD = "record"
    COPY = "copy"


def amount_of(quantity: Decimal, price_fen: int) -> int:
    """Quantity times price in fen, rounded half up as every cashier does."""
    return int((quantity * price_fen).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class ItemInput:
    """One thing to buy: ``quantity`` with at most three decimals, ``price_fen`` for one unit."""

    name: str
    quantity: Decimal
    price_fen: int
    spec: str = ""
    unit: str = ""
    purpose: str = ""
    catalogue_item_id: int | None = None

    @property
    def amount_fen(self) -> int:
        return amount_of(self.quantity, self.price_fen)


@dataclass(frozen=True)
class QuoteInput:
    """What one supplier asks for the whole request; ``evidence_id`` keeps the file of a quote that has one."""

    supplier: str
    amount_fen: int
    note: str = ""
    evidence_id: int | None = None
    file: NewFile | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SaveRequest:
    """Create or change a request while nobody has signed it.

    A draft may be as empty as it likes; what a request must have is checked when it is submitted.  ``title`` empty
    takes the name of the first item, ``filled_on`` ``None`` is today, ``department_id`` ``None`` the applicant's own.
    ``route`` ``None`` follows what the rules demand; another one needs ``route_reason`` at submission.
    ``files`` are added, ``drop_files`` are evidence ids to take away.
    """

    kind: ProcurementKind
    title: str = ""
    filled_on: date | None = None
    items: tuple[ItemInput, ...] = ()
    quotes: tuple[QuoteInput, ...] = ()
    department_id: int | None = None
    category_id: int | None = None
    fund_source: str = ""
    budget_fen: int = 0
    route: Route | None = None
    route_reason: str = ""
    reason: str = ""
    minutes_no: str = ""
    files: tuple[NewFile, ...] = field(default=(), repr=False)
    drop_files: tuple[int, ...] = ()
    request_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SavedRequest:
    """What became of a save: the version to go on with."""

    id: int
    version: int
    label: str
    total_fen: int


@dataclass(frozen=True)
class RequestRow:
    """One request in the list; ``next_step`` says whose signature it waits for, ``record_no`` its record."""

    id: int
    version: int
    draft_no: str
    number: str
    state: DocumentState
    title: str
    kind: ProcurementKind
    department: str
    applicant_id: int | None
    applicant: str
    filled_on: date
    total_fen: int
    suggested_route: Route | None
    route: Route | None
    next_step: str
    record_no: str
    notices: int
    round: int

    @property
    def pill(self) -> Pill:
        return self.state.pill

    @property
    def code(self) -> str:
        """The official number, or the draft's."""
        return self.number or self.draft_no


@dataclass(frozen=True)
class ItemRow:
    """One thing asked for, as stored."""

    position: int
    name: str
    spec: str
    unit: str
    quantity: Decimal
    price_fen: int
    amount_fen: int
    purpose: str
    catalogue_item_id: int | None
    catalogue: str


@dataclass(frozen=True)
class QuoteRow:
    """One supplier's price, as stored."""

    position: int
    supplier: str
    amount_fen: int
    note: str
    evidence_id: int | None
    lowest: bool = False


@dataclass(frozen=True)
class RequestView:
    """Everything that the form, the signer and the paper (C.14) show of a request.

    ``ruling`` is what the rules say today of a request that may still change; of a submitted one ask ``route_rule``.
    ``marks`` are the signatures of all rounds, ``flaws`` what is not as it was signed; ``records`` are (id, label).
    """

    id: int
    version: int
    label: str
    draft_no: str
    number: str
    state: DocumentState
    round: int
    title: str
    kind: ProcurementKind
    department_id: int | None
    department: str
    applicant_id: int | None
    applicant: str
    filled_on: date
    category_id: int | None
    category: str
    fund_source: str
    budget_fen: int
    total_fen: int
    suggested_route: Route | None
    route: Route | None
    route_rule: str
    route_reason: str
    reason: str
    minutes_no: str
    notices: tuple[str, ...]
    returned_reason: str
    void_reason: str
    items: tuple[ItemRow, ...]
    quotes: tuple[QuoteRow, ...]
    evidence: tuple[EvidenceRow, ...]
    records: tuple[tuple[int, str], ...]
    marks: tuple[SignatureMark, ...]
    flaws: tuple[Flaw, ...]
    actions: frozenset[RequestAction]
    ruling: Ruling | None = None

    @property
    def code(self) -> str:
        """The official number, or the draft's."""
        return self.number or self.draft_no

    @property
    def document(self) -> DocumentRef:
        """What the engine of approval is given."""
        return DocumentRef(DocumentKind.PURCHASE, self.id, self.version)


@dataclass(frozen=True)
class RequestForm:
    """What the form of a request offers: departments, categories, the applicant's own department."""

    today: date
    departments: tuple[tuple[int, str], ...]
    own_department: int | None
    categories: tuple[tuple[int, str], ...]
    quotes_needed: int


@dataclass(frozen=True)
class Suggestion:
    """What the form shows while it is filled in: the sum, the ruling, and warnings about splitting."""

    total_fen: int
    ruling: Ruling
    warnings: tuple[str, ...]
    quotes_needed: int
    minutes_needed: bool
