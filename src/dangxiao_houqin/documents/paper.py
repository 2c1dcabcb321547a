"""What a printed sheet consists of, in the office's terms; ``pdf`` and ``xlsx_write`` turn it into files.

Measures are mm, type sizes points.  Conventions: title centred, head line of three parts under it, a grid, remarks,
a signature line that never stands alone on a page, 第x页 共y页, print time and version at the foot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.money import yuan

if TYPE_CHECKING:
    from .painter import Painter

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Paper:
    """A sheet of paper with the margins the office prints with."""

    name: str
    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float

    @property
    def usable_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def usable_height(self) -> float:
        return self.height - self.top - self.bottom

    def with_margins(self, margin: float) -> Paper:
        """The same paper with one margin all round (door cards, labels)."""
        return replace(self, top=margin, bottom=margin, left=margin, right=margin)


A3_LANDSCAPE: Final = Paper("A3", 420, 297, 22, 18, 20, 20)
A4: Final = Paper("A4", 210, 297, 25, 20, 25, 20)
A4_LANDSCAPE: Final = Paper("A4", 297, 210, 22, 18, 20, 20)
A5: Final = Paper("A5", 148, 210, 12, 12, 12, 12)
A5_LANDSCAPE: Final = Paper("A5", 210, 148, 12, 12, 12, 12)
A5_VOUCHER: Final = Paper("A5", 210, 148, 12, 12, 22, 12)
"""A5 landscape with the left binding side that accounting vouchers are glued by."""
A6: Final = Paper("A6", 105, 148, 6, 6, 6, 6)
A6_LANDSCAPE: Final = Paper("A6", 148, 105, 6, 6, 6, 6)


@dataclass(frozen=True)
class Head:
    """The line under the title."""

    left: str = ""
    middle: str = ""
    right: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.left, self.middle, self.right


@dataclass(frozen=True)
class TableColumn:
    """One column of a grid.

    Where neighbouring rows agree in all ``merge`` columns (楼栋 and 房号, say) the cells of those columns become one,
    and such rows stay on one page.
    """

    title: str
    width: float
    align: Align = "left"
    merge: bool = False
    size: float | None = None


@dataclass(frozen=True)
class Cell:
    """A cell that differs from its column: ``span`` columns wide, own alignment, bold or shaded (0 black, 1 white)."""

    value: object = ""
    span: int = 1
    align: Align | None = None
    bold: bool = False
    fill: float | None = None


@dataclass(frozen=True)
class Amount:
    """Money in a grid whose unit stands at its head: ``1,234.50`` on paper, a number of yuan in a workbook."""

    fen: int

    def __str__(self) -> str:
        return yuan(self.fen).replace("¥", "")


@dataclass(frozen=True)
class GroupRow:
    """A bold line across the whole grid that heads the rows below it and stays with the next one."""

    text: str
    align: Align = "left"


Row: TypeAlias = "Sequence[object] | GroupRow"
"""The cells of a row: str, int, float, date, datetime, None (blank), :class:`Amount` or :class:`Cell`; or a
:class:`GroupRow`."""


@dataclass(frozen=True)
class Table:
    """A grid with a header that is repeated on every page."""

    columns: tuple[TableColumn, ...]
    rows: Sequence[Row]
    row_height: float = 8.0
    header_height: float = 9.5
    size: float = 10.5
    empty_text: str = "（暂无内容）"

    @property
    def width(self) -> float:
        return sum(column.width for column in self.columns)


@dataclass(frozen=True)
class Drawing:
    """A chart under the grid: ``draw(painter, x, y, width)`` fills ``height`` mm below ``y``."""

    height: float
    draw: Callable[[Painter, float, float, float], None]


@dataclass(frozen=True)
class Sheet:
    """One list or form; its pages are numbered on their own.

    ``drawing`` and ``notes`` stand under the grid, ``signature`` parts are spread over one line below them; all stay
    together with the grid's last rows.  ``version`` and ``printed_at`` tell copies of the same list apart.
    """

    title: str
    table: Table
    paper: Paper = A4
    school: str = ""
    head: Head = Head()
    notes: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    printed_at: datetime | None = None
    version: str = ""
    drawing: Drawing | None = None

    @property
    def print_line(self) -> str:
        """``第2版 打印时间:2026-03-02 14:30`` as far as known."""
        parts = [self.version] if self.version else []
        if self.printed_at is not None:
            parts.append(f"打印时间：{show(self.printed_at)}")
        return "　".join(parts)


def cell_text(value: object) -> str:
    """The text a cell prints; absent values are blank."""
    if isinstance(value, str):
        return value
    if isinstance(value, Cell):
        return cell_text(value.value)
    return show(value)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_day(value: object) -> bool:
    return isinstance(value, date | datetime)
