"""Filters of a list: drop-down chips, and inline chips for the few states looked at all day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from dangxiao_houqin.core.pinyin import matches, search_key

from . import icons, theme
from .theme import TOKENS
from .widgets import Popup, button, column, row


@dataclass(frozen=True)
class Filter:
    """One filter of a list; ``key`` is what the query function finds in ``ListQuery.filters``.

    ``choices`` are (value, text); "all" is added and means the key is absent.  ``inline`` shows chips instead of a
    drop-down.  ``initial`` is the value set when the page opens.
    """

    key: str
    title: str
    choices: Sequence[tuple[Any, str]] = ()
    inline: bool = False
    initial: Any = None
    all_text: str = ""
    anchor: bool = False
    """Says where the user is (a class) rather than what he looks for: an empty list then says what to do first."""


class ChoicePopup(Popup):
    """A list to choose from with a search line when it is long; Enter or click chooses, Esc closes."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[Any, str]], current: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._search = QLineEdit()
        self._search.setPlaceholderText("输入文字、拼音或首字母")
        self._search.setAccessibleName("在选项中搜索")
        self._search.textChanged.connect(self._fill)
        self._search.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName("选项")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._take)
        self._list.itemActivated.connect(self._take)
        self.setLayout(column(self._search, self._list, spacing=6, margins=6))
        self._current = current
        self._fill("")
        long = len(self._choices) > 10
        self._search.setVisible(long)
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(text) for _, text in self._choices), default=80)
        self.setFixedWidth(max(min(widest + 64, 420), parent.width(), 160))
        self._list.setFixedHeight(min(max(len(self._choices), 1), 10) * 33 + 6)
        (self._search if long else self._list).setFocus()

    @Slot(str)
    def _fill(self, text: str) -> None:
        self._list.clear()
        for value, words in self._choices:
            if text.strip() and not matches(search_key(words), text):
                continue
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, value)
            self._list.addItem(item)
            on = value == self._current
            item.setIcon(icons.icon("check", TOKENS.primary if on else "transparent", 16))
            if on:
                self._list.setCurrentItem(item)
        if self._list.currentRow() < 0 and self._list.count():
            self._list.setCurrentRow(0)

    def open_below(self, anchor: QWidget, *, align_right: bool = False) -> None:
        super().open_below(anchor, align_right=align_right)
        (self._search if not self._search.isHidden() else self._list).setFocus()

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        self.close()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentRow() >= 0:
                self._take(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)


class FilterBar(QWidget):
    """The filters of one list; ``changed`` tells the new mapping."""

    changed = Signal(dict)

    def __init__(self, filters: Sequence[Filter], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = row(spacing=8)
        self.setLayout(self._layout)
        self._parts: dict[str, _DropFilter | _ChipFilter] = {}
        for each in filters:
            part: _DropFilter | _ChipFilter = (_ChipFilter if each.inline else _DropFilter)(each)
            part.changed.connect(self._changed)
            self._parts[each.key] = part
            self._layout.addWidget(part)

    def values(self) -> dict[str, Any]:
        """Only the filters that are on."""
        return {key: part.value for key, part in self._parts.items() if part.value is not None}

    def set_value(self, key: str, value: Any) -> None:
        """Set one filter (``None`` = all) and tell."""
        self._parts[key].set_value(value)
        self._changed()

    def set_choices(self, key: str, choices: Sequence[tuple[Any, str]]) -> None:
        """Choices that came from the database; a value no longer there is let go."""
        part = self._parts[key]
        before = part.value
        part.set_choices(choices)
        if part.value != before:
            self._changed()

    def reset(self) -> None:
        """All filters off."""
        for part in self._parts.values():
            part.set_value(None)
        self._changed()

    def minimumSizeHint(self) -> QSize:
        """No width of its own: the list moves the filters to a second line instead of growing."""
        return QSize(0, super().minimumSizeHint().height())

    @Slot()
    def _changed(self) -> None:
        self.changed.emit(self.values())


class _DropFilter(QWidget):
    changed = Signal()

    def __init__(self, spec: Filter) -> None:
        super().__init__()
        self._spec = spec
        self._choices = list(spec.choices)
        self.value = spec.initial
        self.button = button("", self._open, kind="filter")
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.button.setMinimumWidth(96)
        self.setLayout(row(self.button))
        self._show()

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        self._choices = list(choices)
        if self.value not in [value for value, _ in self._choices]:
            self.value = None
        self._show()

    def set_value(self, value: Any) -> None:
        self.value = value
        self._show()

    def _show(self) -> None:
        text = dict(self._choices).get(self.value) if self.value is not None else None
        all_text = self._spec.all_text or f"全部{self._spec.title}"
        on = self.value is not None
        shown = (text or str(self.value)) if on else all_text
        metrics = self.button.fontMetrics()
        self.button.setText(metrics.elidedText(shown, Qt.TextElideMode.ElideRight, 220))
        self.button.setIcon(icons.icon("chevron-down", TOKENS.primary if on else TOKENS.text_second, 16))
        self.button.setProperty("active", "true" if on else "false")
        self.button.setToolTip(f"按{self._spec.title}筛选：{shown}")
        self.button.setAccessibleName(f"筛选{self._spec.title}：{shown}")
        theme.restyle(self.button)
        if self.isVisible():
            self._widen()

    def _widen(self) -> None:
        """Take the room the words need now; by itself it would reach one layout around it with each picture."""
        around: QWidget | None = self
        while around is not None:
            layout = around.layout()
            if layout is not None:
                layout.activate()
            around = None if around.isWindow() else around.parentWidget()

    @Slot()
    def _open(self) -> None:
        all_text = self._spec.all_text or f"全部{self._spec.title}"
        popup = ChoicePopup([(None, all_text), *self._choices], self.value, self.button)
        popup.chosen.connect(self._chosen)
        popup.open_below(self.button)

    @Slot(object)
    def _chosen(self, value: Any) -> None:
        if value != self.value:
            self.set_value(value)
            self.changed.emit()


class _ChipFilter(QWidget):
    changed = Signal()

    def __init__(self, spec: Filter) -> None:
        super().__init__()
        self._spec = spec
        self.value = spec.initial
        self._layout = row(spacing=6)
        self.setLayout(self._layout)
        self._buttons: list[tuple[Any, Any]] = []
        self.set_choices(spec.choices)

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        for _, old in self._buttons:
            self._layout.removeWidget(old)
            old.deleteLater()
        self._buttons = []
        for value, text in [(None, self._spec.all_text or "全部"), *choices]:
            chip = button(text, self._clicked, kind="chip")
            chip.setCheckable(True)
            chip.setAccessibleName(f"{self._spec.title}：{text}")
            self._layout.addWidget(chip)
            self._buttons.append((value, chip))
        if self.value not in [value for value, _ in self._buttons]:
            self.value = None
        self.set_value(self.value)

    def set_value(self, value: Any) -> None:
        self.value = value
        for each, chip in self._buttons:
            chip.setChecked(each == value)

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        for value, chip in self._buttons:
            if chip is sender:
                changed = value != self.value
                self.set_value(value)
                if changed:
                    self.changed.emit()
                return
