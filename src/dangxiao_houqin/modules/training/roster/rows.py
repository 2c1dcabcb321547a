"""One line of the table becomes one person, with a sentence for every doubtful cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from dangxiao_houqin.documents.sheets import CellValue
from dangxiao_houqin.modules.training.roster.dates import PartialDate, read_birth, read_stay_day
from dangxiao_houqin.modules.training.roster.identity import ReadId, plain_text, read_id, read_name, read_phone
from dangxiao_houqin.modules.training.roster.model import (
    Field,
    Need,
    Problem,
    RosterOptions,
    RosterRow,
    Severity,
    TableMapping,
    problem_at,
)
from dangxiao_houqin.modules.training.roster.needs import diet_needs, needs_in, read_yes_no, resolve_stay
from dangxiao_houqin.modules.training.roster.table import PersonLine
from dangxiao_houqin.modules.training.roster.units import UnitSplit, split_rank
from dangxiao_houqin.modules.training.roster.vocabulary import ETHNICITIES, POLITICAL, SEXES

_LEAST_AGE = 16
_NO_RESULT = "这个单元格是没有计算结果的公式或错误值，请改填内容本身。"
_REFUSES_FORMULAS = frozenset({Field.NAME, Field.ID_NUMBER, Field.SEQUENCE, Field.SEX, Field.LODGING, Field.PHONE})


class RowReader:
    """Reads the lines of one import; per-column results are cached, so that repeated texts cost nothing."""

    def __init__(self, options: RosterOptions, splits: Mapping[str, UnitSplit]) -> None:
        self.options = options
        self.problems: list[Problem] = []
        self._splits = splits

    def read(self, line: PersonLine, order: int, corrections: Mapping[Field, str]) -> RosterRow:
        """The person of this line; problems are appended to :attr:`problems`."""
        values: Mapping[Field, CellValue] = {**line.values, **corrections} if corrections else line.values
        mapping = line.mapping
        texts = {f: v if type(v) is str else plain_text(v) for f, v in line.values.items() if v != ""}
        found: list[tuple[Field, Severity, str]] = []
        get = values.get

        name = read_name(plain_text(get(Field.NAME, "")))
        if not name.value:
            found.append((Field.NAME, "error", "没有姓名，请补填；如不是学员，请选择跳过这一行。"))
        elif name.error:
            found.append((Field.NAME, "error", name.error))
        elif name.warning:
            found.append((Field.NAME, "warning", name.warning))

        if line.was_hidden:
            found.append((Field.NAME, "warning", "这一行在原表中是隐藏的，请确认此人是否仍要参加；不参加请选择跳过。"))

        identity = read_id(get(Field.ID_NUMBER, ""))
        if identity.error:
            found.append((Field.ID_NUMBER, "error", identity.error))
        elif identity.warning:
            found.append((Field.ID_NUMBER, "warning", identity.warning))
        if identity.birth is not None and not self._grown_up(identity.birth):
            found.append((Field.ID_NUMBER, "warning", "按身份证号推算的年龄不像在职干部，请核对身份证号。"))

        sex, from_id = self._sex(get(Field.SEX, "") or name.sex, identity, mapping, found)
        birth = self._birth(get(Field.BIRTH, ""), identity, found)
        phone = read_phone(get(Field.PHONE, ""))
        if phone.error:
            found.append((Field.PHONE, "error", phone.error))
        elif phone.warning:
            found.append((Field.PHONE, "warning", phone.warning))
        elif not phone.value and mapping.column(Field.PHONE):
            found.append((Field.PHONE, "warning", "没有联系电话，请补填，以便通知报到。"))
        office = (
            read_phone(get(Field.OFFICE_PHONE, ""), landline_is_fine=True).value if Field.OFFICE_PHONE in values else ""
        )

        unit, position, rank = self._unit(values, line, found)
        notes = corrections[Field.NOTE] if Field.NOTE in corrections else _note_text(line)
        if name.remark:
            notes = f"{notes}；{name.remark}" if notes else name.remark
        needs = needs_in(notes) if notes else ()
        diet_text = plain_text(get(Field.DIET, ""))
        if diet_text:
            known = {need.code for need in needs}
            needs += tuple(n for n in diet_needs(diet_text, mapping.header(Field.DIET)) if n.code not in known)

        lodging = self._yes_no(Field.LODGING, values, "error", "无法判断“{}”是住宿还是不住宿，请填“是”或“否”。", found)
        lodging, needs = _settled_lodging(lodging, needs, found)
        meals = self._yes_no(Field.MEALS, values, "warning", "无法判断“{}”是否用餐，请填“是”或“否”。", found)
        arrive, leave = self._stay(values, needs, found)
        found.extend(
            (f, "error", _NO_RESULT) for f in line.unresolved if f not in _REFUSES_FORMULAS and f not in corrections
        )
        ethnicity = self._ethnicity(plain_text(get(Field.ETHNICITY, "")) or name.ethnicity, found)

        group = _one_line(plain_text(get(Field.GROUP, ""))) or line.heading_group
        political = _political(plain_text(get(Field.POLITICAL, "")))
        education = _one_line(plain_text(get(Field.EDUCATION, "")))
        for about, text, limit in (
            (Field.UNIT, unit, 150),
            (Field.POSITION, position, 150),
            (Field.RANK, rank, 40),
            (Field.NOTE, notes, 1000),
            (Field.GROUP, group, 40),
            (Field.POLITICAL, political, 30),
            (Field.EDUCATION, education, 30),
        ):
            if len(text) > limit:
                found.append((about, "error", f"{about.label}超过 {limit} 个字，请缩短后再导入。"))
        self.problems.extend(problem_at(mapping, line.row, f, severity, text) for f, severity, text in found)
        return RosterRow(
            mapping.sheet,
            line.row,
            order,
            name.value,
            sex,
            ethnicity,
            birth,
            political,
            education,
            unit,
            position,
            rank,
            identity.value,
            phone.value,
            office,
            group,
            _plate(plain_text(get(Field.PLATE, ""))),
            lodging,
            meals,
            arrive,
            leave,
            needs,
            notes,
            from_id,
            any(severity == "error" for _, severity, _ in found),
            texts,
            line.extra,
        )

    def _grown_up(self, birth: date) -> bool:
        age = self.options.today.year - birth.year
        return _LEAST_AGE <= age < 100

    def _sex(
        self, value: CellValue, identity: ReadId, mapping: TableMapping, found: list[tuple[Field, Severity, str]]
    ) -> tuple[str, bool]:
        """(sex, taken from the identity number)."""
        text = plain_text(value) if value != "" else ""
        said = SEXES.get(text) or SEXES.get("".join(text.split()).lower(), "")
        if said:
            if identity.sex and identity.sex != said:
                found.append(
                    (
                        Field.SEX,
                        "error",
                        f"性别填“{said}”，但身份证号第 17 位表明是“{identity.sex}”，请核对后改正其中一个。",
                    )
                )
            return said, False
        if identity.sex:
            if text:
                found.append(
                    (Field.SEX, "warning", f"性别“{text}”无法识别，已按身份证号填为“{identity.sex}”，请核对。")
                )
            elif mapping.column(Field.SEX):
                found.append((Field.SEX, "warning", f"没有填性别，已按身份证号填为“{identity.sex}”，请核对。"))
            return identity.sex, True
        if text:
            found.append((Field.SEX, "error", f"性别“{text}”无法识别，请填“男”或“女”，否则无法安排住宿。"))
        else:
            found.append((Field.SEX, "error", "没有性别，也没有可用的身份证号，请填“男”或“女”，否则无法安排住宿。"))
        return "", False

    def _birth(self, value: CellValue, identity: ReadId, found: list[tuple[Field, Severity, str]]) -> str:
        from_id = identity.birth
        if value == "" or (type(value) is str and not plain_text(value)):
            return str(PartialDate(from_id.year, from_id.month, from_id.day)) if from_id else ""
        read = read_birth(value, self.options.today)
        if read.value is None:
            if from_id:
                found.append(
                    (Field.BIRTH, "warning", f"出生年月“{plain_text(value)}”无法识别，已按身份证号登记，请核对。")
                )
                return from_id.isoformat()
            found.append((Field.BIRTH, "error", f"出生年月“{plain_text(value)}”无法识别，请改为“1985.03”这样的写法。"))
            return ""
        born = read.value
        if read.ambiguous_october:
            if from_id and from_id.year == born.year and from_id.month in {1, 10}:
                return f"{born.year}-{from_id.month:02d}"
            if not from_id:
                found.append(
                    (
                        Field.BIRTH,
                        "warning",
                        f"“{plain_text(value)}”可能是 1 月也可能是 10 月，暂只记年份，请改写为“{born.year}.01”等。",
                    )
                )
                return str(born.year)
        if from_id is None:
            return str(born)
        same_month = born.year == from_id.year and born.month in {0, from_id.month}
        # The day that a date cell carries is often the 1st only because Excel wants one.
        if same_month and born.day in {0, 1, from_id.day}:
            return f"{born.year}-{born.month:02d}" if born.month and not born.day else from_id.isoformat()
        found.append((Field.BIRTH, "warning", f"出生年月“{born}”与身份证号中的“{from_id.isoformat()}”不一致，请核对。"))
        return str(born)

    def _unit(
        self, values: Mapping[Field, CellValue], line: PersonLine, found: list[tuple[Field, Severity, str]]
    ) -> tuple[str, str, str]:
        mapping = line.mapping
        unit = _one_line(plain_text(values.get(Field.UNIT, "")))
        position = _one_line(plain_text(values.get(Field.POSITION, "")))
        rank = _one_line(plain_text(values.get(Field.RANK, "")))
        both = _one_line(plain_text(values.get(Field.UNIT_AND_POSITION, "")))
        if both and not unit:
            split = self._splits.get("".join(both.split())) or UnitSplit(both, "", False)
            unit, position = split.unit, position or split.position
            if not split.sure:
                found.append(
                    (Field.UNIT_AND_POSITION, "warning", f"分不清“{both}”中的单位和职务，已全部记为单位，请核对。")
                )
        elif both and not position:
            position = both.removeprefix(unit).strip() or both
        combined = _one_line(plain_text(values.get(Field.POSITION_AND_RANK, "")))
        if combined:
            first, second = split_rank(combined)
            position, rank = position or first, rank or second
        if not unit:
            unit = line.heading_unit
        if not unit:
            about = Field.UNIT if mapping.column(Field.UNIT) else Field.UNIT_AND_POSITION
            if mapping.column(about):
                found.append((about, "error", "没有单位，请补填；如与上一行相同，也请写明。"))
        return unit, position, rank

    def _yes_no(
        self,
        about: Field,
        values: Mapping[Field, CellValue],
        severity: Severity,
        sentence: str,
        found: list[tuple[Field, Severity, str]],
    ) -> bool | None:
        value = values.get(about, "")
        if value == "":
            return None
        if isinstance(value, bool):
            return value
        answer = read_yes_no(plain_text(value))
        if isinstance(answer, str):
            kinds = {need.kind for need in needs_in(answer)} if about is Field.LODGING else set()
            if "no_lodging" in kinds:
                return False
            if "lodging" in kinds:
                return True
            found.append((about, severity, sentence.format(answer)))
            return None
        return answer

    def _stay(
        self, values: Mapping[Field, CellValue], needs: tuple[Need, ...], found: list[tuple[Field, Severity, str]]
    ) -> tuple[date | None, date | None]:
        options = self.options
        arrive, leave = resolve_stay(needs, options.arrive_on, options.leave_on) if needs else (None, None)
        for about in (Field.ARRIVAL, Field.DEPARTURE):
            value = values.get(about, "")
            own = options.arrive_on if about is Field.ARRIVAL else options.leave_on
            if value == "" or own is None or not plain_text(value):
                continue
            day = read_stay_day(value, own)
            if day is None:
                found.append(
                    (about, "warning", f"{about.label}“{plain_text(value)}”无法识别，请改为“3月5日”这样的写法。")
                )
            elif about is Field.ARRIVAL:
                arrive = day
            else:
                leave = day
        if options.arrive_on and options.leave_on:
            first, last = options.arrive_on - timedelta(days=3), options.leave_on + timedelta(days=3)
            if arrive is not None and not first <= arrive < options.leave_on:
                found.append(
                    (Field.ARRIVAL, "warning", f"报到日期 {arrive.isoformat()} 不在培训期间，未采用，请核对。")
                )
                arrive = None
            if leave is not None and not options.arrive_on < leave <= last:
                found.append(
                    (Field.DEPARTURE, "warning", f"离开日期 {leave.isoformat()} 不在培训期间，未采用，请核对。")
                )
                leave = None
        return (None if arrive == options.arrive_on else arrive), (None if leave == options.leave_on else leave)

    def _ethnicity(self, text: str, found: list[tuple[Field, Severity, str]]) -> str:
        known = ETHNICITIES.get(text)
        if known is not None:
            return known
        plain = "".join(text.split())
        if not plain or plain in ETHNICITIES:
            return ETHNICITIES.get(plain, "")
        if plain not in {"其他", "其他民族", "穿青人", "革家人", "入籍"}:
            found.append((Field.ETHNICITY, "warning", f"民族“{plain}”不在五十六个民族之内，已照原文登记，请核对。"))
        return plain[:20]


def _note_text(line: PersonLine) -> str:
    parts = [plain_text(value) for _, value in line.notes]
    return "；".join(dict.fromkeys(part for part in parts if part)) if parts else ""


def _settled_lodging(
    lodging: bool | None, needs: tuple[Need, ...], found: list[tuple[Field, Severity, str]]
) -> tuple[bool | None, tuple[Need, ...]]:
    """The column and the remark together; when they contradict each other the column counts and a warning asks."""
    if not needs:
        return lodging, needs
    for need in needs:
        if need.kind in {"no_lodging", "lodging"}:
            said = need.kind == "lodging"
            if lodging is None:
                lodging = said
            elif lodging is not said:
                column = "住宿" if lodging else "不住宿"
                found.append((Field.LODGING, "warning", f"“是否住宿”一栏为{column}，备注却写“{need.quote}”，请核对。"))
    return lodging, tuple(n for n in needs if n.kind not in {"no_lodging", "lodging"})


@lru_cache(maxsize=4096)
def _political(text: str) -> str:
    plain = "".join(text.split())
    return POLITICAL.get(plain.replace("（", "").replace("）", "").replace("(", "").replace(")", ""), plain)


def _one_line(text: str) -> str:
    return text if text.isalnum() else _squeezed_line(text)


@lru_cache(maxsize=16384)
def _squeezed_line(text: str) -> str:
    """One line; the blanks that pad Chinese words are dropped, those between Latin words stay."""
    words = text.split()
    if len(words) < 2:
        return text.strip()
    joined = words[0]
    for word in words[1:]:
        joined += f" {word}" if joined[-1].isascii() and word[0].isascii() else word
    return joined


@lru_cache(maxsize=4096)
def _plate(text: str) -> str:
    if not text or text in {"无", "/", "-", "—", "否"}:
        return ""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())[:20]
