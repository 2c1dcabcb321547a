"""What can be done with a purchase request: reads it anew, then opens the right dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, Signed, Submit
from dangxiao_houqin.modules.expenses.domain.purchases import RequestAction, RequestView, SavedRequest
from dangxiao_houqin.modules.expenses.domain.signing_desk import PersonChoice
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import LongTextField
from dangxiao_houqin.ui.printing import preview

from .purchase_editor import PurchaseEditor
from .purchase_form import RequestEditorData, load_request_editor
from .record_dialog import RecordDialog, record_of_request
from .register_paper_dialog import RegisterPaperDialog
from .submit_request_dialog import SubmitRequestDialog

WORDS = {
    RequestAction.EDIT: ("修改", "pencil"),
    RequestAction.SUBMIT: ("提交…", "upload"),
    RequestAction.WITHDRAW: ("撤回…", "undo-2"),
    RequestAction.DELETE: ("删除草稿", "trash-2"),
    RequestAction.RECORD: ("登记采购记录…", "file-check"),
    RequestAction.REGISTER_PAPER: ("登记已签…", "stamp"),
    RequestAction.VOID: ("作废…", "ban"),
    RequestAction.COPY: ("复制为新单", "copy"),
}
"""Text and icon of each action, in the order in which they are offered."""


def subject_line(request: RequestView) -> str:
    """What a dialog is about: number, title, amount."""
    return f"{request.code}　{request.title}　{yuan(request.total_fen)}"


class WithdrawRequestDialog(FormDialog):
    """撤回: back to a draft of the applicant."""

    def __init__(self, runner: Runner, parent: QWidget | None, request: RequestView) -> None:
        super().__init__(
            runner, "撤回采购申请", parent, subtitle=subject_line(request), primary="撤回", width=480, label_width=72
        )
        self._request = request
        self.form.add(LongTextField("reason", "撤回原因", required=True, lines=3, max_length=200))
        signed = [mark.signer for mark in request.marks if mark.signer and not mark.void]
        if signed:
            names = "、".join(dict.fromkeys(signed))
            self.bar.say(f"{names}的签字作为历史保留，不再有效；修改后要重新签批。", "warning", closable=False)

    def submit(self) -> None:
        self.run(services.withdraw, self._request.document, self.form.values()["reason"])


class VoidRequestDialog(FormDialog):
    """作废: what happens is said."""

    def __init__(self, runner: Runner, parent: QWidget | None, request: RequestView) -> None:
        super().__init__(
            runner, "作废采购申请", parent, subtitle=subject_line(request), primary="作废", width=480, label_width=72
        )
        self._request = request
        self.primary.setProperty("kind", "danger")
        self.form.add(LongTextField("reason", "作废原因", required=True, lines=3, max_length=300))
        approved = "，已批准的签字同时失去作用" if request.state is DocumentState.APPROVED else ""
        self.bar.say(f"作废后不能恢复{approved}；编号保留，原因记入单据。", "warning", closable=False)

    def submit(self) -> None:
        self.run(services.void_request, self._request.id, self._request.version, self.form.values()["reason"])


@dataclass(frozen=True)
class ActionData:
    """What a dialog needs."""

    action: RequestAction
    request: RequestView
    today: date
    people: tuple[PersonChoice, ...] = ()


def load_request_action(ctx: Ctx, action: RequestAction, request_id: int) -> ActionData:
    """The request as it stands now with what the dialog of ``action`` offers."""
    from dangxiao_houqin.modules.expenses.queries.purchases import get_request

    people: tuple[PersonChoice, ...] = ()
    if action is RequestAction.REGISTER_PAPER:
        from dangxiao_houqin.modules.expenses.queries.signing_desk import signer_choices

        people = signer_choices(ctx).people
    return ActionData(action, get_request(ctx, request_id), ctx.today(), people)


class RequestActions(QObject):
    """``changed`` carries the request to look at next (0: none), and what to tell."""

    changed = Signal(int, str)

    def __init__(self, runner: Runner, host: QWidget) -> None:
        super().__init__(host)
        self._runner = runner
        self._host = host
        self._said = ""
        self._id = 0
        self._request: RequestView | None = None

    # ------------------------------------------------------------------ starting
    @Slot()
    def new(self) -> None:
        """新建采购申请."""
        self._runner.query(load_request_editor, None, ok=self._have_editor, fail=self._failed)

    def start(self, action: RequestAction, request_id: int) -> None:
        """Do ``action`` with a request, after a look at how it stands now."""
        if action is RequestAction.EDIT:
            self._runner.query(load_request_editor, request_id, ok=self._have_editor, fail=self._failed)
        elif action is RequestAction.COPY:
            self._runner.command(services.copy_request, request_id, ok=self._copied, fail=self._failed)
        else:
            self._runner.query(load_request_action, action, request_id, ok=self._have_request, fail=self._failed)

    @Slot(object)
    def _have_editor(self, data: RequestEditorData) -> None:
        if data.request is not None and RequestAction.EDIT not in data.request.actions:
            self._tell_why_not(RequestAction.EDIT, data.request)
            return
        editor = PurchaseEditor(self._runner, self._host.window(), data)
        editor.changed.connect(self._edited)
        editor.submitted.connect(self._handed_in)
        editor.open()

    @Slot(int)
    def _edited(self, request_id: int) -> None:
        self.changed.emit(request_id, "")

    @Slot(int, object)
    def _handed_in(self, request_id: int, signed: Signed) -> None:
        self.changed.emit(request_id, handed_in_text(signed))

    @Slot(object)
    def _copied(self, saved: SavedRequest) -> None:
        self.changed.emit(saved.id, f"已复制为 {saved.label}，报价和附件不复制")
        self.start(RequestAction.EDIT, saved.id)

    def _tell_why_not(self, action: RequestAction, request: RequestView) -> None:
        what = WORDS[action][0].removesuffix("…")
        messages.tell(
            self._host,
            f"现在不能{what}",
            f"采购申请 {request.code} 现在是“{request.state.label}”，经办人 {request.applicant}。",
            tone="warning",
        )
        self.changed.emit(request.id, "")

    # ------------------------------------------------------------------ dialogs
    @Slot(object)
    def _have_request(self, data: ActionData) -> None:
        request, self._id = data.request, data.request.id
        self._request = request
        if data.action not in request.actions:
            self._tell_why_not(data.action, request)
        elif data.action is RequestAction.DELETE:
            self._ask_delete(request)
        else:
            self._open(data)

    def _open(self, data: ActionData) -> None:
        window, request = self._host.window(), data.request
        dialog: Any
        done = self._done
        if data.action is RequestAction.SUBMIT:
            saved = SavedRequest(request.id, request.version, request.label, request.total_fen)
            dialog = SubmitRequestDialog(self._runner, window, saved, Submit(request.document, ""))
            dialog.refused.connect(self._missing)
            done = self._submitted
        elif data.action is RequestAction.VOID:
            dialog, self._said = VoidRequestDialog(self._runner, window, request), f"{request.code} 已作废"
        elif data.action is RequestAction.WITHDRAW:
            dialog = WithdrawRequestDialog(self._runner, window, request)
            self._said = f"{request.code} 已撤回，可以修改后再提交"
        elif data.action is RequestAction.RECORD:
            dialog = RecordDialog(self._runner, window, data.today, start=record_of_request(request, data.today))
            self._said = f"{request.code} 已登记采购记录"
        else:
            dialog = RegisterPaperDialog(
                self._runner, window, request.document, subject_line(request), request.marks, data.people, data.today
            )
            self._said = f"{request.code} 已登记纸质签字"
        dialog.saved.connect(done)
        dialog.open()

    @Slot(object)
    def _done(self, _result: object) -> None:
        self.changed.emit(self._id, self._said)

    @Slot(object)
    def _submitted(self, signed: Signed) -> None:
        self.changed.emit(self._id, handed_in_text(signed))

    @Slot(object)
    def _missing(self, error: Exception) -> None:
        messages.ask(
            self._host,
            str(error),
            done=self._fix_answered,
            title="还不能提交",
            yes="去修改",
            no="以后再说",
        )

    @Slot(bool)
    def _fix_answered(self, yes: bool) -> None:
        if yes:
            self.start(RequestAction.EDIT, self._id)

    def _ask_delete(self, request: RequestView) -> None:
        papers = f"和 {len(request.evidence)} 份附件" if request.evidence else ""
        messages.ask(
            self._host,
            f"删除草稿 {request.code}“{request.title}”{papers}，不能恢复。",
            done=self._delete_answered,
            title="删除草稿？",
            yes="删除",
            danger=True,
        )

    @Slot(bool)
    def _delete_answered(self, yes: bool) -> None:
        if yes and self._request is not None:
            key = (self._request.id, self._request.version)
            self._runner.command(services.delete_request, *key, ok=self._deleted, fail=self._failed)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.changed.emit(0, "草稿已删除")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        messages.show(self._host, error)

    # ------------------------------------------------------------------ paper
    def print_forms(self, request_ids: Sequence[int]) -> None:
        """采购申请审批表 of the first request."""
        from dangxiao_houqin.modules.expenses.printouts import load_purchase_form

        if request_ids:
            self._runner.query(
                load_purchase_form,
                request_ids[0],
                ok=self._have_form,
                fail=self._failed,
                action="print.purchase-form",
                title="打印采购申请审批表",
            )

    @Slot(object)
    def _have_form(self, data: Any) -> None:
        from dangxiao_houqin.modules.expenses.printouts import purchase_form_pdf

        make = partial(purchase_form_pdf, data)
        preview(self._host.window(), "采购申请审批表", make, self._runner, document="purchase-form")


def handed_in_text(signed: Signed) -> str:
    """The toast after a submission."""
    label = signed.documents[0][0] if signed.documents else "采购申请"
    return f"{label} 已提交，您的签字校验码 {signed.check_code}"
