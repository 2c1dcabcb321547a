"""A year's budget from a spreadsheet: every doubtful cell is named, nothing is guessed, all or nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.queries import budgets
from dangxiao_houqin.modules.expenses.transfer.budgets import (
    BudgetBook,
    exact_number,
    import_budgets,
    list_template,
    preview_budgets,
    read_budget_book,
    write_budget_book,
)
from tests.modules.expenses.fund_school import budget, spend

OpenUnit = Callable[..., AbstractContextManager[Ctx]]


def sheet(folder: Path, *rows: Sequence[object]) -> BudgetBook:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    path = folder / "预算批复.xlsx"
    book.save(path)
    return read_budget_book(no_progress, path)


HEAD = ("科目编码", "科目名称", "预算金额（元）", "备注")


def test_a_sheet_as_the_finance_bureau_sends_it(unit: OpenUnit, tmp_path: Path) -> None:
    book = sheet(
        tmp_path,
        ("2026年部门预算支出经济分类表",),
        ("单位：万元",),
        ("经济分类编码", "经济分类", "预算数", "说明"),
        ("302", "商品和服务支出", 20.123456),
        (30201, "办公费", 12.5, "含耗材"),
        ("30216", "培训费", "1,007.123456", ""),
        ("30229", "福利费", 0.1, ""),
        ("合计", "", 1019.723456),
    )
    assert [(line.code, line.amount_fen) for line in book.lines] == [
        ("30201", 12_500_000),
        ("30216", 1_007_123_456),
        ("30229", 100_000),
    ]
    assert [(p.cell, p.severity) for p in book.problems] == [("A4", "warning")]
    with unit() as ctx:
        services.ensure_categories(ctx)
        budget(ctx, "30202", 5)
        preview = preview_budgets(ctx, book, 2026)
        assert (preview.count("new"), preview.errors, preview.untouched) == (3, 0, 1)
        assert [change.line.code for change in preview.changes if change.new_category] == ["30229"]
        done = import_budgets(ctx, book, 2026)
        assert (done.added, done.changed, done.new_categories) == (3, 0, 1)
        rows = {row.code: row for row in budgets.list_budgets(ctx, ListQuery()).rows}
        assert (rows["30216"].left.amount_fen, rows["30201"].note) == (1_007_123_456, "含耗材")
        again = preview_budgets(ctx, book, 2026)
        assert again.count("unchanged") == 3


def test_every_doubtful_cell_is_named_and_nothing_is_written(unit: OpenUnit, tmp_path: Path) -> None:
    book = sheet(
        tmp_path,
        HEAD,
        ("30201", "办公费", "约三万"),
        ("302O2", "印刷费", 5),
        ("30205", "水费", -1),
        ("30206", "电费", 0.001),
        ("30207", "邮电费", 10**14),
        ("30208", "取暖费", 1),
        ("30208", "取暖费", 2),
        ("39999", "", 7),
        ("", "差旅费", 7),
        ("30214", "租赁费", "=1/0"),
        ("30215", "会" * 61, 5),
    )
    wanted = ["C2", "A3", "C4", "C5", "C6", "A8", "A10", "C11", "B12"]
    assert [problem.cell for problem in book.problems] == wanted
    assert "与第 7 行重复：30208" in book.problems[5].message
    with unit() as ctx:
        services.ensure_categories(ctx)
        preview = preview_budgets(ctx, book, 2026)
        assert preview.errors == len(wanted) + 1
        assert any("没有科目 39999" in problem.message for problem in preview.problems)
        with pytest.raises(RuleViolation, match="还有 10 处错误，没有导入"):
            import_budgets(ctx, book, 2026)
        assert budgets.list_budgets(ctx, ListQuery()).total == 0


def test_the_unit_must_be_said(tmp_path: Path) -> None:
    book = sheet(tmp_path, ("科目代码", "预算金额"), ("30201", 5))
    assert [(p.cell, "没有写明单位" in p.message) for p in book.problems] == [("B1", True)]


def test_a_file_without_a_budget_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="没有找到预算表"):
        sheet(tmp_path, ("姓名", "单位"), ("张三", "县委办"))
    with pytest.raises(InvalidInput, match="没有可导入的内容"):
        sheet(tmp_path, HEAD)
    with pytest.raises(InvalidInput, match="2 行都没有填预算金额"):
        sheet(tmp_path, HEAD, ("30201", "办公费"), ("30202", "印刷费"))


def test_warnings_tell_of_another_year_name_and_of_what_is_used(unit: OpenUnit, tmp_path: Path) -> None:
    book = sheet(
        tmp_path,
        ("2025年预算", "", "单位：元"),
        (*HEAD[:2], "金额"),
        ("30216", "培训支出", 5),
        ("30213", "维修(护)费", 9),
    )
    with unit() as ctx:
        budget(ctx, "30216", 100_00)
        spend(ctx, [("30216", 100_00)])
        preview = preview_budgets(ctx, book, 2026)
        assert preview.errors == 0
        words = " ".join(problem.message for problem in preview.problems)
        assert "表的标题写着 2025 年" in words
        assert "在系统里是“培训费”" in words
        assert "已用 ¥100.00" in words
        assert "维修" not in words
    with pytest.raises(NeedsConfirmation), unit() as ctx:
        import_budgets(ctx, book, 2026)
    with unit(confirmed=frozenset({"below_used"})) as ctx:
        import_budgets(ctx, book, 2026)


def test_what_is_written_out_comes_back_unchanged(unit: OpenUnit, tmp_path: Path) -> None:
    path = tmp_path / "样表.xlsx"
    with unit() as ctx:
        budget(ctx, "30216", 99 * 10**12 + 1, note="=1+1")
        budget(ctx, "30201", 10)
        write_budget_book(no_progress, path, 2026, list_template(ctx, 2026))
        book = read_budget_book(no_progress, path)
        assert (len(book.lines), book.blank, book.year) == (2, 22, 2026)
        assert preview_budgets(ctx, book, 2026).count("unchanged") == 2
        assert preview_budgets(ctx, book, 2027).count("new") == 2


@given(st.integers(0, 10**13))
def test_a_number_of_a_spreadsheet_is_exact_to_the_fen(fen: int) -> None:
    number = exact_number(fen / 100)
    assert number is not None
    assert number * 100 == Decimal(fen)
