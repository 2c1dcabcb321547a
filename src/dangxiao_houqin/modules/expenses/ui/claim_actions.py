"""What can be done with a claim, wherever it is shown: reads it anew, then opens the right dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, Signed, Submit
from dangxiao_houqin.modules.expenses.domain.claims import ClaimAction, ClaimCheck, ClaimView, SavedClaim
from dangxiao_houqin.modules.expenses.domain.signing_desk import PersonChoice
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.printing import preview

from .claim_dialogs import (
    LinkRecordDialog,
    OverrideDialog,
    PayDialog,
    VoidDialog,
    VoucherDialog,
    WithdrawDialog,
    subject_line,
)
from .claim_editor import ClaimEditor
from .claim_form import EditorData, load_editor
from .register_paper_dialog import RegisterPaperDialog
from .sign_password_dialog import SignPasswordDialog

WORDS = {
    ClaimAction.EDIT: ("修改", "pencil"),
    ClaimAction.SUBMIT: ("提交…", "upload"),
    ClaimAction.WITHDRAW: ("撤回…", "undo-2"),
    ClaimAction.DELETE: ("删除草稿", "trash-2"),
    ClaimAction.VOID: ("作废…", "ban"),
    ClaimAction.REGISTER_PAPER: ("登记已签…", "stamp"),
    ClaimAction.PAY: ("登记支付…", "banknote"),
    ClaimAction.SET_VOUCHER: ("补记凭证号…", "hash"),
    ClaimAction.LINK_RECORD: ("关联采购记录…", "link"),
    ClaimAction.OVERRIDE: ("没有采购记录也放行…", "lock-open"),
    ClaimAction.COPY: ("复制为新单", "copy"),
}
"""Text and icon of each action, in the order in which they are offered."""


@dataclass(frozen=True)
class ActionData:
    """What a dialog needs."""

    action: ClaimAction
    claim: ClaimView
    today: date
    people: tuple[PersonChoice, ...] = ()
    check: ClaimCheck | None = None


def load_action(ctx: Ctx, action: ClaimAction, claim_id: int) -> ActionData:
    """The claim as it stands now with what the dialog of ``action`` offers."""
    from dangxiao_houqin.modules.expenses.queries.claims import check_claim, get_claim

    people: tuple[PersonChoice, ...] = ()
    if action is ClaimAction.REGISTER_PAPER:
        from dangxiao_houqin.modules.expenses.queries.signing_desk import signer_choices

        people = signer_choices(ctx).people
    claim = get_claim(ctx, claim_id)
    check = check_claim(ctx, claim_id) if action is ClaimAction.SUBMIT and action in claim.actions else None
    return ActionData(action, claim, ctx.today(), people, check)


class ClaimActions(QObject):
    """``changed`` carries the claim to look at next (0: none), and what to tell."""

    changed = Signal(int, str)

    def __init__(self, runner: Runner, host: QWidget) -> None:
        super().__init__(host)
        self._runner = runner
        self._host = host
        self._said = ""
        self._id = 0

    # ------------------------------------------------------------------ starting
    @Slot()
    def new(self) -> None:
        """新建报销单."""
        self._runner.query(load_editor, None, ok=self._have_editor, fail=self._failed)

    def start(self, action: ClaimAction, claim_id: int) -> None:
        """Do ``action`` with a claim, after a look at how it stands now."""
        if action is ClaimAction.EDIT:
            self._runner.query(load_editor, claim_id, ok=self._have_editor, fail=self._failed)
        elif action is ClaimAction.COPY:
            self._runner.command(services.copy_claim, claim_id, ok=self._copied, fail=self._failed)
        else:
            self._runner.query(load_action, action, claim_id, ok=self._have_claim, fail=self._failed)

    @Slot(object)
    def _have_editor(self, data: EditorData) -> None:
        if data.claim is not None and not data.claim.editable:
            self._tell_why_not(ClaimAction.EDIT, data.claim)
            return
        editor = ClaimEditor(self._runner, self._host.window(), data)
        editor.changed.connect(self._edited)
        editor.submitted.connect(self._handed_in)
        editor.open()

    @Slot(int)
    def _edited(self, claim_id: int) -> None:
        self.changed.emit(claim_id, "")

    @Slot(int, object)
    def _handed_in(self, claim_id: int, signed: Signed) -> None:
        self.changed.emit(claim_id, handed_in_text(signed))

    @Slot(object)
    def _copied(self, saved: SavedClaim) -> None:
        self.changed.emit(saved.id, f"已复制为 {saved.label}，发票和附件不复制")
        self.start(ClaimAction.EDIT, saved.id)

    def _tell_why_not(self, action: ClaimAction, claim: ClaimView) -> None:
        what = WORDS[action][0].removesuffix("…")
        why = f"报销单 {claim.code} 现在是“{claim.state.label}”，经办人 {claim.applicant}。"
        if action is ClaimAction.SET_VOUCHER and claim.state is DocumentState.PAID:
            why = f"报销单 {claim.code} 的记账凭证号已更正过一次，现在是 {claim.paid_voucher}，不能再改。"
        messages.tell(self._host, f"现在不能{what}", why, tone="warning")
        self.changed.emit(claim.id, "")

    # ------------------------------------------------------------------ dialogs
    @Slot(object)
    def _have_claim(self, data: ActionData) -> None:
        claim, self._id = data.claim, data.claim.id
        if data.action not in claim.actions:
            self._tell_why_not(data.action, claim)
        elif data.action is ClaimAction.DELETE:
            self._ask_delete(claim)
        elif data.action is ClaimAction.SUBMIT:
            self._ask_submit(data)
        else:
            self._open(data)

    def _open(self, data: ActionData) -> None:
        window, claim = self._host.window(), data.claim
        dialog: Any
        if data.action is ClaimAction.PAY:
            dialog, self._said = PayDialog(self._runner, window, claim, data.today), f"{claim.code} 已登记支付"
        elif data.action is ClaimAction.SET_VOUCHER:
            dialog, self._said = VoucherDialog(self._runner, window, claim), f"{claim.code} 的记账凭证号已保存"
        elif data.action is ClaimAction.VOID:
            dialog, self._said = VoidDialog(self._runner, window, claim), f"{claim.code} 已作废"
        elif data.action is ClaimAction.WITHDRAW:
            dialog, self._said = WithdrawDialog(self._runner, window, claim), f"{claim.code} 已撤回，可以修改后再提交"
        elif data.action is ClaimAction.LINK_RECORD:
            dialog, self._said = LinkRecordDialog(self._runner, window, claim), "采购记录已保存"
        elif data.action is ClaimAction.OVERRIDE:
            dialog, self._said = OverrideDialog(self._runner, window, claim), "已保存"
        else:
            dialog = RegisterPaperDialog(
                self._runner, window, claim.document, subject_line(claim), claim.marks, data.people, data.today
            )
            self._said = f"{claim.code} 已登记纸质签字"
        dialog.saved.connect(self._done)
        dialog.open()

    @Slot(object)
    def _done(self, _result: object) -> None:
        self.changed.emit(self._id, self._said)

    def _ask_submit(self, data: ActionData) -> None:
        assert data.check is not None
        if data.check.problems:
            sentences = "\n".join(sentence for _, sentence in data.check.problems)
            messages.ask(
                self._host,
                sentences,
                done=self._fix_answered,
                title=f"{data.claim.code} 还不能提交",
                yes="去修改",
                no="以后再说",
            )
            return
        dialog = SignPasswordDialog(
            self._runner,
            self._host.window(),
            services.submit,
            Submit(data.claim.document, ""),
            title="提交报销单",
            subtitle=f"{subject_line(data.claim)}。提交后内容锁定，您的签字是第一个签字。",
            primary="签字提交",
        )
        if data.check.notices:
            dialog.bar.say("；".join(data.check.notices), "warning", closable=False)
        dialog.saved.connect(self._submitted)
        dialog.open()

    @Slot(bool)
    def _fix_answered(self, yes: bool) -> None:
        if yes:
            self.start(ClaimAction.EDIT, self._id)

    @Slot(object)
    def _submitted(self, signed: Signed) -> None:
        self.changed.emit(self._id, handed_in_text(signed))

    def _ask_delete(self, claim: ClaimView) -> None:
        self._claim = claim
        papers = f"和 {len(claim.evidence)} 份附件" if claim.evidence else ""
        messages.ask(
            self._host,
            f"删除草稿 {claim.code}“{claim.title}”{papers}，不能恢复。",
            done=self._delete_answered,
            title="删除草稿？",
            yes="删除",
            danger=True,
        )

    @Slot(bool)
    def _delete_answered(self, yes: bool) -> None:
        if yes:
            claim = self._claim
            self._runner.command(services.delete_claim, claim.id, claim.version, ok=self._deleted, fail=self._failed)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.changed.emit(0, "草稿已删除")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        messages.show(self._host, error)

    # ------------------------------------------------------------------ paper
    def print_slips(self, claim_ids: Sequence[int]) -> None:
        """审批单, one page a claim."""
        from dangxiao_houqin.modules.expenses.printouts import load_claim_slips

        if claim_ids:
            self._runner.query(
                load_claim_slips,
                tuple(claim_ids),
                ok=self._have_slips,
                fail=self._failed,
                action="print.claim-slip",
                title="打印审批单",
            )

    @Slot(object)
    def _have_slips(self, slips: Any) -> None:
        from dangxiao_houqin.modules.expenses.printouts import claim_slips_pdf

        make = partial(claim_slips_pdf, slips)
        preview(self._host.window(), "经费支出报销审批单", make, self._runner, document="claim-slip")

    def print_voucher_sheet(self, claim_id: int) -> None:
        """原始凭证粘贴单."""
        from dangxiao_houqin.modules.expenses.printouts import load_voucher_sheet

        self._runner.query(
            load_voucher_sheet, claim_id, ok=self._have_sheet, fail=self._failed, action="print.voucher-sheet"
        )

    @Slot(object)
    def _have_sheet(self, sheet: Any) -> None:
        from dangxiao_houqin.modules.expenses.printouts import voucher_sheet_pdf

        make = partial(voucher_sheet_pdf, sheet)
        preview(self._host.window(), "原始凭证粘贴单", make, self._runner, document="voucher-sheet")


def handed_in_text(signed: Signed) -> str:
    """The toast after a submission."""
    label = signed.documents[0][0] if signed.documents else "报销单"
    return f"{label} 已提交，您的签字校验码 {signed.check_code}"
