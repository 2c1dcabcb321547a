"""Thousands of signed claims in one chain, written straight into the tables (all people and firms are invented).

A few claims go through the services; the others are cut after their pattern: the same columns, the same canonical
content, real Ed25519 signatures with the same keys, one chain.  What the services write beside the tables of expenses
(audit log, inbox) is left out.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, func, insert, select, update

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.attachments import Attachment, AttachmentContent
from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.numbering import Counter
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import content, keys
from dangxiao_houqin.modules.expenses.check_codes import CHAIN, canonical, digest_of
from dangxiao_houqin.modules.expenses.domain.approval import SigningRules
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EvidenceKind,
    EvidenceOwner,
    InvoiceKind,
    PayClaim,
    PaymentMethod,
    SaveClaim,
    SaveInvoice,
    SaveLine,
)
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    ClaimLine,
    DocumentOpened,
    EconomicCategory,
    Evidence,
    ExpenseClaim,
    Invoice,
    SignatureRecord,
    SignedContent,
    SigningKey,
)
from dangxiao_houqin.modules.expenses.services import claims as claim_services
from dangxiao_houqin.modules.expenses.services import evidence as evidence_services
from dangxiao_houqin.modules.expenses.services import payments
from dangxiao_houqin.modules.expenses.services.categories import ensure_categories
from tests.modules.expenses.signing_school import PASSWORD, School, open_school

LAST_DAY = date(2026, 3, 2)
HANDLERS = ("wang", "zhou", "wu", "zheng")
NAMES = {"zhou": "周经办", "wu": "吴经办", "zheng": "郑经办"}
FIRMS = tuple(f"虚构{place}{trade}" for place in "岚溪青石临河云岭" for trade in ("文具店", "印务部", "超市", "宾馆"))
THINGS = ("打印纸", "墨盒", "会议用水", "维修灯具", "班次教材印刷", "保洁用品", "电梯维保", "教师差旅", "绿化养护")
CLASSES = tuple(f"第{n}期科级干部进修班（虚构）" for n in range(1, 60))
CODES = ("30201", "30202", "30211", "30213", "30216", "30217", "30299")
PDF = b"%PDF-1.4\n% invented invoice "

Row = dict[str, Any]


@dataclass
class Pattern:
    """The rows of a claim that the services wrote, by table."""

    claim: Row
    lines: list[Row]
    invoice: Row
    evidence: Row
    attachment: Row
    steps: list[Row]
    links: list[Row]
    opened: list[Row]


@dataclass
class Filled:
    """What was generated: the school's people, and the ids of claims by state."""

    school: School
    paid: list[int] = field(default_factory=list)
    approved: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    head_seq: int = 0

    @property
    def ids(self) -> list[int]:
        return [*self.paid, *self.approved, *self.waiting]


def fill_claims(db: Database, count: int = 10_000, *, waiting: int = 0, seed: int = 7) -> Filled:
    """``count`` claims with three signatures each (one in ten not yet paid) and ``waiting`` more with the first only.

    Three years up to 2026-03-02; two lines, one invoice and one small file each.  The same ``seed`` gives the same
    claims (keys, digests and signatures differ: keys are made anew).
    """
    clock = FixedClock(datetime.combine(LAST_DAY, time(8), CHINA))

    def unit(action: str = "test.fill", **options: Any) -> Any:
        who = options.pop("actor", Actor.system("测试员"))
        options.setdefault("clock", clock)
        return unit_of_work(db, who, action, handlers=REACTIONS, **options)

    school = open_school(unit)
    for login in HANDLERS[1:]:
        school.add(login, NAMES[login], ("经办人",))
    filled = Filled(school)
    patterns = _patterns(school)
    with db.engine.begin() as connection:
        _Generator(connection, school, patterns, filled, seed).run(count, waiting)
    return filled


