"""The year as a painted line of nights: people wanting a bed against the beds there are."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation.forecast import Forecast, NightDemand
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.charts import round_above
from dangxiao_houqin.ui.theme import TOKENS

_PAST, _WANTED, _SHORT = "#C9D2DE", "#9DBDE8", TOKENS.error


class ForecastChart(QWidget):
    """Demand as steps, beds as a line, reserve rooms as a dashed line below it, missing beds in red.

    A click on a night emits ``picked``; what a night says stands in its tooltip, the whole in the description.
    """

    picked = Signal(date)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forecast: Forecast | None = None
        self._top = 4.0
        self.setMinimumHeight(116)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("每晚所需床位")

    def set_forecast(self, forecast: Forecast) -> None:
        """Show another period."""
        self._forecast = forecast
        highest = max((max(night.demand, night.beds) for night in forecast.nights), default=0)
        self._top = round_above(float(highest))
        short = "；".join(f"{each.words}缺{each.short}张" for each in forecast.shortages) or "没有缺床的夜晚"
        self.setAccessibleDescription(short)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 240)

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(44, 30, -6, -24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(TOKENS.px_label))
        plot = self._plot()
        self._paint_grid(painter, plot)
        self._paint_legend(painter)
        forecast = self._forecast
        if forecast is None or not forecast.nights:
            return
        step = plot.width() / len(forecast.nights)
        scale = plot.height() / self._top
        painter.setPen(Qt.PenStyle.NoPen)
        for place, night in enumerate(forecast.nights):
            if not night.demand:
                continue
            x = plot.left() + place * step
            covered = min(night.demand, night.beds)
            color = _PAST if night.night < forecast.today else _WANTED
            painter.fillRect(QRectF(x, plot.bottom() - covered * scale, step + 0.4, covered * scale), QColor(color))
            if night.short and night.night >= forecast.today:
                top = plot.bottom() - night.demand * scale
                painter.fillRect(QRectF(x, top, step + 0.4, night.short * scale), QColor(_SHORT))
        self._paint_line(painter, plot, [night.beds for night in forecast.nights], QPen(QColor(TOKENS.primary), 2))
        dashed = QPen(QColor(TOKENS.primary), 1, Qt.PenStyle.DashLine)
        if any(night.reserve for night in forecast.nights):
            self._paint_line(painter, plot, [night.beds - night.reserve for night in forecast.nights], dashed)
        self._paint_months(painter, plot, forecast, step)

    def _paint_line(self, painter: QPainter, plot: QRectF, values: list[int], pen: QPen) -> None:
        step = plot.width() / len(values)
        points = []
        for place, value in enumerate(values):
            y = plot.bottom() - value * plot.height() / self._top
            points += [QPointF(plot.left() + place * step, y), QPointF(plot.left() + (place + 1) * step, y)]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))

    def _paint_months(self, painter: QPainter, plot: QRectF, forecast: Forecast, step: float) -> None:
        for place, night in enumerate(forecast.nights):
            x = plot.left() + place * step
            if night.night.day == 1:
                painter.setPen(QPen(QColor(TOKENS.line), 1))
                painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 5))
                painter.setPen(QColor(TOKENS.text_second))
                box = QRectF(x + 4, plot.bottom() + 3, 60, 20)
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{night.night.month}月"
                )
            if night.night == forecast.today:
                painter.setPen(QPen(QColor(TOKENS.warning), 1.5))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
                painter.drawText(QPointF(x + 4, plot.top() + 11), "今天")

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        for step in range(5):
            y = plot.bottom() - plot.height() * step / 4
            style = Qt.PenStyle.SolidLine if step == 0 else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(TOKENS.line), 1, style))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(TOKENS.text_hint))
            box = QRectF(0, y - 10, plot.left() - 8, 20)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, align, f"{self._top * step / 4:,.10g}")

    def _paint_legend(self, painter: QPainter) -> None:
        x = float(self.width() - 6)
        metrics = painter.fontMetrics()
        for words, color in (("缺床", _SHORT), ("要住的人", _WANTED), ("已过", _PAST)):
            x -= metrics.horizontalAdvance(words)
            painter.setPen(QColor(TOKENS.text_second))
            painter.drawText(QPointF(x, 15), words)
            x -= 17
            painter.fillRect(QRectF(x, 5, 11, 11), QColor(color))
            x -= 14
        for words, style, width in (
            ("可用床位", Qt.PenStyle.SolidLine, 2.0),
            ("不用机动房", Qt.PenStyle.DashLine, 1.0),
        ):
            x -= metrics.horizontalAdvance(words)
            painter.setPen(QColor(TOKENS.text_second))
            painter.drawText(QPointF(x, 15), words)
            x -= 28
            painter.setPen(QPen(QColor(TOKENS.primary), width, style))
            painter.drawLine(QPointF(x, 10.5), QPointF(x + 22, 10.5))
            x -= 14

    def night_at(self, x: float) -> NightDemand | None:
        """The night at the horizontal position ``x``."""
        plot = self._plot()
        if self._forecast is None or not self._forecast.nights or not plot.left() <= x <= plot.right():
            return None
        nights = self._forecast.nights
        return nights[min(int((x - plot.left()) / plot.width() * len(nights)), len(nights) - 1)]

    def x_of(self, night: date) -> float:
        """The middle of a night on the chart."""
        plot = self._plot()
        assert self._forecast is not None
        place = (night - self._forecast.start).days
        return plot.left() + (place + 0.5) * plot.width() / len(self._forecast.nights)

    def words_at(self, x: float) -> str:
        """What the tooltip says about the night at ``x``."""
        night = self.night_at(x)
        if night is None:
            return ""
        lines = [chinese_date(night.night, weekday=True), f"要住 {night.demand} 人，可用 {night.beds} 张床"]
        if night.reserve:
            lines.append(f"其中机动 {night.reserve} 张")
        if night.closed:
            lines.append(f"停用 {night.closed} 张")
        if night.unknown:
            lines.append(f"{night.unknown} 人还没有名单，男女未定")
        lines.append(f"缺 {night.short} 张床" if night.short else f"空 {night.free} 张床")
        return "\n".join(lines)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        night = self.night_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and night is not None:
            self.picked.emit(night.night)
