"""Write the sample rosters of the demo school to ``resources/sample/rosters``.

Everybody in them is invented: names are drawn from lists with a fixed seed, phones are 1390000xxxx, there are no ID
numbers.  Running the script again writes the same bytes.
"""

from __future__ import annotations

import random
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

TARGET = Path(__file__).resolve().parents[1] / "resources" / "sample" / "rosters"

UNITS = (
    *("县委办公室", "县人大机关", "县政府办公室", "县政协机关", "县纪委监委机关", "县委组织部", "县委宣传部"),
    *("县财政局", "县发展改革委", "县教育局", "县民政局", "县人社局", "县农业农村局", "县卫生健康委", "县住建局"),
    *("松坪镇", "白鹤乡", "双河口街道", "石门镇", "云雾乡"),
)
TOWNS = UNITS[15:]
HEALTH = ("县卫生健康委", "县人民医院", "县中医医院", "县妇幼保健院", "县疾控中心", "松坪镇卫生院", "石门镇卫生院")
HEADERS = (
    *("序号", "姓名", "性别", "民族", "出生年月", "政治面貌", "学历", "工作单位", "职务", "职级", "联系电话"),
    *("是否住宿", "饮食要求", "备注"),
)
WIDTHS = (6, 16, 6, 9, 10, 12, 12, 22, 24, 16, 14, 9, 10, 26)

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段漆雷钱汤尹黎易常武乔贺赖龚"
    "文单仇查解朴覃区"
)
MEN = (
    "文涛志强建国海波晓东永红德明思远国栋立新承志光华正平仲文家骏俊杰伟民启航振宇昌盛怀远树人宏图跃进长青"
    "启明少华天佑云飞卫东学军泽宇子昂景行"
)
WOMEN = (
    "晓岚雪梅静怡秀英春燕丽娟文静雨桐佳慧思颖红梅桂芳若云慧敏月华淑珍玉洁海燕婉清芷兰舒窈书瑶梦琪诗涵映雪"
    "素心巧云丹青如意冬梅"
)
SINGLE_MEN = "涛辉杰磊勇波军刚毅昇犇堃喆"
SINGLE_WOMEN = "静霞丹莉玥敏艳娜岚婷"


@dataclass(frozen=True)
class Person:
    """One invented trainee."""

    name: str
    sex: str
    ethnicity: str = "汉族"
    diet: str = ""
    note: str = ""


# Names that try a printer and a search box (rare characters, minority names, namesakes); all invented.
HARD_NAMES = (
    Person("郑𬱖", "女"),
    Person("钱㛃", "女"),
    Person("赵䶮", "男"),
    Person("孙𫖯", "男"),
    Person("阿依古丽·买买提", "女", "维吾尔族", "清真"),
    Person("努尔买买提江", "男", "维吾尔族", "清真"),
    Person("王\u3000丽", "女"),
    Person("李婷", "女"),
    Person("李婷", "女"),
    Person("吉克阿呷", "女", "彝族"),
    Person("扎西多吉", "男", "藏族"),
    Person("欧阳若云", "女"),
    Person("罗文涛", "男"),
    Person("杨犇", "男", note="夜间打鼾"),
)
MORE_HARD_NAMES = (
    Person("吴𣲗", "女"),
    Person("孙𫖯", "男"),
    Person("阿依古丽·买买提", "女", "维吾尔族", "清真"),
    Person("阿依古丽买买提", "女", "维吾尔族", "清真"),
    Person("冯堃", "男"),
    Person("卫玥", "女"),
    Person("单雄", "男"),
    Person("仇英杰", "男", "回族", "清真"),
)


@dataclass(frozen=True)
class Roster:
    """One file: who is on it and what the sheet looks like."""

    file: str
    title: str
    men: int
    women: int
    units: tuple[str, ...]
    born: tuple[int, int]
    posts: tuple[tuple[str, str], ...]
    commuters: int = 0
    special: tuple[Person, ...] = ()
    note_row: str = ""
    footer: bool = False