# ---------------------------------------------------------------------------------------------------- the patterns
def _patterns(school: School) -> dict[tuple[str, str], Pattern]:
    """For every handler a claim that was paid, one that was approved and one that waits, all by the services."""
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(wet_signature="optional"))
        ensure_categories(ctx)
        category = ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == CODES[0])).one()
    found: dict[tuple[str, str], Pattern] = {}
    for login in HANDLERS:
        for state in ("paid", "approved", "submitted"):
            claim = _served(school, login, category, len(found))
            school.submit(claim, login)
            if state != "submitted":
                school.sign(claim, "li")
                school.sign(claim, "zhao", "同意支付")
            if state == "paid":
                with school.as_("qian") as ctx:
                    payments.pay_claim(ctx, PayClaim(school.ref(claim), LAST_DAY, "记-1"))
            found[login, state] = _read(school, claim)
    return found


def _served(school: School, login: str, category: int, number: int) -> int:
    with school.as_(login) as ctx:
        lines = (
            SaveLine("虚构的打印纸", category, 12_300, Subject(text=CLASSES[0]), vouchers=1),
            SaveLine("虚构的墨盒", category, 4_560, vouchers=1),
        )
        invoice = SaveInvoice(
            InvoiceKind.DIGITAL, f"2650{number:016d}", 16_860, issued_on=LAST_DAY, seller="虚构文具店"
        )
        cmd = SaveClaim(
            lines=lines,
            invoices=(invoice,),
            title="购买办公用品（虚构）",
            payment_method=PaymentMethod.OFFICIAL_CARD,
            payee="虚构文具店",
            note="虚构",
        )
        saved = claim_services.save_claim(ctx, cmd)
        name, data = f"发票{number}.pdf", PDF + b"%d" % number
        file = AddEvidence(EvidenceOwner.CLAIM, saved.id, name, data, EvidenceKind.INVOICE)
        evidence_services.add_evidence(ctx, file)
        return saved.id


def _read(school: School, claim: int) -> Pattern:
    with school.unit("test.look", read_only=True) as ctx:

        def rows(model: Any, *where: Any) -> list[Row]:
            table: Table = model.__table__
            query = select(table).where(*where).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in ctx.session.execute(query)]

        (head,) = rows(ExpenseClaim, ExpenseClaim.id == claim)
        (invoice,) = rows(Invoice, Invoice.claim_id == claim)
        (evidence,) = rows(Evidence, Evidence.owner_kind == "claim", Evidence.owner_id == claim)
        (attachment,) = rows(Attachment, Attachment.id == evidence["attachment_id"])
        return Pattern(
            head,
            rows(ClaimLine, ClaimLine.claim_id == claim),
            invoice,
            evidence,
            attachment,
            rows(ApprovalStep, ApprovalStep.document_kind == "claim", ApprovalStep.document_id == claim),
            rows(SignatureRecord, SignatureRecord.document_kind == "claim", SignatureRecord.document_id == claim),
            rows(DocumentOpened, DocumentOpened.document_kind == "claim", DocumentOpened.document_id == claim),
        )


