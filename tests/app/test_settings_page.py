"""系统设置 builds itself from the dataclasses, saves, refuses with a sentence at the field, and keeps unsaved work."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.data_panel import DataPanel
from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.app.setting_fields import collected, field_for, shown
from dangxiao_houqin.app.settings_page import SettingsPage
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.api import (
    SchoolProfile,
    SecurityRules,
    get_section,
    permission_for,
    save_section,
)
from dangxiao_houqin.modules.places.domain import PlaceRules
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog

from .conftest import dialogs

pytestmark = pytest.mark.sqlite_only
SECTIONS = tuple(section for module in MODULES for section in module.settings)
Make = Callable[..., SettingsPage]


@pytest.fixture
def make(qtbot: QtBot, db: Database) -> Iterator[Make]:
    """``make(actor)`` opens the settings page for somebody."""
    runners: list[InstantRunner] = []

    def build(actor: Actor = Actor.system("周启明")) -> SettingsPage:  # noqa: B008
        def open_unit(action: str, **options: Any) -> AbstractContextManager[Any]:
            return unit_of_work(db, actor, action, **options)

        runner = InstantRunner(open_unit)
        runners.append(runner)
        page = SettingsPage(Desk(runner, actor), MODULES, permission_for)
        qtbot.addWidget(page)
        page.show()
        return page

    yield build
    for runner in runners:
        runner.shutdown()


def stored(db: Database, section: type[Any]) -> Any:
    with unit_of_work(db, Actor.system(), "test", read_only=True) as ctx:
        return get_section(ctx, section)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.section)
def test_every_section_goes_through_its_form_unchanged(qapp: QApplication, section: type[Any]) -> None:
    value = section()
    held = {}
    for entry in dataclasses.fields(section):
        field = field_for(section, entry)
        field.set_value(shown(getattr(value, entry.name)))
        assert field.check(), f"{entry.name}: {field.error}"
        held[entry.name] = field.value()
        assert entry.metadata.get("title"), f"{section.__name__}.{entry.name} has no title"
    assert collected(section, held) == value


def test_a_line_that_is_not_understood_is_named() -> None:
    with pytest.raises(InvalidInput, match="双人间，两张") as caught:
        collected(PlaceRules, {"room_types": "双人间，两张，0，否"})
    assert caught.value.field == "room_types"


def test_saves_and_says_so(make: Make, db: Database) -> None:
    page = make()
    assert page.list.count() == len(SECTIONS)
    assert not page.save.isEnabled()
    form = page.current.form
    form["full_name"].edit.setText("中共岚溪县委党校")  # type: ignore[attr-defined]
    assert page.save.isEnabled()
    assert page.list.item(0).text() == "单位信息 ●"
    page.save.click()
    assert stored(db, SchoolProfile).full_name == "中共岚溪县委党校"
    assert not page.save.isEnabled()
    assert page.list.item(0).text() == "单位信息"


def test_refuses_at_the_field(make: Make, db: Database) -> None:
    page = make()
    page.current.form["short_name"].edit.setText(" ")  # type: ignore[attr-defined]
    page.save.click()
    assert "不能留空" in page.current.form["short_name"].error
    page.undo.click()
    page.open_target({"section": "organization.security"})
    page.current.form["max_failures"].edit.setText("99")  # type: ignore[attr-defined]
    page.save.click()
    assert "不能大于 20" in page.current.form["max_failures"].error
    assert stored(db, SecurityRules) == SecurityRules()


def test_unsaved_changes_keep_the_page(make: Make) -> None:
    page = make()
    page.current.form["place"].edit.setText("岚溪")  # type: ignore[attr-defined]
    assert not page.leave()
    assert "“单位信息”有修改还没有保存" in page.bar.text
    page.undo.click()
    assert page.leave()


def test_an_overtaken_save_is_told(make: Make, db: Database) -> None:
    page = make()
    page.current.form["place"].edit.setText("岚溪")  # type: ignore[attr-defined]
    with unit_of_work(db, Actor.system("别人"), "organization.save_section") as ctx:
        save_section(ctx, SchoolProfile(place="松坪"))
    page.save.click()
    question = dialogs(QuestionDialog)[0]
    assert isinstance(question, QuestionDialog)
    assert "刚被其他人修改" in question.message
    question.yes.click()
    assert page.current.form["place"].value() == "松坪"


def test_without_the_right_it_is_only_for_looking(make: Make) -> None:
    page = make(Actor(1, "领导"))
    assert all(not form.editable for form in page.forms)
    page.current.form["place"].set_value("岚溪")
    assert not page.save.isEnabled()


def test_a_backup_at_a_click(qtbot: QtBot, db: Database, db_url: str, tmp_path: Path) -> None:
    runner = InstantRunner()
    panel = DataPanel(runner, db_url, db.describe(), may_back_up=True)
    qtbot.addWidget(panel)
    panel.show()
    panel.reload()
    assert panel.last.text() == "本机还没有它的备份"
    target = tmp_path / "周五备份.zip"
    panel.back_up_to(str(target))
    assert target.stat().st_size > 0
    assert str(target) in panel.last.text()
    assert panel.now.isEnabled()
    runner.shutdown()
