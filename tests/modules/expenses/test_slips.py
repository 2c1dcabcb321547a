"""The paper of approval: its measures, what stands on it, how it is divided, and that nothing false is printed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.modules.expenses.domain.approval import ChainHead, SignAction, SignatureMark, StepState
from dangxiao_houqin.modules.expenses.domain.claims import PaymentMethod
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.reports.claim_slip import (
    ClaimSlip,
    SlipLine,
    SlipSize,
    claim_slip_pdf,
    claim_slips_pdf,
)
from dangxiao_houqin.modules.expenses.reports.purchase_form import (
    FormItem,
    FormQuote,
    PurchaseForm,
    purchase_form_pdf,
)
from dangxiao_houqin.modules.expenses.reports.signature_cells import PrintedChain, signature_cells
from dangxiao_houqin.modules.expenses.reports.signing_ledger import (
    LedgerLine,
    LedgerSum,
    SigningLedger,
    signing_ledger_pdf,
    signing_ledger_xlsx,
)
from dangxiao_houqin.modules.expenses.reports.voucher_sheet import VoucherSheet, voucher_sheet_pdf
from tests.support.paper import pdf_pages, pdf_sizes, squeezed
from tests.support.qr_reading import page_pixels, read_qr

NOW = datetime(2026, 3, 5, 10, 21, tzinfo=CHINA)
THREE = (("经办人", True), ("分管领导", True), ("主要领导", True))
SIX = (
    ("经办人", True),
    ("证明人（验收人）", False),
    ("部门负责人", False),
    ("财务审核", False),
    ("分管领导", True),
    ("主要领导", True),
)
CHAIN = PrintedChain(43, "7K3M-Q9TX-2HVB", 128, "P4WD-8XNA-KC6E")
LONG = (
    "采购2026年春季学期主体班及专题培训班学员公寓床上用品（含床垫、被芯、枕芯、被套、床单、枕套、毛巾被共七件套）"
    "三百套并送货上门、回收旧品及清运垃圾费用，含一年质保与备用件二十套，验收合格后一次性支付，由后勤办公室会同学员科验收"
)


def mark(
    position: int, title: str, signer: str = "", action: SignAction | None = SignAction.SIGN, **more: object
) -> SignatureMark:
    values: dict[str, object] = {
        "round": 1,
        "who_text": title,
        "state": StepState.SIGNED,
        "at": NOW,
        "seq": 41 + position,
        "check_code": "7K3M-Q9TX-2HVB",
    }
    return SignatureMark(position=position, title=title, signer=signer, action=action, **{**values, **more})  # type: ignore[arg-type]


MARKS = (
    mark(0, "经办人", "褚喆", SignAction.SUBMIT),
    mark(1, "分管领导", "王𬱖", opinion="同意"),
    mark(2, "主要领导", "阿卜杜热合曼·买买提", opinion="同意，注意节约"),
)
SLIP = ClaimSlip(
    number="BX-2026-00012",
    department="后勤办公室",
    filled_on=date(2026, 3, 2),
    vouchers=7,
    lines=(
        SlipLine("学员食堂采购蔬菜", "30216 培训费", "2026年春季科级干部进修班", 12_680_50),
        SlipLine("学员宿舍更换热水器加热管2支", "30213 维修（护）费", "明德楼302室", 360_00),
    ),
    total_fen=13_040_50,
    payment=PaymentMethod.TRANSFER,
    cells=signature_cells(MARKS, THREE),
    payee="岚溪县明德后勤服务有限责任公司",
    bank="中国农业银行岚溪县支行",
    account="22812001040012345",
    route="自行采购",
    budget_left_fen=186_959_50,
    minutes_from_fen=50_000_00,
    chain=CHAIN,
    school="中共岚溪县委党校",
    printed_at=NOW,
)


def slip_of(count: int, text: str = "零星维修材料", **more: object) -> ClaimSlip:
    lines = tuple(SlipLine(f"{text}第{n}项", "30213 维修（护）费", "", n * 1_00) for n in range(1, count + 1))
    return replace(SLIP, lines=lines, total_fen=sum(line.amount_fen for line in lines), **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ reading back
Box = tuple[float, float, float, float]
"""x, y, width, height in mm from the top left."""
_STROKE = 0.5 / 72 * 25.4


def boxes(data: bytes, page: int = 0) -> list[Box]:
    """The frames of cells that were drawn on a page (not the modules of a QR code)."""
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page]
        height = sheet.get_height()
        found = []
        for item in sheet.get_objects():
            if item.type == 2:  # a path
                left, bottom, right, top = (value / 72 * 25.4 for value in item.get_bounds())
                box = (left, height / 72 * 25.4 - top, right - left - 2 * _STROKE, top - bottom - 2 * _STROKE)
                if box[2] > 3 and box[3] > 3:
                    found.append((box[0] + _STROKE, box[1] + _STROKE, box[2], box[3]))
        return found
    finally:
        document.close()


def rows_of(data: bytes, widths: tuple[float, ...], left: float, page: int = 0) -> list[Box]:
    """The first cells of all rows that have every column of ``widths``."""
    found = boxes(data, page)
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width)
    rows = []
    for box in found:
        if box[0] == pytest.approx(left, abs=0.1) and box[2] == pytest.approx(widths[0], abs=0.1):
            beside = {(round(b[0], 1), round(b[2], 1)) for b in found if abs(b[1] - box[1]) < 0.1}
            wanted = {(round(x, 1), round(w, 1)) for x, w in zip(edges, widths, strict=False)}
            if all(any(abs(x - a) < 0.15 and abs(w - b) < 0.15 for a, b in beside) for x, w in wanted):
                rows.append(box)
    return rows


def signature_boxes(data: bytes, count: int, page: int = 0) -> list[Box]:
    """The ``count`` equal cells of the last row of the form."""
    found = [box for box in boxes(data, page) if box[2] == pytest.approx(176 / count, abs=0.1)]
    bottom = max(box[1] + box[3] for box in found)
    return sorted(box for box in found if box[1] + box[3] == pytest.approx(bottom, abs=0.2))


def inside_page(data: bytes) -> bool:
    """Whether every drawn thing lies on its page, 3 mm from the edge."""
    document = pypdfium2.PdfDocument(data)
    try:
        for sheet in document:
            width, height = sheet.get_width(), sheet.get_height()
            margin = 3 / 25.4 * 72 - 1.5
            for item in sheet.get_objects():
                left, bottom, right, top = item.get_bounds()
                if left < margin or bottom < margin or right > width - margin or top > height - margin:
                    return False
        return True
    finally:
        document.close()


def qr_on(data: bytes, page: int = 0) -> str:
    """What the page's QR code says; raises where there is none."""
    document = pypdfium2.PdfDocument(data)
    try:
        height = document[page].get_height() / 72 * 25.4
        dots = [
            tuple(value / 72 * 25.4 for value in item.get_bounds())
            for item in document[page].get_objects()
            if item.type == 2 and item.get_bounds()[3] - item.get_bounds()[1] < 3
        ]
    finally:
        document.close()
    left, right = min(dot[0] for dot in dots), max(dot[2] for dot in dots)
    top = height - max(dot[3] for dot in dots)
    return read_qr(page_pixels(data, page), left - 1, top - 1, right - left + 2)