OFFICE_POSTS = (
    *(("办公室主任", "一级主任科员"), ("副主任", "二级主任科员"), ("科长", "三级主任科员"), ("副科长", "四级主任科员")),
    *(("副局长", "副科级"), ("党组成员", "副科级"), ("综合股股长", "四级主任科员"), ("四级调研员", "四级调研员")),
)
TOWN_POSTS = (
    *(("党委副书记", "正科级"), ("副镇长", "副科级"), ("组织委员", "副科级"), ("宣传委员", "副科级")),
    *(("党政办主任", "四级主任科员"), ("人大副主席", "副科级")),
)
VILLAGES = ("红岩", "清溪", "大坪", "向阳", "龙洞", "银杏", "柏林", "三河", "高桥", "青杠", "新华", "黄泥")
YOUNG = (("科员", "一级科员"), ("选调生", "一级科员"), ("试用期人员", "见习期"))
DOCTORS = (
    ("副院长", "副科级"),
    ("护理部主任", "中级"),
    ("科主任", "副高级"),
    ("办公室主任", "中级"),
    ("疾控科长", "中级"),
)

ROSTERS = (
    Roster(
        "科级干部进修班学员名册（45人）.xlsx",
        "第1期科级干部进修班学员名册",
        *(33, 12, UNITS, (1972, 1988), OFFICE_POSTS),
        special=HARD_NAMES,
        note_row="填报单位（盖章）：县委组织部干部教育科",
        footer=True,
    ),
    Roster(
        "中青年干部培训班学员名册（38人）.xlsx",
        "春季学期中青年干部培训班学员名册",
        *(24, 14, UNITS, (1983, 1994), OFFICE_POSTS),
        special=MORE_HARD_NAMES,
    ),
    Roster(
        "村（社区）党组织书记轮训班学员名册（120人）.xlsx",
        "第1期村（社区）党组织书记轮训班学员名册",
        *(98, 22, TOWNS, (1963, 1992), ()),
    ),
    Roster(
        "乡村振兴专题研讨班学员名册（42人）.xlsx",
        "乡村振兴专题研讨班学员名册",
        *(27, 15, UNITS[7:], (1972, 1992), OFFICE_POSTS),
    ),
    Roster(
        "新录用公务员初任培训班学员名册（64人）.xlsx",
        "新录用公务员初任培训班学员名册",
        *(30, 34, UNITS, (1996, 2003), YOUNG),
    ),
    Roster(
        "卫生健康系统后备干部班学员名册（50人）.xlsx",
        "卫生健康系统后备干部能力提升班学员名册",
        *(19, 31, HEALTH, (1978, 1995), DOCTORS),
        commuters=14,
    ),
    Roster(
        "全县干部集中轮训花名册（300人）.xlsx",
        "全县干部集中轮训花名册",
        *(185, 115, UNITS, (1966, 1996), OFFICE_POSTS),
        commuters=120,
        special=(*HARD_NAMES[:6], *MORE_HARD_NAMES[4:]),
    ),
)


class People:
    """Draws invented people; a phone number is never given twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.phones = self.random.sample(range(10_000), 10_000)

    def name(self, sex: str) -> str:
        double, single = (MEN, SINGLE_MEN) if sex == "男" else (WOMEN, SINGLE_WOMEN)
        surname = self.random.choice(SURNAMES)
        if self.random.random() < 0.3:
            return surname + self.random.choice(single)
        start = 2 * self.random.randrange(len(double) // 2)
        return surname + double[start : start + 2]

    def ethnicity(self) -> str:
        return self.random.choices(("汉族", "彝族", "藏族", "回族", "羌族", "土家族", "苗族"), (78, 6, 5, 4, 3, 2, 2))[
            0
        ]

    def phone(self) -> str:
        return f"1390000{self.phones.pop():04d}"


def make_people(roster: Roster, people: People) -> list[Person]:
    """The roster's people, with exactly its numbers of men and women."""
    found = list(roster.special)
    used = {person.name for person in found}
    for sex, wanted in (("男", roster.men), ("女", roster.women)):
        missing = wanted - sum(person.sex == sex for person in roster.special)
        while missing:
            name = people.name(sex)
            if name in used:
                continue
            used.add(name)
            ethnicity = people.ethnicity()
            diet = "清真" if ethnicity == "回族" else people.random.choices(("", "素食", "糖尿病餐"), (94, 4, 2))[0]
            notes = ("", "腰部有疾，请安排低楼层", "睡眠浅，希望安静", "夜间打鼾", "需晚到一天")
            found.append(Person(name, sex, ethnicity, diet, people.random.choices(notes, (90, 3, 2, 3, 2))[0]))
            missing -= 1
    people.random.shuffle(found)
    return found


