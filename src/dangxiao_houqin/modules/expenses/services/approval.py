"""Submitting, signing, returning, withdrawing: the only places where a document's state moves towards approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.core.attachments import attach
from dangxiao_houqin.core.db import insert_absent
from dangxiao_houqin.core.errors import Conflict, InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.content import content_of
from dangxiao_houqin.modules.expenses.domain.approval import (
    REGISTER_PAPER,
    SIGN,
    DocumentRef,
    DocumentState,
    Move,
    PaperSignature,
    RegisterPaper,
    ReturnDocument,
    SignAction,
    SignBatch,
    Signed,
    SigningRules,
    SignRefused,
    StepState,
    Submit,
    Who,
)
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceKind
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    DocumentOpened,
    Evidence,
    ExpenseClaim,
    OpinionPhrase,
    SignatureRecord,
)
from dangxiao_houqin.modules.expenses.queries.approval import chain_head, list_marks
from dangxiao_houqin.modules.expenses.queries.signers import (
    Demand,
    Signer,
    list_demands,
    list_deputies,
    list_signers,
)
from dangxiao_houqin.modules.expenses.signing_plan import plan, principals
from dangxiao_houqin.modules.expenses.verification import verify_document
from dangxiao_houqin.modules.organization.api import STANDARD, Hashing

from . import notices
from .documents import Document, categories_of, class_kinds_of, fill_permission, load, move, prepare, state_of, touch
from .keys import OpenKey, open_key
from .links import append_link, hold_chain

OPINION_LENGTH = 200


def submit(ctx: Ctx, cmd: Submit, *, hashing: Hashing = STANDARD) -> Signed | SignRefused:
    """Hand a document in: the applicant signs, the chain of today says who must sign after him.

    Raises :class:`RuleViolation` (state, no signer, what ``prepare_claim`` finds), :class:`Conflict`,
    :class:`NeedsConfirmation`.
    """
    ctx.require(fill_permission(cmd.document.kind))
    document = _load(ctx, cmd.document)
    key = open_key(ctx, cmd.password, hashing)
    if isinstance(key, SignRefused):
        return key
    _own(ctx, document, "提交")
    hold_chain(ctx)
    move(document, Move.SUBMIT)
    prepare(ctx, document)
    document.round += 1
    document.returned_reason = ""
    demands = list_demands(
        ctx,
        cmd.document.kind,
        ctx.today(),
        document.total_fen,
        categories_of(ctx, document),
        class_kinds_of(ctx, document),
    )
    planned = plan(
        demands,
        list_signers(ctx),
        list_deputies(ctx, ctx.today()),
        document.applicant_id,
        document.total_fen,
        ctx.settings(SigningRules).same_person,
    )
    steps = [
        ctx.add(
            ApprovalStep(
                document_kind=cmd.document.kind.value,
                document_id=document.id,
                round=document.round,
                position=step.demand.position,
                title=step.demand.title,
                who=step.demand.who.value,
                role_id=step.demand.role_id,
                post=step.demand.post,
                user_id=step.demand.user_id,
                who_text=step.demand.who_text[:60],
                state=(StepState.SKIPPED if step.skipped else StepState.WAITING).value,
                reason=step.reason,
            )
        )
        for step in planned
    ]
    if isinstance(document, ExpenseClaim):
        document.submitted_at = ctx.now()
    ctx.session.flush()
    _attest(ctx, key, document, SignAction.SUBMIT, position=0, title="经办人")
    _next_turn(ctx, document, steps)
    notices.settled(ctx, document)
    return _signed(ctx, [document])


def open_document(ctx: Ctx, document: DocumentRef) -> None:
    """Note that the signer looked at this version; who has not looked cannot sign it."""
    ctx.require(SIGN)
    found = _load(ctx, document, lock=False)
    if ctx.actor.user_id is not None and insert_absent(
        ctx.session,
        DocumentOpened,
        user_id=ctx.actor.user_id,
        document_kind=document.kind.value,
        document_id=found.id,
        document_version=found.version,
        at=ctx.now(),
    ):
        ctx.touched("document_opened")


def sign(ctx: Ctx, cmd: SignBatch, *, hashing: Hashing = STANDARD) -> Signed | SignRefused:
    """Sign every document of the batch, or none.

    Raises :class:`PermissionDenied` (not his turn, his own), :class:`RuleViolation` (not opened, state, content not as
    submitted), :class:`Conflict` (somebody was faster).
    """
    ctx.require(SIGN)
    if not cmd.items:
        raise InvalidInput("还没有选择要签的单据。", field="items")
    items = sorted(cmd.items, key=lambda i: (i.document.kind.value, i.document.id))
    if len({(item.document.kind, item.document.id) for item in items}) < len(items):
        raise InvalidInput("同一张单据选了两次，请刷新列表后再签。", field="items")
    signed = [_load(ctx, item.document) for item in items]  # all before the chain is held: no two batches block
    key = open_key(ctx, cmd.password, hashing)
    if isinstance(key, SignRefused):
        return key
    turns: list[tuple[Document, ApprovalStep, list[ApprovalStep], _Authority, str]] = []
    for item, document in zip(items, signed, strict=True):
        seen = (ctx.actor.user_id, item.document.kind.value, document.id, document.version)
        if ctx.session.get(DocumentOpened, seen) is None:
            raise RuleViolation(f"“{document.label}”还没有打开看过，请先打开，再签批。")
        step, steps = _current(ctx, document)
        authority = _authority(ctx, document, step, _actor_id(ctx), own_words=True)
        _unchanged(ctx, document)
        turns.append((document, step, steps, authority, _opinion(item.opinion) or "同意"))
    for document, step, steps, authority, opinion in turns:  # the files were read while others could sign
        _remember(ctx, opinion)
        _settle_step(ctx, key, document, step, steps, authority, SignAction.SIGN, {"opinion": opinion})
    return _signed(ctx, signed)


def return_document(ctx: Ctx, cmd: ReturnDocument, *, hashing: Hashing = STANDARD) -> Signed | SignRefused:
    """Send a document back: the signatures of this round are history and void.  Raises as :func:`sign`."""
    ctx.require(SIGN)
    opinion = _opinion(cmd.opinion)
    if not opinion:
        raise InvalidInput("退回时请写明理由，经办人才知道改什么。", field="opinion")
    document = _load(ctx, cmd.document)
    key = open_key(ctx, cmd.password, hashing)
    if isinstance(key, SignRefused):
        return key
    step, steps = _current(ctx, document)
    authority = _authority(ctx, document, step, _actor_id(ctx), own_words=True)
    _unchanged(ctx, document)
    move(document, Move.RETURN)
    document.returned_reason = opinion
    _void(steps)
    facts = {"opinion": opinion, "behalf": authority.behalf}
    _attest(ctx, key, document, SignAction.RETURN, position=step.position, title=step.title, facts=facts)
    notices.returned(ctx, document, f"{ctx.actor.name}退回：{opinion}")
    return _signed(ctx, [document])


def withdraw(ctx: Ctx, document: DocumentRef, reason: str) -> None:
    """The applicant takes his document back before it is approved; signatures of this round are void."""
    ctx.require(fill_permission(document.kind))
    found = _load(ctx, document)
    _own(ctx, found, "撤回")
    if not reason.strip():
        raise InvalidInput("请填写撤回的理由。", field="reason")
    _, steps = _current(ctx, found)
    move(found, Move.WITHDRAW)
    found.returned_reason = f"撤回：{reason.strip()}"[:300]
    _void(steps)
    ctx.session.flush()
    notices.settled(ctx, found)


def register_paper(ctx: Ctx, cmd: RegisterPaper, *, hashing: Hashing = STANDARD) -> Signed | SignRefused:
    """登记已签: what leaders signed on paper, with its scan; the clerk vouches for it with his own key.

    Raises as :func:`sign`, and :class:`InvalidInput` for a day before the submission or after today.
    """
    ctx.require(REGISTER_PAPER)
    rules = ctx.settings(SigningRules)
    if rules.wet_signature == "off":
        raise RuleViolation("本单位只用电子签批，不登记纸质签字；要登记请先修改“签批规则”。")
    document = _load(ctx, cmd.document)
    key = open_key(ctx, cmd.password, hashing)
    if isinstance(key, SignRefused):
        return key
    if document.applicant_id == ctx.actor.user_id:  # whatever the rules: it would be approving his own
        raise RuleViolation("经办人不能给自己的单据登记纸质签字，请由财务人员登记。")
    _unchanged(ctx, document)  # before the scan is laid beside it: only the signature will vouch for that
    kind = cmd.document.kind
    scan = attach(ctx, cmd.name, cmd.data)
    last = ctx.session.scalar(
        select(Evidence.position)
        .where(Evidence.owner_kind == kind.value, Evidence.owner_id == document.id)
        .order_by(Evidence.position.desc())
        .limit(1)
    )
    ctx.add(
        Evidence(
            owner_kind=kind.value,
            owner_id=document.id,
            position=(last or 0) + 1,
            kind=EvidenceKind.SIGNED_PAPER.value,
            title=f"已签字的{kind.label}",
            attachment_id=scan.id,
        )
    )
    if not state_of(document).waiting:
        if cmd.signatures or state_of(document) is not DocumentState.APPROVED:
            raise RuleViolation(f"这张单据现在是“{state_of(document).label}”，不能登记纸质签字。")
        touch(document)
        _attest(ctx, key, document, SignAction.PAPER, position=-1, title="已签字的纸质单", facts={"paper": scan.sha256})
    elif not cmd.signatures:
        raise InvalidInput("请选择纸上签了哪几步。", field="signatures")
    for signature in sorted(cmd.signatures, key=lambda s: s.position):
        step, steps = _current(ctx, document)
        _check_paper(ctx, document, step, signature)
        authority = _authority(ctx, document, step, signature.user_id, own_words=False, day=signature.signed_on)
        facts = {
            "opinion": _opinion(signature.opinion) or "同意",
            "by": [signature.user_id, authority.signer.name],
            "signed_on": signature.signed_on.isoformat(),
            "paper": scan.sha256,
        }
        _settle_step(ctx, key, document, step, steps, authority, SignAction.PAPER, facts)
    if isinstance(document, ExpenseClaim) and state_of(document) is DocumentState.APPROVED:
        document.signed_paper_at = ctx.now()
    ctx.session.flush()
    return _signed(ctx, [document])


# ------------------------------------------------------------------------------------------------------- parts
@dataclass(frozen=True)
class _Authority:
    """Who signs a step and, for a stand-in, for whom."""

    signer: Signer
    principal: Signer | None

    @property
    def behalf(self) -> list[Any] | None:
        return [self.principal.user_id, self.principal.name] if self.principal is not None else None


def _actor_id(ctx: Ctx) -> int:
    if ctx.actor.user_id is None:
        raise PermissionDenied("请先登录，再签批。")
    return ctx.actor.user_id


def _load(ctx: Ctx, ref: DocumentRef, *, lock: bool = True) -> Document:
    """The document at the version that was seen; else a :class:`Conflict` that says what happened meanwhile."""
    document = load(ctx, ref.kind, ref.id, lock=lock)
    if document.version == ref.version:
        return document
    marks = [mark for mark in list_marks(ctx, ref.kind, ref.id) if mark.at is not None]
    if marks and marks[-1].at is not None and marks[-1].at >= document.updated_at:
        last = max(marks, key=lambda mark: mark.seq or 0)
        assert last.at is not None
        assert last.action is not None
        raise Conflict(
            f"“{document.label}”刚由{last.signer}{last.action.label}（{last.at:%m-%d %H:%M}），"
            f"现在是“{state_of(document).label}”，请刷新后再看。"
        )
    raise ctx.conflict(document)


def _own(ctx: Ctx, document: Document, verb: str) -> None:
    if ctx.actor.user_id is None or document.applicant_id != ctx.actor.user_id:
        raise PermissionDenied(f"只有经办人{document.applicant_name}本人能{verb}这张单据。")


def _steps(ctx: Ctx, document: Document) -> list[ApprovalStep]:
    query = select(ApprovalStep).where(
        ApprovalStep.document_kind == document.kind_of_document.value,
        ApprovalStep.document_id == document.id,
        ApprovalStep.round == document.round,
    )
    return list(ctx.session.scalars(query.order_by(ApprovalStep.position)))


def _current(ctx: Ctx, document: Document) -> tuple[ApprovalStep, list[ApprovalStep]]:
    """The step whose turn it is, and all of this round."""
    if not state_of(document).waiting:
        raise RuleViolation(f"“{document.label}”现在是“{state_of(document).label}”，不在签批中，请刷新列表。")
    steps = _steps(ctx, document)
    for step in steps:
        if step.state == StepState.WAITING:
            return step, steps
    raise RuleViolation(f"“{document.label}”的签批步骤不完整，不能继续；请系统管理员运行“核对签名”。")


def _demand(step: ApprovalStep) -> Demand:
    return Demand(step.position, step.title, Who(step.who), step.role_id, step.post, step.user_id, step.who_text)


def _authority(
    ctx: Ctx, document: Document, step: ApprovalStep, user_id: int, *, own_words: bool, day: date | None = None
) -> _Authority:
    """By what right ``user_id`` signs ``step`` (on ``day``, else today); raises :class:`PermissionDenied`."""
    signers = list_signers(ctx)
    signer = signers.get(user_id)
    who = "您" if own_words else (signer.name if signer is not None else "这个人")
    if user_id == document.applicant_id:
        raise PermissionDenied(f"{who}是这张单据的经办人，不能批自己的单据。")
    holders = _demand(step).holders(signers)
    standing_in = [d for d in list_deputies(ctx, day or ctx.today()) if d.deputy_id == user_id]
    standing_in = [d for d in standing_in if d.principal_id in principals(holders, step.reason, document.applicant_id)]
    two_people = ctx.settings(SigningRules).same_person == "pass_up"
    if two_people and (user_id in holders or standing_in) and _signed_before(ctx, document, user_id):
        raise PermissionDenied(f"{who}已在这张单据的前一步签过，按设置这一步要由别人签。")
    if signer is not None and user_id in holders:
        return _Authority(signer, None)
    if signer is not None and standing_in:
        for deputy in standing_in:
            if deputy.covers(document.total_fen):
                return _Authority(signer, signers[deputy.principal_id])
        raise PermissionDenied(f"这张单据的金额超过了{who}代签的限额，不能代签。")
    raise PermissionDenied(f"“{document.label}”现在轮到“{step.title}”（{step.who_text}）签批，{who}不能签。")


def _signed_before(ctx: Ctx, document: Document, user_id: int) -> bool:
    marks = list_marks(ctx, document.kind_of_document, document.id)
    return any(m.round == document.round and m.signer_id == user_id and m.position > 0 for m in marks)


def _settle_step(
    ctx: Ctx,
    key: OpenKey,
    document: Document,
    step: ApprovalStep,
    steps: list[ApprovalStep],
    authority: _Authority,
    action: SignAction,
    facts: dict[str, Any],
) -> None:
    """One demanded signature is given: attest it, and go on to the next step or to approval."""
    hold_chain(ctx)
    covered = _covered(ctx, step, steps, authority)
    done = [step, *covered]
    final = not any(s.state == StepState.WAITING and s not in done for s in steps)
    move(document, Move.FINISH if final else Move.SIGN)
    if final:
        year = f"{ctx.today():%Y}"
        kind = document.kind_of_document
        document.number = f"{kind.prefix}-{year}-{ctx.next_number(f'expenses.{kind.value}', year):05d}"
        if isinstance(document, ExpenseClaim):
            document.approved_at = ctx.now()
    facts = {
        **facts,
        "behalf": authority.behalf,
        "covers": [s.position for s in covered],
        "number": document.number or "",
    }
    link = _attest(ctx, key, document, action, position=step.position, title=step.title, facts=facts)
    for settled in done:
        settled.state = (StepState.SIGNED if settled is step else StepState.SKIPPED).value
        settled.signature_seq = link.seq
    ctx.session.flush()
    if final:
        notices.approved(ctx, document)
    else:
        _next_turn(ctx, document, steps)


def _covered(ctx: Ctx, step: ApprovalStep, steps: list[ApprovalStep], authority: _Authority) -> list[ApprovalStep]:
    """The following steps that the same person would sign again, where the rule says once is enough."""
    if ctx.settings(SigningRules).same_person != "skip" or authority.principal is not None:
        return []
    signers = list_signers(ctx)
    found: list[ApprovalStep] = []
    for later in steps:
        if later.position <= step.position or later.state != StepState.WAITING:
            continue
        if authority.signer.user_id not in _demand(later).holders(signers):
            break
        found.append(later)
    return found


def _next_turn(ctx: Ctx, document: Document, steps: list[ApprovalStep]) -> None:
    step = next(s for s in steps if s.state == StepState.WAITING)
    step.since = ctx.now()
    ctx.session.flush()
    signers = list_signers(ctx)
    holders = _demand(step).holders(signers)
    stood_for = principals(holders, step.reason, document.applicant_id)
    deputies = [
        d.deputy_id
        for d in list_deputies(ctx, ctx.today())
        if d.principal_id in stood_for and d.deputy_id in signers and d.covers(document.total_fen)
    ]
    notices.to_sign(ctx, document, step, [i for i in holders if i != document.applicant_id], deputies)


def _void(steps: list[ApprovalStep]) -> None:
    for step in steps:
        if step.state == StepState.WAITING:
            step.state = StepState.VOID.value


def _attest(
    ctx: Ctx,
    key: OpenKey,
    document: Document,
    action: SignAction,
    *,
    position: int,
    title: str,
    facts: dict[str, Any] | None = None,
) -> SignatureRecord:
    kind = document.kind_of_document
    ctx.session.flush()
    return append_link(
        ctx,
        key.private,
        key.row,
        action,
        document=(kind, document.id),
        turn=document.round,
        position=position,
        title=title,
        content=content_of(ctx, kind, document.id),
        facts=facts,
    )


def _unchanged(ctx: Ctx, document: Document) -> None:
    """Nobody signs what is not as it was submitted."""
    flaws = verify_document(ctx, document.kind_of_document, document.id)
    if flaws:
        raise RuleViolation(f"“{document.label}”的签名核对不符，不能继续签批：{flaws[0].sentence}")


def _check_paper(ctx: Ctx, document: Document, step: ApprovalStep, signature: PaperSignature) -> None:
    if signature.position != step.position:
        raise InvalidInput(f"纸上的签字要按顺序登记，现在轮到“{step.title}”。", field="signatures")
    if signature.signed_on > ctx.today():
        raise InvalidInput("签字日期不能晚于今天。", field="signed_on")
    if signature.signed_on < document.filled_on:
        raise InvalidInput("签字日期不能早于填报日期。", field="signed_on")


def _opinion(text: str) -> str:
    opinion = " ".join(text.split())
    if len(opinion) > OPINION_LENGTH:
        raise InvalidInput(f"意见最多 {OPINION_LENGTH} 个字，请缩短。", field="opinion")
    return opinion


def _remember(ctx: Ctx, opinion: str) -> None:
    wanted = select(OpinionPhrase).where(OpinionPhrase.user_id == ctx.actor.user_id, OpinionPhrase.text == opinion)
    phrase = ctx.session.scalars(wanted).one_or_none()
    if phrase is None:
        ctx.add(OpinionPhrase(user_id=_actor_id(ctx), text=opinion))
    else:
        phrase.uses += 1


def _signed(ctx: Ctx, documents: list[Document]) -> Signed:
    ctx.session.flush()
    head = chain_head(ctx)
    return Signed(tuple((d.label, state_of(d)) for d in documents), head.seq, head.check_code)
