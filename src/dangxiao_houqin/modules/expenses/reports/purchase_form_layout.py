"""Drawing the 采购申请审批表: things from sheet to sheet, everything else with the signatures on the last one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.money import capitals, yuan
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents.painter import PT, Painter
from dangxiao_houqin.documents.paper import Paper
from dangxiao_houqin.documents.qr import draw_qr
from dangxiao_houqin.documents.sheet_layout import fit
from dangxiao_houqin.documents.wrapping import clean, wrap
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind

from .form_grid import FormCell, FormGrid, FormRow
from .purchase_form import COLUMNS, PurchaseForm
from .sheet_marks import draw_flaws, draw_stamp, flaws_height
from .signature_cells import cells_height, draw_cells, rows_of, unsigned

PAPER: Final = Paper("A4", 210, 297, 20, 15, 25, 20)
_ROW = 8.0
_LEAST_ITEMS = 8
_KEEP = 2
_QR = 20.0
_NOTE, _NOTE_STEP = 8.5, 4.0
_SIGN_LEAST, _SIGN_MOST = 24.0, 34.0
_HEIGHT_OF_FLOW = 60.0
"""mm of long texts that stay with the signatures; longer ones flow from sheet to sheet."""


class FormPrinter:
    """Lays one form out and draws it."""

    def __init__(self, painter: Painter, form: PurchaseForm) -> None:
        self.painter, self.form = painter, form
        self.grid = FormGrid(painter, PAPER.left, COLUMNS)
        self.cell_rows = rows_of(unsigned(form.cells) if form.flaws else form.cells)

    # ------------------------------------------------------------------ rows
    def _header(self) -> FormRow:
        titles = ("序号", "品名", "规格/技术要求", "单位", "数量", "参考单价\n（元）", "金额（元）", "用途")
        cells = [FormCell(title, align="center", role="sans_bold", size=9.5) for title in titles]
        return self.grid.row(cells, 9.5)

    def _item_rows(self) -> list[FormRow]:
        return [
            self.grid.row(
                (
                    FormCell(str(number), align="center"),
                    FormCell(item.name),
                    FormCell(item.spec, size=9.5),
                    FormCell(item.unit, align="center", size=9.5),
                    FormCell(_quantity(item.quantity), align="right", size=9.5, figures=True),
                    FormCell(_bare(item.price_fen), align="right", size=9.5, figures=True),
                    FormCell(_bare(item.amount_fen), align="right", size=9.5, figures=True),
                    FormCell(item.purpose, size=9.0),
                ),
                _ROW,
            )
            for number, item in enumerate(self.form.items, 1)
        ]

    def _labelled(self, label: str, text: str, least: float = _ROW) -> FormRow:
        return self.grid.row((FormCell(label, span=2, align="center"), FormCell(text, span=6)), least)

    def _closing(self) -> tuple[list[FormRow], list[FormRow]]:
        """Rows of the sum and the route; then the texts that may be long."""
        form, grid = self.form, self.grid
        amount = f"{capitals(form.total_fen, form.style)}　（小写 {yuan(form.total_fen)}）"
        fund = "　".join(part for part in (form.fund_source, form.category) if part)
        kinds = FormCell(boxes=tuple((kind.label, kind is form.kind) for kind in ProcurementKind), span=2)
        route = form.route or form.suggested_route
        if form.suggested_route and form.route and form.route != form.suggested_route:
            route += f"（按规则建议：{form.suggested_route}；另选理由：{form.route_reason or '未填'}）"
        rows = [
            self._labelled("合计（大写）", amount),
            self._labelled("资金来源/预算项目", fund),
            grid.row(
                (
                    FormCell("采购类别", span=2, align="center"),
                    kinds,
                    FormCell("预算金额（元）", span=2, align="center"),
                    FormCell(_bare(form.budget_fen) if form.budget_fen else "", span=2, align="right"),
                ),
                _ROW,
            ),
            self._labelled("拟采购方式", route),
            *self._quote_rows(),
        ]
        texts = [self._labelled("采购依据", form.route_rule)] if form.route_rule else []
        texts += [self._labelled("提示", notice) for notice in form.notices]
        texts.append(self._labelled("申请理由", form.reason, 16.0))
        return rows, texts

    def _quote_rows(self) -> list[FormRow]:
        form = self.form
        count = max(len(form.quotes), form.quotes_wanted)
        lines: list[tuple[FormCell | None, ...]] = []
        for number in range(count):
            quote = form.quotes[number] if number < len(form.quotes) else None
            label = FormCell("比价情况", span=2, down=count, align="center") if number == 0 else None
            name = f"{number + 1}. " + (quote.supplier + (f"（{quote.note}）" if quote.note else "") if quote else "")
            price = f"报价 {yuan(quote.amount_fen)}" if quote else "报价"
            cells: tuple[FormCell | None, ...] = (FormCell(name, span=4, size=9.5), FormCell(price, span=2, size=9.5))
            lines.append((label, *cells) if label else (None, None, *cells))
        return self.grid.rows(lines, 7.0) if lines else []

    def _decision(self) -> FormRow:
        text = self.form.minutes_no and f"校委会研究同意　文号：{self.form.minutes_no}"
        label = FormCell("校委会研究意见\n（达到限额时）", span=2, align="center", size=9.5)
        blank = "时间：　　　年　　月　　日　　　文号："
        return self.grid.row((label, FormCell(text or blank, span=6)), 11.0)

    def _signatures(self, room: float) -> list[FormRow]:
        rows = []
        for cells in self.cell_rows:
            least = cells_height(cells, self.grid.width, _SIGN_LEAST)
            height = max(least, min(_SIGN_MOST, room / max(len(self.cell_rows), 1)))

            def draw(top: float, tall: float, shown: object = cells) -> None:
                draw_cells(self.painter, self.grid.left, top, self.grid.width, tall, shown)  # type: ignore[arg-type]

            rows.append(FormRow(height, draw=draw))
        return rows

    def _foot_lines(self) -> list[str]:
        form = self.form
        rule = f"1. 采购方式按{form.filled_on.year}年度集中采购目录和限额标准确定"
        texts = [f"说明：{rule}；2. 签字使用黑色钢笔或签字笔；3. 不得涂改。"]
        if form.flaws:
            texts.append("签名核对不符，本表不作为签批凭据。")
        elif form.chain is not None:
            texts.append(form.chain.sentence)
        width = self.grid.width - (_QR + 1.0 if form.code_text else 0.0)
        return [line for text in texts for line in wrap(clean(text), width * PT, _NOTE, "fangsong")]

    def _foot_height(self) -> float:
        return max(len(self._foot_lines()) * _NOTE_STEP + 2.0, _QR if self.form.code_text else 0.0)

    # ------------------------------------------------------------------ dividing
    def _sheets(self) -> list[list[FormRow]]:
        """Rows of each sheet between the head and the closing rows of the last one."""
        closing, texts = self._closing()
        rows = self._item_rows()
        tail = sum(row.height for row in (*closing, self._decision(), *self._signatures(0.0)))
        room = PAPER.usable_height - self._top_height() - self._header().height - self._foot_height()
        flow = [*rows, *closing, *texts]
        if sum(row.height for row in texts) <= _HEIGHT_OF_FLOW:
            flow, tail = list(rows), tail + sum(row.height for row in texts)
        else:
            tail -= sum(row.height for row in closing)
        pages: list[list[FormRow]] = [[]]
        left = room
        for row in flow:
            if pages[-1] and row.height > left + 0.01:
                pages.append([])
                left = room
            pages[-1].append(row)
            left -= row.height
        if left + 0.01 < tail:
            carried: list[FormRow] = []
            spare = room - tail
            while len(pages[-1]) > 1 and len(carried) < _KEEP and pages[-1][-1].height <= spare:
                spare -= pages[-1][-1].height
                carried.insert(0, pages[-1].pop())
            pages.append(carried)
        if len(flow) == len(rows):
            missing = _LEAST_ITEMS - len(pages[-1]) if len(pages) == 1 else 0
            spare = room - tail - sum(row.height for row in pages[-1])
            count = max(min(missing, int(spare / _ROW)), 0)
            pages[-1] += [self._blank("（以下空白）" if n == 0 else "") for n in range(count)]
            pages[-1] += [*closing, *texts]
        return pages

    def _blank(self, text: str) -> FormRow:
        return self.grid.row((FormCell(), FormCell(text, align="center", size=9.0), *([FormCell()] * 6)), _ROW)

    # ------------------------------------------------------------------ drawing
    def draw(self) -> None:
        form, grid = self.form, self.grid
        pages = self._sheets()
        for number, rows in enumerate(pages, 1):
            self.painter.page(PAPER.width, PAPER.height)
            if form.flaws or form.stamp:
                draw_stamp(self.painter, PAPER, "签名核对不符" if form.flaws else form.stamp)
            y = self._draw_top()
            shown = [self._header(), *rows]
            if number == len(pages):
                shown.append(self._decision())
                bottom = PAPER.height - PAPER.bottom - self._foot_height()
                shown += self._signatures(bottom - y - sum(row.height for row in shown))
            y = grid.draw(shown, y)
            self._draw_foot(y, number, len(pages))

    def _title(self) -> tuple[float, list[str]]:
        fitted = fit(f"{self.form.school}采购申请审批表", self.grid.width, 20.0, "serif_bold", self.painter, 15.0)
        return fitted.size, fitted.lines

    def _top_height(self) -> float:
        size, lines = self._title()
        about = len(self._about())
        return len(lines) * size * 1.3 / PT + 3.0 + 6.5 + about * 5.5 + flaws_height(self.form.flaws, self.grid.width)

    def _about(self) -> list[str]:
        return wrap(clean(f"采购事项：{self.form.title}"), self.grid.width * PT, 10.5, "fangsong")

    def _draw_top(self) -> float:
        form, painter, left = self.form, self.painter, self.grid.left
        right = left + self.grid.width
        y = PAPER.top
        size, lines = self._title()
        for line in lines:
            painter.text((left + right) / 2, y + size * 0.95 / PT, line, size, "serif_bold", "center")
            y += size * 1.3 / PT
        y += 3.0
        day = f"{form.filled_on.year}年{form.filled_on.month}月{form.filled_on.day}日"
        department = fit(f"申请部门：{form.department}", 66, 10.5, "fangsong", painter, 8.0)
        painter.text(left, y + 4.0, department.lines[0], department.size, "fangsong")
        painter.text((left + right) / 2 + 4, y + 4.0, f"申请日期：{day}", 10.5, "fangsong", "center")
        painter.text(right, y + 4.0, f"编号：{form.number}", 10.5, "fangsong", "right")
        y += 6.5
        for line in self._about():
            painter.text(left, y + 3.2, line, 10.5, "fangsong")
            y += 5.5
        return draw_flaws(painter, left, y, self.grid.width, form.flaws)

    def _draw_foot(self, y: float, number: int, total: int) -> None:
        form, left, right = self.form, self.grid.left, self.grid.left + self.grid.width
        if form.code_text:
            draw_qr(self.painter, right - _QR + 2.0, y + 0.3, _QR, form.code_text)
        for line in self._foot_lines():
            y += _NOTE_STEP
            self.painter.text(left, y + 0.8, line, _NOTE, "fangsong")
        baseline = PAPER.height - 8.0
        self.painter.text((left + right) / 2, baseline, f"第{number}页 共{total}页", 9.0, "serif", "center")
        if form.printed_at is not None:
            self.painter.text(right, baseline, f"打印时间：{show(form.printed_at)}", 8.0, "fangsong", "right", 0.3)


def _bare(fen: int) -> str:
    return yuan(fen).replace("¥", "")


def _quantity(value: Decimal) -> str:
    """``3.000`` -> ``3``, ``2.500`` -> ``2.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def draw_form(form: PurchaseForm, progress: Progress) -> bytes:
    """The bytes of one form."""
    painter = Painter(f"采购申请审批表 {form.number}")
    progress(0.0, f"正在排版：{form.number}")
    FormPrinter(painter, form).draw()
    progress(1.0, "正在写入文件")
    return painter.finish()
