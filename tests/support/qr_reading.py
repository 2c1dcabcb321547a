"""Reading a QR code off a printed page: pixels sampled, unmasked, the bits read (versions 1 and 2, no repair)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2

DOTS = 12
"""Pixels per mm of the picture that is read."""
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _c: r % 2 == 0,
    lambda _r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)


def page_pixels(data: bytes, page: int = 0) -> Any:
    """A page as a boolean picture, True where it is dark."""
    document = pypdfium2.PdfDocument(data)
    try:
        image = document[page].render(scale=DOTS * 25.4 / 72, grayscale=True).to_numpy()
    finally:
        document.close()
    return image.reshape(image.shape[0], image.shape[1]) < 128


def read_qr(pixels: Any, x: float, y: float, size: float) -> str:
    """The text of the code inside the square of ``size`` mm at ``x``, ``y``."""
    box = pixels[round(y * DOTS) : round((y + size) * DOTS), round(x * DOTS) : round((x + size) * DOTS)]
    lines, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
    top, bottom, left, right = lines[0], lines[-1] + 1, columns[0], columns[-1] + 1
    counts = {}
    for count in (21, 25):
        modules = _sample(box, top, bottom, left, right, count)
        if _has_finders(modules):
            counts[count] = modules
    (modules,) = counts.values()
    return _decode(modules)


def _sample(box: Any, top: int, bottom: int, left: int, right: int, count: int) -> Any:
    rows = [int(top + (n + 0.5) * (bottom - top) / count) for n in range(count)]
    columns = [int(left + (n + 0.5) * (right - left) / count) for n in range(count)]
    return box[np.ix_(rows, columns)]


def _has_finders(modules: Any) -> bool:
    eye = np.array([[max(abs(r - 3), abs(c - 3)) != 2 for c in range(7)] for r in range(7)])
    corners = (modules[:7, :7], modules[:7, -7:], modules[-7:, :7])
    return all(bool((corner == eye).all()) for corner in corners)


def _decode(modules: Any) -> str:
    count = len(modules)
    kept = np.zeros((count, count), dtype=bool)  # what carries no data
    kept[:9, :9] = kept[:9, -8:] = kept[-8:, :9] = True
    kept[6, :] = kept[:, 6] = True
    if count == 25:
        kept[16:21, 16:21] = True  # the alignment pattern of version 2
    mask = sum(bool(modules[8, c]) << bit for bit, c in zip((2, 1, 0), (2, 3, 4), strict=True)) ^ 0b101
    bits: list[bool] = []
    upward = True
    for right in (*range(count - 1, 6, -2), 5, 3, 1):
        for row in range(count - 1, -1, -1) if upward else range(count):
            for column in (right, right - 1):
                if not kept[row, column]:
                    bits.append(bool(modules[row, column]) ^ _MASKS[mask](row, column))
        upward = not upward
    place = 0

    def take(width: int) -> int:
        nonlocal place
        value = int("".join("01"[bit] for bit in bits[place : place + width]), 2)
        place += width
        return value

    mode = take(4)
    if mode == 4:
        return bytes(take(8) for _ in range(take(8))).decode()
    assert mode == 2, mode
    length, text = take(9), ""
    while len(text) < length - 1:
        pair = take(11)
        text += _ALPHANUMERIC[pair // 45] + _ALPHANUMERIC[pair % 45]
    return text + (_ALPHANUMERIC[take(6)] if len(text) < length else "")