# ------------------------------------------------------------------------------------------------- the slip
COLUMNS = (12.0, 66.0, 30.0, 34.0, 34.0)
"""domain form C.13"""


@pytest.mark.parametrize(("size", "paper"), (("a5", (210, 148)), ("c240", (240, 140))))
@pytest.mark.parametrize("cells", (THREE, SIX))
def test_the_slip_has_its_measures(size: SlipSize, paper: tuple[int, int], cells: tuple[tuple[str, bool], ...]) -> None:
    data = claim_slip_pdf(replace(SLIP, size=size, cells=signature_cells(MARKS, cells)))
    assert pdf_sizes(data) == [paper]
    rows = rows_of(data, COLUMNS, left=22.0)
    assert len(rows) == 1 + 5 + 1  # the heads, five lines, and the row of procurement
    assert all(box[3] >= 5.4 for box in rows)
    signed = signature_boxes(data, len(cells))
    assert len(signed) == len(cells)
    assert all(box[2] >= 27 and box[3] >= 17.95 for box in signed)
    assert signed[0][0] == pytest.approx(22, abs=0.1)
    assert signed[-1][0] + signed[-1][2] == pytest.approx(22 + 176, abs=0.1)
    assert inside_page(data)


def test_the_slip_says_everything() -> None:
    text = squeezed(pdf_pages(claim_slip_pdf(SLIP))[0])
    for words in (
        "中共岚溪县委党校经费支出报销审批单",
        "报销部门：后勤办公室",
        "填报日期：2026年3月2日",
        "编号：BX-2026-00012",
        "附单据7张",
        "12,680.50",
        "小写¥13,040.50",
        "大写人民币壹万叁仟零肆拾元伍角整",
        "收款单位（人）",
        "22812001040012345",
        "自行采购",
        "186,959.50",
        "王𬱖",
        "阿卜杜热合曼·买买提",
        "2026年3月5日",
        "5万元以上须附会议纪要",
        "签名第43号·校验码7K3M-Q9TX-2HVB·打印时最后一号第128号P4WD-8XNA-KC6E",
        "以下空白",
    ):
        assert words in text, words
    assert "第1页" not in text  # one sheet needs no page number


