"""A year of invented spending in the demo school, lived through the services at the moments it would have happened.

Every claim is filled in, handed in and signed by its people with their own keys, in the order of time, so that the
chain of signatures, the numbers and the audit log look as an office would have left them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    RegisterPaper,
    ReturnDocument,
    SaveStandIn,
    SignBatch,
    SignItem,
    SignRefused,
    Submit,
)
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget, SaveBudget
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EvidenceKind,
    EvidenceOwner,
    ExpenseRules,
    InvoiceKind,
    PayClaim,
    PaymentMethod,
    SaveClaim,
    SaveInvoice,
    SaveLine,
    VoidClaim,
)
from dangxiao_houqin.modules.expenses.domain.income import IncomeMethod, MakeRemittance, SaveIncome
from dangxiao_houqin.modules.expenses.domain.procurement import (
    NewThreshold,
    ProcurementKind,
    Route,
    SaveCatalogueItem,
    SetUpThresholds,
)
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, QuoteInput, SaveRequest
from dangxiao_houqin.modules.expenses.domain.records import SaveRecord
from dangxiao_houqin.modules.expenses.queries.budgets import list_budgets, list_category_choices
from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue_choices
from dangxiao_houqin.modules.expenses.queries.turns import find_ref
from dangxiao_houqin.modules.organization.api import (
    Hashing,
    add_workdays,
    current_actor,
    find_login,
    get_school,
    is_workday,
)
from dangxiao_houqin.modules.training.queries import list_classes

from .demo_invoices import SampleInvoice, invoice_pdf, invoice_xml, list_picture
from .demo_people import DEMO_PASSWORD

INVENTED = "（虚构）"
QUICK = Hashing(memory_kib=8, passes=1, lanes=1)
DIRECTOR, DEPUTY_LEADER, LEADER, FINANCE = "zhouqm", "luowt", "zhengbj", "liangjy"
RECEIPT = "非税收入统一票据"

Step = tuple[int, time, str]
"""(working days after the day it was filled in, time of day, what happens)."""

_SUBMIT: Step = (0, time(9, 20), "submit")
_FIRST: Step = (1, time(8, 45), "first")
_LAST: Step = (2, time(16, 40), "last")
_PAPER: Step = (3, time(10, 0), "paper")
PATHS: dict[str, tuple[Step, ...]] = {
    "draft": (),
    "voided": ((0, time(15, 0), "void"),),
    "withdrawn": (_SUBMIT, (0, time(15, 10), "withdraw")),
    "returned": (_SUBMIT, (1, time(8, 50), "return")),
    "waiting1": (_SUBMIT,),
    "waiting2": (_SUBMIT, _FIRST),
    "deputy": (_SUBMIT, (1, time(8, 55), "stand_in")),
    "approved": (_SUBMIT, _FIRST, _LAST),
    "papered": (_SUBMIT, _FIRST, _LAST, _PAPER),
    "paid": (_SUBMIT, _FIRST, _LAST, _PAPER, (4, time(15, 10), "pay")),
    "resubmitted": (
        _SUBMIT,
        (1, time(8, 50), "return"),
        (2, time(9, 5), "mend"),
        (2, time(9, 30), "submit"),
        (3, time(8, 45), "first"),
        (4, time(16, 40), "last"),
        (5, time(10, 0), "paper"),
        (6, time(15, 10), "pay"),
    ),
}


def load_expenses(ctx: Ctx, _data: Any) -> None:
    """Categories, budgets, rules, purchases, claims and income; nothing where the school has any budget already."""
    services.ensure_categories(ctx)
    if list_budgets(ctx, ListQuery(limit=1)).total:
        return
    _Year(ctx, read_sample()).live()


def read_sample() -> Any:
    """The invented year as the resource tells it."""
    return json.loads(resource("sample/expenses.json").read_text(encoding="utf-8"))


def _fen(yuan: float | str) -> int:
    return int(Decimal(str(yuan)) * 100)


@dataclass(order=True)
class _Event:
    """Something that happens at a moment; ``number`` keeps the order of what was told together."""

    at: datetime
    number: int
    run: Callable[[], None] = field(compare=False)


class _Year:
    """Tells the year from its first day to the moment of loading."""

    def __init__(self, ctx: Ctx, data: Any) -> None:
        self.ctx = ctx
        self.data = data
        self.now = ctx.now()
        self.people: dict[str, Actor] = {}
        self.events: list[_Event] = []
        self.requests: dict[str, int] = {}
        self.records: dict[str, int] = {}
        self.scan = b""
        self.invoices = 0
        everything = ListQuery().everything()
        self.classes = {int(row.code[-2:]): row for row in list_classes(ctx, everything).rows}
        self.categories = {choice.code: choice.id for choice in list_category_choices(ctx)}
        self.items: dict[str, int] = {}
        self.school = get_school(ctx).full_name

    def live(self) -> None:
        """Let everything happen in the order of time."""
        first = self._day(max(entry["ago"] for entry in self.data["claims"]))
        self._rules(first)
        self._budgets(first)
        for entry in self.data["requests"]:
            self._plan_request(entry)
        for entry in self.data["records"]:
            self._at(self._day(entry["ago"]), time(15, 0), partial(self._record, entry))
        for entry in self.data["claims"]:
            self._plan_claim(entry)
        self._plan_income()
        self._plan_stand_in()
        for event in sorted(self.events):
            self.ctx.clock = FixedClock(event.at)
            event.run()
        self.ctx.clock = FixedClock(self.now)

    # ------------------------------------------------------------------------------------------ time and people
    def _day(self, ago: int) -> date:
        """A working day about ``ago`` days before today."""
        day = self.now.astimezone(CHINA).date() - timedelta(days=ago)
        return day if is_workday(self.ctx, day) else add_workdays(self.ctx, day, -1)

    def _at(self, day: date, hour: time, run: Callable[[], None], *, before_end: int = 0) -> None:
        """Let something happen then, or ``before_end`` minutes before now where that lies ahead."""
        latest = self.now - timedelta(minutes=before_end + 1)
        moment = min(datetime.combine(day, hour, CHINA), latest)
        self.events.append(_Event(moment, len(self.events), run))

    def _along(self, start: date, steps: tuple[Step, ...], run: Callable[[str], None]) -> None:
        for number, (days, hour, what) in enumerate(steps):
            day = add_workdays(self.ctx, start, days) if days else start
            self._at(day, hour, partial(run, what), before_end=5 * (len(steps) - number))

    @contextmanager
    def _as(self, login: str, action: str) -> Iterator[None]:
        """The next steps are done by this person, and stand in the log as they would."""
        ctx = self.ctx
        if login not in self.people:
            user_id = find_login(ctx, login)
            assert user_id is not None, login
            self.people[login] = current_actor(ctx, user_id)
        before = (ctx.actor, ctx.action)
        ctx.actor, ctx.action = self.people[login], f"expenses.{action}"
        try:
            yield
            ctx.session.flush()
        finally:
            ctx.actor, ctx.action = before

    def _minutes(self, day: date) -> str:
        return f"岚校委纪〔{day.year}〕{day.timetuple().tm_yday // 7 + 1}号"

    # ------------------------------------------------------------------------------------- rules, budgets, money
    def _rules(self, first: date) -> None:
        ctx = self.ctx
        save_settings(ctx.session, replace(ctx.settings(ExpenseRules), minutes_from_fen=3_000_000))
        ctx.forget_settings()
        since = date(first.year, 1, 1)
        document = self.data["threshold_document"].format(year=first.year)
        lines = tuple(
            NewThreshold(ProcurementKind(kind), _fen(yuan), Route(route))
            for kind, yuan, route in self.data["thresholds"]
        )
        services.set_up_thresholds(ctx, SetUpThresholds(document, since, lines, checked=True))
        for code, name, kind, route, words in self.data["catalogue"]:
            cmd = SaveCatalogueItem(
                code, name, ProcurementKind(kind), Route(route), 0, since, document=document, keywords=words
            )
            services.save_catalogue_item(ctx, cmd)
            (choice,) = (c for c in list_catalogue_choices(ctx, code, day=first) if c.label.startswith(code))
            self.items[code] = choice.id

    def _budgets(self, first: date) -> None:
        change = self.data["adjustment"]
        made: dict[tuple[int, str], int] = {}
        for year in range(first.year, self.now.astimezone(CHINA).year + 1):
            for code, yuan in self.data["budgets"].items():
                note = f"岚校委发〔{year}〕2号{INVENTED}"
                cmd = SaveBudget(year, self.categories[code], _fen(yuan), note)
                made[year, code] = services.save_budget(self.ctx, cmd)
            services.adjust_budget(
                self.ctx,
                AdjustBudget(
                    made[year, change["category"]],
                    min(date(year, 1, 15), self.now.astimezone(CHINA).date()),
                    _fen(change["yuan"]),
                    change["document"].format(year=year),
                    change["reason"],
                ),
            )

    def _plan_income(self) -> None:
        taken: dict[int, list[int]] = {}
        latest: dict[int, date] = {}
        for number, entry in enumerate(self.data["incomes"], start=1):
            slip = entry[6]
            day = self._day(entry[0])
            self._at(day, time(11, 0), partial(self._income, entry, number, taken), before_end=30)
            if slip:
                latest[slip] = max(day, latest.get(slip, day))
        for slip, day in latest.items():
            self._at(add_workdays(self.ctx, day, 4), time(10, 30), partial(self._remit, slip, taken))

    def _income(self, entry: Any, number: int, taken: dict[int, list[int]]) -> None:
        _, kind, payer, yuan, method, class_number, slip = entry
        day = self.ctx.today()
        school = self.classes.get(class_number) if class_number else None
        with self._as(FINANCE, "save_income"):
            income_id = services.save_income(
                self.ctx,
                SaveIncome(
                    day,
                    kind,
                    payer,
                    _fen(yuan),
                    IncomeMethod(method),
                    RECEIPT,
                    f"{day.year}{number:08d}",
                    subject_kind="training_class" if school else "",
                    subject_id=school.id if school else None,
                    subject_text=school.name if school else "",
                ),
            )
        if slip:
            taken.setdefault(slip, []).append(income_id)

    def _remit(self, slip: int, taken: dict[int, list[int]]) -> None:
        day = self.ctx.today()
        with self._as(FINANCE, "make_remittance"):
            cmd = MakeRemittance(tuple(taken[slip]), f"JK{day:%Y%m%d}{slip:02d}", day, "岚溪县财政非税收入专户（虚构）")
            services.make_remittance(self.ctx, cmd)

    def _plan_stand_in(self) -> None:
        entry = self.data["stand_in"]
        first = self._day(entry["from"])
        self._at(first, time(8, 5), lambda: self._stand_in(entry, first))

    def _stand_in(self, entry: Any, first: date) -> None:
        ctx = self.ctx
        ids = {login: find_login(ctx, login) for login in (entry["principal"], entry["deputy"])}
        until = add_workdays(ctx, self.now.astimezone(CHINA).date(), entry["until"])
        cmd = SaveStandIn(
            ids[entry["principal"]] or 0,
            ids[entry["deputy"]] or 0,
            first,
            until,
            _fen(entry["limit"]),
            entry["document"].format(year=first.year),
        )
        services.save_stand_in(ctx, cmd)

    # -------------------------------------------------------------------------------------------- procurement
    def _plan_request(self, entry: Any) -> None:
        day = self._day(entry["ago"])
        self._at(day, time(9, 0), lambda: self._save_request(entry), before_end=60)
        self._along(
            day,
            PATHS[entry["path"]],
            lambda what: self._step(what, DocumentKind.PURCHASE, self.requests[entry["title"]], entry),
        )

    def _save_request(self, entry: Any) -> None:
        day = self.ctx.today()
        items = tuple(
            ItemInput(name, Decimal(quantity), _fen(yuan), spec, unit, catalogue_item_id=self.items.get(item or ""))
            for name, spec, unit, quantity, yuan, item in entry["items"]
        )
        quotes = tuple(QuoteInput(f"{who}{INVENTED}", _fen(yuan), note) for who, yuan, note in entry["quotes"])
        with self._as(entry["who"], "save_request"):
            made = services.save_request(
                self.ctx,
                SaveRequest(
                    ProcurementKind(entry["kind"]),
                    entry["title"],
                    items=items,
                    quotes=quotes,
                    category_id=self.categories[entry["category"]],
                    fund_source=entry["fund"],
                    budget_fen=_fen(entry["budget"]),
                    reason=entry["reason"],
                    minutes_no=self._minutes(day) if entry.get("minutes") else "",
                ),
            )
        self.requests[entry["title"]] = made if isinstance(made, int) else made.id

    def _record(self, entry: Any) -> None:
        day = self.ctx.today()
        with self._as(FINANCE, "save_record"):
            made = services.save_record(
                self.ctx,
                SaveRecord(
                    f"{entry['file']}-{day.year}",
                    entry["title"],
                    ProcurementKind(entry["kind"]),
                    Route(entry["route"]),
                    f"{entry['winner']}{INVENTED}",
                    day,
                    _fen(entry["yuan"]),
                    f"{entry['contract']}-{day.year}",
                    self._minutes(day),
                    request_id=self.requests.get(entry.get("request", "")),
                ),
            )
        self.records[entry["file"]] = made

    # ------------------------------------------------------------------------------------------------- claims
    def _plan_claim(self, entry: Any) -> None:
        day = self._day(entry["ago"])
        made: list[int] = []
        self._at(day, time(9, 0), lambda: made.append(self._save_claim(entry)), before_end=60)
        steps = PATHS[entry["path"]]
        self._along(day, steps, lambda what: self._step(what, DocumentKind.CLAIM, made[0], entry))

    def _save_claim(self, entry: Any) -> int:
        day = self.ctx.today()  # soon after midnight what was planned for today happened yesterday
        invented = entry["payee"] and entry["payee"] != "周启明"
        payee = f"{entry['payee']}{INVENTED}" if invented else entry["payee"]
        method = PaymentMethod(entry["method"])
        banked = method is PaymentMethod.TRANSFER
        number = len(self.people) * 100 + self.invoices
        claim = SaveClaim(
            lines=tuple(self._line(line) for line in entry["lines"]),
            title=entry["title"],
            payment_method=method,
            cash_reason=entry.get("cash", ""),
            payee=payee,
            payee_bank="岚溪农村商业银行（虚构）" if banked else "",
            payee_account=f"8888 0000 0000 {number:04d}" if banked else "",
            minutes_no=self._minutes(day) if entry.get("minutes") else "",
            procurement_kind=ProcurementKind(entry["kind"]) if entry["kind"] else None,
            record_id=self.records.get(entry.get("record", "")),
        )
        with self._as(entry["who"], "save_claim"):
            saved = services.save_claim(self.ctx, claim)
        lines = tuple((line["text"], _fen(line["yuan"])) for line in entry["lines"])
        if entry.get("invoice") is False:
            if entry.get("file") == "png":
                picture = list_picture(entry["title"], lines, day)
                self._attach(entry["who"], saved.id, "清单.png", picture, EvidenceKind.LIST)
            return saved.id
        self.invoices += 1
        invoice = SampleInvoice(f"26512{self.invoices:015d}", day, payee, self.school, lines)
        pdf = entry.get("file") == "pdf"
        data = invoice_pdf(invoice) if pdf else invoice_xml(invoice)
        name = f"发票{invoice.number[-4:]}.{'pdf' if pdf else 'xml'}"
        evidence = self._attach(entry["who"], saved.id, name, data, None)
        entered = SaveInvoice(
            InvoiceKind.DIGITAL, invoice.number, invoice.total_fen, "", day, payee, evidence_id=evidence
        )
        with self._as(entry["who"], "save_claim"):
            ref = find_ref(self.ctx, DocumentKind.CLAIM, saved.id)
            claim = replace(claim, invoices=(entered,), claim_id=saved.id, version=ref.version)
            return services.save_claim(self.ctx, claim).id

    def _line(self, line: Any) -> SaveLine:
        school = self.classes.get(line["class"]) if line.get("class") else None
        return SaveLine(
            line["text"],
            self.categories[line["category"]],
            _fen(line["yuan"]),
            Subject("training_class", school.id, school.name, school.kind) if school else Subject(),
            self.items.get(line.get("item") or ""),
            vouchers=1,
        )

    def _attach(self, who: str, claim_id: int, name: str, data: bytes, kind: EvidenceKind | None) -> int:
        with self._as(who, "add_evidence"):
            cmd = AddEvidence(EvidenceOwner.CLAIM, claim_id, name, data, kind)
            return services.add_evidence(self.ctx, cmd).id

    # ---------------------------------------------------------------------------------------------- one step
    def _step(self, what: str, kind: DocumentKind, document_id: int, entry: Any) -> None:
        ctx = self.ctx
        signer = {"first": DEPUTY_LEADER, "last": LEADER, "stand_in": DIRECTOR, "return": DEPUTY_LEADER}
        done: object = None
        if what == "submit":
            with self._as(entry["who"], "submit"):
                done = services.submit(ctx, Submit(find_ref(ctx, kind, document_id), DEMO_PASSWORD), hashing=QUICK)
        elif what in signer:
            with self._as(signer[what], "return_document" if what == "return" else "sign"):
                ref = find_ref(ctx, kind, document_id)
                services.open_document(ctx, ref)
                if what == "return":
                    cmd = ReturnDocument(ref, entry["why"], DEMO_PASSWORD)
                    done = services.return_document(ctx, cmd, hashing=QUICK)
                else:
                    batch = SignBatch((SignItem(ref, "同意" if what != "last" else "同意支付"),), DEMO_PASSWORD)
                    done = services.sign(ctx, batch, hashing=QUICK)
        elif what == "mend":
            lines = tuple((line["text"], _fen(line["yuan"])) for line in entry["lines"])
            picture = list_picture("验收单", lines, ctx.today())
            self._attach(entry["who"], document_id, "验收单.png", picture, EvidenceKind.ACCEPTANCE)
        elif what == "withdraw":
            with self._as(entry["who"], "withdraw"):
                services.withdraw(ctx, find_ref(ctx, kind, document_id), "数量填错，改后再报")
        elif what == "void":
            with self._as(entry["who"], "void_claim"):
                cmd_void = VoidClaim(find_ref(ctx, kind, document_id), "与前一张重复填报")
                services.void_claim(ctx, cmd_void)
        else:
            done = self._finish(what, document_id)
        if isinstance(done, SignRefused):
            raise AssertionError(f"{what} {entry['title']}: {done.reason}")

    def _finish(self, what: str, claim_id: int) -> object:
        """What finance does after the last signature."""
        ctx = self.ctx
        if what == "paper":
            self.scan = self.scan or list_picture("已签字的报销审批单（扫描件）", (), ctx.today())
            with self._as(FINANCE, "register_paper"):
                ref = find_ref(ctx, DocumentKind.CLAIM, claim_id)
                cmd = RegisterPaper(ref, (), "已签字审批单.png", self.scan, DEMO_PASSWORD)
                return services.register_paper(ctx, cmd, hashing=QUICK)
        with self._as(FINANCE, "pay_claim"):
            ref = find_ref(ctx, DocumentKind.CLAIM, claim_id)
            services.pay_claim(ctx, PayClaim(ref, ctx.today(), f"记-{ctx.today():%m}-{claim_id:03d}"))
        return None
