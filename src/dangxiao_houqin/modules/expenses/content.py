"""What a document says, in canonical form: everything its paper shows, read from the tables as they are now.

Signing stores this text; verification reads it anew and compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from json.encoder import encode_basestring
from math import inf
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.uow import Ctx

from .check_codes import canonical
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


@dataclass(frozen=True)
class _Form:
    """What makes up the content of a kind of document: its own columns, and its parts with their owner."""

    key: _Column
    columns: tuple[_Column, ...]
    parts: tuple[tuple[str, _Column, tuple[_Column, ...]], ...]


class Step(NamedTuple):
    """A step as its row says it is; the cells from ``position`` on are signed (:data:`STEP`, by name)."""

    document_id: int
    round: int
    state: str
    signature_seq: int | None
    position: int
    post: str
    reason: str
    role_id: int | None
    title: str
    user_id: int | None
    who: str
    who_text: str


_FORMS: Mapping[DocumentKind, _Form] = {
    DocumentKind.CLAIM: _Form(
        ExpenseClaim.id,
        _CLAIM,
        (("lines", ClaimLine.claim_id, _LINE), ("invoices", Invoice.claim_id, _INVOICE)),
    ),
    DocumentKind.PURCHASE: _Form(
        PurchaseRequest.id,
        _REQUEST,
        (("items", PurchaseItem.request_id, _ITEM), ("quotes", PurchaseQuote.request_id, _QUOTE)),
    ),
}

Ids = Sequence[int] | None
"""Which documents: some of them, or all."""

_RowsOf = Callable[[int], Sequence[Any]]
"""The rows of one document; every document is asked for once, in the order of their ids."""

_NO_MORE: tuple[float, Sequence[Any]] = (inf, ())
"""After the last document."""


def content_of(ctx: Ctx, kind: DocumentKind, document_id: int) -> Content | None:
    """What a document says now; ``None`` when it is gone."""
    return dict(contents_of(ctx, kind, (document_id,))).get(document_id)


def contents_of(ctx: Ctx, kind: DocumentKind, ids: Ids = None) -> Iterator[tuple[int, Content]]:
    """What many documents say now, in the order of their ids."""
    return ((document_id, json.loads(text)) for document_id, text, _ in read_documents(ctx, kind, ids))


def read_documents(ctx: Ctx, kind: DocumentKind, ids: Ids = None) -> Iterator[tuple[int, str, Sequence[Step]]]:
    """What documents say now in canonical form, each with the steps of all its submissions as they stand.

    One sweep through all tables side by side, in the order of the ids: only a batch of each is held at once.  Raises
    :class:`ValueError` or :class:`TypeError` where something stands that is no text, number or date.
    """
    form = _FORMS[kind]
    evidence = select(Evidence.owner_id, *_by_name(_EVIDENCE)).join(Attachment, Attachment.id == Evidence.attachment_id)
    evidence = evidence.where(Evidence.owner_kind == kind.value, Evidence.kind != EvidenceKind.SIGNED_PAPER.value)
    evidence = _only(evidence, Evidence.owner_id, ids).order_by(Evidence.owner_id, Evidence.position, Evidence.id)
    parts = [("evidence", _writer(_EVIDENCE), _by_document(rows_of(ctx, evidence)))]
    for name, owner, columns in form.parts:
        query = _only(select(owner, *_by_name(columns)), owner, ids).order_by(owner, columns[0])
        parts.append((name, _writer(columns), _by_document(rows_of(ctx, query))))
    all_steps, write_step = steps_of(ctx, kind, ids), _writer(STEP)
    names = tuple(column.key for column in form.columns)
    turn = names.index("round") + 1
    fields = sorted((*names, "v", "id", "steps", *(name for name, *_ in parts)))
    template = _object(fields, [f"%({name})s" for name in fields])
    for row in rows_of(ctx, _only(select(form.key, *form.columns), form.key, ids).order_by(form.key)):
        document_id = row[0]
        steps = all_steps(document_id)
        cells = dict(zip(names, map(_write, row[1:]), strict=True))
        cells["v"] = str(VERSION)
        cells["id"] = str(document_id)
        cells["steps"] = _list([write_step(step) for step in steps if step.round == row[turn]])
        for name, write, rows in parts:
            cells[name] = _list([write(part) for part in rows(document_id)])
        yield document_id, template % cells, steps


def steps_of(ctx: Ctx, kind: DocumentKind, ids: Ids = None) -> Callable[[int], Sequence[Step]]:
    """The steps of all submissions: what was demanded, and what has become of it."""
    columns = (getattr(ApprovalStep, name) for name in Step._fields)
    query = select(*columns).where(ApprovalStep.document_kind == kind.value)
    query = _only(query, ApprovalStep.document_id, ids)
    query = query.order_by(ApprovalStep.document_id, ApprovalStep.round, ApprovalStep.position)
    return _by_document(Step(*row) for row in rows_of(ctx, query))


def rows_of(ctx: Ctx, query: Any, batch: int = 500) -> Iterator[Any]:
    """Plain rows in batches: without the detour over the classes, on which half the time of a sweep is spent."""
    ctx.session.flush()
    with ctx.session.connection().execute(query) as result:
        while rows := result.fetchmany(batch):
            yield from rows


def _by_document(rows: Iterator[Any]) -> _RowsOf:
    """Rows that come in the order of their documents, whose id is the first cell."""
    groups = groupby(rows, itemgetter(0))
    document_id, own = next(groups, _NO_MORE)

    def of(wanted: int) -> Sequence[Any]:
        nonlocal document_id, own
        while document_id < wanted:
            document_id, own = next(groups, _NO_MORE)
        return list(own) if document_id == wanted else ()

    return of


def _only(query: Any, key: _Column, ids: Ids) -> Any:
    """All rows, then streamed, or those of some documents."""
    return query.execution_options(stream_results=True) if ids is None else query.where(key.in_(ids))


# Canonical JSON cell by cell: in half the time that it takes to gather everything in dicts and to encode those.
def _by_name(columns: Sequence[_Column]) -> list[_Column]:
    return sorted(columns, key=attrgetter("key"))


def _writer(columns: Sequence[_Column]) -> Callable[[Sequence[Any]], str]:
    """Writes a row that ends with these columns in the order of their names."""
    template = _object([column.key for column in _by_name(columns)], ["%s"] * len(columns))
    first = -len(columns)
    return lambda row: template % tuple([_WRITE.get(type(cell), _write_other)(cell) for cell in row[first:]])


def _object(names: Iterable[str], written: Iterable[str]) -> str:
    return "{" + ",".join([f'"{name}":{value}' for name, value in zip(names, written, strict=True)]) + "}"


def _list(written: Iterable[str]) -> str:
    return "[" + ",".join(written) + "]"


def _write(value: Any) -> str:
    return _WRITE.get(type(value), _write_other)(value)


def _write_other(value: Any) -> str:
    return canonical(_plain(value))


_WRITE: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: repr,
    date: lambda day: f'"{day.isoformat()}"',
    list: lambda values: _list([_write(value) for value in values]),
    type(None): lambda _: "null",
}


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
