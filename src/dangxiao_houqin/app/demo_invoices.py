"""Papers for the demo's claims: invented invoices as PDF and XML, and pictures.  Every one says that it is invented."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from dangxiao_houqin.core.money import capitals

INVENTED = "虚构样票，仅供演示"


@dataclass(frozen=True)
class SampleInvoice:
    """What an invented invoice says; ``lines`` are (text, fen)."""

    number: str
    issued_on: date
    seller: str
    buyer: str
    lines: tuple[tuple[str, int], ...]

    @property
    def total_fen(self) -> int:
        return sum(fen for _, fen in self.lines)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def invoice_xml(invoice: SampleInvoice) -> bytes:
    """As a 数电发票 comes: the fields that claims read, and the lines."""
    items = "".join(
        f"<IssuItemInformation><ItemName>{escape(text)}</ItemName><Amount>{_yuan(fen)}</Amount></IssuItemInformation>"
        for text, fen in invoice.lines
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<EInvoice><Header><EIid>{invoice.number}</EIid><InherentLabel>{INVENTED}</InherentLabel></Header>"
        "<EInvoiceData>"
        f"<SellerInformation><SellerName>{escape(invoice.seller)}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerName>{escape(invoice.buyer)}</BuyerName></BuyerInformation>"
        f"<BasicInformation><TotalTax-includedAmount>{_yuan(invoice.total_fen)}</TotalTax-includedAmount>"
        f"</BasicInformation>{items}</EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{invoice.number}</InvoiceNumber>"
        f"<IssueTime>{invoice.issued_on.isoformat()}</IssueTime></TaxSupervisionInfo></EInvoice>\n"
    )
    return text.encode()


def invoice_pdf(invoice: SampleInvoice) -> bytes:
    """The sheet as it is printed, 210 x 140 mm."""
    from dangxiao_houqin.documents.painter import Painter

    page = Painter(f"电子发票 {invoice.number}")
    page.page(210, 140)
    page.text(105, 18, "电子发票（普通发票）", 17, "kai", "center")
    page.text(105, 25, INVENTED, 9, "sans", "center", grey=0.45)
    page.text(142, 18, f"发票号码：{invoice.number}", 8.5)
    day = invoice.issued_on
    page.text(142, 24, f"开票日期：{day.year}年{day.month:02d}月{day.day:02d}日", 8.5)
    page.rect(10, 30, 190, 96)
    page.line(105, 30, 105, 48)
    page.line(10, 48, 200, 48)
    for left, who, name in ((10, "购买方", invoice.buyer), (105, "销售方", invoice.seller)):
        page.text(left + 3, 38, f"名称：{name}", 9)
        page.text(left + 3, 44, f"统一社会信用代码/纳税人识别号：（{who}，虚构）", 7.5, grey=0.3)
    page.text(14, 54, "项目名称", 9)
    page.text(150, 54, "金额", 9, align="right")
    for number, (text, fen) in enumerate(invoice.lines):
        page.text(14, 62 + 7 * number, f"*{text}", 9)
        page.text(150, 62 + 7 * number, _yuan(fen), 9, align="right")
    page.line(10, 106, 200, 106)
    page.text(14, 114, f"价税合计（大写）　{capitals(invoice.total_fen).removeprefix('人民币')}", 10)
    page.text(150, 114, f"（小写）¥{_yuan(invoice.total_fen)}", 10)
    page.text(14, 122, "备注：本票由演示程序生成，公司和内容都是虚构的。", 8, grey=0.3)
    return page.finish()


def list_picture(title: str, lines: tuple[tuple[str, int], ...], day: date) -> bytes:
    """A photographed list (who was paid how much, what was bought), as PNG."""
    from dangxiao_houqin.documents.painter import Painter

    page = Painter(title)
    page.page(148, 105)
    page.text(74, 16, title, 14, "sans_bold", "center")
    page.text(74, 23, f"{day.year}年{day.month}月{day.day}日　{INVENTED}", 8, "sans", "center", grey=0.4)
    page.rect(12, 30, 124, 58)
    for number, (text, fen) in enumerate(lines):
        page.text(16, 40 + 9 * number, text, 9, "kai")
        page.text(130, 40 + 9 * number, _yuan(fen), 9, "kai", "right")
    page.text(16, 84, "领款人（签收）：（虚构）", 9, "kai")
    return picture(page.finish(), 80)


def picture(pdf: bytes, dpi: int) -> bytes:
    """The first page of a PDF as PNG."""
    import pypdfium2

    from dangxiao_houqin.documents.pdfium_lock import PDFIUM_LOCK

    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return png(document[0].render(scale=dpi / 72))
        finally:
            document.close()


def png(bitmap: Any) -> bytes:
    """A pdfium bitmap (3 or 4 bytes a pixel, blue first) as PNG, with nothing but zlib."""
    width, height, stride, channels = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    raw = bytes(bitmap.buffer)
    rows = bytearray()
    for y in range(height):
        line = bytearray(raw[y * stride : y * stride + width * channels])
        line[0::channels], line[2::channels] = line[2::channels], line[0::channels]
        if channels == 4:
            del line[3::4]
        rows += b"\x00" + line
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
