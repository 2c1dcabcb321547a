"""Answering a questionnaire, from the first page to 交卷: the kiosk's middle part, and the editor's preview.

It knows the questionnaire and the answers of one respondent, nothing else: no database, no timer, no campaign.  For
the next respondent a new one is made.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules

from .answer_look import Look, screen_dpi
from .answer_pages import Draft, HandInPage, Sheet, page_for, sheets_of
from .answer_parts import CENTRE, LEFT, BigButton, Head, Segments, Words
from .answer_text import WritingPage

SETTLE = 0.4
"""Seconds after a page turned in which 下一题 and 上一题 ignore a second touch."""


class AnswerFlow(QWidget):
    """All the pages of ``content`` one after the other.

    ``finished`` carries the :class:`Answers` when 交卷 is pressed; from then on the flow is busy until
    :meth:`refuse` or :meth:`set_busy`.  ``dpi`` is the screen's physical density, asked of the screen when ``None``.
    """

    finished = Signal(object)
    left = Signal()
    still_here = Signal()
    page_changed = Signal(int)

    def __init__(
        self,
        content: Content,
        rules: KioskRules,
        subject: str = "",
        parent: QWidget | None = None,
        *,
        dpi: float | None = None,
    ) -> None:
        super().__init__(parent)
        self.content, self.rules, self.subject = content, rules, subject
        self.draft = Draft()
        self._dpi = dpi
        self._place = 0
        self._furthest_missing = False  # came here from the list of missing questions
        self._busy = False
        self._turned = 0.0
        self._seconds: int | None = None
        self._refusal = ""
        self._asking_to_leave = False
        self._with_blanks = False  # asked whether to hand in as it is
        self._frame: QWidget | None = None
        self._page: QWidget | None = None
        self._writing: WritingPage | None = None
        self._sheets: tuple[Sheet, ...] = ()
        self._built_for = QSize()
        self.look = Look.of(QSize(1920, 1080), 96, rules)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    # ---------------------------------------------------------------------------------------- what others ask
    def answers(self) -> Answers:
        """What has been answered so far."""
        return self.draft.answers()

    def page_count(self) -> int:
        """Pages with questions; the page for handing in comes after them."""
        return len(self._sheets)

    @property
    def place(self) -> int:
        """The page shown, 0 the first; ``page_count()`` is the page for handing in."""
        return self._place

    def show_page(self, place: int) -> None:
        """Turn to page ``place``."""
        self._place = max(0, min(place, self.page_count()))
        self._refusal = ""
        self._with_blanks = False
        self._turned = time.monotonic()
        self._show()
        self.page_changed.emit(self._place)

    def set_busy(self, busy: bool) -> None:
        """While the paper is being kept nothing can be pressed."""
        self._busy = busy
        if isinstance(self._page, HandInPage):
            self._page.set_busy(busy)
        self._show_foot()

    def refuse(self, sentence: str) -> None:
        """The paper could not be kept: say why; the answers stay and it can be handed in again."""
        self._refusal = sentence
        self.set_busy(False)
        if isinstance(self._page, HandInPage):
            self._page.note.say(sentence, self.look.colours.error)

    def set_countdown(self, seconds: int | None) -> None:
        """Say that in ``seconds`` everything is wiped, and offer 我还在填; ``None`` takes it away."""
        if seconds != self._seconds:
            self._seconds = seconds
            self._show_foot()

    # ------------------------------------------------------------------------------------------- building
    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._frame is None:
            self._build()
        elif self._built_for != self.size():
            QTimer.singleShot(0, self, self._rebuild)
        if self._frame is not None:
            self._frame.setGeometry(self.rect())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._frame is None:
            self._build()
        return super().event(event)

    @Slot()
    def _rebuild(self) -> None:
        """Lay everything out anew for another size; the answers stay, and so does the question in sight."""
        if self._built_for == self.size():
            return
        here = self._sheets[self._place].questions[0].number if self._place < self.page_count() else None
        self._build()
        if here is not None:
            self._go(here)
        else:
            self.show_page(self.page_count())

    def _build(self) -> None:
        if self._frame is not None:
            self._frame.hide()
            self._frame.deleteLater()
        self._writing = None
        self._page = None
        self._built_for = self.size()
        dpi = screen_dpi(self) if self._dpi is None else self._dpi
        look = self.look = Look.of(self.size(), dpi, self.rules)
        frame = self._frame = QWidget(self)
        self._column = QVBoxLayout(frame)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._quit = BigButton("退出", look, self._ask_to_leave, kind="on_red")
        self._quit.setObjectName("home")
        self._quit.setFixedSize(max(look.px(150), look.target), max(look.px(72), look.target))
        note = " · ".join(part for part in (self.subject, "匿名填写") if part)
        self._head = Head(self.content.title, note, look, after=self._quit)
        self._column.addWidget(self._head)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(look.margin, look.px(24), look.margin, look.px(40 if look.upright else 28))
        self._body.setSpacing(look.px(16))
        self._column.addLayout(self._body, 1)
        self._progress()
        self._stage = QVBoxLayout()
        self._body.addLayout(self._stage, 1)
        self._foot()
        self._sheets = sheets_of(self.content, self.rules, look, self._room())
        frame.setGeometry(self.rect())
        frame.show()
        self._place = min(self._place, self.page_count())
        self._show()

    def _room(self) -> tuple[int, int]:
        """Width and height left for a page."""
        look = self.look
        margins = self._body.contentsMargins()
        taken = self._head.height() + margins.top() + margins.bottom() + 3 * look.px(16)
        taken += look.px(10) + self._where.height() + look.button
        if look.upright:
            taken += self._hint_height() + look.px(16)
        return self.width() - 2 * look.margin, max(0, self.height() - taken)

    def _progress(self) -> None:
        look = self.look
        self._segments = Segments(look)
        self._where = Words("", 28, look, colour=look.colours.second, align=LEFT)
        self._where.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._where.setFixedHeight(look.text(28) * 3 // 2)
        self._body.addWidget(self._segments)
        self._body.addWidget(self._where)

    def _hint_height(self) -> int:
        return max(self.look.button, self.look.text(26) * 3)

    def _foot(self) -> None:
        look = self.look
        self._back = BigButton("上一题", look, self._previous)
        self._back.setObjectName("previous")
        self._on = BigButton("下一题", look, self._next, kind="primary")
        self._on.setObjectName("next")
        wide = max(look.px(300), look.target, look.text(34) * 6)
        self._back.setFixedSize(max(look.px(260), look.target, look.text(32) * 5), look.button)
        self._on.setFixedSize(wide, look.button)
        self._hint = Words("", 26, look, colour=look.colours.second, align=CENTRE)
        self._hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hint.setFixedHeight(look.button if not look.upright else self._hint_height())
        self._here = BigButton("我还在填", look, self._stay, kind="warning")
        self._here.setObjectName("still_here")
        self._here.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(20))
        middle = QHBoxLayout()
        middle.setSpacing(look.px(16))
        middle.addWidget(self._hint, 1)
        middle.addWidget(self._here)
        buttons.addWidget(self._back)
        if look.upright:
            buttons.addStretch(1)
            self._body.addLayout(middle)
        else:
            buttons.addLayout(middle, 1)
        buttons.addWidget(self._on)
        self._body.addLayout(buttons)

    # ---------------------------------------------------------------------------------------------- showing
    def _show(self) -> None:
        """The page of the present place."""
        if self._frame is None:
            return
        if self._page is not None:
            self._page.hide()
            self._stage.removeWidget(self._page)
            self._page.deleteLater()
        self._page = self._make_page()
        self._stage.addWidget(self._page)
        self._page.show()
        self._segments.show_place(self._place, self.page_count() + 1)
        self._where.say(self._whereabouts())
        self._show_foot()

    def _make_page(self) -> QWidget:
        if self._asking_to_leave:
            return LeavePage(self, self.look)
        if self._place >= self.page_count():
            last = HandInPage(self.content, self.draft, self.look, anyway=self._with_blanks)
            last.submit.connect(self._submit)
            last.ask.connect(self._ask_about_blanks)
            last.go.connect(self._go_back_to)
            if self._refusal:
                last.note.say(self._refusal, self.look.colours.error)
            return last
        page = page_for(self._sheets[self._place], self.content, self.draft, self.look)
        page.touched.connect(self._marked)
        page.write.connect(self._write)
        return page

    def _whereabouts(self) -> str:
        if self._place >= self.page_count():
            return "最后一步：交卷"
        sheet = self._sheets[self._place]
        total = len(self.content.questions)
        places = {question.number: place for place, question in enumerate(self.content.questions, start=1)}
        first, last = places[sheet.questions[0].number], places[sheet.questions[-1].number]
        which = f"第 {first} 题" if first == last else f"第 {first}～{last} 题"
        return f"{sheet.group.title} · {which}，共 {total} 题"

    def _show_foot(self) -> None:
        if self._frame is None:
            return
        asking = self._asking_to_leave
        end = self._place >= self.page_count()
        self._back.setVisible(not asking)
        self._back.setEnabled(not self._busy and self._place > 0)
        several = not end and len(self._sheets[self._place].questions) > 1
        self._back.setText("上一页" if several else "上一题")
        self._on.setVisible(not asking and not end)
        self._on.setEnabled(not self._busy)
        self._quit.setEnabled(not self._busy and not asking)
        if not end:
            self._dress_next(several=several)
        counting = self._seconds is not None and not self._busy
        self._here.setVisible(counting and self._writing is None)
        idle = self.rules.idle_seconds
        words = f"{idle} 秒无操作将自动返回首页，已填内容不保存"
        if counting:
            words = f"还有 {self._seconds} 秒返回首页，已填内容不保存"
        colours = self.look.colours
        self._hint.bold = counting
        self._hint.say(words, colours.warning if counting else colours.second)
        if self._writing is not None:
            self._writing.warn(words if counting else "")
            self._set_body_visible(False)

    def _dress_next(self, *, several: bool) -> None:
        """Red once the page is answered; before that it can be passed over, and says so."""
        answers = self.answers()
        done = all(answers.has(question) for question in self._sheets[self._place].questions)
        thing = "页" if several else "题"
        words = f"下一{thing}" if done else "先跳过"
        if self._furthest_missing:
            words = "去交卷"
        self._on.setText(words)
        self._on.setAccessibleName(words)
        self._on.set_kind("primary" if done else "plain")

    # ---------------------------------------------------------------------------------------------- moving
    @Slot()
    def _marked(self) -> None:
        self._turned = 0.0  # whoever has marked something means the next touch
        self._show_foot()

    def _trembling(self) -> bool:
        return time.monotonic() - self._turned < SETTLE

    @Slot()
    def _next(self) -> None:
        if self._busy or self._trembling():
            return
        if self._furthest_missing:
            self._furthest_missing = False
            self.show_page(self.page_count())
            return
        self.show_page(self._place + 1)

    @Slot()
    def _previous(self) -> None:
        if self._busy or self._trembling():
            return
        self._furthest_missing = False
        self.show_page(self._place - 1)

    @Slot(int)
    def _go_back_to(self, number: int) -> None:
        if not self._trembling():
            self._furthest_missing = True
            self._go(number)

    def _go(self, number: int) -> None:
        """Turn to the page with question ``number``."""
        for place, sheet in enumerate(self._sheets):
            if any(question.number == number for question in sheet.questions):
                self.show_page(place)
                return

    @Slot()
    def _ask_about_blanks(self) -> None:
        if not self._busy and not self._trembling():
            self._with_blanks = True
            self._turned = time.monotonic()
            self._show()

    @Slot()
    def _submit(self) -> None:
        if self._busy or self._trembling():
            return
        self.set_busy(True)
        self.finished.emit(self.answers())

    @Slot()
    def _stay(self) -> None:
        self.set_countdown(None)
        self.still_here.emit()

    # --------------------------------------------------------------------------------------------- leaving
    @Slot()
    def _ask_to_leave(self) -> None:
        if self._busy:
            return
        empty = self.answers() == Answers({}, {}, {})
        if empty:
            self.left.emit()
            return
        self._asking_to_leave = True
        self._turned = time.monotonic()
        self._show()

    @Slot()
    def go_on(self) -> None:
        """Not leaving after all."""
        self._asking_to_leave = False
        self._turned = time.monotonic()
        self._show()

    # --------------------------------------------------------------------------------------------- writing
    @Slot(int)
    def _write(self, number: int) -> None:
        """Open the keyboard over everything but the idle countdown."""
        question = self.content.by_number[number]
        page = WritingPage(
            question.text, self.draft.texts.get(number, ""), question.length, self.look, self.width(), self
        )
        page.changed.connect(self._wrote)
        page.done.connect(self._written)
        page.still_here.connect(self._stay)
        page.setGeometry(self.rect())
        self._writing = page
        self._column.addWidget(page, 100)
        self._set_body_visible(False)
        page.show()

    @Slot(str)
    def _wrote(self, text: str) -> None:
        """Kept at once, so that turning the screen or a countdown loses nothing before its time."""
        self.draft.texts[self._sheets[self._place].questions[0].number] = text

    @Slot(str)
    def _written(self, text: str) -> None:
        self._wrote(text)
        if self._writing is not None:
            self._column.removeWidget(self._writing)
            self._writing.hide()
            self._writing.deleteLater()
            self._writing = None
        self._set_body_visible(True)
        self._turned = time.monotonic()
        self._show()

    def _set_body_visible(self, visible: bool) -> None:
        self._head.setVisible(visible)
        self._segments.setVisible(visible)
        self._where.setVisible(visible)
        for part in (self._page, self._back, self._on, self._hint):
            if part is not None:
                part.setVisible(visible)
        if not visible:
            self._here.setVisible(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.look.colours.ground))


class LeavePage(QWidget):
    """Asked before answers are thrown away."""

    def __init__(self, flow: AnswerFlow, look: Look) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setSpacing(look.px(36))
        layout.addStretch(2)
        layout.addWidget(Words("不填了吗？", 48, look, bold=True, align=CENTRE))
        layout.addWidget(Words("退出后，已填的内容不保存。", 30, look, colour=look.colours.second, align=CENTRE))
        row = QVBoxLayout() if look.upright else QHBoxLayout()
        row.setSpacing(look.px(36))
        stay = BigButton("继续填写", look, flow.go_on, kind="primary")
        leave = BigButton("不填了，返回首页", look, flow.left.emit)
        stay.setObjectName("go_on")
        leave.setObjectName("leave_now")
        for button in (stay, leave):
            button.setFixedSize(max(look.px(480), look.target, look.text(34) * 11), max(look.px(120), look.target))
        if not look.upright:
            row.addStretch(1)
        for button in (stay, leave):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        if isinstance(row, QHBoxLayout):
            row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(3)
