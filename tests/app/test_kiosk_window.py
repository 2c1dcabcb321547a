"""The kiosk's window: from the first page to thanks and back, and nothing of the last respondent left."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QClipboard, QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.kiosk.window import KioskWindow
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyPaper
from dangxiao_houqin.modules.surveys.ui.answer_parts import Words
from tests.modules.surveys.answer_screens import measure, press, press_key, rest, seen, touchables, widget
from tests.modules.surveys.ballots import add_campaign, add_codes, paper, small_content

from .kiosk_screens import PIN, Kiosk, kiosk_on, settle

pytestmark = pytest.mark.sqlite_only
Open = Callable[..., AbstractContextManager[Kiosk]]
Unit = Callable[..., Any]


@pytest.fixture
def open_kiosk(qtbot: QtBot, unit: Unit, db_url: str, clock: FixedClock) -> Open:
    def open_it(**options: Any) -> AbstractContextManager[Kiosk]:
        return kiosk_on(qtbot, unit, db_url, clock, **options)

    return open_it


@pytest.fixture
def campaign(unit: Unit) -> int:
    with unit() as ctx:
        return int(add_campaign(ctx).id)


def papers(unit: Unit) -> list[Answers]:
    with unit(read_only=True) as ctx:
        return [Answers.load(str(paper.answers)) for paper in ctx.session.query(SurveyPaper)]


def answer_all(window: KioskWindow, *, to: str = "submit") -> None:
    """All questions of :func:`small_content`, up to the page with 交卷 (or up to the page of question ``to``)."""
    steps = ["level_1_5", "next", "level_2_4", "next", "level_3_3", "next", "option_4_1", "next", "option_5_2", "next"]
    for name in steps:
        press(window, name)
    if to == "submit":
        press(window, "next")
        rest(window)


def words(window: KioskWindow) -> list[str]:
    return [part.text() for part in window.findChildren(Words) if part.isVisible()]


# ------------------------------------------------------------------------------------------- the way through
def test_one_survey_from_the_first_page_to_thanks_and_back(open_kiosk: Open, unit: Unit, campaign: int) -> None:
    with open_kiosk() as kiosk:
        assert kiosk.place == "start"
        assert "2026年秋季中青班" in words(kiosk.window)
        press(kiosk.window, f"survey_{campaign}")
        answer_all(kiosk.window)
        press(kiosk.window, "submit")
        kiosk.wait_for("thanks")
        assert "交卷成功" in words(kiosk.window)
        kiosk.qtbot.waitUntil(lambda: kiosk.link.waiting() == 0, timeout=10_000)
        assert papers(unit) == [Answers({1: 5, 2: 4, 3: 3}, {4: (1,), 5: (2,)}, {})]
        kiosk.leave_alone(2)
        assert kiosk.place == "thanks"
        kiosk.leave_alone(5)
        assert kiosk.place == "start"


def test_two_people_after_each_other_give_two_papers(open_kiosk: Open, unit: Unit, campaign: int) -> None:
    with open_kiosk() as kiosk:
        for _ in range(2):
            press(kiosk.window, f"survey_{campaign}")
            assert not any(w.isChecked() for w, _ in touchables(kiosk.window))
            answer_all(kiosk.window)
            press(kiosk.window, "submit")
            kiosk.wait_for("thanks")
            press(kiosk.window, "again")
        kiosk.qtbot.waitUntil(lambda: len(papers(unit)) == 2, timeout=10_000)


def test_several_surveys_are_chosen_by_class(open_kiosk: Open, unit: Unit) -> None:
    with unit() as ctx:
        ids = [add_campaign(ctx, subject=("training_class", n, f"第{n}期培训班", "")).id for n in range(1, 13)]
        full = add_campaign(ctx, subject=("training_class", 99, "满了的班", ""), most=1)
        ctx.session.add(SurveyPaper(paper_id="0" * 32, campaign_id=full.id, day=ctx.today(), answers="{}"))
        full_id = full.id
    with open_kiosk() as kiosk:
        window = kiosk.window
        assert kiosk.place == "start"
        found: set[str] = set()
        for _ in range(10):
            found |= {w.objectName() for w, _ in touchables(window) if w.objectName().startswith("survey_")}
            if seen(window, f"survey_{full_id}"):
                assert not widget(window, f"survey_{full_id}").isEnabled()
            onward = next(w for w, _ in touchables(window) if w.accessibleName() == "下一屏")
            if not onward.isEnabled():
                break
            QTest.mouseClick(onward, Qt.MouseButton.LeftButton)
        assert found == {f"survey_{number}" for number in [*ids, full_id]}
        kiosk.leave_alone(61)  # the next one begins at the first classes again
        press(window, next(name for name in sorted(found) if seen(window, name)))
        assert kiosk.place == "begin"
        press(window, "home")
        assert kiosk.place == "start"


def test_the_closed_page_opens_by_itself(open_kiosk: Open, unit: Unit, clock: FixedClock) -> None:
    with open_kiosk() as kiosk:
        assert kiosk.place == "closed"
        with unit() as ctx:
            later = add_campaign(ctx)
            later.opens_at = ctx.now() + timedelta(hours=1)
        kiosk.hear()
        assert kiosk.place == "closed"
        assert any("09:00" in text for text in words(kiosk.window))
        clock.advance(timedelta(hours=1))
        kiosk.qtbot.waitUntil(lambda: kiosk.place == "start", timeout=5_000)
        clock.advance(timedelta(hours=3))
        kiosk.wait_for("closed")


def test_a_campaign_closed_meanwhile_leaves_whoever_is_answering_in_peace(
    open_kiosk: Open, unit: Unit, campaign: int
) -> None:
    with open_kiosk() as kiosk:
        press(kiosk.window, f"survey_{campaign}")
        press(kiosk.window, "level_1_5")
        with unit() as ctx:
            ctx.get(SurveyCampaign, campaign).state = CampaignState.CLOSED.value
        kiosk.hear()
        assert kiosk.place == "answer"
        assert widget(kiosk.window, "level_1_5").isChecked()
        press(kiosk.window, "home")
        press(kiosk.window, "leave_now")
        assert kiosk.place == "closed"


# ---------------------------------------------------------------------------------------------------- codes
def type_digits(window: KioskWindow, digits: str) -> None:
    for digit in digits:
        press(window, f"key_{digit}")


def test_a_code_is_asked_for_checked_and_used_once(open_kiosk: Open, unit: Unit) -> None:
    with unit() as ctx:
        number = add_campaign(ctx, anonymity=Anonymity.CODES).id
        code = add_codes(ctx, number, 1)[0]
    with open_kiosk() as kiosk:
        window = kiosk.window
        press(window, f"survey_{number}")
        assert kiosk.place == "code"
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        type_digits(window, wrong)
        assert not widget(window, "key_ok").isEnabled()
        assert any("这个号码不对" in text for text in words(window))
        press(window, "key_back")
        type_digits(window, code[-1])
        press(window, "key_ok")
        kiosk.wait_for("answer")
        answer_all(window)
        press(window, "submit")
        kiosk.wait_for("thanks")
        kiosk.qtbot.waitUntil(lambda: len(papers(unit)) == 1, timeout=10_000)
        press(window, "again")
        press(window, f"survey_{number}")
        type_digits(window, code)
        press(window, "key_ok")
        kiosk.qtbot.waitUntil(lambda: any("已经用过" in text for text in words(window)), timeout=10_000)
        assert kiosk.place == "code"
        assert widget(window, "key_1").isEnabled()


# ---------------------------------------------------------------------------------------------------- keeping
@pytest.mark.expect_log("kiosk queue: no room")
def test_a_paper_the_disk_does_not_take_stays_on_screen_and_is_not_doubled(
    open_kiosk: Open, unit: Unit, campaign: int
) -> None:
    with open_kiosk() as kiosk:
        window = kiosk.window
        press(window, f"survey_{campaign}")
        answer_all(window)
        disk = sqlite3.connect(kiosk.link.queue.path)
        disk.execute("CREATE TRIGGER no_room BEFORE INSERT ON paper BEGIN SELECT RAISE(ABORT, 'no room'); END")
        disk.commit()
        press(window, "submit")
        kiosk.qtbot.waitUntil(lambda: widget(window, "submit").isEnabled(), timeout=10_000)
        assert kiosk.place == "answer"
        first = window._paper_id
        assert papers(unit) == []
        disk.execute("DROP TRIGGER no_room")
        disk.commit()
        disk.close()
        rest(window)
        press(window, "submit")
        kiosk.wait_for("thanks")
        kiosk.qtbot.waitUntil(lambda: len(papers(unit)) == 1, timeout=10_000)
        with unit(read_only=True) as ctx:
            assert [paper.paper_id for paper in ctx.session.query(SurveyPaper)] == [first]


def test_a_greedy_finger_on_hand_in_gives_one_paper(open_kiosk: Open, unit: Unit, campaign: int) -> None:
    with open_kiosk() as kiosk:
        press(kiosk.window, f"survey_{campaign}")
        answer_all(kiosk.window)
        button = widget(kiosk.window, "submit")
        rest(kiosk.window)
        for _ in range(5):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        kiosk.wait_for("thanks")
        kiosk.qtbot.waitUntil(lambda: kiosk.link.waiting() == 0, timeout=10_000)
        assert len(papers(unit)) == 1


# ------------------------------------------------------------------------------------------------------- idle
def test_nobody_there_wipes_after_a_countdown(open_kiosk: Open, unit: Unit, campaign: int) -> None:
    with open_kiosk(idle_seconds=60) as kiosk:
        window = kiosk.window
        press(window, f"survey_{campaign}")
        press(window, "level_1_5")
        kiosk.leave_alone(44)
        assert not seen(window, "still_here")
        kiosk.leave_alone(5)
        assert any("11 秒返回首页" in text for text in words(window))
        press(window, "still_here")
        assert not seen(window, "still_here")
        assert widget(window, "level_1_5").isChecked()
        kiosk.leave_alone(59)
        assert kiosk.place == "answer"
        kiosk.leave_alone(2)
        assert kiosk.place == "start"
        press(window, f"survey_{campaign}")
        assert not widget(window, "level_1_5").isChecked()
    assert papers(unit) == []


@pytest.mark.parametrize("place", ("code", "begin", "pin"))
def test_every_page_is_given_up_when_nobody_is_there(open_kiosk: Open, unit: Unit, place: str) -> None:
    with unit() as ctx:
        number = add_campaign(ctx, anonymity=Anonymity.CODES).id
        if place == "begin":
            add_campaign(ctx, subject=("training_class", 2, "另一个班", ""))
    with open_kiosk() as kiosk:
        if place == "pin":
            tap_emblem(kiosk.window, 5)
        else:
            press(kiosk.window, f"survey_{number}")
        assert kiosk.place == place
        kiosk.leave_alone(50)
        assert seen(kiosk.window, "still_here")
        kiosk.leave_alone(61)
        assert kiosk.place == "start"


def test_while_the_disk_writes_nobody_is_sent_away(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        press(kiosk.window, f"survey_{campaign}")
        answer_all(kiosk.window)
        kiosk.window._waiting_for_disk = True
        kiosk.leave_alone(500)
        assert kiosk.place == "answer"


# -------------------------------------------------------------------------------------- nothing of it remains
ONE, OTHER = "热水", "蟑螂"  # what is searched for has both, and no word of the program has


@pytest.mark.parametrize("end", ("handed in", "idle", "left"))
def test_nothing_of_the_last_respondent_is_left(open_kiosk: Open, campaign: int, end: str) -> None:
    with open_kiosk() as kiosk:
        window = kiosk.window
        press(window, f"survey_{campaign}")
        answer_all(window, to="remark")
        press(window, "type")
        press_key(window, *"reshui", ONE, *"zhanglang", OTHER)
        press(window, "written")
        flow = id(window.page)
        assert any(_both(text) for text in traces()), "the search finds nothing even while it is there"
        clipboard = QApplication.clipboard()
        clipboard.setText(ONE + OTHER)
        if end == "handed in":
            press(window, "next")
            rest(window)
            press(window, "submit")
            kiosk.wait_for("thanks")
            kiosk.qtbot.waitUntil(lambda: kiosk.link.waiting() == 0, timeout=10_000)
            kiosk.leave_alone(10)
        elif end == "idle":
            kiosk.leave_alone(61)
        else:
            press(window, "home")
            press(window, "leave_now")
        assert kiosk.place == "start"
        settle()
        kiosk.qtbot.waitUntil(lambda: not kiosk.link._sending, timeout=10_000)
        settle()
        gc.collect()
        assert [text for text in traces() if _both(text)] == []
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
            assert clipboard.text(mode) == ""
        assert id(window.page) != flow or window.place == "start"
        for kind in (QLineEdit, QTextEdit, QPlainTextEdit):
            assert window.findChildren(kind) == []


def _both(text: str) -> bool:
    return ONE in text and OTHER in text


def traces() -> Iterator[str]:
    """Every text of every Qt object, and every string that any living Python container holds."""
    for window in QApplication.topLevelWidgets():
        for part in [window, *window.findChildren(QObject)]:
            meta = part.metaObject()
            for place in range(meta.propertyCount()):
                value = part.property(meta.property(place).name())
                if isinstance(value, str):
                    yield value
            for name in part.dynamicPropertyNames():
                with suppress(RuntimeError):  # Qt keeps things of its own there that have no Python form
                    value = part.property(bytes(name.data()).decode())
                    if isinstance(value, str):
                        yield value
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            held: Iterator[Any] = iter([*thing.keys(), *thing.values()])
        elif isinstance(thing, list | tuple | set | frozenset):
            held = iter(list(thing))
        else:
            continue
        yield from (one for one in held if type(one) is str)


# ------------------------------------------------------------------------------------------------------ staff
def tap_emblem(window: KioskWindow, times: int) -> None:
    for _ in range(times):
        if seen(window, "emblem"):
            QTest.mouseClick(widget(window, "emblem"), Qt.MouseButton.LeftButton)
    settle()


def test_staff_get_out_by_five_taps_and_the_pin(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        window = kiosk.window
        tap_emblem(window, 4)
        assert kiosk.place == "start"
        tap_emblem(window, 1)
        assert kiosk.place == "pin"
        type_digits(window, "111222")
        press(window, "key_ok")
        kiosk.qtbot.waitUntil(lambda: any("口令不对" in text for text in words(window)), timeout=10_000)
        assert kiosk.left == []
        type_digits(window, PIN)
        press(window, "key_ok")
        kiosk.wait_for("staff")
        assert any("没有等待交送的答卷" in text for text in words(window))
        press(window, "back_to_start")
        assert kiosk.place == "start"
        tap_emblem(window, 5)
        type_digits(window, PIN)
        press(window, "key_ok")
        kiosk.wait_for("staff")
        press(window, "leave")
        assert kiosk.left == [True]


def test_staff_throw_refused_papers_away_after_one_question(open_kiosk: Open, unit: Unit, campaign: int) -> None:
    with open_kiosk() as kiosk:
        window, queue = kiosk.window, kiosk.link.queue
        window._open_staff()
        settle()
        assert not seen(window, "clear")
        with unit() as ctx:
            ctx.get(SurveyCampaign, campaign).state = CampaignState.CLOSED.value
            day = ctx.today()
        kiosk.hear()  # else the link lets go of them at once
        for _ in range(3):
            mine = paper(campaign, day, text="食堂的汤太咸了")
            queue.put(mine)
            queue.hold(mine.paper_id, "survey_closed")
        kiosk.link.recall()
        window._news()
        settle()
        assert widget(window, "clear").text() == "清除未收下的答卷…"
        press(window, "clear")
        assert "清除 3 份未收下的答卷吗？" in words(window)
        assert not seen(window, "leave")
        QTest.mouseClick(widget(window, "clear_now"), Qt.MouseButton.LeftButton)  # a trembling finger
        press(window, "keep")
        assert queue.state().refused == {"survey_closed": 3}
        assert seen(window, "leave")
        press(window, "clear")
        window.page._turned -= 1  # type: ignore[union-attr]
        press(window, "clear_now")
        kiosk.qtbot.waitUntil(lambda: kiosk.link.refused() == (), timeout=10_000)
        settle()
        assert queue.state().refused == {}
        assert not seen(window, "clear")
        assert seen(window, "leave")
        assert kiosk.place == "staff"
        assert not any("食堂" in text for text in words(window))


def test_slow_taps_ask_for_nothing(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        tap_emblem(kiosk.window, 4)
        emblem = widget(kiosk.window, "emblem")
        emblem._taps = [tap - 3.1 for tap in emblem._taps]  # type: ignore[attr-defined]
        tap_emblem(kiosk.window, 1)
        assert kiosk.place == "start"


def test_nothing_but_the_emblem_leads_to_the_pin(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        window = kiosk.window
        for x in range(20, window.width(), 60):
            for y in range(20, window.height(), 60):
                spot = QPoint(x, y)
                hit = window.childAt(spot)
                if hit is not None and hit.objectName() not in ("emblem", f"survey_{campaign}"):
                    for _ in range(6):
                        QTest.mouseClick(hit, Qt.MouseButton.LeftButton, pos=hit.mapFrom(window, spot))
        assert kiosk.place == "start"


def test_a_locked_pin_page_counts_down_and_takes_nothing(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk(pin_attempts=3, pin_lock_seconds=60) as kiosk:
        window = kiosk.window
        tap_emblem(window, 5)
        for _ in range(3):
            type_digits(window, "111222")
            press(window, "key_ok")
            kiosk.qtbot.waitUntil(lambda: not kiosk.window.lock._trying, timeout=10_000)  # type: ignore[attr-defined]
            settle()
        window._tick()
        assert any("秒后再试" in text for text in words(window))
        assert not widget(window, "key_1").isEnabled()


def test_the_window_does_not_close_by_itself(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        assert not kiosk.window.close()
        event = QCloseEvent()
        QApplication.sendEvent(kiosk.window, event)
        assert not event.isAccepted()
        assert kiosk.window.isVisible()


def test_a_late_answer_does_not_reach_the_next_respondent(open_kiosk: Open, unit: Unit) -> None:
    with unit() as ctx:
        number = add_campaign(ctx, anonymity=Anonymity.CODES).id
        code = add_codes(ctx, number, 1)[0]
    with open_kiosk() as kiosk:
        press(kiosk.window, f"survey_{number}")
        type_digits(kiosk.window, code)
        press(kiosk.window, "key_ok")
        kiosk.window.go_home()
        QTest.qWait(300)
        settle()
        assert kiosk.place == "start"
        press(kiosk.window, f"survey_{number}")
        assert kiosk.place == "code"


# ------------------------------------------------------------------------------------------------------- sizes
SCREENS = (
    (1920, 1080, 96.0),
    (1920, 1080, 218.0),
    (1366, 768, 96.0),
    (1366, 768, 156.0),
    (1080, 1920, 96.0),
    (1080, 1920, 218.0),
)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: "{}x{}@{:.0f}".format(*screen))
@pytest.mark.parametrize("large", (False, True), ids=("usual", "large"))
def test_every_page_of_the_kiosk_can_be_touched(
    open_kiosk: Open, unit: Unit, clock: FixedClock, screen: tuple[int, int, float], large: bool
) -> None:
    width, height, dpi = screen
    with unit() as ctx:
        codes = add_campaign(ctx, anonymity=Anonymity.CODES).id
    with open_kiosk(size=(width, height), dpi=dpi, large_text=large, high_contrast=large) as kiosk:
        window = kiosk.window
        least = window.look().target
        assert least >= 15 / 25.4 * dpi

        def check(place: str) -> None:
            settle()
            assert kiosk.place == place
            assert measure(window, least) == [], place
            if hasattr(window.page, "set_countdown"):
                window.page.set_countdown(9)
                settle()
                assert measure(window, least) == [], f"{place} with countdown"
                window.page.set_countdown(None)

        check("start")
        press(window, f"survey_{codes}")
        check("code")
        window._ask(window._survey)  # type: ignore[arg-type]
        check("answer")
        window._thank(window.link.surveys()[0])
        check("thanks")
        window.go_home()
        tap_emblem(window, 5)
        check("pin")
        window._open_staff()
        check("staff")
        for reason in ("survey_closed", "survey_full", "survey_code_unknown"):
            mine = paper(codes, clock.today(), code="123456782")
            window.link.queue.put(mine)  # type: ignore[attr-defined]
            window.link.queue.hold(mine.paper_id, reason)  # type: ignore[attr-defined]
        window.link.recall()  # type: ignore[attr-defined]
        window._news()
        check("staff")
        press(window, "clear")
        check("staff")
        window.link.queue.discard()  # type: ignore[attr-defined]
        window.link.recall()  # type: ignore[attr-defined]
        window.go_home()
        with unit() as ctx:
            others = [
                add_campaign(ctx, subject=("training_class", n, f"第{n}期全县农村党组织书记培训班", "")).id
                for n in range(9)
            ]
        kiosk.hear()
        check("start")
        first = next(name for name in (f"survey_{n}" for n in [codes, *others]) if seen(window, name))
        press(window, first)
        check("begin")
        with unit() as ctx:
            for one in ctx.session.query(SurveyCampaign):
                one.state = CampaignState.CLOSED.value
        kiosk.hear()
        check("closed")


def test_another_screen_keeps_the_answers(open_kiosk: Open, campaign: int) -> None:
    with open_kiosk() as kiosk:
        press(kiosk.window, f"survey_{campaign}")
        press(kiosk.window, "level_1_5")
        kiosk.window.resize(1080, 1920)
        QTest.qWait(50)
        assert kiosk.place == "answer"
        assert widget(kiosk.window, "level_1_5").isChecked()
        assert kiosk.window.page is not None
        assert kiosk.window.page.size() == kiosk.window.size()


def test_the_small_questionnaire_is_what_was_asked() -> None:
    """The steps of these tests belong to it."""
    assert [question.number for question in small_content().questions] == [1, 2, 3, 4, 5, 6]
