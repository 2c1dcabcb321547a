"""Purchase requests on both engines: saving, what submission asks for, signing, giving up, who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState, Signed
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, EvidenceKind
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PURCHASE,
    ProcurementKind,
    ProcurementRules,
    Route,
    SaveCatalogueItem,
)
from dangxiao_houqin.modules.expenses.domain.purchases import (
    MAX_ITEMS,
    ItemInput,
    QuoteInput,
    RequestAction,
    RequestView,
    SaveRequest,
    amount_of,
)
from dangxiao_houqin.modules.expenses.domain.records import NewFile
from dangxiao_houqin.modules.expenses.models import (
    EconomicCategory,
    Evidence,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.queries.purchases import find_requests, get_request, list_requests
from dangxiao_houqin.modules.expenses.queries.rulings import suggest
from dangxiao_houqin.modules.organization.models import Department, StaffMember, UserAccount
from tests.conftest import OpenUnit
from tests.modules.expenses.purchase_school import (
    DOCUMENT,
    GOODS,
    PDF,
    SERVICES,
    TODAY,
    category,
    item,
    make_request,
    quotes,
    record,
    set_rules,
)
from tests.modules.expenses.signing_school import School, open_school

PURCHASE_KIND = DocumentKind.PURCHASE
BIG = item("实训设备（虚构）", "1", 600_000_00)


@pytest.fixture
def school(unit: OpenUnit) -> School:
    made = open_school(unit)
    with unit() as ctx:
        set_rules(ctx)
    return made


def request_of(school: School, login: str = "wang", items: tuple[ItemInput, ...] = (), **more: Any) -> int:
    with school.as_(login) as ctx:
        return make_request(ctx, items, **more)


def seen(school: School, request_id: int, login: str = "wang") -> RequestView:
    with school.as_(login, read_only=True) as ctx:
        return get_request(ctx, request_id)


def again(school: School, request_id: int, login: str = "wang", **changes: Any) -> None:
    """Save the request anew with something changed, as the form does."""
    view = seen(school, request_id, login)
    command = SaveRequest(
        kind=view.kind,
        title=view.title,
        items=tuple(
            ItemInput(i.name, i.quantity, i.price_fen, i.spec, i.unit, i.purpose, i.catalogue_item_id)
            for i in view.items
        ),
        quotes=tuple(QuoteInput(q.supplier, q.amount_fen, q.note, q.evidence_id) for q in view.quotes),
        route=view.route,
        route_reason=view.route_reason,
        reason=view.reason,
        minutes_no=view.minutes_no,
        category_id=view.category_id,
        request_id=view.id,
        version=view.version,
    )
    with school.as_(login) as ctx:
        services.save_request(ctx, replace(command, **changes))


# ------------------------------------------------------------------------------------------------------ saving
@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    (
        ("3", 33_33, 99_99),
        ("0.5", 1, 1),  # half a fen goes up
        ("0.333", 100, 33),
        ("2.5", 1, 3),
        ("1.005", 1_00, 1_01),
        ("12", 123_456_789_00, 1_481_481_468_00),
    ),
)
def test_amounts_are_exact_and_rounded_half_up(quantity: str, price: int, amount: int) -> None:
    assert amount_of(Decimal(quantity), price) == amount


def test_a_draft_is_kept_with_everything_on_it(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        office = category(ctx)
    paper = NewFile("报价.pdf", PDF)
    request_id = request_of(
        school,
        items=(item("床垫（虚构）", "2.5", 680_01, spec="1.2米", purpose="学员宿舍"), item("床单", "1", 1)),
        quotes=(QuoteInput("甲厂（虚构）", 1700_00, "含运费", file=paper), *quotes(1800_00)),
        category_id=office,
        fund_source="2026年公用经费",
        budget_fen=2_000_00,
        minutes_no="纪要〔2026〕2号",
    )
    view = seen(school, request_id)
    assert (view.code, view.state, view.applicant) == ("草2026-00001", DocumentState.DRAFT, "王经办")
    assert [(i.position, i.name, i.quantity, i.amount_fen) for i in view.items] == [
        (1, "床垫（虚构）", Decimal("2.5"), 1_700_03),
        (2, "床单", Decimal(1), 1),
    ]
    assert view.total_fen == 1_700_04
    assert [(q.supplier, q.amount_fen, q.lowest) for q in view.quotes] == [
        ("甲厂（虚构）", 1700_00, True),
        ("嘉陵家具有限公司（虚构）", 1800_00, False),
    ]
    assert [(p.kind, p.title) for p in view.evidence] == [(EvidenceKind.QUOTE, "报价单：甲厂（虚构）")]
    assert view.quotes[0].evidence_id == view.evidence[0].id
    assert view.category == "30201 办公费"
    assert view.ruling is not None
    assert view.ruling.route is Route.SELF
    assert view.suggested_route is Route.SELF
    assert view.route is None
    assert view.actions == {RequestAction.EDIT, RequestAction.SUBMIT, RequestAction.DELETE, RequestAction.COPY}


def test_lines_keep_their_rows_and_what_is_left_out_goes(school: School, unit: OpenUnit) -> None:
    request_id = request_of(school, items=(item("甲"), item("乙"), item("丙")), quotes=quotes(1, 2, 3))
    with unit(read_only=True) as ctx:
        before = ctx.session.scalars(select(PurchaseItem.id).order_by(PurchaseItem.position)).all()
    again(school, request_id, items=(item("甲"), item("丁", "3", 5)), quotes=quotes(7))
    with unit(read_only=True) as ctx:
        rows = ctx.session.execute(select(PurchaseItem.id, PurchaseItem.name).order_by(PurchaseItem.position)).all()
        assert [tuple(row) for row in rows] == [(before[0], "甲"), (before[1], "丁")]
        assert ctx.session.scalars(select(PurchaseQuote.amount_fen)).all() == [7]
    assert seen(school, request_id).total_fen == 6_800_15


def test_a_change_of_an_item_alone_is_seen_by_an_open_form(school: School) -> None:
    request_id = request_of(school)
    old = seen(school, request_id)
    again(school, request_id, items=(item("换了品名"),))
    assert seen(school, request_id).version > old.version
    with pytest.raises(Conflict), school.as_("wang") as ctx:
        services.save_request(ctx, SaveRequest(GOODS, request_id=request_id, version=old.version))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    (
        ({"items": (item(" "),)}, "items", "第 1 行没有写品名"),
        ({"items": (item(), item(quantity="0"))}, "items", "第 2 行“学员宿舍床垫”的数量要大于 0"),
        ({"items": (item(quantity="-1"),)}, "items", "数量要大于 0"),
        ({"items": (item(quantity="NaN"),)}, "items", "数量要大于 0"),
        ({"items": (item(quantity="1.2345"),)}, "items", "最多三位小数"),
        ({"items": (item(price_fen=-1),)}, "items", "单价不对"),
        ({"items": (item(quantity="999999999", price_fen=MAX_FEN),)}, "items", "金额太大"),
        ({"items": (item(price_fen=MAX_FEN, quantity="1"),) * 2}, "items", "合计金额太大"),
        ({"items": (item(),) * (MAX_ITEMS + 1)}, "items", f"最多 {MAX_ITEMS} 行"),
        ({"items": (item(catalogue_item_id=999),)}, "items", "采购品目已被删除"),
        ({"quotes": (QuoteInput(" ", 1),)}, "quotes", "第 1 家报价没有写供应商名称"),
        ({"quotes": (QuoteInput("甲厂", 0),)}, "quotes", "“甲厂”的报价要大于 0"),
        ({"quotes": (QuoteInput("甲厂（县）", 1), QuoteInput("甲厂 (县)", 2))}, "quotes", "第 1 家和第 2 家"),
        ({"quotes": (QuoteInput("甲厂", 1, evidence_id=99),)}, "quotes", "附件已被移除"),
        ({"filled_on": date(2026, 3, 3)}, "filled_on", "不能晚于今天"),
        ({"department_id": 99}, "department_id", "部门已被删除"),
        ({"category_id": 99}, "category_id", "预算科目已被删除"),
        ({"budget_fen": -1}, "budget_fen", "预算金额不对"),
        ({"reason": "理" * 501}, "reason", "申请理由最多 500 个字"),
    ),
)
def test_what_is_malformed_is_refused_at_its_field(
    school: School, change: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        request_of(school, **change) if "items" not in change else request_of(school, items=change["items"])
    assert caught.value.field == field
    assert words in caught.value.message


def test_an_item_of_another_kind_is_refused(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        cleaning = services.save_catalogue_item(
            ctx, SaveCatalogueItem("C21040000", "物业管理服务", SERVICES, Route.CENTRAL, 0, date(2026, 1, 1))
        )
    with pytest.raises(InvalidInput, match="是服务，这张申请是货物"):
        request_of(school, items=(item(catalogue_item_id=cleaning),))


def test_the_department_is_the_applicants_own_unless_another_is_chosen(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        office, hostel = (ctx.add(Department(name=name, sort_order=1)).id for name in ("后勤办", "公寓部"))
        person = ctx.add(StaffMember(name="王经办", search_key="", department_id=hostel, employment_type="在编"))
        ctx.get(UserAccount, school.ids["wang"]).staff_id = person.id
    own = request_of(school)
    assert seen(school, own).department == "公寓部"
    again(school, own, department_id=office)
    assert seen(school, own).department == "后勤办"
    with unit() as ctx:
        ctx.get(Department, office).name = "后勤服务中心"
    again(school, own)
    assert seen(school, own).department == "后勤办"  # as it was written


def test_without_a_title_the_first_item_names_it(school: School) -> None:
    assert seen(school, request_of(school, title="")).title == "采购学员宿舍床垫"
    two = request_of(school, items=(item("床垫"), item("枕头")), title="")
    assert seen(school, two).title == "采购床垫等 2 项"


# -------------------------------------------------------------------------------------------------- suggestion
def test_the_form_is_told_route_rule_and_what_it_needs(school: School, unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        told = suggest(ctx, GOODS, (item("投影机", "20", 30_000_00),), TODAY)
    assert (told.total_fen, told.ruling.route) == (600_000_00, Route.INQUIRY)
    assert DOCUMENT in told.ruling.rule
    assert "货物50万元以上应走询价" in told.ruling.rule
    assert (told.quotes_needed, told.minutes_needed, told.ruling.record_needed) == (3, True, True)


def test_other_requests_of_the_category_within_the_days_are_told(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        office, print_cost = category(ctx), category(ctx, "30202")
    for days in (10, 20):
        earlier = request_of(
            school, items=(item(quantity="1", price_fen=200_000_00),), category_id=office, filled_on=date(2026, 2, days)
        )
        school.submit(earlier, kind=PURCHASE_KIND)
    with unit(read_only=True) as ctx:
        args = (GOODS, (item(quantity="1", price_fen=200_000_00),), TODAY, None)
        assert suggest(ctx, *args, print_cost).warnings == ()
        (warning,) = suggest(ctx, *args, office).warnings
    assert "科目“办公费”在 30 天内连同本单共 3 笔采购申请，合计 60万元，已达到货物限额 50万元" in warning
    assert "草2026-00001（20万元）、草2026-00002（20万元）" in warning


# -------------------------------------------------------------------------------------------------- submission
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    (
        ({"reason": ""}, "reason", "请填写申请理由"),
        ({"items": (item(price_fen=0),)}, "items", "还没有明细"),
        ({"items": (BIG,), "minutes_no": "纪要1号"}, "quotes", "询价至少要有 3 家供应商的报价，现在只有 0 家"),
        ({"items": (BIG,), "minutes_no": "纪要1号", "quotes": quotes(1, 2)}, "quotes", "现在只有 2 家"),
        ({"items": (BIG,), "quotes": quotes(1, 2, 3)}, "minutes_no", "须经校委会研究"),
        ({"route": Route.SINGLE_SOURCE}, "route_reason", "所选的采购方式是单一来源，按规则应为自行采购"),
    ),
)
def test_submission_asks_for_what_is_missing(school: School, changes: dict[str, Any], field: str, words: str) -> None:
    changes = dict(changes)
    request_id = request_of(school, items=changes.pop("items", ()), **changes)
    with pytest.raises(InvalidInput) as caught:
        school.submit(request_id, kind=PURCHASE_KIND)
    assert caught.value.field == field
    assert words in caught.value.message
    assert seen(school, request_id).state is DocumentState.DRAFT


def test_a_department_is_asked_for_where_there_are_any(school: School, unit: OpenUnit) -> None:
    request_id = request_of(school)
    with unit() as ctx:
        ctx.add(Department(name="后勤办", sort_order=1))
    with pytest.raises(InvalidInput, match="请选择申请部门"):
        school.submit(request_id, kind=PURCHASE_KIND)


def test_settings_decide_about_quotes_and_minutes(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        save_settings(
            ctx.session, ProcurementRules(quotes_needed=2, self_quotes_from_fen=5_000_00, minutes_when_over=False)
        )
    small, middle = request_of(school, items=(item(quantity="1"),)), request_of(school)
    large = request_of(school, items=(BIG,), quotes=quotes(1, 2))
    assert isinstance(school.submit(small, kind=PURCHASE_KIND), Signed)
    with pytest.raises(InvalidInput, match="自行采购至少要有 2 家"):
        school.submit(middle, kind=PURCHASE_KIND)
    assert isinstance(school.submit(large, kind=PURCHASE_KIND), Signed)


def test_a_laxer_way_needs_a_reason_and_is_shown_to_the_signers(school: School) -> None:
    request_id = request_of(
        school,
        items=(BIG,),
        minutes_no="纪要1号",
        route=Route.SINGLE_SOURCE,
        route_reason="只有原厂能维修。",
        budget_fen=1,
    )
    school.submit(request_id, kind=PURCHASE_KIND)
    stricter = seen(school, request_id)
    assert stricter.route is Route.SINGLE_SOURCE
    assert stricter.suggested_route is Route.INQUIRY
    assert stricter.notices == ("合计 ¥600,000.00超出填报的预算金额 ¥0.01。",)  # 单一来源 is stricter than 询价
    lax = request_of(school, items=(BIG,), minutes_no="纪要1号", route=Route.SELF, route_reason="紧急抢修。")
    school.submit(lax, kind=PURCHASE_KIND)
    assert seen(school, lax).notices == ("拟采用自行采购，比规则要求的询价宽，请签批人核对理由。",)


def test_the_rule_of_the_day_is_kept_when_rules_change_later(school: School, unit: OpenUnit) -> None:
    request_id = request_of(school)
    school.submit(request_id, kind=PURCHASE_KIND)
    before = seen(school, request_id)
    assert before.route is Route.SELF
    assert before.ruling is None
    with unit() as ctx:
        services.save_catalogue_item(
            ctx, SaveCatalogueItem("A05010000", "床垫", GOODS, Route.CENTRAL, 0, date(2026, 1, 1), keywords="床垫")
        )
    assert seen(school, request_id).route_rule == before.route_rule
    assert seen(school, request_id).flaws == ()


def test_a_date_before_the_rules_leads_round_none_of_them(school: School) -> None:
    request_id = request_of(
        school, items=(BIG,), filled_on=date(2025, 12, 1), minutes_no="纪要1号", quotes=quotes(1, 2, 3)
    )
    assert seen(school, request_id).suggested_route is Route.INQUIRY
    school.submit(request_id, kind=PURCHASE_KIND)
    view = seen(school, request_id)
    assert view.route is Route.INQUIRY
    assert view.notices == ("申请日期 2025-12-01 比提交日期早 91 天。",)


def test_without_rules_the_notice_says_so(unit: OpenUnit) -> None:
    school = open_school(unit)
    request_id = request_of(school, items=(BIG,))
    school.submit(request_id, kind=PURCHASE_KIND)
    view = seen(school, request_id)
    assert view.notices == ("尚未设置货物的采购限额标准，不能判断是否达到限额；请先在“采购 → 限额标准”里设置。",)
    assert view.route is Route.SELF


def test_the_whole_way_to_an_approved_request(school: School) -> None:
    request_id = request_of(school)
    school.submit(request_id, kind=PURCHASE_KIND)
    waiting = seen(school, request_id)
    assert waiting.state is DocumentState.SUBMITTED
    assert waiting.actions == {RequestAction.WITHDRAW, RequestAction.COPY}
    with pytest.raises(RuleViolation, match="内容不能再改"):
        again(school, request_id, title="偷偷改")
    school.sign(request_id, "li", kind=PURCHASE_KIND)
    school.sign(request_id, "zhao", kind=PURCHASE_KIND)
    done = seen(school, request_id, "qian")
    assert (done.state, done.number) == (DocumentState.APPROVED, "CG-2026-00001")
    assert [mark.signer for mark in done.marks] == ["王经办", "李分管", "赵主要"]
    assert done.flaws == ()
    assert RequestAction.RECORD in done.actions
    with school.as_("qian", read_only=True) as ctx:
        (row,) = list_requests(ctx, ListQuery(filters={"state": "approved"})).rows
    assert (row.code, row.state, row.next_step) == ("CG-2026-00001", DocumentState.APPROVED, "")


def test_a_renamed_category_changes_nothing_on_a_signed_request(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        paid_from = category(ctx)
    request_id = request_of(school, category_id=paid_from)
    school.submit(request_id, kind=PURCHASE_KIND)
    with unit("test.rename") as ctx:
        found = ctx.session.get_one(PurchaseRequest, request_id)
        was = found.category_text
        ctx.session.get_one(EconomicCategory, found.category_id).name = "换了名称的科目"
    assert was
    found_again = seen(school, request_id)
    assert (found_again.category, found_again.flaws) == (was, ())


def test_a_returned_request_is_changed_and_judged_anew(school: School) -> None:
    from dangxiao_houqin.modules.expenses.domain.approval import ReturnDocument
    from tests.modules.expenses.signing_school import PASSWORD, QUICK

    request_id = request_of(school)
    school.submit(request_id, kind=PURCHASE_KIND)
    ref = school.look(request_id, "li", PURCHASE_KIND)
    with school.as_("li") as ctx:
        services.return_document(ctx, ReturnDocument(ref, "数量太多", PASSWORD), hashing=QUICK)
    back = seen(school, request_id)
    assert (back.state, back.returned_reason) == (DocumentState.RETURNED, "数量太多")
    assert RequestAction.VOID in back.actions
    assert RequestAction.DELETE not in back.actions
    again(school, request_id, items=(BIG,), quotes=quotes(1, 2, 3), minutes_no="纪要1号", route=None)
    school.submit(request_id, kind=PURCHASE_KIND)
    assert seen(school, request_id).route is Route.INQUIRY


# ------------------------------------------------------------------------------------------- given up, copied
def test_a_draft_is_deleted_with_its_papers_a_submitted_one_is_not(school: School, unit: OpenUnit) -> None:
    request_id = request_of(school, quotes=(QuoteInput("甲厂", 1, file=NewFile("报价.pdf", PDF)),))
    other = request_of(school)
    school.submit(other, kind=PURCHASE_KIND)
    with pytest.raises(RuleViolation, match="已经提交过，不能删除"), school.as_("wang") as ctx:
        services.delete_request(ctx, other, seen(school, other).version)
    version = seen(school, request_id).version
    with school.as_("wang") as ctx:
        services.delete_request(ctx, request_id, version)
    with unit(read_only=True) as ctx:
        assert ctx.session.get(PurchaseRequest, request_id) is None
        for model in (PurchaseQuote, Evidence, Attachment):
            assert ctx.session.scalar(select(func.count()).select_from(model)) == 0
    with pytest.raises(NotFound):
        seen(school, request_id)


def test_voiding_by_the_applicant_before_and_by_the_right_after_approval(school: School) -> None:
    first, second = request_of(school), request_of(school)
    for request_id in (first, second):
        school.submit(request_id, kind=PURCHASE_KIND)
    version = seen(school, first).version
    with pytest.raises(RuleViolation, match="不能作废"), school.as_("wang") as ctx:
        services.void_request(ctx, first, version, "不买了")
    for login in ("li", "zhao"):
        school.sign(first, login, kind=PURCHASE_KIND)
    version = seen(school, first).version
    with pytest.raises(PermissionDenied), school.as_("wang") as ctx:
        services.void_request(ctx, first, version, "不买了")
    with pytest.raises(InvalidInput, match="作废的理由"), school.as_("qian") as ctx:
        services.void_request(ctx, first, version, " ")
    with school.as_("qian") as ctx:
        services.void_request(ctx, first, version, "项目取消")
    voided = seen(school, first)
    assert (voided.state, voided.void_reason, voided.number) == (DocumentState.VOIDED, "项目取消", "CG-2026-00001")


def test_what_was_bought_on_it_keeps_a_request(school: School) -> None:
    request_id = request_of(school)
    school.submit(request_id, kind=PURCHASE_KIND)
    for login in ("li", "zhao"):
        school.sign(request_id, login, kind=PURCHASE_KIND)
    with school.as_("qian") as ctx:
        services.save_record(ctx, record(request_id=request_id))
    assert seen(school, request_id).records[0][1] == "DX-CG-2026-001 嘉陵家具有限公司（虚构）"
    with pytest.raises(RuleViolation, match="已登记采购记录 DX-CG-2026-001"), school.as_("qian") as ctx:
        services.void_request(ctx, request_id, seen(school, request_id).version, "不买了")


def test_a_copy_has_the_items_and_nothing_that_belonged_to_the_old_one(
    school: School, unit: OpenUnit, clock: FixedClock
) -> None:
    with unit() as ctx:
        old_item = services.save_catalogue_item(
            ctx,
            SaveCatalogueItem("A0301", "旧品目", GOODS, Route.CENTRAL, 0, date(2026, 1, 1), date(2026, 3, 3)),
        )
    request_id = request_of(
        school, items=(item("甲", catalogue_item_id=old_item), item("乙")), quotes=quotes(1), minutes_no="纪要1号"
    )
    clock.moment = clock.now().replace(day=5)
    with school.as_("wang") as ctx:
        copy_id = services.copy_request(ctx, request_id).id
    copied = seen(school, copy_id)
    assert [(i.name, i.catalogue_item_id) for i in copied.items] == [("甲", None), ("乙", None)]
    assert (copied.quotes, copied.minutes_no, copied.filled_on) == ((), "", date(2026, 3, 5))


# -------------------------------------------------------------------------------------------- lists and rights
def test_everybody_sees_his_own_and_who_needs_to_sees_all(school: School) -> None:
    school.add("zhou", "周经办", ("经办人",))
    mine, other = request_of(school), request_of(school, "zhou")
    school.submit(other, "zhou", kind=PURCHASE_KIND)

    def listed(login: str, **filters: Any) -> list[int]:
        with school.as_(login, read_only=True) as ctx:
            return sorted(row.id for row in list_requests(ctx, ListQuery(filters=filters)).rows)

    assert listed("wang") == [mine]
    assert listed("zhou") == [other]
    assert listed("qian") == [mine, other]  # 财务 registers records
    assert listed("qian", mine=True) == []
    with pytest.raises(PermissionDenied, match="不能查看"):
        seen(school, mine, "zhou")
    with pytest.raises(PermissionDenied, match="只有本人可以修改"), school.as_("zhou") as ctx:
        services.save_request(ctx, SaveRequest(GOODS, request_id=mine))


def test_nobody_without_the_right_fills_in_or_looks(school: School, unit: OpenUnit, nobody: Actor) -> None:
    with pytest.raises(PermissionDenied, match=PURCHASE.title), unit(actor=nobody) as ctx:
        make_request(ctx)
    with pytest.raises(PermissionDenied), unit(actor=nobody, read_only=True) as ctx:
        list_requests(ctx, ListQuery())
    with unit(actor=nobody, read_only=True) as ctx:
        assert find_requests(ctx, "床垫", 5) == ()


def test_lists_are_searched_filtered_and_sorted(school: School, unit: OpenUnit) -> None:
    with unit() as ctx:
        computers = set_catalogue_of(ctx)
    bed = request_of(school, filled_on=date(2025, 12, 30))
    pc = request_of(
        school, items=(item("笔记本电脑", "1", 5000_00, catalogue_item_id=computers),), title="更新办公电脑（虚构）"
    )
    service = request_of(school, items=(item("保洁服务", "12", 1_000_00),), kind=SERVICES, title="宿舍保洁（虚构）")
    school.submit(service, kind=PURCHASE_KIND)

    def found(search: str = "", sort: str | None = None, **filters: Any) -> list[int]:
        with school.as_("qian", read_only=True) as ctx:
            return [row.id for row in list_requests(ctx, ListQuery(search=search, sort=sort, filters=filters)).rows]

    assert found() == [service, pc, bed]
    assert found("gxbgdn") == found("笔记本") == [pc]
    assert found("草2026-00003") == [service]
    assert found(state="open") == [pc, bed]
    assert found(state="waiting") == [service]
    assert found(kind="services") == [service]
    assert found(route="e_store") == [pc]
    assert found(year=2025) == [bed]
    assert found(sort="total") == [pc, bed, service]
    with school.as_("qian", read_only=True) as ctx:
        waiting = list_requests(ctx, ListQuery(filters={"state": "waiting"})).rows[0]
        assert waiting.next_step == "分管领导"
        hits = find_requests(ctx, "保洁", 5)
    assert [(hit.ref.kind, hit.ref.id) for hit in hits] == [("purchase_request", service)]


def set_catalogue_of(ctx: Any) -> int:
    """The id of the computers' item."""
    from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue_choices

    return next(choice.id for choice in list_catalogue_choices(ctx, "电脑", kind=ProcurementKind.GOODS))
