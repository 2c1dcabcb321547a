"""How something must be bought, with the rule quoted, while it is being written down."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill, Tone
from dangxiao_houqin.modules.expenses.domain.procurement import Route, Ruling
from dangxiao_houqin.modules.expenses.domain.purchases import Suggestion
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import IconLabel, PillLabel, clear, label, row

from .signing_sheet import Notice


def route_pill(ruling: Ruling) -> Pill:
    """The demanded route; coloured when something must be obeyed."""
    tone: Tone = "success" if ruling.route is Route.SELF else "violet"
    if not ruling.thresholds_set and ruling.route is Route.SELF:
        tone = "warning"
    return Pill(ruling.route.label, tone)


class SuggestionBox(QFrame):
    """建议采购方式: the route, the rule in words, what it needs, and what signers will read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("suggestion")
        self.setStyleSheet(
            f"#suggestion {{ background: {TOKENS.primary_tint}; border-radius: {TOKENS.radius_card}px; }}"
        )
        self.route: Route | None = None
        self.sentences: tuple[str, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(14, 10, 14, 10)
        self._layout.setSpacing(6)
        self.setAccessibleName("建议采购方式")
        self.hide()

    def show_suggestion(self, suggestion: Suggestion | None) -> None:
        """Show it; without one the box is gone."""
        clear(self._layout)
        self.setVisible(suggestion is not None)
        self.route, self.sentences = None, ()
        if suggestion is None:
            return
        ruling = suggestion.ruling
        self.route = ruling.route
        head = row(IconLabel("scale", TOKENS.primary, 18), label("按规则应走", "second"), spacing=8)
        head.addWidget(PillLabel(route_pill(ruling)))
        for need in _needs(suggestion):
            head.addWidget(label(f"· {need}", "second"))
        head.addStretch(1)
        self._layout.addLayout(head)
        self._layout.addWidget(label(ruling.rule, "second", wrap=True))
        self.sentences = (*ruling.notices, *suggestion.warnings)
        for sentence in self.sentences:
            self._layout.addWidget(Notice(sentence, "warning", "triangle-alert"))
        self.setAccessibleDescription("；".join((ruling.route.label, ruling.rule, *self.sentences)))


def _needs(suggestion: Suggestion) -> list[str]:
    needs = []
    if suggestion.quotes_needed:
        needs.append(f"要 {suggestion.quotes_needed} 家报价")
    if suggestion.minutes_needed:
        needs.append("要会议纪要文号")
    if suggestion.ruling.record_needed:
        needs.append("支付前要登记采购记录")
    return needs
