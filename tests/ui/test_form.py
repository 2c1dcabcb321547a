"""Forms: every field's rule and words, errors in their line, unsaved work, dates as they are typed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import InstantRunner, Runner
from dangxiao_houqin.ui.date_field import CalendarPopup, DateField, spoken
from dangxiao_houqin.ui.date_input import parse_date
from dangxiao_houqin.ui.dialogs import FormDialog, ProgressDialog, TextDialog
from dangxiao_houqin.ui.fields import (
    CheckField,
    ChoiceField,
    LongTextField,
    MoneyField,
    MultiChoiceField,
    NumberField,
    PasswordField,
    TextField,
    password_strength,
)
from dangxiao_houqin.ui.form import Form
from dangxiao_houqin.ui.pickers import Option, PickerField

from .conftest import Unit

TODAY = date(2026, 3, 2)  # a Monday


# -------------------------------------------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("typed", "meant"),
    (
        ("3.2", date(2026, 3, 2)),
        ("0302", date(2026, 3, 2)),
        ("302", date(2026, 3, 2)),
        ("3月2日", date(2026, 3, 2)),
        ("3/2", date(2026, 3, 2)),
        ("3。2", date(2026, 3, 2)),
        ("２０２６．３．２", date(2026, 3, 2)),
        ("2026-03-02", date(2026, 3, 2)),
        ("2026年3月2日(周一)", date(2026, 3, 2)),
        ("26.3.2", date(2026, 3, 2)),
        ("20260302", date(2026, 3, 2)),
        ("260302", date(2026, 3, 2)),
        (" 明天 ", date(2026, 3, 3)),
        ("后天", date(2026, 3, 4)),
        ("昨天", date(2026, 3, 1)),
        ("周三", date(2026, 3, 4)),
        ("下周一", date(2026, 3, 9)),
        ("上周日", date(2026, 3, 1)),
        ("星期天", date(2026, 3, 8)),
        ("15日", date(2026, 3, 15)),
        ("+3", date(2026, 3, 5)),
        ("-1天", date(2026, 3, 1)),
        ("12.30", date(2025, 12, 30)),  # nearer than next December
        ("8.30", date(2026, 8, 30)),
        ("2.29", date(2028, 2, 29)),
        ("2.30", None),
        ("13.1", None),
        ("2026-02-29", None),
        ("3.2.1.1", None),
        ("某天", None),
        ("", None),
        ("99999", None),
        ("\x00", None),
    ),
)
def test_dates_are_read_as_the_office_types_them(typed: str, meant: date | None) -> None:
    assert parse_date(typed, TODAY) == meant


@given(day=st.dates(date(1950, 1, 1), date(2099, 12, 31)), today=st.dates(date(2000, 1, 1), date(2098, 12, 31)))
def test_a_written_out_day_is_always_itself(day: date, today: date) -> None:
    written = (f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}")
    for text in (day.isoformat(), *written):
        assert parse_date(text, today) == day


@given(today=st.dates(date(2000, 3, 1), date(2090, 12, 31)), away=st.integers(-180, 180))
def test_without_a_year_the_nearest_day_is_meant(today: date, away: int) -> None:
    day = today + timedelta(days=away)
    if (day.month, day.day) != (2, 29):
        assert parse_date(f"{day.month}.{day.day}", today) == day
        assert parse_date(f"{day:%m%d}", today) == day


@given(text=st.text(max_size=20), today=st.dates())
@hypothesis_settings(max_examples=300)
def test_no_text_makes_the_reader_stumble(text: str, today: date) -> None:
    assert parse_date(text, today) is None or isinstance(parse_date(text, today), date)


def test_a_date_field_confirms_with_the_weekday(qtbot: QtBot) -> None:
    form, other = Form(), QLineEdit()
    field = DateField("day", "报到日期", clock=FixedClock(), required=True, minimum=date(2026, 3, 1))
    form.add(field)
    form.add_widget(other)
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "3.2")
    other.setFocus()
    assert field.edit.text() == "2026-03-02 周一"
    assert field.value() == TODAY
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_Up)
    assert field.edit.text() == "2026-03-03 周二"
    field.edit.setText("2026-02-28")
    other.setFocus()
    assert field.error == "报到日期不能早于 2026-03-01 周日"
    field.edit.setText("某天")
    other.setFocus()
    assert "认不出这个日期" in field.error


def test_a_date_field_can_say_what_day_it_is(qtbot: QtBot) -> None:
    def note(day: date) -> str:
        return "调休上班" if day == date(2026, 2, 28) else ""

    field = DateField("day", "日期", clock=FixedClock(), help="报到当天", note=note)
    qtbot.addWidget(field)
    field.edit.setText("2.28")
    assert field.message.text() == "调休上班"
    field.edit.setText("3.2")
    assert field.message.text() == "报到当天"


def test_the_calendar_shows_all_seven_days_and_picks(qtbot: QtBot) -> None:
    field = DateField("day", "日期", clock=FixedClock())
    qtbot.addWidget(field)
    field.show()
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup = field.findChild(CalendarPopup)
    assert popup is not None
    from PySide6.QtWidgets import QTableView

    view = popup.findChild(QTableView)
    assert view is not None
    assert view.horizontalHeader().length() <= view.viewport().width()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert field.value() == date(2026, 3, 3)


def test_esc_closes_the_calendar_and_changes_nothing(qtbot: QtBot) -> None:
    field = DateField("day", "日期", clock=FixedClock())
    qtbot.addWidget(field)
    field.show()
    field.set_value(TODAY)
    field.pick()
    popup = field.findChild(CalendarPopup)
    assert popup is not None
    qtbot.keyClick(popup.calendar, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert field.value() == TODAY


# ------------------------------------------------------------------------------------------------- fields
def test_numbers(qtbot: QtBot) -> None:
    field = NumberField("n", "人数", minimum=1, maximum=500)
    qtbot.addWidget(field)
    for text, value, problem in (
        ("40", 40, None),
        ("４０", 40, None),
        ("1,0", 10, None),
        ("", None, None),
        ("四十", None, "人数请填数字"),
        ("4.5", 4, "人数请填整数"),
        ("0", 0, "人数不能小于 1"),
        ("501", 501, "人数不能大于 500"),
        ("1e999999", None, "人数请填数字"),
        ("nan", None, "人数请填数字"),
    ):
        field.edit.setText(text)
        assert field.problem() == problem or (text == "1e999999" and field.problem()), text
        if problem is None:
            assert field.value() == value
    half = NumberField("x", "面积", decimals=1)
    qtbot.addWidget(half)
    half.edit.setText("12.5")
    assert half.value() == Decimal("12.5")
    assert half.check()
    half.edit.setText("12.55")
    assert half.problem() == "面积最多 1 位小数"


@given(fen=st.integers(0, 99_999_999_999))
@hypothesis_settings(max_examples=60, deadline=None)
def test_money_is_never_off_by_a_fen(fen: int) -> None:
    field = MoneyField("fee", "押金")
    field.set_value(fen)
    assert field.value() == fen
    field.normalise()
    assert field.value() == fen


def test_money_is_shown_as_in_the_books(qtbot: QtBot) -> None:
    field = MoneyField("fee", "押金")
    qtbot.addWidget(field)
    field.edit.setText("¥1234.5")
    field.normalise()
    assert field.edit.text() == "1,234.50"
    assert field.value() == 123450
    field.edit.setText("1.005")
    assert field.problem() == "押金最多 2 位小数"


@pytest.mark.parametrize("text", ("张鋐", "𬱖㛃䶮", "O'Brien; DROP TABLE", "👩‍👩‍👧", "مرحبا", " 两端空格 "))
def test_text_is_kept_as_typed(qtbot: QtBot, text: str) -> None:
    field = TextField("name", "姓名", required=True)
    qtbot.addWidget(field)
    field.edit.setText(text)
    assert field.check()
    assert field.value() == text.strip()


def test_text_too_long_or_with_hidden_characters_is_refused_with_a_sentence(qtbot: QtBot) -> None:
    field = TextField("name", "姓名", max_length=20)
    qtbot.addWidget(field)
    field.edit.setText("王" * 21)
    assert field.problem() == "姓名最多 20 个字，现在有 21 个"
    field.edit.setText("王\x07五")
    assert "控制字符" in str(field.problem())


def test_choices_and_boxes(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    form.add(ChoiceField("kind", "房型", [(1, "双人间"), (2, "单人间")], required=True))
    form.add(MultiChoiceField("diet", "饮食", [("h", "清真"), ("v", "素食")]))
    form.add(CheckField("ground", "住宿要求", "需要底层"))
    assert form.values() == {"kind": None, "diet": (), "ground": False}
    assert not form.check()
    assert form["kind"].error == "请选择房型"
    form.set_values({"kind": 2, "diet": ["v"], "ground": True, "unknown": 1})
    assert form.values() == {"kind": 2, "diet": ("v",), "ground": True}
    kind = form["kind"]
    assert isinstance(kind, ChoiceField)
    kind.set_choices([(2, "单人间"), (3, "套间")])
    assert kind.value() == 2
    kind.set_choices([(3, "套间"), (4, "标间")])
    assert kind.value() is None


def test_password_strength_and_eye(qtbot: QtBot) -> None:
    assert [password_strength(p)[0] for p in ("123456", "aaaaaaaaaaaa", "houqin2026", "Houqin-2026-ke")] == [0, 0, 1, 2]
    field = PasswordField("pw", "口令", strength=True)
    qtbot.addWidget(field)
    qtbot.keyClicks(field.edit, "Houqin-2026-ke")
    assert field.message.text() == "强度：强"
    assert field.edit.echoMode() == QLineEdit.EchoMode.Password
    field._eye.trigger()
    assert field.edit.echoMode() == QLineEdit.EchoMode.Normal


def test_a_field_is_checked_when_left_and_nothing_jumps(qtbot: QtBot) -> None:
    form = Form()
    form.add(TextField("phone", "手机号", required=True, check=_phone))
    form.add(LongTextField("note", "备注"))
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
    field = form["phone"]
    height = form.sizeHint().height()
    field.setFocus()
    qtbot.keyClicks(field.input, "138001")
    assert field.error == ""  # not while typing
    form["note"].setFocus()
    assert field.error == "手机号应为 11 位数字"
    assert field.input.property("state") == "error"
    assert form.sizeHint().height() == height
    field.setFocus()
    qtbot.keyClicks(field.input, "38000")
    assert field.error == ""  # mended: the red goes at once
    form["note"].setFocus()
    assert field.input.property("state") == "ok"


def _phone(text: str) -> str | None:
    return None if len(text) == 11 else "手机号应为 11 位数字"


def test_a_field_left_empty_untouched_is_not_scolded(qtbot: QtBot) -> None:
    form = Form()
    form.add(TextField("name", "姓名", required=True))
    form.add(TextField("unit", "单位"))
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
    form["name"].setFocus()
    form["unit"].setFocus()
    assert form["name"].error == ""
    assert not form.check()
    assert form["name"].error == "请填写姓名"


def test_an_error_of_the_service_marks_its_field(qtbot: QtBot) -> None:
    form = Form()
    form.add(TextField("name", "姓名"))
    qtbot.addWidget(form)
    assert form.show_error(InvalidInput("姓名里不能有数字，请改正。", field="name"))
    assert form["name"].message.text() == "姓名里不能有数字，请改正。"
    assert not form.show_error(InvalidInput("别的", field="other"))
    assert not form.show_error(ValueError("x"))


def test_hidden_rows_are_neither_checked_nor_sent(qtbot: QtBot) -> None:
    form = Form()
    form.add(TextField("name", "姓名"), TextField("nick", "曾用名", required=True))
    qtbot.addWidget(form)
    form.set_row_visible("nick", False)
    assert form.check()
    assert "nick" not in form.values()


# ------------------------------------------------------------------------------------------------ dialogs
class AddRoom(FormDialog):
    """A dialog as the modules write them."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(runner, "登记房间", parent, primary="保存", done_text="已登记", draft="room")
        self.form.add(TextField("number", "房间号", required=True))
        self.form.add(NumberField("beds", "床位数", required=True, minimum=1))
        self.reloaded = False

    def submit(self) -> None:
        self.run(save_room, self.form.values())

    def reload(self) -> None:
        self.reloaded = True


