"""Names, numbers, dates, units and remarks: normalised without losing, refused without guessing."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

from dangxiao_houqin.core.pinyin import MIDDLE_DOTS
from dangxiao_houqin.documents.sheets import CellValue
from dangxiao_houqin.modules.training.need_words import need_label
from dangxiao_houqin.modules.training.roster.dates import read_birth, read_stay_day
from dangxiao_houqin.modules.training.roster.headers import fingerprint, meaning, read_headers
from dangxiao_houqin.modules.training.roster.identity import plain_text, read_id, read_name, read_phone
from dangxiao_houqin.modules.training.roster.model import Field
from dangxiao_houqin.modules.training.roster.needs import diet_needs, needs_in, read_yes_no, resolve_stay
from dangxiao_houqin.modules.training.roster.units import UnitSplit, split_rank, split_units

TODAY = date(2026, 3, 2)
HAN = "王李张刘陈䶮㛃𬱖𫖯𣲗𬭎犇堃喆明强丽芳"


def identity_number(first17: str) -> str:
    return first17 + str(calc_check_digit(first17 + "0"))


# ------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("raw", "name"),
    (
        ("王　丽", "王丽"),
        (" 余  强 ", "余强"),
        ("欧 阳 婷", "欧阳婷"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("吉克．阿呷", "吉克·阿呷"),
        ("郑𬱖", "郑𬱖"),
        ("王丽*", "王丽"),
        ("'李四", "李四"),
        ("\u200b张三\ufeff", "张三"),
        ("John  Smith", "John Smith"),
    ),
)
def test_names(raw: str, name: str) -> None:
    read = read_name(raw)
    assert (read.value, read.error, read.warning) == (name, "", "")


def test_brackets_behind_a_name() -> None:
    read = read_name("李婷（女，回族）")
    assert (read.value, read.sex, read.ethnicity, read.remark) == ("李婷", "女", "回族", "")
    assert read_name("王明(挂职)").remark == "挂职"


def test_blank_between_long_parts_is_a_dot_with_a_question() -> None:
    read = read_name("阿依古丽 买买提江")
    assert read.value == "阿依古丽·买买提江"
    assert "请核对" in read.warning


@pytest.mark.parametrize(
    "raw", ("张三、李四", "张三/李四", "王?", "李□", "王\ue001", "张三1", "=A1&B1", "——", "字" * 41)
)
def test_doubtful_names_are_refused(raw: str) -> None:
    assert read_name(raw).error.endswith("。")


@given(
    st.lists(st.text(HAN, min_size=2, max_size=5), min_size=2, max_size=3),
    st.sampled_from(MIDDLE_DOTS),
    st.sampled_from(("", " ", "　")),
)
@settings(max_examples=150, deadline=None)
def test_any_middle_dot_becomes_the_one(parts: list[str], dot: str, blank: str) -> None:
    read = read_name(f"{blank}{dot}{blank}".join(parts))
    assert read.value == "·".join(parts)
    assert not read.error


@given(st.text(HAN, min_size=2, max_size=4), st.sampled_from((" ", "　", "  ", "\xa0", "\t")))
@settings(max_examples=100, deadline=None)
def test_padding_of_short_names_goes(name: str, blank: str) -> None:
    assert read_name(blank.join(name)).value == name


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_readers(text: str) -> None:
    name = read_name(text)
    assert name.value == name.value.strip()
    read_id(text)
    read_phone(text)
    read_birth(text, TODAY)
    needs_in(text)
    diet_needs(text, "饮食要求")
    meaning(text)
    split_units([text])
    read_stay_day(text, TODAY)


# ----------------------------------------------------------------------------------------- id and phone


def test_valid_identity_number_tells_sex_and_birth() -> None:
    number = identity_number("50019919830403684")
    for raw in (number, f" {number} ", f"'{number}", f"\t{number}", number.lower(), f'="{number}"', " ".join(number)):
        read = read_id(raw)
        assert (read.value, read.sex, read.birth, read.error) == (number, "女", date(1983, 4, 3), "")
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in number)
    assert read_id(wide).value == number


@given(st.integers(0, 16), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_every_single_wrong_digit_is_found(position: int, shift: int) -> None:
    number = identity_number("50019919830403684")
    wrong = str((int(number[position]) + shift) % 10)
    assert read_id(number[:position] + wrong + number[position + 1 :]).error


@pytest.mark.parametrize(
    ("value", "words"),
    (
        (5.001991983030424e17, "丢失"),
        ("5.00199E+17", "科学计数法"),
        ("5.00199198303042E+17", "科学计数法"),
        ("50019919830403684", "17 位"),
        ("500199198302303684", "不存在"),
        ("50019919830403684A", "末位"),
        ("=B2", "公式"),
        ("身份证后补", "字符"),
    ),
)
def test_identity_numbers_that_are_refused(value: CellValue, words: str) -> None:
    read = read_id(value)
    assert words in read.error
    assert read.error.endswith("。")
    assert read.birth is None


def test_other_documents_are_kept_with_a_question() -> None:
    for number in ("H12345678", "500199830403684"):
        read = read_id(number)
        assert read.value == number
        assert read.warning
        assert not read.error
    assert read_id("无").value == ""


@pytest.mark.parametrize(
    "value",
    (
        "19900007543",
        19900007543.0,
        "１９９００００７５４３",
        "199 0000 7543",
        "199-0000-7543",
        "+86 19900007543",
        "'19900007543",
        "19900007543/023-61234567",
        "19900007543、13800000000",
        "\u202d19900007543\u202c",
    ),
)
def test_mobile_numbers(value: CellValue) -> None:
    read = read_phone(value)
    assert (read.value, read.error, read.warning) == ("19900007543", "", "")


def test_other_telephone_numbers() -> None:
    assert read_phone("023-61234567").warning
    assert read_phone("023-61234567", landline_is_fine=True).value == "02361234567"
    assert "5 位" in read_phone("12345").error
    assert read_phone("1.99E+10").error
    assert read_phone("找李主任").error
    assert read_phone("无").value == ""


# ------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        ("1985.3", "1985-03"),
        ("1985.03", "1985-03"),
        ("1985．03", "1985-03"),
        ("1985-3", "1985-03"),
        ("1985/03/12", "1985-03-12"),
        ("1985年3月", "1985-03"),
        ("1985年03月12日", "1985-03-12"),
        ("1985 年 3 月", "1985-03"),
        ("198503", "1985-03"),
        ("19850312", "1985-03-12"),
        ("85-03", "1985-03"),
        ("85.3", "1985-03"),
        ("85年3月", "1985-03"),
        ("03年5月", "2003-05"),
        ("1985年", "1985"),
        ("1985", "1985"),
        ("1985.03（40岁）", "1985-03"),
        ("一九八五年三月", "1985-03"),
        ("一九八五年十二月二十日", "1985-12-20"),
        ("1985.03.12 00:00:00", "1985-03-12"),
        (1985.03, "1985-03"),
        (1988.12, "1988-12"),
        (198503.0, "1985-03"),
        (19850312.0, "1985-03-12"),
        (31118.0, "1985-03-12"),
        (1985.0, "1985"),
        (date(1985, 3, 12), "1985-03-12"),
        (datetime(1985, 3, 12, 0, 0), "1985-03-12"),  # noqa: DTZ001 - as the reader gives it
    ),
)
def test_birth_dates_in_every_shape(value: CellValue, expected: str) -> None:
    read = read_birth(value, TODAY)
    assert str(read.value) == expected
    assert not read.ambiguous_october


def test_a_number_1992_1_is_not_guessed() -> None:
    assert read_birth(1992.1, TODAY).ambiguous_october
    assert not read_birth(1992.01, TODAY).ambiguous_october
    assert not read_birth("1992.10", TODAY).ambiguous_october


@pytest.mark.parametrize("value", ("1985.13", "2026.01", "1885.01", "保密", "1985.02.30", "85", 12.0, "198513", "3月"))
def test_unreadable_births(value: CellValue) -> None:
    assert read_birth(value, TODAY).value is None


@given(st.dates(date(1940, 1, 1), date(2008, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_birth_dates_round_trip(day: date) -> None:
    month_shapes = ("{y}.{m:02d}", "{y}年{m}月", "{y}{m:02d}", "{y}-{m}", "{y}/{m:02d}")
    for shape in month_shapes:
        assert str(read_birth(shape.format(y=day.year, m=day.month), TODAY).value) == f"{day:%Y-%m}"
    for shape in ("{y}年{m}月{d}日", "{y}{m:02d}{d:02d}", "{y}.{m}.{d}", "{y}/{m}/{d}"):
        assert str(read_birth(shape.format(y=day.year, m=day.month, d=day.day), TODAY).value) == day.isoformat()
    assert str(read_birth(float((day - date(1899, 12, 30)).days), TODAY).value) == day.isoformat()
    assert str(read_birth(day, TODAY).value) == day.isoformat()


def test_days_of_stay() -> None:
    around = date(2026, 3, 2)
    assert read_stay_day("3月5日下午", around) == date(2026, 3, 5)
    assert read_stay_day("5日", around) == date(2026, 3, 5)
    assert read_stay_day("2026-03-05 14:00", around) == date(2026, 3, 5)
    assert read_stay_day("12月31日", date(2026, 1, 2)) == date(2025, 12, 31)
    assert read_stay_day("2月30日", around) is None
    assert read_stay_day("下午", around) is None


# ------------------------------------------------------------------------------------------------ remarks


@pytest.mark.parametrize(
    ("text", "codes"),
    (
        ("清真", ["diet:清真"]),
        ("素食，腰部有疾，请安排低楼层，不住宿", ["diet:素食", "low_floor", "no_lodging"]),
        ("非清真", []),
        ("不需要低楼层", []),
        ("无需安排低楼层，打鼾", ["snores"]),
        ("不打鼾", []),
        ("从不打呼噜", []),
        ("怕打鼾", ["quiet"]),
        ("不能和打呼噜的人同住", ["quiet"]),
        ("走读", ["no_lodging"]),
        ("不走读", ["lodging"]),
        ("无需住宿", ["no_lodging"]),
        ("不住高楼层", ["low_floor"]),
        ("不住3楼", []),
        ("行动不便，坐轮椅", ["low_floor", "accessible"]),
        ("住一楼", ["low_floor"]),
        ("睡眠浅", ["quiet"]),
        ("海鲜过敏", ["allergy:海鲜过敏"]),
        ("对花生过敏", ["allergy:花生过敏"]),
        ("无过敏", []),
        ("没有食物过敏", []),
        ("糖尿病餐", ["diet:糖尿病"]),
        ("不吃猪肉", ["diet:清真"]),
        ("不吃辣", ["diet:不吃辣"]),
        ("需晚到一天", ["late:+1"]),
        ("晚到2天", ["late:+2"]),
        ("3月5日报到", ["late:3-5"]),
        ("晚到5日", ["late:5"]),
        ("5日下午到", ["late:5"]),
        ("按时报到", []),
        ("不晚到", []),
        ("提前一天离开", ["early:-1"]),
        ("18日返程", ["early:18"]),
        ("要求单间", ["single_room"]),
        ("不需要单间", []),
        ("与张三同住", ["with:张三"]),
        ("不与李四同住", ["not_with:李四"]),
        ("怀孕五个月", ["pregnant"]),
        ("班长", []),
        ("补报", []),
        ("", []),
    ),
)
def test_needs(text: str, codes: list[str]) -> None:
    assert [need.code for need in needs_in(text)] == codes


def test_every_need_points_to_its_words_and_has_a_label() -> None:
    for need in needs_in("素食；打鼾；与张三同住；晚到一天"):
        assert need.quote in "素食；打鼾；与张三同住；晚到一天"
        assert need.label
        assert need.kind not in need.label


@pytest.mark.parametrize(
    ("code", "label"),
    (
        ("late:+1", "晚到 1 天"),
        ("late:3-5", "3月5日到"),
        ("late:5", "5日到"),
        ("late", "晚到"),
        ("early:-2", "提前 2 天离开"),
        ("early:18", "18日离开"),
        ("diet:清真", "清真"),
        ("with:张三", "希望同住：张三"),
        ("low_floor", "低楼层"),
    ),
)
def test_labels(code: str, label: str) -> None:
    assert need_label(code) == label


def test_needs_become_days() -> None:
    arrive, leave = date(2026, 3, 2), date(2026, 3, 20)
    assert resolve_stay(needs_in("晚到两天"), arrive, leave) == (date(2026, 3, 4), None)
    assert resolve_stay(needs_in("3月5日报到"), arrive, leave) == (date(2026, 3, 5), None)
    assert resolve_stay(needs_in("提前一天离开"), arrive, leave) == (None, date(2026, 3, 19))
    assert resolve_stay(needs_in("晚到"), arrive, leave) == (None, None)
    assert resolve_stay(needs_in("晚到两天"), None, None) == (None, None)


@pytest.mark.parametrize(
    ("text", "header", "codes"),
    (
        ("是", "是否清真", ["diet:清真"]),
        ("否", "是否清真", []),
        ("√", "是否素食", ["diet:素食"]),
        ("无", "饮食要求", []),
        ("清真", "饮食要求", ["diet:清真"]),
        ("普食", "饮食要求", []),
        ("少吃豆类", "饮食要求", ["diet:少吃豆类"]),
    ),
)
def test_diet_columns(text: str, header: str, codes: list[str]) -> None:
    assert [need.code for need in diet_needs(text, header)] == codes


def test_yes_and_no() -> None:
    assert [read_yes_no(t) for t in ("是", "住", "√", "需要", "是（全程）")] == [True] * 5
    assert [read_yes_no(t) for t in ("否", "不住", "×", "走读", "不需要", "否（走读）")] == [False] * 6
    assert read_yes_no(" ") is None
    assert read_yes_no("大概住") == "大概住"


# --------------------------------------------------------------------------------------- units, headers


def test_units_and_positions() -> None:
    texts = {
        "区委办公室主任": ("区委办公室", "主任"),
        "区委办公室科员": ("区委办公室", "科员"),
        "石桥镇人民政府办公室主任": ("石桥镇人民政府", "办公室主任"),
        "县教育局党组书记、局长": ("县教育局", "党组书记、局长"),
        "凤凰镇石桥村党支部书记": ("凤凰镇石桥村", "党支部书记"),
        "县委组织部 一级主任科员": ("县委组织部", "一级主任科员"),
        "双河口街道办事处副主任": ("双河口街道办事处", "副主任"),
        "松坪镇党委副书记、镇长": ("松坪镇", "党委副书记、镇长"),
        "县人民医院护士长": ("县人民医院", "护士长"),
        "县委办公室副主任、县委督查室主任": ("县委办公室", "副主任、县委督查室主任"),
        "石门镇云雾村党支部书记、村委会主任": ("石门镇云雾村", "党支部书记、村委会主任"),
        "县发展和改革局党组成员、副局长": ("县发展和改革局", "党组成员、副局长"),
        "县农业农村局农技站站长": ("县农业农村局农技站", "站长"),
    }
    for text, split in split_units(texts).items():
        assert (split.unit, split.position) == texts[text], text
        assert split.sure
    assert split_units(["某某某"])["某某某"] == UnitSplit("某某某", "", False)
    assert split_units(["云雾茶业发展中心员工甲"], ["云雾茶业发展中心"])["云雾茶业发展中心员工甲"].position == "员工甲"


def test_rank_in_brackets() -> None:
    assert split_rank("副科长（副科级）") == ("副科长", "副科级")
    assert split_rank("科员（主持工作）") == ("科员（主持工作）", "")


@pytest.mark.parametrize(
    ("title", "wanted"),
    (
        ("姓　名", Field.NAME),
        ("*姓名", Field.NAME),
        ("学员姓名", Field.NAME),
        ("基本情况 / 公民身份号码", Field.ID_NUMBER),
        ("身份证号码（必填）", Field.ID_NUMBER),
        ("联系方式 / 手机", Field.PHONE),
        ("联系方式/手机", Field.PHONE),
        ("手机", Field.PHONE),
        ("联系方式 / 办公电话", Field.OFFICE_PHONE),
        ("联系电话(手机)", Field.PHONE),
        ("出生\n年月", Field.BIRTH),
        ("单位及职务", Field.UNIT_AND_POSITION),
        ("单位（职务）", Field.UNIT_AND_POSITION),
        ("工作单位", Field.UNIT),
        ("职务（职级）", Field.POSITION_AND_RANK),
        ("备　注", Field.NOTE),
        ("是否住宿", Field.LODGING),
        ("住宿（是/否）", Field.LODGING),
        ("车牌号", Field.PLATE),
        ("预计到达时间", Field.ARRIVAL),
        ("组别", Field.GROUP),
        ("序号", Field.SEQUENCE),
        ("联系人", None),
        ("紧急联系人电话", None),
        ("联系人 / 电话", None),
        ("联系人/电话", None),
        ("是否清真/忌口", Field.DIET),
        ("联系电话/备用电话", Field.PHONE),
        ("参加工作时间", None),
        ("入党时间", None),
        ("籍贯", None),
        ("领队姓名", None),
        ("房号", None),
    ),
)
def test_headers_by_meaning(title: str, wanted: Field | None) -> None:
    assert meaning(title)[0] is wanted


def test_a_slip_of_the_pen_is_understood_but_not_sure() -> None:
    assert meaning("联糸电话号码") == (Field.PHONE, True)
    assert meaning("政治而貌") == (Field.POLITICAL, False)


def test_a_field_is_given_to_the_best_claimant() -> None:
    headers = read_headers(
        ((1, "单位电话"), (2, "姓名"), (3, "本单位联系电话说明"), (4, "手机"), (5, "部门"), (6, "单位"))
    )
    by_column = {h.column: h.field for h in headers}
    assert by_column[1] is Field.OFFICE_PHONE
    assert by_column[4] is Field.PHONE
    assert by_column[3] is None
    assert sum(f is Field.UNIT for f in by_column.values()) == 1


def test_fingerprint_ignores_blanks_but_not_order() -> None:
    assert fingerprint(["姓　名", "单位 "]) == fingerprint(["姓名", "单位"])
    assert fingerprint(["单位", "姓名"]) != fingerprint(["姓名", "单位"])


def test_plain_text() -> None:
    assert plain_text("  ’500\u200b199 ") == "500199"
    assert plain_text(3.0) == "3"
    assert plain_text('="007"') == "007"
    assert plain_text(True) == "TRUE"
