"""What the desk does: one command each, told in a toast, taken back with one key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import AppError, Cancelled, Conflict
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    ArriveLate,
    CheckIn,
    CompensationRow,
    DeskPerson,
    ExtendStay,
    MoveStay,
    StayRow,
)
from dangxiao_houqin.modules.accommodation.queries import get_stay, paid_today
from dangxiao_houqin.modules.accommodation.slips import SlipJob, load_room_slip
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.direct_print import DirectPrint
from dangxiao_houqin.ui.printing import preview

from .checkout_dialog import CheckOutDialog
from .desk_card_dialogs import CardDialog
from .desk_class_dialogs import ClassCheckInDialog, ClassCheckOutDialog
from .desk_request_dialogs import AskMoveDialog
from .move_dialog import MoveDialog
from .reception_dialogs import ExtendDialog, FindBedDialog, LateDialog, NoShowDialog, ReplaceDialog
from .reception_search import key_of

if TYPE_CHECKING:
    from .reception_page import ReceptionPage


@dataclass(frozen=True)
class Undo:
    """The way back of the last action."""

    name: str
    func: Callable[..., Any]
    args: tuple[Any, ...]


class _Doing(QObject):
    """One action on its way: who it is about, and what to say; lives until it is answered."""

    def __init__(self, desk: DeskActions, action: str, before: DeskPerson) -> None:
        super().__init__(desk)
        self.desk, self.action, self.before = desk, action, before

    @Slot(object)
    def done(self, result: object) -> None:
        self.desk.finished(self, result)
        self.deleteLater()

    @Slot(object)
    def failed(self, error: Exception) -> None:
        self.desk.refused(self, error)
        self.deleteLater()


class DeskActions(QObject):
    """The verbs of the page; every one ends in :meth:`finished` or :meth:`refused`."""

    def __init__(self, page: ReceptionPage, desk: Desk) -> None:
        super().__init__(page)
        self._page, self._desk = page, desk
        self._under_way: set[tuple[str, int]] = set()
        self._undo: Undo | None = None
        self._undone_leaving = False
        self._moving: DeskPerson | None = None

    # ------------------------------------------------------------------ starting
    def start(self, action: str, person: DeskPerson, card_number: str = "") -> None:
        """Do ``action`` (a key of ``OFFERS``) with ``person``, at once or through its dialog."""
        if key_of(person) in self._under_way:
            return
        begin = {
            "check_in": self._check_in,
            "undo_check_in": self._undo_check_in,
            "undo_check_out": self._undo_check_out,
            "undo_no_show": self._undo_no_show,
            "no_lodging": self._no_lodging,
            "lodge_again": self._lodge_again,
            "move": self._move,
            "chart": self._to_chart,
        }.get(action)
        if action == "check_in":
            self._check_in(person, card_number)
        elif begin is not None:
            begin(person)
        else:
            self._open(action, person)

    def _run(self, action: str, person: DeskPerson, func: Callable[..., Any], *args: Any) -> None:
        doing = _Doing(self, action, person)
        self._under_way.add(key_of(person))
        self._page.runner.command(func, *args, ok=doing.done, fail=doing.failed)

    def _check_in(self, person: DeskPerson, number: str = "") -> None:
        assert person.stay_id is not None
        assert person.version is not None
        assert self._page.desk_day is not None
        copies = self._page.desk_day.rules.card_copies
        self._page.next_person()
        self._run("check_in", person, services.check_in, CheckIn(person.stay_id, person.version, number, copies))

    def _undo_check_in(self, person: DeskPerson) -> None:
        self._run("undo_check_in", person, services.undo_check_in, person.stay_id, person.version)

    def _undo_check_out(self, person: DeskPerson) -> None:
        self._run("undo_check_out", person, services.undo_check_out, person.stay_id, person.version)

    def _undo_no_show(self, person: DeskPerson) -> None:
        self._run("undo_no_show", person, services.undo_no_show, person.stay_id, person.version)

    def _no_lodging(self, person: DeskPerson) -> None:
        self._run("no_lodging", person, services.no_lodging, person.enrollment_id)

    def _lodge_again(self, person: DeskPerson) -> None:
        self._run("lodge_again", person, services.lodge_again, person.enrollment_id)

    def _to_chart(self, person: DeskPerson) -> None:
        self._desk.go("accommodation.chart", stay_id=person.stay_id)

    def _open(self, action: str, person: DeskPerson) -> None:
        """The dialogs, one each; what they saved comes back like any answer."""
        assert self._page.desk_day is not None
        rules, page, runner = self._page.desk_day.rules, self._page, self._page.runner
        made: Any = None
        if action == "late":
            made = LateDialog(runner, page, person, self._page.day)
        elif action == "no_show":
            made = NoShowDialog(runner, page, person)
        elif action == "replace":
            made = ReplaceDialog(runner, page, person)
        elif action == "extend":
            made = ExtendDialog(runner, page, person)
        elif action == "find_bed":
            made = FindBedDialog(runner, page, person)
        elif action == "check_out":
            made = CheckOutDialog(runner, page, person, rules, self._page.day)
        elif action == "card":
            made = CardDialog(runner, page, person, rules)
        elif action == "request":
            made = AskMoveDialog(runner, page, person, rules)
        if made is not None:
            doing = _Doing(self, action, person)
            made.saved.connect(doing.done)
            page.open_dialog(made)

    def _move(self, person: DeskPerson) -> None:
        self._moving = person
        self._page.query(get_stay, person.stay_id, ok=self._have_stay)

    @Slot(object)
    def _have_stay(self, stay: StayRow) -> None:
        person, self._moving = self._moving, None
        if person is None:
            return
        self._moved_from = stay
        dialog = MoveDialog(self._page.runner, self._page, stay)
        doing = _Doing(self, "move", person)
        dialog.saved.connect(doing.done)
        self._page.open_dialog(dialog)

    # ------------------------------------------------------------------ whole classes
    @Slot()
    def check_in_class(self) -> None:
        """整班报到."""
        self._open_class(ClassCheckInDialog)

    @Slot()
    def check_out_class(self) -> None:
        """整班退房."""
        self._open_class(ClassCheckOutDialog)

    def _open_class(self, kind: type[ClassCheckInDialog] | type[ClassCheckOutDialog]) -> None:
        found = self._page.desk_day
        if found is None:
            return
        chosen = self._page.classes.values().get("class_id")
        people = [entry.person for entry in self._page.roll.entries]
        dialog = kind(self._page.runner, self._page, people, found.day, found.rules, chosen)
        self._page.open_dialog(dialog)

    # ------------------------------------------------------------------ answers
    def finished(self, doing: _Doing, result: object) -> None:
        """The service has done it: show, tell, remember the way back."""
        self._under_way.discard(key_of(doing.before))
        after = result if isinstance(result, DeskPerson) else None
        self._undo = self._way_back(doing, result)
        if after is not None:
            self._page.take_person(after)
        name = (after or doing.before).name
        self._page.toast(
            f"{name}：{_told(doing.action, after or doing.before)}",
            undo=self.undo_last if self._undo is not None else None,
        )
        if doing.action == "undo_check_out" and after is not None:
            self._ask_what_stays(after)
        if doing.action == "check_in" and after is not None:
            self._received(after)
        elif doing.action == "check_out":
            self._page.next_person()
        elif after is not None:
            self._page.choose_person(after)

    def refused(self, doing: _Doing, error: Exception) -> None:
        """The service said no: say so beside the line, the next person is perhaps already being typed."""
        self._under_way.discard(key_of(doing.before))
        if isinstance(error, Cancelled):  # the question was answered with no: he still stands there
            if not self._page.field.text():
                self._page.choose_person(doing.before)
            return
        if isinstance(error, AppError):
            text = str(error)
            named = text if doing.before.name in text else f"{doing.before.name}：{text}"
            self._page.bar.say(named, messages.tone_of(error))
            if isinstance(error, Conflict):
                self._page.reload()
        else:
            messages.show(self._page, error)

    def _way_back(self, doing: _Doing, result: object) -> Undo | None:
        before, name = doing.before, doing.before.name
        if isinstance(result, StayRow):
            if doing.action == "find_bed":
                return Undo(name, services.release_stay, (result.id, result.version))
            if doing.action == "move":  # of a part of the nights only this part comes back
                back = MoveStay(result.id, result.version, self._moved_from.bed_id, reason="撤销换床")
                return Undo(name, services.move_stay, (back,))
            if doing.action == "extend":
                return Undo(name, services.extend_stay, (ExtendStay(result.id, result.version, before.leave),))
            return None
        if doing.action == "card" and isinstance(result, int):
            return Undo(name, services.return_card, (result, None))
        if not isinstance(result, DeskPerson):
            return None
        stay = (result.stay_id, result.version)
        if doing.action == "late":
            assert result.stay_id is not None
            assert result.version is not None
            until = before.late_until or before.arrive
            back_to = ArriveLate(result.stay_id, result.version, until, before.late_note)
            return Undo(name, services.arrive_late, (back_to,))
        ways: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
            "check_in": (services.undo_check_in, stay),
            "check_out": (services.undo_check_out, stay),
            "no_show": (services.undo_no_show, stay),
            "no_lodging": (services.lodge_again, (result.enrollment_id,)),
            "lodge_again": (services.no_lodging, (result.enrollment_id,)),
            "replace": (services.undo_replace, (result.enrollment_id,)),
        }
        return Undo(name, *ways[doing.action]) if doing.action in ways else None

    @Slot()
    def undo_last(self) -> None:
        """Take back what was done last (toast or Ctrl+Z)."""
        undo, self._undo = self._undo, None
        if undo is None:
            self._page.toast("没有可以撤销的操作", tone="primary")
            return
        self._undone_name = undo.name
        self._undone_leaving = undo.func is services.undo_check_out
        self._page.command(undo.func, *undo.args, ok=self._undone)

    @Slot(object)
    def _undone(self, result: object) -> None:
        self._page.person_card.forget_received()
        self._page.toast(f"{self._undone_name}：已撤销")
        if isinstance(result, DeskPerson):
            if self._undone_leaving:
                self._ask_what_stays(result)
            self._page.take_person(result)
            if not self._page.field.text():  # else the next one is already being typed
                self._page.choose_person(result)
        else:
            self._page.show_people()

    def _ask_what_stays(self, person: DeskPerson) -> None:
        """He is back in the house; money that was taken when he left is not given back by that."""
        self._page.query(paid_today, person.stay_id, ok=self._what_stays)

    @Slot(object)
    def _what_stays(self, lines: tuple[CompensationRow, ...]) -> None:
        if lines:
            named = "、".join(f"{line.item} {yuan(line.amount)}" for line in lines)
            self._page.bar.say(
                f"{lines[0].name}今天已收清的赔偿（{named}）没有跟着撤销；收错了请在“前台事务 → 赔偿”里改回未结清。",
                "warning",
            )

    # ------------------------------------------------------------------ the slip
    def _received(self, person: DeskPerson) -> None:
        found = self._page.desk_day
        assert found is not None
        when = f"{person.arrived_at.astimezone(CHINA):%H:%M} " if person.arrived_at is not None else ""
        self._page.show_received(person, f"{when}已报到")
        if found.rules.slip == "print":
            self._page.query(load_room_slip, person.stay_id, ok=self._print_now)

    @Slot(object)
    def _print_now(self, job: SlipJob) -> None:
        printing = DirectPrint(self._page.runner, f"{job.slip.name}房间条", job, "room-slip", self)
        printing.finished.connect(self._printed)
        printing.start()

    @Slot(object)
    def _printed(self, error: object) -> None:
        if isinstance(error, Exception):
            messages.show_in_bar(self._page.bar, error)

    @Slot()
    def print_slip(self) -> None:
        """The slip of the person received last, with a preview."""
        person = self._page.person_card.received
        if person is not None and person.stay_id is not None:
            self._page.query(load_room_slip, person.stay_id, ok=self._preview)

    @Slot(object)
    def _preview(self, job: SlipJob) -> None:
        dialog = preview(self._page, f"{job.slip.name}房间条", job, self._page.runner, document="room-slip")
        dialog.finished.connect(self._page.dialog_closed)


_TOLD = {
    "undo_check_in": "已改回待报到",
    "undo_check_out": "已改回在住",
    "undo_no_show": "已恢复待报到",
    "no_show": "已记为未报到，床位已空出",
    "no_lodging": "已登记不住宿，床位已空出",
    "replace": "已换人，接过名额和床位",
    "extend": "已续住",
    "find_bed": "已安排床位",
    "move": "已换床",
    "check_out": "已退房",
    "card": "房卡已登记",
    "request": "调房申请已记下，见“前台事务”",
}


def _told(action: str, person: DeskPerson) -> str:
    """What the toast says of an action done."""
    if action == "check_in":
        return f"已报到，{person.place}"
    if action == "lodge_again":
        return f"已改为住宿，{person.place or '暂无床位'}"
    if action == "late":
        until = person.late_until
        return f"已登记晚到，{chinese_date(until, year=False)}前保留" if until else "已取消晚到登记"
    if action == "replace" and not person.place:
        return "已换人，原床位不能接着住，请另行安排"
    return _TOLD[action]
