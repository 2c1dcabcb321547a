"""People without a bed and people whose bed was given up: two lists beside the chart that start the same drag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.modules.accommodation.domain import Bar, UnassignedRow
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import IconLabel, SearchBox, label, row

from .intents import Person
from .view import RoomChart
from .words import spoken, tooltip

ITEM_HEIGHT = 46
_PERSON = Qt.ItemDataRole.UserRole


class Lane(QFrame):
    """A list with head, count and search; each person can be dragged onto a bed, or carried with M or Enter."""

    opened = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self, chart: RoomChart, title: str, icon: str, notice: str, tone: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._chart = chart
        self._people: Sequence[Person] = ()
        self._keys: list[str] | None = None
        self._notice = notice
        self._count = label("", "second")
        self._search = SearchBox("姓名、拼音、单位")
        self._search.setAccessibleName(f"在{title}里搜索")
        self.list = PeopleList(chart, f"{title}：拖到床位上，或按 M 再用方向键选床位", tone)
        self._empty = label("", "hint", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        head = row(IconLabel(icon, TOKENS.text_second, 18), label(title, "strong"), self._count, None, spacing=6)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 6, 6)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self._search)
        box.addWidget(self._stack, 1)
        self._search.searched.connect(self._filter)
        self._search.down_pressed.connect(self.list.setFocus)
        self.list.opened.connect(self.opened)
        self.list.menu_asked.connect(self.menu_asked)
        chart.lanes_changed.connect(self.refresh)
        self.setMinimumSize(180, 110)
        self.refresh()

    def _wanted(self) -> Sequence[Person]:
        raise NotImplementedError

    @Slot()
    def refresh(self) -> None:
        """Take the people from the chart's data; the current one stays current."""
        people = self._wanted()
        if people != self._people:
            self._people, self._keys = people, None
        self._filter(self._search.text())

    @Slot(str)
    def _filter(self, text: str) -> None:
        found = list(self._people)
        if text:
            found = [p for p, key in zip(found, self._search_keys(), strict=True) if matches(key, text)]
        self.list.show_people(found, self._chart.data.today)
        total = len(self._people)
        self._count.setText(f"{len(found)}/{total} 人" if text else f"{total} 人")
        self._search.setVisible(total > 5 or bool(text))
        self._empty.setText("没有找到这样的人" if total else self._notice)
        self._stack.setCurrentWidget(self.list if found else self._empty)

    def _search_keys(self) -> list[str]:
        """Made at the first search: reading pinyin takes a third of a second the first time."""
        if self._keys is None:
            self._keys = [f"{search_key(p.name)} {p.unit_name} {p.class_name}".lower() for p in self._people]
        return self._keys

    def set_search(self, text: str) -> None:
        """Show only people found by characters, pinyin, initials, unit or class."""
        self._search.setText(text)
        self._search.search_now()

    def current(self) -> Person | None:
        """The current person of the list."""
        item = self.list.currentItem()
        return item.data(_PERSON) if item is not None else None

    @property
    def shown(self) -> tuple[Person, ...]:
        """The people listed now."""
        return tuple(self.list.item(place).data(_PERSON) for place in range(self.list.count()))

    @property
    def count_text(self) -> str:
        return self._count.text()


class WaitingLane(Lane):
    """未分配: who needs a bed and has none."""

    def __init__(self, chart: RoomChart) -> None:
        super().__init__(chart, "未分配", "user-plus", "都有床位了", "warning")

    def _wanted(self) -> Sequence[Person]:
        return self._chart.data.waiting


class ParkingLane(Lane):
    """暂存区: whose bed was given up for the time being; bars can be dropped here."""

    def __init__(self, chart: RoomChart) -> None:
        self._lit = False
        super().__init__(chart, "暂存区", "square-parking", "把色块拖到这里暂存", "violet")
        chart.add_parking(self._contains, self._light)

    def _wanted(self) -> Sequence[Person]:
        return self._chart.data.parked

    def _contains(self, place: QPoint) -> bool:
        return self.isVisible() and self.rect().contains(self.mapFromGlobal(place))

    def _light(self, lit: bool) -> None:
        if lit != self._lit:
            self._lit = lit
            color = TOKENS.violet_tint if lit else ""
            self.setStyleSheet(f"#card {{ background: {color}; border: 2px dashed {TOKENS.violet}; }}" if lit else "")


