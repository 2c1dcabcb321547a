"""What a claim must satisfy before it is handed in, and what its signers must be told.  Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import AppError, InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.organization.api import get_school

from .domain.approval import BINDING, DocumentState
from .domain.claims import CategoryLeft, EvidenceOwner, ExpenseRules, PaymentMethod
from .domain.procurement import Part, ProcurementKind, ProcurementRules, Route, Ruling
from .invoice_keys import plain
from .models import ClaimLine, EconomicCategory, Evidence, ExpenseClaim, Invoice, ProcurementRecord
from .procurement_rules import stricter
from .queries.budgets import left_of
from .queries.invoices import difference, list_echoes
from .queries.rulings import least_threshold, rule_since, split_warnings

NOTICE_LENGTH = 300

_STILL = "仍要提交吗？"
_TRANSFERS = frozenset({PaymentMethod.TRANSFER, PaymentMethod.AUTHORIZED, PaymentMethod.DIRECT})


@dataclass
class Examination:
    """The findings; ``questions`` are (key, sentence), ``notices`` what the paper will say."""

    problems: list[AppError] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    budgets: tuple[CategoryLeft, ...] = ()
    budget_left_fen: int | None = None
    route: Route | None = None
    route_rule: str = ""

    @property
    def notices(self) -> tuple[str, ...]:
        """Each once, each short enough to be printed."""
        cut = (text if len(text) <= NOTICE_LENGTH else text[: NOTICE_LENGTH - 1] + "…" for text in self.said)
        return tuple(dict.fromkeys(cut))


def examine(ctx: Ctx, claim: ExpenseClaim) -> Examination:
    """Look at a claim as it stands now."""
    lines = tuple(
        ctx.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id).order_by(ClaimLine.position))
    )
    found = Examination()
    found.problems += _head_problems(ctx, claim, lines)
    _look_at_days(ctx, claim, found)
    _look_at_invoices(ctx, claim, found)
    if lines:
        _look_at_budget(ctx, claim, lines, found)
        _look_at_procurement(ctx, claim, lines, found)
    return found


# ------------------------------------------------------------------------------------------------------- words
def _head_problems(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine]) -> Iterator[AppError]:
    rules = ctx.settings(ExpenseRules)
    if not lines or claim.total_fen <= 0:
        yield InvalidInput("报销单还没有明细，请先填写支出内容和金额。", field="lines")
    elif sum(line.amount_fen for line in lines) != claim.total_fen:
        yield RuleViolation("各行金额之和与合计不符，请重新保存后再提交。", field="lines")
    closed = set(
        ctx.session.scalars(
            select(EconomicCategory.id).where(
                EconomicCategory.id.in_({line.category_id for line in lines}), ~EconomicCategory.active
            )
        )
    )
    for line in lines:
        if line.category_id in closed:
            yield InvalidInput(f"第 {line.position} 行的经济分类“{line.category_text}”已停用，请改选。", field="lines")
    method = PaymentMethod(claim.payment_method)
    if not claim.payee:
        yield InvalidInput("请填写收款单位（人）。", field="payee")
    if method is PaymentMethod.TRANSFER and rules.bank_shown and not claim.payee_account:
        yield InvalidInput("转账须填写收款人的账号和开户行。", field="payee_account")
    if method is PaymentMethod.CASH and not rules.cash_allowed:
        yield InvalidInput("按报销规则不用现金支付，请改选公务卡或转账。", field="payment_method")
    if method is PaymentMethod.CASH and not claim.cash_reason:
        yield InvalidInput("用现金支付须写明理由。", field="cash_reason")
    if rules.minutes_from_fen and claim.total_fen >= rules.minutes_from_fen and not claim.minutes_no:
        yield InvalidInput(f"报销金额达到 {yuan(rules.minutes_from_fen)}，须填写会议纪要文号。", field="minutes_no")
    if not claim.procurement_kind and any(line.catalogue_item_id is not None for line in lines):
        yield InvalidInput("明细里选了采购品目，请选择采购类别（货物、服务或工程）。", field="procurement_kind")


def _handed_in(ctx: Ctx, claim: ExpenseClaim) -> date:
    """The day of the submission that counts; today for one that is yet to be handed in."""
    if claim.submitted_at is None or DocumentState(claim.state).editable:
        return ctx.today()
    return claim.submitted_at.astimezone(CHINA).date()


def _look_at_days(ctx: Ctx, claim: ExpenseClaim, found: Examination) -> None:
    """The dates are the applicant's own words, and rules, limits and budgets hang on them."""
    today = ctx.today()
    if claim.budget_year != today.year:
        found.said.append(f"列入 {claim.budget_year} 年预算，不是提交当年。")
    late = (today - claim.filled_on).days
    if late > ctx.settings(ProcurementRules).split_days:
        found.said.append(f"填报日期 {claim.filled_on} 比提交日期早 {late} 天。")


