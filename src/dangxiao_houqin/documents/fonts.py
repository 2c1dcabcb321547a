"""Which font prints which character, and embedding it so that the text copies right out of the PDF.

Six roles name what an office document asks for; each has a bundled free face (resources/fonts/README.md) and, where
the machine has them, the licensed 方正小标宋, 仿宋_GB2312 and 楷体_GB2312 are preferred.  A character that the role's
face lacks is taken from the next face of the chain, in bold roles thickened, so nothing is ever dropped; a character
no face has prints as a box and still copies as itself.
The fonts are reportlab fonts (``pdfmetrics.getFont(name)`` works), embedded by ``embedding.CidFont``.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from reportlab.pdfbase import pdfmetrics, ttfonts

from dangxiao_houqin.core.paths import resource

from .embedding import CidFont, mend_reportlab

log = logging.getLogger(__name__)

Role = Literal["sans", "sans_bold", "serif", "serif_bold", "kai", "fangsong"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

ROLE_TITLES: Final[Mapping[Role, str]] = {
    "sans": "黑体",
    "sans_bold": "黑体加粗",
    "serif": "宋体",
    "serif_bold": "小标宋",
    "kai": "楷体",
    "fangsong": "仿宋",
}

_BUNDLED: Final[Mapping[Role, str]] = {
    "sans": "NotoSansSC-Regular.ttf",
    "sans_bold": "NotoSansSC-SemiBold.ttf",
    "serif": "NotoSerifSC-Regular.ttf",
    "serif_bold": "NotoSerifSC-Bold.ttf",
    "kai": "HouqinKai-Regular.ttf",
    "fangsong": "HouqinFang-Regular.ttf",
}
_RARE = "HouqinRare-Regular.ttf"

# Licensed faces by the file names they are sold and installed under; never bundled.
_LICENSED: Final[Mapping[Role, tuple[str, ...]]] = {
    "serif_bold": ("fzxbsjw.ttf", "fzxbsjw--gb1-0.ttf", "fzxbsk.ttf", "方正小标宋简体.ttf", "方正小标宋_gbk.ttf"),
    "kai": ("楷体_gb2312.ttf", "simkai_gb2312.ttf", "kaiti_gb2312.ttf"),
    "fangsong": ("仿宋_gb2312.ttf", "simfang_gb2312.ttf", "fangsong_gb2312.ttf"),
}
# Last resort for a character that even the bundled rare face lacks, where the machine has one of these.
_SYSTEM_RARE: Final = ("simsunb.ttf", "simsunextg.ttf", "hanaminb.ttf", "hanamina.ttf")

_lock = threading.RLock()


class Run(NamedTuple):
    """Neighbouring characters that one face prints; ``embolden`` asks for a thickened outline."""

    font: str
    text: str
    embolden: bool


class _Glyph(NamedTuple):
    width: float
    font: str
    embolden: bool


class _RoleTable(dict[str, _Glyph]):
    """Character -> (width at size 1, font, thicken) for one role, filled as characters turn up."""

    def __init__(self, book: FontBook, role: Role) -> None:
        super().__init__()
        self.book, self.role = book, role

    def __missing__(self, char: str) -> _Glyph:
        glyph = self[char] = self.book.find(char, self.role)
        return glyph


class FontBook:
    """The faces of one machine.  ``font_dirs`` are searched for licensed faces; ``()`` means bundled faces only."""

    def __init__(self, font_dirs: Iterable[Path] | None = None) -> None:
        mend_reportlab()
        self._dirs = tuple(_font_dirs() if font_dirs is None else font_dirs)
        self._installed: dict[str, Path] | None = None
        self._faces: dict[str, CidFont | None] = {}
        self._primary: dict[Role, CidFont] = {}
        self.tables: dict[Role, _RoleTable] = {role: _RoleTable(self, role) for role in ROLES}

    def primary(self, role: Role) -> CidFont:
        """The face that prints ``role`` on this machine."""
        if role not in self._primary:
            licensed = (self._system(name) for name in _LICENSED.get(role, ()))
            face = next((face for face in licensed if face is not None), None)
            self._primary[role] = face if face is not None else self._bundled(_BUNDLED[role])
        return self._primary[role]

    def find(self, char: str, role: Role) -> _Glyph:
        bold = role.endswith("bold")
        first = self.primary(role)
        if char == "_" and role in ("kai", "fangsong"):  # theirs leave gaps: no line to write on
            return self.tables["serif"][char]
        if first.has(char) or unicodedata.category(char) == "Cf":
            return _Glyph(first.width(char) if first.has(char) else 0.0, first.fontName, False)
        chain: tuple[Role, ...] = ("sans", "serif") if role.startswith("sans") else ("serif", "sans")
        for other in chain:
            face = self._bundled(_BUNDLED[other])
            if face.has(char):
                return _Glyph(face.width(char), face.fontName, bold)
        for rare in (self._bundled(_RARE), *(self._system(name) for name in _SYSTEM_RARE)):
            if rare is not None and rare.has(char):
                return _Glyph(rare.width(char), rare.fontName, bold)
        return _Glyph(first.width(char), first.fontName, False)

    def runs(self, text: str, role: Role = "serif") -> list[Run]:
        """Cut ``text`` into pieces that one face each can print, in order; joined they are ``text``."""
        table = self.tables[role]
        glyphs = [table[char] for char in text]
        found: list[Run] = []
        start = 0
        for at in range(1, len(glyphs) + 1):
            if at == len(glyphs) or glyphs[at][1:] != glyphs[start][1:]:
                found.append(Run(glyphs[start].font, text[start:at], glyphs[start].embolden))
                start = at
        return found

    def text_width(self, text: str, size: float, role: Role = "serif") -> float:
        """Width of ``text`` in points at ``size`` points."""
        table = self.tables[role]
        return size * sum([table[char].width for char in text])

    def missing(self, text: str) -> str:
        """The characters of ``text`` that no face of this machine can draw (they print as boxes)."""
        lacking = [char for char in dict.fromkeys(text) if not char.isspace() and not self._drawable(char)]
        return "".join(lacking)

    def used_fonts(self, roles: Iterable[Role]) -> str:
        """Which face prints each of ``roles``, for the PDF's metadata: ``小标宋=方正小标宋简体(本机)``."""
        parts = []
        for role in ROLES:
            if role in roles:
                path = self.primary(role).path
                own = path.parent == resource("fonts")
                parts.append(f"{ROLE_TITLES[role]}={path.stem}" + ("" if own else "(本机)"))
        return "；".join(parts)

    def _drawable(self, char: str) -> bool:
        if unicodedata.category(char) == "Cf":
            return True
        face = pdfmetrics.getFont(self.tables["serif"][char].font)
        return isinstance(face, CidFont) and face.has(char)

    def _bundled(self, name: str) -> CidFont:
        face = self._load(resource("fonts") / name)
        if face is None:
            raise FileNotFoundError(f"程序自带的字体 {name} 不见了或已损坏，请重新安装。")
        return face

    def _system(self, name: str) -> CidFont | None:
        if self._installed is None:
            files = [path for folder in self._dirs if folder.is_dir() for path in sorted(folder.rglob("*"))]
            self._installed = {path.name.lower(): path for path in reversed(files) if path.suffix.lower() == ".ttf"}
        found = self._installed.get(name)
        return None if found is None else self._load(found)

    def _load(self, path: Path) -> CidFont | None:
        key = str(path)
        if key not in self._faces:
            with _lock:
                if key not in self._faces:
                    self._faces[key] = self._open(path)
        return self._faces[key]

    @staticmethod
    def _open(path: Path) -> CidFont | None:
        own = path.parent == resource("fonts")
        name = f"houqin-{path.stem}" if own else f"system-{path.stem}"
        if name in pdfmetrics.getRegisteredFontNames():
            registered = pdfmetrics.getFont(name)
            if isinstance(registered, CidFont) and registered.path == path:
                return registered
        try:
            face = CidFont(name, path)
        except (ttfonts.TTFError, OSError, struct.error, ValueError) as error:
            log.info("font %s cannot be used: %s", path, error)
            return None
        pdfmetrics.registerFont(face)
        return face


def _font_dirs() -> list[Path]:
    home = Path.home()
    dirs = [home / ".fonts", home / ".local/share/fonts", Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    dirs += [Path(root, "Fonts") for root in (os.environ.get("WINDIR"),) if root]
    dirs += [Path(root, "Microsoft/Windows/Fonts") for root in (os.environ.get("LOCALAPPDATA"),) if root]
    return dirs


_books: list[FontBook] = []


def book() -> FontBook:
    """The machine's font book, made on first use (fonts are opened one by one as characters need them)."""
    with _lock:
        if not _books:
            _books.append(FontBook())
        return _books[0]


def runs(text: str, role: Role = "serif") -> list[Run]:
    """See :meth:`FontBook.runs`."""
    return book().runs(text, role)


def text_width(text: str, size: float, role: Role = "serif") -> float:
    """See :meth:`FontBook.text_width`."""
    return book().text_width(text, size, role)
