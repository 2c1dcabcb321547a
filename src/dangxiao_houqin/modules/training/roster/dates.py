"""Dates in every shape that rosters bring: 1985.3, 1985年3月, 198503, 85-03, 31107, 一九八五年三月."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from dangxiao_houqin.documents.sheets import CellValue

_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_SEPARATED = re.compile(
    r"^(\d{4}|\d{2})\s*[年.\-/．、,，\\](?:\s*(\d{1,2})\s*(?:月份?|[.\-/．、,，\\])?(?:\s*(\d{1,2})\s*[日号]?)?)?"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_YEAR = re.compile(r"^(\d{4})年?$")
_TAIL = re.compile(r"[(（\[【].*?[)）\]】]|生$|出生$|[,，]?\d{2}周?岁$")
_CHINESE_DATE = re.compile(
    r"^([〇○零一二三四五六七八九\d]{4})年([一二三四五六七八九十\d]{1,3})月(?:([一二三四五六七八九十\d]{1,3})[日号])?$"
)
_MONTH_DAY = re.compile(r"(?:(\d{4})\s*[年.\-/])?\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*[日号]?")
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it was written: year, or year and month, or all three."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        if self.day:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"


@dataclass(frozen=True, slots=True)
class ReadDate:
    """Result of reading a birth date: the value, or None; ``ambiguous_october`` for a number 1992.1."""

    value: PartialDate | None
    ambiguous_october: bool = False


def read_birth(value: CellValue, today: date) -> ReadDate:
    """The date of birth in a cell; ``value`` None when it cannot be read. Blank cells are the caller's matter."""
    if isinstance(value, datetime | date):
        return ReadDate(_plausible(value.year, value.month, value.day, today))
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _from_number(float(value), today)
    return _from_text(str(value), today)


def _from_number(number: float, today: date) -> ReadDate:
    if number.is_integer():
        whole = int(number)
        if 190000 < whole < 210000 or 19000000 < whole < 21000000:
            return _from_text(str(whole), today)
        if 1900 < whole < 2100:
            return ReadDate(_plausible(whole, 0, 0, today))
        if 3000 < whole < 60000:  # days since 1900, as Excel stores dates
            day = _EXCEL_EPOCH + timedelta(days=whole)
            return ReadDate(_plausible(day.year, day.month, day.day, today))
        return ReadDate(None)
    text = repr(number)
    year, _, month = text.partition(".")
    if len(year) == 4 and month == "1":
        # The cell says 1992.1: somebody typed January or October, Excel dropped the zero.
        return ReadDate(_plausible(int(year), 1, 0, today), ambiguous_october=True)
    return _from_text(text, today)


@lru_cache(maxsize=8192)
def _from_text(raw: str, today: date) -> ReadDate:
    text = unicodedata.normalize("NFKC", raw).strip().strip("'\"")
    text = "".join(text.split()) if not re.search(r"\d\s+\d", text) else text
    found = _CHINESE_DATE.match(text)
    if found and not text[:4].isdigit():
        year = int(found[1].translate(_CHINESE_DIGITS))
        month, day = _chinese_number(found[2]), _chinese_number(found[3] or "")
        return ReadDate(_plausible(year, month, day, today))
    for _ in range(2):
        text = _TAIL.sub("", text).strip(" .,，。")
    if found := _COMPACT.match(text):
        return ReadDate(_plausible(int(found[1]), int(found[2]), int(found[3] or 0), today))
    if found := _YEAR.match(text):
        return ReadDate(_plausible(int(found[1]), 0, 0, today))
    if found := _SEPARATED.match(text):
        year = int(found[1])
        if len(found[1]) == 2:
            if found[2] is None:
                return ReadDate(None)
            year += 1900 if year > (today.year - 14) % 100 else 2000
        return ReadDate(_plausible(year, int(found[2] or 0), int(found[3] or 0), today))
    return ReadDate(None)


def _chinese_number(text: str) -> int:
    if not text:
        return 0
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return int((tens or "一").translate(_CHINESE_DIGITS)) * 10 + int((ones or "零").translate(_CHINESE_DIGITS))
    return int(text.translate(_CHINESE_DIGITS))


def _plausible(year: int, month: int, day: int, today: date) -> PartialDate | None:
    """None for a date that does not exist or cannot be a birth date of an adult."""
    if not 1900 <= year <= today.year - 14 or not 0 <= month <= 12:
        return None
    if day:
        try:
            date(year, month, day)
        except ValueError:
            return None
    return PartialDate(year, month, day)


def read_stay_day(value: CellValue, around: date) -> date | None:
    """A day of arrival or departure: 3月5日, 3.5, 3月5日下午 in the year nearest to ``around``."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float | int):
        if not isinstance(value, bool) and 36000 < value < 80000:
            return _EXCEL_EPOCH + timedelta(days=int(value))
        value = repr(value)
    text = unicodedata.normalize("NFKC", str(value))
    found = _MONTH_DAY.search(text)
    if not found:
        only_day = re.search(r"(?<![\d月])(\d{1,2})[日号]", text)
        return nearest_day(around, around.month, int(only_day[1])) if only_day else None
    if found[1]:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    return nearest_day(around, int(found[2]), int(found[3]))


def nearest_day(around: date, month: int, day: int) -> date | None:
    """The date with this month and day that lies nearest to ``around``; None when there is none."""
    candidates = []
    for year in (around.year - 1, around.year, around.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda d: abs((d - around).days), default=None)