class PeopleList(QListWidget):
    """The list of a lane; keeps the mouse during a drag and tells the chart where it is."""

    opened = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self, chart: RoomChart, name: str, tone: str) -> None:
        super().__init__()
        self._chart = chart
        self._pressed: QPoint | None = None
        self._dragging = False
        self._shown: tuple[list[Person], date | None] = ([], None)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListWidget { border: none; background: transparent; padding: 0; }")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_PersonDelegate(self, tone))
        self.itemDoubleClicked.connect(self._open_item)

    def show_people(self, people: Sequence[Person], today: date) -> None:
        """Fill the list; a current person who is still there stays current."""
        if (list(people), today) == self._shown:
            return
        self._shown = (list(people), today)
        current = self.currentItem()
        kept = _identity(current.data(_PERSON)) if current is not None else None
        place = self.verticalScrollBar().value()
        self.clear()
        for person in people:
            item = QListWidgetItem(self)
            item.setData(_PERSON, person)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken(person, today))
            item.setToolTip(tooltip(person, None, today))
            if kept == _identity(person):
                self.setCurrentItem(item)
        self.verticalScrollBar().setValue(place)

    def _person_at(self, place: QPoint) -> Person | None:
        item = self.itemAt(place)
        return item.data(_PERSON) if item is not None else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._end_drag(cancel=True)
            return
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self._person_at(event.position().toPoint()) is not None:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton and not self._dragging:
            self._maybe_begin(self._pressed, place)
        if self._dragging:
            if self._chart.gestures.running:
                self._chart.gestures.lane_moved(self.viewport().mapToGlobal(place))
            else:
                self._end_drag(cancel=False)

    def _maybe_begin(self, pressed: QPoint, place: QPoint) -> None:
        if (place - pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        person = self._person_at(pressed)
        if person is not None and self._chart.gestures.start_from_lane(person, self.viewport().mapToGlobal(place)):
            self._dragging = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self._dragging:
            self._chart.gestures.lane_moved(self.viewport().mapToGlobal(event.position().toPoint()))
            self._end_drag(cancel=False)
            self._chart.gestures.release()
        else:
            super().mouseReleaseEvent(event)

    def _end_drag(self, *, cancel: bool) -> None:
        self._dragging = False
        self.viewport().unsetCursor()
        if cancel:
            self._chart.cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        person = self.currentItem().data(_PERSON) if self.currentItem() is not None else None
        if event.key() == Qt.Key.Key_Escape and self._dragging:
            self._end_drag(cancel=True)
        elif person is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_M):
            self._chart.begin_carry(person)
        elif person is not None and event.key() == Qt.Key.Key_Menu:
            place = self.viewport().mapToGlobal(self.visualItemRect(self.currentItem()).center())
            self.menu_asked.emit(person, place)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        person = self._person_at(self.viewport().mapFromGlobal(event.globalPos()))
        if person is not None:
            self.menu_asked.emit(person, event.globalPos())

    @Slot(QListWidgetItem)
    def _open_item(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(_PERSON))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and self._chart.gestures.running:
            return True
        return super().viewportEvent(event)


class _PersonDelegate(QStyledItemDelegate):
    """Two lines: name with marks, then class and nights."""

    def __init__(self, parent: PeopleList, tone: str) -> None:
        super().__init__(parent)
        self._list = parent
        self._tone = theme.tone(tone)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, ITEM_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        person: Person = index.data(_PERSON)
        option_rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        box = option_rect.adjusted(1, 2, -3, -2)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QPen(QColor(TOKENS.primary if chosen else self._tone.foreground), 2 if chosen else 1))
        painter.setBrush(QColor(TOKENS.primary_tint if hovered else self._tone.background))
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 5, 5)
        painter.fillRect(box.left() + 1, box.top() + 4, 3, box.height() - 8, QColor(self._tone.foreground))
        inner = box.adjusted(11, 3, -6, -3)
        self._first_line(painter, inner, person)
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(QColor(TOKENS.text_second))
        nights = (person.leave - person.arrive).days
        dates = f"{person.arrive.month}.{person.arrive.day}–{person.leave.month}.{person.leave.day} {nights}晚"
        below = QRect(inner.left(), inner.top() + inner.height() // 2, inner.width(), inner.height() // 2)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(below, right, dates)
        room = below.width() - painter.fontMetrics().horizontalAdvance(dates) - 8
        words = person.class_name or (person.kind.label if isinstance(person, Bar) else "")
        painter.drawText(below, left, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))
        painter.restore()

    def _first_line(self, painter: QPainter, inner: QRect, person: Person) -> None:
        line = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        ratio = self._list.devicePixelRatioF()
        marks = [("mars", TOKENS.primary) if person.sex == "男" else ("venus", TOKENS.violet)] if person.sex else []
        if "无障碍房" in person.needs:
            marks.append(("accessibility", TOKENS.text_second))
        if any(need != "无障碍房" for need in person.needs):
            marks.append(("flag", TOKENS.text_second))
        if isinstance(person, Bar) and person.arrived:
            marks.append(("bed-single", TOKENS.text_second))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font(TOKENS.px_second, bold=True))
        painter.setPen(QColor(TOKENS.text))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(person.name, Qt.TextElideMode.ElideRight, line.width() - 16 * len(marks))
        painter.drawText(line, left, name)
        x = line.left() + metrics.horizontalAdvance(name) + 5
        for icon, color in marks:
            painter.drawPixmap(x, line.center().y() - 6, icons.pixmap(icon, 13, color, ratio))
            x += 16
        room = line.right() - x - 4
        if person.unit_name and room > 40:
            painter.setFont(theme.font(TOKENS.px_label))
            painter.setPen(QColor(TOKENS.text_second))
            text = painter.fontMetrics().elidedText(person.unit_name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)


def _identity(person: Person) -> tuple[str, int]:
    if isinstance(person, UnassignedRow):
        return "enrollment", person.enrollment_id
    return "stay", person.stay_id
