"""What a header means: 姓　名, 公民身份号码, 联系方式/手机, 单位及职务."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from dangxiao_houqin.modules.training.roster.model import LEVELS, Field, HeaderCell

_EXACT: dict[Field, str] = {
    Field.SEQUENCE: "序号 编号 序 号 no no. 学号 排序",
    Field.NAME: (
        "姓名 学员姓名 参训人员姓名 参训人员 参训学员 人员姓名 名字 学员 参训人姓名 学员名单 参加人员 "
        "参会人员 培训人员 参训对象"
    ),
    Field.SEX: "性别 男女 性別",
    Field.ETHNICITY: "民族 族别 民族别",
    Field.BIRTH: "出生年月 出生日期 出生年月日 生日 出生时间 出生 出生年",
    Field.POLITICAL: "政治面貌 政治面目 党派 面貌 是否党员 政治身份",
    Field.EDUCATION: "学历 文化程度 最高学历 学历学位 文化",
    Field.UNIT: (
        "单位 工作单位 所在单位 单位名称 选派单位 派出单位 送训单位 现工作单位 工作单位全称 单位全称 所属单位 "
        "参训单位 推荐单位 工作部门 部门 所在部门 单位部门 报送单位 所在党组织 乡镇街道 乡镇部门 工作机关"
    ),
    Field.UNIT_AND_POSITION: (
        "单位及职务 工作单位及职务 单位职务 单位和职务 现工作单位及职务 所在单位及职务 单位、职务 "
        "现任单位及职务 工作单位和职务 工作单位职务 单位与职务 单位及职务职级 工作单位及职务职级 "
        "工作单位及现任职务"
    ),
    Field.POSITION: "职务 现任职务 岗位 职位 职称 担任职务 行政职务 党政职务 工作岗位 现职务",
    Field.POSITION_AND_RANK: "职务职级 职务及职级 职务和职级 职务、职级 职务级别 职务与职级",
    Field.RANK: "职级 级别 行政级别 职务层次 职级层次",
    Field.ID_NUMBER: (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号码 公民身份证号 证件号码 证件号 身份号码 "
        "有效证件号码 居民身份证号码"
    ),
    Field.PHONE: (
        "手机 手机号 手机号码 联系电话 电话 联系方式 电话号码 移动电话 联系手机 本人电话 本人手机 "
        "联系电话手机 联系号码 手机电话"
    ),
    Field.OFFICE_PHONE: "办公电话 座机 固定电话 单位电话 办公室电话 固话 办公号码",
    Field.GROUP: "组别 小组 分组 组 所在小组 班组 学习小组 所在组",
    Field.LODGING: (
        "是否住宿 住宿 住宿与否 是否安排住宿 住宿需求 是否需要住宿 是否需住宿 需住宿 是否住校 住宿情况 住校 "
        "是否在校住宿 住否 住宿安排 是否入住 需要住宿"
    ),
    Field.MEALS: "是否用餐 用餐 就餐 是否就餐 是否在校就餐 用餐情况 是否在校用餐",
    Field.DIET: (
        "饮食要求 饮食 忌口 饮食禁忌 餐饮要求 饮食需求 特殊饮食 是否清真 清真 清真餐 是否清真餐 是否清真忌口 "
        "是否清真/忌口 用餐要求 饮食习惯 是否素食 就餐要求 用餐需求 餐食要求"
    ),
    Field.PLATE: "车牌号 车牌 车牌号码 车辆号牌 车号 自驾车牌号",
    Field.ARRIVAL: "报到时间 到达时间 预计到达时间 抵达时间 预计报到时间 报到日期 到达日期 入住时间 入住日期",
    Field.DEPARTURE: "离开时间 离校时间 返程时间 退房时间 离开日期 离店时间 预计离开时间",
    Field.NOTE: "备注 说明 其他 其它 特殊要求 特殊需求 备注说明 其他要求 其他说明 需求 附注 特殊情况 备 注",
}
_SYNONYMS: dict[str, Field] = {word: meant for meant, words in _EXACT.items() for word in words.split()}

# Somebody else's data in the same row: never the trainee's own.
_FOREIGN = re.compile(
    "紧急|联系人|填表|报送人|领队|带队|家属|配偶|子女|父|母|负责人|班主任|开户|银行|入党|参加工作|任职|参工|籍贯|出生地|婚|照片|签名|签字|房"
)
_PATTERNS: tuple[tuple[re.Pattern[str], Field], ...] = (
    (re.compile("身份证|公民身份|证件号"), Field.ID_NUMBER),
    (re.compile("办公电话|座机|固定电话|单位电话|办公室电话|固话"), Field.OFFICE_PHONE),
    (re.compile("手机|移动电话|联系电话|联系方式|电话"), Field.PHONE),
    (re.compile("单位.*职(?:务|位|称)|单位.*岗位"), Field.UNIT_AND_POSITION),
    (re.compile("职务.*职级|职务.*级别"), Field.POSITION_AND_RANK),
    (re.compile("出生|生日"), Field.BIRTH),
    (re.compile("性别"), Field.SEX),
    (re.compile("民族"), Field.ETHNICITY),
    (re.compile("政治面"), Field.POLITICAL),
    (re.compile("清真|忌口|饮食|素食"), Field.DIET),
    (re.compile("住宿|住校"), Field.LODGING),
    (re.compile("用餐|就餐"), Field.MEALS),
    (re.compile("车牌"), Field.PLATE),
    (re.compile("报到|抵达|到达"), Field.ARRIVAL),
    (re.compile("离校|离开|返程"), Field.DEPARTURE),
    (re.compile("姓名"), Field.NAME),
    (re.compile("学历|文化程度"), Field.EDUCATION),
    (re.compile("职级|级别"), Field.RANK),
    (re.compile("职务|职位"), Field.POSITION),
    (re.compile("单位"), Field.UNIT),
    (re.compile("^(?:第.)?(?:小)?组"), Field.GROUP),
    (re.compile("备注|特殊(?:要求|需求|情况)"), Field.NOTE),
)
_PARENTHESES = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_NOISE = re.compile(r"[\s*:·.,，。、;；★☆▲_\-—]+")
_MAX_HEADER = 24


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """A header without blanks, stars and colons, full-width letters made plain."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_header_word(text: str) -> bool:
    """Quick test whether a text is literally one of the known header words."""
    return text in _SYNONYMS


