"""The papers of a claim that is being written: drop files on it, choose them, paste a picture; rename, remove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QVBoxLayout, QWidget

from dangxiao_houqin.core.attachments import MAX_BYTES, MEDIA_TYPES
from dangxiao_houqin.core.errors import InvalidInput, Unavailable
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceKind, EvidenceRow
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import button, label, row, tool_button

from .evidence_papers import papers_of
from .evidence_viewer import EvidenceViewer

PATTERN = " ".join(f"*{suffix}" for suffix in MEDIA_TYPES)
File = tuple[str, bytes]


def read_files(progress: Progress, paths: Sequence[str]) -> tuple[File, ...]:
    """Names and bytes of files of this machine.  Raises :class:`InvalidInput` for what cannot be evidence."""
    found: list[File] = []
    for number, each in enumerate(paths):
        path = Path(each)
        progress(number / len(paths), f"正在读取 {path.name}")
        try:
            if path.is_dir():
                raise InvalidInput(f"“{path.name}”是文件夹，请打开它，选择里面的文件。")
            if path.suffix.lower() not in MEDIA_TYPES:
                raise InvalidInput(f"“{path.name}”不能作为附件，请选择 PDF、OFD、XML 或图片（JPG、PNG 等）。")
            if path.stat().st_size > MAX_BYTES:
                raise InvalidInput(f"“{path.name}”超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再添加。")
            found.append((path.name, path.read_bytes()))
        except OSError as error:
            raise Unavailable(f"读不了“{path.name}”：{error.strerror}，请检查文件是否被占用或已移走。") from error
    return tuple(found)


def picture_file(_progress: Progress, picture: QImage, name: str) -> tuple[File, ...]:
    """A picture from the clipboard as a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return ((name, bytes(data.data())),)


def takes(mime: QMimeData) -> bool:
    """Whether something dragged or copied here can become evidence."""
    return any(url.isLocalFile() for url in mime.urls()) or mime.hasImage()


