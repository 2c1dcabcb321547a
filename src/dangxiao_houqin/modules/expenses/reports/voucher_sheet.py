"""原始凭证粘贴单: the A5 sheet on which a claim's papers are glued, inside a frame of 160 × 100 mm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.money import CapitalStyle, capitals, yuan
from dangxiao_houqin.core.progress import Progress, no_progress

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter

FRAME: Final = (160.0, 100.0)
"""mm of the frame that the papers stay inside."""
PER_SHEET: Final = 20
"""Papers that one sheet holds."""
_TOP: Final = 32.0


@dataclass(frozen=True)
class VoucherSheet:
    """The head of the sheets of one claim; ``vouchers`` is 附单据张数."""

    number: str
    department: str
    filled_on: date
    vouchers: int
    total_fen: int
    applicant: str = ""
    title: str = ""
    style: CapitalStyle = "plain"
    school: str = ""
    printed_at: datetime | None = None

    @property
    def sheets(self) -> int:
        return max(1, -(-self.vouchers // PER_SHEET))


def voucher_sheet_pdf(data: VoucherSheet, progress: Progress = no_progress) -> bytes:
    """One sheet for every 20 papers, at least one."""
    from dangxiao_houqin.documents.painter import Painter

    painter = Painter(f"原始凭证粘贴单 {data.number}")
    for number in range(1, data.sheets + 1):
        progress((number - 1) / data.sheets, f"正在排版：第{number}张")
        _draw(painter, data, number)
    progress(1.0, "正在写入文件")
    return painter.finish()


def _draw(painter: Painter, data: VoucherSheet, number: int) -> None:
    from dangxiao_houqin.documents.paper import A5_VOUCHER
    from dangxiao_houqin.documents.sheet_layout import fit

    paper, (width, height) = A5_VOUCHER, FRAME
    painter.page(paper.width, paper.height)
    left = paper.left + (paper.usable_width - width) / 2
    middle, right = left + width / 2, left + width
    title = fit(f"{data.school}原始凭证粘贴单", width, 18.0, "serif_bold", painter, 11.0)
    painter.text(middle, 14.5, title.lines[0], title.size, "serif_bold", "center")
    day = f"{data.filled_on.year}年{data.filled_on.month}月{data.filled_on.day}日"
    first = fit(f"报销部门：{data.department}", 68, 10.0, "fangsong", painter, 8.0)
    painter.text(left, 22.0, first.lines[0] + ("…" if len(first.lines) > 1 else ""), first.size, "fangsong")
    painter.text(left + 92, 22.0, day, 10.0, "fangsong", "center")
    painter.text(right, 22.0, f"审批单编号：{data.number}", 10.0, "fangsong", "right")
    amount = f"金额：{yuan(data.total_fen)}（{capitals(data.total_fen, data.style)}）"
    fitted = fit(amount, width - 36, 10.5, "serif", painter, 8.0)
    at = 28.8 if len(fitted.lines) == 1 else 26.4
    painter.text(left, 28.8, f"附单据 {data.vouchers} 张", 10.5, "serif")
    for text in fitted.lines[:2]:
        painter.text(right, at, text, fitted.size, "serif", "right")
        at += fitted.size * 0.42
    painter.rect(left, _TOP, width, height, 1.2)
    hints = (
        "（单据粘贴处）",
        "从右至左、自下而上均匀粘贴，大小票据分开，不超出边框，不压住左侧装订线；",
        "热敏纸票据另附复印件；电子发票打印件与系统所附文件一致。",
    )
    for row, hint in enumerate(hints):
        painter.text(middle, _TOP + 10 + row * 5.5, hint, 9.5, "fangsong", "center", 0.6)
    if data.title:
        about = fit(f"事由：{data.title}", width - 12, 9.5, "fangsong", painter, 8.0)
        for row, text in enumerate(about.lines):
            painter.text(middle, _TOP + 30 + row * 5, text, about.size, "fangsong", "center", 0.6)
    painter.line(paper.left - 8, 8, paper.left - 8, paper.height - 8, 0.4, "3 3")
    below = _TOP + height + 6.5
    painter.text(left, below, f"粘贴人：{data.applicant}", 10.0, "fangsong")
    painter.text(middle, below, "审核人：", 10.0, "fangsong", "center")
    painter.text(right, below, f"第{number}张 共{data.sheets}张", 10.0, "fangsong", "right")
    if data.printed_at is not None:
        painter.text(right, paper.height - 3.2, f"打印时间：{show(data.printed_at)}", 7.5, "fangsong", "right", 0.3)
