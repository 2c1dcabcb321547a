"""A year's budget out of a spreadsheet: read, shown with what is wrong in which cell, then written.

``read_budget_book`` (no database) + ``preview_budgets`` + ``import_budgets``.  Nothing is guessed: an amount that is
not exact to the fen is refused, and the unit (元 or 万元) must be said by the header or the line above it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from sqlalchemy import and_, or_, select

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.sheets import Book, CellValue, Sheet, a1, cell_text, read_book
from dangxiao_houqin.documents.xlsx_write import write_list
from dangxiao_houqin.modules.expenses.domain.budgets import LARGEST_FEN, SaveBudget, SaveCategory
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET
from dangxiao_houqin.modules.expenses.models import Budget, EconomicCategory
from dangxiao_houqin.modules.expenses.queries.budgets import left_of, require_view
from dangxiao_houqin.modules.expenses.services import save_budget, save_category

CODE, NAME, AMOUNT, NOTE = "code", "name", "amount", "note"
TITLES = {CODE: "科目代码", NAME: "科目名称", AMOUNT: "预算金额", NOTE: "备注"}
HEADERS: dict[str, tuple[str, ...]] = {
    CODE: ("科目代码", "科目编码", "代码", "编码", "经济分类代码", "经济分类编码", "经济科目代码", "经济科目编码"),
    NAME: ("科目名称", "科目", "名称", "经济分类", "经济分类名称", "经济科目", "经济科目名称", "支出经济分类"),
    AMOUNT: ("预算金额", "金额", "预算", "年初预算", "预算数", "本年预算", "批复数", "批复金额", "预算批复数"),
    NOTE: ("备注", "说明"),
}
_FIELD_OF = {word: key for key, words in HEADERS.items() for word in words}
_TITLE_ROWS = 15
_UNITS = {"元": 100, "万元": 1_000_000}
_UNIT = re.compile(r"(?:单位|金额单位)[:：]?(?:人民币)?(万元|元)")
_TOTALS = frozenset({"合计", "总计", "小计", "总合计"})


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of the sheet: ``amount_fen`` approved for the category ``code``."""

    row: int
    code: str
    name: str
    amount_fen: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetProblem:
    """What is wrong in one cell; a file with an error is not imported."""

    row: int
    column: str
    message: str
    severity: Literal["error", "warning"] = "error"
    cell: str = ""


@dataclass(frozen=True)
class BudgetBook:
    """A sheet that was read; ``year`` is the one its title names, if any.

    ``blank`` counts lines without an amount, which are no budget (most of a half-filled template).
    """

    name: str
    lines: tuple[BudgetLine, ...]
    problems: tuple[BudgetProblem, ...] = ()
    year: int | None = None
    blank: int = 0


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """What importing one line would do; ``before_fen`` is the approved amount that stands now."""

    line: BudgetLine
    kind: Literal["new", "changed", "unchanged"]
    before_fen: int | None = None
    new_category: bool = False
    taken_fen: int = 0


@dataclass(frozen=True)
class BudgetPreview:
    """What an import into ``year`` would do; nothing has been written."""

    name: str
    year: int
    changes: tuple[BudgetChange, ...]
    problems: tuple[BudgetProblem, ...]
    untouched: int
    """Budgets of the year that the file does not mention; they stay."""
    blank: int = 0

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)

    @property
    def total_fen(self) -> int:
        return sum(change.line.amount_fen for change in self.changes)

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class ImportedBudgets:
    """What an import wrote."""

    added: int
    changed: int
    new_categories: int


# ---------------------------------------------------------------------------------------------------- read
def read_budget_book(progress: Progress, path: Path) -> BudgetBook:
    """Read the table in ``path``; raises :class:`InvalidInput` when there is none in it."""
    return parse_budget_book(read_book(path, progress), progress)


