"""The table itself: sticky head, rows of any number, selection by row id, keys, columns to move and size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dangxiao_houqin.core.columns import Column

from . import messages
from .delegates import CellDelegate
from .table_export import shown_columns
from .table_model import PAGE, PagingModel
from .theme import TOKENS


class TableView(QTableView):
    """A table with a sticky head over a :class:`PagingModel`; whole rows are selected, by id."""

    opened = Signal(object)
    """Double click or Enter; carries the row."""
    selection_changed = Signal()
    typed = Signal(str)
    """A character typed on the table: goes to the search box."""
    columns_changed = Signal()
    sort_asked = Signal(str, bool)
    menu_asked = Signal(QPoint)

    def __init__(self, model: PagingModel, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent)
        self.paging = model
        self._pending: set[Any] = set()
        self._current_id: Any = None
        self._scroll = 0
        self._restoring = False
        self._user_sized = False
        self._fitting = False
        self._line, self._mark = QColor(TOKENS.line), QColor(TOKENS.primary)
        self.setModel(model)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(8)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_compact(compact)
        head = self.horizontalHeader()
        head.setSectionsMovable(True)
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        head.setFixedHeight(40)
        head.setSortIndicatorShown(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.sectionClicked.connect(self._head_clicked)
        head.sectionResized.connect(self._section_resized)
        head.sectionMoved.connect(self._section_moved)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(self._double_clicked)
        model.about_to_replace.connect(self._remember)
        model.replaced.connect(self._restore)
        model.loaded.connect(self._select_pending)
        model.set_anchor(self.first_visible_row)
        self.default_columns()

    # ------------------------------------------------------------------ columns
    def default_columns(self) -> None:
        """Order, width and visibility as declared."""
        self._user_sized = False
        head = self.horizontalHeader()
        self._fitting = True
        for logical, each in enumerate(self.paging.columns):
            head.moveSection(head.visualIndex(logical), logical)
            head.setSectionHidden(logical, each.hidden)
            head.resizeSection(logical, each.width)
        self._fitting = False
        self.fit()

    def column_state(self) -> list[list[Any]]:
        """[[key, width or 0 for automatic, shown]] in visual order."""
        head = self.horizontalHeader()
        state = []
        for visual in range(head.count()):
            logical = head.logicalIndex(visual)
            hidden = head.isSectionHidden(logical)
            width = head.sectionSize(logical) if self._user_sized and not hidden else 0
            state.append([self.paging.columns[logical].key, width, not hidden])
        return state

    def set_column_state(self, state: Sequence[Sequence[Any]]) -> None:
        """Apply what :meth:`column_state` gave, leniently: columns may have come or gone since."""
        head = self.horizontalHeader()
        places = {each.key: logical for logical, each in enumerate(self.paging.columns)}
        self._fitting = True
        visual = 0
        for entry in state:
            if not (isinstance(entry, list | tuple) and len(entry) == 3) or entry[0] not in places:
                continue
            key, width, shown = entry
            logical = places[key]
            head.moveSection(head.visualIndex(logical), visual)
            head.setSectionHidden(logical, not shown)
            if isinstance(width, int) and width > 0:
                head.resizeSection(logical, min(max(width, 48), 1200))
                self._user_sized = True
            visual += 1
        if all(head.isSectionHidden(logical) for logical in range(head.count())):
            head.setSectionHidden(0, False)
        self._fitting = False
        self.fit()
        self.columns_changed.emit()

    def visible_columns(self) -> tuple[Column[Any], ...]:
        """What is shown, in the order shown."""
        head = self.horizontalHeader()
        order = [head.logicalIndex(visual) for visual in range(head.count())]
        return tuple(self.paging.columns[logical] for logical in order if not head.isSectionHidden(logical))

    def fit(self) -> None:
        """Unless the user set widths: share the room between the columns in proportion to their own widths."""
        if self._user_sized:
            return
        head = self.horizontalHeader()
        shown = [logical for logical in range(head.count()) if not head.isSectionHidden(logical)]
        own = sum(self.paging.columns[logical].width for logical in shown)
        room = self.viewport().width()
        if not shown or not own:
            return
        factor = max(room / own, 1.0)
        self._fitting = True
        used = 0
        for logical in shown[:-1]:
            width = int(self.paging.columns[logical].width * factor)
            head.resizeSection(logical, width)
            used += width
        last = self.paging.columns[shown[-1]].width
        head.resizeSection(shown[-1], max(room - used, last) if factor > 1 else last)
        self._fitting = False

    @Slot(int, int, int)
    def _section_resized(self, _logical: int, _old: int, _new: int) -> None:
        if not self._fitting:
            self._user_sized = True
            self.columns_changed.emit()

    @Slot(int, int, int)
    def _section_moved(self, _logical: int, _old: int, _new: int) -> None:
        if not self._fitting:
            self.columns_changed.emit()

    @Slot(int)
    def _head_clicked(self, logical: int) -> None:
        each = self.paging.columns[logical]
        if not each.sortable:
            self.show_sort()
            return
        query = self.paging.query
        if query.sort != each.key:
            self.sort_asked.emit(each.key, False)
        elif not query.descending:
            self.sort_asked.emit(each.key, True)
        else:
            self.sort_asked.emit("", False)

    def show_sort(self) -> None:
        """Put the arrow where the query sorts."""
        query = self.paging.query
        keys = [each.key for each in self.paging.columns]
        place = keys.index(query.sort) if query.sort in keys else -1
        order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(place, order)

    def set_compact(self, compact: bool) -> None:
        """Rows of 32 instead of 42 px."""
        self.cells.row_height = TOKENS.row_compact if compact else TOKENS.row
        self.verticalHeader().setDefaultSectionSize(self.cells.row_height)

    # ------------------------------------------------------------------ selection by id
    def first_visible_row(self) -> int:
        """Number of the top row on screen."""
        return max(self.rowAt(1), 0)

    def current_row(self) -> Any | None:
        """The row with the cursor, ``None`` when there is none."""
        index = self.currentIndex()
        return self.paging.row(index.row()) if index.isValid() else None

    def selected_rows(self) -> list[Any]:
        """The selected rows in the order of the list."""
        numbers: set[int] = set()
        for part in self.selectionModel().selection().toList():
            numbers.update(range(part.top(), part.bottom() + 1))
        rows = (self.paging.row(number) for number in sorted(numbers))
        return [each for each in rows if each is not None]

    def select_id(self, wanted: Any) -> bool:
        """Move the cursor to a row held now; ``False`` when it is not here."""
        for number, each in self.paging.held_rows():
            if self.paging.row_id(each) == wanted:
                self.selectRow(number)
                self.scrollTo(self.paging.index(number, 0))
                return True
        return False

    def selectAll(self) -> None:
        """Only what is here can be acted upon: a list longer than some pages must be filtered first."""
        if self.paging.total > PAGE * 8 or any(
            self.paging.row(number) is None for number in range(0, self.paging.total, PAGE)
        ):
            messages.toast(self, "列表太长，不能全选，请先筛选或向下浏览后再选。", tone="warning")
            return
        super().selectAll()

    @Slot()
    def _remember(self) -> None:
        self._pending |= {self.paging.row_id(each) for each in self.selected_rows()}
        current = self.current_row()
        self._current_id = self.paging.row_id(current) if current is not None else self._current_id
        self._scroll = self.verticalScrollBar().value()
        self._restoring = True

    @Slot()
    def _restore(self) -> None:
        self.show_sort()
        self.updateGeometries()
        self.verticalScrollBar().setValue(max(self._scroll, 0))
        self._select_pending()
        self._restoring = False
        self.selection_changed.emit()

    @Slot()
    def _select_pending(self) -> None:
        if not self._pending and self._current_id is None:
            return
        selection = QItemSelection()
        last = self.paging.columnCount() - 1
        current: QModelIndex | None = None
        for number, each in self.paging.held_rows():
            name = self.paging.row_id(each)
            if name in self._pending:
                self._pending.discard(name)
                selection.select(self.paging.index(number, 0), self.paging.index(number, last))
            if name == self._current_id:
                current = self.paging.index(number, 0)
        model = self.selectionModel()
        if current is not None:
            self._current_id = None
            model.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
        if not selection.isEmpty():
            model.select(selection, QItemSelectionModel.SelectionFlag.Select)

    def forget_selection(self) -> None:
        """A new question: what was selected before no longer matters."""
        self._pending.clear()
        self._current_id = None
        self._scroll = 0
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.verticalScrollBar().setValue(0)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not getattr(self, "_restoring", True):
            self._pending.clear()
            self.selection_changed.emit()

    # ------------------------------------------------------------------ mouse and keys
    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        each = self.paging.row(index.row())
        if each is not None:
            self.opened.emit(each)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            each = self.current_row()
            if each is not None:
                self.opened.emit(each)
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
            return
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.paging.total:
            self.selectRow(0 if key == Qt.Key.Key_Home else self.paging.total - 1)
            return
        if plain and text and text.isprintable() and text != " ":
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

    def copy(self) -> None:
        """The selected rows as tab-separated text, head included."""
        rows, shown = self.selected_rows(), shown_columns(self.visible_columns(), reveal=self.paging.reveal)
        if rows:
            lines = ["\t".join(each.title for each in shown)]
            lines += ["\t".join(each.display(one) for each in shown) for one in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))
            messages.toast(self, f"已复制 {len(rows)} 行", tone="primary")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if not index.isValid():
                return
            if not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
                self.selectRow(index.row())
            self.menu_asked.emit(event.globalPos())
        elif self.currentIndex().isValid():
            rect = self.visualRect(self.currentIndex())
            self.menu_asked.emit(self.viewport().mapToGlobal(rect.bottomLeft()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, number: int) -> None:
        if number != self.cells.hovered:
            for each in (self.cells.hovered, number):
                if each >= 0:
                    top = self.rowViewportPosition(each)
                    self.viewport().update(0, top, self.viewport().width(), self.cells.row_height)
            self.cells.hovered = number

    def paintEvent(self, event: QPaintEvent) -> None:
        first, height = self.rowAt(0), self.cells.row_height
        viewport = self.viewport()
        last = first + viewport.height() // height + 1 if first >= 0 else -1
        chosen: set[int] = set()
        for part in self.selectionModel().selection().toList():
            chosen.update(range(max(part.top(), first), min(part.bottom(), last) + 1))
        self.cells.selected = frozenset(chosen)
        super().paintEvent(event)
        if first < 0:
            return
        painter = QPainter(viewport)
        top, width = self.rowViewportPosition(first), viewport.width()
        for number in range(first, min(last, self.paging.total - 1) + 1):
            painter.fillRect(0, top + (number - first + 1) * height - 1, width, 1, self._line)
        current = self.currentIndex().row()
        if first <= current <= last and self.hasFocus():
            painter.fillRect(0, top + (current - first) * height, 3, height - 1, self._mark)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
