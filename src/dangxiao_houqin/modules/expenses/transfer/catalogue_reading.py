"""Reading a 集中采购目录 out of a workbook: lines, and what is wrong cell by cell."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.sheets import Book, Sheet, a1, cell_text, read_book
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN
from dangxiao_houqin.modules.expenses.domain.procurement import RULE_ROUTES, ProcurementKind, Route

HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("品目编码", "编码", "品目代码", "目录编码", "代码"),
    "name": ("品目名称", "品目", "名称", "采购项目", "目录名称", "集中采购目录项目", "项目"),
    "kind": ("类别", "采购类别", "类型", "品目类别"),
    "from": ("起点金额（元）", "起点金额", "起点", "金额起点", "限额", "起点（元）"),
    "route": ("采购方式", "采购形式", "组织形式", "采购组织形式"),
    "valid_from": ("生效日期", "执行日期", "启用日期"),
    "valid_until": ("失效日期", "停止日期"),
    "document": ("依据文件", "依据", "文件", "文号"),
    "keywords": ("关键词", "备注", "说明"),
}
REQUIRED = ("code", "name")
_FIELD_OF = {re.sub(r"[（(].*[)）]$", "", word): key for key, words in HEADERS.items() for word in words}
_TITLE_ROWS = 15
_LENGTHS = {"code": 20, "name": 80, "document": 120, "keywords": 300}
_ROUTES = {route.label: route for route in RULE_ROUTES} | {
    "框架协议采购": Route.FRAMEWORK,
    "网上商城": Route.E_STORE,
    "电子商城": Route.E_STORE,
    "政府集中采购": Route.CENTRAL,
    "集采": Route.CENTRAL,
    "磋商": Route.CONSULTATION,
    "询价采购": Route.INQUIRY,
    "招标": Route.TENDER,
}
_KINDS = {kind.label: kind for kind in ProcurementKind} | {
    "货物类": ProcurementKind.GOODS,
    "服务类": ProcurementKind.SERVICES,
    "工程类": ProcurementKind.WORKS,
}
_KIND_LETTER = {"A": ProcurementKind.GOODS, "B": ProcurementKind.WORKS, "C": ProcurementKind.SERVICES}
"""First letter of a code of the 政府采购品目分类目录 (财库〔2022〕31号)."""


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One item as a row of the sheet; ``None`` means that the sheet does not say."""

    row: int
    code: str
    name: str
    kind: ProcurementKind | None
    from_fen: int | None
    route: Route | None
    valid_from: date | None
    valid_until: date | None
    document: str | None
    keywords: str | None


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in one cell of the file; nothing is imported while there is any."""

    row: int
    column: str
    message: str
    cell: str = ""


@dataclass(frozen=True)
class CatalogueBook:
    """A workbook that was read: its lines without errors, and everything that is wrong."""

    name: str
    lines: tuple[CatalogueLine, ...]
    problems: tuple[LineProblem, ...] = ()


def read_catalogue_book(progress: Progress, path: Path) -> CatalogueBook:
    """Read the catalogue in ``path``; raises :class:`InvalidInput` when there is no such table in it."""
    return parse_catalogue(read_book(path, progress), progress)


def parse_catalogue(book: Book, progress: Progress = no_progress) -> CatalogueBook:
    """Find the table in the first sheet that has one and read its lines."""
    for sheet in book.sheets:
        if (found := _find_head(sheet)) is not None:
            return _read_lines(book.name, sheet, *found, progress)
    raise InvalidInput(f"“{book.name}”里没有找到目录表，表头至少要有“品目编码”“品目名称”两列；可先导出一份作为样表。")


def _find_head(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(sheet.rows[:_TITLE_ROWS], start=1):
        columns: dict[str, int] = {}
        for column, value in enumerate(row, start=1):
            word = re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", cell_text(value)))
            word = re.sub(r"[（(].*[)）]$", "", word)
            if (key := _FIELD_OF.get(word)) is not None:
                columns.setdefault(key, column)
        if all(key in columns for key in REQUIRED):
            return number, columns
    return None


@dataclass
class _Reader:
    """Reads the cells of one line and keeps what is wrong with them."""

    sheet: Sheet
    columns: dict[str, int]
    row: int
    problems: list[LineProblem] = field(default_factory=list)

    def complain(self, key: str, message: str) -> None:
        cell = a1(self.row, self.columns[key]) if key in self.columns else ""
        self.problems.append(LineProblem(self.row, HEADERS[key][0], message, cell))

    def text(self, key: str) -> str | None:
        """The text of a cell; ``None`` when the file has no such column or the cell is blank."""
        if key not in self.columns:
            return None
        if (self.row, self.columns[key]) in self.sheet.unresolved:
            self.complain(key, "单元格是没有结果的公式，请改成文字。")
            return None
        text = re.sub(r"\s+", " ", cell_text(self.sheet.value(self.row, self.columns[key]))).strip()
        if len(text) > _LENGTHS.get(key, 300):
            self.complain(key, f"最多 {_LENGTHS[key]} 个字，现在是 {len(text)} 个。")
        return text or None

    def day(self, key: str) -> date | None:
        if key not in self.columns:
            return None
        value = self.sheet.value(self.row, self.columns[key])
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        text = self.text(key)
        if text is None:
            return None
        found = re.fullmatch(r"(\d{4})\D(\d{1,2})(?:\D(\d{1,2})日?|月?)", unicodedata.normalize("NFKC", text))
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            pass  # the thirteenth month
        self.complain(key, f"看不懂日期“{text}”，请写成 2026-01-01。")
        return None

    def fen(self) -> int | None:
        """An amount in yuan, also ``5万`` or ``50万元``; words such as 不限 or / are 0."""
        text = self.text("from")
        if text is None:
            return None
        plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("¥", "").strip()
        if plain in {"/", "-", "—", "无", "不限", "不限金额", "不论金额"}:
            return 0
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(万?)元?(?:\(?含\)?)?(?:以上|及以上)?(?:\(含\))?", plain)
        if found is None:
            self.complain("from", f"看不懂金额“{text}”，请填数字（元）。")
            return None
        fen = Decimal(found[1]) * (10_000 if found[2] else 1) * 100
        if fen > MAX_FEN or fen != fen.to_integral_value():
            self.complain("from", f"金额“{text}”太大，或小数超过两位。")
            return None
        return int(fen)

    def kind(self, code: str) -> ProcurementKind | None:
        text = self.text("kind")
        if text is None:
            return _KIND_LETTER.get(code[:1].upper()) if re.match(r"[ABCabc]\d", code) else None
        if text not in _KINDS:
            self.complain("kind", f"只能填“货物”“服务”或“工程”，现在是“{text}”。")
        return _KINDS.get(text)

    def route(self) -> Route | None:
        text = self.text("route")
        if text is None:
            return None
        if text not in _ROUTES:
            names = "、".join(route.label for route in RULE_ROUTES)
            self.complain("route", f"不认识采购方式“{text}”，可以填：{names}。")
        return _ROUTES.get(text)


def _read_lines(name: str, sheet: Sheet, head: int, columns: dict[str, int], progress: Progress) -> CatalogueBook:
    lines: list[CatalogueLine] = []
    problems: list[LineProblem] = []
    seen: dict[tuple[str, date | None], int] = {}
    for row in range(head + 1, sheet.height + 1):
        if row % 200 == 0:
            progress(row / sheet.height, f"正在读取第 {row} 行")
        reader = _Reader(sheet, columns, row)
        code, item = reader.text("code"), reader.text("name")
        if code is None and (item is None or reader.text("route") is None):
            continue  # blank, or a heading such as 一、货物类
        line = _read_line(reader, code or "", item or "")
        if not code:
            reader.complain("code", "请填写品目编码。")
        if not item:
            reader.complain("name", "请填写品目名称。")
        first = seen.setdefault((line.code, line.valid_from), row)
        if first != row:
            reader.complain("code", f"与第 {first} 行重复：{line.code}。")
        problems.extend(reader.problems)
        if not reader.problems:
            lines.append(line)
    if not lines and not problems:
        raise InvalidInput(f"“{name}”的表头下面没有品目，没有可导入的内容。")
    return CatalogueBook(name, tuple(lines), tuple(problems))


def _read_line(reader: _Reader, code: str, name: str) -> CatalogueLine:
    line = CatalogueLine(
        row=reader.row,
        code=unicodedata.normalize("NFKC", code),
        name=name,
        kind=reader.kind(code),
        from_fen=reader.fen(),
        route=reader.route(),
        valid_from=reader.day("valid_from"),
        valid_until=reader.day("valid_until"),
        document=reader.text("document"),
        keywords=reader.text("keywords"),
    )
    if line.valid_from and line.valid_until and line.valid_until <= line.valid_from:
        reader.complain("valid_until", "失效日期要晚于生效日期。")
    return line
