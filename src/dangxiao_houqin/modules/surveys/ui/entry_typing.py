"""Typing sheet after sheet by keyboard alone; the papers lie beside it in the order of their pencil numbers."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QScrollArea, QWidget

from dangxiao_houqin.modules.surveys.domain.campaigns import printed_code
from dangxiao_houqin.modules.surveys.domain.entry import MOST_SHEETS, CheckView, EntryView, TypedSheet
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionKind
from dangxiao_houqin.modules.surveys.domain.sheet_typing import AT_CODE, SheetTyping, Step
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.widgets import Card, column, label, row

from .entry_sheet import SheetCanvas

HELP = (
    "数字键打分并到下一题　空格 跳过　退格 回上一题　Delete 清空　Enter 存下并录下一份　"
    "PgUp / PgDn 翻看别的份　F8 不计入　Esc 返回列表"
)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FORTH = (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Right)
_BACK = (Qt.Key.Key_Backspace, Qt.Key.Key_Up, Qt.Key.Key_Left)


class TypingPane(QWidget):
    """The sheets of one turn, or one sheet that is settled.

    ``kept(sheet, TypedSheet)`` when a sheet is to be saved; it goes on at once, and :meth:`refuse` brings a sheet back
    that was not taken.  Whatever is typed on a sheet stays on it until the stack is closed.
    """

    kept = Signal(int, object)
    finish_asked = Signal()
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sheet = 1
        self.turn = 1
        self.sheets = 0
        self.settling = False
        self._content: Content | None = None
        self._asks_code = False
        self._saved: dict[int, TypedSheet] = {}
        self._begun: dict[int, SheetTyping] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("录入答卷")
        self.where = label("", "cardTitle")
        self.count = label("", "second")
        self.bar_of_count = QProgressBar()
        self.bar_of_count.setTextVisible(False)
        self.bar_of_count.setFixedWidth(180)
        self.bar_of_count.setAccessibleName("已录份数")
        self.canvas = SheetCanvas()
        self.canvas.pressed.connect(self._clicked)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.canvas)
        self._scroll.viewport().installEventFilter(self)
        self.question = label("", "cardTitle", wrap=True)
        self.keys = label("", "second", wrap=True)
        self.line = QLineEdit()
        self.line.setAccessibleName("文字或一次性码")
        self.line.textEdited.connect(self._line_edited)
        self.line.installEventFilter(self)
        self.line.hide()
        self.bar = MessageBar()
        self.bar.triggered.connect(self.ask_finish)
        now = QFrame()
        now.setObjectName("card")
        inside = column(self.question, self.keys, self.line, None, spacing=4)
        inside.setContentsMargins(16, 10, 16, 12)
        now.setLayout(inside)
        now.setMinimumHeight(104)
        card = Card(padding=14)
        card.body.addLayout(row(self.where, None, self.count, self.bar_of_count, spacing=12))
        card.body.addWidget(self._scroll, 1)
        layout = column(card, self.bar, now, label(HELP, "hint"), spacing=8)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    # ------------------------------------------------------------------ what is typed
    def load(self, view: EntryView) -> None:
        """Go on with a turn at its first sheet that is not typed."""
        self._content, self._asks_code = view.content, view.asks_code
        self.turn, self.sheets, self.settling = view.turn, view.row.sheets, False
        self._saved, self._begun = dict(view.sheets), {}
        self.canvas.typing = None
        self.bar.clear()
        self.show_sheet(self._first_untyped())
        self._tell_complete()

    def settle(self, view: CheckView, sheet: int) -> None:
        """One sheet that both typed differently, to be typed anew from the paper; begins with the first turn's."""
        self._content, self._asks_code = view.content, view.asks_code
        self.turn, self.sheets, self.settling = 0, view.row.sheets, True
        self._saved, self._begun = {sheet: view.first.get(sheet, TypedSheet())}, {}
        self.canvas.typing = None
        self.bar.clear()
        self.show_sheet(sheet)

    def refuse(self, sheet: int, sentence: str, *, at_code: bool = False) -> None:
        """A sheet was not taken: show it again, and why."""
        assert self._content is not None
        typed = self._saved.pop(sheet, None)
        if typed is not None and sheet not in self._begun:
            self._begun[sheet] = SheetTyping(self._content, asks_code=self._asks_code, typed=typed)
        self.show_sheet(sheet)
        if at_code and self._asks_code:
            self.typing.go(AT_CODE)
            self._show_step()
        self.bar.say(f"第 {sheet} 份没有存下：{sentence}", "warning")

    @property
    def typing(self) -> SheetTyping:
        """The sheet that is shown."""
        return self._begun[self.sheet]

    @property
    def complete(self) -> bool:
        """Whether every sheet of the stack has been typed."""
        return len(self._saved) >= self.sheets and all(n in self._saved for n in range(1, max(self._saved) + 1))

    def unsaved(self) -> tuple[int, ...]:
        """Sheets on which something was typed that is not kept yet."""
        return tuple(
            sheet
            for sheet, typing in sorted(self._begun.items())
            if (typing.typed() != self._saved[sheet] if sheet in self._saved else not typing.is_blank)
        )

    def forget(self) -> None:
        """Give up what is typed and not kept."""
        self._begun = {}

    @Slot()
    def ask_finish(self) -> None:
        """End the turn, unless a sheet waits for its Enter."""
        waiting = self.unsaved()
        if waiting:
            self.show_sheet(waiting[0])
            self.bar.say(f"第 {waiting[0]} 份改过还没有存下，先按 Enter 存下，再结束这一遍。", "warning")
        else:
            self.finish_asked.emit()

    def show_sheet(self, sheet: int) -> None:
        """Another sheet, as far as it is typed."""
        assert self._content is not None
        self.sheet = sheet
        if sheet not in self._begun:
            self._begun[sheet] = SheetTyping(self._content, asks_code=self._asks_code, typed=self._saved.get(sheet))
        self._fit()
        self._show_step()

    def _first_untyped(self) -> int:
        return next((n for n in range(1, self.sheets + 1) if n not in self._saved), self.sheets)

    # ------------------------------------------------------------------ showing
    def _show_step(self) -> None:
        typing = self.typing
        words = {0: "核对", 1: "第一遍", 2: "第二遍"}[self.turn]
        kept = self.sheet in self._saved and not self.settling
        state = ("　已存" if typing.typed() == self._saved[self.sheet] else "　改动未存，按 Enter 存下") if kept else ""
        self.where.setText(f"{words}　第 {self.sheet} 份{state}")
        self.count.setText("" if self.settling else f"已录 {len(self._saved)} 份，共 {self.sheets} 份")
        self.bar_of_count.setVisible(not self.settling)
        self.bar_of_count.setRange(0, max(self.sheets, len(self._saved), 1))
        self.bar_of_count.setValue(len(self._saved))
        self.canvas.show_typing(typing)
        self._show_current(typing)
        spot = self.canvas.current_rect()
        self._scroll.ensureVisible(round(spot.center().x()), round(spot.center().y()), 0, 40)

    def _show_current(self, typing: SheetTyping) -> None:
        question = typing.current
        writes = typing.position == AT_CODE or (question is not None and question.kind is QuestionKind.TEXT)
        if typing.left_out:
            self.question.setText("这一份不计入，按 Enter 存下；再按 F8 恢复。")
            writes = False
        elif typing.position == AT_CODE:
            self.question.setText("一次性码")
        elif question is None:
            self.question.setText("最后一题也录了，按 Enter 存下这一份。")
        else:
            self.question.setText(f"{typing.position + 1}　{question.text}")
        self._say(typing)
        self.line.setVisible(writes)
        if writes:
            held = typing.code if question is None else typing.texts.get(question.number, "")
            if question is None:
                held = printed_code("".join(held.split()))
            if self.line.text() != held:
                self.line.setText(held)
            self.line.setFocus()
        elif self.line.hasFocus() or not self.hasFocus():
            self.setFocus()

    def _say(self, typing: SheetTyping) -> None:
        """What the last key was refused for, or what can be pressed."""
        self.keys.setText(typing.said or self._legend(typing, typing.current))
        self.keys.setProperty("role", "error" if typing.said else "second")
        theme.restyle(self.keys)

    def _legend(self, typing: SheetTyping, question: Question | None) -> str:
        if typing.left_out:
            return ""
        if typing.position == AT_CODE:
            return "输入订在这份答卷上的纸条上的 9 位数字，输完自动到第 1 题；没有纸条的按 F8 不计入。"
        if question is None:
            return ""
        if question.kind is QuestionKind.TEXT:
            return f"照原话录入，最多 {question.length} 个字；没有写的直接按 Enter。"
        text = "　".join(f"{key} {word}" for key, word in typing.keys_of(question))
        if question.kind is QuestionKind.MULTIPLE:
            text += f"　（可选 {question.limit} 项，" if question.limit else "　（可选多项，"
            text += "再按一次取消，Enter 到下一题）"
        return text

    def _fit(self) -> None:
        room = self._scroll.viewport().size()
        self.canvas.fit_into(room.width(), room.height())

    # ------------------------------------------------------------------ keys
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._content is None or not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Act on a key; ``False`` for one that means nothing here."""
        typing = self.typing
        if self._common_key(event):
            return True
        if typing.left_out:
            return True
        if event.key() in _FORTH:
            typing.skip()
        elif event.key() in _BACK:
            typing.back()
        elif event.key() == Qt.Key.Key_Delete:
            typing.clear()
        else:
            text = unicodedata.normalize("NFKC", event.text()).strip()
            if len(text) != 1 or not text.isalnum() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            typing.press(text)
        self._show_step()
        return True

    def _common_key(self, event: QKeyEvent) -> bool:
        """Keys that mean the same on the sheet and in the line."""
        key = event.key()
        if key in _ENTER:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.ask_finish()
            else:
                self._enter()
        elif key == Qt.Key.Key_F8:
            self.typing.leave_out()
            self._show_step()
        elif key == Qt.Key.Key_PageUp:
            self._turn_to(self.sheet - 1)
        elif key == Qt.Key.Key_PageDown:
            self._turn_to(self.sheet + 1)
        elif key == Qt.Key.Key_Escape:
            self.back_asked.emit()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._scroll.viewport():
            self._fit()
            return False
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if self._common_key(event):
                return True
            if event.key() == Qt.Key.Key_Down:
                self.typing.skip()
            elif event.key() == Qt.Key.Key_Up or (event.key() == Qt.Key.Key_Backspace and not self.line.text()):
                self.typing.back()
            else:
                return False
            self._show_step()
            return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _line_edited(self, text: str) -> None:
        if self.typing.position == AT_CODE:
            self.typing.write_code(unicodedata.normalize("NFKC", text))
        else:
            self.typing.write(text)
        self._show_current_only(text)

    def _show_current_only(self, text: str) -> None:
        """After a key in the line, whose cursor is not to jump."""
        typing = self.typing
        if typing.position != AT_CODE and typing.current is not None and typing.current.kind is QuestionKind.TEXT:
            typing.texts[typing.current.number] = text
            self._say(typing)
            self.canvas.show_typing(typing)
        elif typing.position == AT_CODE:
            self._say(typing)
        else:
            self._show_step()

    @Slot(int, str)
    def _clicked(self, place: int, key: str) -> None:
        self.typing.go(place)
        if key:
            self.typing.press(key)
        self.setFocus()
        self._show_step()

    def _enter(self) -> None:
        step = self.typing.enter()
        if step is not Step.FINISHED:
            self._show_step()
            return
        sheet, typed = self.sheet, self.typing.typed()
        self.bar.clear()
        if not self.settling:
            self._saved[sheet] = typed
            self._begun.pop(sheet)
            self.show_sheet(self._after(sheet))
            self._tell_complete()
        self.kept.emit(sheet, typed)

    def _after(self, sheet: int) -> int:
        """The next one in the stack; beyond the last, one that was jumped over."""
        return sheet + 1 if sheet < self.sheets else self._first_untyped()

    def _tell_complete(self) -> None:
        if not self.settling and self._saved and self.complete:
            words = {1: "第一遍", 2: "第二遍"}[self.turn]
            more = "还有多的答卷按 PgDn 接着录；" if self.turn == 1 else ""
            text = f"{len(self._saved)} 份都录完了。{more}核对无误后结束{words}（Ctrl+Enter）。"
            self.bar.say(text, "success", action=f"结束{words}", closable=False)

    def _turn_to(self, sheet: int) -> None:
        """Look at another sheet; beyond the last of the stack only one at a time and in the first turn."""
        if self.settling:
            return
        last = max([self.sheets, *self._saved])
        if self.turn == 1 and last in self._saved:
            last = min(last + 1, MOST_SHEETS)
        if 1 <= sheet <= last:
            self.show_sheet(sheet)
