"""The people of the day as a painted list: name, unit, class, bed, state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.modules.accommodation.domain import DeskPerson, StayState
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.delegates import paint_pill
from dangxiao_houqin.ui.theme import TOKENS

from .reception_search import Entry, is_leaving

ROW = 52
PILL_WIDTH = 84
PLACE_WIDTH = 132


def state_pill(person: DeskPerson, day: date) -> Pill:
    """How things stand with somebody, in the desk's words."""
    if not person.lodging:
        return Pill("不住宿", "neutral")
    if person.state is StayState.NO_SHOW:
        return Pill("未报到", "error")
    if person.state is StayState.LEFT:
        return Pill("已退房", "neutral")
    if person.state is StayState.PARKED:
        return Pill("暂存", "violet")
    if person.stay_id is None:
        return Pill("暂无床位", "warning")
    if is_leaving(person, day):
        return Pill("超期未退", "error") if person.leave < day else Pill("今日离开", "teal")
    if person.state is StayState.IN_HOUSE:
        return Pill("在住", "success")
    if person.late_until is not None and person.late_until > day:
        return Pill("晚到", "violet")
    if person.arrive < day:
        return Pill("逾期未到", "error")
    if person.arrive == day:
        return Pill("待报到", "primary")
    return Pill("明日报到" if (person.arrive - day).days == 1 else "未到日期", "neutral")


class PeopleModel(QAbstractListModel):
    """The entries shown, in their order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.day = date.min
        self.namesakes: frozenset[str] = frozenset()

    def show_entries(self, entries: Sequence[Entry], day: date) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self.day = day
        counts = Counter(entry.person.name for entry in self.entries)
        self.namesakes = frozenset(name for name, count in counts.items() if count > 1)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a screen reader says of a row."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        person = self.entries[index.row()].person
        parts = (person.name, person.unit_name, person.class_name, person.place, state_pill(person, self.day).text)
        return " ".join(part for part in parts if part)


class PeopleDelegate(QStyledItemDelegate):
    """One person in two lines."""

    def __init__(self, view: PeopleList) -> None:
        super().__init__(view)
        self._view = view
        self._name = theme.font(TOKENS.px_navigation, bold=True)
        self._small = theme.font(TOKENS.px_label)
        self._place = theme.font(TOKENS.px_body, bold=True)
        self._pill = theme.font(TOKENS.px_label, bold=True)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        person = self._view.people.entries[index.row()].person
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, QColor(TOKENS.primary_tint))
            painter.fillRect(QRect(rect.x(), rect.y(), 4, rect.height()), QColor(TOKENS.primary))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(TOKENS.row_hover))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), QColor(TOKENS.line))
        right = rect.right() - 12
        pill = state_pill(person, self._view.people.day)
        paint_pill(painter, QRect(right - PILL_WIDTH, rect.y(), PILL_WIDTH, rect.height()), pill.text, pill.tone, 2)
        if chosen:  # its tint may be the row's own
            width = QFontMetrics(self._pill).horizontalAdvance(pill.text) + 20
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.tone(pill.tone).foreground))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            top = rect.y() + (rect.height() - 22) / 2
            painter.drawRoundedRect(QRectF(right - width + 0.5, top + 0.5, width, 21), 11, 11)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        place_left = right - PILL_WIDTH - PLACE_WIDTH - 12
        self._text(
            painter,
            QRect(place_left, rect.y(), PLACE_WIDTH, rect.height()),
            person.place,
            self._place,
            TOKENS.text,
        )
        left = rect.x() + 16
        width = place_left - left - 12
        name = QRect(left, rect.y() + 5, width, 23)
        used = self._text(painter, name, person.name, self._name, TOKENS.text)
        sex = "♀ 女" if person.sex == "女" else "♂ 男"
        self._text(
            painter,
            name.adjusted(min(used + 8, width), 1, 0, 1),
            sex,
            self._small,
            TOKENS.violet if person.sex == "女" else TOKENS.primary,
        )
        tail = f"尾号 {person.phone_tail}" if person.name in self._view.people.namesakes and person.phone_tail else ""
        under = " · ".join(part for part in (person.unit_name, person.position, tail, person.class_name) if part)
        self._text(painter, QRect(left, rect.y() + 28, width, 19), under, self._small, TOKENS.text_second)

    def _text(self, painter: QPainter, rect: QRect, text: str, font: object, colour: str) -> int:
        """Draw one line cut to ``rect``; returns the px used."""
        painter.setFont(font)  # type: ignore[arg-type]
        painter.setPen(QColor(colour))
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(rect.width(), 0))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        return metrics.horizontalAdvance(shown)


class PeopleList(QListView):
    """Rows of people; the keyboard stays in the search field, which moves the choice with :meth:`step`."""

    chosen = Signal(object)
    """The :class:`Entry` chosen with mouse or arrow keys, or None."""
    activated_entry = Signal(object)
    """Double click."""

    def __init__(self) -> None:
        super().__init__()
        self.people = PeopleModel(self)
        self.setModel(self.people)
        self.setItemDelegate(PeopleDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("今日名单")
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

    @property
    def current(self) -> Entry | None:
        """Who is chosen."""
        index = self.currentIndex()
        rows = self.selectionModel().selectedIndexes()
        return self.people.entries[index.row()] if index.isValid() and rows else None

    def show_entries(self, entries: Sequence[Entry], day: date, choose: tuple[str, int] | None) -> None:
        """Show people and choose one of them (``Entry.key``) or nobody, without emitting ``chosen``."""
        bar = self.verticalScrollBar()
        before = bar.value()
        same = [e.key for e in entries] == [e.key for e in self.people.entries]
        self.people.show_entries(entries, day)
        places = [n for n, entry in enumerate(self.people.entries) if entry.key == choose]
        if places:
            self._choose(places[0])
        if same:
            bar.setValue(before)

    def step(self, by: int) -> None:
        """Choose the next or the one before, with the end holding."""
        count = self.people.rowCount()
        if not count:
            return
        now = self.currentIndex().row() if self.current is not None else -1 if by > 0 else count
        self._choose(max(0, min(count - 1, now + by)))
        self.chosen.emit(self.current)

    def _choose(self, row: int) -> None:
        index = self.people.index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    @Slot(QModelIndex)
    def _clicked(self, _index: QModelIndex) -> None:
        self.chosen.emit(self.current)

    @Slot(QModelIndex)
    def _double_clicked(self, _index: QModelIndex) -> None:
        self.activated_entry.emit(self.current)
