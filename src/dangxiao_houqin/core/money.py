"""Money is an integer number of fen; only its display has a decimal point.

Amounts in capitals follow 支付结算办法 annex 1 and 会计基础工作规范 article 52. Own code: the
library at hand (cn2an) loses the 零 of 壹拾亿零壹仟万, writes no 整 after 角 and knows one style only.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from .errors import InvalidInput

CapitalStyle = Literal["plain", "yuan", "wan", "both"]
"""Where the 零 that the rule leaves to the writer is written, seen in ¥107,000.53.

``plain`` nowhere (壹拾万柒仟元伍角叁分), ``yuan`` after 元 (…柒仟元零伍角叁分), ``wan`` after 万 (壹拾万零柒仟元…),
``both`` at both places.
"""

CAPITAL_LIMIT: Final = 10**14
"""fen from which on there is no amount in capitals (ten thousand 亿 yuan)."""

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def yuan(fen: int) -> str:
    """``123450`` -> ``"¥1,234.50"``; negative amounts keep their sign before the symbol."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}¥{whole:,}.{rest:02d}"


def capitals(fen: int, style: CapitalStyle = "plain") -> str:
    """``10700053`` -> ``"人民币壹拾万柒仟元伍角叁分"``; 整 stands after 元 and after 角, never after 分.

    Raises :class:`InvalidInput` for a negative amount (those are red entries, not approval forms) and from
    :data:`CAPITAL_LIMIT` on.
    """
    if style not in get_args(CapitalStyle):
        raise ValueError(f"unknown style {style!r}")
    if fen < 0:
        raise InvalidInput("大写金额不能小于 0，冲减请另填红字单据。")
    if fen >= CAPITAL_LIMIT:
        raise InvalidInput("金额达到一万亿元，写不成大写金额，请核对是否多输入了几位。")
    whole, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = _whole(whole, zero_after_wan=style in ("wan", "both")) + "元" if whole else ""
    if not rest:
        return f"人民币{text or '零元'}整"
    if jiao:
        optional = whole and whole % 10 == 0 and style in ("yuan", "both")
        text += ("零" if optional else "") + _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    return f"人民币{text}{_DIGITS[cents]}分" if cents else f"人民币{text}整"


def _whole(number: int, *, zero_after_wan: bool) -> str:
    """Whole yuan without the unit. Only a 0 right before 万 may go unwritten, and only where 仟 follows at once."""
    text = ""
    wanted = False  # a zero was met since the last digit written
    for group in range(len(_GROUPS) - 1, -1, -1):
        part = number // 10_000**group % 10_000
        if not part:
            wanted = wanted or bool(text)
            continue
        for place in range(3, -1, -1):
            digit = part // 10**place % 10
            if not digit:
                wanted = wanted or bool(text)
                continue
            optional = group == 0 and place == 3 and number // 10_000 % 10_000 != 0
            if wanted and (not optional or zero_after_wan):
                text += "零"
            text += _DIGITS[digit] + _PLACES[place]
            wanted = False
        text += _GROUPS[group]
    return text
