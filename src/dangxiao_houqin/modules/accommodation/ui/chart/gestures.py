"""Everything done by dragging: bars to beds, edges to days, rooms to rooms, people from and to the lanes."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from dangxiao_houqin.modules.accommodation.domain import Bar

from .bubble import Bubble
from .carrying import Carrying, Pulling, RoomCarrying, Rules, is_current, why_fixed
from .intents import Intent, Park, Person
from .layout import Hit
from .scene import FIRST_COLUMN, Verdict
from .showing import carried, parked, pulled, rooms_carried

if TYPE_CHECKING:
    from .view import RoomChart

BORDER = 28
"""Within so many px of the body's border a drag scrolls."""
JUDGE_SECONDS = 0.006
"""Judging targets may take so long between two frames."""

NOTE_MS = 4000
"""A refusal outside a drag stays so long."""

Mode = Literal["", "pressed", "carry", "keys", "pull", "rooms"]


class Gestures(QObject):
    """The state of one drag or carry; emits intents through the chart when it ends well."""

    def __init__(self, chart: RoomChart) -> None:
        super().__init__(chart)
        self._chart = chart
        self.mode: Mode = ""
        self.rules = Rules()
        self._pressed = QPoint()
        self._hit: Hit | None = None
        self._where = QPoint()
        self._split = False
        self._carrying: Carrying | None = None
        self._pulling: Pulling | None = None
        self._rooms: RoomCarrying | None = None
        self._target_bed: int | None = None
        self._target_room: int | None = None
        self._over_parking = False
        self._bubble: Bubble | None = None
        self._scroller = QTimer(self)
        self._scroller.setInterval(25)
        self._scroller.timeout.connect(self._autoscroll)
        self._fader = QTimer(self)
        self._fader.setSingleShot(True)
        self._fader.setInterval(NOTE_MS)
        self._fader.timeout.connect(self.hide_note)
        self._judge = QTimer(self)
        self._judge.setInterval(0)
        self._judge.timeout.connect(self._judge_more)

    @property
    def running(self) -> bool:
        """Whether something is being carried, pulled or dragged now."""
        return self.mode not in ("", "pressed")

    @property
    def bubble_text(self) -> str:
        """What the note at the pointer says."""
        bubble = self._living_bubble()
        return bubble.text if bubble is not None and not bubble.isHidden() else ""

    def _living_bubble(self) -> Bubble | None:
        """The note; it belongs to the window, which may have gone before the chart."""
        return self._bubble if self._bubble is not None and isValid(self._bubble) else None

    # ------------------------------------------------------------------ mouse
    def press(self, place: QPoint, hit: Hit | None) -> None:
        """The left button went down at ``place`` of the viewport, over ``hit``."""
        self._pressed, self._hit, self.mode = place, hit, "pressed"

    def move(self, place: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse moved with the button down."""
        self._where = self._chart.viewport().mapToGlobal(place)
        if self.mode == "pressed":
            if (place - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return
            self._begin()
        self._split = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if self.running:
            self._follow()

    def _begin(self) -> None:
        hit, self.mode = self._hit, ""
        if hit is None or not self._chart.editable:
            return
        if hit.bar is None:
            if self._pressed.x() < FIRST_COLUMN and hit.room_id is not None:
                self._rooms = RoomCarrying(hit.room_id, self._swap_day(), self.rules)
                self._start("rooms")
            return
        if self._pressed.x() < FIRST_COLUMN:
            return
        why = why_fixed(hit.bar)
        if why:
            self.note(why, "no", self._where)
            self._chart.refused.emit(why)
        elif hit.edge and not (hit.edge == "start" and hit.bar.arrived):
            self._pulling = Pulling(hit.bar, hit.edge, self.rules)
            self._start("pull")
        else:
            self._carry(hit.bar, "carry")

    def _swap_day(self) -> date:
        first, end = self._chart.seen
        today = self._chart.index.data.today
        return today if first <= today < end else first

    def _carry(self, person: Person, mode: Mode) -> None:
        self._carrying = Carrying(person, self._chart.index, self.rules)
        self._start(mode)

    def _start(self, mode: Mode) -> None:
        self.mode = mode
        self._target_bed = self._target_room = None
        self._over_parking = False
        if mode != "keys":
            self._scroller.start()
            self._chart.setFocus(Qt.FocusReason.MouseFocusReason)
            self._chart.viewport().setCursor(
                Qt.CursorShape.SizeHorCursor if mode == "pull" else Qt.CursorShape.ClosedHandCursor
            )
        if mode in ("carry", "keys", "rooms"):
            self._judge.start()

    def start_from_lane(self, person: Person, place: QPoint) -> bool:
        """Somebody of a lane is dragged; the lane keeps the mouse and tells :meth:`lane_moved`."""
        if not self._chart.editable or not self._chart.has_data:
            return False
        self.cancel()
        self._where = place
        self._carry(person, "carry")
        return True

    def lane_moved(self, place: QPoint) -> None:
        """The lane's mouse is at the global ``place``."""
        self._where = place
        if self.mode == "carry":
            self._follow()

    def release(self) -> bool:
        """The button went up; returns whether a drag ended here (else it was a click)."""
        if not self.running:
            self.mode = ""
            return False
        self._follow()
        self._drop()
        return True

    # ------------------------------------------------------------------ following the pointer
    def _follow(self) -> None:
        if self.mode == "pull":
            self._follow_edge()
        elif self.mode == "rooms":
            self._follow_room()
        else:
            self._follow_bed()
        self.show()

    def _place(self) -> QPoint:
        return self._chart.viewport().mapFromGlobal(self._where)

    def _follow_edge(self) -> None:
        assert self._pulling is not None
        chart, x = self._chart, self._place().x()
        axis = chart.scene.axis
        x = min(max(x, FIRST_COLUMN), chart.viewport().width() - 1) - chart.scene.origin_x
        # The edge snaps to the nearest line between two columns.
        line = axis.ordinal(x + axis.column // 2)
        line = min(max(line, axis.first), axis.first + axis.nights)
        self._pulling.pull_to(date.fromordinal(line if self._pulling.edge == "start" else line - 1))

    def _follow_room(self) -> None:
        place = self._place()
        inside = self._chart.viewport().rect().contains(place) and place.y() >= self._chart.scene.head_height
        hit = self._chart.hit_at(place) if inside else None
        self._target_room = hit.room_id if hit is not None else None

    def _follow_bed(self) -> None:
        assert self._carrying is not None
        chart, place = self._chart, self._place()
        parking = chart.parking_at(self._where)
        self._over_parking = parking and self._carrying.from_bed is not None
        inside = chart.viewport().rect().contains(place) and place.y() >= chart.scene.head_height
        hit = chart.hit_at(place) if inside and not parking else None
        self._target_bed = hit.bed_id if hit is not None else None
        if self.mode == "carry":
            split = hit is not None and self._split and place.x() >= FIRST_COLUMN
            self._carrying.split_at(date.fromordinal(hit.day) if split and hit is not None else None)

    # ------------------------------------------------------------------ keyboard
    def carry_by_keys(self, person: Person, from_night: date | None = None) -> None:
        """Carry somebody with the arrow keys; the chart's cursor is the target."""
        self.cancel()
        self._carry(person, "keys")
        if self._carrying is not None and from_night is not None:
            self._carrying.split_at(from_night)
        self.aim()

    def carry_room_by_keys(self, room_id: int) -> None:
        """Carry a whole room with the arrow keys."""
        self.cancel()
        self._rooms = RoomCarrying(room_id, self._swap_day(), self.rules)
        self._start("keys")
        self.aim()

    def aim(self) -> None:
        """The chart's cursor moved while somebody is carried by keys."""
        if self.mode != "keys":
            return
        cursor = self._chart.scene.cursor
        self._target_bed = cursor[0] if cursor is not None else None
        self._target_room = None
        if self._target_bed is not None:
            self._where = self._chart.below_bed(self._target_bed)
            if self._rooms is not None:
                self._target_room = self._chart.index.room_of(self._target_bed)
        self.show()
        self._judge.start()

    def drop_by_keys(self) -> None:
        """Enter: put down what is carried; a refusal is told and the carry goes on."""
        verdict = Verdict("same")
        if self._rooms is not None and self._target_room is not None:
            verdict = self._rooms.verdict(self._target_room)
        elif self._carrying is not None and self._target_bed is not None:
            verdict = self._carrying.verdict(self._target_bed)
        if verdict.kind == "no":
            self._chart.refused.emit(verdict.why)
            self.show()
        else:
            self._drop()

    def park_by_keys(self) -> None:
        """P while somebody is carried: into the lane with him."""
        if self._carrying is not None and self._carrying.from_bed is not None:
            self._over_parking = True
            self._drop()

    # ------------------------------------------------------------------ end
    def _drop(self) -> None:
        intent: Intent | None = None
        why = ""
        if self._pulling is not None:
            intent, why = self._pulling.intent(), self._pulling.why
        elif self._rooms is not None and self._target_room is not None:
            intent, why = self._rooms.intent(self._target_room), self._rooms.verdict(self._target_room).why
        elif self._carrying is not None:
            if self._over_parking and self._carrying.from_bed is not None:
                intent = Park(self._carrying.from_bed)
            elif self._target_bed is not None:
                intent = self._carrying.intent(self._target_bed)
                why = self._carrying.verdict(self._target_bed).why
        self.cancel()
        if intent is not None:
            self._chart.intended.emit(intent)
        elif why:
            self._chart.refused.emit(why)

    def cancel(self) -> None:
        """Forget whatever is being carried; nothing has changed."""
        was_running = self.running
        self.mode = ""
        self._carrying = self._pulling = self._rooms = None
        self._target_bed = self._target_room = None
        self._over_parking = False
        self._scroller.stop()
        self._judge.stop()
        bubble = self._living_bubble()
        if bubble is not None:
            bubble.clear()
        if was_running:
            self._chart.show_parking_target(False)
            self._chart.viewport().unsetCursor()
            self._chart.show_overlay(None)

    def refresh(self) -> None:
        """The chart has new data: go on with the same person, or stop when he is gone."""
        if not self.running:
            return
        index = self._chart.index
        if self._rooms is not None:
            if self._rooms.room_id not in index.rooms:
                self.cancel()
                return
            self._rooms.refresh(self.rules)
        elif self._pulling is not None:
            bar = index.bar(self._pulling.bar.stay_id)
            if bar is None or not is_current(bar):
                self.cancel()
                return
            self._pulling.refresh(bar, self.rules)
        elif self._carrying is not None:
            person = index.person(self._carrying.person)
            if person is None or (isinstance(person, Bar) and why_fixed(person)):
                self.cancel()
                return
            self._carrying.refresh(person, index, self.rules)
        if self.mode == "keys":
            self.aim()
        else:
            self._follow()
        if self._pulling is None:
            self._judge.start()

    # ------------------------------------------------------------------ showing
    def show(self) -> None:
        """Light up targets, draw the ghost and say what dropping here would mean."""
        chart = self._chart
        chart.show_parking_target(self._over_parking)
        if self._pulling is not None:
            shown = pulled(self._pulling)
        elif self._rooms is not None:
            shown = rooms_carried(self._rooms, chart.index, self._target_room)
        elif self._carrying is not None and self._over_parking:
            shown = parked(self._carrying)
        elif self._carrying is not None:
            shown = carried(self._carrying, chart.index, self._target_bed)
        else:
            return
        chart.show_overlay(shown.overlay)
        self.note(shown.text, shown.tone, self._where)
        if self.mode == "keys":
            chart.tell(shown.text)

    def note(self, text: str, tone: str, place: QPoint) -> None:
        """Say something beside a global place."""
        bubble = self._living_bubble() or Bubble(self._chart.window())
        self._bubble = bubble
        bubble.say(text, tone, place, self._chart.window())
        if not self.running:
            self._fader.start()

    @Slot()
    def hide_note(self) -> None:
        """Take a refusal away that nothing is running for."""
        bubble = self._living_bubble()
        if bubble is not None and not self.running:
            bubble.clear()

    # ------------------------------------------------------------------ timers
    @Slot()
    def _judge_more(self) -> None:
        """Ask the rules about targets in sight, a few at a time, so that no frame waits for them."""
        began, chart, changed = time.perf_counter(), self._chart, False
        for row in chart.rows_in_sight():
            if self._rooms is not None:
                if row.room_id is not None and self._rooms.known(row.room_id) is None:
                    self._rooms.verdict(row.room_id)
                    changed = True
            elif self._carrying is not None:
                for lane in row.lanes:
                    if self._carrying.known(lane.bed_id) is None:
                        self._carrying.verdict(lane.bed_id)
                        changed = True
            if time.perf_counter() - began > JUDGE_SECONDS:
                break
        else:
            self._judge.stop()
        if changed:
            chart.viewport().update()

    @Slot()
    def _autoscroll(self) -> None:
        """Near the body's border the chart moves under the pointer, faster towards the edge."""
        if not self.running or self.mode == "keys":
            return
        chart, place = self._chart, self._place()
        scene = chart.scene
        if not chart.viewport().rect().adjusted(-BORDER, -BORDER, BORDER, BORDER).contains(place):
            return
        across = 0
        if self.mode == "pull" or self._split:  # otherwise the dates stay, there is nothing to look for sideways
            across = _speed(place.x(), FIRST_COLUMN, scene.width)
        down = 0 if self.mode == "pull" else _speed(place.y(), scene.head_height, scene.height)
        bars = chart.horizontalScrollBar(), chart.verticalScrollBar()
        before = bars[0].value(), bars[1].value()
        bars[0].setValue(before[0] + across)
        bars[1].setValue(before[1] + down)
        if (bars[0].value(), bars[1].value()) != before:
            self._follow()
            if self.mode in ("carry", "rooms"):
                self._judge.start()


def _speed(place: int, low: int, high: int) -> int:
    """Px to scroll in one step: none in the middle, up to 28 at the border."""
    if place < low + BORDER:
        return -max(4, min(low + BORDER - place, BORDER))
    if place > high - BORDER:
        return max(4, min(place - high + BORDER, BORDER))
    return 0
