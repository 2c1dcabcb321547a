"""Finding the person who stands at the desk, in memory: letters, characters, digits, a scanned code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from dangxiao_houqin.core.pinyin import matches, normalise_query, search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DeskPerson, DeskRules, StayState
from dangxiao_houqin.modules.accommodation.queries import list_desk

CARD_CODE = re.compile(r"DXHQ[:：]E(\d{1,9})", re.IGNORECASE)
"""What the code on a student card says: the enrollment's id."""
ID_NUMBER = re.compile(r"\d{17}[\dXx]")
_LOOKS_LIKE_ID = re.compile(r"\d{12,}[Xx]?")


LOOK_AHEAD = 14
"""Days: somebody who comes earlier than that has mistaken the month."""
MOST_LATER = 50


@dataclass(frozen=True)
class Entry:
    """A person of the day with what he is found and ordered by."""

    person: DeskPerson
    order: tuple[str, str]
    name_key: str
    unit_key: str

    @property
    def key(self) -> tuple[str, int]:
        """Who it is, through every change of state."""
        return key_of(self.person)


@dataclass(frozen=True)
class DeskDay:
    """All the desk needs for a day, read at once."""

    day: date
    now: datetime
    rules: DeskRules
    entries: tuple[Entry, ...]


def key_of(person: DeskPerson) -> tuple[str, int]:
    """The roster's id for trainees, the stay's for guests."""
    if person.enrollment_id is not None:
        return "E", person.enrollment_id
    return "S", person.stay_id or 0


def entry_of(person: DeskPerson) -> Entry:
    """A person with his keys."""
    order = (person.class_name or "\uffff", person.sort_key)
    return Entry(person, order, _key(person.name), _key(person.unit_name))


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    return search_key(text)


def load_day(ctx: Ctx, day: date | None = None) -> DeskDay:
    """The people of ``day`` (today) by class and surname, and the desk's rules."""
    day = day or ctx.today()
    entries = sorted((entry_of(p) for p in list_desk(ctx, day)), key=lambda e: e.order)
    return DeskDay(day, ctx.now(), ctx.settings(DeskRules), tuple(entries))


def find_later(ctx: Ctx, text: str) -> tuple[str, tuple[Entry, ...]]:
    """(``text``, those who answer to it among the people of the next two weeks), the first to come first.

    The desk asks when nobody of today and tomorrow does.
    """
    soon = ctx.today() + timedelta(days=1)
    people = list_desk(ctx, ctx.today(), ahead=LOOK_AHEAD)
    found = find((entry_of(p) for p in people if p.arrive > soon), text, ctx.today())
    return text, tuple(sorted(found, key=lambda each: each.person.arrive)[:MOST_LATER])


def is_due(person: DeskPerson, day: date) -> bool:
    """Belongs to those who report in on ``day``: comes today, or should have come before and has not."""
    if not person.lodging or person.state in (StayState.LEFT, StayState.CANCELLED):
        return False
    if person.state is StayState.IN_HOUSE or person.arrived_at is not None:
        return person.arrive == day
    return person.arrive <= day


def is_waiting(person: DeskPerson, day: date) -> bool:
    """Due and not yet here (somebody marked as not coming is not waited for)."""
    return is_due(person, day) and person.arrived_at is None and person.state is not StayState.NO_SHOW


def has_arrived(person: DeskPerson, day: date) -> bool:
    """Due on ``day`` and here."""
    return is_due(person, day) and person.arrived_at is not None


def is_leaving(person: DeskPerson, day: date) -> bool:
    """In the house with the last night behind him: leaves today or should have left."""
    return person.state is StayState.IN_HOUSE and person.leave <= day


def looks_like_id(text: str) -> bool:
    """Whether what is being typed may become an ID number, which must not stand readable on a screen."""
    return _LOOKS_LIKE_ID.fullmatch(text.strip()) is not None


