"""Workbooks of results: figures as shown, and anonymous answers with suppression applied.

The answers come one row a paper in random order, without day, round or number.  Rounds with fewer valid papers than the
smallest sample are left out, and so are answers to a question that too few of a round answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Cell, GroupRow, Head, Row, Sheet, Table, TableColumn
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import (
    ALL_QUESTIONS,
    ComparedRow,
    Comparison,
    Figure,
    QuestionResult,
    ResultFilter,
    Results,
)
from dangxiao_houqin.modules.surveys.domain.rules import EXPORT
from dangxiao_houqin.modules.surveys.models import SurveyChoice, SurveyRating, SurveyResponse
from dangxiao_houqin.modules.surveys.queries.atoms import (
    Scope,
    published_rounds,
    read_choices,
    read_ratings,
    read_scope,
)
from dangxiao_houqin.modules.surveys.queries.results import scope_title


# ------------------------------------------------------------------------------------------------- figures
def _percent(rate: float | None) -> float | None:
    """In percent; only a whole share is 100."""
    if rate is None:
        return None
    return 99.99 if 0.9999 < rate < 1 - 1e-12 else round(rate * 100, 2)


def results_xlsx(progress: Progress, path: Path, results: Results) -> Path:
    """Figures of a scope with n, interval and formula; what was left out is said in its row."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [_figures(results), *_choices(results)], progress=progress)
    return path


def _figures(results: Results) -> Sheet:
    levels = results.levels
    columns = (
        TableColumn("题号", 12, "center"),
        TableColumn("项目", 70),
        TableColumn("有效评价 n", 24, "right"),
        *(TableColumn(f"{level}（人）", 26, "right") for level in levels),
        TableColumn("未体验（人）", 26, "right"),
        TableColumn("满意率（%）", 24, "right"),
        TableColumn("95%区间下限（%）", 30, "right"),
        TableColumn("95%区间上限（%）", 30, "right"),
        TableColumn("平均分", 20, "right"),
        TableColumn("说明", 70),
    )
    rows: list[Row] = []
    for group in results.groups:
        asked = [question for question in group.questions if question.kind is QuestionKind.SCALE]
        if asked:
            rows.append(GroupRow(group.title))
            rows += [_line(one.number, one.text, one.figure, one.remark, len(levels)) for one in asked]
            rows.append(_line("", f"{group.title}小计", group.figure, group.remark, len(levels), bold=True))
    if rows:
        rows.append(_line("", ALL_QUESTIONS, results.overall, results.overall_remark, len(levels), bold=True))
    return Sheet(
        title="测评结果",
        paper=A4_LANDSCAPE,
        head=Head(results.title, "", results.papers.sentence),
        table=Table(columns, rows, empty_text="（没有可以显示的结果）"),
        notes=(results.formula_text, *results.notes),
    )


def _line(number: object, text: str, figure: Figure | None, remark: str, levels: int, *, bold: bool = False) -> Row:
    counts: tuple[int | None, ...] = (None,) * levels
    values: list[object] = [number, text, None, *counts, None, None, None, None, None, remark]
    if figure is not None:
        interval = figure.interval
        values = [
            number,
            text,
            figure.n,
            *(figure.counts or counts),
            figure.not_experienced,
            _percent(figure.rate),
            _percent(interval.low) if interval else None,
            _percent(interval.high) if interval else None,
            None if figure.mean is None else round(figure.mean, 2),
            remark,
        ]
    return [Cell(value, bold=bold) for value in values]


