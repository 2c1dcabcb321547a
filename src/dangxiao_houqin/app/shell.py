"""The main window: navigation, search, who is here, the open page, and what runs in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QMainWindow, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.surveys.domain.rules import KIOSK
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.task_tray import TaskTray
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Avatar, EmptyState, PillLabel, row

from .bell import INBOX_PAGE, BellButton, InboxWatch
from .finder import Command, Finder
from .navigation import in_navigation, page_for, visible_to
from .sidebar import Sidebar

_TOP_SHEET = f"""
#topBar {{ background: {TOKENS.card}; border: none; border-bottom: 1px solid {TOKENS.line}; }}
#userButton {{ border: 1px solid transparent; border-radius: 6px; padding: 0 6px; font-size: {TOKENS.px_body}px; }}
"""

_COMMANDS = (
    Command("change_password", "修改密码", "key-round", "账号"),
    Command("lock", "锁定屏幕", "lock", "Ctrl+L"),
    Command("log_out", "退出登录", "log-out", "账号"),
    Command("kiosk", "打开自助终端", "monitor", "满意度"),
    Command("manual", "使用说明", "circle-help", "F1"),
    Command("about", "关于本程序", "info", "版本、数据位置"),
)


class Shell(QMainWindow):
    """The window in which the day's work is done.

    ``pages`` are all pages in order; each is built when first shown. The window is complete before the database is
    open: :meth:`ready` then shows the first page.
    """

    lock_asked = Signal()
    log_out_asked = Signal()
    password_asked = Signal()
    about_asked = Signal()
    kiosk_asked = Signal()
    closing = Signal()

    def __init__(self, desk: Desk, pages: Sequence[PageSpec], modules: Sequence[ModuleSpec]) -> None:
        super().__init__()
        self.desk = desk
        desk.window = self
        desk.reachable = self._may_show
        self._all_pages = tuple(pages)
        self._modules = tuple(modules)
        self._open: dict[str, Page] = {}
        self._current = ""
        self._allowed: tuple[PageSpec, ...] = ()
        self._ready = False
        self.manual: Any = None
        self._allowed_to_close = False
        self.setWindowTitle("党校后勤")
        self.setMinimumSize(1280, 720)
        self.sidebar = Sidebar()
        self.stack = QStackedWidget()
        self.stack.setObjectName("ground")
        waiting = QWidget()
        waiting.setObjectName("ground")
        waiting.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stack.addWidget(waiting)
        self.tray = TaskTray(desk.runner)
        self.tray.setObjectName("topBar")
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._make_top_bar())
        right.addWidget(self.stack, 1)
        right.addWidget(self.tray)
        layout = row(self.sidebar, spacing=0)
        layout.addLayout(right, 1)
        body = QWidget()
        body.setLayout(layout)
        self.setCentralWidget(body)
        self._show_actor()
        self._make_shortcuts()
        self.waiting = InboxWatch(desk, self._modules, self)
        self.waiting.counted.connect(self._show_waiting)
        self.sidebar.chosen.connect(self.show_page)
        desk.went.connect(self.go)
        desk.opened.connect(self.open_ref)
        desk.actor_changed.connect(self._actor_changed)
        if not settings.restore_geometry(self, "shell"):
            self._first_geometry()

    # ------------------------------------------------------------------ building
    def _make_top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("topBar")
        bar.setStyleSheet(_TOP_SHEET)
        bar.setFixedHeight(TOKENS.top_bar)
        self.finder = Finder(self.desk.runner)
        self.finder.setFixedWidth(380)
        self.finder.opened.connect(self.open_ref)
        self.finder.commanded.connect(self.do_command)
        self.demo_mark = PillLabel(Pill("演示数据", "warning"))
        self.demo_mark.setToolTip("学校、人员和班次都是虚构的，可以随意试用；真实数据请另建数据库。")
        if not self.desk.demo:
            self.demo_mark.hide()
        self._avatar = Avatar("")
        self.user_button = QToolButton()
        self.user_button.setObjectName("userButton")
        self.user_button.setFixedHeight(TOKENS.control)
        self.user_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.user_button.setIcon(icons.icon("chevron-down", TOKENS.text_second, 16))
        self.user_button.setIconSize(QSize(16, 16))
        self.user_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.user_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.user_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.user_button.setCursor(Qt.CursorShape.PointingHandCursor)
        menu = QMenu(self.user_button)
        self._add(menu, "key-round", "修改密码…", self.password_asked)
        self._add(menu, "lock", "锁定屏幕\tCtrl+L", self.lock_asked)
        menu.addSeparator()
        self._add(menu, "circle-help", "使用说明\tF1", self.show_manual)
        self._add(menu, "info", "关于本程序…", self.about_asked)
        menu.addSeparator()
        self.kiosk_action = self._add(menu, "monitor", "打开自助终端…", self.kiosk_asked)
        self._add(menu, "log-out", "退出登录", self.log_out_asked)
        self.user_button.setMenu(menu)
        self.bell = BellButton()
        self.bell.clicked.connect(self._to_inbox)
        layout = row(self.finder, None, self.demo_mark, 8, self.bell, 4, self._avatar, self.user_button, spacing=8)
        layout.setContentsMargins(24, 0, 20, 0)
        bar.setLayout(layout)
        return bar

    def _add(self, menu: QMenu, icon: str, text: str, answer: Any) -> QAction:
        action = QAction(icons.icon(icon, TOKENS.text_second, 18), text, menu)
        action.triggered.connect(answer)
        menu.addAction(action)
        return action

    def _make_shortcuts(self) -> None:
        pairs: list[tuple[str, Callable[[], object]]] = [
            ("Ctrl+K", self._to_search),
            ("Ctrl+L", self.lock_asked.emit),
            ("F6", self._to_navigation),
            ("F1", self.show_manual),
        ]
        for keys, slot in pairs:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(slot)
        for number in range(1, 10):
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._by_number)

    def _first_geometry(self) -> None:
        room = self.screen().availableGeometry()
        if room.width() < 1500 or room.height() < 950:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self.resize(min(1440, room.width()), min(900, room.height()))

    # ------------------------------------------------------------------ who is here
    def set_names(self, school: str, office: str) -> None:
        """The school's short name and the office, top left and in the title."""
        self.sidebar.set_names(school, office)
        self.setWindowTitle(f"{school} · 党校后勤" if school else "党校后勤")

    @Slot(object)
    def _actor_changed(self, _actor: Actor) -> None:
        self._show_actor()
        if self._current and not self._may_show(self._current) and self.sidebar.keys:
            self.show_page(self.sidebar.keys[0])
        if self._ready:
            self.waiting.look()

    def _show_actor(self) -> None:
        actor = self.desk.actor
        self._avatar.set_name(actor.name)
        self.user_button.setText(f"{actor.name} ")
        self.user_button.setAccessibleName(f"当前用户 {actor.name}")
        pages = self._allowed = visible_to(self._all_pages, actor)
        self.sidebar.set_pages(in_navigation(pages), str(actor.user_id or ""))
        self._mark(self._current)
        self.bell.setVisible(self._may_show(INBOX_PAGE))
        self.kiosk_action.setVisible(actor.can(KIOSK))
        self.finder.providers = tuple(provider for module in self._modules for provider in module.search)
        commands = _COMMANDS if actor.can(KIOSK) else tuple(each for each in _COMMANDS if each.key != "kiosk")
        self.finder.commands = tuple(Command(f"page:{p.key}", p.title, p.icon, "打开页面") for p in pages) + commands

    # ------------------------------------------------------------------ pages
    def ready(self) -> None:
        """The database is open: show the page where the user left off, or the first."""
        self._ready = True
        keys = self.sidebar.keys
        if not keys:
            self._show_nothing_allowed()
            return
        self.show_page(keys[0])
        self.waiting.start()

    def _may_show(self, key: str) -> bool:
        return any(page.key == key for page in self._allowed)

    def _mark(self, key: str) -> None:
        """Mark the entry of a page, or of the one it belongs under."""
        spec = next((page for page in self._all_pages if page.key == key), None)
        under = spec.under if spec is not None else ""
        self.sidebar.mark(under if under in self.sidebar.keys else key)

    @property
    def current_key(self) -> str:
        """Key of the page that is shown."""
        return self._current

    def page(self, key: str) -> Page:
        """The page ``key``, built if need be."""
        if key not in self._open:
            spec = next(spec for spec in self._all_pages if spec.key == key)
            built: Page = spec.create(self.desk)
            self._open[key] = built
            self.stack.addWidget(built)
        return self._open[key]

    @Slot(str)
    def show_page(self, key: str) -> bool:
        """Show a page; ``False`` when the one that is open does not want to be left or the new one is not allowed."""
        if not self._may_show(key) or not self._ready:
            return False
        if key == self._current:
            self._mark(key)
            return True
        if self._current and not self._open[self._current].leave():
            self._mark(self._current)
            return False
        page = self.page(key)
        self._current = key
        self._mark(key)
        self.stack.setCurrentWidget(page)
        return True

    @Slot(str, object)
    def go(self, key: str, arguments: Any = None) -> None:
        """Show a page and hand it what it is to show."""
        if self.show_page(key):
            if arguments is not None:
                self.page(key).open_target(arguments)
        elif not self._may_show(key):
            messages.toast(self, "您没有打开这个页面的权限。", tone="warning")

    @Slot(object)
    def open_ref(self, ref: Ref) -> None:
        """Show what ``ref`` points to."""
        self.finder.clearFocus()
        spec = page_for(ref, visible_to(self._all_pages, self.desk.actor), self._modules)
        if spec is None:
            messages.toast(self, "这条内容没有可以打开的页面，或您没有权限。", tone="warning")
        else:
            self.go(spec.key, ref)

    @Slot(str)
    def do_command(self, key: str) -> None:
        """What was chosen in the search list."""
        self.finder.clearFocus()
        if key.startswith("page:"):
            self.show_page(key.removeprefix("page:"))
            return
        if key == "manual":
            self.show_manual()
            return
        signals = {
            "lock": self.lock_asked,
            "log_out": self.log_out_asked,
            "change_password": self.password_asked,
            "about": self.about_asked,
            "kiosk": self.kiosk_asked,
        }
        signals[key].emit()

    def _show_nothing_allowed(self) -> None:
        empty = EmptyState()
        empty.show_state("还没有给您分配权限", "请联系系统管理员，在“用户与角色”里给您选择角色。", icon="shield")
        empty.setObjectName("ground")
        self.stack.addWidget(empty)
        self.stack.setCurrentWidget(empty)

    @Slot()
    def show_manual(self) -> None:
        """使用说明 beside the window, at the chapter of the open page."""
        from .manual import CHAPTERS, ManualWindow

        if self.manual is None:
            self.manual = ManualWindow(self)
            self.manual.finished.connect(self._manual_closed)
        self.manual.show()
        self.manual.raise_()
        self.manual.activateWindow()
        if self._current in CHAPTERS:
            self.manual.show_chapter(CHAPTERS[self._current])

    @Slot()
    def _manual_closed(self) -> None:
        self.manual = None

    @Slot()
    def _to_search(self) -> None:
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    @Slot()
    def _to_navigation(self) -> None:
        marked = self.sidebar.marked
        if marked is not None:
            marked.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _to_inbox(self) -> None:
        self.go(INBOX_PAGE, {"scope": "mine"})

    @Slot(object)
    def _show_waiting(self, waiting: Any) -> None:
        self.bell.set_waiting(waiting.open, waiting.late)
        for key, count in waiting.badges.items():
            self.sidebar.set_badge(key, count)

    @Slot()
    def _by_number(self) -> None:
        number = self.sender().property("number") - 1
        if number < len(self.sidebar.keys):
            self.show_page(self.sidebar.keys[number])

    # ------------------------------------------------------------------ closing
    def may_leave(self) -> bool:
        """Whether the open page lets go (asks about unsaved work itself)."""
        return not self._current or self._open[self._current].leave()

    @Slot(bool)
    def _close_answered(self, yes: bool) -> None:
        if yes:
            self._allowed_to_close = True
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._allowed_to_close:
            if not self.may_leave():
                event.ignore()
                return
            running = [task for task in self.desk.runner.tasks("command", "work") if not task.done and _asked_for(task)]
            if running:
                names = "、".join(sorted({task.title or "保存" for task in running}))
                messages.ask(
                    self,
                    f"还有 {len(running)} 项任务在进行（{names}）。现在退出会取消导出和打印，正在保存的修改会先存完。",
                    done=self._close_answered,
                    title="退出程序？",
                    yes="退出",
                    no="留下",
                )
                event.ignore()
                return
        settings.save_geometry(self, "shell")
        self.closing.emit()
        super().closeEvent(event)

    def leave_for_good(self) -> None:
        """Close without asking (log out, tests)."""
        self._allowed_to_close = True
        self.close()


def _asked_for(task: Task) -> bool:
    """Somebody waits for it: a change, or work that has a name. What the program does by itself may just end."""
    return task.lane == "command" or bool(task.title)
