"""Navigation at the left: emblem, school, pages; 系统设置 at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.module_spec import PageSpec
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import ElidedLabel, clear, column, row

from .emblem import EmblemLabel

_SHEET = f"""
#sidebar, #sidebarPages {{ background: {TOKENS.navigation}; border: none; }}
#sidebar QScrollArea {{ background: {TOKENS.navigation}; border: none; }}
#sidebar QLabel {{ color: #FFFFFF; }}
#sidebar QLabel[role="second"] {{ color: {TOKENS.navigation_text}; font-size: {TOKENS.px_label}px; }}
#sidebar QPushButton {{
  background: transparent; border: 1px solid transparent; border-radius: 6px; color: {TOKENS.navigation_text};
  text-align: left; padding: 0 16px; min-height: 42px; max-height: 42px; font-size: {TOKENS.px_navigation}px;
}}
#sidebar[dense="true"] QPushButton {{ min-height: 34px; max-height: 34px; }}
#sidebar[dense="true"] QPushButton:focus {{ min-height: 32px; max-height: 32px; }}
#sidebar QPushButton:hover {{ background: {TOKENS.navigation_hover}; color: #FFFFFF; }}
#sidebar QPushButton:checked {{ background: {TOKENS.primary}; color: #FFFFFF; font-weight: 600; }}
#sidebar QPushButton:focus {{ border: 2px solid #7FA9DD; padding: 0 15px; min-height: 40px; max-height: 40px; }}
#sidebar QFrame[role="line"] {{ background: #24364F; }}
#sidebar QScrollBar::handle {{ background: #3A4D68; }}
"""


def paint_badge(painter: QPainter, right: float, middle: float, count: int) -> None:
    """A red lozenge with ``count`` (99+ above that), its right end and its middle given."""
    text = str(count) if count < 100 else "99+"
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(11, bold=True))
    width = max(18.0, painter.fontMetrics().horizontalAdvance(text) + 10.0)
    box = QRectF(right - width, middle - 9, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(TOKENS.error))
    painter.drawRoundedRect(box, 9, 9)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class NavigationButton(QPushButton):
    """One entry; ``set_badge`` shows a number at its right end."""

    def __init__(self, title: str) -> None:
        super().__init__(f"  {title}")
        self._title = title
        self.badge = 0
        self.setAccessibleName(title)

    def set_badge(self, count: int) -> None:
        """How much waits there; 0 shows nothing."""
        if count != self.badge:
            self.badge = count
            self.setAccessibleName(f"{self._title}，{count} 件" if count else self._title)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.badge:
            paint_badge(QPainter(self), self.width() - 10, self.height() / 2, self.badge)


ENTRY, GAP, AROUND = 44, 5, 130
"""Height of an entry and the room between two, in px; what head, line and margins take."""

ADMINISTRATION_FROM = 700
"""Pages from this order on stand below a line: they are about the program, not about the day's work."""


class Sidebar(QFrame):
    """Emits ``chosen(page key)``; arrow keys walk through the pages."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setStyleSheet(_SHEET)
        self.setFixedWidth(TOKENS.navigation_width)
        self.setAccessibleName("导航")
        self._school = ElidedLabel("党校后勤")
        self._school.setFont(theme.font(TOKENS.px_navigation, bold=True))
        self._office = ElidedLabel("后勤保障管理平台")
        self._office.setProperty("role", "second")
        self._office.setFont(theme.font(TOKENS.px_label))
        names = column(self._school, self._office, spacing=2)
        head = row(EmblemLabel(36), spacing=10)
        head.addLayout(names, 1)
        head.setContentsMargins(8, 0, 0, 8)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys: list[str] = []
        self._buttons: dict[str, NavigationButton] = {}
        inner = QWidget()
        inner.setObjectName("sidebarPages")
        self._pages = QVBoxLayout(inner)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.setSpacing(GAP)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(GAP)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 18, 12, 14)
        outer.setSpacing(10)
        outer.addLayout(head)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._foot)
        self._group.idClicked.connect(self._clicked)

    def set_names(self, school: str, office: str) -> None:
        """The school's short name and the line below it."""
        self._school.set_text(school)
        self._office.set_text(office)

    def set_pages(self, pages: Sequence[PageSpec]) -> None:
        """Show these pages, already sorted; those the actor may not see are left out by the shell."""
        for old in self._buttons.values():
            self._group.removeButton(old)
        clear(self._pages)
        clear(self._foot)
        self._keys, self._buttons = [], {}
        administration = False
        for number, page in enumerate(pages):
            if page.order >= ADMINISTRATION_FROM and not administration and not page.bottom:
                administration = True
                line = QFrame()
                line.setProperty("role", "line")
                line.setFixedHeight(1)
                self._pages.addSpacing(6)
                self._pages.addWidget(line)
                self._pages.addSpacing(6)
            item = NavigationButton(page.title)
            item.setIcon(_icon(page.icon))
            item.setIconSize(QSize(20, 20))
            item.setCheckable(True)
            item.setCursor(Qt.CursorShape.PointingHandCursor)
            item.setToolTip(f"{page.title}（Alt+{number + 1}）" if number < 9 else page.title)
            self._group.addButton(item, number)
            self._keys.append(page.key)
            self._buttons[page.key] = item
            (self._foot if page.bottom else self._pages).addWidget(item)
        self._pages.addStretch(1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """On a low screen the entries stand closer rather than below the edge."""
        dense = len(self._keys) * (ENTRY + GAP) + AROUND > self.height()
        if dense != (self.property("dense") == "true"):
            self.setProperty("dense", "true" if dense else "false")
            self._pages.setSpacing(1 if dense else GAP)
            self._foot.setSpacing(1 if dense else GAP)
            for widget in (self, *self._buttons.values()):
                theme.restyle(widget)

    def mark(self, key: str) -> None:
        """Show which page is open."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def button(self, key: str) -> NavigationButton:
        """The entry of a page."""
        return self._buttons[key]

    def set_badge(self, key: str, count: int) -> None:
        """Show how much waits behind an entry, if it is there."""
        if key in self._buttons:
            self._buttons[key].set_badge(count)

    @property
    def marked(self) -> NavigationButton | None:
        """The entry of the page that is open."""
        return next((item for item in self._buttons.values() if item.isChecked()), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the pages shown, in order."""
        return tuple(self._keys)

    @Slot(int)
    def _clicked(self, number: int) -> None:
        self.chosen.emit(self._keys[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is None or focused not in self._buttons.values():
            super().keyPressEvent(event)
            return
        buttons: list[QWidget] = [self._buttons[key] for key in self._keys]
        buttons[(buttons.index(focused) + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)


def _icon(name: str) -> QIcon:
    """Grey, white when it is the open page."""
    icon = QIcon(icons.pixmap(name, 20, TOKENS.navigation_text, 2.0))
    icon.addPixmap(icons.pixmap(name, 20, "#FFFFFF", 2.0), QIcon.Mode.Normal, QIcon.State.On)
    return icon
