"""One claim on the page: its paper on the left, its evidence on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from dangxiao_houqin.modules.expenses.domain.claims import ClaimView
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.widgets import Card

from .claim_view import ClaimSheet
from .evidence_papers import papers_of
from .evidence_viewer import EvidenceViewer


class ClaimPane(QWidget):
    """Shows a claim; both halves scroll for themselves."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = ClaimSheet()
        self.viewer = EvidenceViewer(runner)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        self.split.setStyleSheet("QSplitter::handle { background: transparent; }")
        for part, least in ((self.sheet, 420), (self.viewer, 320)):
            card = Card(padding=1)
            card.body.addWidget(part)
            card.layout().setContentsMargins(1, 6, 1, 6)  # type: ignore[union-attr]
            card.setMinimumWidth(least)
            self.split.addWidget(card)
        self.split.setSizes([540, 560])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)

    @property
    def claim(self) -> ClaimView | None:
        return self.sheet.claim

    def show_claim(self, claim: ClaimView) -> None:
        """Show it, or the same one as it is now."""
        self.sheet.set_claim(claim)
        self.viewer.set_papers(papers_of(claim.evidence))

    def forget(self) -> None:
        self.sheet.set_claim(None)
        self.viewer.set_papers(())
