"""A table model that shows a million rows by holding a few pages of them.

Rows are fetched in pages of 256 by the runner's query lane, newest wish first, and kept in a small LRU; everything
else (search, filter, sort, count) is the list's query in SQL.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from dangxiao_houqin.core.columns import Column, Pill, mask_id, mask_phone, show
from dangxiao_houqin.core.listing import Listing, ListQuery

from .background import Runner, Task

PAGE = 256
KEPT_PAGES = 48
MAX_WISHES = 3
IN_FLIGHT = 2

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PILL_ROLE = int(Qt.ItemDataRole.UserRole) + 2

Fetch = Callable[[Any, ListQuery], Listing[Any]]
Index = QModelIndex | QPersistentModelIndex

_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}


def cell_text(column: Column[Any], row: Any, *, reveal: bool) -> str:
    """The text of a cell as the screen shows it; phones and ID numbers are masked unless revealed."""
    value = column.value(row)
    if isinstance(value, Pill):
        return value.text
    text = show(value, column.kind)
    if reveal or not text:
        return text
    if column.kind == "phone":
        return mask_phone(text)
    if column.kind == "id_number":
        return mask_id(text)
    return text


class _Fetching(QObject):
    """One page under way; carries what was asked, so that a late answer can be told from a current one."""

    arrived = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, query: ListQuery, generation: int, fresh: bool) -> None:
        super().__init__()  # owned by Python alone, like a Task
        self.query, self.generation, self.fresh = query, generation, fresh
        self.task: Task | None = None

    @property
    def page(self) -> int:
        return self.query.offset // PAGE

    @Slot(object)
    def ok(self, listing: Listing[Any]) -> None:
        self.arrived.emit(self, listing)

    @Slot(object)
    def fail(self, error: Exception) -> None:
        self.failed.emit(self, error)


class PagingModel(QAbstractTableModel):
    """Rows of ``fetch(ctx, ListQuery)`` shown through ``columns``.

    ``row_id(row)`` names a row for the selection (an int or a str that stays the same across queries).
    """

    loaded = Signal()
    """A page arrived (totals and rows may have changed)."""
    failed = Signal(object)
    about_to_replace = Signal()
    replaced = Signal()

    def __init__(
        self,
        runner: Runner,
        fetch: Fetch,
        columns: Sequence[Column[Any]],
        row_id: Callable[[Any], Any],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self.fetch = fetch
        self.columns = tuple(columns)
        self.row_id = row_id
        self.query = ListQuery()
        self.total = 0
        self.ready = False
        self.reveal = False
        self._generation = 0
        self._pages: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._texts: dict[int, list[tuple[str, ...]]] = {}
        self._wishes: list[int] = []
        self._under_way: dict[int, _Fetching] = {}
        self._anchor: Callable[[], int] = lambda: 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fetch_wishes)

    # ------------------------------------------------------------------ asking for rows
    def set_anchor(self, anchor: Callable[[], int]) -> None:
        """Who knows the first visible row, so that a refresh begins with what is seen."""
        self._anchor = anchor

    def set_query(
        self,
        *,
        search: str | None = None,
        filters: Mapping[str, Any] | None = None,
        sort: str | None = None,
        descending: bool | None = None,
    ) -> None:
        """Ask another question; the old rows stay on screen until the first new ones are there."""
        query = self.query
        if search is not None:
            query = replace(query, search=search)
        if filters is not None:
            query = replace(query, filters=dict(filters))
        if sort is not None:
            query = replace(query, sort=sort or None)
        if descending is not None:
            query = replace(query, descending=descending)
        self.query = query
        self._restart(0)

    def refresh(self) -> None:
        """Ask the same question again, beginning with the visible page."""
        self._restart(self._anchor() // PAGE)

    def set_fetch(self, fetch: Fetch) -> None:
        """Use another query function with the same columns."""
        self.fetch = fetch
        self._restart(0)

    def close(self) -> None:
        """Drop everything under way."""
        self._timer.stop()
        for fetching in list(self._under_way.values()):
            self._abandon(fetching)

    @property
    def loading(self) -> bool:
        return bool(self._under_way or self._wishes)

    def _restart(self, page: int) -> None:
        self._generation += 1
        self._wishes.clear()
        self._timer.stop()
        for fetching in list(self._under_way.values()):
            self._abandon(fetching)
        self._start(page, fresh=True)

    def _abandon(self, fetching: _Fetching) -> None:
        self._under_way.pop(fetching.page, None)
        if fetching.task is not None:
            fetching.task.drop()
            fetching.task.cancel()

    def _start(self, page: int, *, fresh: bool) -> None:
        query = replace(self.query, offset=page * PAGE, limit=PAGE)
        fetching = _Fetching(query, self._generation, fresh)
        fetching.arrived.connect(self._arrived)
        fetching.failed.connect(self._failed)
        self._under_way[page] = fetching
        fetching.task = self._runner.query(self.fetch, query, ok=fetching.ok, fail=fetching.fail)

    def _wish(self, page: int) -> None:
        if page in self._under_way or any(f.fresh for f in self._under_way.values()):
            return
        if page in self._wishes:
            self._wishes.remove(page)
        self._wishes.append(page)
        del self._wishes[:-MAX_WISHES]  # a dragged scroll bar must not queue every page it passed
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _fetch_wishes(self) -> None:
        while self._wishes and len(self._under_way) < IN_FLIGHT:
            page = self._wishes.pop()
            if page not in self._pages and page not in self._under_way:
                self._start(page, fresh=False)

    @Slot(object, object)
    def _arrived(self, fetching: _Fetching, listing: Listing[Any]) -> None:
        if fetching.generation != self._generation:
            return
        self._under_way.pop(fetching.page, None)
        page = fetching.page
        if fetching.fresh and page and not listing.rows and listing.total:
            self._start((listing.total - 1) // PAGE, fresh=True)  # the list became shorter than where we stood
            return
        if fetching.fresh or listing.total != self.total:
            self._replace(page, listing)
        else:
            self._keep(page, listing.rows)
            self.dataChanged.emit(
                self.index(page * PAGE, 0),
                self.index(min((page + 1) * PAGE, self.total) - 1, len(self.columns) - 1),
            )
        self.loaded.emit()
        if self._wishes:
            self._timer.start(0)

    @Slot(object, object)
    def _failed(self, fetching: _Fetching, error: Exception) -> None:
        if fetching.generation == self._generation:
            self._under_way.pop(fetching.page, None)
            self.failed.emit(error)

    def _replace(self, page: int, listing: Listing[Any]) -> None:
        self.about_to_replace.emit()
        self.beginResetModel()
        self._pages.clear()
        self._texts.clear()
        self.total = listing.total
        self.ready = True
        self._keep(page, listing.rows)
        self.endResetModel()
        self.replaced.emit()

    def _keep(self, page: int, rows: Sequence[Any]) -> None:
        self._pages[page] = tuple(rows)
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT_PAGES:
            old, _ = self._pages.popitem(last=False)
            self._texts.pop(old, None)

    # ------------------------------------------------------------------ rows
    def row(self, number: int) -> Any | None:
        """The row object at ``number``, or ``None`` (and a wish) while it is not here."""
        page, place = divmod(number, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            if 0 <= number < self.total:
                self._wish(page)
            return None
        return rows[place] if place < len(rows) else None

    def held_rows(self) -> list[tuple[int, Any]]:
        """(number, row) of everything held now."""
        return [(page * PAGE + place, row) for page, rows in self._pages.items() for place, row in enumerate(rows)]

    def set_reveal(self, reveal: bool) -> None:
        """Show phones and ID numbers in full."""
        if reveal != self.reveal:
            self.reveal = reveal
            self._texts.clear()
            if self.total:
                self.dataChanged.emit(self.index(0, 0), self.index(self.total - 1, len(self.columns) - 1))

    def text(self, number: int, column: int) -> str:
        """What a cell shows; … in the first column of a row that is not here yet."""
        page, place = divmod(number, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            if 0 <= number < self.total:
                self._wish(page)
            return "…" if column == 0 else ""
        texts = self._texts.get(page)
        if texts is None:
            self._pages.move_to_end(page)
            texts = self._texts[page] = [()] * len(rows)
        if place >= len(rows):
            return ""
        cells = texts[place]
        if not cells:
            cells = texts[place] = tuple(cell_text(each, rows[place], reveal=self.reveal) for each in self.columns)
        return cells[column]

    def pill(self, number: int, column: int) -> Pill | None:
        """The state a cell shows, ``None`` for every other kind of cell."""
        if self.columns[column].kind != "pill":
            return None
        row = self.row(number)
        value = self.columns[column].value(row) if row is not None else None
        return value if isinstance(value, Pill) else None

    # ------------------------------------------------------------------ Qt
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), index.column())
        if role == PILL_ROLE:
            return self.pill(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _ALIGN[self.columns[index.column()].alignment]
        if role == ROW_ROLE:
            return self.row(index.row())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _ALIGN[self.columns[section].alignment]
        return None
