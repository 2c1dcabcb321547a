"""After the last signature: the procurement record, letting one pass without it, and payment."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.claim_checks import record_needed, record_warnings, ruling_of
from dangxiao_houqin.modules.expenses.domain.approval import (
    MOVES,
    DocumentKind,
    DocumentState,
    Move,
    SigningRules,
)
from dangxiao_houqin.modules.expenses.domain.claims import CLAIM, PAY, LinkRecord, OverrideRecord, PayClaim, SetVoucher
from dangxiao_houqin.modules.expenses.domain.procurement import OVERRIDE, PROCUREMENT
from dangxiao_houqin.modules.expenses.models import ClaimLine, ExpenseClaim, ProcurementRecord
from dangxiao_houqin.modules.expenses.queries.approval import list_marks
from dangxiao_houqin.modules.expenses.queries.payments import paper_missing, voucher_corrected
from dangxiao_houqin.modules.expenses.queries.visibility import is_mine
from dangxiao_houqin.modules.expenses.verification import verify_document

from .claims import get_claim_locked, tell_settled
from .wording import one_line


def pay_claim(ctx: Ctx, cmd: PayClaim) -> None:
    """登记支付 of an approved claim.

    Raises :class:`RuleViolation` without approval, without the procurement record or the signed paper that the rules
    ask for, and when something is not as it was signed; :class:`PermissionDenied` for who filled or signed it
    (不相容岗位分离, 财会〔2012〕21号).
    """
    ctx.require(PAY)
    claim = get_claim_locked(ctx, cmd.document)
    target = MOVES.get((DocumentState(claim.state), Move.PAY))
    if target is None:
        raise RuleViolation(f"{claim.label}{DocumentState(claim.state).label}，只有已批准的报销单才能登记支付。")
    rules = ctx.settings(SigningRules)
    if rules.separate_duties:
        _require_separate(ctx, claim)
    if cmd.paid_on > ctx.today():
        raise InvalidInput("支付日期不能晚于今天。", field="paid_on")
    if cmd.paid_on < claim.filled_on:
        raise InvalidInput(f"支付日期不能早于填报日期 {claim.filled_on}。", field="paid_on")
    lines = tuple(ctx.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id)))
    if claim.record_id is None and not claim.override_reason and record_needed(claim, ruling_of(ctx, claim, lines)):
        raise RuleViolation(
            f"{claim.label}按采购规则须先有采购记录，现在不能支付。",
            hint="请登记并关联采购记录；确有原因的，由有权限的人写明理由后放行。",
        )
    if claim.record_id is not None:
        ctx.get(ProcurementRecord, claim.record_id, lock=True)  # two payments must not both take the last of a contract
        misfits = "".join(record_warnings(ctx, claim, lines))
        if misfits:  # the record may have been linked or changed after the last signature
            ctx.confirm("record_misfits", f"{misfits}仍要登记支付吗？")
    if paper_missing(rules, DocumentState(claim.state), claim.signed_paper_at):
        raise RuleViolation(f"{claim.label}还没有登记已签字的纸质单，请打印、签字、扫描登记后再支付。")
    flaws = verify_document(ctx, DocumentKind.CLAIM, claim.id)
    if flaws:
        raise RuleViolation(
            f"{claim.label}的签名核对不通过，不能支付：{flaws[0].sentence}", hint="请报告管理员查明原因。"
        )
    claim.paid_on, claim.paid_by = cmd.paid_on, ctx.actor.name[:60]
    claim.paid_voucher = one_line(cmd.voucher, "记账凭证号", "voucher", 60)
    claim.state = target.value
    ctx.session.flush()
    tell_settled(ctx, claim)


def set_payment_voucher(ctx: Ctx, cmd: SetVoucher) -> None:
    """补记凭证号 of a paid claim: add the number that was not known yet, or correct it, once.

    The number is not part of what was signed; the audit log keeps both.  Raises :class:`RuleViolation` for a claim that
    is not paid or whose number was corrected before, :class:`InvalidInput` without another number,
    :class:`PermissionDenied` for who may not pay this claim.
    """
    ctx.require(PAY)
    claim = get_claim_locked(ctx, cmd.document)
    if claim.state != DocumentState.PAID.value:
        raise RuleViolation(f"{claim.label}{DocumentState(claim.state).label}，只有已支付的报销单才能补记凭证号。")
    if ctx.settings(SigningRules).separate_duties:
        _require_separate(ctx, claim)
    voucher = one_line(cmd.voucher, "记账凭证号", "voucher", 60)
    if not voucher:
        raise InvalidInput("请填写记账凭证号。", field="voucher")
    if voucher == claim.paid_voucher:
        raise InvalidInput(f"记账凭证号已经是 {voucher}。", field="voucher")
    if claim.paid_voucher and voucher_corrected(ctx, claim.id):
        raise RuleViolation(f"{claim.label}的记账凭证号已更正过一次，现在是 {claim.paid_voucher}，不能再改。")
    claim.paid_voucher = voucher
    ctx.session.flush()


def _require_separate(ctx: Ctx, claim: ExpenseClaim) -> None:
    me = ctx.actor.user_id
    if me is None:
        return
    if me == claim.applicant_id:
        raise PermissionDenied("您是这张报销单的经办人，按不相容岗位分离的要求，须由别人登记支付。")
    marks = list_marks(ctx, DocumentKind.CLAIM, claim.id)  # who signed on paper is the signer, not who registered it
    if any(mark.round == claim.round and mark.position > 0 and mark.signer_id == me for mark in marks):
        raise PermissionDenied("您签批过这张报销单，按不相容岗位分离的要求，须由别人登记支付。")


def link_record(ctx: Ctx, cmd: LinkRecord) -> None:  # house: open - which right is asked depends on the claim
    """Attach a procurement record, or take it off; what was signed is the route and its rule, not the record."""
    claim = get_claim_locked(ctx, cmd.document)
    state = DocumentState(claim.state)
    mine = is_mine(ctx, claim.applicant_id)
    if not (state.editable or state is DocumentState.APPROVED):
        way = "请等签批完成后再关联" if state.waiting else "不能再改"
        raise RuleViolation(f"{claim.label}{state.label}，采购记录{way}。")
    if mine:
        ctx.require(CLAIM)
    elif state.editable:
        raise PermissionDenied(f"{claim.label}由{claim.applicant_name}填报，只有本人可以修改。")
    elif not ctx.can(PAY):
        ctx.require(PROCUREMENT)
    if cmd.record_id is not None:
        record = ctx.get(ProcurementRecord, cmd.record_id)
        if claim.procurement_kind and record.kind != claim.procurement_kind:
            ctx.confirm("other_kind", f"采购记录 {record.file_no} 的采购类别与报销单不同，仍要关联吗？")
    claim.record_id = cmd.record_id
    ctx.session.flush()


def set_override(ctx: Ctx, cmd: OverrideRecord) -> None:
    """Let an approved claim pass without its procurement record, with the reason; an empty one takes that back.

    Raises :class:`PermissionDenied` for one's own claim.  Who, when and why stay in the audit log and on the claim.
    """
    ctx.require(OVERRIDE)
    claim = get_claim_locked(ctx, cmd.document)
    if claim.state != DocumentState.APPROVED.value:
        raise RuleViolation(f"{claim.label}{DocumentState(claim.state).label}，只有已批准、未支付的报销单才能放行。")
    if ctx.actor.user_id is not None and ctx.actor.user_id == claim.applicant_id:
        raise PermissionDenied("不能放行自己填报的报销单，请由别人办理。")
    reason = one_line(cmd.reason, "放行理由", "reason", 300)
    if not reason and not claim.override_reason:
        raise InvalidInput("请写明没有采购记录也放行的理由。", field="reason")
    claim.override_reason = reason
    claim.override_by = ctx.actor.name[:60] if reason else ""
    ctx.session.flush()
