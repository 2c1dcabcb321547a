"""Finding and ordering people by pinyin.

A name is found by its characters, by full pinyin (``wangxiaoming``), by initials (``wxm``) and by surname in full
with initials (``wangxm``), with every reading of a polyphonic character: 单雄 answers to ``shanxiong`` and to
``danxiong``.  It is *ordered* by one reading only, and there the surname reading counts (单 shan, 仇 qiu, 曾 zeng ...),
which general dictionaries get wrong; hence the two tables below.

pypinyin takes 0.3 s to import, so it is imported at the first use and each character is looked up once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

__all__ = ["matches", "normalise_query", "search_key", "sort_key"]

MIDDLE_DOTS = "·•・‧∙⋅．.･●◦ㆍ᛫"
"""Every dot seen in the names of minority colleagues; none of them counts when searching."""

_DROPPED = str.maketrans("", "", MIDDLE_DOTS + "'’‘`´\u200b\u200c\u200d\u2060\ufeff")

_MAX_KEY = 2_000
"""Longest key in characters; the usual readings come first, so what is cut off is the least likely."""

_MAX_COMBINATIONS = 48
"""Most full readings stored for one name; beyond it only one character at a time departs from its usual reading."""

# Surname readings, tone numbers, the usual one first. Sources: 现代汉语词典 (7th ed.) entries marked 姓.
_SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan4",),
    "仇": ("qiu2",),
    "曾": ("zeng1",),
    "查": ("zha1",),
    "解": ("xie4",),
    "朴": ("piao2",),
    "覃": ("qin2", "tan2"),
    "区": ("ou1",),
    "盖": ("ge3", "gai4"),
    "种": ("chong2",),
    "乐": ("yue4", "le4"),
    "宓": ("mi4", "fu2"),
    "任": ("ren2",),
    "华": ("hua4",),
    "纪": ("ji3", "ji4"),
    "宁": ("ning4", "ning2"),
    "甯": ("ning4",),
    "缪": ("miao4",),
    "翟": ("zhai2", "di2"),
    "冼": ("xian3",),
    "洗": ("xian3",),
    "员": ("yun4",),
    "黑": ("he4", "hei1"),
    "那": ("na1",),
    "曲": ("qu1",),
    "秘": ("bi4",),
    "折": ("she2",),
    "召": ("shao4",),
    "燕": ("yan1",),
    "葛": ("ge3",),
    "牟": ("mu4", "mou2"),
    "隗": ("wei3", "kui2"),
    "郗": ("xi1", "chi1"),
    "晁": ("chao2",),
    "逄": ("pang2",),
    "谌": ("chen2", "shen4"),
    "车": ("che1",),
    "沈": ("shen3",),
    "郇": ("xun2", "huan2"),
    "柏": ("bai3", "bo2"),
    "薄": ("bo2",),
    "费": ("fei4", "bi4"),
    "干": ("gan1",),
    "宿": ("su4",),
    "撒": ("sa3",),
    "都": ("du1",),
    "令": ("ling2",),
    "相": ("xiang4",),
    "行": ("xing2", "hang2"),
    "祭": ("zhai4", "ji4"),
    "殷": ("yin1",),
    "应": ("ying1",),
    "於": ("yu1",),
    "占": ("zhan1",),
    "重": ("chong2",),
    "能": ("nai4",),
    "过": ("guo1",),
    "钭": ("tou3",),
    "贲": ("ben1",),
    "句": ("gou1",),
    "勾": ("gou1",),
    "乜": ("nie4",),
    "会": ("gui4",),
    "盛": ("sheng4",),
    "舍": ("she4",),
    "石": ("shi2",),
    "粘": ("nian2",),
    "强": ("qiang2",),
    "俞": ("yu2",),
    "阚": ("kan4",),
    "仉": ("zhang3",),
    "么": ("yao1",),
    "幺": ("yao1",),
    "藏": ("zang1",),
    "角": ("jue2",),
    "佘": ("she2",),
    "莘": ("shen1", "xin1"),
    "哈": ("ha3",),
    "尉": ("wei4",),
    "冯": ("feng2",),
    "褚": ("chu3",),
    "卜": ("bu3",),
    "郝": ("hao3",),
    "贾": ("jia3",),
    "洪": ("hong2",),
    "臧": ("zang1",),
    "啜": ("chuai4",),
    "訾": ("zi1",),
    "逯": ("lu4",),
    "颉": ("xie2",),
    "繁": ("po2",),
    "尹": ("yin3",),
    "万": ("wan4",),
    "长": ("zhang3",),
    "大": ("da4",),
    "许": ("xu3",),
    "阿": ("a1",),
    "瞿": ("qu2",),
    "戚": ("qi1",),
}
_COMPOUND_SURNAMES: dict[str, tuple[str, ...]] = {
    "尉迟": ("yu4", "chi2"),
    "万俟": ("mo4", "qi2"),
    "长孙": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"),
    "鲜于": ("xian1", "yu2"),
    "令狐": ("ling2", "hu2"),
    "皇甫": ("huang2", "fu3"),
    "欧阳": ("ou1", "yang2"),
    "司马": ("si1", "ma3"),
    "上官": ("shang4", "guan1"),
    "诸葛": ("zhu1", "ge3"),
    "夏侯": ("xia4", "hou2"),
    "东方": ("dong1", "fang1"),
    "独孤": ("du2", "gu1"),
    "南宫": ("nan2", "gong1"),
    "公孙": ("gong1", "sun1"),
    "宇文": ("yu3", "wen2"),
    "慕容": ("mu4", "rong2"),
    "轩辕": ("xuan1", "yuan2"),
    "呼延": ("hu1", "yan2"),
    "端木": ("duan1", "mu4"),
    "百里": ("bai3", "li3"),
    "东郭": ("dong1", "guo1"),
    "西门": ("xi1", "men2"),
    "濮阳": ("pu2", "yang2"),
    "淳于": ("chun2", "yu2"),
    "太叔": ("tai4", "shu1"),
    "申屠": ("shen1", "tu2"),
    "公羊": ("gong1", "yang2"),
    "赫连": ("he4", "lian2"),
    "闻人": ("wen2", "ren2"),
    "钟离": ("zhong1", "li2"),
    "司徒": ("si1", "tu2"),
    "司空": ("si1", "kong1"),
    "拓跋": ("tuo4", "ba2"),
    "闾丘": ("lv2", "qiu1"),
    "亓官": ("qi2", "guan1"),
    "左丘": ("zuo3", "qiu1"),
    "公冶": ("gong1", "ye3"),
    "宗政": ("zong1", "zheng4"),
    "即墨": ("ji2", "mo4"),
    "梁丘": ("liang2", "qiu1"),
}
# Characters of given names whose first dictionary reading is not the one used in names; for ordering only.
_GIVEN: dict[str, str] = {"都": "du1", "了": "liao3", "着": "zhu4", "的": "di4", "得": "de2", "地": "di4", "和": "he2"}


def search_key(name: str) -> str:
    """The text to store beside ``name`` and to search in: its characters, then every reading, space separated.

    Lower case; spaces, middle dots and zero-width characters are left out, ü is written ``v`` and also ``u``.
    The number of readings is bounded, so the key stays below 2,000 characters unless the name itself is longer.
    """
    characters = _bare(name)
    if not characters:
        return ""
    compound = _compound_length(characters)
    readings = [_all_readings(characters, index, compound) for index in range(len(characters))]
    surname = compound or 1
    tokens: dict[str, None] = {characters: None}
    size = len(characters)
    for syllables in _combinations(readings):
        full = "".join(syllables)
        initials = "".join(s[0] for s in syllables)
        mixed = "".join(syllables[:surname]) + initials[surname:]
        size += len(full) + len(initials) + len(mixed) + 3
        if size > _MAX_KEY:
            break
        tokens[full] = tokens[initials] = tokens[mixed] = None
    return " ".join(tokens)


def normalise_query(query: str) -> str:
    """What the user typed, in the form in which :func:`search_key` stores it; contains no space."""
    return _bare(query)


def matches(key: str, query: str) -> bool:
    """Whether a person with this :func:`search_key` is found by ``query``; an empty query finds everybody."""
    return normalise_query(query) in key


def sort_key(name: str) -> str:
    """A text by which names sort in pinyin order, surname reading first; plain string comparison, fit for a column.

    People with the same surname character stay together (李, 黎), then the given name decides.
    """
    characters = _bare(name)
    compound = _compound_length(characters)
    parts: list[str] = []
    has_dot = any(dot in name for dot in MIDDLE_DOTS)
    for index, character in enumerate(characters):
        if index < compound:
            reading = _COMPOUND_SURNAMES[characters[:compound]][index]
        elif index == 0 and not has_dot and character in _SURNAMES:
            reading = _SURNAMES[character][0]
        elif index and character in _GIVEN:
            reading = _GIVEN[character]
        else:
            toned = _toned(character)
            reading = toned[0] if toned else ""
        parts.append(reading + character)
    return " ".join(parts)


def _bare(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_DROPPED))
    return "".join(plain.lower().replace("ü", "v").translate(_DROPPED).split())


def _compound_length(characters: str) -> int:
    return 2 if len(characters) > 2 and characters[:2] in _COMPOUND_SURNAMES else 0


def _all_readings(characters: str, index: int, compound: int) -> tuple[str, ...]:
    character = characters[index]
    usual = _plain(character)
    if index < compound:
        return _merged((_toneless(_COMPOUND_SURNAMES[characters[:2]][index]),), usual)
    if index == 0 and character in _SURNAMES:
        return _merged((_toneless(r) for r in _SURNAMES[character]), usual)
    return usual


def _merged(first: Iterable[str], rest: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *rest)))


def _combinations(readings: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    count = 1
    for choices in readings:
        count *= len(choices)
    if count <= _MAX_COMBINATIONS:
        return list(product(*readings))
    usual = tuple(choices[0] for choices in readings)
    found = [(first, *usual[1:]) for first in readings[0]]
    for index in range(1, len(readings)):
        found += [(*usual[:index], other, *usual[index + 1 :]) for other in readings[index][1:]]
    return found[: 2 * _MAX_COMBINATIONS]


@lru_cache(maxsize=65536)
def _toned(character: str) -> tuple[str, ...]:
    """All readings of one character with tone number, the usual one first; empty for what has none."""
    if character.isascii():
        return ()
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.TONE3, heteronym=True, errors="ignore", neutral_tone_with_five=True)
    return tuple(found[0]) if found else ()


@lru_cache(maxsize=65536)
def _plain(character: str) -> tuple[str, ...]:
    """All readings without tones, ü both as v and as u; the character itself when it has no reading."""
    plain: dict[str, None] = {}
    for toned in _toned(character):
        plain[_toneless(toned)] = None
    for syllable in [s for s in plain if "v" in s]:
        plain[syllable.replace("v", "u")] = None
    return tuple(s for s in plain if s) or (character,)


def _toneless(reading: str) -> str:
    return reading.rstrip("012345")
