"""Dialogs of the calendar: one day, and a whole year's notice."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.organization import services
from dangxiao_houqin.modules.organization.domain import CalendarRow, NoticeReading, SaveCalendarDay
from dangxiao_houqin.modules.organization.transfer import FESTIVALS, read_notice
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, LongTextField, NumberField, TextField
from dangxiao_houqin.ui.widgets import label

SHOWN_PROBLEMS = 4
EXAMPLE = "2027-02-06 至 2027-02-12 春节 放假\n2027-02-14 上班"


class CalendarDayDialog(FormDialog):
    """Enter a day (``entry`` None) or change one; changing a bundled day enters it anew over the bundled one."""

    def __init__(self, runner: Runner, entry: CalendarRow | None, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "登记一天" if entry is None else f"修改{chinese_date(entry.day, weekday=True)}",
            parent,
            subtitle="学校的安排与国家公布的放假安排或平常周末不同时登记。",
            done_text="校历已保存",
        )
        self._entry = entry
        day = DateField("day", "日期", required=True)
        self.form.add(day)
        self.form.add(ChoiceField("workday", "安排", ((False, "放假"), (True, "上班")), required=True))
        self.form.add(
            TextField(
                "name",
                "名称",
                max_length=40,
                suggestions=tuple(dict.fromkeys((*FESTIVALS.values(), "寒假", "暑假", "校庆"))),
                help="放假必须写明，如“春节”；上班可以空着",
            )
        )
        if entry is None:
            self.form.set_values({"workday": False})
            return
        self.form.set_values({"day": entry.day, "workday": not entry.rest, "name": entry.name})
        day.set_read_only(not entry.own or entry.bundled)

    def submit(self) -> None:
        entry = self._entry
        cmd = SaveCalendarDay(
            day_id=entry.id if entry else None, version=entry.version if entry else None, **self.form.values()
        )
        self.run(services.save_calendar_day, cmd)


class NoticeDialog(FormDialog):
    """Paste a year's notice, see at once what was understood, enter it."""

    def __init__(self, runner: Runner, year: int | None, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "粘贴放假通知",
            parent,
            subtitle="可以粘贴国务院办公厅通知的全文，也可以一行写一段。",
            primary="登记",
            width=640,
        )
        self.year = NumberField("year", "年份", required=True, minimum=2000, maximum=2100, help="文字里没有写年份时用")
        self.text = LongTextField("text", "通知内容", required=True, lines=10, max_length=20_000)
        self.text.edit.setPlaceholderText(EXAMPLE)
        self.form.add(self.text)
        self.form.add(self.year)
        self.understood = label("", wrap=True)
        self.body.addWidget(self.understood)
        self.form.set_values({"year": year, "text": ""})
        self.reading = NoticeReading((), ())
        self.year.changed.connect(self._read)
        self.text.changed.connect(self._read)
        self._read()

    @Slot()
    def _read(self) -> None:
        year = self.year.value()
        self.reading = read_notice(self.text.value(), year) if isinstance(year, int) else NoticeReading((), ())
        problems, days = self.reading.problems, self.reading.days
        self.primary.setEnabled(bool(days) and not problems)
        self.understood.setText("\n".join(_lines(self.reading)))
        if problems:
            more = f"\n……共 {len(problems)} 处" if len(problems) > SHOWN_PROBLEMS else ""
            self.bar.say("\n".join(problems[:SHOWN_PROBLEMS]) + more, "error", closable=False)
        elif self.text.value() and not days:
            self.bar.say("没有找到放假或上班的日期，请核对粘贴的内容。", closable=False)
        else:
            self.bar.clear()

    def submit(self) -> None:
        self.run(services.import_notice, self.reading.days)


def _lines(reading: NoticeReading) -> list[str]:
    """What will be entered, a line per stretch of days."""
    stretches: list[tuple[str, list[date]]] = []
    for entry in reading.days:
        name = "上班" if entry.workday else entry.name
        last = stretches[-1] if stretches else None
        if last is not None and last[0] == name and (entry.day - last[1][-1]).days == 1:
            last[1].append(entry.day)
        else:
            stretches.append((name, [entry.day]))
    lines = [f"将登记：{reading.summary}"] if reading.days else []
    for name, days in stretches:
        until = f"至{chinese_date(days[-1], year=False)}，{len(days)} 天" if len(days) > 1 else ""
        lines.append(f"　{name}：{chinese_date(days[0], weekday=True)}{until}")
    return lines