def _choices(results: Results) -> list[Sheet]:
    """是否 and choices, a line an option; no sheet where nothing of the kind was asked."""
    asked = [
        question
        for group in results.groups
        for question in group.questions
        if question.kind not in (QuestionKind.SCALE, QuestionKind.TEXT)
    ]
    if not asked:
        return []
    columns = (
        TableColumn("题号", 12, "center"),
        TableColumn("题目", 70),
        TableColumn("选项", 50),
        TableColumn("选择人数", 24, "right"),
        TableColumn("有效份数 n", 24, "right"),
        TableColumn("占比（%）", 24, "right"),
        TableColumn("说明", 70),
    )
    rows: list[Row] = [row for question in asked for row in _options(question)]
    note = "计算口径：占比＝选择人数÷本题有效份数×100%；多选题各项占比之和可超过 100%。"
    return [Sheet(title="选择题", paper=A4_LANDSCAPE, table=Table(columns, rows), notes=(note,))]


def _options(question: QuestionResult) -> list[Row]:
    if question.choice is None:
        return [[question.number, question.text, "", None, None, None, question.remark]]
    return [
        [
            question.number,
            question.text,
            option.text,
            option.count,
            question.choice.n,
            _percent(option.share),
            question.remark,
        ]
        for option in question.choice.options
    ]


