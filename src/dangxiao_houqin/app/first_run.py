"""First start: where the data lives, whose school it is, who administers it, and whether to look at a demo first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin._forms.app.ui_first_run_place_page import Ui_FirstRunPlacePage
from dangxiao_houqin._forms.app.ui_first_run_start_page import Ui_FirstRunStartPage
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import messages, theme
from dangxiao_houqin.ui.background import Runner, Task
from dangxiao_houqin.ui.fields import PasswordField, TextField
from dangxiao_houqin.ui.form import Form
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import button, column, label, row

from .emblem import EmblemLabel, window_icon
from .login import UNCLASSIFIED
from .machine import default_database

STEPS = ("数据位置", "单位名称", "管理员", "开始使用")


@dataclass(frozen=True)
class Answers:
    """What the assistant was told; ``existing`` means that the database already has users: only log in."""

    target: str
    full_name: str = ""
    short_name: str = ""
    login: str = ""
    display_name: str = ""
    password: str = field(default="", repr=False)
    demo: bool = False
    existing: bool = False


@dataclass(frozen=True)
class Tested:
    """Outcome of looking at a database address: a sentence, and whether users exist already."""

    sentence: str
    existing: bool


def look_at_target(_progress: Progress, target: str) -> Tested:
    """Look at an address without writing; raises :class:`AppError` with the reason when it cannot be used."""
    from dangxiao_houqin.core.db import Database
    from dangxiao_houqin.core.errors import NotFound, RuleViolation, Unavailable
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.organization.api import count_users

    from .database import FileState, look_at_file, look_at_server

    db = Database(target)
    try:
        look = look_at_file(db.path) if db.path is not None else look_at_server(db)
        if look.state in (FileState.MISSING, FileState.EMPTY):
            return Tested(
                "可以使用，将在这里新建数据库。" if db.is_sqlite else "连接成功，数据库是空的，将在里面建表。", False
            )
        if look.state is FileState.FOREIGN:
            raise RuleViolation("这里是别的程序的数据，请换一个位置。")
        if look.state is FileState.NEWER:
            raise RuleViolation("这个数据库由更新的版本写成，请先安装新版本的程序。")
        if look.state in (FileState.DAMAGED, FileState.NOT_A_DATABASE):
            raise Unavailable("这个文件已损坏或不是数据库，请换一个位置。")
        if look.state is FileState.OLDER:
            return Tested("找到已有的数据，版本较旧，打开时会先备份再升级。", True)
        with unit_of_work(db, Actor(None, "首次设置"), "app.look_at_target", read_only=True) as ctx:
            existing = count_users(ctx) > 0
        return Tested(
            "找到已有的数据，将直接进入登录。" if existing else "数据库已建好但还没有用户，将继续设置。", existing
        )
    except NotFound as error:
        raise Unavailable(str(error)) from error
    finally:
        db.close()


def set_up(progress: Progress, answers: Answers) -> None:
    """Create the database, the school, the roles and the administrator, and load the demo school when asked."""
    from dangxiao_houqin.core.clock import SystemClock
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.organization.api import FirstRun, count_users, first_run

    from .beginning import ensure_beginnings
    from .database import open_database
    from .roles import BUILTIN_ROLES

    progress(0.02, "正在建立数据库")
    db = open_database(answers.target, create=True, progress=lambda part, text: progress(0.02 + part * 0.2, text))
    try:
        if answers.existing:
            return
        progress(0.25, "正在建立管理员和角色")
        with unit_of_work(db, Actor.system("首次设置"), "organization.first_run") as ctx:
            if count_users(ctx) == 0:
                cmd = FirstRun(
                    answers.full_name, answers.short_name, answers.login, answers.display_name, answers.password
                )
                first_run(ctx, cmd, BUILTIN_ROLES)
                ensure_beginnings(ctx)
        if answers.demo:
            from .demo_data import load_demo

            load_demo(db, SystemClock(), lambda part, text: progress(0.3 + part * 0.7, text))
        progress(1.0, "准备好了")
    finally:
        db.close()


class FirstRunWindow(QWidget):
    """Four short pages; emits ``finished(Answers)`` when the database is ready, ``left`` when closed."""

    finished = Signal(object)
    left = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._task: Task | None = None
        self._existing = False
        self._tested = ""
        self._done = False
        self._answers = Answers("")
        self.setWindowTitle("首次设置 · 党校后勤")
        self.setWindowIcon(window_icon())
        self.setObjectName("dialogCard")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedSize(860, 580)
        self.stack = QStackedWidget()
        for page in (self._make_place(), self._make_school(), self._make_admin(), self._make_start()):
            self.stack.addWidget(page)
        self.bar = MessageBar()
        self.busy = QProgressBar()
        self.busy.setTextVisible(False)
        self.busy_text = label("", "hint")
        self.busy_text.setMinimumHeight(18)
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        self.busy.hide()
        self.back = button("上一步", self.go_back)
        self.forward = button("下一步", self.go_on, kind="primary")
        self.forward.setAutoDefault(True)
        right = QVBoxLayout()
        right.setContentsMargins(44, 36, 44, 28)
        right.setSpacing(6)
        right.addWidget(self.stack, 1)
        right.addWidget(self.bar)
        right.addWidget(self.busy)
        right.addWidget(self.busy_text)
        right.addLayout(row(None, self.back, self.forward, spacing=8))
        layout = row(self._make_steps(), spacing=0)
        layout.addLayout(right, 1)
        self.setLayout(layout)
        self.show_step(0)

    # ------------------------------------------------------------------ building
    def _make_steps(self) -> QWidget:
        side = QFrame()
        side.setObjectName("sidebar")
        side.setFixedWidth(240)
        side.setStyleSheet(f"#sidebar {{ background: {TOKENS.navigation}; }} #sidebar QLabel {{ color: #FFFFFF; }}")
        title = label("党校后勤")
        title.setFont(theme.font(20, bold=True))
        title.setStyleSheet("font-size: 20px; font-weight: 600;")
        banner = label(UNCLASSIFIED, wrap=True)
        banner.setStyleSheet("color: #E9C98A; font-size: 12px;")
        self.marks = []
        marks = column(spacing=14)
        for number, text in enumerate(STEPS, start=1):
            mark = label(f"{number}　{text}")
            self.marks.append(mark)
            marks.addWidget(mark)
        layout = column(EmblemLabel(48), 14, title, 28, marks, None, banner, spacing=0)
        layout.setContentsMargins(28, 36, 24, 28)
        side.setLayout(layout)
        return side

    def _make_place(self) -> QWidget:
        page = _card()
        self.place_ui = ui = Ui_FirstRunPlacePage()
        ui.setupUi(page)
        self.local, self.shared, self.test_result = ui.local, ui.shared, ui.test_result
        self.path = TextField("path", "文件位置", max_length=400)
        self.path.set_value(str(default_database()))
        self.choose = button("选择…", self._choose_file, icon="folder-open")
        self.place_form = Form(label_width=76)
        self.place_form.add(TextField("host", "服务器", max_length=120, placeholder="如 192.168.1.10"))
        self.place_form.add(TextField("port", "端口", max_length=5), TextField("database", "数据库", max_length=60))
        self.place_form.add(TextField("user", "用户", max_length=60))
        self.place_form.add(PasswordField("password", "密码"))
        self.place_form.set_values({"port": "5432", "database": "houqin"})
        self.test = button("测试连接", self._test, icon="zap")
        line = row(self.path, self.choose, spacing=8)
        line.setStretch(0, 1)
        line.setAlignment(self.choose, Qt.AlignmentFlag.AlignTop)
        self.local_box = QWidget()
        self.local_box.setLayout(line)
        self.shared_box = QWidget()
        self.shared_box.setLayout(column(self.place_form, row(self.test, None), spacing=4))
        self.local.setChecked(True)
        self.shared_box.hide()
        ui.local_box.addWidget(self.local_box)
        ui.shared_box.addWidget(self.shared_box)
        self.local.toggled.connect(self._kind_changed)
        return page

    def _make_school(self) -> QWidget:
        self.school_form = Form(label_width=90)
        self.school_form.add(
            TextField(
                "full_name",
                "单位全称",
                required=True,
                max_length=60,
                placeholder="如 中共岚溪县委党校",
                help="印在名册、住宿安排表等文件的抬头。",
            )
        )
        self.school_form.add(
            TextField(
                "short_name", "简称", max_length=20, placeholder="如 岚溪党校", help="显示在窗口左上角，可以留空。"
            )
        )
        return _step("您的单位叫什么？", "以后可以在“系统设置 → 单位信息”里修改。", self.school_form)

    def _make_admin(self) -> QWidget:
        self.admin_form = Form(label_width=90)
        self.admin_form.add(TextField("display_name", "姓名", required=True, max_length=30, placeholder="如 周启明"))
        login = TextField("login", "登录名", required=True, max_length=40, help="登录时输入，字母、数字、汉字都可以。")
        self.admin_form.add(login)
        self.admin_form.add(PasswordField("password", "密码", required=True, strength=True))
        self.admin_form.add(PasswordField("again", "确认密码", required=True))
        self.admin_form.set_values({"login": "admin"})
        return _step("谁来管理？", "第一位系统管理员，可以增加其他用户、分配角色。", self.admin_form)

    def _make_start(self) -> QWidget:
        page = _card()
        self.start_ui = ui = Ui_FirstRunStartPage()
        ui.setupUi(page)
        self.empty, self.demo, self.summary = ui.empty, ui.demo, ui.summary
        self.empty.setChecked(True)
        return page

    # ------------------------------------------------------------------ steps
    def show_step(self, place: int) -> None:
        """Show one of the four pages."""
        self.stack.setCurrentIndex(place)
        self.bar.clear()
        self.back.setVisible(place > 0)
        self.forward.setText("完成" if place == len(STEPS) - 1 else "下一步")
        for number, mark in enumerate(self.marks):
            color = "#FFFFFF" if number == place else TOKENS.navigation_text if number > place else "#8FC7A5"
            weight = 600 if number == place else 400
            mark.setStyleSheet(f"color: {color}; font-size: 15px; font-weight: {weight};")
        first = {0: self.path, 1: self.school_form["full_name"], 2: self.admin_form["display_name"], 3: self.forward}
        first[place].setFocus(Qt.FocusReason.OtherFocusReason)
        if place == 3:
            values = self.school_form.values()
            self.summary.setText(f"将建立：{values['full_name']} · 管理员 {self.admin_form.values()['display_name']}")

    @Slot()
    def go_back(self) -> None:
        self.show_step(max(self.stack.currentIndex() - 1, 0))

    @Slot()
    def go_on(self) -> None:
        """Check the page and go on; on the last page set everything up."""
        place = self.stack.currentIndex()
        if place == 0:
            self._test()
        elif place == 1 and self.school_form.check():
            self.show_step(2)
        elif place == 2 and self._admin_is_good():
            self.show_step(3)
        elif place == 3:
            self._finish()

    def _admin_is_good(self) -> bool:
        from dangxiao_houqin.modules.organization.api import SecurityRules, check_new_password

        if not self.admin_form.check():
            return False
        values = self.admin_form.values()
        try:
            check_new_password(SecurityRules(), values["login"], values["password"])
        except AppError as error:
            self.admin_form.show_error(error)
            return False
        if values["password"] != values["again"]:
            self.admin_form["again"].set_error("两次输入的密码不一样")
            self.admin_form["again"].setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        return True

    # ------------------------------------------------------------------ where the data lives
    def target(self) -> str:
        """The address as chosen: a path or a PostgreSQL URL."""
        if self.local.isChecked():
            return self.path.value()
        from sqlalchemy.engine import URL

        values = self.place_form.values()
        url = URL.create(
            "postgresql",
            username=values["user"] or None,
            password=values["password"] or None,
            host=values["host"] or None,
            port=int(values["port"]) if values["port"].isdecimal() else None,
            database=values["database"] or None,
        )
        return url.render_as_string(hide_password=False)

    @Slot()
    def _kind_changed(self) -> None:
        self.local_box.setVisible(self.local.isChecked())
        self.shared_box.setVisible(not self.local.isChecked())
        self.test_result.setText("")

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "数据库文件放在哪里", self.path.value(), "数据库文件 (*.db)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("db")
        dialog.fileSelected.connect(self.path.set_value)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def _test(self) -> None:
        self._tested = self.target()
        self._only_testing = self.sender() is self.test
        self._set_busy(True, "正在检查数据位置…")
        self._runner.work(look_at_target, self._tested, ok=self._test_done, fail=self._failed)

    @Slot(object)
    def _test_done(self, result: Tested) -> None:
        self._set_busy(False)
        self._existing = result.existing
        self.test_result.setText(result.sentence)
        if self._only_testing:
            return
        if result.existing:
            self._answers = Answers(self._tested, existing=True)
            self._run_set_up()
        else:
            self.show_step(1)

    # ------------------------------------------------------------------ doing it
    @Slot()
    def _finish(self) -> None:
        school, admin = self.school_form.values(), self.admin_form.values()
        self._answers = Answers(
            self._tested,
            school["full_name"],
            school["short_name"],
            admin["login"],
            admin["display_name"],
            admin["password"],
            demo=self.demo.isChecked(),
        )
        self._run_set_up()

    def _run_set_up(self) -> None:
        self._set_busy(True, "正在准备…")
        self._task = self._runner.work(
            set_up, self._answers, ok=self._ready, fail=self._failed, progress=self._progress, title="首次设置"
        )

    @Slot(float, str)
    def _progress(self, fraction: float, text: str) -> None:
        self.busy.setRange(0, 1000)
        self.busy.setValue(round(fraction * 1000))
        self.busy_text.setText(text)

    @Slot(object)
    def _ready(self, _nothing: object) -> None:
        self._set_busy(False)
        self._done = True
        self.finished.emit(self._answers)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, AppError):
            self.bar.say(str(error), "error")
        else:
            messages.show(self, error)

    def _set_busy(self, busy: bool, text: str = "") -> None:
        self.stack.setEnabled(not busy)
        self.forward.setEnabled(not busy)
        self.back.setEnabled(not busy)
        self.busy.setRange(0, 0)
        self.busy.setVisible(busy)
        self.busy_text.setText(text)
        if busy:
            self.bar.clear()

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.forward.isEnabled():
            self.go_on()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: Any) -> None:
        self._runner.drop(self)
        super().closeEvent(event)
        if not self._done:
            self.left.emit()


def _step(title: str, hint: str, *items: QWidget | int) -> QWidget:
    page = _card()
    head = label(title, "pageTitle")
    words = label(hint, "second", wrap=True)
    if not hint:
        words.hide()
    layout = column(head, words, 10, *items, None, spacing=6)
    page.setLayout(layout)
    return page


def _card() -> QWidget:
    page = QWidget()
    page.setObjectName("dialogCard")
    return page
