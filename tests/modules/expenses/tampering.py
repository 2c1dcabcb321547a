"""A database full of signed documents, and somebody with a database tool who changes what was signed.

The attacker works within a unit that is rolled back: his victim is the same for every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, delete, func, inspect, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    Flaw,
    PaperSignature,
    SaveStandIn,
)
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EvidenceOwner,
    InvoiceKind,
    PaymentMethod,
    SaveClaim,
    SaveInvoice,
    SaveLine,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, QuoteInput, SaveRequest
from dangxiao_houqin.modules.expenses.models import ApprovalStep, EconomicCategory, Evidence
from dangxiao_houqin.modules.expenses.queries.approval import list_marks
from dangxiao_houqin.modules.expenses.services.claims import save_claim
from dangxiao_houqin.modules.expenses.services.evidence import add_evidence
from dangxiao_houqin.modules.expenses.services.purchases import save_request
from dangxiao_houqin.modules.expenses.verification import Verification, verify_all, verify_document

from .signing_school import School, open_school

DAY = date(2026, 3, 2)
GUARDED = ("signature_record", "signed_content", "attachment_content")
PDF = b"%PDF-1.4\n% invented invoice\n%%EOF\n"
LINK_WORDS = {
    "seq": "编号",
    "at": "时间",
    "action": "动作",
    "document_kind": "单据",
    "document_id": "单据",
    "round": "提交次数",
    "position": "步骤",
    "user_id": "签名人",
    "key_id": "签名",
    "content_digest": "内容摘要",
    "previous": "顺序",
    "message": "摘要",
    "digest": "摘要",
    "signature": "签名",
}
"""Column of a link to the word by which its change is named."""

Unit = Callable[..., Any]
Ref = tuple[DocumentKind, int]


class _Undo(Exception):
    """Ends a unit without leaving a trace."""


@dataclass
class Victim:
    """The school's documents: ids by what was done with them."""

    db: Database
    school: School
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def ref(self) -> tuple[DocumentKind, int]:
        """The claim with everything on it."""
        return DocumentKind.CLAIM, self.ids["approved"]

    @property
    def request(self) -> tuple[DocumentKind, int]:
        return DocumentKind.PURCHASE, self.ids["request"]

    @contextmanager
    def attack(self) -> Iterator[Ctx]:
        """A unit with the guards off; nothing of it stays."""
        try:
            with unit_of_work(self.db, Actor.system("攻击者"), "test.attack", clock=FixedClock()) as ctx:
                disarm(ctx)
                yield ctx
                raise _Undo
        except _Undo:
            pass

    def look(self, ctx: Ctx) -> tuple[Verification, dict[tuple[DocumentKind, int], tuple[Flaw, ...]]]:
        """Verification of everything, and of each document on opening."""
        return verify_all(ctx), {ref: verify_document(ctx, *ref) for ref in self.documents}

    @property
    def documents(self) -> list[tuple[DocumentKind, int]]:
        kinds = {name: DocumentKind.PURCHASE if name == "request" else DocumentKind.CLAIM for name in self.ids}
        return [(kinds[name], document_id) for name, document_id in self.ids.items()]


def disarm(ctx: Ctx) -> None:
    """Take off what keeps an honest program from changing history: triggers and foreign keys."""
    if ctx.session.get_bind().dialect.name == "sqlite":
        names = ctx.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            ctx.session.execute(text(f"DROP TRIGGER {name}"))
        ctx.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        return
    for table in GUARDED:
        ctx.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    ctx.session.execute(text("SET LOCAL session_replication_role = replica"))


def put(ctx: Ctx, model: Any, values: dict[str, Any], *where: Any) -> None:
    """UPDATE behind the program's back; must change exactly what it aims at."""
    done = ctx.session.execute(update(model).where(*where).values(values).execution_options(synchronize_session=False))
    assert done.rowcount >= 1, f"the attack on {model.__tablename__} missed"


