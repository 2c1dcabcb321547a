"""Income and its remittance: inputs and rows. Amounts are fen. Nothing here knows of spending (收支两条线)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dangxiao_houqin.core.columns import Pill


class IncomeMethod(StrEnum):
    """How money was received."""

    CASH = "cash"
    TRANSFER = "transfer"
    SCAN = "scan"
    POS = "pos"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "cash": "现金",
            "transfer": "银行转账",
            "scan": "扫码支付",
            "pos": "刷卡",
            "other": "其他",
        }[self.value]


class IncomeState(StrEnum):
    """Where received money stands."""

    HELD = "held"
    LATE = "late"
    REMITTED = "remitted"
    VOID = "void"

    @property
    def label(self) -> str:
        return {"held": "待缴", "late": "逾期未缴", "remitted": "已缴", "void": "已作废"}[self.value]

    @property
    def pill(self) -> Pill:
        tones = {"held": "primary", "late": "error", "remitted": "success", "void": "neutral"}
        return Pill(self.label, tones[self.value])  # type: ignore[arg-type]


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveIncome:
    """Register received money (``income_id`` None), or correct an entry that is not remitted yet."""

    received_on: date
    kind: str
    payer: str
    amount_fen: int
    method: IncomeMethod
    receipt_kind: str
    receipt_no: str
    text: str = ""
    subject_kind: str = ""
    subject_id: int | None = None
    subject_text: str = ""
    note: str = ""
    income_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class VoidIncome:
    """作废: the receipt was spoiled or the money given back; the entry stays and counts nowhere."""

    income_id: int
    version: int
    reason: str


@dataclass(frozen=True)
class MakeRemittance:
    """Entries that went to the treasury with one slip; its total is exactly their sum."""

    income_ids: tuple[int, ...]
    slip_no: str
    remitted_on: date
    account: str = ""
    note: str = ""


@dataclass(frozen=True)
class UndoRemittance:
    """The slip was registered by mistake: its entries are open again."""

    remittance_id: int
    version: int
    reason: str


# ---------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True, slots=True)
class IncomeRow:
    """One entry of 收入台账; ``days`` is how long the money has been held, None once remitted or void."""

    id: int
    version: int
    number: str
    received_on: date
    kind: str
    text: str
    payer: str
    amount_fen: int
    method: IncomeMethod
    receipt_kind: str
    receipt_no: str
    subject_kind: str
    subject_id: int | None
    subject_text: str
    remittance_id: int | None
    slip_no: str
    remitted_on: date | None
    void_reason: str
    note: str
    state: IncomeState
    days: int | None

    @property
    def counts(self) -> bool:
        """A void entry counts nowhere."""
        return self.state is not IncomeState.VOID


@dataclass(frozen=True, slots=True)
class IncomeSum:
    """How many entries of a list count, and their sums."""

    entries: int = 0
    amount_fen: int = 0
    remitted_fen: int = 0
    held_fen: int = 0


@dataclass(frozen=True, slots=True)
class KindSum:
    """Income of one kind (or one month) in a period."""

    title: str
    entries: int
    amount_fen: int
    remitted_fen: int
    held_fen: int


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """One 缴款书."""

    id: int
    version: int
    slip_no: str
    remitted_on: date
    account: str
    total_fen: int
    entries: int
    first_day: date | None
    last_day: date | None
    note: str


# -------------------------------------------------------------------------------------------------- ageing
@dataclass(frozen=True, slots=True)
class AgeBand:
    """Money held for ``first`` to ``last`` days, both included; ``last`` None means and longer."""

    first: int
    last: int | None

    @property
    def title(self) -> str:
        return f"{self.first}～{self.last} 天" if self.last is not None else f"{self.first - 1} 天以上"

    def days(self, on: date) -> tuple[date | None, date]:
        """Oldest (None: any) and newest day on which such money was received, seen from ``on``."""
        oldest = None if self.last is None else on - timedelta(days=self.last)
        return oldest, on - timedelta(days=self.first)


AGE_BANDS = (AgeBand(0, 10), AgeBand(11, 30), AgeBand(31, 90), AgeBand(91, None))


@dataclass(frozen=True, slots=True)
class AgeCell:
    """Number of entries and their sum."""

    entries: int = 0
    amount_fen: int = 0

    def __add__(self, other: AgeCell) -> AgeCell:
        return AgeCell(self.entries + other.entries, self.amount_fen + other.amount_fen)


@dataclass(frozen=True, slots=True)
class AgeLine:
    """What is held of one kind of income: a cell for each of :data:`AGE_BANDS`, and what is late."""

    kind: str
    cells: tuple[AgeCell, ...]
    late: AgeCell

    @property
    def total(self) -> AgeCell:
        return sum(self.cells, AgeCell())


@dataclass(frozen=True, slots=True)
class Ageing:
    """未缴账龄 on a day: ``within_days`` is how long money may be held; longer is late."""

    on: date
    within_days: int
    lines: tuple[AgeLine, ...]

    @property
    def total(self) -> AgeLine:
        cells = tuple(sum((line.cells[i] for line in self.lines), AgeCell()) for i in range(len(AGE_BANDS)))
        return AgeLine("合计", cells, sum((line.late for line in self.lines), AgeCell()))