def save_room(ctx: Unit, values: dict[str, Any]) -> dict[str, Any]:
    if values["number"] == "404":
        raise InvalidInput("404 房已经登记过，请换一个房间号。", field="number")
    if values["number"] == "500":
        raise RuleViolation("五楼正在装修，不能登记房间。")
    if values["number"] == "600":
        raise Conflict("赵敏已于 10:32 修改，请重新载入后再改。")
    ctx.changed.add("room")
    return values


@pytest.fixture
def dialog(qtbot: QtBot, instant: InstantRunner) -> AddRoom:
    made = AddRoom(instant)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.open()
    return made


def fill(qtbot: QtBot, dialog: AddRoom, number: str, beds: str) -> None:
    for key, text in (("number", number), ("beds", beds)):
        edit = dialog.form[key].input
        assert isinstance(edit, QLineEdit)
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, text)


def test_enter_sends_a_form_in_order(qtbot: QtBot, dialog: AddRoom) -> None:
    saved: list[Any] = []
    dialog.saved.connect(saved.append)
    assert dialog.form["number"].input.hasFocus()
    fill(qtbot, dialog, "304", "2")
    qtbot.keyClick(dialog.form["beds"].input, Qt.Key.Key_Return)
    assert saved == [{"number": "304", "beds": 2}]
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert not dialog.isVisible()