class EvidencePanel(QWidget):
    """Emits what to do; the editor does it, because only it knows whether the claim is saved already."""

    files_read = Signal(object)
    """A tuple of (name, bytes)."""
    remove_asked = Signal(object)
    change_asked = Signal(object, str, object)
    """An :class:`EvidenceRow` with its new title and kind."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.evidence: tuple[EvidenceRow, ...] = ()
        self.setAcceptDrops(True)
        self.viewer = EvidenceViewer(runner)
        self.viewer.strip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.viewer.strip.customContextMenuRequested.connect(self._menu_here)
        self.add = button("添加文件…", self.choose_files, icon="paperclip", shortcut="Ctrl+O")
        self.paste = tool_button("clipboard", "粘贴图片或文件（Ctrl+Shift+V）", self.paste_now)
        self.paste.setShortcut("Ctrl+Shift+V")
        self.more = tool_button("ellipsis", "改名、改类型、删除", self._menu_below)
        self.more.setEnabled(False)
        head = row(label("附件", "cardTitle"), None, self.add, self.paste, self.more, spacing=8)
        head.setContentsMargins(12, 8, 8, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.viewer, 1)
        self.setObjectName("evidencePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._frame(over=False)
        self._say_empty()

    def _frame(self, *, over: bool) -> None:
        edge = f"2px dashed {TOKENS.primary}" if over else f"1px solid {TOKENS.line}"
        ground = TOKENS.primary_tint if over else TOKENS.card
        self.setStyleSheet(
            f"#evidencePanel {{ border: {edge}; border-radius: {TOKENS.radius_card}px; background: {ground}; }}"
        )

    # ------------------------------------------------------------------ content
    def set_evidence(self, evidence: Sequence[EvidenceRow], show: int | None = None) -> None:
        """What the claim has; ``show`` is the id of the one to look at."""
        self.evidence = tuple(evidence)
        self.viewer.set_papers(papers_of(self.evidence))
        self.more.setEnabled(bool(self.evidence))
        place = next((at for at, each in enumerate(self.evidence) if each.id == show), None)
        if place is not None:
            self.viewer.show_paper(place)
        if not self.evidence:
            self._say_empty()

    def _say_empty(self) -> None:
        self.viewer.empty.show_state(
            "把发票、合同、清单拖到这里",
            "PDF、OFD、XML 和图片都可以；电子发票的号码和金额会自动填到左边。",
            icon="paperclip",
        )

    def current(self) -> EvidenceRow | None:
        """The evidence in view."""
        paper = self.viewer.current()
        return next((each for each in self.evidence if paper and each.id == paper.evidence_id), None)

    # ------------------------------------------------------------------ taking files
    @Slot()
    def choose_files(self) -> None:
        dialog = QFileDialog(self, "添加附件", str(settings.read("folders/evidence") or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"发票和凭证 ({PATTERN})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.take_paths)
        dialog.open()

    @Slot(list)
    def take_paths(self, paths: list[str]) -> None:
        """Read files of this machine."""
        if paths:
            settings.write("folders/evidence", str(Path(paths[0]).parent))
            self._runner.work(read_files, tuple(paths), ok=self._read, fail=self._not_read, title="读取附件")

    @Slot(object)
    def _read(self, files: tuple[File, ...]) -> None:
        self.files_read.emit(files)

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        messages.show(self, error)

    @Slot()
    def paste_now(self) -> None:
        """Take what lies on the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if not self.take(mime):
            messages.toast(self, "剪贴板里没有图片或文件，先截图或复制文件再粘贴。", tone="warning")

    def take(self, mime: QMimeData) -> bool:
        """Files or a picture that were dropped or copied; ``False`` when there is neither."""
        paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.take_paths(paths)
            return True
        picture = mime.imageData() if mime.hasImage() else None
        if isinstance(picture, QImage) and not picture.isNull():
            name = f"粘贴的图片{datetime.now():%H%M%S}.png"  # noqa: DTZ005 - a name, for people at this machine
            self._runner.work(picture_file, picture, name, ok=self._read, fail=self._not_read)
            return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if takes(event.mimeData()):
            event.acceptProposedAction()
            self._frame(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._frame(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._frame(over=False)
        if self.take(event.mimeData()):
            event.acceptProposedAction()

    # ------------------------------------------------------------------ changing
    @Slot()
    def _menu_below(self) -> None:
        self._menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @Slot()
    def _menu_here(self) -> None:
        if self.evidence:
            self._menu().popup(self.cursor().pos())

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("pencil"), "改名…", self._rename)
        kinds = menu.addMenu(icons.icon("tag"), "类型")
        evidence = self.current()
        for kind in EvidenceKind:
            if kind is not EvidenceKind.SIGNED_PAPER:
                action = kinds.addAction(kind.label, self._change_kind)
                action.setCheckable(True)
                action.setChecked(evidence is not None and evidence.kind is kind)
                action.setData(kind)
        menu.addSeparator()
        menu.addAction(icons.icon("trash-2"), "删除这份附件", self._remove)
        return menu

    @Slot()
    def _change_kind(self) -> None:
        evidence, action = self.current(), self.sender()
        if evidence is not None and action is not None:
            self.change_asked.emit(evidence, evidence.title, action.data())  # type: ignore[attr-defined]

    @Slot()
    def _rename(self) -> None:
        evidence = self.current()
        if evidence is None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle("改名")
        dialog.setLabelText("附件名称")
        dialog.setTextValue(evidence.title)
        dialog.setOkButtonText("保存")
        dialog.setCancelButtonText("取消")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self._renamed)
        dialog.open()

    @Slot(str)
    def _renamed(self, title: str) -> None:
        evidence = self.current()
        if evidence is not None and title.strip() and title.strip() != evidence.title:
            self.change_asked.emit(evidence, title.strip(), evidence.kind)

    @Slot()
    def _remove(self) -> None:
        evidence = self.current()
        if evidence is not None:
            messages.ask(
                self,
                f"从这张报销单里删除“{evidence.title}”（{evidence.kind.label}）。",
                done=self._remove_answered,
                title="删除附件？",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _remove_answered(self, yes: bool) -> None:
        evidence = self.current()
        if yes and evidence is not None:
            self.remove_asked.emit(evidence)
