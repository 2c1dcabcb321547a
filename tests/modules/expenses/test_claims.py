"""Claims as they are filled in: saving, invoices used once, copying, deleting, voiding, who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import AppError, Conflict, InvalidInput, NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import (
    MAX_FEN,
    ClaimAction,
    DraftClaim,
    ExpenseRules,
    InvoiceKind,
    PaymentMethod,
    SaveClaim,
    SavedClaim,
    SaveInvoice,
    SaveLine,
    VoidClaim,
)
from dangxiao_houqin.modules.expenses.invoice_keys import identify
from dangxiao_houqin.modules.expenses.models import ClaimLine, Invoice
from dangxiao_houqin.modules.expenses.queries.claims import (
    check_claim,
    find_claims,
    find_invoice_use,
    get_claim,
    get_claim_form,
    list_claims,
    list_payees,
    search_subjects,
)
from tests.modules.expenses.fund_school import category
from tests.modules.expenses.signing_school import School, Unit, open_school

DIGITAL = "2653000000000001234"


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _paper(school: School) -> int:
    with school.unit("test.categories") as ctx:
        return category(ctx, "30201")


def _line(school: School, fen: int = 10_000, **more: object) -> SaveLine:
    return SaveLine("虚构的打印纸", _paper(school), fen, **more)  # type: ignore[arg-type]


def _save(school: School, *invoices: SaveInvoice, login: str = "wang", **more: object) -> SavedClaim:
    values: dict[str, object] = {"lines": (_line(school),), "title": "虚构的报销", "payee": "虚构文具店"}
    with school.as_(login, "expenses.save_claim") as ctx:
        return services.save_claim(ctx, SaveClaim(invoices=invoices, **{**values, **more}))  # type: ignore[arg-type]


def _invoice(last: int = 5, fen: int = 10_000, **more: object) -> SaveInvoice:
    return SaveInvoice(InvoiceKind.DIGITAL, f"{DIGITAL}{last}", fen, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------ saving
def test_a_draft_may_be_empty(school: School) -> None:
    with school.as_("wang") as ctx:
        saved = services.save_claim(ctx, SaveClaim())
        view = get_claim(ctx, saved.id)
        check = check_claim(ctx, saved.id)
    assert (view.title, view.total_fen, view.state) == ("未填写", 0, DocumentState.DRAFT)
    assert (view.draft_no, view.applicant, view.filled_on) == ("草2026-00001", "王经办", date(2026, 3, 2))
    assert [field for field, _ in check.problems] == ["lines", "payee"]
    assert view.actions >= {ClaimAction.EDIT, ClaimAction.SUBMIT, ClaimAction.DELETE, ClaimAction.VOID}


def test_total_vouchers_and_title_come_from_the_lines(school: School) -> None:
    lines = (_line(school, 10_001, vouchers=2), _line(school, 99, vouchers=1))
    saved = _save(school, lines=lines, title="")
    with school.as_("wang", read_only=True) as ctx:
        view = get_claim(ctx, saved.id)
    assert (view.total_fen, view.voucher_count, view.title) == (10_100, 3, "虚构的打印纸等 2 项")
    assert [line.category for line in view.lines] == ["30201 办公费"] * 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fens=st.lists(st.integers(1, 10**12), min_size=1, max_size=8))
@pytest.mark.sqlite_only
def test_sums_are_exact(school: School, fens: list[int]) -> None:
    saved = _save(school, lines=tuple(_line(school, fen) for fen in fens))
    assert saved.total_fen == sum(fens)
    with school.as_("wang", read_only=True) as ctx:
        assert get_claim(ctx, saved.id).total_fen == sum(fens)


def test_the_largest_amount_is_kept_to_the_fen(school: School) -> None:
    saved = _save(school, lines=(_line(school, MAX_FEN),))
    assert saved.total_fen == 99_999_999_999_99
    with pytest.raises(InvalidInput, match="太大"):
        _save(school, lines=(_line(school, MAX_FEN), _line(school, 1)))


REFUSED: tuple[tuple[dict[str, object], str, str], ...] = (
    ({"fen": 0}, "lines", "第 1 行“虚构的打印纸”的金额要大于 0"),
    ({"fen": -5}, "lines", "要大于 0"),
    ({"category": 999_999}, "lines", "经济分类已被删除"),
    ({"text": "  "}, "lines", "没有写支出内容"),
    ({"text": "长" * 121}, "lines", "最多 120 个字"),
    ({"subject": Subject("training_class", 3, "")}, "lines", "没有选好"),
    ({"filled_on": date(2026, 3, 3)}, "filled_on", "不能晚于今天"),
    ({"budget_year": 2031}, "budget_year", "预算年度"),
    ({"payment_method": PaymentMethod.CASH}, "cash_reason", "理由"),
    ({"department_id": 99}, "department_id", "部门已被删除"),
    ({"voucher_count": -1}, "voucher_count", "0 到 9999"),
    ({"record_id": 77}, "record_id", "采购记录已被删除"),
    ({"payee": "长" * 101}, "payee", "最多 100 个字"),
)


@pytest.mark.parametrize(("change", "field", "sentence"), REFUSED)
def test_malformed_claims_are_refused(school: School, change: dict[str, object], field: str, sentence: str) -> None:
    change = dict(change)
    line = SaveLine(
        str(change.pop("text", "虚构的打印纸")),
        int(str(change.pop("category", _paper(school)))),
        int(str(change.pop("fen", 10_000))),
        change.pop("subject", Subject()),  # type: ignore[arg-type]
    )
    with pytest.raises(InvalidInput, match=sentence) as caught:
        _save(school, lines=(line,), **change)
    assert caught.value.field == field


def test_cash_may_be_switched_off(school: School) -> None:
    cash = {"payment_method": PaymentMethod.CASH, "cash_reason": "乡镇零星采购（虚构）"}
    assert _save(school, **cash).id
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, ExpenseRules(cash_allowed=False))
    with school.as_("wang", read_only=True) as ctx:
        assert PaymentMethod.CASH not in get_claim_form(ctx).payment_methods
    with pytest.raises(InvalidInput, match="不用现金"):
        _save(school, **cash)


def test_a_change_of_one_line_overtakes_an_open_form(school: School) -> None:
    saved = _save(school)
    changed = _save(
        school, claim_id=saved.id, version=saved.version, lines=(replace(_line(school), text="虚构的墨盒"),)
    )
    assert changed.version > saved.version
    with pytest.raises(Conflict):
        _save(school, claim_id=saved.id, version=saved.version)


def test_only_the_applicant_changes_his_claim(school: School) -> None:
    saved = _save(school)
    school.add("sun")
    for step in (
        lambda ctx: services.save_claim(ctx, SaveClaim(claim_id=saved.id, version=saved.version)),
        lambda ctx: services.delete_claim(ctx, saved.id, saved.version),
    ):
        with pytest.raises(PermissionDenied, match="王经办"), school.as_("sun") as ctx:
            step(ctx)
    with pytest.raises(PermissionDenied), school.as_("li") as ctx:
        services.save_claim(ctx, SaveClaim())


def test_nothing_changes_after_it_was_handed_in(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    ref = school.ref(claim)
    with pytest.raises(RuleViolation, match="待签批，内容不能再改；请先撤回"):
        _save(school, claim_id=claim, version=ref.version)
    school.withdraw(claim)
    again = _save(school, claim_id=claim, version=school.ref(claim).version)
    assert again.label.endswith("虚构的报销")


def test_the_log_says_what_changed_and_no_more(school: School) -> None:
    lines = (_line(school, 100), _line(school, 200), _line(school, 300))
    saved = _save(school, lines=lines)
    with school.unit("test.look", read_only=True) as ctx:
        before = ctx.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)).one()
    _save(school, claim_id=saved.id, version=saved.version, lines=(lines[0], replace(lines[1], amount_fen=250)))
    with school.unit("test.look", read_only=True) as ctx:
        entries = ctx.session.scalars(select(AuditEntry).where(AuditEntry.id > before).order_by(AuditEntry.id)).all()
        found = [(e.entity, e.kind, e.changes) for e in entries]
    assert {(entity, kind) for entity, kind, _ in found} == {
        ("expense_claim", "update"),
        ("claim_line", "update"),
        ("claim_line", "delete"),
    }
    assert [changes for entity, kind, changes in found if (entity, kind) == ("claim_line", "update")] == [
        {"amount_fen": [200, 250]}
    ]


def test_a_renamed_category_keeps_its_old_words(school: School) -> None:
    saved = _save(school)
    from dangxiao_houqin.modules.expenses.domain.budgets import SaveCategory
    from dangxiao_houqin.modules.expenses.models import EconomicCategory

    with school.unit("test.rename") as ctx:
        old = ctx.session.get_one(EconomicCategory, _paper(school))
        services.save_category(ctx, SaveCategory("30201", "办公用品费", category_id=old.id, version=old.version))
    _save(school, claim_id=saved.id, version=saved.version)
    with school.as_("wang", read_only=True) as ctx:
        assert get_claim(ctx, saved.id).lines[0].category == "30201 办公费"


# ---------------------------------------------------------------------------------------------------- invoices
def test_an_invoice_is_used_once_in_the_whole_database(school: School) -> None:
    school.add("sun")
    first = _save(school, _invoice(), login="sun")
    with pytest.raises(RuleViolation) as caught:
        _save(school, SaveInvoice(InvoiceKind.DIGITAL, " ２６５３ 0000 0000 0001 2345", 10_000))
    assert caught.value.field == "invoices"
    assert all(word in str(caught.value) for word in (first.label, "孙代签", "草稿", f"{DIGITAL}5"))
    with school.as_("wang", read_only=True) as ctx:
        use = find_invoice_use(ctx, _invoice())
        assert use is not None
        assert use.sentence in str(caught.value)
        assert find_invoice_use(ctx, _invoice(6)) is None
        assert find_invoice_use(ctx, _invoice(), excluding_claim=first.id) is None


def test_another_kind_does_not_let_it_through(school: School) -> None:
    _save(school, _invoice())
    with pytest.raises(RuleViolation, match="一张发票只能报销一次"):
        _save(school, SaveInvoice(InvoiceKind.OTHER, f"{DIGITAL}5", 10_000))


def test_the_same_invoice_twice_on_one_claim(school: School) -> None:
    with pytest.raises(InvalidInput, match="第 1 张和第 3 张是同一张发票"):
        _save(school, _invoice(1), _invoice(2), _invoice(1))


def test_voiding_and_deleting_free_the_invoices(school: School) -> None:
    first = _save(school, _invoice())
    with school.as_("wang") as ctx:
        services.delete_claim(ctx, first.id, first.version)
    second = _save(school, _invoice())
    with school.as_("wang") as ctx:
        services.void_claim(ctx, VoidClaim(school.ref(second.id), "填错了"))
    third = _save(school, _invoice())
    assert third.id != second.id
    with school.unit("test.look", read_only=True) as ctx:
        keys = dict(ctx.session.execute(select(Invoice.claim_id, Invoice.key)).all())  # type: ignore[arg-type]
    assert keys == {second.id: None, third.id: f"{DIGITAL}5"}


def test_invoices_change_places(school: School) -> None:
    saved = _save(school, _invoice(1), _invoice(2), _invoice(3))
    turned = _save(school, _invoice(3), _invoice(1), claim_id=saved.id, version=saved.version)
    with school.as_("wang", read_only=True) as ctx:
        assert [i.number[-1] for i in get_claim(ctx, turned.id).invoices] == ["3", "1"]
    assert _save(school, _invoice(2)).id


@pytest.mark.parametrize(
    ("kind", "code", "number", "sentence"),
    (
        (InvoiceKind.DIGITAL, "", "123", "20 位数字，现在是 3 位"),
        (InvoiceKind.DIGITAL, "", "", "现在没有填写"),
        (InvoiceKind.VAT_ORDINARY, "053002000111", "1234567", "8 位数字，现在是 7 位"),
        (InvoiceKind.VAT_SPECIAL, "05300200011", "12345678", "10 位或 12 位"),
        (InvoiceKind.VAT_SPECIAL, "", f"{DIGITAL}5", "把票种改为“数电发票”"),
        (InvoiceKind.FISCAL, "53060126", " ", "财政票据的号码"),
        (InvoiceKind.OTHER, "", "9" * 31, "号码最多 30 个字"),
    ),
)
def test_malformed_numbers_are_named(kind: InvoiceKind, code: str, number: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as caught:
        identify(kind, code, number, where="第 2 张发票")
    assert caught.value.message.startswith("第 2 张发票：")


WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789ABXZ"}


@given(st.text("0123456789ABXZ", min_size=1, max_size=30), st.text("0123456789", max_size=20), st.randoms())
def test_spelling_does_not_matter_to_the_key(number: str, code: str, random: object) -> None:
    """Full width, spaces, zero-width characters and lower case are the same number; another number is another key."""
    wanted = identify(InvoiceKind.FISCAL, code, number).key
    spelled = "".join(
        c + random.choice(["", " ", "\u200b", "\u3000"])  # type: ignore[attr-defined]
        for c in (number.translate(WIDE) if len(code) % 2 else number.lower())
    )
    assert identify(InvoiceKind.FISCAL, f" {code} ", spelled).key == wanted
    assert wanted is not None
    assert len(wanted) <= 60
    if len(number) < 30:
        assert identify(InvoiceKind.FISCAL, code, number + "7").key != wanted


def test_papers_without_a_number_repeat(school: School) -> None:
    taxi = SaveInvoice(InvoiceKind.OTHER, "", 1_500)
    assert _save(school, taxi, taxi).id
    one = SaveInvoice(InvoiceKind.OTHER, "001", 1_500, seller="虚构出租")
    other = SaveInvoice(InvoiceKind.OTHER, "001", 1_500, seller="虚构停车场")
    assert _save(school, one, other).id
    with pytest.raises(RuleViolation):
        _save(school, one)


def test_less_in_invoices_than_claimed_is_said(school: School) -> None:
    saved = _save(school, _invoice(1, 4_000), _invoice(2, 5_999))
    assert saved.notices == ("发票合计 ¥99.99，比报销金额 ¥100.00 少 ¥0.01。",)
    assert _save(school, _invoice(3, 20_000)).notices == ()


# ---------------------------------------------------------------------------------------------- copy, drafts
def test_a_copy_has_no_invoices_and_a_new_number(school: School) -> None:
    saved = _save(school, _invoice(), payee_bank="虚构银行", payee_account="6200 0000")
    with school.as_("wang") as ctx:
        copy = services.copy_claim(ctx, saved.id)
        view = get_claim(ctx, copy.id)
    assert (view.draft_no, view.invoices, view.payee, view.payee_bank) == (
        "草2026-00002",
        (),
        "虚构文具店",
        "虚构银行",
    )
    assert [line.amount_fen for line in view.lines] == [10_000]


def test_another_room_prepares_a_draft(school: School) -> None:
    from dangxiao_houqin.modules.expenses.api import draft_claim, list_source_claims

    source = Ref("repair_ticket", 12)
    cmd = DraftClaim((_line(school),), source, "维修单 WX-2026-0012", payee="虚构水暖店")
    with school.as_("wang") as ctx:
        claim_id = draft_claim(ctx, cmd)
        view = get_claim(ctx, claim_id)
        assert (view.source, view.source_text, view.state) == (source, "维修单 WX-2026-0012", DocumentState.DRAFT)
        assert [row.id for row in list_source_claims(ctx, source)] == [claim_id]
        assert list_source_claims(ctx, Ref("repair_ticket", 13)) == ()
        assert list_claims(ctx, ListQuery(search="WX-2026-0012")).total == 1


def test_only_a_draft_never_handed_in_is_deleted(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    school.withdraw(claim)
    with pytest.raises(RuleViolation, match="已经提交过"), school.as_("wang") as ctx:
        services.delete_claim(ctx, claim, school.ref(claim).version)
    saved = _save(school)
    with school.as_("wang") as ctx:
        services.delete_claim(ctx, saved.id, saved.version)
    with school.as_("wang", read_only=True) as ctx:
        with pytest.raises(NotFound):
            get_claim(ctx, saved.id)
        assert ctx.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == saved.id)).all() == []


def test_voiding_follows_the_table(school: School) -> None:
    def void(claim: int, login: str, reason: str = "重复填报") -> None:
        with school.as_(login) as ctx:
            services.void_claim(ctx, VoidClaim(school.ref(claim), reason))

    approved = school.approved()
    with pytest.raises(PermissionDenied):
        void(approved, "wang")
    with pytest.raises(InvalidInput, match="理由"):
        void(approved, "qian", "  ")
    void(approved, "qian")
    assert (school.state(approved), school.row(approved).void_reason) == (DocumentState.VOIDED, "重复填报")
    with pytest.raises(RuleViolation, match="已作废，不能作废"):
        void(approved, "qian")
    waiting = school.claim()
    school.submit(waiting)
    with pytest.raises(RuleViolation, match="请先撤回"):
        void(waiting, "qian")
    school.withdraw(waiting)
    void(waiting, "wang")


# ------------------------------------------------------------------------------------------------------- lists
def _leaders_only_sign(school: School) -> None:
    """A school that does not let its leaders in charge look at everything."""
    from dangxiao_houqin.modules.organization.models import Role

    with school.unit("test.roles") as ctx:
        ctx.session.scalars(select(Role).where(Role.name == "分管领导")).one().permissions = ["expenses.sign"]


def test_who_sees_which_claims(school: School) -> None:
    school.add("sun")
    _leaders_only_sign(school)
    mine = _save(school).id
    his = _save(school, login="sun").id
    signed = school.claim()
    school.submit(signed)

    def seen(login: str) -> set[int]:
        with school.as_(login, read_only=True) as ctx:
            return {row.id for row in list_claims(ctx, ListQuery()).rows}

    assert seen("wang") == {mine, signed}
    assert seen("sun") == {his, signed}  # one of the leaders in charge, and a handler
    assert seen("qian") == {mine, his, signed}
    school.sign(signed, "li")
    assert signed in seen("li")
    with school.as_("wang", read_only=True) as ctx:
        with pytest.raises(PermissionDenied, match="不是您填报的"):
            get_claim(ctx, his)
        assert find_claims(ctx, "虚构", 9)
    with school.unit("test.look", read_only=True) as ctx:
        assert list_claims(ctx, ListQuery()).total == 3


def test_a_signer_sees_what_he_signed_after_his_role_is_gone(school: School) -> None:
    from dangxiao_houqin.modules.organization.models import Role, UserAccount

    claim = school.approved()
    other = school.claim()
    school.submit(other)
    school.withdraw(other)
    with school.unit("test.roles") as ctx:
        signer = Role(name="只签批（虚构）", permissions=["expenses.sign"])
        ctx.session.get_one(UserAccount, school.ids["li"]).roles = [signer]
    with school.as_("li", read_only=True) as ctx:
        assert {row.id for row in list_claims(ctx, ListQuery()).rows} == {claim}


@pytest.mark.parametrize(
    "text", ("草2026", "打印机", "wangjb", "WJB", "虚构文具", "xgwj", "12345", "中青班", "王经办 文具", f"{DIGITAL}5")
)
def test_search_finds_by_every_word(school: School, text: str) -> None:
    line = _line(school, subject=Subject("training_class", 7, "中青班（虚构）", "主体班"))
    wanted = _save(school, _invoice(), lines=(line,), title="购买打印机").id
    _save(school, title="别的", payee="另一家")
    with school.unit("test.look", read_only=True) as ctx:
        found = {row.id for row in list_claims(ctx, ListQuery(search=text)).rows}
    assert wanted in found
    assert text == "草2026" or text in ("wangjb", "WJB") or found == {wanted}


def test_filters_narrow_the_list(school: School, clock: FixedClock) -> None:
    with school.unit("test.categories") as ctx:
        travel = category(ctx, "30211")
    small = _save(school).id
    subject = Subject("training_class", 7, "中青班（虚构）", "主体班")
    lines = (SaveLine("虚构差旅", travel, 500_000, subject), _line(school))
    large = _save(school, lines=lines, budget_year=2025, payee="虚构旅行社").id
    waiting = school.claim()
    school.submit(waiting)

    def found(**filters: object) -> set[int]:
        with school.as_("qian", read_only=True) as ctx:
            return {row.id for row in list_claims(ctx, ListQuery(filters=filters)).rows}

    assert found(state="open") == {small, large}
    assert found(state="waiting") == found(state="submitted") == {waiting}
    assert found(state="unpaid") == set()
    assert found(year=2025) == {large}
    assert found(category_id=travel) == found(subject="training_class:7") == {large}
    assert found(min_fen=100_000) == {large, waiting}
    assert found(max_fen=10_000) == {small}
    assert found(mine=True) == set()
    assert found(payee="虚构旅行社") == {large}
    assert found(late=True) == set()
    clock.advance(timedelta(days=1))
    assert found(late=True) == set()
    clock.advance(timedelta(days=1))  # Wednesday: two working days after Monday
    assert found(late=True) == {waiting}
    assert found(late=False) == {small, large}
    with school.as_("qian", read_only=True) as ctx:
        row = list_claims(ctx, ListQuery(filters={"state": "waiting"})).rows[0]
        both = next(r for r in list_claims(ctx, ListQuery(sort="total", descending=True)).rows)
    assert (row.waiting_for, row.late, row.categories) == ("分管领导", True, "30201 办公费")
    assert (both.id, both.categories, both.subjects) == (large, "30211 差旅费 等 2 项", "中青班（虚构）")


def test_payees_are_remembered_but_not_another_ones_card(school: School) -> None:
    school.add("sun")
    transfer = {"payment_method": PaymentMethod.TRANSFER, "payee_bank": "虚构银行", "payee_account": "62000001"}
    _save(school, login="sun", payee="虚构建材公司", **transfer)
    _save(school, login="sun", payee="孙代签", payee_account="62009999")
    with school.as_("wang", read_only=True) as ctx:
        assert [(p.payee, p.account) for p in list_payees(ctx)] == [("虚构建材公司", "62000001")]
        assert list_payees(ctx, "xgjc")[0].bank == "虚构银行"
        assert list_payees(ctx, "没有") == ()
    with school.as_("sun", read_only=True) as ctx:
        assert {p.payee for p in list_payees(ctx)} == {"虚构建材公司", "孙代签"}


def test_classes_are_asked_of_training(school: School) -> None:
    from dangxiao_houqin.modules.expenses.queries.claims import class_kinds
    from dangxiao_houqin.modules.training.domain import SaveClass
    from dangxiao_houqin.modules.training.services import save_class

    with school.unit("test.class") as ctx:
        class_id = save_class(
            ctx,
            SaveClass(
                name="2026年春季学期中青年干部培训班（虚构）",
                kind="主体班",
                start=date(2026, 3, 9),
                end=date(2026, 3, 13),
            ),
        ).id
    _save(school, lines=(_line(school, subject=Subject(text="食堂改造项目（虚构）")),))
    with school.as_("wang", read_only=True) as ctx:
        found = search_subjects(ctx, "zqn")
        typed = search_subjects(ctx, "改造")
        everything = search_subjects(ctx, "")
        kinds = class_kinds(ctx)
    assert [(a.subject.kind, a.subject.id, a.subject.class_kind, a.start) for a in found] == [
        ("training_class", class_id, "主体班", date(2026, 3, 9))
    ]
    assert [a.subject.text for a in typed] == ["食堂改造项目（虚构）"]
    assert len(everything) == 2
    assert "主体班" in kinds


def test_every_refusal_is_a_sentence(school: School) -> None:
    for step in (lambda: _save(school, _invoice(1), _invoice(1)), lambda: _save(school, budget_year=1999)):
        with pytest.raises(AppError) as caught:
            step()
        assert caught.value.message.endswith("。")
