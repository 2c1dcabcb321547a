"""Formulas against worked examples, and ▲ only where it really is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.modules.surveys.domain.results import (
    ComparedCell,
    ComparedRow,
    HistoryPoint,
    PaperCount,
    ResultFilter,
)
from dangxiao_houqin.modules.surveys.domain.rules import Formula
from dangxiao_houqin.modules.surveys.statistics import (
    Pool,
    best_of,
    formula_text,
    highest_of,
    satisfied,
    wilson,
)

FIVE = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")

# 20 非常满意, 10 满意, 5 基本满意, 3 不满意, 2 非常不满意, 7 未体验: 40 judgements
COUNTS = (7, 2, 3, 5, 10, 20)


def pooled(*atoms: tuple[int, ...]) -> Pool:
    pool = Pool()
    for counts in atoms:
        pool.add(counts, sum(counts[1:]))
    return pool


@pytest.mark.parametrize(
    ("formula", "rate"), ((Formula.F1, 30 / 40), (Formula.F2, 35 / 40), (Formula.F3, (100 + 40 + 15 + 6 + 2) / 200))
)
def test_each_formula_of_a_five_level_scale(formula: Formula, rate: float) -> None:
    figure = pooled(COUNTS).figure(formula)
    assert figure is not None
    assert figure.rate == pytest.approx(rate)
    assert (figure.n, figure.not_experienced, figure.counts) == (40, 7, (20, 10, 5, 3, 2))
    assert figure.mean == pytest.approx(163 / 40)
    assert (figure.interval is None) == (formula is Formula.F3)


def test_a_four_level_scale_counts_its_own_top_levels() -> None:
    counts = (1, 2, 4, 6, 8)  # 8 best of 20
    assert satisfied(counts, Formula.F1) == 14
    assert satisfied(counts, Formula.F2) == 18
    assert satisfied(counts, Formula.F3) == pytest.approx((8 * 4 + 6 * 3 + 4 * 2 + 2) / 4)


def test_scales_of_different_length_have_a_rate_and_no_mean() -> None:
    figure = pooled(COUNTS, (1, 2, 4, 6, 8)).figure(Formula.F1)
    assert figure is not None
    assert figure.rate == pytest.approx((30 + 14) / 60)
    assert (figure.mean, figure.top, figure.counts) == (None, 0, ())
    assert figure.mean_text == "—"


def test_nothing_has_no_figure() -> None:
    assert Pool().figure(Formula.F1) is None
    assert pooled((9, 0, 0, 0, 0, 0)).figure(Formula.F1) is None


def test_wilson_against_published_values() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = wilson(hits / n, n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_rate_and_stays_within_bounds(hits_of: tuple[int, int]) -> None:
    hits, n = hits_of
    found = wilson(hits / n, n)
    assert 0 <= found.low <= hits / n <= found.high <= 1
    mirrored = wilson(1 - hits / n, n)
    assert math.isclose(found.low, 1 - mirrored.high, abs_tol=1e-9)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 6), min_size=1, max_size=6))
def test_a_pool_is_the_sum_of_its_atoms(atoms: list[tuple[int, ...]]) -> None:
    together = pooled(*atoms).figure(Formula.F1)
    n = sum(sum(counts[1:]) for counts in atoms)
    if not n:
        assert together is None
        return
    assert together is not None
    assert together.n == n
    assert together.rate == pytest.approx(sum(counts[4] + counts[5] for counts in atoms) / n)


def test_the_sentence_names_the_levels_and_the_smallest_sample() -> None:
    words = formula_text(Formula.F2, FIVE, 8)
    assert "（非常满意＋满意＋基本满意）÷有效评价份数×100%" in words
    assert "“未体验”和空白不计入" in words
    assert "不足 8 份的不显示" in words
    assert "Wilson" not in formula_text(Formula.F3, FIVE, 5)
    assert "前两级" in formula_text(Formula.F1, (), 5)


# ------------------------------------------------------------------------------------------ ▲历史最好
def year(number: int, rate: float, formula: Formula | None = Formula.F1, *, shadowed: bool = False) -> HistoryPoint:
    return HistoryPoint(number, "", rate, 50, formula, True, shadowed=shadowed)


def test_the_highest_of_all_years_is_the_best() -> None:
    best = best_of([year(2023, 0.912), year(2024, 0.964), year(2025, 0.95)])
    assert best.period == "2024年"
    assert "96.4%" in best.reason


@pytest.mark.parametrize(
    ("points", "why"),
    (
        ([year(2025, 0.99)], "无从比较"),
        ([], "无从比较"),
        ([year(2024, 0.9641), year(2025, 0.9644)], "并列最高"),
        ([year(2024, 0.90, None), year(2025, 0.99)], "没有注明计算公式"),
        ([year(2024, 0.90, Formula.F2), year(2025, 0.99)], "计算公式与2025年不同"),
    ),
)
def test_without_a_real_best_it_says_why(points: list[HistoryPoint], why: str) -> None:
    best = best_of(points)
    assert not best.marked
    assert why in best.reason


def test_a_typed_value_beside_a_measured_one_does_not_count() -> None:
    best = best_of([year(2024, 0.99, None, shadowed=True), year(2024, 0.90), year(2025, 0.95)])
    assert best.period == "2025年"


def test_the_highest_of_a_table_stands_alone_or_not_at_all() -> None:
    def row(key: str, rate: float) -> ComparedRow:
        figure = pooled((0, 0, 0, 0, 0, 10)).figure(Formula.F1)
        assert figure is not None
        cell = ComparedCell(type(figure)(**{**vars(figure), "rate": rate}))
        return ComparedRow(key, key, ResultFilter(), PaperCount(), 1, {"": cell})

    assert highest_of([row("a", 0.9), row("b", 0.95)], "") == "b"
    assert highest_of([row("a", 0.95), row("b", 0.95)], "") is None
    assert highest_of([row("a", 0.95)], "") is None
    assert highest_of([row("a", 0.95), row("b", 0.9)], "g:other") is None
