"""The two dated tests of procurement, by tables and by properties; splitting by windows of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.modules.expenses.domain.procurement import (
    RULE_ROUTES,
    STRICTNESS,
    CatalogueRow,
    NewThreshold,
    Part,
    ProcurementKind,
    Route,
    Ruling,
    ThresholdRow,
)
from dangxiao_houqin.modules.expenses.procurement_rules import (
    EXAMPLES,
    MAX_RULE,
    Spent,
    contradiction,
    judge,
    largest_window,
    lowest_threshold,
    overlaps,
    split_sentence,
    supplier_key,
    yuan_words,
)

GOODS, SERVICES, WORKS = ProcurementKind
DAY = date(2026, 3, 2)
OLD, NEW = date(2024, 1, 1), date(2026, 1, 1)
PC, PRINTER, DESK = 1, 2, 3
DOC, OLD_DOC = "示财采〔2026〕1号", "示财采〔2024〕3号"
RANK = {route: place for place, route in enumerate(STRICTNESS)}

CATALOGUE = (
    CatalogueRow(PC, 1, "A02010105", "台式计算机", GOODS, Route.E_STORE, 0, NEW, None, DOC, "电脑 主机"),
    CatalogueRow(PRINTER, 1, "A02020400", "多功能一体机", GOODS, Route.FRAMEWORK, 50_000_00, NEW, None, DOC),
    CatalogueRow(DESK, 1, "A05010200", "台、桌类", GOODS, Route.CENTRAL, 0, OLD, NEW, OLD_DOC),
)
THRESHOLDS = (
    ThresholdRow(1, 1, GOODS, 300_000_00, Route.INQUIRY, OLD, NEW, OLD_DOC),
    ThresholdRow(2, 1, GOODS, 500_000_00, Route.INQUIRY, NEW, None, DOC),
    ThresholdRow(3, 1, GOODS, 2_000_000_00, Route.TENDER, NEW, None, DOC),
    ThresholdRow(4, 1, SERVICES, 500_000_00, Route.CONSULTATION, NEW, None, DOC),
    ThresholdRow(5, 1, WORKS, 600_000_00, Route.CONSULTATION, NEW, None, DOC, active=False),
)


def ruled(kind: ProcurementKind, fen: int, item: int | None = None, day: date = DAY) -> Ruling:
    return judge(kind, [Part(fen, item)], day, CATALOGUE, THRESHOLDS)


@pytest.mark.parametrize(
    ("kind", "fen", "item", "day", "route", "over", "record"),
    (
        (GOODS, 1, None, DAY, Route.SELF, False, False),
        (GOODS, 499_999_99, None, DAY, Route.SELF, False, False),
        (GOODS, 500_000_00, None, DAY, Route.INQUIRY, True, True),
        (GOODS, 1_999_999_99, None, DAY, Route.INQUIRY, True, True),
        (GOODS, 2_000_000_00, None, DAY, Route.TENDER, True, True),
        (GOODS, 5_000_00, PC, DAY, Route.E_STORE, False, True),  # the catalogue alone, whatever the amount
        (GOODS, 600_000_00, PC, DAY, Route.INQUIRY, True, True),  # both: the stricter one
        (GOODS, 49_999_99, PRINTER, DAY, Route.SELF, False, False),  # below the item's own amount
        (GOODS, 50_000_00, PRINTER, DAY, Route.FRAMEWORK, False, True),
        (GOODS, 100, DESK, DAY, Route.SELF, False, False),  # no longer in the catalogue
        (GOODS, 100, DESK, date(2025, 12, 31), Route.CENTRAL, False, True),  # its last day
        (GOODS, 300_000_00, None, date(2025, 12, 31), Route.INQUIRY, True, True),  # the limit of that year
        (GOODS, 300_000_00, None, NEW, Route.SELF, False, False),
        (GOODS, 900_000_00, None, date(2023, 12, 31), Route.SELF, False, False),  # before any rule
        (SERVICES, 500_000_00, None, DAY, Route.CONSULTATION, True, True),
        (WORKS, 9_000_000_00, None, DAY, Route.SELF, False, False),  # its only rule is switched off
    ),
)
def test_the_two_tests(
    kind: ProcurementKind, fen: int, item: int | None, day: date, route: Route, over: bool, record: bool
) -> None:
    ruling = ruled(kind, fen, item, day)
    assert (ruling.route, ruling.over_limit, ruling.record_needed) == (route, over, record)


def test_the_stricter_wins_and_both_are_quoted_with_document_and_amount() -> None:
    rule = ruled(GOODS, 600_000_00, PC).rule
    assert rule == (
        "限额标准：货物50万元以上应走询价（示财采〔2026〕1号）；"
        "集中采购目录：A02010105 台式计算机，不论金额应走电子卖场（示财采〔2026〕1号）；"
        "两项取严，按询价（2026-03-02）。"
    )


@pytest.mark.parametrize(
    ("fen", "item", "rule"),
    (
        (1_000_00, None, "不在集中采购目录内；1,000元未达到货物限额50万元（示财采〔2026〕1号），可以自行采购。"),
        (
            1_000_00,
            PRINTER,
            (
                "集中采购目录：A02020400 多功能一体机单项未达到5万元；"
                "1,000元未达到货物限额50万元（示财采〔2026〕1号），可以自行采购。"
            ),
        ),
        (1_000_00, DESK, "所选目录品目当日不生效；1,000元未达到货物限额50万元（示财采〔2026〕1号），可以自行采购。"),
        (
            1_000_00,
            PC,
            (
                "集中采购目录：A02010105 台式计算机，不论金额应走电子卖场（示财采〔2026〕1号）；"
                "1,000元未达到货物限额50万元（示财采〔2026〕1号）（2026-03-02）。"
            ),
        ),
    ),
)
def test_a_test_that_demands_nothing_is_named_too(fen: int, item: int | None, rule: str) -> None:
    assert ruled(GOODS, fen, item).rule == rule


def test_nothing_entered_is_said_and_not_guessed() -> None:
    ruling = judge(WORKS, [Part(9_000_000_00)], DAY, (), ())
    assert ruling.route is Route.SELF
    assert not ruling.record_needed
    assert not ruling.thresholds_set
    assert ruling.rule == "不在集中采购目录内；尚未设置工程限额标准，暂按自行采购。"
    assert ruling.notices == ("尚未设置工程的采购限额标准，不能判断是否达到限额；请先在“采购 → 限额标准”里设置。",)


def test_lines_of_one_item_add_up_and_other_lines_do_not_count_for_it() -> None:
    parts = [Part(30_000_00, PRINTER), Part(20_000_00, PRINTER), Part(400_000_00)]
    assert judge(GOODS, parts, DAY, CATALOGUE, THRESHOLDS).route is Route.FRAMEWORK
    apart = [Part(30_000_00, PRINTER), Part(400_000_00)]
    assert judge(GOODS, apart, DAY, CATALOGUE, THRESHOLDS).route is Route.SELF
    whole = [Part(100_000_00, PRINTER), Part(400_000_00)]
    assert judge(GOODS, whole, DAY, CATALOGUE, THRESHOLDS).route is Route.INQUIRY  # the amount counts all lines


def test_something_called_like_an_item_is_asked_about_and_never_decided() -> None:
    ruling = judge(GOODS, [Part(5_000_00, None, "办公电脑"), Part(1_00, None, "签字笔")], DAY, CATALOGUE, THRESHOLDS)
    assert ruling.route is Route.SELF
    assert ruling.notices == ("“办公电脑”可能属于集中采购目录“A02010105 台式计算机”，请核对是否选了品目。",)
    chosen = judge(GOODS, [Part(5_000_00, PC, "办公电脑")], DAY, CATALOGUE, THRESHOLDS)
    assert chosen.notices == ()


def test_a_school_may_do_without_records_for_the_catalogue() -> None:
    ruling = judge(GOODS, [Part(100, PC)], DAY, CATALOGUE, THRESHOLDS, record_for_catalogue=False)
    assert ruling.route is Route.E_STORE
    assert not ruling.record_needed
    over = judge(GOODS, [Part(600_000_00, PC)], DAY, CATALOGUE, THRESHOLDS, record_for_catalogue=False)
    assert over.record_needed


def test_long_documents_are_cut_and_the_rule_still_fits_the_table() -> None:
    document = "某某省财政厅关于印发某某省地方预算单位政府集中采购目录及标准的通知" * 3 + "（示财采〔2026〕1号）"
    catalogue = [CatalogueRow(1, 1, "A" * 20, "品" * 80, GOODS, Route.E_STORE, 1, NEW, None, document)]
    thresholds = [ThresholdRow(1, 1, GOODS, 100, Route.TENDER, NEW, None, document)]
    rule = judge(GOODS, [Part(100, 1)], DAY, catalogue, thresholds).rule
    assert len(rule) <= MAX_RULE
    assert "公开招标" in rule
    assert "电子卖场" in rule
    assert rule.endswith("两项取严，按公开招标（2026-03-02）。")


def test_examples_are_national_figures_with_their_source() -> None:
    by_kind = {(e.kind, e.route): e.from_fen for e in EXAMPLES}
    assert by_kind[GOODS, Route.TENDER] == by_kind[SERVICES, Route.TENDER] == 2_000_000_00
    assert by_kind[WORKS, Route.TENDER] == 4_000_000_00
    assert min(e.from_fen for e in EXAMPLES if e.kind is GOODS) == 300_000_00
    assert min(e.from_fen for e in EXAMPLES if e.kind is WORKS) == 600_000_00
    assert all("号" in e.source for e in EXAMPLES)
    assert contradiction([NewThreshold(e.kind, e.from_fen, e.route) for e in EXAMPLES]) is None


# ------------------------------------------------------------------------------------------------ properties
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
KINDS = st.sampled_from(list(ProcurementKind))
ROUTES = st.sampled_from(RULE_ROUTES)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    start = draw(DAYS)
    return start, draw(st.none() | st.integers(1, 900).map(lambda n: start + timedelta(n)))


@st.composite
def threshold_rows(draw: st.DrawFn) -> ThresholdRow:
    start, end = draw(spans())
    fen = draw(st.integers(1, 10_000_000_00))
    return ThresholdRow(
        draw(st.integers(1, 99)), 1, draw(KINDS), fen, draw(ROUTES), start, end, "文", draw(st.booleans())
    )


@st.composite
def catalogue_rows(draw: st.DrawFn) -> CatalogueRow:
    start, end = draw(spans())
    key = draw(st.integers(1, 4))
    fen = draw(st.integers(0, 1_000_000_00))
    return CatalogueRow(
        key, 1, f"A{key}", "品目", draw(KINDS), draw(ROUTES), fen, start, end, "文", "", draw(st.booleans())
    )


RULES = st.tuples(st.lists(catalogue_rows(), max_size=6), st.lists(threshold_rows(), max_size=8))
PARTS = st.lists(st.tuples(st.integers(1, 3_000_000_00), st.none() | st.integers(1, 4)), min_size=1, max_size=5)


@given(RULES, KINDS, PARTS, DAYS, st.integers(0, 9_000_000_00), st.data())
def test_more_money_never_gives_a_laxer_route(
    rules: tuple[list[CatalogueRow], list[ThresholdRow]],
    kind: ProcurementKind,
    parts: list[tuple[int, int | None]],
    day: date,
    more: int,
    data: st.DataObject,
) -> None:
    place = data.draw(st.integers(0, len(parts) - 1))
    before = judge(kind, [Part(*part) for part in parts], day, *rules)
    dearer = [Part(fen + more if i == place else fen, item) for i, (fen, item) in enumerate(parts)]
    after = judge(kind, dearer, day, *rules)
    assert RANK[after.route] >= RANK[before.route]
    assert after.over_limit >= before.over_limit
    assert after.record_needed >= before.record_needed


@given(RULES, KINDS, PARTS, DAYS)
def test_only_rules_of_the_day_and_the_kind_count_and_the_words_fit(
    rules: tuple[list[CatalogueRow], list[ThresholdRow]],
    kind: ProcurementKind,
    parts: list[tuple[int, int | None]],
    day: date,
) -> None:
    catalogue, thresholds = rules
    ruling = judge(kind, [Part(*part) for part in parts], day, catalogue, thresholds)
    counts = [row for row in thresholds if row.active and row.valid_from <= day and (row.valid_until or date.max) > day]
    items = [row for row in catalogue if row.active and row.valid_from <= day and (row.valid_until or date.max) > day]
    alone = judge(kind, [Part(*part) for part in parts], day, items, [row for row in counts if row.kind is kind])
    assert alone == ruling
    assert ruling.thresholds_set == any(row.kind is kind for row in counts)
    total = sum(fen for fen, _ in parts)
    assert ruling.over_limit == any(row.kind is kind and total >= row.from_fen for row in counts)
    assert 0 < len(ruling.rule) <= MAX_RULE


# -------------------------------------------------------------------------------------------------- splitting
@pytest.mark.parametrize(
    ("one", "other", "same"),
    (
        ("嘉陵办公用品有限公司（南充）", "嘉陵办公用品有限公司(南充)", True),
        ("嘉陵 办公用品 有限公司", "嘉陵办公用品有限公司", True),
        ("ＡＢＣ商贸有限公司", "abc商贸有限公司", True),
        ("〔县〕文印中心", "（县）文印中心", True),
        ("嘉陵办公用品\u200b有限公司", "嘉陵办公用品有限公司", True),
        ("嘉陵办公用品有限公司", "嘉陵办公用品", False),
        ("嘉陵办公用品有限公司", "嘉陵办公用品有限责任公司", False),
    ),
)
def test_suppliers_are_compared_by_name_and_not_by_typing(one: str, other: str, same: bool) -> None:
    assert (supplier_key(one) == supplier_key(other)) is same


def spent(days: int, fen: int) -> Spent:
    return Spent(DAY + timedelta(days), fen, f"BX{days:+d}")


@pytest.mark.parametrize(
    ("others", "days", "total", "labels"),
    (
        ([], 30, 10, []),
        ([spent(-29, 5)], 30, 15, ["BX-29"]),
        ([spent(-30, 5)], 30, 10, []),
        ([spent(29, 5)], 30, 15, ["BX+29"]),
        ([spent(-20, 5), spent(20, 7)], 30, 17, ["BX+20"]),  # never both: 41 days
        ([spent(-20, 5), spent(9, 7)], 30, 22, ["BX-20", "BX+9"]),
        ([spent(0, 5), spent(0, 6)], 1, 21, ["BX+0", "BX+0"]),
        ([spent(1, 5)], 1, 10, []),
    ),
)
def test_the_window_of_days(others: list[Spent], days: int, total: int, labels: list[str]) -> None:
    best, chosen = largest_window(others, DAY, 10, days)
    assert (best, [each.label for each in chosen]) == (total, labels)


@given(
    st.lists(st.tuples(st.integers(-80, 80), st.integers(1, 1000)), max_size=30),
    st.integers(1, 45),
    st.integers(1, 1000),
)
def test_the_window_is_the_best_of_all(others: list[tuple[int, int]], days: int, fen: int) -> None:
    best, chosen = largest_window([spent(*each) for each in others], DAY, fen, days)
    slow = max(fen + sum(f for offset, f in others if start <= offset < start + days) for start in range(-days + 1, 1))
    assert best == slow == fen + sum(each.fen for each in chosen)


def test_the_warning_names_sum_limit_and_documents() -> None:
    limit = lowest_threshold(GOODS, DAY, THRESHOLDS)
    assert limit is not None
    assert limit.from_fen == 500_000_00
    found = [Spent(DAY, 200_000_00, f"BX-2026-0000{n}") for n in range(1, 6)]
    sentence = split_sentence("“嘉陵商贸”", found[:2], 550_000_00, limit, 30)
    assert sentence == (
        "疑似化整为零：“嘉陵商贸”在 30 天内连同本单共 3 笔支出，合计 55万元，已达到货物限额 50万元；"
        "另见 BX-2026-00001（20万元）、BX-2026-00002（20万元）。"
    )
    assert "等 5 笔" in split_sentence("“嘉陵商贸”", found, 1_100_000_00, limit, 30)


# ------------------------------------------------------------------------------------------------ small things
@pytest.mark.parametrize(
    ("fen", "words"),
    (
        (0, "0元"),
        (5, "0.05元"),
        (1_234_50, "1,234.50元"),
        (2_000_00, "2,000元"),
        (10_000_00, "1万元"),
        (12_345_00, "12,345元"),
        (300_000_00, "30万元"),
        (1_500_000_00, "150万元"),
        (100_000_000_00, "1亿元"),
        (250_000_000_00, "2.5亿元"),
        (100_000_001_00, "100,000,001元"),
    ),
)
def test_amounts_as_documents_write_them(fen: int, words: str) -> None:
    assert yuan_words(fen) == words


@pytest.mark.parametrize(
    ("lines", "words"),
    (
        ([(GOODS, 100, Route.INQUIRY), (GOODS, 100, Route.TENDER)], "两行都是"),
        ([(GOODS, 100, Route.INQUIRY), (GOODS, 200, Route.INQUIRY)], "填了两行"),
        ([(GOODS, 100, Route.TENDER), (GOODS, 200, Route.INQUIRY)], "却只要求询价"),
        ([(GOODS, 100, Route.TENDER), (SERVICES, 200, Route.INQUIRY)], None),
        ([(GOODS, 100, Route.INQUIRY), (GOODS, 200, Route.TENDER)], None),
    ),
)
def test_thresholds_entered_together_must_not_contradict(
    lines: list[tuple[ProcurementKind, int, Route]], words: str | None
) -> None:
    wrong = contradiction([NewThreshold(*line) for line in lines])
    assert wrong is None if words is None else wrong is not None and words in wrong


@pytest.mark.parametrize(
    ("one", "other", "together"),
    (
        ((OLD, NEW), (NEW, None), False),
        ((OLD, None), (NEW, None), True),
        ((OLD, NEW + timedelta(1)), (NEW, None), True),
        ((NEW, None), (OLD, NEW), False),
    ),
)
def test_spans_of_days(one: tuple[date, date | None], other: tuple[date, date | None], together: bool) -> None:
    assert overlaps(one, other) is together
