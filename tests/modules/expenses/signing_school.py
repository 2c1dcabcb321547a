"""A school with people who fill in, sign, stand in and pay; everybody's password is :data:`PASSWORD`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    DocumentRef,
    DocumentState,
    RegisterPaper,
    ReturnDocument,
    SignBatch,
    Signed,
    SignItem,
    SignRefused,
    Submit,
)
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod, SaveClaim, SaveLine
from dangxiao_houqin.modules.expenses.models import EconomicCategory, ExpenseClaim
from dangxiao_houqin.modules.expenses.services.claims import save_claim
from dangxiao_houqin.modules.organization.api import Hashing, SaveStaff, current_actor, ensure_builtin_roles, save_staff
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.passwords import hash_password

PASSWORD = "Aa123456"
QUICK = Hashing(memory_kib=8, passes=1, lanes=1)
SCAN = b"%PDF-1.4\n% invented scan of a signed slip\n%%EOF\n"

PEOPLE = {
    "wang": ("王经办", ("经办人",)),
    "li": ("李分管", ("分管领导",)),
    "zhao": ("赵主要", ("主要领导",)),
    "qian": ("钱财务", ("财务",)),
    "sun": ("孙代签", ("分管领导", "经办人")),
}
"""Login → (invented name, roles); ``sun`` joins only where a test asks for him."""

Unit = Callable[..., AbstractContextManager[Ctx]]


@dataclass
class School:
    """Opens units as somebody and does one step each."""

    unit: Unit
    ids: dict[str, int] = field(default_factory=dict)

    # ---------------------------------------------------------------------------------------------- people
    def add(self, login: str, name: str = "", roles: tuple[str, ...] = (), post: str = "") -> int:
        """Give somebody a login with the quick password."""
        known_name, known_roles = PEOPLE.get(login, (name, roles))
        with self.unit("test.add_user") as ctx:
            if not self.ids:
                ensure_builtin_roles(ctx, BUILTIN_ROLES)
            staff = save_staff(ctx, SaveStaff(name or known_name, post=post)) if post else None
            user = ctx.add(
                UserAccount(
                    login=login,
                    display_name=name or known_name,
                    staff_id=staff,
                    password_hash=hash_password(PASSWORD, QUICK),
                    must_change_password=False,
                    roles=list(ctx.session.scalars(select(Role).where(Role.name.in_(roles or known_roles)))),
                )
            )
            self.ids[login] = user.id
            return user.id

    def give(self, ctx: Ctx, login: str, role: str) -> None:
        """One role more for somebody."""
        user = ctx.session.get_one(UserAccount, self.ids[login])
        user.roles = [*user.roles, ctx.session.scalars(select(Role).where(Role.name == role)).one()]

    def actor(self, login: str) -> Actor:
        with self.unit("test.actor", read_only=True) as ctx:
            return current_actor(ctx, self.ids[login])

    @contextmanager
    def as_(self, login: str, action: str = "test.step", **options: Any) -> Iterator[Ctx]:
        with self.unit(action, actor=self.actor(login), **options) as ctx:
            yield ctx

    # ---------------------------------------------------------------------------------------------- claims
    def claim(self, login: str = "wang", fen: int = 123_450, **more: Any) -> int:
        """A draft of one line, ready to be submitted; returns its id."""
        with self.unit("test.categories") as ctx:
            services.ensure_categories(ctx)
            category = ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == "30201")).one()
        values: dict[str, Any] = {
            "lines": (SaveLine("虚构的打印纸", category, fen, vouchers=1),),
            "title": "购买打印纸（虚构）",
            "payment_method": PaymentMethod.OFFICIAL_CARD,
            "payee": "虚构文具店",
            "minutes_no": "会〔2026〕1号",
        }
        with self.as_(login) as ctx:
            return save_claim(ctx, SaveClaim(**{**values, **more})).id

    def ref(self, document_id: int, kind: DocumentKind = DocumentKind.CLAIM) -> DocumentRef:
        """The document at its present version."""
        from dangxiao_houqin.modules.expenses.queries.approval import MODELS

        with self.unit("test.look", read_only=True) as ctx:
            return DocumentRef(kind, document_id, ctx.session.get_one(MODELS[kind], document_id).version)

    def row(self, claim_id: int) -> ExpenseClaim:
        with self.unit("test.look", read_only=True) as ctx:
            return ctx.session.get_one(ExpenseClaim, claim_id)

    def state(self, claim_id: int) -> DocumentState:
        return DocumentState(self.row(claim_id).state)

    # ----------------------------------------------------------------------------------------------- steps
    def submit(
        self, claim_id: int, login: str = "wang", password: str = PASSWORD, kind: DocumentKind = DocumentKind.CLAIM
    ) -> Signed | SignRefused:
        ref = self.ref(claim_id, kind)
        with self.as_(login, confirmed=frozenset({"no_budget", "over_budget"})) as ctx:
            return services.submit(ctx, Submit(ref, password), hashing=QUICK)

    def look(self, claim_id: int, login: str, kind: DocumentKind = DocumentKind.CLAIM) -> DocumentRef:
        """Open the document as a signer does."""
        ref = self.ref(claim_id, kind)
        with self.as_(login) as ctx:
            services.open_document(ctx, ref)
        return ref

    def sign(
        self,
        claim_id: int,
        login: str,
        opinion: str = "同意",
        password: str = PASSWORD,
        kind: DocumentKind = DocumentKind.CLAIM,
    ) -> Signed | SignRefused:
        ref = self.look(claim_id, login, kind)
        with self.as_(login) as ctx:
            return services.sign(ctx, SignBatch((SignItem(ref, opinion),), password), hashing=QUICK)

    def send_back(self, claim_id: int, login: str, opinion: str = "请补发票") -> Signed | SignRefused:
        ref = self.look(claim_id, login)
        with self.as_(login) as ctx:
            return services.return_document(ctx, ReturnDocument(ref, opinion, PASSWORD), hashing=QUICK)

    def withdraw(self, claim_id: int, login: str = "wang", reason: str = "填错了") -> None:
        ref = self.ref(claim_id)
        with self.as_(login) as ctx:
            services.withdraw(ctx, ref, reason)

    def paper(self, claim_id: int, *signatures: Any, login: str = "qian", data: bytes = SCAN) -> Signed | SignRefused:
        ref = self.ref(claim_id)
        with self.as_(login) as ctx:
            cmd = RegisterPaper(ref, tuple(signatures), "审批单.pdf", data, PASSWORD)
            return services.register_paper(ctx, cmd, hashing=QUICK)

    def approved(self, login: str = "wang", **more: Any) -> int:
        """A claim with all three signatures."""
        claim_id = self.claim(login, **more)
        self.submit(claim_id, login)
        self.sign(claim_id, "li")
        self.sign(claim_id, "zhao")
        return claim_id


def open_school(unit: Unit, *logins: str) -> School:
    """The usual four (handler, leader in charge, principal leader, finance) and whoever else is named."""
    school = School(unit)
    for login in ("wang", "li", "zhao", "qian", *logins):
        school.add(login)
    return school
