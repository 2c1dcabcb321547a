"""Navigation at the left: emblem, school, pages under their headings; 系统设置 at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.module_spec import PageSpec
from dangxiao_houqin.ui import icons, settings, theme
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
#sidebar QPushButton[role="heading"] {{
  min-height: 28px; max-height: 28px; font-size: {TOKENS.px_label}px; color: #93A5BF; padding: 0 28px 0 14px;
}}
#sidebar[dense="true"] QPushButton[role="heading"] {{ min-height: 24px; max-height: 24px; }}
#sidebar QPushButton[role="heading"]:hover {{ color: #FFFFFF; }}
#sidebar QPushButton[role="heading"]:focus {{ min-height: 26px; max-height: 26px; padding: 0 27px 0 13px; }}
#sidebar[dense="true"] QPushButton[role="heading"]:focus {{ min-height: 22px; max-height: 22px; }}
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


ARROWS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right}


class _SidebarButton(QPushButton):
    """Says which arrow key was pressed: neither the button group nor the scroll area is to act on it."""

    walked = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self.walked.emit(key)
        else:
            super().keyPressEvent(event)


class NavigationButton(_SidebarButton):
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


class HeadingButton(_SidebarButton):
    """A heading of the navigation; pressed it shows or hides the entries below it."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title
        self.open = True
        self.badge = 0
        self.setProperty("role", "heading")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._say()

    def show_state(self, open_: bool, badge: int) -> None:
        """Whether the entries are shown, and how much waits behind those that are not."""
        if (open_, badge) != (self.open, self.badge):
            self.open, self.badge = open_, badge
            self._say()
            self.update()

    def _say(self) -> None:
        waiting = f"，{self.badge} 件" if self.badge else ""
        self.setAccessibleName(f"{self.title}，已{'展开' if self.open else '收起'}{waiting}")
        self.setToolTip(f"{'收起' if self.open else '展开'}“{self.title}”（{'←' if self.open else '→'}）")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        mark = icons.pixmap("chevron-down" if self.open else "chevron-right", 16, "#93A5BF", ratio)
        painter.drawPixmap(self.width() - 26, (self.height() - 16) // 2, mark)
        if self.badge:
            paint_badge(painter, self.width() - 32, self.height() / 2, self.badge)


ENTRY, HEADING, GAP, ABOVE_HEADING, AROUND = 44, 30, 5, 4, 130
"""Height of an entry and of a heading and the room between two, in px; what head and margins take."""


class Sidebar(QFrame):
    """Emits ``chosen(page key)``; arrow keys walk through headings and pages, left and right fold a heading.

    What is folded is remembered for each user of this machine. The entry of the open page is shown in any case.
    """

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
        self._headings: dict[str, HeadingButton] = {}
        self._under: dict[str, str] = {}
        self._folded: set[str] = set()
        self._remember_as = ""
        inner = QWidget()
        inner.setObjectName("sidebarPages")
        self._pages = QVBoxLayout(inner)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.setSpacing(GAP)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(GAP)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 18, 12, 14)
        outer.setSpacing(10)
        outer.addLayout(head)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self._foot)
        self._group.idClicked.connect(self._clicked)

    def set_names(self, school: str, office: str) -> None:
        """The school's short name and the line below it."""
        self._school.set_text(school)
        self._office.set_text(office)

    def set_pages(self, pages: Sequence[PageSpec], user: str = "") -> None:
        """Show these pages, already sorted, each under its heading; ``user`` names whose folding is remembered.

        Those the actor may not see are left out by the shell. Headings stand in the order of their first page; pages
        without one stand above them, those of the foot below all.
        """
        for old in self._buttons.values():
            self._group.removeButton(old)
        clear(self._pages)
        clear(self._foot)
        self._keys, self._buttons, self._headings, self._under = [], {}, {}, {}
        self._remember_as = f"navigation/folded/{user}" if user else ""
        known = settings.read(self._remember_as, []) if self._remember_as else []
        self._folded = {str(name) for name in known} if isinstance(known, list) else set()
        groups = list(dict.fromkeys(page.group for page in pages if page.group and not page.bottom))
        place = {"": 0, **{group: number for number, group in enumerate(groups, start=1)}}
        for number, page in enumerate(sorted(pages, key=lambda p: len(place) if p.bottom else place[p.group])):
            if page.group and not page.bottom:
                self._add_heading(page.group)
                self._under[page.key] = page.group
            item = NavigationButton(page.title)
            item.setIcon(_icon(page.icon))
            item.setIconSize(QSize(20, 20))
            item.setCheckable(True)
            item.setCursor(Qt.CursorShape.PointingHandCursor)
            item.setToolTip(f"{page.title}（Alt+{number + 1}）" if number < 9 else page.title)
            item.walked.connect(self._walked)
            self._group.addButton(item, number)
            self._keys.append(page.key)
            self._buttons[page.key] = item
            (self._foot if page.bottom else self._pages).addWidget(item)
        self._pages.addStretch(1)
        self._arrange()

    def _add_heading(self, title: str) -> None:
        if title not in self._headings:
            heading = HeadingButton(title)
            heading.clicked.connect(self._heading_clicked)
            heading.walked.connect(self._walked)
            self._headings[title] = heading
            self._pages.addSpacing(ABOVE_HEADING)
            self._pages.addWidget(heading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _arrange(self) -> None:
        """Show what is not folded, and the entry of the open page; headings count what they hide."""
        hidden = dict.fromkeys(self._headings, 0)
        for key, group in self._under.items():
            item = self._buttons[key]
            shown = group not in self._folded or item.isChecked()
            item.setVisible(shown)
            if not shown:
                hidden[group] += item.badge
        for title, heading in self._headings.items():
            heading.show_state(title not in self._folded, hidden[title])
        self._fit()

    def _fit(self) -> None:
        """On a low screen the entries stand closer before they scroll; the open page's entry stays in sight."""
        shown = sum(not item.isHidden() for item in self._buttons.values())
        dense = shown * (ENTRY + GAP) + len(self._headings) * (HEADING + ABOVE_HEADING + GAP) + AROUND > self.height()
        if dense != (self.property("dense") == "true"):
            self.setProperty("dense", "true" if dense else "false")
            self._pages.setSpacing(1 if dense else GAP)
            self._foot.setSpacing(1 if dense else GAP)
            for widget in (self, *self._buttons.values(), *self._headings.values()):
                theme.restyle(widget)
        QTimer.singleShot(0, self._show_marked)

    @Slot()
    def _show_marked(self) -> None:
        marked = self.marked
        if marked is not None and self._pages.indexOf(marked) >= 0:
            self._pages.activate()
            self._scroll.ensureWidgetVisible(marked, 0, ENTRY)

    def mark(self, key: str) -> None:
        """Show which page is open."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            self._arrange()

    def button(self, key: str) -> NavigationButton:
        """The entry of a page."""
        return self._buttons[key]

    def heading(self, title: str) -> HeadingButton:
        """The heading of this name."""
        return self._headings[title]

    def set_badge(self, key: str, count: int) -> None:
        """Show how much waits behind an entry, if it is there."""
        if key in self._buttons:
            self._buttons[key].set_badge(count)
            self._arrange()

    def fold(self, title: str, folded: bool) -> None:
        """Hide or show the entries under a heading, and remember that for this user."""
        if title not in self._headings or (title in self._folded) == folded:
            return
        (self._folded.add if folded else self._folded.discard)(title)
        if self._remember_as:
            settings.write(self._remember_as, sorted(self._folded) or None)
        self._arrange()

    @property
    def marked(self) -> NavigationButton | None:
        """The entry of the page that is open."""
        return next((item for item in self._buttons.values() if item.isChecked()), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the pages here, in order, also those folded away."""
        return tuple(self._keys)

    @property
    def headings(self) -> tuple[str, ...]:
        """Titles of the headings, in order."""
        return tuple(self._headings)

    @Slot(int)
    def _clicked(self, number: int) -> None:
        self.chosen.emit(self._keys[number])

    @Slot()
    def _heading_clicked(self) -> None:
        heading = self.sender()
        if isinstance(heading, HeadingButton):
            self.fold(heading.title, heading.open)

    @Slot(object)
    def _walked(self, key: Qt.Key) -> None:
        focused = self.focusWidget()
        walk = self._walk()
        if focused not in walk:
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold_by_key(focused, key == Qt.Key.Key_Left)
            return
        step = 1 if key == Qt.Key.Key_Down else -1
        following = walk[(walk.index(focused) + step) % len(walk)]
        following.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(following, 0, GAP)

    def _fold_by_key(self, focused: QWidget, folded: bool) -> None:
        title = focused.title if isinstance(focused, HeadingButton) else self._group_of(focused)
        if title:
            if folded:
                self._headings[title].setFocus(Qt.FocusReason.TabFocusReason)
            self.fold(title, folded)

    def _group_of(self, item: QWidget) -> str:
        return next((group for key, group in self._under.items() if self._buttons[key] is item), "")

    def _walk(self) -> list[QWidget]:
        """Headings and entries from top to bottom, without those folded away."""
        upper = [self._pages.itemAt(place).widget() for place in range(self._pages.count())]
        lower = [self._foot.itemAt(place).widget() for place in range(self._foot.count())]
        return [widget for widget in (*upper, *lower) if widget is not None and not widget.isHidden()]


def _icon(name: str) -> QIcon:
    """Grey, white when it is the open page."""
    icon = QIcon(icons.pixmap(name, 20, TOKENS.navigation_text, 2.0))
    icon.addPixmap(icons.pixmap(name, 20, "#FFFFFF", 2.0), QIcon.Mode.Normal, QIcon.State.On)
    return icon
