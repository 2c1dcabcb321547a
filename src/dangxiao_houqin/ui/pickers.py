"""Choosing something from the database while typing: a person, a room, a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from .background import Runner, Task
from .fields import Field
from .widgets import column, label


@dataclass(frozen=True)
class Option:
    """One thing that can be picked: its value, its name, and a second line telling it from namesakes."""

    value: Any
    text: str
    detail: str = ""


Search = Callable[[Any, str], "tuple[Option, ...]"]
"""``search(ctx, text)`` gives at most a few dozen options, best first."""


class _Narrow(QStyledItemDelegate):
    """A line is as wide as its list: what is longer is cut with dots, and told in whole by its tooltip."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, super().sizeHint(option, index).height())


class PickerField(Field[Any]):
    """A line in which one types characters, pinyin or initials and picks from what the database finds.

    ``value()`` is the picked option's value or ``None``; ``option`` the whole option.
    """

    picked = Signal(object)

    def __init__(
        self,
        key: str,
        title: str,
        runner: Runner,
        search: Search,
        *,
        placeholder: str = "输入文字、拼音或首字母",
        **options: Any,
    ) -> None:
        self._runner = runner
        self._search = search
        self._placeholder = placeholder
        self.option: Option | None = None
        self._task: Task | None = None
        super().__init__(key, title, **options)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self._ask)
        self.popup = QFrame(self, Qt.WindowType.ToolTip)
        self.popup.setObjectName("popup")
        self.list = QListWidget()
        self.list.setAccessibleName(f"{title}的候选")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Narrow(self.list))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._take)
        self._hint = label("", "hint")
        self._hint.setContentsMargins(8, 2, 8, 4)
        self.popup.setLayout(column(self.list, self._hint, spacing=2, margins=4))

    def make_input(self) -> QLineEdit:
        edit = QLineEdit()
        edit.setPlaceholderText(self._placeholder)
        edit.setClearButtonEnabled(True)
        edit.textEdited.connect(self._typed)
        edit.textChanged.connect(self._text_changed)
        return edit

    @property
    def edit(self) -> QLineEdit:
        found = self.input
        assert isinstance(found, QLineEdit)
        return found

    def value(self) -> Any:
        return self.option.value if self.option is not None else None

    def is_empty(self) -> bool:
        return not self.edit.text().strip()

    def set_value(self, value: Any) -> None:
        """Takes an :class:`Option` or ``None``: a bare value has no name to show."""
        self.error, self.touched = "", False
        self.option = value if isinstance(value, Option) else None
        self.edit.setText(self.option.text if self.option else "")
        self._show_message()

    def problem(self) -> str | None:
        if self.edit.text().strip() and self.option is None:
            return f"请从列表中选择{self.title}"
        return None

    def empty_sentence(self) -> str:
        return f"请选择{self.title}"

    def draft(self) -> Any:
        return self.edit.text()

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.option = None
        self._timer.start()
        self._edited()

    @Slot(str)
    def _text_changed(self, text: str) -> None:
        if not text:
            self.option = None
            self.popup.hide()
            self._edited()

    @Slot()
    def _ask(self) -> None:
        if self._task is not None:
            self._task.drop()
            self._task.cancel()
        text = self.edit.text().strip()
        if text:
            self._task = self._runner.query(self._search, text, ok=self._found)

    @Slot(object)
    def _found(self, options: tuple[Option, ...]) -> None:
        self._task = None
        if self.option is not None or not self.edit.hasFocus():
            return
        self.list.clear()
        for option in options:
            item = QListWidgetItem(f"{option.text}　{option.detail}" if option.detail else option.text)
            item.setData(Qt.ItemDataRole.UserRole, option)
            item.setToolTip(item.text())
            self.list.addItem(item)
        self.list.setVisible(bool(options))
        self.list.setCurrentRow(0)
        self._hint.setText("Enter 选用，↑↓ 移动" if options else "没有找到，请换个写法")
        self.popup.setFixedWidth(max(self.edit.width(), 240))
        self.list.setFixedHeight(min(len(options), 8) * 33 + 4)
        self.popup.adjustSize()
        self.popup.move(self.edit.mapToGlobal(QPoint(0, self.edit.height() + 2)))
        self.popup.show()

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        self.option = item.data(Qt.ItemDataRole.UserRole)
        assert self.option is not None
        self.popup.hide()
        self.edit.setText(self.option.text)
        self.error = ""
        self.touched = True
        self._edited()
        self.picked.emit(self.option)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if self.popup.isVisible():
                if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                    step = 1 if event.key() == Qt.Key.Key_Down else -1
                    self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                    return True
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentRow() >= 0:
                    self._take(self.list.currentItem())
                    return True
                if event.key() == Qt.Key.Key_Escape:
                    self.popup.hide()
                    return True
            elif event.key() == Qt.Key.Key_Down:
                self._ask()
                return True
        if watched is self.input and isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self.popup.hide()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: Any) -> None:
        self.popup.hide()
        super().hideEvent(event)