def parse_budget_book(book: Book, progress: Progress = no_progress) -> BudgetBook:
    """Find the table in the first sheet that has one and read its lines."""
    for sheet in book.sheets:
        if (head := _find_head(sheet)) is not None:
            return _Reader(book.name, sheet, head, progress).read()
    raise InvalidInput(f"“{book.name}”里没有找到预算表，表头至少要有“科目代码”“预算金额”两列；可先存一份样表来填写。")


@dataclass(frozen=True)
class _Head:
    row: int
    columns: dict[str, int]
    unit: int | None
    year: int | None


def _plain(value: CellValue) -> str:
    return re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", cell_text(value)))


def _find_head(sheet: Sheet) -> _Head | None:
    above = ""
    for number, row in enumerate(sheet.rows[:_TITLE_ROWS], start=1):
        columns: dict[str, int] = {}
        unit: int | None = None
        for column, value in enumerate(row, start=1):
            word = _plain(value)
            bare = re.sub(r"\(.*\)$", "", word)
            if (key := _FIELD_OF.get(bare)) is not None and key not in columns:
                columns[key] = column
                if key == AMOUNT and (said := re.search(r"\((?:单位[:：]?)?(万元|元)\)", word)):
                    unit = _UNITS[said[1]]
        if CODE in columns and AMOUNT in columns:
            if unit is None and (found := _UNIT.search(above)):
                unit = _UNITS[found[1]]
            year = re.search(r"(20\d\d)年", above)
            return _Head(number, columns, unit, int(year[1]) if year else None)
        above += "".join(_plain(value) for value in row) + "\n"
    return None


class _Reader:
    """Reads the lines under a header and keeps what is wrong with their cells."""

    def __init__(self, name: str, sheet: Sheet, head: _Head, progress: Progress) -> None:
        self.name, self.sheet, self.head, self.progress = name, sheet, head, progress
        self.problems: list[BudgetProblem] = []

    def read(self) -> BudgetBook:
        lines: list[BudgetLine] = []
        seen: dict[str, int] = {}
        columns, unit, blank = self.head.columns, self.head.unit, 0
        if unit is None:
            self.complain(
                self.head.row, AMOUNT, "没有写明单位，请把表头改为“预算金额（元）”或“预算金额（万元）”，再导入。"
            )
        for row in range(self.head.row + 1, self.sheet.height + 1):
            if row % 200 == 0:
                self.progress(row / self.sheet.height, f"正在读取第 {row} 行")
            texts = {key: cell_text(self.sheet.value(row, column)).strip() for key, column in columns.items()}
            if not any(texts.values()) or self._is_total(row):
                continue
            if not texts[AMOUNT]:
                blank += 1
                continue
            line = self._line(row, texts, unit or 100)
            if line is None:
                continue
            if (first := seen.setdefault(line.code, row)) != row:
                self.complain(row, CODE, f"与第 {first} 行重复：{line.code}。")
                continue
            lines.append(line)
        if not lines and not self.problems:
            if blank:
                raise InvalidInput(f"“{self.name}”里的 {blank} 行都没有填预算金额，没有可导入的内容。")
            raise InvalidInput(f"“{self.name}”的表头下面没有预算，没有可导入的内容。")
        return BudgetBook(self.name, tuple(lines), tuple(self.problems), self.head.year, blank)

    def complain(self, row: int, key: str, message: str, severity: Literal["error", "warning"] = "error") -> None:
        cell = a1(row, self.head.columns[key]) if key in self.head.columns else ""
        self.problems.append(BudgetProblem(row, TITLES[key], message, severity, cell))

    def _is_total(self, row: int) -> bool:
        return any(_plain(self.sheet.value(row, column)) in _TOTALS for column in range(1, 4))

    def _line(self, row: int, texts: dict[str, str], unit: int) -> BudgetLine | None:
        before = len(self.problems)
        code = unicodedata.normalize("NFKC", texts[CODE]).replace(" ", "")
        if re.fullmatch(r"\d{3}", code):
            self.complain(row, CODE, f"“{code}”是类级汇总行，不导入。", "warning")
            return None
        if not code:
            self.complain(row, CODE, "请填写科目代码。")
        elif re.fullmatch(r"\d{5,12}", code) is None:
            self.complain(row, CODE, f"科目代码应为 5 到 12 位数字，现在是“{texts[CODE][:20]}”。")
        amount = self._amount(row, unit)
        for key, longest in ((NAME, 60), (NOTE, 200)):
            if len(texts.get(key, "")) > longest:
                self.complain(row, key, f"最多 {longest} 个字，现在是 {len(texts[key])} 个。")
        if len(self.problems) > before or amount is None:
            return None
        return BudgetLine(row, code, texts.get(NAME, ""), amount, texts.get(NOTE))

    def _amount(self, row: int, unit: int) -> int | None:
        column = self.head.columns[AMOUNT]
        value = self.sheet.value(row, column)
        if (row, column) in self.sheet.unresolved:
            self.complain(row, AMOUNT, "单元格是没有结果的公式，请改成数字。")
            return None
        number = exact_number(value)
        if number is None:
            shown = cell_text(value).strip()
            self.complain(row, AMOUNT, f"看不懂金额“{shown[:20]}”，请填数字。")
            return None
        fen = number * unit
        if fen != fen.to_integral_value():
            self.complain(row, AMOUNT, f"金额 {number} 不到整分，请核对小数位数。")
        elif fen < 0:
            self.complain(row, AMOUNT, "预算金额不能小于 0；调减请用“调整”登记。")
        elif fen >= LARGEST_FEN:
            self.complain(row, AMOUNT, "预算金额超过十万亿元，请核对单位。")
        else:
            return int(fen)
        return None


