"""使用说明: the user's manual in a window of its own, opened at the chapter of the page that is shown (F1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QDialog, QFrame, QListWidget, QListWidgetItem, QTextBrowser, QTextEdit, QWidget

from dangxiao_houqin.core.paths import manual_path
from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.ui import settings, theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import SearchBox, column, label, row

_SETUP = "从名单到住宿安排表"
CHAPTERS = {
    "app.dashboard": "工作台",
    "inbox.items": "待办",
    "training.classes": _SETUP,
    "training.roster": _SETUP,
    "training.units": _SETUP,
    "places.rooms": _SETUP,
    "accommodation.proposal": _SETUP,
    "accommodation.chart": "房态图",
    "accommodation.reception": "报到",
    "accommodation.stays": "调房",
    "accommodation.desk_affairs": "房卡和赔偿",
    "accommodation.discrepancies": "房态核对",
    "accommodation.statistics": "住宿统计",
    "accommodation.forecast": "床位预测和开班容量",
    "housekeeping.rooms": "客房保洁",
    "housekeeping.lost": "遗留物品",
    "expenses.waiting": "待我签批",
    "expenses.claims": "报销审批",
    "expenses.purchases": "采购",
    "expenses.budgets": "预算执行",
    "expenses.income": "收入台账",
    "expenses.signing": "签批设置",
    "expenses.verify": "核对签名",
    "surveys.campaigns": "满意度测评",
    "surveys.entry": "录入纸质答卷",
    "surveys.questionnaires": "问卷",
    "surveys.results": "测评结果",
    "surveys.history": "历年对比",
    "surveys.suggestions": "意见建议",
    "organization.calendar": "校历",
}
"""Page -> the heading at which its F1 opens the manual; other pages open it at the beginning."""

_BREAK = re.compile(r"(?<=[^\x00-\x7f])\n *(?=[^\x00-\x7f])")
"""A line broken inside a Chinese sentence: Markdown would put a space there."""
_PLACE = int(Qt.ItemDataRole.UserRole)
_PIXELS = {1: TOKENS.px_page_title, 2: TOKENS.px_page_title - 2, 3: TOKENS.px_card_title}


@dataclass(frozen=True)
class Chapter:
    """A heading of the manual: its text, depth, block in the document, and the keys it is found by."""

    title: str
    level: int
    block: int
    name_key: str
    text: str


class ManualWindow(QDialog):
    """Headings at the left, the text at the right; words typed into the search are marked in the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("使用说明")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("ground")
        self.resize(1080, 760)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("说明正文")
        self.browser.setOpenLinks(False)
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        self.browser.setStyleSheet(f"QTextBrowser {{ background: {TOKENS.card}; padding: 0; }}")
        self.browser.document().setDocumentMargin(28)
        self.browser.setMarkdown(_BREAK.sub("", manual_path().read_text(encoding="utf-8")))
        dress(self.browser.document())
        self.browser.anchorClicked.connect(self._follow)
        self.chapters = read_chapters(self.browser.document())
        self.search = SearchBox("查找（可输拼音首字母）")
        self.search.searched.connect(self.narrow)
        self.search.down_pressed.connect(self._to_list)
        self.list = QListWidget()
        self.list.setAccessibleName("章节")
        self.list.setObjectName("plain")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # long headings end in …
        self.list.itemClicked.connect(self._chosen)
        self.list.itemActivated.connect(self._chosen)
        self.list.currentItemChanged.connect(self._chosen)
        self.nothing = label("没有找到，换个说法试试。", "second", wrap=True)
        self.nothing.hide()
        left = QWidget()
        side = column(self.search, self.list, self.nothing, spacing=10)
        side.setContentsMargins(16, 16, 12, 16)
        left.setLayout(side)
        left.setFixedWidth(270)
        layout = row(left, self.browser, spacing=0)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._to_search)
        self.narrow("")
        settings.restore_geometry(self, "manual")

    # ------------------------------------------------------------------ chapters
    @Slot(str)
    def narrow(self, text: str) -> None:
        """Only the chapters that say ``text``, which is marked wherever it stands."""
        wanted = text.strip()
        self.list.blockSignals(True)
        self.list.clear()
        for place, chapter in enumerate(self.chapters):
            if chapter.level > 1 and _answers(chapter, wanted):
                item = QListWidgetItem(("　" if chapter.level > 2 else "") + chapter.title)
                item.setData(_PLACE, place)
                item.setToolTip(chapter.title)
                self.list.addItem(item)
        self.list.blockSignals(False)
        self.nothing.setVisible(not self.list.count())
        self._mark(wanted)
        if wanted and self.list.count():
            self.list.setCurrentRow(0)

    def show_chapter(self, title: str) -> bool:
        """Scroll to a heading; ``False`` when there is none of that name."""
        place = next((at for at, chapter in enumerate(self.chapters) if chapter.title == title), None)
        if place is None:
            return False
        for at in range(self.list.count()):
            if self.list.item(at).data(_PLACE) == place:
                self.list.setCurrentRow(at)
        self._scroll_to(self.chapters[place])
        return True

    @Slot(QListWidgetItem)
    def _chosen(self, item: QListWidgetItem | None, _before: Any = None) -> None:
        if item is not None:
            self._scroll_to(self.chapters[item.data(_PLACE)])

    def _scroll_to(self, chapter: Chapter) -> None:
        document = self.browser.document()
        block = document.findBlockByNumber(chapter.block)
        top = document.documentLayout().blockBoundingRect(block).top()
        bar, seen = self.browser.verticalScrollBar(), self.browser.viewport().height() * 0.8
        marks: list[Any] = self.browser.extraSelections()
        for mark in marks:  # what was searched for is to be seen, else the heading
            cursor = mark.cursor
            if cursor.blockNumber() >= chapter.block:
                below = document.documentLayout().blockBoundingRect(cursor.block()).top()
                bar.setValue(max(round(top if below - top < seen else below) - 12, 0))
                return
        bar.setValue(max(round(top) - 12, 0))

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        """A link within the manual, or to the world outside."""
        if link.isRelative() and link.hasFragment():
            self.search.clear()
            self.narrow("")
            self.show_chapter(link.fragment(QUrl.ComponentFormattingOption.FullyDecoded))
        elif not link.isRelative():
            QDesktopServices.openUrl(link)

    # ------------------------------------------------------------------ search
    def _mark(self, text: str) -> None:
        found: list[Any] = []
        document = self.browser.document()
        cursor = document.find(text) if text else QTextCursor()
        while not cursor.isNull():
            mark: Any = QTextEdit.ExtraSelection()
            mark.format.setBackground(QBrush(QColor(TOKENS.warning_tint)))
            mark.format.setForeground(QBrush(QColor(TOKENS.warning)))
            mark.cursor = cursor
            found.append(mark)
            cursor = document.find(text, cursor)
        self.browser.setExtraSelections(found)

    @Slot()
    def _to_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def done(self, result: int) -> None:
        settings.save_geometry(self, "manual")
        super().done(result)


