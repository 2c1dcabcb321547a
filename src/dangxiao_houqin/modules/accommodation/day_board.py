"""What accommodation shows on the dashboard: today's figures, two charts, lines; each leads to the list it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dangxiao_houqin.core.columns import Tone
from dangxiao_houqin.core.module_spec import ChartSpec, ColumnsSpec, Figure, RingSpec, ShareSpec, TodayRow
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx

from .domain import ASSIGN, VIEW, DayCounts, NightFigures, StayState
from .queries import count_day, first_night, list_waiting_classes, night_figures
from .statistics import Grouping, occupancy

WEEK = timedelta(days=7)
WEEKS = 12
STAYS, FREE_BEDS, UNASSIGNED, STATISTICS = (
    "accommodation.stays",
    "accommodation.free_beds",
    "accommodation.unassigned",
    "accommodation.statistics",
)
_WEEKDAYS = "一二三四五六日"


def figures(ctx: Ctx) -> Sequence[Figure]:
    """Who comes and goes, who still needs a bed, how many beds are free tonight and at the week's peak."""
    if not ctx.can(VIEW):
        return ()
    today = ctx.today()
    day, nights = count_day(ctx, today), night_figures(ctx, today, today + WEEK)
    waiting = sum(row.people for row in list_waiting_classes(ctx, today))
    return (
        _sleeping(day, nights[0]),
        Figure(
            "今日报到",
            str(day.arriving),
            "人",
            _progress(day.arriving, day.arrived, "已到", "未到", "今天没有人报到"),
            "log-in",
            "teal",
            STAYS,
            order=110,
            args=_on("arrive", today),
        ),
        Figure(
            "今日离校",
            str(day.leaving),
            "人",
            _progress(day.leaving, day.left, "已退房", "未退", "今天没有人离校"),
            "log-out",
            "violet",
            STAYS,
            order=120,
            args=_on("leave", today),
        ),
        _waiting(ctx, waiting),
        *_free(nights),
    )


def _on(what: str, day: date) -> Mapping[str, Any]:
    return {"when": (what, day)}


def _sleeping(day: DayCounts, tonight: NightFigures) -> Figure:
    rate = occupancy(tonight.taken, tonight.available)
    note = f"入住率 {rate:.1%}" if rate is not None else "还没有可用的床位"
    if day.expected:
        note += f"，{day.expected} 人未到"
    if day.overstaying:
        note += f"，{day.overstaying} 人到期未退"
    return Figure(
        "今晚住宿",
        str(day.sleeping),
        f"人 / {tonight.available} 床",
        note,
        "bed-double",
        "primary",
        STAYS,
        order=100,
        args=_on("on", tonight.night),
    )


def _progress(all_of_them: int, done: int, done_word: str, open_word: str, nobody: str) -> str:
    if not all_of_them:
        return nobody
    return f"{done_word} {done} 人，{open_word} {all_of_them - done} 人"


def _waiting(ctx: Ctx, waiting: int) -> Figure:
    tone: Tone = "warning" if waiting else "success"
    note = "全部已安排"
    if waiting:
        note = "请到“自动分房”安排" if ctx.can(ASSIGN) else "等待安排床位"
    return Figure("待分配床位", str(waiting), "人", note, "user-plus", tone, UNASSIGNED, order=130)


def _free(nights: Sequence[NightFigures]) -> tuple[Figure, Figure]:
    """Beds free tonight, and on the fullest night of the next seven (the first of several equally full ones)."""
    tonight, fullest = nights[0], min(nights, key=lambda night: night.free)
    out = f"停用 {tonight.closed} 床不计" if tonight.closed else f"可用 {tonight.available} 床"
    tones: list[Tone] = [
        "success" if night.free else "error" if night.available else "neutral" for night in (tonight, fullest)
    ]
    return (
        Figure(
            "今晚空床",
            str(tonight.free),
            "张",
            out,
            "bed-single",
            tones[0],
            FREE_BEDS,
            order=140,
            args={"night": tonight.night},
        ),
        Figure(
            "七天内最少空床",
            str(fullest.free),
            "张",
            f"{night_words(fullest.night, tonight.night)}，住 {fullest.taken} 人",
            "calendar-clock",
            tones[1],
            FREE_BEDS,
            note_icon="" if fullest.free or not fullest.available else "warning",
            order=150,
            args={"night": fullest.night},
        ),
    )


def night_words(night: date, today: date) -> str:
    """今晚, 明晚 or 周四 11-26 晚."""
    if night == today:
        return "今晚"
    if night == today + timedelta(days=1):
        return "明晚"
    return f"周{_WEEKDAYS[night.weekday()]} {night:%m-%d} 晚"


def charts(ctx: Ctx) -> Sequence[ChartSpec]:
    """Occupancy of the last twelve weeks, this one included, and what tonight's beds are made of."""
    if not ctx.can(VIEW):
        return ()
    return (_weeks(ctx), _beds(ctx))


def _weeks(ctx: Ctx) -> ColumnsSpec:
    """The held rate of each week as the statistics tell it, read a night at a time instead of a stay at a time."""
    today = ctx.today()
    first = today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK
    starts = [first + number * WEEK for number in range(WEEKS)]
    nights, since = night_figures(ctx, first, first + WEEKS * WEEK), first_night(ctx)
    rates = []
    for start in starts:
        week = [n for n in nights if start <= n.night < start + WEEK and since is not None and n.night >= since]
        rates.append(occupancy(sum(n.taken for n in week), sum(n.available for n in week)))
    return ColumnsSpec(
        f"近 {WEEKS} 周床位入住率（%）",
        tuple(f"{start.isocalendar().week}周" for start in starts),
        (("床位", tuple(None if rate is None else round(rate * 100, 1) for rate in rates)),),
        unit="%",
        top=100.0,
        note="含本周已安排的夜晚；停用床位不计",
        page=STATISTICS,
        args=tuple({"start": start, "end": start + WEEK, "grouping": Grouping.BUILDING.value} for start in starts),
        order=100,
    )


def _beds(ctx: Ctx) -> RingSpec:
    today = ctx.today()
    tonight, day = night_figures(ctx, today, today + timedelta(days=1))[0], count_day(ctx, today)
    rate = occupancy(tonight.taken, tonight.available)
    shares = (
        ShareSpec("在住", day.in_house, "primary", STAYS, {**_on("on", today), "state": StayState.IN_HOUSE.value}),
        ShareSpec("已安排", day.expected, "warning", STAYS, {**_on("on", today), "state": StayState.ASSIGNED.value}),
        ShareSpec("空床", tonight.free, "neutral", FREE_BEDS, {"night": today}),
        ShareSpec("停用", tonight.closed, "error", "places.rooms", {"state": "touched"}),
    )
    return RingSpec("今晚床位构成", shares, f"{rate:.1%}" if rate is not None else "—", "床位占用", order=110)


def today_lines(ctx: Ctx) -> Sequence[TodayRow]:
    """Classes with people still without a bed."""
    if not ctx.can(VIEW):
        return ()
    return [
        TodayRow("待分床位", row.class_name, f"{row.people} 人", "warning", "", Ref("training_class", row.class_id))
        for row in list_waiting_classes(ctx, ctx.today())
    ]
