"""Spreadsheets of every kind are read at their places; what is none is refused with one sentence, in bounded memory."""

from __future__ import annotations

import io
import random
import re
import struct
import time
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from dangxiao_houqin.core.errors import Cancelled, InvalidInput
from dangxiao_houqin.documents.sheets import Book, MergedRange, a1, cell_text, column_letters, read_book

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
XLS = ROSTERS / "专题研讨班名单.xls"
CSV = ROSTERS / "调训班名单.csv"
XLSX = ROSTERS / "科级干部进修班花名册.xlsx"


def save(workbook: Workbook, path: Path) -> Path:
    workbook.save(path)
    return path


def ods(path: Path, content: str, **parts: str) -> Path:
    """A minimal OpenDocument file around the rows given."""
    body = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x">'
        f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return path


def rewritten(path: Path, target: Path, part: str, change: Any) -> Path:
    """A copy of an xlsx with one part changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for info in source.infolist():
            data = source.read(info)
            copy.writestr(info.filename, change(data) if info.filename == part else data)
    return target


# ------------------------------------------------------------------------------------------ what is read


def test_xlsx_keeps_places_types_and_merges(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "名单"
    sheet["C4"], sheet["D4"], sheet["E4"] = "王　丽", 19900007543, date(1985, 3, 1)
    sheet["C6"] = "007"
    sheet.merge_cells("A1:E2")
    book = read_book(save(workbook, tmp_path / "a.xlsx"))
    assert (book.kind, book.name) == ("xlsx", "a.xlsx")
    found = book.sheet("名单")
    assert found.value(4, 3) == "王　丽"
    assert cell_text(found.value(4, 4)) == "19900007543"
    assert found.value(4, 5) == date(1985, 3, 1)
    assert found.value(6, 3) == "007"
    assert found.value(1, 1) == ""
    assert found.value(99, 99) == ""
    assert found.merged == (MergedRange(1, 1, 2, 5),)


def test_addresses() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert a1(7, 6) == "F7"


def test_numbers_are_shown_as_a_person_reads_them() -> None:
    assert cell_text(1988.07) == "1988.07"
    assert cell_text(3.0) == "3"
    assert cell_text(5.001991983030424e17) == "5.001991983030424e+17"


def test_xls_is_read_and_found_by_content_not_by_suffix(tmp_path: Path) -> None:
    book = read_book(XLS)
    assert book.kind == "xls"
    assert book.sheets[0].value(1, 1) == "姓名"
    assert book.sheets[0].height == 39
    renamed = tmp_path / "名单.xlsx"
    renamed.write_bytes(XLS.read_bytes())
    assert read_book(renamed).kind == "xls"


@pytest.mark.parametrize(
    ("encoding", "delimiter"), (("utf-8-sig", ","), ("utf-8", ";"), ("gb18030", ","), ("utf-16", "\t"))
)
def test_csv_in_every_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "名单.csv"
    lines = [["姓名", "单位", "备注"], ["赵䶮", "县财政局", '他说"好"，来'], ["郑𬱖", "松坪镇", "多行\n备注"]]
    text = "\r\n".join(delimiter.join('"' + c.replace('"', '""') + '"' for c in line) for line in lines)
    path.write_bytes(text.encode(encoding))
    sheet = read_book(path).sheets[0]
    assert sheet.name == "名单"
    assert [list(row) for row in sheet.rows] == lines


def test_gb18030_sample() -> None:
    sheet = read_book(CSV).sheets[0]
    assert sheet.value(1, 1) == "姓名"
    assert sheet.value(12, 1) == "蔡䶮"
    assert sheet.value(42, 1) == "曾小𬭎"


def test_ods_with_repeats_merges_dates_and_comments(tmp_path: Path) -> None:
    rows = (
        '<table:table table:name="名单">'
        '<table:table-row><table:table-cell table:number-columns-spanned="3" office:value-type="string">'
        "<text:p>花名册</text:p></table:table-cell>"
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
        '<table:table-row><table:table-cell table:number-columns-repeated="2" office:value-type="string">'
        '<text:p>王<text:s text:c="2"/>丽</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="1985-03-01"><text:p>85年</text:p>'
        "<office:annotation><text:p>批注</text:p></office:annotation></table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="19900000000"><text:p>1.99E10</text:p>'
        '</table:table-cell><table:table-cell table:formula="of:=A1"/>'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    book = read_book(ods(tmp_path / "a.ods", rows))
    sheet = book.sheets[0]
    assert book.kind == "ods"
    assert sheet.height == 4
    assert sheet.merged == (MergedRange(1, 1, 1, 3),)
    assert list(sheet.rows[3]) == ["王  丽", "王  丽", date(1985, 3, 1), 19900000000.0, "of:=A1"]
    assert sheet.unresolved == {(4, 5): "of:=A1"}


def test_formulas_are_never_evaluated_and_never_lost(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = "姓名", '=A1&"<x>"', "#N/A", "点这里"
    sheet["D1"].hyperlink = "http://example.invalid/"
    found = read_book(save(workbook, tmp_path / "a.xlsx")).sheets[0]
    assert list(found.rows[0]) == ["姓名", '=A1&"<x>"', "#N/A", "点这里"]
    assert found.unresolved == {(1, 2): '=A1&"<x>"', (1, 3): "#N/A"}


def test_stored_result_of_a_formula_is_taken(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active["A1"] = "=1+1"
    plain = save(workbook, tmp_path / "a.xlsx")
    part = "xl/worksheets/sheet1.xml"
    path = rewritten(plain, tmp_path / "b.xlsx", part, lambda d: re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", d))
    found = read_book(path).sheets[0]
    assert found.rows[0][0] == 2
    assert found.unresolved == {}


def test_formatted_but_empty_million_rows_are_fine(tmp_path: Path) -> None:
    """Somebody coloured whole columns: the used range is huge, the content is not."""
    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"] = "姓名", "王丽"
    sheet["XFD1048576"].fill = PatternFill("solid", fgColor="FFFF0000")
    found = read_book(save(workbook, tmp_path / "a.xlsx")).sheets[0]
    assert found.height == 2


def test_shared_strings(tmp_path: Path) -> None:
    """The form in which Excel itself stores texts."""

    def change(data: bytes) -> bytes:
        return re.sub(rb't="inlineStr"><is><t>[^<]*</t></is>', b't="s"><v>1</v>', data)

    path = rewritten(XLSX, tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", change)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "xl/sharedStrings.xml",
            '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="9" uniqueCount="2">'
            "<si><t>姓名</t></si><si><r><t>赵</t></r><r><t>䶮</t></r></si></sst>",
        )
    assert read_book(path).sheets[0].value(2, 2) == "赵䶮"


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.title, workbook.active["A1"] = "名单", "甲"
    workbook.create_sheet("名册")["A1"] = "乙"
    same = rewritten(
        save(workbook, tmp_path / "a.xlsx"),
        tmp_path / "b.xlsx",
        "xl/workbook.xml",
        lambda d: d.replace("名册".encode(), "名单".encode()),
    )
    refused(same, "损坏")  # the reader would give the first one twice


def test_hidden_rows_are_told(tmp_path: Path) -> None:
    workbook = Workbook()
    for row in range(1, 5):
        workbook.active.cell(row, 1, row)
    workbook.active.row_dimensions[3].hidden = True
    workbook.active.column_dimensions["A"].hidden = True
    assert read_book(save(workbook, tmp_path / "a.xlsx")).sheets[0].hidden_rows == frozenset({3})


def test_hidden_sheets_are_marked(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active["A1"] = "x"
    hidden = workbook.create_sheet("旧")
    hidden["A1"] = "y"
    hidden.sheet_state = "hidden"
    assert [s.hidden for s in read_book(save(workbook, tmp_path / "a.xlsx")).sheets] == [False, True]


def test_progress_and_cancel(tmp_path: Path) -> None:
    seen: list[float] = []
    read_book(XLSX, lambda fraction, _text: seen.append(fraction))
    assert seen[0] == 0
    assert seen[-1] == 1

    def cancel(_fraction: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_book(XLSX, cancel)


# --------------------------------------------------------------------------------------- what is refused


def refused(path: Path, *words: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_book(path)
    message = caught.value.message
    assert message.endswith("。")
    assert "\n" not in message
    for word in words:
        assert word in message, message
    return message


@pytest.mark.parametrize(
    ("content", "words"),
    (
        (b"", ("空文件",)),
        (b"<html><table><tr><td>1</td></tr></table></html>", ("网页", "xlsx")),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com">', ("网页", "XML")),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", ("网页",)),
        (b"%PDF-1.7 ...", ("PDF",)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("图片",)),
        (b"{\\rtf1 hello}", ("RTF",)),
        (b"Rar!\x1a\x07\x01\0", ("压缩包",)),
        (b"PK\x03\x04", ("损坏",)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ("损坏",)),
        (b"\xff\xfe\xfd\xfc\xfb\xff\xff", ()),
        (b"abc\x00\x01\x02def", ("不是表格",)),
        ('姓名,单位\n"王丽,县委\n李四,县府\n'.encode(), ("双引号",)),
        (b"   \n\n", ()),
    ),
)
def test_refused_with_one_sentence(tmp_path: Path, content: bytes, words: tuple[str, ...]) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(content)
    if content.strip():
        refused(path, "名单.xls", *words)
    elif not content:
        refused(path, *words)
    else:
        assert read_book(path).sheets[0].height == 2


def test_missing_file_folder_and_too_big(tmp_path: Path) -> None:
    refused(tmp_path / "没有.xlsx", "找不到")
    refused(tmp_path, "不是文件")
    big = tmp_path / "大.xlsx"
    with big.open("wb") as stream:
        stream.truncate(41 * 1024 * 1024)
    refused(big, "超过 40 MB")


def test_a_small_csv_cannot_become_a_huge_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("," * 900 + "\n" + "1\n" * 100_000, encoding="utf-8")
    refused(path, "不像名单")
    path.write_text("," * 2000 + "\n", encoding="utf-8")
    refused(path, "2001 列")
    path.write_text("1\n" * 200_001, encoding="utf-8")
    refused(path, "超过 200000 行")


@pytest.mark.parametrize(
    ("part", "words"),
    (("word/document.xml", "Word"), ("ppt/presentation.xml", "演示"), ("xl/workbook.bin", "xlsb"), ("a.txt", "压缩包")),
)
def test_other_zip_files(tmp_path: Path, part: str, words: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    refused(path, words)


def test_password_protected(tmp_path: Path) -> None:
    path = tmp_path / "密.xlsx"
    path.write_bytes(compound_file({"EncryptedPackage": b"\1" * 5000, "EncryptionInfo": b"\2" * 5000}))
    refused(path, "密码")
    path = tmp_path / "密.xls"
    records = record(0x0809, struct.pack("<HH4x", 0x0600, 5)) + record(0x002F, b"\1\0") + record(0x000A, b"")
    path.write_bytes(compound_file({"Workbook": records.ljust(4096, b"\0")}))
    refused(path, "密码")
    path = tmp_path / "文.doc"
    path.write_bytes(compound_file({"WordDocument": b"\1" * 5000}))
    refused(path, "Word")


def test_ods_password_and_bomb(tmp_path: Path) -> None:
    manifest = "<manifest:encryption-data/>"
    refused(ods(tmp_path / "a.ods", "", **{"META-INF__manifest.xml": manifest}), "密码")
    cell = '<table:table-cell table:number-columns-repeated="1000" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    refused(ods(tmp_path / "b.ods", f'<table:table table:name="x">{row}</table:table>'), "范围太大")
    wide = cell.replace("1000", "16384")
    refused(ods(tmp_path / "c.ods", f"<table:table><table:table-row>{wide}</table:table-row></table:table>"), "列")


def test_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(part, b" " * (170 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    tracemalloc.start()
    started = time.perf_counter()
    refused(path, "过大")
    assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
    tracemalloc.stop()
    assert time.perf_counter() - started < 5


def test_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = rewritten(XLSX, tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", lambda d: d + b" " * 5_000_000)
    data = bytearray(path.read_bytes())
    # Every central directory entry claims an unpacked size of 100 bytes.
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        struct.pack_into("<I", data, position + 24, 100)
        position = data.find(b"PK\x01\x02", position + 4)
    path.write_bytes(data)
    refused(path, "损坏")


@pytest.mark.parametrize("cell", ("XFD1048576", "ZZZZZZ9", "A1048576", "AAA20000"))
def test_far_away_content_is_refused_in_little_memory(tmp_path: Path, cell: str) -> None:
    """Two cells, yet the reader would lay out the rectangle between them (550 GB for the first)."""
    far = f'<row r="1048576"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'.encode()
    path = rewritten(XLSX, tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", lambda d: d.replace(b"</sheetData>", far))
    refused(path, "范围太大")


def test_giant_counts_are_not_believed(tmp_path: Path) -> None:
    shared = rewritten(XLSX, tmp_path / "a.xlsx", "", bytes)
    with zipfile.ZipFile(shared, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", '<sst uniqueCount="99999999"><si><t>姓名</t></si></sst>')
    refused(shared, "损坏")
    data = bytearray(XLS.read_bytes())
    struct.pack_into("<I", data, 72, 0xFFFFFFF0)  # number of DIFAT sectors
    struct.pack_into("<I", data, 44, 0xFFFFFFF0)  # number of FAT sectors
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert read_book(path).sheets[0].height == 39


def test_loops_in_an_xls_end(tmp_path: Path) -> None:
    data = bytearray(XLS.read_bytes())
    fat_sector = struct.unpack_from("<I", data, 76)[0]
    start = (fat_sector + 1) * 512
    for index in range(128):
        struct.pack_into("<I", data, start + 4 * index, index)  # every sector follows itself
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    started = time.perf_counter()
    refused(path, "损坏")
    assert time.perf_counter() - started < 2


def test_far_cell_in_xls_is_refused(tmp_path: Path) -> None:
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    name = "名单".encode("utf-16-le")
    sheet_at = 400
    bound = record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, 2, 1) + name)
    workbook = (bof + bound + record(0x000A, b"")).ljust(sheet_at, b"\0")
    cell = struct.pack("<HHHd", 65535, 255, 0, 1.0)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0)) + record(0x0203, cell) + record(0x000A, b"")
    # No padding records between the substreams in a real file: fill the gap with an unknown record.
    gap = sheet_at - len(bof + bound + record(0x000A, b""))
    stream = bof + bound + record(0x000A, b"") + struct.pack("<HH", 0x0FFF, gap - 4) + b"\0" * (gap - 4) + sheet
    assert len(workbook) == sheet_at
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": stream.ljust(4096, b"\0")}))
    refused(path, "范围太大")


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A small [MS-CFB] file with these streams (each at least 4,096 bytes), written independently of the reader."""
    sectors: list[bytes] = []
    fat: list[int] = []
    starts = {}
    for name, body in streams.items():
        body = body.ljust(-(-len(body) // 512) * 512, b"\0")
        starts[name] = len(sectors)
        count = len(body) // 512
        for i in range(count):
            sectors.append(body[i * 512 : i * 512 + 512])
            fat.append(len(sectors) if i + 1 < count else 0xFFFFFFFE)
    directory_at = len(sectors)
    entries = b""
    for index, (name, kind) in enumerate([("Root Entry", 5), *((n, 2) for n in streams)]):
        title = (name + "\0").encode("utf-16-le")
        start = starts.get(name, 0xFFFFFFFE)
        size = len(streams.get(name, b""))
        right = index + 1 if 0 < index < len(streams) else 0xFFFFFFFF
        child = 1 if index == 0 else 0xFFFFFFFF
        entries += title.ljust(64, b"\0") + struct.pack("<HBBIII", len(title), kind, 1, 0xFFFFFFFF, right, child)
        entries += bytes(36) + struct.pack("<IQ", start, size)
    entries = entries.ljust(-(-len(entries) // 512) * 512, b"\0")
    for i in range(0, len(entries), 512):
        sectors.append(entries[i : i + 512])
        fat.append(len(sectors) if i + 512 < len(entries) else 0xFFFFFFFE)
    fat_at = len(sectors)
    fat.append(0xFFFFFFFD)
    assert len(fat) <= 128
    fat += [0xFFFFFFFF] * (128 - len(fat))
    sectors.append(struct.pack("<128I", *fat))
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIII", header, 40, 0, 1, directory_at, 0, 4096)
    struct.pack_into("<IIII", header, 60, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, fat_at, *([0xFFFFFFFF] * 108))
    return bytes(header) + b"".join(sectors)


# ------------------------------------------------------------------------------------------------ fuzz


def mutated(data: bytes, random_: random.Random) -> bytes:
    kind = random_.randrange(4)
    if kind == 0:
        return data[: random_.randrange(len(data))]
    changed = bytearray(data)
    if kind == 1:
        for _ in range(random_.choice((1, 3, 30))):
            changed[random_.randrange(len(changed))] = random_.randrange(256)
    elif kind == 2:
        start = random_.randrange(len(changed))
        changed[start : start + random_.randrange(1, 600)] = b"\xff" * random_.randrange(1, 600)
    else:
        start = random_.randrange(len(changed))
        changed[start:start] = changed[max(0, start - 512) : start]
    return bytes(changed)


def mutated_inside(data: bytes, random_: random.Random) -> bytes:
    """An xlsx whose parts are damaged while the archive is sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        victim = random_.choice([i.filename for i in source.infolist()])
        for info in source.infolist():
            part = source.read(info)
            copy.writestr(info.filename, mutated(part, random_) if info.filename == victim and part else part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("source", "rounds"),
    (
        ("有错误的名单.xlsx", 80),
        ("乡科级进修班第2期参训人员名单（各单位报送汇总）.xlsx", 60),
        ("专题研讨班名单.xls", 120),
        ("调训班名单.csv", 60),
    ),
)
def test_fuzzed_files_give_a_book_or_a_sentence(tmp_path: Path, source: str, rounds: int) -> None:
    random_ = random.Random(20260302)
    data = (ROSTERS / source).read_bytes()
    path = tmp_path / source
    started = time.perf_counter()
    outcomes = {"read": 0, "refused": 0}
    for number in range(rounds):
        is_inner = path.suffix == ".xlsx" and number % 2
        path.write_bytes(mutated_inside(data, random_) if is_inner else mutated(data, random_))
        try:
            book = read_book(path)
        except InvalidInput as error:
            outcomes["refused"] += error.message.endswith("。")
        else:
            assert isinstance(book, Book)
            outcomes["read"] += 1
    assert sum(outcomes.values()) == rounds
    assert outcomes["refused"] > rounds // 20
    assert time.perf_counter() - started < 20
