"""A light page to draw on, measured in millimetres from the top left corner, with font fallback in every text.

It writes PDF operators straight into reportlab's page stream: a 2,000-row list costs less than reportlab's own
``drawString`` per cell.  Files are reproducible (no clock, no random ids inside).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from .embedding import CidFont
from .fonts import Role, book
from .wrapping import clean

Align = Literal["left", "center", "right"]

PT: Final = 72 / 25.4
"""Points in a millimetre."""
PRODUCER: Final = "党校后勤"

_EMBOLDEN = 0.022  # stroke width of a thickened fallback character, as a share of the size


class Painter:
    """Collects pages and becomes PDF bytes.  x, y, widths and heights are mm, font sizes and line widths points."""

    def __init__(self, title: str) -> None:
        self._buffer = io.BytesIO()
        self._book = book()
        first = self._book.primary("serif").fontName
        self._canvas = Canvas(self._buffer, invariant=1, pageCompression=1, initialFontName=first)
        self._canvas.setTitle(clean(title))
        self._canvas.setSubject("")
        self._canvas.setCreator(PRODUCER)
        self._canvas.setProducer(PRODUCER)
        self._doc: Any = self._canvas._doc  # noqa: SLF001 - fonts are entered into the document, not the page
        self._out: list[str] = []
        self._height = 0.0
        self._open = False
        self._font: tuple[str, float] | None = None
        self._line_width = -1.0
        self._roles: set[Role] = set()
        self._set: dict[tuple[str, Role], tuple[float, list[tuple[str, str, bool]]]] = {}
        self.pages = 0

    def page(self, width: float, height: float) -> None:
        """Begin a page of ``width`` x ``height`` mm."""
        self._flush()
        self._canvas.setPageSize((width * PT, height * PT))
        self._height = height * PT
        self._open = True
        self.pages += 1
        self._forget_state()

    def _forget_state(self) -> None:
        self._font, self._line_width = None, -1.0

    def _flush(self) -> None:
        if self._open:
            self._canvas.addLiteral("\n".join(self._out))
            self._canvas.showPage()
            self._out.clear()

    def _encode(self, text: str, role: Role) -> tuple[float, list[tuple[str, str, bool]]]:
        """Width at size 1 and the pieces (font resource, glyph codes in hex, thicken) of one line."""
        self._roles.add(role)
        table = self._book.tables[role]
        pieces: list[tuple[str, str, bool]] = []
        width = 0.0
        last: tuple[str, bool] | None = None
        codes: Any = None
        hexes: list[str] = []
        resource = ""
        for char in clean(text):
            advance, font, thick = table[char]
            if (font, thick) != last:
                if hexes and last is not None:
                    pieces.append((resource, "".join(hexes), last[1]))
                face = pdfmetrics.getFont(font)
                assert isinstance(face, CidFont)
                codes, hexes, last = face.codes(self._doc), [], (font, thick)
                resource = self._doc.fontMapping[font]
            width += advance
            hexes.append(codes[char])
        if hexes and last is not None:
            pieces.append((resource, "".join(hexes), last[1]))
        encoded = self._set[text, role] = (width, pieces)
        return encoded

    def width(self, text: str, size: float, role: Role = "serif") -> float:
        """Width of one line in mm."""
        return self._book.text_width(text, size, role) / PT

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        role: Role = "serif",
        align: Align = "left",
        grey: float = 0.0,
    ) -> None:
        """Draw one line; ``x`` is its left end, middle or right end according to ``align``."""
        if not text:
            return
        width, pieces = self._set.get((text, role)) or self._encode(text, role)
        left = x * PT
        if align != "left":
            left -= width * size * (0.5 if align == "center" else 1.0)
        if grey:
            self._out.append(f"{grey:.2f} g")
        parts = [f"BT {left:.2f} {self._height - baseline * PT:.2f} Td"]
        for resource, codes, thick in pieces:
            if self._font != (resource, size):
                self._font = (resource, size)
                parts.append(f"{resource} {size:.4g} Tf")
            if thick:
                self._line_width = -1.0
                parts.append(f"2 Tr {size * _EMBOLDEN:.2f} w <{codes}> Tj 0 Tr")
            else:
                parts.append(f"<{codes}> Tj")
        parts.append("ET")
        self._out.append(" ".join(parts))
        if grey:
            self._out.append("0 g")

    def lines(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        lines: list[str],
        size: float,
        role: Role = "serif",
        align: Align = "left",
        *,
        padding: float = 1.2,
        leading: float = 1.2,
        valign: Literal["top", "middle", "bottom"] = "middle",
    ) -> None:
        """Draw lines already broken into the box at ``x``, ``y``; ``leading`` is the line distance in sizes."""
        step = size * leading / PT
        ink = (len(lines) - 1) * step
        half = 0.38 * size / PT  # half the height of a Chinese character above its own middle
        if valign == "middle":
            baseline = y + (height - ink) / 2 + half
        elif valign == "top":
            baseline = y + padding + 0.88 * size / PT
        else:
            baseline = y + height - padding - ink - 0.12 * size / PT
        at = {"left": x + padding, "center": x + width / 2, "right": x + width - padding}[align]
        for line in lines:
            shown = line.rstrip(" ") if align != "left" else line
            self.text(at, baseline, shown, size, role, align)
            baseline += step

    def _stroke(self, width: float) -> None:
        if width != self._line_width:
            self._line_width = width
            self._out.append(f"{width:.3g} w")

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.5, dash: str = "") -> None:
        """Draw a line; ``dash`` is a PDF dash array in points such as ``"4 3"``."""
        self._stroke(width)
        h = self._height
        path = f"{x1 * PT:.2f} {h - y1 * PT:.2f} m {x2 * PT:.2f} {h - y2 * PT:.2f} l S"
        self._out.append(f"[{dash}] 0 d {path} [] 0 d" if dash else path)

    def rect(
        self, x: float, y: float, width: float, height: float, line: float = 0.5, fill: float | None = None
    ) -> None:
        """Draw a rectangle; ``line`` 0 means no outline, ``fill`` is a grey from 0 (black) to 1 (white)."""
        box = f"{x * PT:.2f} {self._height - (y + height) * PT:.2f} {width * PT:.2f} {height * PT:.2f} re"
        if fill is not None:
            self._out.append(f"{fill:.2f} g {box} f 0 g")
        if line:
            self._stroke(line)
            self._out.append(f"{box} S")

    def pattern(self, x: float, y: float, width: float, height: float, kind: Literal["hatch", "dots"]) -> None:
        """Fill a box with thin slanted lines or with dots (both survive a photocopier)."""
        left, bottom = x * PT, self._height - (y + height) * PT
        w, h = width * PT, height * PT
        self._out.append(f"q {left:.2f} {bottom:.2f} {w:.2f} {h:.2f} re W n 0.55 G 0.55 g")
        step = 5.0
        if kind == "hatch":
            self._out.append("0.5 w")
            for i in range(int((w + h) / step) + 1):
                at = left - h + i * step
                self._out.append(f"{at:.1f} {bottom:.1f} m {at + h:.1f} {bottom + h:.1f} l S")
        else:
            self._out.append("1 J 0.9 w [0 4.5] 0 d")
            for i in range(int(h / 4.5) + 1):
                at = bottom + 2 + i * 4.5
                self._out.append(f"{left + 2 + (i % 2) * 2.25:.1f} {at:.1f} m {left + w:.1f} {at:.1f} l S")
        self._out.append("Q")
        self._forget_state()

    @contextmanager
    def turned(self, x: float, y: float, degrees: float) -> Iterator[None]:
        """What is drawn in the block is turned anticlockwise about the point ``x``, ``y`` (marks across a sheet)."""
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        px, py = x * PT, self._height - y * PT
        self._out.append(
            f"q {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} "
            f"{px - px * cos + py * sin:.2f} {py - px * sin - py * cos:.2f} cm"
        )
        self._forget_state()
        yield
        self._out.append("Q")
        self._forget_state()

    def finish(self) -> bytes:
        """End the last page and return the file; which faces were used stands in its keywords."""
        self._flush()
        fonts = self._book.used_fonts(self._roles)
        self._canvas.setKeywords(f"字体：{fonts}" if fonts else "")
        self._canvas.save()
        return self._buffer.getvalue()
