"""Front door of surveys.

* ``open_surveys``, ``kiosk_settings``, ``submit_paper``, ``try_code`` with their words: the kiosk, another shell.
"""

from __future__ import annotations

from .domain.answers import Answers, FinishedPaper, check_answers, new_paper_id, unanswered
from .domain.campaigns import Anonymity, OpenSurvey, code_hash, is_code, printed_code
from .domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from .domain.rules import KIOSK, SUBMIT, KioskPin, KioskRules
from .queries.kiosk import has_kiosk_pin, kiosk_settings, open_surveys
from .services import PaperRefused, Receipt, Refusal, set_pin, submit_paper, try_code

__all__ = [
    "KIOSK",
    "SUBMIT",
    "Anonymity",
    "Answers",
    "Content",
    "FinishedPaper",
    "KioskPin",
    "KioskRules",
    "OpenSurvey",
    "PaperRefused",
    "Question",
    "QuestionGroup",
    "QuestionKind",
    "Receipt",
    "Refusal",
    "check_answers",
    "code_hash",
    "has_kiosk_pin",
    "is_code",
    "kiosk_settings",
    "new_paper_id",
    "open_surveys",
    "printed_code",
    "set_pin",
    "submit_paper",
    "try_code",
    "unanswered",
]
