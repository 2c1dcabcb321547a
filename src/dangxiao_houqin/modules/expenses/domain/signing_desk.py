"""What a signer has before him: one document in full, what he signed before, and who may be put into a chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .approval import DocumentKind, DocumentState, Flaw, SaveChainStep, SignAction, SignatureMark

AGREE = "同意"
"""The opinion that stands in the field of its own accord; a document is never returned with it."""

PHRASES = (AGREE, "同意，请按规定办理", "附件不全，请补齐后再报", "金额与发票不符，请核对")
"""Offered while a signer has written nothing of his own yet."""


@dataclass(frozen=True)
class SheetLine:
    """A line of a document: what, its category, what it belongs to, and its amount in fen."""

    text: str
    category: str
    detail: str
    amount_fen: int


@dataclass(frozen=True)
class SheetPaper:
    """A paper beside a document; ``kind`` is the Chinese word, ``size`` in bytes."""

    title: str
    kind: str
    evidence_id: int
    name: str
    media_type: str
    size: int
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SigningSheet:
    """A document as its signer sees it beside the evidence.

    ``facts`` are (caption, text) in reading order; ``notices`` what must be seen before signing (budget, procurement,
    splitting); ``flaws`` what is not as it was signed before; ``budget_left_fen`` as noted when it was handed in.
    """

    kind: DocumentKind
    id: int
    version: int
    number: str
    title: str
    state: DocumentState
    round: int
    applicant: str
    department: str
    total_fen: int
    capitals: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[SheetLine, ...]
    quotes: tuple[tuple[str, int], ...]
    budget_left_fen: int | None
    rule: str
    notices: tuple[str, ...]
    marks: tuple[SignatureMark, ...]
    papers: tuple[SheetPaper, ...]
    flaws: tuple[Flaw, ...]

    @property
    def current_marks(self) -> tuple[SignatureMark, ...]:
        """The steps of the round that runs."""
        return tuple(mark for mark in self.marks if mark.round == self.round)

    @property
    def earlier_marks(self) -> tuple[SignatureMark, ...]:
        """What was signed in rounds that were returned or withdrawn."""
        return tuple(mark for mark in self.marks if mark.round != self.round and mark.signer)


@dataclass(frozen=True)
class SignedRow:
    """One signature of whoever looks: on what, when, and with which opinion."""

    seq: int
    at: datetime
    action: SignAction
    kind: DocumentKind
    document_id: int
    number: str
    title: str
    applicant: str
    total_fen: int
    opinion: str
    on_behalf_of: str
    state: DocumentState


@dataclass(frozen=True)
class PersonChoice:
    """Somebody with a login, as a chain, a stand-in or a test of a chain names him."""

    id: int
    name: str
    post: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class SignerChoices:
    """What the editor of a chain offers."""

    people: tuple[PersonChoice, ...]
    roles: tuple[tuple[int, str], ...]
    posts: tuple[str, ...]
    categories: tuple[tuple[str, str], ...]
    class_kinds: tuple[str, ...]


@dataclass(frozen=True)
class TryChain:
    """Who would sign a document of ``kind`` with ``total_fen`` by ``steps``; ``None``: by the chain of ``day``."""

    kind: DocumentKind
    total_fen: int
    steps: tuple[SaveChainStep, ...] | None = None
    day: date | None = None
    category: str = ""
    class_kind: str = ""
    applicant_id: int | None = None


@dataclass(frozen=True)
class StepAnswer:
    """One step of such a document: who is asked, the people that can sign it now, and why it differs or is skipped."""

    title: str
    who_text: str
    names: tuple[str, ...]
    skipped: bool = False
    reason: str = ""


@dataclass(frozen=True)
class ChainAnswer:
    """The steps in order; or ``problem``, the sentence the applicant would get."""

    steps: tuple[StepAnswer, ...]
    problem: str = ""
