"""What expenses do by themselves every morning: remind signers, tell who watches over them, money not yet remitted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox import api as inbox
from dangxiao_houqin.modules.organization.api import DayMark, add_workdays, day_marks, missing_years_note, user_account

from .domain.approval import SigningRules, Who
from .models import StandIn
from .queries.signers import Demand, Deputy, Signer, list_deputies, list_signers
from .queries.turns import Turn, list_turns
from .services import remind_remittances
from .services.notices import Document, sign_key
from .signing_plan import principals

ENDING_DAYS = 3
"""So many working days before its end a stand-in is announced."""

STAND_INS = "expenses.stand_in:"

__all__ = ["remind_remittances", "remind_signers", "remind_stand_ins"]


def remind_signers(ctx: Ctx) -> int:
    """Documents that lie too long: their signers are reminded, later the role of the rules is told.

    Counted in working days of the school's calendar from the day the step's turn came; a year without a calendar is
    named in the text. Each is raised once and closes with the signature. Returns how many documents lie too long.
    """
    rules = ctx.settings(SigningRules)
    turns = list_turns(ctx)
    if not turns:
        return 0
    first = min(turn.since_day for turn in turns)
    marks = day_marks(ctx, first, ctx.today() + timedelta(1))
    signers, deputies = list_signers(ctx), list_deputies(ctx, ctx.today())
    late = 0
    for turn in turns:
        waited = _workdays(turn.since_day, ctx.today(), marks)
        note = missing_years_note(ctx, turn.since_day, ctx.today() + timedelta(1))
        if rules.remind_after_days and waited >= rules.remind_after_days:
            late += 1
            due_on = add_workdays(ctx, turn.since_day, rules.remind_after_days)
            _remind(ctx, turn, waited, due_on, note, signers, deputies)
        if rules.escalate_after_days and waited >= rules.escalate_after_days:
            _escalate(ctx, turn, waited, note, signers, deputies, rules)
    return late


def _workdays(since: date, today: date, marks: Mapping[date, DayMark]) -> int:
    """Working days after ``since`` up to today, both seen as whole days."""
    days = (since + timedelta(n) for n in range(1, (today - since).days + 1))
    return sum(1 for day in days if day not in marks or not marks[day].rest)


def _holders(turn: Turn, signers: dict[int, Signer]) -> dict[int, Signer]:
    step = turn.step
    demand = Demand(step.position, step.title, Who(step.who), step.role_id, step.post, step.user_id, step.who_text)
    return {i: s for i, s in demand.holders(signers).items() if i != turn.document.applicant_id}


def _standing_in(turn: Turn, signers: dict[int, Signer], deputies: Collection[Deputy]) -> set[int]:
    """Who may sign the step for one of its holders today."""
    document, step = turn.document, turn.step
    demand = Demand(step.position, step.title, Who(step.who), step.role_id, step.post, step.user_id, step.who_text)
    stood_for = principals(demand.holders(signers), step.reason, document.applicant_id)
    return {
        d.deputy_id
        for d in deputies
        if d.principal_id in stood_for and d.deputy_id in signers and d.covers(document.total_fen)
    } - {document.applicant_id or 0}


def _remind(
    ctx: Ctx,
    turn: Turn,
    waited: int,
    due_on: date,
    note: str,
    signers: dict[int, Signer],
    deputies: Collection[Deputy],
) -> None:
    """The items that ask for the signature say how long it waits; who ticked his off without signing gets another.

    The keys are those of :func:`services.notices.to_sign`, so that the signature closes them.
    """
    document, step = turn.document, turn.step
    kind = document.kind_of_document
    holders = _holders(turn, signers)
    standing_in = _standing_in(turn, signers, deputies)
    key = f"{sign_key(document)}{document.round}:{step.position}"
    ref = Ref(kind.sign_ref_kind, document.id)
    text = f"{_name(document)}，{document.applicant_name}提交，已等 {waited} 个工作日，请尽快签批。{note}"
    title = f"待签批：{step.title}"
    items: list[inbox.Assign] = []
    if step.who == Who.ROLE and len(holders) != 1:
        items.append(inbox.Assign(key, title, text, ref, role=step.who_text, due_on=due_on))
    else:
        items += [inbox.Assign(f"{key}:{i}", title, text, ref, user_id=i, due_on=due_on) for i in sorted(holders)]
    items += [
        inbox.Assign(f"{key}:{i}", "待代签", f"代签{step.title}：{text}", ref, user_id=i, due_on=due_on)
        for i in sorted(standing_in - set(holders))
    ]
    _raise(ctx, items)


def _raise(ctx: Ctx, items: Iterable[inbox.Assign]) -> None:
    for item in items:
        inbox.assign(ctx, item)
        if not inbox.has_open(ctx, item.key):
            again = inbox.Assign(
                f"{item.key}:again", item.kind, item.text, item.ref, item.role, item.user_id, item.due_on
            )
            inbox.assign(ctx, again)


def _escalate(
    ctx: Ctx,
    turn: Turn,
    waited: int,
    note: str,
    signers: dict[int, Signer],
    deputies: Collection[Deputy],
    rules: SigningRules,
) -> None:
    document, step = turn.document, turn.step
    able = _holders(turn, signers) or {i: signers[i] for i in _standing_in(turn, signers, deputies)}
    people = "、".join(sorted(signer.name for signer in able.values())[:3])
    whom = f"“{step.title}”（{people}）" if people else f"“{step.title}”（现在没有人能签，请指定人员）"
    text = f"{_name(document)}在{whom}已等 {waited} 个工作日，{document.applicant_name}提交，请协调。{note}"
    inbox.assign(
        ctx,
        inbox.Assign(
            f"{sign_key(document)}late:{document.round}:{step.position}",
            "签批超期",
            text,
            Ref(document.kind_of_document.ref_kind, document.id),
            role=rules.escalate_to,
            due_on=add_workdays(ctx, turn.since_day, rules.escalate_after_days),
        ),
    )


def _name(document: Document) -> str:
    return f"{document.kind_of_document.label}“{document.title[:60]}”{yuan(document.total_fen)}"


def remind_stand_ins(ctx: Ctx) -> int:
    """授权代签 about to end: both sides are told a few working days ahead; returns how many are about to end."""
    last = add_workdays(ctx, ctx.today(), ENDING_DAYS)
    query = select(StandIn).where(
        StandIn.revoked_at.is_(None), StandIn.from_day <= ctx.today(), StandIn.until_day.between(ctx.today(), last)
    )
    ending = list(ctx.session.scalars(query.order_by(StandIn.id)))
    names = {
        row.id: row.display_name for row in ctx.session.execute(select(user_account.c.id, user_account.c.display_name))
    }
    raised: list[str] = []
    for row in ending:
        principal, deputy = names.get(row.principal_id, ""), names.get(row.deputy_id, "")
        text = (
            f"{deputy}代{principal}签批的授权到{chinese_date(row.until_day)}为止，之后由{principal}本人签批；"
            "需要延长的，请系统管理员在“签批设置 › 授权代签”里登记。"
        )
        for user_id in (row.principal_id, row.deputy_id):
            key = f"{STAND_INS}{row.id}:{row.until_day}:{user_id}"
            raised.append(key)
            inbox.assign(ctx, inbox.Assign(key, "授权代签即将到期", text, user_id=user_id, due_on=row.until_day))
    inbox.close_prefix(ctx, STAND_INS, keep=raised, note="授权已到期或已改期")
    return len(ending)
