"""A whole sheet on the screen while it is typed: every question with what is ticked, the current one marked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.modules.surveys.domain.entry import NOTHING, words_of
from dangxiao_houqin.modules.surveys.domain.questionnaires import Question, QuestionKind
from dangxiao_houqin.modules.surveys.domain.sheet_typing import SheetTyping
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS

ROW, LEAST_ROW = 28, 19
BOX = 24
LEAST_COLUMN = 330
GAP = 20


@dataclass(frozen=True)
class _Line:
    """A row of the sheet: a question by its place, or the title of a group (place -1)."""

    place: int
    title: str
    column: int
    row: int


class SheetCanvas(QWidget):
    """Draws a :class:`SheetTyping` in as many columns as fit; a click answers or goes to a question."""

    pressed = Signal(int, str)
    """(place of the question, key or empty): a click on a box, or on a question."""

    def __init__(self) -> None:
        super().__init__()
        self.typing: SheetTyping | None = None
        self._lines: list[_Line] = []
        self._columns = 1
        self._row = ROW
        self._room = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("答卷")

    def show_typing(self, typing: SheetTyping) -> None:
        """Another sheet, or the same one after a key."""
        anew = self.typing is None or self.typing.content is not typing.content
        self.typing = typing
        if anew:
            self._arrange()
        said = f"第 {typing.position + 1} 题，共 {len(typing.questions)} 题" if typing.current else ""
        self.setAccessibleDescription(said)
        self.update()

    def fit_into(self, width: int, height: int) -> None:
        """The room it may take without scrolling."""
        if (width, height) != self._room:
            self._room = (width, height)
            self._arrange()

    def current_rect(self) -> QRectF:
        """Where the current question stands."""
        if self.typing is not None:
            for line in self._lines:
                if line.place == self.typing.position:
                    return self._rect(line)
        return QRectF()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_COLUMN, max((line.row + 1 for line in self._lines), default=1) * self._row)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    # ------------------------------------------------------------------ where things stand
    def _arrange(self) -> None:
        if self.typing is None:
            return
        rows: list[tuple[int, str]] = []
        place = 0
        for group in self.typing.content.groups:
            rows.append((-1, group.title))
            for _ in group.questions:
                rows.append((place, ""))
                place += 1
        width, height = self._room
        most = max(1, (width + GAP) // (LEAST_COLUMN + GAP))
        self._columns = min(most, max(1, -(-len(rows) * LEAST_ROW // max(height, 1))))
        per = -(-len(rows) // self._columns)
        self._row = max(LEAST_ROW, min(ROW, height // per))
        self._lines = []
        column = in_column = 0
        for number, (at, title) in enumerate(rows):
            lonely = at < 0 and in_column == per - 1 and number + 1 < len(rows)
            if (in_column >= per or lonely) and column < self._columns - 1:  # no group title at the foot of a column
                column, in_column = column + 1, 0
            self._lines.append(_Line(at, title, column, in_column))
            in_column += 1
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def _rect(self, line: _Line) -> QRectF:
        width = (self.width() - GAP * (self._columns - 1)) / self._columns
        return QRectF(line.column * (width + GAP), line.row * self._row, width, self._row)

    def _boxes(self, question: Question, rect: QRectF) -> list[tuple[str, QRectF]]:
        """The boxes of a scale, 未体验 last and set off; a question without it leaves its place empty."""
        if self.typing is None or question.kind is not QuestionKind.SCALE:
            return []
        top = self.typing.content.top
        left = rect.right() - (top + 1) * BOX - 6
        found = [
            (str(top - place), QRectF(left + place * BOX, rect.top() + 2, BOX - 3, rect.height() - 4))
            for place in range(top)
        ]
        if question.not_experienced:
            found.append(("0", QRectF(left + top * BOX + 6, rect.top() + 2, BOX - 3, rect.height() - 4)))
        return found

    # ------------------------------------------------------------------ drawing
    def paintEvent(self, _event: QPaintEvent) -> None:
        typing = self.typing
        if typing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(TOKENS.card))
        for line in self._lines:
            rect = self._rect(line)
            if line.place < 0:
                painter.setFont(theme.font(13, bold=True))
                painter.setPen(QColor(TOKENS.text_second))
                painter.drawText(rect.adjusted(6, 2, 0, 0), Qt.AlignmentFlag.AlignVCenter, line.title)
            else:
                self._draw_question(painter, typing, line.place, rect)
        if typing.left_out:
            painter.fillRect(self.rect(), QColor(255, 255, 255, 200))
            painter.setFont(theme.font(28, bold=True))
            painter.setPen(QColor(TOKENS.warning))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "这一份不计入")

    def _draw_question(self, painter: QPainter, typing: SheetTyping, place: int, rect: QRectF) -> None:
        question = typing.questions[place]
        if place == typing.position:
            painter.fillRect(rect, QColor(TOKENS.primary_tint))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(TOKENS.primary))
        painter.setFont(theme.font(13))
        painter.setPen(QColor(TOKENS.text_hint))
        number = QRectF(rect.left() + 6, rect.top(), 24, rect.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(place + 1))
        boxes = self._boxes(question, rect)
        words = NOTHING if boxes else words_of(typing.content, question, typing.answers())
        left = rect.left() + 38
        size = 14 if self._row > 22 else 13
        end = boxes[0][1].left() - 8 if boxes else rect.left() + rect.width() * 0.45
        painter.setFont(theme.font(size))
        painter.setPen(QColor(TOKENS.text))
        self._elided(painter, QRectF(left, rect.top(), end - left, rect.height()), question.text)
        for key, box in boxes:
            self._draw_box(painter, box, key, chosen=typing.ratings.get(question.number) == int(key))
        if not boxes:
            answer = QRectF(end + 8, rect.top(), rect.right() - end - 14, rect.height())
            painter.setPen(QColor(TOKENS.text_disabled if words == NOTHING else TOKENS.primary))
            painter.setFont(theme.font(size, bold=words != NOTHING))
            shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, answer.width())
            painter.drawText(answer, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    @staticmethod
    def _elided(painter: QPainter, where: QRectF, text: str) -> None:
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, shown)

    @staticmethod
    def _draw_box(painter: QPainter, box: QRectF, key: str, *, chosen: bool) -> None:
        painter.setPen(QColor(TOKENS.primary if chosen else TOKENS.line_strong))
        painter.setBrush(QColor(TOKENS.primary if chosen else TOKENS.card))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(theme.font(12, bold=chosen))
        painter.setPen(QColor(TOKENS.on_primary if chosen else TOKENS.text_hint))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.typing is None:
            return
        for line in self._lines:
            rect = self._rect(line)
            if line.place >= 0 and rect.contains(event.position()):
                hit = [
                    key
                    for key, box in self._boxes(self.typing.questions[line.place], rect)
                    if box.adjusted(-1, -3, 1, 3).contains(event.position())
                ]
                self.pressed.emit(line.place, hit[0] if hit else "")
                return
