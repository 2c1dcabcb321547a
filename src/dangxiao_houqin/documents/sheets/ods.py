"""OpenDocument spreadsheets, read with expat: repeated cells are counted, never multiplied out beyond bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.documents.sheets.grid import MAX_AREA, CellValue, MergedRange, Sheet
from dangxiao_houqin.documents.sheets.xlsx_guard import MAX_UNPACKED, damaged

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000


def read_ods(data: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of an ods file. Raises ``InvalidInput``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            try:
                manifest = archive.read("META-INF/manifest.xml") if _small(archive, "META-INF/manifest.xml") else b""
            except KeyError:
                manifest = b""
            if b"encryption-data" in manifest:
                raise InvalidInput(f"“{name}”设有打开密码，请先取消密码，另存后再导入。")
            if archive.getinfo("content.xml").file_size > MAX_UNPACKED:
                raise _too_big(name)
            reader = _Reader(name)
            with archive.open("content.xml") as stream:
                total = 0
                while chunk := stream.read(1 << 18):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise _too_big(name)
                    reader.feed(chunk)
                reader.close()
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise damaged(name) from error
    except expat.ExpatError as error:
        raise damaged(name) from error
    return tuple(reader.sheets)


def _small(archive: zipfile.ZipFile, part: str) -> bool:
    return archive.getinfo(part).file_size < 1_000_000


def _too_big(name: str) -> InvalidInput:
    return InvalidInput(f"“{name}”解压后的内容过大，不像名单，为安全起见不予打开；请删去多余内容，另存后再导入。")


class _Reader:
    """Collects tables from the element stream; empty repetitions become real only when something follows them."""

    def __init__(self, name: str) -> None:
        self.sheets: list[Sheet] = []
        self._name = name
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.buffer_text = True
        self._title = ""
        self._rows: list[list[CellValue]] = []
        self._waiting_rows = 0
        self._row: list[CellValue] = []
        self._row_repeat = 1
        self._waiting_cells = 0
        self._attributes: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_paragraph = 0
        self._in_note = 0
        self._merged: list[MergedRange] = []
        self._unresolved: dict[tuple[int, int], str] = {}
        self._cells = 0
        self._depth = 0

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _doctype(self, *_arguments: Any) -> None:
        raise damaged(self._name)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._title = attributes.get("table:name", "")
                self._rows, self._merged, self._unresolved, self._waiting_rows = [], [], {}, 0
        elif self._depth != 1:
            return
        elif tag == "table:table-row":
            self._row, self._waiting_cells = [], 0
            self._row_repeat = _count(attributes.get("table:number-rows-repeated"))
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self._attributes, self._paragraphs = attributes, []
        elif tag == "office:annotation":
            self._in_note += 1
        elif self._attributes is not None and not self._in_note:
            if tag == "text:p":
                self._paragraphs.append("")
                self._in_paragraph += 1
            elif self._in_paragraph and self._paragraphs:
                if tag == "text:s":
                    self._paragraphs[-1] += " " * min(_count(attributes.get("text:c")), 100)
                elif tag == "text:tab":
                    self._paragraphs[-1] += "\t"
                elif tag == "text:line-break":
                    self._paragraphs[-1] += "\n"

    def _characters(self, text: str) -> None:
        if self._in_paragraph and not self._in_note and self._paragraphs:
            self._paragraphs[-1] += text

    def _end(self, tag: str) -> None:
        if tag == "table:table":
            if self._depth == 1:
                width = max(map(len, self._rows), default=0)
                if width * len(self._rows) > MAX_AREA:
                    raise self._too_wide()
                for row in self._rows:
                    row.extend([""] * (width - len(row)))
                taken = sum(1 for sheet in self.sheets if sheet.name.partition("(")[0] == self._title)
                title = f"{self._title}({taken + 1})" if taken else self._title
                self.sheets.append(Sheet(title, self._rows, tuple(self._merged), unresolved=dict(self._unresolved)))
            self._depth -= 1
        elif self._depth != 1:
            return
        elif tag == "office:annotation":
            self._in_note -= 1
        elif tag == "text:p" and self._in_paragraph and not self._in_note:
            self._in_paragraph -= 1
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self._finish_cell()
        elif tag == "table:table-row":
            self._finish_row()

    def _finish_cell(self) -> None:
        attributes = self._attributes or {}
        self._attributes = None
        self._in_paragraph = 0
        repeat = _count(attributes.get("table:number-columns-repeated"))
        text = "\n".join(self._paragraphs)
        value = _value(attributes, text)
        if value == "" and not attributes.get("table:formula"):
            self._waiting_cells += repeat
            self._note_merge(attributes, len(self._row) + self._waiting_cells - repeat + 1)
            return
        if len(self._row) + self._waiting_cells + repeat > MAX_COLUMNS:
            raise self._too_wide()
        self._row.extend([""] * self._waiting_cells)
        self._waiting_cells = 0
        self._note_merge(attributes, len(self._row) + 1)
        if value == "":
            value = attributes["table:formula"]
            self._unresolved[len(self._rows) + self._waiting_rows + 1, len(self._row) + 1] = value
        self._row.extend([value] * repeat)

    def _note_merge(self, attributes: dict[str, str], column: int) -> None:
        rows = _count(attributes.get("table:number-rows-spanned"))
        columns = _count(attributes.get("table:number-columns-spanned"))
        if rows > 1 or columns > 1:
            top = len(self._rows) + self._waiting_rows + 1
            self._merged.append(MergedRange(top, column, top + rows - 1, column + columns - 1))

    def _finish_row(self) -> None:
        repeat = self._row_repeat
        if not self._row:
            self._waiting_rows += repeat
            return
        height = len(self._rows) + self._waiting_rows + repeat
        self._cells += len(self._row) * repeat
        if height > MAX_ROWS or self._cells > MAX_AREA:
            raise InvalidInput(
                f"“{self._name}”的表格范围太大（到第 {height} 行），请删除表格外的多余内容，另存后再导入。"
            )
        self._rows.extend([] for _ in range(self._waiting_rows))
        self._waiting_rows = 0
        self._rows.extend(list(self._row) for _ in range(repeat))

    def _too_wide(self) -> InvalidInput:
        return InvalidInput(f"“{self._name}”的表格超过 {MAX_COLUMNS} 列，不像名单，请检查文件。")


def _count(text: str | None) -> int:
    return max(1, int(text)) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 1


def _value(attributes: dict[str, str], text: str) -> CellValue:
    kind = attributes.get("office:value-type", "")
    try:
        if kind in {"float", "currency"}:
            return float(attributes["office:value"])
        if kind == "date":
            stamp = attributes["office:date-value"]
            return date.fromisoformat(stamp) if len(stamp) == 10 else datetime.fromisoformat(stamp)
    except (KeyError, ValueError):
        return text
    return text
