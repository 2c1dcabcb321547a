"""工作台: the day's figures, charts and lines as the modules give them; every number opens the list it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill, chinese_date
from dangxiao_houqin.core.module_spec import (
    ChartSpec,
    ColumnsSpec,
    Figure,
    ModuleSpec,
    PageSpec,
    RingSpec,
    TodayRow,
)
from dangxiao_houqin.ui.charts import ClickableChart, ColumnChart, RingChart, Series, Share
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.widgets import (
    Card,
    ElidedLabel,
    EmptyState,
    FigureTile,
    PillLabel,
    button,
    clear,
    column,
    label,
    line,
    row,
)

NARROWEST_TILE, GAP = 200, 16
FIRST_TILES = 10
"""So many tiles stand above what is to be done today; further ones below it, so that it stays in sight."""
LOWEST_CHART, HIGHEST_CHART = 164, 300
INBOX_PAGE = "inbox.items"


@dataclass(frozen=True)
class DayBoard:
    """What the dashboard shows: figures and charts in order, lines of today, the date and the school in words."""

    figures: tuple[Figure, ...]
    charts: tuple[ChartSpec, ...]
    lines: tuple[TodayRow, ...]
    heading: str
    school: str
    office: str

    @property
    def _work(self) -> bool:
        """Something waits; that next year's holidays are to be entered does not count."""
        return any(entry.ref is None or entry.ref.kind != "calendar_year" for entry in self.lines)

    @property
    def blank(self) -> bool:
        """There is nothing to count yet: no rooms, no classes."""
        return not self._work and all(figure.value == "0" for figure in self.figures)

    @property
    def beginning(self) -> bool:
        """Nobody has slept here lately and nothing waits: the steps to begin with are worth their place."""
        return not self._work and not any(isinstance(c, ColumnsSpec) and has_data(c) for c in self.charts)


def read_board(ctx: Any, modules: Sequence[ModuleSpec]) -> DayBoard:
    """Ask every module for its figures, charts and lines."""
    from dangxiao_houqin.modules.organization.api import get_school

    figures = [figure for module in modules for source in module.figures for figure in source(ctx)]
    charts = [chart for module in modules for source in module.charts for chart in source(ctx)]
    lines = [entry for module in modules for source in module.today for entry in source(ctx)]
    school = get_school(ctx)
    return DayBoard(
        tuple(sorted(figures, key=lambda figure: figure.order)),
        tuple(sorted(charts, key=lambda chart: chart.order)),
        tuple(lines),
        chinese_date(ctx.today(), weekday=True),
        school.short_name,
        school.office_name,
    )