def _answers(chapter: Chapter, wanted: str) -> bool:
    return not wanted or wanted.lower() in chapter.text.lower() or matches(chapter.name_key, wanted)


def read_chapters(document: QTextDocument) -> tuple[Chapter, ...]:
    """The headings in order, each with the text up to the next one."""
    found: list[tuple[str, int, int, list[str]]] = []
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            found.append((block.text(), level, block.blockNumber(), []))
        if found:
            found[-1][3].append(block.text())
        block = block.next()
    return tuple(Chapter(title, level, at, search_key(title), "\n".join(text)) for title, level, at, text in found)


def dress(document: QTextDocument) -> None:
    """The house's type for what Markdown leaves plain: headings, tables, code, room between lines."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.begin()
    while block.isValid():
        _dress_block(cursor, block)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame)
    cursor.endEditBlock()


def _dress_block(cursor: QTextCursor, block: QTextBlock) -> None:
    level = block.blockFormat().headingLevel()
    shape = QTextBlockFormat()
    shape.setLineHeight(145.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.setPosition(block.position())
    in_table = cursor.currentTable() is not None
    shape.setTopMargin({1: 0, 2: 26, 3: 16}.get(level, 0 if in_table else 4))
    shape.setBottomMargin(8 if level else 0 if in_table else 4)
    cursor.mergeBlockFormat(shape)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    if level:
        type_ = QTextCharFormat()
        type_.setFont(theme.font(_PIXELS.get(level, TOKENS.px_card_title), bold=True))
        type_.setForeground(QBrush(QColor(TOKENS.text)))
        cursor.setCharFormat(type_)


def _dress_table(table: QTextTable) -> None:
    shape = table.format()
    shape.setBorder(1)
    shape.setBorderBrush(QBrush(QColor(TOKENS.line)))
    shape.setBorderCollapse(True)
    shape.setCellPadding(6)
    shape.setCellSpacing(0)
    shape.setTopMargin(6)
    shape.setBottomMargin(10)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
    for at in range(table.columns()):
        cell = table.cellAt(0, at)
        head = cell.format()
        head.setBackground(QBrush(QColor(TOKENS.head)))
        cell.setFormat(head)
