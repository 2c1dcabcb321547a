"""The list at the left of 待我签批: what waits, what was looked at, and what is agreed to and still to be signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
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
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, WaitingRow
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

Key = tuple[DocumentKind, int]
ROW_HEIGHT = 84


@dataclass(frozen=True)
class Decision:
    """Agreed to, not signed yet: the document at the version that was looked at, and the opinion on it."""

    row: WaitingRow
    opinion: str


def key_of(row: WaitingRow) -> Key:
    return row.kind, row.id


def waited(row: WaitingRow, today: date | None) -> str:
    """``今天 09:12`` ``昨天 16:40`` ``3 天前 2月27日``: since when it is the actor's turn."""
    since = row.since.astimezone(CHINA)
    days = (today - since.date()).days if today is not None else 0
    if days <= 0:
        return f"今天 {since:%H:%M}"
    return f"昨天 {since:%H:%M}" if days == 1 else f"{days} 天前 {chinese_date(since.date(), year=False)}"


def came_again(row: WaitingRow) -> str:
    """``第 2 次提交`` of what was returned or withdrawn before, else empty."""
    return f"第 {row.round} 次提交" if row.round > 1 else ""


class WaitingModel(QAbstractListModel):
    """The waiting documents; ``seen`` are those looked at here, ``decided`` those agreed to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[WaitingRow, ...] = ()
        self.today: date | None = None
        self.seen: set[tuple[DocumentKind, int, int]] = set()
        self.decided: dict[Key, Decision] = {}

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{yuan(row.total_fen)} {row.title}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return "，".join(
                part
                for part in (
                    row.kind.label,
                    yuan(row.total_fen),
                    row.title,
                    row.applicant,
                    came_again(row),
                    f"{len(row.notices)} 条提醒" if row.notices else "",
                    self.state_of(row),
                )
                if part
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            said = [f"{row.label}", f"{row.department} {row.applicant}".strip(), *row.notices]
            if row.on_behalf_of:
                said.insert(1, f"您代{row.on_behalf_of}签")
            if came_again(row):
                said.insert(1, came_again(row))
            return "\n".join(said)
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None

    def is_seen(self, row: WaitingRow) -> bool:
        """Whether the actor looked at just this version."""
        return row.opened or (row.kind, row.id, row.version) in self.seen

    def state_of(self, row: WaitingRow) -> str:
        if key_of(row) in self.decided:
            return "同意（待签字）"
        return "" if self.is_seen(row) else "未看"

    def set_rows(
        self, rows: Sequence[WaitingRow], today: date | None, *, narrowed: bool = False
    ) -> tuple[Decision, ...]:
        """Show other rows; gives back the decisions that do not hold any more (gone, changed, another step).

        ``narrowed`` rows are only those that a search found: what is not among them still waits.
        """
        self.beginResetModel()
        self.rows, self.today = tuple(rows), today
        now = {key_of(row): row for row in self.rows}
        if narrowed:
            now = {key: decision.row for key, decision in self.decided.items()} | now
        lost = [
            decision
            for key, decision in self.decided.items()
            if key not in now or (now[key].version, now[key].position) != (decision.row.version, decision.row.position)
        ]
        for decision in lost:
            del self.decided[key_of(decision.row)]
        self.endResetModel()
        return tuple(lost)

    def place_of(self, key: Key) -> int:
        """Where a document stands, -1 when it is not here."""
        return next((place for place, row in enumerate(self.rows) if key_of(row) == key), -1)

    def touch(self) -> None:
        """What is seen or decided changed."""
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


class _Delegate(QStyledItemDelegate):
    """Amount and state, title, who and since when."""

    def sizeHint(self, option: Any, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: Any, index: QModelIndex | QPersistentModelIndex) -> None:
        model = index.model()
        assert isinstance(model, WaitingModel)
        row = model.rows[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box: QRect = option.rect
        painter.fillRect(box, QColor(TOKENS.primary_tint if selected else TOKENS.row_hover if hover else TOKENS.card))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), 4, box.height() - 1), QColor(TOKENS.primary))
        painter.setPen(QColor(TOKENS.line))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        left, right = box.left() + 14, box.right() - 12
        right_of_state = self._state(painter, model, row, right, box.top() + 10)
        painter.setPen(QColor(TOKENS.text))
        painter.setFont(theme.font(TOKENS.px_card_title, bold=True))
        self._text(painter, QRect(left, box.top() + 8, right_of_state - left - 6, 26), yuan(row.total_fen))
        painter.setFont(theme.font(TOKENS.px_body))
        self._text(painter, QRect(left, box.top() + 34, right - left, 22), row.title)
        end = self._notices(painter, row, right, box.top() + 58)
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(QColor(TOKENS.text_second))
        kind = "采购 · " if row.kind is DocumentKind.PURCHASE else ""
        again = "再次提交 · " if row.round > 1 else ""
        who = f"{kind}{row.applicant} · {again}{waited(row, model.today)}"
        self._text(painter, QRect(left, box.top() + 56, end - left - 4, 20), who)
        painter.restore()

    def _text(self, painter: QPainter, box: QRect, text: str) -> None:
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _state(self, painter: QPainter, model: WaitingModel, row: WaitingRow, right: int, top: int) -> int:
        """The word at the right; returns where it begins."""
        word = model.state_of(row)
        if not word:
            return right
        colors = theme.tone("success" if key_of(row) in model.decided else "primary")
        font = theme.font(TOKENS.px_label, bold=True)
        width = QFontMetrics(font).horizontalAdvance(word) + 16
        box = QRectF(right - width, top, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.background))
        painter.drawRoundedRect(box, 11, 11)
        painter.setPen(QColor(colors.foreground))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return round(box.left())

    def _notices(self, painter: QPainter, row: WaitingRow, right: int, top: int) -> int:
        """代签 and the number of warnings at the end of the last line; returns where they begin."""
        ratio = painter.device().devicePixelRatioF()
        font = theme.font(TOKENS.px_label, bold=True)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        if row.notices:
            text = str(len(row.notices))
            width = metrics.horizontalAdvance(text)
            painter.setPen(QPen(QColor(TOKENS.warning)))
            painter.drawText(QRect(right - width, top - 2, width, 20), Qt.AlignmentFlag.AlignVCenter, text)
            picture = icons.pixmap("triangle-alert", 16, TOKENS.warning, ratio)
            painter.drawPixmap(right - width - 20, top, picture)
            right -= width + 26
        if row.on_behalf_of:
            width = metrics.horizontalAdvance("代签") + 2
            painter.setPen(QPen(QColor(TOKENS.violet)))
            painter.drawText(QRect(right - width, top - 2, width, 20), Qt.AlignmentFlag.AlignVCenter, "代签")
            right -= width + 6
        return right


class WaitingList(QListView):
    """Arrow keys and clicks move through the documents; several may be chosen.  ``chosen`` tells the current row."""

    chosen = Signal(object)
    selection_changed = Signal()
    agree_asked = Signal()
    paper_keys = Signal(int)
    """-1 or +1: turn the pages of the evidence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: tuple[object, ...] | None = None
        self._rows = WaitingModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName("待我签批的单据")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setStyleSheet("QListView, QListView:focus { border: none; border-radius: 0; }")

    # ------------------------------------------------------------------ content
    @property
    def rows(self) -> tuple[WaitingRow, ...]:
        return self._rows.rows

    @property
    def decided(self) -> Mapping[Key, Decision]:
        """What is agreed to and not signed yet."""
        return self._rows.decided

    def set_rows(
        self, rows: Sequence[WaitingRow], today: date | None, *, narrowed: bool = False
    ) -> tuple[Decision, ...]:
        """Show these; what was current stays so if it is still there.  Gives back the decisions that fell."""
        before, place = self.current_row(), max(self.currentIndex().row(), 0)
        wanted = {key_of(row) for row in self.selected_rows()}
        self.selectionModel().blockSignals(True)
        lost = self._rows.set_rows(rows, today, narrowed=narrowed)
        at = self._rows.place_of(key_of(before)) if before is not None else -1
        if at < 0 and self.rows:
            at = self._next_open(min(place, len(self.rows) - 1))
        if at >= 0:
            self.setCurrentIndex(self._rows.index(at))
            if len(wanted) > 1:
                self._select([n for n, row in enumerate(self.rows) if key_of(row) in wanted])
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        self._tell()
        return lost

    def _next_open(self, place: int) -> int:
        """The first document from ``place`` on that is not decided, else ``place``."""
        count = len(self.rows)
        for step in range(count):
            at = (place + step) % count
            if key_of(self.rows[at]) not in self.decided:
                return at
        return place

    def _select(self, places: Sequence[int]) -> None:
        chosen = QItemSelection()
        for place in places:
            chosen.select(self._rows.index(place), self._rows.index(place))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def current_row(self) -> WaitingRow | None:
        place = self.currentIndex().row()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def selected_rows(self) -> list[WaitingRow]:
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.rows[place] for place in places if place < len(self.rows)]

    def is_seen(self, row: WaitingRow) -> bool:
        return self._rows.is_seen(row)

    def mark_seen(self, row: WaitingRow) -> None:
        """The actor looked at this version."""
        self._rows.seen.add((row.kind, row.id, row.version))
        self._rows.touch()
        self.selection_changed.emit()

    def decide(self, rows: Sequence[WaitingRow], opinion: str) -> None:
        """Agree to ``rows`` with ``opinion``; they wait for the signature."""
        for row in rows:
            self._rows.decided[key_of(row)] = Decision(row, opinion)
        self._rows.touch()
        self.selection_changed.emit()

    def undecide(self, rows: Sequence[WaitingRow]) -> None:
        """Take the agreement to ``rows`` back."""
        for row in rows:
            self._rows.decided.pop(key_of(row), None)
        self._rows.touch()
        self.selection_changed.emit()

    def forget_decisions(self) -> None:
        """They are signed."""
        self._rows.decided.clear()
        self._rows.touch()
        self.selection_changed.emit()

    def forget(self) -> None:
        """Somebody else sits here now."""
        self._rows.seen.clear()
        self.forget_decisions()

    # ------------------------------------------------------------------ moving
    def show_key(self, key: Key) -> bool:
        """Make a document current; ``False`` when it does not wait here."""
        place = self._rows.place_of(key)
        if place >= 0:
            self._go(place)
        return place >= 0

    def step(self, by: int) -> bool:
        """The next or the previous document; ``False`` at the end."""
        place = self.currentIndex().row() + by
        if not 0 <= place < len(self.rows):
            return False
        self._go(place)
        return True

    def to_next_open(self) -> bool:
        """The next document that is not decided; ``False`` when all are."""
        if not self.rows or all(key_of(row) in self.decided for row in self.rows):
            return False
        self._go(self._next_open((self.currentIndex().row() + 1) % len(self.rows)))
        return True

    def _go(self, place: int) -> None:
        index = self._rows.index(place)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self._tell()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    @Slot()
    def _tell(self) -> None:
        row = self.current_row()
        told = (row.kind, row.id, row.version, row.position, row.round) if row is not None else None
        if told != self._told:
            self._told = told
            self.chosen.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.agree_asked.emit()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.paper_keys.emit(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)
