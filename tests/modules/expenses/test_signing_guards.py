"""Ways round a signature that somebody would try: twice, unseen, for oneself, by a stand-in of the wrong day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.attachments import attach
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import Conflict, InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    DocumentState,
    PaperSignature,
    SaveChain,
    SaveChainStep,
    SaveStandIn,
    SignBatch,
    Signed,
    SigningRules,
    SignItem,
    Who,
)
from dangxiao_houqin.modules.expenses.jobs import remind_signers
from dangxiao_houqin.modules.expenses.models import SignatureRecord, SignedContent
from dangxiao_houqin.modules.expenses.printouts import load_signing_ledger
from dangxiao_houqin.modules.expenses.queries.approval import count_waiting, list_waiting
from dangxiao_houqin.modules.expenses.verification import verify_all
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from tests.modules.expenses.signing_school import PASSWORD, QUICK, School, Unit, open_school
from tests.modules.expenses.tampering import disarm, put


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _person(school: School, title: str, login: str) -> SaveChainStep:
    return SaveChainStep(title, Who.PERSON, user_id=school.ids[login])


def _chain(school: School, *steps: SaveChainStep) -> None:
    with school.unit("test.chain") as ctx:
        cmd = SaveChain(DocumentKind.CLAIM, "长链", ctx.today(), None, (SaveChainStep("经办人", Who.APPLICANT), *steps))
        services.save_chain(ctx, cmd)


def _stand_in(school: School, principal: str, deputy: str, **more: int | None) -> None:
    with school.unit("test.stand_in") as ctx:
        day = ctx.today()
        cmd = SaveStandIn(school.ids[principal], school.ids[deputy], day, day + timedelta(days=5), **more)
        services.save_stand_in(ctx, cmd)


def test_reply_lost_after_a_signature_does_not_give_the_next_one(school: School) -> None:
    """The same request again: somebody who holds two steps in a row has signed the first and not the second."""
    school.add("sun")
    _chain(
        school, _person(school, "部门负责人", "sun"), _person(school, "分管领导", "li"), _person(school, "校长", "li")
    )
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "sun")
    ref = school.look(claim, "li")
    request = SignBatch((SignItem(ref),), PASSWORD)
    with school.as_("li") as ctx:
        services.sign(ctx, request, hashing=QUICK)
    with pytest.raises(Conflict, match="李分管同意"), school.as_("li") as ctx:
        services.sign(ctx, request, hashing=QUICK)
    assert school.state(claim) is DocumentState.SIGNING


def test_who_looked_before_the_last_signature_looks_again(school: School) -> None:
    school.add("sun")
    _chain(
        school, _person(school, "部门负责人", "sun"), _person(school, "分管领导", "li"), _person(school, "校长", "zhao")
    )
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "sun")
    seen = school.look(claim, "zhao")
    school.sign(claim, "li", "同意，但下不为例")
    with pytest.raises(Conflict), school.as_("zhao") as ctx:
        services.sign(ctx, SignBatch((SignItem(seen),), PASSWORD), hashing=QUICK)
    now = school.ref(claim)
    with pytest.raises(RuleViolation, match="还没有打开"), school.as_("zhao") as ctx:
        services.sign(ctx, SignBatch((SignItem(now),), PASSWORD), hashing=QUICK)
    school.sign(claim, "zhao")
    assert school.state(claim) is DocumentState.APPROVED


def test_one_document_twice_in_a_batch_is_refused(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    ref = school.look(claim, "li")
    with pytest.raises(InvalidInput, match="选了两次"), school.as_("li") as ctx:
        services.sign(ctx, SignBatch((SignItem(ref), SignItem(ref, "再次同意")), PASSWORD), hashing=QUICK)
    assert school.state(claim) is DocumentState.SUBMITTED


def test_nobody_signs_for_the_applicant_while_others_hold_the_step(school: School, clock: FixedClock) -> None:
    """Two leaders in charge: the stand-in of the one who claims the money waits for the other one."""
    school.add("sun")  # a second leader in charge, who also fills in claims
    school.add("deputy", "周代签", ("领导（只看）",))
    with school.unit("test.role") as ctx:
        role = ctx.add(Role(name="只签", permissions=["expenses.sign"], builtin=False))
        ctx.session.get_one(UserAccount, school.ids["deputy"]).roles = [role]
    _stand_in(school, "sun", "deputy")
    claim = school.claim("sun")
    school.submit(claim, "sun")
    with school.as_("deputy", read_only=True) as ctx:
        assert count_waiting(ctx) == 0
    with pytest.raises(PermissionDenied, match="不能签"):
        school.sign(claim, "deputy")
    school.sign(claim, "li")
    with school.unit("test.gone") as ctx:  # now he alone is left: his stand-in signs, and the step says why
        ctx.session.get_one(UserAccount, school.ids["li"]).active = False
    other = school.claim("sun")
    school.submit(other, "sun")
    with school.as_("deputy", read_only=True) as ctx:
        (row,) = list_waiting(ctx, ListQuery()).rows
        assert (row.id, row.on_behalf_of, count_waiting(ctx)) == (other, "孙代签", 1)
    clock.advance(timedelta(days=5))
    with school.unit("test.job") as ctx:
        remind_signers(ctx)
        items = ctx.session.scalars(select(InboxItem).where(InboxItem.user_id == school.ids["deputy"])).all()
        assert [("代签" in item.kind, "已等" in item.text) for item in items] == [(True, True)]
    school.sign(other, "deputy")
    with school.unit("test.verify", read_only=True) as ctx:
        assert verify_all(ctx).flaws == ()


def test_stand_in_who_cannot_sign_is_none(school: School) -> None:
    """A claim would wait for ever for a deputy without the right to sign: it goes up instead."""
    school.add("clerk", "吴文员", ("经办人",))
    _stand_in(school, "li", "clerk")
    with school.unit("test.role") as ctx:
        school.give(ctx, "li", "经办人")
    claim = school.claim("li")
    school.submit(claim, "li")
    school.sign(claim, "zhao")
    school.sign(claim, "zhao")
    assert school.state(claim) is DocumentState.APPROVED


def test_second_stand_in_covers_what_the_first_does_not(school: School) -> None:
    school.add("deputy", "周代签", ("领导（只看）",))
    with school.unit("test.role") as ctx:
        role = ctx.add(Role(name="只签", permissions=["expenses.sign"], builtin=False))
        ctx.session.get_one(UserAccount, school.ids["deputy"]).roles = [role]
    _stand_in(school, "li", "deputy", limit_fen=100)
    _stand_in(school, "li", "deputy", limit_fen=None)
    claim = school.claim()
    school.submit(claim)
    assert isinstance(school.sign(claim, "deputy"), Signed)


def test_one_stand_in_does_not_sign_two_steps_where_two_people_must(school: School) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(same_person="pass_up"))
    _stand_in(school, "zhao", "li")
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "li")
    with pytest.raises(PermissionDenied, match="由别人签"):
        school.sign(claim, "li")
    school.sign(claim, "zhao")
    assert school.state(claim) is DocumentState.APPROVED


def test_paper_counts_on_the_day_it_was_signed(school: School, clock: FixedClock) -> None:
    """A stand-in signed within his days, the clerk registers the paper later; one signed too late stays refused."""
    school.add("deputy", "周代签", ("领导（只看）",))
    with school.unit("test.role") as ctx:
        role = ctx.add(Role(name="只签", permissions=["expenses.sign"], builtin=False))
        ctx.session.get_one(UserAccount, school.ids["deputy"]).roles = [role]
    _stand_in(school, "li", "deputy")
    claim = school.claim()
    school.submit(claim)
    clock.advance(timedelta(days=9))
    today = clock.today()
    late = PaperSignature(1, school.ids["deputy"], today - timedelta(days=2))
    with pytest.raises(PermissionDenied):
        school.paper(claim, late)
    school.paper(claim, PaperSignature(1, school.ids["deputy"], today - timedelta(days=5)))
    assert school.state(claim) is DocumentState.SIGNING


def test_nobody_registers_paper_for_his_own_document_whatever_the_rules(school: School) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(separate_duties=False))
        school.give(ctx, "qian", "经办人")
    claim = school.claim("qian")
    school.submit(claim, "qian")
    signature = PaperSignature(1, school.ids["li"], school.row(claim).filled_on)
    with pytest.raises(RuleViolation, match="自己的单据"):
        school.paper(claim, signature)


@pytest.mark.postgres_only
def test_overlapping_batches_and_first_keys_do_not_block_each_other(school: School) -> None:
    """Who holds one document and wants the chain never meets who holds the chain and wants the document."""
    with school.unit("test.role") as ctx:
        school.give(ctx, "zhao", "分管领导")
    for _ in range(3):
        claims = [school.claim(fen=fen) for fen in (1_00, 2_00, 3_00)]
        for claim in claims:
            school.submit(claim)
        batches = {
            "li": SignBatch(tuple(SignItem(school.look(claim, "li")) for claim in claims), PASSWORD),
            "zhao": SignBatch((SignItem(school.look(claims[1], "zhao")),), PASSWORD),
        }
        start = Barrier(2)

        def sign(login: str, batches: dict[str, SignBatch] = batches, start: Barrier = start) -> str:
            try:
                with school.as_(login) as ctx:
                    start.wait(10)
                    services.sign(ctx, batches[login], hashing=QUICK)
            except Conflict as error:
                return type(error).__name__
            return "signed"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(sign, batches)) == ["Conflict", "signed"]  # and never Busy
    with school.unit("test.verify", read_only=True) as ctx:
        assert verify_all(ctx).flaws == ()


@pytest.mark.postgres_only
def test_first_of_a_year_same_file_and_same_look_at_once(school: School) -> None:
    """What two desks insert under one key at once is there once, and nobody is told of a broken constraint."""
    claim = school.claim()
    school.submit(claim)
    ref = school.ref(claim)
    start = Barrier(2)

    def work(desk: int) -> int:
        with school.as_("li") as ctx:
            start.wait(10)
            services.open_document(ctx, ref)
            attach(ctx, f"{desk}.pdf", b"%PDF-1.4 the same invented file")
            return ctx.next_number("expenses.claim", "2099")

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, (1, 2))) == [1, 2]


@pytest.mark.postgres_only
def test_signatures_given_while_the_chain_is_verified_are_no_flaws(school: School) -> None:
    """Verification takes its time and the desks work on: it looks at one moment."""
    first, second = school.claim(), school.claim()
    school.submit(first)
    seen: list[str] = []

    def meanwhile(_: float, text: str) -> None:
        if not seen:
            school.sign(first, "li")
            school.submit(second)
        elif text.endswith("审批单"):
            school.submit(school.claim())
        seen.append(text)

    with school.unit("test.verify", read_only=True, progress=meanwhile) as ctx:
        found = verify_all(ctx)
    assert len(seen) > 2
    assert found.flaws == ()
    with school.unit("test.verify", read_only=True) as ctx:
        again = verify_all(ctx)
    assert again.flaws == ()
    assert again.links > found.links


def test_the_ledger_opens_with_links_that_nobody_can_read(school: School, clock: FixedClock) -> None:
    claim = school.approved()
    with school.unit("test.attack") as ctx:
        disarm(ctx)
        put(ctx, SignatureRecord, {"message": "不是签名"}, SignatureRecord.position == 1)
        put(ctx, SignedContent, {"text": "[1]"})
    with school.as_("qian", read_only=True) as ctx:
        ledger = load_signing_ledger(ctx, clock.today())
    assert [line.step for line in ledger.lines if line.step == "签名记录已损坏"] == ["签名记录已损坏"]
    assert any(school.row(claim).number in line.number for line in ledger.lines)
    assert len(ledger.flaws) >= 2
