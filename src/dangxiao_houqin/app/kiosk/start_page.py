"""The first page: what can be answered now.  One survey: its words and 开始填写; several: a tile for each class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.surveys.api import Anonymity, OpenSurvey
from dangxiao_houqin.modules.surveys.ui.answer_grid import PagedGrid
from dangxiao_houqin.modules.surveys.ui.answer_look import Look
from dangxiao_houqin.modules.surveys.ui.answer_parts import LEFT, Touchable, fitting
from dangxiao_houqin.ui import icons, theme

from .page import KioskPage

TITLE = "后勤服务满意度测评"
_SECONDS_A_QUESTION = 7


@dataclass(frozen=True)
class Offer:
    """What the first page shows: surveys within their time (full ones too), and when the next one begins."""

    surveys: tuple[OpenSurvey, ...]
    next_at: datetime | None

    @classmethod
    def at(cls, surveys: Sequence[OpenSurvey], now: datetime) -> Offer:
        """The offer at ``now``."""
        running = tuple(survey for survey in surveys if survey.opens_at <= now < survey.closes_at)
        coming = [survey.opens_at for survey in surveys if survey.opens_at > now]
        return cls(running, min(coming, default=None))

    @property
    def open(self) -> tuple[OpenSurvey, ...]:
        """Those that still take papers."""
        return tuple(survey for survey in self.surveys if not survey.full)


def whom(survey: OpenSurvey) -> str:
    """For whom a survey is: the class, or its title where it is for the whole school."""
    return survey.subject or survey.title


def about(survey: OpenSurvey) -> str:
    """One line: how many questions, how long it takes, whether a slip is needed."""
    number = len(survey.content.questions)
    minutes = max(1, math.ceil(number * _SECONDS_A_QUESTION / 60))
    words = [f"共 {number} 题，约 {minutes} 分钟"]
    if survey.anonymity is Anonymity.CODES:
        words.append("凭纸条上的一次性码")
    return " · ".join(words)


class SurveyTile(Touchable):
    """One class to choose."""

    def __init__(self, survey: OpenSurvey, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(whom(survey), look, parent)
        self.setObjectName(f"survey_{survey.campaign_id}")
        second = survey.title if survey.subject and survey.title != survey.subject else ""
        self._second = "份数已满" if survey.full else " · ".join(part for part in (second, about(survey)) if part)
        self.setEnabled(not survey.full)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c, look = self.look.colours, self.look
        on = self.isEnabled()
        box = self.frame(
            painter, c.chosen_tint if self.isDown() else c.card if on else c.ground, c.line, look.border, 20
        )
        arrow = look.px(56) if on else 0
        inner = box.adjusted(look.px(36), look.px(14), -look.px(28) - arrow, -look.px(14))
        lower = QRectF(inner.left(), inner.top() + inner.height() * 0.6, inner.width(), inner.height() * 0.4)
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.58)
        self.words(painter, upper, 38, c.text if on else c.disabled, bold=True, align=int(LEFT))
        room = lower.toRect()
        size = fitting(self._second, look.text(26), room.size())
        painter.setFont(theme.font(size))
        painter.setPen(QColor(c.second if on else c.disabled))
        painter.drawText(room, int(LEFT) | int(Qt.TextFlag.TextWordWrap), self._second)
        if on:
            spot = QRectF(box.right() - arrow - look.px(16), box.center().y() - arrow / 2, arrow, arrow)
            icons.renderer("chevron-right", c.accent).render(painter, spot)


class ChoosePage(KioskPage):
    """Several surveys at once: choose the class."""

    chosen = Signal(int)

    def __init__(self, offer: Offer, look: Look, *, offline: bool, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, "匿名填写", look, with_emblem=True, parent=parent)
        self.say_big("请点您所在的班次")
        tiles: list[QWidget] = []
        for survey in offer.surveys:
            tile = SurveyTile(survey, look)
            tile.clicked.connect(partial(self._choose, survey.campaign_id))
            tiles.append(tile)
        columns = 1 if look.upright or len(tiles) <= 3 else 2
        self.grid = PagedGrid(tiles, look, columns=columns, tall=look.px(190), least=max(look.px(140), look.target))
        self.grid.setMaximumHeight(self.grid.sizeHint().height())
        self.body.addStretch(1)
        self.body.addWidget(self.grid, 40)
        self.body.addStretch(2)
        self.set_hint(offline_words(offline=offline))

    def _choose(self, campaign_id: int, _checked: bool = False) -> None:
        self.chosen.emit(campaign_id)


class BeginPage(KioskPage):
    """One survey: for whom, what is promised, and the button that begins."""

    begun = Signal()

    def __init__(
        self,
        survey: OpenSurvey,
        look: Look,
        *,
        first: bool,
        offline: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``first``: it is the first page, because there is no other survey to choose."""
        leave = None if first else self._leave
        super().__init__(
            survey.content.title,
            "匿名填写",
            look,
            home=leave,
            home_text="选错了，返回",
            with_emblem=first,
            parent=parent,
        )
        c = look.colours
        self.body.addStretch(2)
        self.say_big(whom(survey), 60)
        if survey.subject and survey.title != survey.subject:
            self.say_big(survey.title, 34, bold=False, colour=c.second)
        self.body.addSpacing(look.px(12))
        if survey.content.intro.strip():
            self.say_big(survey.content.intro.strip(), 36, bold=False)
        self.say_big(f"{about(survey)} · 只记日期，不记姓名和时间", 28, bold=False, colour=c.second)
        self.body.addSpacing(look.px(24))
        name = f"survey_{survey.campaign_id}" if first else "begin"
        self.big_button("开始填写", self.begun.emit, name)
        self.body.addStretch(3)
        self.set_hint(offline_words(offline=offline))

    back = Signal()

    def _leave(self) -> None:
        self.back.emit()


class ClosedPage(KioskPage):
    """Nothing can be answered now."""

    def __init__(self, offer: Offer, look: Look, *, offline: bool, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, "", look, with_emblem=True, parent=parent)
        c = look.colours
        full = bool(offer.surveys)
        self.body.addStretch(2)
        self.body.addWidget(_Clock(look), 0, Qt.AlignmentFlag.AlignHCenter)
        self.say_big("本次测评的份数已满，谢谢大家" if full else "现在没有正在进行的测评")
        second = "有疑问请联系工作人员。" if full else "测评开始后，这里会自动出现。"
        if offer.next_at is not None:
            day = chinese_date(offer.next_at.date(), year=False)
            second = f"下一次测评 {day} {offer.next_at:%H:%M} 开始，到时这里会自动出现。"
        self.say_big(second, 32, bold=False, colour=c.second)
        self.body.addStretch(3)
        self.set_hint(offline_words(offline=offline))


class _Clock(QWidget):
    """A quiet picture for the closed page."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setFixedSize(look.px(150), look.px(150))

    def paintEvent(self, _event: QPaintEvent) -> None:
        icons.renderer("clock", self.look.colours.second, 1.5).render(QPainter(self), QRectF(self.rect()))


def offline_words(*, offline: bool) -> str:
    """What the first page says while the database is away."""
    return "网络暂时不通，不影响填写，答卷会先存在本机" if offline else ""
