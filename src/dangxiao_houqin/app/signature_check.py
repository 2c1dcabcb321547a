"""``doctor`` on signatures: the whole chain, or one printed head, against the database.  Reads only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses.domain.approval import Flaw
from dangxiao_houqin.modules.expenses.verification import Verification, find_link, verify_all

from .database import open_database

MOST_FLAWS = 20

GUARDS = {
    "signature_record": 2,
    "signed_content": 2,
    "attachment_content": 1,
}
"""Tables that only grow, with the number of triggers that see to it on SQLite (PostgreSQL has one each)."""

_HEAD = re.compile(r"\s*(?:第\s*)?(\d+)\s*(?:号)?\s*[:,;\s]\s*([0-9A-Za-z][0-9A-Za-z\s-]*?)\s*")


@dataclass(frozen=True)
class PrintedHead:
    """What somebody read off paper: the number of a signature and its check code."""

    seq: int
    code: str


def read_head(text: str) -> PrintedHead:
    """``"28:JT89-NPJ6-AW14"`` in any spelling (full-width, spaces, lower case).  Raises :class:`InvalidInput`."""
    found = _HEAD.fullmatch(unicodedata.normalize("NFKC", text))
    letters = re.sub(r"[\s-]", "", found[2]) if found else ""
    if found is None or len(letters) != 12:
        raise InvalidInput(
            "请按“序号:校验码”填写，如 28:JT89-NPJ6-AW14（序号和 12 位校验码印在单据和台账的页脚）。", field="head"
        )
    return PrintedHead(int(found[1]), letters)


def check_signatures(target: str, *, progress: Progress = no_progress) -> Verification:
    """Look at every signature, document and file.  Raises :class:`AppError` for a database that cannot be opened."""
    db = open_database(target, upgrade=False, thorough=False)
    try:
        with unit_of_work(db, Actor.system(), "expenses.verify_all", progress=progress, read_only=True) as ctx:
            return verify_all(ctx)
    finally:
        db.close()


def check_head(target: str, head: PrintedHead) -> Flaw | None:
    """What is wrong when the database no longer has the signature that a paper shows."""
    db = open_database(target, upgrade=False, thorough=False)
    try:
        with unit_of_work(db, Actor.system(), "expenses.find_link", read_only=True) as ctx:
            return find_link(ctx, head.seq, head.code)
    finally:
        db.close()


def sentences(found: Verification) -> Iterator[str]:
    """What ``doctor --verify-signatures`` says."""
    yield f"核对了 {found.links} 条签名记录、{found.documents} 张单据、{found.files} 个附件。"
    if found.head.seq:
        when = f"（{found.head.at:%Y-%m-%d %H:%M}）" if found.head.at is not None else ""
        yield f"签名链到第 {found.head.seq} 号{when}，校验码 {found.head.check_code}。"
    else:
        yield "还没有任何签名。"
    if not found.flaws:
        yield "没有发现改动；请再拿最近打印的单据或台账上的序号和校验码比对一次（--verify-head）。"
        return
    first = found.flaws[0]
    yield f"发现 {len(found.flaws)} 处与签字时不符，第一处是“{first.record}”的“{first.field}”："
    for number, flaw in enumerate(found.flaws[:MOST_FLAWS], start=1):
        yield f"{number:3}. [{flaw.record}｜{flaw.field}] {flaw.sentence}"
    if len(found.flaws) > MOST_FLAWS:
        yield f"     还有 {len(found.flaws) - MOST_FLAWS} 处没有列出。"


def as_data(found: Verification) -> dict[str, Any]:
    """What ``doctor --verify-signatures --json`` prints; every flaw."""
    return {
        "links": found.links,
        "documents": found.documents,
        "files": found.files,
        "head": {"seq": found.head.seq, "check_code": found.head.check_code, "digest": found.head.digest},
        "flaws": [flaw_data(flaw) for flaw in found.flaws],
    }


def flaw_data(flaw: Flaw) -> dict[str, Any]:
    return {
        "record": flaw.record,
        "field": flaw.field,
        "sentence": flaw.sentence,
        "document": [flaw.document[0].value, flaw.document[1]] if flaw.document is not None else None,
        "seq": flaw.seq,
    }


def unguarded(connection: sa.Connection) -> tuple[str, ...]:
    """The tables whose protection against change somebody took off."""
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name"
        found = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
        return tuple(table for table, wanted in GUARDS.items() if found.get(table, 0) < wanted)
    query = (
        "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgenabled <> 'D' GROUP BY 1"
    )
    found = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    return tuple(table for table in GUARDS if not found.get(table))
