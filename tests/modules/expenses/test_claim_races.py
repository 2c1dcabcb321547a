"""Two desks at the same moment: the same invoice, the last of a budget, the same form."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from dangxiao_houqin.core.errors import AppError, Conflict, RuleViolation
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, Submit
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EvidenceOwner,
    InvoiceKind,
    PayClaim,
    SaveClaim,
    SaveInvoice,
)
from dangxiao_houqin.modules.expenses.queries.claims import get_claim
from tests.modules.expenses.fund_school import budget
from tests.modules.expenses.signing_school import PASSWORD, QUICK, SCAN, School, Unit, open_school


@pytest.fixture
def school(unit: Unit) -> School:
    found = open_school(unit)
    found.add("sun")
    return found


def _at_once(*steps: Callable[[], object]) -> list[AppError | None]:
    """Every step in a thread of its own, begun together; what each was refused with."""
    gate = threading.Barrier(len(steps))

    def run(step: Callable[[], object]) -> AppError | None:
        gate.wait(10)
        try:
            step()
        except AppError as error:
            return error
        return None

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def _losers(outcomes: Sequence[AppError | None]) -> list[AppError]:
    return [outcome for outcome in outcomes if outcome is not None]


def test_one_invoice_goes_to_one_desk(school: School) -> None:
    actors = {login: school.actor(login) for login in ("wang", "sun")}

    def save(login: str, number: str) -> None:
        with school.unit("expenses.save_claim", actor=actors[login]) as ctx:
            services.save_claim(ctx, SaveClaim(invoices=(SaveInvoice(InvoiceKind.DIGITAL, number, 100),)))

    for turn in range(5):
        number = f"2653{turn:016d}"
        outcomes = _at_once(lambda n=number: save("wang", n), lambda n=number: save("sun", n))  # type: ignore[misc]
        (loser,) = _losers(outcomes)
        assert isinstance(loser, RuleViolation | Conflict)
        assert "发票" in loser.message


def test_the_last_of_a_budget_goes_to_one_claim(school: School) -> None:
    with school.unit("test.budget") as ctx:
        budget(ctx, "30201", 100)
    claims = {login: school.claim(login, fen=60) for login in ("wang", "sun")}
    for login, claim in claims.items():  # both have their keys already
        with school.as_(login) as ctx:
            get_claim(ctx, claim)

    def hand_in(login: str) -> None:
        ref = school.ref(claims[login])
        with school.as_(login, "expenses.submit") as ctx:
            services.submit(ctx, Submit(ref, PASSWORD), hashing=QUICK)

    (loser,) = _losers(_at_once(lambda: hand_in("wang"), lambda: hand_in("sun")))
    assert isinstance(loser, RuleViolation)
    assert "预算余额 ¥0.40" in loser.message
    assert sorted(school.state(claim) for claim in claims.values()) == [DocumentState.DRAFT, DocumentState.SUBMITTED]


def test_one_form_saved_twice(school: School) -> None:
    claim = school.claim()
    version = school.ref(claim).version
    actor = school.actor("wang")

    def save(title: str) -> None:
        with school.unit("expenses.save_claim", actor=actor) as ctx:
            services.save_claim(ctx, SaveClaim(title=title, claim_id=claim, version=version))

    (loser,) = _losers(_at_once(lambda: save("甲"), lambda: save("乙")))
    assert isinstance(loser, Conflict)
    assert school.row(claim).title in ("甲", "乙")


def test_a_paper_added_while_it_is_handed_in(school: School) -> None:
    """Either it is part of what was signed, or it was too late: never beside a signed claim unsigned."""
    claim = school.claim()
    ref = school.ref(claim)

    def add() -> None:
        with school.as_("wang") as ctx:
            services.add_evidence(ctx, AddEvidence(EvidenceOwner.CLAIM, claim, "清单.pdf", SCAN))

    def hand_in() -> None:
        with school.as_("wang", confirmed=frozenset({"no_budget"})) as ctx:
            services.submit(ctx, Submit(ref, PASSWORD), hashing=QUICK)

    outcomes = _at_once(add, hand_in)
    assert outcomes[1] is None
    assert outcomes[0] is None or "内容不能再改" in outcomes[0].message
    with school.as_("wang", read_only=True) as ctx:
        view = get_claim(ctx, claim)
    assert view.flaws == ()
    assert len(view.evidence) == (1 if outcomes[0] is None else 0)


def test_a_claim_is_paid_once(school: School) -> None:
    claim = school.approved()
    school.paper(claim)
    ref, actor = school.ref(claim), school.actor("qian")

    def pay(voucher: str) -> None:
        with school.unit("expenses.pay_claim", actor=actor) as ctx:
            services.pay_claim(ctx, PayClaim(ref, school.row(claim).filled_on, voucher))

    (loser,) = _losers(_at_once(lambda: pay("记-1"), lambda: pay("记-2")))
    assert isinstance(loser, Conflict)
    assert school.state(claim) is DocumentState.PAID
