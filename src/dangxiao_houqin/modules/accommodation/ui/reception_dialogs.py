"""Short questions of the desk about one person: later, not at all, somebody else, longer, a bed."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    ArriveLate,
    AssignBed,
    DeskPerson,
    ExtendStay,
    ReplacePerson,
)
from dangxiao_houqin.modules.accommodation.late_bed import BedSuggestion, suggest_bed
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import label


def about(person: DeskPerson) -> str:
    """Who a dialog is about, told from namesakes."""
    parts = [f"{person.name}（{person.sex}）", person.unit_name, person.class_name, person.place]
    return "　".join(part for part in parts if part)


class LateDialog(FormDialog):
    """晚到: until when the bed waits, and what was said on the phone."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson, day: date) -> None:
        super().__init__(runner, "登记晚到", parent, subtitle=about(person), primary="登记", width=480)
        self._person = person
        tomorrow = max(day, person.arrive) + timedelta(days=1)
        self.form.add(
            DateField(
                "until",
                "最晚哪天到",
                required=True,
                minimum=day,
                maximum=max(person.leave - timedelta(days=1), day),
                help="这天之前不再提醒，床位保留",
            )
        )
        self.form.add(TextField("note", "说明", max_length=100, placeholder="如：21 点后到、开完会来"))
        latest = person.leave - timedelta(days=1)
        self.form.set_values({"until": person.late_until or min(tomorrow, latest), "note": person.late_note})

    def submit(self) -> None:
        values = self.form.values()
        assert self._person.stay_id is not None
        assert self._person.version is not None
        self.run(services.arrive_late, ArriveLate(self._person.stay_id, self._person.version, **values))


class NoShowDialog(FormDialog):
    """未报到: he does not come; the bed is free for others from now on."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson) -> None:
        nights = (person.leave - person.arrive).days
        super().__init__(
            runner,
            "登记未报到",
            parent,
            subtitle=f"{about(person)}\n登记后{person.place}的 {nights} 晚床位空出来，可以安排别人；名单上仍保留他。",
            primary="登记未报到",
            width=480,
        )
        self._person = person
        self.form.add(TextField("note", "原因", max_length=100, placeholder="如：单位临时有任务", suggestions=_REASONS))

    def submit(self) -> None:
        self.run(services.mark_no_show, self._person.stay_id, self._person.version, self.form.values()["note"])


_REASONS = ("单位临时有任务", "请病假", "联系不上", "改上下期")


class ReplaceDialog(FormDialog):
    """换人: who comes instead; place on the roster and bed go over to him."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson) -> None:
        super().__init__(
            runner,
            "换人",
            parent,
            subtitle=f"原学员：{about(person)}\n新来的人接过他在名单上的名额；同性别的接过床位，否则另行安排。",
            primary="换人",
            width=560,
        )
        self._person = person
        self.form.add(TextField("name", "姓名", required=True, max_length=80))
        self.form.add(ChoiceField("sex", "性别", [("男", "男"), ("女", "女")], required=True))
        self.form.add(TextField("unit_name", "单位", max_length=150))
        self.form.add(TextField("position", "职务", max_length=100))
        self.form.add(TextField("phone", "手机", max_length=40))
        self.form.add(TextField("note", "说明", max_length=200, placeholder="如：原学员另有任务，单位来电更换"))
        self.form.set_values({"sex": person.sex, "unit_name": person.unit_name})

    def submit(self) -> None:
        assert self._person.enrollment_id is not None
        self.run(services.replace_person, ReplacePerson(self._person.enrollment_id, **self.form.values()))


class ExtendDialog(FormDialog):
    """续住: a later day to leave, in the same bed."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson) -> None:
        until = chinese_date(person.leave, weekday=True, year=False)
        super().__init__(
            runner,
            "续住",
            parent,
            subtitle=f"{about(person)}\n现在到{until}离开；同一张床被别人订了的日子会提示。",
            primary="续住",
            width=480,
        )
        self._person = person
        self.form.add(
            DateField(
                "leave", "改到哪天离开", required=True, minimum=person.leave + timedelta(days=1), note=self._nights
            )
        )
        self.form.set_values({"leave": person.leave + timedelta(days=1)})

    def _nights(self, day: date) -> str:
        more = (day - self._person.leave).days
        return f"多住 {more} 晚" if more > 0 else ""

    def submit(self) -> None:
        assert self._person.stay_id is not None
        assert self._person.version is not None
        leave = self.form.values()["leave"]
        self.run(services.extend_stay, ExtendStay(self._person.stay_id, self._person.version, leave))


class FindBedDialog(FormDialog):
    """安排床位: the best free bed by the rules, and why; Enter takes it."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson) -> None:
        super().__init__(runner, "安排床位", parent, subtitle=about(person), primary="就住这里", width=480)
        self._person = person
        self._bed_id: int | None = None
        self._place = label("正在找最合适的空床…", wrap=True)
        self._place.setStyleSheet(f"font-size: {TOKENS.px_figure}px; font-weight: 600;")
        self._why = label("", wrap=True)
        self._notice = MessageBar()
        for part in (self._place, self._why, self._notice):
            self.body.addWidget(part)
        self.primary.setEnabled(False)
        runner.query(suggest_bed, person.class_id, person.enrollment_id, ok=self._found, fail=self._not_found)

    @Slot(object)
    def _found(self, suggestion: BedSuggestion) -> None:
        if suggestion.option is None:
            self._place.setText("没有合适的空床")
            self._notice.say(suggestion.why, "warning", closable=False)
            self._grow()
            return
        option = suggestion.option
        self._bed_id = option.bed_id
        self._place.setText(option.text)
        self._why.setText(f"{option.floor_name}　{option.room_type}\n{suggestion.why}")
        self.primary.setEnabled(True)
        self.primary.setFocus()
        self._grow()

    @Slot(object)
    def _not_found(self, error: Exception) -> None:
        self._place.setText("没有找到床位")
        self._notice.say(str(error), "warning", closable=False)
        self._grow()

    def submit(self) -> None:
        assert self._person.enrollment_id is not None
        assert self._bed_id is not None
        self.run(services.assign_bed, AssignBed(self._person.enrollment_id, self._bed_id, reason="前台安排"))
