"""From draft to approval and back: every move, every refusal, every stand-in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import AppError, Conflict, InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    MOVES,
    DocumentKind,
    DocumentState,
    Move,
    PaperSignature,
    SaveStandIn,
    SignAction,
    SignBatch,
    Signed,
    SigningRules,
    SignItem,
    SignRefused,
    StepState,
)
from dangxiao_houqin.modules.expenses.domain.claims import VoidClaim
from dangxiao_houqin.modules.expenses.queries.approval import chain_head, count_waiting, list_marks, list_waiting
from dangxiao_houqin.modules.expenses.services.claims import void_claim
from dangxiao_houqin.modules.expenses.verification import find_link, verify_all, verify_document
from tests.modules.expenses.signing_school import PASSWORD, QUICK, School, Unit, open_school


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _rules(school: School, **values: object) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(**values))  # type: ignore[arg-type]


def _clean(school: School) -> None:
    with school.unit("test.verify", read_only=True) as ctx:
        found = verify_all(ctx)
    assert found.flaws == ()


# ------------------------------------------------------------------------------------------------------ the way
def test_three_signatures_give_the_number(school: School) -> None:
    claim = school.claim()
    assert school.state(claim) is DocumentState.DRAFT
    assert isinstance(school.submit(claim), Signed)
    assert school.state(claim) is DocumentState.SUBMITTED
    assert isinstance(school.sign(claim, "li"), Signed)
    assert school.state(claim) is DocumentState.SIGNING
    assert school.row(claim).number is None
    last = school.sign(claim, "zhao", "同意支付")
    assert school.state(claim) is DocumentState.APPROVED
    assert school.row(claim).number == "BX-2026-00001"
    with school.unit("test.look", read_only=True) as ctx:
        marks = list_marks(ctx, DocumentKind.CLAIM, claim)
        head = chain_head(ctx)
    assert isinstance(last, Signed)
    assert [(m.title, m.signer, m.opinion) for m in marks] == [
        ("经办人", "王经办", ""),
        ("分管领导", "李分管", "同意"),
        ("主要领导", "赵主要", "同意支付"),
    ]
    assert (head.seq, head.check_code) == (last.head_seq, last.check_code)
    assert head.seq == 6  # three keys, three signatures
    _clean(school)


def test_waiting_list_follows_the_turn(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    for login, waits in (("wang", 0), ("li", 1), ("zhao", 0), ("qian", 0)):
        with school.as_(login, read_only=True) as ctx:
            assert count_waiting(ctx) == waits
    school.look(claim, "li")
    with school.as_("li", read_only=True) as ctx:
        (row,) = list_waiting(ctx, ListQuery()).rows
        assert (row.id, row.step_title, row.opened, row.on_behalf_of) == (claim, "分管领导", True, "")
    school.sign(claim, "li")
    with school.as_("zhao", read_only=True) as ctx:
        (row,) = list_waiting(ctx, ListQuery()).rows
        assert not row.opened


def test_wrong_password_counts_and_changes_nothing(school: School) -> None:
    claim = school.claim()
    for left in (4, 3, 2, 1):
        refused = school.submit(claim, password="falsch99")
        assert isinstance(refused, SignRefused)
        assert ("再错" in refused.reason) == (left <= 2)
    locked = school.submit(claim, password="falsch99")
    assert isinstance(locked, SignRefused)
    assert "锁定" in locked.reason
    right = school.submit(claim)
    assert isinstance(right, SignRefused)
    assert school.state(claim) is DocumentState.DRAFT
    with school.unit("test.look", read_only=True) as ctx:
        assert chain_head(ctx).seq == 0


def test_returned_claim_starts_anew_and_keeps_its_history(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "li")
    school.send_back(claim, "zhao", "发票抬头不对")
    assert school.state(claim) is DocumentState.RETURNED
    assert school.row(claim).returned_reason == "发票抬头不对"
    _clean(school)
    school.submit(claim)
    with school.unit("test.look", read_only=True) as ctx:
        marks = list_marks(ctx, DocumentKind.CLAIM, claim)
    assert [(m.round, m.title, m.state, m.void) for m in marks] == [
        (1, "经办人", StepState.SIGNED, True),
        (1, "分管领导", StepState.SIGNED, True),
        (1, "主要领导", StepState.VOID, True),
        (1, "主要领导", StepState.SIGNED, True),
        (2, "经办人", StepState.SIGNED, False),
        (2, "分管领导", StepState.WAITING, False),
        (2, "主要领导", StepState.WAITING, False),
    ]
    assert marks[3].action is SignAction.RETURN
    school.sign(claim, "li")
    school.sign(claim, "zhao")
    _clean(school)


def test_return_needs_a_reason(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    with pytest.raises(InvalidInput, match="理由"):
        school.send_back(claim, "li", "  ")


def test_withdrawn_by_the_applicant_only(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "li")
    with pytest.raises(PermissionDenied):
        school.withdraw(claim, "li")
    school.withdraw(claim)
    assert school.state(claim) is DocumentState.WITHDRAWN
    with school.as_("zhao", read_only=True) as ctx:
        assert count_waiting(ctx) == 0
    _clean(school)
    school.submit(claim)
    _clean(school)


# ---------------------------------------------------------------------------------------------------- refusals
def test_every_move_that_is_not_in_the_table_is_refused(school: School) -> None:
    """Bring a claim into each state and try every move."""
    done: set[tuple[DocumentState, str]] = set()

    def into(state: DocumentState) -> int:
        claim = school.claim()
        if state is DocumentState.DRAFT:
            return claim
        if state is DocumentState.VOIDED:
            with school.as_("wang") as ctx:
                void_claim(ctx, VoidClaim(school.ref(claim), "不报了"))
            return claim
        school.submit(claim)
        if state is DocumentState.RETURNED:
            school.send_back(claim, "li")
        elif state is DocumentState.WITHDRAWN:
            school.withdraw(claim)
        elif state is DocumentState.SIGNING:
            school.sign(claim, "li")
        elif state is DocumentState.APPROVED:
            school.sign(claim, "li")
            school.sign(claim, "zhao")
        return claim

    for state in DocumentState:
        if state is DocumentState.PAID:
            continue
        for name, step in (
            ("submit", lambda c: school.submit(c)),
            ("sign", lambda c: school.sign(c, "li" if school.state(c) is not DocumentState.SIGNING else "zhao")),
            ("return", lambda c: school.send_back(c, "li" if school.state(c) is not DocumentState.SIGNING else "zhao")),
            ("withdraw", lambda c: school.withdraw(c)),
        ):
            claim = into(state)
            before = school.row(claim)
            allowed = (state, Move(name)) in MOVES
            if allowed:
                step(claim)
                assert school.state(claim) is not DocumentState.DRAFT
            else:
                with pytest.raises(AppError):
                    step(claim)
                assert (school.state(claim), school.row(claim).version) == (state, before.version)
            done.add((state, name))
    assert len(done) == 28
    _clean(school)


def test_signing_out_of_turn_unopened_or_by_a_stranger(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    with pytest.raises(PermissionDenied, match="轮到“分管领导”"):
        school.sign(claim, "zhao")
    with pytest.raises(PermissionDenied):
        school.sign(claim, "qian")  # has no right to sign at all
    with pytest.raises(RuleViolation, match="没有打开"), school.as_("li") as ctx:
        services.sign(ctx, SignBatch((SignItem(school.ref(claim)),), PASSWORD), hashing=QUICK)
    with pytest.raises(InvalidInput), school.as_("li") as ctx:
        services.sign(ctx, SignBatch((), PASSWORD), hashing=QUICK)


def test_applicant_never_signs_his_own(school: School) -> None:
    """A leader's own claim goes up past his step; the last step is refused unless somebody stands in."""
    with school.unit("test.roles") as ctx:
        school.give(ctx, "li", "经办人")
        school.give(ctx, "zhao", "经办人")
    own = school.claim("li")
    school.submit(own, "li")
    with pytest.raises(PermissionDenied, match="不能批自己的"):
        school.sign(own, "li")
    with school.unit("test.look", read_only=True) as ctx:
        marks = list_marks(ctx, DocumentKind.CLAIM, own)
    assert [(m.title, m.who_text, m.reason) for m in marks[1:]] == [
        ("分管领导", "主要领导", "经办人即“分管领导”，交“主要领导”签"),
        ("主要领导", "主要领导", ""),
    ]
    school.sign(own, "zhao")
    school.sign(own, "zhao")
    assert school.state(own) is DocumentState.APPROVED
    top = school.claim("zhao")
    with pytest.raises(RuleViolation, match="授权代签"):
        school.submit(top, "zhao")
    _stand_in(school, "zhao", "li")
    school.submit(top, "zhao")
    school.sign(top, "li")
    school.sign(top, "li")
    with school.unit("test.look", read_only=True) as ctx:
        last = list_marks(ctx, DocumentKind.CLAIM, top)[-1]
    assert (last.signer, last.on_behalf_of) == ("李分管", "赵主要")
    _clean(school)


