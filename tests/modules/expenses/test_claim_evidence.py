"""Papers beside a claim: what is read from them and said of them, who may add and see them, when they are fixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddedEvidence,
    AddEvidence,
    EditEvidence,
    EvidenceKind,
    EvidenceOwner,
    InvoiceKind,
    SaveClaim,
    SaveInvoice,
    SaveLine,
)
from dangxiao_houqin.modules.expenses.models import Evidence
from dangxiao_houqin.modules.expenses.queries.claims import get_claim
from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence, read_evidence
from dangxiao_houqin.modules.expenses.services.evidence import guess_kind
from dangxiao_houqin.modules.organization.api import SchoolProfile
from tests.modules.expenses.signing_school import SCAN, School, Unit, open_school
from tests.support.einvoices import Sample, digital_pdf, digital_xml, ofd_with_tags

SAMPLE = Sample(amount="1234.50")
OWNER = EvidenceOwner.CLAIM


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _add(school: School, claim: int, name: str, data: bytes, login: str = "wang", **more: object) -> AddedEvidence:
    with school.as_(login, "expenses.add_evidence") as ctx:
        return services.add_evidence(ctx, AddEvidence(OWNER, claim, name, data, **more))  # type: ignore[arg-type]


def _titles(school: School, claim: int, login: str = "wang") -> list[str]:
    with school.as_(login, read_only=True) as ctx:
        return [row.title for row in list_evidence(ctx, OWNER, claim)]


@pytest.mark.parametrize(
    ("name", "data", "origin"),
    (
        ("发票.xml", digital_xml(SAMPLE), "xml"),
        ("发票.ofd", ofd_with_tags(SAMPLE), "ofd"),
        ("扫描件 (1).pdf", digital_pdf(SAMPLE), "pdf"),
    ),
)
def test_an_e_invoice_is_read(school: School, name: str, data: bytes, origin: str) -> None:
    claim = school.claim()
    added = _add(school, claim, name, data)
    assert added.facts is not None
    assert (added.kind, added.facts.origin, added.facts.number) == (EvidenceKind.INVOICE, origin, SAMPLE.number)
    assert (added.facts.amount_fen, added.facts.issued_on, added.notices) == (123_450, date(2026, 2, 28), ())
    with school.as_("wang", read_only=True) as ctx:
        row = list_evidence(ctx, OWNER, claim)[0]
        stored = read_evidence(ctx, added.id)
    assert (row.facts, row.size, stored.data, stored.name) == (added.facts, len(data), data, name)


def test_a_typed_amount_that_differs_is_said(school: School) -> None:
    claim = school.claim(fen=123_450)
    added = _add(school, claim, "发票.xml", digital_xml(SAMPLE))
    ref = school.ref(claim)
    with school.as_("wang") as ctx:
        line = get_claim(ctx, claim).lines[0]
        wrong = SaveInvoice(InvoiceKind.DIGITAL, SAMPLE.number, 123_540, issued_on=date(2026, 2, 28))
        command = SaveClaim(
            lines=(SaveLine(line.text, line.category_id, line.amount_fen),),
            invoices=(wrong,),
            payee=SAMPLE.seller,
            claim_id=claim,
            version=ref.version,
        )
        saved = services.save_claim(ctx, command)
        view = get_claim(ctx, claim)
    said = "文件上的价税合计是 ¥1,234.50，填写的是 ¥1,235.40，与填写的不一致，请核对。"
    assert saved.notices == (f"第 1 张发票：{said}",)
    assert (view.invoices[0].evidence_id, view.invoices[0].differs) == (added.id, said)  # found by its number
    with school.as_("wang") as ctx:
        right = replace(wrong, amount_fen=123_450, seller=SAMPLE.seller)
        assert services.save_claim(ctx, replace(command, invoices=(right,), version=saved.version)).notices == ()
    with school.unit("test.name") as ctx:
        save_settings(ctx.session, SchoolProfile(full_name="中共另一县委党校", second_name=""))
    school.submit(claim)
    assert school.row(claim).notices[0] == "第 1 张发票的购买方是“中共虚构县委党校”，不是本单位全称。"


def test_what_is_used_elsewhere_is_said_at_once(school: School) -> None:
    school.add("sun")
    first, second = school.claim("sun"), school.claim()
    _add(school, first, "发票.xml", digital_xml(SAMPLE), "sun")
    with school.as_("sun") as ctx:
        invoice = SaveInvoice(InvoiceKind.DIGITAL, SAMPLE.number, 123_450)
        services.save_claim(ctx, SaveClaim(invoices=(invoice,), claim_id=first, version=school.ref(first).version))
    label = school.row(first).label
    notices = _add(school, second, "另一个名字.xml", digital_xml(SAMPLE)).notices
    assert len(notices) == 2
    assert label in notices[0]
    assert "一张发票只能报销一次" in notices[0]
    assert notices[1] == f"这份文件已附在报销单 {label}（经办人 孙代签），请核对是否重复。"
    again = _add(school, second, "又一次.xml", digital_xml(SAMPLE)).notices
    assert "附在本单上" in again[1] or "孙代签" in again[1]


def test_an_unread_invoice_is_said(school: School) -> None:
    claim = school.claim()
    half = digital_xml(SAMPLE).replace(b"TotalTax-includedAmount", b"Unknown")
    assert _add(school, claim, "半张.xml", half).notices == ("“半张”上的号码或金额没有读出来，请照原件填写。",)


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    (
        ("采购合同.pdf", "application/pdf", EvidenceKind.CONTRACT),
        ("校委会纪要.pdf", "application/pdf", EvidenceKind.MINUTES),
        ("验收单.jpg", "image/jpeg", EvidenceKind.ACCEPTANCE),
        ("三家报价.pdf", "application/pdf", EvidenceKind.QUOTE),
        ("公务卡小票.png", "image/png", EvidenceKind.CARD_SLIP),
        ("mmexport1700000.jpg", "image/jpeg", EvidenceKind.PHOTO),
        ("1.pdf", "application/pdf", EvidenceKind.OTHER),
    ),
)
def test_the_kind_is_guessed_by_name(name: str, media_type: str, kind: EvidenceKind) -> None:
    assert guess_kind(name, media_type, None) is kind


def test_order_names_and_removal(school: School) -> None:
    claim = school.claim()
    one, two, three = (_add(school, claim, f"{n}.pdf", SCAN + n.encode()) for n in ("一", "二", "三"))
    with school.as_("wang") as ctx:
        services.order_evidence(ctx, OWNER, claim, (three.id, one.id))
    assert _titles(school, claim) == ["三", "一", "二"]
    with school.as_("wang", read_only=True) as ctx:
        version = list_evidence(ctx, OWNER, claim)[0].version
    with school.as_("wang") as ctx:
        services.edit_evidence(ctx, EditEvidence(three.id, version, " 采购合同 ", EvidenceKind.CONTRACT))
    with pytest.raises(Conflict), school.as_("wang") as ctx:
        services.edit_evidence(ctx, EditEvidence(three.id, version, "旧的", EvidenceKind.OTHER))
    with school.as_("wang") as ctx:
        services.remove_evidence(ctx, two.id)
    assert _titles(school, claim) == ["采购合同", "一"]
    with school.unit("test.look", read_only=True) as ctx:
        assert len(ctx.session.scalars(select(Attachment.id)).all()) == 2
        with pytest.raises(NotFound):
            read_evidence(ctx, two.id)


def test_papers_are_fixed_once_it_is_handed_in(school: School) -> None:
    claim = school.claim()
    added = _add(school, claim, "清单.pdf", SCAN)
    school.submit(claim)
    steps = (
        lambda ctx: services.add_evidence(ctx, AddEvidence(OWNER, claim, "又.pdf", SCAN)),
        lambda ctx: services.remove_evidence(ctx, added.id),
        lambda ctx: services.order_evidence(ctx, OWNER, claim, (added.id,)),
        lambda ctx: services.edit_evidence(ctx, EditEvidence(added.id, 1, "新", EvidenceKind.OTHER)),
    )
    for step in steps:
        with pytest.raises(RuleViolation, match="内容不能再改"), school.as_("wang") as ctx:
            step(ctx)
    assert _titles(school, claim, "li") == ["清单"]


def test_signed_paper_comes_by_registration_only(school: School) -> None:
    claim = school.claim()
    for kind in (EvidenceKind.SIGNED_PAPER,):
        with pytest.raises(RuleViolation, match="登记已签"):
            _add(school, claim, "已签.pdf", SCAN, kind=kind)
    school.submit(claim)
    school.sign(claim, "li")
    school.sign(claim, "zhao")
    school.paper(claim)
    with school.as_("wang", read_only=True) as ctx:
        assert [row.kind for row in list_evidence(ctx, OWNER, claim)] == [EvidenceKind.SIGNED_PAPER]


def test_strangers_neither_add_nor_see(school: School) -> None:
    school.add("he", "何旁人", ("经办人",))
    claim = school.claim()
    added = _add(school, claim, "清单.pdf", SCAN)
    with pytest.raises(PermissionDenied, match="王经办"):
        _add(school, claim, "他的.pdf", SCAN, "he")
    with school.as_("he", read_only=True) as ctx:
        with pytest.raises(PermissionDenied):
            list_evidence(ctx, OWNER, claim)
        with pytest.raises(PermissionDenied):
            read_evidence(ctx, added.id)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    (
        ("程序.exe", b"MZ", "不能作为附件"),
        ("空.pdf", b"", "空文件"),
        ("假.pdf", b"hello", "不符"),
    ),
)
def test_files_that_cannot_be_taken(school: School, name: str, data: bytes, sentence: str) -> None:
    claim = school.claim()
    with pytest.raises(InvalidInput, match=sentence):
        _add(school, claim, name, data)
    assert _titles(school, claim) == []


def test_deleting_a_draft_takes_its_papers(school: School) -> None:
    claim = school.claim()
    _add(school, claim, "清单.pdf", SCAN)
    with school.as_("wang") as ctx:
        services.delete_claim(ctx, claim, school.ref(claim).version)
    with school.unit("test.look", read_only=True) as ctx:
        assert ctx.session.scalars(select(Evidence.id)).all() == []
        assert ctx.session.scalars(select(Attachment.id)).all() == []
