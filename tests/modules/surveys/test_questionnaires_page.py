"""The page of questionnaires: writing, moving, undoing, saving, and leaving without losing work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.questionnaires import QuestionKind, SaveVersion
from dangxiao_houqin.modules.surveys.domain.rules import VIEW
from dangxiao_houqin.modules.surveys.queries.questionnaires import get_version
from dangxiao_houqin.modules.surveys.transfer.questionnaire_sheet import write_questionnaire_book
from dangxiao_houqin.modules.surveys.ui.kiosk_preview import SIZES, KioskPreview
from dangxiao_houqin.modules.surveys.ui.questionnaire_dialogs import (
    CopyQuestionnaireDialog,
    NewQuestionnaireDialog,
    PaperFormDialog,
    QuestionnaireImportDialog,
)
from dangxiao_houqin.modules.surveys.ui.questionnaire_draft import HEAD, Place
from dangxiao_houqin.modules.surveys.ui.questionnaires_page import QuestionnairesPage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog
from dangxiao_houqin.ui.printing import PreviewDialog

pytestmark = pytest.mark.sqlite_only
Unit = Callable[..., AbstractContextManager[Ctx]]
Indicator = QAbstractItemView.DropIndicatorPosition


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> QuestionnairesPage:
    shown = QuestionnairesPage(desk)
    qtbot.addWidget(shown)
    shown.resize(1154, 712)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


@pytest.fixture
def standard(page: QuestionnairesPage) -> QuestionnairesPage:
    """The page with the standard questionnaire open."""
    page.table.empty_action.emit()
    assert page.is_editing
    return page


def dialog_of(kind: type[QDialog]) -> QDialog:
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return found


def answer(text: str) -> None:
    for part in dialog_of(QuestionDialog).findChildren(QPushButton):
        if part.text() == text:
            part.click()
            return
    raise AssertionError(text)


def texts(page: QuestionnairesPage, group: int) -> list[str]:
    return [question.text for question in page.editor.draft.groups[group].questions]


def type_into(page: QuestionnairesPage, key: str, words: str) -> None:
    page.editor.question_form.form[key].edit.setPlainText(words)  # type: ignore[attr-defined]


def menu_texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


# ------------------------------------------------------------------------------------------------- list
def test_the_empty_list_offers_the_standard_questionnaire(page: QuestionnairesPage, unit: Unit) -> None:
    page.table.empty_action.emit()
    assert (page.is_editing, page.editor.draft.count) == (True, 27)
    page.go_back()
    assert not page.is_editing
    ((_, row),) = page.table.model.held_rows()
    assert row.questions == 27
    page.table.opened.emit(row)
    assert page.is_editing


def test_a_new_questionnaire_is_stored_only_when_it_is_saved(page: QuestionnairesPage, unit: Unit) -> None:
    page.new()
    dialog = dialog_of(NewQuestionnaireDialog)
    assert isinstance(dialog, NewQuestionnaireDialog)
    dialog.form.set_values({"name": "食堂专项", "start": "blank", "scale": "four"})
    dialog.primary.click()
    assert page.editor.draft.levels == ["非常满意", "满意", "基本满意", "不满意"]
    assert not page.leave()
    page.save()
    assert "题目" in page.bar.text
    type_into(page, "text", "菜品口味")
    page.save()
    assert page.bar.isHidden()
    assert page.leave()
    with unit() as ctx:
        view = get_version(ctx, 1)
    assert (view.row.name, view.content.questions[0].text, view.content.questions[0].code) == (
        "食堂专项",
        "菜品口味",
        "overall_1",
    )


def test_a_hit_of_the_search_opens_the_version(page: QuestionnairesPage, unit: Unit) -> None:
    with unit() as ctx:
        saved = services.ensure_questionnaire(ctx)
    page.open_target(Ref("questionnaire_version", saved.version_id))
    assert page.editor.draft.name == "后勤服务满意度测评表"


# ------------------------------------------------------------------------------------------------- moving
def test_questions_move_by_buttons_also_into_the_next_group(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    editor.tree.go(Place(0, 7))
    editor.down.click()
    assert (editor.tree.place, texts(standard, 1)[0]) == (Place(1, 0), "住宿安排合理性")
    editor.up.click()
    assert editor.tree.place == Place(0, 7)
    editor.tree.go(Place(0, 0))
    assert not editor.up.isEnabled()
    editor.tree.go(Place(3, 5))
    assert not editor.down.isEnabled()
    editor.tree.go(Place(1))
    editor.up.click()
    assert [group.title for group in editor.draft.groups] == ["餐饮", "住宿", "教学保障", "总体"]
    assert editor.tree.place == Place(0)


def test_the_keyboard_moves_removes_and_puts_back(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    editor = standard.editor
    editor.tree.go(Place(0, 1))
    qtbot.keyClick(editor.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert texts(standard, 0)[:2] == ["床铺布草舒适整洁", "房间清洁程度"]
    qtbot.keyClick(editor.tree, Qt.Key.Key_Delete)
    assert (len(texts(standard, 0)), texts(standard, 0)[0]) == (7, "房间清洁程度")
    qtbot.keyClick(editor.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(standard, 0)[:2] == ["床铺布草舒适整洁", "房间清洁程度"]
    assert editor.tree.place == Place(0, 0)


@pytest.mark.parametrize(
    ("source", "target", "where", "group", "at"),
    (
        (Place(0, 0), Place(0, 2), Indicator.BelowItem, 0, 2),
        (Place(0, 2), Place(0, 0), Indicator.AboveItem, 0, 0),
        (Place(0, 0), Place(1, 3), Indicator.AboveItem, 1, 3),
        (Place(0, 0), Place(2), Indicator.OnItem, 2, 5),
        (Place(0, 0), Place(2), Indicator.BelowItem, 2, 0),
        (Place(0, 0), Place(2), Indicator.AboveItem, 1, 8),
        (Place(0, 0), Place(99), Indicator.OnViewport, 3, 6),
        (Place(2, 0), HEAD, Indicator.BelowItem, 0, 0),
    ),
)
def test_questions_are_dragged_where_they_are_let_go(
    standard: QuestionnairesPage, qtbot: QtBot, source: Place, target: Place, where: Indicator, group: int, at: int
) -> None:
    editor = standard.editor
    moved = editor.draft.question(source).text
    with qtbot.waitSignal(editor.tree.move_asked):
        editor.tree.drop(source, target, where)
    assert texts(standard, group)[at] == moved
    assert editor.draft.count == 27
    assert editor.tree.place == Place(group, at)


def test_letting_go_over_a_question_puts_it_there(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    tree = standard.editor.tree
    tree.go(Place(0, 0))
    target = tree.item_at(Place(0, 3))
    assert target is not None
    where = QPointF(tree.visualItemRect(target).center())
    mime = tree.mimeData([tree.currentItem()])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(where, Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, none)
    with qtbot.waitSignal(tree.move_asked):
        tree.dropEvent(event)
    assert event.dropAction() is Qt.DropAction.IgnoreAction  # Qt takes no line out on its own
    assert texts(standard, 0)[3] == "房间清洁程度"  # let go on a line: behind it
    assert standard.editor.draft.count == 27


def test_groups_are_dragged_too(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    editor = standard.editor
    with qtbot.waitSignal(editor.tree.move_asked):
        editor.tree.drop(Place(0), Place(2, 4), Indicator.BelowItem)
    assert [group.title for group in editor.draft.groups] == ["餐饮", "教学保障", "住宿", "总体"]


def test_what_is_taken_out_can_be_put_back(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    before = editor.draft.content()
    for place in (Place(3, 4), Place(1), Place(0, 0)):
        editor.tree.go(place)
        editor.remove_button.click()
    assert editor.draft.count == 27 - 1 - 8 - 1
    for _ in range(3):
        editor.undo_button.click()
    assert editor.draft.content() == before
    assert not editor.undo_button.isEnabled()
    assert not editor.is_dirty


# ------------------------------------------------------------------------------------------------- writing
def test_errors_stand_at_their_fields_and_go_when_they_are_mended(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    editor.tree.go(Place(3, 4))
    type_into(standard, "options", "住宿")
    editor.tree.go(Place(0, 0))
    type_into(standard, "text", "")
    editor.tree.go(HEAD)
    standard.save()
    assert editor.tree.place == Place(0, 0)
    assert editor.question_form.form["text"].error == "请填写题目"
    assert "第 1 题" in standard.bar.text
    assert "共 2 处" in standard.bar.text
    item = editor.tree.item_at(Place(3, 4))
    assert item is not None
    assert "2 到 20 个选项" in item.toolTip(0)
    type_into(standard, "text", "干净吗")
    assert editor.question_form.form["text"].error == ""
    assert "第 26 题" in standard.bar.text
    editor.tree.go(Place(3, 4))
    assert "选项" in editor.question_form.form["options"].error
    type_into(standard, "options", "住宿\n\n 餐饮 \n教学\n环境")
    assert standard.bar.isHidden()
    standard.save()
    assert not editor.is_dirty
    assert editor.draft.question(Place(3, 4)).options == ("住宿", "餐饮", "教学", "环境")


def test_a_frozen_version_is_changed_into_the_next_and_years_stay_comparable(
    standard: QuestionnairesPage, unit: Unit
) -> None:
    with unit() as ctx:
        services.freeze_version(ctx, 1)
    standard.reload_now()
    assert "第 2 版" in standard.bar.text
    editor = standard.editor
    for place, words in ((Place(0, 0), "房间清洁情况"), (Place(0, 1), "被褥舒适整洁")):
        editor.tree.go(place)
        type_into(standard, "text", words)
        assert not editor.question_form.keep.isHidden()
    editor.question_form.keep.box.click()
    standard.save()
    assert standard.versions.text() == "第 2 版"
    with unit() as ctx:
        old, new = get_version(ctx, 1).content, get_version(ctx, 2).content
    assert old.questions[0].text == "房间清洁程度"
    assert new.questions[0].code != old.questions[0].code
    assert [q.code for q in new.questions[1:]] == [q.code for q in old.questions[1:]]
    standard._fill_versions()
    assert [text.split("　")[0] for text in menu_texts(standard.versions.menu())] == ["第 2 版", "第 1 版"]
    standard.versions.menu().actions()[1].trigger()
    assert editor.read_only
    assert standard.save_button.isHidden()
    assert "只能查看" in standard.bar.text


def test_kinds_show_what_they_need(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    editor.tree.go(Place(0, 0))
    form = editor.question_form.form
    shown = {
        QuestionKind.SCALE: {"not_experienced"},
        QuestionKind.YES_NO: set(),
        QuestionKind.SINGLE: {"options"},
        QuestionKind.MULTIPLE: {"options", "limit"},
        QuestionKind.TEXT: {"length"},
    }
    for kind, fields in shown.items():
        editor.question_form.kind.set_value(kind)
        visible = {key for key in ("not_experienced", "options", "limit", "length") if not form[key].isHidden()}
        assert visible == fields
        assert editor.draft.question(Place(0, 0)).kind is kind


def test_a_name_that_is_taken_is_told_at_the_name(standard: QuestionnairesPage, unit: Unit) -> None:
    with unit() as ctx:
        services.copy_version(ctx, 1, "已有的")
    standard.editor.tree.go(HEAD)
    standard.editor.head_form.form["name"].edit.setText("已有的")  # type: ignore[attr-defined]
    standard.editor.tree.go(Place(2, 1))
    standard.save()
    assert "换一个名称" in standard.editor.head_form.form["name"].error
    assert standard.editor.is_dirty


def test_long_names_and_questions_fit_the_smallest_screen(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    standard.editor.head_form.form["name"].edit.setText("名" * 80)  # type: ignore[attr-defined]
    editor.tree.go(Place(0))
    editor.group_form.form["title"].edit.setText("组" * 20)  # type: ignore[attr-defined]
    editor.tree.go(Place(0, 0))
    type_into(standard, "text", "题" * 100)
    standard.save()
    assert not editor.is_dirty
    assert standard.minimumSizeHint().width() <= 1280 - 212  # ui.md: the smallest window less the navigation


# ------------------------------------------------------------------------------------------------- leaving
def test_unsaved_work_is_asked_about(standard: QuestionnairesPage) -> None:
    editor = standard.editor
    editor.tree.go(Place(0, 0))
    type_into(standard, "text", "别的")
    assert not standard.leave()
    standard.go_back()
    answer("继续编辑")
    assert (standard.is_editing, texts(standard, 0)[0]) == (True, "别的")
    standard.reload_now()  # F5 and other people's changes take nothing away
    assert texts(standard, 0)[0] == "别的"
    standard.go_back()
    answer("放弃修改")
    assert not standard.is_editing
    assert standard.leave()


@pytest.mark.parametrize("new", (True, False))
def test_what_was_not_saved_survives_a_crash(page: QuestionnairesPage, desk: Desk, qtbot: QtBot, new: bool) -> None:
    page.table.empty_action.emit()
    if new:
        page.begin("食堂专项", page.editor.draft.content())
    page.editor.tree.go(Place(0, 0))
    type_into(page, "text", "改到一半")
    page.keeper.keep()
    page.hide()
    again = QuestionnairesPage(desk)
    qtbot.addWidget(again)
    again.show()
    if not new:
        again.open_target(Ref("questionnaire_version", 1))
    assert "还留着" in again.bar.text
    again.bar.triggered.emit()
    assert (texts(again, 0)[0], again.editor.is_dirty) == ("改到一半", True)
    assert again.editor.draft.name == ("食堂专项" if new else "后勤服务满意度测评表")
    again.save()
    assert not again.editor.is_dirty
    again.go_back()
    assert again.bar.isHidden()


def test_what_was_given_up_is_forgotten(standard: QuestionnairesPage) -> None:
    standard.editor.tree.go(Place(0, 0))
    type_into(standard, "text", "别的")
    standard.keeper.keep()
    standard.go_back()
    answer("放弃修改")
    standard.open_target(Ref("questionnaire_version", 1))
    assert standard.bar.isHidden()
    assert texts(standard, 0)[0] == "房间清洁程度"


def test_somebody_else_saved_meanwhile(standard: QuestionnairesPage, unit: Unit) -> None:
    with unit() as ctx:
        services.freeze_version(ctx, 1)
        view = get_version(ctx, 1)
        fewer = replace(view.content, groups=view.content.groups[:1])
        services.save_version(ctx, SaveVersion(view.row.name, fewer, 1))
    standard.editor.tree.go(Place(0, 0))
    type_into(standard, "text", "我的")
    standard.save()
    assert standard.editor.is_dirty
    answer("重新载入")
    assert (standard.editor.draft.count, standard.versions.text(), standard.editor.read_only) == (8, "第 2 版", False)


def test_escape_goes_back(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    qtbot.keyClick(standard, Qt.Key.Key_Escape)
    assert not standard.is_editing


def test_copy_retire_delete(standard: QuestionnairesPage, unit: Unit) -> None:
    standard._fill_more()
    menu = standard.more.menu()
    assert menu_texts(menu) == ["导出 Excel", "用 Excel 里的题目替换", "复制为新问卷", "停用", "删除这一版"]
    action = {each.text(): each for each in menu.actions()}
    action["复制为新问卷"].trigger()
    dialog = dialog_of(CopyQuestionnaireDialog)
    assert isinstance(dialog, CopyQuestionnaireDialog)
    dialog.form.set_values({"name": "另一份"})
    dialog.primary.click()
    assert standard.editor.draft.name == "另一份"
    standard._fill_more()
    {each.text(): each for each in menu.actions()}["停用"].trigger()
    with unit() as ctx:
        assert get_version(ctx, 2).row.retired
    standard._fill_more()
    {each.text(): each for each in menu.actions()}["删除这一版"].trigger()
    answer("删除")
    assert not standard.is_editing
    with unit() as ctx:
        assert len(get_version(ctx, 1).history) == 1


# ------------------------------------------------------------------------------------------------- out and in
def test_out_as_a_workbook_and_in_again(standard: QuestionnairesPage, tmp_path: Path) -> None:
    path = tmp_path / "问卷.xlsx"
    standard.papers._content = standard.editor.draft.content()
    standard.papers.export_to(str(path))
    before = standard.editor.draft.content()
    standard.go_back()
    standard.papers.read_file(str(path))
    dialog = dialog_of(QuestionnaireImportDialog)
    assert isinstance(dialog, QuestionnaireImportDialog)
    assert dialog.table.model.rowCount() == 27
    dialog.primary.click()
    assert (standard.is_editing, standard.editor.is_dirty, standard.editor.draft.name) == (True, True, "问卷")
    standard.save()
    assert standard.editor.draft.content() == before


def test_a_workbook_replaces_the_questions_and_those_asked_before_keep_their_codes(
    standard: QuestionnairesPage, tmp_path: Path, unit: Unit
) -> None:
    with unit() as ctx:
        services.freeze_version(ctx, 1)
    standard.reload_now()
    editor = standard.editor
    path = tmp_path / "新题.xlsx"
    written = editor.draft.content()
    fewer = replace(written, groups=(written.groups[2], written.groups[0]))
    write_questionnaire_book(no_progress, path, fewer)
    standard.papers.read_file(str(path))
    dialog_of(QuestionnaireImportDialog).primary.click()  # type: ignore[attr-defined]
    standard.save()
    with unit() as ctx:
        new = get_version(ctx, 2).content
    assert [q.code for q in new.questions] == [q.code for group in fewer.groups for q in group.questions]


def test_the_paper_of_what_is_being_written_is_previewed(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    standard.print_button.click()
    dialog = dialog_of(PaperFormDialog)
    assert isinstance(dialog, PaperFormDialog)
    dialog.form.set_values({"subject": "中青班", "not_experienced": False})
    dialog.primary.click()
    shown = dialog_of(PreviewDialog)
    assert isinstance(shown, PreviewDialog)
    assert shown.title == "中青班后勤服务满意度测评表"
    assert shown.info is not None
    assert len(shown.info.sizes) == 2


def test_the_kiosk_preview_can_be_filled_in_and_begins_anew(standard: QuestionnairesPage, qtbot: QtBot) -> None:
    standard.preview_button.click()
    shown = dialog_of(KioskPreview)
    assert isinstance(shown, KioskPreview)
    for number, (size, _) in enumerate(SIZES):
        shown.sizes.set_value(number)
        shown.sizes.changed.emit(number)
        assert shown.flow is not None
        assert shown.flow.size() == size
    first = shown.flow
    assert first is not None
    best = next(w for w in first.findChildren(QAbstractButton) if "非常满意" in w.accessibleName() and w.isVisible())
    middle = QPointF(best.mapTo(first, best.rect().center()))
    qtbot.mouseClick(shown.view.viewport(), Qt.MouseButton.LeftButton, pos=shown.view.mapFromScene(middle))
    assert first.answers().ratings == {1: 5}
    first.finished.emit(Answers())
    qtbot.waitUntil(lambda: shown.flow is not first)
    shown.reject()


# ------------------------------------------------------------------------------------------------- rights
def test_who_may_only_look_changes_nothing(desk: Desk, qtbot: QtBot, unit: Unit) -> None:
    with unit() as ctx:
        services.ensure_questionnaire(ctx)
    looking = Desk(desk.runner, Actor(5, "领导", frozenset({VIEW.key})))
    page = QuestionnairesPage(looking)
    qtbot.addWidget(page)
    page.show()
    assert not page.new_button.isEnabled()
    page.open_target(Ref("questionnaire_version", 1))
    assert page.editor.read_only
    assert page.save_button.isHidden()
    assert page.editor.add_question_button.isHidden()
    page.editor.tree.go(Place(0, 0))
    page.editor.step(1)
    page.editor.remove()
    assert page.editor.draft.count == 27
    page._fill_more()
    assert menu_texts(page.more.menu()) == ["导出 Excel"]
    menu = QMenu()
    page.table.menu_requested.emit([page._view.row] if page._view else [], menu)
    assert menu_texts(menu) == ["打开", "打印测评表"]
