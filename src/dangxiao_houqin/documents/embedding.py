"""Embedding TrueType fonts so that text copies right out of the PDF, and two mends for reportlab's own way.

reportlab's TTFont cuts text into pieces of 256 characters and its ToUnicode map is wrong above U+FFFF.  Here a font is
embedded once for all characters used (Type 0, Identity-H) with a map in UTF-16BE.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import threading
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from reportlab.lib import textsplit
from reportlab.pdfbase import pdfdoc, ttfonts

_CANNOT_START: Final = (
    "!),.:;?]}¨·ˇˉ―‖’”•…‧‰℃°′″∶、。〃々〉》」』】〕〗〞︰︱︳﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞！＂％＇），．／：；？］｀｜｝～￠—–"
)
_CANNOT_END: Final = "([{£¥‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥"

CANNOT_START_LINE: Final = frozenset(_CANNOT_START)
"""Characters that may not begin a line (GB/T 15834 and the office's habit)."""
CANNOT_END_LINE: Final = frozenset(_CANNOT_END) - CANNOT_START_LINE
"""Characters that may not end a line."""

_lock = threading.Lock()  # reportlab parses tables through a shared position


def mend_reportlab() -> None:
    """Mend two defects of reportlab for code that uses its own TTFont or Paragraph; harmless when repeated.

    ToUnicode maps write code points above U+FFFF as five hex digits (𬱖 copies as another character), and the list of
    characters that may not start a line lacks ， ； ： ！ ？ ” ’ 》 〉 … — ～.  The list is copied into
    ``platypus.paragraph`` when that module is imported, so both places are set.
    """
    ttfonts.makeToUnicodeCMap = _to_unicode_8bit
    lacking = "".join(ch for ch in _CANNOT_START if ch not in textsplit.ALL_CANNOT_START)
    textsplit.ALL_CANNOT_START += lacking
    paragraph = sys.modules.get("reportlab.platypus.paragraph")
    if paragraph is not None:
        paragraph.ALL_CANNOT_START = textsplit.ALL_CANNOT_START  # type: ignore[attr-defined]


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()


def _cmap(name: str, entries: list[str], last: str) -> str:
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /{name} def /CMapType 2 def",
        f"1 begincodespacerange <{'0' * len(last)}> <{last}> endcodespacerange",
    ]
    for start in range(0, len(entries), 100):  # the format allows 100 in a block
        block = entries[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines)


def _to_unicode_8bit(fontname: str, subset: list[int]) -> str:
    entries = [f"<{i:02X}> <{_utf16(code)}>" for i, code in enumerate(subset)]
    return _cmap(fontname, entries, f"{len(subset) - 1:02X}")


