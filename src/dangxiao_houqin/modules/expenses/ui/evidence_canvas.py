"""The sheet on which an evidence file is shown: pages below each other, zoomed and turned."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from dangxiao_houqin.ui.background import Runner, Task
from dangxiao_houqin.ui.printing import PT_PER_INCH, SCREEN_DPI, ZOOMS
from dangxiao_houqin.ui.theme import TOKENS

from .evidence_reading import Opened, render_sheet

GAP = 12
KEPT = 12
FACTOR = SCREEN_DPI / PT_PER_INCH


class _Sheets(QWidget):
    """Draws the pages that are there and asks for those that are missing."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.sizes: tuple[tuple[float, float], ...] = ()
        self.zoom = 1.0
        self.turn = 0
        self.images: OrderedDict[int, tuple[float, QImage]] = OrderedDict()
        self._places: list[QRect] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("凭证内容")

    def turned(self) -> tuple[tuple[float, float], ...]:
        """Sizes in pt as shown."""
        return tuple((h, w) for w, h in self.sizes) if self.turn % 180 else self.sizes

    def scale(self) -> float:
        """Device px per pt."""
        return self.zoom * FACTOR * self.devicePixelRatioF()

    def arrange(self, room: int) -> None:
        """Place the pages in a view ``room`` px wide."""
        shown = self.turned()
        widest = max((round(width * self.zoom * FACTOR) for width, _ in shown), default=0)
        total = max(widest + 2 * GAP, room)
        top, self._places = GAP, []
        for width, height in shown:
            w, h = round(width * self.zoom * FACTOR), round(height * self.zoom * FACTOR)
            self._places.append(QRect((total - w) // 2, top, w, h))
            top += h + GAP
        self.resize(total, top)
        self.update()

    def place(self, number: int) -> QRect:
        return self._places[number] if number < len(self._places) else QRect()

    def page_at(self, y: int) -> int:
        for number, rect in enumerate(self._places):
            if y < rect.bottom() + GAP:
                return number
        return max(len(self._places) - 1, 0)

    def keep(self, number: int, scale: float, image: QImage) -> None:
        self.images[number] = (scale, image)
        self.images.move_to_end(number)
        while len(self.images) > KEPT:
            self.images.popitem(last=False)
        self.update(self.place(number))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, rect in enumerate(self._places):
            if not rect.intersects(event.rect()):
                continue
            painter.fillRect(rect.adjusted(-1, -1, 1, 1), QColor(TOKENS.line_strong))
            painter.fillRect(rect, QColor("#FFFFFF"))
            held = self.images.get(number)
            if held is not None:
                self._draw(painter, rect, held[1])
            else:
                painter.setPen(QColor(TOKENS.text_hint))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "正在显示…")
            if held is None or held[0] != self.scale():
                self.wanted.emit(number)

    def _draw(self, painter: QPainter, rect: QRect, image: QImage) -> None:
        if not self.turn:
            painter.drawImage(rect, image)
            return
        painter.save()
        painter.translate(QRectF(rect).center())
        painter.rotate(self.turn)
        w, h = (rect.height(), rect.width()) if self.turn % 180 else (rect.width(), rect.height())
        painter.drawImage(QRectF(-w / 2, -h / 2, w, h), image)
        painter.restore()


class EvidenceCanvas(QScrollArea):
    """Pages with zoom, turning and dragging with the mouse; PgUp and PgDn go by pages."""

    page_changed = Signal(int)
    zoom_changed = Signal(float)
    failed = Signal(object)
    painted = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.opened: Opened | None = None
        self.fit = True
        self._rendering: dict[int, Task] = {}
        self._wishes: list[int] = []
        self._drag: tuple[QPoint, int, int] | None = None
        self.sheets = _Sheets()
        self.sheets.wanted.connect(self._want)
        self.sheets.installEventFilter(self)
        self.setWidget(self.sheets)
        self.setWidgetResizable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStyleSheet(f"QScrollArea {{ background: {TOKENS.neutral_tint}; border: none; }}")
        # a bar that came with the pages would narrow the room they were measured for
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().valueChanged.connect(self._moved)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._render_wishes)

    # ------------------------------------------------------------------ for the viewer
    def show_file(self, opened: Opened | None) -> None:
        """Show another file from its first page, as wide as the room."""
        self._runner.drop(self)
        self._rendering.clear()
        self._wishes.clear()
        self.opened = opened
        self.sheets.images.clear()
        self.sheets.sizes = opened.sizes if opened is not None else ()
        self.sheets.turn = 0
        self.fit = True
        self._place()
        self.verticalScrollBar().setValue(0)
        self._moved()

    @property
    def pages(self) -> int:
        return len(self.sheets.sizes)

    @property
    def page(self) -> int:
        """The page in view, from 0."""
        return self.sheets.page_at(self.verticalScrollBar().value() + self.viewport().height() // 3)

    @property
    def zoom(self) -> float:
        return self.sheets.zoom

    @property
    def turn(self) -> int:
        """Degrees clockwise: 0, 90, 180 or 270."""
        return self.sheets.turn

    def show_page(self, number: int) -> None:
        number = max(0, min(number, self.pages - 1))
        self.verticalScrollBar().setValue(self.sheets.place(number).top() - GAP)

    @Slot()
    def zoom_in(self) -> None:
        self.set_zoom(next((each for each in ZOOMS if each > self.zoom + 0.01), ZOOMS[-1]))

    @Slot()
    def zoom_out(self) -> None:
        self.set_zoom(next((each for each in reversed(ZOOMS) if each < self.zoom - 0.01), ZOOMS[0]))

    @Slot()
    def full_size(self) -> None:
        """100 %: a page as large as on paper, a picture with its own pixels."""
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float) -> None:
        self.fit = False
        self.sheets.zoom = max(ZOOMS[0], min(zoom, ZOOMS[-1]))
        self._keep_place()

    @Slot()
    def fit_width(self) -> None:
        self.fit = True
        self._keep_place()

    @Slot()
    def rotate(self) -> None:
        """A quarter to the left, as a scan lies that was fed sideways."""
        self.sheets.turn = (self.sheets.turn - 90) % 360
        self._keep_place()

    # ------------------------------------------------------------------ placing
    def _keep_place(self) -> None:
        page = self.page
        self._place()
        self.show_page(page)
        self._moved()

    def _place(self) -> None:
        shown = self.sheets.turned()
        if self.fit and shown:
            widest = max(width for width, _ in shown) * FACTOR
            self.sheets.zoom = max(ZOOMS[0], min((self.viewport().width() - 2 * GAP) / widest, 2.0))
        self.sheets.arrange(self.viewport().width())
        self.zoom_changed.emit(self.sheets.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    @Slot()
    def _moved(self) -> None:
        self.page_changed.emit(self.page)

    # ------------------------------------------------------------------ rendering
    @Slot(int)
    def _want(self, number: int) -> None:
        if number in self._rendering:
            return
        if number in self._wishes:
            self._wishes.remove(number)
        self._wishes.append(number)
        del self._wishes[:-3]
        if not self._timer.isActive():
            self._timer.start(15)

    @Slot()
    def _render_wishes(self) -> None:
        while self._wishes and self.opened is not None and len(self._rendering) < 2:
            number = self._wishes.pop()
            if number >= self.pages or number in self._rendering:
                continue
            task = self._runner.work(
                render_sheet, self.opened, number, self.sheets.scale(), ok=self._rendered, fail=self._not_rendered
            )
            if not task.done:
                self._rendering[number] = task

    @Slot(object)
    def _rendered(self, result: tuple[Opened, int, float, QImage]) -> None:
        opened, number, scale, image = result
        self._rendering.pop(number, None)
        if opened is self.opened:
            self.sheets.keep(number, scale, image)
            self.painted.emit()
        if self._wishes:
            self._timer.start(0)

    @Slot(object)
    def _not_rendered(self, error: Exception) -> None:
        self._rendering.clear()
        self._wishes.clear()
        self.failed.emit(error)

    # ------------------------------------------------------------------ keys and mouse
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.sheets:
            kind = event.type()
            if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._key(event)
            if isinstance(event, QMouseEvent):
                return self._mouse(event)
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _key(self, event: QKeyEvent) -> bool:
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if event.key() == Qt.Key.Key_PageDown:
            self.page_step(1)
        elif event.key() == Qt.Key.Key_PageUp:
            self.page_step(-1)
        elif event.key() == Qt.Key.Key_Home:
            self.show_page(0)
        elif event.key() == Qt.Key.Key_End:
            down.setValue(down.maximum())
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            down.setValue(down.value() + (60 if event.key() == Qt.Key.Key_Down else -60))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            across.setValue(across.value() + (60 if event.key() == Qt.Key.Key_Right else -60))
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.rotate()
        else:
            return False
        return True

    def page_step(self, step: int) -> None:
        """By pages where there are several, else by screenfuls of the one."""
        if self.pages > 1:
            self.show_page(self.page + step)
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + step * bar.pageStep())

    def _mouse(self, event: QMouseEvent) -> bool:
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self.sheets.setFocus(Qt.FocusReason.MouseFocusReason)
            self._drag = (event.globalPosition().toPoint(), across.value(), down.value())
            self.sheets.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.type() == QEvent.Type.MouseMove and self._drag is not None:
            moved = event.globalPosition().toPoint() - self._drag[0]
            across.setValue(self._drag[1] - moved.x())
            down.setValue(self._drag[2] - moved.y())
        elif event.type() == QEvent.Type.MouseButtonRelease and self._drag is not None:
            self._drag = None
            self.sheets.unsetCursor()
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.full_size() if self.fit else self.fit_width()
        else:
            return False
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_in() if event.angleDelta().y() > 0 else self.zoom_out()
            event.accept()
        else:
            super().wheelEvent(event)
