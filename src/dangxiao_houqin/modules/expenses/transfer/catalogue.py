"""The 集中采购目录 as a workbook: out, and back in after a preview.

``list_catalogue_rows`` + ``write_catalogue_book`` export; ``read_catalogue_book`` (no database) + ``preview_catalogue``
+ ``import_catalogue`` import.  What is exported and imported again changes nothing.  Provincial lists rarely say from
when they count and by which document; the form of the import asks for both once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.xlsx_write import write_list
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PROCUREMENT_RULES,
    CatalogueRow,
    ProcurementKind,
    Route,
    SaveCatalogueItem,
)
from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue
from dangxiao_houqin.modules.expenses.services.procurement_rules import save_catalogue_item

from .catalogue_reading import CatalogueBook, CatalogueLine, LineProblem, parse_catalogue, read_catalogue_book

__all__ = [
    "BOOK_COLUMNS",
    "CatalogueBook",
    "CatalogueDefaults",
    "CatalogueLine",
    "CataloguePreview",
    "LineChange",
    "LineProblem",
    "import_catalogue",
    "list_catalogue_rows",
    "parse_catalogue",
    "preview_catalogue",
    "read_catalogue_book",
    "write_catalogue_book",
]


@dataclass(frozen=True)
class CatalogueDefaults:
    """What counts for lines that do not say it themselves."""

    valid_from: date
    document: str = ""
    route: Route = Route.CENTRAL
    kind: ProcurementKind = ProcurementKind.GOODS


@dataclass(frozen=True, slots=True)
class LineChange:
    """What importing one line would do; ``what`` says it in words."""

    line: CatalogueLine
    kind: Literal["new", "changed", "unchanged"]
    what: str = ""


@dataclass(frozen=True)
class CataloguePreview:
    """What an import would do, line by line; nothing has been written."""

    name: str
    changes: tuple[LineChange, ...]
    problems: tuple[LineProblem, ...]
    untouched: int

    def count(self, kind: str) -> int:
        """How many lines are ``new``, ``changed`` or ``unchanged``."""
        return sum(change.kind == kind for change in self.changes)


# -------------------------------------------------------------------------------------------------- export
BOOK_COLUMNS: tuple[Column[CatalogueRow], ...] = (
    Column("code", "品目编码", lambda r: r.code, width=120),
    Column("name", "品目名称", lambda r: r.name, width=200),
    Column("kind", "类别", lambda r: r.kind.label, width=70, align="center"),
    Column("from", "起点金额（元）", lambda r: r.from_fen, kind="money", width=120),
    Column("route", "采购方式", lambda r: r.route.label, width=100),
    Column("valid_from", "生效日期", lambda r: r.valid_from, kind="date", width=110),
    Column("valid_until", "失效日期", lambda r: r.valid_until, kind="date", width=110),
    Column("document", "依据文件", lambda r: r.document, width=240),
    Column("keywords", "关键词", lambda r: r.keywords, width=200),
)


def list_catalogue_rows(ctx: Ctx) -> tuple[CatalogueRow, ...]:
    """Every item that is not switched off, of all times, by code."""
    found = list_catalogue(ctx, ListQuery(limit=None)).rows
    return tuple(row for row in found if row.active)


def write_catalogue_book(progress: Progress, path: Path, rows: Sequence[CatalogueRow]) -> Path:
    """Write the workbook; it can be edited and imported again. Without rows it is the form to fill in."""
    write_list(path, "集中采购目录", BOOK_COLUMNS, rows, progress=progress)
    return path


# -------------------------------------------------------------------------------------------------- writing
def _wanted(line: CatalogueLine, defaults: CatalogueDefaults, old: CatalogueRow | None) -> SaveCatalogueItem:
    """The item as it would be: what the line does not say stays, or comes from the defaults."""
    return SaveCatalogueItem(
        code=line.code,
        name=line.name,
        kind=line.kind or (old.kind if old else defaults.kind),
        route=line.route or (old.route if old else defaults.route),
        from_fen=line.from_fen if line.from_fen is not None else (old.from_fen if old else 0),
        valid_from=line.valid_from or (old.valid_from if old else defaults.valid_from),
        valid_until=line.valid_until or (old.valid_until if old else None),
        document=line.document or (old.document if old else defaults.document),
        keywords=line.keywords if line.keywords is not None else (old.keywords if old else ""),
        item_id=old.id if old else None,
        version=old.version if old else None,
    )


_WORDS = {
    "name": "名称",
    "kind": "类别",
    "route": "采购方式",
    "from_fen": "起点金额",
    "valid_until": "失效日期",
    "document": "依据文件",
    "keywords": "关键词",
}


class _Stock:
    """What the database holds, by code."""

    def __init__(self, ctx: Ctx, defaults: CatalogueDefaults) -> None:
        self.defaults = defaults
        self.rows: dict[str, list[CatalogueRow]] = {}
        for row in list_catalogue_rows(ctx):
            self.rows.setdefault(row.code, []).append(row)

    def present(self, line: CatalogueLine) -> CatalogueRow | None:
        """The row that the line means: of the same first day."""
        day = line.valid_from or self.defaults.valid_from
        return next((row for row in self.rows.get(line.code, ()) if row.valid_from == day), None)

    def ended(self, line: CatalogueLine) -> CatalogueRow | None:
        """The open older row that a new one would end."""
        day = line.valid_from or self.defaults.valid_from
        return next(
            (row for row in self.rows.get(line.code, ()) if row.valid_until is None and row.valid_from < day), None
        )


def preview_catalogue(ctx: Ctx, book: CatalogueBook, defaults: CatalogueDefaults) -> CataloguePreview:
    """What importing ``book`` would do; writes nothing."""
    ctx.require(PROCUREMENT_RULES)
    stock = _Stock(ctx, defaults)
    changes: list[LineChange] = []
    mentioned: set[int] = set()
    for line in book.lines:
        old = stock.present(line)
        if old is None:
            ended = stock.ended(line)
            if ended is not None:
                mentioned.add(ended.id)
            what = f"原有一行到 {line.valid_from or defaults.valid_from} 止" if ended is not None else ""
            changes.append(LineChange(line, "new", what))
            continue
        mentioned.add(old.id)
        wanted = _wanted(line, defaults, old)
        differs = [word for name, word in _WORDS.items() if getattr(wanted, name) != getattr(old, name)]
        changes.append(LineChange(line, "changed" if differs else "unchanged", "、".join(differs)))
    total = sum(len(rows) for rows in stock.rows.values())
    return CataloguePreview(book.name, tuple(changes), book.problems, total - len(mentioned))


def import_catalogue(ctx: Ctx, book: CatalogueBook, defaults: CatalogueDefaults) -> CataloguePreview:
    """Write ``book`` in this transaction: all of it or, raising :class:`RuleViolation`, nothing.

    Items are recognised by code and first day; items that the file does not mention stay as they are.
    """
    ctx.require(PROCUREMENT_RULES)
    if book.problems:
        raise RuleViolation(f"“{book.name}”里还有 {len(book.problems)} 处错误，没有导入；请改正后重新导入。")
    preview = preview_catalogue(ctx, book, defaults)
    stock = _Stock(ctx, defaults)
    for done, change in enumerate(preview.changes):
        ctx.progress(done / len(preview.changes), f"正在导入 {change.line.code} {change.line.name}")
        if change.kind == "unchanged":
            continue
        try:
            save_catalogue_item(ctx, _wanted(change.line, defaults, stock.present(change.line)))
        except InvalidInput as error:
            raise RuleViolation(f"第 {change.line.row} 行 {change.line.code}：{error.message}") from error
    return preview
