"""Reading the fields of an electronic invoice out of its file: XML and OFD by their tags, PDF by its text.

What is read only pre-fills a form and is compared with what was typed, so reading never fails: junk gives ``None``.
Files come from strangers; every step is bounded (entries, bytes, depth, characters) and no entity is expanded.

Sources: 电子凭证会计数据标准 (财会〔2025〕9号) for the XML of 数电票, GB/T 33190-2016 for OFD.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from xml.parsers import expat

from .invoice_facts import InvoiceFacts
from .pdfium_lock import PDFIUM_LOCK

MAX_XML = 8 * 1024 * 1024
MAX_UNPACKED = 32 * 1024 * 1024
MAX_ENTRIES = 400
MAX_ELEMENTS = 200_000
MAX_DEPTH = 64
MAX_TEXT = 100_000
MAX_CHARACTERS = 20_000
PDF_PAGES = 2
MAX_FEN = 10**14

_NUMBER = ("InvoiceNumber", "EIid", "InvoiceNo", "Fphm", "发票号码", "票据号码", "EInvoiceNumber")
_CODE = ("InvoiceCode", "Fpdm", "发票代码", "票据代码", "EInvoiceCode")
_ISSUED = ("IssueTime", "IssueDate", "InvoiceDate", "Kprq", "开票日期", "RequestTime")
_SELLER = ("SellerName", "Xfmc", "销售方名称", "销方名称", "InvoicingPartyName", "收款单位")
_BUYER = ("BuyerName", "Gfmc", "购买方名称", "购方名称", "PayerPartyName", "交款人")
_BUYER_TAX = ("BuyerIdNum", "BuyerTaxID", "Gfsh", "购买方纳税人识别号")
_AMOUNT = ("TotalTax-includedAmount", "TaxInclusiveTotalAmount", "Jshj", "价税合计", "TotalAmount", "Fare")
_KIND = ("GeneralOrSpecialVAT", "EInvoiceType")

Fields = Mapping[str, str]
"""Text of elements by their name without prefix, lower case; the first of a name counts."""


def read_invoice(media_type: str, data: bytes) -> InvoiceFacts | None:
    """What the file says about its invoice; ``None`` when it is none or cannot be read.

    ``media_type`` as :func:`~dangxiao_houqin.core.attachments.media_type_of` gives it.
    """
    reader = {"application/xml": _read_xml, "application/ofd": _read_ofd, "application/pdf": _read_pdf}.get(media_type)
    if reader is None:
        return None
    try:
        facts = reader(data)
    except _JUNK:
        return None
    return facts if facts is not None and (facts.number or facts.amount_fen is not None) else None


_JUNK = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,  # a password, a compression nobody has, too deep
    ValueError,
    expat.ExpatError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


# --------------------------------------------------------------------------------------------------------- XML
class _Refused(ValueError):
    """The file asks for more than a reader owes a stranger."""


def _elements(data: bytes) -> Iterator[tuple[tuple[str, ...], str, Mapping[str, str]]]:
    """(path of local names, text, attributes) of every element, innermost first."""
    if len(data) > MAX_XML:
        raise _Refused("too large")
    head = data[:200].lower()
    parser = expat.ParserCreate()
    if re.search(rb"encoding\s*=\s*[\"'](gbk|gb2312|gb18030)", head):  # expat knows none of them
        data = data.decode("gb18030", "replace").encode()
        parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    found: list[tuple[tuple[str, ...], str, Mapping[str, str]]] = []
    stack: list[tuple[str, list[str], Mapping[str, str]]] = []

    def refuse(*_: object) -> None:
        raise _Refused("a document type")

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= MAX_DEPTH or len(found) + len(stack) >= MAX_ELEMENTS:
            raise _Refused("too deep or too many")
        stack.append((name.rpartition(":")[2], [], attributes))

    def text(characters: str) -> None:
        if stack:
            stack[-1][1].append(characters)

    def end(_: str) -> None:
        path = tuple(name for name, _, _ in stack)
        _, parts, attributes = stack.pop()
        found.append((path, "".join(parts).strip()[:500], attributes))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.Parse(data, True)
    return iter(found)


def _fields(data: bytes) -> dict[str, str]:
    """The first text of every name; a ``CustomData`` counts under the name in its attribute."""
    fields: dict[str, str] = {}
    for path, text, attributes in _elements(data):
        name = attributes.get("Name", "") if path[-1] == "CustomData" else path[-1]
        parent = path[-2] if len(path) > 1 else ""
        if parent in _KIND:
            name = f"{parent}/{name}"
        if text:
            fields.setdefault(name.lower(), text)
    return fields


def _first(fields: Fields, names: Iterable[str]) -> str:
    return next((fields[name.lower()] for name in names if fields.get(name.lower())), "")


def _facts_of(fields: Fields, origin: str) -> InvoiceFacts | None:
    number = _digits(_first(fields, _NUMBER))
    amount = _fen(_first(fields, _AMOUNT))
    if not number or (amount is None and not _first(fields, _SELLER)):
        return None
    code = _digits(_first(fields, _CODE))
    return InvoiceFacts(
        origin=origin,
        kind=_kind(number, code, " ".join((*fields.keys(), *fields.values()))[:MAX_TEXT], fields),
        number=number[:30],
        code="" if len(number) == 20 else code[:20],
        issued_on=_date(_first(fields, _ISSUED)),
        seller=_name(_first(fields, _SELLER)),
        buyer=_name(_first(fields, _BUYER)),
        buyer_tax_no=_digits(_first(fields, _BUYER_TAX))[:20],
        amount_fen=amount,
    )


def _kind(number: str, code: str, text: str, fields: Fields | None = None) -> str:
    if re.fullmatch(r"\d{20}", number):
        return "digital"
    if "票据代码" in text or "财政" in text or "invoicingpartyname" in text:
        return "fiscal"
    if re.fullmatch(r"\d{8}", number) and re.fullmatch(r"\d{10}|\d{12}", code):
        special = (fields or {}).get("generalorspecialvat/labelcode") == "01" or "专用发票" in text
        return "special" if special else "ordinary"
    return ""


def _read_xml(data: bytes) -> InvoiceFacts | None:
    return _facts_of(_fields(data), "xml")


# --------------------------------------------------------------------------------------------------------- OFD
def _read_ofd(data: bytes) -> InvoiceFacts | None:
    """The invoice's own XML if it lies inside, else the document's fields and tags, else the text of its pages."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [info for info in archive.infolist() if info.filename.lower().endswith(".xml")]
        if len(archive.infolist()) > MAX_ENTRIES:
            raise _Refused("too many entries")
        files = _Unpacked(archive)
        inside = [info for info in entries if "attach" in info.filename.lower()]
        for info in inside:
            try:
                facts = _facts_of(_fields(files.read(info)), "ofd")
            except expat.ExpatError:
                continue
            if facts is not None and facts.amount_fen is not None:
                return facts
        fields: dict[str, str] = {}
        texts: dict[str, str] = {}
        tags: list[tuple[str, str]] = []
        for info in entries:
            _read_part(info.filename, files.read(info), fields, texts, tags)
    for name, reference in tags:
        if texts.get(reference):
            fields[name] = fields.get(name) or texts[reference]
    tagged = _facts_of(fields, "ofd")
    written = _facts_in_lines(["\t".join(texts.values())], "ofd")
    return _completed(tagged, written)


