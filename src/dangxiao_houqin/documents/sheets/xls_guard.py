"""Takes the workbook stream out of an old binary xls, checks it, and wraps it in a clean container.

The reader follows chains and counts in this format blindly (a loop in the allocation table never ends), so the
container [MS-CFB] is read here with bounds, and the records [MS-XLS] are looked through for positions and passwords.
"""

from __future__ import annotations

import io
import struct

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.documents.sheets.grid import MAX_AREA
from dangxiao_houqin.documents.sheets.xlsx_guard import damaged

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT_SECTOR = 0xFFFFFFFD
_LAST_SECTOR = 0xFFFFFFFA

_BOF, _EOF, _FILEPASS, _DIMENSIONS = 0x0809, 0x000A, 0x002F, 0x0200
# Records that put one value at (row, column): number, label, rich string, bool/error, formula, RK, shared string.
_CELL_RECORDS = frozenset({0x0203, 0x0204, 0x00D6, 0x0205, 0x0006, 0x027E, 0x00FD})
_MULTIPLE_RK = 0x00BD


def check_xls(data: bytes, name: str) -> io.BytesIO:
    """A container with nothing but the checked workbook stream. Raises ``InvalidInput``."""
    try:
        streams = _streams(data)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged(name) from error
    titles = set(streams)
    if titles & {"encryptedpackage", "encryptioninfo"}:
        raise _protected(name)
    if "worddocument" in titles:
        raise InvalidInput(f"“{name}”是 Word 文档，不是表格，请让对方发送 Excel 名单。")
    stream = streams.get("workbook") or streams.get("book")
    if not stream:
        raise InvalidInput(f"“{name}”里没有工作表，不是 Excel 表格，请检查是否选错了文件。")
    return _container("Workbook" if "workbook" in titles else "Book", _checked_records(stream, name))


def _streams(data: bytes) -> dict[str, bytes]:
    """All streams of the container by lower-case name."""
    if len(data) < 512:
        raise ValueError("shorter than its header")
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in {9, 12}:
        raise ValueError("sector size")
    size = 1 << shift
    count = (len(data) - 512 + size - 1) // size if size == 512 else len(data) // size

    def sector(index: int) -> bytes:
        if index >= count:
            raise ValueError("sector beyond the end")
        start = (index + 1) * size
        return data[start : start + size].ljust(size, b"\0")

    first_directory, mini_cutoff, first_mini_fat = struct.unpack_from("<I4xII", data, 48)
    difat_next = struct.unpack_from("<I", data, 68)[0]
    fat_sectors = [i for i in struct.unpack_from("<109I", data, 76) if i < _LAST_SECTOR]
    seen: set[int] = set()
    while difat_next < _LAST_SECTOR:
        if difat_next in seen:
            raise ValueError("loop in the allocation table")
        seen.add(difat_next)
        *more, difat_next = struct.unpack(f"<{size // 4}I", sector(difat_next))
        fat_sectors += [i for i in more if i < _LAST_SECTOR]
    if len(fat_sectors) > count:
        raise ValueError("allocation table larger than the file")
    fat: list[int] = []
    for index in fat_sectors:
        fat.extend(struct.unpack(f"<{size // 4}I", sector(index)))

    def chain(start: int, limit: int | None = None) -> bytes:
        parts = []
        visited = 0
        while start < _LAST_SECTOR:
            parts.append(sector(start))
            visited += 1
            if visited > count:
                raise ValueError("loop in a chain")
            if limit is not None and visited * size >= limit:
                break
            start = fat[start]
        joined = b"".join(parts)
        return joined if limit is None else joined[:limit]

    directory = chain(first_directory)
    entries = []
    for offset in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, offset + 64)
        if kind not in {1, 2, 5}:
            continue
        title = directory[offset : offset + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        start, stream_size = struct.unpack_from("<II", directory, offset + 116)
        entries.append((title, kind, start, stream_size))
    root = next((entry for entry in entries if entry[1] == 5), None)
    mini_stream = mini_fat = b""
    if root is not None and first_mini_fat < _LAST_SECTOR:
        mini_stream, mini_fat = chain(root[2], root[3]), chain(first_mini_fat)
    streams: dict[str, bytes] = {}
    for title, kind, start, stream_size in entries:
        if kind != 2 or title in streams:
            continue
        wanted = title in {"workbook", "book"}
        if stream_size > len(data):
            raise ValueError("stream longer than the file")
        if not wanted:
            streams[title] = b""
        elif stream_size >= mini_cutoff:
            streams[title] = chain(start, stream_size)
        else:
            streams[title] = _mini_chain(mini_stream, mini_fat, start, stream_size)
    return streams


def _mini_chain(mini_stream: bytes, mini_fat: bytes, start: int, size: int) -> bytes:
    parts = []
    visited = 0
    while start < _LAST_SECTOR and visited * 64 < size:
        parts.append(mini_stream[start * 64 : start * 64 + 64])
        visited += 1
        start = struct.unpack_from("<I", mini_fat, start * 4)[0]
    return b"".join(parts)[:size]


def _checked_records(stream: bytes, name: str) -> bytes:
    """The same records, with every sheet's size set to what its cells really take."""
    patched = bytearray(stream)
    position = 0
    bottom = right = 0
    dimensions: list[int] = []
    end = len(stream)
    while position + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, position)
        body = position + 4
        if kind == 0 and length == 0:
            break
        if body + length > end:
            raise damaged(name)
        if kind == _FILEPASS:
            raise _protected(name)
        if kind == _DIMENSIONS and length >= 10:
            dimensions.append(body)
            # first row, last row + 1, first column, last column + 1 (BIFF8: 14 bytes; BIFF5: 10 bytes)
            patched[body : body + min(length, 12)] = bytes(min(length, 12))
        elif kind in _CELL_RECORDS and length >= 4:
            row, column = struct.unpack_from("<HH", stream, body)
            bottom, right = max(bottom, row + 1), max(right, column + 1)
        elif kind == _MULTIPLE_RK and length >= 6:
            row = struct.unpack_from("<H", stream, body)[0]
            bottom, right = max(bottom, row + 1), max(right, struct.unpack_from("<H", stream, body + length - 2)[0] + 1)
        if bottom * right > MAX_AREA:
            raise InvalidInput(
                f"“{name}”的表格范围太大（到第 {bottom} 行、第 {right} 列），请删除表格外的多余内容，另存后再导入。"
            )
        position = body + length
    return bytes(patched)


