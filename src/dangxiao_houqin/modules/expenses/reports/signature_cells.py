"""The row of signatures on a document's paper: which cells there are, and what stands in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.modules.expenses.domain.approval import SignAction, SignatureMark, StepState

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter

PER_ROW: Final = 6
LEAST_WIDTH: Final = 27.0
LEAST_HEIGHT: Final = 18.0
_OPINION_LINES = 3


@dataclass(frozen=True)
class SignatureCell:
    """One cell: ``bold`` titles are the levels every document needs.

    ``name`` empty leaves room for a pen. ``notes`` are small words under it: 授权代签, 纸质签字, 免签 and so on.
    """

    title: str
    bold: bool = False
    name: str = ""
    opinion: str = ""
    on: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedChain:
    """What ties a paper to the chain of signatures: the document's last link, and the head when it was printed."""

    seq: int
    check_code: str
    head_seq: int
    head_code: str

    @property
    def sentence(self) -> str:
        """The check line."""
        return (
            f"签名第 {self.seq} 号 · 校验码 {self.check_code} · 打印时最后一号 第 {self.head_seq} 号 {self.head_code}"
        )

    @property
    def code_text(self) -> str:
        """What the QR code says: number:code of the last link and of the head, in letters that make a small code."""
        return f"{self.seq}:{self.check_code}:{self.head_seq}:{self.head_code}".replace("-", "")


def current_marks(marks: Sequence[SignatureMark]) -> tuple[SignatureMark, ...]:
    """The steps of the round that counts, in their order; returns, scans and earlier rounds are history."""
    valid = [mark for mark in marks if not mark.void and mark.action is not SignAction.RETURN and mark.position >= 0]
    last = max((mark.round for mark in valid), default=0)
    return tuple(
        sorted(
            (mark for mark in valid if mark.round == last and mark.state is not StepState.VOID),
            key=lambda mark: mark.position,
        )
    )


def signature_cells(
    marks: Sequence[SignatureMark], standard: Sequence[tuple[str, bool]], *, names: bool = True
) -> tuple[SignatureCell, ...]:
    """The cells of a paper: the ``standard`` titles (title, bold), with every step of the chain in its place.

    A step goes to the first free cell of its title, the applicant to the first cell; another title gets a cell of
    its own after the step before it. A bold cell whose level the chain does not have is struck with ／.
    ``names`` False leaves every cell to the pen.
    """
    steps = current_marks(marks)
    cells = [SignatureCell(title, bold) for title, bold in standard]
    taken = [False] * len(cells)
    after = 0
    for mark in steps:
        index = _place(cells, taken, mark)
        if index is None:
            cells.insert(after, SignatureCell(mark.title))
            taken.insert(after, False)
            index = after
        taken[index] = True
        after = index + 1
        if names:
            cells[index] = _filled(cells[index], mark)
    if steps and names:
        cells = [
            replace(cell, notes=("签批链未设此级",)) if cell.bold and not used else cell
            for cell, used in zip(cells, taken, strict=True)
        ]
    return tuple(cells)


def _place(cells: list[SignatureCell], taken: list[bool], mark: SignatureMark) -> int | None:
    if mark.position == 0 and cells and not taken[0]:
        return 0
    for index, cell in enumerate(cells):
        if not taken[index] and _bare(cell.title) == _bare(mark.title):
            return index
    return None


def _bare(title: str) -> str:
    """证明人（验收人） and 证明人 are the same cell."""
    return title.replace("(", "（").split("（")[0].strip()


def _filled(cell: SignatureCell, mark: SignatureMark) -> SignatureCell:
    if mark.state is StepState.SKIPPED:
        return replace(cell, notes=("免签", *((mark.reason,) if mark.reason and mark.reason != "免签" else ())))
    if mark.state is not StepState.SIGNED:
        return cell
    notes = []
    if mark.on_behalf_of:
        notes.append(f"授权代签（代{mark.on_behalf_of}）")
    if mark.paper:
        notes.append(f"纸质签字（{mark.registered_by}登记）" if mark.registered_by else "纸质签字")
    on = mark.signed_on or (mark.at.astimezone(CHINA).date() if mark.at is not None else None)
    opinion = "" if mark.action is SignAction.SUBMIT else mark.opinion
    return replace(cell, name=mark.signer, opinion=opinion, on=on, notes=tuple(notes))


def unsigned(cells: Sequence[SignatureCell]) -> tuple[SignatureCell, ...]:
    """The same cells without the signatures, for a document that is not as it was signed."""
    return tuple(
        replace(cell, name="", opinion="", on=None, notes=("签名核对不符",) if cell.name else ()) for cell in cells
    )


def cells_height(cells: Sequence[SignatureCell], width: float, least: float = LEAST_HEIGHT) -> float:
    """mm that one row of ``cells`` over ``width`` mm needs."""
    each = width / max(len(cells), 1)
    return max([least, *(_needed(cell, each) for cell in cells)])


def rows_of(cells: Sequence[SignatureCell]) -> list[Sequence[SignatureCell]]:
    """At most six beside each other, spread evenly: below 27 mm nobody can sign."""
    count = -(-len(cells) // PER_ROW)
    if not count:
        return []
    each = -(-len(cells) // count)
    return [cells[start : start + each] for start in range(0, len(cells), each)]


def _small(cell: SignatureCell, width: float) -> list[str]:
    """Opinion and notes as small lines; a long opinion is cut, the whole of it stands in the chain."""
    from dangxiao_houqin.documents.painter import PT
    from dangxiao_houqin.documents.wrapping import clean, wrap

    room = (width - 2.4) * PT
    lines = wrap(clean(cell.opinion).replace("\n", " "), room, 8.0, "fangsong") if cell.opinion else []
    if len(lines) > _OPINION_LINES:
        lines = [*lines[: _OPINION_LINES - 1], lines[_OPINION_LINES - 1][:-3] + "…（略）"]
    for note in cell.notes:
        lines += wrap(clean(note), room, 8.0, "fangsong")
    return lines


def _needed(cell: SignatureCell, width: float) -> float:
    return 5.0 + (6.2 if cell.name else 0.0) + len(_small(cell, width)) * 3.5 + 5.0


def draw_cells(
    painter: Painter, x: float, y: float, width: float, height: float, cells: Sequence[SignatureCell]
) -> None:
    """Draw one row of cells side by side over ``width`` x ``height`` mm."""
    from dangxiao_houqin.documents.sheet_layout import fit

    each = width / len(cells)
    for number, cell in enumerate(cells):
        left = x + number * each
        painter.rect(left, y, each, height, 0.5)
        title = fit(cell.title, each - 2, 9.5, "sans_bold" if cell.bold else "serif", painter, 7.0)
        painter.text(left + 1.2, y + 4.2, title.lines[0], title.size, "sans_bold" if cell.bold else "serif")
        at = y + 5.0
        if cell.name:
            name = fit(cell.name, each - 2.4, 13.0, "kai", painter, 7.5)
            painter.text(left + each / 2, at + 5.0, name.lines[0], name.size, "kai", "center")
            at += 6.2
        for line in _small(cell, each):
            at += 3.5
            painter.text(left + 1.2, at, line, 8.0, "fangsong")
        day = f"{cell.on.year}年{cell.on.month}月{cell.on.day}日" if cell.on else "年　　月　　日"
        if cell.on or not any(note.startswith(("免签", "签批链未设")) for note in cell.notes):
            painter.text(left + each - 1.2, y + height - 1.6, day, 8.0, "fangsong", "right")
