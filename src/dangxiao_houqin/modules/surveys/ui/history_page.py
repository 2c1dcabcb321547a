"""历年对比: the rate of each group by year or term, with ▲ where it really is the best, and what was typed in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.results import HISTORY_COLUMNS
from dangxiao_houqin.modules.surveys.domain.results import By, HistoryFigureRow, HistorySeries, HistoryView
from dangxiao_houqin.modules.surveys.domain.rules import EDIT
from dangxiao_houqin.modules.surveys.printouts import load_yearly, yearly_pdf
from dangxiao_houqin.modules.surveys.queries.history import get_history, history_groups, list_history_figures
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter, FilterBar
from dangxiao_houqin.ui.line_chart import Line, LineChart, Point, Reference
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.page_papers import PagePapers
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, Segmented, clear, column, label, line, row

from .history_dialogs import HistoryFigureDialog
from .history_table import HistoryCells, PeriodRow, PeriodRows, history_columns, origin_of, period_key
from .results_detail import shown_percent

CHART, TYPED = "chart", "typed"
BEST_WIDTH = 280
LEGEND = "实心点为本系统测评，空心点为录入的数据；计算公式不同或未注明的前后两点不连线。"

Found = tuple[HistoryView, tuple[tuple[str, str], ...], int]


def _read(ctx: Ctx, by: By) -> Found:
    return get_history(ctx, by), history_groups(ctx), ctx.today().year


def _id(found: HistoryFigureRow) -> int:
    return found.id


class HistoryPage(Page):
    """A chart of lines, the same in figures, why ▲ stands where it stands; the typed figures behind a tab."""

    title = "历年对比"
    context = "自己的历年数据连成线；其他学校的公开值只画成虚线，不参加比较"
    watches = frozenset({"survey_history", "survey_campaign", "survey_response", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.papers = PagePapers(self)
        self._may = desk.can(EDIT)
        self._rows = PeriodRows()
        self._groups: tuple[tuple[str, str], ...] = ()
        self._year = 0
        self._doomed: HistoryFigureRow | None = None
        self.tabs = Segmented([(CHART, "历年对比"), (TYPED, "录入的数据")], name="看什么")
        self.tabs.changed.connect(self.show_tab)
        self.by = Segmented([(By.YEAR, "按年度"), (By.TERM, "按学期")], name="时间单位")
        self.by.changed.connect(self._by_changed)
        self.chips = FilterBar((Filter("series", "项目", inline=True, all_text="全部曲线"),))
        self.chips.changed.connect(self._chips_changed)
        self.add_action("测评结果", self.to_results, icon="chart-column", tooltip="一次测评的各题结果")
        self.print_button = self.add_action("打印", self.print_years, icon="printer", shortcut="Ctrl+P")
        self.add_button = self.add_action(
            "录入历年数据", self.add, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may
        )
        self.add_button.setVisible(self._may)
        self.chart = LineChart(unit="%")
        self.chart.setAccessibleName("历年满意率图")
        self.chart.clicked.connect(self._year_clicked)
        self.chart_card = Card(padding=16)
        self.chart_card.body.addWidget(self.chart, 1)
        self.table: ListTable | None = None
        self._keys: tuple[str, ...] = ()
        self._table_card = Card(padding=12)
        self.best_card = self._make_best()
        self.figures = self._make_figures()
        self.formula = label("", "hint", wrap=True)
        below = row(self._table_card, self.best_card, spacing=12)
        below.setStretch(0, 1)
        seen = QWidget(self)
        inner: QVBoxLayout = column(self.chart_card, spacing=12)
        inner.setStretch(0, 6)
        inner.addLayout(below, 5)
        inner.addWidget(self.formula)
        seen.setLayout(inner)
        typed = Card(padding=16)
        typed.body.addWidget(self.figures)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(seen)
        self.stack.addWidget(typed)
        self.body.setSpacing(12)
        self.body.addLayout(row(self.tabs, 4, self.by, self.chips, None))
        self.body.addWidget(self.stack, 1)

    def _make_best(self) -> Card:
        card = Card("▲ 历史最好", padding=16)
        card.setFixedWidth(BEST_WIDTH)
        self._best_lines = column(spacing=8)
        content = QWidget()
        content.setObjectName("dialogCard")
        inner = column(spacing=0)
        inner.addLayout(self._best_lines)
        inner.addStretch(1)
        content.setLayout(inner)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setAccessibleName("历史最好的说明")
        card.body.addWidget(scroll, 1)
        return card

    def _make_figures(self) -> ListTable:
        table = ListTable(
            self.runner,
            "surveys.history",
            HISTORY_COLUMNS,
            list_history_figures,
            _id,
            title="录入的历年数据",
            search="项目 / 出处 / 备注",
            filters=(Filter("own", "来源", ((True, "本校"), (False, "他校公开值")), inline=True),),
            empty=Empty(
                "还没有录入历年数据",
                "以前没有用本系统测评的年份，可以按当时的汇总表录入，和以后的测评放在一起看。",
                "录入历年数据" if self._may else "",
                "history",
            ),
        )
        table.opened.connect(self.edit)
        table.menu_requested.connect(self._menu)
        table.empty_action.connect(self.add)
        return table

    # ------------------------------------------------------------------ showing
    @property
    def view(self) -> HistoryView | None:
        """What is shown now."""
        return self._rows.view

    def reload(self) -> None:
        self.query(_read, self.by.value(), ok=self._have)
        if self.tabs.value() == TYPED:
            self.figures.refresh()

    @Slot(object)
    def _by_changed(self, _by: By) -> None:
        self.reload()

    @Slot(object)
    def _have(self, found: Found) -> None:
        view, self._groups, self._year = found
        if view.by is not self.by.value():
            return  # an answer to an earlier question
        changed = self._rows.view is None or [(one.key, one.title) for one in self._rows.view.series] != [
            (one.key, one.title) for one in view.series
        ]
        self._rows.view = view
        if changed:
            self.chips.blockSignals(True)
            self.chips.set_choices("series", [(one.key or "overall", one.title) for one in view.series])
            self.chips.blockSignals(False)
        self._show_table(view)
        self._show_chart(view)
        self._show_best(view)
        self.formula.setText("　".join((view.formula_text, *view.notes, LEGEND)))

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """The chart, or the figures typed in."""
        self.tabs.set_value(tab)
        self.stack.setCurrentIndex(0 if tab == CHART else 1)
        self.by.setVisible(tab == CHART)
        self.chips.setVisible(tab == CHART)
        if tab == TYPED:
            self.figures.refresh()

    @Slot(dict)
    def _chips_changed(self, _values: dict[str, Any]) -> None:
        if self.view is not None:
            self._show_chart(self.view)
            self._show_best(self.view)

    def _chosen(self, view: HistoryView) -> tuple[HistorySeries, ...]:
        chosen = self.chips.values().get("series")
        return tuple(one for one in view.series if chosen is None or (one.key or "overall") == chosen)

    def _show_chart(self, view: HistoryView) -> None:
        series = self._chosen(view)
        keys = {one.key for one in series}
        references = [
            Reference(f"{each.group_title}：{each.label}", shown_percent(each.rate))
            for each in view.references
            if each.group_key in keys
        ]
        if len(series) == 1 and series[0].target is not None:
            references.append(Reference("目标", shown_percent(series[0].target)))
        self.chart.set_data(
            view.periods,
            [Line(one.title, _points(one, view.periods)) for one in series],
            references=references,
            caption="满意率（%）",
            ceiling=100,
            empty="还没有历年数据：收卷以后自动出现，以前的年份可以录入",
        )
        self.chart.set_clickable([True] * len(view.periods) if view.by is By.YEAR else [])

    def _show_table(self, view: HistoryView) -> None:
        keys = (view.by.value, *(f"{one.key} {one.title}" for one in view.series))
        if self.table is None or keys != self._keys:
            self._keys = keys
            if self.table is not None:
                self._table_card.body.removeWidget(self.table)
                self.table.hide()
                self.table.deleteLater()
            self.table = ListTable(
                self.runner,
                f"surveys.history.{view.by.value}",
                history_columns(view.series, view.by.label),
                self._rows,
                period_key,
                title="历年满意率",
                search=None,
                unit="行",
                export=False,
                empty=Empty("还没有历年数据", "有一次测评收卷，或录入了以前的数据以后，这里就有数字。", icon="history"),
                parent=self._table_card,
            )
            self.table.count.hide()
            self.table.chooser_button.hide()
            self.table.layout().setSpacing(0)  # type: ignore[union-attr]
            self.table.view.cells = HistoryCells(self.table.view, view.series)
            self.table.view.setItemDelegate(self.table.view.cells)
            self.table.view.setMinimumHeight(120)
            self.table.opened.connect(self._open_period)
            self._table_card.body.addWidget(self.table)
        self.table.refresh()

    def _show_best(self, view: HistoryView) -> None:
        clear(self._best_lines)
        series = self._chosen(view)
        for place, one in enumerate(series):
            if place:
                self._best_lines.addWidget(line())
            point = one.at(one.best.period) if one.best.marked else None
            words = f"{one.title}　▲ {one.best.period} {percent_text(point.rate)}" if point is not None else one.title
            self._best_lines.addWidget(label(words, "strong", wrap=True))
            self._best_lines.addWidget(label(one.best.reason, "second", wrap=True))
        if not series:
            self._best_lines.addWidget(label("还没有可以比较的数据。", "second", wrap=True))

    # ------------------------------------------------------------------ elsewhere
    def open_target(self, target: Any) -> None:
        """``{"tab": "chart" | "typed"}``."""
        if isinstance(target, dict) and target.get("tab") in (CHART, TYPED):
            self.show_tab(target["tab"])
        self.reload()

    @Slot()
    def to_results(self) -> None:
        self.desk.go("surveys.results")

    @Slot(int)
    def _year_clicked(self, place: int) -> None:
        view = self.view
        if view is not None and place < len(view.periods):
            self._open(view.periods[place])

    @Slot(object)
    def _open_period(self, found: PeriodRow) -> None:
        self._open(found.period)

    def _open(self, period: str) -> None:
        """The results of a year; a year that was only typed in leads to what was typed."""
        view = self.view
        if view is None:
            return
        points = [point for one in view.series if (point := one.at(period)) is not None]
        measured = next((point for point in points if point.measured), None)
        if measured is not None:
            self.desk.go("surveys.results", year=measured.year, term=measured.term)
        elif points:
            self.show_tab(TYPED)
            self.figures.set_search("")

    @Slot()
    def print_years(self) -> None:
        """历年对比表 with its chart."""
        self.papers.show("历年满意率对比表", "survey-yearly", load_yearly, self.by.value(), draw=yearly_pdf)

    # ------------------------------------------------------------------ typed figures
    @Slot()
    def add(self) -> None:
        """Type in a figure of an earlier year."""
        if self._may and self._groups:
            HistoryFigureDialog(self.runner, self, self._groups, self._year - 1).open()

    @Slot(object)
    def edit(self, found: HistoryFigureRow) -> None:
        """Correct what was typed in."""
        if self._may:
            HistoryFigureDialog(self.runner, self, self._groups, self._year, found).open()

    @Slot(list, QMenu)
    def _menu(self, rows: list[HistoryFigureRow], menu: QMenu) -> None:
        if self._may and len(rows) == 1:
            menu.addAction(icons.icon("pencil"), "修改…", self._edit_selected)
            menu.addAction(icons.icon("trash-2"), "删除…", self.ask_delete)

    @Slot()
    def _edit_selected(self) -> None:
        for found in self.figures.selected_rows()[:1]:
            self.edit(found)

    @Slot()
    def ask_delete(self) -> None:
        """Delete a typed figure, after asking."""
        for found in self.figures.selected_rows()[:1]:
            self._doomed = found
            words = f"{found.year}年{found.term} {found.group_title} {found.rate:.2%}"
            messages.ask(
                self,
                f"删除录入的“{words}”？历年图和“历史最好”会随之重算。",
                done=self._answered,
                title="删除历年数据",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _answered(self, yes: bool) -> None:
        found, self._doomed = self._doomed, None
        if yes and found is not None:
            self.command(services.delete_history_figure, found.id, found.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.toast("已删除")


def _points(one: HistorySeries, periods: tuple[str, ...]) -> list[Point]:
    """Points of a line; those whose formula differs from the one before, or is unknown, are not joined to it."""
    points: list[Point] = []
    before = None
    for period in periods:
        found = one.at(period)
        if found is None:
            points.append(Point(None))
            continue
        joined = before is not None and found.formula is not None and found.formula == before.formula
        note = "，".join(part for part in (origin_of(found), found.source) if part)
        points.append(
            Point(
                shown_percent(found.rate),
                best=one.best.period == period,
                hollow=not found.measured,
                joined=joined,
                note=note,
            )
        )
        before = found
    return points
