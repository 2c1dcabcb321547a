"""测评结果汇总表 (domain/3-forms.md C.17): questions by group with subtotals, a chart, 计算口径, and 意见归类."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from dangxiao_houqin.core.columns import chinese_date, percent_text
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.painter import Painter
from dangxiao_houqin.documents.paper import (
    A4_LANDSCAPE,
    Cell,
    Drawing,
    GroupRow,
    Head,
    Row,
    Sheet,
    Table,
    TableColumn,
)
from dangxiao_houqin.modules.surveys.domain.questionnaires import QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import (
    ALL_QUESTIONS,
    CommentCategory,
    Figure,
    QuestionResult,
    Results,
)

from .rate_chart import HEIGHT, Bar, Cluster, draw_rates

TITLE: Final = "后勤服务满意度测评结果汇总表"
SIGNATURE: Final = ("统计人：{}", "复核人：", "日期：　　　　年　　月　　日")

_NUMBER, _RATE, _MEAN = 10.0, 22.0, 23.0
_LEVELS: Final[dict[int, tuple[float, ...]]] = {
    5: (28.0, 28.0, 28.0, 24.0, 24.0),
    4: (28.0, 28.0, 28.0, 24.0),
    0: (100.0,),
}
"""Widths of the levels; scales of different length put together have one column that says so."""
_MOST_BARS = 36


@dataclass(frozen=True)
class Summary:
    """Results of a scope with what the paper bears besides: ``subject`` is the class, ``categories`` 意见归类."""

    results: Results
    subject: str
    categories: tuple[CommentCategory, ...] = ()
    withheld: str = ""
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


def summary_sheets(data: Summary) -> list[Sheet]:
    """The table with its chart, and 意见归类 on a sheet of its own where there is any."""
    sheets = [_table_sheet(data)]
    if data.categories or data.withheld:
        sheets.append(_categories_sheet(data))
    return sheets


def summary_pdf(data: Summary, progress: Progress = no_progress) -> bytes:
    """测评结果汇总表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(summary_sheets(data), progress=progress)


def held_text(results: Results) -> str:
    """``2026年3月2日`` or the first and the last day."""
    if results.held is None:
        return ""
    first, last = results.held
    return chinese_date(first) if first == last else f"{chinese_date(first)}至{chinese_date(last)}"


def _papers_text(results: Results) -> str:
    papers = results.papers
    words = [f"发放 {papers.expected} 份", f"收回 {papers.received} 份", f"有效 {papers.valid} 份"]
    words.append("回收率 —" if papers.response_rate is None else f"回收率 {percent_text(papers.response_rate)}")
    words.append("有效率 —" if papers.valid_rate is None else f"有效率 {percent_text(papers.valid_rate)}")
    return "　".join(words)


def _table_sheet(data: Summary) -> Sheet:
    results = data.results
    widths = _LEVELS[len(results.levels)]
    heads = [f"{level}\n（人/%）" for level in results.levels] or ["各级人数"]
    item = A4_LANDSCAPE.usable_width - _NUMBER - _RATE - _MEAN - sum(widths)
    columns = (
        TableColumn("序号", _NUMBER, "center"),
        TableColumn("项目", item),
        *(TableColumn(head, width, "center") for head, width in zip(heads, widths, strict=True)),
        TableColumn("满意率", _RATE, "center"),
        TableColumn("平均分", _MEAN, "center"),
    )
    rows = _rows(results, len(widths))
    clusters = _clusters(results)
    notes = [results.formula_text, *results.notes]
    if results.papers.boxed:
        notes.append(f"另有 {results.papers.boxed} 份答卷在票箱里尚未收卷，没有计入；有效率只按已收卷的计算。")
    drawing = Drawing(HEIGHT, partial(_draw, clusters)) if any(_drawn(cluster) for cluster in clusters) else None
    return Sheet(
        title=TITLE,
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(f"班次：{data.subject}", f"测评日期：{held_text(results)}", _papers_text(results)),
        table=Table(
            columns, rows, row_height=7.5, header_height=11.0, empty_text=results.overall_remark or "（没有题目）"
        ),
        notes=tuple(notes),
        signature=_signature(data),
        printed_at=data.printed_at,
        drawing=drawing,
    )


def _signature(data: Summary) -> tuple[str, ...]:
    return tuple(part.format(data.prepared_by) for part in SIGNATURE)


