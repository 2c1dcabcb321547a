"""How something must be bought: two separate dated tests, the stricter wins, both are named.

The catalogue (集中采购目录) asks about each item by its own amount; the thresholds (限额标准) ask about the amount of
the whole purchase by kind.  Pure: rows in, ruling out.  Sources: 政府采购法; 财库〔2019〕69号 (guidance that provinces
may raise); 必须招标的工程项目规定 (NDRC order 16 of 2018).  Nothing is in force until a school enters it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from .domain.procurement import (
    STRICTNESS,
    CatalogueRow,
    NewThreshold,
    Part,
    ProcurementKind,
    Route,
    Ruling,
    ThresholdRow,
)

MAX_RULE = 300
"""Characters of a quoted rule that the tables keep."""

_RANK = {route: place for place, route in enumerate(STRICTNESS)}


@dataclass(frozen=True)
class Example:
    """A national figure that the wizard offers to be compared with the provincial document; never active by itself."""

    kind: ProcurementKind
    from_fen: int
    route: Route
    source: str


_GUIDANCE = "财库〔2019〕69号（地方指引，各省可提高）"
EXAMPLES: tuple[Example, ...] = (
    Example(ProcurementKind.GOODS, 300_000_00, Route.INQUIRY, _GUIDANCE),
    Example(ProcurementKind.GOODS, 2_000_000_00, Route.TENDER, _GUIDANCE),
    Example(ProcurementKind.SERVICES, 300_000_00, Route.CONSULTATION, _GUIDANCE),
    Example(ProcurementKind.SERVICES, 2_000_000_00, Route.TENDER, _GUIDANCE),
    Example(ProcurementKind.WORKS, 600_000_00, Route.CONSULTATION, _GUIDANCE),
    Example(ProcurementKind.WORKS, 4_000_000_00, Route.TENDER, "国家发展改革委令第16号（2018年）"),
)
"""City and county figures; goods (2 m) and services (1 m) of NDRC order 16 belong to building projects only."""


def stricter(first: Route, second: Route) -> Route:
    """The stricter of two routes by :data:`~.domain.procurement.STRICTNESS`."""
    return first if _RANK[first] >= _RANK[second] else second


def in_force(valid_from: date, valid_until: date | None, active: bool, day: date) -> bool:
    """Whether a dated rule counts on ``day``: from its first day up to, not including, its end."""
    return active and valid_from <= day and (valid_until is None or day < valid_until)


def yuan_words(fen: int) -> str:
    """An amount as documents write it: ``30万元``, ``1.5亿元``, ``2,000元``, ``1,234.50元``."""
    for unit, word in ((100_000_000_00, "亿元"), (10_000_00, "万元")):
        if fen >= unit and fen % (unit // 100) == 0:
            return f"{fen / unit:,.2f}".rstrip("0").rstrip(".") + word
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}元" if rest else f"{whole:,}元"


def _cited(document: str, longest: int) -> str:
    document = document.strip()
    if not document:
        return ""
    return f"（{document if len(document) <= longest else document[: longest - 1] + '…'}）"


@dataclass(frozen=True)
class _Test:
    """The outcome of one of the two tests; ``quote(longest)`` cuts names and documents to that length."""

    route: Route
    head: str
    tail: str
    document: str

    def quote(self, longest: int) -> str:
        head = self.head if len(self.head) <= longest + 40 else self.head[: longest + 39] + "…"
        return f"{head}{self.tail}{_cited(self.document, longest)}"


def _catalogue_sums(parts: Sequence[Part]) -> dict[int, int]:
    """Fen by catalogue item: several lines of one item add up."""
    sums: dict[int, int] = {}
    for part in parts:
        if part.catalogue_item_id is not None:
            sums[part.catalogue_item_id] = sums.get(part.catalogue_item_id, 0) + part.amount_fen
    return sums


def _test_catalogue(sums: dict[int, int], catalogue: Sequence[CatalogueRow]) -> _Test | None:
    """The strictest of ``catalogue``, all in force, whose own amount reaches its line."""
    hit = [item for item in catalogue if item.id in sums and sums[item.id] >= item.from_fen]
    if not hit:
        return None
    item = max(hit, key=lambda each: (_RANK[each.route], each.from_fen, sums[each.id]))
    reach = f"单项达到{yuan_words(item.from_fen)}" if item.from_fen else "不论金额"
    others = f"等{len(hit)}个品目" if len(hit) > 1 else ""
    return _Test(item.route, f"集中采购目录：{item.label}{others}", f"，{reach}应走{item.route.label}", item.document)


def _outside(sums: dict[int, int], catalogue: Sequence[CatalogueRow]) -> str:
    """Why the catalogue demands nothing."""
    below = [item for item in catalogue if item.id in sums]
    if below:
        item = max(below, key=lambda each: each.from_fen)
        return f"集中采购目录：{item.label[:40]}单项未达到{yuan_words(item.from_fen)}"
    return "所选目录品目当日不生效" if sums else "不在集中采购目录内"


def _hints(parts: Sequence[Part], catalogue: Sequence[CatalogueRow]) -> list[str]:
    """Things that are called like a catalogue item but were not entered as one."""
    words = [(word, item) for item in catalogue for word in {item.name, *item.keywords.split()} if len(word) > 1]
    found: dict[str, str] = {}
    for part in parts:
        if part.catalogue_item_id is None and part.name:
            hits = [(len(word), item) for word, item in words if word in part.name]
            if hits:
                best = max(hits, key=lambda hit: hit[0])[1]
                found.setdefault(part.name, f"“{part.name}”可能属于集中采购目录“{best.label}”，请核对是否选了品目。")
    return list(found.values())[:3]


def _thresholds_of(kind: ProcurementKind, day: date, thresholds: Iterable[ThresholdRow]) -> list[ThresholdRow]:
    return [
        row for row in thresholds if row.kind is kind and in_force(row.valid_from, row.valid_until, row.active, day)
    ]


def _test_amount(kind: ProcurementKind, amount_fen: int, rows: Sequence[ThresholdRow]) -> _Test | None:
    """The strictest threshold that the amount reaches: more money never frees from what less money demands."""
    reached = [row for row in rows if amount_fen >= row.from_fen]
    if not reached:
        return None
    row = max(reached, key=lambda each: (_RANK[each.route], each.from_fen))
    tail = f"{kind.label}{yuan_words(row.from_fen)}以上应走{row.route.label}"
    return _Test(row.route, "限额标准：", tail, row.document)


def lowest_threshold(kind: ProcurementKind, day: date, thresholds: Iterable[ThresholdRow]) -> ThresholdRow | None:
    """The least amount of a kind that demands anything on ``day``."""
    rows = [row for row in _thresholds_of(kind, day, thresholds) if row.route is not Route.SELF]
    return min(rows, key=lambda row: row.from_fen, default=None)


def judge(
    kind: ProcurementKind,
    parts: Sequence[Part],
    day: date,
    catalogue: Iterable[CatalogueRow],
    thresholds: Iterable[ThresholdRow],
    *,
    record_for_catalogue: bool = True,
) -> Ruling:
    """How ``parts`` together, all of one ``kind``, must be bought on ``day``.

    Without a threshold for the kind the ruling says so as a notice and only the catalogue decides.
    """
    total = sum(part.amount_fen for part in parts)
    rows = _thresholds_of(kind, day, thresholds)
    items = [item for item in catalogue if in_force(item.valid_from, item.valid_until, item.active, day)]
    sums = _catalogue_sums(parts)
    by_item = _test_catalogue(sums, items)
    by_amount = _test_amount(kind, total, rows)
    tests = [test for test in (by_item, by_amount) if test is not None]
    route = Route.SELF
    for test in tests:
        route = stricter(route, test.route)
    notices = _hints(parts, items)
    if not rows:
        notices.append(f"尚未设置{kind.label}的采购限额标准，不能判断是否达到限额；请先在“采购 → 限额标准”里设置。")
    over = by_amount is not None and by_amount.route is not Route.SELF
    catalogued = record_for_catalogue and by_item is not None and by_item.route is not Route.SELF
    return Ruling(
        route=route,
        rule=_rule(kind, total, day, tests, rows, _outside(sums, items)),
        record_needed=over or catalogued,
        over_limit=over,
        thresholds_set=bool(rows),
        notices=tuple(notices),
    )


def _rule(
    kind: ProcurementKind,
    total: int,
    day: date,
    tests: Sequence[_Test],
    rows: Sequence[ThresholdRow],
    outside: str,
) -> str:
    """Both tests in words, the deciding one first; a test that demands nothing is named too."""
    amount = yuan_words(total)
    if not rows:
        below = f"尚未设置{kind.label}限额标准"
    else:
        least = min(rows, key=lambda row: row.from_fen)
        below = f"{amount}未达到{kind.label}限额{yuan_words(least.from_fen)}{_cited(least.document, 60)}"
    if not tests:
        verdict = "可以自行采购" if rows else "暂按自行采购"
        return f"{outside}；{below}，{verdict}。"[:MAX_RULE]
    ordered = sorted(tests, key=lambda test: -_RANK[test.route])
    named = {test.head[:4] for test in tests}
    for longest in (120, 60, 40, 24):
        sentences = [test.quote(longest) for test in ordered]
        if len(tests) == 2 and ordered[0].route is not ordered[1].route:
            sentences.append(f"两项取严，按{ordered[0].route.label}")
        elif "限额标准" not in named:
            sentences.append(below)
        elif len(tests) == 1:
            sentences.append(outside)
        text = f"{'；'.join(sentences)}（{day:%Y-%m-%d}）。"
        if len(text) <= MAX_RULE:
            return text
    return text[: MAX_RULE - 1] + "…"


# -------------------------------------------------------------------------------------------------- splitting
_SPACES = re.compile(r"\s+")
_BRACKETS = str.maketrans({"（": "(", "）": ")", "［": "(", "］": ")", "[": "(", "]": ")", "〔": "(", "〕": ")",
                           "【": "(", "】": ")", "{": "(", "}": ")"})  # fmt: skip
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")


@lru_cache(maxsize=4096)
def supplier_key(name: str) -> str:
    """A supplier's name as compared: width, brackets, blanks and case do not count; 有限公司 does."""
    plain = unicodedata.normalize("NFKC", name).translate(_BRACKETS)
    return _SPACES.sub("", _INVISIBLE.sub("", plain)).casefold()