def drop(ctx: Ctx, model: Any, *where: Any) -> None:
    """DELETE behind the program's back."""
    done = ctx.session.execute(delete(model).where(*where).execution_options(synchronize_session=False))
    assert done.rowcount >= 1, f"the attack on {model.__tablename__} missed"


def other(column: Column[Any] | InstrumentedAttribute[Any], value: Any) -> Any:
    """A value of the column's type that is not ``value``."""
    kind = type(value) if isinstance(value, (list, datetime)) else column.type.python_type
    if kind is str:
        limit = getattr(column.type, "length", None)
        changed = f"{value or ''}改"
        return changed if limit is None or len(changed) <= limit else f"改{(value or '')[1:]}"
    if kind is bool:
        return not value
    if kind is int:
        return (value or 0) + 1
    if kind is Decimal:
        return (value or Decimal(0)) + 1
    if kind is date:
        return date(2025, 12, 31)
    if kind in (list, dict):  # JSON says dict, ours are lists of sentences
        return [*(value or ()), "改"]
    if isinstance(value, datetime):
        return value.replace(year=value.year - 1)
    raise AssertionError(f"no other value known for {column}")


def columns_of(model: Any) -> list[str]:
    """Every column, so that a new one is attacked too."""
    return [column.key for column in inspect(model).column_attrs]


def last_of(model: Any, owner: Any, ref: Ref) -> Any:
    """The last row of a part of a document: its position is free to grow."""
    wanted = select(func.max(model.id)).where(owner == ref[1])
    if model is Evidence:
        wanted = wanted.where(Evidence.owner_kind == ref[0].value)
    if model is ApprovalStep:
        wanted = wanted.where(ApprovalStep.document_kind == ref[0].value)
    return model.id == wanted.scalar_subquery()


def attachment_of(ref: Ref) -> Any:
    last = select(Evidence.attachment_id).where(last_of(Evidence, Evidence.owner_id, ref))
    return Attachment.id == last.scalar_subquery()


def found(
    victim: Victim,
    ctx: Ctx,
    ref: Ref | None,
    word: str,
    *,
    record: str = "",
    opening: bool = True,
) -> list[Flaw]:
    """The attack is found on opening ``ref`` and by the check of everything, with ``word`` as the field."""
    ctx.session.expire_all()
    everything = verify_all(ctx)
    named = [f for f in everything.flaws if word in f.field and record in f.record]
    assert named, f"verify_all does not name {record} {word}: {everything.flaws}"
    assert all(f.sentence.endswith("。") for f in everything.flaws)
    if ref is not None:
        assert any(f.document == ref for f in named), named
    if ref is not None and opening:
        flaws = verify_document(ctx, *ref)
        assert any(word in f.field and record in f.record and f.document == ref for f in flaws), flaws
        list_marks(ctx, *ref)  # the document can still be opened, to be looked at
    return named


