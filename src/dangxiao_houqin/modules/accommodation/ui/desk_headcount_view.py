"""夜间查寝: a night and its floors; double click or Enter counts one."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.core.columns import list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.columns import HEAD_COUNT_COLUMNS
from dangxiao_houqin.modules.accommodation.domain import DeskRules, HeadCountRow
from dangxiao_houqin.modules.accommodation.printouts import head_count_on
from dangxiao_houqin.modules.accommodation.queries import list_head_counts
from dangxiao_houqin.modules.accommodation.reports import head_count_pdf, head_count_xlsx
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import spoken
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import column, label, row, tool_button

from .desk_headcount_dialog import HeadCountDialog
from .paper_button import PaperButton


class _Floors:
    """Feeds the list with the night shown."""

    def __init__(self) -> None:
        self.night = date.min

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[HeadCountRow]:
        night = ctx.today() if self.night == date.min else self.night
        return list_in_memory(list_head_counts(ctx, night), HEAD_COUNT_COLUMNS, query)


class HeadCountView(QWidget):
    """The floors of a night with those expected and those there."""

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._floors = _Floors()
        self._rules = DeskRules()
        self._today: date | None = None
        self.night_label = label("", "strong")
        self.back = tool_button("chevron-left", "前一晚", self._earlier)
        self.forward = tool_button("chevron-right", "后一晚", self._later)
        self.table = ListTable(
            runner,
            "accommodation.head_counts",
            HEAD_COUNT_COLUMNS,
            self._floors,
            _floor_id,
            title="夜间查寝",
            search=None,
            unit="层",
            export=False,
            empty=Empty("这一晚没有人住", "有人入住后，这里按楼层列出应在的人。", icon="moon"),
        )
        self.paper = PaperButton(
            runner, "夜间查寝记录", head_count_on, self._night, head_count_pdf, head_count_xlsx, "head-count"
        )
        self.table.add_tool(self.paper)
        self.table.opened.connect(self.count)
        self.table.menu_requested.connect(self._menu)
        self.setLayout(column(row(self.back, self.night_label, self.forward, None, spacing=6), self.table, spacing=8))
        self.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        self._chosen: HeadCountRow | None = None

    def set_rules(self, rules: DeskRules, today: date) -> None:
        """What the office asks for, and the night to begin with."""
        self._rules = rules
        if self._today != today:
            self._today = self._floors.night = today
            self.refresh()
        self._show_night()

    def _night(self) -> tuple[date]:
        return (self._floors.night,)

    def refresh(self) -> None:
        self.table.refresh()

    def _show_night(self) -> None:
        if self._today is None:
            return
        night = self._floors.night
        self.night_label.setText(f"{spoken(night)} 夜" + ("（今晚）" if night == self._today else ""))
        self.forward.setEnabled(night < self._today)

    def _go(self, days: int) -> None:
        if self._today is not None:
            self._floors.night = min(self._floors.night + timedelta(days=days), self._today)
            self._show_night()
            self.refresh()

    @Slot()
    def _earlier(self) -> None:
        self._go(-1)

    @Slot()
    def _later(self) -> None:
        self._go(1)

    @Slot(object)
    def count(self, floor: HeadCountRow) -> None:
        """Open the floor's list of people."""
        HeadCountDialog(self._runner, self, floor, with_reason=self._rules.head_count_reason).open()

    @Slot(list, QMenu)
    def _menu(self, rows: list[HeadCountRow], menu: QMenu) -> None:
        if len(rows) == 1:
            self._chosen = rows[0]
            menu.addAction(icons.icon("clipboard-check"), "查这一层…", self._count_chosen)

    @Slot()
    def _count_chosen(self) -> None:
        if self._chosen is not None:
            self.count(self._chosen)


def _floor_id(floor: HeadCountRow) -> int:
    return floor.floor_id