def test_an_incomplete_form_is_not_sent(qtbot: QtBot, dialog: AddRoom) -> None:
    saved: list[Any] = []
    dialog.saved.connect(saved.append)
    fill(qtbot, dialog, "304", "0")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert saved == []
    assert dialog.form["beds"].error == "床位数不能小于 1"
    assert dialog.form["beds"].input.hasFocus()


def test_refusals_stay_in_the_dialog_with_what_was_typed(qtbot: QtBot, dialog: AddRoom) -> None:
    fill(qtbot, dialog, "404", "2")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert dialog.form["number"].error == "404 房已经登记过，请换一个房间号。"
    fill(qtbot, dialog, "500", "2")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert dialog.bar.text == "五楼正在装修，不能登记房间。"
    assert dialog.form.values() == {"number": "500", "beds": 2}
    assert dialog.isVisible()
    assert dialog.primary.isEnabled()


def test_a_conflict_offers_to_load_again(qtbot: QtBot, dialog: AddRoom) -> None:
    fill(qtbot, dialog, "600", "2")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    box = dialog.findChild(messages.QuestionDialog)
    assert box is not None
    assert box.yes.text() == "重新载入"
    qtbot.mouseClick(box.yes, Qt.MouseButton.LeftButton)
    assert dialog.reloaded


