"""Income: registered with its receipt, remitted to the treasury, never spent from (收支两条线, 财税〔2016〕33号)."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from sqlalchemy import select

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.budgets import LARGEST_FEN
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.funds import INCOME, IncomeRules
from dangxiao_houqin.modules.expenses.domain.income import MakeRemittance, SaveIncome, UndoRemittance, VoidIncome
from dangxiao_houqin.modules.expenses.models import Income, Remittance
from dangxiao_houqin.modules.inbox import api as inbox

from .evidence import drop_evidence

INBOX = "expenses.remit:"


def receipt_key(kind: str, number: str) -> str:
    """What makes a receipt one of its kind: full-width digits, blanks and small letters do not make another."""
    normal = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    return f"{kind}|{normal}"


def save_income(ctx: Ctx, cmd: SaveIncome) -> int:
    """Register received money under the next number of its year (SR-2026-00001), or correct an entry.

    Raises :class:`RuleViolation` when the receipt was registered before or the entry is remitted or void.
    """
    ctx.require(INCOME)
    rules = ctx.settings(IncomeRules)
    if cmd.amount_fen <= 0:
        raise InvalidInput("收入金额要大于 0；退款请把原来的一笔作废。", field="amount_fen")
    if cmd.amount_fen >= LARGEST_FEN:
        raise InvalidInput("收入金额不能超过十万亿元，请核对。", field="amount_fen")
    if cmd.received_on > ctx.today():
        raise InvalidInput("收款日期不能晚于今天。", field="received_on")
    if not cmd.payer.strip():
        raise InvalidInput("请填写缴款人（单位或姓名）。", field="payer")
    if not cmd.receipt_no.strip():
        raise InvalidInput("请填写票据号码；收款须开具票据。", field="receipt_no")
    if cmd.income_id is None:
        number = ctx.next_number("expenses.income", str(cmd.received_on.year))
        income = Income(number=f"SR-{cmd.received_on.year}-{number:05d}")
    else:
        income = ctx.get(Income, cmd.income_id, version=cmd.version, lock=True)
        _refuse_closed(ctx, income)
        if income.received_on.year != cmd.received_on.year:
            raise InvalidInput(
                f"{income.number}是 {income.received_on.year} 年的编号，收款日期不能改到别的年度；请作废后重新登记。",
                field="received_on",
            )
    if cmd.kind not in rules.kinds and cmd.kind != income.kind:
        raise InvalidInput(f"没有“{cmd.kind}”这个收入类别，可在系统设置里添加。", field="kind")
    if cmd.receipt_kind not in rules.receipt_kinds and cmd.receipt_kind != income.receipt_kind:
        raise InvalidInput(f"没有“{cmd.receipt_kind}”这种票据，可在系统设置里添加。", field="receipt_kind")
    key = receipt_key(cmd.receipt_kind, cmd.receipt_no)
    _refuse_duplicate(ctx, key, income.id)
    income.received_on, income.kind, income.text = cmd.received_on, cmd.kind, cmd.text.strip()
    income.payer, income.search_key = cmd.payer.strip(), search_key(cmd.payer.strip())[:2000]
    income.amount_fen, income.method = cmd.amount_fen, cmd.method.value
    income.receipt_kind, income.receipt_no, income.receipt_key = cmd.receipt_kind, cmd.receipt_no.strip(), key
    income.subject_kind, income.subject_id = cmd.subject_kind, cmd.subject_id
    income.subject_text, income.note = cmd.subject_text.strip(), cmd.note.strip()
    return ctx.add(income).id


def _refuse_closed(ctx: Ctx, income: Income) -> None:
    if income.void_reason:
        raise RuleViolation(f"{income.number}已作废，不能再改；需要时请重新登记一笔。")
    if income.remittance_id is not None:
        slip = ctx.get(Remittance, income.remittance_id).slip_no
        raise RuleViolation(f"{income.number}已随缴款书 {slip} 缴款，不能再改；登记错了请先撤销那笔缴款。")


def _refuse_duplicate(ctx: Ctx, key: str, own_id: int | None) -> None:
    query = select(Income).where(Income.receipt_key == key)
    other = ctx.session.scalars(query if own_id is None else query.where(Income.id != own_id)).first()
    if other is not None:
        who = f"{show(other.received_on)} {other.payer}，{yuan(other.amount_fen)}"
        raise RuleViolation(
            f"{other.receipt_kind} {other.receipt_no} 已登记在 {other.number}（{who}），请核对票据号码。",
            field="receipt_no",
        )


def void_income(ctx: Ctx, cmd: VoidIncome) -> None:
    """作废 an entry that is not remitted; its receipt number may be used again, its own number never."""
    ctx.require(INCOME)
    income = ctx.get(Income, cmd.income_id, version=cmd.version, lock=True)
    reason = cmd.reason.strip()
    if not reason:
        raise InvalidInput("请填写作废原因。", field="reason")
    _refuse_closed(ctx, income)
    income.void_reason, income.receipt_key = reason, None
    _settle_reminder(ctx, f"{income.number}已作废")


# ---------------------------------------------------------------------------------------------- remittance
def make_remittance(ctx: Ctx, cmd: MakeRemittance) -> int:
    """Register that entries were remitted with one slip; its total is the exact sum of them."""
    ctx.require(INCOME)
    slip = cmd.slip_no.strip()
    if not slip:
        raise InvalidInput("请填写缴款书号。", field="slip_no")
    if not cmd.income_ids:
        raise InvalidInput("请选择要缴款的收入。", field="income_ids")
    if cmd.remitted_on > ctx.today():
        raise InvalidInput("缴款日期不能晚于今天。", field="remitted_on")
    if (other := ctx.session.scalars(select(Remittance).where(Remittance.slip_no == slip)).first()) is not None:
        raise RuleViolation(
            f"缴款书 {slip} 已登记过（{show(other.remitted_on)}，{yuan(other.total_fen)}），请核对。", field="slip_no"
        )
    entries = [ctx.get(Income, key, lock=True) for key in sorted(set(cmd.income_ids))]
    for entry in entries:
        _refuse_closed(ctx, entry)
        if entry.received_on > cmd.remitted_on:
            raise InvalidInput(
                f"{entry.number}是 {show(entry.received_on)} 收的款，缴款日期不能更早。", field="remitted_on"
            )
    remittance = ctx.add(
        Remittance(
            slip_no=slip,
            remitted_on=cmd.remitted_on,
            account=cmd.account.strip(),
            total_fen=sum(entry.amount_fen for entry in entries),
            note=cmd.note.strip(),
        )
    )
    for entry in entries:
        entry.remittance_id = remittance.id
    _settle_reminder(ctx, f"已缴款：{slip}")
    return remittance.id


def undo_remittance(ctx: Ctx, cmd: UndoRemittance) -> None:
    """The slip was registered by mistake: its entries are open again, and the log keeps why."""
    ctx.require(INCOME)
    remittance = ctx.get(Remittance, cmd.remittance_id, version=cmd.version, lock=True)
    reason = cmd.reason.strip()
    if not reason:
        raise InvalidInput("请填写撤销原因。", field="reason")
    for entry in ctx.session.scalars(
        select(Income).where(Income.remittance_id == remittance.id).order_by(Income.id).with_for_update(key_share=True)
    ):
        entry.remittance_id = None
    drop_evidence(ctx, EvidenceOwner.REMITTANCE, remittance.id)
    ctx.session.flush()
    ctx.record(
        "expenses.undo_remittance",
        entity="remittance",
        entity_id=remittance.id,
        label=remittance.label,
        changes={"reason": [None, reason]},
    )
    ctx.session.delete(remittance)


def remind_remittances(ctx: Ctx) -> int:
    """Money held for longer than the rules allow becomes one 待办 of who remits; returns how many entries are late.

    The item is raised anew when a further entry gets late, and closes by itself when nothing is late any more.
    """
    ctx.require(INCOME)
    rules = ctx.settings(IncomeRules)
    late = _late(ctx)
    if not late:
        inbox.close_prefix(ctx, INBOX, note="已全部缴款", again=True)
        return 0
    oldest, newest = late[0], late[-1]
    key = f"{INBOX}{newest.id}"
    total = sum(income.amount_fen for income in late)
    inbox.assign(
        ctx,
        inbox.Assign(
            key=key,
            kind="逾期未缴款",
            text=f"{len(late)} 笔收入共 {yuan(total)} 超过 {rules.remit_within_days} 天未缴，最早的是 "
            f"{show(oldest.received_on)} 的 {oldest.number}（{oldest.payer[:40]}），请尽快缴款并登记缴款书号。",
            ref=Ref("income", oldest.id),
            role=rules.role,
        ),
    )
    inbox.close_prefix(ctx, INBOX, keep=(key,), note="有新的逾期，已另行提醒", again=True)
    return len(late)


def _late(ctx: Ctx) -> list[Income]:
    """What should have been remitted by now, the oldest first."""
    last_in_time = ctx.today() - timedelta(days=ctx.settings(IncomeRules).remit_within_days)
    query = select(Income).where(
        Income.void_reason == "", Income.remittance_id.is_(None), Income.received_on < last_in_time
    )
    return list(ctx.session.scalars(query.order_by(Income.received_on, Income.id)))


def _settle_reminder(ctx: Ctx, note: str) -> None:
    """Close the reminder at once when nothing is late any more."""
    ctx.session.flush()
    if not _late(ctx):
        inbox.close_prefix(ctx, INBOX, note=note, again=True)
