"""Small pieces every screen is put together from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.columns import Pill

from . import icons, theme
from .theme import TOKENS


def label(text: str = "", role: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A text in one of the roles of the style sheet: pageTitle, cardTitle, second, hint, error, figure, strong."""
    result = QLabel(text, parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if role:
        result.setProperty("role", role)
    return result


def button(
    text: str,
    slot: Callable[..., object] | SignalInstance | None = None,
    *,
    icon: str = "",
    kind: str = "",
    tooltip: str = "",
    shortcut: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """A push button; ``kind`` is "", primary, danger, link, chip or filter.  The shortcut is told in the tooltip."""
    result = QPushButton(text, parent)
    result.setAutoDefault(False)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    if kind:
        result.setProperty("kind", kind)
    if icon:
        white = kind in {"primary", "danger"}
        color = TOKENS.on_primary if white else TOKENS.primary if kind == "link" else TOKENS.text_second
        gap = 4 if text else 0
        result.setIcon(icons.icon(icon, color, 18, gap))
        result.setIconSize(QSize(18 + gap, 18))
    set_shortcut(result, shortcut, tooltip)
    if slot is not None:
        result.clicked.connect(slot)
    return result


def set_shortcut(widget: QAbstractButton, shortcut: str, tooltip: str = "") -> None:
    """Give a button its shortcut and say so in the tooltip, which also is the accessible description."""
    if shortcut:
        widget.setShortcut(shortcut)
        tooltip = f"{tooltip or widget.text()}（{shortcut.replace('Return', 'Enter')}）"
    widget.setToolTip(tooltip)
    if not widget.text():
        widget.setAccessibleName(tooltip)


def tool_button(
    icon: str,
    tooltip: str,
    slot: Callable[..., object] | SignalInstance | None = None,
    *,
    shortcut: str = "",
    color: str = TOKENS.text_second,
    size: int = 20,
    parent: QWidget | None = None,
) -> QToolButton:
    """A button that is only an icon; the tooltip is its accessible name."""
    result = QToolButton(parent)
    result.setIcon(icons.icon(icon, color, size))
    result.setIconSize(QSize(size, size))
    result.setFixedSize(TOKENS.control, TOKENS.control)
    result.setFocusPolicy(theme.focus_policy_for_tools())
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    set_shortcut(result, shortcut, tooltip)
    result.setAccessibleName(tooltip)
    if slot is not None:
        result.clicked.connect(slot)
    return result


def line(parent: QWidget | None = None) -> QFrame:
    """A hairline between two things."""
    result = QFrame(parent)
    result.setProperty("role", "line")
    result.setFixedHeight(1)
    return result


def row(*items: QWidget | QLayout | int | None, spacing: int = 12, margins: int = 0) -> QHBoxLayout:
    """A horizontal layout; an ``int`` is a gap in px, ``None`` takes what is left."""
    layout = QHBoxLayout()
    return _fill(layout, items, spacing, margins)


def column(*items: QWidget | QLayout | int | None, spacing: int = 12, margins: int = 0) -> QVBoxLayout:
    """A vertical layout; see :func:`row`."""
    layout = QVBoxLayout()
    return _fill(layout, items, spacing, margins)


def _fill(layout: Any, items: Sequence[QWidget | QLayout | int | None], spacing: int, margins: int) -> Any:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margins, margins, margins, margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)
    return layout


def clear(layout: QLayout) -> None:
    """Remove everything in ``layout`` and delete the widgets."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Popup(QFrame):
    """A small window under what opened it; Esc or a click elsewhere closes it, and the focus goes back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def open_below(self, anchor: QWidget, *, align_right: bool = False) -> None:
        """Show under ``anchor``, over it where the screen ends."""
        self.adjustSize()
        left = anchor.width() - self.width() if align_right else 0
        spot = anchor.mapToGlobal(QPoint(left, anchor.height() + 4))
        area = anchor.screen().availableGeometry()
        if spot.y() + self.height() > area.bottom():
            spot = anchor.mapToGlobal(QPoint(left, -self.height() - 4))
        spot.setX(max(area.left(), min(spot.x(), area.right() - self.width())))
        self.move(spot)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class Card(QFrame):
    """A white surface with a hairline; ``body`` takes the content, ``head`` what stands right of the title."""

    def __init__(self, title: str = "", parent: QWidget | None = None, *, padding: int = 20) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(padding, max(padding - 4, 0), padding, padding)
        outer.setSpacing(12)
        self.head = QHBoxLayout()
        self.head.setSpacing(12)
        self.title = label(title, "cardTitle")
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        if title:
            outer.addLayout(self.head)
        else:
            self.title.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        outer.addLayout(self.body, 1)


class PillLabel(QLabel):
    """A state as a coloured word, outside tables."""

    def __init__(self, pill: Pill | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(TOKENS.px_label, bold=True))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_pill(pill or Pill(""))

    def set_pill(self, pill: Pill) -> None:
        colors = theme.tone(pill.tone)
        self.setText(pill.text)
        if self.parent() is not None:
            self.setVisible(bool(pill.text))
        elif not pill.text:
            self.hide()
        self.setStyleSheet(
            f"QLabel {{ background: {colors.background}; color: {colors.foreground}; border-radius: 11px;"
            f" padding: 0 10px; min-height: 22px; max-height: 22px;"
            f" font-size: {TOKENS.px_label}px; font-weight: 600; }}"
        )


class IconLabel(QLabel):
    """A tinted icon, optionally on a rounded tile of its tint."""

    def __init__(
        self,
        name: str,
        color: str = TOKENS.text_second,
        size: int = 20,
        *,
        tile: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._color, self._size = name, color, size
        if tile:
            side = size + 16
            self.setFixedSize(side, side)
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.setStyleSheet(f"background: {tile}; border-radius: {TOKENS.radius}px;")
        self._refresh()

    def set_icon(self, name: str, color: str) -> None:
        self._name, self._color = name, color
        self._refresh()

    def _refresh(self) -> None:
        self.setPixmap(icons.pixmap(self._name, self._size, self._color, max(self.devicePixelRatioF(), 1.0)))


class FigureTile(Card):
    """One number of the dashboard with its unit, icon and a line below; emits ``clicked``."""

    clicked = Signal()

    def __init__(
        self, title: str, icon: str, tone: str = "primary", unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent, padding=16)
        colors = theme.tone(tone)
        self._figure = label("—", "figure")
        self._unit = label(unit, "second")
        self._note = ElidedLabel()
        self._note.setProperty("role", "second")
        self._note_icon = IconLabel("trending-up", TOKENS.success, 16)
        self._note_icon.hide()
        self.caption = label(title, "second")
        head = row(self.caption, None, IconLabel(icon, colors.foreground, 20, tile=colors.background))
        figure = row(self._figure, self._unit, None, spacing=6)
        figure.setAlignment(self._unit, Qt.AlignmentFlag.AlignBottom)
        self._unit.setContentsMargins(0, 0, 0, 6)
        self.body.setSpacing(2)
        self.body.addLayout(head)
        self.body.addLayout(figure)
        foot = row(self._note_icon, spacing=6)
        foot.addWidget(self._note, 1)
        self.body.addLayout(foot)
        self.setAccessibleName(title)

    def set_figure(self, figure: str, note: str = "", *, unit: str | None = None, note_icon: str = "") -> None:
        """Show a figure such as ``"186"``; ``note_icon`` up, down or warning."""
        self._figure.setText(figure)
        if unit is not None:
            self._unit.setText(unit)
        self._note.set_text(note)
        self._note_icon.setVisible(bool(note_icon))
        if note_icon:
            name, color = {
                "up": ("trending-up", TOKENS.success),
                "down": ("trending-down", TOKENS.warning),
                "warning": ("triangle-alert", TOKENS.warning),
            }[note_icon]
            self._note_icon.set_icon(name, color)
        self.setAccessibleDescription(f"{figure}{self._unit.text()} {note}")

    def set_clickable(self, tooltip: str) -> None:
        """Let the tile be opened with mouse, Enter or Space."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tooltip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(TOKENS.primary))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)


class Segmented(QWidget):
    """A few choices of which one is on, e.g. 7天 | 14天 | 30天."""

    changed = Signal(object)

    def __init__(self, choices: Sequence[tuple[object, str]], parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._values = [value for value, _ in choices]
        self.setAccessibleName(name)
        layout = row(spacing=0)
        self.setLayout(layout)
        last = len(choices) - 1
        for index, (_, text) in enumerate(choices):
            part = button(text, kind="segment")
            place = "only" if last == 0 else "first" if index == 0 else "last" if index == last else "middle"
            part.setProperty("place", place)
            part.setCheckable(True)
            part.setAccessibleName(f"{name} {text}".strip())
            self._group.addButton(part, index)
            layout.addWidget(part)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._clicked)

    def value(self) -> Any:
        return self._values[self._group.checkedId()]

    def set_value(self, value: object) -> None:
        """Switch without emitting ``changed``."""
        self._group.button(self._values.index(value)).setChecked(True)

    def set_part_visible(self, value: object, visible: bool) -> None:
        """Leave one of the middle choices out where it does not apply."""
        self._group.button(self._values.index(value)).setVisible(visible)

    def set_part_enabled(self, value: object, enabled: bool, reason: str = "") -> None:
        """Whether a choice may be taken; ``reason`` is told on it while it may not."""
        part = self._group.button(self._values.index(value))
        part.setEnabled(enabled)
        part.setToolTip("" if enabled else reason)

    @Slot(int)
    def _clicked(self, index: int) -> None:
        self.changed.emit(self._values[index])


class Avatar(QLabel):
    """The first character of a name in a tinted circle."""

    def __init__(self, name: str = "", size: int = 32, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(size, size)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            f"background: {TOKENS.primary_tint}; color: {TOKENS.primary}; border-radius: {size // 2}px;"
            f" font-weight: 600; font-size: {round(size * 0.44)}px;"
        )
        self.set_name(name)

    def set_name(self, name: str) -> None:
        self.setText(name[:1])
        self.setAccessibleName(name)


class SearchBox(QLineEdit):
    """A search field that waits until typing pauses, then emits ``searched``; Esc clears it."""

    searched = Signal(str)
    down_pressed = Signal()

    def __init__(self, placeholder: str = "", parent: QWidget | None = None, *, delay_ms: int = 150) -> None:
        super().__init__(parent)
        self.setProperty("role", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder or "搜索")
        self.setClearButtonEnabled(True)
        leading = self.addAction(icons.icon("search", TOKENS.text_hint, 18), QLineEdit.ActionPosition.LeadingPosition)
        leading.setEnabled(True)
        for child in self.findChildren(QToolButton):
            child.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            child.setCursor(Qt.CursorShape.ArrowCursor)
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self.search_now)
        self.textChanged.connect(self._wait)
        self.returnPressed.connect(self.search_now)

    @Slot()
    def _wait(self) -> None:
        self._timer.start()

    @Slot()
    def search_now(self) -> None:
        """Search without waiting."""
        self._timer.stop()
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.search_now()
        elif event.key() == Qt.Key.Key_Down:
            self.search_now()
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)


class EmptyState(QWidget):
    """What stands where nothing is: an icon, a sentence, what to do first, and the button that does it."""

    triggered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("inbox", TOKENS.text_disabled, 44)
        self._title = label("", "cardTitle")
        self._hint = label("", "second", wrap=True)
        for text in (self._icon, self._title, self._hint):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = button("", self.triggered, kind="primary", icon="plus")
        layout = column(None, self._icon, self._title, self._hint, spacing=8, margins=24)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self.setLayout(layout)

    def show_state(self, title: str, hint: str = "", action: str = "", *, icon: str = "inbox") -> None:
        """Fill it; without ``action`` there is no button."""
        self._icon.set_icon(icon, TOKENS.text_disabled)
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.button.setText(action)
        self.button.setIcon(icons.icon("x" if icon == "search" else "plus", TOKENS.on_primary, 18, 4))
        self.button.setVisible(bool(action))


class ElidedLabel(QLabel):
    """One line that is cut with … and shows the whole in its tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._full = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
