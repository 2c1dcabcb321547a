"""Looks through an xlsx before the reader sees it, and hands over a rebuilt archive of only what was checked.

The reader (calamine) trusts sizes and positions in the file: it lays a sheet out as a full rectangle between its
outermost cells and reserves memory for counts it is told. Both are checked here.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.documents.sheets.grid import MAX_AREA

MAX_UNPACKED = 160 * 1024 * 1024
"""Bytes of all needed parts together; 100,000 rows of 15 columns take about 80 MB."""
_MAX_PARTS = 5_000

# Whatever is not needed for the cell values is left out: pictures, macros, charts, printer settings, pivot caches.
_NEEDED = re.compile(
    r"^/?(?:\[Content_Types\]\.xml|_rels/\.rels|xl/(?:_rels/)?workbook\.xml(?:\.rels)?|xl/sharedStrings\.xml|xl/styles\.xml"
    r"|xl/(?:worksheets|dialogsheets|chartsheets|macrosheets)/[^/]+\.xml)$",
    re.IGNORECASE,
)
_SHEET_PART = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_UNIQUE_COUNT = re.compile(rb"""<(?:\w+:)?sst\b[^>]*?\buniqueCount\s*=\s*["'](\d+)""")
_FAR_CELL = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]*[0-9]{6})""")
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*?)?(/?)>")
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\b(?=[^>]*\shidden\s*=\s*["'](?:1|true)["'])[^>]*?\sr\s*=\s*["']([0-9]+)["']"""
)
_REF = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*([A-Za-z]*)([0-9]*)\s*["']""")
_TYPE_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_TYPE_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_RESULT = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>", re.DOTALL)
_ENTITIES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))


@dataclass(slots=True)
class CheckedArchive:
    """``archive`` is what the reader may see; ``unresolved`` cells by part name, 1-based (row, column)."""

    archive: io.BytesIO
    unresolved: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    hidden_rows: dict[str, frozenset[int]] = field(default_factory=dict)
    """Rows hidden by a filter or by hand, by part name."""
    targets: dict[str, str] = field(default_factory=dict)
    """Sheet name -> part name."""


def check_xlsx(archive: zipfile.ZipFile, name: str) -> CheckedArchive:
    """Read the needed parts within bounds. Raises ``InvalidInput``."""
    infos = archive.infolist()
    if len(infos) > _MAX_PARTS:
        raise InvalidInput(f"“{name}”内部结构异常（{len(infos)} 个部件），不能导入，请另存为新的 xlsx 再试。")
    parts = [info for info in infos if _NEEDED.match(info.filename.replace("\\", "/"))]
    parts += _other_sheet_parts(archive, infos, parts, name)
    if sum(info.file_size for info in parts) > MAX_UNPACKED:
        raise _too_big(name)
    checked = CheckedArchive(io.BytesIO())
    contents: dict[str, bytes] = {}
    room = MAX_UNPACKED
    with zipfile.ZipFile(checked.archive, "w", zipfile.ZIP_STORED) as rebuilt:
        for info in parts:
            part = info.filename.replace("\\", "/").lstrip("/")
            if part in contents:
                continue
            data = _unpacked(archive, info, room, name)
            room -= len(data)
            small = len(data) < 2_000_000 and not _SHEET_PART.match(part)
            contents[part] = data if small else b""
            if part.lower() == "xl/sharedstrings.xml":
                _check_shared_strings(data, name)
            elif not part.endswith(".rels") and "worksheets/" in part.lower():
                checked.unresolved[part] = _check_sheet(data, name)
                checked.hidden_rows[part] = _hidden_rows(data)
            rebuilt.writestr(part, data)
    checked.targets = _sheet_targets(contents)
    checked.archive.seek(0)
    return checked


