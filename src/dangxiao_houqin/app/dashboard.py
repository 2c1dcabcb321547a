"""工作台: the day's figures and lines as the modules give them; before there is anything, the way to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill, chinese_date
from dangxiao_houqin.core.module_spec import Figure, ModuleSpec, PageSpec, TodayRow
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.widgets import Card, EmptyState, FigureTile, PillLabel, button, clear, column, label, line, row

PER_ROW, MOST_PER_ROW = 4, 5


@dataclass(frozen=True)
class DayBoard:
    """What the dashboard shows: figures in order, lines of today, the date and the school in words."""

    figures: tuple[Figure, ...]
    lines: tuple[TodayRow, ...]
    heading: str
    school: str
    office: str


def read_board(ctx: Any, modules: Sequence[ModuleSpec]) -> DayBoard:
    """Ask every module for its figures and lines."""
    from dangxiao_houqin.modules.organization.api import get_school

    figures = [figure for module in modules for source in module.figures for figure in source(ctx)]
    lines = [entry for module in modules for source in module.today for entry in source(ctx)]
    school = get_school(ctx)
    return DayBoard(
        tuple(sorted(figures, key=lambda figure: figure.order)),
        tuple(lines),
        chinese_date(ctx.today(), weekday=True),
        school.short_name,
        school.office_name,
    )


class DashboardPage(Page):
    """Figures as tiles, today as lines, and shortcuts for getting started."""

    title = "工作台"
    watches = frozenset({"training_class", "enrollment", "stay", "room", "bed", "room_outage", "setting"})

    def __init__(self, desk: Desk, modules: Sequence[ModuleSpec], steps: Callable[[], Sequence[PageSpec]]) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._modules = modules
        self._steps = steps
        self.tiles: list[FigureTile] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        self.today = Card("今日")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.today.body.addLayout(self._lines)
        self.today.body.addStretch(1)
        self.begin = Card("从这里开始")
        self._fill_steps()
        inner = QWidget()
        inner.setObjectName("plain")
        content = QVBoxLayout(inner)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(16)
        content.addLayout(self._grid)
        below = row(spacing=16)
        below.addWidget(self.today, 3)
        below.addWidget(self.begin, 2)
        content.addLayout(below, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)

    def reload(self) -> None:
        self.query(read_board, self._modules, ok=self.show_board)

    @Slot(object)
    def show_board(self, board: DayBoard) -> None:
        """Fill the tiles and lines."""
        self.set_context(f"{board.heading} · {board.school}{board.office}")
        if [tile.accessibleName() for tile in self.tiles] != [figure.title for figure in board.figures]:
            self._make_tiles(board.figures)
        for tile, figure in zip(self.tiles, board.figures, strict=True):
            tile.set_figure(figure.value, figure.note, unit=figure.unit, note_icon=figure.note_icon)
        clear(self._lines)
        if not board.lines:
            empty = EmptyState()
            empty.show_state("今天没有需要办的事", "有班次报到、离校或还没有床位的学员时，会列在这里。", icon="coffee")
            self._lines.addWidget(empty)
        for number, entry in enumerate(board.lines):
            if number:
                self._lines.addWidget(line())
            self._lines.addWidget(self._line(entry))

    def _make_tiles(self, figures: Sequence[Figure]) -> None:
        clear(self._grid)
        self.tiles = []
        per_row = len(figures) if len(figures) <= MOST_PER_ROW else PER_ROW
        for number, figure in enumerate(figures):
            tile = FigureTile(figure.title, figure.icon, figure.tone, figure.unit)
            if figure.page:
                tile.set_clickable(f"打开“{figure.title}”对应的页面")
                tile.setProperty("page", figure.page)
                tile.clicked.connect(self._tile_clicked)
            self.tiles.append(tile)
            self._grid.addWidget(tile, number // per_row, number % per_row)
        for place in range(per_row):
            self._grid.setColumnStretch(place, 1)

    def _line(self, entry: TodayRow) -> QWidget:
        what = label(entry.what, "second")
        what.setFixedWidth(84)
        text: QWidget
        if entry.ref is not None:
            text = button(entry.text, self._line_clicked, kind="link")
            text.setProperty("ref", entry.ref)
        else:
            text = label(entry.text)
        when = label(entry.when, "second")
        pill = PillLabel(Pill(entry.state, entry.tone))
        layout = row(what, text, None, pill, when, spacing=12)
        layout.setContentsMargins(0, 6, 0, 6)
        result = QWidget()
        result.setMinimumHeight(44)
        result.setLayout(layout)
        return result

    def _fill_steps(self) -> None:
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
        if not number:
            self.begin.hide()

    @Slot()
    def _tile_clicked(self) -> None:
        self.desk.go(self.sender().property("page"))

    @Slot()
    def _step_clicked(self) -> None:
        self.desk.go(self.sender().property("page"))

    @Slot()
    def _line_clicked(self) -> None:
        self.desk.open(self.sender().property("ref"))


_HINTS = (
    ("app.settings", "填好单位全称，它会印在每一张单子的抬头。"),
    ("places.", "建好楼栋和房间，床位从这里来。"),
    ("training.", "建班次，导入单位发来的 Excel 名单。"),
    ("accommodation.", "按规则自动排床位，调整后确认，打印住宿安排表。"),
)


def _hints(pages: Sequence[PageSpec]) -> list[tuple[PageSpec, str]]:
    """The first page of each step that the actor may open, with what to do there."""
    found = []
    for start, hint in _HINTS:
        page = next((page for page in pages if page.key.startswith(start)), None)
        if page is not None:
            found.append((page, hint))
    return found
