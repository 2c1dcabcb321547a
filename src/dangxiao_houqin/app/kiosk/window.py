"""The kiosk's only window: which page is shown, when a page is given up, and that nothing of it stays.

Every respondent gets new widgets.  There is no text field, menu, tip or dialog anywhere in it.  Full screen, keys and
the desktop are the guard's affair.
"""

from __future__ import annotations

import math
import time
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.modules.surveys.api import (
    Anonymity,
    Answers,
    FinishedPaper,
    KioskRules,
    OpenSurvey,
    check_answers,
    new_paper_id,
)
from dangxiao_houqin.modules.surveys.ui.answer_flow import AnswerFlow
from dangxiao_houqin.modules.surveys.ui.answer_look import Look, screen_dpi
from dangxiao_houqin.modules.surveys.ui.pinyin_input import words

from .code_page import CodePage
from .page import KioskPage
from .pin_page import PinPage, StaffPage
from .start_page import BeginPage, ChoosePage, ClosedPage, Offer, whom
from .thanks_page import ThanksPage

LAST_SECONDS = 15
"""The countdown is seen for so long, or for half of a shorter time."""

TICK_MS = 250
WARM_UP_MS = 2000

_ACTIVITY = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchEnd,
        QEvent.Type.KeyPress,
        QEvent.Type.Wheel,
    }
)
_RESTING = frozenset({"start", "closed"})
STANDARD_FAILURE = "答卷没有保存成功，您填的内容还在；请再按一次“交卷”，还不行请联系工作人员。"


class Link(Protocol):
    """What the window asks of :class:`~.link.KioskLink`."""

    changed: Any

    def surveys(self) -> tuple[OpenSurvey, ...]: ...
    def rules(self) -> KioskRules: ...
    def waiting(self) -> int: ...
    def refused(self) -> tuple[tuple[str, int], ...]: ...
    def troubles(self) -> tuple[str, ...]: ...
    def offline(self) -> bool: ...
    def finish(self, paper: FinishedPaper, ok: Any, fail: Any) -> None: ...
    def try_code(self, campaign_id: int, code: str, ok: Any, fail: Any) -> None: ...
    def send_again(self) -> None: ...
    def clear_refused(self) -> None: ...


class Lock(Protocol):
    """What the window asks of :class:`~.lock.KioskLock`."""

    def has_pin(self) -> bool: ...
    def locked_seconds(self) -> int: ...
    def try_pin(self, pin: str, ok: Any, fail: Any) -> None: ...


