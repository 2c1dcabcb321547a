"""Formulas of satisfaction: the one home of rates, means, intervals, suppression and ▲历史最好; pure functions.

Counts of ratings are tuples by value: place 0 is 未体验, place ``top`` the best level.  未体验 counts in no rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import mul

from dangxiao_houqin.core.columns import percent_text

from .domain.results import Best, ComparedRow, Figure, HistoryPoint, Interval
from .domain.rules import Formula

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

MARK = "▲"

_SATISFIED_LEVELS = {Formula.F1: 2, Formula.F2: 3}


def wilson(rate: float, n: int) -> Interval:
    """Wilson's score interval of 95 % for ``rate`` found with ``n`` (E. B. Wilson, JASA 22, 1927); ``n`` >= 1."""
    square = Z_95 * Z_95
    spread = 1 + square / n
    middle = (rate + square / (2 * n)) / spread
    half = Z_95 / spread * math.sqrt(max(rate * (1 - rate), 0.0) / n + square / (4 * n * n))
    low = 0.0 if rate <= 0 else max(middle - half, 0.0)
    high = 1.0 if rate >= 1 else min(middle + half, 1.0)
    return Interval(low, high)


def satisfied(counts: Sequence[int], formula: Formula) -> float:
    """The part of the ratings that counts as satisfied, in ratings; F3 counts each as its score over the best."""
    top = len(counts) - 1
    if formula is Formula.F3:
        return sum(value * count for value, count in enumerate(counts)) / top
    return sum(counts[top - _SATISFIED_LEVELS[formula] + 1 :])


def judged(counts: Sequence[int]) -> int:
    """Ratings that are a judgement."""
    return sum(counts) - counts[0]


@dataclass
class Pool:
    """Ratings put together, apart by the length of their scale; ``sample`` counts what is independent among them."""

    sample: int = 0
    by_top: dict[int, list[int]] = field(default_factory=dict)

    def add(self, counts: Sequence[int], sample: int = 0) -> None:
        """Put one published atom in."""
        self.sample += sample
        mine = self.by_top.get(len(counts))
        if mine is None:
            self.by_top[len(counts)] = list(counts)
        else:
            self.by_top[len(counts)] = [a + b for a, b in zip(mine, counts, strict=True)]

    def figure(self, formula: Formula) -> Figure | None:
        """What may be shown of it; None when it is empty."""
        if len(self.by_top) == 1:
            return figure_of(next(iter(self.by_top.values())), self.sample, formula)
        n = sum(map(judged, self.by_top.values()))
        if not n:
            return None
        rate = sum(satisfied(counts, formula) for counts in self.by_top.values()) / n
        interval = None if formula is Formula.F3 else wilson(rate, self.sample)
        unjudged = sum(counts[0] for counts in self.by_top.values())
        return Figure(n, unjudged, (), rate, None, 0, self.sample, formula, interval)


def figure_of(counts: Sequence[int], sample: int, formula: Formula) -> Figure | None:
    """The figure of ratings on one scale; None when nobody judged."""
    n = sum(counts) - counts[0]
    if not n:
        return None
    rate = satisfied(counts, formula) / n
    return Figure(
        n=n,
        not_experienced=counts[0],
        counts=tuple(counts[:0:-1]),
        rate=rate,
        mean=sum(map(mul, counts, range(len(counts)))) / n,
        top=len(counts) - 1,
        sample=sample,
        formula=formula,
        interval=None if formula is Formula.F3 else wilson(rate, sample),
    )


# --------------------------------------------------------------------------------------------- in words
def formula_text(formula: Formula, levels: Sequence[str], minimum: int) -> str:
    """计算口径: what stands under every table and chart (domain/3-forms.md C.17)."""
    if formula is Formula.F3:
        rate = "满意率＝平均分÷满分×100%"
        interval = "F3 不是比例，不给置信区间。"
    else:
        wanted = _SATISFIED_LEVELS[formula]
        named = "＋".join(levels[:wanted]) if levels else f"前{'两三'[wanted - 2]}级"
        rate = f"满意率＝（{named}）÷有效评价份数×100%"
        interval = (
            "括注区间为 95% 置信区间（Wilson 法），题目按有效评价份数计，分组和全部项目按答卷份数（答得最多的一题）计。"
        )
    scores = (
        f"平均分：最好一级计 {len(levels)} 分，最差一级计 1 分。" if levels else "平均分按各自量表计，不同量表不合并。"
    )
    return (
        f"计算口径（{formula.value}）：{rate}，“未体验”和空白不计入；分组为组内各题有效评价合并计算。{scores}{interval}"
        f"有效评价不足 {minimum} 份的不显示，也不计入任何合计。"
    )


# ------------------------------------------------------------------------------------------ ▲历史最好
def best_of(points: Iterable[HistoryPoint]) -> Best:
    """▲ for the highest own value, only when it is strictly above every other and all were counted by one formula.

    The upper two of four levels are not the upper two of five, so scales of different length are not compared either.

    Raises nothing: without a mark ``reason`` says why there is none.
    """
    own = [point for point in points if not point.shadowed]
    if len(own) < 2:
        return Best("", "不足两个时期的数据，无从比较。")
    unknown = [point.period for point in own if point.formula is None]
    if unknown:
        return Best("", f"{_listed(unknown)}的数据没有注明计算公式，不能断定历史最好。")
    if len({point.formula for point in own}) > 1:
        different = [point.period for point in own if point.formula is not own[-1].formula]
        return Best("", f"{_listed(different)}的计算公式与{own[-1].period}不同，不能比较。")
    scales = {point.top for point in own if point.top is not None}
    if 0 in scales or len(scales) > 1:
        return Best("", "各时期的量表级数不同（四级、五级），满意率不能直接比较。")
    top = max(shown_rate(point.rate) for point in own)
    highest = [point for point in own if shown_rate(point.rate) == top]
    if len(highest) > 1:
        return Best("", f"{_listed([point.period for point in highest])}并列最高（{top / 10:.1f}%）。")
    formula = highest[0].formula
    assert formula is not None
    return Best(
        highest[0].period, f"{highest[0].period} {top / 10:.1f}%，高于其余 {len(own) - 1} 个时期（{formula.value}）。"
    )


def highest_of(rows: Iterable[ComparedRow], column: str) -> str | None:
    """Key of the row whose rate in ``column`` is above every other's.

    None with fewer than two, when they tie, and where scales of different length come together.
    """
    figures = [(row.key, figure) for row in rows if (figure := row.cell(column).figure) is not None]
    if len({figure.top for _, figure in figures}) > 1 or any(figure.top == 0 for _, figure in figures):
        return None
    shown = [(shown_rate(figure.rate), key) for key, figure in figures]
    top = max(shown, default=(0, ""))[0]
    highest = [key for rate, key in shown if rate == top]
    return highest[0] if len(shown) > 1 and len(highest) == 1 else None


def shown_rate(rate: float) -> int:
    """A rate in tenths of a percent, exactly as it is printed: what looks equal is not called better."""
    return round(float(percent_text(rate).removesuffix("%")) * 10)


def _listed(periods: Sequence[str]) -> str:
    return "、".join(periods[:3]) + (f"等 {len(periods)} 个时期" if len(periods) > 3 else "")