@pytest.mark.parametrize("size", ("a5", "c240"))
def test_a_scanner_reads_the_head_of_the_chain(size: SlipSize) -> None:
    assert qr_on(claim_slip_pdf(replace(SLIP, size=size))) == "43:7K3MQ9TX2HVB:128:P4WD8XNAKC6E"


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_one_way_of_payment_is_ticked(method: PaymentMethod) -> None:
    data = claim_slip_pdf(replace(SLIP, payment=method, cash_reason="摊主无账户"))
    document = pypdfium2.PdfDocument(data)
    page = document[0].get_textpage()
    whole = page.get_text_range()
    assert whole.count("√") == 1
    index = whole.index("√")
    tick = page.get_charbox(index)
    for other in PaymentMethod:
        search = page.search("□" + other.label)
        found = search.get_next()
        assert found is not None, other
        left, bottom, right, top = page.get_charbox(found[0])
        ticked = left - 3 < tick[0] < right and bottom - 4 < tick[1] < top
        assert ticked == (other is method), other
    document.close()
    assert ("摊主无账户" in squeezed(whole)) == (method is PaymentMethod.CASH)


def test_the_name_stays_in_a_narrow_cell() -> None:
    data = claim_slip_pdf(replace(SLIP, cells=signature_cells(MARKS, SIX)))
    document = pypdfium2.PdfDocument(data)
    page = document[0].get_textpage()
    found = page.search("阿卜杜热合曼·买买提").get_next()
    assert found is not None
    first, last = page.get_charbox(found[0]), page.get_charbox(found[0] + found[1] - 1)
    cell = signature_boxes(data, 6)[-1]
    document.close()
    assert cell[0] < first[0] / 72 * 25.4
    assert last[2] / 72 * 25.4 < cell[0] + cell[2]


@pytest.mark.parametrize("size", ("a5", "c240"))
def test_amounts_of_many_yi_are_whole(size: SlipSize) -> None:
    most = 999_999_999_999_99
    line = SlipLine("综合教学楼工程款", "31001 房屋建筑物购建", "", most)
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, size=size, lines=(line,), total_fen=most)))[0])
    assert "小写¥999,999,999,999.99" in text
    assert "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分" in text


def test_the_style_of_capitals_is_the_schools() -> None:
    line = SlipLine("维修", "30213", "", 107_000_53)
    slip = replace(SLIP, lines=(line,), total_fen=107_000_53)
    assert "壹拾万柒仟元伍角叁分" in squeezed(pdf_pages(claim_slip_pdf(slip))[0])
    assert "壹拾万零柒仟元零伍角叁分" in squeezed(pdf_pages(claim_slip_pdf(replace(slip, style="both")))[0])


def test_rare_characters_are_on_paper() -> None:
    slip = replace(
        SLIP, payee="𬱖㛃商行", lines=(SlipLine("给钱㛃、郑𬱖购书", "30201 办公费", "", 1_00),), total_fen=1_00
    )
    text = squeezed(pdf_pages(claim_slip_pdf(slip))[0])
    assert "𬱖㛃商行" in text
    assert "给钱㛃、郑𬱖购书" in text


