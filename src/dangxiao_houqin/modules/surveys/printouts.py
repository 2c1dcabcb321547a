"""The printouts of surveys: what the database gives to the pure functions in :mod:`.reports`.

Each is a pair: ``load_xxx(ctx, …)`` reads, ``xxx_pdf(data, progress)`` draws without a database.
"""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx

from .queries.questionnaires import get_version
from .reports.paper_form import PaperForm, paper_form_pdf

__all__ = ["load_paper_form", "paper_form_pdf"]


def load_paper_form(ctx: Ctx, version_id: int, subject: str = "", not_experienced: bool = True) -> PaperForm:
    """满意度测评表 of a version, ``subject`` (a class) heading its title; raises :class:`NotFound`."""
    shown = get_version(ctx, version_id)
    return PaperForm(shown.content, subject, not_experienced, f"{shown.row.name}　第{shown.row.number}版")
