"""Rows in every table of expenses, some of them awkward, written straight through the models (all invented)."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

from dangxiao_houqin.core.attachments import Attachment, AttachmentContent
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    Budget,
    BudgetAdjustment,
    CatalogueItem,
    ChainStep,
    ClaimLine,
    DocumentOpened,
    EconomicCategory,
    Evidence,
    ExpenseClaim,
    Income,
    Invoice,
    OpinionPhrase,
    ProcurementRecord,
    ProcurementThreshold,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
    Remittance,
    SignatureRecord,
    SignedContent,
    SigningChain,
    SigningKey,
    StandIn,
)

DAY = date(2026, 3, 2)
FILES = (
    ("发票𬱖🙂.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff\xfe\r\n" + bytes(range(256)) * 40),
    ("清单'\"\\.xml", "application/xml", "<发票>\n钱㛃</发票>".encode()),
    ("照片.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 4096),
)
YI = 123_456_789_012_34
"""One thousand two hundred million yuan, in fen: more than 32 bits hold."""


def fill_expenses(ctx: Ctx, *, department_id: int, role_id: int, user_id: int, other_id: int, class_id: int) -> None:
    """A claim with everything around it, a request with quotes, a record, income, and a chain of signatures."""
    category = ctx.add(EconomicCategory(code="30213", name="维修（护）费", three_publics=True, sort_order=3))
    budget = ctx.add(Budget(year=2026, category_id=category.id, amount_fen=YI, note="校委会\n〔2026〕1号"))
    ctx.add(BudgetAdjustment(budget_id=budget.id, on_day=DAY, amount_fen=-50_000, document="9号", reason="调减"))
    item = ctx.add(
        CatalogueItem(code="A02010104", name="台式机", kind="goods", route="e_store", from_fen=0, valid_from=DAY)
    )
    ctx.add(ProcurementThreshold(kind="works", from_fen=YI, route="tender", valid_from=DAY, document="财办〔2026〕3号"))
    files = [_file(ctx, name, kind, data) for name, kind, data in FILES]
    request = _purchase(ctx, department_id, user_id, category.id, item.id, files[1].id)
    record = ctx.add(
        ProcurementRecord(
            file_no="XJ-2026-01",
            request_id=request.id,
            title="宿舍空调（虚构）",
            kind="goods",
            route="inquiry",
            winner="岚溪冷暖有限公司（虚构）",
            decided_on=DAY,
            contract_fen=6_800_000,
            note="询价🙂",
        )
    )
    claim = _claim(ctx, department_id, user_id, record.id)
    evidence = _evidence(ctx, "claim", claim.id, files[0].id)
    _evidence(ctx, "record", record.id, files[2].id)
    ctx.add(
        ClaimLine(
            claim_id=claim.id,
            position=1,
            text="空调加氟、换压缩机（A203）",
            category_id=category.id,
            category_text=category.label,
            subject_kind="training_class",
            subject_id=class_id,
            subject_text="虚构培训班",
            class_kind="主体班",
            catalogue_item_id=item.id,
            amount_fen=YI,
            vouchers=2,
        )
    )
    ctx.add(
        Invoice(
            claim_id=claim.id,
            position=1,
            kind="digital",
            number="26512000000012345678",
            key=":26512000000012345678",
            issued_on=DAY,
            seller="岚溪冷暖有限公司（虚构）",
            amount_fen=YI,
            evidence_id=evidence.id,
        )
    )
    _signing(ctx, claim.id, role_id=role_id, user_id=user_id, other_id=other_id)
    slip = ctx.add(Remittance(slip_no="JK-0001", remitted_on=DAY + timedelta(5), account="财政专户", total_fen=28_800))
    for number in (1, 2):
        ctx.add(
            Income(
                number=f"SR-2026-0000{number}",
                received_on=DAY,
                kind="住宿费",
                payer="王𬱖",
                amount_fen=28_800,
                method="scan",
                receipt_kind="财政票据",
                receipt_no=f"№000{number}",
                receipt_key=f"财政票据:№000{number}",
                subject_kind="training_class",
                subject_id=class_id,
                remittance_id=slip.id if number == 1 else None,
                void_reason="" if number == 1 else "开错\n作废",
            )
        )


def _file(ctx: Ctx, name: str, kind: str, data: bytes) -> Attachment:
    digest = hashlib.sha256(data).hexdigest()
    ctx.session.add(AttachmentContent(sha256=digest, data=data))
    ctx.session.flush()
    return ctx.add(Attachment(name=name, media_type=kind, size=len(data), sha256=digest))


def _evidence(ctx: Ctx, owner: str, owner_id: int, attachment_id: int) -> Evidence:
    return ctx.add(
        Evidence(
            owner_kind=owner,
            owner_id=owner_id,
            position=1,
            kind="invoice",
            title="发票𬱖",
            attachment_id=attachment_id,
            facts={"购买方": "县委党校", "金额": [1, None, "￥"]},
        )
    )


def _claim(ctx: Ctx, department_id: int, user_id: int, record_id: int) -> ExpenseClaim:
    return ctx.add(
        ExpenseClaim(
            draft_no="草2026-00001",
            number="BX-2026-00001",
            state="paid",
            round=2,
            department_id=department_id,
            department_name="后勤科",
            applicant_id=user_id,
            applicant_name="单雄信（虚构）",
            filled_on=DAY,
            budget_year=2026,
            title="宿舍空调维修'\n🙂",
            total_fen=YI,
            voucher_count=2,
            payment_method="cash",
            cash_reason="停电，刷不了卡",
            payee="岚溪冷暖有限公司（虚构）",
            payee_account="6222 0000 0000 0000 000",
            record_id=record_id,
            budget_left_fen=-1,
            notices=["超出预算 ¥0.01", "“同一供应商”30 天内合计 ¥1.00"],
            submitted_at=ctx.now(),
            approved_at=ctx.now() + timedelta(microseconds=1),
            paid_on=DAY,
            paid_by="钱㛃",
        )
    )


def _purchase(
    ctx: Ctx, department_id: int, user_id: int, category_id: int, item_id: int, file_id: int
) -> PurchaseRequest:
    request = ctx.add(
        PurchaseRequest(
            draft_no="草2026-00001",
            state="draft",
            department_id=department_id,
            applicant_id=user_id,
            applicant_name="单雄信（虚构）",
            filled_on=DAY,
            title="宿舍空调",
            kind="goods",
            category_id=category_id,
            total_fen=6_800_000,
            notices="一\n二",
        )
    )
    ctx.add(
        PurchaseItem(
            request_id=request.id,
            position=1,
            name="壁挂空调",
            spec="1.5 匹，一级能效",
            unit="台",
            quantity=Decimal("2.125"),
            price_fen=3_200_000,
            amount_fen=6_800_000,
            catalogue_item_id=item_id,
        )
    )
    quote = _evidence(ctx, "purchase", request.id, file_id)
    ctx.add(
        PurchaseQuote(
            request_id=request.id,
            position=1,
            supplier="云雾电器行（虚构）",
            amount_fen=6_900_000,
            evidence_id=quote.id,
        )
    )
    return request


def _signing(ctx: Ctx, claim_id: int, *, role_id: int, user_id: int, other_id: int) -> None:
    """Two links of the chain; they need not verify, only to come back byte for byte."""
    chain = ctx.add(SigningChain(document_kind="claim", name="三级签批", valid_from=DAY, note="旧链'"))
    ctx.add(
        ChainStep(
            chain_id=chain.id,
            position=1,
            title="分管领导",
            who="role",
            role_id=role_id,
            below_fen=YI,
            categories=["30213"],
            class_kinds=["主体班"],
        )
    )
    ctx.add(StandIn(principal_id=user_id, deputy_id=other_id, from_day=DAY, until_day=DAY, limit_fen=YI))
    ctx.add(OpinionPhrase(user_id=user_id, text="同意，\n请按程序办理🙂"))
    key = ctx.add(SigningKey(user_id=user_id, user_name="管理员", public_key="ab" * 32, wrapped="x$中文"))
    previous = "0" * 64
    for seq in (1, 2):
        text = f'{{"事由":"宿舍空调维修\\n🙂","序":{seq},"前":"{previous}"}}'
        content = hashlib.sha256(text.encode()).hexdigest()
        ctx.session.add(SignedContent(digest=content, text=text))
        message = f'{{"content":"{content}","opinion":"同意\'\\\\𬱖"}}'
        digest = hashlib.sha256(message.encode()).hexdigest()
        ctx.session.add(
            SignatureRecord(
                seq=seq,
                at=ctx.now() + timedelta(microseconds=seq),
                action="sign",
                document_kind="claim",
                document_id=claim_id,
                round=1,
                position=seq,
                user_id=user_id,
                key_id=key.id,
                content_digest=content,
                previous=previous,
                message=message,
                digest=digest,
                signature="cd" * 64,
            )
        )
        previous = digest
    ctx.session.flush()
    ctx.add(
        ApprovalStep(
            document_kind="claim",
            document_id=claim_id,
            round=1,
            position=1,
            title="分管领导",
            who="role",
            role_id=role_id,
            who_text="分管领导",
            state="signed",
            since=ctx.now(),
            signature_seq=1,
        )
    )
    ctx.session.add(
        DocumentOpened(user_id=user_id, document_kind="claim", document_id=claim_id, document_version=3, at=ctx.now())
    )
