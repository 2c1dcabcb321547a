"""对比: classes, kinds, terms or years side by side, as a chart and as a table with n under every rate."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.columns import Column, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import (
    By,
    ComparedColumn,
    ComparedRow,
    Comparison,
    ResultFilter,
    ScopeOptions,
)
from dangxiao_houqin.modules.surveys.queries.results import compare
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.charts import SERIES_COLORS, ColumnChart, Series
from dangxiao_houqin.ui.delegates import PADDING, CellDelegate
from dangxiao_houqin.ui.filters import Filter, FilterBar
from dangxiao_houqin.ui.line_chart import Line, LineChart, Point
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.table_view import TableView
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, Segmented, column, label, row

from .results_detail import facts_of, shown_percent
from .results_scope import ScopeBar

WAYS = (
    (By.SUBJECT, "班次"),
    (By.KIND, "类别"),
    (By.TERM, "学期"),
    (By.YEAR, "年度"),
    (By.CAMPAIGN, "测评"),
)
OF_TIME = frozenset({By.TERM, By.YEAR})
GROUPS = "groups"
MOST_BARS = 16
TOTAL = "\0total"


class _Value:
    """What a cell of one compared column holds: the rate, or the sentence that stands for it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, found: ComparedRow) -> object:
        cell = found.cell(self._key)
        return cell.figure.rate if cell.figure is not None else cell.remark or None


def _title(found: ComparedRow) -> str:
    return found.title


def _papers(found: ComparedRow) -> int:
    return found.papers.valid


def compare_columns(comparison: Comparison) -> tuple[Column[ComparedRow], ...]:
    """A column for each group that any row asked about."""
    return (
        Column("title", comparison.by.label, _title, width=230),
        Column("papers", "有效答卷", _papers, "int", width=88),
        *(
            Column[ComparedRow](each.key or "overall", each.title, _Value(each.key), "percent", width=118)
            for each in comparison.columns
        ),
    )


class CompareCells(CellDelegate):
    """The rate with its n below; a suppressed one as a sentence; the total in bold on a ground of its own."""

    def __init__(self, view: TableView, comparison: Comparison) -> None:
        super().__init__(view, TOKENS.row)
        self._keys = ["", "", *(each.key for each in comparison.columns)]

    def paint_content(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        found = self._model.row(row)
        if not isinstance(found, ComparedRow) or column < 2:
            super().paint_content(painter, rect, row, column)
            return
        cell = found.cell(self._keys[column])
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        right, small = Qt.AlignmentFlag.AlignRight, theme.font(TOKENS.px_label)
        if cell.figure is None:
            painter.setFont(small)
            painter.setPen(QColor(TOKENS.text_hint))
            flags = right | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, cell.remark or "—")
        else:
            painter.setFont(theme.font(bold=found.key == TOTAL))
            painter.setPen(QColor(TOKENS.text))
            painter.drawText(room.adjusted(0, 4, 0, 0), right | Qt.AlignmentFlag.AlignTop, cell.figure.rate_text)
            painter.setFont(small)
            painter.setPen(QColor(TOKENS.text_second))
            mark = " ※" if cell.remark else ""
            said = f"n＝{cell.figure.n:,}{mark}"
            painter.drawText(room.adjusted(0, 0, 0, -4), right | Qt.AlignmentFlag.AlignBottom, said)
        painter.setFont(self._font)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        found = self._model.row(index.row())
        if not isinstance(found, ComparedRow) or index.column() < 2:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), cell_words(found, self._keys[index.column()]), view)
        return True


def cell_words(found: ComparedRow, key: str) -> str:
    """All that is known of a cell."""
    cell = found.cell(key)
    if cell.figure is None:
        return cell.remark or "没有问这一组"
    facts = facts_of(cell.figure)
    return "\n".join(part for part in (f"{found.title}　满意率 {cell.figure.rate_text}", facts, cell.remark) if part)


class _Rows:
    def __init__(self) -> None:
        self.comparison: Comparison | None = None

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[ComparedRow]:
        found = self.comparison
        if found is None or not found.rows:
            return Listing((), 0)
        listing = list_in_memory(found.rows, compare_columns(found), query)
        if found.total is None or len(found.rows) < 2:
            return listing
        rows = listing.rows if query.offset else (*listing.rows, total_row(found.total))
        return Listing(rows, listing.total + 1)


def total_row(total: ComparedRow) -> ComparedRow:
    """The last line of the table."""
    return ComparedRow(TOTAL, "合计", total.where, total.papers, total.campaigns, total.cells)


def row_key(found: ComparedRow) -> str:
    return found.key


