"""A year's holiday notice as it is pasted: the State Council's text, or plain lines.

``2027-02-06 至 2027-02-12 春节 放假`` and ``2027-02-14 上班`` are understood as well as
``二、春节：2月6日（周六）至12日（周五）放假调休，共7天。2月14日（周日）、2月20日（周六）上班。``
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .domain import SPRING_FESTIVAL, NoticeDay, NoticeReading

FESTIVALS = {
    "元旦": "元旦",
    SPRING_FESTIVAL: SPRING_FESTIVAL,
    "清明": "清明节",
    "劳动节": "劳动节",
    "五一": "劳动节",
    "端午": "端午节",
    "国庆": "国庆节",
    "中秋": "中秋节",
}
LONGEST = 31
"""Days; a longer stretch is a slip of the pen."""

_TOKEN = re.compile(
    r"(?:(?P<year>\d{4})\s*[-年./]\s*)?(?P<month>\d{1,2})\s*[-月./]\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?"
    r"|(?P<title>\d{4})\s*年"
    r"|(?P<bare>\d{1,2})\s*日"
    r"|(?P<to>至|到|—+|–|~|-)"
    r"|(?P<week>(?:周|星期)[一二三四五六日天])"
    r"|(?P<work>上班|补班)"
    r"|(?P<rest>放假|休假|休息)"
    r"|(?P<count>共?\s*\d+\s*天)"
)
_NOISE = re.compile(r"[\s,、;:.()一二三四五六七八九十]+|调休|农历|除夕|正月|腊月|初|廿|和|及|与")
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


class _Misread(Exception):
    """A line that cannot be taken as it is; the text says why."""


@dataclass
class _Reader:
    year: int
    """Meant where a line names none; a title such as 2027年…安排的通知 sets it for what follows."""
    line_year: int = 0

    def line(self, text: str) -> Iterator[NoticeDay]:
        """The days of one line; raises :class:`_Misread`."""
        self.line_year = self.year
        found = {full: text.index(word) for word, full in FESTIVALS.items() if word in text}
        festival = "、".join(sorted(found, key=lambda name: found[name]))
        for sentence in re.split("[。;]", text):
            yield from self._sentence(sentence, festival)

    def _sentence(self, text: str, festival: str) -> Iterator[NoticeDay]:
        open_days: list[date] = []  # not yet said whether off or worked
        last: date | None = None
        to_follows = False
        said: bool | None = None
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "title":
                self.year = self.line_year = int(token["title"])
            elif kind in ("day", "bare"):
                new = self._date(token, last)
                open_days += self._stretch(last, new, token[0]) if to_follows and last is not None else [new]
                last, to_follows = new, False
            elif kind == "to":
                to_follows = last is not None
            elif kind == "week" and last is not None:
                if last.weekday() != _WEEKDAYS[token["week"][-1]]:
                    right = "一二三四五六日"[last.weekday()]
                    raise _Misread(
                        f"{last.month}月{last.day}日写的是{token['week']}，{last.year}年这一天是周{right}，请核对年份和日期"
                    )
            elif kind in ("work", "rest"):
                said = kind == "work"
                yield from self._entries(open_days, said, festival or self._own_name(text))
                open_days, last = [], None
        if open_days:
            if said is None and not festival:
                raise _Misread("没有写明是放假还是上班，请补上")
            yield from self._entries(open_days, bool(said), festival or self._own_name(text))

    def _date(self, token: re.Match[str], last: date | None) -> date:
        try:
            if token["bare"] is not None:
                if last is None:
                    raise _Misread(f"“{token['bare']}日”前面没有月份，请写成“2月{token['bare']}日”")
                return date(last.year, last.month, int(token["bare"]))
            if token["year"] is not None:
                self.line_year = int(token["year"])
            day = date(self.line_year, int(token["month"]), int(token["day"]))
        except ValueError:
            raise _Misread(f"“{token[0].strip()}”不是有效的日期，请改正") from None
        return day.replace(year=day.year + 1) if token["year"] is None and last is not None and day < last else day

    def _stretch(self, first: date, last: date, text: str) -> list[date]:
        days = (last - first).days
        if not 0 < days < LONGEST:
            raise _Misread(f"到“{text.strip()}”为止的起止日期不对（{first} 至 {last}），请改正")
        return [first + timedelta(n) for n in range(1, days + 1)]

    def _entries(self, days: list[date], work: bool, name: str) -> Iterator[NoticeDay]:
        return (NoticeDay(day, work, "" if work else (name or "放假")[:40]) for day in days)

    def _own_name(self, text: str) -> str:
        """What a line says besides dates: 校庆."""
        return _NOISE.sub(" ", _TOKEN.sub(" ", text)).strip()


def read_notice(text: str, year: int) -> NoticeReading:
    """Understand a pasted notice; ``year`` is meant where the text names none.

    Lines without a date are passed over. A day that is off in one line and worked in another is a problem too.
    """
    reader = _Reader(year)
    days: dict[date, NoticeDay] = {}
    problems: list[str] = []
    for number, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        plain = re.sub(r"\((?![^)]*(?:周|星期))[^)]*\)", " ", line)  # (农历正月初五) says nothing; (周六) is checked
        if re.fullmatch(r"\s*\d{4}年\d{1,2}月\d{1,2}日\s*", plain):
            continue  # the day on which the notice was signed
        try:
            for entry in list(reader.line(plain)):
                if days.setdefault(entry.day, entry).workday != entry.workday:
                    raise _Misread(f"{entry.day.month}月{entry.day.day}日一处写放假、一处写上班，请改正")
        except _Misread as problem:
            problems.append(f"第 {number} 行：{problem}。")
    return NoticeReading(tuple(days[day] for day in sorted(days)), tuple(problems))
