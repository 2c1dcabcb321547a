"""校历: holidays and worked weekends of each year, and what the school does otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.columns import CALENDAR_COLUMNS
from dangxiao_houqin.modules.organization.domain import SETTINGS, CalendarRow
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

from .calendar_dialogs import CalendarDayDialog, NoticeDialog


class CalendarPage(TablePage):
    """The year's holidays; one's own entries stand over the bundled ones."""

    title = "校历"
    context = "法定节假日和调休上班；本校另有安排的日子在这里登记，房态图的表头照此标出"
    watches = frozenset({"calendar_day"})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        may_edit = desk.can(SETTINGS)
        super().__init__(
            desk.runner,
            "organization.calendar",
            CALENDAR_COLUMNS,
            queries.list_calendar,
            _row_id,
            search="日期、星期、名称",
            unit="天",
            filters=(
                Filter("year", "年份", anchor=True),
                Filter("rest", "安排", ((True, "放假"), (False, "上班")), inline=True),
            ),
            empty=Empty(
                "这一年的放假安排还没有登记",
                "把国务院办公厅的放假通知复制过来，粘贴后核对一遍即可登记。",
                "粘贴放假通知" if may_edit else "",
                icon="calendar-days",
            ),
        )
        self.new = self.add_action("登记一天", self.add, icon="plus", shortcut="Ctrl+N")
        self.paste = self.add_action("粘贴放假通知", self.open_notice, icon="clipboard-list", primary=True)
        for part in (self.new, self.paste):
            part.setVisible(may_edit)
        self.bar.triggered.connect(self.open_notice)
        self._chosen: Any = None
        self._notice: Any = None
        self._year: int | None = None
        self._missing: int | None = None

    def reload(self) -> None:
        super().reload()
        self.query(_read_overview, ok=self._overview_read)

    @Slot(object)
    def _overview_read(self, found: Overview) -> None:
        self.table.set_filter_choices("year", [(year, f"{year}年") for year in found.years])
        if self._year is None:  # the first look is at this year
            self._year = found.this_year
            self.table.set_filter("year", found.this_year)
        if found.note:
            self.bar.say(found.note, action="粘贴放假通知" if self.desk.can(SETTINGS) else "", closable=False)
        else:
            self.bar.clear()
        self._missing = found.missing

    def open_target(self, target: Any) -> None:
        """A year: ``Ref("calendar_year", 2027)`` or ``desk.go("organization.calendar", year=2027)``."""
        year = target.id if isinstance(target, Ref) else target.get("year") if isinstance(target, dict) else None
        if year is not None:
            self._year = year
            self.table.set_filter("year", year)

    # ------------------------------------------------------------------ actions
    @Slot()
    def add(self) -> None:
        CalendarDayDialog(self.runner, None, self).open()

    def first_step(self) -> None:
        self.open_notice()

    @Slot()
    def open_notice(self) -> None:
        """Paste a year's notice: of the year that is missing, else of the one shown."""
        year = self._missing or self.table.query.filters.get("year") or self._year
        self._notice = NoticeDialog(self.runner, year, self)
        self._notice.saved.connect(self._imported)
        self._notice.open()

    @Slot(object)
    def _imported(self, changed: int) -> None:
        self.table.set_filter("year", self._notice.reading.days[-1].day.year)
        self.toast(f"已登记 {changed} 天" if changed else "与已登记的一致，没有变化")

    def open_row(self, row: CalendarRow) -> None:
        if self.desk.can(SETTINGS):
            CalendarDayDialog(self.runner, row, self).open()

    def fill_menu(self, rows: list[CalendarRow], menu: QMenu) -> None:
        if len(rows) != 1 or not self.desk.can(SETTINGS):
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "修改…", self._edit_chosen)
        if rows[0].own:
            words = "恢复国家安排…" if rows[0].bundled else "取消登记…"
            menu.addAction(icons.icon("trash-2"), words, self._ask_delete)

    @Slot()
    def _edit_chosen(self) -> None:
        self.open_row(self._chosen)

    @Slot()
    def _ask_delete(self) -> None:
        row: CalendarRow = self._chosen
        day = chinese_date(row.day, weekday=True)
        after = "恢复为国家公布的安排" if row.bundled else "按平常的周一至周五上班、周末休息计算"
        messages.ask(
            self,
            f"取消{day}的登记？这一天{after}。",
            done=self._delete,
            title="取消登记",
            yes="取消登记",
            no="保留",
            danger=True,
        )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_calendar_day, self._chosen.id, self._chosen.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.toast(f"已取消{chinese_date(self._chosen.day, year=False)}的登记")


@dataclass(frozen=True)
class Overview:
    """What the page shows beside the list: the years to choose from, and what is missing of this year and the next."""

    this_year: int
    years: tuple[int, ...]
    note: str
    missing: int | None


def _read_overview(ctx: Any) -> Overview:
    years = queries.years_to_enter(ctx)
    note = ""
    if years:
        note = queries.missing_years_note(ctx, date(years[0], 1, 1), date(years[-1] + 1, 1, 1))
    here = note.replace("在“校历”里", "在这里")
    return Overview(ctx.today().year, queries.calendar_years(ctx), here, years[0] if years else None)


def _row_id(row: CalendarRow) -> int:
    return row.day.toordinal()
