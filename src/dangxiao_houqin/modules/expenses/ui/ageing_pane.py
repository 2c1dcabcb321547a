"""未缴账龄: how long received money has been held, by kind; every number opens the entries behind it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.core.columns import Column, Pill, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.income import AGE_BANDS, Ageing, AgeLine
from dangxiao_houqin.modules.expenses.queries.income import read_ageing
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.charts import ColumnChart, Series
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import column, label


def _band(index: int) -> Column[AgeLine]:
    return Column(
        f"band{index}",
        AGE_BANDS[index].title,
        lambda r: r.cells[index].amount_fen or None,
        kind="money",
        width=132,
        paper_mm=30,
        sortable=False,
    )


AGE_COLUMNS: tuple[Column[AgeLine], ...] = (
    Column("kind", "收入类别", lambda r: r.kind, width=84, paper_mm=28, sortable=False),
    *(_band(index) for index in range(len(AGE_BANDS))),
    Column("total", "待缴合计", lambda r: r.total.amount_fen, kind="money", width=140, paper_mm=30, sortable=False),
    Column("entries", "笔数", lambda r: r.total.entries, kind="int", width=56, paper_mm=14, sortable=False),
    Column(
        "late",
        "逾期",
        lambda r: Pill(f"{r.late.entries} 笔逾期", "error") if r.late.entries else Pill("无", "success"),
        kind="pill",
        width=98,
        paper_mm=22,
        sortable=False,
    ),
    Column("late_fen", "逾期金额", lambda r: r.late.amount_fen or None, kind="money", width=132, sortable=False),
)


def list_ageing(ctx: Ctx, query: ListQuery) -> Listing[AgeLine]:
    """Lines of today's ageing with their sum at the end."""
    return list_in_memory(_lines(read_ageing(ctx)), AGE_COLUMNS, query)


def _lines(ageing: Ageing) -> tuple[AgeLine, ...]:
    return (*ageing.lines, ageing.total) if ageing.lines else ()


def _kind(found: AgeLine) -> str:
    return found.kind


class AgeingPane(QWidget):
    """A chart of the bands and a table by kind; ``asked(band, kind)`` when entries are wanted, -1 for any age."""

    asked = Signal(int, str)

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runner = runner
        self.words = label("", "second", wrap=True)
        self.chart = ColumnChart(unit=" 万元")
        self.chart.setMinimumHeight(150)
        self.chart.setMaximumHeight(230)
        self.chart.clicked.connect(self._chosen)
        self.table = ListTable(
            runner,
            "expenses.ageing",
            AGE_COLUMNS,
            list_ageing,
            _kind,
            title="未缴收入账龄表",
            search=None,
            unit="行",
            empty=Empty("没有待缴的收入", "登记的收入都已缴款。", "", "circle-check"),
        )
        self.table.opened.connect(self._opened)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # makes no page higher
        self.setLayout(column(self.words, self.chart, self.table, spacing=10))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]

    def refresh(self) -> None:
        """Ask again."""
        self.runner.query(read_ageing, ok=self._show)
        self.table.refresh()

    @Slot(object)
    def _show(self, ageing: Ageing) -> None:
        cells = ageing.total.cells
        self.chart.setVisible(bool(ageing.lines))
        self.chart.set_data(
            [band.title for band in AGE_BANDS],
            [Series("待缴收入", [round(cell.amount_fen / 1_000_000, 2) for cell in cells])],
        )
        self.chart.set_clickable([cell.entries > 0 for cell in cells])
        late = ageing.total.late
        if not ageing.lines:
            self.words.setText("")
        elif late.entries:
            what = f"{late.entries} 笔、{yuan(late.amount_fen)}"
            self.words.setText(f"规定 {ageing.within_days} 天内缴款：现有 {what} 已超过期限，请尽快缴款。")
        else:
            self.words.setText(f"规定 {ageing.within_days} 天内缴款：待缴的收入都还在期限内。")
        self.words.setProperty("role", "error" if late.entries else "second")
        self.words.style().polish(self.words)

    @Slot(int)
    def _chosen(self, band: int) -> None:
        self.asked.emit(band, "")

    @Slot(object)
    def _opened(self, line: AgeLine) -> None:
        self.asked.emit(-1, "" if line.kind == "合计" else line.kind)
