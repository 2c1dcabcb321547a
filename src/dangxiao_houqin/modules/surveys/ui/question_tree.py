"""The outline of a questionnaire: groups and their questions, moved with the mouse or the keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QDropEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .questionnaire_draft import HEAD, Draft, Place

_ROLE = Qt.ItemDataRole.UserRole
Indicator = QAbstractItemView.DropIndicatorPosition


class QuestionTree(QTreeWidget):
    """Shows a draft; ``chosen(Place)`` follows the cursor, the other signals ask for a change and change nothing."""

    chosen = Signal(object)
    move_asked = Signal(object, object)
    """Something and the :class:`Place` it should stand before."""
    step_asked = Signal(int)
    remove_asked = Signal()
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("题目")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(1, 64)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._cursor_moved)
        self._pending: tuple[Place, Place] | None = None
        self._filling = False

    # ------------------------------------------------------------------ showing
    def show_draft(self, draft: Draft, flaws: Mapping[Place, str], current: Place, *, movable: bool) -> None:
        """Show everything anew with the cursor at ``current``; ``flaws`` mark what is wrong."""
        scroll = self.verticalScrollBar().value()
        self._filling = True
        self.setDragEnabled(movable)
        self.setAcceptDrops(movable)
        self.clear()
        self.addTopLevelItem(_line(HEAD))
        for at, group in enumerate(draft.groups):
            parent = _line(Place(at))
            parent.setFont(0, theme.font(TOKENS.px_body, bold=True))
            parent.addChildren([_line(Place(at, number)) for number in range(len(group.questions))])
            self.addTopLevelItem(parent)
            parent.setExpanded(True)
        self._filling = False
        self.show_texts(draft, flaws)
        self.updateGeometries()
        self.verticalScrollBar().setValue(scroll)
        self.go(current)

    def show_texts(self, draft: Draft, flaws: Mapping[Place, str]) -> None:
        """What the lines say now, where only words have changed."""
        self._write(HEAD, "问卷信息", "", flaws)
        for place in draft.places():
            if place.is_group:
                group = draft.groups[place.group]
                self._write(place, group.title or "（没有名称）", f"{len(group.questions)} 题", flaws)
            else:
                question = draft.question(place)
                words = f"{draft.number_of(place)}　{question.text or '（没有题目）'}"
                self._write(place, words, question.kind.label, flaws)

    def _write(self, place: Place, text: str, kind: str, flaws: Mapping[Place, str]) -> None:
        item = self.item_at(place)
        if item is None:
            return
        wrong = flaws.get(place, "")
        item.setText(0, text)
        item.setText(1, kind)
        item.setToolTip(0, wrong or text)
        item.setForeground(0, QColor(TOKENS.error if wrong else TOKENS.text))
        if wrong:
            item.setIcon(0, icons.icon("circle-alert", TOKENS.error, 16))
        else:
            item.setIcon(0, icons.icon("file-text", TOKENS.text_second, 16) if place == HEAD else QIcon())

    def item_at(self, place: Place) -> QTreeWidgetItem | None:
        """The line that shows ``place``."""
        top = self.topLevelItem(place.group + 1)
        return top.child(place.question) if top is not None and place.question >= 0 else top

    def go(self, place: Place) -> None:
        """Put the cursor there."""
        item = self.item_at(place) or self.topLevelItem(0)
        if item is not None:
            self.setCurrentItem(item)
            self.scrollToItem(item)

    @property
    def place(self) -> Place:
        """Where the cursor is."""
        return place_of(self.currentItem())

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _cursor_moved(self, current: QTreeWidgetItem | None, _before: object) -> None:
        if not self._filling and current is not None:
            self.chosen.emit(place_of(current))

    # ------------------------------------------------------------------ moving
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        if step is not None and held & Qt.KeyboardModifier.AltModifier:
            self.step_asked.emit(step)
        elif key == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        elif key == Qt.Key.Key_Z and held & Qt.KeyboardModifier.ControlModifier:
            self.undo_asked.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        where: QPoint = event.position().toPoint()
        self.drop(self.place, place_of(self.itemAt(where), nothing=Place(10**6)), self.dropIndicatorPosition())
        event.setDropAction(Qt.DropAction.IgnoreAction)  # moving would take the line out behind our back
        event.accept()

    def drop(self, source: Place, target: Place, where: Indicator) -> None:
        """Ask for the move that letting ``source`` go above, on or below ``target`` means."""
        groups = self.topLevelItemCount() - 1
        below = where in (Indicator.BelowItem, Indicator.OnItem)
        if source.is_question:
            before = self._before(target, below, on=where == Indicator.OnItem)
        elif source.is_group:
            at = target.group + (1 if below and target.group >= 0 else 0)
            before = Place(max(0, min(at, groups)))
        else:
            return
        if before is not None:
            self._pending = source, before
            QTimer.singleShot(0, self._move_now)  # the drag must be over before its line goes

    def _before(self, target: Place, below: bool, *, on: bool) -> Place | None:
        groups = self.topLevelItemCount() - 1
        if groups == 0:
            return None
        if target.group >= groups:
            return Place(groups - 1, self._size(groups - 1))
        if target.is_question:
            return Place(target.group, target.question + (1 if below else 0))
        if target.is_group and on:
            return Place(target.group, self._size(target.group))
        if target.is_group and not below and target.group > 0:
            return Place(target.group - 1, self._size(target.group - 1))
        return Place(max(target.group, 0), 0)

    def _size(self, group: int) -> int:
        item = self.topLevelItem(group + 1)
        return item.childCount() if item is not None else 0

    @Slot()
    def _move_now(self) -> None:
        if self._pending is not None:
            (source, before), self._pending = self._pending, None
            self.move_asked.emit(source, before)


def _line(place: Place) -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    item.setData(0, _ROLE, place)
    item.setForeground(1, QColor(TOKENS.text_second))
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    flags = item.flags() | Qt.ItemFlag.ItemIsDropEnabled
    item.setFlags(flags & ~Qt.ItemFlag.ItemIsDragEnabled if place == HEAD else flags)
    return item


def place_of(item: QTreeWidgetItem | None, nothing: Place = HEAD) -> Place:
    """What a line shows; ``nothing`` where there is no line."""
    found = item.data(0, _ROLE) if item is not None else nothing
    return Place(*found)
