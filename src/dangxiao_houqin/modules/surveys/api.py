"""Front door of surveys.

* ``open_surveys``, ``kiosk_settings``, ``submit_paper``, ``try_code`` with their words: the kiosk, another shell.
* ``scores``: satisfaction with a class or a year, with its n and formula, never of too few answers.
"""

from __future__ import annotations

from .domain.answers import Answers, FinishedPaper, check_answers, new_paper_id
from .domain.campaigns import Anonymity, OpenSurvey, code_hash, is_code
from .domain.questionnaires import Content
from .domain.results import Score, Scores
from .domain.rules import SUBMIT, KioskPin, KioskRules
from .queries.kiosk import has_kiosk_pin, kiosk_settings, open_surveys
from .queries.scores import scores
from .services import PaperRefused, Refusal, set_pin, submit_paper, try_code

__all__ = [
    "SUBMIT",
    "Anonymity",
    "Answers",
    "Content",
    "FinishedPaper",
    "KioskPin",
    "KioskRules",
    "OpenSurvey",
    "PaperRefused",
    "Refusal",
    "Score",
    "Scores",
    "check_answers",
    "code_hash",
    "has_kiosk_pin",
    "is_code",
    "kiosk_settings",
    "new_paper_id",
    "open_surveys",
    "scores",
    "set_pin",
    "submit_paper",
    "try_code",
]
