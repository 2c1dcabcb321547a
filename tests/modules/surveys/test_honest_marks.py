"""What is printed is what was found: no whole 100 % that is not whole, and ▲ only among what can be compared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import By, HistoryPoint
from dangxiao_houqin.modules.surveys.domain.rules import Formula
from dangxiao_houqin.modules.surveys.queries.history import get_history
from dangxiao_houqin.modules.surveys.queries.results import compare
from dangxiao_houqin.modules.surveys.statistics import Pool, best_of, highest_of, shown_rate

from .answered import answered_class, rated
from .ballots import LEVELS, small_content

Unit = Callable[..., AbstractContextManager[Ctx]]


def test_a_rate_reads_as_whole_only_when_everybody_is_satisfied() -> None:
    pool = Pool()
    pool.add((0, 1, 0, 0, 0, 4_499), 300)
    figure = pool.figure(Formula.F1)
    assert figure is not None
    assert figure.rate_text == "99.9%"
    shares = (1.0, 0.99996, 0.00001, 0.0, 1.2, 3 * 0.1 / 0.3)
    assert [percent_text(share) for share in shares] == ["100.0%", "99.9%", "0.1%", "0.0%", "120.0%", "100.0%"]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_is_rounded_the_same_way_wherever_it_stands(pair: tuple[int, int]) -> None:
    rate = pair[0] / pair[1]
    text = percent_text(rate)
    assert f"{shown_rate(rate) / 10:.1f}%" == text
    assert (text == "100.0%") is (pair[0] == pair[1])
    assert (text == "0.0%") is (pair[0] == 0)


def test_half_a_tenth_is_rounded_as_it_is_printed() -> None:
    """77 of 80 is 96.25 %."""
    assert f"{shown_rate(77 / 80) / 10:.1f}%" == percent_text(77 / 80)


def year(number: int, rate: float, top: int | None) -> HistoryPoint:
    return HistoryPoint(number, "", rate, 50, Formula.F1, True, top=top)


@pytest.mark.parametrize("tops", ((5, 4), (5, 0), (0, 0), (None, 0)))
def test_scales_of_different_length_bear_no_mark(tops: tuple[int | None, int | None]) -> None:
    best = best_of([year(2024, 0.9, tops[0]), year(2025, 0.95, tops[1])])
    assert not best.marked
    assert "量表" in best.reason
    assert best_of([year(2024, 0.9, None), year(2025, 0.95, 4)]).marked


def test_a_year_on_four_levels_is_not_better_than_one_on_five(unit: Unit) -> None:
    four = replace(small_content(), levels=LEVELS[:4])
    with unit() as ctx:
        answered_class(ctx, 1, rated(3, 6) + rated(5, 4), held_on=date(2025, 5, 6))
        answered_class(ctx, 2, rated(3, 10), content=four, held_on=date(2026, 2, 1))
    with unit(read_only=True) as ctx:
        view = get_history(ctx)
        assert len(view.series[0].points) == 2
        assert not any(one.best.marked for one in view.series)
        assert highest_of(compare(ctx, By.SUBJECT).rows, "") is None


def test_a_row_of_the_whole_school_does_not_hide_classes_without_a_kind(unit: Unit) -> None:
    with unit() as ctx:
        answered_class(ctx, 1, rated(5, 6), kind="", held_on=date(2025, 5, 6))
    with unit(read_only=True) as ctx:
        assert [row.title for row in compare(ctx, By.KIND).rows] == ["未分类班次"]
    with unit() as ctx:
        whole = answered_class(ctx, 2, rated(5, 6), kind="", held_on=date(2026, 2, 1))
        whole.subject_kind, whole.subject_id, whole.subject_text = "", None, ""
    with unit(read_only=True) as ctx:
        assert [row.title for row in compare(ctx, By.KIND).rows] == ["全校、未分类班次"]