# ------------------------------------------------------------------------------------------------ many lines
@pytest.mark.parametrize("size", ("a5", "c240"))
@pytest.mark.parametrize(("lines", "sheets"), ((1, 1), (5, 1), (6, 2), (10, 2), (12, 3), (40, 8)))
def test_five_lines_a_sheet(size: SlipSize, lines: int, sheets: int) -> None:
    pages = [squeezed(page) for page in pdf_pages(claim_slip_pdf(slip_of(lines, size=size)))]
    assert len(pages) == sheets
    for number, page in enumerate(pages, 1):
        assert ("分管领导" in page) == (number == sheets)
        assert ("大写" in page) == (number == sheets)
        assert ("本页小计" in page) == (number < sheets)
        assert "校验码7K3M-Q9TX-2HVB" in page
        assert (f"第{number}页共{sheets}页" in page) == (sheets > 1)
    if sheets == 3:
        assert "本页小计合计和签批见第3页15.00" in pages[0]
        assert "本页小计合计和签批见第3页40.00" in pages[1]
        assert "小写¥78.00" in pages[2]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, len(LONG)), min_size=1, max_size=14),
    st.sampled_from(("a5", "c240")),
    st.lists(st.integers(5, 300), max_size=9),
    st.sampled_from((THREE, SIX)),
    st.booleans(),
)
def test_nothing_is_torn_or_lost(
    lengths: list[int], size: SlipSize, notices: list[int], cells: tuple[tuple[str, bool], ...], wrong: bool
) -> None:
    lines = tuple(
        SlipLine(f"〔{n}〕{LONG[:length]}", "30218 专用材料费", LONG[: length // 3], n * 1_00)
        for n, length in enumerate(lengths, 1)
    )
    told = tuple(f"《{n}》" + ("化整为零" * 80)[:length] for n, length in enumerate(notices, 1))
    slip = replace(
        SLIP,
        lines=lines,
        total_fen=sum(line.amount_fen for line in lines),
        size=size,
        notices=told,
        cells=signature_cells(MARKS, cells),
        flaws=("金额签批时为 ¥1.00，现为 ¥2.00。",) if wrong else (),
    )
    data = claim_slip_pdf(slip)
    assert inside_page(data)
    pages = [squeezed(page) for page in pdf_pages(data)]
    for n, length in enumerate(lengths, 1):
        whole = squeezed(f"〔{n}〕{LONG[:length]}")
        assert sum(whole in page for page in pages) == 1
    for n in range(1, len(notices) + 1):
        assert sum(f"《{n}》" in page for page in pages) == 1
    order = [int(n) for page in pages for n in re.findall(r"〔(\d+)〕", page)]
    assert order == sorted(order)
    assert all(len(re.findall(r"〔\d+〕", page)) <= 5 for page in pages)
    assert [("主要领导" in page) for page in pages] == [False] * (len(pages) - 1) + [True]
    last = re.search(r"〔|《", pages[-1])
    assert last is not None, "the sum and the signatures stand alone"


def test_five_lines_at_the_limit_of_the_fields() -> None:
    text = (LONG * 2)[:120]
    subject = ("岚溪县2026年春季学期科级干部进修班（第二期）" * 6)[:120]
    lines = tuple(SlipLine(text, "30218 专用材料费", subject, 12_345_678_901) for _ in range(5))
    slip = replace(SLIP, lines=lines, total_fen=5 * 12_345_678_901, payee="某" * 100, bank="行" * 100, account="1" * 40)
    slip = replace(slip, contract_no="合" * 60, minutes_no="纪" * 60, notices=("提" * 300, "示" * 300))
    for size in ("a5", "c240"):
        data = claim_slip_pdf(replace(slip, size=size))  # type: ignore[arg-type]
        assert inside_page(data)
        pages = [squeezed(page) for page in pdf_pages(data)]
        assert sum(page.count(text) for page in pages) == 5
        assert sum(page.count("某") for page in pages) == 100
        assert sum(page.count("纪") for page in pages) >= 60
        assert "主要领导" in pages[-1]


def test_several_slips_are_numbered_each_on_its_own() -> None:
    pages = [squeezed(page) for page in pdf_pages(claim_slips_pdf((slip_of(6), SLIP, slip_of(7))))]
    assert len(pages) == 5
    assert "第2页共2页" in pages[1]
    assert "第1页" not in pages[2]
    assert "第1页共2页" in pages[3]


# ------------------------------------------------------------------------------------------------ signatures
def test_a_stand_in_is_printed_as_such() -> None:
    marks = (MARKS[0], mark(1, "分管领导", "吴𣲗", on_behalf_of="王𬱖", opinion="同意"), MARKS[2])
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, cells=signature_cells(marks, THREE))))[0])
    assert "吴𣲗同意授权代签（代王𬱖）" in text


