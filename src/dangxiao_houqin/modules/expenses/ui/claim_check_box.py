"""What handing a claim in would say now."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.expenses.domain.claims import ClaimCheck
from dangxiao_houqin.ui.widgets import clear, column, label

from .signing_sheet import Notice


class ClaimCheckBox(QWidget):
    """Problems in red, what signers will read in amber, the rule of procurement as it is quoted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentences: tuple[str, ...] = ()
        self._layout = column(spacing=6)
        self.setLayout(self._layout)

    def show_check(self, check: ClaimCheck) -> None:
        clear(self._layout)
        shown = [(sentence, "error", "circle-alert") for _, sentence in check.problems]
        shown += [(sentence, "warning", "triangle-alert") for sentence in (*check.questions, *check.notices)]
        if check.route_rule:
            route = f"采购方式：{check.route.label}。" if check.route is not None else ""
            shown.append((f"{route}{check.route_rule}", "primary", "info"))
        self.sentences = tuple(sentence for sentence, _, _ in shown)
        if shown:
            self._layout.addWidget(label("提交前检查", "cardTitle"))
        for sentence, tone, icon in shown:
            self._layout.addWidget(Notice(sentence, tone, icon))