class _Codes(dict[str, str]):
    """Characters used in one document -> glyph number of the embedded subset as four hex digits, given on demand."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[int] = []

    def __missing__(self, char: str) -> str:
        self.points.append(ord(char))
        code = self[char] = f"{len(self.points):04X}"
        return code


class CidFont(ttfonts.TTFont):  # type: ignore[misc]
    """A TrueType font for reportlab, embedded once for all its characters (Type 0, Identity-H)."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), shapable=False)
        self.path = path
        self.used: WeakKeyDictionary[Any, _Codes] = WeakKeyDictionary()

    def has(self, char: str) -> bool:
        return bool(self.face.charToGlyph.get(ord(char)))

    def width(self, char: str) -> float:
        """Advance of one character at size 1."""
        return float(self.face.charWidths.get(ord(char), self.face.defaultWidth)) / 1000

    def codes(self, doc: Any) -> _Codes:
        """The character codes of this font in ``doc``; the first call enters the font into the document."""
        codes = self.used.get(doc)
        if codes is None:
            codes = self.used[doc] = _Codes()
            doc.fontMapping[self.fontName] = f"/F{len(doc.fontMapping) + 1}"
            doc.delayedFonts.append(self)
        return codes

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802, ARG002
        codes = self.codes(doc)
        return [(0, bytes.fromhex("".join([codes[char] for char in text])))]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802, ARG002
        self.codes(doc)
        return str(doc.fontMapping[self.fontName])

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        points = self.codes(doc).points
        face = self.face
        program = pdfdoc.PDFStream()
        with _lock:
            program.content = self._subset(points)
        tag = hashlib.sha256(repr(points).encode()).digest()
        name = "".join(chr(65 + byte % 26) for byte in tag[:6]) + "+" + face.name.decode("ascii", "replace")
        program.dictionary["Length1"] = len(program.content)
        to_unicode = pdfdoc.PDFStream()
        entries = [f"<{i:04X}> <{_utf16(code)}>" for i, code in enumerate(points, 1)]
        to_unicode.content = _cmap(name, entries, "FFFF")
        if doc.compression:
            program.filters = [pdfdoc.PDFZCompress]
            to_unicode.filters = [pdfdoc.PDFZCompress]
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": pdfdoc.PDFName(name),
                "Flags": ttfonts.FF_SYMBOLIC,
                "FontBBox": pdfdoc.PDFArray(face.bbox),
                "Ascent": face.ascent,
                "Descent": face.descent,
                "CapHeight": face.capHeight,
                "ItalicAngle": face.italicAngle,
                "StemV": face.stemV,
                "FontFile2": doc.Reference(program, f"fontFile:{name}"),
            }
        )
        widths = [round(self.width(chr(code)) * 1000) for code in points]
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": pdfdoc.PDFName(name),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {
                        "Registry": pdfdoc.PDFString("Adobe"),
                        "Ordering": pdfdoc.PDFString("Identity"),
                        "Supplement": 0,
                    }
                ),
                "FontDescriptor": doc.Reference(descriptor, f"fontDescriptor:{name}"),
                "CIDToGIDMap": "/Identity",
                "DW": 1000,
                "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray(widths)]),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": "/Identity-H",
                "DescendantFonts": pdfdoc.PDFArray([doc.Reference(descendant, f"cidFont:{name}")]),
                "ToUnicode": doc.Reference(to_unicode, f"toUnicode:{name}"),
            }
        )
        internal = doc.fontMapping[self.fontName][1:]
        doc.idToObject["BasicFonts"].dict[internal] = doc.Reference(font, f"font:{internal}")
        del self.used[doc]

    def _subset(self, points: list[int]) -> bytes:
        """The font program with glyph ``i`` = ``points[i-1]``; parts of composite glyphs follow at the end."""
        face = self.face
        data: bytes = face.get_table("glyf")
        old = [0, *(face.charToGlyph.get(code, 0) for code in points)]
        new_number: dict[int, int] = {}
        for number, glyph in enumerate(old):
            new_number.setdefault(glyph, number)
        pieces: list[bytes] = []
        offsets = [0]
        position = number = 0
        while number < len(old):
            glyph = old[number]
            number += 1
            piece = data[face.glyphPos[glyph] : face.glyphPos[glyph + 1]]
            if len(piece) > 10 and piece[0] & 0x80:
                changed = bytearray(piece)
                at, flags = 10, ttfonts.GF_MORE_COMPONENTS
                while flags & ttfonts.GF_MORE_COMPONENTS:
                    flags, part = struct.unpack_from(">HH", changed, at)
                    if part not in new_number:
                        new_number[part] = len(old)
                        old.append(part)
                    struct.pack_into(">H", changed, at + 2, new_number[part])
                    at += 8 if flags & ttfonts.GF_ARG_1_AND_2_ARE_WORDS else 6
                    if flags & ttfonts.GF_WE_HAVE_A_SCALE:
                        at += 2
                    elif flags & ttfonts.GF_WE_HAVE_AN_X_AND_Y_SCALE:
                        at += 4
                    elif flags & ttfonts.GF_WE_HAVE_A_TWO_BY_TWO:
                        at += 8
                piece = bytes(changed)
            padding = -len(piece) % 4
            pieces += (piece, b"\0" * padding)
            position += len(piece) + padding
            offsets.append(position)
        maker = ttfonts.TTFontMaker()
        for tag in ("cvt ", "fpgm", "prep"):
            if tag in face.table:
                maker.add(tag, face.get_table(tag))
        maker.add("glyf", b"".join(pieces))
        maker.add("loca", struct.pack(f">{len(offsets)}L", *offsets))
        metrics = [int(value) for glyph in old for value in face.hmetrics[glyph]]
        maker.add("hmtx", struct.pack(f">{len(metrics)}H", *metrics))
        maker.add("hhea", _with_ushort(face.get_table("hhea"), 34, len(old)))
        maker.add("maxp", _with_ushort(face.get_table("maxp"), 4, len(old)))
        maker.add("head", _with_ushort(face.get_table("head"), 50, 1))
        return bytes(maker.makeStream())


def _with_ushort(table: bytes, at: int, value: int) -> bytes:
    return table[:at] + struct.pack(">H", value) + table[at + 2 :]
