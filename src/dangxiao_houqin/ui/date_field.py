"""A day that is typed or picked; shown with its weekday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QLocale, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QTableView, QToolButton, QWidget

from dangxiao_houqin.core.clock import Clock, SystemClock

from . import icons
from .date_input import parse_date
from .fields import TextField
from .theme import TOKENS
from .widgets import Popup, button, column, row

_WEEKDAYS = "一二三四五六日"


def spoken(day: date) -> str:
    """``2026-03-02 周一``, the form in which a typed day is confirmed."""
    return f"{day.isoformat()} 周{_WEEKDAYS[day.weekday()]}"


class CalendarPopup(Popup):
    """A month to click on; Enter takes the marked day, Esc closes."""

    picked = Signal(object)

    def __init__(self, day: date, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        self._today = today
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName("日历")
        self.calendar.setLocale(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        for name, icon, words in (("prev", "chevron-left", "上个月"), ("next", "chevron-right", "下个月")):
            arrow = self.calendar.findChild(QToolButton, f"qt_calendar_{name}month")
            if arrow is not None:
                arrow.setIcon(icons.icon(icon, TOKENS.text_second, 18))
                arrow.setToolTip(words)
                arrow.setAccessibleName(words)
        view = self.calendar.findChild(QTableView)
        if view is not None:  # else Sunday is pushed out: the least width of a section follows the widest glyph
            view.horizontalHeader().setMinimumSectionSize(20)
        weekend = QTextCharFormat()
        weekend.setForeground(QColor(TOKENS.error))
        for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(weekday, weekend)
        head = QTextCharFormat()
        head.setForeground(QColor(TOKENS.text_second))
        head.setBackground(QColor(TOKENS.head))
        self.calendar.setHeaderTextFormat(head)
        mark = QTextCharFormat()
        mark.setFontUnderline(True)
        mark.setForeground(QColor(TOKENS.primary))
        mark.setToolTip("今天")
        self.calendar.setDateTextFormat(QDate(today.year, today.month, today.day), mark)
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.calendar.clicked.connect(self._take)
        self.calendar.activated.connect(self._take)
        self.setLayout(
            column(self.calendar, row(None, button("今天", self._take_today, kind="link")), spacing=4, margins=8)
        )
        self.setFixedSize(300, 300)

    def open_below(self, anchor: QWidget, *, align_right: bool = False) -> None:
        super().open_below(anchor, align_right=align_right)
        self.calendar.setFocus()

    @Slot(QDate)
    def _take(self, day: QDate) -> None:
        self.close()
        self.picked.emit(date(day.year(), day.month(), day.day()))

    @Slot()
    def _take_today(self) -> None:
        self.close()
        self.picked.emit(self._today)


class DateField(TextField):
    """A day; ``value()`` is a ``date`` or ``None``.

    Typed (``3.2``, ``0302``, ``明天``, ``下周一``, ``+3``) or picked with the calendar button or Alt+Down; arrow keys
    up and down move by a day.  ``minimum`` and ``maximum`` are days that are still allowed;
    ``note(day)`` says something about the day under the field (``调休上班``, ``国庆节``).
    """

    def __init__(
        self,
        key: str,
        title: str,
        *,
        clock: Clock | None = None,
        minimum: date | None = None,
        maximum: date | None = None,
        note: Callable[[date], str] | None = None,
        **options: Any,
    ) -> None:
        self._clock = clock or SystemClock()
        self.minimum, self.maximum = minimum, maximum
        self._note = note
        self._own_help = str(options.get("help", ""))
        options.setdefault("placeholder", "如 3.2、0302、明天")
        super().__init__(key, title, **options)

    def make_input(self) -> QLineEdit:
        edit = super().make_input()
        pick = QAction(icons.icon("calendar-days", TOKENS.text_second, 18), "选择日期（Alt+↓）", self)
        pick.triggered.connect(self.pick)
        edit.addAction(pick, QLineEdit.ActionPosition.TrailingPosition)
        return edit

    def value(self) -> date | None:  # type: ignore[override]
        text = self.edit.text().rstrip()
        if len(text) > 2 and text[-2] == "周" and text[-1] in _WEEKDAYS and text[0].isdigit():
            text = text[:-2]
        return parse_date(text, self._clock.today())

    def set_value(self, value: Any) -> None:
        super().set_value("" if value is None else spoken(value))

    def is_empty(self) -> bool:
        return not self.edit.text().strip()

    def problem(self) -> str | None:
        if self.is_empty():
            return None
        day = self.value()
        if day is None:
            return "认不出这个日期，请写成 3.2、0302 或 2026-03-02"
        if self.minimum is not None and day < self.minimum:
            return f"{self.title}不能早于 {spoken(self.minimum)}"
        if self.maximum is not None and day > self.maximum:
            return f"{self.title}不能晚于 {spoken(self.maximum)}"
        return None

    def normalise(self) -> None:
        day = self.value()
        if day is not None:
            self.edit.setText(spoken(day))

    @Slot()
    def _edited(self) -> None:
        if self._note is not None:
            day = self.value()
            self.help = (self._note(day) if day is not None else "") or self._own_help
        super()._edited()

    @Slot()
    def pick(self) -> None:
        """Open the calendar."""
        today = self._clock.today()
        popup = CalendarPopup(self.value() or today, today, self.edit)
        popup.picked.connect(self._picked)
        popup.open_below(self.edit)

    @Slot(object)
    def _picked(self, day: date) -> None:
        self.edit.setText(spoken(day))
        self.edit.setFocus()
        self.check()

    def eventFilter(self, watched: Any, event: Any) -> bool:
        pressed = isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress
        if pressed and watched is self.input and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.pick()
            elif (day := self.value()) is not None:
                step = 1 if event.key() == Qt.Key.Key_Up else -1
                self.edit.setText(spoken(date.fromordinal(max(1, min(day.toordinal() + step, 3652059)))))
            return True
        return super().eventFilter(watched, event)
