"""Who can sign a step today: holders of a role or post, one person, and those who stand in for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import SIGN, DocumentKind, SaveChainStep, Who
from dangxiao_houqin.modules.expenses.models import ChainStep, SigningChain, StandIn
from dangxiao_houqin.modules.organization.api import (
    EVERYTHING,
    SchoolProfile,
    role,
    staff_member,
    user_account,
    user_role,
)


@dataclass(frozen=True)
class Signer:
    """An active login that may sign; ``role_ids`` and ``post`` are what steps look for."""

    user_id: int
    name: str
    role_ids: frozenset[int]
    post: str


@dataclass(frozen=True)
class Deputy:
    """A stand-in that counts on the day asked for; ``limit_fen`` ``None`` is any amount."""

    principal_id: int
    deputy_id: int
    limit_fen: int | None

    def covers(self, total_fen: int) -> bool:
        return self.limit_fen is None or total_fen <= self.limit_fen


@dataclass(frozen=True)
class Demand:
    """A step as the chain asks for it, with the words for whom it asks."""

    position: int
    title: str
    who: Who
    role_id: int | None
    post: str
    user_id: int | None
    who_text: str

    def holders(self, signers: dict[int, Signer]) -> dict[int, Signer]:
        """Those who hold the step in their own name."""
        if self.who is Who.ROLE:
            return {i: s for i, s in signers.items() if self.role_id in s.role_ids}
        if self.who is Who.POST:
            return {i: s for i, s in signers.items() if s.post and s.post == self.post}
        return {i: s for i, s in signers.items() if i == self.user_id}


def list_signers(ctx: Ctx) -> dict[int, Signer]:
    """Every active login that has the right to sign, by id."""
    people = ctx.session.execute(
        select(user_account.c.id, user_account.c.display_name, staff_member.c.post)
        .outerjoin(staff_member, staff_member.c.id == user_account.c.staff_id)
        .where(user_account.c.active)
    ).all()
    roles: dict[int, set[int]] = {}
    able: set[int] = set()
    held = select(user_role.c.user_id, role.c.id, role.c.permissions).join(role, role.c.id == user_role.c.role_id)
    for user_id, role_id, permissions in ctx.session.execute(held):
        roles.setdefault(user_id, set()).add(role_id)
        if SIGN.key in permissions or EVERYTHING in permissions:
            able.add(user_id)
    return {
        row.id: Signer(row.id, row.display_name, frozenset(roles.get(row.id, ())), row.post or "")
        for row in people
        if row.id in able
    }


def list_deputies(ctx: Ctx, day: date) -> tuple[Deputy, ...]:
    """The stand-ins that count on ``day``."""
    query = select(StandIn.principal_id, StandIn.deputy_id, StandIn.limit_fen).where(
        StandIn.from_day <= day, StandIn.until_day >= day, StandIn.revoked_at.is_(None)
    )
    return tuple(Deputy(*row) for row in ctx.session.execute(query.order_by(StandIn.id)))


def find_chain(ctx: Ctx, kind: DocumentKind, day: date) -> SigningChain | None:
    """The chain that counts for documents filled on ``day``; ``None`` means the default one."""
    query = select(SigningChain).where(SigningChain.document_kind == kind.value, SigningChain.valid_from <= day)
    found = ctx.session.scalars(query.order_by(SigningChain.valid_from.desc()).limit(1)).one_or_none()
    return None if found is None or (found.valid_until is not None and found.valid_until <= day) else found


def default_steps(ctx: Ctx) -> tuple[SaveChainStep, ...]:
    """经办人 → 分管领导 → 主要领导, for a school that has set nothing (domain decision F.1 a)."""
    school = ctx.settings(SchoolProfile)
    ids = {row.name: row.id for row in ctx.session.execute(select(role.c.id, role.c.name))}
    return (
        SaveChainStep("经办人", Who.APPLICANT),
        SaveChainStep(school.leader_in_charge_label, Who.ROLE, role_id=ids.get("分管领导")),
        SaveChainStep(school.principal_leader_label, Who.ROLE, role_id=ids.get("主要领导")),
    )


def list_demands(
    ctx: Ctx,
    kind: DocumentKind,
    day: date,
    total_fen: int,
    categories: frozenset[str] = frozenset(),
    class_kinds: frozenset[str] = frozenset(),
) -> tuple[Demand, ...]:
    """The steps after the applicant's that the chain of ``day`` demands for such a document, in order."""
    chain = find_chain(ctx, kind, day)
    if chain is None:
        steps = default_steps(ctx)
    else:
        rows = ctx.session.scalars(select(ChainStep).where(ChainStep.chain_id == chain.id).order_by(ChainStep.position))
        steps = tuple(step_of(row) for row in rows)
    return demands_of(ctx, steps, total_fen, categories, class_kinds)


def demands_of(
    ctx: Ctx,
    steps: tuple[SaveChainStep, ...],
    total_fen: int,
    categories: frozenset[str] = frozenset(),
    class_kinds: frozenset[str] = frozenset(),
) -> tuple[Demand, ...]:
    """Those of ``steps`` that such a document needs, in order; the editor of a chain asks before it is saved."""
    wanted = [
        step
        for step in steps
        if step.active
        and step.who is not Who.APPLICANT
        and (step.min_fen is None or total_fen >= step.min_fen)
        and (step.below_fen is None or total_fen < step.below_fen)
        and (not step.categories or categories & set(step.categories))
        and (not step.class_kinds or class_kinds & set(step.class_kinds))
    ]
    roles = {row.id: row.name for row in ctx.session.execute(select(role.c.id, role.c.name))}
    names = {
        row.id: row.display_name for row in ctx.session.execute(select(user_account.c.id, user_account.c.display_name))
    }
    return tuple(
        Demand(
            position,
            step.title,
            step.who,
            step.role_id,
            step.post,
            step.user_id,
            {
                Who.ROLE: roles.get(step.role_id or 0, step.title),
                Who.POST: step.post,
                Who.PERSON: names.get(step.user_id or 0, "已删除的用户"),
            }[step.who],
        )
        for position, step in enumerate(wanted, start=1)
    )


def step_of(row: ChainStep) -> SaveChainStep:
    """A stored step as the form knows it."""
    return SaveChainStep(
        row.title,
        Who(row.who),
        row.role_id,
        row.post,
        row.user_id,
        row.min_fen,
        row.below_fen,
        tuple(row.categories),
        tuple(row.class_kinds),
        row.active,
    )