def test_a_wet_signature_is_printed_as_such_with_its_own_day() -> None:
    paper = mark(2, "主要领导", "周启明", SignAction.PAPER, registered_by="褚喆", signed_on=date(2026, 3, 3))
    cells = signature_cells((MARKS[0], MARKS[1], paper), THREE)
    assert cells[2].on == date(2026, 3, 3)
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, cells=cells)))[0])
    assert "纸质签字（褚喆登记）" in text
    assert "2026年3月3日" in text


def test_the_history_of_returns_is_not_printed() -> None:
    marks = (
        replace(MARKS[0], void=True),
        mark(1, "分管领导", "旧人", opinion="金额不对", void=True, action=SignAction.RETURN),
        *(replace(each, round=2) for each in MARKS[:2]),
        mark(2, "主要领导", state=StepState.WAITING, action=None, round=2),
        mark(-1, "已签字的纸质单", "褚喆", SignAction.PAPER, round=2),
    )
    cells = signature_cells(marks, THREE)
    assert [cell.name for cell in cells] == ["褚喆", "王𬱖", ""]
    assert len(cells) == 3
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, cells=cells)))[0])
    assert "旧人" not in text
    assert "退回" not in text
    assert "年月日" in text  # the pen's place of who has not signed


def test_steps_of_other_titles_get_cells_of_their_own() -> None:
    marks = (
        MARKS[0],
        mark(1, "证明人", "李验收"),
        mark(2, "教务处", "周教务"),
        mark(3, "分管领导", "王𬱖"),
        mark(4, "分管领导", "吴第二"),
        mark(5, "主要领导", "周启明"),
    )
    cells = signature_cells(marks, SIX)
    assert [cell.title for cell in cells] == [
        "经办人",
        "证明人（验收人）",
        "教务处",
        "部门负责人",
        "财务审核",
        "分管领导",
        "分管领导",
        "主要领导",
    ]
    assert [cell.name for cell in cells if cell.name] == ["褚喆", "李验收", "周教务", "王𬱖", "吴第二", "周启明"]
    data = claim_slip_pdf(replace(SLIP, cells=cells))
    low = signature_boxes(data, 4)
    assert len(low) == 4
    assert all(box[2] >= 27 and box[3] >= 17.95 for box in low)
    assert inside_page(data)


def test_a_level_without_a_step_says_so_and_a_skipped_one_too() -> None:
    skipped = mark(1, "分管领导", action=None, state=StepState.SKIPPED, reason="与“主要领导”为同一人，免签")
    cells = signature_cells((MARKS[0], skipped), THREE)
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, cells=cells)))[0])
    assert "免签与“主要领导”为同一人，免签" in text
    assert "签批链未设此级" in text
    assert "年月日" not in text


def test_without_names_the_cells_belong_to_the_pen() -> None:
    text = squeezed(pdf_pages(claim_slip_pdf(replace(SLIP, cells=signature_cells(MARKS, THREE, names=False))))[0])
    assert "王𬱖" not in text
    assert text.count("年月日") == 3
    assert "校验码7K3M-Q9TX-2HVB" in text


def test_a_long_opinion_is_cut_and_says_so() -> None:
    cells = signature_cells((MARKS[0], mark(1, "分管领导", "王𬱖", opinion="同意" * 100)), SIX)
    data = claim_slip_pdf(replace(SLIP, cells=cells))
    assert "…（略）" in squeezed(pdf_pages(data)[0])
    assert inside_page(data)


# ------------------------------------------------------------------------------------------------ not valid
@pytest.mark.parametrize("size", ("a5", "c240"))
def test_a_claim_that_does_not_verify_is_not_printed_as_valid(size: SlipSize) -> None:
    flaw = "第 2 行的金额签批时为 ¥360.00，现为 ¥3,600.00。"
    data = claim_slip_pdf(slip_of(7, size=size, flaws=(flaw, "附件被换。", "三", "四", "五")))
    assert inside_page(data)
    for page in map(squeezed, pdf_pages(data)):
        assert squeezed("签名核对不符：" + flaw) in page
        assert "共5处" in page
        assert "王𬱖" not in page
        assert "7K3M" not in page
        assert "本单不作为签批凭据" in page
    with pytest.raises(ValueError, match="empty"):
        qr_on(data)
    assert "签名核对不符" not in squeezed(pdf_pages(claim_slip_pdf(SLIP))[0])