def comparison_xlsx(progress: Progress, path: Path, comparison: Comparison) -> Path:
    """Classes, kinds, terms or years side by side: rate and n of every column."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    columns = [
        TableColumn(comparison.by.label, 60),
        TableColumn("应收", 16, "right"),
        TableColumn("收回", 16, "right"),
        TableColumn("有效", 16, "right"),
        TableColumn("回收率（%）", 22, "right"),
    ]
    for column in comparison.columns:
        columns += [
            TableColumn(f"{column.title}\n满意率（%）", 30, "right"),
            TableColumn(f"{column.title}\nn", 20, "right"),
            TableColumn(f"{column.title}\n说明", 30),
        ]
    found = [*comparison.rows, *([comparison.total] if comparison.total is not None else [])]
    rows = [_compared(comparison, row, bold=row is comparison.total) for row in found]
    sheet = Sheet(
        title=f"满意率对比（按{comparison.by.label}）",
        paper=A4_LANDSCAPE,
        head=Head(comparison.title),
        table=Table(tuple(columns), rows, empty_text="（没有可以显示的结果）"),
        notes=(comparison.formula_text, *comparison.notes),
    )
    write_form(path, [sheet], progress=progress)
    return path


def _compared(comparison: Comparison, row: ComparedRow, *, bold: bool) -> Row:
    papers = row.papers
    values: list[object] = [row.title, papers.expected, papers.received, papers.valid, _percent(papers.response_rate)]
    for column in comparison.columns:
        cell = row.cell(column.key)
        values += [
            _percent(cell.figure.rate) if cell.figure else None,
            cell.figure.n if cell.figure else None,
            cell.remark,
        ]
    return [Cell(value, bold=bold) for value in values]


# ------------------------------------------------------------------------------------------------- answers
@dataclass(frozen=True)
class AnswerLine:
    """One paper: the campaign it belongs to, and its answers by column key."""

    campaign: str
    answers: Mapping[str, object]


@dataclass(frozen=True)
class AnswerSheet:
    """Anonymous answers: ``questions`` as (column key, words), ``rows`` in random order, ``note`` above them."""

    title: str
    questions: tuple[tuple[str, str], ...]
    rows: tuple[AnswerLine, ...]
    note: str


def load_answers(ctx: Ctx, where: ResultFilter) -> AnswerSheet:
    """Papers that may leave the house, and an entry in the log that they did.

    Raises :class:`RuleViolation` when there are none.
    """
    ctx.require(EXPORT)
    scope = read_scope(ctx, where)
    rounds, few = published_rounds(ctx, [campaign.id for campaign in scope.counted], scope.minimum)
    papers = _papers(ctx, scope, rounds)
    if not papers:
        raise RuleViolation(f"没有可以导出的答卷：还没有收卷，或每一轮的有效答卷都不足 {scope.minimum} 份。")
    ctx.progress(0.2, "正在读取答卷")
    _put_ratings(ctx, scope, rounds, papers)
    _put_choices(ctx, scope, rounds, papers)
    lines = [AnswerLine(campaign, answers) for campaign, answers in papers.values()]
    secrets.SystemRandom().shuffle(lines)
    questions = tuple(
        (_key(question), f"{place}. {question.text}")
        for _, question, place in scope.asked()
        if question.kind is not QuestionKind.TEXT
    )
    title = scope_title(scope, where)
    ctx.record("surveys.export_answers", entity="survey_campaign", entity_id=where.campaign_id, label=title)
    left_out = f"；{few} 轮收卷不足 {scope.minimum} 份，未导出" if few else ""
    note = f"评分数字越大越好；空白为未答，或该题有效评价不足 {scope.minimum} 份{left_out}"
    return AnswerSheet(title, questions, tuple(lines), note)


_Papers = dict[int, tuple[str, dict[str, object]]]


def _papers(ctx: Ctx, scope: Scope, rounds: Mapping[int, set[int]]) -> _Papers:
    """Valid papers of published rounds by their random number."""
    titles = {campaign.id: campaign.title for campaign in scope.counted}
    statement = select(SurveyResponse.id, SurveyResponse.campaign_id, SurveyResponse.round).where(
        SurveyResponse.valid, SurveyResponse.campaign_id.in_(rounds)
    )
    return {
        number: (titles[campaign], {})
        for number, campaign, at in ctx.session.execute(statement)
        if at in rounds.get(campaign, ())
    }


def _put_ratings(ctx: Ctx, scope: Scope, rounds: Mapping[int, set[int]], papers: _Papers) -> None:
    published = {(atom.campaign, atom.question, atom.round) for atom in read_ratings(ctx, scope)}
    contents = _contents(scope)
    statement = select(
        SurveyRating.campaign_id,
        SurveyRating.question,
        SurveyRating.round,
        SurveyRating.response_id,
        SurveyRating.value,
    ).where(SurveyRating.counted, SurveyRating.campaign_id.in_(rounds))
    for campaign, number, at, paper, value in ctx.session.execute(statement):
        if (campaign, number, at) in published and paper in papers:
            content = contents[campaign]
            papers[paper][1][_key(content.by_number[number])] = value or content.label_of(0)


def _put_choices(ctx: Ctx, scope: Scope, rounds: Mapping[int, set[int]], papers: _Papers) -> None:
    published = {(atom.campaign, atom.question, atom.round) for atom in read_choices(ctx, scope)}
    contents = _contents(scope)
    statement = (
        select(
            SurveyChoice.campaign_id,
            SurveyChoice.question,
            SurveyChoice.round,
            SurveyChoice.response_id,
            SurveyChoice.option,
        )
        .where(SurveyChoice.counted, SurveyChoice.campaign_id.in_(rounds))
        .order_by(SurveyChoice.response_id, SurveyChoice.option)
    )
    for campaign, number, at, paper, option in ctx.session.execute(statement):
        if (campaign, number, at) in published and paper in papers:
            question = contents[campaign].by_number[number]
            answers, key = papers[paper][1], _key(question)
            word = question.choices[option - 1]
            answers[key] = f"{answers[key]}；{word}" if key in answers else word


def _contents(scope: Scope) -> dict[int, Content]:
    return {campaign.id: scope.contents[campaign.version_id] for campaign in scope.counted}


def _key(question: Question) -> str:
    return f"{question.code}:{question.kind.value}"


def answers_xlsx(progress: Progress, path: Path, sheet: AnswerSheet) -> Path:
    """One row a paper; ratings are numbers, choices words."""
    from dangxiao_houqin.documents.xlsx_write import write_list

    columns: list[Column[AnswerLine]] = [Column("campaign", "测评", lambda line: line.campaign, width=200)]
    columns += [
        Column(key, words, partial(_answer, key), "number", width=90, align="center") for key, words in sheet.questions
    ]
    write_list(path, f"{sheet.title}匿名答卷（{sheet.note}）", columns, sheet.rows, progress=progress)
    return path


def _answer(key: str, line: AnswerLine) -> object:
    return line.answers.get(key)
