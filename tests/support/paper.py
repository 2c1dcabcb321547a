"""Reading printed files back, the way a person copies text out of them."""

from __future__ import annotations

import re

import pypdfium2

RARE_NAMES = ("孙𫖯", "郑𬱖", "钱㛃", "赵䶮", "吴𣲗", "阿依古丽·买买提", "阿卜杜热合曼", "周启明")
"""Invented people whose names break careless software."""


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def pdf_sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole mm."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [(round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)) for page in document]
    finally:
        document.close()


def pdf_keywords(data: bytes) -> str:
    """The keywords in the file's properties."""
    document = pypdfium2.PdfDocument(data)
    try:
        return str(document.get_metadata_value("Keywords"))
    finally:
        document.close()


def squeezed(text: str) -> str:
    """``text`` without white space, so that it does not matter where a cell wraps."""
    return re.sub(r"\s", "", text)
