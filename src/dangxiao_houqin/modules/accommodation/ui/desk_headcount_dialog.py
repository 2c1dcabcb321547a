"""夜间查寝 of one floor: everybody ticked, untick who is not there, Enter saves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QListWidgetItem, QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import Absence, CountHeads, FloorPerson, HeadCountRow
from dangxiao_houqin.modules.accommodation.queries import list_floor_people
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.widgets import button, label, row

from .desk_checklist import ID_ROLE, CheckList, Line


class HeadCountDialog(FormDialog):
    """A floor in room order; Space unticks, L marks 请假, a line below says why."""

    def __init__(self, runner: Runner, parent: QWidget, count: HeadCountRow, *, with_reason: bool) -> None:
        night = chinese_date(count.night, weekday=True, year=False)
        super().__init__(
            runner,
            "查寝",
            parent,
            subtitle=f"{count.building_name}{count.floor_name}　{night}夜　应住 {count.expected} 人\n"
            "不在的人按空格或点一下去掉勾；请假的再按 L。Enter 保存。",
            primary="保存",
            width=620,
            done_text=f"{count.building_name}{count.floor_name}查寝已保存",
        )
        self._count_row, self._with_reason = count, with_reason
        self._people: dict[int, FloorPerson] = {}
        self._leave: set[int] = set()
        self._notes: dict[int, str] = {}
        self.list = CheckList("本层住宿人员", rows=10)
        self.list.all.setText("都在寝")
        self.list.none.hide()
        self.leave_button = button("请假（L）", self._toggle_leave, icon="calendar-check")
        self.leave_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reason = TextField("reason", "说明", max_length=200, placeholder="这一位不在的原因，可不填")
        self.reason.message.hide()
        self.told = label("", "strong")
        self.body.insertWidget(0, self.list)
        line = row(self.leave_button, self.reason, spacing=10)
        line.setStretch(1, 1)
        self.body.insertLayout(1, line)
        self.body.insertWidget(2, self.told)
        self.leave_button.setVisible(with_reason)
        self.reason.setVisible(with_reason)
        self.form.add(TextField("note", "本层情况", max_length=300, placeholder="如：304 水管报修、已提醒熄灯"))
        self.form.set_values({"note": count.note})
        self.list.changed.connect(self._changed)
        self.list.list.currentItemChanged.connect(self._moved)
        self.reason.edit.textEdited.connect(self._reason_typed)
        self.list.list.installEventFilter(self)
        runner.query(list_floor_people, count.night, count.floor_id, ok=self._have_people, fail=self.take_error)

    @Slot(object)
    def _have_people(self, people: tuple[FloorPerson, ...]) -> None:
        self._people = {p.stay_id: p for p in people}
        self.list.set_lines([Line(p.stay_id, p.name, self._text(p)) for p in people])
        for person in people:
            if person.absent is not None:
                self.list.set_checked(person.stay_id, False)
        self._leave = {p.stay_id for p in people if p.absent == "leave"}
        self._notes = {p.stay_id: p.note for p in people if p.note}
        self._changed()
        self._grow()
        self.list.list.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.list.setFocus()

    def _text(self, person: FloorPerson, mark: str = "") -> str:
        why = "还没报到" if person.state.value == "assigned" else person.remark
        state = f"　（{why}）" if why else ""
        end = f"　　【{mark}】" if mark else ""
        whence = person.unit_name or person.class_name
        return f"{person.room_number}-{person.bed_name}　{person.name}　{whence}{state}{end}"

    @Slot()
    def _changed(self) -> None:
        away = set(self.list.unchecked())
        self._leave &= away
        items = self.list.list
        items.blockSignals(True)
        for place in range(items.count()):
            item = items.item(place)
            stay_id = item.data(ID_ROLE)
            mark = "" if stay_id not in away else "请假" if stay_id in self._leave else "未归"
            item.setText(self._text(self._people[stay_id], mark))
        items.blockSignals(False)
        there = items.count() - len(away)
        self.told.setText(f"在寝 {there} 人，请假 {len(self._leave)} 人，未归 {len(away) - len(self._leave)} 人")
        self.list.count.setText(f"在寝 {there} / {items.count()} 人")
        self._moved()

    def _current(self) -> int | None:
        item = self.list.list.currentItem()
        return item.data(ID_ROLE) if item is not None else None

    @Slot()
    @Slot(QListWidgetItem, QListWidgetItem)
    def _moved(self, *_items: object) -> None:
        stay_id = self._current()
        away = stay_id is not None and stay_id in self.list.unchecked()
        self.leave_button.setEnabled(away)
        self.reason.setEnabled(away)
        self.reason.edit.setText(self._notes.get(stay_id or 0, "") if away else "")

    @Slot(str)
    def _reason_typed(self, text: str) -> None:
        stay_id = self._current()
        if stay_id is not None:
            self._notes[stay_id] = text.strip()

    @Slot()
    def _toggle_leave(self) -> None:
        stay_id = self._current()
        if stay_id is None or stay_id not in self.list.unchecked():
            return
        self._leave ^= {stay_id}
        self._changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            self._with_reason
            and watched is self.list.list
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_L
        ):
            self._toggle_leave()
            return True
        return super().eventFilter(watched, event)

    def submit(self) -> None:
        absences = tuple(
            Absence(stay_id, stay_id in self._leave, self._notes.get(stay_id, "")) for stay_id in self.list.unchecked()
        )
        cmd = CountHeads(
            self._count_row.floor_id,
            self._count_row.night,
            absences,
            self.form.values()["note"],
            self._count_row.version,
        )
        self.run(services.count_heads, cmd)
