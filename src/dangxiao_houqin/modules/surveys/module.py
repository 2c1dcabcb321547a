"""What surveys plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec

from .domain.rules import (
    COMMENTS,
    EDIT,
    ENTER,
    EXPORT,
    KIOSK,
    RUN,
    SUBMIT,
    SUGGESTIONS,
    SUGGESTIONS_VIEW,
    VIEW,
    KioskRules,
    SurveyRules,
)


def _pages() -> tuple[PageSpec, ...]:
    return ()


MODULE = ModuleSpec(
    "surveys",
    "满意度",
    permissions=(VIEW, EDIT, RUN, ENTER, COMMENTS, EXPORT, SUBMIT, KIOSK, SUGGESTIONS_VIEW, SUGGESTIONS),
    settings=(SurveyRules, KioskRules),
    pages=_pages,
)
