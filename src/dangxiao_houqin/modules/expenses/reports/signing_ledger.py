"""月度签批台账: every signature of a month in order, and the head of the chain when it was printed.

Kept as a paper it shows a chain that was cut or rebuilt later: the printed head is no longer in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.money import CapitalStyle, capitals, yuan
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Cell, Head, Row, Sheet, Table, TableColumn
from dangxiao_houqin.modules.expenses.domain.approval import ChainHead


@dataclass(frozen=True)
class LedgerLine:
    """One link of the chain; ``kind`` 报销审批单 or 采购申请审批表, empty for a key that was put in use."""

    seq: int
    at: datetime
    kind: str
    number: str
    about: str
    amount_fen: int | None
    step: str
    signer: str
    on_behalf_of: str
    action: str
    check_code: str


@dataclass(frozen=True)
class LedgerSum:
    """The documents of one kind in the month, each counted once; kinds are never added together."""

    kind: str
    documents: int
    signatures: int
    returns: int
    approved: int
    approved_fen: int


@dataclass(frozen=True)
class SigningLedger:
    """The signatures of the month of ``month`` in the order of the chain; ``flaws`` is what did not verify."""

    month: date
    lines: Sequence[LedgerLine]
    sums: tuple[LedgerSum, ...]
    head: ChainHead
    head_before: ChainHead | None = None
    flaws: tuple[str, ...] = ()
    style: CapitalStyle = "plain"
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


def signing_ledger_sheet(data: SigningLedger) -> Sheet:
    """A4 landscape; the numbers of the chain run without a gap."""
    columns = (
        TableColumn("序号", 14, "right"),
        TableColumn("时间", 21, "center", size=9.5),
        TableColumn("单据", 29, size=9.5),
        TableColumn("事由", 57, size=9.5),
        TableColumn("金额（元）", 27, "right", size=9.5),
        TableColumn("步骤", 20, "center", size=9.5),
        TableColumn("签批人", 20, "center"),
        TableColumn("代签", 17, "center", size=9.5),
        TableColumn("动作", 19, "center", size=9.5),
        TableColumn("校验码", 33, "center", size=9.5),
    )
    rows: list[Row] = [
        [
            line.seq,
            show(line.at)[5:],
            line.number,
            line.about,
            "" if line.amount_fen is None else yuan(line.amount_fen).replace("¥", ""),
            line.step,
            line.signer,
            f"代{line.on_behalf_of}" if line.on_behalf_of else "",
            line.action,
            line.check_code,
        ]
        for line in data.lines
    ]
    rows += [
        [Cell(each.kind, span=3, align="center", bold=True), Cell(_sum_text(each, data.style), span=7)]
        for each in data.sums
    ]
    return Sheet(
        title=f"{data.month.year}年{data.month.month}月签批台账",
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head("单位：元", "", f"共 {len(data.lines)} 条签批记录"),
        table=Table(columns, rows, row_height=7.5, empty_text="（本月没有签批）"),
        notes=tuple(_notes(data)),
        signature=(f"打印人：{data.prepared_by}", "核对人：", "存档日期："),
        printed_at=data.printed_at,
    )


def _sum_text(each: LedgerSum, style: CapitalStyle) -> str:
    amount = f"{yuan(each.approved_fen)}（{capitals(each.approved_fen, style)}）"
    return (
        f"{each.documents} 张，签名 {each.signatures} 次，退回 {each.returns} 次；"
        f"本月批准 {each.approved} 张，金额 {amount}"
    )


def _notes(data: SigningLedger) -> list[str]:
    notes = [f"签名核对不符：{flaw}" for flaw in data.flaws[:5]]
    if len(data.flaws) > 5:
        notes.append(f"……共 {len(data.flaws)} 处核对不符，详见“核对签名”。")
    if data.head_before is not None:
        notes.append(f"上月末最后一号：第 {data.head_before.seq} 号　校验码 {data.head_before.check_code}")
    if data.head.seq:
        notes.append(f"打印时最后一号：第 {data.head.seq} 号　校验码 {data.head.check_code}　摘要 {data.head.digest}")
    else:
        notes.append("打印时还没有签名。")
    notes.append(
        "请妥善保存本台账：今后用“核对签名”输入最后一号的序号和校验码，可以发现签名记录是否被删改、截断或重排。"
    )
    return notes


def signing_ledger_pdf(data: SigningLedger, progress: Progress = no_progress) -> bytes:
    """月度签批台账 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([signing_ledger_sheet(data)], progress=progress)


def signing_ledger_xlsx(path: Path, data: SigningLedger, progress: Progress = no_progress) -> None:
    """月度签批台账 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [signing_ledger_sheet(data)], progress=progress)
