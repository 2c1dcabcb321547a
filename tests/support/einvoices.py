"""Electronic invoices of invented sellers, made in the formats in which real ones come."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import mm
from reportlab.pdfgen.canvas import Canvas

from dangxiao_houqin.documents import fonts

SCHOOL = "中共虚构县委党校"


@dataclass(frozen=True)
class Sample:
    """What an invoice says; ``code`` is that of the paper kinds of before."""

    number: str = "26530000000000012345"
    code: str = ""
    issued_on: date = date(2026, 2, 28)
    seller: str = "虚构市文具有限公司（样例）"
    buyer: str = SCHOOL
    amount: str = "1234.50"
    net: str = "1092.48"
    tax: str = "142.02"
    special: bool = False


def digital_xml(sample: Sample = Sample(), *, encoding: str = "UTF-8") -> bytes:
    """数电票 as the tax office delivers it."""
    kind = "01" if sample.special else "02"
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<EInvoice><Header><EIid>{sample.number}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.3</Version>
<InherentLabel><EInvoiceType><LabelCode>01</LabelCode><LabelName>数电发票</LabelName></EInvoiceType>
<GeneralOrSpecialVAT><LabelCode>{kind}</LabelCode></GeneralOrSpecialVAT></InherentLabel></Header>
<EInvoiceData><SellerInformation><SellerIdNum>91530000000000000X</SellerIdNum><SellerName>{sample.seller}</SellerName>
</SellerInformation><BuyerInformation><BuyerIdNum>12530000000000000A</BuyerIdNum><BuyerName>{sample.buyer}</BuyerName>
</BuyerInformation><BasicInformation><TotalAmWithoutTax>{sample.net}</TotalAmWithoutTax>
<TotalTaxAm>{sample.tax}</TotalTaxAm><TotalTax-includedAmount>{sample.amount}</TotalTax-includedAmount>
<RequestTime>{sample.issued_on} 09:30:00</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*纸制品*打印纸</ItemName><Amount>{sample.net}</Amount></IssuItemInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>{sample.number}</InvoiceNumber><IssueTime>{sample.issued_on} 09:30:12</IssueTime>
</TaxSupervisionInfo></EInvoice>"""
    return text.encode(encoding)


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def ofd_with_xml(sample: Sample = Sample()) -> bytes:
    """An OFD that carries the invoice's own XML, as the tax office's older ones do (fp: names)."""
    inner = f"""<?xml version="1.0" encoding="UTF-8"?><fp:eInvoice xmlns:fp="urn:fp">
<fp:DocID>44</fp:DocID><fp:InvoiceCode>{sample.code}</fp:InvoiceCode><fp:InvoiceNo>{sample.number}</fp:InvoiceNo>
<fp:IssueDate>{sample.issued_on:%Y年%m月%d日}</fp:IssueDate>
<fp:TaxInclusiveTotalAmount>{sample.amount}</fp:TaxInclusiveTotalAmount>
<fp:Buyer><fp:BuyerName>{sample.buyer}</fp:BuyerName><fp:BuyerTaxID>12530000000000000A</fp:BuyerTaxID></fp:Buyer>
<fp:Seller><fp:SellerName>{sample.seller}</fp:SellerName></fp:Seller></fp:eInvoice>"""
    return zipped({"OFD.xml": b"<OFD/>", "Doc_0/Attachs/original_invoice.xml": inner.encode()})


def ofd_with_tags(sample: Sample = Sample()) -> bytes:
    """An OFD whose tags point at the text objects of its page, as those of 数电票 do."""
    texts = {
        "10": sample.number,
        "11": f"{sample.issued_on:%Y年%m月%d日}",
        "12": sample.seller,
        "13": sample.buyer,
        "14": sample.amount,
        "15": "电子发票（普通发票）",
    }
    objects = "".join(
        f'<ofd:TextObject ID="{key}"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
        for key, text in texts.items()
    )
    names = {"InvoiceNo": "10", "IssueDate": "11", "SellerName": "12", "BuyerName": "13"}
    tags = "".join(f'<{n}><ofd:ObjectRef PageRef="1">{i}</ofd:ObjectRef></{n}>' for n, i in names.items())
    tags += '<TaxInclusiveTotalAmount><ofd:ObjectRef PageRef="1">14</ofd:ObjectRef></TaxInclusiveTotalAmount>'
    space = 'xmlns:ofd="urn:ofd"'
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody/></ofd:OFD>".encode(),
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}>{objects}</ofd:Page>".encode(),
            "Doc_0/Tags/CustomTag.xml": f"<eInvoice {space}>{tags}</eInvoice>".encode(),
        }
    )


