"""Code and number of an invoice, checked and made comparable over the whole database.  Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dangxiao_houqin.core.errors import InvalidInput

from .domain.claims import InvoiceKind

_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_FIELD = "invoices"


@dataclass(frozen=True)
class InvoiceIdentity:
    """Code and number as stored; ``key`` is what must be unique, ``None`` for a paper without a number."""

    code: str
    number: str
    key: str | None


def plain(text: str) -> str:
    """``text`` without width, spaces and case: two spellings of one number become the same."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def identify(kind: InvoiceKind, code: str, number: str, seller: str = "", *, where: str = "") -> InvoiceIdentity:
    """Check and normalise an invoice; ``where`` begins the sentence ("第 2 张发票").

    数电票 have 20 digits and no code (税务总局公告2024年第11号); tax invoices before them a code of 10 or 12 digits and
    a number of 8.  Raises :class:`InvalidInput`.
    """
    code, number = plain(code), plain(number)
    head = where or "发票"
    if kind is InvoiceKind.DIGITAL:
        if not re.fullmatch(r"\d{20}", number):
            raise InvalidInput(f"{head}：数电发票号码是 20 位数字，现在{_counted(number)}，请核对。", field=_FIELD)
        code = ""
    elif kind in (InvoiceKind.VAT_ORDINARY, InvoiceKind.VAT_SPECIAL):
        if re.fullmatch(r"\d{20}", number):
            raise InvalidInput(f"{head}：20 位号码是数电发票，请把票种改为“数电发票”。", field=_FIELD)
        if not re.fullmatch(r"\d{8}", number):
            raise InvalidInput(f"{head}：增值税发票号码是 8 位数字，现在{_counted(number)}，请核对。", field=_FIELD)
        if not re.fullmatch(r"\d{10}|\d{12}", code):
            raise InvalidInput(
                f"{head}：增值税发票代码是 10 位或 12 位数字，现在{_counted(code)}，请核对。", field=_FIELD
            )
    elif kind is InvoiceKind.FISCAL and not number:
        raise InvalidInput(f"{head}：请填写财政票据的号码。", field=_FIELD)
    for text, longest, word in ((code, 20, "代码"), (number, 30, "号码")):
        if len(text) > longest:
            raise InvalidInput(f"{head}：{word}最多 {longest} 个字，现在是 {len(text)} 个。", field=_FIELD)
    return InvoiceIdentity(code, number, _key(code, number, seller))


def _counted(text: str) -> str:
    if not text:
        return "没有填写"
    return f"是 {len(text)} 位" if text.isdigit() else f"是“{text[:24]}”"


def _key(code: str, number: str, seller: str) -> str | None:
    """By form and not by the kind chosen, so that another kind does not let an invoice through twice."""
    if not number:
        return None
    if re.fullmatch(r"\d{20}", number):  # 数电票 have no code, whatever was typed there
        return number
    if re.fullmatch(r"\d{10}|\d{12}", code) and re.fullmatch(r"\d{8}", number):
        return code + number
    if code:
        return f"{code}/{number}"
    return f"{plain(seller)[:26]}/{number}"  # a bare number repeats from seller to seller


def first_repeated(keys: Sequence[str | None]) -> tuple[int, int] | None:
    """Positions (from 0) of the first two that are the same."""
    seen: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key is None:
            continue
        if key in seen:
            return seen[key], index
        seen[key] = index
    return None