def exact_number(value: CellValue) -> Decimal | None:
    """The number in a cell; a binary fraction counts as the 15 digits that spreadsheet programs show."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    text = re.sub(r"[\s,，¥￥元]", "", unicodedata.normalize("NFKC", cell_text(value)))
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# -------------------------------------------------------------------------------------------------- import
def preview_budgets(ctx: Ctx, book: BudgetBook, year: int) -> BudgetPreview:
    """What importing ``book`` as the budget of ``year`` would do; writes nothing."""
    ctx.require(BUDGET)
    known = {category.code: category for category in ctx.session.scalars(select(EconomicCategory))}
    present = {budget.category_id: budget for budget in ctx.session.scalars(select(Budget).where(Budget.year == year))}
    lefts = left_of(ctx, year, (category.id for category in known.values()))
    problems = list(book.problems)
    if book.year is not None and book.year != year:
        problems.append(BudgetProblem(0, "标题", f"表的标题写着 {book.year} 年，现在导入的是 {year} 年。", "warning"))
    changes: list[BudgetChange] = []
    for line in book.lines:
        category = known.get(line.code)
        if category is None:
            if not line.name:
                problems.append(
                    BudgetProblem(line.row, TITLES[CODE], f"没有科目 {line.code}；写上科目名称，导入时就会新增。")
                )
                continue
            changes.append(BudgetChange(line, "new", new_category=True))
            continue
        if not category.active:
            problems.append(BudgetProblem(line.row, TITLES[CODE], f"“{category.label}”已停用，请先启用。"))
            continue
        if line.name and _bare(line.name) != _bare(category.name):
            problems.append(
                BudgetProblem(
                    line.row, TITLES[NAME], f"{line.code} 在系统里是“{category.name}”，按代码导入。", "warning"
                )
            )
        budget, found = present.get(category.id), lefts[category.id]
        if found.taken_fen > line.amount_fen + found.adjusted_fen:
            problems.append(
                BudgetProblem(line.row, TITLES[AMOUNT], f"“{category.label}”已用 {yuan(found.taken_fen)}。", "warning")
            )
        if budget is None:
            changes.append(BudgetChange(line, "new", taken_fen=found.taken_fen))
        else:
            same = budget.amount_fen == line.amount_fen and line.note in (None, "", budget.note)
            changes.append(
                BudgetChange(line, "unchanged" if same else "changed", budget.amount_fen, taken_fen=found.taken_fen)
            )
    mentioned = {known[change.line.code].id for change in changes if change.line.code in known}
    return BudgetPreview(
        name=book.name,
        year=year,
        changes=tuple(changes),
        problems=tuple(sorted(problems, key=lambda problem: (problem.severity != "error", problem.row))),
        untouched=len(set(present) - mentioned),
        blank=book.blank,
    )


def _bare(name: str) -> str:
    """A category's name without what different offices write differently: 维修(护)费 and 维修（护）费."""
    return re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", name))


