"""What expenses tell the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState


@dataclass(frozen=True)
class ClaimSettled:
    """A claim with a source was paid or voided; the room it came from may want to know."""

    source: Ref
    claim_id: int
    state: DocumentState
    amount_fen: int
