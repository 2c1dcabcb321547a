"""The printouts of surveys: what the database gives to the pure functions in :mod:`.reports`.

Each is a pair: ``load_xxx(ctx, …)`` reads, ``xxx_pdf(data, progress)`` draws without a database.
"""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .domain.results import (
    EVERYTHING,
    By,
    ComparedCell,
    ComparedRow,
    Comparison,
    HistorySeries,
    HistoryView,
    PaperCount,
    ResultFilter,
)
from .domain.rules import SurveyRules
from .queries.atoms import read_scope
from .queries.comments import comment_summary, comments_withheld_words
from .queries.history import get_history
from .queries.questionnaires import get_version
from .queries.results import compare, get_results
from .queries.suggestions import get_suggestion
from .reports.paper_form import PaperForm, paper_form_pdf
from .reports.rate_chart import Guide
from .reports.suggestion_form import SuggestionForm, suggestion_form_pdf
from .reports.summary import Summary, summary_pdf
from .reports.yearly import Yearly, YearlyCell, YearlyRow, yearly_pdf
from .statistics import highest_of

__all__ = [
    "load_paper_form",
    "load_suggestion_form",
    "load_summary",
    "load_yearly",
    "paper_form_pdf",
    "suggestion_form_pdf",
    "summary_pdf",
    "yearly_pdf",
]


def load_paper_form(ctx: Ctx, version_id: int, subject: str = "", not_experienced: bool = True) -> PaperForm:
    """满意度测评表 of a version, ``subject`` (a class) heading its title; raises :class:`NotFound`."""
    shown = get_version(ctx, version_id)
    return PaperForm(shown.content, subject, not_experienced, f"{shown.row.name}　第{shown.row.number}版")


def load_suggestion_form(ctx: Ctx, suggestion_id: int) -> SuggestionForm:
    """意见建议处理单 of a case, as far as it has come; raises :class:`NotFound`."""
    school = ctx.settings(SchoolProfile)
    return SuggestionForm(
        get_suggestion(ctx, suggestion_id), school.full_name, school.leader_in_charge_label, ctx.now()
    )


def load_summary(ctx: Ctx, where: ResultFilter) -> Summary:
    """测评结果汇总表 of a scope; the rights of :func:`get_results`."""
    results = get_results(ctx, where)
    scope = read_scope(ctx, where)
    subjects = list(dict.fromkeys(campaign.subject for campaign in scope.campaigns))
    return Summary(
        results=results,
        subject=subjects[0]
        if len(subjects) == 1
        else f"{results.title}（{len(subjects)} 个班次）"
        if subjects
        else results.title,
        categories=comment_summary(ctx, where),
        withheld=comments_withheld_words(ctx, scope),
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def load_yearly(ctx: Ctx, by: By = By.YEAR, where: ResultFilter = EVERYTHING) -> Yearly:
    """历年满意率对比表 by year or term, with what was typed in; else classes, kinds or campaigns side by side."""
    if by in (By.YEAR, By.TERM) and where == EVERYTHING:
        return _history(ctx, get_history(ctx, by), compare(ctx, by))
    return _comparison(ctx, compare(ctx, by, where))


def _history(ctx: Ctx, view: HistoryView, measured: Comparison) -> Yearly:
    papers = {row.where: row.papers for row in measured.rows}
    by_period = {f"{where.year}年{where.term}": found for where, found in papers.items()}
    remarks = {
        (f"{row.where.year}年{row.where.term}", column.group_key): row.cell(column.key).remark
        for row in measured.rows
        for column in measured.columns
    }
    rows = tuple(
        YearlyRow(
            period,
            _papers(by_period.get(period)),
            tuple(_history_cell(one, period, remarks.get((period, one.key), "")) for one in view.series),
        )
        for period in view.periods
    )
    guides: dict[int, tuple[Guide, ...]] = {}
    targets: dict[int, float] = {}
    for place, one in enumerate(view.series):
        mine = [line for line in view.references if line.group_key == one.key]
        if mine:
            guides[place] = tuple(Guide(line.rate, f"{line.label} {line.rate:.0%}") for line in mine)
        if one.target is not None:
            targets[place] = one.target
    references = ("虚线所示他校公开值仅供参考，未注明份数、量表和公式，不参与比较。",) if view.references else ()
    return Yearly(
        title="历年后勤服务满意率对比表",
        what=view.by.label,
        scope="全部测评",
        columns=tuple(one.title for one in view.series),
        rows=rows,
        formula_text=view.formula_text,
        mark_text="历史最好",
        marks=tuple(f"{one.title}：{one.best.reason}" for one in view.series),
        notes=(*view.notes, *references),
        guides=guides,
        targets=targets,
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _history_cell(one: HistorySeries, period: str, remark: str) -> YearlyCell:
    point = one.at(period)
    if point is None:
        return YearlyCell(text=remark)
    words = remark
    if not point.measured:
        formula = point.formula.value if point.formula is not None else "公式未注明"
        words = f"{formula}，{point.source or '旧材料'}"
    return YearlyCell(point.rate, point.n, words, one.best.period == period)


def _comparison(ctx: Ctx, found: Comparison) -> Yearly:
    marked = {column.key: highest_of(found.rows, column.key) for column in found.columns}
    rules = ctx.settings(SurveyRules)
    lines = {target.group: target.percent / 100 for target in rules.targets}

    def row(one: ComparedRow, *, total: bool = False) -> YearlyRow:
        cells = (
            _compared_cell(one.cell(column.key), marked=not total and marked[column.key] == one.key)
            for column in found.columns
        )
        return YearlyRow(one.title, _papers(one.papers), tuple(cells), total)

    rows = [row(one) for one in found.rows]
    if found.total is not None:
        rows.append(row(found.total, total=True))
    return Yearly(
        title=f"后勤服务满意率对比表（按{found.by.label}）",
        what=found.by.label,
        scope=f"范围：{found.title}",
        columns=tuple(column.title for column in found.columns),
        rows=tuple(rows),
        formula_text=found.formula_text,
        mark_text=f"本表最高（各{found.by.label}中唯一最高的）",
        notes=found.notes,
        targets={place: lines[one.title] for place, one in enumerate(found.columns) if one.title in lines},
        by_time=found.by in (By.YEAR, By.TERM),
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _compared_cell(cell: ComparedCell, *, marked: bool) -> YearlyCell:
    if cell.figure is None:
        return YearlyCell(text=cell.remark)
    return YearlyCell(cell.figure.rate, cell.figure.n, cell.remark, marked)


def _papers(papers: PaperCount | None) -> str:
    return "" if papers is None else f"{papers.received}/{papers.expected}"
