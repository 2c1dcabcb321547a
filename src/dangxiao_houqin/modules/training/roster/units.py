"""Splitting 单位及职务: 区委办公室四级主任科员 -> 区委办公室, 四级主任科员. The combined text is kept by the caller."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

_UNIT_END = re.compile(
    r"(?:政府|委员会|管委会|工委|党委|纪委|监委|县委|区委|市委|省委|州委|旗委|镇委|乡委|办公室|办事处|机关|局|部|院|中心|所|站|馆|学校|党校|大学|中学|小学"
    r"|幼儿园|学院|公司|集团|银行|支行|分行|联社|协会|联合会|商会|总工会|工会|妇联|科协|文联|侨联|残联|团委|法院|检察院|人大|政协|乡|镇|街道|村|社区|居委会|村委会"
    r"|支队|大队|中队|总队|处|科|股|室|厂|报社|出版社|合作社|电视台|园区|开发区|景区|林场|农场|库|基地|厅|署|网格|党组|党支部|海关|校|委|社|台|队|行|会|协作组|专班)$"
)
_TITLES = (
    "主任科员|调研员|巡视员|科员|办事员|书记|主任|成员|局长|部长|科长|股长|所长|站长|院长|校长|园长|馆长|镇长|乡长|区长|县长|市长|村长|处长|队长|大队长|中队长|支队长"
    "|社长|台长|会长|理事长|秘书长|经理|总经理|董事长|监事|董事|总监|委员|常委|组长|组员|主席|主委|主管|干事|干部|教师|老师|讲师|副教授|教授|医师|医生|护士长|护士|药师|技师|工程师|会计师|会计|出纳|经济师|农艺师"
    "|助理|秘书|负责人|职员|员工|工作人员|辅警|民警|警员|警长|法官|检察官|审判员|庭长|组织员|宣传员|联络员|辅导员|指导员|教导员|政委|参谋|司机|驾驶员|文员|专干|专员|网格员|会员|厂长|场长|主编|编辑|记者|编导|督学|教研员"
    "|一把手|公务员|试用期|选调生|大学生村官|第一书记|工人|技工|职工|专家|总工程师|总会计师|总师|代表|人员"
)
_OFFICES = (
    "党组|党委|党工委|党支部|党总支|支部|总支|纪委|纪检|纪检监察|纪检组|监察|团委|工会|妇联|人大|政协"
    "|政法|武装部?|组织|宣传|统战|综合|办公室|机关党委|村|社区|两委|综合科|综合股|人事科|财务科|业务科"
    "|党政办|党政办公室"
)
_PREFIXES = "常务|正|副|代|原|专职|兼职|兼|高级|中级|初级|助理|首席|主持工作的?|见习|试用期|驻村|第一|挂职|拟任|候任"
_ONE_TITLE = rf"(?:(?:{_OFFICES})?(?:[一二三四]级)?(?:{_PREFIXES})*(?:{_TITLES}))"
# The first title decides; what follows after a comma may name further posts, also in other units.
_POSITION = re.compile(
    rf"^{_ONE_TITLE}(?:{_ONE_TITLE})*(?:[（(][^（）()]*[)）])?(?:[、，,；;/和及与兼·\s].*)?$", re.DOTALL
)
# 区委办公室 is a unit of its own; 石桥镇人民政府办公室 is an office inside one.
_HAS_OWN_OFFICE = re.compile(
    r"(?:[区县市省州旗]|自治[县州])(?:委|政府|人民政府|人大|人大常委会|政协|纪委|纪委监委|监委)$"
)
_ENUMERATION = re.compile(r"[、，,；;/]")
_SEPARATOR = re.compile(r"[\s\u3000]+|[，,、;；/|\n]+|—+|--+")
_INSIDE = frozenset(
    {"办公室", "综合科", "党政办", "党政办公室", "财务科", "人事科", "综合股", "业务科"}
    | {"党组", "党委", "党工委", "党支部", "党总支", "纪委", "团委", "工会", "妇联", "村委会", "居委会", "人大", "政协"}
)
_RANK = re.compile(
    r"(?:[正副](?:国|部|省|厅|局|地|州|处|县|科|乡|股)级|[一二三四]级(?:主任科员|调研员|巡视员|科员|高级法官|法官|法官助理|高级检察官|检察官|警长|高级警长|警员)"
    r"|(?:厅|处|科|股)级|[专管工]技?[一二三四五六七八九十]+级|(?:管理|专技|专业技术)?[一二三四五六七八九十]+级(?:职员)?|科员|办事员|无)$"
)
_BRACKETED = re.compile(r"^(.+?)\s*[（(【\[]\s*([^（）()【】\[\]]+?)\s*[)）】\]]$")


@dataclass(frozen=True, slots=True)
class UnitSplit:
    """Unit and position; ``sure`` False when the text could not be divided (then it is all unit)."""

    unit: str
    position: str
    sure: bool


def split_units(texts: Collection[str], known_units: Collection[str] = ()) -> dict[str, UnitSplit]:
    """Split every distinct text of a column; what is clear in one row decides what is unclear in another."""
    candidates = {text: _candidates(text) for text in dict.fromkeys(texts)}
    learned = Counter(units[0][0] for units in candidates.values() if len(units) == 1)
    known = set(known_units)
    return {text: _chosen(text, found, known, learned) for text, found in candidates.items()}


def _candidates(text: str) -> list[tuple[str, str]]:
    parts = [part for part in _SEPARATOR.split(text, maxsplit=1) if part]
    if len(parts) == 2 and _UNIT_END.search(parts[0]) and _POSITION.match(parts[1].strip()):
        return [(parts[0], parts[1].strip())]
    enumeration = _ENUMERATION.search(text)
    return [
        (text[:cut], text[cut:])
        for cut in range(2, enumeration.start() if enumeration else len(text))
        if _UNIT_END.search(text[:cut]) and _POSITION.match(text[cut:])
    ]


def _chosen(text: str, found: list[tuple[str, str]], known: set[str], learned: Counter[str]) -> UnitSplit:
    from_known = [pair for pair in found if pair[0] in known]
    if not from_known:
        for unit in sorted(known, key=len, reverse=True):
            if text.startswith(unit) and len(text) > len(unit):
                return UnitSplit(unit, text[len(unit) :].strip(" 、，,"), True)
        if text in known:
            return UnitSplit(text, "", True)
    pairs = from_known or [pair for pair in found if learned[pair[0]]] or found
    if not pairs:
        return UnitSplit(text, "", bool(_UNIT_END.search(text)))
    if len(pairs) == 1:
        return UnitSplit(*pairs[0], True)
    longest = max(pairs, key=lambda pair: len(pair[0]))
    for unit, position in sorted(pairs, key=lambda pair: len(pair[0])):
        inner = longest[0][len(unit) :]
        if inner in _INSIDE and not _HAS_OWN_OFFICE.search(unit) and unit != longest[0]:
            return UnitSplit(unit, position, True)
    return UnitSplit(*longest, True)


def split_rank(text: str) -> tuple[str, str]:
    """副科长（副科级） -> 副科长, 副科级; without brackets all of it is the position."""
    found = _BRACKETED.match(text)
    if found and _RANK.search(found[2]):
        return found[1], found[2]
    return text, ""


def looks_like_unit(text: str) -> bool:
    """Whether a lonely line between the rows is the heading of a unit."""
    return 3 <= len(text) <= 40 and bool(_UNIT_END.search(text))
