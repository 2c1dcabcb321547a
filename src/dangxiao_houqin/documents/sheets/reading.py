"""Opens a spreadsheet whatever its suffix says, and refuses with one sentence what is none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.errors import AppError, InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.sheets.delimited import read_delimited
from dangxiao_houqin.documents.sheets.grid import Book, CellValue, MergedRange, Sheet
from dangxiao_houqin.documents.sheets.ods import read_ods
from dangxiao_houqin.documents.sheets.xls_guard import SIGNATURE, check_xls
from dangxiao_houqin.documents.sheets.xlsx_guard import CheckedArchive, check_xlsx, damaged

MAX_FILE_BYTES = 40 * 1024 * 1024
_MAX_SHEETS = 200


def read_book(path: Path | str, progress: Progress = no_progress) -> Book:
    """Read every sheet of an xlsx, xls, ods or csv file.

    Formulas are never evaluated: the stored result is taken, and without one the text of the formula. Raises
    ``InvalidInput`` with one sentence for anything that is not a readable spreadsheet, ``Cancelled`` from ``progress``.
    """
    path = Path(path)
    name = path.name
    progress(0.0, f"正在打开{name}")
    data = _bytes(path)
    if data.startswith(b"PK"):
        kind, sheets = _read_zip(data, name, progress)
    elif data.startswith(SIGNATURE):
        kind, sheets = "xls", _through_calamine(CheckedArchive(check_xls(data, name)), name, progress)
    else:
        _refuse_other_formats(data, name)
        kind, sheets = "csv", (read_delimited(data, name),)
    progress(1.0, f"已读取{name}")
    if not any(sheet.rows for sheet in sheets):
        raise InvalidInput(f"“{name}”是空表，没有可导入的内容，请检查是否选错了文件。")
    return Book(name, kind, sheets)


def _bytes(path: Path) -> bytes:
    name = path.name
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InvalidInput(f"“{name}”不是文件，请选择 Excel 或 CSV 名单。")
        if size == 0:
            raise InvalidInput(f"“{name}”是空文件（0 字节），请让对方重新发送。")
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024 // 1024
            raise InvalidInput(f"“{name}”超过 {limit} MB，不像名单，请删去图片等多余内容，另存后再导入。")
        with path.open("rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise InvalidInput(f"找不到文件“{name}”，请确认它没有被移走或改名。") from error
    except PermissionError as error:
        raise InvalidInput(f"“{name}”无法读取，可能正被其他程序打开，请关闭后再试。") from error
    except OSError as error:
        raise InvalidInput(f"“{name}”无法读取（{error.strerror or error}），请把文件复制到本机再试。") from error


def _read_zip(data: bytes, name: str, progress: Progress) -> tuple[str, tuple[Sheet, ...]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, OverflowError, NotImplementedError) as error:
        raise damaged(name) from error
    with archive:
        parts = {part.replace("\\", "/").lstrip("/").lower() for part in archive.namelist()}
        if "xl/workbook.bin" in parts:
            raise InvalidInput(f"“{name}”是二进制工作簿（xlsb），请用 Excel 或 WPS 另存为 xlsx 再导入。")
        if "xl/workbook.xml" in parts:
            checked = check_xlsx(archive, name)
            return "xlsx", _through_calamine(checked, name, progress)
    if "content.xml" in parts:
        return "ods", read_ods(data, name)
    if "word/document.xml" in parts:
        raise InvalidInput(f"“{name}”是 Word 文档，不是表格，请让对方发送 Excel 名单，或把表格复制到 Excel 中保存。")
    if "ppt/presentation.xml" in parts:
        raise InvalidInput(f"“{name}”是演示文稿，不是表格，请让对方发送 Excel 名单。")
    raise InvalidInput(f"“{name}”是压缩包，不是表格，请先解压，再选择其中的 Excel 名单。")


def _refuse_other_formats(data: bytes, name: str) -> None:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"mime-version")):
        raise InvalidInput(f"“{name}”其实是网页或 XML 文件，只是改了后缀，请用 Excel 或 WPS 打开后另存为 xlsx 再导入。")
    if head.startswith(b"%pdf"):
        raise InvalidInput(f"“{name}”是 PDF 文件，无法读取其中的表格，请让对方发送 Excel 名单。")
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")) and b"\0" in data[:64]:
        raise InvalidInput(f"“{name}”是图片，无法读取其中的文字，请让对方发送 Excel 名单。")
    if head.startswith(b"{\\rtf"):
        raise InvalidInput(f"“{name}”是 RTF 文档，不是表格，请让对方发送 Excel 名单。")
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise InvalidInput(f"“{name}”是压缩包，不是表格，请先解压，再选择其中的 Excel 名单。")
    if data[:2] in {b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"} and data[3:4] == b"\0":
        raise InvalidInput(f"“{name}”是很旧的 Excel 格式，请用 Excel 或 WPS 打开后另存为 xlsx 再导入。")


def _through_calamine(checked: CheckedArchive, name: str, progress: Progress) -> tuple[Sheet, ...]:
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(checked.archive)
        metadata = [m for m in workbook.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if len({m.name for m in metadata}) < len(metadata):
            raise damaged(name)  # the reader tells sheets apart by their names
        if len(metadata) > _MAX_SHEETS:
            raise InvalidInput(f"“{name}”有 {len(metadata)} 张工作表，不像名单，请检查文件。")
        sheets: list[Sheet] = []
        for meta in metadata:
            progress(0.1 + 0.9 * len(sheets) / len(metadata), f"正在读取工作表“{meta.name}”")
            found = workbook.get_sheet_by_name(meta.name)
            part = checked.targets.get(meta.name, "")
            odd = checked.unresolved.get(part, {})
            rows: list[list[CellValue]] = found.to_python(skip_empty_area=False) if found.end is not None else []
            _put(rows, odd)
            merged = tuple(
                MergedRange(top + 1, left + 1, bottom + 1, right + 1)
                for (top, left), (bottom, right) in found.merged_cell_ranges or ()
            )
            hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(meta.name, rows, merged, hidden, odd, checked.hidden_rows.get(part, frozenset())))
    except AppError:
        raise
    except python_calamine.PasswordError as error:
        raise InvalidInput(f"“{name}”设有打开密码，请先取消密码，另存后再导入。") from error
    except python_calamine.CalamineError as error:
        raise damaged(name) from error
    except (OSError, ValueError, OverflowError, KeyError, TypeError) as error:
        raise damaged(name) from error
    except BaseException as error:  # a Rust panic arrives as a BaseException of its own
        if type(error).__name__ == "PanicException":
            raise damaged(name) from error
        raise
    return tuple(sheets)


def _put(rows: list[list[Any]], values: dict[tuple[int, int], str]) -> None:
    """Write formulas without a result and error values back into the grid."""
    for (row, column), text in values.items():
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        if len(cells) < column:
            cells.extend([""] * (column - len(cells)))
        cells[column - 1] = text