class ComparePane(QWidget):
    """``opened(ResultFilter)`` when one of the rows is to be looked at by itself."""

    opened = Signal(object)

    def __init__(self, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._rows = _Rows()
        self.ways = Segmented(WAYS, name="对比方式")
        self.ways.changed.connect(self._asked)
        self.scope = ScopeBar(campaigns=False)
        self.scope.changed.connect(self._asked)
        self.shown = FilterBar((Filter("column", "项目", all_text="各组"),))
        self.shown.changed.connect(self._shown_changed)
        self.columns = ColumnChart(unit="%")
        self.columns.setAccessibleName("满意率对比图")
        self.lines = LineChart(unit="%")
        self.lines.setAccessibleName("满意率对比图")
        for chart in (self.columns, self.lines):
            chart.setMinimumHeight(150)
            chart.clicked.connect(self._bar_clicked)
        self.charts = QStackedWidget(self)
        self.charts.addWidget(self.columns)
        self.charts.addWidget(self.lines)
        self.chart_card = Card("满意率（%）", padding=16)
        self.chart_card.body.addWidget(self.charts, 1)
        self.table: ListTable | None = None
        self._keys: tuple[str, ...] = ()
        self._bars: tuple[ComparedRow, ...] = ()
        self._table_card = Card(padding=12)
        self.formula = label("", "hint", wrap=True)
        self.controls = QWidget(page)  # stands in the page's own line of choices
        self.controls.setLayout(row(self.ways, self.scope, None, self.shown))
        layout: QVBoxLayout = column(spacing=12)
        layout.addWidget(self.chart_card, 5)
        layout.addWidget(self._table_card, 5)
        layout.addWidget(self.formula)
        self.setLayout(layout)

    @property
    def by(self) -> By:
        """What is set side by side."""
        found: By = self.ways.value()
        return found

    @property
    def where(self) -> ResultFilter:
        return self.scope.where

    @property
    def comparison(self) -> Comparison | None:
        """What is shown now."""
        return self._rows.comparison

    def set_options(self, options: ScopeOptions) -> None:
        self.scope.set_options(options)

    @Slot()
    def _asked(self) -> None:
        self.ask()

    def ask(self) -> None:
        """Compare anew."""
        self._page.query(compare, self.by, self.where, ok=self._have)

    @Slot(object)
    def _have(self, found: Comparison) -> None:
        if found.by is not self.by or found.where != self.where:
            return  # an answer to an earlier question
        self._rows.comparison = found
        self.shown.blockSignals(True)
        self.shown.set_choices("column", [(each.key or "overall", each.title) for each in found.columns])
        self.shown.blockSignals(False)
        self._show_table(found)
        self._show_chart(found)
        noted = any(cell.remark and cell.figure for each in found.rows for cell in each.cells.values())
        mark = ("※ 有不足最少样本数的部分未计入，鼠标停在数字上可看说明。",) if noted else ()
        self.formula.setText("　".join((found.formula_text, *found.notes, *mark)))

    def _show_table(self, found: Comparison) -> None:
        keys = (found.by.value, *(f"{each.key} {each.title}" for each in found.columns))
        if self.table is None or keys != self._keys:
            self._keys = keys
            if self.table is not None:
                self._table_card.body.removeWidget(self.table)
                self.table.hide()
                self.table.deleteLater()
            self.table = ListTable(
                self._page.runner,
                f"surveys.compare.{found.by.value}",
                compare_columns(found),
                self._rows,
                row_key,
                title="满意率对比",
                search=None,
                unit="行",
                export=False,
                empty=Empty("还没有可以对比的结果", "至少有一次测评收卷以后，这里才有数字。", icon="chart-column"),
                parent=self._table_card,
            )
            for part in (self.table.count, self.table.chooser_button):
                part.hide()
            self.table.layout().setSpacing(0)  # type: ignore[union-attr]
            view = self.table.view
            view.cells = CompareCells(view, found)
            view.setItemDelegate(view.cells)
            view.setMinimumHeight(120)
            self.table.opened.connect(self._open_row)
            self._table_card.body.addWidget(self.table)
        self.table.refresh()

    # ------------------------------------------------------------------ chart
    @Slot(dict)
    def _shown_changed(self, _values: dict[str, object]) -> None:
        if self.comparison is not None:
            self._show_chart(self.comparison)

    def _series(self, found: Comparison) -> tuple[ComparedColumn, ...]:
        chosen = self.shown.values().get("column")
        if chosen is not None:
            return tuple(each for each in found.columns if (each.key or "overall") == chosen)
        groups = tuple(each for each in found.columns if each.key)
        return (groups or found.columns)[: len(SERIES_COLORS)]

    def _show_chart(self, found: Comparison) -> None:
        series = self._series(found)
        rows = found.rows[-MOST_BARS:] if found.by in OF_TIME else _with_figures(found.rows, series)[:MOST_BARS]
        self._bars = tuple(rows)
        titles = [each.title for each in rows]
        if found.by in OF_TIME:
            self.charts.setCurrentWidget(self.lines)
            self.lines.set_data(
                titles, [Line(each.title, [_point(one, each) for one in rows]) for each in series], ceiling=100
            )
            self.lines.set_clickable([True] * len(rows))
        else:
            self.charts.setCurrentWidget(self.columns)
            most = max(80 // max(len(rows), 1), 3)
            self.columns.set_data(
                [_short(title, most) for title in titles],
                [Series(each.title, [_percent(one, each) for one in rows]) for each in series],
                top=100,
                names=titles,
            )
            self.columns.set_clickable([True] * len(rows))
        note = "" if len(rows) == len(found.rows) else f"（只画其中 {len(rows)} 个，表中是全部 {len(found.rows)} 个）"
        self.chart_card.title.setText(f"按{found.by.label}的满意率（%）{note}")

    @Slot(int)
    def _bar_clicked(self, place: int) -> None:
        if place < len(self._bars):
            self.opened.emit(self._bars[place].where)

    @Slot(object)
    def _open_row(self, found: ComparedRow) -> None:
        self.opened.emit(found.where)


def _percent(found: ComparedRow, each: ComparedColumn) -> float | None:
    figure = found.cell(each.key).figure
    return None if figure is None else shown_percent(figure.rate)


def _point(found: ComparedRow, each: ComparedColumn) -> Point:
    cell = found.cell(each.key)
    note = f"n＝{cell.figure.n:,}" if cell.figure is not None else cell.remark
    return Point(_percent(found, each), note=note)


def _with_figures(rows: tuple[ComparedRow, ...], series: tuple[ComparedColumn, ...]) -> tuple[ComparedRow, ...]:
    """Rows over which a bar stands: an empty place says nothing, the table below says why."""
    return tuple(one for one in rows if any(one.cell(each.key).figure is not None for each in series))


def _short(title: str, most: int) -> str:
    return title if len(title) <= most else f"{title[: most - 1]}…"
