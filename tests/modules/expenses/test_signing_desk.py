"""What a signer reads, on both engines: the document in full, and what he signed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dangxiao_houqin.core.errors import NotFound, PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState, SignAction, StepState
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod, SaveLine
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, QuoteInput, SaveRequest
from dangxiao_houqin.modules.expenses.queries.signing_desk import list_signed, load_sheet, signer_choices

from .signing_school import School, open_school
from .waiting_desk import THINGS, category, hand_in

CLAIM, PURCHASE = DocumentKind.CLAIM, DocumentKind.PURCHASE


@pytest.fixture
def school(unit: object) -> School:
    return open_school(unit)  # type: ignore[arg-type]


def test_a_claim_in_full(school: School) -> None:
    lines = (
        SaveLine("灯具", category(school, "30213"), 12_345_678_901, vouchers=2),
        SaveLine("安装", category(school, "30213"), 5, vouchers=1),
    )
    claim = hand_in(
        school,
        1,
        lines=lines,
        title="更换灯具",
        payment_method=PaymentMethod.CASH,
        cash_reason="对方没有账户",
        payee_bank="虚构银行",
        payee_account="6222000011112222",
        note="分两批",
    )
    school.sign(claim, "li", "同意，请按合同付款")
    with school.as_("zhao", read_only=True) as ctx:
        sheet = load_sheet(ctx, CLAIM, claim)
    facts = dict(sheet.facts)
    assert (sheet.title, sheet.state, sheet.round, sheet.total_fen) == (
        "更换灯具",
        DocumentState.SIGNING,
        1,
        12_345_678_906,
    )
    assert "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零陆分" in sheet.capitals
    assert [(line.text, line.category, line.amount_fen) for line in sheet.lines] == [
        ("灯具", "30213 维修（护）费", 12_345_678_901),
        ("安装", "30213 维修（护）费", 5),
    ]
    assert facts["支付方式"] == "现金（对方没有账户）"
    assert facts["账户"] == "虚构银行 6222000011112222"
    assert facts["单据张数"] == "3 张"
    assert [(mark.title, mark.signer, mark.state) for mark in sheet.current_marks] == [
        ("经办人", "王经办", StepState.SIGNED),
        ("分管领导", "李分管", StepState.SIGNED),
        ("主要领导", "", StepState.WAITING),
    ]
    assert sheet.current_marks[1].opinion == "同意，请按合同付款"
    assert [paper.kind for paper in sheet.papers] == ["发票"]
    assert sheet.notices
    assert sheet.flaws == ()


def test_a_second_round_keeps_the_first_as_history(school: School) -> None:
    claim = hand_in(school, 0)
    school.send_back(claim, "li", "请补发票")
    school.submit(claim)
    with school.as_("li", read_only=True) as ctx:
        sheet = load_sheet(ctx, CLAIM, claim)
    assert sheet.round == 2
    assert [(mark.signer, mark.void) for mark in sheet.earlier_marks] == [("王经办", True), ("李分管", True)]
    assert [mark.signer for mark in sheet.current_marks] == ["王经办", "", ""]


def test_a_purchase_request_in_full(school: School) -> None:
    request = SaveRequest(
        title="购置空调",
        kind=ProcurementKind.GOODS,
        filled_on=date(2026, 3, 2),
        items=(ItemInput("空调", Decimal("2.5"), 400_000, spec="挂式 1.5 匹", unit="台", purpose="宿舍"),),
        quotes=(QuoteInput("甲店", 1_000_000), QuoteInput("乙店", 980_000), QuoteInput("丙店", 1_100_000)),
        fund_source="公用经费",
        reason="更换已坏的三台",
        minutes_no="会〔2026〕2号",
    )
    with school.as_("wang") as ctx:
        number = services.save_request(ctx, request).id
    school.submit(number, kind=PURCHASE)
    with school.as_("li", read_only=True) as ctx:
        sheet = load_sheet(ctx, PURCHASE, number)
    assert [(line.text, line.category, line.detail, line.amount_fen) for line in sheet.lines] == [
        ("空调", "挂式 1.5 匹", "2.5台 × ¥4,000.00 · 宿舍", 1_000_000)
    ]
    assert sheet.quotes == (("甲店", 1_000_000), ("乙店", 980_000), ("丙店", 1_100_000))
    assert dict(sheet.facts)["采购理由"] == "更换已坏的三台"
    assert sheet.rule.startswith("采购方式：")
    assert sheet.budget_left_fen is None


def test_who_may_read_and_what_is_gone(school: School, nobody: Actor) -> None:
    claim = hand_in(school, 0)
    with school.as_("wang", read_only=True) as ctx:
        assert load_sheet(ctx, CLAIM, claim).title == THINGS[0][0], "his own"
    with school.unit("test.read", actor=nobody, read_only=True) as ctx, pytest.raises(PermissionDenied):
        load_sheet(ctx, CLAIM, claim)
    with school.as_("li", read_only=True) as ctx, pytest.raises(NotFound):
        load_sheet(ctx, PURCHASE, claim)


def test_what_somebody_signed(school: School) -> None:
    claims = [hand_in(school, number) for number in range(4)]
    school.sign(claims[0], "li")
    school.sign(claims[2], "li", "同意，从速")
    school.send_back(claims[1], "li", "缺清单")
    with school.as_("li", read_only=True) as ctx:
        found = list_signed(ctx, ListQuery())
        assert [(row.title, row.action, row.opinion) for row in found.rows] == [
            (THINGS[1][0], SignAction.RETURN, "缺清单"),
            (THINGS[2][0], SignAction.SIGN, "同意，从速"),
            (THINGS[0][0], SignAction.SIGN, "同意"),
        ]
        page = list_signed(ctx, ListQuery(offset=1, limit=1))
        assert (page.total, [row.title for row in page.rows]) == (3, [THINGS[2][0]])
        by_amount = list_signed(ctx, ListQuery(sort="total"))
        assert [row.total_fen for row in by_amount.rows] == sorted(row.total_fen for row in found.rows)
        assert list_signed(ctx, ListQuery(search=THINGS[2][0][:4])).total == 1
        assert list_signed(ctx, ListQuery(search="100%_")).total == 0
        assert list_signed(ctx, ListQuery(filters={"action": "return", "kind": "claim"})).total == 1
        assert list_signed(ctx, ListQuery(filters={"kind": "purchase"})).total == 0
    with school.as_("wang", read_only=True) as ctx:
        assert {row.action for row in list_signed(ctx, ListQuery()).rows} == {SignAction.SUBMIT}
    with school.as_("zhao", read_only=True) as ctx:
        assert list_signed(ctx, ListQuery()).total == 0


def test_who_can_be_named_in_a_chain(school: School) -> None:
    school.add("he", "何科长", ("财务",), "财务科长")
    with school.as_("li", read_only=True) as ctx:
        choices = signer_choices(ctx)
    people = {person.name: (person.post, person.roles) for person in choices.people}
    assert people["何科长"] == ("财务科长", ("财务",))
    assert people["李分管"] == ("", ("分管领导",))
    assert choices.posts == ("财务科长",)
    assert "主要领导" in [name for _, name in choices.roles]
