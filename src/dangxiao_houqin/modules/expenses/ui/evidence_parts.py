"""Parts of the evidence viewer: a paper to show, the strip of papers, the table of what an e-invoice says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import label

from .evidence_reading import Opened

_ICONS = {"application/pdf": "file-text", "application/ofd": "receipt-text", "application/xml": "receipt-text"}
TILE = QSize(196, 52)
THUMB = 32


@dataclass(frozen=True)
class Paper:
    """A file to show: stored as ``evidence_id``, or ``data`` that is not stored yet; ``size`` in bytes."""

    title: str
    kind: str = ""
    media_type: str = ""
    size: int = 0
    evidence_id: int | None = None
    data: bytes | None = field(default=None, repr=False)
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def file_name(self) -> str:
        return self.name or self.title

    @property
    def detail(self) -> str:
        return " · ".join(part for part in (self.kind, size_text(self.size)) if part)


def size_text(size: int) -> str:
    """Bytes as people say them: 36 KB, 1.2 MB."""
    if size <= 0:
        return ""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


class Strip(QListWidget):
    """The files side by side; arrow keys go from one to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlow(QListWidget.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(THUMB, THUMB))
        self.setFixedHeight(TILE.height() + 18)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("凭证清单")
        self.setStyleSheet(
            f"QListWidget {{ border: none; border-bottom: 1px solid {TOKENS.line}; border-radius: 0; }}"
            f"QListWidget::item {{ border: 1px solid {TOKENS.line}; border-radius: 6px; margin: 2px; padding: 4px; }}"
            f"QListWidget::item:selected {{ border: 1px solid {TOKENS.primary}; background: {TOKENS.primary_tint}; }}"
        )

    def fill(self, papers: Sequence[Paper]) -> None:
        self.clear()
        metrics = QFontMetrics(self.font())
        for paper in papers:
            title = metrics.elidedText(paper.title, Qt.TextElideMode.ElideMiddle, TILE.width() - 70)
            item = QListWidgetItem(f"{title}\n{paper.detail}")
            name = "image" if paper.media_type.startswith("image/") else _ICONS.get(paper.media_type, "paperclip")
            item.setIcon(icons.icon(name, TOKENS.text_second, 28))
            item.setSizeHint(TILE)
            item.setToolTip(f"{paper.title}\n{paper.detail}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{paper.title} {paper.detail}")
            self.addItem(item)

    def set_thumb(self, place: int, picture: QImage) -> None:
        """Show a file's first page instead of the sign of its kind."""
        item = self.item(place)
        if item is not None:
            ratio = self.devicePixelRatioF()
            side = round(THUMB * ratio)
            small = picture.scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter = QPainter(small)
            painter.setPen(QColor(TOKENS.line_strong))
            painter.drawRect(small.rect().adjusted(0, 0, -1, -1))
            painter.end()
            small.setDevicePixelRatio(ratio)
            icon = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint a picture that is selected
                icon.addPixmap(QPixmap.fromImage(small), mode)
            item.setIcon(icon)


class Facts(QWidget):
    """What an electronic invoice says as a table, and the raw text of an XML file."""

    def __init__(self) -> None:
        super().__init__()
        self.note = label("", "second", wrap=True)
        self.note.setContentsMargins(16, 12, 16, 4)
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName("发票内容")
        self.table.horizontalHeader().hide()
        self.table.verticalHeader().hide()
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("原始内容")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text_title = label("原始内容", "hint")
        self.text_title.setContentsMargins(16, 8, 16, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.note)
        beside = QVBoxLayout()
        beside.setContentsMargins(14, 0, 14, 0)
        beside.addWidget(self.table)
        layout.addLayout(beside, 3)
        layout.addWidget(self.text_title)
        layout.addWidget(self.text, 2)

    def fill(self, opened: Opened) -> None:
        self.table.setRowCount(len(opened.facts))
        for place, (title, value) in enumerate(opened.facts):
            self.table.setItem(place, 0, QTableWidgetItem(title))
            self.table.setItem(place, 1, QTableWidgetItem(value))
        self.table.resizeRowsToContents()
        self.table.setVisible(bool(opened.facts))
        self.text.setPlainText(opened.text)
        self.text.setVisible(bool(opened.text))
        self.text_title.setVisible(bool(opened.text))
        if opened.media_type == "application/ofd":
            note = "OFD 版式文件：下面是从文件里读出的发票内容，要看原样请用系统程序打开。"
            if not opened.facts:
                note = "OFD 版式文件：没有读出发票内容，请用系统程序打开查看。"
        elif opened.facts:
            note = "下面是从文件里读出的发票内容。"
        else:
            note = "这份 XML 里没有找到发票内容，下面是原始内容。"
        self.note.setText(note)