def _stand_in(school: School, principal: str, deputy: str, **more: object) -> int:
    today = date(2026, 3, 2)
    values = {"from_day": today, "until_day": today + timedelta(days=5), **more}
    with school.unit("test.stand_in") as ctx:
        return services.save_stand_in(ctx, SaveStandIn(school.ids[principal], school.ids[deputy], **values))  # type: ignore[arg-type]


def test_stand_in_counts_between_his_days_up_to_his_limit(school: School, clock: FixedClock) -> None:
    school.add("sun", roles=("主要领导",))  # has the right, but another role
    with school.unit("test.roles") as ctx:
        from dangxiao_houqin.modules.organization.models import Role, UserAccount

        user = ctx.session.get_one(UserAccount, school.ids["sun"])
        user.roles = []
        role = ctx.add(Role(name="只签", permissions=["expenses.sign"], builtin=False))
        user.roles.append(role)
    stand_in = _stand_in(school, "li", "sun", limit_fen=200_000, document="授权〔2026〕1号")
    small, large = school.claim(fen=200_000), school.claim(fen=200_001)
    school.submit(small)
    school.submit(large)
    with school.as_("sun", read_only=True) as ctx:
        (row,) = list_waiting(ctx, ListQuery()).rows
        assert (row.id, row.on_behalf_of) == (small, "李分管")
    with pytest.raises(PermissionDenied, match="限额"):
        school.sign(large, "sun")
    school.sign(small, "sun")
    with school.unit("test.look", read_only=True) as ctx:
        mark = list_marks(ctx, DocumentKind.CLAIM, small)[1]
    assert (mark.signer, mark.on_behalf_of) == ("孙代签", "李分管")
    third = school.claim()
    school.submit(third)
    clock.advance(timedelta(days=6))
    with pytest.raises(PermissionDenied):
        school.sign(third, "sun")
    clock.advance(timedelta(days=-6))
    with school.unit("test.revoke") as ctx:
        services.revoke_stand_in(ctx, stand_in, 1, "回来了")
    with pytest.raises(PermissionDenied):
        school.sign(third, "sun")
    _clean(school)


