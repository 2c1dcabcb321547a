"""Tables of the survey module.

Two kinds, kept apart: the sealed ballot box (``survey_paper``, ``survey_code``), into which the kiosk only puts things,
and the results (``survey_response``, ``survey_rating``, ``survey_choice``, ``survey_text``), which exist from the
moment the box is opened.  Neither holds a time, an order, a device or a person, and neither is audited, for the audit
log knows the minute.
"""

from __future__ import annotations

from .ballots import SurveyCode, SurveyPaper
from .campaigns import Questionnaire, QuestionnaireVersion, SurveyCampaign
from .entry import EntryBatch, EntrySheet
from .results import HistoryFigure, SurveyChoice, SurveyRating, SurveyResponse, SurveyText
from .suggestions import Suggestion

__all__ = [
    "EntryBatch",
    "EntrySheet",
    "HistoryFigure",
    "Questionnaire",
    "QuestionnaireVersion",
    "Suggestion",
    "SurveyCampaign",
    "SurveyChoice",
    "SurveyCode",
    "SurveyPaper",
    "SurveyRating",
    "SurveyResponse",
    "SurveyText",
]
