"""Lucide icons (ISC) tinted at run time.

``resources/icons/<name>.svg`` are vendored unchanged; names are Lucide's own.  Only icons that the program uses are
kept there (a test looks).
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from dangxiao_houqin.core.paths import resource

from .theme import TOKENS

_RATIOS = (1.0, 1.5, 2.0, 3.0)


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text("utf-8")


def renderer(name: str, color: str, stroke: float = 2.0) -> QSvgRenderer:
    """A renderer of the tinted icon, for painting at any size; raises ``FileNotFoundError`` for unknown names."""
    text = _source(name).replace("currentColor", color)
    if stroke != 2.0:
        text = text.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    return QSvgRenderer(QByteArray(text.encode("utf-8")))


@lru_cache(maxsize=1024)
def pixmap(
    name: str, size: int = 20, color: str = TOKENS.text_second, ratio: float = 1.0, stroke: float = 2.0
) -> QPixmap:
    """The icon as a pixmap of ``size`` logical px for a screen of ``ratio`` device pixels per px."""
    drawing = renderer(name, color, stroke)
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=512)
def icon(name: str, color: str = TOKENS.text_second, size: int = 20, gap: int = 0) -> QIcon:
    """The icon in ``color`` with a grey disabled state, sharp at every usual screen scale.

    ``gap`` is empty room to the right in px: Fusion sets a button's text too close to its icon.
    """
    result = QIcon()
    for ratio in _RATIOS:
        for mode, tint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, TOKENS.text_disabled)):
            result.addPixmap(_padded(pixmap(name, size, tint, ratio), gap, ratio), mode)
    return result


def _padded(image: QPixmap, gap: int, ratio: float) -> QPixmap:
    if not gap:
        return image
    wide = QPixmap(image.width() + round(gap * ratio), image.height())
    wide.fill(Qt.GlobalColor.transparent)
    wide.setDevicePixelRatio(ratio)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, image)
    painter.end()
    return wide
