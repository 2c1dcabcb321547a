"""The papers of a document: a strip of files, and the chosen one large below.

Bytes come through a query when a file is shown, never before; everything slow happens off the screen's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.attachments import StoredFile
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.widgets import EmptyState, button, label, row, tool_button

from .evidence_canvas import EvidenceCanvas
from .evidence_parts import Facts, Paper, Strip, size_text
from .evidence_reading import Opened, open_file, safe_name, write_file, write_temporary


def _read(ctx: Any, evidence_id: int) -> StoredFile:
    from dangxiao_houqin.modules.expenses.queries.evidence import read_evidence

    return read_evidence(ctx, evidence_id)


__all__ = ["EvidenceViewer", "Paper", "size_text"]


class EvidenceViewer(QWidget):
    """Shows :class:`Paper` s; ``read(ctx, evidence_id) -> StoredFile`` brings the bytes of stored ones."""

    shown = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None = None,
        *,
        read: Callable[[Any, int], StoredFile] | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._read = read or _read
        self.papers: tuple[Paper, ...] = ()
        self._current: Paper | None = None
        self._bytes: tuple[str, str, bytes] | None = None
        self._asked = False
        self._thumbs: set[Paper] = set()
        self.opened: Opened | None = None
        self._build()
        self._say("paperclip", "还没有凭证", "发票、合同、清单等附在这张单据后面。")

    def _build(self) -> None:
        self.strip = Strip()
        self.strip.currentRowChanged.connect(self._row_changed)
        self.canvas = EvidenceCanvas(self._runner)
        self.canvas.page_changed.connect(self._page_changed)
        self.canvas.zoom_changed.connect(self._zoomed)
        self.canvas.failed.connect(self._broken)
        self.canvas.painted.connect(self._painted)
        self.facts = Facts()
        self.empty = EmptyState()
        self.stage = QStackedWidget()
        for page in (self.empty, self.canvas, self.facts):
            self.stage.addWidget(page)
        self.page_text = label("", "second")
        self.percent = label("", "second")
        self.percent.setMinimumWidth(44)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom_out = tool_button("zoom-out", "缩小（Ctrl+-）", self.canvas.zoom_out)
        self.zoom_in = tool_button("zoom-in", "放大（Ctrl+=）", self.canvas.zoom_in)
        self.fit = tool_button("maximize", "适合宽度（Ctrl+0）", self.canvas.fit_width)
        self.full = button("100%", self.canvas.full_size, kind="link", tooltip="原大（Ctrl+1）")
        self.turn = tool_button("rotate-ccw", "向左转（R）", self.canvas.rotate)
        self.outside = tool_button("external-link", "用系统程序打开", self.open_outside)
        self.save = tool_button("save", "另存为…", self.ask_where)
        self._paged = (self.zoom_out, self.percent, self.zoom_in, self.fit, self.full, self.turn)
        self.tools = QWidget()
        tools = row(self.page_text, None, *self._paged, 8, self.outside, self.save, spacing=2)
        tools.setContentsMargins(12, 4, 8, 4)
        self.tools.setLayout(tools)
        for part in (self.strip, self.tools):
            part.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.tools)
        layout.addWidget(self.stage, 1)

    # ------------------------------------------------------------------ for screens
    def set_papers(self, papers: Sequence[Paper]) -> None:
        """Show these files; the one in view stays in view when it is still among them."""
        papers = tuple(papers)
        if papers == self.papers and (papers or self.stage.currentWidget() is self.empty):
            return
        before = self._current
        self.papers = papers
        self._thumbs.clear()
        self.strip.blockSignals(True)
        self.strip.fill(papers)
        for part in (self.strip, self.tools):
            part.setVisible(bool(papers))
        keep = papers.index(before) if before is not None and before in papers else None
        self.strip.setCurrentRow(keep if keep is not None else 0 if papers else -1)
        self.strip.blockSignals(False)
        if keep is not None:
            return
        if papers:
            self.show_paper(0)
        else:
            self._forget()
            self._say("paperclip", "还没有凭证", "发票、合同、清单等附在这张单据后面。")

    def show_paper(self, index: int) -> None:
        """Show one of the files."""
        if not 0 <= index < len(self.papers):
            return
        self._forget()
        self._current = self.papers[index]
        if self.strip.currentRow() != index:
            self.strip.blockSignals(True)
            self.strip.setCurrentRow(index)
            self.strip.blockSignals(False)
        if self.isVisible():
            self._ask()

    def current(self) -> Paper | None:
        """The file in view."""
        return self._current

    def next_paper(self) -> bool:
        """Go to the next file; ``False`` when this is the last."""
        index = self.strip.currentRow() + 1
        if index >= len(self.papers):
            return False
        self.show_paper(index)
        return True

    # ------------------------------------------------------------------ loading
    def _forget(self) -> None:
        self._runner.drop(self)
        self._current, self._bytes, self.opened, self._asked = None, None, None, False
        self.canvas.show_file(None)
        self._set_tools(paged=False)

    def _ask(self) -> None:
        paper = self._current
        if paper is None or self._asked:
            return
        self._asked = True
        self._say("loader", "正在打开…", paper.title)
        if paper.data is not None:
            self._open(paper.file_name, paper.media_type, paper.data)
        elif paper.evidence_id is not None:
            self._runner.query(self._read, paper.evidence_id, ok=self._have_bytes, fail=self._broken)

    @Slot(object)
    def _have_bytes(self, stored: StoredFile) -> None:
        self._open(stored.name, stored.media_type, stored.data)

    def _open(self, name: str, media_type: str, data: bytes) -> None:
        self._bytes = (name, media_type, data)
        self._set_tools(paged=False)
        facts = self._current.facts if self._current is not None else ()
        self._runner.work(open_file, name, media_type, data, facts, ok=self._have_file, fail=self._broken)

    @Slot(object)
    def _have_file(self, opened: Opened) -> None:
        self.opened = opened
        if opened.paged:
            self.stage.setCurrentWidget(self.canvas)
            self.canvas.show_file(opened)
        else:
            self.facts.fill(opened)
            self.stage.setCurrentWidget(self.facts)
        self._set_tools(paged=opened.paged)
        self.shown.emit(self._current)

    @Slot(object)
    def _broken(self, error: Exception) -> None:
        if isinstance(error, AppError):
            sentence = str(error)
            self._say("circle-alert", "打不开这份文件", sentence)
            self.failed.emit(sentence)
        else:
            self._say("circle-alert", "打不开这份文件", "程序显示这份文件时出错，请另存后用其他程序查看。")
            messages.show(self, error)

    def _say(self, icon: str, title: str, hint: str) -> None:
        self.empty.show_state(title, hint, icon=icon)
        self.stage.setCurrentWidget(self.empty)
        self._set_tools(paged=False)

    def _set_tools(self, *, paged: bool) -> None:
        for part in self._paged:
            part.setEnabled(paged)
        for part in (self.outside, self.save):
            part.setEnabled(self._bytes is not None)
        if not paged:
            self.page_text.setText("")
            self.percent.setText("")

    # ------------------------------------------------------------------ seeing
    @Slot(int)
    def _row_changed(self, index: int) -> None:
        self.show_paper(index)

    @Slot(int)
    def _page_changed(self, page: int) -> None:
        if self.canvas.pages:
            self.page_text.setText(f"第 {page + 1} 页，共 {self.canvas.pages} 页")

    @Slot()
    def _painted(self) -> None:
        """The strip shows a file small once it was seen large."""
        held = self.canvas.sheets.images.get(0)
        if held is not None and self._current is not None and self._current not in self._thumbs:
            self._thumbs.add(self._current)
            self.strip.set_thumb(self.strip.currentRow(), held[1])

    @Slot(float)
    def _zoomed(self, zoom: float) -> None:
        if self.canvas.pages:
            self.percent.setText(f"{round(zoom * 100)}%")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Equal: self.canvas.zoom_in,
            Qt.Key.Key_Plus: self.canvas.zoom_in,
            Qt.Key.Key_Minus: self.canvas.zoom_out,
            Qt.Key.Key_0: self.canvas.fit_width,
            Qt.Key.Key_1: self.canvas.full_size,
        }
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self.canvas.pages and control and event.key() in steps:
            steps[Qt.Key(event.key())]()
        elif self.canvas.pages and event.key() == Qt.Key.Key_PageDown:
            self.canvas.page_step(1)
        elif self.canvas.pages and event.key() == Qt.Key.Key_PageUp:
            self.canvas.page_step(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= 460
        self.full.setVisible(wide)
        self.percent.setVisible(wide)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    # ------------------------------------------------------------------ outside
    @Slot()
    def open_outside(self) -> None:
        """用系统程序打开: from a temporary folder."""
        if self._bytes is not None:
            self._runner.work(write_temporary, *self._bytes, ok=self._written_outside, fail=self._not_written)

    @Slot(object)
    def _written_outside(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            messages.toast(self, "这台电脑没有能打开这种文件的程序，请另存后查看。", tone="warning")

    @Slot(object)
    def _not_written(self, error: Exception) -> None:
        messages.show(self, error)

    @Slot()
    def ask_where(self) -> None:
        """另存为."""
        if self._bytes is None:
            return
        folder = settings.read("folders/export") or str(Path.home())
        suggestion = str(Path(folder) / safe_name(self._bytes[0], self._bytes[1]))
        dialog = QFileDialog(self, "另存为", suggestion)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the file in view to ``path``."""
        settings.write("folders/export", str(Path(path).parent))
        if self._bytes is not None:
            self._runner.work(write_file, path, self._bytes[2], ok=self._saved, fail=self._not_written)

    @Slot(object)
    def _saved(self, path: str) -> None:
        messages.toast(self, f"已保存 {Path(path).name}")