class _Unpacked:
    """Reads entries up to a sum; what an archive says about sizes is not believed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.left = MAX_UNPACKED

    def read(self, info: zipfile.ZipInfo) -> bytes:
        limit = min(MAX_XML, self.left)
        with self.archive.open(info) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise _Refused("too much to unpack")
        self.left -= len(data)
        return data


def _read_part(
    name: str, data: bytes, fields: dict[str, str], texts: dict[str, str], tags: list[tuple[str, str]]
) -> None:
    """One XML file of an OFD: custom data, tags that point at objects, and the objects' texts."""
    owner = ""
    for path, text, attributes in _elements(data):
        last = path[-1]
        if last == "CustomData" and text:
            fields.setdefault(attributes.get("Name", "").lower(), text)
        elif last == "TextCode" and text:
            owner = owner + text
        elif last == "TextObject":
            if owner and attributes.get("ID") and len(texts) < MAX_CHARACTERS:
                texts[attributes["ID"]] = owner
            owner = ""
        elif last == "ObjectRef" and text and "tag" in name.lower() and len(path) > 1:
            tags.append((path[-2].lower(), text))


# --------------------------------------------------------------------------------------------------------- PDF
def _read_pdf(data: bytes) -> InvoiceFacts | None:
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return None
        try:
            known = {
                key.lower(): document.get_metadata_value(key)
                for key in ("InvoiceNumber", "IssueTime", "TotalTax-includedAmount", "SellerName", "BuyerName")
            }
            lines = [line for index in range(min(len(document), PDF_PAGES)) for line in _lines(document, index)]
        except pypdfium2.PdfiumError:
            return None
        finally:
            document.close()
    written = _facts_in_lines(lines, "pdf")
    if written is None:
        return None
    number = _digits(known["invoicenumber"] or "")
    if re.fullmatch(r"\d{20}", number):  # 数电票 carry their fields in the document information
        amount = _fen(known["totaltax-includedamount"] or "")
        written = replace(
            written,
            kind="digital",
            number=number,
            code="",
            issued_on=_date(known["issuetime"] or "") or written.issued_on,
            amount_fen=written.amount_fen if amount is None else amount,
        )
    return written


def _lines(document: object, index: int) -> list[str]:
    """The text of a page as it stands on paper: rows from the top, pieces from the left with tabs at gaps."""
    page = document[index]  # type: ignore[index]
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), MAX_CHARACTERS)
        everything = text.get_text_range(0, count) if count else ""
        letters: list[tuple[float, float, float, float, str]] = []
        if len(everything) == count:
            for place, character in enumerate(everything):
                if not character.isspace():
                    left, bottom, right, top = text.get_charbox(place, loose=False)
                    letters.append(((bottom + top) / 2, left, right, max(top - bottom, 1.0), character))
    finally:
        text.close()
        page.close()
    return _laid_out(letters) if letters else everything.splitlines()


