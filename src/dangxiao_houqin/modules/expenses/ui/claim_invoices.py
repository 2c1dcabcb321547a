"""The invoices of a claim; a number that was used before is told when its cell is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.clock import Clock
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.claims import (
    MAX_FEN,
    InvoiceKind,
    InvoiceRow,
    InvoiceUse,
    SaveInvoice,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import label, tool_button

from .claim_lines import AmountField, money
from .editing_grid import EditingGrid, GridColumn, GridRow

_KINDS = tuple((kind, kind.label) for kind in InvoiceKind)
MONTH_AND_DAY = 4
FEBRUARY = 2
DIGITAL_LENGTH = 20
"""Digits of the number of a 数电票, which has no code."""


def _find_use(ctx: Ctx, place: int, invoice: SaveInvoice, claim_id: int | None) -> tuple[int, str, InvoiceUse | None]:
    from dangxiao_houqin.modules.expenses.queries.claims import find_invoice_use

    return place, invoice.number, find_invoice_use(ctx, invoice, claim_id)


class PastDateField(DateField):
    """A day that has been: without a year the last such day is meant (in November ``2.27`` is this February)."""

    def value(self) -> date | None:  # type: ignore[override]
        day = super().value()
        typed = sum(character.isdigit() for character in self.edit.text())
        if day is not None and typed <= MONTH_AND_DAY and day > self._clock.today():
            return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == FEBRUARY else day.day)
        return day


class InvoicesGrid(EditingGrid):
    """发票; ``value()`` is a tuple of :class:`SaveInvoice`."""

    columns = (
        GridColumn("发票号码", 176),
        GridColumn("发票代码", 106),
        GridColumn("种类", 108),
        GridColumn("开票日期", 126),
        GridColumn("销售方", 84, 4),
        GridColumn("价税合计（元）", 118, right=True),
        GridColumn("文件", 36),
    )
    add_text = "添加一张发票"
    link_asked = Signal(object)
    """A row wants the file in view, or to forget its file."""

    def __init__(self, runner: Runner, clock: Clock) -> None:
        self._runner = runner
        self._clock = clock
        self.claim_id: int | None = None
        self._claim_fen = 0
        self._files: dict[int, str] = {}
        super().__init__("invoices", "发票")
        self.total = label("", "second")
        self.total.setAccessibleName("发票合计")
        self.foot.addWidget(self.total)
        self.foot.addSpacing(2 * TOKENS.control + 12)

    # ------------------------------------------------------------------ rows
    def make_cells(self) -> Sequence[QWidget]:
        amount = AmountField("amount_fen", "价税合计", required=True, maximum=MAX_FEN // 100)
        kind = ChoiceField("kind", "种类", _KINDS, required=True)
        day = PastDateField("issued_on", "开票日期", clock=self._clock, maximum=self._clock.today())
        day.edit.setPlaceholderText("如 3.2")
        for action in day.edit.actions():  # no room for the calendar's button; Alt+↓ still opens it
            day.edit.removeAction(action)
        return (
            TextField("number", "发票号码", required=True, max_length=30, check=_number),
            TextField("code", "发票代码", max_length=20, check=_code, placeholder="数电票没有"),
            kind,
            day,
            TextField("seller", "销售方", max_length=100),
            amount,
            tool_button("paperclip", "把右边正在看的文件作为这张发票", self._link, size=18),
        )

    def row_added(self, grid_row: GridRow) -> None:
        grid_row["number"].left.connect(self._number_left)
        grid_row["code"].left.connect(self._number_left)
        grid_row["amount_fen"].changed.connect(self._sum_up)
        clip = next(b for b in grid_row.findChildren(QWidget) if b.accessibleName().startswith("把右边"))
        clip.setProperty("grid_row", len(self.rows))
        grid_row.extra["!clip"] = clip

    def entry(self, grid_row: GridRow) -> SaveInvoice:
        values = {key: cell.value() for key, cell in grid_row.by_key.items()}
        number = _digits(values.pop("number"))
        kind = values.pop("kind") or kind_of(number, _digits(values["code"]))
        values["code"] = _digits(values["code"])
        return SaveInvoice(kind=kind, number=number, evidence_id=grid_row.extra.get("evidence_id"), **values)

    def row_problem(self, grid_row: GridRow) -> str | None:
        problem: str | None = grid_row.extra.get("!problem")
        return problem

    def set_invoices(self, invoices: Sequence[InvoiceRow]) -> None:
        """Show the invoices of a saved claim."""
        self._loading = True
        self.clear_rows()
        for each in invoices:
            self._fill(self.add_row(), each, each.kind)
        if not self.rows:
            self.add_row()
        self._loading = False
        self._sum_up()

    def _fill(self, grid_row: GridRow, invoice: InvoiceRow | InvoiceFacts, kind: InvoiceKind | None) -> None:
        for key in ("number", "code", "issued_on", "seller", "amount_fen"):
            grid_row[key].set_value(getattr(invoice, key))
        grid_row["kind"].set_value(kind)
        if isinstance(invoice, InvoiceRow):
            grid_row.extra["evidence_id"] = invoice.evidence_id
            self._show_clip(grid_row)

    def set_draft(self, draft: Any) -> None:
        super().set_draft(draft)
        for grid_row in self.rows:
            self._show_clip(grid_row)
        self._sum_up()

    def remove_row(self, grid_row: GridRow) -> None:
        super().remove_row(grid_row)
        self._sum_up()

    def take_facts(self, facts: InvoiceFacts, evidence_id: int) -> bool:
        """Fill a row from an e-invoice; the row with the same number only gets what it lacks.  ``False``: no number."""
        if not facts.number:
            return False
        same = [r for r in self.rows if _digits(str(r["number"].value())) == facts.number]
        empty = [r for r in self.rows if r.is_empty]
        grid_row = (same or empty or [self.add_row()])[0]
        kind = InvoiceKind(facts.kind) if facts.kind else kind_of(facts.number, facts.code)
        if same:
            for key in ("code", "issued_on", "seller", "amount_fen"):
                if grid_row[key].is_empty():
                    grid_row[key].set_value(getattr(facts, key))
        else:
            self._fill(grid_row, facts, kind)
        grid_row.extra["evidence_id"] = evidence_id
        self._show_clip(grid_row)
        self._sum_up()
        self._ask_use(grid_row)
        self.changed.emit()
        return True

    # ------------------------------------------------------------------ files
    def set_files(self, files: dict[int, str]) -> None:
        """Evidence that is there, by id, with its title; invoices forget files that were removed."""
        self._files = files
        for grid_row in self.rows:
            linked = grid_row.extra.get("evidence_id")
            if linked is not None and linked not in files:
                grid_row.extra["evidence_id"] = None
            self._show_clip(grid_row)

    @Slot()
    def _link(self) -> None:
        clip = self.sender()
        grid_row = next((r for r in self.rows if r.extra.get("!clip") is clip), None)
        if grid_row is not None:
            self.link_asked.emit(grid_row)

    def link(self, grid_row: GridRow, evidence_id: int | None) -> None:
        """The row's invoice is this file; the one it has already is taken off."""
        before = grid_row.extra.get("evidence_id")
        grid_row.extra["evidence_id"] = None if before == evidence_id else evidence_id
        self._show_clip(grid_row)
        self.changed.emit()

    def _show_clip(self, grid_row: GridRow) -> None:
        from dangxiao_houqin.ui import icons

        linked = grid_row.extra.get("evidence_id")
        clip = grid_row.extra["!clip"]
        clip.setIcon(icons.icon("paperclip" if linked is None else "file-check", _clip_color(linked), 18))
        title = self._files.get(linked, "已添加的文件") if linked is not None else ""
        clip.setToolTip(f"发票文件：{title}" if title else "把右边正在看的文件作为这张发票")

    # ------------------------------------------------------------------ used before?
    @Slot()
    def _number_left(self) -> None:
        cell = self.sender()
        grid_row = next((r for r in self.rows if cell in r.cells), None)
        if grid_row is None:
            return
        number, code = _digits(str(grid_row["number"].value())), _digits(str(grid_row["code"].value()))
        if number and grid_row["kind"].value() in {None, grid_row.extra.get("!guess")}:
            grid_row.extra["!guess"] = kind_of(number, code)
            grid_row["kind"].set_value(grid_row.extra["!guess"])
        self._ask_use(grid_row)

    def _ask_use(self, grid_row: GridRow) -> None:
        grid_row.extra["!problem"] = None
        number, code = _digits(str(grid_row["number"].value())), _digits(str(grid_row["code"].value()))
        if not number or grid_row["number"].find_problem() or grid_row["code"].find_problem():
            self._tell()
            return
        place = self.rows.index(grid_row)
        for other, each in enumerate(self.rows):
            same = (_digits(str(each["number"].value())), _digits(str(each["code"].value()))) == (number, code)
            if each is not grid_row and same:
                self._used(grid_row, f"这张发票在第 {other + 1} 行已经填了，请删去一行。")
                return
        self._tell()
        invoice = SaveInvoice(grid_row["kind"].value() or kind_of(number, code), number, 0, code=code)
        self._runner.query(_find_use, place, invoice, self.claim_id, ok=self._have_use)

    @Slot(object)
    def _have_use(self, found: tuple[int, str, InvoiceUse | None]) -> None:
        place, number, use = found
        if place < len(self.rows) and _digits(str(self.rows[place]["number"].value())) == number:
            if use is not None:
                self._used(self.rows[place], use.sentence)
            else:
                self._tell()

    def _used(self, grid_row: GridRow, sentence: str) -> None:
        grid_row.extra["!problem"] = sentence
        grid_row["number"].touched = True
        grid_row["number"].set_error(sentence)
        self._tell()

    # ------------------------------------------------------------------ sums
    @property
    def total_fen(self) -> int:
        return sum(grid_row["amount_fen"].value() or 0 for grid_row in self.rows)

    @Slot(object)
    def compare_with(self, claim_fen: int) -> None:
        """The claim's total, which the invoices should reach."""
        self._claim_fen = claim_fen
        self._sum_up()

    @Slot()
    def _sum_up(self) -> None:
        total = self.total_fen
        if not total:
            self.total.setText("")
            return
        short = self._claim_fen - total
        text = f"发票合计 ¥{money(total)}"
        if self._claim_fen and short > 0:
            text += f"，比报销金额少 ¥{money(short)}"
        elif self._claim_fen and short < 0:
            text += f"，比报销金额多 ¥{money(-short)}"
        self.total.setText(text)
        self.total.setStyleSheet(f"color: {TOKENS.warning};" if self._claim_fen and short > 0 else "")


def kind_of(number: str, code: str) -> InvoiceKind:
    """The kind that a number of this form usually has."""
    if len(number) == DIGITAL_LENGTH:
        return InvoiceKind.DIGITAL
    return InvoiceKind.VAT_ORDINARY if code else InvoiceKind.OTHER


def _digits(text: str) -> str:
    return "".join(text.split()).upper()


def _number(text: str) -> str | None:
    return None if _digits(text).isalnum() else "发票号码只能是数字和字母"


def _code(text: str) -> str | None:
    return None if _digits(text).isalnum() else "发票代码只能是数字和字母"


def _clip_color(linked: int | None) -> str:
    return TOKENS.text_hint if linked is None else TOKENS.success