# ---------------------------------------------------------------------------------------------------- invoices
def _look_at_invoices(ctx: Ctx, claim: ExpenseClaim, found: Examination) -> None:
    """Nothing here forbids: an invoice may pay for more than is claimed, and some things have none."""
    invoices = tuple(
        ctx.session.scalars(select(Invoice).where(Invoice.claim_id == claim.id).order_by(Invoice.position))
    )
    query = select(Evidence.id, Evidence.facts).where(
        Evidence.owner_kind == EvidenceOwner.CLAIM.value, Evidence.owner_id == claim.id
    )
    papers = {row.id: InvoiceFacts.from_json(row.facts) for row in ctx.session.execute(query)}
    if not papers and not claim.voucher_count:
        found.said.append("没有附单据，也没有附件。")
    total = sum(invoice.amount_fen for invoice in invoices)
    if not invoices:
        found.said.append("没有登记发票。")
    elif total < claim.total_fen:
        found.said.append(
            f"发票合计 {yuan(total)}，比报销金额 {yuan(claim.total_fen)} 少 {yuan(claim.total_fen - total)}。"
        )
    entered = {invoice.number for invoice in invoices}
    for number in sorted({f.number for f in papers.values() if f is not None and f.number} - entered):
        found.said.append(f"附件里的发票 {number} 没有登记在本单上。")
    found.said += list_echoes(ctx, claim.id)
    school = get_school(ctx)
    names = {plain(name) for name in (school.full_name, school.second_name) if name}
    named = not any("×" in name for name in names)  # nobody has entered the school's name yet
    for invoice in invoices:
        facts = papers.get(invoice.evidence_id or 0)
        if facts is None:
            continue
        says = difference(facts, invoice.number, invoice.amount_fen, invoice.issued_on, invoice.seller)
        if says:
            found.said.append(f"第 {invoice.position} 张发票：{says}")
        if named and facts.buyer and plain(facts.buyer) not in names:
            found.said.append(f"第 {invoice.position} 张发票的购买方是“{facts.buyer}”，不是本单位全称。")
    old = [i for i in invoices if i.issued_on is not None and i.issued_on.year < claim.budget_year]
    if old:
        years = "、".join(str(year) for year in sorted({i.issued_on.year for i in old if i.issued_on}))
        found.said.append(f"有 {len(old)} 张发票开于 {years} 年，属于跨年报销。")
    sellers = {plain(i.seller) for i in invoices if i.seller}
    if PaymentMethod(claim.payment_method) in _TRANSFERS and sellers and plain(claim.payee) not in sellers:
        found.said.append(f"收款单位“{claim.payee}”与发票的销售方不一致。")


# ------------------------------------------------------------------------------------------------------ budget
def budgets_of(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine]) -> tuple[CategoryLeft, ...]:
    """What the claim takes of each category, and what is left of it without this claim."""
    wanted: dict[int, int] = {}
    words: dict[int, str] = {}
    for line in lines:
        wanted[line.category_id] = wanted.get(line.category_id, 0) + line.amount_fen
        words.setdefault(line.category_id, line.category_text)
    if not wanted:
        return ()
    left = left_of(ctx, claim.budget_year, wanted, excluding_claim=claim.id)
    return tuple(
        CategoryLeft(key, words[key], fen, left[key].left_fen if left[key].has_budget else None)
        for key, fen in wanted.items()
    )


def _look_at_budget(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine], found: Examination) -> None:
    rules = ctx.settings(ExpenseRules)
    found.budgets = budgets_of(ctx, claim, lines)
    known = [each.left_fen for each in found.budgets if each.left_fen is not None]
    if len(known) == len(found.budgets):
        found.budget_left_fen = sum(known)
    for each in found.budgets:
        if each.left_fen is None:
            sentence = f"{claim.budget_year} 年“{each.category}”没有预算，本次报销 {yuan(each.amount_fen)}。"
            _judge(found, rules.no_budget, "no_budget", sentence, "请先编制或调整预算，再提交。")
        elif each.left_fen < each.amount_fen:
            over = each.amount_fen - each.left_fen
            sentence = (
                f"{claim.budget_year} 年“{each.category}”的预算余额 {yuan(each.left_fen)}，"
                f"本次报销 {yuan(each.amount_fen)}，超出 {yuan(over)}。"
            )
            _judge(found, rules.over_budget, "over_budget", sentence, "请先调整预算或减少金额，再提交。")


def _judge(found: Examination, rule: str, key: str, sentence: str, way: str) -> None:
    if rule == "block":
        found.problems.append(RuleViolation(sentence, hint=way, field="lines"))
        return
    found.said.append(sentence)
    before = "".join(text.removesuffix(_STILL) for known, text in found.questions if known == key)
    found.questions = [each for each in found.questions if each[0] != key]  # one answer: it must name them all
    found.questions.append((key, f"{before}{sentence}{_STILL}"))


