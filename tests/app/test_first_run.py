"""The first start: four pages and the program is in use; an existing database is only opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot
from sqlalchemy import text

from dangxiao_houqin.app import machine
from dangxiao_houqin.app.main import Office
from dangxiao_houqin.modules.expenses.domain.budgets import SEED_CATEGORIES

Start = Callable[..., Office]


def to_school(qtbot: QtBot, office: Office, path: Path) -> None:
    window = office.first_run
    window.path.set_value(str(path))
    window.go_on()
    qtbot.waitUntil(lambda: window.stack.currentIndex() == 1, timeout=15000)


def test_from_first_start_to_the_main_window(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    office = start(None)
    window = office.first_run
    target = tmp_path / "数据" / "houqin.db"
    to_school(qtbot, office, target)
    window.go_on()
    assert window.stack.currentIndex() == 1, "the name is required"
    assert window.school_form["full_name"].error
    window.school_form["full_name"].set_value("中共松坪县委党校")
    window.go_on()
    window.admin_form["display_name"].set_value("褚喆")
    window.admin_form["password"].edit.setText("kurz1")
    window.admin_form["again"].edit.setText("kurz1")
    window.go_on()
    assert window.stack.currentIndex() == 2
    assert "至少要有 8 位" in window.admin_form["password"].error
    window.admin_form["password"].edit.setText("Songping26")
    window.go_on()
    assert window.admin_form["again"].error == "两次输入的密码不一样"
    window.admin_form["again"].edit.setText("Songping26")
    window.go_on()
    assert window.stack.currentIndex() == 3
    window.go_on()
    qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=30000)
    assert office.shell is not None
    assert office.shell.user_button.text().strip() == "褚喆"
    assert office.shell.windowTitle().startswith("松坪县委党校")
    assert machine.stored_database() == str(target)
    assert target.exists()
    assert office.first_run is None
    assert "expenses.claims" in office.shell.sidebar.keys
    with office.sitting.db.engine.connect() as connection:  # a claim can be filled in at once
        assert connection.execute(text("SELECT count(*) FROM economic_category")).scalar() == len(SEED_CATEGORIES)


def test_an_existing_database_is_only_opened(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(None)
    office.first_run.path.set_value(school_db)
    office.first_run.go_on()
    qtbot.waitUntil(lambda: office.login is not None, timeout=15000)
    assert machine.stored_database() == school_db
    qtbot.waitUntil(lambda: office.login.brand.school.text() == "中共岚溪县委党校", timeout=15000)


def test_a_server_that_does_not_answer_is_told(qtbot: QtBot, start: Start) -> None:
    office = start(None)
    window = office.first_run
    window.shared.setChecked(True)
    window.place_form.set_values({"host": "127.0.0.1", "port": "1", "database": "x", "user": "y"})
    window.test.click()
    qtbot.waitUntil(lambda: bool(window.bar.text), timeout=20000)
    assert "连不上数据库" in window.bar.text
    assert window.stack.currentIndex() == 0
    assert window.forward.isEnabled()


def test_a_file_that_is_no_database_is_refused(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("这不是数据库", encoding="utf-8")
    office = start(None)
    office.first_run.path.set_value(str(letter))
    office.first_run.go_on()
    qtbot.waitUntil(lambda: bool(office.first_run.bar.text), timeout=15000)
    assert "不是数据库" in office.first_run.bar.text
    assert letter.read_text(encoding="utf-8") == "这不是数据库"


def test_machine_settings_keep_the_address_and_refuse_what_they_cannot_read(data_folder: Path) -> None:
    assert machine.stored_database() is None
    address = 'postgresql://u:p"w\\x@10.0.0.1/库'
    machine.store_database(address)
    assert machine.stored_database() == address
    assert (data_folder / "machine.toml").stat().st_mode & 0o077 == 0


def test_damaged_machine_settings_are_told_and_not_guessed(qtbot: QtBot, start: Start, data_folder: Path) -> None:
    data_folder.mkdir(exist_ok=True)
    (data_folder / "machine.toml").write_text("database = [", encoding="utf-8")
    office = start(None)
    assert "读不懂" in office.login.bar.text
    assert office.first_run is None
