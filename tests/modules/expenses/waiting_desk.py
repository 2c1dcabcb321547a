"""Documents that wait for a leader, with evidence to look at; all people, firms and papers are invented."""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import AddEvidence, EvidenceKind, EvidenceOwner, SaveLine
from dangxiao_houqin.modules.expenses.models import EconomicCategory
from dangxiao_houqin.modules.expenses.services.evidence import add_evidence

from .signing_school import School

THINGS = (
    ("购买会议用茶歇", "30215", 86_400, "虚构食品店"),
    ("更换二号教学楼灯具", "30213", 1_268_050, "虚构电器行"),
    ("主体班现场教学租车", "30239", 320_000, "虚构客运公司"),
    ("打印机耗材", "30202", 45_990, "虚构文具店"),
    ("宿舍空调清洗", "30213", 586_000, "虚构家电服务部"),
    ("学员洗衣房洗涤剂", "30201", 23_800, "虚构百货店"),
    ("报刊订阅", "30201", 198_720, "虚构邮政代办点"),
    ("食堂燃气管道检测", "30213", 410_000, "虚构检测站"),
)


def paper(title: str, fen: int, pages: int = 1) -> bytes:
    """A PDF that looks like a receipt."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 380), invariant=True)
    for page in range(pages):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 320, "INVENTED RECEIPT")
        canvas.setFont("Helvetica", 13)
        canvas.drawString(60, 280, f"No. {abs(hash((title, fen))) % 10**8:08d}   page {page + 1} of {pages}")
        canvas.drawString(60, 250, f"Amount  CNY {fen / 100:,.2f}")
        canvas.rect(40, 60, 515, 290)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def category(school: School, code: str) -> int:
    """The id of a category of the seed list."""
    with school.unit("test.categories") as ctx:
        services.ensure_categories(ctx)
        found = ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == code)).one_or_none()
        return found or ctx.session.scalars(select(EconomicCategory.id).order_by(EconomicCategory.id)).first() or 0


def hand_in(school: School, number: int, login: str = "wang", *, pages: int = 1, **more: object) -> int:
    """One of :data:`THINGS`, with a paper beside it, handed in."""
    title, code, fen, payee = THINGS[number % len(THINGS)]
    lines = (SaveLine(title, category(school, code), fen, vouchers=1),)
    values = {"lines": lines, "title": title, "payee": payee, **more}
    claim_id = school.claim(login, **values)
    with school.as_(login) as ctx:
        data = paper(title, fen, pages)
        add_evidence(
            ctx, AddEvidence(EvidenceOwner.CLAIM, claim_id, f"发票{number + 1}.pdf", data, EvidenceKind.INVOICE)
        )
    school.submit(claim_id, login)
    return claim_id


def lay_out(school: School, count: int, login: str = "wang") -> list[int]:
    """So many claims wait for the leader in charge (``li``)."""
    return [hand_in(school, number, login) for number in range(count)]
