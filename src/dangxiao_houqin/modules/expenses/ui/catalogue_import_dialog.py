"""What a workbook would change in the 集中采购目录, before it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.modules.expenses.domain.procurement import RULE_ROUTES, ProcurementKind, Route
from dangxiao_houqin.modules.expenses.transfer.catalogue import (
    CatalogueBook,
    CatalogueDefaults,
    CataloguePreview,
    import_catalogue,
    preview_catalogue,
)
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField
from dangxiao_houqin.ui.table import Empty, ListTable

_KINDS = {"new": Pill("新增", "success"), "changed": Pill("修改", "primary"), "unchanged": Pill("不变")}


@dataclass(frozen=True, slots=True)
class _Line:
    key: int
    row: int
    what: str
    pill: Pill
    words: str


_COLUMNS: tuple[Column[_Line], ...] = (
    Column("row", "行", lambda r: r.row, kind="int", width=56, sortable=False),
    Column("what", "品目", lambda r: r.what, width=280, sortable=False),
    Column("pill", "结果", lambda r: r.pill, kind="pill", width=84, sortable=False),
    Column("words", "说明", lambda r: r.words, width=360, sortable=False),
)


def _lines(preview: CataloguePreview) -> tuple[_Line, ...]:
    """What is wrong first, then what changes."""
    found = [(p.row, "", Pill("错误", "error"), f"{p.cell} {p.column}：{p.message}".strip()) for p in preview.problems]
    for kind in ("changed", "new", "unchanged"):
        found += [
            (c.line.row, f"{c.line.code} {c.line.name}", _KINDS[kind], c.what if kind == "new" else _words(c.what))
            for c in preview.changes
            if c.kind == kind
        ]
    return tuple(_Line(key, *each) for key, each in enumerate(found))


def _words(what: str) -> str:
    return f"修改{what}" if what else ""


def _key(line: _Line) -> int:
    return line.key


class CatalogueImportDialog(FormDialog):
    """Shows what ``book`` would do with the day and the document entered here; writes it when asked."""

    def __init__(self, runner: Runner, parent: QWidget | None, book: CatalogueBook, today: date) -> None:
        super().__init__(runner, "导入集中采购目录", parent, primary="导入", width=880, label_width=84)
        self._book = book
        self._rows: tuple[_Line, ...] = ()
        routes = [(route, route.label) for route in RULE_ROUTES]
        kinds = [(kind, kind.label) for kind in ProcurementKind]
        self.form.add(
            DateField("valid_from", "生效日期", required=True),
            ChoiceField("route", "采购方式", routes, required=True),
            ChoiceField("kind", "类别", kinds, required=True),
        )
        self.form.add(
            TextField(
                "document",
                "依据文件",
                max_length=120,
                help="以上各项只用于文件里没有写的行；编码以 A、B、C 开头的自动认类别",
            )
        )
        self.form.set_values(
            {"valid_from": date(today.year, 1, 1), "route": Route.CENTRAL, "kind": ProcurementKind.GOODS}
        )
        self.table = ListTable(
            runner,
            "expenses.catalogue_import",
            _COLUMNS,
            self._fetch,
            _key,
            title="导入预览",
            search=None,
            unit="行",
            export=False,
            compact=True,
            empty=Empty("文件里没有品目", "请检查是否选错了文件。"),
        )
        self.table.setMinimumHeight(340)
        self.body.addWidget(self.table, 1)
        self.form["valid_from"].left.connect(self._ask)
        self.form["route"].changed.connect(self._ask)
        self.form["kind"].changed.connect(self._ask)
        self._ask()

    def _fetch(self, _ctx: object, query: ListQuery) -> Listing[_Line]:
        end = None if query.limit is None else query.offset + query.limit
        return Listing(self._rows[query.offset : end], len(self._rows))

    def _defaults(self) -> CatalogueDefaults | None:
        values = self.form.values()
        if values["valid_from"] is None or values["route"] is None or values["kind"] is None:
            return None
        return CatalogueDefaults(**values)

    @Slot()
    def _ask(self) -> None:
        defaults = self._defaults()
        if defaults is not None:
            self.runner.query(preview_catalogue, self._book, defaults, ok=self._have_preview, fail=self.take_error)

    @Slot(object)
    def _have_preview(self, preview: CataloguePreview) -> None:
        self._rows = _lines(preview)
        added, changed = preview.count("new"), preview.count("changed")
        self.set_subtitle(
            f"{preview.name}：新增 {added} 个，修改 {changed} 个，不变 {preview.count('unchanged')} 个"
            + (f"；另有 {preview.untouched} 个不在文件里，保持原样。" if preview.untouched else "。")
        )
        self.primary.setEnabled(not preview.problems and added + changed > 0)
        if preview.problems:
            self.bar.say(
                f"有 {len(preview.problems)} 处错误，改正文件后重新导入；现在什么都没有写入。", "error", closable=False
            )
        elif not added + changed:
            self.bar.say("文件和现有目录完全一致，没有要导入的内容。", "primary", closable=False)
        else:
            self.bar.clear()
        self.table.refresh()

    def submit(self) -> None:
        defaults = self._defaults()
        if defaults is not None:
            self.run(import_catalogue, self._book, defaults, action="expenses.import_catalogue")

    @Slot(object)
    def take_result(self, result: object) -> None:
        assert isinstance(result, CataloguePreview)
        messages.toast(self, f"已导入：新增 {result.count('new')} 个品目，修改 {result.count('changed')} 个")
        super().take_result(result)