def make_rows(roster: Roster, people: People) -> list[tuple[object, ...]]:
    """The table, units in their fixed order; headers not included."""
    persons = make_people(roster, people)
    units = sorted((people.random.choice(roster.units) for _ in persons), key=roster.units.index)
    home = set(people.random.sample(range(len(persons)), roster.commuters))
    rows: list[tuple[object, ...]] = []
    for index, (person, unit) in enumerate(zip(persons, units, strict=True)):
        post, rank = _post(roster, unit, people)
        year = people.random.randint(*roster.born)
        party = people.random.choices(("中共党员", "中共预备党员", "群众", "民建会员"), (88, 4, 6, 2))[0]
        degree = people.random.choices(("大专", "本科", "硕士研究生"), (15, 68, 17))[0]
        rows.append(
            (
                *(index + 1, person.name, person.sex, person.ethnicity),
                *(f"{year}.{people.random.randint(1, 12):02d}", party, degree, unit, post, rank, people.phone()),
                *("否" if index in home else "是", person.diet, "" if index in home else person.note),
            )
        )
    return rows


def _post(roster: Roster, unit: str, people: People) -> tuple[str, str]:
    if not roster.posts:
        return f"{people.random.choice(VILLAGES)}村党总支书记", ""
    if unit in TOWNS and roster.posts is OFFICE_POSTS:
        post, rank = people.random.choice(TOWN_POSTS)
        if unit.endswith("乡"):
            post = post.replace("副镇长", "副乡长")
        if unit.endswith("街道"):
            post = (
                post.replace("副镇长", "办事处副主任").replace("党委", "党工委").replace("人大副主席", "人大工委副主任")
            )
        return post, rank
    post, rank = people.random.choice(roster.posts)
    return (post if unit.endswith("局") else post.replace("副局长", "副主任")), rank


def make_workbook(roster: Roster, rows: list[tuple[object, ...]]) -> Workbook:
    """The sheet as an office would send it: title, perhaps a note row, table, perhaps total and signature."""
    book = Workbook()
    sheet = book.active
    sheet.title = "学员名册"
    last = get_column_letter(len(HEADERS))
    thin = Side(style="thin", color="999999")
    sheet.append([roster.title])
    sheet.merge_cells(f"A1:{last}1")
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    if roster.note_row:
        sheet.append([roster.note_row])
        sheet.merge_cells(f"A2:{last}2")
    sheet.append(HEADERS)
    head = sheet.max_row
    for row in rows:
        sheet.append([None if value == "" else value for value in row])
    for cells in sheet.iter_rows(min_row=head, max_row=sheet.max_row, max_col=len(HEADERS)):
        for cell in cells:
            cell.border = Border(thin, thin, thin, thin)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if cell.row == head:
                cell.font = Font(bold=True)
    if roster.footer:
        sheet.append(["合计", f"{len(rows)}人"])
        sheet.append(["填表人：", None, None, None, "审核人：", None, None, "联系电话："])
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"C{head + 1}"
    book.properties.creator = "dangxiao-houqin sample data"
    book.properties.created = book.properties.modified = datetime(2026, 1, 5)  # noqa: DTZ001 - a file property
    return book


def save_reproducibly(book: Workbook, path: Path) -> None:
    """Save without the moment of saving: the same people always give the same bytes."""
    raw = BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                stamp = b"2026-01-05T00:00:00Z"
                start = data.index(b"<dcterms:modified")
                start = data.index(b">", start) + 1
                data = data[:start] + stamp + data[data.index(b"<", start) :]
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main() -> None:
    """Write all rosters."""
    TARGET.mkdir(parents=True, exist_ok=True)
    people = People(seed=20260105)
    for roster in ROSTERS:
        rows = make_rows(roster, people)
        assert sum(row[2] == "男" for row in rows) == roster.men
        save_reproducibly(make_workbook(roster, rows), TARGET / roster.file)
        print(f"{roster.file}: {len(rows)}")


if __name__ == "__main__":
    main()
