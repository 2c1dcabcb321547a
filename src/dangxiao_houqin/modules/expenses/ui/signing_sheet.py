"""What the paper of one document shows, for who signs it: warnings first, amount, lines, earlier signatures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Pill, chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.approval import SignatureMark, StepState
from dangxiao_houqin.modules.expenses.domain.signing_desk import SheetLine, SigningSheet
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import IconLabel, PillLabel, clear, column, label, line, row

SHORT_FACT = 16
"""A fact of at most so many characters stands beside another one, a longer one has its own line."""


def moment(mark: SignatureMark) -> str:
    """``3月2日 14:30`` of a signature."""
    if mark.signed_on is not None:
        return chinese_date(mark.signed_on, year=False)
    if mark.at is None:
        return ""
    at = mark.at.astimezone(CHINA)
    return f"{chinese_date(at.date(), year=False)} {at:%H:%M}"


def who(mark: SignatureMark) -> str:
    """Who signed, and for whom: ``李国强（代王建国签）``; before that who is to."""
    if not mark.signer:
        return mark.who_text
    return f"{mark.signer}（代{mark.on_behalf_of}签）" if mark.on_behalf_of else mark.signer


class Notice(QFrame):
    """A coloured sentence with its icon."""

    def __init__(self, text: str, tone: str, icon: str) -> None:
        super().__init__()
        self.text = text
        colors = theme.tone(tone)
        self.setObjectName("notice")
        self.setStyleSheet(f"#notice {{ background: {colors.background}; border-radius: {TOKENS.radius}px; }}")
        words = label(text, wrap=True)
        words.setStyleSheet(f"color: {colors.foreground};")
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = row(IconLabel(icon, colors.foreground, 18), spacing=10)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        layout.setContentsMargins(12, 8, 12, 8)
        self.setLayout(layout)
        self.setAccessibleName(text)


class SheetView(QScrollArea):
    """One document read from top to bottom; ``link_opened`` asks for the document itself."""

    link_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet: SigningSheet | None = None
        self._turn: int | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("单据内容")
        content = QWidget()
        content.setObjectName("dialogCard")
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(20, 14, 20, 16)
        self._layout.setSpacing(10)
        self.setWidget(content)

    def clear_sheet(self, text: str = "") -> None:
        """Show nothing but a word in the middle."""
        self.sheet = None
        clear(self._layout)
        if text:
            self._layout.addStretch(1)
            word = label(text, "second")
            word.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._layout.addWidget(word)
            self._layout.addStretch(2)

    def show_sheet(self, sheet: SigningSheet, *, on_behalf_of: str = "", turn: int | None = None) -> None:
        """Show a document; ``on_behalf_of``: whom the reader stands in for, ``turn``: the step that is his."""
        self._turn = turn
        same = self.sheet is not None and (self.sheet.kind, self.sheet.id) == (sheet.kind, sheet.id)
        place = self.verticalScrollBar().value() if same else 0
        self.sheet = sheet
        clear(self._layout)
        add = self._layout.addWidget
        self._add_head(sheet)
        for flaw in sheet.flaws:
            add(Notice(flaw.sentence, "error", "shield"))
        if on_behalf_of:
            add(Notice(f"您代{on_behalf_of}签，打印时注明“代{on_behalf_of}签”。", "violet", "user-check"))
        for text in sheet.notices:
            add(Notice(text, "warning", "triangle-alert"))
        if sheet.rule:
            add(Notice(sheet.rule, "neutral", "scale"))
        self._add_lines(sheet)
        if sheet.quotes:
            self._add_quotes(sheet)
        self._add_facts(sheet)
        self._add_marks("签批", sheet.current_marks, sheet.earlier_marks)
        self._layout.addStretch(1)
        self.verticalScrollBar().setValue(place)
        self.setAccessibleDescription(f"{sheet.kind.label} {sheet.number} {sheet.title} {yuan(sheet.total_fen)}")

    # ------------------------------------------------------------------ parts
    def _add_head(self, sheet: SigningSheet) -> None:
        number = label(f"{sheet.kind.label} {sheet.number}", "second")
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        first = row(number, None, spacing=8)
        if sheet.round > 1:
            first.addWidget(PillLabel(Pill(f"第 {sheet.round} 次提交", "violet")))
        first.addWidget(PillLabel(sheet.state.pill))
        title = label(sheet.title, "cardTitle", wrap=True)
        amount = label(yuan(sheet.total_fen), "figure")
        big = len(yuan(sheet.total_fen)) > 16
        if big:
            amount.setStyleSheet(f"font-size: {TOKENS.px_page_title}px;")
        amount.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addLayout(first)
        self._layout.addWidget(title)
        words = label(sheet.capitals, "second", wrap=True)
        words.setAccessibleName(f"大写 {sheet.capitals}")
        figures = row(amount, None, spacing=12)
        if sheet.budget_left_fen is not None:
            figures.addLayout(self._budget(sheet), 0)
        self._layout.addLayout(column(figures, words, spacing=0))

    def _budget(self, sheet: SigningSheet) -> QVBoxLayout:
        left = sheet.budget_left_fen or 0
        caption = label("预算余额（提交时）", "hint")
        figure = label(yuan(left), "strong")
        if left < 0:
            figure.setStyleSheet(f"color: {TOKENS.error};")
        for part in (caption, figure):
            part.setAlignment(Qt.AlignmentFlag.AlignRight)
        return column(None, caption, figure, 4, spacing=0)

    def _add_lines(self, sheet: SigningSheet) -> None:
        frame = QFrame()
        frame.setObjectName("lines")
        frame.setStyleSheet(f"#lines {{ border: 1px solid {TOKENS.line}; border-radius: {TOKENS.radius}px; }}")
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 6, 12, 6)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for place, each in enumerate(sheet.lines):
            if place:
                grid.addWidget(line(), place * 2 - 1, 0, 1, 2)
            self._add_line(grid, place * 2, each)
        after = len(sheet.lines) * 2
        if len(sheet.lines) > 1:
            grid.addWidget(line(), after - 1, 0, 1, 2)
            grid.addWidget(label(f"合计（{len(sheet.lines)} 项）", "second"), after, 0)
            total = label(yuan(sum(each.amount_fen for each in sheet.lines)), "strong")
            grid.addWidget(total, after, 1, Qt.AlignmentFlag.AlignRight)
        self._layout.addWidget(frame)

    def _add_line(self, grid: QGridLayout, at: int, each: SheetLine) -> None:
        below = " · ".join(part for part in (each.category, each.detail) if part)
        words = column(label(each.text, wrap=True), spacing=1)
        if below:
            words.addWidget(label(below, "second", wrap=True))
        grid.addLayout(words, at, 0)
        amount = label(yuan(each.amount_fen))
        grid.addWidget(amount, at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)

    def _add_quotes(self, sheet: SigningSheet) -> None:
        self._layout.addWidget(label(f"比价（{len(sheet.quotes)} 家）", "strong"))
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        lowest = min(fen for _, fen in sheet.quotes)
        for place, (supplier, fen) in enumerate(sheet.quotes):
            grid.addWidget(label(supplier, "second", wrap=True), place, 0)
            amount = label(yuan(fen) + (" 最低" if fen == lowest else ""), "strong" if fen == lowest else "second")
            grid.addWidget(amount, place, 1, Qt.AlignmentFlag.AlignRight)
        self._layout.addLayout(grid)

    def _add_facts(self, sheet: SigningSheet) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        at, beside = 0, False
        for title, text in sheet.facts:
            short = len(text) <= SHORT_FACT
            if beside and not short:
                at, beside = at + 1, False
            first = 2 if beside else 0
            caption = label(title, "second")
            caption.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            grid.addWidget(caption, at, first, Qt.AlignmentFlag.AlignTop)
            words = label(text, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, at, first + 1, 1, 1 if short else 3, Qt.AlignmentFlag.AlignTop)
            if short and not beside:
                beside = True
            else:
                at, beside = at + 1, False
        self._layout.addLayout(grid)

    def _add_marks(self, title: str, marks: tuple[SignatureMark, ...], earlier: tuple[SignatureMark, ...]) -> None:
        self._layout.addWidget(label(title, "strong"))
        for mark in marks:
            self._layout.addLayout(self._mark(mark))
        if earlier:
            self._layout.addWidget(label("以前的签字（已失效）", "second"))
            for mark in earlier:
                self._layout.addLayout(self._mark(mark))

    def _mark(self, mark: SignatureMark) -> QVBoxLayout:
        signed = bool(mark.signer)
        icon, color = ("circle", TOKENS.text_hint)
        if mark.void:
            icon, color = "circle-minus", TOKENS.text_hint
        elif mark.state is StepState.SKIPPED:
            icon = "circle-minus"
        elif signed:
            icon, color = "circle-check", TOKENS.success
        mine = mark.state is StepState.WAITING and not mark.void and mark.position == self._turn
        if mine:
            icon, color = "pencil", TOKENS.primary
        head = row(IconLabel(icon, color, 16), label(mark.title, "second"), spacing=8)
        if who(mark) != mark.title:
            head.addWidget(label(who(mark), "strong" if signed and not mark.void else "second"))
        if mark.paper:
            head.addWidget(PillLabel(Pill("纸质", "neutral")))
        head.addStretch(1)
        head.addWidget(PillLabel(Pill("轮到您", "primary")) if mine else label(moment(mark) or _waits(mark), "hint"))
        result = column(head, spacing=0)
        said = mark.opinion or mark.reason
        if said:
            words = label(said, "" if signed and not mark.void else "second", wrap=True)
            words.setContentsMargins(24, 0, 0, 2)
            result.addWidget(words)
        return result


def _waits(mark: SignatureMark) -> str:
    return {StepState.SKIPPED: "免签", StepState.VOID: "已失效", StepState.WAITING: "待签"}.get(mark.state, "")
