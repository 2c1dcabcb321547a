"""Links to things of another room without importing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer such as ``Ref("training_class", 12)``; the shell knows which page opens it."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Inverse of ``str``; raises ``ValueError`` when ``text`` is not of that form."""
        kind, _, number = text.rpartition(":")
        if not kind:
            raise ValueError(text)
        return cls(kind, int(number))
