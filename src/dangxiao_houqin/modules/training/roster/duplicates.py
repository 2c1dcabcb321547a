"""The same person twice: inside the file, in the class, in a class at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.modules.training.roster.model import (
    Field,
    Problem,
    RosterRow,
    SkippedRow,
    TableMapping,
    problem_at,
)


@dataclass(frozen=True, slots=True)
class InFile:
    """What was found inside one file: rows to leave out, problems to show, harmless namesakes to mention."""

    repeats: tuple[SkippedRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def duplicates_in_file(
    people: Collection[RosterRow], mappings: dict[tuple[str, int], TableMapping], keep: Collection[tuple[str, int]]
) -> InFile:
    """Repeated people. The later row is left out unless it is in ``keep``; two people with one number are an error."""
    repeats: list[SkippedRow] = []
    problems: list[Problem] = []
    notes: list[str] = []
    by_id: dict[str, RosterRow] = {}
    by_name: dict[str, list[RosterRow]] = defaultdict(list)
    by_phone: dict[str, RosterRow] = {}
    for row in people:
        first = _same_person(row, by_id, by_name)
        if first is not None and row.key not in keep:
            differing = _differences(first, row)
            doubt = f"；两行的{'、'.join(differing)}不一致，请核对" if differing else ""
            note = f"，本行备注“{row.note}”" if row.note and row.note != first.note else ""
            sentence = f"与{_place(first, row)}的“{first.name}”是同一个人，已按前一行计，本行不重复计入{note}{doubt}。"
            about = Field.ID_NUMBER if row.id_number else Field.PHONE
            problems.append(problem_at(mappings[row.key], row.row, about, "warning", sentence))
            repeats.append(SkippedRow(row.sheet, row.row, "repeat", f"与{_place(first, row)}重复", row.name))
            continue
        if row.id_number:
            other = by_id.setdefault(row.id_number, row)
            if other is not row and row.key not in keep:
                for one, two in ((row, other), (other, row)):
                    sentence = f"身份证号与{_place(two, one)}的“{two.name}”相同，但姓名不同，请核对是谁的号码。"
                    problems.append(problem_at(mappings[one.key], one.row, Field.ID_NUMBER, "error", sentence))
        if row.phone:
            other = by_phone.setdefault(row.phone, row)
            if other is not row and other.name != row.name:
                sentence = f"联系电话与{_place(other, row)}的“{other.name}”相同，请核对是谁的号码。"
                problems.append(problem_at(mappings[row.key], row.row, Field.PHONE, "warning", sentence))
        if row.name:
            by_name[row.name].append(row)
    for name, same in by_name.items():
        if len(same) > 1:
            _namesakes(name, same, mappings, problems, notes)
    return InFile(tuple(repeats), tuple(problems), tuple(notes))


def _same_person(row: RosterRow, by_id: dict[str, RosterRow], by_name: dict[str, list[RosterRow]]) -> RosterRow | None:
    first = by_id.get(row.id_number) if row.id_number else None
    if first is not None and (first.name == row.name or not row.name):
        return first
    for other in by_name.get(row.name, ()) if row.name else ():
        one_id_missing = not row.id_number or not other.id_number
        if row.phone and row.phone == other.phone and (one_id_missing or row.id_number == other.id_number):
            return other
    return None


def _namesakes(
    name: str,
    same: list[RosterRow],
    mappings: dict[tuple[str, int], TableMapping],
    problems: list[Problem],
    notes: list[str],
) -> None:
    numbers = [row.id_number for row in same]
    rows = "、".join(f"第{row.row}行" for row in same)
    if all(numbers) and len(set(numbers)) == len(numbers):
        notes.append(f"有 {len(same)} 人同名“{name}”（{rows}），身份证号不同，按不同的人计。")
        return
    for row in same[1:]:
        where = "同一单位" if row.unit_name and row.unit_name == same[0].unit_name else "不同单位"
        sentence = f"与{_place(same[0], row)}同名（{where}），无法用身份证号区分，请确认不是同一个人。"
        problems.append(problem_at(mappings[row.key], row.row, Field.NAME, "warning", sentence))


_COMPARED = (("姓名", "name"), ("性别", "sex"), ("单位", "unit_name"), ("身份证号", "id_number"), ("联系电话", "phone"))


def _differences(first: RosterRow, row: RosterRow) -> list[str]:
    found = [
        title
        for title, key in _COMPARED
        if getattr(row, key) and getattr(first, key) and getattr(row, key) != getattr(first, key)
    ]
    if row.lodging is not None and first.lodging is not None and row.lodging is not first.lodging:
        found.append("是否住宿")
    return found


def _place(other: RosterRow, seen_from: RosterRow) -> str:
    return f"第 {other.row} 行" if other.sheet == seen_from.sheet else f"工作表“{other.sheet}”第 {other.row} 行"


@dataclass(frozen=True, slots=True)
class EnrolledElsewhere:
    """Somebody enrolled in another class, nights ``[arrive_on, leave_on)``."""

    name: str
    id_number: str
    phone: str
    class_name: str
    arrive_on: date
    leave_on: date


def overlapping_classes(
    people: Iterable[RosterRow], others: Iterable[EnrolledElsewhere], arrive_on: date, leave_on: date
) -> tuple[Problem, ...]:
    """A warning for everybody who is in another class on some of the same nights. Pure."""
    by_id: dict[str, EnrolledElsewhere] = {}
    by_name: dict[tuple[str, str], EnrolledElsewhere] = {}
    for other in others:
        if other.arrive_on < leave_on and arrive_on < other.leave_on:
            if other.id_number:
                by_id[other.id_number] = other
            by_name[other.name, other.phone] = other
    problems = []
    for row in people:
        found = by_id.get(row.id_number) if row.id_number else None
        if found is None and row.phone:
            found = by_name.get((row.name, row.phone))
        if found is not None:
            sentence = (
                f"“{row.name}”同时在“{found.class_name}”"
                f"（{found.arrive_on.isoformat()} 至 {found.leave_on.isoformat()}），"
                "请确认是否两个班都参加。"
            )
            problems.append(Problem(row.row, Field.NAME.label, "warning", sentence, row.sheet, Field.NAME))
    return tuple(problems)
