"""Dates as they are typed in an office: ``3.2``, ``0302``, ``2026-3-2``, ``明天``, ``下周一``, ``+3``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_WORDS = {
    "今天": 0, "今日": 0, "今": 0, "明天": 1, "明日": 1, "明": 1, "后天": 2, "大后天": 3,
    "昨天": -1, "昨日": -1, "昨": -1, "前天": -2,
}  # fmt: skip
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEK = re.compile(r"(上|本|这|下|下下)?(?:周|星期|礼拜)([一二三四五六日天])")
_PARTS = re.compile(r"(?:(\d{4}|\d{2})[-/.年 ])?(\d{1,2})[-/.月 ](\d{1,2})[日号]?")
_DAY = re.compile(r"(\d{1,2})[日号]")
_SHIFT = re.compile(r"([+-])(\d{1,4})天?")


def parse_date(text: str, today: date) -> date | None:
    """The day meant by ``text``, ``None`` when it means none.

    Without a year the day nearest to ``today`` is meant (in December ``1.5`` is next January), at most half a year
    away; ``15日`` is the 15th of this month; ``周三`` the Wednesday of this week.
    """
    text = unicodedata.normalize("NFKC", text).strip().replace("。", ".").replace("、", ".")
    text = re.sub(r"[(（].*?[)）]", "", text).strip()
    text = re.sub(r"\s+", " ", text)
    if not text:
        return None
    if text in _WORDS:
        return _shifted(today, _WORDS[text])
    if found := _WEEK.fullmatch(text):
        weeks = {"上": -1, "下": 1, "下下": 2}.get(found[1] or "", 0)
        return _shifted(today, weeks * 7 + _WEEKDAYS[found[2]] - today.weekday())
    if found := _SHIFT.fullmatch(text):
        return _shifted(today, int(found[1] + found[2]))
    if text.isascii() and text.isdigit():
        return _digits(text, today)
    if found := _PARTS.fullmatch(text):
        year = found[1]
        if year is None:
            return _nearest(int(found[2]), int(found[3]), today)
        return _made(int(year) + (2000 if len(year) == 2 else 0), int(found[2]), int(found[3]))
    if found := _DAY.fullmatch(text):
        return _made(today.year, today.month, int(found[1]))
    return None


def _digits(text: str, today: date) -> date | None:
    if len(text) == 8:
        return _made(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 6:
        return _made(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    if len(text) == 4:
        return _nearest(int(text[:2]), int(text[2:]), today)
    if len(text) == 3:
        return _nearest(int(text[0]), int(text[1:]), today)
    return None


def _nearest(month: int, day: int, today: date) -> date | None:
    candidates = [_made(year, month, day) for year in range(today.year - 4, today.year + 5)]
    days = [each for each in candidates if each is not None]
    return min(days, key=lambda each: abs((each - today).days), default=None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shifted(day: date, by: int) -> date | None:
    try:
        return day + timedelta(days=by)
    except OverflowError:
        return None
