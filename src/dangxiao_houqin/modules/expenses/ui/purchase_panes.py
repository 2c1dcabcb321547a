"""What the lists under the tabs of 采购 have in common, and the list of procurement records."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.columns.procurement import RECORD_COLUMNS
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.records import RecordRow, RecordView
from dangxiao_houqin.modules.expenses.queries.procurement import get_record, list_records
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card

from .record_dialog import RecordDialog

KINDS = tuple((kind.value, kind.label) for kind in ProcurementKind)
ROUTES = tuple((route.value, route.label) for route in Route)


def row_id(row: Any) -> int:
    return int(row.id)


class Pane(QWidget):
    """A list in its card with the actions that stand on the page while it is shown."""

    name = ""
    columns: tuple[Column[Any], ...] = ()
    search = ""
    unit = "条"
    filters: tuple[Filter, ...] = ()
    empty = Empty()

    def __init__(self, page: Page, desk: Desk, fetch: Any) -> None:
        super().__init__()
        self.page, self.desk, self.runner = page, desk, desk.runner
        self.today = date.min
        """Set by the page before anything can be clicked."""
        self.buttons: list[QPushButton] = []
        self.table = ListTable(
            desk.runner,
            self.name,
            self.columns,
            fetch,
            row_id,
            search=self.search,
            filters=self.filters,
            unit=self.unit,
            empty=self.empty,
        )
        card = Card(padding=16)
        card.body.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        self.table.opened.connect(self.open_row)
        self.table.menu_requested.connect(self.fill_menu)
        self.table.empty_action.connect(self.first_step)
        self.table.selection_changed.connect(self.selected)
        self.table.loaded.connect(self.selected)

    def add_action(self, text: str, slot: Any, **options: Any) -> QPushButton:
        made = self.page.add_action(text, slot, **options)
        self.buttons.append(made)
        return made

    def reload(self) -> None:
        self.table.refresh()

    def one(self) -> Any | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def selected(self) -> None:
        """Enable what fits the selection; override."""

    @Slot(object)
    def open_row(self, row: Any) -> None:
        """A double click; override."""

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        """The menu of a row; override."""

    @Slot()
    def first_step(self) -> None:
        """The button of the empty list; override."""


class RecordsPane(Pane):
    """采购记录."""

    name = "expenses.records"
    columns = RECORD_COLUMNS
    search = "文件编号 / 项目 / 供应商 / 合同号"
    filters = (
        Filter("route", "方式", ROUTES),
        Filter("kind", "类别", KINDS),
        Filter("use", "使用", (("used", "已用于报销"), ("unused", "还没有报销"), ("over", "报销超过成交金额"))),
        Filter("year", "年度"),
    )
    empty = Empty(
        "还没有采购记录",
        "达到限额或在集中采购目录内的支出，登记采购文件、成交供应商、合同和会议纪要后才能支付。",
        "登记采购记录",
        "file-check",
    )

    def __init__(self, page: Page, desk: Desk) -> None:
        self._may = desk.can(PROCUREMENT)
        super().__init__(page, desk, list_records)
        self.add_button = self.add_action(
            "登记采购记录", self.first_step, icon="plus", primary=True, enabled=self._may, shortcut="Ctrl+Shift+N"
        )

    @Slot()
    def first_step(self) -> None:
        if self._may:
            RecordDialog(self.runner, self.window(), self.today).open()

    @Slot(object)
    def open_row(self, row: RecordRow) -> None:
        self.open_record(row.id)

    def open_record(self, record_id: int) -> None:
        """Show one record."""
        self.page.query(get_record, record_id, ok=self._have_record)

    @Slot(object)
    def _have_record(self, record: RecordView) -> None:
        dialog = RecordDialog(self.runner, self.window(), self.today, record)
        if not self._may:
            dialog.form.setEnabled(False)
            dialog.primary.hide()
            dialog.cancel.setText("关闭")
        dialog.open()

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[RecordRow], menu: QMenu) -> None:
        if len(rows) == 1:
            menu.addAction(icons.icon("pencil" if self._may else "eye"), "打开", self._open_selected)
            if self._may:
                menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete)

    @Slot()
    def _open_selected(self) -> None:
        if (row := self.one()) is not None:
            self.open_row(row)

    @Slot()
    def _ask_delete(self) -> None:
        row: RecordRow | None = self.one()
        if row is not None:
            papers = f"和 {row.files} 份附件" if row.files else ""
            messages.ask(
                self,
                f"删除采购记录 {row.file_no}“{row.title}”{papers}，不能恢复。",
                done=self._delete,
                title="删除采购记录？",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        row: RecordRow | None = self.one()
        if yes and row is not None:
            self.page.command(services.delete_record, row.id, row.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.page.toast("采购记录已删除")