@lru_cache(maxsize=8192)
def exact_meaning(text: str) -> Field | None:
    """The meaning of a well-known header word, None for anything else."""
    plain = squeezed(text)
    if not plain or len(plain) > _MAX_HEADER:
        return None
    found = _SYNONYMS.get(plain)
    if found is None and _PARENTHESES.search(plain):
        inside = plain[plain.find("(") + 1 : plain.rfind(")")] if "(" in plain else ""
        outside = _PARENTHESES.sub("", plain)
        found = _SYNONYMS.get(outside)
        if found is Field.POSITION and _SYNONYMS.get(inside) is Field.RANK:
            return Field.POSITION_AND_RANK
        if found is Field.UNIT and _SYNONYMS.get(inside) is Field.POSITION:
            return Field.UNIT_AND_POSITION
    if found is None and "/" in plain:
        parts = {_SYNONYMS.get(part) for part in plain.split("/")}
        if len(parts) == 1:
            return parts.pop()
        if parts == {Field.UNIT, Field.POSITION}:
            return Field.UNIT_AND_POSITION
        if parts == {Field.POSITION, Field.RANK}:
            return Field.POSITION_AND_RANK
    return found


@lru_cache(maxsize=8192)
def meaning(title: str) -> tuple[Field | None, bool]:
    """(field, sure) of a header whose levels are joined by `` / ``; the innermost level speaks first."""
    levels = title.split(LEVELS)
    found = exact_meaning(levels[-1]) or exact_meaning(title)
    if found is not None and not _FOREIGN.search(squeezed("".join(levels[:-1]))):
        return found, True
    plain = squeezed(title)
    if len(plain) > 2 * _MAX_HEADER or _FOREIGN.search(plain):
        return None, True
    for level in (levels[-1], *reversed(levels[:-1])):
        word = squeezed(level)
        for pattern, meant in _PATTERNS:
            if pattern.search(word):
                return meant, True
    return _similar(squeezed(levels[-1])), False


def _similar(word: str) -> Field | None:
    """A header with a slip of the pen (联糸电话)."""
    if len(word) < 3:
        return None
    from rapidfuzz import fuzz, process

    best = process.extractOne(word, _SYNONYMS.keys(), scorer=fuzz.ratio, score_cutoff=74)
    return _SYNONYMS[best[0]] if best and len(best[0]) >= 3 else None


def read_headers(titles: Iterable[tuple[int, str]]) -> tuple[HeaderCell, ...]:
    """Meaning of every column. A field is given to the best claimant; only 备注 may be several columns."""
    cells = [(column, title, *meaning(title)) for column, title in titles]
    taken: dict[Field, int] = {}
    for sure_round in (True, False):
        for column, title, meant, sure in cells:
            if meant is None or sure is not sure_round or meant is Field.NOTE:
                continue
            if meant not in taken or (
                exact_meaning(title.rsplit(LEVELS, 1)[-1]) is meant and not _is_exact(cells, taken[meant], meant)
            ):
                taken[meant] = column
    return tuple(
        HeaderCell(
            column, title, meant if meant is Field.NOTE or (meant and taken.get(meant) == column) else None, sure
        )
        for column, title, meant, sure in cells
    )


def _is_exact(cells: list[tuple[int, str, Field | None, bool]], column: int, meant: Field) -> bool:
    return any(c[0] == column and exact_meaning(c[1].rsplit(LEVELS, 1)[-1]) is meant for c in cells)


def fingerprint(titles: Iterable[str]) -> str:
    """A short name of a layout: the same headers in the same order, whatever the blanks."""
    return hashlib.sha256("|".join(squeezed(t) for t in titles).encode()).hexdigest()[:32]


def recalled(headers: tuple[HeaderCell, ...], remembered: Mapping[str, Any]) -> tuple[HeaderCell, ...]:
    """The headers with the meanings a user gave them earlier; unknown entries are ignored."""
    known = {squeezed(str(title)): value for title, value in remembered.get("columns", ())}
    fields = {f.value: f for f in Field}
    return tuple(
        HeaderCell(h.column, h.title, fields.get(known[squeezed(h.title)] or "")) if squeezed(h.title) in known else h
        for h in headers
    )
