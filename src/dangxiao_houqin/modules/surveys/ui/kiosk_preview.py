"""A questionnaire as the self-service terminal asks it, to try out; nothing is kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QGraphicsScene, QGraphicsView, QWidget

from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Segmented, button, column, label, row

from .answer_flow import AnswerFlow

SIZES: tuple[tuple[QSize, str], ...] = (
    (QSize(1366, 768), "小横屏"),
    (QSize(1920, 1080), "大横屏"),
    (QSize(1080, 1920), "竖屏"),
)
_DPI = 96.0


class _Screen(QGraphicsView):
    """Shows the whole scene, as large as there is room."""

    def fit(self) -> None:
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class KioskPreview(QDialog):
    """The answering screen scaled into a window, at the size of the terminal chosen above it."""

    def __init__(self, content: Content, rules: KioskRules, subject: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"终端预览 · {content.title}")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._content, self._rules, self._subject = content, rules, subject
        self.flow: AnswerFlow | None = None
        self.sizes = Segmented([(place, title) for place, (_, title) in enumerate(SIZES)], name="终端屏幕")
        self.sizes.changed.connect(self._begin)
        self._scene = QGraphicsScene(self)
        self.view = _Screen(self._scene)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setStyleSheet(f"QGraphicsView {{ background: {TOKENS.neutral_tint}; }}")
        self.view.setAccessibleName("终端预览")
        head = row(
            label("试着点一点；预览里填的内容不会保存。", "second"),
            None,
            self.sizes,
            button("从头再来", self._begin, icon="rotate-ccw"),
            button("关闭", self.reject, tooltip="Esc"),
            spacing=8,
        )
        head.setContentsMargins(16, 10, 16, 10)
        outer = column(head, spacing=0)
        outer.addWidget(self.view, 1)
        self.setLayout(outer)
        area = self.screen().availableGeometry()
        self.resize(min(1320, area.width() - 40), min(800, area.height() - 40))
        self._begin()

    @Slot()
    def _begin(self) -> None:
        """The first page, empty, at the size chosen."""
        self._scene.clear()
        size, _ = SIZES[int(self.sizes.value())]
        self.flow = AnswerFlow(self._content, self._rules, self._subject, dpi=_DPI)
        self.flow.setFixedSize(size)
        self.flow.finished.connect(self._finished)
        self.flow.left.connect(self._begin_soon)
        self._scene.addWidget(self.flow)
        self._scene.setSceneRect(0, 0, size.width(), size.height())
        self.view.fit()

    @Slot()
    def _begin_soon(self) -> None:
        QTimer.singleShot(0, self._begin)  # not while the flow that asks for it is still speaking

    @Slot(object)
    def _finished(self, _answers: object) -> None:
        messages.toast(self, "答卷填完了；预览不保存，从头再来。", tone="primary")
        self._begin_soon()