def _laid_out(letters: Sequence[tuple[float, float, float, float, str]]) -> list[str]:
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for letter in sorted(letters, key=lambda item: -item[0]):
        if rows and abs(rows[-1][0][0] - letter[0]) <= 4:
            rows[-1].append(letter)
        else:
            rows.append([letter])
    lines = []
    for row in rows:
        row.sort(key=lambda item: item[1])
        height = max(item[3] for item in row)
        pieces = [row[0][4]]
        for before, after in pairwise(row):
            pieces.append("\t" + after[4] if after[1] - before[2] > max(height, 6) else after[4])
        lines.append("".join(pieces))
    return lines


_MONEY = r"[¥￥Y]\s*(-?\d[\d,]*\.\d{2})"


def _facts_in_lines(lines: Sequence[str], origin: str) -> InvoiceFacts | None:
    """The fields of an invoice in its visible text."""
    text = unicodedata.normalize("NFKC", "\n".join(lines))[:MAX_TEXT]
    tight = re.sub(r"[^\S\n\t]+", "", text)
    flat = re.sub(r"\s+", "", text)
    if not re.search(r"发票|票据|客票|行程单", flat):
        return None
    number = _match(flat, r"(?:发票|票据)号码:?(\d{8,20})(?!\d)") or _match(flat, r"(?<!\d)(\d{20})(?!\d)")
    code = _match(flat, r"(?:发票|票据)代码:?(\d{8,12})(?!\d)")
    if len(number) > 8 and len(number) != 20 and code:
        number = number[:8] if "发票" in flat else number
    amount = _match(flat, r"\(小写\):?" + _MONEY) or _match(flat, r"小写:?" + _MONEY)
    amounts = [fen for fen in map(_fen, re.findall(_MONEY, flat)) if fen is not None]
    fen = _fen(amount) if amount else max(amounts, default=None)
    if not number and fen is None:
        return None
    names = _names(tight)
    fiscal = "票据代码" in flat
    seller = _match(tight, r"收款单位[^:\n\t]*:\t?([^\n\t]+)") if fiscal else (names[1] if len(names) > 1 else "")
    buyer = _match(tight, r"交款人:\t?([^\n\t]+)") if fiscal else (names[0] if names else "")
    return InvoiceFacts(
        origin=origin,
        kind=_kind(number, code, flat),
        number=number[:30],
        code="" if len(number) == 20 else code,
        issued_on=_date(_match(flat, r"开票日期:?(\d{4}[年\-/.]?\d{1,2}[月\-/.]?\d{1,2}日?)") or flat),
        seller=_name(seller),
        buyer=_name(buyer),
        amount_fen=fen,
    )


def _names(text: str) -> list[str]:
    """What stands behind 名称, from the top and from the left: the buyer, then the seller."""
    found = []
    for match in re.finditer(r"名\t?称\t?:((?:\t?[^\t\n:]+)?)", text):
        pieces = [piece for piece in match[1].split("\t") if len(piece) > 1]
        name = pieces[0] if pieces else ""
        name = re.split(r"[购销买售]?名$|密码区|统一社会|纳税人", name)[0]
        found.append(name)
    return found


# ------------------------------------------------------------------------------------------------------ values
def _completed(first: InvoiceFacts | None, second: InvoiceFacts | None) -> InvoiceFacts | None:
    """``first`` with what it lacks taken from ``second``."""
    if first is None or second is None:
        return first or second
    return InvoiceFacts(
        origin=first.origin,
        kind=first.kind or second.kind,
        number=first.number or second.number,
        code=first.code or second.code,
        issued_on=first.issued_on or second.issued_on,
        seller=first.seller or second.seller,
        buyer=first.buyer or second.buyer,
        buyer_tax_no=first.buyer_tax_no or second.buyer_tax_no,
        amount_fen=second.amount_fen if first.amount_fen is None else first.amount_fen,
    )


def _match(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def _digits(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def _name(text: str) -> str:
    visible = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C")
    name = "".join(visible).strip(" :_-")[:100]
    if name.isascii():
        return name
    return name.replace("(", "（").replace(")", "）")  # as Chinese names are registered


def _fen(text: str) -> int | None:
    """Exact fen of an amount in yuan; ``None`` when it is none, is negative or has parts of a fen."""
    plain = re.sub(r"[,\s¥￥元]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\d{1,13}(\.\d{1,6})?", plain):
        return None
    try:
        fen = Decimal(plain) * 100
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() and 0 <= fen < MAX_FEN else None


def _date(text: str) -> date | None:
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT])
    found = re.search(r"(?<!\d)(20\d{2})\s?[年\-/.]\s?(\d{1,2})\s?[月\-/.]\s?(\d{1,2})(?!\d)", plain)
    found = found or re.match(r"\s*(20\d{2})(\d{2})(\d{2})", plain)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
