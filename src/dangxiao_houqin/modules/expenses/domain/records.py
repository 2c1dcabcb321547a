"""采购记录: how something was bought, as entered, listed and picked for a claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .claims import EvidenceKind, EvidenceRow
from .procurement import ProcurementKind, Route


@dataclass(frozen=True)
class NewFile:
    """A file added on a form: its name, its bytes and what it is."""

    name: str
    data: bytes = field(repr=False)
    kind: EvidenceKind = EvidenceKind.OTHER
    title: str = ""


@dataclass(frozen=True)
class SaveRecord:
    """Register how something was bought; ``files`` are added, ``drop_files`` are evidence ids to take away."""

    file_no: str
    title: str
    kind: ProcurementKind
    route: Route
    winner: str
    decided_on: date
    contract_fen: int
    contract_no: str = ""
    minutes_no: str = ""
    note: str = ""
    request_id: int | None = None
    files: tuple[NewFile, ...] = ()
    drop_files: tuple[int, ...] = ()
    record_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class RecordRow:
    """One procurement record in the list; ``claims`` says how many claims rely on it, ``claimed_fen`` their sum."""

    id: int
    version: int
    file_no: str
    title: str
    kind: ProcurementKind
    route: Route
    winner: str
    decided_on: date
    contract_no: str
    contract_fen: int
    minutes_no: str
    request_id: int | None
    request: str
    claims: int
    claimed_fen: int
    files: int
    note: str = ""


@dataclass(frozen=True)
class RecordView:
    """A procurement record with its papers and the claims that rely on it: (id, label, fen)."""

    row: RecordRow
    evidence: tuple[EvidenceRow, ...]
    claims: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class RecordChoice:
    """A record to pick for a claim; ``matches`` when its winner is the payee."""

    id: int
    label: str
    file_no: str
    title: str
    winner: str
    contract_fen: int
    route: Route
    decided_on: date
    matches: bool = False