def test_esc_asks_before_losing_what_was_typed(qtbot: QtBot, dialog: AddRoom) -> None:
    fill(qtbot, dialog, "304", "")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    box = dialog.findChild(messages.QuestionDialog)
    assert box is not None
    assert box.no.isDefault()  # a hasty Enter loses nothing
    qtbot.mouseClick(box.no, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    QApplication.sendPostedEvents(box, 52)
    dialog.close()
    box = next(b for b in dialog.findChildren(messages.QuestionDialog) if b.isVisible())
    qtbot.mouseClick(box.yes, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_an_untouched_dialog_closes_without_a_word(qtbot: QtBot, dialog: AddRoom) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_draft_survives_a_crash(qtbot: QtBot, instant: InstantRunner, dialog: AddRoom) -> None:
    fill(qtbot, dialog, "304", "2")
    dialog.form.keep_draft()  # what the timer does a second later; then the program dies
    again = AddRoom(instant)
    again.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(again)
    again.open()
    assert "还留着" in again.bar.text
    again.bar.triggered.emit()
    assert again.form.values() == {"number": "304", "beds": 2}
    qtbot.mouseClick(again.primary, Qt.MouseButton.LeftButton)
    assert not again.form.keep_drafts("room")  # saved: nothing is left over


def test_a_dialog_is_busy_while_a_real_command_runs(qtbot: QtBot, runner: Runner) -> None:
    dialog = AddRoom(runner)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    fill(qtbot, dialog, "304", "2")
    with qtbot.waitSignal(dialog.saved):
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
        assert not dialog.primary.isEnabled()
        assert dialog.primary.text() == "正在保存…"
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_progress_is_shown_with_a_way_to_stop(qtbot: QtBot, runner: Runner) -> None:
    import threading

    from .test_background import Receiver, slowly

    receiver = Receiver()
    task = runner.command(slowly, threading.Event(), fail=receiver.fail)
    dialog = ProgressDialog(task, "正在排房")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert not dialog.isVisible()
    qtbot.waitUntil(dialog.isVisible)
    qtbot.waitUntil(lambda: dialog._bar.value() > 0)
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(receiver.errors) == 1


def test_a_report_can_be_copied(qtbot: QtBot) -> None:
    dialog = TextDialog("导入结果", "第 3 行：手机号少一位")
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "第 3 行：手机号少一位"


# ------------------------------------------------------------------------------------------------ pickers
PEOPLE = (Option(1, "王建国", "县财政局"), Option(2, "王建国", "城关镇"), Option(3, "李婕", "县教育局"))


def find_people(_ctx: Unit, text: str) -> tuple[Option, ...]:
    return tuple(option for option in PEOPLE if text in option.text or (text == "wjg" and option.value < 3))


def test_a_person_is_picked_among_namesakes(qtbot: QtBot, instant: InstantRunner) -> None:
    field = PickerField("person", "学员", instant, find_people, required=True)
    qtbot.addWidget(field)
    with qtbot.waitActive(field):
        field.show()
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "wjg")
    qtbot.waitUntil(field.popup.isVisible)
    qtbot.keyClick(field.edit, Qt.Key.Key_Down)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.value() == 2
    assert field.edit.text() == "王建国"
    assert field.check()
    qtbot.keyClicks(field.edit, "?")
    assert field.value() is None
    assert not field.check()
    assert field.error == "请从列表中选择学员"


def test_a_long_second_part_is_cut_with_dots(qtbot: QtBot, instant: InstantRunner) -> None:
    long = "示例县示例镇示例村第三村民小组" * 4
    field = PickerField("person", "学员", instant, lambda _ctx, _text: (Option(1, "王建国", long), Option(2, "王甲")))
    qtbot.addWidget(field)
    with qtbot.waitActive(field):
        field.show()
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "w")
    qtbot.waitUntil(field.popup.isVisible)
    assert field.list.horizontalScrollBar().maximum() == 0
    assert not field.list.horizontalScrollBar().isVisible()
    assert field.list.visualItemRect(field.list.item(0)).width() <= field.list.viewport().width()
    assert field.list.verticalScrollBar().maximum() == 0, "both lines have their room"
    assert long in field.list.item(0).toolTip()
    qtbot.mouseClick(
        field.list.viewport(), Qt.MouseButton.LeftButton, pos=field.list.visualItemRect(field.list.item(1)).center()
    )
    assert field.value() == 2


def test_spoken_days() -> None:
    assert spoken(date(2026, 3, 1)) == "2026-03-01 周日"
