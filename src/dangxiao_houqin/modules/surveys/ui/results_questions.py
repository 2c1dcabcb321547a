"""各题结果: three figures, the table of groups and questions, and the numbers of the one selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.modules.surveys.domain.results import ALL_QUESTIONS, Results
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.distribution_chart import LevelLegend
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, FigureTile, column, label, row

from .results_cells import ResultCells
from .results_detail import MAKE_CASE, ResultDetail
from .results_lines import RESULT_COLUMNS, ResultLine, ResultLines, line_key

DETAIL_WIDTH = 284


@dataclass(frozen=True)
class RaisedCase:
    """The case that was made of a low question."""

    id: int
    number: str
    state: str


@dataclass(frozen=True)
class LowQuestion:
    """What a case is made of: a question of one campaign whose rate is under ``line`` (percent)."""

    campaign_id: int
    code: str
    text: str
    rate: float
    answers: int
    line: float


class QuestionPane(QWidget):
    """``suggestion_asked(LowQuestion)`` for a low score to be dealt with; ``case_asked(id)`` where one is already."""

    suggestion_asked = Signal(object)
    case_asked = Signal(int)

    def __init__(self, runner: Runner, *, may_suggest: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_suggest = may_suggest
        self._wanted = ""
        self._cases: Mapping[str, RaisedCase] = {}
        self.lines = ResultLines()
        self.overall = FigureTile(f"{ALL_QUESTIONS}满意率", "smile", "primary")
        self.returned = FigureTile("回收率", "inbox", "teal")
        self.low = FigureTile("低分题", "triangle-alert", "error", "题")
        self.low.set_clickable("把满意率最低的题排到前面")
        self.low.clicked.connect(self.show_low)
        tiles = row(self.overall, self.returned, self.low, spacing=12)
        for tile in (self.overall, self.returned, self.low):
            tile.layout().setContentsMargins(16, 8, 16, 8)  # type: ignore[union-attr]
        self.legend = LevelLegend()
        self.table = ListTable(
            runner,
            "surveys.results",
            RESULT_COLUMNS,
            self.lines,
            line_key,
            title="测评结果",
            search=None,
            unit="行",
            compact=True,
            export=False,
            empty=Empty("这里还没有可以显示的结果", "有效评价不足最少样本数的题目不显示。", icon="smile"),
        )
        self.table.view.cells = ResultCells(self.table.view, TOKENS.row_compact)
        self.table.view.setItemDelegate(self.table.view.cells)
        self.table.view.setMinimumHeight(150)
        self.table.count.hide()
        self.table.chooser_button.hide()
        self.table.tools.insertWidget(0, self.legend, 1)
        self.table.layout().setSpacing(4)  # type: ignore[union-attr]
        self.table.loaded.connect(self._select_wanted)
        self.table.selection_changed.connect(self._selected)
        self.table.menu_requested.connect(self._menu)
        self.detail = ResultDetail()
        self.detail.setFixedWidth(DETAIL_WIDTH)
        self.detail.picked.connect(self.select)
        self.detail.back_asked.connect(self._unselect)
        self.detail.suggestion_asked.connect(self._ask)
        card = Card(padding=12)
        card.body.addWidget(self.table)
        left = column(tiles, spacing=12)
        left.addWidget(card, 1)
        parts = row(spacing=12)
        parts.addLayout(left, 1)
        parts.addWidget(self.detail)
        self.formula = label("", "hint", wrap=True)
        layout = column(spacing=12)
        layout.addLayout(parts, 1)
        layout.addWidget(self.formula)
        self.setLayout(layout)

    # ------------------------------------------------------------------ showing
    def show_results(self, results: Results, low_percent: float, cases: Mapping[str, RaisedCase]) -> None:
        """Fill everything; what was selected stays selected.  ``cases`` are those raised, by code of the question."""
        self._cases = cases
        self.lines.results, self.lines.low_percent = results, low_percent
        self._show_tiles(results, low_percent)
        self.legend.set_levels(results.levels)
        self.formula.setText("　".join((results.formula_text, *results.notes)))
        self.table.refresh()
        self._selected()

    def _show_tiles(self, results: Results, low_percent: float) -> None:
        overall, papers = results.overall, results.papers
        if overall is None:
            self.overall.set_figure("—", results.overall_remark or "没有评价题", unit="")
        else:
            interval = f"，95% 区间 {overall.interval_text}" if overall.interval is not None else ""
            self.overall.set_figure(overall.rate_text.removesuffix("%"), f"n＝{overall.n:,}{interval}", unit="%")
        rate = papers.response_rate
        note = f"应收 {papers.expected:,} 份，收回 {papers.received:,} 份，有效 {papers.valid:,} 份"
        figure, unit = ("—", "") if rate is None else (percent_text(rate).removesuffix("%"), "%")
        self.returned.set_figure(figure, note, unit=unit)
        self.returned.setToolTip(papers.sentence)
        low = len(self.lines.low)
        if low_percent <= 0 or not any(line.figure for line in self.lines.all):
            self.low.set_figure("—", "没有设低分线" if low_percent <= 0 else "没有可以显示的题目", unit="")
        else:
            icon = "warning" if low else ""
            note = f"满意率低于 {low_percent:g}%" if low else f"都不低于 {low_percent:g}%"
            self.low.set_figure(str(low), note, unit="题", note_icon=icon)

    # ------------------------------------------------------------------ selecting
    @property
    def line(self) -> ResultLine | None:
        """The one line selected."""
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot(str)
    def select(self, key: str) -> None:
        """Put the cursor on a group (``g:…``) or a question (``q:…``)."""
        self._wanted = key
        if self.table.query.sort:
            self.table.set_sort("")
        self._select_wanted()

    @Slot()
    def _unselect(self) -> None:
        self.table.view.forget_selection()
        if self.table.query.sort:
            self.table.set_sort("")
        self._selected()

    @Slot()
    def show_low(self) -> None:
        """The lowest rates on top, the lowest of them selected."""
        lowest = min(self.lines.low, key=_rate_of, default=None)
        self._wanted = lowest.key if lowest is not None else ""
        self.table.set_sort("rate", False)
        self._select_wanted()
        self.table.view.setFocus()

    @Slot()
    def _select_wanted(self) -> None:
        """The line asked for, as soon as it is there."""
        if self._wanted and self.table.view.select_id(self._wanted):
            self._wanted = ""

    @Slot()
    def _selected(self) -> None:
        results, line = self.lines.results, self.line
        if results is None:
            return
        if line is None:
            self.detail.show_whole(results)
        else:
            self.detail.show_line(line, offer=self._offer(line), hint=self._hint(line))

    def _offer(self, line: ResultLine) -> str:
        if (case := self.case_of(line)) is not None:
            return f"打开处理单 {case.number}"
        return MAKE_CASE if self.low_question(line) is not None else ""

    def _hint(self, line: ResultLine) -> str:
        if (case := self.case_of(line)) is not None:
            return f"这道题已有意见建议处理单，{case.state}。"
        if line.low and self._may_suggest and self.low_question(line) is None:
            return "选定一次测评后，可以为低分题生成意见建议处理单。"
        return ""

    def case_of(self, line: ResultLine) -> RaisedCase | None:
        """The case made of a question, if there is one."""
        return None if line.is_group else self._cases.get(line.key.removeprefix("q:"))

    def low_question(self, line: ResultLine) -> LowQuestion | None:
        """What a case could be made of; None when the line is not low or the scope is more than one campaign."""
        results = self.lines.results
        if not line.low or line.figure is None or results is None or not self._may_suggest:
            return None
        campaign_id = results.where.campaign_id
        if campaign_id is None:
            return None
        code = line.key.removeprefix("q:")
        figure = line.figure
        return LowQuestion(campaign_id, code, line.title, figure.rate, figure.n, line.low_percent)

    @Slot()
    def _ask(self) -> None:
        if self.line is None:
            return
        if (case := self.case_of(self.line)) is not None:
            self.case_asked.emit(case.id)
        elif (found := self.low_question(self.line)) is not None:
            self.suggestion_asked.emit(found)

    @Slot(list, QMenu)
    def _menu(self, rows: list[ResultLine], menu: QMenu) -> None:
        if len(rows) == 1 and (words := self._offer(rows[0])):
            menu.addAction(icons.icon("message-square"), words, self._ask)


def _rate_of(line: ResultLine) -> float:
    return line.figure.rate if line.figure is not None else 1.0
