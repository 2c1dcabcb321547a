"""One 缴款书: the income that went with it, and its scan beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QSplitter, QWidget

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.columns.income import INCOME_COLUMNS
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EditEvidence,
    EvidenceKind,
    EvidenceOwner,
    EvidenceRow,
)
from dangxiao_houqin.modules.expenses.domain.income import IncomeRow, RemittanceRow
from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence
from dangxiao_houqin.modules.expenses.queries.income import list_income
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.table import ListTable
from dangxiao_houqin.ui.widgets import button, column, label, row

from .evidence_panel import EvidencePanel, File

SHOWN = ("number", "received_on", "kind", "payer", "amount", "receipt_no")
COLUMNS = tuple(each for each in INCOME_COLUMNS if each.key in SHOWN)


class _Entries:
    def __init__(self, remittance_id: int) -> None:
        self._id = remittance_id

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[IncomeRow]:
        wanted = ListQuery(
            query.search,
            {"remittance_id": self._id},
            query.sort or "number",
            query.descending,
            query.offset,
            query.limit,
        )
        return list_income(ctx, wanted)


def _id(found: IncomeRow) -> int:
    return found.id


def _add_all(ctx: Ctx, remittance_id: int, files: Sequence[File]) -> tuple[str, ...]:
    """Keep scans of the slip; returns what should be known about them."""
    notices: list[str] = []
    for name, data in files:
        owner = EvidenceOwner.REMITTANCE
        notices += services.add_evidence(ctx, AddEvidence(owner, remittance_id, name, data)).notices
    return tuple(notices)


class SlipDialog(QDialog):
    """Entries on the left, scans on the right; scans are kept at once."""

    def __init__(self, runner: Runner, parent: QWidget | None, slip: RemittanceRow, *, may_change: bool) -> None:
        super().__init__(parent)
        self.runner, self._slip = runner, slip
        title = f"缴款书 {slip.slip_no}"
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1080, 620)
        about = (f"{slip.remitted_on}", slip.account, f"{slip.entries} 笔", yuan(slip.total_fen), slip.note)
        self.table = ListTable(
            runner,
            "expenses.slip_entries",
            COLUMNS,
            _Entries(slip.id),
            _id,
            title=f"{title}的收入",
            search=None,
            unit="笔",
            compact=True,
        )
        self.panel = EvidencePanel(runner)
        self.panel.setMinimumWidth(360)
        self.panel.add.setEnabled(may_change)
        self.panel.paste.setEnabled(may_change)
        self.panel.setAcceptDrops(may_change)
        self.panel.files_read.connect(self._keep)
        self.panel.remove_asked.connect(self._remove)
        self.panel.change_asked.connect(self._change)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        parts.addWidget(self.table)
        parts.addWidget(self.panel)
        parts.setSizes([620, 400])
        close = button("关闭", self.accept, kind="primary")
        close.setDefault(True)
        head = column(label(title, "pageTitle"), label("　".join(part for part in about if part), "second"), spacing=4)
        layout = column(head, parts, row(None, close), spacing=14)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._may = may_change
        self.table.refresh()
        self.reload()

    @Slot()
    @Slot(object)
    def reload(self, _result: object = None) -> None:
        """Ask for the scans again."""
        self.runner.query(list_evidence, EvidenceOwner.REMITTANCE, self._slip.id, ok=self._show)

    @Slot(object)
    def _show(self, found: tuple[EvidenceRow, ...]) -> None:
        self.panel.set_evidence(found)
        self.panel.more.setEnabled(self._may and bool(found))
        if not found:
            self.panel.viewer.empty.show_state("把缴款书的扫描件拖到这里", "PDF 和图片都可以。", icon="paperclip")

    @Slot(object)
    def _keep(self, files: tuple[File, ...]) -> None:
        if self._may:
            self.runner.command(
                _add_all, self._slip.id, files, ok=self._kept, fail=self._failed, action="expenses.add_evidence"
            )

    @Slot(object)
    def _kept(self, notices: tuple[str, ...]) -> None:
        if notices:
            messages.toast(self, notices[0], tone="warning")
        self.reload()

    @Slot(object)
    def _remove(self, found: EvidenceRow) -> None:
        self.runner.command(services.remove_evidence, found.id, ok=self.reload, fail=self._failed)

    @Slot(object, str, object)
    def _change(self, found: EvidenceRow, title: str, kind: Any) -> None:
        command = EditEvidence(found.id, found.version, title, EvidenceKind(kind))
        self.runner.command(services.edit_evidence, command, ok=self.reload, fail=self._failed)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        messages.show(self, error)
