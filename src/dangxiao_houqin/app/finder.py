"""Search for anything (Ctrl+K): persons, rooms, classes as the modules find them, and every page and command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import SearchBox, label

PER_PROVIDER = 6
_DATA = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Command:
    """Something the shell can do by name: open a page, lock, change the password."""

    key: str
    title: str
    icon: str
    subtitle: str = ""


def find_anything(
    ctx: Any, text: str, providers: Sequence[Callable[[Any, str, int], Sequence[Found]]], commands: Sequence[Command]
) -> tuple[Found | Command, ...]:
    """Hits of all providers for ``text``, then commands whose name or pinyin matches; runs in the background."""
    from dangxiao_houqin.core.pinyin import matches, search_key

    found: list[Found | Command] = []
    for provider in providers:
        found.extend(provider(ctx, text, PER_PROVIDER))
    found.extend(command for command in commands if matches(search_key(command.title), text))
    return tuple(found)


class Finder(SearchBox):
    """The search box of the top bar with its list of hits."""

    opened = Signal(object)
    """The chosen :class:`Ref`."""
    commanded = Signal(str)
    """The chosen command's key."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("搜索学员、房间、班次、单据、功能（Ctrl+K）", parent)
        self._runner = runner
        self.providers: tuple[Callable[[Any, str, int], Sequence[Found]], ...] = ()
        self.commands: tuple[Command, ...] = ()
        self.hits = _Hits(self.window())
        self.hits.hide()
        self.hits.list.itemClicked.connect(self._choose)
        self.searched.connect(self._search)
        self._asked = ""
        self.installEventFilter(self)

    @Slot(str)
    def _search(self, text: str) -> None:
        self._asked = text
        if not text:
            self.hits.hide()
            return
        self._runner.query(find_anything, text, self.providers, self.commands, ok=self._found, action="app.search")

    @Slot(object)
    def _found(self, hits: Sequence[Found | Command]) -> None:
        if not self._asked or not self.hasFocus():
            return
        self.hits.show_hits(hits)
        corner = self.mapTo(self.window(), QPoint(0, self.height() + 6))
        if self.hits.parentWidget() is not self.window():
            self.hits.setParent(self.window())
        self.hits.setGeometry(QRect(corner, QSize(max(self.width(), 460), self.hits.wanted_height())))
        self.hits.show()
        self.hits.raise_()

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        hit = item.data(_DATA)
        self.hits.hide()
        self._asked = ""
        self.clear()
        self.search_now()
        if isinstance(hit, Found):
            self.opened.emit(hit.ref)
        else:
            self.commanded.emit(hit.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.hits.isVisible():
                self.hits.hide()
                return True
            if self.hits.isVisible() and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.hits.move_by(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and self.hits.isVisible() and self.hits.list.count() and self.text().strip() == self._asked:
                self._choose(self.hits.list.currentItem())
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self.hits.hide()
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """The window is closing: a search that waits for a pause in typing is forgotten."""
        self._timer.stop()

    def current_ref(self) -> Ref | None:
        """What Enter would open."""
        item = self.hits.list.currentItem()
        hit = item.data(_DATA) if item is not None else None
        return hit.ref if isinstance(hit, Found) else None


class _Hits(QFrame):
    """The list below the search box; never takes the focus."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(20, 35, 58, 60))
        self.setGraphicsEffect(shadow)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("搜索结果")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.empty = label("没有找到，换几个字、拼音或首字母试试。", "second")
        self.empty.setContentsMargins(10, 8, 10, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(0)
        layout.addWidget(self.empty)
        layout.addWidget(self.list)

    def show_hits(self, hits: Sequence[Found | Command]) -> None:
        self.list.clear()
        for hit in hits:
            item = QListWidgetItem(hit.title)
            item.setData(_DATA, hit)
            item.setToolTip(hit.subtitle)
            self.list.addItem(item)
        self.list.setVisible(bool(hits))
        self.empty.setVisible(not hits)
        if hits:
            self.list.setCurrentRow(0)

    def wanted_height(self) -> int:
        rows = min(self.list.count(), 9)
        return rows * _HitDelegate.HEIGHT + 16 if rows else 52

    def move_by(self, step: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + step) % count)


class _HitDelegate(QStyledItemDelegate):
    """Icon, title, and what tells namesakes apart."""

    HEIGHT = 44

    def sizeHint(self, option: Any, _index: Any) -> QSize:
        return QSize(option.rect.width(), self.HEIGHT)

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        hit = index.data(_DATA)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect.adjusted(2, 1, -2, -1)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(TOKENS.primary_tint))
            painter.drawRoundedRect(rect, 6, 6)
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect.left() + 10, rect.center().y() - 9, icons.pixmap(hit.icon, 18, TOKENS.primary, ratio))
        painter.setFont(theme.font(TOKENS.px_body))
        painter.setPen(QColor(TOKENS.text))
        left = rect.left() + 40
        metrics = painter.fontMetrics()
        title_width = min(metrics.horizontalAdvance(hit.title) + 8, rect.width() * 2 // 3)
        title = metrics.elidedText(hit.title, Qt.TextElideMode.ElideRight, title_width)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, rect.top(), title_width, rect.height()), flags, title)
        painter.setFont(theme.font(TOKENS.px_second))
        painter.setPen(QColor(TOKENS.text_second))
        room = QRect(left + title_width + 8, rect.top(), rect.right() - left - title_width - 18, rect.height())
        text = painter.fontMetrics().elidedText(hit.subtitle, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()
