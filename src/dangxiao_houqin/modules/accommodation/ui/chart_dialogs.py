"""The questions the room chart asks: why, which bed, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import gestures
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import Bar, Rearrange, StayState
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

MOST_BEDS = 30


class ReasonDialog(FormDialog):
    """换床位的原因: one of the office's list, perhaps with a word of one's own."""

    decided = Signal(object)
    """The :class:`Rearrange` with its reason."""

    def __init__(self, runner: Runner, parent: QWidget | None, cmd: Rearrange, reasons: Sequence[str]) -> None:
        super().__init__(runner, "换床位的原因", parent, subtitle=cmd.title, primary="确定", width=460)
        self._cmd = cmd
        self.form.add(ChoiceField("reason", "原因", choices=[(text, text) for text in reasons], required=True))
        self.form.add(TextField("note", "说明", max_length=150))
        self.form["reason"].set_value(reasons[0] if reasons else None)

    def submit(self) -> None:
        values = self.form.values()
        text = "：".join(part for part in (values["reason"], values["note"].strip()) if part)
        self.form.mark_clean()
        self.accept()
        self.decided.emit(Rearrange(self._cmd.puts, self._cmd.title, text))


class _LegalBeds:
    """Beds this person may move to, found by building, room or type; judged without the database."""

    def __init__(self, rules: ChartRules, bar: Bar) -> None:
        self._rules, self._bar = rules, bar

    def __call__(self, _ctx: Ctx, text: str) -> tuple[Option, ...]:
        words, bar, found = text.split(), self._bar, []
        since = max(bar.arrive, self._rules.data.today) if bar.arrived else bar.arrive
        for place in self._rules.data.beds:
            title = self._rules.title(place.bed_id)
            own = place.bed_id == bar.bed_id and bar.state is not StayState.PARKED
            if own or not all(w in title or w in place.room_type for w in words):
                continue
            if self._rules.why_not(bar, place.bed_id, since, bar.leave):
                continue
            state = self._rules.data.conditions.get(place.room_id, "")
            detail = " · ".join(part for part in (place.floor_name, place.room_type, state) if part)
            found.append(Option(place.bed_id, title, detail))
            if len(found) == MOST_BEDS:
                break
        return tuple(found)


class BedDialog(FormDialog):
    """换床 (or 调房 from a night on): a free bed found by typing."""

    decided = Signal(object)

    def __init__(self, runner: Runner, parent: QWidget | None, rules: ChartRules, bar: Bar) -> None:
        start, end = chinese_date(bar.arrive, year=False), chinese_date(bar.leave, year=False)
        parked = bar.state is StayState.PARKED
        place = "在暂存区" if parked else rules.title(bar.bed_id)
        super().__init__(
            runner,
            "换床位",
            parent,
            subtitle=f"{bar.name}（{bar.sex}）现在 {place}，{start}至{end}",
            primary="换床位",
        )
        self._rules, self._bar = rules, bar
        self.form.add(PickerField("bed_id", "换到", runner, _LegalBeds(rules, bar), required=True))
        first = max(bar.arrive, rules.data.today) if bar.arrived else bar.arrive
        help_text = "空着就从今天起" if bar.arrived else "空着就是全程换"
        last = bar.leave - timedelta(days=1)
        if first <= last and not parked:
            self.form.add(DateField("from_night", "从哪晚起", minimum=first, maximum=last, help=help_text))

    def submit(self) -> None:
        values = self.form.values()
        try:
            cmd = gestures.move(self._rules, self._bar, values["bed_id"], from_night=values.get("from_night"))
        except AppError as error:
            self.take_error(error)
            return
        self.form.mark_clean()
        self.accept()
        self.decided.emit(cmd)


class LeaveDialog(FormDialog):
    """续住 or earlier leaving: another day of departure in the same bed."""

    decided = Signal(object)

    def __init__(self, runner: Runner, parent: QWidget | None, rules: ChartRules, bar: Bar) -> None:
        super().__init__(
            runner,
            "改离开日期",
            parent,
            subtitle=f"{bar.name} {rules.title(bar.bed_id)}，{chinese_date(bar.arrive, year=False)}入住",
            primary="改日期",
            width=460,
        )
        self._rules, self._bar = rules, bar
        earliest = max(bar.arrive + timedelta(days=1), rules.data.today) if bar.arrived else bar.arrive + timedelta(1)
        self.form.add(DateField("leave", "离开日期", minimum=earliest, required=True))
        self.form["leave"].set_value(bar.leave)
        self.form.mark_clean()

    def submit(self) -> None:
        leave: date = self.form.values()["leave"]
        if leave == self._bar.leave:
            self.form.mark_clean()
            self.accept()
            return
        try:
            cmd = gestures.resize(self._rules, self._bar, self._bar.arrive, leave)
        except AppError as error:
            self.take_error(error)
            return
        self.form.mark_clean()
        self.accept()
        self.decided.emit(cmd)