def _rows(results: Results, levels: int) -> list[Row]:
    rows: list[Row] = []
    for group in results.groups:
        target = f"　目标 {group.target:g}%" if group.target is not None else ""
        rows.append(GroupRow(f"{group.title}{target}"))
        rows += [_question(question, levels) for question in group.questions]
        if any(question.kind is QuestionKind.SCALE for question in group.questions):
            rows.append(_line(Cell(), f"{group.title}小计", group.figure, group.remark, levels, bold=True))
    if any(isinstance(row, GroupRow) for row in rows):
        rows.append(_line(Cell(), ALL_QUESTIONS, results.overall, results.overall_remark, levels, bold=True))
    return rows


def _question(question: QuestionResult, levels: int) -> Row:
    if question.kind is QuestionKind.SCALE:
        return _line(Cell(question.number), question.text, question.figure, question.remark, levels)
    if question.choice is None:
        return [question.number, question.text, Cell(question.remark or "—", span=levels + 2, align="center")]
    text = f"{question.text}（n＝{question.choice.n}{_comma(question.remark)}）"
    options = "；".join(
        f"{option.text} {option.count}（{percent_text(option.share)}）" for option in question.choice.options
    )
    return [question.number, text, Cell(options, span=levels + 2, align="left")]


def _line(number: Cell, text: str, figure: Figure | None, remark: str, levels: int, *, bold: bool = False) -> Row:
    fill = 0.93 if bold else None
    if figure is None:
        why = Cell(remark or "—", span=levels + 2, align="center", bold=bold, fill=fill)
        return [Cell(number.value, fill=fill), Cell(text, bold=bold, fill=fill), why]
    beside = f"n＝{figure.n}"
    if bold and figure.formula.value != "F3":
        beside += f"，{figure.sample} 份"
    if figure.not_experienced:
        beside += f"，未体验 {figure.not_experienced}"
    both = zip(figure.counts, figure.shares, strict=True)
    counts = [f"{count}/{percent_text(share)}" for count, share in both] or ["量表不同，不合并"]
    rate = figure.rate_text
    if figure.interval is not None:
        rate += f"\n{figure.interval.low * 100:.1f}～{figure.interval.high * 100:.1f}"
    mean = figure.mean_text if figure.mean is None else f"{figure.mean_text}/{figure.top}"
    values: list[object] = [number.value, f"{text}（{beside}{_comma(remark)}）", *counts, rate, mean]
    return [Cell(value, bold=bold, fill=fill) for value in values]


def _comma(remark: str) -> str:
    return f"；{remark}" if remark else ""


# --------------------------------------------------------------------------------------------------- chart
def _clusters(results: Results) -> list[Cluster]:
    """Questions and subtotal of each group; with very many questions the subtotals alone."""
    asked = [
        (group, [question for question in group.questions if question.kind is QuestionKind.SCALE])
        for group in results.groups
    ]
    asked = [(group, questions) for group, questions in asked if questions]
    all_of_them = sum(len(questions) + 1 for _, questions in asked) <= _MOST_BARS
    found = []
    for group, questions in asked:
        bars = [_bar(str(question.number), question.figure) for question in questions] if all_of_them else []
        bars.append(_bar("小计", group.figure, strong=True))
        found.append(Cluster(group.title, bars, group.target / 100 if group.target is not None else None))
    return found


def _bar(label: str, figure: Figure | None, *, strong: bool = False) -> Bar:
    return Bar(label, figure.rate if figure else None, figure.n if figure else None, strong)


def _drawn(cluster: Cluster) -> bool:
    return any(bar.rate is not None for bar in cluster.bars)


def _draw(clusters: Sequence[Cluster], painter: Painter, x: float, y: float, width: float) -> None:
    draw_rates(painter, x, y, width, "各题满意率（%，横轴为序号；“—”为不显示）", clusters)


# ---------------------------------------------------------------------------------------------- 意见归类
def _categories_sheet(data: Summary) -> Sheet:
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("类别", 32),
        TableColumn("条数", 15, "center"),
        TableColumn("典型意见（脱敏）", 105),
        TableColumn("责任部门", 40),
        TableColumn("整改结果", 55),
    )
    rows: list[Row] = [
        [number, line.category, line.count, line.typical, line.department, line.outcome]
        for number, line in enumerate(data.categories, 1)
    ]
    notes = ["典型意见中的房号、电话等数字已隐去；意见与答卷、日期均无对应关系。"]
    if data.withheld:
        notes.append(data.withheld)
    return Sheet(
        title="意见归类",
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(f"班次：{data.subject}", "", f"测评日期：{held_text(data.results)}"),
        table=Table(columns, rows, empty_text="（没有可以显示的意见）"),
        notes=tuple(notes),
        signature=_signature(data),
        printed_at=data.printed_at,
    )
