"""What a document says, in canonical form: everything its paper shows, read from the tables as they are now.

Signing stores this text; verification reads it anew and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.uow import Ctx

from .domain.approval import DocumentKind
from .domain.claims import EvidenceKind
from .models import (
    ApprovalStep,
    ClaimLine,
    Evidence,
    ExpenseClaim,
    Invoice,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
)

Content = dict[str, Any]

VERSION = 1
"""Which fields are signed.  A release that signs others keeps this list for what was signed under its number."""

FIELD_WORDS: Mapping[str, str] = {
    "v": "内容格式",
    "id": "内部编号",
    "draft_no": "草稿号",
    "round": "提交次数",
    "department_name": "报销部门",
    "applicant_id": "经办人账号",
    "applicant_name": "经办人",
    "filled_on": "填报日期",
    "budget_year": "预算年度",
    "title": "事由",
    "total_fen": "合计金额",
    "voucher_count": "附单据张数",
    "payment_method": "支付方式",
    "cash_reason": "现金理由",
    "payee": "收款单位",
    "payee_bank": "开户行",
    "payee_account": "账号",
    "contract_no": "合同号",
    "minutes_no": "会议纪要号",
    "note": "备注",
    "source_kind": "来源类别",
    "source_id": "来源编号",
    "source_text": "来源",
    "procurement_kind": "采购类别",
    "route": "采购方式",
    "route_rule": "采购规则",
    "budget_left_fen": "预算余额",
    "notices": "提示",
    "lines": "明细",
    "invoices": "发票",
    "evidence": "附件",
    "steps": "签批步骤",
    "items": "采购明细",
    "quotes": "比价",
    "kind": "类别",
    "text": "支出内容",
    "category_text": "经济分类",
    "category_id": "预算科目",
    "subject_kind": "项目类别",
    "subject_id": "项目编号",
    "subject_text": "项目/班次",
    "class_kind": "班次类型",
    "catalogue_item_id": "采购品目",
    "amount_fen": "金额",
    "vouchers": "单据张数",
    "code": "发票代码",
    "number": "发票号码",
    "issued_on": "开票日期",
    "seller": "销售方",
    "name": "名称",
    "media_type": "文件类型",
    "size": "文件大小",
    "sha256": "文件内容",
    "position": "序号",
    "who": "签批人类别",
    "who_text": "签批人",
    "role_id": "签批角色",
    "post": "签批岗位",
    "user_id": "签批人员",
    "reason": "理由",
    "skipped": "免签",
    "fund_source": "资金来源",
    "budget_fen": "预算金额",
    "suggested_route": "建议采购方式",
    "route_reason": "采购方式理由",
    "spec": "规格",
    "unit": "单位",
    "quantity": "数量",
    "price_fen": "单价",
    "purpose": "用途",
    "supplier": "供应商",
}
"""The words for a field when it is named as changed."""

PART_WORDS: Mapping[tuple[str, str], str] = {
    ("steps", "title"): "步骤名称",
    ("evidence", "title"): "附件名称",
    ("evidence", "name"): "文件名",
    ("evidence", "kind"): "附件类别",
    ("invoices", "kind"): "票据类别",
}
"""Where a field of a part is called otherwise than in :data:`FIELD_WORDS`."""

_Column = InstrumentedAttribute[Any]

_CLAIM: tuple[_Column, ...] = (
    ExpenseClaim.draft_no,
    ExpenseClaim.round,
    ExpenseClaim.department_name,
    ExpenseClaim.applicant_id,
    ExpenseClaim.applicant_name,
    ExpenseClaim.filled_on,
    ExpenseClaim.budget_year,
    ExpenseClaim.title,
    ExpenseClaim.total_fen,
    ExpenseClaim.voucher_count,
    ExpenseClaim.payment_method,
    ExpenseClaim.cash_reason,
    ExpenseClaim.payee,
    ExpenseClaim.payee_bank,
    ExpenseClaim.payee_account,
    ExpenseClaim.contract_no,
    ExpenseClaim.minutes_no,
    ExpenseClaim.note,
    ExpenseClaim.source_kind,
    ExpenseClaim.source_id,
    ExpenseClaim.source_text,
    ExpenseClaim.procurement_kind,
    ExpenseClaim.route,
    ExpenseClaim.route_rule,
    ExpenseClaim.budget_left_fen,
    ExpenseClaim.notices,
)
_LINE: tuple[_Column, ...] = (
    ClaimLine.position,
    ClaimLine.text,
    ClaimLine.category_id,
    ClaimLine.category_text,
    ClaimLine.subject_kind,
    ClaimLine.subject_id,
    ClaimLine.subject_text,
    ClaimLine.class_kind,
    ClaimLine.catalogue_item_id,
    ClaimLine.amount_fen,
    ClaimLine.vouchers,
)
_INVOICE: tuple[_Column, ...] = (
    Invoice.position,
    Invoice.kind,
    Invoice.code,
    Invoice.number,
    Invoice.issued_on,
    Invoice.seller,
    Invoice.amount_fen,
)
_EVIDENCE: tuple[_Column, ...] = (
    Evidence.position,
    Evidence.kind,
    Evidence.title,
    Attachment.name,
    Attachment.media_type,
    Attachment.size,
    Attachment.sha256,
)
STEP: tuple[_Column, ...] = (
    ApprovalStep.position,
    ApprovalStep.title,
    ApprovalStep.who,
    ApprovalStep.role_id,
    ApprovalStep.post,
    ApprovalStep.user_id,
    ApprovalStep.who_text,
    ApprovalStep.reason,
)
_REQUEST: tuple[_Column, ...] = (
    PurchaseRequest.draft_no,
    PurchaseRequest.round,
    PurchaseRequest.department_name,
    PurchaseRequest.applicant_id,
    PurchaseRequest.applicant_name,
    PurchaseRequest.filled_on,
    PurchaseRequest.title,
    PurchaseRequest.kind,
    PurchaseRequest.category_id,
    PurchaseRequest.category_text,
    PurchaseRequest.fund_source,
    PurchaseRequest.budget_fen,
    PurchaseRequest.total_fen,
    PurchaseRequest.suggested_route,
    PurchaseRequest.route,
    PurchaseRequest.route_rule,
    PurchaseRequest.route_reason,
    PurchaseRequest.reason,
    PurchaseRequest.minutes_no,
    PurchaseRequest.notices,
)
_ITEM: tuple[_Column, ...] = (
    PurchaseItem.position,
    PurchaseItem.name,
    PurchaseItem.spec,
    PurchaseItem.unit,
    PurchaseItem.quantity,
    PurchaseItem.price_fen,
    PurchaseItem.amount_fen,
    PurchaseItem.purpose,
    PurchaseItem.catalogue_item_id,
)
_QUOTE: tuple[_Column, ...] = (
    PurchaseQuote.position,
    PurchaseQuote.supplier,
    PurchaseQuote.amount_fen,
    PurchaseQuote.note,
)

Ids = Sequence[int] | None
"""Which documents: some of them, or all."""


def claim_content(ctx: Ctx, claim_id: int) -> Content | None:
    """What one claim says now; ``None`` when it is gone."""
    return dict(claim_contents(ctx, (claim_id,))).get(claim_id)


def request_content(ctx: Ctx, request_id: int) -> Content | None:
    """What one purchase request says now; ``None`` when it is gone."""
    return dict(request_contents(ctx, (request_id,))).get(request_id)


def rows_of(ctx: Ctx, query: Any, batch: int = 2000) -> Iterator[Any]:
    """Plain rows in batches: without the detour over the classes, on which half the time of a sweep is spent."""
    ctx.session.flush()
    result = ctx.session.connection().execute(query)
    while rows := result.fetchmany(batch):
        yield from rows


def content_of(ctx: Ctx, kind: DocumentKind, document_id: int) -> Content | None:
    """What a document says now; ``None`` when it is gone."""
    return (claim_content if kind is DocumentKind.CLAIM else request_content)(ctx, document_id)


def contents_of(ctx: Ctx, kind: DocumentKind, ids: Ids = None) -> Iterator[tuple[int, Content]]:
    """What many documents say now, read in one sweep."""
    return (claim_contents if kind is DocumentKind.CLAIM else request_contents)(ctx, ids)


def claim_contents(ctx: Ctx, ids: Ids = None) -> Iterator[tuple[int, Content]]:
    """Claims with lines, invoices, evidence and demanded steps."""
    return _gather(
        ctx,
        DocumentKind.CLAIM,
        ExpenseClaim.id,
        _CLAIM,
        (("lines", ClaimLine.claim_id, _LINE), ("invoices", Invoice.claim_id, _INVOICE)),
        ids,
    )


def request_contents(ctx: Ctx, ids: Ids = None) -> Iterator[tuple[int, Content]]:
    """Purchase requests with items, quotes, evidence and demanded steps."""
    return _gather(
        ctx,
        DocumentKind.PURCHASE,
        PurchaseRequest.id,
        _REQUEST,
        (("items", PurchaseItem.request_id, _ITEM), ("quotes", PurchaseQuote.request_id, _QUOTE)),
        ids,
    )


def _gather(
    ctx: Ctx,
    kind: DocumentKind,
    key: _Column,
    columns: tuple[_Column, ...],
    parts: tuple[tuple[str, _Column, tuple[_Column, ...]], ...],
    ids: Ids,
) -> Iterator[tuple[int, Content]]:
    rows = rows_of(ctx, _only(select(key, *columns), key, ids).order_by(key))
    found: dict[str, dict[int, list[Content]]] = {
        name: _grouped(ctx, _only(select(owner, *cells), owner, ids).order_by(owner, cells[0]), cells)
        for name, owner, cells in parts
    }
    evidence = _only(select(Evidence.owner_id, *_EVIDENCE), Evidence.owner_id, ids).join(
        Attachment, Attachment.id == Evidence.attachment_id
    )
    evidence = evidence.where(Evidence.owner_kind == kind.value, Evidence.kind != EvidenceKind.SIGNED_PAPER.value)
    found["evidence"] = _grouped(ctx, evidence.order_by(Evidence.owner_id, Evidence.position, Evidence.id), _EVIDENCE)
    steps = _steps(ctx, kind, ids)
    read = _reader(columns)
    for row in rows:
        document_id = row[0]
        content = read(row)
        content["v"] = VERSION
        content["id"] = document_id
        for name, by_owner in found.items():
            content[name] = by_owner.get(document_id, [])
        content["steps"] = steps.get((document_id, content["round"]), [])
        yield document_id, content


def _only(query: Any, key: _Column, ids: Ids) -> Any:
    return query if ids is None else query.where(key.in_(ids))


def _grouped(ctx: Ctx, query: Any, columns: tuple[_Column, ...]) -> dict[int, list[Content]]:
    read = _reader(columns)
    found: dict[int, list[Content]] = {}
    for row in rows_of(ctx, query):
        found.setdefault(row[0], []).append(read(row))
    return found


def _steps(ctx: Ctx, kind: DocumentKind, ids: Ids) -> dict[tuple[int, int], list[Content]]:
    """The demanded steps by (document, round), as they were at submission."""
    read = _reader(STEP, 2)
    query = select(ApprovalStep.document_id, ApprovalStep.round, *STEP).where(ApprovalStep.document_kind == kind.value)
    query = _only(query, ApprovalStep.document_id, ids).order_by(
        ApprovalStep.document_id, ApprovalStep.round, ApprovalStep.position
    )
    found: dict[tuple[int, int], list[Content]] = {}
    for row in rows_of(ctx, query):
        found.setdefault((row[0], row[1]), []).append(read(row))
    return found


def _reader(columns: Sequence[_Column], start: int = 1) -> Callable[[Sequence[Any]], Content]:
    """Makes the canonical form of a row whose cells begin at ``start``."""
    names = tuple(column.key for column in columns)
    odd = tuple(
        column.key for column in columns if issubclass(column.type.python_type, date | Decimal)
    )  # the others are plain as they come

    def read(row: Sequence[Any]) -> Content:
        found: Content = dict(zip(names, row[start:], strict=True))
        for name in odd:
            found[name] = _plain(found[name])
        return found

    return read


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.3f}"
    return value.isoformat() if isinstance(value, date) else value


def difference(signed: Content, now: Content) -> tuple[str, str, str] | None:
    """The first field that is not as it was signed: its words, the signed and the present value."""
    return _differs(signed, now, "", "")


def _differs(old: Any, new: Any, where: str, part: str) -> tuple[str, str, str] | None:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in (*FIELD_WORDS, *sorted({*old, *new} - set(FIELD_WORDS))):
            if old.get(name) != new.get(name):
                word = PART_WORDS.get((part, name)) or FIELD_WORDS.get(name, name)
                return _differs(old.get(name), new.get(name), f"{where}{word}", part or name)
        return None
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(e, dict) for e in (*old, *new)):
        if len(old) != len(new):
            return f"{where}的行数", f"{len(old)} 行", f"{len(new)} 行"
        for index, (one, other) in enumerate(zip(old, new, strict=True), start=1):
            if one.get("position") != other.get("position"):  # a row moved: the rest of it is not what changed
                one, other = {"position": one.get("position")}, {"position": other.get("position")}
            if one != other:
                return _differs(one, other, f"{where}第 {index} 行的", part)
    return where, _spoken(old, where), _spoken(new, where)


def _spoken(value: Any, where: str) -> str:
    if value is None or value == "":
        return "空"
    if isinstance(value, int) and where.endswith(("金额", "余额", "单价")):
        from dangxiao_houqin.core.money import yuan

        return yuan(value)
    text = "；".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
