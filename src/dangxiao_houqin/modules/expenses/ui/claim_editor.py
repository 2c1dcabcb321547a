"""Writing a claim: the form on the left, its papers on the right; saved as a draft or handed in with a password."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentRef, Signed, Submit
from dangxiao_houqin.modules.expenses.domain.claims import ClaimCheck, SavedClaim
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.widgets import button

from .claim_check_box import ClaimCheckBox
from .claim_files import ClaimFiles
from .claim_form import ClaimEditForm, EditorData, load_editor
from .evidence_panel import EvidencePanel, takes
from .sign_password_dialog import SignPasswordDialog


def _check(ctx: Ctx, claim_id: int) -> ClaimCheck:
    from dangxiao_houqin.modules.expenses.queries.claims import check_claim

    return check_claim(ctx, claim_id)


def _left(ctx: Ctx, year: int, categories: tuple[int, ...], claim_id: int | None) -> dict[int, int | None]:
    from dangxiao_houqin.modules.expenses.queries.budgets import left_of

    found = left_of(ctx, year, categories, excluding_claim=claim_id)
    return {key: (each.left_fen if each.has_budget else None) for key, each in found.items()}


class ClaimEditor(FormDialog):
    """A page-sized dialog; ``changed`` carries the id of a claim that was saved, ``submitted`` of one handed in.

    Files need a claim to belong to: the first one saves what is in order so far.  Such a draft is deleted again when
    the dialog is left without saving.
    """

    changed = Signal(int)
    submitted = Signal(int, object)

    def __init__(self, runner: Runner, parent: QWidget | None, data: EditorData) -> None:
        claim = data.claim
        super().__init__(
            runner,
            f"修改报销单 {claim.code}" if claim else "新建报销单",
            parent,
            subtitle="Enter 到下一格，行末 Enter 加一行；Ctrl+Enter 提交",
            primary="提交…",
        )
        self._claim_id = claim.id if claim else None
        self._version = claim.version if claim else None
        self._own_draft = False
        self._busy_with_save = False
        self._after_save = ""
        self._focus: QWidget | None = None
        self._draft = f"claim-{claim.id}" if claim else "claim-new"
        self._build(data)
        self.form.offer(data)
        if claim is not None:
            self.form.show_claim(claim)
            self.files.show_claim(claim)
            self.form.mark_clean()
            if claim.returned_reason:
                self.bar.say(f"退回原因：{claim.returned_reason}", "warning")
        else:
            self.form.show_new(data)
        self._ask_left()

    def _build(self, data: EditorData) -> None:
        old = self.form
        self.form: ClaimEditForm = ClaimEditForm(self.runner, data.form.today)
        self.body.replaceWidget(old, self.form)
        old.deleteLater()
        self.check_box = ClaimCheckBox()
        self.body.addWidget(self.check_box)
        self.panel = EvidencePanel(self.runner)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        outer = self.layout()
        assert outer is not None
        outer.replaceWidget(self._scroll, self.split)
        content = self._scroll.widget().layout()
        if content is not None:
            content.setContentsMargins(28, 0, 10, 0)
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
        self.files = ClaimFiles(self.runner, self.panel, self.form.invoices, self.bar)
        self.files.claim_needed.connect(self._save_for_files)
        self.form.lines.categories_changed.connect(self._ask_left)
        self.form.filled_on.left.connect(self._ask_left)
        self.form.kind.changed.connect(self._widths)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._bring_into_view)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

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
        self._widths()

    @Slot()
    def _widths(self) -> None:
        content = self._scroll.widget()
        content.ensurePolished()
        least = self.form.minimumSizeHint().width() + 38 + self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(least)
        left = max(least, round(self.width() * 0.6))
        self.split.setSizes([left, self.width() - left])

    @Slot(QWidget, QWidget)
    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Tab scrolls of itself, Enter does not; a new row has its place only after the layout was made."""
        if now is not None and self._scroll.widget().isAncestorOf(now):
            self._follow.start(0)

    @Slot()
    def _bring_into_view(self) -> None:
        now = self.focusWidget()
        if now is not None and self._scroll.widget().isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now, 20, 60)

    # ------------------------------------------------------------------ saving
    def submit(self) -> None:
        """提交: save, look whether anything forbids it, then the password."""
        self._save("submit")

    @Slot()
    def save_draft(self) -> None:
        """保存草稿."""
        self.bar.clear()
        if self.form.check():
            self._save("stay")

    def _save(self, after: str) -> None:
        if self._busy_with_save:
            self._after_save = after
            return
        self._after_save = after
        self._start_save(sound_only=False)

    def _start_save(self, *, sound_only: bool) -> None:
        self._busy_with_save = True
        self._focus = self.focusWidget()
        if not sound_only:
            self.set_busy(True)
        command = self.form.command(self._claim_id, self._version, sound_only=sound_only)
        done = self._draft_made if sound_only else self._draft_saved
        task = self.runner.command(services.save_claim, command, ok=done, fail=self._not_saved)
        if not task.done:
            task.slow.connect(self._busy.show)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.save.setEnabled(not busy)
        if not busy and self._focus is not None:
            self._focus.setFocus()

    @Slot(object)
    def _not_saved(self, error: Exception) -> None:
        self._busy_with_save = False
        self.files.give_up()
        self.take_error(error)

    @Slot(object)
    def _draft_saved(self, result: SavedClaim) -> None:
        self._busy_with_save = False
        self._own_draft = False
        self._know(result)
        self.set_busy(False)
        self.form.mark_clean()
        self.changed.emit(result.id)
        if result.notices:
            self.bar.say("；".join(result.notices), "warning")
        if self._after_save == "stay":
            messages.toast(self, f"已保存草稿 {result.label}")
        self.runner.query(_check, result.id, ok=self._checked, fail=self.take_error)

    def _know(self, result: SavedClaim) -> None:
        self._claim_id, self._version = result.id, result.version
        self.files.set_claim(result.id)

    @Slot(object)
    def _checked(self, check: ClaimCheck) -> None:
        self.check_box.show_check(check)
        if self._after_save != "submit":
            if check.problems:
                more = f"（共 {len(check.problems)} 处，见表单末尾）" if len(check.problems) > 1 else ""
                self.bar.say(f"草稿已保存；提交前还要补齐：{check.problems[0][1]}{more}", "primary")
            return
        self._after_save = ""
        if check.problems:
            field, sentence = check.problems[0]
            if not self.form.show_error(InvalidInput(sentence, field=field)):
                self.bar.say(sentence, "error")
            return
        assert self._claim_id is not None
        assert self._version is not None
        document = DocumentRef(DocumentKind.CLAIM, self._claim_id, self._version)
        total = self.form.lines.total.text().removeprefix("合计 ")
        ask = SignPasswordDialog(
            self.runner,
            self,
            services.submit,
            Submit(document, ""),
            title="提交报销单",
            subtitle=f"{self.form.title.value() or '报销单'}　{total}。提交后内容锁定，您的签字是第一个签字。",
            primary="签字提交",
        )
        ask.saved.connect(self._submitted)
        ask.open()

    @Slot(object)
    def _submitted(self, signed: Signed) -> None:
        self.form.mark_clean()
        assert self._claim_id is not None
        self.submitted.emit(self._claim_id, signed)
        self.accept()

    def reload(self) -> None:
        """Somebody changed it meanwhile: show how it is now."""
        self.runner.query(load_editor, self._claim_id, ok=self._reloaded, fail=self.take_error)

    @Slot(object)
    def _reloaded(self, data: EditorData) -> None:
        if data.claim is None or not data.claim.editable:
            self.form.mark_clean()
            self.reject()
            return
        self._version = data.claim.version
        self.form.offer(data)
        self.form.show_claim(data.claim)
        self.files.show_claim(data.claim)
        self.form.mark_clean()

    # ------------------------------------------------------------------ files
    @Slot()
    def _save_for_files(self) -> None:
        """Files were dropped on a claim that is not saved yet: save what is in order so far."""
        if not self._busy_with_save:
            self._start_save(sound_only=True)

    @Slot(object)
    def _draft_made(self, result: SavedClaim) -> None:
        self._busy_with_save = False
        self._own_draft = True
        self._know(result)
        self.form.keep_draft()
        if self._after_save:
            self._save(self._after_save)

    # ------------------------------------------------------------------ budget
    @Slot()
    def _ask_left(self) -> None:
        day = self.form.filled_on.value()
        categories = self.form.lines.category_ids()
        if day is not None and categories:
            self.runner.query(_left, day.year, categories, self._claim_id, ok=self._have_left, fail=self.take_error)

    @Slot(object)
    def _have_left(self, left: dict[int, int | None]) -> None:
        self.form.lines.set_left(left)

    # ------------------------------------------------------------------ leaving
    @Slot()
    def _restore(self) -> None:
        kept = self.form.kept_claim()
        super()._restore()
        if kept is not None and self._claim_id is None:
            self.runner.query(load_editor, kept, ok=self._have_kept, fail=self._kept_is_gone)

    @Slot(object)
    def _have_kept(self, data: EditorData) -> None:
        """The draft with files that was there before the crash."""
        if data.claim is not None and data.claim.editable:
            self._claim_id, self._version, self._own_draft = data.claim.id, data.claim.version, True
            self.files.show_claim(data.claim)

    @Slot(object)
    def _kept_is_gone(self, _error: Exception) -> None:
        """It was deleted meanwhile: what was typed is here, the files are to be added again."""

    def reject(self) -> None:
        if self._busy_with_save:
            return  # what becomes of it would be met by nobody
        leaving = self._discarding or not self.form.is_dirty
        if leaving and self._own_draft and self._claim_id is not None:
            if not self._discarding and self.panel.evidence:
                messages.ask(
                    self,
                    f"附件已放进草稿，共 {len(self.panel.evidence)} 份；不保存就关闭，草稿和附件一起删除。",
                    done=self._discard_answered,
                    title="放弃这张报销单？",
                    yes="放弃",
                    no="继续填写",
                    danger=True,
                )
                return
            self.runner.command(services.delete_claim, self._claim_id, self._version, fail=self._left_behind)
            self._own_draft = False
        super().reject()

    @Slot(object)
    def _left_behind(self, _error: Exception) -> None:
        """The draft could not be deleted: it stays in the list, where its applicant sees it."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the dialog."""
        if takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.panel.take(event.mimeData()):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and self.panel.take(QGuiApplication.clipboard().mimeData()):
            return
        super().keyPressEvent(event)