def test_no_signer_is_refused_with_what_to_do(school: School) -> None:
    with school.unit("test.gone") as ctx:
        from dangxiao_houqin.modules.organization.models import UserAccount

        ctx.session.get_one(UserAccount, school.ids["zhao"]).active = False
    claim = school.claim()
    with pytest.raises(RuleViolation, match="“主要领导”一步现在没有人能签"):
        school.submit(claim)


@pytest.mark.parametrize("rule", ("twice", "skip", "pass_up"))
def test_same_person_at_two_steps(school: School, rule: str) -> None:
    _rules(school, same_person=rule)
    with school.unit("test.one_leader") as ctx:
        from dangxiao_houqin.modules.organization.models import UserAccount

        ctx.session.get_one(UserAccount, school.ids["zhao"]).active = False
        school.give(ctx, "li", "主要领导")
    claim = school.claim()
    if rule == "pass_up":
        with pytest.raises(RuleViolation, match="上一级"):
            school.submit(claim)
        return
    school.submit(claim)
    school.sign(claim, "li")
    if rule == "twice":
        assert school.state(claim) is DocumentState.SIGNING
        school.sign(claim, "li")
    assert school.state(claim) is DocumentState.APPROVED
    _clean(school)


def test_one_of_two_holders_signs_once_where_once_is_enough(school: School) -> None:
    """Both could sign both steps: who signs the first is not asked again under ``skip``; under ``pass_up`` the other
    must."""
    _rules(school, same_person="skip")
    with school.unit("test.roles") as ctx:
        school.give(ctx, "li", "主要领导")
        school.give(ctx, "zhao", "分管领导")
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "zhao")
    assert school.state(claim) is DocumentState.APPROVED
    with school.unit("test.look", read_only=True) as ctx:
        assert list_marks(ctx, DocumentKind.CLAIM, claim)[-1].state is StepState.SKIPPED
    _clean(school)
    _rules(school, same_person="pass_up")
    other = school.claim()
    school.submit(other)
    school.sign(other, "zhao")
    with pytest.raises(PermissionDenied, match="由别人签"):
        school.sign(other, "zhao")
    school.sign(other, "li")
    assert school.state(other) is DocumentState.APPROVED
    _clean(school)


