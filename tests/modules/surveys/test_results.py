"""What the results show and what they keep back; remarks, history, exports and papers, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.api import scores
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.questionnaires import Question, QuestionGroup
from dangxiao_houqin.modules.surveys.domain.results import OVERALL, By, ResultFilter, SaveHistoryFigure
from dangxiao_houqin.modules.surveys.domain.rules import COMMENTS, EXPORT, VIEW, Formula, SurveyRules
from dangxiao_houqin.modules.surveys.printouts import load_summary, load_yearly, summary_pdf, yearly_pdf
from dangxiao_houqin.modules.surveys.queries.comments import blotted, comments_withheld, list_comments
from dangxiao_houqin.modules.surveys.queries.history import get_history, history_groups, list_history_figures
from dangxiao_houqin.modules.surveys.queries.results import compare, get_results, scope_options
from dangxiao_houqin.modules.surveys.services import delete_history_figure, file_comments, save_history_figure
from dangxiao_houqin.modules.surveys.transfer.results_sheet import (
    answers_xlsx,
    comparison_xlsx,
    load_answers,
    results_xlsx,
)
from tests.modules.surveys.answered import answer, answered_class, put_in, rated
from tests.modules.surveys.ballots import add_campaign, small_content
from tests.support.paper import pdf_pages, squeezed

Unit = Callable[..., AbstractContextManager[Ctx]]


def keep(ctx: Ctx, rules: SurveyRules) -> None:
    save_settings(ctx.session, rules)
    ctx.forget_settings()


def said(*texts: str) -> list[Answers]:
    return [Answers({1: 5, 2: 5, 3: 5}, {}, {6: text}) for text in texts]


def test_a_question_shows_its_rate_n_interval_and_mean(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        campaign = answered_class(ctx, 1, [*rated(5, 6), *rated(4, 2), *rated(2, 2), *rated(0, 1)])
        found = get_results(ctx, ResultFilter(campaign.id))
    lodging = found.groups[0]
    figure = lodging.questions[0].figure
    assert figure is not None
    assert (figure.n, figure.counts, figure.not_experienced, figure.sample) == (10, (6, 2, 0, 2, 0), 1, 10)
    assert (figure.rate, figure.mean) == (pytest.approx(0.8), pytest.approx(4.2))
    assert lodging.figure is not None
    assert (lodging.figure.n, lodging.figure.sample) == (20, 10)
    assert found.papers.sentence == "应收 50 份，收回 11 份，有效 11 份，回收率 22.0%，有效率 100.0%"
    assert lodging.target == 95.0
    assert lodging.pill is not None
    assert lodging.pill.text == "未达目标"


def test_a_question_that_four_answered_is_in_no_cell_and_no_total(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        papers = [*rated(5, 4), *rated(1, 6, (1, 3))]  # question 2 has four answers, all the best
        campaign = answered_class(ctx, 1, papers)
        found = get_results(ctx, ResultFilter(campaign.id))
    hidden = found.groups[0].questions[1]
    assert hidden.figure is None
    assert hidden.remark == "有效评价不足 5 份，不显示"
    assert found.groups[0].figure is not None
    assert found.groups[0].figure.n == 10
    assert found.groups[0].remark == "另有 1 题次不足 5 份，未计入"
    assert found.overall is not None
    assert found.overall.n == 20


def test_a_small_class_is_left_out_of_its_kind_and_said_in_words(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(5, 8))
        answered_class(ctx, 2, rated(1, 4))
        found = get_results(ctx, ResultFilter(class_kind="主体班"))
        table = compare(ctx, By.SUBJECT)
    assert found.overall is not None
    assert (found.overall.rate, found.overall.n) == (1.0, 24)
    assert found.overall_remark == "另有 1 个班不足 5 份，未计入"
    assert found.papers.received == 12
    small = next(row for row in table.rows if row.title == "第2期虚构班")
    assert small.cell(OVERALL).figure is None
    assert small.cell(OVERALL).remark == "有效评价不足 5 份，不显示"
    assert table.total is not None
    total = table.total.cell(OVERALL).figure
    assert total is not None
    assert total.n == 24


def test_papers_in_a_sealed_box_are_counted_and_not_read(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        campaign = add_campaign(ctx)
        answer(ctx, campaign, rated(5, 6), close=False)
        put_in(ctx, campaign, rated(1, 7))
        found = get_results(ctx, ResultFilter(campaign.id))
        options = scope_options(ctx)
    assert (found.papers.received, found.papers.boxed, found.papers.valid) == (13, 7, 6)
    assert found.overall is not None
    assert found.overall.rate == 1.0
    assert options.campaigns[0].counted


def test_before_the_box_is_opened_nothing_is_known(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        campaign = add_campaign(ctx)
        put_in(ctx, campaign, rated(1, 7))
        found = get_results(ctx, ResultFilter(campaign.id))
    assert found.empty
    assert found.overall_remark == "尚未收卷，暂无结果"
    assert found.groups[0].questions[0].remark == "尚未收卷，暂无结果"


def test_choices_count_papers_and_not_crosses(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        papers = [Answers({1: 5, 2: 5, 3: 5}, {4: (1,), 5: (1, 2)}) for _ in range(6)]
        papers += [Answers({1: 5, 2: 5, 3: 5}, {4: (2,)}) for _ in range(2)]
        campaign = answered_class(ctx, 1, papers)
        questions = {one.code: one for one in get_results(ctx, ResultFilter(campaign.id)).groups[1].questions}
    yes = questions["recommend"].choice
    assert yes is not None
    assert [(option.text, option.count) for option in yes.options] == [("是", 6), ("否", 2)]
    assert yes.options[0].share == 0.75
    several = questions["improve"].choice
    assert several is not None
    assert several.n == 6
    assert [option.count for option in several.options] == [6, 6, 0]


def test_years_and_versions_are_compared_by_code(unit: Unit) -> None:
    old = small_content()
    renamed = replace(
        old,
        groups=(
            QuestionGroup("lodging", "住宿条件", (Question(7, "clean", "房间是否整洁"),)),
            *old.groups[1:],
        ),
    )
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(5, 6), content=old, held_on=date(2025, 9, 1))
        answered_class(ctx, 2, rated(4, 6, (7, 3)), content=renamed, held_on=date(2026, 3, 1))
        table = compare(ctx, By.TERM, questions=True)
        whole = get_results(ctx, ResultFilter())
    assert [row.title for row in table.rows] == ["2025年秋季", "2026年春季"]
    titles = {column.key: column.title for column in table.columns}
    assert titles["q:clean"] == "房间是否整洁"
    assert titles["g:lodging"] == "住宿条件"
    assert all(row.cell("q:clean").figure is not None for row in table.rows)
    clean = whole.groups[0].questions[0].figure
    assert clean is not None
    assert clean.n == 12


def test_the_setting_can_raise_the_smallest_sample_and_not_lower_it(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        campaign = answered_class(ctx, 1, rated(5, 7))
        keep(ctx, SurveyRules(minimum=8))
        assert get_results(ctx, ResultFilter(campaign.id)).empty
        keep(ctx, SurveyRules(minimum=5, formula="F3"))
        found = get_results(ctx, ResultFilter(campaign.id))
    assert found.overall is not None
    assert found.overall.interval is None
    assert found.formula_text.startswith("计算口径（F3）：满意率＝平均分÷满分")


# ------------------------------------------------------------------------------------------------ remarks
def test_remarks_come_without_order_and_only_of_large_rounds(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, said(*(f"第{place}条意见" for place in range(8))))
        answered_class(ctx, 2, said("人太少，看得出是谁"))
        found = list_comments(ctx, ListQuery(sort="text"))
        assert found.total == 8
        assert all("人太少" not in row.text for row in found.rows)
        assert [row.id for row in found.rows] == sorted(row.id for row in found.rows)
        assert list_comments(ctx, ListQuery(search="第3条")).total == 1
        assert comments_withheld(ctx, ResultFilter()) == "另有 1 轮收卷的有效答卷不足 5 份，意见原文不显示。"
        assert file_comments(ctx, [row.id for row in found.rows[:3]], "住宿") == 3
        assert list_comments(ctx, ListQuery(filters={"category": "住宿"})).total == 3
        assert list_comments(ctx, ListQuery(filters={"uncategorized": True})).total == 5
        assert list_comments(ctx, ListQuery(filters={"question": "remarks", "year": 1999})).total == 0


def test_remarks_need_their_own_right(unit: Unit) -> None:
    with unit("surveys.test", actor=Actor(1, "领导", frozenset({VIEW.key}))) as ctx:
        with pytest.raises(PermissionDenied):
            list_comments(ctx, ListQuery())
        with pytest.raises(PermissionDenied):
            load_answers(ctx, ResultFilter())
        assert get_results(ctx, ResultFilter()).empty
    assert COMMENTS.key != VIEW.key


def test_numbers_that_tell_who_wrote_are_blotted_out() -> None:
    assert blotted("302房 电话13900001234，水温28度") == "×××房 电话×××，水温28度"


# ------------------------------------------------------------------------------------------------ history
def typed(year: int, rate_bp: int, formula: Formula | None = Formula.F1, **more: object) -> SaveHistoryFigure:
    return replace(SaveHistoryFigure(year, "lodging", "住宿", rate_bp, formula=formula), **more)  # type: ignore[arg-type]


def test_typed_and_measured_years_stand_in_one_series(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(5, 6), held_on=date(2025, 9, 1))
        for year, rate in ((2022, 9120), (2023, 9350), (2025, 5000)):
            save_history_figure(ctx, typed(year, rate))
        view = get_history(ctx)
        lodging = next(series for series in view.series if series.key == "lodging")
        assert view.periods == ("2022年", "2023年", "2025年")
        assert lodging.best.period == "2025年"
        assert lodging.at("2025年") is not None
        assert [point.shadowed for point in lodging.points] == [False, False, False, True]
        assert view.references == ()
        save_history_figure(ctx, typed(2021, 9000, None))
        assert "没有注明" in next(one for one in get_history(ctx).series if one.key == "lodging").best.reason


def test_another_schools_figures_are_shown_only_on_request_and_never_compared(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        save_history_figure(ctx, typed(2022, 9120))
        save_history_figure(ctx, typed(2023, 9130))
        save_history_figure(ctx, typed(2014, 9900, None, own=False, source="虚构县委党校"))
        keep(ctx, SurveyRules(show_reference=True))
        view = get_history(ctx)
    assert [(line.group_key, line.rate) for line in view.references] == [("canteen", 0.91), ("lodging", 0.99)]
    assert "他校公开值" in view.references[1].label
    assert view.series[0].best.period == "2023年"


def test_history_refuses_what_cannot_be(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        number = save_history_figure(ctx, typed(2022, 9120, source="年报"))
        with pytest.raises(RuleViolation, match="已有本校数据"):
            save_history_figure(ctx, typed(2022, 9000, source="另一份材料"))
        for wrong, words in (
            (typed(2022, 10_001), "0% 到 100%"),
            (typed(1900, 9000), "年度"),
            (typed(2100, 9000), "年度"),
            (typed(2021, 9000, answers=0), "至少是 1"),
            (typed(2021, 9000, own=False), "出处"),
            (typed(2021, 9000, note="长" * 201), "最多 200 个字"),
        ):
            with pytest.raises(InvalidInput, match=words):
                save_history_figure(ctx, wrong)
        row = list_history_figures(ctx, ListQuery(filters={"own": True})).rows[0]
        save_history_figure(ctx, typed(2022, 9220, figure_id=number, version=row.version))
        row = list_history_figures(ctx, ListQuery(sort="rate", descending=True)).rows[0]
        assert row.rate == pytest.approx(0.922)
        delete_history_figure(ctx, number, row.version)
        assert list_history_figures(ctx, ListQuery()).total == 0
        assert history_groups(ctx)[0] == (OVERALL, "全部项目")


# ------------------------------------------------------------------------------------------ out of the house
def test_answers_leave_only_logged_and_without_day_or_round(unit: Unit, tmp_path: Path) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, [Answers({1: 5, 2: 0, 3: 3}, {5: (1, 3)}) for _ in range(6)])
        sheet = load_answers(ctx, ResultFilter())
        answers_xlsx(no_progress, tmp_path / "a.xlsx", sheet)
        ctx.session.flush()
        logged = ctx.session.scalars(select(AuditEntry).where(AuditEntry.action == "surveys.export_answers")).all()
    rows = list(load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1] == ("测评", "1. 房间清洁程度", "2. 安静与安全管理", "3. 菜品口味", "4. 是否愿意推荐", "5. 最需改进")
    assert rows[2] == ("第1期虚构班测评", 5, None, 3, None, "住宿；教学")
    assert len(rows) == 8
    assert [entry.label for entry in logged] == ["全部测评"]


def test_nothing_to_export_is_said(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(5, 4))
        with pytest.raises(RuleViolation, match="不足 5 份"):
            load_answers(ctx, ResultFilter())
    assert EXPORT.key == "surveys.export"


def test_figures_in_a_workbook_are_numbers_beside_their_formula(unit: Unit, tmp_path: Path) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(5, 9))
        answered_class(ctx, 2, rated(2, 3))
        results_xlsx(no_progress, tmp_path / "r.xlsx", get_results(ctx, ResultFilter()))
        comparison_xlsx(no_progress, tmp_path / "c.xlsx", compare(ctx, By.SUBJECT))
    cells = [cell for row in load_workbook(tmp_path / "r.xlsx")["测评结果"].values for cell in row]
    assert 100 in cells
    assert any("计算口径（F1）" in str(cell) for cell in cells)
    assert "另有 1 个班不足 5 份，未计入" in cells
    other = [cell for row in load_workbook(tmp_path / "c.xlsx").active.values for cell in row]  # type: ignore[union-attr]
    assert "有效评价不足 5 份，不显示" in other


def test_papers_are_drawn_of_anything(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        filled = answered_class(ctx, 1, rated(5, 9), name="全县基层党组织书记" * 5)
        empty = add_campaign(ctx)
        wheres = [ResultFilter(filled.id), ResultFilter(empty.id), ResultFilter(year=1999), ResultFilter()]
        summaries = [load_summary(ctx, where) for where in wheres]
        tables = [load_yearly(ctx, by) for by in By]
    for summary in summaries:
        assert summary_pdf(summary).startswith(b"%PDF")
    printed = squeezed("".join(pdf_pages(summary_pdf(summaries[0]))))
    assert "全部项目" in printed
    for table in tables:
        assert yearly_pdf(table).startswith(b"%PDF")


def test_scores_for_awards_carry_their_n(unit: Unit) -> None:
    with unit("surveys.test") as ctx:
        answered_class(ctx, 1, rated(4, 9), held_on=date(2026, 3, 1))
        answered_class(ctx, 2, rated(1, 9), held_on=date(2025, 3, 1))
        mine = scores(ctx, Subject("training_class", 1, "第1期虚构班"))
        year = scores(ctx, year=2025)
        nothing = scores(ctx, Subject("training_class", 3, "没有测评的班"))
    assert mine.overall is not None
    assert (mine.overall.rate, mine.overall.n, mine.overall.mean) == (1.0, 27, 4.0)
    assert [score.title for score in mine.groups] == ["住宿", "餐饮"]
    assert year.overall is not None
    assert year.overall.rate == 0.0
    assert nothing.overall is None
