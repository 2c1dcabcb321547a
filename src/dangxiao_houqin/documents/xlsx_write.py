"""Workbooks out: any list screen with typed cells, and form-like sheets with the look of their printouts.

Lists are written row by row as XML (memory stays flat, about ten times the speed of openpyxl); forms, which need
merged cells, go through openpyxl.  Text is always text: a cell beginning with = + - @ never becomes a formula.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar
from xml.sax.saxutils import escape, quoteattr

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Column, show
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress

from .paper import Amount, Cell, GroupRow, Sheet, cell_text, is_day, is_number
from .saving import saving

R = TypeVar("R")

MAX_ROWS: Final = 1_048_576
MAX_TEXT: Final = 32_767
_CUT_MARK = "…（超长，已截断）"
_EPOCH = date(1899, 12, 30).toordinal()
_MM_PER_CHAR = 1.95
_FIXED_TIME = (2000, 1, 1, 0, 0, 0)

# Characters XML 1.0 cannot hold; lone surrogates cannot be encoded at all.
_ILLEGAL: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535)) | dict.fromkeys(
    range(0xD800, 0xE000), "\ufffd"
)
_XML: Final = _ILLEGAL | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 13: "&#13;"}

# Indexes into cellXfs of _STYLES.
_TITLE, _HEADER, _TEXT, _TEXT_CENTER, _QUOTED, _INT, _NUMBER, _MONEY, _DATE, _DATETIME, _PERCENT = range(1, 12)
_BORDER = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom"))


def _xf(number_format: int = 0, font: int = 0, horizontal: str = "", extra: str = "") -> str:
    wrap = '<alignment vertical="center" wrapText="1"' + (f' horizontal="{horizontal}"' if horizontal else "") + "/>"
    return (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" '
        f'applyFont="1" applyBorder="1" applyAlignment="1"{extra}>{wrap}</xf>'
    )


_STYLES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="166" formatCode="0.0%"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="16"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    f'</fills><borders count="2"><border/><border>{_BORDER}</border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="12"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center"/></xf>'
    + _xf(49, 1, "center")
    + _xf(49)
    + _xf(49, 0, "center")
    + _xf(49, 0, "", ' quotePrefix="1"')
    + _xf(1)
    + _xf(0)
    + _xf(4)
    + _xf(164, 0, "center")
    + _xf(165, 0, "center")
    + _xf(166)
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

CellWriter = Callable[[object], str]
"""Turns a value into the inside of ``<c r="A1"…>``: everything after the reference."""


def _text(value: str, style: int) -> str:
    if not value:
        return f' s="{style}"/>'
    if value[0] in "=+-@\t\r":
        style = _QUOTED
    if len(value) > MAX_TEXT // 2 and len(value.encode("utf-16-le")) // 2 > MAX_TEXT:
        keep = MAX_TEXT - len(_CUT_MARK)
        value = value.encode("utf-16-le")[: keep * 2].decode("utf-16-le", "ignore") + _CUT_MARK
    space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
    return f' s="{style}" t="inlineStr"><is><t{space}>{value.translate(_XML)}</t></is></c>'


def _writer(kind: str, align: str) -> CellWriter:
    """The cell writer for a column's kind; a value of another type falls back to text."""
    plain = _TEXT_CENTER if align == "center" else _TEXT

    def other(value: object) -> str:
        if isinstance(value, str):
            return _text(value, plain)
        if isinstance(value, datetime):
            local = (value.astimezone(CHINA) if value.tzinfo else value).replace(tzinfo=None)
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            return f' s="{_DATETIME}"><v>{local.toordinal() - _EPOCH + seconds / 86400:.15g}</v></c>'
        if isinstance(value, date):
            return f' s="{_DATE}"><v>{value.toordinal() - _EPOCH}</v></c>'
        if isinstance(value, int) and not isinstance(value, bool) and kind not in {"phone", "id_number", "text"}:
            return f' s="{_INT}"><v>{value}</v></c>'
        if isinstance(value, float) and value == value and abs(value) != float("inf"):
            return f' s="{_NUMBER}"><v>{value!r}</v></c>'
        return _text(show(value), plain)

    def money(value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            sign, fen = ("-", -value) if value < 0 else ("", value)
            return f' s="{_MONEY}"><v>{sign}{fen // 100}.{fen % 100:02d}</v></c>'
        return other(value)

    def percent(value: object) -> str:
        return f' s="{_PERCENT}"><v>{value!r}</v></c>' if is_number(value) else other(value)

    return {"money": money, "percent": percent}.get(kind, other)


def _letter(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_name(title: str, used: Iterable[str] = ()) -> str:
    """A worksheet name made of ``title``: at most 31 characters, none of []:*?/\\, different from ``used``."""
    name = "".join("_" if char in "[]:*?/\\" or ord(char) < 32 else char for char in title).strip("'") or "Sheet"
    taken = {other.lower() for other in used}
    base, number = name[:31], 2
    while base.lower() in taken:
        suffix = f"({number})"
        base, number = name[: 31 - len(suffix)] + suffix, number + 1
    return base


def write_list(
    path: Path,
    title: str,
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    *,
    total: int | None = None,
    progress: Progress = no_progress,
) -> None:
    """Write a list with the ``columns`` given: row 1 the title, row 2 the header (frozen, filter), then the rows.

    Dates are dates, money (fen) is a number in yuan, phone and ID numbers are text.  ``total`` is only for progress
    when ``rows`` has no length.  The file appears whole or not at all.  Raises ``InvalidInput`` for more rows than a
    sheet holds, ``Unavailable`` when the disk refuses, ``Cancelled`` when ``progress`` does.
    """
    count = total if total is not None else len(rows) if isinstance(rows, Sequence) else 0
    shown = list(columns)
    name = sheet_name(title)
    with saving(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for part, text in _workbook_parts(name).items():
            book.writestr(zipfile.ZipInfo(part, _FIXED_TIME), text, zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _FIXED_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        with book.open(info, "w", force_zip64=True) as out:
            last = _letter(max(len(shown) - 1, 0))
            out.write(_sheet_start(title, shown).encode())
            getters = [
                (f'<c r="{_letter(i)}', column.value, _writer(column.kind, column.alignment))
                for i, column in enumerate(shown)
            ]
            number = 2
            block: list[str] = []
            for row in rows:
                number += 1
                if number > MAX_ROWS:
                    raise InvalidInput(f"“{title}”超过 {MAX_ROWS - 2} 行，一张工作表放不下，请先筛选再导出。")
                cells = "".join([f'{start}{number}"{write(value(row))}' for start, value, write in getters])
                block.append(f'<row r="{number}">{cells}</row>')
                if len(block) == 500:
                    out.write("".join(block).encode())
                    block.clear()
                    progress(min((number - 2) / count, 1.0) if count else 0.0, f"已写入 {number - 2} 行")
            out.write("".join(block).encode())
            out.write(_sheet_end(last, number).encode())
        progress(1.0, "正在保存文件")


def _workbook_parts(name: str) -> dict[str, str]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    quoted = escape("'" + name.replace("'", "''") + "'")
    return {
        "[Content_Types].xml": f'{start}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{content}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{content}.styles+xml"/></Types>',
        "_rels/.rels": f'{start}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{start}<workbook xmlns="{main}" xmlns:r="{relations}"><bookViews><workbookView/>'
        f'</bookViews><sheets><sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets>'
        f'<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">{quoted}!$1:$2</definedName>'
        "</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'{start}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


def _sheet_start(title: str, columns: Sequence[Column[Any]]) -> str:
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{_width(column):.1f}" customWidth="1"/>'
        for i, column in enumerate(columns, 1)
    )
    header = "".join(f'<c r="{_letter(i)}2"{_text(column.title or " ", _HEADER)}' for i, column in enumerate(columns))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{widths}</cols><sheetData>'
        f'<row r="1" ht="30" customHeight="1"><c r="A1"{_text(title, _TITLE)}</row>'
        f'<row r="2" ht="24" customHeight="1">{header}</row>'
    )


def _sheet_end(last: str, rows: int) -> str:
    merge = f'<mergeCells count="1"><mergeCell ref="A1:{last}1"/></mergeCells>' if last != "A" else ""
    return (
        f'</sheetData><autoFilter ref="A2:{last}{rows}"/>{merge}'
        '<pageMargins left="0.6" right="0.6" top="0.7" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第&amp;P页 共&amp;N页</oddFooter></headerFooter></worksheet>"
    )


def _width(column: Column[Any]) -> float:
    """Width in characters of the default font."""
    needed = 2.2 * len(column.title) + 2
    return min(max(column.paper_mm / _MM_PER_CHAR if column.paper_mm else column.width / 7.5, needed, 6), 80)


def write_form(path: Path, sheets: Sequence[Sheet], *, progress: Progress = no_progress) -> None:
    """Write printed sheets as a workbook of the same look, a worksheet each: titles, head, merged cells, signatures.

    Raises ``InvalidInput`` when there is no sheet, else as :func:`write_list`.
    """
    from openpyxl import Workbook

    if not sheets:
        raise InvalidInput("没有可以导出的内容。")
    book = Workbook()
    book.remove(book.active)
    for number, sheet in enumerate(sheets):
        progress(number / len(sheets), f"正在写入：{sheet.title}")
        _write_sheet(book.create_sheet(sheet_name(sheet.title, book.sheetnames)), sheet)
    with saving(path) as temporary:
        book.save(temporary)
    progress(1.0, "已写完")


def _write_sheet(target: Any, sheet: Sheet) -> None:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    columns = sheet.table.columns
    count = len(columns)
    thin = Side(style="thin")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)

    def put(row: int, column: int, value: object, *, size: float, bold: bool = False, align: str = "left") -> SheetCell:
        cell: SheetCell = target.cell(row, column)
        if isinstance(value, Amount):
            cell.value, cell.number_format = value.fen / 100, "#,##0.00"
        elif is_number(value) or is_day(value):
            naive = isinstance(value, datetime) and value.tzinfo is not None
            cell.value = value.astimezone(CHINA).replace(tzinfo=None) if naive else value  # type: ignore[attr-defined]
            if is_day(value):
                cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
        elif text := cell_text(value.strftime("%H:%M") if isinstance(value, time) else value):
            cell.value = text.translate(_ILLEGAL)[:MAX_TEXT]
            cell.data_type = "s"  # a text such as =1+1 stays text
            cell.number_format = "@"
            cell.quotePrefix = text[0] in "=+-@"
        cell.font = Font(name="宋体", size=size, bold=bold)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        return cell

    def line(row: int, text: str, *, size: float, bold: bool = False, align: str = "left", height: float) -> None:
        put(row, 1, text, size=size, bold=bold, align=align)
        if count > 1:
            target.merge_cells(start_row=row, start_column=1, end_row=row, end_column=count)
        target.row_dimensions[row].height = height

    row = 1
    if sheet.school:
        line(row, sheet.school, size=14, align="center", height=24)
        row += 1
    line(row, sheet.title, size=18, bold=True, align="center", height=32)
    row += 1
    if any(sheet.head.parts):
        line(row, "　　".join(part for part in sheet.head.parts if part), size=11, height=20)
        row += 1
    for index, column in enumerate(columns, 1):
        put(row, index, column.title, size=11, bold=True, align="center").border = border
        target.column_dimensions[get_column_letter(index)].width = max(column.width / _MM_PER_CHAR, 4)
    target.row_dimensions[row].height = 26
    target.print_title_rows = f"{row}:{row}"
    target.freeze_panes = target.cell(row + 1, 1)
    row += 1
    merging = [index for index, column in enumerate(columns) if column.merge]
    previous: tuple[str, ...] = ()
    first = row
    for values in [*sheet.table.rows, None]:
        key: tuple[str, ...] = ()
        if values is not None and not isinstance(values, GroupRow) and len(values) == count:
            key = tuple(cell_text(values[index]) for index in merging)
        if key != previous or not all(key):
            if row - first > 1 and previous and all(previous):
                for index in merging:
                    target.merge_cells(start_row=first, start_column=index + 1, end_row=row - 1, end_column=index + 1)
            first, previous = row, key
        if values is None:
            break
        items = (
            [Cell(values.text, span=count, align=values.align, bold=True)] if isinstance(values, GroupRow) else values
        )
        at = 1
        for item in items:
            cell = item if isinstance(item, Cell) else Cell(item)
            column = columns[at - 1]
            written = put(row, at, cell.value, size=10.5, bold=cell.bold, align=cell.align or column.align)
            if cell.fill is not None:
                written.fill = PatternFill("solid", fgColor=f"{round(cell.fill * 255):02X}" * 3)
            for covered in range(at, at + cell.span):
                target.cell(row, covered).border = border
            if cell.span > 1:
                target.merge_cells(start_row=row, start_column=at, end_row=row, end_column=at + cell.span - 1)
            at += cell.span
        target.row_dimensions[row].height = max(sheet.table.row_height * 72 / 25.4, 15)
        row += 1
    for note in sheet.notes:
        line(row, note, size=10, height=18)
        row += 1
    foot = "　　　　".join(sheet.signature)
    for text in (foot, sheet.print_line):
        if text:
            line(row, text, size=11, height=26)
            row += 1
    setup = target.page_setup
    setup.paperSize = {"A3": 8, "A4": 9, "A5": 11}.get(sheet.paper.name, 9)
    setup.orientation = "landscape" if sheet.paper.width > sheet.paper.height else "portrait"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.oddFooter.center.text = "第&P页 共&N页"
    margins = target.page_margins
    margins.left, margins.right = sheet.paper.left / 25.4, sheet.paper.right / 25.4
    margins.top, margins.bottom = sheet.paper.top / 25.4, sheet.paper.bottom / 25.4
