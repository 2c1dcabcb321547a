"""10,000 signed claims: what a clerk and a leader wait for, each beside the bare SQL of the same answer."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.models import Budget, EconomicCategory, ProcurementThreshold
from dangxiao_houqin.modules.expenses.queries.approval import count_waiting, list_waiting
from dangxiao_houqin.modules.expenses.queries.budgets import left_of, list_budgets
from dangxiao_houqin.modules.expenses.queries.claim_view import get_claim
from dangxiao_houqin.modules.expenses.queries.claims import list_claims
from dangxiao_houqin.modules.expenses.queries.rulings import split_warnings
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.claims import LAST_DAY, fill_claims

CLAIMS, WAITING = 10_000, 300
ROUNDS = 15
PAGE = 256
FILTER_MS = 200
"""The promise of P7 for a filter over a table."""

Query = Callable[[Ctx], object]


def prepare(db: Database) -> Any:
    """Claims, budgets for every category and year, and a limit that splitting is measured against."""
    filled = fill_claims(db, CLAIMS, waiting=WAITING)
    with unit_of_work(db, Actor.system(), "bench.prepare", clock=FixedClock()) as ctx:
        for category in ctx.session.scalars(select(EconomicCategory.id)).all():
            for year in (2024, 2025, 2026):
                ctx.add(Budget(year=year, category_id=category, amount_fen=10**11))
        limit = {"from_fen": 10_000_000, "route": "inquiry", "valid_from": date(2020, 1, 1), "document": "虚构"}
        ctx.add(ProcurementThreshold(kind="goods", **limit))
    return filled


def milliseconds(db: Database, actor: Actor, *works: Query) -> list[float]:
    """Medians after one round to warm up, a unit of work around each; the works take turns."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, found in zip(works, times, strict=True):
            start = time.perf_counter()
            options: Any = {"clock": FixedClock(), "handlers": REACTIONS, "read_only": True}
            with unit_of_work(db, actor, "bench.read", **options) as ctx:
                work(ctx)
            if number:
                found.append((time.perf_counter() - start) * 1000)
    return [statistics.median(found) for found in times]


def sql(statement: str, **values: Any) -> Query:
    """The bare statement with all its rows."""
    return lambda ctx: ctx.session.connection().execute(text(statement), values).all()


def cases(filled: Any, category: int) -> list[tuple[str, str, str, Query, Query]]:
    """Number, words, who asks, the program's query, and the bare one."""
    some = filled.paid[len(filled.paid) // 2]
    join = "FROM expense_claim c JOIN claim_line l ON l.claim_id = c.id"
    spent = f"SELECT l.category_id, sum(l.amount_fen) {join} WHERE c.budget_year = 2025 GROUP BY 1"
    year = "WHERE c.filled_on >= '2025-03-02' AND c.state = 'paid'"
    near = f"SELECT c.id, c.payee, l.category_id, l.amount_fen {join} {year}"
    waits = (
        "SELECT c.* FROM approval_step s JOIN expense_claim c ON c.id = s.document_id AND c.round = s.round "
        "WHERE s.document_kind = 'claim' AND s.state = 'waiting' AND s.since IS NOT NULL"
    )
    page = f"SELECT * FROM expense_claim ORDER BY filled_on DESC, id DESC LIMIT {PAGE}"

    def listed(**values: Any) -> Query:
        return lambda ctx: list_claims(ctx, ListQuery(limit=PAGE, **values))

    return [
        ("P15a", "报销列表第一页", "qian", listed(), sql(page)),
        ("P15b", "报销列表跳到最后", "qian", listed(offset=CLAIMS), sql(f"{page} OFFSET {CLAIMS}")),
        (
            "P15c",
            "按拼音查找收款单位",
            "qian",
            listed(search="wenju"),
            sql("SELECT * FROM expense_claim WHERE search_key LIKE '%wenju%' LIMIT 256"),
        ),
        (
            "P15d",
            "按科目和年度筛选",
            "qian",
            listed(filters={"category_id": category, "year": 2025}),
            sql(
                "SELECT * FROM expense_claim WHERE budget_year = 2025 AND id IN "
                "(SELECT claim_id FROM claim_line WHERE category_id = :category) LIMIT 256",
                category=category,
            ),
        ),
        ("P15e", "打开一张报销单（连核对签名）", "qian", lambda ctx: get_claim(ctx, some), sql(page)),
        ("P15f", "三个科目的预算余额", "wang", lambda ctx: left_of(ctx, 2025, (1, 2, category)), sql(spent)),
        ("P15g", "预算执行表", "qian", lambda ctx: list_budgets(ctx, ListQuery(filters={"year": 2025})), sql(spent)),
        (
            "P15h",
            "拆分采购提醒",
            "wang",
            lambda ctx: split_warnings(
                ctx, "虚构岚溪文具店", {category: 900_000}, ProcurementKind.GOODS, 900_000, LAST_DAY
            ),
            sql(near),
        ),
        ("P15i", f"待我签批的张数（{WAITING} 张在等）", "li", count_waiting, sql(waits)),
        ("P15j", "待我签批清单", "li", lambda ctx: list_waiting(ctx, ListQuery(limit=PAGE)), sql(waits)),
    ]


def main() -> list[BenchRow]:
    """Each answer within the time of P7 for a filter; the ratio to bare SQL stands beside it."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "claims.sqlite")
        upgrade(db)
        filled = prepare(db)
        with unit_of_work(db, Actor.system(), "bench.read", read_only=True) as ctx:
            code = EconomicCategory.code == "30211"
            category = ctx.session.scalars(select(EconomicCategory.id).where(code)).one()
        for key, words, login, own, bare in cases(filled, category):
            mine, plain = milliseconds(db, filled.school.actor(login), own, bare)
            found.append(
                BenchRow(
                    key,
                    f"{CLAIMS:,} 张报销单：{words}",
                    f"{mine:.1f} ms",
                    f"{plain:.1f} ms (直接用 SQL)",
                    mine / plain,
                    f"<= {FILTER_MS} ms",
                    mine <= FILTER_MS,
                )
            )
        db.close()
    return found


if __name__ == "__main__":
    for row in main():
        print(row.id, row.work, row.figure, row.baseline, f"{row.ratio:.1f} x", row.met)