@pytest.mark.parametrize("stamp", ("草稿", "作废", "已退回"))
def test_the_stamp_is_large(stamp: str) -> None:
    data = claim_slip_pdf(replace(SLIP, stamp=stamp))
    document = pypdfium2.PdfDocument(data)
    page = document[0].get_textpage()
    found = page.search(stamp).get_next()
    assert found is not None
    left, bottom, right, top = page.get_charbox(found[0])
    document.close()
    assert top - bottom > 40
    assert right - left > 40


# ------------------------------------------------------------------------------------------------ other papers
def test_the_sheet_for_gluing_has_its_frame() -> None:
    sheet = VoucherSheet(
        "BX-2026-00012", "后勤办公室", date(2026, 3, 2), 7, 13_040_50, "褚喆", "购蔬菜", "plain", "党校", NOW
    )
    data = voucher_sheet_pdf(sheet)
    assert pdf_sizes(data) == [(210, 148)]
    frame = max(boxes(data), key=lambda box: box[2] * box[3])
    assert frame[2] == pytest.approx(160, abs=0.6)
    assert frame[3] == pytest.approx(100, abs=0.6)
    assert frame[0] >= 22
    text = squeezed(pdf_pages(data)[0])
    for words in ("原始凭证粘贴单", "附单据7张", "¥13,040.50（人民币壹万叁仟零肆拾元伍角整）", "BX-2026-00012"):
        assert words in text
    many = voucher_sheet_pdf(replace(sheet, vouchers=47, total_fen=999_999_999_999_99, title=LONG, school="校" * 40))
    assert len(pdf_pages(many)) == 3
    assert "第3张共3张" in squeezed(pdf_pages(many)[2])
    assert inside_page(many)


FORM = PurchaseForm(
    number="CG-2026-00003",
    department="后勤办公室",
    filled_on=date(2026, 3, 2),
    title="学员公寓床上用品采购",
    kind=ProcurementKind.GOODS,
    items=(
        FormItem("床上用品七件套", "纯棉，1.2米床", "套", Decimal("300.000"), 298_00, 89_400_00, "公寓"),
        FormItem("加热管", "2000W", "支", Decimal("2.500"), 180_00, 450_00, ""),
    ),
    total_fen=89_850_00,
    cells=signature_cells(MARKS, THREE),
    fund_source="公用经费",
    category="30218 专用材料费",
    budget_fen=100_000_00,
    route="询价",
    suggested_route="电子卖场",
    route_rule="岚财购〔2025〕18号：货物达到5万元的应当采用政府采购方式。",
    route_reason="卖场无现货",
    quotes=(FormQuote("岚溪县明德后勤服务有限责任公司", 89_850_00, "含运费"),),
    reason="现用床上用品使用满五年。",
    minutes_no="岚党校委纪〔2026〕5号",
    notices=("30日内同一科目支出超过限额，疑似化整为零。",),
    chain=CHAIN,
    school="中共岚溪县委党校",
    printed_at=NOW,
)
FORM_COLUMNS = (10.0, 35.0, 40.0, 12.0, 14.0, 20.0, 22.0, 12.0)
"""domain form C.14"""


def test_the_purchase_form_has_its_measures_and_words() -> None:
    data = purchase_form_pdf(FORM)
    assert pdf_sizes(data) == [(210, 297)]
    assert len(rows_of(data, FORM_COLUMNS, left=25.0)) == 9  # the heads and eight lines
    text = squeezed(pdf_pages(data)[0])
    for words in (
        "中共岚溪县委党校采购申请审批表",
        "人民币捌万玖仟捌佰伍拾元整（小写¥89,850.00）",
        "300298.0089,400.00",
        "2.5180.00450.00",
        "询价（按规则建议：电子卖场；另选理由：卖场无现货）",
        "岚财购〔2025〕18号：货物达到5万元的应当采用政府采购方式。",
        "1.岚溪县明德后勤服务有限责任公司（含运费）",
        "3.",
        "疑似化整为零",
        "校委会研究同意文号：岚党校委纪〔2026〕5号",
        "2026年度集中采购目录和限额标准",
        "签名第43号",
    ):
        assert squeezed(words) in text, words
    assert qr_on(data) == "43:7K3MQ9TX2HVB:128:P4WD8XNAKC6E"
    assert inside_page(data)


