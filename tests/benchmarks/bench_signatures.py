"""P11: opening and verifying 10,000 signed claims with their chain, against bare Ed25519 of as many messages."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import keys
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind
from dangxiao_houqin.modules.expenses.models import SignatureRecord, SigningKey
from dangxiao_houqin.modules.expenses.verification import verify_all, verify_document
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.claims import fill_claims

CLAIMS = 10_000
ROUNDS = 5
OPENED = 200

Message = tuple[Ed25519PublicKey, bytes, bytes]


def messages(db: Database) -> list[Message]:
    """Key, signature and message of every link, ready for the bare verification."""
    with unit_of_work(db, Actor.system(), "bench.read", read_only=True) as ctx:
        known = {row.id: keys.public_key(row.public_key) for row in ctx.session.scalars(select(SigningKey))}
        rows = ctx.session.execute(
            select(SignatureRecord.key_id, SignatureRecord.signature, SignatureRecord.message)
        ).all()
    found = [(known[row.key_id], bytes.fromhex(row.signature), row.message.encode()) for row in rows]
    return [(key, signature, message) for key, signature, message in found if key is not None]


def bare(rows: list[Message]) -> None:
    for key, signature, message in rows:
        key.verify(signature, message)


def whole(db: Database) -> int:
    """What ``doctor --verify-signatures`` does: every link, text, document and file."""
    with unit_of_work(db, Actor.system(), "bench.verify", read_only=True) as ctx:
        found = verify_all(ctx)
    if found.flaws:
        raise SystemExit(f"the generated database is wrong: {found.flaws[0]}")
    return found.links


def median_seconds(*works: Callable[[], object]) -> list[float]:
    """Medians of processor time after one round to warm up; the works take turns."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, found in zip(works, times, strict=True):
            start = time.process_time()
            work()
            if number:
                found.append(time.process_time() - start)
    return [statistics.median(found) for found in times]


def peak(work: Callable[[], object]) -> float:
    """The most memory that Python held at once beyond what it held before, in MB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def opening(db: Database, ids: list[int]) -> float:
    """Median milliseconds to verify one claim when it is opened."""
    times = []
    for claim in ids:
        start = time.perf_counter()
        with unit_of_work(db, Actor.system(), "bench.open", read_only=True) as ctx:
            flaws = verify_document(ctx, DocumentKind.CLAIM, claim)
        times.append(time.perf_counter() - start)
        if flaws:
            raise SystemExit(str(flaws[0]))
    return statistics.median(times) * 1000


def main() -> list[BenchRow]:
    """The promise of P11, and beside it what one claim takes and how much memory the sweep needs."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "signed.sqlite")
        upgrade(db)
        filled = fill_claims(db, CLAIMS)
        rows = messages(db)
        gc.collect()
        gc.freeze()  # what filling left behind is not looked through again and again: a doctor starts without it
        own, plain = median_seconds(lambda: whole(db), lambda: bare(rows))
        if whole(db) != len(rows):
            raise SystemExit("not every link was verified")
        one = opening(db, filled.paid[:: max(1, len(filled.paid) // OPENED)])
        memory = peak(lambda: whole(db))
        db.close()
    work = f"打开并核对 {CLAIMS:,} 张签过字的报销单（{len(rows):,} 条签名、内容、步骤、附件）"
    return [
        BenchRow(
            "P11",
            work,
            f"{own:.2f} s",
            f"{plain:.2f} s (只用 Ed25519 验同样多的签名)",
            own / plain,
            "<= 1.5 x",
            own <= 1.5 * plain,
        ),
        BenchRow("P11b", f"{CLAIMS:,} 张里打开一张时核对", f"{one:.1f} ms", "", None, "<= 100 ms", one <= 100),
        BenchRow("P11c", f"核对 {CLAIMS:,} 张时多用的内存", f"{memory:.0f} MB", "", None, "<= 300 MB", memory <= 300),
    ]


if __name__ == "__main__":
    for row in main():
        print(row.id, row.figure, row.baseline, row.ratio, row.target, row.met)