def _write(canvas: Canvas, x: float, y: float, text: str, size: float = 9) -> None:
    for run in fonts.runs(text):
        canvas.setFont(run.font, size)
        canvas.drawString(x * mm, y * mm, run.text)
        x += fonts.text_width(run.text, size) / mm


def _sheet(pieces: list[tuple[float, float, str]]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(210 * mm, 140 * mm), invariant=1)
    for x, y, text in pieces:
        _write(canvas, x, y, text)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def digital_pdf(sample: Sample = Sample()) -> bytes:
    """数电票 as a sheet: buyer left, seller right, labels and values drawn apart."""
    kind = "增值税专用发票" if sample.special else "普通发票"
    money = f"{float(sample.amount):.2f}"
    return _sheet(
        [
            (80, 128, f"电子发票（{kind}）"),
            (150, 130, "发票号码："),
            (168, 130, sample.number),
            (150, 124, f"开票日期：{sample.issued_on:%Y年%m月%d日}"),
            *((8.0, 112.0 - 5 * i, c) for i, c in enumerate("购买方信息")),
            (14, 108, "名称："),
            (24, 108, sample.buyer),
            (14, 96, "统一社会信用代码/纳税人识别号：12530000000000000A"),
            *((106.0, 112.0 - 5 * i, c) for i, c in enumerate("销售方信息")),
            (112, 108, "名称："),
            (122, 108, sample.seller),
            (112, 96, "统一社会信用代码/纳税人识别号：91530000000000000X"),
            (10, 84, "项目名称"),
            (10, 78, "*纸制品*打印纸"),
            (150, 78, sample.net),
            (180, 78, sample.tax),
            (20, 50, "合计"),
            (148, 50, f"¥{sample.net}"),
            (178, 50, f"¥{sample.tax}"),
            (20, 42, "价税合计（大写）"),
            (60, 42, "壹仟贰佰叁拾肆圆伍角"),
            (140, 42, f"（小写）¥{money}"),
            (10, 20, "开票人：虚构"),
        ]
    )


def paper_style_pdf(sample: Sample) -> bytes:
    """增值税电子普通发票 of before the 数电票: code and number, the seller below."""
    return _sheet(
        [
            (70, 130, "虚构省增值税电子普通发票"),
            (150, 134, f"发票代码:{sample.code}"),
            (150, 129, f"发票号码:{sample.number}"),
            (150, 124, f"开票日期:{sample.issued_on:%Y 年 %m 月 %d 日}"),
            (14, 112, f"名    称: {sample.buyer}"),
            (14, 106, "纳税人识别号: 12530000000000000A"),
            (130, 112, "密 03-4+5<6*7"),
            (10, 84, "货物或应税劳务、服务名称"),
            (10, 78, "*住宿服务*住宿费"),
            (150, 78, sample.net),
            (148, 56, f"￥{sample.net}"),
            (178, 56, f"￥{sample.tax}"),
            (20, 48, "价税合计(大写)"),
            (140, 48, f"(小写) ￥{sample.amount}"),
            (14, 36, f"名    称: {sample.seller}"),
            (14, 30, "纳税人识别号: 91530000000000000X"),
        ]
    )


def fiscal_pdf(sample: Sample) -> bytes:
    """财政电子票据."""
    return _sheet(
        [
            (70, 130, "虚构省非税收入统一票据（电子）"),
            (14, 120, f"票据代码：{sample.code}"),
            (130, 120, f"票据号码：{sample.number}"),
            (14, 113, f"交款人：{sample.buyer}"),
            (130, 113, f"开票日期：{sample.issued_on:%Y-%m-%d}"),
            (14, 90, "考试费"),
            (150, 90, sample.amount),
            (14, 60, "金额合计（大写）壹仟贰佰叁拾肆元伍角"),
            (140, 60, f"（小写）¥{sample.amount}"),
            (14, 30, f"收款单位（章）：{sample.seller}"),
            (130, 30, "收款人：虚构"),
        ]
    )