def find(entries: Iterable[Entry], text: str, day: date) -> list[Entry]:
    """Those who answer to ``text``, best first.

    Words are all asked for: letters and characters against the name, a second word also against unit and class;
    digits against the last four of the phone, the room, the number on the roster. Among equally good answers those
    who are still to come stand first.
    """
    words = text.split()
    if not words:
        return list(entries)
    code = CARD_CODE.fullmatch(words[0])
    if code is not None:
        wanted = ("E", int(code.group(1)))
        return [entry for entry in entries if entry.key == wanted]
    found: list[tuple[int, int, Entry]] = []
    for place, entry in enumerate(entries):
        grades = [_grade(entry, word) for word in words]
        if None not in grades:
            urgent = 0 if is_waiting(entry.person, day) else 100
            found.append((urgent + sum(g for g in grades if g is not None), place, entry))
    found.sort(key=lambda each: each[:2])
    return [entry for _, _, entry in found]


def _grade(entry: Entry, word: str) -> int | None:
    """How well a word fits, 0 best; ``None`` not at all."""
    person = entry.person
    if word.isdigit():
        return _grade_digits(person, word)
    query = normalise_query(word)
    if query and matches(entry.name_key, query):
        tokens = entry.name_key.split()
        if query in tokens:
            return 0
        return 1 if any(token.startswith(query) for token in tokens) else 3
    if word in person.unit_name or word in person.class_name or (len(query) > 1 and query in entry.unit_key):
        return 6
    if word.lower() in f"{person.building_name}{person.room_number}".lower():
        return 7
    return None


def _grade_digits(person: DeskPerson, word: str) -> int | None:
    if person.stay_id is not None and person.room_number == word:
        return 0
    if person.phone_tail and (person.phone_tail == word or (len(word) == 11 and word.endswith(person.phone_tail))):
        return 1
    if person.seq_no is not None and str(person.seq_no) == word:
        return 2
    if person.stay_id is not None and person.room_number.startswith(word):
        return 4
    if len(word) < 4 and person.phone_tail.startswith(word):
        return 5
    return None


def namesakes(entries: Sequence[Entry], chosen: Entry, day: date) -> list[Entry]:
    """Others of the same name among ``entries`` who could be meant as well."""
    return [
        entry
        for entry in entries
        if entry is not chosen
        and entry.person.name == chosen.person.name
        and is_waiting(entry.person, day) == is_waiting(chosen.person, day)
    ]


def told_apart(person: DeskPerson, other: DeskPerson) -> str:
    """What tells somebody from a namesake: unit, then class, then the phone."""
    if person.unit_name and person.unit_name != other.unit_name:
        return person.unit_name
    if person.class_name != other.class_name:
        return person.class_name
    return f"手机尾号 {person.phone_tail}" if person.phone_tail else f"{person.seq_no} 号"


def doubt(shown: Sequence[Entry], chosen: Entry, text: str, day: date, *, burst: bool) -> tuple[bool, str]:
    """(about a namesake, what to say) where one Enter must not decide: a namesake, or a scan that fits several people.

    An empty sentence: no doubt.
    """
    same = namesakes(shown, chosen, day)
    if same:
        mine = told_apart(chosen.person, same[0].person)
        return True, (
            f"有 {len(same) + 1} 位“{chosen.person.name}”，请看清单位：↑↓ 换人，再按 Enter 办理{mine}这一位。"
        )
    if burst and len(shown) > 1 and shown[0].person.name != text:
        return False, f"扫到的内容对得上 {len(shown)} 人，请用 ↑↓ 选定后按 Enter。"
    return False, ""


class Roll:
    """Everybody of the day in memory; what a command returned is younger than a list that was on its way."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._fresh: dict[tuple[str, int], DeskPerson] = {}

    def take_list(self, entries: Iterable[Entry]) -> None:
        """The day was read anew."""
        self.entries = [self._newest(entry) for entry in entries]

    def take(self, person: DeskPerson) -> Entry:
        """A command returned somebody as he is now."""
        entry = entry_of(person)
        self._fresh[entry.key] = person
        places = [n for n, each in enumerate(self.entries) if each.key == entry.key]
        if places:
            self.entries[places[0]] = entry
        else:
            self.entries = sorted([*self.entries, entry], key=lambda each: each.order)
        return entry

    def find(self, key: tuple[str, int] | None) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def _newest(self, entry: Entry) -> Entry:
        known = self._fresh.get(entry.key)
        if known is None or known.stay_id != entry.person.stay_id or known.version is None:
            return entry
        if (entry.person.version or 0) >= known.version:
            del self._fresh[entry.key]
            return entry
        return entry_of(known)