@pytest.mark.parametrize("count", (0, 8, 12, 13, 25, 60))
def test_a_long_purchase_goes_on_with_the_signatures_on_the_last_sheet(count: int) -> None:
    items = tuple(
        FormItem(f"物品{n}号", LONG[: n * 7 % 100], "件", Decimal(n), 12_345_678_90, 12_345_678_90 * n, "食堂用")
        for n in range(1, count + 1)
    )
    form = replace(FORM, items=items, total_fen=sum(item.amount_fen for item in items))
    for each in (form, replace(form, reason="现用床上用品使用满五年，" * 40, notices=("提" * 290,) * 4)):
        data = purchase_form_pdf(each)
        assert inside_page(data)
        pages = [squeezed(page) for page in pdf_pages(data)]
        assert sum(len(re.findall(r"物品\d+号", page)) for page in pages) == count
        assert all(f"{yuan_text(item.amount_fen)}" in "".join(pages) for item in items)
        assert ["主要领导" in page for page in pages] == [False] * (len(pages) - 1) + [True]
        assert ["校委会研究" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def yuan_text(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def test_a_purchase_that_does_not_verify_is_not_printed_as_valid() -> None:
    text = squeezed(pdf_pages(purchase_form_pdf(replace(FORM, flaws=("单价签批时为 ¥298.00，现为 ¥398.00。",))))[0])
    assert "签名核对不符：单价签批时为¥298.00，现为¥398.00。" in text
    assert "王𬱖" not in text
    assert "7K3M" not in text


HEAD = ChainHead(139, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "P4WD-8XNA-KC6E", NOW)
LEDGER = SigningLedger(
    month=date(2026, 3, 1),
    lines=tuple(
        LedgerLine(
            seq=100 + n,
            at=NOW,
            kind="报销审批单",
            number=f"BX-2026-{n:05d}",
            about=LONG if n % 9 == 0 else "更换加热管",
            amount_fen=n * 100,
            step="分管领导",
            signer="王𬱖",
            on_behalf_of="吴𣲗" if n == 2 else "",
            action="同意",
            check_code="7K3M-Q9TX-2HVB",
        )
        for n in range(1, 40)
    ),
    sums=(LedgerSum("报销审批单", 12, 34, 1, 10, 1_234_567_890_12), LedgerSum("采购申请审批表", 3, 8, 0, 2, 89_850_00)),
    head=HEAD,
    head_before=ChainHead(100, "0" * 64, "AAAA-BBBB-CCCC", NOW),
    school="中共岚溪县委党校",
    prepared_by="褚喆",
    printed_at=NOW,
)


def test_the_ledger_shows_the_chain_and_its_head() -> None:
    data = signing_ledger_pdf(LEDGER)
    assert set(pdf_sizes(data)) == {(297, 210)}
    pages = [squeezed(page) for page in pdf_pages(data)]
    numbers = [int(n) for page in pages for n in re.findall(r"(\d{3})03-0510:21", page)]
    assert numbers == list(range(101, 140))
    last = pages[-1]
    assert f"打印时最后一号：第139号校验码P4WD-8XNA-KC6E摘要{HEAD.digest}" in last
    assert "上月末最后一号：第100号校验码AAAA-BBBB-CCCC" in last
    assert "本月批准10张，金额¥1,234,567,890.12" in last
    assert "本月批准2张，金额¥89,850.00" in last
    assert "1,234,657,740.12" not in last  # kinds are not added together
    assert "代吴𣲗" in "".join(pages)
    assert "签名核对不符：第3号" in squeezed(
        "".join(pdf_pages(signing_ledger_pdf(replace(LEDGER, flaws=("第 3 号…",)))))
    )


def test_the_ledger_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    signing_ledger_xlsx(path, LEDGER)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    texts = ["".join(str(cell) for cell in row) for row in rows]
    assert any(HEAD.digest in text for text in texts)
    assert sum("更换加热管" in text or LONG in text for text in texts) == 39


def test_an_empty_month_still_shows_the_head() -> None:
    text = squeezed("".join(pdf_pages(signing_ledger_pdf(replace(LEDGER, lines=(), sums=())))))
    assert "本月没有签批" in text
    assert HEAD.digest in text
