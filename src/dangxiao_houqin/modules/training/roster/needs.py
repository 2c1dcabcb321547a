"""Remarks become needs: 腰部有疾，请安排低楼层 -> low_floor; 不需要低楼层 -> nothing. The text is always kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from dangxiao_houqin.modules.training.roster.dates import nearest_day
from dangxiao_houqin.modules.training.roster.model import Field, Need

_CLAUSE = re.compile(r"[，,；;。\n、/|+＋]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_NOT = r"(?:不需要?|无需|无须|毋需|不用|不要求?|不必|没有|没|无|非|不是|不|未|勿|从不|并非|谢绝)"
_ASK = r"(?:安排|住|提供|准备|考虑|特别|特殊|吃|用)*"
_NEGATED = {
    kind: re.compile(f"{_NOT}{_ASK}(?:{words})")
    for kind, words in {
        "low_floor": "低楼层|低层|一楼|1楼|底楼|底层|低",
        "accessible": "轮椅|无障碍|残疾|拄拐",
        "near_lift": "近电梯|靠电梯|电梯",
        "snores": "打鼾|打呼|呼噜|鼾",
        "halal": "清真|回民餐|回民|民族餐",
        "vegetarian": "素食|吃素|素餐|素",
        "single_room": "单间|单人间|单独|单住",
        "allergy": r"(?:[\u4e00-\u9fff]{0,6})过敏",
        "late": "晚到|迟到|推迟|延迟",
        "early": "提前离|提前走|早走|早退",
        "pregnant": "怀孕|孕",
        "quiet": "失眠|怕吵|安静",
    }.items()
}
_NO_LODGING = re.compile(
    r"不住(?:宿|校|学校|在学校|在校)?(?![高低单双上下顶楼好惯得])(?!.{0,2}[\d一二三四五六七八九]楼)|(?:不|无|毋)(?:需要?|须|用|必|安排)(?:安排)?(?:提供)?住宿"
    r"|走读|回家住|住家里?|住宿自理|自行(?:解决|安排)住宿|自行住宿|通勤|不在(?:校|学校)住|晚上回家"
)
_STAYS_AFTER_ALL = re.compile(
    r"不走读|不通勤|不回家住|并非走读|不是走读|非走读|需(?:要)?住宿|要住宿|^住宿$|^住校$|要求住宿|安排住宿"
)
_LOW = re.compile(
    r"低楼层|低层|低一点|底楼|底层|(?:^|[住在到排要望楼])(?:一|1)[楼层]|一楼|1楼|(?:不|勿|不能|不宜)(?:要)?(?:住|爬|上|安排)(?:太)?高?(?:楼层|层|楼)|不(?:便|能|宜)(?:上|爬|走)楼|行动不(?:便|方便)|腿脚不(?:便|好|灵)|腿(?:伤|疾)|膝(?:关节|盖)|爬楼困难|上楼困难"
)
_ACCESSIBLE = re.compile(r"轮椅|无障碍|残疾|肢残|拄拐|拐杖|截肢")
_LIFT = re.compile(r"(?:靠|近|离).{0,2}电梯|电梯(?:旁|口|附近|房|楼)")
_QUIET = re.compile(r"睡眠(?:浅|差|不好|质量(?:差|不好)|障碍)|神经衰弱|失眠|怕吵|安静|静一点|入睡困难|睡觉轻|睡得轻")
_DISLIKES_SNORING = re.compile(
    r"(?:怕|介意|害怕|受不了|忍受不了|不能?(?:和|与|跟|同)|别(?:和|与|跟)|避免|远离|不要(?:和|与|跟)|(?:室友|同住者|同房)(?:不|勿)).{0,8}(?:打鼾|打呼|呼噜|鼾)"
)
_SNORES = re.compile(r"打鼾|打呼|呼噜|鼾声|鼾症|睡觉有鼾")
_HALAL = re.compile(r"清真|回民餐|穆斯林|(?:不吃|忌食?|禁食?|忌吃|不食)猪肉|民族餐|大肉(?:不吃|禁忌)|不吃大肉|回餐")
_VEGETARIAN = re.compile(r"素食|吃素|素餐|全素|食素|不吃肉|不食肉|斋")
_DIET = re.compile(
    r"糖尿病餐?|低盐低?脂?|低糖|低脂|无糖|少糖|控糖|少盐|少油|清淡|软食|流食|半流质|痛风餐?|低嘌呤|忌[辣生冷酒油腻海鲜牛羊葱姜蒜香菜]+|不吃(?:辣|海鲜|牛肉|羊肉|牛羊肉|鱼|鸡蛋|蛋|葱|姜|蒜|香菜|内脏|鸡肉|鸡|鸭|豆制品|[\u4e00-\u9fff]{1,3})|不能吃[\u4e00-\u9fff]{1,4}|忌口[:：]?[\u4e00-\u9fff]{1,6}"
)
_ALLERGY = re.compile(r"(?:对)?([\u4e00-\u9fff]{0,8}?)(?:严重|有点|易|轻度|重度)?过敏(?:体质|史)?")
_SINGLE = re.compile(r"单间|单人间|单独(?:住|安排|一间)|一人(?:一间|住|间)|单住|独住")
_PREGNANT = re.compile(r"怀孕|孕期|孕妇|身孕|有孕|哺乳期")
_NAME = r"([\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff·]{2,12}?)"
_TOGETHER = re.compile(
    rf"(?:与|和|跟|同)\s*{_NAME}\s*(?:同志)?(?:同住|同房|同屋|同一?间|一间|一个房|住一起|一起住|住一间|同寝|合住|共住)"
)
_APART = re.compile(
    rf"(?:不|勿|不要|别|不宜|不愿|不想|不能)(?:安排)?(?:与|和|跟|同)\s*{_NAME}\s*(?:同志)?(?:同住|同房|同屋|同一?间|一间|一个房|住一起|一起住|住一间|同寝|合住|共住)"
)
_NUMBER = r"(\d{1,2}|[一二两三四五六七八九十]|半)"
_LATE_DAYS = re.compile(
    rf"(?:晚到|迟到|推迟|延迟|晚|迟|延后|推后)(?:报到|到)?{_NUMBER}\s*[天日](?:报到|到)?(?!晚)|(?:晚|迟){_NUMBER}天"
)
_LATE_ON = re.compile(
    r"(?:(?:(\d{1,2})\s*[月.]\s*)?(\d{1,2})\s*[日号])\s*(?:上午|中午|下午|晚上?|早上|傍晚)?\s*(?:才|方|再)?(?:能)?(?:来)?(?:报到|到校|到达|到|入住)(?!期)"
    r"|(?:晚到|迟到|推迟至?|延迟至?|延至|推迟到|延迟到|晚至)\s*(?:报到)?\s*(?:到|至)?\s*(?:(\d{1,2})\s*[月.]\s*)?(\d{1,2})\s*[日号]"
)
_LATE = re.compile(r"晚到|推迟报到|延迟报到|迟到|晚报到|延后报到|晚些?(?:时候)?到|推迟到|迟报到")
_EARLY_DAYS = re.compile(rf"提前{_NUMBER}\s*[天日](?:离|走|返|回)|早{_NUMBER}天(?:离|走|返|回)")
_EARLY_ON = re.compile(
    r"(?:(?:(\d{1,2})\s*[月.]\s*)?(\d{1,2})\s*[日号])\s*(?:上午|中午|下午|晚上?|早上|傍晚)?\s*(?:就|需|要|须)?(?:提前)?(?:离|返|走|回程|退房)"
)
_EARLY = re.compile(r"提前(?:离|走|返)|早走|提前结束")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "半": 1}
_YES = re.compile(r"^(?:是|有|需要?|要|√|✓|✔|Y|y|yes|1|对)$")
_NOTHING = re.compile(
    r"^(?:无|否|没有|正常|不需要?|无要求|无特殊(?:要求)?|普通|普食|常规|汉餐|大灶|随意|都可以?|均可|×|/|-|—|0|N|n|无忌口|无禁忌)$"
)


@lru_cache(maxsize=32768)
def needs_in(text: str) -> tuple[Need, ...]:
    """The needs a remark asks for, in the order of their mention; empty for one that asks nothing."""
    found: dict[str, Need] = {}
    for clause in _CLAUSE.split(text):
        clause = clause.strip(" \u3000.：:()（）")
        if clause:
            for need in _in_clause(clause):
                found.setdefault(need.code, need)
    return tuple(found.values())


def _in_clause(clause: str) -> Iterable[Need]:
    yield from _lodging(clause)
    yield from _room(clause)
    yield from _food(clause)
    yield from _company(clause)
    if (_LATE.search(clause) or _LATE_DAYS.search(clause) or _LATE_ON.search(clause)) and not _negated("late", clause):
        yield Need("late", _late_value(clause), clause)
    if (_EARLY.search(clause) or _EARLY_DAYS.search(clause) or _EARLY_ON.search(clause)) and not _negated(
        "early", clause
    ):
        yield Need("early", _early_value(clause), clause)


def _negated(kind: str, clause: str) -> bool:
    return _NEGATED[kind].search(clause) is not None


def _lodging(clause: str) -> Iterable[Need]:
    if (
        _STAYS_AFTER_ALL.search(clause) and not _NO_LODGING.search(clause.replace("不走读", "").replace("不通勤", ""))
    ) or re.search(r"不走读|不通勤|并非走读|不是走读|非走读", clause):
        yield Need("lodging", "", clause)
    elif _NO_LODGING.search(clause):
        yield Need("no_lodging", "", clause)


def _room(clause: str) -> Iterable[Need]:
    low = _LOW.search(clause)
    if low and (not _negated("low_floor", clause) or re.search(r"高|爬|上楼|走楼", low[0])):
        yield Need("low_floor", "", clause)
    if _ACCESSIBLE.search(clause) and not _negated("accessible", clause):
        yield Need("accessible", "", clause)
    if _LIFT.search(clause) and not _negated("near_lift", clause):
        yield Need("near_lift", "", clause)
    if _DISLIKES_SNORING.search(clause):
        yield Need("quiet", "", clause)
    elif _SNORES.search(clause) and not _negated("snores", clause):
        yield Need("snores", "", clause)
    if _QUIET.search(clause) and not _negated("quiet", clause):
        yield Need("quiet", "", clause)
    if _SINGLE.search(clause) and not _negated("single_room", clause):
        yield Need("single_room", "", clause)
    if _PREGNANT.search(clause) and not _negated("pregnant", clause):
        yield Need("pregnant", "", clause)


def _food(clause: str) -> Iterable[Need]:
    if _HALAL.search(clause) and not _negated("halal", clause):
        yield Need("diet", "清真", clause)
    if _VEGETARIAN.search(clause) and not _negated("vegetarian", clause):
        yield Need("diet", "素食", clause)
    if "猪肉" not in clause and "大肉" not in clause:
        for diet in _DIET.finditer(clause):
            if diet[0] not in {"不吃素", "不吃肉", "不吃清真", "不吃饭", "不吃"} and "清真" not in diet[0]:
                yield Need("diet", diet[0].removesuffix("餐"), clause)
    allergy = _ALLERGY.search(clause)
    if allergy and not _negated("allergy", clause):
        yield Need("allergy", f"{re.sub('^(?:因|患|有)?对?', '', allergy[1])}过敏", clause)


def _company(clause: str) -> Iterable[Need]:
    apart = _APART.search(clause)
    if apart:
        if not _SNORES.search(clause):
            yield Need("not_with", apart[1], clause)
        return
    together = _TOGETHER.search(clause)
    if together and not _SNORES.search(clause):
        yield Need("with", together[1], clause)


def _late_value(clause: str) -> str:
    """``3-5`` for 3月5日, ``5`` for 5日, ``+1`` for one day, empty when it is not said."""
    on = _LATE_ON.search(clause)
    if on:
        month, day = (on[1], on[2]) if on[2] else (on[3], on[4])
        return f"{month}-{day}" if month else day
    days = _LATE_DAYS.search(clause)
    return f"+{_number(days[1] or days[2])}" if days else ""


def _early_value(clause: str) -> str:
    on = _EARLY_ON.search(clause)
    if on:
        return f"{on[1]}-{on[2]}" if on[1] else on[2]
    days = _EARLY_DAYS.search(clause)
    return f"-{_number(days[1] or days[2])}" if days else ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS[text]


@lru_cache(maxsize=8192)
def diet_needs(text: str, header: str) -> tuple[Need, ...]:
    """Needs in a column about food; a plain 是 under 是否清真 means 清真."""
    text = text.strip()
    if not text or _NOTHING.match(text):
        return ()
    if _YES.match(text):
        if "清真" in header:
            return (Need("diet", "清真", text),)
        return (Need("diet", "素食", text),) if "素" in header else ()
    found = needs_in(text)
    return found or (() if re.search(f"^{_NOT}", text) else (Need("diet", text, text),))


def resolve_stay(needs: Iterable[Need], arrive: date | None, leave: date | None) -> tuple[date | None, date | None]:
    """(arrival, departure) that the needs ask for, as dates, where the class's own dates are known.

    Dates outside the class are left to the caller to question.
    """
    arrival = departure = None
    for need in needs:
        if need.kind == "late" and need.value and arrive is not None:
            arrival = _day(need.value, arrive)
        elif need.kind == "early" and need.value and leave is not None:
            departure = _day(need.value, leave)
    return arrival, departure


def _day(value: str, around: date) -> date | None:
    if value[0] in "+-":
        return around + timedelta(days=int(value))
    month, _, day = value.rpartition("-")
    return nearest_day(around, int(month) if month else around.month, int(day))


@lru_cache(maxsize=4096)
def read_yes_no(text: str) -> bool | str | None:
    """True, False, None for blank, or the text itself when it says neither."""
    plain = re.sub(r"[\s（(].*$", "", text.strip())
    if not text.strip():
        return None
    if re.match(
        r"^(?:否|不|不住|不住宿|不需要?|无|无需|×|✗|✘|X|x|N|n|no|No|NO|0|走读|通勤|回家|自理|不用餐|不就餐|不安排|不需住宿|不需要住宿|不住校)$",
        plain,
    ):
        return False
    if re.match(
        r"^(?:是|住|住宿|需|需要|要|√|✓|✔|☑|Y|y|yes|Yes|YES|1|安排|住校|用餐|就餐|需住宿|需要住宿|全程|全程住宿|有)$",
        plain,
    ):
        return True
    return text.strip()


NEED_FIELDS = (Field.NOTE, Field.DIET)
"""Columns whose text is searched for needs."""
