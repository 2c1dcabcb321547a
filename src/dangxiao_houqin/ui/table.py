"""The list on a page: search, filters, count, sheet, paper; and below it a table of any length."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QProgressBar, QStackedLayout, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.documents.paper import Head

from . import icons, messages, settings
from .background import Runner
from .column_chooser import ColumnChooser
from .filters import Filter, FilterBar
from .page import Page
from .table_export import ForPaper, collect, collect_for_paper, paper_of, shown_columns, write_sheet
from .table_model import Fetch, PagingModel
from .table_view import TableView
from .widgets import Card, EmptyState, SearchBox, button, label, row, tool_button


@dataclasses.dataclass(frozen=True)
class Empty:
    """What a list without a single row says: a title, what to do first, and the button's text."""

    title: str = "这里还没有内容"
    hint: str = ""
    action: str = ""
    icon: str = "inbox"


class ListTable(QWidget):
    """A whole list: tool line, table, empty state.

    ``name`` is where its columns are remembered; ``fetch(ctx, ListQuery) -> Listing`` and ``row_id(row)`` feed it;
    ``unit`` is what the rows are counted in.  Connect ``opened`` (double click, Enter), ``menu_requested(rows,
    QMenu)`` to fill the row menu, ``empty_action`` (button of the empty state), ``selection_changed``.
    """

    opened = Signal(object)
    selection_changed = Signal()
    menu_requested = Signal(list, QMenu)
    empty_action = Signal()
    loaded = Signal()
    head_of: ClassVar[Callable[[Any], Head] | None] = None
    """``head_of(ctx)`` gives the head of printed lists; the shell sets it once for all (as a staticmethod)."""

    def __init__(
        self,
        runner: Runner,
        name: str,
        columns: Sequence[Column[Any]],
        fetch: Fetch,
        row_id: Callable[[Any], Any],
        *,
        title: str = "",
        search: str | None = "姓名 / 拼音 / 首字母",
        filters: Sequence[Filter] = (),
        unit: str = "条",
        empty: Empty | None = None,
        compact: bool = False,
        sort: str = "",
        descending: bool = False,
        export: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.runner = runner
        self.name = name
        self.title = title or name
        self._unit = unit
        self._empty = empty or Empty()
        self._default_sort = (sort, descending)
        self.model = PagingModel(runner, fetch, columns, row_id, self)
        self.view = TableView(self.model, compact=compact)
        self.view.setAccessibleName(self.title)
        self.search = SearchBox(search or "")
        self.search.setMinimumWidth(180)
        self.search.setMaximumWidth(300)
        if search is None:
            self.search.hide()
        self.filters = FilterBar(filters)
        self._anchors = {f.key for f in filters if f.anchor}
        self.count = label("", "second")
        self.chooser_button = tool_button("columns-3", "选择要显示的列", self._choose_columns)
        self.export_button = button(
            "导出 Excel", self.export, icon="download", tooltip="把现在显示的内容存成 Excel 文件"
        )
        self.print_button = tool_button("printer", "打印现在显示的内容", self.print_list, shortcut="Ctrl+P")
        if not export:  # never setVisible(True) before the layout: it would flash as a window of its own
            self.export_button.hide()
            self.print_button.hide()
        self.tools = row(self.search, self.filters, spacing=12)
        self._second_line = row(spacing=12)
        self.tools.setStretch(0, 1)
        self.extra = row(spacing=8)
        self.tools.addLayout(self.extra)
        self.tools.addStretch(1)
        for part in (self.count, self.chooser_button, self.print_button, self.export_button):
            self.tools.addWidget(part)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedHeight(3)
        self._busy_policy = self._busy.sizePolicy()
        self._busy_policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(self._busy_policy)
        self._busy.hide()
        self._empty_state = EmptyState()
        self._empty_state.triggered.connect(self._empty_clicked)
        table = QWidget(self)  # with a parent: QStackedLayout shows its first widget at once
        inner = QVBoxLayout(table)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.view)
        self._stack = QStackedLayout()
        self._stack.addWidget(table)
        self._stack.addWidget(self._empty_state)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self.tools)
        outer.addLayout(self._second_line)
        outer.addWidget(self._busy)
        outer.addLayout(self._stack, 1)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(300)
        self._slow.timeout.connect(self._show_busy)
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(400)
        self._save.timeout.connect(self._save_columns)
        self._connect()
        self._restore_columns()
        self._first = True
        self._filters_below = False

    def _connect(self) -> None:
        self.search.searched.connect(self._searched)
        self.search.down_pressed.connect(self._enter_table)
        self.filters.changed.connect(self._filtered)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.view.opened.connect(self.opened)
        self.view.selection_changed.connect(self._selection_changed)
        self.view.typed.connect(self._typed)
        self.view.sort_asked.connect(self.set_sort)
        self.view.menu_asked.connect(self._menu)
        self.view.columns_changed.connect(self._save.start)
        self.view.horizontalHeader().customContextMenuRequested.connect(self._head_menu)

    # ------------------------------------------------------------------ room
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_filters()

    def _place_filters(self) -> None:
        """Filters that do not fit beside the search stand in a line of their own."""
        right = (self.chooser_button, self.print_button, self.export_button)
        others = self.extra.sizeHint().width() + sum(part.sizeHint().width() + 12 for part in right)
        needed = self.search.minimumWidth() + self.filters.sizeHint().width() + others + 150
        below = needed > self.width()
        if below != self._filters_below:
            self._filters_below = below
            if below:
                self.tools.removeWidget(self.filters)
                self._second_line.addWidget(self.filters)
                self._second_line.addStretch(1)
            else:
                self._second_line.removeWidget(self.filters)
                self._second_line.takeAt(0)
                self.tools.insertWidget(1, self.filters)

    # ------------------------------------------------------------------ for the page
    @property
    def query(self) -> ListQuery:
        """What the list shows now (search, filters, sort)."""
        return self.model.query

    @Slot()
    def refresh(self) -> None:
        """Ask again; place and selection stay."""
        self._slow.start()
        if self._first:
            self._first = False
            sort, descending = self._default_sort
            self.model.set_query(filters=self.filters.values(), sort=sort, descending=descending)
        else:
            self.model.refresh()

    def selected_rows(self) -> list[Any]:
        return self.view.selected_rows()

    def current_row(self) -> Any | None:
        return self.view.current_row()

    def set_filter(self, key: str, value: Any) -> None:
        """Set a filter as if the user had; ``None`` is all."""
        self.filters.set_value(key, value)

    def set_filter_choices(self, key: str, choices: Sequence[tuple[Any, str]]) -> None:
        self.filters.set_choices(key, choices)
        self._place_filters()

    def set_search(self, text: str) -> None:
        """Search as if typed."""
        self.search.setText(text)
        self.search.search_now()

    def set_reveal(self, reveal: bool) -> None:
        """Show phones and ID numbers in full (the page has asked for the right and logged it)."""
        self.model.set_reveal(reveal)

    def set_empty(self, empty: Empty) -> None:
        self._empty = empty
        self._show_state()

    def add_tool(self, widget: QWidget) -> None:
        """Something of the page's own behind the filters."""
        self.extra.addWidget(widget)

    # ------------------------------------------------------------------ asking
    @Slot(str)
    def _searched(self, text: str) -> None:
        self._ask(search=text)

    @Slot(dict)
    def _filtered(self, values: dict[str, Any]) -> None:
        self._ask(filters=values)

    @Slot(str, bool)
    def set_sort(self, key: str, descending: bool = False) -> None:
        """Sort by a column key; "" is the list's own order."""
        self._slow.start()
        self.model.set_query(sort=key, descending=descending)
        self.view.show_sort()

    def _ask(self, **changes: Any) -> None:
        if self._first:
            sort, descending = self._default_sort
            changes = {"sort": sort, "descending": descending, "filters": self.filters.values()} | changes
            self._first = False
        self._slow.start()
        self.view.forget_selection()
        self.model.set_query(**changes)

    @Slot()
    def _show_busy(self) -> None:
        self._busy.setVisible(self.model.loading)

    @Slot()
    def _loaded(self) -> None:
        if not self.model.loading:
            self._slow.stop()
            self._busy.hide()
        self._show_state()
        self.loaded.emit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._slow.stop()
        self._busy.hide()
        page = self._page()
        if page is not None:
            page.query_failed(error)
        else:
            messages.show(self, error, retry=self.refresh)

    def _page(self) -> Page | None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, Page):
            parent = parent.parentWidget()
        return parent

    def _narrowed(self) -> bool:
        return bool(self.query.search or set(self.query.filters) - self._anchors)

    def _show_state(self) -> None:
        if not self.model.ready:
            return
        chosen = len(self.view.selected_rows()) if self.view.selectionModel().hasSelection() else 0
        total = f"共 {self.model.total:,} {self._unit}"
        self.count.setText(f"已选 {chosen:,} {self._unit} · {total}" if chosen > 1 else total)
        self.export_button.setEnabled(self.model.total > 0)
        self.print_button.setEnabled(self.model.total > 0)
        if self.model.total:
            self._stack.setCurrentIndex(0)
            return
        if self._narrowed():
            self._empty_state.show_state(
                "没有符合条件的内容", "换个写法再找，或者清除搜索和筛选条件。", "清除条件", icon="search"
            )
        else:
            e = self._empty
            self._empty_state.show_state(e.title, e.hint, e.action, icon=e.icon)
        self._stack.setCurrentIndex(1)

    @Slot()
    def _empty_clicked(self) -> None:
        if self._narrowed():
            self.search.setText("")
            self.search.search_now()
            if self.filters.values():
                self.filters.reset()
        else:
            self.empty_action.emit()

    @Slot()
    def _selection_changed(self) -> None:
        self._show_state()
        self.selection_changed.emit()

    @Slot(str)
    def _typed(self, text: str) -> None:
        if not self.search.isHidden():
            self.search.setFocus()
            self.search.setText(text)

    @Slot()
    def _enter_table(self) -> None:
        self.view.setFocus()
        if self.model.total and not self.view.currentIndex().isValid():
            self.view.selectRow(0)

    @Slot(QPoint)
    def _menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_requested.emit(self.selected_rows(), menu)
        if menu.actions():
            menu.addSeparator()
        menu.addAction(icons.icon("copy"), "复制所选行", self.view.copy)
        menu.popup(where)

    # ------------------------------------------------------------------ columns
    @Slot()
    def _choose_columns(self) -> None:
        ColumnChooser(self.view, self).open_below(self.chooser_button)

    @Slot(QPoint)
    def _head_menu(self, _where: QPoint) -> None:
        self._choose_columns()

    @Slot()
    def _save_columns(self) -> None:
        settings.write(f"tables/{self.name}", self.view.column_state())

    def _restore_columns(self) -> None:
        state = settings.read(f"tables/{self.name}")
        if isinstance(state, list):
            self.view.set_column_state(state)
            self._save.stop()

    # ------------------------------------------------------------------ sheet and paper
    @Slot()
    def export(self) -> None:
        """Ask for a file name, then write exactly what is shown."""
        folder = settings.read("folders/export") or str(Path.home())
        dialog = QFileDialog(self, "导出 Excel", str(Path(folder) / f"{self.title}.xlsx"), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write what is shown to ``path`` in the background."""
        settings.write("folders/export", str(Path(path).parent))
        self._export_path = path
        self.runner.query(
            collect, self.model.fetch, self.query, ok=self._collected_for_sheet, title=f"导出{self.title}"
        )

    @Slot(object)
    def _collected_for_sheet(self, rows: tuple[Any, ...]) -> None:
        shown = shown_columns(self.view.visible_columns(), reveal=self.model.reveal)
        self.runner.work(
            write_sheet, self._export_path, self.title, shown, rows, ok=self._exported, title=f"导出{self.title}"
        )

    @Slot(object)
    def _exported(self, result: tuple[str, int]) -> None:
        path, count = result
        messages.toast(self, f"已导出 {count:,} {self._unit}到 {Path(path).name}")

    @Slot()
    def print_list(self) -> None:
        """Preview exactly what is shown."""
        self.runner.query(
            collect_for_paper,
            self.model.fetch,
            self.query,
            type(self).head_of,
            ok=self._collected_for_paper,
            title=f"打印{self.title}",
        )

    @Slot(object)
    def _collected_for_paper(self, found: ForPaper) -> None:
        from .printing import preview

        shown = shown_columns(self.view.visible_columns(), reveal=self.model.reveal)
        narrowed = ("本表只含符合搜索和筛选条件的内容。",) if self._narrowed() else ()
        make = paper_of(self.title, found.head, shown, found.rows, found.printed_at, narrowed)
        preview(self, self.title, make, self.runner, document=f"list/{self.name}")


class TablePage(Page):
    """A page that is one list in a card; ``self.table`` is the :class:`ListTable`.

    A subclass passes the list's parts and adds its actions; see :class:`ListTable` for the arguments.
    """

    def __init__(
        self,
        runner: Runner,
        name: str,
        columns: Sequence[Column[Any]],
        fetch: Fetch,
        row_id: Callable[[Any], Any],
        parent: QWidget | None = None,
        **options: Any,
    ) -> None:
        super().__init__(runner, parent)
        options.setdefault("title", self.title)
        self.table = ListTable(runner, name, columns, fetch, row_id, **options)
        self.card = Card()
        self.card.body.addWidget(self.table)
        self.body.addWidget(self.card, 1)
        self.table.opened.connect(self.open_row)
        self.table.menu_requested.connect(self.fill_menu)
        self.table.empty_action.connect(self.first_step)

    def reload(self) -> None:
        self.table.refresh()

    @Slot(object)
    def open_row(self, row: Any) -> None:
        """Double click or Enter on ``row``; override."""

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        """Add actions for the selected ``rows``; override."""

    @Slot()
    def first_step(self) -> None:
        """The empty state's button; override."""