class _LineLink(QPushButton):
    """A link as wide as there is room, cut with … and whole in its tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._full = text
        self.setProperty("kind", "link")
        self.setStyleSheet("QPushButton { text-align: left; }")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.width() - 16))


@dataclass(frozen=True)
class _Lead:
    """Where a number leads."""

    page: str = ""
    args: Mapping[str, Any] | None = None


class TileGrid(QWidget):
    """Tiles in rows of equal length, as many in a row as the width allows.

    ``beside`` is the number of tiles of another grid whose columns this one keeps to.
    """

    def __init__(self, beside: int = 0) -> None:
        super().__init__()
        self._beside = beside
        self._fillers: list[QWidget] = []
        self._tiles: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._per_row = 0

    def set_tiles(self, tiles: Sequence[QWidget]) -> None:
        """Show these instead of those shown before."""
        clear(self._grid)
        self._fillers = []
        self._tiles = list(tiles)
        self._per_row = 0
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def minimumSizeHint(self) -> QSize:
        """No width of its own: narrower means more rows."""
        return QSize(NARROWEST_TILE, super().minimumSizeHint().height())

    def _place(self) -> None:
        """Eight tiles where six fit stand four by two, not six and two."""
        count = len(self._tiles)
        if not count:
            return
        fit = max(1, (self.width() + GAP) // (NARROWEST_TILE + GAP))
        counted = max(count, self._beside)
        rows = -(-counted // fit)
        per_row = -(-counted // rows)
        if per_row == self._per_row:
            return
        self._per_row = per_row
        for tile in self._tiles:
            self._grid.removeWidget(tile)
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 1 if place < per_row else 0)
        for filler in self._fillers:
            self._grid.removeWidget(filler)
            filler.deleteLater()
        self._fillers = [QWidget(self) for _ in range(per_row - count)]  # Qt gives empty columns no room
        for number, tile in enumerate([*self._tiles, *self._fillers]):
            self._grid.addWidget(tile, number // per_row, number % per_row)
        for place in range(per_row):
            self._grid.setColumnStretch(place, 1)
        self.updateGeometry()


class DashboardPage(Page):
    """Figures as tiles, today as lines, charts, and shortcuts for getting started."""

    title = "工作台"
    watches = frozenset(
        {
            *("training_class", "enrollment", "stay", "bed_night", "room", "bed", "room_outage", "setting"),
            *("inbox_item", "housekeeping_task", "room_care", "calendar_day"),
            *("expense_claim", "purchase_request", "approval_step", "stand_in", "budget", "budget_adjustment"),
            *("income", "remittance"),
        }
    )

    def __init__(self, desk: Desk, modules: Sequence[ModuleSpec], steps: Callable[[], Sequence[PageSpec]]) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._modules = modules
        self._steps = steps
        self.tiles: list[FigureTile] = []
        self.charts: list[ClickableChart] = []
        self._tile_leads: list[_Lead] = []
        self._chart_leads: list[tuple[_Lead, ...]] = []
        self._chart_shapes: list[tuple[type, str]] = []
        self._grid = TileGrid()
        self._more = TileGrid(FIRST_TILES)
        self._chart_row = row(spacing=GAP)
        self._chart_area = QWidget()
        self._chart_area.setLayout(self._chart_row)
        self.today = Card("今天要办的事")
        self.all_items = button("查看全部待办", self._to_inbox, kind="link")
        self.today.head.addWidget(self.all_items)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.today.body.addLayout(self._lines)
        self.today.body.addStretch(1)
        self.begin = Card("从这里开始")
        self._has_steps = self._fill_steps()
        inner = QWidget()
        inner.setObjectName("plain")
        content = QVBoxLayout(inner)
        content.setContentsMargins(0, 0, 8, 0)
        content.setSpacing(GAP)
        content.addWidget(self._grid)
        below = row(spacing=GAP)
        below.addWidget(self.today, 3)
        below.addWidget(self.begin, 2)
        content.addLayout(below)
        content.addWidget(self._more)
        content.addWidget(self._chart_area, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)

    def reload(self) -> None:
        self.query(read_board, self._modules, ok=self.show_board)

    @Slot(object)
    def show_board(self, board: DayBoard) -> None:
        """Fill tiles, charts and lines."""
        self.set_context(f"{board.heading} · {board.school}{board.office}")
        self._show_figures(board.figures)
        self._show_charts(board.charts)
        self._show_lines(board.lines)
        self.begin.setVisible(self._has_steps and board.beginning)
        shown = not (self._has_steps and board.blank)
        self._grid.setVisible(shown)
        self._more.setVisible(shown and len(board.figures) > FIRST_TILES)
        self.all_items.setVisible(any(page.key == INBOX_PAGE for page in self._steps()))

    # ------------------------------------------------------------------ tiles
    def _show_figures(self, figures: Sequence[Figure]) -> None:
        looks = [(f.title, f.icon, f.tone, bool(f.page)) for f in figures]
        if looks != [tile.property("look") for tile in self.tiles]:
            self.tiles = []
            for figure, look in zip(figures, looks, strict=True):
                tile = FigureTile(figure.title, figure.icon, figure.tone, figure.unit)
                tile.setProperty("look", look)
                if figure.page:
                    tile.set_clickable(f"打开“{figure.title}”的明细")
                    tile.clicked.connect(self._tile_clicked)
                self.tiles.append(tile)
            self._grid.set_tiles(self.tiles[:FIRST_TILES])
            self._more.set_tiles(self.tiles[FIRST_TILES:])
        self._tile_leads = [_Lead(figure.page, figure.args) for figure in figures]
        for tile, figure in zip(self.tiles, figures, strict=True):
            tile.set_figure(figure.value, figure.note, unit=figure.unit, note_icon=figure.note_icon)

    # ------------------------------------------------------------------ charts
    def _show_charts(self, specs: Sequence[ChartSpec]) -> None:
        shown = [spec for spec in specs if has_data(spec)]
        shapes = [(type(spec), spec.title) for spec in shown]
        if shapes != self._chart_shapes:
            self._chart_shapes = shapes
            self._make_charts(shown)
        self._chart_area.setVisible(bool(shown))
        self._chart_leads = []
        for chart, spec in zip(self.charts, shown, strict=True):
            if isinstance(spec, ColumnsSpec) and isinstance(chart, ColumnChart):
                chart.set_data(spec.labels, [Series(title, values) for title, values in spec.series], top=spec.top)
                leads = tuple(_Lead(spec.page, args) for args in spec.args) or (_Lead(),) * len(spec.labels)
            elif isinstance(spec, RingSpec) and isinstance(chart, RingChart):
                chart.set_data([Share(share.title, share.value, share.tone) for share in spec.shares], spec.figure)
                leads = tuple(_Lead(share.page, share.args) for share in spec.shares)
            else:
                raise TypeError(f"{type(chart).__name__} does not show {type(spec).__name__}")
            known = {page.key for page in self._steps()}
            chart.set_clickable([lead.page in known for lead in leads])
            self._chart_leads.append(leads)

    def _make_charts(self, specs: Sequence[ChartSpec]) -> None:
        clear(self._chart_row)
        self.charts = []
        for spec in specs:
            card = Card(spec.title)
            chart: ClickableChart
            if isinstance(spec, ColumnsSpec):
                chart = ColumnChart(unit=spec.unit)
                if spec.note:
                    card.head.addWidget(label(spec.note, "hint"))
            else:
                chart = RingChart(caption=spec.caption)
            chart.setAccessibleName(spec.title)
            chart.setMinimumHeight(LOWEST_CHART)
            chart.setMaximumHeight(HIGHEST_CHART)
            chart.clicked.connect(self._chart_clicked)
            card.body.addWidget(chart)
            self.charts.append(chart)
            self._chart_row.addWidget(card, 5 if isinstance(spec, ColumnsSpec) else 2)

    # ------------------------------------------------------------------ lines
    def _show_lines(self, lines: Sequence[TodayRow]) -> None:
        clear(self._lines)
        if not lines:
            empty = EmptyState()
            empty.show_state("今天没有需要办的事", "交给您的待办、还没有床位的学员会列在这里。", icon="coffee")
            self._lines.addWidget(empty)
        for number, entry in enumerate(lines):
            if number:
                self._lines.addWidget(line())
            self._lines.addWidget(self._line(entry))

    def _line(self, entry: TodayRow) -> QWidget:
        what = ElidedLabel(entry.what)
        what.setProperty("role", "second")
        what.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        what.setFixedWidth(116)
        text: QWidget
        if entry.ref is not None:
            text = _LineLink(entry.text)
            text.setProperty("ref", entry.ref)
            text.clicked.connect(self._line_clicked)
        else:
            text = ElidedLabel(entry.text)
        when = label(entry.when, "second")
        when.setMinimumWidth(48)
        when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        pill = PillLabel(Pill(entry.state, entry.tone))
        layout = row(what, spacing=12)
        layout.addWidget(text, 1)
        layout.addWidget(pill)
        layout.addWidget(when)
        layout.setContentsMargins(0, 6, 0, 6)
        result = QWidget()
        result.setMinimumHeight(44)
        result.setLayout(layout)
        return result

    def _fill_steps(self) -> bool:
        number = 0
        for page, hint in _hints(self._steps()):
            number += 1
            step = button(f"{number}  {page.title}", self._step_clicked, kind="link")
            step.setProperty("page", page.key)
            words = label(hint, "second", wrap=True)
            words.setContentsMargins(22, 0, 0, 0)
            step.setFixedHeight(28)
            lines = column(spacing=0)
            lines.addWidget(step, 0, Qt.AlignmentFlag.AlignLeft)
            lines.addWidget(words)
            self.begin.body.addLayout(lines)
        self.begin.body.addStretch(1)
        self.begin.hide()
        return number > 0

    # ------------------------------------------------------------------ following
    def _follow(self, lead: _Lead) -> None:
        self.desk.go(lead.page, **(lead.args or {}))

    @Slot()
    def _tile_clicked(self) -> None:
        self._follow(self._tile_leads[self.tiles.index(self.sender())])  # type: ignore[arg-type]

    @Slot(int)
    def _chart_clicked(self, part: int) -> None:
        self._follow(self._chart_leads[self.charts.index(self.sender())][part])  # type: ignore[arg-type]

    @Slot()
    def _to_inbox(self) -> None:
        self.desk.go(INBOX_PAGE, scope="mine")

    @Slot()
    def _step_clicked(self) -> None:
        self.desk.go(self.sender().property("page"))

    @Slot()
    def _line_clicked(self) -> None:
        self.desk.open(self.sender().property("ref"))


def has_data(spec: ChartSpec) -> bool:
    """Whether there is anything but nothing to draw."""
    if isinstance(spec, ColumnsSpec):
        return any(value for _, values in spec.series for value in values)
    return any(share.value for share in spec.shares)


_HINTS = (
    ("app.settings", "填好单位全称，它会印在每一张单子的抬头。"),
    ("places.", "建好楼栋和房间，床位从这里来。"),
    ("training.", "建班次，导入单位发来的 Excel 名单。"),
    ("accommodation.proposal", "按规则自动排床位，调整后确认，打印住宿安排表。"),
    ("organization.users", "给领导和财务建账号，选上“分管领导”“主要领导”“财务”角色，报销单才有人签批和支付。"),
    ("expenses.budgets", "录入本年度各科目的预算，报销时自动核对余额。"),
)


def _hints(pages: Sequence[PageSpec]) -> list[tuple[PageSpec, str]]:
    """The first page of each step that the actor may open, with what to do there."""
    found = []
    for start, hint in _HINTS:
        page = next((page for page in pages if page.key.startswith(start) and not page.under), None)
        if page is not None:
            found.append((page, hint))
    return found
