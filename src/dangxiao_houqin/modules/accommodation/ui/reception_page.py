"""报到退房: one clerk, one person a minute and faster; everything from one input line."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, DeskPerson
from dangxiao_houqin.modules.accommodation.queries import get_stay
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter, FilterBar
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.widgets import Card, EmptyState, column, label, row

from .reception_actions import DeskActions
from .reception_counters import VIEWS, Counters
from .reception_field import DeskField
from .reception_list import PeopleList
from .reception_offers import OFFERS, enter_does
from .reception_person import PersonCard
from .reception_reader import CardReader
from .reception_search import (
    DeskDay,
    Entry,
    Roll,
    doubt,
    entry_of,
    find,
    find_later,
    load_day,
    looks_like_id,
    namesakes,
    told_apart,
)


class ReceptionPage(Page):
    """The people of today in memory; the line finds, Enter receives, the line is empty again."""

    title = "报到退房"
    watches = frozenset({"stay", "enrollment", "training_class", "key_card", "room_care", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self.desk_day: DeskDay | None = None
        self.roll = Roll()
        self._choice: tuple[str, int] | None = None
        self._later: tuple[str, tuple[Entry, ...]] = ("", ())
        """What was looked for among the people of later days, and who was found."""
        self._card_acts = False
        self._picked = False
        """The clerk chose among several himself."""
        self._asked_twice: tuple[str, int] | None = None
        self._open_when_loaded: Any = None
        self._loading: Task | None = None
        self._again = False
        self.may_assign = desk.can(ASSIGN)
        self.field = DeskField()
        self.counters = Counters()
        self.classes = FilterBar((Filter("class_id", "班次", all_text="全部班次"),))
        self.people = PeopleList()
        self.count = label("", "second")
        self.person_card = PersonCard()
        self.empty = EmptyState()
        self.reader = CardReader(self)
        self.actions_of_desk = DeskActions(self, desk)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.add_action("前台事务", self._to_affairs, icon="clipboard-list")
        self.add_action("整班退房", self.actions_of_desk.check_out_class, icon="log-out")
        self.add_action("整班报到", self.actions_of_desk.check_in_class, icon="users")
        for place in range(self.action_row.count()):
            widget = self.action_row.itemAt(place).widget()
            if widget is not None:
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        card = Card(padding=16)
        card.body.setSpacing(10)
        card.body.addWidget(self.field)
        card.body.addLayout(row(self.classes, None, self.count))
        card.body.addWidget(self.people, 1)
        self.empty.button.hide()
        self.empty.hide()
        card.body.addWidget(self.empty, 1)
        left = column(self.counters, card, spacing=12)
        left.setStretch(1, 1)
        columns = row(left, self.person_card, spacing=16)
        columns.setStretch(0, 5)
        columns.setStretch(1, 3)
        self.body.addLayout(columns, 1)
        self.person_card.show_nobody()

    def _connect(self) -> None:
        self.field.typed.connect(self._typed)
        self.field.entered.connect(self._entered)
        self.field.paused.connect(self._card_left)
        self.reader.found.connect(self._identified)
        self.field.moved.connect(self._moved)
        self.field.undo_asked.connect(self.actions_of_desk.undo_last)
        self.counters.changed.connect(self._view_changed)
        self.classes.changed.connect(self._view_changed)
        self.people.chosen.connect(self._list_chosen)
        self.people.activated_entry.connect(self._list_activated)
        self.person_card.asked.connect(self.do)
        self.person_card.number_done.connect(self._number_done)
        self.person_card.number_left.connect(self.to_field)
        self.person_card.print_asked.connect(self.actions_of_desk.print_slip)
        for keys in sorted({offer.shortcut for offer in OFFERS.values() if offer.shortcut.startswith("F")}):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setProperty("keys", keys)
            shortcut.activated.connect(self._shortcut)

    # ------------------------------------------------------------------ loading
    def reload(self) -> None:
        if self._loading is not None:
            self._again = True
            return
        task = self.query(load_day, ok=self._loaded)
        if not task.done:
            self._loading = task
            task.ended.connect(self._load_ended)

    @Slot()
    def _load_ended(self) -> None:
        self._loading = None
        if self._again:
            self._again = False
            self.reload()

    @Slot(object)
    def _loaded(self, found: DeskDay) -> None:
        first = self.desk_day is None
        self.desk_day = found
        self._later = ("", ())
        self.roll.take_list(found.entries)
        self.set_context(f"{chinese_date(found.day, weekday=True)}　输入两个字母找到人，Enter 办理，Ctrl+Z 撤销")
        groups = {e.person.class_id: e.person.class_name for e in self.roll.entries if e.person.class_id is not None}
        self.classes.set_choices("class_id", sorted(groups.items(), key=lambda each: each[1]))
        if first:
            due = any(VIEWS["due"][2](entry.person, found.day) for entry in self.roll.entries)
            self.counters.set_value("due" if due else "in_house")
        self.show_people()
        if self._open_when_loaded is not None:
            target, self._open_when_loaded = self._open_when_loaded, None
            self.open_target(target)

    def take_person(self, person: DeskPerson) -> None:
        """A command returned somebody as he is now."""
        self.roll.take(person)
        self.show_people()

    @property
    def day(self) -> date:
        return self.desk_day.day if self.desk_day is not None else date.min

    # ------------------------------------------------------------------ showing
    def show_people(self) -> None:
        """List, numbers and the person, after any change."""
        if self.desk_day is None:
            return
        class_id = self.classes.values().get("class_id")
        mine = [e for e in self.roll.entries if class_id is None or e.person.class_id == class_id]
        self.counters.count(mine, self.day)
        text = self.field.text().strip()
        if text and not looks_like_id(text):
            shown = find(self.roll.entries, text, self.day)
            if not shown and self._later[0] == text:
                shown = list(self._later[1])
            keys = [entry.key for entry in shown]
            if not self._picked or self._choice not in keys:
                self._choice, self._picked = (keys[0] if keys else None), False
        else:
            belongs = VIEWS[self.counters.value][2]
            shown = [entry for entry in mine if belongs(entry.person, self.day)]
            if self._choice is not None and not self._picked:
                self._choice = None
        self.people.show_entries(shown, self.day, self._choice)
        count = f"找到 {len(shown)} 人" if text else f"{len(shown)} 人"
        later = bool(shown) and text == self._later[0] and shown == list(self._later[1])
        self.count.setText(f"未到日期的 {len(shown)} 人（今明两天没有）" if later else count)
        self._show_empty(bool(shown), text)
        self._show_choice(shown)
        if not shown and len(text) > 1 and not looks_like_id(text) and self._later[0] != text:
            self.query(find_later, text, ok=self._have_later)

    @Slot(object)
    def _have_later(self, found: tuple[str, tuple[Entry, ...]]) -> None:
        """Nobody of today answers to what was typed: who comes in the next days."""
        text, entries = found
        if text == self.field.text().strip():
            known = {entry.key for entry in self.roll.entries}
            self._later = (text, tuple(entry for entry in entries if entry.key not in known))
            if self._later[1]:
                self.show_people()

    def _show_empty(self, any_shown: bool, text: str) -> None:
        self.people.setVisible(any_shown)
        self.empty.setVisible(not any_shown)
        if text:
            self.empty.show_state("没有找到", "换个写法，或看看是不是别的日期、别的班次报到。", icon="search")
        elif not self.roll.entries:
            self.empty.show_state("今天没有人报到", "今天没有班次报到，也没有在住和离开的人。", icon="calendar-check")
        else:
            word = VIEWS[self.counters.value][0]
            self.empty.show_state(f"{word}：没有人", "点上面的数字看其他人。", icon="users")

    def _show_choice(self, shown: list[Entry]) -> None:
        entry = self.chosen
        assert self.desk_day is not None
        if entry is None:
            self.person_card.show_nobody()
            return
        others = namesakes(shown, entry, self.day) if self.field.text().strip() else []
        warning = ""
        if others:
            units = "、".join(told_apart(other.person, entry.person) for other in others[:3])
            warning = f"还有 {len(others)} 位同名：{units}。↑↓ 换人。"
        self.person_card.show_person(
            entry.person, self.day, self.desk_day.rules, same_name=warning, may_assign=self.may_assign
        )

    @property
    def chosen(self) -> Entry | None:
        """Who stands at the desk."""
        later = next((entry for entry in self._later[1] if entry.key == self._choice), None)
        return self.roll.find(self._choice) or later

    # ------------------------------------------------------------------ the line
    @Slot(str)
    def _typed(self, text: str) -> None:
        self._picked = False
        self._asked_twice = None
        if text:
            self.bar.clear()
        else:
            self._choice = None
        self.show_people()

    @Slot(int)
    def _moved(self, step: int) -> None:
        self.people.step(step)

    @Slot(object)
    def _list_chosen(self, entry: Entry | None) -> None:
        if entry is not None:
            self._choice, self._picked, self._asked_twice = entry.key, True, None
            self._show_choice(self.people.people.entries)
        self.to_field()

    @Slot(object)
    def _list_activated(self, entry: Entry | None) -> None:
        self._list_chosen(entry)
        self._enter()

    @Slot(str, bool)
    def _entered(self, text: str, burst: bool) -> None:
        if looks_like_id(text):
            self.field.empty()
            self.reader.look_up(text, act=True)
            return
        if not text and self._choice is None:
            return
        entry = self.chosen
        if entry is None:
            if burst:  # the next scan must not be added to this one
                self.field.empty()
            self.bar.say("没有找到这个人，请换个写法，或到“培训班次”里核对名单。", "warning")
            return
        if not self._picked and self._ambiguous(entry, burst):
            return
        self._enter()

    def _ambiguous(self, entry: Entry, burst: bool) -> bool:
        """Whether Enter must not decide alone; a second Enter decides between namesakes."""
        text = self.field.text().strip()
        same, sentence = doubt(self.people.people.entries, entry, text, self.day, burst=burst)
        if not sentence or (same and not burst and self._asked_twice == entry.key):
            return False
        self._asked_twice = entry.key
        self.bar.say(sentence, "warning")
        return True

    def _enter(self) -> None:
        entry = self.chosen
        if entry is None or self.desk_day is None:
            return
        what = enter_does(entry.person, self.day)
        if not what:
            self.bar.say(f"{entry.person.name}现在不需要办理报到，可用右边的按钮办理其他事项。", "primary")
            return
        if what == "check_in" and self.desk_day.rules.ask_card_number:
            self.person_card.number.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.do(what)

    @Slot()
    def _number_done(self) -> None:
        self.do("check_in")

    @Slot(str)
    def _card_left(self, number: str) -> None:
        self.reader.look_up(number, act=False)

    @Slot(object, bool)
    def _identified(self, ids: tuple[int, ...], act: bool) -> None:
        here = [entry for entry in self.roll.entries if entry.key[0] == "E" and entry.key[1] in ids]
        if not here and ids:
            self._card_acts = act
            self.query(find_later, f"DXHQ:E{ids[0]}", ok=self._later_identified)
        elif not here:
            self._later_identified(("", ()))
        else:
            self.choose(here[0])
            if act:
                self._enter()

    @Slot(object)
    def _later_identified(self, found: tuple[str, tuple[Entry, ...]]) -> None:
        """The card of somebody who is expected in the next days."""
        if not found[1]:
            self.bar.say("没有找到这张身份证对应的学员，请按姓名查找。", "warning")
            return
        self._later = found
        self.choose(found[1][0])
        if self._card_acts:
            self._enter()

    def choose_person(self, person: DeskPerson) -> None:
        """Show somebody as he is now."""
        self.choose(entry_of(person))

    def show_received(self, person: DeskPerson, told: str) -> None:
        """The slip of who was just checked in, unless the next one is already chosen."""
        assert self.desk_day is not None
        self.person_card.remember(person, self.desk_day.rules, told=told)
        if self.chosen is None:
            self.person_card.show_nobody()

    def choose(self, entry: Entry) -> None:
        """Show somebody as if picked from the list."""
        self.field.empty()
        self._choice, self._picked = entry.key, True
        self.show_people()
        if entry.key not in [each.key for each in self.people.people.entries]:
            self._show_choice([])

    # ------------------------------------------------------------------ doing
    @Slot(str)
    def do(self, action: str) -> None:
        """One of :data:`OFFERS` for the person chosen."""
        entry = self.chosen
        if entry is None:
            return
        number = self.person_card.number.text().strip()
        self.actions_of_desk.start(action, entry.person, number)

    @Slot()
    def _shortcut(self) -> None:
        keys = self.sender().property("keys")
        for name, pressed in self.person_card.offered.items():
            if OFFERS[name].shortcut == keys and self.person_card.person is not None:
                if pressed.isEnabled():
                    self.do(name)
                return

    def next_person(self) -> None:
        """The line is empty and has the keyboard."""
        self._choice, self._picked = None, False
        self.person_card.number.clear()
        self.field.empty()
        self.show_people()
        self.to_field()

    @Slot()
    def to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_dialog(self, dialog: QDialog) -> None:
        """Show a dialog; afterwards the line has the keyboard again."""
        dialog.finished.connect(self.dialog_closed)
        dialog.open()

    @Slot(int)
    def dialog_closed(self, _result: int) -> None:
        """Back to the line."""
        self.to_field()

    @Slot()
    def _to_affairs(self) -> None:
        self._desk.go("accommodation.desk_affairs")

    @Slot(dict)
    @Slot(str)
    def _view_changed(self, _value: object) -> None:
        self._choice = None
        if self.field.text():
            self.field.empty()
        self.show_people()
        self.to_field()

    def open_target(self, target: Any) -> None:
        """A stay (``Ref("stay", …)``), ``{"enrollment_id"|"stay_id": …}``, or a view ``{"view": "leaving"}``."""
        if self.desk_day is None:
            self._open_when_loaded = target
            return
        if isinstance(target, Ref):
            target = {"stay_id": target.id}
        if target.get("view") in VIEWS:
            self.counters.set_value(target["view"])
        if target.get("class_id"):
            self.classes.set_value("class_id", target["class_id"])
        wanted = [
            entry
            for entry in self.roll.entries
            if (target.get("stay_id") and entry.person.stay_id == target["stay_id"])
            or (target.get("enrollment_id") and entry.person.enrollment_id == target["enrollment_id"])
        ]
        if wanted:
            self.choose(wanted[0])
        elif target.get("stay_id"):
            self.query(get_stay, target["stay_id"], ok=self._not_today)
        else:
            self.show_people()

    @Slot(object)
    def _not_today(self, stay: Any) -> None:
        self.bar.say(
            f"{stay.name}不在今天的名单里（{chinese_date(stay.arrive, year=False)}至"
            f"{chinese_date(stay.leave, year=False)}，{stay.state.label}）。",
            "warning",
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters typed anywhere on the page go into the line."""
        if event.text().isprintable() and event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.to_field()
            self.field.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.to_field()
