"""Rooms as boxes with their beds, floor by floor: drag a person to a bed, or use the keyboard.

One painted view: hundreds of beds are drawn, not built as widgets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

PERSON_MIME = "application/x-dangxiao-enrollment"
GAP, BOX, HEAD, BED, FLOOR = 10, 214, 30, 34, 36


@dataclass(frozen=True)
class BoardPerson:
    """Who lies in a bed: ``person`` None is a guest of another class, whom this page cannot move."""

    person: int | None
    name: str
    sex: str
    detail: str = ""
    pinned: bool = False
    locked: bool = False


@dataclass(frozen=True)
class BoardBed:
    """A bed and who sleeps there; ``closed`` says why nobody may."""

    bed_id: int
    name: str
    people: tuple[BoardPerson, ...] = ()
    closed: str = ""


@dataclass(frozen=True)
class BoardRoom:
    """A room with its beds under a floor heading."""

    floor: str
    title: str
    subtitle: str
    beds: tuple[BoardBed, ...]


class RoomBoard(QAbstractScrollArea):
    """``moved(person, bed)`` on a drop or paste, ``cut(person)`` on Ctrl+X, ``selected(person or None)``,
    ``menu_asked(person or None, bed, place)``.

    ``refusal(person, bed)`` gives the sentence why a drop is impossible (empty: possible); asked while dragging.
    """

    moved = Signal(int, int)
    selected = Signal(object)
    menu_asked = Signal(object, object, QPoint)
    cut = Signal(int)

    def __init__(self, refusal: Callable[[int, int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._refusal = refusal
        self._rooms: tuple[BoardRoom, ...] = ()
        self._boxes: list[tuple[QRect, BoardRoom]] = []
        self._headings: list[tuple[int, str]] = []
        self._beds: dict[int, QRect] = {}
        self._current: int | None = None
        self._cut: int | None = None
        self._target: int | None = None
        self._target_refusal = ""
        self._pressed: QPoint | None = None
        self._dragging: int | None = None
        self._allowed: dict[int, bool] = {}
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName("房间和床位：方向键选择，Ctrl+X 剪切学员，Ctrl+V 放到所选床位，回车打开菜单")
        self.verticalScrollBar().setSingleStep(40)

    # ------------------------------------------------------------------ content
    def show_rooms(self, rooms: Sequence[BoardRoom]) -> None:
        """Show these rooms; the place and the selected bed stay."""
        self._rooms = tuple(rooms)
        self._layout()

    def carry(self, person: int | None) -> None:
        """Mark a person as cut: Ctrl+V puts him into the selected bed."""
        self._cut = person
        if person is not None and self._current is None and self._beds:
            self._current = next(iter(self._beds))
        self.viewport().update()

    def current_bed(self) -> int | None:
        return self._current

    def select_bed(self, bed_id: int) -> None:
        """Select and show a bed."""
        if bed_id in self._beds:
            self._current = bed_id
            rect = self._beds[bed_id]
            bar = self.verticalScrollBar()
            if rect.top() < bar.value() + FLOOR:
                bar.setValue(max(0, rect.top() - FLOOR - HEAD))
            elif rect.bottom() > bar.value() + self.viewport().height():
                bar.setValue(rect.bottom() - self.viewport().height() + GAP)
            self.viewport().update()
            self.selected.emit(self._person_in(bed_id))

    def shown_beds(self) -> tuple[int, ...]:
        """The beds of the rooms shown, in reading order."""
        return tuple(self._beds)

    def bed_rect(self, bed_id: int) -> QRect:
        """Where a bed is drawn, in the viewport's coordinates."""
        return self._beds[bed_id].translated(0, -self.verticalScrollBar().value())

    def _layout(self) -> None:
        width = max(BOX, self.viewport().width() - 2)
        across = max(1, (width + GAP) // (BOX + GAP))
        box = (width - GAP * (across - 1)) // across
        self._boxes, self._headings, self._beds = [], [], {}
        y, column, line_height, floor = 0, 0, 0, None
        for room in self._rooms:
            if room.floor != floor:
                y += line_height + (GAP if line_height else 0)
                floor, column, line_height = room.floor, 0, 0
                self._headings.append((y, room.floor))
                y += FLOOR
            elif column == across:
                y += line_height + GAP
                column, line_height = 0, 0
            height = HEAD + BED * len(room.beds) + 4
            rect = QRect(column * (box + GAP), y, box, height)
            self._boxes.append((rect, room))
            for number, bed in enumerate(room.beds):
                self._beds[bed.bed_id] = QRect(rect.left() + 4, y + HEAD + number * BED, box - 8, BED - 3)
            line_height = max(line_height, height)
            column += 1
        total = y + line_height + GAP
        self.verticalScrollBar().setRange(0, max(0, total - self.viewport().height()))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout()

    # ------------------------------------------------------------------ painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self.verticalScrollBar().value()
        clip = event.rect().translated(0, offset)
        painter.translate(0, -offset)
        painter.setFont(theme.font(14, bold=True))
        painter.setPen(QColor(TOKENS.text))
        for y, text in self._headings:
            if clip.top() - FLOOR <= y <= clip.bottom():
                painter.drawText(2, y, self.viewport().width(), FLOOR, Qt.AlignmentFlag.AlignVCenter, text)
        for rect, room in self._boxes:
            if rect.intersects(clip):
                self._paint_room(painter, rect, room)

    def _paint_room(self, painter: QPainter, rect: QRect, room: BoardRoom) -> None:
        painter.setPen(QPen(QColor(TOKENS.line_strong)))
        painter.setBrush(QColor(TOKENS.card))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), TOKENS.radius, TOKENS.radius)
        head = rect.adjusted(10, 0, -10, 0)
        head.setHeight(HEAD)
        painter.setPen(QColor(TOKENS.text))
        painter.setFont(theme.font(14, bold=True))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, room.title)
        painter.setPen(QColor(TOKENS.text_second))
        painter.setFont(theme.font(12))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, room.subtitle)
        for bed in room.beds:
            self._paint_bed(painter, self._beds[bed.bed_id], bed)

    def _paint_bed(self, painter: QPainter, rect: QRect, bed: BoardBed) -> None:
        fore, back = QColor(TOKENS.text_hint), QColor(TOKENS.head)
        if bed.people:
            one = bed.people[0]
            tone = "neutral" if one.person is None else "primary" if one.sex == "男" else "violet"
            fore, back = (QColor(c) for c in theme.tone(tone))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(rect, 4, 4)
        if bed.closed and not bed.people:
            painter.setBrush(QColor(TOKENS.line_strong))
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            painter.drawRoundedRect(rect, 4, 4)
        if self._cut is not None and any(p.person == self._cut for p in bed.people):
            painter.setPen(QPen(fore, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        inner = rect.adjusted(8, 0, -8, 0)
        painter.setFont(theme.font(12))
        painter.setPen(QColor(TOKENS.text_hint))
        number = QFontMetrics(painter.font()).horizontalAdvance(bed.name) + 8
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, bed.name)
        inner.setLeft(inner.left() + number)
        self._paint_people(painter, inner, bed, fore)
        self._paint_frame(painter, rect, bed.bed_id)

    def _paint_people(self, painter: QPainter, inner: QRect, bed: BoardBed, fore: QColor) -> None:
        if not bed.people:
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, bed.closed or "空")
            return
        one = bed.people[0]
        if one.pinned or one.locked:
            side = 14
            mark = icons.pixmap("lock", side, fore.name(), self.devicePixelRatioF())
            painter.drawPixmap(inner.right() - side, inner.center().y() - side // 2, mark)
            inner.setRight(inner.right() - side - 4)
        painter.setFont(theme.font(13, bold=one.person is not None))
        painter.setPen(fore)
        names = "、".join(p.name for p in bed.people)
        metrics = QFontMetrics(painter.font())
        text = metrics.elidedText(names, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        inner.setLeft(inner.left() + metrics.horizontalAdvance(text) + 8)
        if inner.width() > 30:
            painter.setFont(theme.font(12))
            painter.setPen(QColor(TOKENS.text_second))
            small = QFontMetrics(painter.font())
            detail = small.elidedText(one.detail, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)

    def _paint_frame(self, painter: QPainter, rect: QRect, bed_id: int) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(rect).adjusted(1, 1, -1, -1)
        if self._dragging is not None and bed_id != self._target and self._allowed.get(bed_id):
            painter.setPen(QPen(QColor(TOKENS.success), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(frame, 4, 4)
        if bed_id == self._target:
            painter.setPen(QPen(QColor(TOKENS.error if self._target_refusal else TOKENS.success), 2))
            painter.drawRoundedRect(frame, 4, 4)
        elif bed_id == self._current:
            painter.setPen(QPen(QColor(TOKENS.primary), 2))
            painter.drawRoundedRect(frame, 4, 4)

    # ------------------------------------------------------------------ mouse
    def _bed_at(self, place: QPoint) -> int | None:
        spot = place + QPoint(0, self.verticalScrollBar().value())
        return next((bed for bed, rect in self._beds.items() if rect.contains(spot)), None)

    def _bed(self, bed_id: int) -> BoardBed:
        return next(bed for room in self._rooms for bed in room.beds if bed.bed_id == bed_id)

    def _person_in(self, bed_id: int | None) -> int | None:
        if bed_id is None:
            return None
        return next((p.person for p in self._bed(bed_id).people if p.person is not None), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        bed = self._bed_at(event.position().toPoint())
        if bed is not None:
            self._pressed = event.position().toPoint()
            self._current = bed
            self.viewport().update()
            self.selected.emit(self._person_in(bed))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._current is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        person = self._person_in(self._current)
        self._pressed = None
        if person is not None:
            start_person_drag(self, person, self._grab(self._current))

    def _grab(self, bed_id: int) -> QPixmap:
        return self.viewport().grab(self.bed_rect(bed_id))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        bed = self._bed_at(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self._current
        if bed is None:
            return
        self._current = bed
        self.viewport().update()
        self.menu_asked.emit(self._person_in(bed), bed, event.globalPos())

    # ------------------------------------------------------------------ drop
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(PERSON_MIME):
            self._dragging = dragged_person(event.mimeData())
            visible = [b for b in self._beds if self.viewport().rect().intersects(self.bed_rect(b))]
            self._allowed = {bed: not self._refusal(self._dragging, bed) for bed in visible}
            self.viewport().update()
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        place = event.position().toPoint()
        bed = self._bed_at(place)
        if bed != self._target:
            self._target = bed
            self._target_refusal = ""
            if bed is not None and self._dragging is not None and self._person_in(bed) != self._dragging:
                self._target_refusal = self._refusal(self._dragging, bed)
            self.viewport().update()
            if self._target_refusal:
                QToolTip.showText(self.viewport().mapToGlobal(place), self._target_refusal, self.viewport())
            else:
                QToolTip.hideText()
        edge, bar = 36, self.verticalScrollBar()
        if place.y() < edge:
            bar.setValue(bar.value() - 16)
        elif place.y() > self.viewport().height() - edge:
            bar.setValue(bar.value() + 16)
        if bed is not None and not self._target_refusal:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        bed = self._bed_at(event.position().toPoint())
        person = dragged_person(event.mimeData())
        self._end_drag()
        if bed is not None and self._person_in(bed) != person:
            event.acceptProposedAction()
            self._current = bed
            self.moved.emit(person, bed)

    def _end_drag(self) -> None:
        self._dragging = self._target = None
        self._target_refusal = ""
        self._allowed = {}
        QToolTip.hideText()
        self.viewport().update()

    # ------------------------------------------------------------------ keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and key == Qt.Key.Key_X:
            person = self._person_in(self._current)
            if person is not None:
                self.cut.emit(person)
        elif key == Qt.Key.Key_Escape and self._cut is not None:
            self.carry(None)
        elif control and key == Qt.Key.Key_V and self._cut is not None and self._current is not None:
            person = self._cut
            self.carry(None)
            self.moved.emit(person, self._current)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(key)
        elif key in (Qt.Key.Key_Menu, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            place = self.viewport().mapToGlobal(self.bed_rect(self._current).bottomLeft())
            self.menu_asked.emit(self._person_in(self._current), self._current, place)
        else:
            super().keyPressEvent(event)

    def _step(self, key: int) -> None:
        if not self._beds:
            return
        if self._current not in self._beds:
            self.select_bed(next(iter(self._beds)))
            return
        here = self._beds[self._current].center()
        across = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        sign = 1 if key in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -1

        def distance(bed: int) -> tuple[int, int] | None:
            there = self._beds[bed].center()
            along, aside = there.x() - here.x(), there.y() - here.y()
            if not across:
                along, aside = aside, along
            if along * sign <= 0 or (across and abs(aside) > BED):
                return None
            return (along * sign + 3 * abs(aside), abs(aside))

        reachable = {bed: d for bed in self._beds if (d := distance(bed)) is not None}
        if reachable:
            self.select_bed(min(reachable, key=lambda bed: reachable[bed]))


def start_person_drag(widget: QWidget, person: int, picture: QPixmap) -> None:
    """Carry a person with the mouse."""
    data = QMimeData()
    data.setData(PERSON_MIME, str(person).encode())
    drag = QDrag(widget)
    drag.setMimeData(data)
    drag.setPixmap(picture)
    drag.setHotSpot(QPoint(20, 12))
    drag.exec(Qt.DropAction.MoveAction)


def dragged_person(data: QMimeData) -> int:
    """Who is being carried."""
    return int(bytes(data.data(PERSON_MIME).data()))