@dataclass(frozen=True)
class Spent:
    """One purchase among others that may belong together: when, how much, what it is called."""

    day: date
    fen: int
    label: str


def largest_window(others: Sequence[Spent], day: date, fen: int, days: int) -> tuple[int, tuple[Spent, ...]]:
    """The largest sum, with ``fen`` on ``day``, within any ``days`` successive days that contain ``day``.

    Returns the sum and the others in that window by day.
    """
    near = sorted(
        (each for each in others if abs((each.day - day).days) < days), key=lambda each: (each.day, each.label)
    )
    days_of = [each.day for each in near]
    sums = list(accumulate((each.fen for each in near), initial=0))
    best, place = fen, (0, 0)
    for start in dict.fromkeys((*(each for each in days_of if each <= day), day)):
        first = bisect_left(days_of, start)
        last = bisect_right(days_of, start + timedelta(days=days - 1))
        if fen + sums[last] - sums[first] > best:
            best, place = fen + sums[last] - sums[first], (first, last)
    return best, tuple(near[place[0] : place[1]])


def split_sentence(
    what: str, found: Sequence[Spent], total: int, limit: ThresholdRow, days: int, document: str = "支出"
) -> str:
    """What the signer reads when small amounts add up: whom it is about, the sum, the limit, and which documents."""
    named = "、".join(f"{each.label}（{yuan_words(each.fen)}）" for each in found[-3:])
    more = f"等 {len(found)} 笔" if len(found) > 3 else ""
    return (
        f"疑似化整为零：{what}在 {days} 天内连同本单共 {len(found) + 1} 笔{document}，合计 {yuan_words(total)}，"
        f"已达到{limit.kind.label}限额 {yuan_words(limit.from_fen)}；另见 {named}{more}。"
    )[:MAX_RULE]


def overlaps(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two half-open spans of days ``[from, until)`` share a day."""
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def contradiction(lines: Sequence[NewThreshold]) -> str | None:
    """What is wrong among thresholds entered together, as one sentence."""
    amounts: set[tuple[ProcurementKind, int]] = set()
    routes: set[tuple[ProcurementKind, Route]] = set()
    for line in lines:
        if (line.kind, line.from_fen) in amounts:
            return f"{line.kind.label}有两行都是 {yuan_words(line.from_fen)}，请删去一行。"
        if (line.kind, line.route) in routes:
            return f"{line.kind.label}的“{line.route.label}”填了两行，请只留一行。"
        amounts.add((line.kind, line.from_fen))
        routes.add((line.kind, line.route))
    for low in lines:
        for high in lines:
            if low.kind is high.kind and low.from_fen < high.from_fen and _RANK[low.route] > _RANK[high.route]:
                return (
                    f"{low.kind.label} {yuan_words(low.from_fen)}要求{low.route.label}，"
                    f"金额更大的 {yuan_words(high.from_fen)}却只要求{high.route.label}，请核对。"
                )
    return None