# --------------------------------------------------------------------------------------------------- the generator
class _Generator:
    def __init__(
        self,
        connection: Connection,
        school: School,
        patterns: Mapping[tuple[str, str], Pattern],
        filled: Filled,
        seed: int,
    ) -> None:
        self.connection = connection
        self.patterns = patterns
        self.filled = filled
        self.random = random.Random(seed)
        self.names = dict(connection.execute(select(EconomicCategory.code, EconomicCategory.id)).all())
        self.labels = {
            row.id: f"{row.code} {row.name}" for row in connection.execute(select(EconomicCategory.__table__))
        }
        self.private: dict[int, Ed25519PrivateKey] = {}
        for row in connection.execute(select(SigningKey.__table__)):
            private = keys.unwrap(row.wrapped, PASSWORD, row.public_key)
            assert private is not None
            self.private[row.id] = private
        head = connection.execute(
            select(SignatureRecord.seq, SignatureRecord.digest).order_by(SignatureRecord.seq.desc()).limit(1)
        ).one()
        self.seq, self.previous = head.seq, head.digest
        self.next: dict[Any, int] = {
            model: (connection.scalar(select(func.max(model.id))) or 0)
            for model in (ExpenseClaim, ClaimLine, Invoice, Evidence, Attachment, ApprovalStep)
        }
        self.drafts = self._counters("expenses.draft.claim")
        self.numbers = self._counters("expenses.claim")
        self.rows: dict[Any, list[Row]] = {}
        del school

    def _counters(self, kind: str) -> dict[str, int]:
        found = self.connection.execute(select(Counter.period, Counter.value).where(Counter.kind == kind))
        return dict(found.all())

    def run(self, count: int, waiting: int) -> None:
        for number in range(count):
            state = "approved" if number % 10 == 9 else "paid"
            self._claim(number, state, LAST_DAY - timedelta(days=(count - 1 - number) * 1090 // max(count, 1)))
            if number % 1000 == 999:
                self._write()
        for number in range(count, count + waiting):
            self._claim(number, "submitted", LAST_DAY)
        self._write()
        self.connection.execute(update(Counter).where(Counter.kind == CHAIN).values(value=self.seq))
        for kind, values in (("expenses.draft.claim", self.drafts), ("expenses.claim", self.numbers)):
            for period, value in values.items():
                mine = (Counter.kind == kind) & (Counter.period == period)
                if not self.connection.execute(update(Counter).where(mine).values(value=value)).rowcount:
                    self.connection.execute(insert(Counter).values(kind=kind, period=period, value=value))
        if self.connection.dialect.name == "postgresql":
            for model in self.next:
                table = model.__tablename__
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
        self.filled.head_seq = self.seq

    def _write(self) -> None:
        order = (
            ExpenseClaim, ClaimLine, AttachmentContent, Attachment, Evidence, Invoice, SignedContent, SignatureRecord,
            ApprovalStep, DocumentOpened,
        )  # fmt: skip
        for model in order:
            table: Any = model.__table__
            if rows := self.rows.get(model):
                self.connection.execute(insert(table), rows)
        self.rows = {}

    def _put(self, model: Any, row: Row) -> Row:
        if "id" in row:
            self.next[model] += 1
            row["id"] = self.next[model]
        self.rows.setdefault(model, []).append(row)
        return row

    def _claim(self, number: int, state: str, day: date) -> None:
        chosen = self.random
        login = HANDLERS[number % len(HANDLERS)]
        pattern = self.patterns[login, state]
        year = f"{day:%Y}"
        self.drafts[year] = self.drafts.get(year, 0) + 1
        came = datetime.combine(day, time(9), CHINA) + timedelta(minutes=chosen.randrange(60))
        stamps = {"created_at": came, "updated_at": came + timedelta(hours=2)}
        payee, thing, other = chosen.choice(FIRMS), *chosen.sample(THINGS, 2)
        amounts = (chosen.randrange(1_000, 900_000), chosen.randrange(100, 90_000))
        claim = self._put(
            ExpenseClaim,
            {
                **pattern.claim,
                **stamps,
                "draft_no": f"草{year}-{self.drafts[year]:05d}",
                "filled_on": day,
                "budget_year": day.year,
                "title": f"{thing}等（虚构第 {number} 号）",
                "payee": payee,
                "total_fen": sum(amounts),
                "submitted_at": came,
            },
        )
        if state != "submitted":
            self.numbers[year] = self.numbers.get(year, 0) + 1
            claim |= {
                "number": f"BX-{year}-{self.numbers[year]:05d}",
                "approved_at": came + timedelta(hours=2),
            }
        if state == "paid":
            claim["paid_on"] = day
        categories = chosen.sample(CODES, 2)
        lines = [
            self._put(
                ClaimLine,
                {
                    **line,
                    **stamps,
                    "claim_id": claim["id"],
                    "text": f"虚构的{what}",
                    "category_id": self.names[code],
                    "category_text": self.labels[self.names[code]],
                    "subject_text": chosen.choice(CLASSES) if line["subject_text"] else "",
                    "amount_fen": fen,
                },
            )
            for line, what, code, fen in zip(pattern.lines, (thing, other), categories, amounts, strict=True)
        ]
        attachment, evidence = self._file(pattern, claim, stamps, number)
        text = f"26{day:%y%m%d}{number:012d}"
        invoice = self._put(
            Invoice,
            {
                **pattern.invoice,
                **stamps,
                "claim_id": claim["id"],
                "number": text,
                "key": pattern.invoice["key"].replace(pattern.invoice["number"], text),
                "issued_on": day,
                "seller": payee,
                "amount_fen": sum(amounts),
                "evidence_id": pattern.invoice["evidence_id"] and evidence["id"],
            },
        )
        claim["search_key"] = _search_key(claim, lines, invoice)
        self._sign(pattern, claim, lines, invoice, {**attachment, **evidence}, came, stamps)
        ids = {"paid": self.filled.paid, "approved": self.filled.approved, "submitted": self.filled.waiting}
        ids[state].append(claim["id"])

    def _file(self, pattern: Pattern, claim: Row, stamps: Row, number: int) -> tuple[Row, Row]:
        data = PDF + b"no. %d of many" % number
        sha256 = hashlib.sha256(data).hexdigest()
        self._put(AttachmentContent, {"sha256": sha256, "data": data})
        name = f"发票第{number}张.pdf"
        file = {**pattern.attachment, **stamps, "name": name, "size": len(data), "sha256": sha256}
        attachment = self._put(Attachment, file)
        title = {"owner_id": claim["id"], "title": name.removesuffix(".pdf"), "attachment_id": attachment["id"]}
        return attachment, self._put(Evidence, {**pattern.evidence, **stamps, **title})

    def _sign(
        self,
        pattern: Pattern,
        claim: Row,
        lines: Sequence[Row],
        invoice: Row,
        file: Row,
        came: datetime,
        stamps: Row,
    ) -> None:
        steps = [{**step, **stamps, "document_id": claim["id"]} for step in pattern.steps]
        said = {
            **_plain(content._CLAIM, claim),
            "v": content.VERSION,
            "id": claim["id"],
            "lines": [_plain(content._LINE, line) for line in lines],
            "invoices": [_plain(content._INVOICE, invoice)],
            "evidence": [_plain(content._EVIDENCE, file)],
            "steps": [_plain(content.STEP, step) for step in steps],
        }
        text = canonical(said)
        digest = digest_of(text)
        self._put(SignedContent, {"digest": digest, "text": text})
        for hours, (old, opinion) in enumerate(zip(pattern.links, _opinions(self.random), strict=False)):
            self.seq += 1
            at = came + timedelta(hours=hours)
            message = json.loads(old["message"]) | {
                "seq": self.seq,
                "previous": self.previous,
                "at": at.astimezone(UTC).isoformat(),
                "document": ["claim", claim["id"]],
                "content": digest,
            }
            if message.get("opinion"):
                message["opinion"] = opinion
            if message.get("number"):
                message["number"] = claim["number"]
            signed = canonical(message)
            link = {
                **old,
                "seq": self.seq,
                "at": at,
                "document_id": claim["id"],
                "content_digest": digest,
                "previous": self.previous,
                "message": signed,
                "digest": digest_of(signed),
                "signature": self.private[old["key_id"]].sign(signed.encode()).hex(),
            }
            self._put(SignatureRecord, link)
            self.previous = link["digest"]
            if link["position"]:
                steps[link["position"] - 1]["signature_seq"] = self.seq
        for hours, step in enumerate(steps):
            step["since"] = came + timedelta(hours=hours) if step["since"] is not None else None
            self._put(ApprovalStep, step)
        for seen in pattern.opened:
            self._put(DocumentOpened, {**seen, "document_id": claim["id"], "at": came})


def _plain(columns: Sequence[Any], row: Row) -> Row:
    return {column.key: content._plain(row[column.key]) for column in columns}


def _opinions(chosen: random.Random) -> Iterator[str]:
    while True:
        yield chosen.choice(("同意", "同意支付", "同意，注意节约", "按规定办理"))


def _search_key(claim: Row, lines: Sequence[Row], invoice: Row) -> str:
    parts: Any = [
        (SaveLine(line["text"], line["category_id"], line["amount_fen"], Subject(text=line["subject_text"])), "")
        for line in lines
    ]
    return claim_services._search_key(SimpleNamespace(**claim), parts, [SimpleNamespace(number=invoice["number"])])  # type: ignore[arg-type,list-item]
