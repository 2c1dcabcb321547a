"""待我签批 when nothing waits: a friendly word, and what was signed last."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses.columns.signing_desk import action_pill, opinion_text
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind
from dangxiao_houqin.modules.expenses.domain.signing_desk import AGREE, SignedRow
from dangxiao_houqin.ui.widgets import Card, EmptyState, PillLabel, button, clear, column, label, row

from .signed_pane import REF_KINDS

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EmptyDesk(QWidget):
    """``opened(Ref)`` when a document is clicked, ``everything_asked`` for the whole list of what was signed."""

    opened = Signal(object)
    everything_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        empty = EmptyState()
        empty.show_state("没有等您签批的单据", "有单据轮到您时会出现在这里，待办里也会提醒。", icon="circle-check")
        card = Card()
        card.body.addWidget(empty)
        self.recent = Card("最近签过的")
        self.recent.head.addWidget(button("全部", self.everything_asked, kind="link", tooltip="我签过的全部单据"))
        self._rows = column(spacing=0)
        self.recent.body.addLayout(self._rows)
        self.recent.hide()
        whole = column(spacing=12)
        whole.addWidget(card, 1)
        whole.addWidget(self.recent)
        self.setLayout(whole)

    def show_recent(self, recent: tuple[SignedRow, ...]) -> None:
        """What was signed last; without any the card is not shown."""
        clear(self._rows)
        self.recent.setVisible(bool(recent))
        for each in recent:
            self._rows.addLayout(self._line(each))

    def _line(self, each: SignedRow) -> QHBoxLayout:
        title = each.title if len(each.title) <= 30 else f"{each.title[:29]}…"
        link = button(f"{each.number}　{title}", self._clicked, kind="link", tooltip=each.title)
        link.setProperty("document", (each.kind.value, each.document_id))
        opinion = opinion_text(each)
        said = label("" if opinion == AGREE else opinion if len(opinion) <= 14 else f"{opinion[:13]}…", "second")
        said.setToolTip(opinion)
        amount = label(yuan(each.total_fen))
        amount.setMinimumWidth(132)
        when = label(chinese_date(each.at.astimezone(CHINA).date(), year=False), "second")
        when.setMinimumWidth(76)
        for part in (amount, when):
            part.setAlignment(RIGHT)
        return row(link, None, said, PillLabel(action_pill(each)), amount, when, spacing=8)

    @Slot()
    def _clicked(self) -> None:
        kind, document_id = self.sender().property("document")
        self.opened.emit(Ref(REF_KINDS[DocumentKind(kind)], document_id))