def _other_sheet_parts(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], parts: list[zipfile.ZipInfo], name: str
) -> list[zipfile.ZipInfo]:
    """Sheets that the workbook keeps under unusual names, as some exporters do."""
    known = {info.filename for info in parts}
    by_name = {info.filename.lstrip("/"): info for info in infos}
    found = []
    rels = by_name.get("xl/_rels/workbook.xml.rels")
    if rels is not None:
        text = _unpacked(archive, rels, 4_000_000, name)
        for target in re.findall(rb"""Target\s*=\s*["']([^"']+)["']""", text):
            path = target.decode("utf-8", "replace").lstrip("/")
            info = by_name.get(path) or by_name.get(f"xl/{path}")
            if info is not None and info.filename not in known and "heet" in path and path.endswith(".xml"):
                known.add(info.filename)
                found.append(info)
    return found


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, name: str) -> bytes:
    """One part; the size it declares is not believed."""
    if info.flag_bits & 0x1:
        raise InvalidInput(f"“{name}”设有密码，请先在 Excel 或 WPS 中取消密码，另存后再导入。")
    try:
        with archive.open(info) as stream:
            data = stream.read(room + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise damaged(name) from error
    if len(data) > room:
        raise _too_big(name)
    return data


def _check_shared_strings(data: bytes, name: str) -> None:
    found = _UNIQUE_COUNT.search(data, 0, 4096)
    if found and (len(found[1]) > 9 or int(found[1]) > len(data)):
        raise damaged(name)


def _check_sheet(data: bytes, name: str) -> dict[tuple[int, int], str]:
    """Bounds of the cells that have content, and cells whose value the reader would not see."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise damaged(name)
    plain_cells = data.count(b'<c r="')
    all_cells = sum(data.count(b"<c" + end) for end in (b" ", b">", b"/", b"\t", b"\n", b"\r"))
    ordinary = plain_cells == all_cells and b":c " not in data and not _FAR_CELL.search(data)
    has_odd_values = b"<f" in data or b":f" in data or b't="e"' in data or b"t='e'" in data
    if ordinary and not has_odd_values:
        return {}
    return _walk(data, name)


def _hidden_rows(data: bytes) -> frozenset[int]:
    if b"hidden=" not in data:
        return frozenset()
    return frozenset(int(number) for number in _HIDDEN_ROW.findall(data) if len(number) < 8)


def _walk(data: bytes, name: str) -> dict[tuple[int, int], str]:
    unresolved: dict[tuple[int, int], str] = {}
    row = column = 0
    bottom = right = 0
    for tag in _TAG.finditer(data):
        kind, attributes, closed = tag[1], tag[2] or b"", tag[3]
        ref = _REF.search(attributes)
        if kind == b"row":
            row = int(ref[2]) if ref and 0 < len(ref[2]) < 9 else row + 1
            column = 0
            continue
        if ref and ref[1] and ref[2]:
            row, column = _bounded(int(ref[2][:9])), _bounded(_column_number(ref[1][:5]))
        else:
            column += 1
        if closed:
            continue
        start = tag.end()
        if data.startswith(b"</", start):
            continue
        bottom, right = max(bottom, row), max(right, column)
        if bottom * right > MAX_AREA:
            raise InvalidInput(
                f"“{name}”的表格范围太大（到第 {bottom} 行、第 {right} 列），请删除表格外的多余内容，另存后再导入。"
            )
        is_error = _TYPE_ERROR.search(attributes)
        if is_error or data.startswith(b"<f", start) or data[start : start + 16].find(b":f") > 0:
            end = data.find(b"</c>", start)
            inner = data[start : end if 0 < end < start + 40_000 else start + 40_000]
            result = _RESULT.search(inner)
            formula = _FORMULA.search(inner)
            if is_error:
                unresolved[row, column] = _text(result[1]) if result else "#错误"
            elif formula is not None and not (result and result[1].strip()) and not _TYPE_TEXT.search(attributes):
                # Without a result the formula was never calculated; only a text result may be empty (t="str").
                unresolved[row, column] = "=" + _text(formula[1] or b"")
    return unresolved


def _bounded(number: int) -> int:
    return min(number, 10_000_000)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(raw: bytes) -> str:
    for entity, character in _ENTITIES:
        raw = raw.replace(entity, character)
    return raw.decode("utf-8", "replace")


def _sheet_targets(contents: dict[str, bytes]) -> dict[str, str]:
    rels = contents.get("xl/_rels/workbook.xml.rels", b"")
    by_id: dict[str, str] = {}
    for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", rels):
        key = re.search(rb"""\bId\s*=\s*["']([^"']+)""", relation)
        target = re.search(rb"""\bTarget\s*=\s*["']([^"']+)""", relation)
        if key and target:
            path = _text(target[1])
            by_id[_text(key[1])] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    targets: dict[str, str] = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", contents.get("xl/workbook.xml", b"")):
        title = re.search(rb"""\sname\s*=\s*["']([^"']*)""", sheet)
        key = re.search(rb"""\s(?:\w+:)?id\s*=\s*["']([^"']+)""", sheet)
        if title and key and _text(key[1]) in by_id:
            targets[_text(title[1])] = by_id[_text(key[1])]
    return targets


def damaged(name: str) -> InvalidInput:
    """The sentence for a file that is broken inside."""
    return InvalidInput(f"“{name}”已损坏或没有下载完整，请让对方重新发送，或用 Excel、WPS 打开后另存为 xlsx 再导入。")


def _too_big(name: str) -> InvalidInput:
    return InvalidInput(f"“{name}”解压后的内容过大，不像名单，为安全起见不予打开；请删去多余内容，另存后再导入。")
