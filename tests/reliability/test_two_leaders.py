"""Two people sign at once, or one signs what another is changing: one wins, the other is told who was faster.

``DANGXIAO_LONG=1`` does each fifty times and kills fifty times; the default run does fewer.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError, Conflict, RuleViolation, again_when_busy
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentRef,
    DocumentState,
    ReturnDocument,
    SignBatch,
    Signed,
    SignItem,
    Submit,
)
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod, SaveClaim, SaveLine
from dangxiao_houqin.modules.expenses.models import ClaimLine, SignatureRecord, SigningKey
from dangxiao_houqin.modules.expenses.verification import verify_all
from tests.conftest import OpenUnit
from tests.modules.expenses.signing_school import PASSWORD, QUICK, School, open_school
from tests.reliability import signer

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("DANGXIAO_LONG") == "1"
ROUNDS = 50 if LONG else 6
KILLS = 50 if LONG else 5
NETWORK = 0.003
"""Seconds that a statement to a server is on its way at most: transactions overlap also on few processors."""

pytestmark = pytest.mark.slow

Outcome = Signed | AppError


@pytest.fixture
def school(unit: OpenUnit) -> School:
    """Two leaders in charge (``li``, ``sun``), and everybody has a key."""
    school = open_school(unit, "sun")
    for leader in ("li", "sun"):
        claim = school.claim()
        school.submit(claim)
        school.sign(claim, leader)
        school.sign(claim, "zhao")
    return school


@contextmanager
def desks(db: Database, count: int) -> Iterator[list[School]]:
    """As many computers, each with connections of its own."""
    opened = []
    try:
        for _ in range(count):
            desk = Database(db.url.render_as_string(hide_password=False))
            if not desk.is_sqlite:
                event.listen(desk.engine, "after_cursor_execute", lambda *_: time.sleep(random.uniform(0, NETWORK)))
            opened.append(desk)
        yield [signer.enter(desk) for desk in opened]
    finally:
        for desk in opened:
            desk.close()


def at_once(*works: Callable[[], Signed]) -> list[Outcome]:
    """Do all of them at the same moment; what each came to.  Whatever is not an :class:`AppError` is a bug."""
    start = threading.Barrier(len(works))
    outcomes: list[Outcome | BaseException] = [AssertionError("not run")] * len(works)

    def run(place: int, work: Callable[[], Signed]) -> None:
        start.wait()
        try:
            outcomes[place] = again_when_busy(work)
        except BaseException as error:  # noqa: BLE001 - raised again below
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for outcome in outcomes:
        if not isinstance(outcome, (Signed, AppError)):
            raise AssertionError("a bug, not a sentence") from outcome
    return outcomes  # type: ignore[return-value]


def signing(desk: School, login: str, *refs: DocumentRef, opinion: str = "同意") -> Callable[[], Signed]:
    def work() -> Signed:
        with desk.as_(login) as ctx:
            done = services.sign(ctx, SignBatch(tuple(SignItem(r, opinion) for r in refs), PASSWORD), hashing=QUICK)
        assert isinstance(done, Signed)
        return done

    return work


def clean(school: School) -> int:
    """Nothing is wrong and no number is missing; returns the head."""
    with school.unit("test.verify", read_only=True) as ctx:
        found = verify_all(ctx)
        links = ctx.session.scalar(select(func.count()).select_from(SignatureRecord))
    assert found.flaws == ()
    assert found.head.seq == links == found.links
    return found.head.seq


def told_apart(outcomes: list[Outcome]) -> tuple[int, AppError]:
    """The place of the one who won, and what the other was told."""
    won = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, Signed)]
    assert len(won) == 1, outcomes
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, AppError)]
    assert isinstance(lost, (Conflict, RuleViolation))
    assert re.search(r"[\u4e00-\u9fff].*。$", lost.message)
    return won[0], lost


def test_two_leaders_sign_the_same_claim(school: School, db: Database) -> None:
    names = {"li": "李分管", "sun": "孙代签"}
    winners = set()
    with desks(db, 2) as (one, two):
        for _ in range(ROUNDS):
            claim = school.claim()
            school.submit(claim)
            before = clean(school)
            refs = [school.look(claim, login) for login in names]
            outcomes = at_once(signing(one, "li", refs[0]), signing(two, "sun", refs[1]))
            place, lost = told_apart(outcomes)
            winner = tuple(names)[place]
            assert f"刚由{names[winner]}同意" in lost.message
            assert "签批中" in lost.message
            assert school.state(claim) is DocumentState.SIGNING
            assert clean(school) == before + 1
            winners.add(winner)
    assert winners


def test_one_leader_signs_at_two_desks(school: School, db: Database) -> None:
    with desks(db, 2) as (one, two):
        for _ in range(ROUNDS // 2):
            claim = school.claim()
            school.submit(claim)
            ref = school.look(claim, "li")
            _, lost = told_apart(at_once(signing(one, "li", ref), signing(two, "li", ref)))
            assert "李分管" in lost.message
    clean(school)


def test_one_signs_while_the_other_returns(school: School, db: Database) -> None:
    with desks(db, 2) as (one, two):
        for _ in range(ROUNDS // 2):
            claim = school.claim()
            school.submit(claim)
            signs, returns = school.look(claim, "li"), school.look(claim, "sun")

            def back(ref: DocumentRef = returns) -> Signed:
                with two.as_("sun") as ctx:
                    done = services.return_document(ctx, ReturnDocument(ref, "缺发票", PASSWORD), hashing=QUICK)
                assert isinstance(done, Signed)
                return done

            place, lost = told_apart(at_once(signing(one, "li", signs), back))
            assert ("孙代签退回" if place else "李分管同意") in lost.message
            assert school.state(claim) is (DocumentState.RETURNED if place else DocumentState.SIGNING)
    clean(school)


def test_a_claim_changes_while_it_is_signed(school: School, db: Database) -> None:
    """Withdrawn, made ten times as large, handed in again: the leader never signs what he has not seen."""
    seen_amount = 123_450
    with desks(db, 2) as (leader, applicant):
        for _ in range(ROUNDS):
            claim = school.claim(fen=seen_amount)
            school.submit(claim)
            ref = school.look(claim, "li")

            def swap(ref: DocumentRef = ref) -> Signed:
                with applicant.as_("wang") as ctx:
                    services.withdraw(ctx, ref, "填错了")
                with applicant.unit("test.look", read_only=True) as ctx:
                    category = ctx.session.scalars(
                        select(ClaimLine.category_id).where(ClaimLine.claim_id == ref.id)
                    ).one()
                with applicant.as_("wang") as ctx:
                    saved = services.save_claim(
                        ctx,
                        SaveClaim(
                            claim_id=ref.id,
                            version=applicant.ref(ref.id).version,
                            lines=(SaveLine("虚构的打印机", category, seen_amount * 10, vouchers=1),),
                            title="购买打印机（虚构）",
                            payment_method=PaymentMethod.OFFICIAL_CARD,
                            payee="虚构文具店",
                            minutes_no="会〔2026〕1号",
                        ),
                    )
                handed = DocumentRef(ref.kind, ref.id, saved.version)
                with applicant.as_("wang", confirmed=frozenset({"no_budget", "over_budget"})) as ctx:
                    done = services.submit(ctx, Submit(handed, PASSWORD), hashing=QUICK)
                assert isinstance(done, Signed)
                return done

            outcomes = at_once(signing(leader, "li", ref), swap)
            _, lost = told_apart(outcomes)
            row = school.row(claim)
            if isinstance(outcomes[0], Signed):  # signed as seen; withdrawing came too late
                assert (row.total_fen, row.round, school.state(claim)) == (seen_amount, 1, DocumentState.SIGNING)
                assert "李分管" in lost.message
            else:
                assert (row.total_fen, school.state(claim)) == (seen_amount * 10, DocumentState.SUBMITTED)
                assert row.round == 2
            clean(school)


def test_different_claims_at_once_never_block_each_other(school: School, db: Database) -> None:
    """Two desks empty two overlapping lists in opposite order while a third hands claims in."""
    with desks(db, 3) as (one, two, three):
        for _ in range(max(2, ROUNDS // 5)):
            claims = [school.claim(fen=1_000 + n) for n in range(9)]
            for claim in claims[:6]:
                school.submit(claim)
            before = clean(school)
            li = [school.look(claim, "li") for claim in claims[:3]]
            sun = [school.look(claim, "sun") for claim in reversed(claims[3:6])]
            drafts = [school.ref(claim) for claim in claims[6:]]

            def hand_in(drafts: list[DocumentRef] = drafts) -> Signed:
                for ref in drafts:
                    with three.as_("wang", confirmed=frozenset({"no_budget"})) as ctx:
                        done = services.submit(ctx, Submit(ref, PASSWORD), hashing=QUICK)
                    assert isinstance(done, Signed)
                return done

            outcomes = at_once(signing(one, "li", *li), signing(two, "sun", *sun), hand_in)
            assert all(isinstance(outcome, Signed) for outcome in outcomes), outcomes
            assert clean(school) == before + 9


def test_overlapping_batches_are_all_or_nothing(school: School, db: Database) -> None:
    with desks(db, 2) as (one, two):
        for _ in range(max(2, ROUNDS // 5)):
            claims = [school.claim(fen=1_000 + n) for n in range(4)]
            for claim in claims:
                school.submit(claim)
            li = [school.look(claim, "li") for claim in claims[:3]]
            sun = [school.look(claim, "sun") for claim in reversed(claims[1:])]
            place, _ = told_apart(at_once(signing(one, "li", *li), signing(two, "sun", *sun)))
            signed = {claims[n] for n in ((1, 2, 3) if place else (0, 1, 2))}
            for claim in claims:
                wanted = DocumentState.SIGNING if claim in signed else DocumentState.SUBMITTED
                assert school.state(claim) is wanted
    clean(school)


def test_the_first_signatures_of_all_at_once(unit: OpenUnit, db: Database) -> None:
    """Nobody has a key, the chain is empty: two applicants hand in at the same moment."""
    school = open_school(unit)
    for login in ("zhou", "wu"):
        school.add(login, f"{login}（虚构）", ("经办人",))
    refs = {login: school.ref(school.claim(login)) for login in ("zhou", "wu")}
    with desks(db, 2) as opened:

        def hand_in(desk: School, login: str) -> Callable[[], Signed]:
            def work() -> Signed:
                with desk.as_(login, confirmed=frozenset({"no_budget"})) as ctx:
                    done = services.submit(ctx, Submit(refs[login], PASSWORD), hashing=QUICK)
                assert isinstance(done, Signed)
                return done

            return work

        outcomes = at_once(*(hand_in(desk, login) for desk, login in zip(opened, refs, strict=True)))
    assert all(isinstance(outcome, Signed) for outcome in outcomes), outcomes
    assert clean(school) == 4


def test_one_person_signs_first_at_two_desks(unit: OpenUnit, db: Database) -> None:
    """Two claims, two desks, one leader without a key: he must not end up with two."""
    school = open_school(unit)
    claims = [school.claim(), school.claim()]
    for claim in claims:
        school.submit(claim)
    refs = [school.look(claim, "li") for claim in claims]
    with desks(db, 2) as (one, two):
        outcomes = at_once(signing(one, "li", refs[0]), signing(two, "li", refs[1]))
    assert all(isinstance(outcome, Signed) for outcome in outcomes), outcomes
    clean(school)
    with school.unit("test.look", read_only=True) as ctx:
        mine = (SigningKey.user_id == school.ids["li"]) & SigningKey.retired_at.is_(None)
        assert ctx.session.scalar(select(func.count()).select_from(SigningKey).where(mine)) == 1


# ------------------------------------------------------------------------------------------------------- kill -9
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of POSIX")
def test_a_killed_signer_leaves_all_or_nothing(school: School, db: Database, db_url: str) -> None:
    """A batch of claims, killed at moments spread over its transaction: the chain is whole and goes on."""
    size, kills, length = 8, 0, 0.0
    rng = random.Random()
    for number in range(KILLS + 1):
        waiting = _waiting(school)
        for _ in range(size - len(waiting)):
            claim = school.claim()
            school.submit(claim)
            school.sign(claim, "li")
        waiting = _waiting(school)
        before = clean(school)
        db.close()
        child = _start(db_url)
        began = time.monotonic()
        assert child.stdout is not None
        if number == 0:
            assert child.stdout.readline() == "done\n"
            length = time.monotonic() - began
        else:
            time.sleep(length * 1.1 * (number - 1 + rng.random()) / KILLS)
        child.kill()
        said = number == 0 or child.stdout.read() == "done\n"
        child.wait()
        child.stdout.close()
        open_database(db_url).close()
        states = {school.state(claim) for claim in waiting}
        assert len(states) == 1, f"killed in the middle of {states}"
        after = clean(school)
        assert after == before + (size if states == {DocumentState.APPROVED} else 0)
        if said:
            assert states == {DocumentState.APPROVED}, "a commit that was reported is gone"
        kills += states != {DocumentState.APPROVED}
    assert kills, "no kill came before the commit"
    school.sign(school_claim := _one_more(school), "zhao")
    assert school.row(school_claim).number
    clean(school)


def _one_more(school: School) -> int:
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "li")
    return claim


def _waiting(school: School) -> list[int]:
    from dangxiao_houqin.modules.expenses.models import ExpenseClaim

    with school.unit("test.look", read_only=True) as ctx:
        return list(ctx.session.scalars(select(ExpenseClaim.id).where(ExpenseClaim.state == "signing")))


def _start(url: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.signer", url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child
