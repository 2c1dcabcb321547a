"""The room chart by keyboard: a cursor over beds and nights, and carrying without a mouse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

from dangxiao_houqin.modules.accommodation.domain import Bar

from .carrying import Pulling, is_current, why_fixed
from .intents import Park, Person

if TYPE_CHECKING:
    from .view import RoomChart

_KEY = Qt.Key
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Keyboard:
    """Reads the keys of one chart."""

    def __init__(self, chart: RoomChart) -> None:
        self._chart = chart

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key; ``False`` leaves it to Qt."""
        chart = self._chart
        if event.key() == _KEY.Key_Escape:
            if not chart.gestures.running:
                return False
            chart.cancel()
            chart.tell("已取消，什么也没有改变")
            return True
        if not chart.scene.layout.beds or (chart.gestures.running and chart.gestures.mode != "keys"):
            return False
        if chart.scene.cursor is None:
            if event.key() in (_KEY.Key_Tab, _KEY.Key_Backtab) or not (event.text() or _moves(event.key())):
                return False
            self._start_cursor()
            if _moves(event.key()):
                return True
        if chart.gestures.mode == "keys":
            return self._carry_key(event)
        return self._plain_key(event)

    def _start_cursor(self) -> None:
        chart = self._chart
        selected = chart.selected
        if selected:
            chart.show_bar(selected[0].stay_id)
            return
        rows = [row for row in chart.rows_in_sight() if row.lanes]
        bed = rows[0].lanes[0].bed_id if rows else chart.scene.layout.beds[0]
        first, end = chart.scene.seen
        today = chart.data.today.toordinal()
        chart.set_cursor(bed, today if first <= today < end else first)

    def _plain_key(self, event: QKeyEvent) -> bool:
        chart, key = self._chart, event.key()
        control, shift = bool(event.modifiers() & _CONTROL), bool(event.modifiers() & _SHIFT)
        if shift and key in (_KEY.Key_Left, _KEY.Key_Right):
            self._pull("start" if control else "end", 1 if key == _KEY.Key_Right else -1)
        elif _moves(key):
            self._move(key, control)
        elif key in (_KEY.Key_Return, _KEY.Key_Enter):
            bar = chart.current
            if bar is not None:
                chart.opened.emit(bar)
            else:
                self.ask_menu()
        elif key == _KEY.Key_Space:
            cell = chart.cursor_cell
            if cell is not None:
                chart.toggle(chart.index.room_of(cell[0]))
                chart.reveal(cell[0], cell[1].toordinal())
        elif key == _KEY.Key_Menu:
            self.ask_menu()
        elif control:
            return False
        elif key == _KEY.Key_M:
            if chart.current is not None:
                self.carry(chart.current)
        elif key == _KEY.Key_P:
            self._park()
        elif key == _KEY.Key_R:
            self.carry_room()
        else:
            return False
        return True

    def _carry_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (_KEY.Key_Return, _KEY.Key_Enter):
            self._chart.gestures.drop_by_keys()
        elif _moves(key):
            self._move(key, bool(event.modifiers() & _CONTROL))
            self._chart.gestures.aim()
        elif key == _KEY.Key_P:
            self._chart.gestures.park_by_keys()
        else:
            return False
        return True

    # ------------------------------------------------------------------ moving
    def _move(self, key: int, control: bool) -> None:
        chart = self._chart
        cell = chart.cursor_cell
        if cell is None:
            return
        bed, day = cell
        beds = chart.scene.layout.beds
        place = beds.index(bed) if bed in beds else 0
        if key in (_KEY.Key_Left, _KEY.Key_Right):
            step = 1 if key == _KEY.Key_Right else -1
            day = (chart.index.next_change(bed, day, step) if control else None) or (
                day if control else day + timedelta(days=step)
            )
        elif key in (_KEY.Key_Up, _KEY.Key_Down):
            step = 1 if key == _KEY.Key_Down else -1
            place = self._next_taken(place, day, step) if control else place + step
        elif key in (_KEY.Key_PageUp, _KEY.Key_PageDown):
            place = self._page(bed, 1 if key == _KEY.Key_PageDown else -1)
        elif key == _KEY.Key_Home:
            place, day = (0, day) if control else (place, chart.data.start)
        elif key == _KEY.Key_End:
            place, day = (len(beds) - 1, day) if control else (place, chart.index.last_night())
        place = min(max(place, 0), len(beds) - 1)
        chart.set_cursor(beds[place], day.toordinal())
        if chart.gestures.mode != "keys":
            bar = chart.current
            chart.select(*([bar.stay_id] if bar is not None else []))

    def _next_taken(self, place: int, day: date, step: int) -> int:
        """The next bed up or down in which somebody lies that night."""
        chart = self._chart
        beds, spot = chart.scene.layout.beds, place + step
        while 0 <= spot < len(beds):
            if chart.index.bar_on(beds[spot], day) is not None:
                return spot
            spot += step
        return place

    def _page(self, bed: int, step: int) -> int:
        """The bed about one screen further."""
        layout = self._chart.scene.layout
        y = layout.lanes[bed].y + step * max(40, self._chart.scene.body_height - 44)
        if y < 0:
            return 0
        below = [spot for spot, each in enumerate(layout.beds) if layout.lanes[each].y <= y]
        return below[-1]

    # ------------------------------------------------------------------ changing
    def carry_room(self) -> None:
        """Begin to carry the cursor's whole room by keys."""
        chart, cell = self._chart, self._chart.cursor_cell
        if chart.editable and cell is not None:
            chart.setFocus(Qt.FocusReason.OtherFocusReason)
            chart.gestures.carry_room_by_keys(chart.index.room_of(cell[0]))

    def carry(self, person: Person, from_night: date | None = None) -> None:
        """Begin to carry somebody by keys, from the bed where he is or from the cursor."""
        chart = self._chart
        if not chart.editable:
            return
        why = why_fixed(person) if isinstance(person, Bar) else ""
        if why:
            self._refuse(why)
            return
        if not chart.scene.layout.beds:
            return
        chart.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(person, Bar) and chart.index.bar(person.stay_id) is not None:
            chart.show_bar(person.stay_id)
        else:
            night = min(max(person.arrive.toordinal(), chart.index.first), chart.index.end - 1)
            bed = chart.scene.cursor[0] if chart.scene.cursor is not None else chart.scene.layout.beds[0]
            chart.set_cursor(bed, night)
        chart.gestures.carry_by_keys(person, from_night)

    def _pull(self, edge: str, step: int) -> None:
        chart, bar = self._chart, self._chart.current
        if bar is None or not chart.editable:
            return
        why = why_fixed(bar)
        if not why and edge == "start" and bar.arrived:
            why = f"{bar.name}已经报到，入住日期不能再改。"
        if why:
            self._refuse(why)
            return
        pulling = Pulling(bar, "start" if edge == "start" else "end", chart.gestures.rules)
        night = bar.arrive if edge == "start" else bar.leave - timedelta(days=1)
        pulling.pull_to(night + timedelta(days=step))
        intent = pulling.intent()
        if intent is not None:
            chart.gestures.hide_note()
            chart.intended.emit(intent)
        elif pulling.why:
            self._refuse(pulling.why)

    def _park(self) -> None:
        chart, bar = self._chart, self._chart.current
        if bar is None or not chart.editable:
            return
        if is_current(bar):
            chart.intended.emit(Park(bar))
        else:
            self._refuse(why_fixed(bar))

    def _refuse(self, why: str) -> None:
        chart = self._chart
        cell = chart.cursor_cell
        if cell is not None:
            chart.gestures.note(why, "no", chart.below_bed(cell[0]))
        chart.tell(why)
        chart.refused.emit(why)

    def ask_menu(self) -> None:
        """The menu of the cursor's cell, below it."""
        chart = self._chart
        cell = chart.cursor_cell
        if cell is None:
            return
        bed, day = cell
        chart.reveal(bed, day.toordinal())
        place: QPoint = chart.below_bed(bed)
        chart.menu_asked.emit(chart.current, bed, day, place)


def _moves(key: int) -> bool:
    return key in (
        _KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Up, _KEY.Key_Down,
        _KEY.Key_Home, _KEY.Key_End, _KEY.Key_PageUp, _KEY.Key_PageDown,
    )  # fmt: skip