# ------------------------------------------------------------------------------------------------------- paper
def test_paper_signatures_are_registered_with_the_scan(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    today = date(2026, 3, 2)
    with pytest.raises(InvalidInput, match="按顺序"):
        school.paper(claim, PaperSignature(2, school.ids["zhao"], today))
    with pytest.raises(InvalidInput, match="晚于今天"):
        school.paper(claim, PaperSignature(1, school.ids["li"], today + timedelta(days=1)))
    with pytest.raises(PermissionDenied):
        school.paper(claim, PaperSignature(1, school.ids["qian"], today))
    school.paper(claim, PaperSignature(1, school.ids["li"], today), PaperSignature(2, school.ids["zhao"], today, "准"))
    row = school.row(claim)
    assert (row.state, row.number) == ("approved", "BX-2026-00001")
    assert row.signed_paper_at is not None
    with school.unit("test.look", read_only=True) as ctx:
        marks = list_marks(ctx, DocumentKind.CLAIM, claim)
    assert [(m.signer, m.registered_by, m.paper, m.signed_on) for m in marks[1:]] == [
        ("李分管", "钱财务", True, today),
        ("赵主要", "钱财务", True, today),
    ]
    _clean(school)


def test_scan_is_added_to_an_approved_claim(school: School) -> None:
    claim = school.approved()
    assert school.row(claim).signed_paper_at is None
    school.paper(claim)
    assert school.row(claim).signed_paper_at is not None
    _clean(school)


def test_applicant_does_not_register_his_own_paper(school: School) -> None:
    with school.unit("test.roles") as ctx:
        school.give(ctx, "qian", "经办人")
    claim = school.claim("qian")
    school.submit(claim, "qian")
    with pytest.raises(RuleViolation, match="经办人不能"):
        school.paper(claim, PaperSignature(1, school.ids["li"], date(2026, 3, 2)))
    _rules(school, wet_signature="off")
    with pytest.raises(RuleViolation, match="电子签批"):
        school.paper(claim)


# --------------------------------------------------------------------------------------------------- two at once
def test_second_signer_of_the_same_version_is_told_who_was_first(school: School) -> None:
    school.add("sun")
    claim = school.claim()
    school.submit(claim)
    seen = school.look(claim, "sun")
    school.sign(claim, "li")
    with pytest.raises(Conflict, match="李分管"), school.as_("sun") as ctx:
        services.sign(ctx, SignBatch((SignItem(seen),), PASSWORD), hashing=QUICK)


def test_batch_is_all_or_nothing(school: School) -> None:
    first, second = school.claim(), school.claim()
    school.submit(first)
    school.submit(second)
    items = (SignItem(school.look(first, "li")), SignItem(school.ref(second)))
    with pytest.raises(RuleViolation), school.as_("li") as ctx:
        services.sign(ctx, SignBatch(items, PASSWORD), hashing=QUICK)
    assert school.state(first) is DocumentState.SUBMITTED
    items = (items[0], SignItem(school.look(second, "li")))
    with school.as_("li") as ctx:
        services.sign(ctx, SignBatch(items, PASSWORD), hashing=QUICK)
    assert {school.state(first), school.state(second)} == {DocumentState.SIGNING}
    _clean(school)


# --------------------------------------------------------------------------------------------------------- keys
def test_changed_password_keeps_the_key_and_a_reset_one_gets_a_new(school: School) -> None:
    from dangxiao_houqin.modules.organization.api import ChangePassword, change_password
    from dangxiao_houqin.modules.organization.services import reset_password

    first = school.claim()
    school.submit(first)
    school.sign(first, "li")
    with school.as_("li") as ctx:
        change_password(ctx, ChangePassword(PASSWORD, "Bb654321"), hashing=QUICK)
    second = school.claim()
    school.submit(second)
    assert isinstance(school.sign(second, "li"), SignRefused)
    assert isinstance(school.sign(second, "li", password="Bb654321"), Signed)
    with school.unit("test.reset") as ctx:
        from dangxiao_houqin.modules.organization.models import UserAccount

        user = ctx.session.get_one(UserAccount, school.ids["li"])
        reset_password(ctx, user.id, user.version, "Cc111222", hashing=QUICK)
    with school.as_("li") as ctx:
        change_password(ctx, ChangePassword("Cc111222", "Dd333444"), hashing=QUICK)
    third = school.claim()
    school.submit(third)
    assert isinstance(school.sign(third, "li", password="Dd333444"), Signed)
    with school.unit("test.keys", read_only=True) as ctx:
        from dangxiao_houqin.modules.expenses.queries.chains import list_keys

        keys = [k for k in list_keys(ctx, ListQuery()).rows if k.user == "李分管"]
    assert [(k.retired_at is None, k.signatures) for k in keys] == [(True, 2), (False, 3)]
    _clean(school)


def test_printed_head_is_found_or_missed(school: School) -> None:
    claim = school.approved()
    with school.unit("test.head", read_only=True) as ctx:
        head = chain_head(ctx)
        assert find_link(ctx, head.seq, head.check_code.lower().replace("-", " ")) is None
        assert find_link(ctx, head.seq + 1, head.check_code) is not None
        wrong = find_link(ctx, head.seq - 1, head.check_code)
        assert wrong is not None
        assert wrong.field == "校验码"
        assert verify_document(ctx, DocumentKind.CLAIM, claim) == ()
