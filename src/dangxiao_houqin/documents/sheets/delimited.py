"""Comma, semicolon or tab separated text in UTF-8, UTF-16 (Excel's "Unicode text") or GB18030."""

from __future__ import annotations

import codecs
import csv
import io
import re

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.documents.sheets.grid import MAX_AREA, Sheet

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
_MAX_FIELD = 100_000
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_delimited(data: bytes, name: str) -> Sheet:
    """The one sheet of a text file, named after the file. Raises ``InvalidInput``."""
    text = _decoded(data, name)
    if _CONTROL.search(text):
        raise InvalidInput(f"“{name}”不是表格文件，请用 Excel 或 WPS 打开后另存为 xlsx 再导入。")
    rows: list[list[str]] = []
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise InvalidInput(f"“{name}”第 {len(rows) + 1} 行有 {len(row)} 列，不像名单，请检查文件。")
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise InvalidInput(f"“{name}”超过 {MAX_ROWS} 行，请拆分后再导入。")
    except csv.Error as error:
        line = reader.line_num
        raise InvalidInput(
            f"“{name}”第 {line} 行附近的双引号不成对，无法分列，请用 Excel 或 WPS 打开后另存为 xlsx 再导入。"
        ) from error
    width = max(map(len, rows), default=0)
    if width * len(rows) > MAX_AREA:
        raise InvalidInput(f"“{name}”有 {len(rows)} 行、{width} 列，不像名单，请检查文件。")
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Sheet(name=name.rsplit(".", 1)[0], rows=rows)


def _decoded(data: bytes, name: str) -> str:
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if is_utf16 else ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(f"“{name}”的文字编码无法识别，请用 Excel 或 WPS 打开后另存为 xlsx 再导入。")


def _delimiter(text: str) -> str:
    """The separator that splits the first lines most evenly."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:30]
    best, best_score = ",", 0
    for candidate in (",", "\t", ";"):
        counts = [_outside_quotes(line, candidate) for line in lines]
        used = [count for count in counts if count]
        if not used:
            continue
        common = max(set(used), key=used.count)
        score = used.count(common) * 1000 + common
        if score > best_score:
            best, best_score = candidate, score
    return best


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])
