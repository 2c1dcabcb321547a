"""Names, identity numbers and telephone numbers: cleaned, and what is wrong with them in one sentence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dangxiao_houqin.core.pinyin import MIDDLE_DOTS
from dangxiao_houqin.documents.sheets import CellValue, cell_text
from dangxiao_houqin.modules.training.roster.headers import is_header_word

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FORCED_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_DOTS = re.compile(rf"\s*[{re.escape(MIDDLE_DOTS)}]+\s*")
_NAME_REMARK = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]{1,8}?)\s*[)）\]】]")
_NAME_MARKS = " *＊★☆▲△●#＃、，,。;；:："
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[Ee]\+?\d{1,2}$")
_OTHER_DOCUMENT = re.compile(r"^(?:[A-Z]{1,2}\d{7,10}|[HMC]\d{8,10}|\d{8}|[A-Z]\d{6}\(?[0-9A]\)?)$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(?:0\d{2,3})?[2-8]\d{6,7}$")
_PHONE_SPLIT = re.compile(r"[/、,，;；\n|]|\s{2,}|或")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)")


def plain_text(value: CellValue) -> str:
    """The text of a cell without invisible characters, outer blanks and the marks that force Excel to keep text."""
    text = value if isinstance(value, str) else cell_text(value)
    if not text or text.isalnum():
        return text
    text = _CONTROL.sub("", _INVISIBLE.sub("", text)).replace("\xa0", " ").strip(" \t\r\n\u3000")
    if text.startswith("="):
        found = _FORCED_TEXT.match(text)
        if found:
            text = found[1].strip()
    return text.lstrip("'’‘").strip(" \t\r\n\u3000") if text[:1] in "'’‘" and text else text


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name: ``value`` to store, what the brackets behind it said, and doubts."""

    value: str
    sex: str = ""
    ethnicity: str = ""
    remark: str = ""
    error: str = ""
    warning: str = ""


@lru_cache(maxsize=65536)
def read_name(raw: str) -> ReadName:
    """王　丽 -> 王丽; 阿依古丽•买买提 -> 阿依古丽·买买提; 李婷(女) -> 李婷, 女."""
    if _is_simple_name(raw):
        return ReadName(raw)
    text = plain_text(raw)
    sex = ethnicity = remark = ""
    for found in _NAME_REMARK.finditer(text):
        for word in re.split(r"[,，、;；\s]+", found[1]):
            if word in {"女", "男"}:
                sex = word
            elif word.endswith("族") and len(word) > 1:
                ethnicity = word
            elif word:
                remark = f"{remark}，{word}" if remark else word
    text = _NAME_REMARK.sub("", text).strip(_NAME_MARKS + "\t\r\n\u3000")
    text = _DOTS.sub("·", text).strip("·")
    warning = ""
    parts = text.split()
    if len(parts) > 1:
        text, warning = _without_blanks(parts)
    error = _name_error(text)
    return ReadName(text, sex, ethnicity, remark, error, warning)


def _is_simple_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in text) and not is_header_word(text)


def _without_blanks(parts: list[str]) -> tuple[str, str]:
    together = "".join(parts)
    if together.isascii() or any(c.isascii() and c.isalpha() for c in together):
        return " ".join(parts), ""
    if len(together) <= 4 or all(len(part) == 1 for part in parts):
        return together, ""
    if "·" not in together and all(len(part) >= 2 for part in parts):
        name = "·".join(parts)
        return name, f"姓名中的空格已按间隔号处理为“{name}”，请核对。"
    return together, f"姓名中的空格已去掉，读作“{together}”，请核对。"


def _name_error(text: str) -> str:
    if not text:
        return ""
    if text.startswith("="):
        return "姓名是一条没有结果的公式，请改填姓名本身。"
    if re.search("[、,，;；/\\n]", text):
        return "一个单元格里似乎写了几个人，请一人一行。"
    if re.search("[?？□■]", text):
        return "姓名里有“?”或方框，多半是生僻字丢失，请按身份证重新填写。"
    if any(unicodedata.category(c) == "Co" for c in text):
        return "姓名里有自造字，其他电脑无法显示，请用标准汉字重新填写。"
    if is_header_word(text):
        return f"这里写的是“{text}”，像表头而不是姓名，请检查是否填错了列。"
    if len(text) > (60 if text.isascii() else 30):
        return "姓名太长，请检查是否填错了列。"
    if any(c.isdigit() for c in text):
        return "姓名里有数字，请检查是否填错了列。"
    if not any(c.isalpha() for c in text):
        return "姓名里没有文字，请重新填写。"
    return ""


@dataclass(frozen=True, slots=True)
class ReadId:
    """An identity number: cleaned text, sex and birth when it is a valid one of 18 characters, and what is wrong."""

    value: str
    sex: str = ""
    birth: date | None = None
    error: str = ""
    warning: str = ""


