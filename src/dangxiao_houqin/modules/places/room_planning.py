"""Which rooms a bulk creation would make: pure, so that the dialog previews exactly what the service does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dangxiao_houqin.core.errors import InvalidInput

from .domain import MAX_BEDS, MAX_BULK_ROOMS, BulkRooms
from .natural_order import normal_number

_LAST_SERIAL = 9999


@dataclass(frozen=True, slots=True)
class PlannedRoom:
    """One room to be made; ``exists`` says that the building already has a room of this number."""

    level: int
    number: str
    exists: bool


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A first number taken apart: ``A301甲`` on level 3 is prefix A, level 3, serial 01 (2 places), suffix 甲."""

    prefix: str
    follows_level: bool
    separator: str
    first_serial: int
    places: int
    suffix: str

    def number(self, level: int, serial: int) -> str:
        head = f"{self.prefix}{level}" if self.follows_level else self.prefix
        return f"{head}{self.separator}{serial:0{self.places}d}{self.suffix}"


def plan_rooms(bulk: BulkRooms, existing: Collection[str] = ()) -> tuple[PlannedRoom, ...]:
    """The rooms that ``bulk`` asks for, floor by floor in ascending order.

    ``existing`` are the numbers the building has.  Raises :class:`InvalidInput` when the request makes no sense.
    """
    levels = sorted(set(bulk.levels))
    _check(bulk, levels)
    pattern = _take_apart(normal_number(bulk.first_number), levels)
    skipped = {normal_number(number) for number in bulk.skip_numbers}
    return tuple(
        PlannedRoom(level, number, number in existing)
        for level in levels
        for number in _numbers(pattern, level, bulk, skipped)
    )


def _check(bulk: BulkRooms, levels: list[int]) -> None:
    if not levels:
        raise InvalidInput("请选择要建房间的楼层。", field="levels")
    if bulk.per_floor < 1:
        raise InvalidInput("每层至少 1 间。", field="per_floor")
    if len(levels) * bulk.per_floor > MAX_BULK_ROOMS:
        raise InvalidInput(f"一次最多新建 {MAX_BULK_ROOMS} 间，请减少楼层或每层间数。", field="per_floor")
    if not 0 <= bulk.beds <= MAX_BEDS:
        raise InvalidInput(f"每间床位数应在 0 到 {MAX_BEDS} 之间。", field="beds")
    if wrong := [char for char in bulk.skip_digits if char not in "0123456789"]:
        raise InvalidInput(f"“不用的数字”里只能写数字，不能有“{wrong[0]}”。", field="skip_digits")


def _take_apart(first: str, levels: list[int]) -> _Pattern:
    found = re.fullmatch(rf"(\D*?0*)({levels[0]})(\D*)(\d+)(\D*)", first)
    if found:
        prefix, _, separator, serial, suffix = found.groups()
        return _Pattern(prefix, True, separator, int(serial), len(serial), suffix)
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", first)
    if found is None:
        raise InvalidInput("起始房号里要有数字，例如 301、8-1 或 A301。", field="first_number")
    if len(levels) > 1:
        raise InvalidInput(
            f"一次建多层时，起始房号要以最低的楼层开头，例如 {levels[0]}01；现在是“{first}”。", field="first_number"
        )
    prefix, serial, suffix = found.groups()
    return _Pattern(prefix, False, "", int(serial), len(serial), suffix)


def _numbers(pattern: _Pattern, level: int, bulk: BulkRooms, skipped: set[str]) -> Iterator[str]:
    made, serial = 0, pattern.first_serial
    while made < bulk.per_floor:
        number = pattern.number(level, serial)
        text = f"{serial:0{pattern.places}d}"
        serial += 1
        if serial > _LAST_SERIAL + pattern.first_serial:
            raise InvalidInput("跳过的数字太多，排不出这么多房号，请检查“不用的数字”。", field="skip_digits")
        if not set(text) & set(bulk.skip_digits) and not {number, text, text.lstrip("0")} & skipped:
            made += 1
            yield number
