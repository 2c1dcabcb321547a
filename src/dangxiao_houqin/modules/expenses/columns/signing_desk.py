"""Columns of what somebody signed."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column, Pill, Tone
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, SignAction
from dangxiao_houqin.modules.expenses.domain.signing_desk import SignedRow

_TONES: dict[SignAction, Tone] = {
    SignAction.SIGN: "success",
    SignAction.RETURN: "warning",
    SignAction.PAPER: "neutral",
    SignAction.SUBMIT: "primary",
}


def action_pill(row: SignedRow) -> Pill:
    """What the signature did."""
    return Pill(row.action.label, _TONES.get(row.action, "neutral"))


def opinion_text(row: SignedRow) -> str:
    """The opinion, and for whom it was given."""
    stands_in = f"（代{row.on_behalf_of}签）" if row.on_behalf_of else ""
    return f"{row.opinion}{stands_in}"


SIGNED_COLUMNS: tuple[Column[SignedRow], ...] = (
    Column("at", "时间", lambda row: row.at, "datetime", 132, 30),
    Column("title", "事由", lambda row: row.title, width=176),
    Column("total", "金额", lambda row: row.total_fen, "money", 132, 26),
    Column("action", "签批", action_pill, "pill", 80, 20),
    Column("opinion", "意见", opinion_text, width=130, paper_mm=36, sortable=False),
    Column("number", "单据编号", lambda row: row.number, width=128, paper_mm=28),
    Column("applicant", "经办人", lambda row: row.applicant, width=88, paper_mm=18),
    Column("state", "单据现状", lambda row: row.state.pill, "pill", 96, 20, sortable=False),
    Column("kind", "类别", lambda row: "采购" if row.kind is DocumentKind.PURCHASE else "报销", width=72, hidden=True),
    Column("seq", "签名序号", lambda row: row.seq, "int", 88, hidden=True),
)
