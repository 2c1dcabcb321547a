"""整班报到 and 整班退房: everybody of a class at once, with exceptions named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import CheckOutClass, DeskPerson, DeskRules, StayState
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField
from dangxiao_houqin.ui.messages import MessageBar, toast
from dangxiao_houqin.ui.widgets import label

from .desk_checklist import CheckList, Line
from .reception_list import state_pill
from .reception_search import is_due, is_waiting

NAMED = 12


def _names(people: Sequence[DeskPerson], day: date) -> str:
    told = "、".join(f"{p.name}（{state_pill(p, day).text}）" for p in people[:NAMED])
    return told + (f"等 {len(people)} 人" if len(people) > NAMED else "")


class _ClassDialog(FormDialog):
    """A class, its people with check boxes, and who is not among them."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget,
        title: str,
        people: Sequence[DeskPerson],
        day: date,
        rules: DeskRules,
        class_id: int | None,
        nobody: str,
    ) -> None:
        super().__init__(runner, title, parent, primary=title, width=640)
        self._people, self._day, self._rules = list(people), day, rules
        self._verb = title
        classes = {p.class_id: p.class_name for p in self._people if p.class_id is not None and self._takes(p)}
        choices = sorted(classes.items(), key=lambda each: each[1])
        self.form.add(ChoiceField("class_id", "班次", choices, required=True))
        self.warning = MessageBar()
        self.list = CheckList(f"{title}名单")
        self.others = label("", "second", wrap=True)
        self.extra()
        self.body.addWidget(self.warning)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.others)
        first = class_id if class_id in classes else choices[0][0] if len(choices) == 1 else None
        self.form.set_values({"class_id": first})
        self.form["class_id"].changed.connect(self._show)
        self.list.changed.connect(self._count)
        self._show()
        if not choices:
            self.bar.say(nobody, "warning", closable=False)

    def extra(self) -> None:
        """Fields of its own; override."""

    def _takes(self, person: DeskPerson) -> bool:
        """Whether the command is about this person; override."""
        raise NotImplementedError

    def shown(self) -> list[DeskPerson]:
        """The people of the class chosen, in roster order."""
        class_id = self.form["class_id"].value()
        found = [p for p in self._people if p.class_id == class_id and self._takes(p)]
        return sorted(found, key=lambda p: (p.seq_no or 0, p.sort_key))

    @Slot()
    def _show(self) -> None:
        class_id = self.form["class_id"].value()
        shown = self.shown()
        lines = [
            Line(p.stay_id or 0, p.name, f"{p.seq_no or ''}　{p.name}　{p.sex}　{p.place}　{p.unit_name}".strip())
            for p in shown
        ]
        self.list.set_lines(lines)
        left_out = [p for p in self._people if p.class_id == class_id and self.left_out(p)]
        self.others.setText(f"不在其中：{_names(left_out, self._day)}" if left_out else "")
        self.tell(shown)
        QTimer.singleShot(0, self._grow)

    def left_out(self, person: DeskPerson) -> bool:
        """Who of the class is named as not among them; override."""
        raise NotImplementedError

    def tell(self, shown: Sequence[DeskPerson]) -> None:
        """Warn about what the list holds; override."""

    @Slot()
    def _count(self) -> None:
        count = len(self.list.checked())
        self._primary_text = f"{self._verb} {count} 人"
        self.primary.setText(self._primary_text)
        self.primary.setEnabled(count > 0)

    def result_text(self, count: int) -> str:
        """What the toast says; override."""
        raise NotImplementedError

    @Slot(object)
    def take_result(self, result: object) -> None:
        assert isinstance(result, int)
        toast(self, self.result_text(result))
        super().take_result(result)


class ClassCheckInDialog(_ClassDialog):
    """A bus has come: everybody of the class who is due, minus those unticked."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget,
        people: Sequence[DeskPerson],
        day: date,
        rules: DeskRules,
        class_id: int | None,
    ) -> None:
        super().__init__(
            runner, parent, "整班报到", people, day, rules, class_id, "今天没有等待报到的班次，不需要整班报到。"
        )

    def _takes(self, person: DeskPerson) -> bool:
        late = person.late_until is not None and person.late_until > self._day
        return is_waiting(person, self._day) and person.state is StayState.ASSIGNED and not late

    def left_out(self, person: DeskPerson) -> bool:
        return is_due(person, self._day) and person.arrived_at is None and not self._takes(person)

    def tell(self, shown: Sequence[DeskPerson]) -> None:
        unclean = sorted({p.room_number for p in shown if p.condition})
        if unclean:
            rooms = "、".join(unclean[:8]) + (" 等" if len(unclean) > 8 else "")
            self.warning.say(f"{len(unclean)} 个房间还没有备好：{rooms}。", "warning", closable=False)
        else:
            self.warning.clear()

    def submit(self) -> None:
        self.set_busy(True)
        self._task = self.runner.command(
            _check_in_class,
            self.form["class_id"].value(),
            self.list.unchecked(),
            ok=self.take_result,
            fail=self.take_error,
            action="accommodation.check_in_class",
            confirmed=frozenset({"check_in_class"}),
            title="整班报到",
        )

    def result_text(self, count: int) -> str:
        return f"已为 {count} 人办理入住"


def _check_in_class(ctx: object, class_id: int, without: tuple[int, ...]) -> int:
    return services.check_in_class(ctx, class_id, without=without)  # type: ignore[arg-type]


class ClassCheckOutDialog(_ClassDialog):
    """The class goes home: cards back, rooms to be cleaned."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget,
        people: Sequence[DeskPerson],
        day: date,
        rules: DeskRules,
        class_id: int | None,
    ) -> None:
        super().__init__(
            runner, parent, "整班退房", people, day, rules, class_id, "现在没有在住的班次，不需要整班退房。"
        )

    def extra(self) -> None:
        reasons = [(reason, reason) for reason in self._rules.end_reasons]
        self.form.add(ChoiceField("reason", "原因", reasons), CheckField("cards_back", "房卡", "房卡都已交还"))
        self.form.set_values(
            {"reason": self._rules.end_reasons[0] if self._rules.end_reasons else None, "cards_back": True}
        )
        self.form["cards_back"].set_help("不勾就留在“房卡”里催还")

    def _takes(self, person: DeskPerson) -> bool:
        return person.state is StayState.IN_HOUSE

    def left_out(self, person: DeskPerson) -> bool:
        return person.lodging and person.state is StayState.ASSIGNED

    def tell(self, shown: Sequence[DeskPerson]) -> None:
        early = sum(p.leave > self._day for p in shown)
        cards = sum(p.cards_out for p in shown)
        parts = []
        if early:
            parts.append(f"{early} 人还没到离开日期，退房后余下的床位空出来")
        if cards:
            parts.append(f"名下共有 {cards} 张房卡")
        if parts:
            self.warning.say("；".join(parts) + "。", "warning" if early else "primary", closable=False)
        else:
            self.warning.clear()

    def submit(self) -> None:
        values = self.form.values()
        cmd = CheckOutClass(values["class_id"], values["reason"] or "", values["cards_back"], self.list.unchecked())
        self.set_busy(True)
        self._task = self.runner.command(
            services.check_out_class,
            cmd,
            ok=self.take_result,
            fail=self.take_error,
            confirmed=frozenset({"check_out_class"}),
            title="整班退房",
        )

    def result_text(self, count: int) -> str:
        return f"已为 {count} 人办理退房，房间已转客房打扫"
