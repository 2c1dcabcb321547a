"""What spending, income and surveys belong to: a class or a project of a room above, without importing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .refs import Ref


@dataclass(frozen=True)
class Subject:
    """A class or project: a link, its name as then written, and what kind of class it is.

    Without a link (``kind`` empty) ``text`` is a project typed by hand.
    """

    kind: str = ""
    id: int | None = None
    text: str = ""
    class_kind: str = ""

    @property
    def ref(self) -> Ref | None:
        return Ref(self.kind, self.id) if self.kind and self.id is not None else None


NO_SUBJECT = Subject()


@dataclass(frozen=True)
class SubjectAnswer:
    """A class or project that may be chosen, with its days (both included) and how many people it has or expects."""

    subject: Subject
    start: date | None = None
    end: date | None = None
    people: int = 0


@dataclass(frozen=True)
class SubjectsAsked:
    """Which classes or projects match ``text``, newest first?  Who knows adds at most ``limit`` to ``answers``."""

    text: str
    limit: int
    answers: list[SubjectAnswer] = field(default_factory=list)


@dataclass(frozen=True)
class ClassKindsAsked:
    """Which kinds of classes are there?  Who knows adds their names."""

    kinds: list[str] = field(default_factory=list)
