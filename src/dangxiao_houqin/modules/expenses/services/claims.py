"""Claims before they are signed, and what is given up: save, copy, delete, void."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import MOVES, DocumentKind, DocumentRef, DocumentState, Move
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    MAX_FEN,
    VOID,
    ClaimSettled,
    DraftClaim,
    EvidenceOwner,
    ExpenseRules,
    PaymentMethod,
    SaveClaim,
    SavedClaim,
    SaveLine,
    VoidClaim,
)
from dangxiao_houqin.modules.expenses.invoice_keys import InvoiceIdentity
from dangxiao_houqin.modules.expenses.models import (
    CatalogueItem,
    ClaimLine,
    EconomicCategory,
    ExpenseClaim,
    Invoice,
    ProcurementRecord,
)
from dangxiao_houqin.modules.expenses.queries.visibility import is_mine
from dangxiao_houqin.modules.organization.api import department_choices, department_of

from .evidence import drop_evidence
from .invoices import check_invoices, put_invoices
from .notices import settled
from .owning import require_editable, require_mine
from .wording import lines as text_lines
from .wording import one_line

MAX_LINES = 50


def get_claim_locked(ctx: Ctx, document: DocumentRef) -> ExpenseClaim:
    """The claim a form showed, held until the end of the unit.  Raises :class:`Conflict` when it changed since."""
    if document.kind is not DocumentKind.CLAIM:
        raise InvalidInput("这不是报销单，请重新打开。")
    return ctx.get(ExpenseClaim, document.id, version=document.version, lock=True)


# ------------------------------------------------------------------------------------------------------- save
def save_claim(ctx: Ctx, cmd: SaveClaim) -> SavedClaim:
    """Create a claim of the actor, or change one of his on which no signature stands.

    Raises :class:`InvalidInput` for malformed values, :class:`RuleViolation` for an invoice that another claim uses
    and for a claim that was handed in, :class:`PermissionDenied` for somebody else's, :class:`Conflict`.
    """
    ctx.require(CLAIM)
    if cmd.claim_id is None:
        claim = _new(ctx, cmd.filled_on.year if cmd.filled_on else ctx.today().year)
    else:
        claim = ctx.get(ExpenseClaim, cmd.claim_id, version=cmd.version, lock=True)
        require_mine(ctx, claim)
        require_editable(claim)
    new = cmd.claim_id is None
    lines = _checked_lines(ctx, cmd.lines)
    identities = check_invoices(ctx, cmd.invoices, cmd.claim_id)
    with ctx.session.no_autoflush:  # one entry of the audit log for the whole head
        _fill_head(ctx, claim, cmd, new=new)
    claim.total_fen = sum(line.amount_fen for line, _ in lines)
    if claim.total_fen > MAX_FEN:
        raise InvalidInput(f"报销合计 {yuan(claim.total_fen)} 太大，请核对各行金额。", field="lines")
    vouchers = sum(line.vouchers for line, _ in lines) if cmd.voucher_count is None else cmd.voucher_count
    claim.voucher_count = _count(vouchers, "附单据张数", "voucher_count")
    claim.title = one_line(cmd.title, "事由", "title", 120) or _title_of(lines)
    claim.search_key = _search_key(claim, lines, identities)
    if new:
        ctx.add(claim)
    else:
        flag_modified(claim, "title")  # a change of a line alone must also be seen by whoever has the form open
        ctx.session.flush()
    _put_lines(ctx, claim.id, lines)
    notices = put_invoices(ctx, claim, cmd.invoices, identities)
    ctx.session.flush()
    return SavedClaim(claim.id, claim.version, claim.label, claim.total_fen, notices)


def _new(ctx: Ctx, year: int) -> ExpenseClaim:
    number = ctx.next_number("expenses.draft.claim", str(year))
    return ExpenseClaim(
        draft_no=f"草{year}-{number:05d}",
        state=DocumentState.DRAFT.value,
        applicant_id=ctx.actor.user_id,
        applicant_name=ctx.actor.name[:60],
        notices=[],
    )


def _fill_head(ctx: Ctx, claim: ExpenseClaim, cmd: SaveClaim, *, new: bool) -> None:
    rules = ctx.settings(ExpenseRules)
    today = ctx.today()
    filled_on = cmd.filled_on or (today if new else claim.filled_on)
    if filled_on > today:
        raise InvalidInput("填报日期不能晚于今天。", field="filled_on")
    year = cmd.budget_year or filled_on.year
    if abs(year - filled_on.year) > 1:
        raise InvalidInput(f"预算年度只能是 {filled_on.year - 1} 到 {filled_on.year + 1} 年。", field="budget_year")
    claim.filled_on, claim.budget_year = filled_on, year
    _fill_department(ctx, claim, cmd.department_id, new=new)
    if cmd.payment_method is PaymentMethod.CASH and not rules.cash_allowed:
        raise InvalidInput("按报销规则不用现金支付，请改选公务卡或转账。", field="payment_method")
    reason = one_line(cmd.cash_reason, "现金理由", "cash_reason", 200)
    if cmd.payment_method is PaymentMethod.CASH and not reason:
        raise InvalidInput("用现金支付须写明理由。", field="cash_reason")
    claim.payment_method = cmd.payment_method.value
    claim.cash_reason = reason if cmd.payment_method is PaymentMethod.CASH else ""
    claim.payee = one_line(cmd.payee, "收款单位（人）", "payee", 100)
    claim.payee_bank = one_line(cmd.payee_bank, "开户行", "payee_bank", 100)
    claim.payee_account = one_line(cmd.payee_account, "账号", "payee_account", 40)
    claim.contract_no = one_line(cmd.contract_no, "合同号", "contract_no", 60)
    claim.minutes_no = one_line(cmd.minutes_no, "会议纪要号", "minutes_no", 60)
    claim.note = text_lines(cmd.note, "备注", "note", 500)
    claim.procurement_kind = cmd.procurement_kind.value if cmd.procurement_kind else ""
    claim.route = cmd.route.value if cmd.route and cmd.procurement_kind else ""
    claim.route_rule, claim.budget_left_fen, claim.notices = "", None, []  # found anew at the next submission
    if cmd.record_id is not None and ctx.session.get(ProcurementRecord, cmd.record_id) is None:
        raise InvalidInput("所选的采购记录已被删除，请重新选择。", field="record_id")
    claim.record_id = cmd.record_id


def _fill_department(ctx: Ctx, claim: ExpenseClaim, department_id: int | None, *, new: bool) -> None:
    if department_id is None:
        if new:
            claim.department_id, claim.department_name = department_of(ctx, ctx.actor.user_id) or (None, "")
        return
    if department_id == claim.department_id:
        return  # a renamed or closed department stays as it was written
    name = dict(department_choices(ctx)).get(department_id)
    if name is None:
        raise InvalidInput("所选的部门已被删除，请重新选择。", field="department_id")
    claim.department_id, claim.department_name = department_id, name


Line = tuple[SaveLine, str]
"""A line and its category in words."""


def _checked_lines(ctx: Ctx, lines: Sequence[SaveLine]) -> list[Line]:
    if len(lines) > MAX_LINES:
        raise InvalidInput(f"一张报销单最多 {MAX_LINES} 行，请分成几张填报。", field="lines")
    wanted = {line.category_id for line in lines}
    categories = {
        row.id: row.label
        for row in ctx.session.scalars(select(EconomicCategory).where(EconomicCategory.id.in_(wanted)))
    }
    items = {line.catalogue_item_id for line in lines if line.catalogue_item_id is not None}
    known = set(ctx.session.scalars(select(CatalogueItem.id).where(CatalogueItem.id.in_(items)))) if items else set()
    checked = []
    for index, line in enumerate(lines, start=1):
        where = f"第 {index} 行"
        text = one_line(line.text, f"{where}的支出内容", "lines", 120)
        if not text:
            raise InvalidInput(f"{where}没有写支出内容。", field="lines")
        if line.category_id not in categories:
            raise InvalidInput(f"{where}“{text}”的经济分类已被删除，请重新选择。", field="lines")
        if not 0 < line.amount_fen <= MAX_FEN:
            word = "要大于 0" if line.amount_fen <= 0 else "太大，请核对"
            raise InvalidInput(f"{where}“{text}”的金额{word}。", field="lines")
        if line.catalogue_item_id is not None and line.catalogue_item_id not in known:
            raise InvalidInput(f"{where}“{text}”的采购品目已被删除，请重新选择。", field="lines")
        subject = Subject(
            line.subject.kind,
            line.subject.id,
            one_line(line.subject.text, f"{where}的项目/班次", "lines", 120),
            line.subject.class_kind,
        )
        if (subject.kind == "") != (subject.id is None) or (subject.kind and not subject.text):
            raise InvalidInput(f"{where}“{text}”的项目/班次没有选好，请重新选择。", field="lines")
        vouchers = _count(line.vouchers, f"{where}的单据张数", "lines")
        ready = SaveLine(text, line.category_id, line.amount_fen, subject, line.catalogue_item_id, vouchers)
        checked.append((ready, categories[line.category_id]))
    return checked


def _count(number: int, what: str, field: str) -> int:
    if not 0 <= number <= 9999:
        raise InvalidInput(f"{what}须在 0 到 9999 之间。", field=field)
    return number


def _title_of(lines: Sequence[Line]) -> str:
    if not lines:
        return "未填写"
    first = lines[0][0].text
    return first if len(lines) == 1 else f"{first[:110]}等 {len(lines)} 项"


def _put_lines(ctx: Ctx, claim_id: int, lines: Sequence[Line]) -> None:
    """Rows keep their place: the audit log then says what changed and not that everything was written anew."""
    query = select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(ClaimLine.position)
    stored = {line.position: line for line in ctx.session.scalars(query)}
    for position, (line, category) in enumerate(lines, start=1):
        row = stored.pop(position, None) or ClaimLine(claim_id=claim_id, position=position)
        row.text, row.amount_fen, row.vouchers = line.text, line.amount_fen, line.vouchers
        if row.category_id != line.category_id or not row.category_text:
            row.category_id, row.category_text = line.category_id, category
        row.subject_kind, row.subject_id = line.subject.kind, line.subject.id
        row.subject_text, row.class_kind = line.subject.text, line.subject.class_kind[:30]
        row.catalogue_item_id = line.catalogue_item_id
        ctx.session.add(row)
    for row in stored.values():
        ctx.session.delete(row)
    ctx.session.flush()


def _search_key(claim: ExpenseClaim, lines: Sequence[Line], identities: Sequence[InvoiceIdentity]) -> str:
    """Everything a claim is looked for by, within the column: words first, then their pinyin."""
    subjects = dict.fromkeys(line.subject.text for line, _ in lines if line.subject.text)
    words = (claim.title, claim.payee, claim.applicant_name, claim.contract_no, claim.source_text, *subjects)
    numbers = " ".join(identity.number for identity in identities)
    spoken = (search_key(claim.applicant_name)[:300], search_key(claim.payee)[:400], search_key(claim.title)[:500])
    bare = " ".join("".join(word.lower().split()) for word in words if word)
    return " ".join((bare[:500], numbers[:280], *spoken))[:2000].lower()


# ------------------------------------------------------------------------------------------------- the others
def copy_claim(ctx: Ctx, claim_id: int) -> SavedClaim:
    """A new draft of the actor with the same lines and payee; invoices and papers belong to the old one."""
    ctx.require(CLAIM)
    from dangxiao_houqin.modules.expenses.queries.claims import get_claim

    old = get_claim(ctx, claim_id, verify=False)
    active = set(ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.active)))
    gone = [line.category for line in old.lines if line.category_id not in active]
    rules = ctx.settings(ExpenseRules)
    cash = old.payment_method is PaymentMethod.CASH and not rules.cash_allowed
    saved = save_claim(
        ctx,
        SaveClaim(
            lines=tuple(
                SaveLine(e.text, e.category_id, e.amount_fen, e.subject, e.catalogue_item_id, e.vouchers)
                for e in old.lines
            ),
            title=old.title,
            department_id=old.department_id if is_mine(ctx, old.applicant_id) else None,
            payment_method=PaymentMethod.TRANSFER if cash else old.payment_method,
            cash_reason="" if cash else old.cash_reason,
            payee=old.payee,
            payee_bank=old.payee_bank,
            payee_account=old.payee_account,
            contract_no=old.contract_no,
            note=old.note,
            procurement_kind=old.procurement_kind,
        ),
    )
    if not gone:
        return saved
    notice = f"经济分类“{gone[0]}”已停用，提交前请改选。"
    return SavedClaim(saved.id, saved.version, saved.label, saved.total_fen, (*saved.notices, notice))


def draft_claim(ctx: Ctx, cmd: DraftClaim) -> int:
    """A claim prepared from something of another room (a repair, a class, a trip), linked to it.

    Raises :class:`InvalidInput` for malformed lines.  Its applicant completes and submits it.
    """
    ctx.require(CLAIM)
    saved = save_claim(
        ctx,
        SaveClaim(
            lines=cmd.lines,
            title=cmd.title,
            payment_method=cmd.payment_method,
            payee=cmd.payee,
            payee_bank=cmd.payee_bank,
            payee_account=cmd.payee_account,
            note=cmd.note,
            procurement_kind=cmd.procurement_kind,
        ),
    )
    claim = ctx.get(ExpenseClaim, saved.id)
    claim.source_kind, claim.source_id = cmd.source.kind, cmd.source.id
    claim.source_text = one_line(cmd.source_text, "来源", "source_text", 120)
    claim.search_key = f"{claim.search_key[:1800]} {claim.source_text.lower()}"
    return ctx.add(claim).id


def delete_claim(ctx: Ctx, claim_id: int, version: int) -> None:
    """Drop a draft that was never handed in, with its papers; others are voided so that their number stays."""
    ctx.require(CLAIM)
    claim = ctx.get(ExpenseClaim, claim_id, version=version, lock=True)
    require_mine(ctx, claim)
    if claim.state != DocumentState.DRAFT.value or claim.round:
        raise RuleViolation(f"{claim.label}已经提交过，不能删除；不再需要时请作废。")
    for model in (Invoice, ClaimLine):
        for row in ctx.session.scalars(select(model).where(model.claim_id == claim.id)):
            ctx.session.delete(row)
    ctx.session.flush()
    drop_evidence(ctx, EvidenceOwner.CLAIM, claim.id)
    ctx.session.delete(claim)
    ctx.session.flush()


def void_claim(ctx: Ctx, cmd: VoidClaim) -> None:  # house: open - which right is asked depends on the claim
    """作废: an approved claim needs the right to, one's own that is not handed in does not.  Its invoices are free."""
    claim = get_claim_locked(ctx, cmd.document)
    state = DocumentState(claim.state)
    own_draft = state.editable and is_mine(ctx, claim.applicant_id)
    ctx.require(CLAIM if own_draft else VOID)
    target = MOVES.get((state, Move.VOID))
    if target is None:
        way = "请先撤回" if state.waiting else "更正请另填一张" if state is DocumentState.PAID else "不用再作废"
        raise RuleViolation(f"{claim.label}{state.label}，不能作废；{way}。")
    reason = one_line(cmd.reason, "作废理由", "reason", 300)
    if not reason:
        raise InvalidInput("请写明作废的理由。", field="reason")
    claim.state, claim.void_reason = target.value, reason
    for invoice in ctx.session.scalars(select(Invoice).where(Invoice.claim_id == claim.id)):
        invoice.key = None
    ctx.session.flush()
    tell_settled(ctx, claim)


def tell_settled(ctx: Ctx, claim: ExpenseClaim) -> None:
    """Close what the inbox asked about it, and tell the room that it came from what became of it."""
    settled(ctx, claim)
    if claim.source_kind and claim.source_id is not None:
        source = Ref(claim.source_kind, claim.source_id)
        ctx.publish(ClaimSettled(source, claim.id, DocumentState(claim.state), claim.total_fen))  # unused yet
