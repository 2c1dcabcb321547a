"""Files on their way to a claim: stored one after another, listed anew, and read into its invoices."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddedEvidence,
    AddEvidence,
    ClaimView,
    EditEvidence,
    EvidenceKind,
    EvidenceOwner,
    EvidenceRow,
)
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.messages import MessageBar

from .claim_invoices import InvoicesGrid
from .editing_grid import GridRow
from .evidence_panel import EvidencePanel, File


def _evidence(ctx: Ctx, claim_id: int) -> tuple[EvidenceRow, ...]:
    from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence

    return list_evidence(ctx, EvidenceOwner.CLAIM, claim_id)


class ClaimFiles(QObject):
    """Between the panel, the grid of invoices and the services; ``claim_needed`` asks for a claim to belong to."""

    claim_needed = Signal()

    def __init__(self, runner: Runner, panel: EvidencePanel, invoices: InvoicesGrid, bar: MessageBar) -> None:
        super().__init__(panel)
        self._runner, self._panel, self._invoices, self._bar = runner, panel, invoices, bar
        self._claim_id: int | None = None
        self._waiting: list[File] = []
        self._under_way = False
        self._show: int | None = None
        panel.files_read.connect(self.add)
        panel.change_asked.connect(self._change)
        panel.remove_asked.connect(self._remove)
        invoices.link_asked.connect(self._link)

    def set_claim(self, claim_id: int) -> None:
        """Files go there from now on, those that wait at once."""
        self._claim_id = claim_id
        self._invoices.claim_id = claim_id
        self._next()

    def show_claim(self, claim: ClaimView) -> None:
        """A saved claim with its papers."""
        self.set_claim(claim.id)
        self._have(claim.evidence)

    def give_up(self) -> None:
        """The claim they need could not be saved."""
        self._waiting.clear()

    # ------------------------------------------------------------------ adding
    @Slot(object)
    def add(self, files: tuple[File, ...]) -> None:
        """Store files as evidence."""
        self._waiting.extend(files)
        if self._claim_id is None:
            self.claim_needed.emit()
        else:
            self._next()

    def _next(self) -> None:
        if self._under_way or not self._waiting or self._claim_id is None:
            return
        self._under_way = True
        name, data = self._waiting.pop(0)
        command = AddEvidence(EvidenceOwner.CLAIM, self._claim_id, name, data)
        self._runner.command(services.add_evidence, command, ok=self._added, fail=self._refused, title=f"添加 {name}")

    @Slot(object)
    def _added(self, added: AddedEvidence) -> None:
        self._under_way = False
        self._show = added.id
        if added.facts is not None and added.kind is EvidenceKind.INVOICE:
            self._invoices.take_facts(added.facts, added.id)
        if added.notices:
            self._bar.say("；".join(added.notices), "warning")
        self._go_on()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._under_way = False
        if isinstance(error, AppError):
            self._bar.say(str(error), messages.tone_of(error))
        else:
            messages.show(self._panel, error)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting:
            self._next()
        elif self._claim_id is not None:
            self._runner.query(_evidence, self._claim_id, ok=self._have, fail=self._refused_to_list)

    @Slot(object)
    def _have(self, evidence: tuple[EvidenceRow, ...]) -> None:
        self._invoices.set_files({each.id: each.title for each in evidence})
        self._panel.set_evidence(evidence, self._show)

    @Slot(object)
    def _refused_to_list(self, error: Exception) -> None:
        messages.show(self._panel, error)

    # ------------------------------------------------------------------ changing
    @Slot(object, str, object)
    def _change(self, evidence: EvidenceRow, title: str, kind: EvidenceKind) -> None:
        self._show = evidence.id
        command = EditEvidence(evidence.id, evidence.version, title, kind)
        self._runner.command(services.edit_evidence, command, ok=self._changed, fail=self._refused)

    @Slot(object)
    def _remove(self, evidence: EvidenceRow) -> None:
        self._show = None
        self._runner.command(services.remove_evidence, evidence.id, ok=self._changed, fail=self._refused)

    @Slot(object)
    def _changed(self, _result: object) -> None:
        self._go_on()

    @Slot(object)
    def _link(self, grid_row: GridRow) -> None:
        evidence = self._panel.current()
        if evidence is None:
            self._bar.say("先在右边添加并点开这张发票的文件。", "primary")
        else:
            self._invoices.link(grid_row, evidence.id)