# ------------------------------------------------------------------------------------------------- procurement
def ruling_of(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine]) -> Ruling | None:
    """How this had to be bought by the rules of its days; nothing for what is no purchase."""
    if not claim.procurement_kind:
        return None
    parts = [Part(line.amount_fen, line.catalogue_item_id) for line in lines]
    kind = ProcurementKind(claim.procurement_kind)
    return rule_since(ctx, kind, parts, claim.filled_on, _handed_in(ctx, claim))


def record_needed(claim: ExpenseClaim, ruling: Ruling | None) -> bool:
    """Whether it cannot be paid without a procurement record: the route that was signed, or the rules, ask for one."""
    if claim.route and claim.route != Route.SELF.value:
        return True
    return ruling is not None and ruling.record_needed


def _look_at_procurement(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine], found: Examination) -> None:
    ruling = ruling_of(ctx, claim, lines)
    if ruling is None:
        _look_at_no_purchase(ctx, claim, found)
        return
    chosen = Route(claim.route) if claim.route else ruling.route
    found.route, found.route_rule = chosen, ruling.rule[:300]
    found.said += ruling.notices
    if stricter(chosen, ruling.route) is not chosen:
        found.said.append(f"按规则应走{ruling.route.label}，填报的是{chosen.label}。")
    if (ruling.record_needed or chosen is not Route.SELF) and claim.record_id is None:
        found.said.append(f"采购方式为{chosen.label}，支付前须关联采购记录。")
    amounts: dict[int, int] = {}
    for line in lines:
        amounts[line.category_id] = amounts.get(line.category_id, 0) + line.amount_fen
    found.said += split_warnings(
        ctx,
        claim.payee,
        amounts,
        ProcurementKind(claim.procurement_kind),
        claim.total_fen,
        claim.filled_on,
        excluding_claim=claim.id,
    )
    if claim.record_id is not None:
        found.said += record_warnings(ctx, claim, lines)


def _look_at_no_purchase(ctx: Ctx, claim: ExpenseClaim, found: Examination) -> None:
    """No kind was chosen: much money, or much for one supplier, is asked about before it passes every rule."""
    limits = [least_threshold(ctx, day) for day in {claim.filled_on, _handed_in(ctx, claim)}]
    limit = min((row for row in limits if row is not None), key=lambda row: row.from_fen, default=None)
    if limit is not None and claim.total_fen >= limit.from_fen:
        sentence = (
            f"没有选择采购类别，报销 {yuan(claim.total_fen)} 已达到{limit.kind.label}采购限额 {yuan(limit.from_fen)}。"
        )
        found.said.append(sentence)
        found.questions.append(("no_purchase", f"{sentence}确实不是采购，不须走采购程序吗？"))
    found.said += split_warnings(ctx, claim.payee, (), None, claim.total_fen, claim.filled_on, excluding_claim=claim.id)


def record_warnings(ctx: Ctx, claim: ExpenseClaim, lines: Sequence[ClaimLine]) -> Iterator[str]:
    """What does not fit between a claim and its procurement record; asked again before it is paid."""
    record = ctx.session.get(ProcurementRecord, claim.record_id)
    if record is None:
        return
    if claim.payee and plain(record.winner) != plain(claim.payee):
        yield f"收款单位“{claim.payee}”不是采购记录 {record.file_no} 的成交供应商“{record.winner}”。"
    if claim.procurement_kind and record.kind != claim.procurement_kind:
        kinds = (ProcurementKind(record.kind).label, ProcurementKind(claim.procurement_kind).label)
        yield f"采购记录 {record.file_no} 是{kinds[0]}，报销单是{kinds[1]}。"
    ruling = ruling_of(ctx, claim, lines)
    if ruling is not None and stricter(Route(record.route), ruling.route) is not Route(record.route):
        yield (f"采购记录 {record.file_no} 的采购方式是{Route(record.route).label}，按规则应走{ruling.route.label}。")
    taken = ctx.session.scalar(
        select(func.coalesce(func.sum(ExpenseClaim.total_fen), 0)).where(
            ExpenseClaim.record_id == record.id,
            ExpenseClaim.id != claim.id,
            ExpenseClaim.state.in_(sorted(state.value for state in BINDING)),
        )
    )
    total = int(taken or 0) + claim.total_fen
    if total > record.contract_fen:
        yield (
            f"采购记录 {record.file_no} 的合同金额 {yuan(record.contract_fen)}，"
            f"连同本次已报销 {yuan(total)}，超出 {yuan(total - record.contract_fen)}。"
        )
