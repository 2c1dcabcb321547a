"""From the desk to the kiosk: the PIN in the settings, the desk gone before the kiosk comes, and its refusals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app import machine
from dangxiao_houqin.app.kiosk.opening import KioskPanel, OpenKioskDialog, SetPinDialog, kiosk_target
from dangxiao_houqin.app.kiosk.readiness import one_kiosk
from dangxiao_houqin.app.login import LoginWindow
from dangxiao_houqin.app.main import KIOSK_TARGET, Office
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.paths import data_dir
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.surveys.services import set_pin

from .conftest import PASSWORD, dialogs

ROOT = Path(__file__).parents[2]
QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
SOON = 20_000


@pytest.fixture
def log_in(qtbot: QtBot, start: Callable[..., Office], school_db: str) -> Callable[[str], Office]:
    """``log_in("admin")`` opens the program on the school and logs in."""

    def enter(login: str) -> Office:
        office = start(school_db)
        window: LoginWindow = office.login
        qtbot.waitUntil(lambda: window.submit.isEnabled(), timeout=SOON)
        window.login.set_value(login)
        window.password.set_value(PASSWORD)
        window.send()
        qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=SOON)
        return office

    return enter


@pytest.fixture
def no_kiosk(qapp: QApplication) -> Iterator[None]:
    """The next test's application has no kiosk to start."""
    yield
    qapp.setProperty(KIOSK_TARGET, None)


def _open_dialog(office: Office) -> OpenKioskDialog:
    assert office.shell is not None
    office.shell.do_command("kiosk")
    (dialog,) = dialogs(OpenKioskDialog)
    assert isinstance(dialog, OpenKioskDialog)
    return dialog


@pytest.mark.usefixtures("no_kiosk")
def test_the_desk_logs_out_and_closes_before_the_kiosk_starts(
    qtbot: QtBot, log_in: Callable[[str], Office], school_db: str, qapp: QApplication
) -> None:
    office = log_in("admin")
    assert office.shell is not None
    shell = office.shell
    assert shell.kiosk_action.isVisible()

    # ---- without a PIN it says where to set one, and the desk stays
    dialog = _open_dialog(office)
    dialog.primary.click()
    qtbot.waitUntil(lambda: dialog.bar.isVisible(), timeout=SOON)
    assert "系统设置 → 自助终端" in dialog.bar.text
    dialog.reject()

    # ---- the PIN is set in the settings
    shell.show_page("app.settings")
    page = shell.page("app.settings")
    page.open_target({"section": "surveys.kiosk"})
    panel = page.findChild(KioskPanel)
    assert panel is not None
    qtbot.waitUntil(lambda: "还没有设置" in panel.state.text(), timeout=SOON)
    panel.set_pin.click()
    (pin,) = dialogs(SetPinDialog)
    assert isinstance(pin, SetPinDialog)
    pin.form.set_values({"pin": "482915", "again": "482916"})
    pin.primary.click()
    assert pin.isVisible()
    pin.form.set_values({"pin": "123456", "again": "123456"})
    pin.primary.click()
    qtbot.waitUntil(lambda: bool(pin.form["pin"].error), timeout=SOON)
    pin.form.set_values({"pin": "482915", "again": "482915"})
    pin.primary.click()
    qtbot.waitUntil(lambda: "已设置" in panel.state.text(), timeout=SOON)

    # ---- another kiosk is open on this computer
    with_kiosk = QLockFile(str(data_dir() / "kiosk.lock"))
    assert with_kiosk.tryLock(0)
    with pytest.raises(RuleViolation, match="已经打开了一个自助终端"):
        one_kiosk()
    with_kiosk.unlock()

    # ---- now it goes: everything of the desk is gone, and which kiosk is to start is known
    dialog = _open_dialog(office)
    dialog.primary.click()
    qtbot.waitUntil(lambda: qapp.property(KIOSK_TARGET) == school_db, timeout=SOON)
    qtbot.waitUntil(lambda: office.shell is None, timeout=SOON)
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == []


def test_who_may_not_open_kiosks_sees_no_way_to(log_in: Callable[[str], Office], school_db: str) -> None:
    db = Database(school_db)
    with unit_of_work(db, Actor.system(), "test.role") as ctx:
        from dangxiao_houqin.modules.organization.models import UserAccount

        ctx.session.query(UserAccount).filter(UserAccount.login == "liting").one().must_change_password = False
    db.close()
    office = log_in("liting")
    assert office.shell is not None
    assert not office.shell.kiosk_action.isVisible()
    assert "kiosk" not in [command.key for command in office.shell.finder.commands]


def test_on_postgresql_the_kiosk_has_an_address_of_its_own() -> None:
    desk = "postgresql://office:secret@db/houqin"
    good = "postgresql://dangxiao_kiosk_houqin:other@db/houqin"
    assert kiosk_target("/data/school.db", "") == "/data/school.db"
    assert kiosk_target(desk, f" {good} ") == good
    for bad, sentence in (
        ("", "请填写 init 给出的"),
        (desk, "办公电脑自己的数据库用户"),
        ("postgresql://dangxiao_kiosk_houqin:other@db/another", "不是数据库“houqin”的"),
        ("/data/school.db", "不是数据库“houqin”的"),
        ("nonsense://", "数据库"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            kiosk_target(desk, bad)


def test_this_computer_remembers_both_addresses(data_folder: Path) -> None:
    machine.store_database("postgresql://office:secret@db/houqin")
    machine.store_kiosk_database("postgresql://kiosk:other@db/houqin")
    machine.store_database("/data/“school”.db")
    assert machine.stored_database() == "/data/“school”.db"
    assert machine.stored_kiosk_database() == "postgresql://kiosk:other@db/houqin"
    assert (data_folder / "machine.toml").stat().st_mode & 0o077 == 0


def _kiosk(target: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    command = [sys.executable, "-m", "dangxiao_houqin", "kiosk", *(["--db", target] if target else [])]
    inherited = {**os.environ, "DANGXIAO_DATA_DIR": str(data), "PYTHONPATH": str(ROOT / "src"), **environment}
    return subprocess.run(
        command, env=inherited, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


def test_the_command_refuses_a_kiosk_that_nobody_could_close(school_db: str, tmp_path: Path) -> None:
    data = tmp_path / "kiosk"
    refused = _kiosk(school_db, data)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "还没有设置自助终端的口令" in refused.stderr
    missing = _kiosk("", data, DANGXIAO_KIOSK_DB=str(tmp_path / "missing.db"))
    assert missing.returncode == 1
    assert "没有找到数据库文件" in missing.stderr
    assert not (tmp_path / "missing.db").exists()
    assert _kiosk("", data).returncode == 64


def test_papers_for_another_database_keep_the_kiosk_from_changing_over(school_db: str, tmp_path: Path) -> None:
    from dangxiao_houqin.app.kiosk.queue import FILE_NAME, AnswerQueue
    from tests.modules.surveys.ballots import paper

    db = Database(school_db)
    with unit_of_work(db, Actor.system(), "surveys.set_pin") as ctx:
        set_pin(ctx, "482915", QUICK)
        day = ctx.today()
    db.close()
    data = tmp_path / "kiosk"
    data.mkdir()
    queue = AnswerQueue(data / FILE_NAME)
    queue.belong_to("PostgreSQL 10.0.0.1:5432/houqin")
    queue.put(paper(7, day))
    queue.close()
    refused = _kiosk(school_db, data)
    assert refused.returncode == 1
    assert "还有 1 份答卷要交到" in refused.stderr
