"""Use cases of surveys."""

from __future__ import annotations

from .ballot_box import close_campaign, count_so_far, reopen_campaign
from .submission import PaperRefused, Receipt, Refusal, submit_paper, try_code

__all__ = [
    "PaperRefused",
    "Receipt",
    "Refusal",
    "close_campaign",
    "count_so_far",
    "reopen_campaign",
    "submit_paper",
    "try_code",
]
