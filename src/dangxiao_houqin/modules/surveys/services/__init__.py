"""Use cases of surveys."""

from __future__ import annotations

from .ballot_box import close_campaign, count_so_far, reopen_campaign
from .questionnaires import (
    copy_version,
    delete_draft,
    ensure_questionnaire,
    freeze_version,
    save_version,
    set_retired,
)
from .submission import PaperRefused, Receipt, Refusal, submit_paper, try_code

__all__ = [
    "PaperRefused",
    "Receipt",
    "Refusal",
    "close_campaign",
    "copy_version",
    "count_so_far",
    "delete_draft",
    "ensure_questionnaire",
    "freeze_version",
    "reopen_campaign",
    "save_version",
    "set_retired",
    "submit_paper",
    "try_code",
]
