"""What the import preview shows: a line per person, per problem, per row left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.modules.training.need_words import need_label
from dangxiao_houqin.modules.training.roster import Problem, RosterRow, SkippedRow
from dangxiao_houqin.modules.training.roster_import import ImportReview


@dataclass(frozen=True)
class PersonLine:
    """A person of the preview with what importing would do."""

    person: RosterRow
    change: Pill
    what: str
    problems: str


PEOPLE: tuple[Column[PersonLine], ...] = (
    Column("row", "行", lambda r: r.person.row, "int", width=52, align="center"),
    Column("change", "导入后", lambda r: r.change, "pill", width=84),
    Column("name", "姓名", lambda r: r.person.name, width=110),
    Column("sex", "性别", lambda r: r.person.sex, width=52, align="center"),
    Column("unit", "单位", lambda r: r.person.unit_name, width=170),
    Column("position", "职务", lambda r: r.person.position, width=130),
    Column("phone", "联系电话", lambda r: r.person.phone, "phone", width=120),
    Column("birth", "出生年月", lambda r: r.person.birth, width=92, align="center"),
    Column("ethnicity", "民族", lambda r: r.person.ethnicity, width=74),
    Column("group", "组别", lambda r: r.person.group_name, width=76),
    Column("needs", "需求", lambda r: "、".join(need_label(n.code) for n in r.person.needs), width=130),
    Column("note", "备注", lambda r: r.person.note, width=150),
    Column("what", "变化", lambda r: r.what, width=200),
    Column("problems", "问题", lambda r: r.problems, width=240),
)

PROBLEMS: tuple[Column[Problem], ...] = (
    Column(
        "severity",
        "程度",
        lambda p: Pill("错误", "error") if p.severity == "error" else Pill("提醒", "warning"),
        "pill",
        width=72,
    ),
    Column("sheet", "工作表", lambda p: p.sheet, width=90),
    Column("row", "行", lambda p: p.row, "int", width=56, align="center"),
    Column("column", "列", lambda p: p.column, width=110),
    Column("message", "问题和办法", lambda p: p.message, width=560),
)

SKIPPED: tuple[Column[SkippedRow], ...] = (
    Column("sheet", "工作表", lambda s: s.sheet, width=90),
    Column("row", "行", lambda s: s.row, "int", width=56, align="center"),
    Column("reason", "为什么不导入", lambda s: s.reason, width=300),
    Column("text", "这一行的内容", lambda s: s.text, width=480),
)


def person_lines(found: ImportReview) -> list[PersonLine]:
    """The people of a review in the file's order, each with what importing would do."""
    what: dict[tuple[str, int], tuple[Pill, str]] = {r.key: (Pill("新增", "success"), "") for r in found.changes.added}
    for change in found.changes.changed:
        text = "；".join(f"{c.title}：{_text(c.old)}→{_text(c.new)}" for c in change.changes)
        what[change.row.key] = (Pill("更新", "primary"), text)
    what |= {person.key: (Pill("不变", "neutral"), "") for _, person in found.changes.unchanged}
    lines = []
    for person in found.preview.people:
        pill, text = what.get(person.key, (Pill("新增", "success"), ""))
        problems = "；".join(p.message for p in found.preview.problems_of(person))
        lines.append(PersonLine(person, Pill("有错误", "error") if person.has_error else pill, text, problems))
    return lines


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(need_label(code) for code in value) or "空"
    return str(value or "空")


def person_key(line: PersonLine) -> tuple[str, int]:
    """The row of the file."""
    return line.person.key


def problem_key(problem: Problem) -> tuple[Any, ...]:
    """What tells two problems apart."""
    return (problem.sheet, problem.row, problem.column, problem.message)


def skipped_key(skipped: SkippedRow) -> tuple[str, int]:
    """The row of the file."""
    return (skipped.sheet, skipped.row)