def import_budgets(ctx: Ctx, book: BudgetBook, year: int) -> ImportedBudgets:
    """Write ``book`` as the budget of ``year``: all of it or, raising :class:`RuleViolation`, nothing.

    Categories that the school does not have yet are added; budgets that the file does not mention stay.
    """
    ctx.require(BUDGET)
    preview = preview_budgets(ctx, book, year)
    if preview.errors:
        raise RuleViolation(f"“{book.name}”里还有 {preview.errors} 处错误，没有导入；请改正后重新导入。")
    categories = {category.code: category.id for category in ctx.session.scalars(select(EconomicCategory))}
    budgets = {budget.category_id: budget for budget in ctx.session.scalars(select(Budget).where(Budget.year == year))}
    added = new_categories = 0
    for done, change in enumerate(preview.changes):
        line = change.line
        ctx.progress(done / len(preview.changes), f"正在导入 {line.code} {line.name}")
        if change.kind == "unchanged":
            continue
        if line.code not in categories:
            categories[line.code] = save_category(ctx, SaveCategory(line.code, line.name))
            new_categories += 1
        present = budgets.get(categories[line.code])
        note = line.note or (present.note if present is not None else "")
        command = SaveBudget(year, categories[line.code], line.amount_fen, note)
        if present is not None:
            command = SaveBudget(
                year, categories[line.code], line.amount_fen, note, budget_id=present.id, version=present.version
            )
        else:
            added += 1
        save_budget(ctx, command)
    return ImportedBudgets(added, preview.count("changed"), new_categories)


# ------------------------------------------------------------------------------------------------ template
@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line of the workbook that is filled in; ``amount_fen`` None where there is no budget yet."""

    code: str
    name: str
    amount_fen: int | None
    note: str


_BOOK_COLUMNS: tuple[Column[TemplateLine], ...] = (
    Column("code", "科目代码", lambda r: r.code, width=90),
    Column("name", "科目名称", lambda r: r.name, width=200),
    Column("amount", "预算金额（元）", lambda r: r.amount_fen, kind="money", width=150),
    Column("note", "备注", lambda r: r.note, width=200),
)


def list_template(ctx: Ctx, year: int) -> tuple[TemplateLine, ...]:
    """Every category in use with its budget of ``year``."""
    require_view(ctx)
    query = (
        select(EconomicCategory.code, EconomicCategory.name, Budget.amount_fen, Budget.note)
        .outerjoin(Budget, and_(Budget.category_id == EconomicCategory.id, Budget.year == year))
        .where(or_(EconomicCategory.active, Budget.id.is_not(None)))
        .order_by(EconomicCategory.code)
    )
    return tuple(TemplateLine(code, name, fen, note or "") for code, name, fen, note in ctx.session.execute(query))


def write_budget_book(progress: Progress, path: Path, year: int, lines: Sequence[TemplateLine]) -> Path:
    """Write the budgets of ``year`` as a workbook that can be filled in and imported again."""
    write_list(path, f"{year}年预算表", _BOOK_COLUMNS, lines, progress=progress)
    return path