class KioskWindow(QWidget):
    """The kiosk; ``place`` names the page: start, closed, begin, code, answer, thanks, pin or staff.

    ``leaving`` when the staff wants out and may; :meth:`close_for_good` then closes it.  ``dpi`` is the screen's
    physical density, asked of the screen when ``None``.
    """

    leaving = Signal()

    def __init__(
        self,
        link: Link,
        lock: Lock,
        *,
        clock: Clock | None = None,
        dpi: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("kioskWindow")
        self.setWindowTitle("满意度测评")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.link, self.lock = link, lock
        self.clock: Clock = clock or SystemClock()
        self.may_close = False
        self.place = ""
        self._dpi = dpi
        self._page: QWidget | None = None
        self._survey: OpenSurvey | None = None
        self._code = ""
        self._paper_id = ""
        self._waiting_for_disk = False
        self._visit = 0
        self._shown: tuple[object, ...] = ()
        self._built_for = QSize()
        self._touched = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        link.changed.connect(self._news)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self.go_home()

    # ------------------------------------------------------------------------------------------- the page
    def look(self) -> Look:
        """How pages look on this screen under the rules of today."""
        dpi = screen_dpi(self) if self._dpi is None else self._dpi
        return Look.of(self.size(), dpi, self.link.rules())

    @property
    def page(self) -> QWidget | None:
        """The page shown."""
        return self._page

    def _show(self, page: QWidget, place: str) -> None:
        """Show ``page`` and let go of the last one for good."""
        old, self._page = self._page, page
        self.place = place
        self._built_for = self.size()
        page.setParent(self)
        page.setGeometry(self.rect())
        page.show()
        if isinstance(page, KioskPage):
            page.still_here.connect(self._stay)
            page.staff_asked.connect(self._ask_pin)
        if old is not None:
            old.hide()
            old.deleteLater()  # not at once: one of its own buttons may have been pressed
        self._touched = time.monotonic()

    @Slot()
    def go_home(self) -> None:
        """The first page, and nothing of whoever was here."""
        self._visit += 1
        self._survey, self._code, self._paper_id = None, "", ""
        self._waiting_for_disk = False
        _empty_clipboard()
        offer, look, away = self._offer(), self.look(), self.link.offline()
        self._shown = self._signature(offer)
        if not offer.open:
            self._show(ClosedPage(offer, look, offline=away), "closed")
        elif len(offer.surveys) == 1:
            self._survey = offer.surveys[0]
            first = BeginPage(self._survey, look, first=True, offline=away)
            first.begun.connect(self._begin)
            self._show(first, "start")
        else:
            choose = ChoosePage(offer, look, offline=away)
            choose.chosen.connect(self._choose)
            self._show(choose, "start")

    def _offer(self) -> Offer:
        return Offer.at(self.link.surveys(), self.clock.now())

    def _signature(self, offer: Offer) -> tuple[object, ...]:
        """What the first page depends on."""
        return (offer, self.link.rules(), self.link.offline(), self.size())

    @Slot()
    def _news(self) -> None:
        """The link knows something new: the first page shows it; whoever is answering is left in peace."""
        if self.place in _RESTING:
            if self._signature(self._offer()) != self._shown:
                self.go_home()
        elif self.place == "begin" and self._survey is not None:
            known = {survey.campaign_id: survey for survey in self._offer().open}
            if self._survey.campaign_id not in known:
                self.go_home()
        elif isinstance(self._page, StaffPage):
            self._tell_staff(self._page)

    # -------------------------------------------------------------------------------------------- answering
    @Slot(int)
    def _choose(self, campaign_id: int) -> None:
        for survey in self._offer().open:
            if survey.campaign_id == campaign_id:
                self._survey = survey
                page = BeginPage(survey, self.look(), first=False)
                page.begun.connect(self._begin)
                page.back.connect(self.go_home)
                self._show(page, "begin")
                return
        self.go_home()

    @Slot()
    def _begin(self) -> None:
        survey = self._survey
        if survey is None or not survey.offered_at(self.clock.now()):
            self.go_home()
        elif survey.anonymity is Anonymity.CODES:
            page = CodePage(survey, self.look())
            page.entered.connect(self._try_code)
            page.back.connect(self.go_home)
            self._show(page, "code")
        else:
            self._ask(survey)

    @Slot(str)
    def _try_code(self, code: str) -> None:
        assert self._survey is not None
        self._code = code
        answer = _Answer(self, self._visit)
        self.link.try_code(self._survey.campaign_id, code, answer.code_good, answer.failed)

    def _ask(self, survey: OpenSurvey) -> None:
        flow = AnswerFlow(survey.content, self.link.rules(), whom(survey), dpi=self._dpi)
        flow.resize(self.size())
        flow.finished.connect(self._finish)
        flow.left.connect(self.go_home)
        flow.still_here.connect(self._stay)
        self._show(flow, "answer")

    @Slot(object)
    def _finish(self, answers: Answers) -> None:
        """Have the paper kept before anybody is thanked."""
        survey, flow = self._survey, self._page
        assert survey is not None
        assert isinstance(flow, AnswerFlow)
        try:
            check_answers(survey.content, answers)
        except AppError as error:
            flow.refuse(error.message)
            return
        self._paper_id = self._paper_id or new_paper_id()  # kept when it is tried again: one person, one paper
        paper = FinishedPaper(self._paper_id, survey.campaign_id, self.clock.today(), answers, self._code)
        self._waiting_for_disk = True
        answer = _Answer(self, self._visit)
        self.link.finish(paper, answer.kept, answer.failed)

    def heard(self, visit: int, what: str, error: Exception | None = None) -> None:
        """What became of a question to the link or the lock, if whoever asked is still here."""
        if visit != self._visit:
            return
        page = self._page
        self._touched = time.monotonic()
        if what == "code" and isinstance(page, CodePage) and self._survey is not None:
            self._ask(self._survey)
        elif what == "kept" and self._survey is not None:
            self._thank(self._survey)
        elif what == "pin" and isinstance(page, PinPage):
            self._open_staff()
        elif what == "failed":
            self._waiting_for_disk = False
            if isinstance(page, AnswerFlow):
                page.refuse(_sentence(error, STANDARD_FAILURE))
            elif isinstance(page, CodePage | PinPage):
                page.refuse(_sentence(error, "没有核对成功，请再试一次。"))

    def _thank(self, survey: OpenSurvey) -> None:
        self._visit += 1
        self._code, self._paper_id, self._survey = "", "", None
        self._waiting_for_disk = False
        page = ThanksPage(survey.content.title, survey.content.thanks, self.look())
        page.again.connect(self.go_home)
        self._show(page, "thanks")
        self._tick()

    # ------------------------------------------------------------------------------------------------ staff
    @Slot()
    def _ask_pin(self) -> None:
        page = PinPage(self.look(), has_pin=self.lock.has_pin())
        page.entered.connect(self._try_pin)
        page.back.connect(self.go_home)
        page.set_locked(self.lock.locked_seconds())
        self._show(page, "pin")

    @Slot(str)
    def _try_pin(self, pin: str) -> None:
        answer = _Answer(self, self._visit)
        self.lock.try_pin(pin, answer.pin_good, answer.failed)

    def _open_staff(self) -> None:
        page = StaffPage(self.look())
        page.back.connect(self.go_home)
        page.resend.connect(self.link.send_again)
        page.clear.connect(self.link.clear_refused)
        page.leave.connect(self.leaving)
        self._tell_staff(page)
        self._show(page, "staff")

    def _tell_staff(self, page: StaffPage) -> None:
        link = self.link
        page.show_state(link.waiting(), link.refused(), link.troubles(), offline=link.offline())

    # ------------------------------------------------------------------------------------------------- time
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notices that somebody is there; eats nothing."""
        if event.type() in _ACTIVITY:
            self._touched = time.monotonic()
        return False

    @Slot()
    def _stay(self) -> None:
        self._touched = time.monotonic()
        self._tick()

    def idle_seconds(self) -> int:
        """After how many seconds without a touch the present page is given up."""
        rules = self.link.rules()
        return rules.thanks_seconds if self.place == "thanks" else rules.idle_seconds

    @Slot()
    def _tick(self) -> None:
        page = self._page
        if self.place in _RESTING:
            alone = time.monotonic() - self._touched > self.idle_seconds()
            if self._signature(self._offer()) != self._shown:
                self.go_home()
            elif alone and isinstance(page, ChoosePage):
                page.grid.show_tile(0)
            return
        if self._waiting_for_disk:
            self._touched = time.monotonic()
            return
        if isinstance(page, PinPage):
            page.set_locked(self.lock.locked_seconds())
        limit = self.idle_seconds()
        left = math.ceil(limit - (time.monotonic() - self._touched))
        if left <= 0:
            self.go_home()
            return
        seen = limit if self.place == "thanks" else min(LAST_SECONDS, limit // 2)
        if isinstance(page, KioskPage | AnswerFlow):
            page.set_countdown(left if left <= seen else None)

    # ------------------------------------------------------------------------------------------- the window
    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._timer.start()
        QTimer.singleShot(WARM_UP_MS, self, self._warm_up)

    @Slot()
    def _warm_up(self) -> None:
        """Read the word list of the on-screen keyboard while nobody waits."""
        if self.place in _RESTING:
            words()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._page is not None:
            self._page.setGeometry(self.rect())
        if self._built_for != self.size():
            QTimer.singleShot(0, self, self._refit)

    @Slot()
    def _refit(self) -> None:
        """Another size of screen: pages other than the questions (which do it themselves) are made anew."""
        if self._built_for == self.size():
            return
        self._built_for = self.size()
        if not isinstance(self._page, AnswerFlow):
            self.go_home()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody closes it but the staff."""
        event.setAccepted(self.may_close)

    def close_for_good(self) -> None:
        """End: the staff has given the PIN, or the program stops."""
        self.may_close = True
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._visit += 1
        _empty_clipboard()
        self.close()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(Look.of(self.size(), 96, self.link.rules()).colours.ground))


class _Answer(QObject):
    """Carries an answer back to the visit that asked; a later visitor never hears of it."""

    def __init__(self, window: KioskWindow, visit: int) -> None:
        super().__init__(window)
        self._window, self._visit = window, visit

    def _say(self, what: str, error: Exception | None = None) -> None:
        self._window.heard(self._visit, what, error)
        self.deleteLater()

    @Slot()
    def code_good(self, *_what: object) -> None:
        self._say("code")

    @Slot()
    def kept(self, *_what: object) -> None:
        self._say("kept")

    @Slot()
    def pin_good(self, *_what: object) -> None:
        self._say("pin")

    @Slot(object)
    def failed(self, error: Exception) -> None:
        self._say("failed", error)


def _sentence(error: Exception | None, standard: str) -> str:
    return error.message if isinstance(error, AppError) else standard


def _empty_clipboard() -> None:
    """Nothing should ever be in it; the mouse's selection counts as well."""
    clipboard = QGuiApplication.clipboard()
    clipboard.clear(QClipboard.Mode.Clipboard)
    if clipboard.supportsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
