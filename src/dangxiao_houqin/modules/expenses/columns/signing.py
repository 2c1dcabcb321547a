"""Columns of the signing settings: chains, stand-ins, keys."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.approval import ChainRow, KeyRow, StandInRow


def _chain_state(row: ChainRow) -> Pill:
    return Pill("在用", "success") if row.current else Pill("不在用", "neutral")


def _key_state(row: KeyRow) -> Pill:
    return Pill("在用", "success") if row.retired_at is None else Pill("已作废", "neutral")


def _until(row: ChainRow) -> str:
    return row.valid_until.isoformat() if row.valid_until is not None else "一直有效"


def _limit(row: StandInRow) -> str:
    return yuan(row.limit_fen) if row.limit_fen is not None else "不限"


CHAIN_COLUMNS: tuple[Column[ChainRow], ...] = (
    Column("kind", "单据", lambda row: row.kind.label, width=136, paper_mm=30, sortable=False),
    Column("name", "名称", lambda row: row.name, width=150, paper_mm=34, sortable=False),
    Column("state", "状态", _chain_state, "pill", 88, 18, sortable=False),
    Column("from", "生效", lambda row: row.valid_from, "date", 104, 24, sortable=False),
    Column("until", "失效", _until, width=104, paper_mm=24, align="center", sortable=False),
    Column("steps", "签批步骤", lambda row: row.steps, width=380, sortable=False),
    Column("note", "依据", lambda row: row.note, width=160, sortable=False),
)

STAND_IN_COLUMNS: tuple[Column[StandInRow], ...] = (
    Column("principal", "授权人", lambda row: row.principal, width=110, paper_mm=22, sortable=False),
    Column("deputy", "代签人", lambda row: row.deputy, width=110, paper_mm=22, sortable=False),
    Column("state", "状态", lambda row: row.state, "pill", 88, 18, sortable=False),
    Column("from", "从", lambda row: row.from_day, "date", 108, 24, sortable=False),
    Column("until", "到（含）", lambda row: row.until_day, "date", 108, 24, sortable=False),
    Column("limit", "限额", _limit, width=130, paper_mm=26, align="right", sortable=False),
    Column("document", "授权文件", lambda row: row.document, width=220, sortable=False),
    Column("reason", "撤销理由", lambda row: row.revoked_reason, width=160, sortable=False),
)

KEY_COLUMNS: tuple[Column[KeyRow], ...] = (
    Column("user", "使用人", lambda row: row.user, width=120, paper_mm=26, sortable=False),
    Column("state", "状态", _key_state, "pill", 88, 18, sortable=False),
    Column("since", "启用时间", lambda row: row.since, "datetime", 140, 32, sortable=False),
    Column("signatures", "签名次数", lambda row: row.signatures, "int", 96, 18, sortable=False),
    Column("fingerprint", "公钥开头", lambda row: row.fingerprint, width=170, paper_mm=36, sortable=False),
    Column("retired", "作废时间", lambda row: row.retired_at, "datetime", 140, 32, sortable=False),
    Column("reason", "作废理由", lambda row: row.retired_reason, width=200, sortable=False),
)