# ------------------------------------------------------------------------------------------------------ the victim
def build(db: Database) -> Victim:
    """Documents in every state, with every part, from real services."""
    clock = FixedClock()

    def unit(action: str = "test.step", **options: Any) -> Any:
        who = options.pop("actor", Actor.system("测试员"))
        options.setdefault("clock", clock)
        return unit_of_work(db, who, action, handlers=REACTIONS, **options)

    school = open_school(unit, "sun")
    victim = Victim(db, school)
    victim.ids["approved"] = _full_claim(school, "26512000000000000001")
    for login in ("li", "zhao"):
        if login == "li":
            school.submit(victim.ids["approved"])
        school.sign(victim.ids["approved"], login, f"{login}同意")
    victim.ids["paper"] = claim = school.claim(fen=20_000)
    school.submit(claim)
    school.paper(claim, PaperSignature(1, school.ids["li"], DAY), PaperSignature(2, school.ids["zhao"], DAY))
    victim.ids["signing"] = claim = school.claim(fen=30_000)
    school.submit(claim)
    school.sign(claim, "li")
    victim.ids["again"] = claim = school.claim(fen=40_000)
    school.submit(claim)
    school.send_back(claim, "li", "缺发票")
    school.submit(claim)
    school.sign(claim, "li")
    school.sign(claim, "zhao")
    victim.ids["returned"] = claim = school.claim(fen=50_000)
    school.submit(claim)
    school.sign(claim, "li")
    school.send_back(claim, "zhao", "超标准")
    victim.ids["withdrawn"] = claim = school.claim(fen=60_000)
    school.submit(claim)
    school.withdraw(claim)
    with school.unit("test.stand_in") as ctx:
        sun, zhao = school.ids["sun"], school.ids["zhao"]
        services.save_stand_in(ctx, SaveStandIn(zhao, sun, DAY, DAY))
    victim.ids["stand_in"] = claim = school.claim(fen=70_000)
    school.submit(claim)
    school.sign(claim, "li")
    school.sign(claim, "sun")
    victim.ids["request"] = _request(school)
    kind = DocumentKind.PURCHASE
    school.submit(victim.ids["request"], kind=kind)
    school.sign(victim.ids["request"], "li", kind=kind)
    school.sign(victim.ids["request"], "zhao", kind=kind)
    victim.ids["draft"] = school.claim(fen=80_000)
    return victim


def _category(ctx: Ctx, code: str = "30201") -> int:
    services.ensure_categories(ctx)
    return ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == code)).one()


def _full_claim(school: School, number: str) -> int:
    """Two lines, two invoices, two papers, every field filled in."""
    with school.unit("test.category") as ctx:
        category = _category(ctx)
    with school.as_("wang") as ctx:
        lines = (
            SaveLine("虚构的打印纸", category, 123_450, Subject(text="虚构轮训班"), vouchers=1),
            SaveLine("虚构的墨盒", category, 45_600, vouchers=1),
        )
        invoices = (
            SaveInvoice(InvoiceKind.DIGITAL, number, 123_450, issued_on=DAY, seller="虚构文具店"),
            SaveInvoice(InvoiceKind.DIGITAL, f"{number[:-1]}9", 45_600, issued_on=DAY, seller="虚构耗材店"),
        )
        cmd = SaveClaim(
            lines=lines,
            invoices=invoices,
            title="购买办公用品（虚构）",
            payment_method=PaymentMethod.CASH,
            cash_reason="虚构的小店不能刷卡",
            payee="虚构文具店",
            payee_bank="虚构银行",
            payee_account="6222000000000000001",
            contract_no="HT-1",
            minutes_no="会〔2026〕1号",
            note="虚构",
        )
        claim = save_claim(ctx, cmd).id
        for name in ("发票1", "清单"):
            add_evidence(ctx, AddEvidence(EvidenceOwner.CLAIM, claim, f"{name}.pdf", PDF + name.encode()))
    return claim


def _request(school: School) -> int:
    with school.unit("test.category") as ctx:
        category = _category(ctx)
    with school.as_("wang") as ctx:
        request = save_request(
            ctx,
            SaveRequest(
                kind=ProcurementKind.GOODS,
                title="购置打印机（虚构）",
                items=(
                    ItemInput("虚构打印机", Decimal(2), 150_000, "A4", "台", "办公"),
                    ItemInput("虚构硒鼓", Decimal("1.5"), 20_000, "黑", "盒", "办公"),
                ),
                quotes=tuple(QuoteInput(f"{name}（虚构）", 330_000, "含税") for name in "甲乙丙"),
                category_id=category,
                fund_source="财政拨款",
                budget_fen=400_000,
                reason="旧的坏了",
                minutes_no="会〔2026〕2号",
            ),
        ).id
        add_evidence(ctx, AddEvidence(EvidenceOwner.PURCHASE, request, "报价.pdf", PDF))
        return request
