"""The door: log in, set the first password, unlock after an absence."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from dangxiao_houqin._forms.app.ui_login_page import Ui_LoginPage
from dangxiao_houqin._forms.app.ui_new_password_page import Ui_NewPasswordPage
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.ui import messages, settings, theme
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.fields import PasswordField, TextField
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import column, label, row

from .emblem import EmblemLabel, window_icon

LAST_LOGIN = "login/last"
UNCLASSIFIED = "非涉密系统，严禁存储、处理国家秘密"


class BrandPanel(QWidget):
    """The dark half: emblem, school, what the program is for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(340)
        self.school = label("", "")
        self.school.setFont(theme.font(24, bold=True))
        self.school.setStyleSheet("color: #FFFFFF; font-size: 24px; font-weight: 600;")
        self.school.setWordWrap(True)
        product = label("党校后勤保障管理平台")
        product.setStyleSheet(f"color: {TOKENS.navigation_text}; font-size: 15px;")
        lines = label("名单进来，床位安排好，单子印出来。")
        lines.setStyleSheet(f"color: {TOKENS.navigation_text}; font-size: 13px;")
        lines.setWordWrap(True)
        self.banner = label(UNCLASSIFIED)
        self.banner.setStyleSheet("color: #E9C98A; font-size: 12px;")
        self.banner.setWordWrap(True)
        layout = column(EmblemLabel(56), 20, self.school, 6, product, 24, lines, None, self.banner, spacing=0)
        layout.setContentsMargins(36, 48, 32, 28)
        self.setLayout(layout)
        self.set_school("")

    def set_school(self, name: str) -> None:
        """The school's full name; empty before it is known."""
        self.school.setText(name or "党校后勤")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QLinearGradient(0, 0, self.width(), self.height())
        shade.setColorAt(0, QColor("#1B3050"))
        shade.setColorAt(1, QColor(TOKENS.navigation))
        painter.fillRect(self.rect(), shade)
        painter.setPen(Qt.PenStyle.NoPen)
        for radius, alpha in ((230, 12), (160, 14), (90, 16)):
            painter.setBrush(QColor(255, 255, 255, alpha))
            painter.drawEllipse(self.width() - radius // 2, self.height() - radius, radius * 2, radius * 2)
        painter.fillRect(0, 0, 4, self.height(), QColor(TOKENS.party_red))


class LoginWindow(QWidget):
    """Asks who it is until somebody is let in.

    Can be filled in while the database is still being opened; :meth:`set_ready` lets the answer go out.  Emits
    ``entered(LoggedIn)`` with full rights, ``left`` when it is closed, ``switched`` when an unlock is given up for
    another user.
    """

    entered = Signal(object)
    left = Signal()
    switched = Signal()
    other_database = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._ready = False
        self._waiting = False
        self._entered: Any = None
        self._closing_quietly = False
        self.setWindowTitle("登录 · 党校后勤")
        self.setWindowIcon(window_icon())
        self.setObjectName("dialogCard")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedSize(860, 540)
        self.brand = BrandPanel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_login())
        self.stack.addWidget(self._make_change())
        layout = row(self.brand, spacing=0)
        layout.addWidget(self.stack, 1)
        self.setLayout(layout)
        self.login.set_value(settings.read(LAST_LOGIN, ""))

    # ------------------------------------------------------------------ building
    def _make_login(self) -> QWidget:
        page = _card()
        self.ui = ui = Ui_LoginPage()
        ui.setupUi(page)
        self.title, self.subtitle, self.caps = ui.title, ui.subtitle, ui.caps
        self.submit, self.where, self.other_user = ui.submit, ui.where, ui.other_user
        self.busy, self.busy_text = ui.busy, ui.busy_text
        self.login = TextField("login", "登录名", max_length=40, placeholder="登录名")
        self.password = PasswordField("password", "密码", placeholder="密码")
        self.bar = MessageBar()
        ui.login_box.addWidget(self.login)
        ui.password_box.addWidget(self.password)
        ui.bar_box.addWidget(self.bar)
        _make_tall(self.submit)
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        self.busy.hide()
        self.other_user.hide()
        self.submit.clicked.connect(self.send)
        self.other_user.clicked.connect(self.switched)
        self.where.clicked.connect(self.other_database)
        self.password.edit.returnPressed.connect(self.send)
        self.login.edit.returnPressed.connect(self._to_password)
        for field in (self.login, self.password):
            field.edit.installEventFilter(self)
        return page

    def _make_change(self) -> QWidget:
        page = _card()
        self.change_ui = ui = Ui_NewPasswordPage()
        ui.setupUi(page)
        self.new = PasswordField("new", "新密码", placeholder="至少 8 位，字母和数字都有", strength=True)
        self.again = PasswordField("again", "再输一次", placeholder="再输一次新密码")
        self.change_bar = MessageBar()
        self.change = ui.change
        ui.new_box.addWidget(self.new)
        ui.again_box.addWidget(self.again)
        ui.bar_box.addWidget(self.change_bar)
        _make_tall(self.change)
        self.change.clicked.connect(self.send_change)
        ui.back.clicked.connect(self._back)
        self.new.edit.returnPressed.connect(self._to_again)
        self.again.edit.returnPressed.connect(self.send_change)
        return page

    # ------------------------------------------------------------------ states
    def set_school(self, name: str, *, banner: bool = True) -> None:
        """Show whose database this is."""
        self.brand.set_school(name)
        self.brand.banner.setVisible(banner)

    @Slot(float, str)
    def show_progress(self, fraction: float, text: str) -> None:
        """What the opening of the database is doing."""
        self.busy.setRange(0, 1000 if fraction > 0 else 0)
        self.busy.setValue(round(fraction * 1000))
        self.busy_text.setText(text)
        self.busy.show()

    def set_ready(self) -> None:
        """The database is open; an answer typed meanwhile goes out now."""
        self._ready = True
        self.busy.hide()
        self.busy_text.setText("")
        if self._waiting:
            self._waiting = False
            self.send()

    def show_open_error(self, error: Exception) -> None:
        """The database cannot be opened: say so, offer another place."""
        self.busy.hide()
        self.busy_text.setText("")
        self.submit.setEnabled(False)
        if isinstance(error, AppError):
            self.bar.say(str(error), "error", closable=False)
        else:
            messages.show(self, error)

    def ask_unlock(self, login: str, name: str) -> None:
        """Ask only for the password of who sits here."""
        self._ready = True
        self.title.setText("已锁定")
        self.subtitle.setText(f"{name}，请输入密码继续")
        self.submit.setText("解锁")
        self.login.set_value(login)
        self.login.set_read_only(True)
        self.login.edit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.where.hide()
        self.other_user.show()
        self.setWindowTitle("已锁定 · 党校后勤")

    def hint(self, text: str) -> None:
        """A friendly line on the bar (demo password)."""
        self.bar.say(text, "primary", closable=False)

    # ------------------------------------------------------------------ logging in
    @Slot()
    def send(self) -> None:
        """Ask the database who this is."""
        if not self.submit.isEnabled():
            return
        if not self.login.value():
            self.bar.say("请填写登录名。")
            self.login.setFocus()
            return
        if not self.password.value():
            self.bar.say("请填写密码。")
            self.password.setFocus()
            return
        if not self._ready:
            self._waiting = True
            self.show_progress(0.0, "正在打开数据库，马上登录…")
            return
        from dangxiao_houqin.modules.organization.api import LogIn, log_in

        self.bar.clear()
        self._set_busy(True)
        cmd = LogIn(self.login.value(), self.password.value())
        self._runner.command(log_in, cmd, ok=self._answered, fail=self._failed, action="organization.log_in")

    @Slot(object)
    def _answered(self, result: Any) -> None:
        from dangxiao_houqin.modules.organization.api import LoggedIn

        self._set_busy(False)
        if not isinstance(result, LoggedIn):
            self.bar.say(result.reason)
            self.password.set_value("")
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        settings.write(LAST_LOGIN, result.login)
        self._entered = result
        if result.must_change:
            self.stack.setCurrentIndex(1)
            self.new.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._let_in()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, AppError):
            self.bar.say(str(error), messages.tone_of(error))
        else:
            messages.show(self, error)

    def _set_busy(self, busy: bool) -> None:
        self.submit.setEnabled(not busy)
        self.submit.setText("正在登录…" if busy else "解锁" if self.login.edit.isReadOnly() else "登录")

    def _let_in(self) -> None:
        self.password.set_value("")
        entered, self._entered = self._entered, None
        self.entered.emit(entered)

    # ------------------------------------------------------------------ the first password
    @Slot()
    def send_change(self) -> None:
        """Replace the first password."""
        self.change_bar.clear()
        if self.new.value() != self.again.value():
            self.again.set_error("两次输入的密码不一样")
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        from dangxiao_houqin.modules.organization.api import ChangePassword

        self.change.setEnabled(False)
        cmd = ChangePassword(self.password.value(), self.new.value())
        self._runner.command(
            _change_as,
            self._entered.actor.user_id,
            cmd,
            ok=self._changed,
            fail=self._change_failed,
            action="organization.change_password",
        )

    @Slot(object)
    def _changed(self, actor: Any) -> None:
        self.change.setEnabled(True)
        self._entered = dataclasses.replace(self._entered, actor=actor, must_change=False)
        for field in (self.new, self.again):
            field.set_value("")
        self.stack.setCurrentIndex(0)
        self._let_in()

    @Slot(object)
    def _change_failed(self, error: Exception) -> None:
        self.change.setEnabled(True)
        if isinstance(error, AppError) and error.field == "new":
            self.new.touched = True
            self.new.set_error(str(error))
            self.new.setFocus(Qt.FocusReason.OtherFocusReason)
        elif isinstance(error, AppError):
            self.change_bar.say(str(error), messages.tone_of(error))
        else:
            messages.show(self, error)

    @Slot()
    def _back(self) -> None:
        self._entered = None
        self.stack.setCurrentIndex(0)
        self.password.set_value("")
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------ keyboard
    @Slot()
    def _to_password(self) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _to_again(self) -> None:
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            self._look_at_caps(event)
        return super().eventFilter(watched, event)

    def _look_at_caps(self, event: QKeyEvent) -> None:
        """A capital without Shift means that Caps Lock is on; Qt does not tell it otherwise."""
        text = event.text()
        if event.type() == QEvent.Type.KeyPress and len(text) == 1 and text.isascii() and text.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.setText("大写锁定（Caps Lock）已打开" if text.isupper() != shift else "")

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        middle = self.screen().availableGeometry().center()
        self.move(middle.x() - self.width() // 2, middle.y() - self.height() // 2)
        (self.password if self.login.value() else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_quietly(self) -> None:
        """Close without ``left``."""
        self._closing_quietly = True
        self.close()

    def closeEvent(self, event: Any) -> None:
        self._runner.drop(self)
        super().closeEvent(event)
        if not self._closing_quietly:
            self.left.emit()


def _change_as(ctx: Any, user_id: int, cmd: Any) -> Any:
    """Change the password of somebody who is known but not yet let in."""
    from dangxiao_houqin.modules.organization.api import change_password, current_actor

    ctx.actor = current_actor(ctx, user_id)
    return change_password(ctx, cmd)


def _card() -> QWidget:
    page = QWidget()
    page.setObjectName("dialogCard")
    return page


def _make_tall(wide: QPushButton) -> None:
    """The one button of the page is a little higher than those of the pages inside."""
    wide.setFixedHeight(42)
    wide.setStyleSheet("max-height: 40px; min-height: 40px; font-size: 15px;")
