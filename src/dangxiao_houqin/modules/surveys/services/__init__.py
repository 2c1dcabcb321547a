"""Use cases of surveys."""

from __future__ import annotations

from .ballot_box import close_campaign, count_so_far, reopen_campaign
from .campaigns import delete_campaign, draw_campaign_codes, open_campaign, save_campaign, void_codes
from .comments import file_comments
from .history import delete_history_figure, save_history_figure
from .kiosk_settings import set_pin
from .paper_entry import (
    begin_batch,
    begin_turn,
    discard_batch,
    finish_turn,
    hand_in,
    restart_turn,
    save_sheet,
    settle_sheet,
)
from .questionnaires import (
    copy_version,
    delete_draft,
    ensure_questionnaire,
    freeze_version,
    save_version,
    set_retired,
)
from .submission import PaperRefused, Receipt, Refusal, submit_paper, try_code
from .suggestions import (
    answer_suggestion,
    assign_suggestion,
    close_suggestion,
    decline_suggestion,
    raise_from_comment,
    raise_from_score,
    return_suggestion,
    save_suggestion,
    take_up_again,
)

__all__ = [
    "PaperRefused",
    "Receipt",
    "Refusal",
    "answer_suggestion",
    "assign_suggestion",
    "begin_batch",
    "begin_turn",
    "close_campaign",
    "close_suggestion",
    "copy_version",
    "count_so_far",
    "decline_suggestion",
    "delete_campaign",
    "delete_draft",
    "delete_history_figure",
    "discard_batch",
    "draw_campaign_codes",
    "ensure_questionnaire",
    "file_comments",
    "finish_turn",
    "freeze_version",
    "hand_in",
    "open_campaign",
    "raise_from_comment",
    "raise_from_score",
    "reopen_campaign",
    "restart_turn",
    "return_suggestion",
    "save_campaign",
    "save_history_figure",
    "save_sheet",
    "save_suggestion",
    "save_version",
    "set_pin",
    "set_retired",
    "settle_sheet",
    "submit_paper",
    "take_up_again",
    "try_code",
    "void_codes",
]