def _container(title: str, stream: bytes) -> io.BytesIO:
    """A minimal [MS-CFB] file of 512-byte sectors holding one stream (padded to 4,096 bytes: no mini stream)."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    stream_sectors = len(stream) // 512
    fat_sectors = 1
    while fat_sectors * 128 < stream_sectors + 1 + fat_sectors:
        fat_sectors += 1
    difat_sectors = -(-max(0, fat_sectors - 109) // 127)
    while fat_sectors * 128 < stream_sectors + 1 + fat_sectors + difat_sectors:
        fat_sectors += 1
        difat_sectors = -(-max(0, fat_sectors - 109) // 127)
    # Layout: stream, directory, FAT, DIFAT.
    directory_at = stream_sectors
    fat_at = directory_at + 1
    difat_at = fat_at + fat_sectors
    fat = [*range(1, stream_sectors), _END_OF_CHAIN, _END_OF_CHAIN]
    fat += [_FAT_SECTOR] * fat_sectors + [0xFFFFFFFC] * difat_sectors
    fat += [_FREE] * (fat_sectors * 128 - len(fat))
    fat_ids = list(range(fat_at, fat_at + fat_sectors))
    header = bytearray(512)
    header[0:8] = SIGNATURE
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIII", header, 40, 0, fat_sectors, directory_at, 0, 4096)
    struct.pack_into("<IIII", header, 60, _END_OF_CHAIN, 0, difat_at if difat_sectors else _END_OF_CHAIN, difat_sectors)
    struct.pack_into("<109I", header, 76, *(fat_ids[:109] + [_FREE] * max(0, 109 - len(fat_ids))))
    directory = bytearray(512)
    _entry(directory, 0, "Root Entry", 5, _END_OF_CHAIN, 0, child=1)
    _entry(directory, 128, title, 2, 0, len(stream), child=_FREE)
    out = io.BytesIO()
    out.write(header)
    out.write(stream)
    out.write(directory)
    out.write(struct.pack(f"<{len(fat)}I", *fat))
    rest = fat_ids[109:]
    for index in range(difat_sectors):
        ids = rest[index * 127 : (index + 1) * 127]
        following = difat_at + index + 1 if index + 1 < difat_sectors else _END_OF_CHAIN
        out.write(struct.pack("<128I", *ids, *([_FREE] * (127 - len(ids))), following))
    out.seek(0)
    return out


def _entry(directory: bytearray, at: int, title: str, kind: int, start: int, size: int, *, child: int) -> None:
    encoded = (title + "\0").encode("utf-16-le")
    directory[at : at + len(encoded)] = encoded
    struct.pack_into("<HBBIII", directory, at + 64, len(encoded), kind, 1, _FREE, _FREE, child)
    struct.pack_into("<II", directory, at + 116, start, size)


def _protected(name: str) -> InvalidInput:
    return InvalidInput(f"“{name}”设有打开密码，请先在 Excel 或 WPS 中取消密码，另存后再导入。")