def read_id(value: CellValue) -> ReadId:
    """Check an identity number (GB 11643-1999; check digit by python-stdnum). Never repairs, never guesses."""
    if isinstance(value, float):
        if abs(value) >= 1e15:
            return ReadId("", error="身份证号被表格存成了数字，末几位已经丢失，请把单元格设为文本后重新填写。")
        value = str(int(value)) if value.is_integer() else repr(value)
    text = plain_text(value)
    if not (text.isascii() and text.isalnum()):
        text = unicodedata.normalize("NFKC", text)
        text = "".join(text.split()).replace("-", "").replace("`", "")
    text = text.upper()
    if not text:
        return ReadId("")
    if len(text) == 18 and text[:17].isdigit():
        return _checked_id(text)
    if _SCIENTIFIC.match(text.replace("＋", "+")):
        return ReadId("", error=f"身份证号变成了科学计数法（{text}），末几位已经丢失，请把单元格设为文本后重新填写。")
    if text.startswith("="):
        return ReadId("", error="身份证号是一条没有结果的公式，请改填号码本身。")
    if len(text) == 15 and text.isdigit():
        return ReadId(text, warning="身份证号是 15 位的旧号，请核对是否已换成 18 位。")
    if _OTHER_DOCUMENT.match(text):
        return ReadId(text, warning="不是 18 位身份证号，已按其他证件登记，请核对。")
    if text in {"无", "/", "—", "-", "暂无"}:
        return ReadId("")
    if text.isdigit() or text[:-1].isdigit():
        return ReadId(text[:20], error=f"身份证号应为 18 位，现在是 {len(text)} 位，请核对后补全。")
    return ReadId(text[:20], error="身份证号里有不应出现的字符，请核对后重新填写。")


def _checked_id(text: str) -> ReadId:
    if text[17] not in "0123456789X":
        return ReadId(text, error="身份证号末位应为数字或 X，请核对后重新填写。")
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return ReadId(text, error=f"身份证号中的出生日期“{text[6:14]}”不存在，请核对后重新填写。")
    if _check_digit(text) != text[17]:
        return ReadId(text, error="身份证号校验不通过，至少有一位抄错，请对照身份证核对。")
    if birth.year < 1900:
        return ReadId(text, error=f"身份证号中的出生年份“{text[6:10]}”不合理，请核对。")
    return ReadId(text, "男" if int(text[16]) % 2 else "女", birth)


_calc_check_digit = None


def _check_digit(text: str) -> str:
    global _calc_check_digit  # noqa: PLW0603 - imported at the first number: stdnum.cn loads its region table
    if _calc_check_digit is None:
        from stdnum.cn.ric import calc_check_digit

        _calc_check_digit = calc_check_digit
    return str(_calc_check_digit(text))


@dataclass(frozen=True, slots=True)
class ReadPhone:
    """A telephone number; further numbers of the same cell in ``others``."""

    value: str
    others: tuple[str, ...] = ()
    error: str = ""
    warning: str = ""


def read_phone(value: CellValue, *, landline_is_fine: bool = False) -> ReadPhone:
    """199 0000 0333, １９９００００３２６９, 19900007543.0, +86-199... -> 11 digits."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else plain_text(value)
    if len(text) == 11 and _MOBILE.match(text):
        return ReadPhone(text)
    text = unicodedata.normalize("NFKC", text)
    if not text or text in {"无", "/", "-", "—"}:
        return ReadPhone("")
    whole = _digits(text)
    if _MOBILE.match(whole):
        return ReadPhone(whole)
    numbers = [_digits(part) for part in _PHONE_SPLIT.split(text)]
    numbers = [n for n in numbers if n]
    mobiles = [n for n in numbers if _MOBILE.match(n)]
    if mobiles:
        return ReadPhone(mobiles[0], tuple(n for n in numbers if n != mobiles[0]))
    if _SCIENTIFIC.match(text):
        return ReadPhone("", error="联系电话变成了科学计数法，请把单元格设为文本后重新填写。")
    landlines = [n for n in (whole, *numbers) if _LANDLINE.match(n)]
    if landlines:
        warning = "" if landline_is_fine else "这不是手机号，报到通知可能收不到，请核对。"
        return ReadPhone(landlines[0], warning=warning)
    if whole.isdigit() and whole.startswith("1") and len(whole) != 11:
        return ReadPhone(whole, error=f"手机号应为 11 位，现在是 {len(whole)} 位，请核对后重新填写。")
    return ReadPhone(text[:40], error="联系电话不是有效的手机号或座机号，请核对后重新填写。")


def _digits(text: str) -> str:
    kept = "".join(c for c in text if c not in " -—–()（）.\t'’‘" and not c.isspace())
    return _COUNTRY_CODE.sub("", kept)
