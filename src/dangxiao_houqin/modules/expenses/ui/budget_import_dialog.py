"""What a budget workbook would change, before it does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import Column, Pill, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.transfer.budgets import (
    BudgetBook,
    BudgetChange,
    BudgetPreview,
    ImportedBudgets,
    import_budgets,
)
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.table import Empty, ListTable

_KINDS = {"new": Pill("新增", "success"), "changed": Pill("修改", "primary"), "unchanged": Pill("不变")}


@dataclass(frozen=True, slots=True)
class _Line:
    key: int
    row: int | None
    place: str
    pill: Pill
    amount_fen: int | None
    words: str


_COLUMNS: tuple[Column[_Line], ...] = (
    Column("row", "行", lambda r: r.row, kind="int", width=56, sortable=False),
    Column("place", "科目", lambda r: r.place, width=210, sortable=False),
    Column("pill", "结果", lambda r: r.pill, kind="pill", width=84, sortable=False),
    Column("amount", "预算金额", lambda r: r.amount_fen, kind="money", width=140, sortable=False),
    Column("words", "说明", lambda r: r.words, width=330, sortable=False),
)


class _Lines:
    """The preview's lines as a list: what is wrong first, then what changes."""

    def __init__(self, preview: BudgetPreview) -> None:
        places = {change.line.row: f"{change.line.code} {change.line.name}" for change in preview.changes}
        found = [
            _Line(
                0,
                problem.row or None,
                places.get(problem.row, ""),
                Pill("错误", "error") if problem.severity == "error" else Pill("提醒", "warning"),
                None,
                f"{problem.cell} {problem.column}：{problem.message}".strip(),
            )
            for problem in preview.problems
        ]
        for kind in ("changed", "new", "unchanged"):
            found += [
                _Line(0, c.line.row, places[c.line.row], _KINDS[kind], c.line.amount_fen, _words(c))
                for c in preview.changes
                if c.kind == kind
            ]
        self._rows = tuple(
            _Line(key, each.row, each.place, each.pill, each.amount_fen, each.words) for key, each in enumerate(found)
        )

    def __call__(self, _ctx: object, query: ListQuery) -> Listing[_Line]:
        return list_in_memory(self._rows, _COLUMNS, query)


def _words(change: BudgetChange) -> str:
    if change.new_category:
        return "新科目，导入时一并新增"
    if change.kind == "changed" and change.before_fen is not None:
        return f"原来是 {yuan(change.before_fen)}" if change.before_fen != change.line.amount_fen else "只改备注"
    return ""


def _key(line: _Line) -> int:
    return line.key


class BudgetImportDialog(FormDialog):
    """Shows the preview of ``book``; writes it when asked."""

    def __init__(self, runner: Runner, parent: QWidget | None, book: BudgetBook, preview: BudgetPreview) -> None:
        wanted = preview.count("new") + preview.count("changed")
        super().__init__(
            runner,
            f"导入 {preview.year} 年预算",
            parent,
            subtitle=_summary(preview),
            primary=f"导入 {wanted} 个科目",
            width=900,
        )
        self._book, self._year = book, preview.year
        self.table = ListTable(
            runner,
            "expenses.budget_import",
            _COLUMNS,
            _Lines(preview),
            _key,
            title="导入预览",
            search=None,
            unit="行",
            export=False,
            compact=True,
            empty=Empty("文件里没有预算", "请检查是否选错了文件。"),
        )
        self.table.setMinimumHeight(380)
        self.body.addWidget(self.table, 1)
        self.primary.setEnabled(not preview.errors and wanted > 0)
        if preview.errors:
            self.bar.say(
                f"有 {preview.errors} 处错误，改正文件后重新导入；现在什么都没有写入。", "error", closable=False
            )
        elif not wanted:
            self.bar.say("文件和现有预算完全一致，没有要导入的内容。", "primary", closable=False)
        self.table.refresh()

    def submit(self) -> None:
        self.run(import_budgets, self._book, self._year, action="expenses.import_budgets")

    @Slot(object)
    def take_result(self, result: object) -> None:
        assert isinstance(result, ImportedBudgets)
        more = f"，新增科目 {result.new_categories} 个" if result.new_categories else ""
        messages.toast(self, f"已导入：新增预算 {result.added} 项，修改 {result.changed} 项{more}")
        super().take_result(result)


def _summary(preview: BudgetPreview) -> str:
    counts = f"新增 {preview.count('new')} 项，修改 {preview.count('changed')} 项，不变 {preview.count('unchanged')} 项"
    parts = [f"{preview.name}：{counts}，合计 {yuan(preview.total_fen)}"]
    if preview.blank:
        parts.append(f"{preview.blank} 行没有填金额，不导入")
    if preview.untouched:
        parts.append(f"另有 {preview.untouched} 个科目的预算不在文件里，保持原样")
    return "；".join(parts) + "。"
