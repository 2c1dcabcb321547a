"""预算执行表, 收入台账, 缴款明细 and 收支分列报表.

Pure functions over the dataclasses below.  Income and spending stand on sheets of their own, each with its own sums;
nothing here takes one from the other (收支两条线, 财税〔2016〕33号).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import (
    A4,
    A4_LANDSCAPE,
    Amount,
    Cell,
    GroupRow,
    Head,
    Row,
    Sheet,
    Table,
    TableColumn,
)
from dangxiao_houqin.modules.expenses.domain.budgets import BudgetOverview, BudgetRow, BudgetTotals, CategorySpending
from dangxiao_houqin.modules.expenses.domain.income import IncomeRow, IncomeSum, KindSum, RemittanceRow

DATE_BLANK = "日期：　　　年　　月　　日"
UNIT = "单位：元"
APART = "本报表依据《政府非税收入管理办法》（财税〔2016〕33号）编制，收入、支出分别列示，不相互抵减。"


@dataclass(frozen=True)
class Imprint:
    """What every one of these papers bears: the school, who made it and when."""

    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None

    def signature(self, *, wide: bool) -> tuple[str, ...]:
        """Four parts; upright paper has no room for the word before the date."""
        return (f"制表人：{self.prepared_by}", "审核人：", "负责人：", DATE_BLANK if wide else DATE_BLANK[3:])


@dataclass(frozen=True)
class BudgetExecution:
    """预算执行表 of a year as of a day."""

    overview: BudgetOverview
    rows: Sequence[BudgetRow]
    on: date
    imprint: Imprint = Imprint()


@dataclass(frozen=True)
class IncomeLedger:
    """收入台账 of a period; void entries are shown and counted nowhere."""

    rows: Sequence[IncomeRow]
    sums: IncomeSum
    period: str
    imprint: Imprint = Imprint()


@dataclass(frozen=True)
class RemittanceLedger:
    """缴款明细: every slip with the entries that went with it."""

    slips: Sequence[tuple[RemittanceRow, Sequence[IncomeRow]]]
    period: str
    imprint: Imprint = Imprint()


@dataclass(frozen=True)
class TwoLines:
    """收支分列报表 of a period: income by kind, and, apart from it, spending by category."""

    period: str
    income: Sequence[KindSum]
    spending: Sequence[CategorySpending]
    imprint: Imprint = Imprint()


def _bold(*values: object) -> list[object]:
    return [value if isinstance(value, Cell) else Cell(value, bold=True) for value in values]


def _percent(rate: float | None) -> str:
    if rate is None:
        return ""
    return f"{rate:.1%}" if rate < 10 else "＞999%"


# ------------------------------------------------------------------------------------------------- budgets
def execution_sheet(data: BudgetExecution) -> Sheet:
    """预算执行表, A4 across: every category, the sum of all, and 三公经费 of it."""
    columns = (
        TableColumn("科目代码", 20, "center"),
        TableColumn("科目名称", 43),
        TableColumn("年初预算", 31, "right"),
        TableColumn("调整", 28, "right"),
        TableColumn("调整后预算", 31, "right"),
        TableColumn("已批准支出", 31, "right"),
        TableColumn("执行率", 16, "right"),
        TableColumn("签批中", 27, "right"),
        TableColumn("可用余额", 30, "right"),
    )
    rows: list[Row] = []
    for row in data.rows:
        left = row.left
        rows.append(
            [
                row.code,
                row.name + ("（三公）" if row.three_publics else "") + ("（无预算）" if row.id is None else ""),
                Amount(left.amount_fen) if row.id is not None else "",
                Amount(left.adjusted_fen) if left.adjusted_fen else "",
                Amount(left.total_fen) if row.id is not None else "",
                Amount(left.executed_fen),
                _percent(row.rate),
                Amount(left.in_flight_fen) if left.in_flight_fen else "",
                Amount(left.left_fen),
            ]
        )
    if rows:
        rows.append(_bold(*_totals("合计", data.overview.totals)))
        rows.append(_bold(*_totals("其中：三公经费", data.overview.three_publics)))
    return Sheet(
        title=f"{data.overview.year}年预算执行表",
        school=data.imprint.school,
        paper=A4_LANDSCAPE,
        head=Head(f"截至 {data.on}", "", UNIT),
        table=Table(columns, rows, empty_text="（这一年还没有预算）"),
        notes=("已批准支出含已支付的；签批中是已提交、还没有签完的报销单。可用余额＝调整后预算－已批准支出－签批中。",),
        signature=data.imprint.signature(wide=True),
        printed_at=data.imprint.printed_at,
    )


def _totals(title: str, sums: BudgetTotals) -> list[object]:
    return [
        Cell(title, span=2, align="center", bold=True),
        Amount(sums.amount_fen),
        Amount(sums.adjusted_fen),
        Amount(sums.total_fen),
        Amount(sums.executed_fen),
        _percent(sums.rate),
        Amount(sums.in_flight_fen),
        Amount(sums.left_fen),
    ]


# -------------------------------------------------------------------------------------------------- income
def income_sheet(data: IncomeLedger) -> Sheet:
    """收入台账, A4 across."""
    columns = (
        TableColumn("编号", 29, "center"),
        TableColumn("收款日期", 22, "center"),
        TableColumn("类别", 18, "center"),
        TableColumn("缴款人", 40),
        TableColumn("摘要、班次或项目", 42),
        TableColumn("金额", 29, "right"),
        TableColumn("收款方式", 17, "center"),
        TableColumn("票据", 34),
        TableColumn("缴款书号、日期", 26, "center"),
    )
    rows: list[Row] = []
    for row in data.rows:
        about = "；".join(part for part in (row.text, row.subject_text) if part)
        remitted = f"{row.slip_no}\n{row.remitted_on}" if row.slip_no else row.state.label
        rows.append(
            [
                row.number,
                row.received_on,
                row.kind,
                row.payer,
                about if row.counts else f"作废：{row.void_reason}",
                Amount(row.amount_fen),
                row.method.label,
                f"{row.receipt_kind}\n{row.receipt_no}",
                remitted,
            ]
        )
    sums = data.sums
    if rows:
        rows.append(
            _bold(
                Cell(f"合计　{sums.entries} 笔", span=5, align="center", bold=True),
                Amount(sums.amount_fen),
                Cell(f"已缴 {yuan(sums.remitted_fen)}　待缴 {yuan(sums.held_fen)}", span=3, align="center", bold=True),
            )
        )
    void = sum(not row.counts for row in data.rows)
    return Sheet(
        title="收入台账",
        school=data.imprint.school,
        paper=A4_LANDSCAPE,
        head=Head(data.period, "", UNIT),
        table=Table(columns, rows, size=10.0, empty_text="（没有收入）"),
        notes=(f"作废 {void} 笔，不计入合计。",) if void else (),
        signature=data.imprint.signature(wide=True),
        printed_at=data.imprint.printed_at,
    )


def remittance_sheet(data: RemittanceLedger) -> Sheet:
    """缴款明细, A4 upright: a heading for every slip, its entries below it."""
    columns = (
        TableColumn("编号", 30, "center"),
        TableColumn("收款日期", 23, "center"),
        TableColumn("类别", 20, "center"),
        TableColumn("缴款人", 34),
        TableColumn("票据号码", 28, "center"),
        TableColumn("金额", 30, "right"),
    )
    rows: list[Row] = []
    for slip, entries in data.slips:
        where = f"　{slip.account}" if slip.account else ""
        rows.append(
            GroupRow(f"缴款书 {slip.slip_no}　{slip.remitted_on}{where}　{slip.entries} 笔　{yuan(slip.total_fen)}")
        )
        rows.extend([e.number, e.received_on, e.kind, e.payer, e.receipt_no, Amount(e.amount_fen)] for e in entries)
    count = sum(slip.entries for slip, _ in data.slips)
    if rows:
        total = sum(slip.total_fen for slip, _ in data.slips)
        title = f"合计　缴款书 {len(data.slips)} 份　收入 {count} 笔"
        rows.append(_bold(Cell(title, span=5, align="center", bold=True), Amount(total)))
    return Sheet(
        title="缴款明细表",
        school=data.imprint.school,
        paper=A4,
        head=Head(data.period, "", UNIT),
        table=Table(columns, rows, empty_text="（没有缴款）"),
        signature=data.imprint.signature(wide=False),
        printed_at=data.imprint.printed_at,
    )


# ----------------------------------------------------------------------------------------------- two lines
def two_lines_sheets(data: TwoLines) -> list[Sheet]:
    """收支分列报表: a sheet of income and a sheet of spending, in this order."""
    return [_income_part(data), _spending_part(data)]


def _income_part(data: TwoLines) -> Sheet:
    columns = (
        TableColumn("收入类别", 45),
        TableColumn("笔数", 18, "right"),
        TableColumn("收入金额", 34, "right"),
        TableColumn("其中：已缴", 34, "right"),
        TableColumn("其中：待缴", 34, "right"),
    )
    rows: list[Row] = [
        [line.title, line.entries, Amount(line.amount_fen), Amount(line.remitted_fen), Amount(line.held_fen)]
        for line in data.income
    ]
    if rows:
        rows.append(
            _bold(
                Cell("收入合计", align="center", bold=True),
                sum(line.entries for line in data.income),
                Amount(sum(line.amount_fen for line in data.income)),
                Amount(sum(line.remitted_fen for line in data.income)),
                Amount(sum(line.held_fen for line in data.income)),
            )
        )
    return _part(data, "收支分列报表（收入）", Table(columns, rows, empty_text="（没有收入）"))


def _spending_part(data: TwoLines) -> Sheet:
    columns = (
        TableColumn("科目代码", 22, "center"),
        TableColumn("科目名称", 52),
        TableColumn("已支付单据", 22, "right"),
        TableColumn("已支付", 35, "right"),
        TableColumn("已批准未支付", 34, "right"),
    )
    rows: list[Row] = [
        [
            line.code,
            line.name + ("（三公）" if line.three_publics else ""),
            line.claims,
            Amount(line.paid_fen),
            Amount(line.approved_fen),
        ]
        for line in data.spending
    ]
    if rows:
        rows.append(_spent("支出合计", data.spending))
        rows.append(_spent("其中：三公经费", [line for line in data.spending if line.three_publics]))
    return _part(data, "收支分列报表（支出）", Table(columns, rows, empty_text="（没有支出）"))


def _spent(title: str, lines: Sequence[CategorySpending]) -> list[object]:
    return _bold(
        Cell(title, span=3, align="center", bold=True),
        Amount(sum(line.paid_fen for line in lines)),
        Amount(sum(line.approved_fen for line in lines)),
    )


def _part(data: TwoLines, title: str, table: Table) -> Sheet:
    return Sheet(
        title=title,
        school=data.imprint.school,
        paper=A4,
        head=Head(data.period, "", UNIT),
        table=table,
        notes=(APART,),
        signature=data.imprint.signature(wide=False),
        printed_at=data.imprint.printed_at,
    )


# --------------------------------------------------------------------------------------------------- files
Paper = BudgetExecution | IncomeLedger | RemittanceLedger | TwoLines


def fund_sheets(data: Paper) -> list[Sheet]:
    """The sheets of one of these papers."""
    if isinstance(data, BudgetExecution):
        return [execution_sheet(data)]
    if isinstance(data, IncomeLedger):
        return [income_sheet(data)]
    if isinstance(data, RemittanceLedger):
        return [remittance_sheet(data)]
    return two_lines_sheets(data)


def fund_pdf(data: Paper, progress: Progress = no_progress) -> bytes:
    """One of these papers as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(fund_sheets(data), progress=progress)


def fund_xlsx(progress: Progress, path: Path, data: Paper) -> Path:
    """One of these papers as a workbook with real numbers."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, fund_sheets(data), progress=progress)
    return path
