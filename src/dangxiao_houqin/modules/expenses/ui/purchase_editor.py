"""Writing a purchase request: the form on the left, its papers on the right, the rule quoted as one writes."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentRef, Signed, Submit
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddedEvidence,
    AddEvidence,
    EditEvidence,
    EvidenceKind,
    EvidenceOwner,
    EvidenceRow,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, SavedRequest, Suggestion
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.widgets import button

from .evidence_panel import EvidencePanel, File, takes
from .purchase_form import PurchaseEditForm, RequestEditorData, load_request_editor
from .submit_request_dialog import SubmitRequestDialog

HANDLES = (QEvent.Type.DragEnter, QEvent.Type.Drop)
WAIT_MS = 250


def _suggest(
    ctx: Ctx,
    number: int,
    kind: ProcurementKind,
    items: tuple[ItemInput, ...],
    day: date,
    route: Route | None,
    category_id: int | None,
    request_id: int | None,
) -> tuple[int, Suggestion]:
    from dangxiao_houqin.modules.expenses.queries.rulings import suggest

    return number, suggest(ctx, kind, items, day, route, category_id, request_id)


def _evidence(ctx: Ctx, request_id: int) -> tuple[EvidenceRow, ...]:
    from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence

    return list_evidence(ctx, EvidenceOwner.PURCHASE, request_id)


class PurchaseEditor(FormDialog):
    """A page-sized dialog; ``changed`` carries the id of a request that was saved, ``submitted`` of one handed in.

    Files need a request to belong to: the first one saves what is in order so far.  Such a draft is deleted again when
    the dialog is left without saving.
    """

    changed = Signal(int)
    submitted = Signal(int, object)

    def __init__(self, runner: Runner, parent: QWidget | None, data: RequestEditorData) -> None:
        request = data.request
        super().__init__(
            runner,
            f"修改采购申请 {request.code}" if request else "新建采购申请",
            parent,
            subtitle="Enter 到下一格，行末 Enter 加一行；Ctrl+Enter 提交",
            primary="提交…",
        )
        self._id = request.id if request else None
        self._version = request.version if request else None
        self._own_draft = False
        self._saving = False
        self._after_save = ""
        self._files: list[File] = []
        self._show_next: int | None = None
        self._question = 0
        self._focus: QWidget | None = None
        self._draft = f"purchase-{request.id}" if request else "purchase-new"
        self._build()
        self.form.offer(data)
        if request is not None:
            self.form.show_request(request)
            self.panel.set_evidence(request.evidence)
            if request.returned_reason:
                self.bar.say(f"退回原因：{request.returned_reason}", "warning")
        else:
            self.form.show_new(data)
        self._ask_rules()

    def _build(self) -> None:
        old = self.form
        self.form: PurchaseEditForm = PurchaseEditForm(self.runner)
        self.body.replaceWidget(old, self.form)
        old.deleteLater()
        self.panel = _Papers(self.runner)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        outer = self.layout()
        assert outer is not None
        outer.replaceWidget(self._scroll, self.split)
        self.split.addWidget(self._scroll)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setContentsMargins(0, 0, 16, 0)
        self.split.setStyleSheet("QSplitter::handle { background: transparent; }")
        self.save = button("保存草稿", self.save_draft, icon="save", shortcut="Ctrl+S")
        self.buttons.insertWidget(self.buttons.indexOf(self.primary), self.save)
        self.cancel.setText("关闭")
        self.primary.setDefault(False)
        self.primary.setAutoDefault(False)
        self.primary.setToolTip("保存并输入密码签字提交（Ctrl+Enter）")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAcceptDrops(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._ask_rules)
        self.form.changed.connect(self._timer.start)
        self.panel.files_read.connect(self.add_files)
        self.panel.change_asked.connect(self._change_evidence)
        self.panel.remove_asked.connect(self._remove_evidence)

    # ------------------------------------------------------------------ room
    def _grow(self) -> None:
        """As large as the window it belongs to, the form as wide as its grids need."""
        area = self.screen().availableGeometry()
        parent = self.parentWidget()
        over = parent.window() if parent is not None else None
        width = min(area.width() - 16, max(over.width() - 32 if over else 1340, 1180))
        height = min(area.height() - 16, max(over.height() - 32 if over else 760, 660))
        if self.width() < width or self.height() < height:
            self.resize(width, height)
            if over is not None:
                corner = over.geometry().center() - self.rect().center()
                self.move(max(area.left(), corner.x()), max(area.top(), corner.y()))
        content = self._scroll.widget()
        content.ensurePolished()
        least = self.form.minimumSizeHint().width() + 56 + self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(least)
        left = max(least, round(self.width() * 0.66))
        self.split.setSizes([left, self.width() - left])

    # ------------------------------------------------------------------ the rule, live
    @Slot()
    def _ask_rules(self) -> None:
        asked = self.form.asked()
        self._question += 1
        if asked is None:
            self._show_rules((self._question, None))
        else:
            self.runner.query(_suggest, self._question, *asked, self._id, ok=self._show_rules, fail=self.take_error)

    @Slot(object)
    def _show_rules(self, answer: tuple[int, Suggestion | None]) -> None:
        number, suggestion = answer
        if number == self._question:  # an older answer is about what stands there no more
            self.form.suggestion.show_suggestion(suggestion)
            self.form.set_suggested(suggestion.ruling.route if suggestion else None)

    # ------------------------------------------------------------------ saving
    def submit(self) -> None:
        """提交: save, then the password; what is missing is told by the service at its field."""
        self._save("submit")

    @Slot()
    def save_draft(self) -> None:
        """保存草稿."""
        self.bar.clear()
        if self.form.check():
            self._save("stay")

    def _save(self, after: str) -> None:
        self._after_save = after
        if not self._saving:
            self._start_save(sound_only=False)

    def _start_save(self, *, sound_only: bool) -> None:
        self._saving = True
        self._focus = self.focusWidget()
        if not sound_only:
            self.set_busy(True)
        command = self.form.command(self._id, self._version, sound_only=sound_only)
        done = self._draft_made if sound_only else self._draft_saved
        self.runner.command(services.save_request, command, ok=done, fail=self._not_saved)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.save.setEnabled(not busy)
        if not busy and self._focus is not None:
            self._focus.setFocus()

    @Slot(object)
    def _not_saved(self, error: Exception) -> None:
        self._saving = False
        self._files.clear()
        self.take_error(error)

    @Slot(object)
    def _draft_saved(self, result: SavedRequest) -> None:
        self._saving = self._own_draft = False
        self._know(result)
        self.set_busy(False)
        self.form.mark_clean()
        self.changed.emit(result.id)
        if self._after_save == "stay":
            messages.toast(self, f"已保存草稿 {result.label}")
        elif self._after_save == "submit":
            self._ask_password(result)
        self._after_save = ""

    def _know(self, result: SavedRequest) -> None:
        self._id, self._version = result.id, result.version
        self.form.request_id = result.id

    def _ask_password(self, saved: SavedRequest) -> None:
        document = DocumentRef(DocumentKind.PURCHASE, saved.id, saved.version)
        ask = SubmitRequestDialog(self.runner, self, saved, Submit(document, ""))
        ask.saved.connect(self._submitted)
        ask.refused.connect(self.take_error)
        ask.open()

    @Slot(object)
    def _submitted(self, signed: Signed) -> None:
        self.form.mark_clean()
        assert self._id is not None
        self.submitted.emit(self._id, signed)
        self.accept()

    def reload(self) -> None:
        """Somebody changed it meanwhile: show how it is now."""
        self.runner.query(load_request_editor, self._id, ok=self._reloaded, fail=self.take_error)

    @Slot(object)
    def _reloaded(self, data: RequestEditorData) -> None:
        if data.request is None or not data.request.state.editable:
            self.form.mark_clean()
            self.reject()
            return
        self._version = data.request.version
        self.form.offer(data)
        self.form.show_request(data.request)
        self.panel.set_evidence(data.request.evidence)

    # ------------------------------------------------------------------ files
    @Slot(object)
    def add_files(self, files: tuple[File, ...]) -> None:
        """Store files as evidence, one after another; a request that is not saved yet is saved first."""
        self._files.extend(files)
        if self._id is not None:
            self._next_file()
        elif not self._saving:
            self._start_save(sound_only=True)

    @Slot(object)
    def _draft_made(self, result: SavedRequest) -> None:
        self._saving = False
        self._own_draft = True
        self._know(result)
        self.form.keep_draft()
        self._next_file()
        if self._after_save:
            self._save(self._after_save)

    def _next_file(self) -> None:
        if self._files and self._id is not None:
            name, data = self._files.pop(0)
            command = AddEvidence(EvidenceOwner.PURCHASE, self._id, name, data)
            self.runner.command(
                services.add_evidence, command, ok=self._file_added, fail=self._file_refused, title=f"添加 {name}"
            )

    @Slot(object)
    def _file_added(self, added: AddedEvidence) -> None:
        self._show_next = added.id
        self._file_done()

    @Slot(object)
    def _file_refused(self, error: Exception) -> None:
        if isinstance(error, AppError):
            self.bar.say(str(error), messages.tone_of(error))
        else:
            messages.show(self, error)
        self._file_done()

    def _file_done(self) -> None:
        if self._files:
            self._next_file()
        else:
            self._ask_evidence()

    def _ask_evidence(self) -> None:
        if self._id is not None:
            self.runner.query(_evidence, self._id, ok=self._have_evidence, fail=self.take_error)

    @Slot(object)
    def _have_evidence(self, evidence: tuple[EvidenceRow, ...]) -> None:
        self.form.quotes.set_files([(each.id, each.title) for each in evidence])
        self.panel.set_evidence(evidence, self._show_next)

    @Slot(object, str, object)
    def _change_evidence(self, evidence: EvidenceRow, title: str, kind: EvidenceKind) -> None:
        command = EditEvidence(evidence.id, evidence.version, title, kind)
        self.runner.command(services.edit_evidence, command, ok=self._evidence_changed, fail=self._file_refused)

    @Slot(object)
    def _remove_evidence(self, evidence: EvidenceRow) -> None:
        self.runner.command(services.remove_evidence, evidence.id, ok=self._evidence_changed, fail=self._file_refused)

    @Slot(object)
    def _evidence_changed(self, _result: object) -> None:
        self._ask_evidence()

    # ------------------------------------------------------------------ leaving
    @Slot()
    def _restore(self) -> None:
        kept = self.form.kept_request()
        super()._restore()
        if kept is not None and self._id is None:
            self.runner.query(load_request_editor, kept, ok=self._have_kept, fail=self._kept_is_gone)

    @Slot(object)
    def _have_kept(self, data: RequestEditorData) -> None:
        """The draft with files that was there before the crash."""
        if data.request is not None and data.request.state.editable:
            self._id, self._version, self._own_draft = data.request.id, data.request.version, True
            self.form.request_id = data.request.id
            self.form.quotes.set_files([(each.id, each.title) for each in data.request.evidence])
            self.panel.set_evidence(data.request.evidence)

    @Slot(object)
    def _kept_is_gone(self, _error: Exception) -> None:
        """It was deleted meanwhile: what was typed is here, the files are to be added again."""

    def reject(self) -> None:
        leaving = self._discarding or not self.form.is_dirty
        if leaving and self._own_draft and self._id is not None:
            if not self._discarding and self.panel.evidence:
                messages.ask(
                    self,
                    f"附件已放进草稿，共 {len(self.panel.evidence)} 份；不保存就关闭，草稿和附件一起删除。",
                    done=self._discard_answered,
                    title="放弃这张采购申请？",
                    yes="放弃",
                    no="继续填写",
                    danger=True,
                )
                return
            self.runner.command(services.delete_request, self._id, self._version, fail=self._left_behind)
            self._own_draft = False
        super().reject()

    @Slot(object)
    def _left_behind(self, _error: Exception) -> None:
        """The draft could not be deleted: it stays in the list, where its applicant sees it."""

    def event(self, event: QEvent) -> bool:
        if event.type() in HANDLES:
            mime: QMimeData = event.mimeData()  # type: ignore[attr-defined]
            return self._dropped_on_form(event, mime)
        return super().event(event)

    def _dropped_on_form(self, event: Any, mime: QMimeData) -> bool:
        """Files may be dropped anywhere on the dialog."""
        if not takes(mime):
            return False
        if event.type() == QEvent.Type.Drop:
            self.panel.take(mime)
        event.acceptProposedAction()
        return True


class _Papers(EvidencePanel):
    """The panel says what belongs to a request."""

    def _say_empty(self) -> None:
        self.viewer.empty.show_state(
            "把报价单、需求说明、纪要拖到这里",
            "PDF、OFD、XML 和图片都可以；在“比价”里选哪一家的报价单。",
            icon="paperclip",
        )
