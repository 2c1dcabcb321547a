"""The same roster sent again: who is new, changed, unchanged, gone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dangxiao_houqin.modules.training.roster.model import Field, RosterPreview, RosterRow

COMPARED: tuple[tuple[str, str], ...] = (
    ("name", Field.NAME.label),
    ("sex", Field.SEX.label),
    ("ethnicity", Field.ETHNICITY.label),
    ("birth", Field.BIRTH.label),
    ("political_status", Field.POLITICAL.label),
    ("education", Field.EDUCATION.label),
    ("unit_name", Field.UNIT.label),
    ("position", Field.POSITION.label),
    ("rank", Field.RANK.label),
    ("id_number", Field.ID_NUMBER.label),
    ("phone", Field.PHONE.label),
    ("group_name", Field.GROUP.label),
    ("plate", Field.PLATE.label),
    ("lodging", Field.LODGING.label),
    ("arrive_on", Field.ARRIVAL.label),
    ("leave_on", Field.DEPARTURE.label),
    ("needs", "需求"),
    ("note", Field.NOTE.label),
)
"""What a re-import compares: (name in :meth:`RosterRow.record`, Chinese title)."""

# A file without a column says nothing about it: what the office entered itself is not wiped.
_COLUMNS: dict[str, tuple[Field, ...]] = {
    "name": (Field.NAME,),
    "sex": (Field.SEX, Field.ID_NUMBER),
    "ethnicity": (Field.ETHNICITY,),
    "birth": (Field.BIRTH, Field.ID_NUMBER),
    "political_status": (Field.POLITICAL,),
    "education": (Field.EDUCATION,),
    "unit_name": (Field.UNIT, Field.UNIT_AND_POSITION),
    "position": (Field.POSITION, Field.POSITION_AND_RANK, Field.UNIT_AND_POSITION),
    "rank": (Field.RANK, Field.POSITION_AND_RANK),
    "id_number": (Field.ID_NUMBER,),
    "phone": (Field.PHONE,),
    "group_name": (Field.GROUP,),
    "plate": (Field.PLATE,),
    "lodging": (Field.LODGING, Field.NOTE),
    "arrive_on": (Field.ARRIVAL, Field.NOTE),
    "leave_on": (Field.DEPARTURE, Field.NOTE),
    "needs": (Field.NOTE, Field.DIET),
    "note": (Field.NOTE,),
}


@dataclass(frozen=True, slots=True)
class ExistingPerson:
    """Somebody already in the class. ``key`` is the caller's (the enrolment's id); ``record`` as RosterRow.record()."""

    key: int
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that differs: ``key`` of the record, its Chinese title, before and after."""

    key: str
    title: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """An existing person with new values."""

    existing: ExistingPerson
    row: RosterRow
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class RosterDiff:
    """What importing would do. ``unchanged`` pairs keep the file's order; ``moved`` tells that the order differs."""

    added: tuple[RosterRow, ...] = ()
    changed: tuple[ChangedPerson, ...] = ()
    unchanged: tuple[tuple[ExistingPerson, RosterRow], ...] = ()
    withdrawn: tuple[ExistingPerson, ...] = ()
    moved: bool = False

    @property
    def empty(self) -> bool:
        """Importing would change nothing."""
        return not (self.added or self.changed or self.withdrawn or self.moved)


@dataclass(slots=True)
class _Index:
    by_id: dict[str, ExistingPerson] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], list[ExistingPerson]] = field(default_factory=dict)
    by_unit: dict[tuple[str, str], list[ExistingPerson]] = field(default_factory=dict)


def diff(
    existing: Iterable[ExistingPerson], preview: RosterPreview, people: Iterable[RosterRow] | None = None
) -> RosterDiff:
    """Compare the class (in roster order) with the preview; matched by identity number, name + phone, name + unit.

    ``people`` restricts the changes to some rows (for "skip bad rows"); somebody on a row left out is in the file all
    the same and not withdrawn. Two people are never matched when their
    identity numbers contradict each other, nor on a name and unit that several people share.
    """
    present = list(existing)
    rows = list(preview.people)
    wanted_keys = {row.key for row in (preview.people if people is None else people)}
    index = _indexed(present)
    partner: dict[tuple[str, int], ExistingPerson] = {}
    used: set[int] = set()

    def take(row: RosterRow, person: ExistingPerson) -> None:
        partner[row.key] = person
        used.add(person.key)

    for row in rows:
        found = index.by_id.get(row.id_number) if row.id_number else None
        if found is not None and found.key not in used:
            take(row, found)
    for lookup, key in ((index.by_phone, "phone"), (index.by_unit, "unit_name")):
        wanted: dict[tuple[str, str], int] = {}
        open_rows = [row for row in rows if row.key not in partner and row.name and getattr(row, key)]
        for row in open_rows:
            wanted[row.name, getattr(row, key)] = wanted.get((row.name, getattr(row, key)), 0) + 1
        for row in open_rows:
            pair = row.name, getattr(row, key)
            free = [p for p in lookup.get(pair, ()) if p.key not in used and _compatible(p, row)]
            if len(free) == 1 and wanted[pair] == 1:
                take(row, free[0])
    columns = {h.field for mapping in preview.mapping for h in mapping.headers if h.field is not None}
    added, changed, unchanged = [], [], []
    for row in rows:
        if row.key not in wanted_keys:
            continue
        person = partner.get(row.key)
        if person is None:
            added.append(row)
            continue
        changes = _changes(person, row, columns)
        if changes:
            changed.append(ChangedPerson(person, row, changes))
        else:
            unchanged.append((person, row))
    order = [partner[row.key].key for row in rows if row.key in partner]
    moved = order != [p.key for p in present if p.key in used]
    withdrawn = tuple(p for p in present if p.key not in used)
    return RosterDiff(tuple(added), tuple(changed), tuple(unchanged), withdrawn, moved)


def _indexed(present: list[ExistingPerson]) -> _Index:
    index = _Index()
    for person in present:
        record = person.record
        if record.get("id_number"):
            index.by_id.setdefault(record["id_number"], person)
        if record.get("phone"):
            index.by_phone.setdefault((record["name"], record["phone"]), []).append(person)
        if record.get("unit_name"):
            index.by_unit.setdefault((record["name"], record["unit_name"]), []).append(person)
    return index


def _compatible(person: ExistingPerson, row: RosterRow) -> bool:
    known = person.record.get("id_number")
    return not known or not row.id_number or known == row.id_number


def _changes(person: ExistingPerson, row: RosterRow, columns: set[Field]) -> tuple[FieldChange, ...]:
    new = row.record()
    found = []
    for key, title in COMPARED:
        if key not in person.record or not columns.intersection(_COLUMNS[key]):
            continue
        old_value, new_value = person.record[key], new[key]
        if key == "needs":
            if set(old_value or ()) == set(new_value):
                continue
        elif (
            (old_value or "") == (new_value or "") and old_value is not False and new_value is not False
        ) or old_value == new_value:
            continue
        found.append(FieldChange(key, title, old_value, new_value))
    return tuple(found)
