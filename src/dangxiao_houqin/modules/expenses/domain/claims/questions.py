"""What expenses ask of the rooms above, and tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState

from .inputs import Subject


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
