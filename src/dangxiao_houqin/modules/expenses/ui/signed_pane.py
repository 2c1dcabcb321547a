"""我签过的: what the user signed, returned or registered, to look up."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses.columns.signing_desk import SIGNED_COLUMNS
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, SignAction
from dangxiao_houqin.modules.expenses.domain.signing_desk import SignedRow, SigningSheet
from dangxiao_houqin.modules.expenses.queries.signing_desk import list_signed, load_sheet
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, button, column

from .signing_sheet import SheetView

REF_KINDS = {DocumentKind.CLAIM: "expense_claim", DocumentKind.PURCHASE: "purchase_request"}
_ACTIONS = (SignAction.SIGN, SignAction.RETURN, SignAction.SUBMIT, SignAction.PAPER)


def _id(row: SignedRow) -> int:
    return row.seq


class SignedPane(QWidget):
    """The list at the left, the chosen document as it stands now at the right."""

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self.page, self.desk = page, desk
        self._task: Task | None = None
        self.table = ListTable(
            desk.runner,
            "expenses.signed",
            SIGNED_COLUMNS,
            list_signed,
            _id,
            title="我签过的",
            search="编号 / 事由 / 经办人",
            filters=(
                Filter("action", "签批", tuple((each.value, each.label) for each in _ACTIONS)),
                Filter("kind", "单据", tuple((kind.value, kind.label) for kind in DocumentKind)),
            ),
            unit="次",
            compact=True,
            sort="at",
            descending=True,
            empty=Empty("您还没有签过单据", "签过的报销单和采购申请都会列在这里，随时可查。", icon="signature"),
        )
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._look_again)
        self.table.opened.connect(self.open_document)
        left = Card(padding=16)
        left.body.addWidget(self.table)
        self.sheet = SheetView()
        self.sheet.clear_sheet("选择一张单据查看")
        self.open_button = button("打开单据", self.open_current, icon="external-link", kind="link")
        self.open_button.setEnabled(False)
        right = Card(padding=2)
        right.body.setSpacing(0)
        right.body.addWidget(self.sheet, 1)
        right.body.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignRight)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.setStyleSheet("QSplitter::handle { background: transparent; }")
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([680, 420])
        self.setLayout(column(self.splitter))

    def refresh(self) -> None:
        self.table.refresh()

    def _one(self) -> SignedRow | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _look_again(self) -> None:
        """The list was read anew: so is the document beside it."""
        self._look(anew=True)

    @Slot()
    def _selected(self) -> None:
        self._look(anew=False)

    def _look(self, *, anew: bool) -> None:
        row = self._one()
        if self._task is not None:
            self._task.drop()
            self._task = None
        self.open_button.setEnabled(row is not None)
        if row is None:
            self.sheet.clear_sheet("选择一张单据查看")
        elif (
            anew
            or self.sheet.sheet is None
            or (self.sheet.sheet.kind, self.sheet.sheet.id) != (row.kind, row.document_id)
        ):
            self._task = self.page.query(load_sheet, row.kind, row.document_id, ok=self._have_sheet)

    @Slot(object)
    def _have_sheet(self, sheet: SigningSheet) -> None:
        self.sheet.show_sheet(sheet)

    @Slot()
    def open_current(self) -> None:
        if (row := self._one()) is not None:
            self.open_document(row)

    @Slot(object)
    def open_document(self, row: SignedRow) -> None:
        """The document's own page."""
        self.desk.open(Ref(REF_KINDS[row.kind], row.document_id))
