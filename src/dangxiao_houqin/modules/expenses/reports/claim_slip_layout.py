"""Drawing the 经费支出报销审批单: five lines a sheet, the signatures on the last one together with the sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.money import capitals, yuan
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents.painter import PT, Painter
from dangxiao_houqin.documents.paper import A5_VOUCHER, Paper
from dangxiao_houqin.documents.qr import draw_qr
from dangxiao_houqin.documents.sheet_layout import fit
from dangxiao_houqin.documents.wrapping import clean, wrap
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod

from .claim_slip import COLUMNS, ROWS_PER_SHEET, ClaimSlip, SlipSize
from .form_grid import FormCell, FormGrid, FormRow
from .sheet_marks import draw_flaws, draw_stamp, flaws_height
from .signature_cells import cells_height, draw_cells, rows_of, unsigned

_A5: Final = Paper(A5_VOUCHER.name, 210, 148, 8, 7, 22, 12)
_C240: Final = Paper("240×140", 240, 140, 7, 7, 22, 42)  # the right 42 mm: holes, tear-off strip and the QR code
PAPERS: Final[dict[SlipSize, Paper]] = {"a5": _A5, "c240": _C240}

_QR = 17.0
_NOTE, _NOTE_STEP = 8.0, 3.7
_INLINE_NOTICES = 20.0
"""mm of notices that stand under the sum; more of them flow over the sheets like lines."""
_KEEP = 2
"""Rows that go over to a new sheet with the signatures (domain B.7)."""
_BLANK = 5.4
"""mm of an empty row where there is little room."""
_GROWS = 10.0
"""mm that signature cells may take of what is left over."""


_Item = tuple[bool, FormRow]
"""A row that flows over the sheets: whether it is a line of the claim, and the row."""


class _Sheet:
    """One sheet: rows of the claim, and whether the sum and the signatures follow."""

    def __init__(self, rows: list[FormRow], numbers: range, notices: list[FormRow], *, last: bool) -> None:
        self.rows, self.numbers, self.notices, self.last = rows, numbers, notices, last


class SlipPrinter:
    """Lays one slip out and draws it."""

    def __init__(self, painter: Painter, slip: ClaimSlip) -> None:
        self.painter, self.slip, self.paper = painter, slip, PAPERS[slip.size]
        self.grid = FormGrid(painter, self.paper.left, COLUMNS)
        small = slip.size == "c240"
        self.row_height = 7.0 if small else 8.0
        self.cell_rows = rows_of(unsigned(slip.cells) if slip.flaws else slip.cells)

    # ------------------------------------------------------------------ measuring
    def _header(self) -> FormRow:
        titles = ("序号", "支出内容（摘要）", "经济分类", "项目/班次", "金额（元）")
        cells = [FormCell(title, align="center", role="sans_bold", size=9.5) for title in titles]
        return self.grid.row(cells, 6.6)

    def _line_rows(self) -> list[FormRow]:
        return [
            self.grid.row(
                (
                    FormCell(str(number), align="center"),
                    FormCell(line.text),
                    FormCell(line.category, size=9.5),
                    FormCell(line.subject, size=9.5),
                    FormCell(_bare(line.amount_fen), align="right", figures=True),
                ),
                self.row_height,
            )
            for number, line in enumerate(self.slip.lines, 1)
        ]

    def _blank(self, height: float, text: str) -> FormRow:
        cells = (FormCell(), FormCell(text, align="center", size=9.0), FormCell(), FormCell(), FormCell())
        return self.grid.row(cells, height)

    def _notice_rows(self) -> list[FormRow]:
        cells = [
            (FormCell("提示", align="center", size=9.0), FormCell(text, span=4, size=9.0)) for text in self.slip.notices
        ]
        return [self.grid.row(each, 5.2) for each in cells]

    def _closing(self, notices: Sequence[FormRow]) -> list[FormRow]:
        """From the sum to the last row above the signatures."""
        slip, grid = self.slip, self.grid
        rows = [
            grid.row(
                (
                    FormCell("合计", align="center", role="sans_bold"),
                    FormCell(f"小写　{yuan(slip.total_fen)}", figures=True),
                    FormCell(f"大写　{capitals(slip.total_fen, slip.style)}", span=3),
                ),
                7.4,
            )
        ]
        label = FormCell("支付\n方式", down=2 if slip.bank_shown else 1, align="center", size=9.5)
        boxes = FormCell(boxes=self._payment(), down=label.down, size=9.5)
        payee = (FormCell("收款单位（人）", align="center", size=9.0), FormCell(slip.payee, span=2, size=9.5))
        lines: list[tuple[FormCell | None, ...]] = [(label, boxes, *payee)]
        if slip.bank_shown:
            bank = "　".join(part for part in (slip.bank, slip.account) if part)
            lines.append(
                (None, None, FormCell("开户行及账号", align="center", size=9.0), FormCell(bank, span=2, size=9.5))
            )
        rows += grid.rows(lines, 6.0)
        rows.append(
            grid.row(
                (
                    FormCell("采购\n方式", align="center", size=9.5),
                    FormCell("，".join(part for part in (slip.route, slip.record) if part), size=9.5),
                    FormCell(slip.contract_no, head="合同号", size=9.0),
                    FormCell(slip.minutes_no, head="会议纪要号", size=9.0),
                    FormCell(
                        "" if slip.budget_left_fen is None else _bare(slip.budget_left_fen),
                        head="预算余额（元）",
                        align="right",
                        size=9.5,
                        figures=True,
                    ),
                ),
                8.6,
            )
        )
        return [*rows, *notices]

    def _payment(self) -> tuple[tuple[str, bool], ...]:
        slip = self.slip
        boxes = []
        for method in PaymentMethod:
            if method is PaymentMethod.CASH:
                if not slip.cash_allowed and slip.payment is not method:
                    continue
                reason = slip.cash_reason if slip.payment is method else ""
                boxes.append(
                    (f"现金（理由：{reason}）" if reason else "现金（理由：　　　　）", slip.payment is method)
                )
            else:
                boxes.append((method.label, slip.payment is method))
        return tuple(boxes)

    def _signature_height(self) -> float:
        return sum(cells_height(cells, self.grid.width) for cells in self.cell_rows)

    def _foot_width(self) -> float:
        return self.grid.width - (_QR + 1.0 if self.slip.code_text and self.slip.size == "a5" else 0.0)

    def _foot_lines(self) -> list[str]:
        slip = self.slip
        remarks = ["签字使用黑色钢笔或签字笔", "不得涂改"]
        if slip.minutes_from_fen:
            remarks.insert(0, f"{_round_sum(slip.minutes_from_fen)}以上须附会议纪要")
        texts = ["说明：" + "；".join(f"{n}. {text}" for n, text in enumerate(remarks, 1)) + "。"]
        if slip.flaws:
            texts.append("签名核对不符，本单不作为签批凭据。")
        elif slip.chain is not None:
            texts.append(slip.chain.sentence)
        lines: list[str] = []
        for text in texts:
            lines += wrap(clean(text), self._foot_width() * PT, _NOTE, "fangsong")
        return lines

    def _foot_height(self) -> float:
        lines = len(self._foot_lines()) * _NOTE_STEP + 1.5
        return max(lines, _QR if self.slip.code_text and self.slip.size == "a5" else 0.0)

    # ------------------------------------------------------------------ dividing
    def sheets(self) -> list[_Sheet]:
        """Lines five at a time; the sum, the signatures and at least one line stay on one sheet."""
        notices = self._notice_rows()
        inline = notices if sum(row.height for row in notices) <= _INLINE_NOTICES else []
        flowing = [] if inline else notices
        closing = sum(row.height for row in self._closing(inline)) + self._signature_height() + self._foot_height()
        everywhere = self._top_height() + self._header().height
        room = self.paper.usable_height - everywhere
        room_before, room_last = room - 7.0 - self._foot_height(), room - closing
        pages: list[list[_Item]] = [[]]
        left = room_before
        for item in [*((True, row) for row in self._line_rows()), *((False, row) for row in flowing)]:
            full = item[0] and sum(is_line for is_line, _ in pages[-1]) == ROWS_PER_SHEET
            if pages[-1] and (full or item[1].height > left + 0.01):
                pages.append([])
                left = room_before
            pages[-1].append(item)
            left -= item[1].height
        if sum(row.height for _, row in pages[-1]) > room_last + 0.01:
            pages.append(_carried(pages[-1], room_last))
        return self._numbered([page for page in pages[:-1] if page] + pages[-1:], inline)

    @staticmethod
    def _numbered(pages: Sequence[Sequence[_Item]], inline: Sequence[FormRow]) -> list[_Sheet]:
        sheets: list[_Sheet] = []
        number = 1
        for page in pages:
            lines = [row for is_line, row in page if is_line]
            notices = [row for is_line, row in page if not is_line]
            last = page is pages[-1]
            sheets.append(
                _Sheet(lines, range(number, number + len(lines)), [*notices, *(inline if last else ())], last=last)
            )
            number += len(lines)
        return sheets

    # ------------------------------------------------------------------ drawing
    def draw(self) -> None:
        sheets = self.sheets()
        for number, sheet in enumerate(sheets, 1):
            self.painter.page(self.paper.width, self.paper.height)
            if self.slip.flaws:
                draw_stamp(self.painter, self.paper, "签名核对不符")
            elif self.slip.stamp:
                draw_stamp(self.painter, self.paper, self.slip.stamp)
            self._draw_sheet(sheet, number, len(sheets))

    def _draw_sheet(self, sheet: _Sheet, number: int, total: int) -> None:
        slip, grid = self.slip, self.grid
        y = self._draw_top()
        rows = [self._header(), *sheet.rows]
        tail = self._closing(sheet.notices) if sheet.last else [*sheet.notices, self._subtotal(sheet, total)]
        bottom = self.paper.height - self.paper.bottom
        below = self._foot_height() + (self._signature_height() if sheet.last else 0.0)
        left = bottom - y - below - sum(row.height for row in (*rows, *tail))
        if (
            blanks := min(ROWS_PER_SHEET - len(sheet.rows), int((left + 0.01) / _BLANK))
            if sheet.last and sheet.rows
            else 0
        ):
            height = min(self.row_height, left / blanks)
            rows += [self._blank(height, "（以下空白）" if n == 0 else "") for n in range(blanks)]
            left -= blanks * height
        rows += tail
        if sheet.last:
            for cells in self.cell_rows:
                extra = min(max(left, 0.0) / len(self.cell_rows), _GROWS)
                height = cells_height(cells, grid.width) + extra

                def draw(top: float, tall: float, shown: object = cells) -> None:
                    draw_cells(self.painter, grid.left, top, grid.width, tall, shown)  # type: ignore[arg-type]

                rows.append(FormRow(height, draw=draw))
        y = grid.draw(rows, y)
        self._draw_foot(y)
        baseline = self.paper.height - 3.2
        if total > 1:
            middle = grid.left + grid.width / 2
            self.painter.text(middle, baseline, f"第{number}页 共{total}页", 8.0, "serif", "center")
        if slip.printed_at is not None:
            right = grid.left + grid.width
            self.painter.text(right, baseline, f"打印时间：{show(slip.printed_at)}", 7.5, "fangsong", "right", 0.3)

    def _subtotal(self, sheet: _Sheet, total: int) -> FormRow:
        amount = sum(self.slip.lines[number - 1].amount_fen for number in sheet.numbers)
        return self.grid.row(
            (
                FormCell("本页小计", span=2, align="center", role="sans_bold", size=9.5),
                FormCell(f"合计和签批见第{total}页", span=2, align="center", size=9.0),
                FormCell(_bare(amount), align="right", figures=True),
            ),
            7.0,
        )

    def _title(self) -> tuple[float, list[str]]:
        width = self.grid.width
        fitted = fit(f"{self.slip.school}经费支出报销审批单", width, 17.0, "serif_bold", self.painter, 12.0)
        return fitted.size, fitted.lines

    def _top_height(self) -> float:
        size, lines = self._title()
        return len(lines) * size * 1.25 / PT + 1.0 + 5.6 + flaws_height(self.slip.flaws, self.grid.width)

    def _draw_top(self) -> float:
        slip, painter = self.slip, self.painter
        left, right = self.grid.left, self.grid.left + self.grid.width
        y = self.paper.top
        size, lines = self._title()
        for line in lines:
            painter.text((left + right) / 2, y + size * 0.95 / PT, line, size, "serif_bold", "center")
            y += size * 1.25 / PT
        y += 1.0
        day = f"{slip.filled_on.year}年{slip.filled_on.month}月{slip.filled_on.day}日"
        vouchers = f"附单据 {slip.vouchers} 张"
        parts = (f"报销部门：{slip.department}", f"填报日期：{day}", f"编号：{slip.number}", vouchers)
        type_size = 9.5
        while (
            sum(painter.width(part, type_size, "fangsong") for part in parts) > self.grid.width - 9 and type_size > 7.5
        ):
            type_size -= 0.5
        widths = [painter.width(part, type_size, "fangsong") for part in parts]
        gap = max((self.grid.width - sum(widths)) / 3, 1.5)
        x = left
        for part, width in zip(parts, widths, strict=True):
            painter.text(x, y + 3.8, part, type_size, "fangsong")
            x += width + gap
        y += 5.6
        return draw_flaws(painter, left, y, self.grid.width, slip.flaws)

    def _draw_foot(self, y: float) -> None:
        slip, left = self.slip, self.grid.left
        if slip.code_text and slip.size == "c240":
            draw_qr(self.painter, left + self.grid.width + 3.0, self.paper.top + 8.0, 22.0, slip.code_text)
        if slip.code_text and slip.size == "a5":
            draw_qr(self.painter, left + self.grid.width - _QR + 1.5, y + 0.3, _QR, slip.code_text)
        for line in self._foot_lines():
            y += _NOTE_STEP
            self.painter.text(left, y + 0.4, line, _NOTE, "fangsong")


def _carried(page: list[_Item], room: float) -> list[_Item]:
    """Take the last rows off a sheet that is too full for the signatures, so that those have company elsewhere."""
    taken: list[_Item] = []
    while page and len(taken) < _KEEP and page[-1][1].height <= room + 0.01:
        room -= page[-1][1].height
        taken.insert(0, page.pop())
    return taken


def _bare(fen: int) -> str:
    """The column's head says 元."""
    return yuan(fen).replace("¥", "")


def _round_sum(fen: int) -> str:
    """``5000000`` -> ``5万元``."""
    if fen % 1_000_000 == 0:
        return f"{fen // 1_000_000}万元"
    return f"{fen // 100:,}元" if fen % 100 == 0 else f"{yuan(fen)[1:]}元"


def draw_slips(slips: Sequence[ClaimSlip], progress: Progress) -> bytes:
    """The bytes of all slips."""
    painter = Painter(f"经费支出报销审批单 {slips[0].number}" if len(slips) == 1 else "经费支出报销审批单")
    for at, slip in enumerate(slips):
        progress(at / len(slips), f"正在排版：{slip.number}")
        SlipPrinter(painter, slip).draw()
    progress(1.0, "正在写入文件")
    return painter.finish()
