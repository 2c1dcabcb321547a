"""Fields out of electronic invoices; and what junk, bombs and hostile files do: nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangxiao_houqin.documents import invoice_reading
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.documents.invoice_reading import read_invoice
from tests.support.einvoices import (
    SCHOOL,
    Sample,
    digital_pdf,
    digital_xml,
    fiscal_pdf,
    ofd_with_tags,
    ofd_with_xml,
    paper_style_pdf,
    zipped,
)

XML, OFD, PDF = "application/xml", "application/ofd", "application/pdf"
SAMPLE = Sample()
OLD = Sample(number="01234567", code="053002000111", amount="388.00", net="366.04", tax="21.96", seller="虚构大酒店")


def _expected(sample: Sample, origin: str, kind: str = "digital", **more: object) -> InvoiceFacts:
    facts = InvoiceFacts(
        origin,
        kind,
        sample.number,
        sample.code,
        sample.issued_on,
        sample.seller,
        sample.buyer,
        "12530000000000000A",
        round(float(sample.amount) * 100),
    )
    return replace(facts, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ("UTF-8", "GBK", "GB18030", "UTF-16"))
def test_digital_invoice_as_xml(encoding: str) -> None:
    assert read_invoice(XML, digital_xml(SAMPLE, encoding=encoding)) == _expected(SAMPLE, "xml")


def test_ofd_with_the_invoice_inside() -> None:
    assert read_invoice(OFD, ofd_with_xml(OLD)) == _expected(OLD, "ofd", "ordinary")


def test_ofd_with_tags_only() -> None:
    assert read_invoice(OFD, ofd_with_tags(SAMPLE)) == _expected(SAMPLE, "ofd", buyer_tax_no="")


@pytest.mark.parametrize("special", (False, True))
def test_digital_invoice_as_pdf(special: bool) -> None:
    sample = replace(SAMPLE, special=special)
    assert read_invoice(PDF, digital_pdf(sample)) == _expected(sample, "pdf", buyer_tax_no="")


def test_invoice_of_the_old_kind_as_pdf() -> None:
    assert read_invoice(PDF, paper_style_pdf(OLD)) == _expected(OLD, "pdf", "ordinary", buyer_tax_no="")


def test_fiscal_receipt_as_pdf() -> None:
    sample = Sample(number="0012345678", code="53060126", seller="虚构县考试院")
    assert read_invoice(PDF, fiscal_pdf(sample)) == _expected(sample, "pdf", "fiscal", buyer_tax_no="")


@pytest.mark.parametrize(
    ("amount", "fen"),
    (
        ("0.01", 1),
        ("100", 10_000),
        ("123456789.99", 12_345_678_999),
        ("1,234.50", 123_450),
        ("1.001", None),
        ("-5.00", None),
    ),
)
def test_amounts_are_exact_or_absent(amount: str, fen: int | None) -> None:
    facts = read_invoice(XML, digital_xml(replace(SAMPLE, amount=amount)))
    assert facts is not None
    assert facts.amount_fen == fen


def test_facts_survive_the_database() -> None:
    facts = read_invoice(XML, digital_xml())
    assert facts is not None
    assert InvoiceFacts.from_json(facts.as_json()) == facts
    assert InvoiceFacts.from_json({}) is None
    assert facts.issued_on == date(2026, 2, 28)
    assert facts.buyer == SCHOOL


# ------------------------------------------------------------------------------------------------- what is none
def test_other_files_are_no_invoice() -> None:
    assert read_invoice(XML, b"<note>hello</note>") is None
    assert read_invoice("image/png", b"\x89PNG") is None
    assert read_invoice(OFD, zipped({"OFD.xml": b"<OFD/>"})) is None


def test_entities_are_not_expanded() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<EInvoice><InvoiceNumber>26530000000000012345</InvoiceNumber><SellerName>&b;</SellerName></EInvoice>"""
    assert read_invoice(XML, bomb) is None
    reader = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><EInvoice><A>&f;</A></EInvoice>'
    )
    assert read_invoice(XML, reader) is None


def test_deep_xml_is_refused() -> None:
    assert read_invoice(XML, b"<a>" * 5000 + b"</a>" * 5000) is None


def test_zip_bomb_is_left_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    before = zipfile.ZipExtFile.read

    def counted(stream: zipfile.ZipExtFile, size: int = -1) -> bytes:
        data = before(stream, size)
        asked.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    bomb = zipped({f"Doc_0/Attachs/{n}.xml": b"<a>" + b" " * 60_000_000 for n in range(2)})
    assert len(bomb) < 200_000
    assert read_invoice(OFD, bomb) is None
    assert sum(asked) <= invoice_reading.MAX_UNPACKED + 1


def test_too_many_entries_are_refused() -> None:
    assert read_invoice(OFD, zipped({f"{n}.xml": b"<a/>" for n in range(invoice_reading.MAX_ENTRIES + 1)})) is None


def test_encrypted_entry_is_refused() -> None:
    data = bytearray(ofd_with_xml(OLD))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        offsets = [info.header_offset for info in archive.infolist()]
    for offset in offsets:
        data[offset + 6] |= 1
    start = data.find(b"PK\x01\x02")
    while start >= 0:
        data[start + 8] |= 1
        start = data.find(b"PK\x01\x02", start + 4)
    assert read_invoice(OFD, bytes(data)) is None


SEEDS = {
    XML: digital_xml(SAMPLE),
    OFD: ofd_with_tags(SAMPLE),
    PDF: digital_pdf(SAMPLE),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_broken_files_never_raise(media_type: str, data: st.DataObject) -> None:
    """Bytes of a real file overwritten, cut or repeated: facts or nothing, and never a wrong type."""
    seed = bytearray(SEEDS[media_type])
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(seed) - 1))
        seed[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(seed)))
    facts = read_invoice(media_type, bytes(seed[:cut]) if data.draw(st.booleans()) else bytes(seed))
    assert facts is None or (isinstance(facts.number, str) and len(facts.number) <= 30)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=300))
def test_junk_gives_nothing(media_type: str, junk: bytes) -> None:
    assert read_invoice(media_type, junk) is None
