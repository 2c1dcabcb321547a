"""The dated rules of procurement as lists: catalogue and thresholds."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QMenu

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.columns.procurement import CATALOGUE_COLUMNS, THRESHOLD_COLUMNS
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PROCUREMENT_RULES,
    CatalogueRow,
    ProcurementKind,
    ThresholdRow,
)
from dangxiao_houqin.modules.expenses.procurement_rules import yuan_words
from dangxiao_houqin.modules.expenses.queries.procurement import (
    kinds_without_threshold,
    list_catalogue,
    list_thresholds,
)
from dangxiao_houqin.modules.expenses.transfer.catalogue import (
    CatalogueBook,
    list_catalogue_rows,
    read_catalogue_book,
    write_catalogue_book,
)
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty

from .catalogue_import_dialog import CatalogueImportDialog
from .procurement_rule_dialogs import CatalogueDialog, ThresholdDialog, ThresholdWizard
from .purchase_panes import KINDS, ROUTES, Pane

_UNSET = "还没有现行的限额标准，申请和报销时不能判断是否达到限额。"
VALIDITY = (("now", "有效"), ("future", "未生效"), ("past", "失效或停用"))


class CataloguePane(Pane):
    """集中采购目录."""

    name = "expenses.catalogue"
    columns = CATALOGUE_COLUMNS
    search = "编码 / 名称 / 关键词"
    unit = "个品目"
    filters = (
        Filter("validity", "状态", VALIDITY, inline=True),
        Filter("kind", "类别", KINDS),
        Filter("route", "方式", ROUTES),
    )
    empty = Empty(
        "还没有录入集中采购目录",
        "目录以本省现行文件为准，可以从 Excel 导入，也可以逐个登记；没有录入时不作目录判断。",
        "登记品目",
        "book-open",
    )

    def __init__(self, page: Page, desk: Desk) -> None:
        self._may = desk.can(PROCUREMENT_RULES)
        super().__init__(page, desk, list_catalogue)
        self._path: Path | None = None
        self.table.export_button.hide()  # the page's own sheet holds every column and can be imported again
        self.export_button = self.add_action(
            "导出目录", self.ask_export, icon="download", tooltip="可以改好再导入的 Excel"
        )
        self.import_button = self.add_action("导入…", self.ask_import, icon="upload", enabled=self._may)
        self.add_button = self.add_action(
            "登记品目", self.first_step, icon="plus", primary=True, enabled=self._may, shortcut="Ctrl+Shift+N"
        )

    @Slot()
    def first_step(self) -> None:
        if self._may:
            CatalogueDialog(self.runner, self.window(), self.today).open()

    @Slot(object)
    def open_row(self, row: CatalogueRow) -> None:
        if self._may:
            CatalogueDialog(self.runner, self.window(), self.today, row).open()

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[CatalogueRow], menu: QMenu) -> None:
        if len(rows) == 1 and self._may:
            menu.addAction(icons.icon("pencil"), "修改", self._edit)
            menu.addAction(icons.icon("copy"), "从新的日期起改…", self._renew)
            menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete)

    @Slot()
    def _edit(self) -> None:
        if (row := self.one()) is not None:
            self.open_row(row)

    @Slot()
    def _renew(self) -> None:
        if (row := self.one()) is not None:
            CatalogueDialog(self.runner, self.window(), self.today, row, new=True).open()

    @Slot()
    def _ask_delete(self) -> None:
        row: CatalogueRow | None = self.one()
        if row is not None:
            messages.ask(
                self,
                f"删除品目 {row.label}；如果只是不再适用，请改填失效日期。",
                done=self._delete,
                title="删除品目？",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        row: CatalogueRow | None = self.one()
        if yes and row is not None:
            self.page.command(services.delete_catalogue_item, row.id, row.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.page.toast("品目已删除")

    # ------------------------------------------------------------------ Excel
    def _folder(self) -> Path:
        return Path(str(settings.read("folders/catalogue") or Path.home()))

    @Slot()
    def ask_export(self) -> None:
        dialog = QFileDialog(
            self, "导出集中采购目录", str(self._folder() / "集中采购目录.xlsx"), "Excel 工作簿 (*.xlsx)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write every item that is in use to ``path``."""
        self._path = Path(path)
        settings.write("folders/catalogue", str(self._path.parent))
        self.page.query(list_catalogue_rows, ok=self._have_rows)

    @Slot(object)
    def _have_rows(self, rows: tuple[CatalogueRow, ...]) -> None:
        assert self._path is not None
        self.runner.work(write_catalogue_book, self._path, rows, ok=self._written, fail=self.page.command_failed)

    @Slot(object)
    def _written(self, path: Path) -> None:
        self.page.toast(f"已导出到 {path.name}")

    @Slot()
    def ask_import(self) -> None:
        dialog = QFileDialog(self, "导入集中采购目录", str(self._folder()), "表格 (*.xlsx *.xls *.ods *.csv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    @Slot(str)
    def import_from(self, path: str) -> None:
        """Read a workbook and show what it would change."""
        settings.write("folders/catalogue", str(Path(path).parent))
        self.runner.work(
            read_catalogue_book, Path(path), ok=self._have_book, fail=self.page.command_failed, title="读取集中采购目录"
        )

    @Slot(object)
    def _have_book(self, book: CatalogueBook) -> None:
        CatalogueImportDialog(self.runner, self.window(), book, self.today).open()


def _missing(ctx: Ctx) -> tuple[ProcurementKind, ...]:
    return kinds_without_threshold(ctx)


class ThresholdsPane(Pane):
    """限额标准."""

    name = "expenses.thresholds"
    columns = THRESHOLD_COLUMNS
    search = "依据文件"
    filters = (Filter("validity", "状态", VALIDITY, inline=True), Filter("kind", "类别", KINDS))
    empty = Empty(
        "还没有设置限额标准",
        "程序不预设金额：请按本省（市、县）现行文件设置，向导里有国家层面的参考数可以对照。",
        "按文件设置…",
        "scale",
    )

    def __init__(self, page: Page, desk: Desk) -> None:
        self._may = desk.can(PROCUREMENT_RULES)
        super().__init__(page, desk, list_thresholds)
        self.wizard_button = self.add_action(
            "按文件设置…",
            self.first_step,
            icon="wand-sparkles",
            enabled=self._may,
            tooltip="一次登记一份文件的全部限额",
        )
        self.add_button = self.add_action(
            "登记一条", self.add_one, icon="plus", primary=True, enabled=self._may, shortcut="Ctrl+Shift+N"
        )

    def reload(self) -> None:
        super().reload()
        self.page.query(_missing, ok=self._have_missing)

    @Slot(object)
    def _have_missing(self, kinds: tuple[ProcurementKind, ...]) -> None:
        bar = self.page.bar
        if kinds and self.isVisible():
            names = "、".join(kind.label for kind in kinds)
            bar.say(f"{names}{_UNSET}", closable=False)
        elif bar.text.endswith(_UNSET):
            bar.clear()

    @Slot()
    def first_step(self) -> None:
        if self._may:
            ThresholdWizard(self.runner, self.window(), self.today).open()

    @Slot()
    def add_one(self) -> None:
        if self._may:
            ThresholdDialog(self.runner, self.window(), self.today).open()

    @Slot(object)
    def open_row(self, row: ThresholdRow) -> None:
        if self._may:
            ThresholdDialog(self.runner, self.window(), self.today, row).open()

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[ThresholdRow], menu: QMenu) -> None:
        if len(rows) == 1 and self._may:
            menu.addAction(icons.icon("pencil"), "修改", self._edit)
            menu.addAction(icons.icon("copy"), "从新的日期起改…", self._renew)
            menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete)

    @Slot()
    def _edit(self) -> None:
        if (row := self.one()) is not None:
            self.open_row(row)

    @Slot()
    def _renew(self) -> None:
        if (row := self.one()) is not None:
            ThresholdDialog(self.runner, self.window(), self.today, row, new=True).open()

    @Slot()
    def _ask_delete(self) -> None:
        row: ThresholdRow | None = self.one()
        if row is not None:
            messages.ask(
                self,
                f"删除“{row.kind.label}{yuan_words(row.from_fen)}以上应走{row.route.label}”；"
                "已提交的单据仍保留当时引用的规则。如果只是不再适用，请改填失效日期。",
                done=self._delete,
                title="删除限额标准？",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        row: ThresholdRow | None = self.one()
        if yes and row is not None:
            self.page.command(services.delete_threshold, row.id, row.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.page.toast("限额标准已删除")
