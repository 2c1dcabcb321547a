"""采购记录: what was bought how; claims over the limit are paid only with one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, Part, ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.records import SaveRecord
from dangxiao_houqin.modules.expenses.models import (
    Evidence,
    ExpenseClaim,
    ProcurementRecord,
    PurchaseItem,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.procurement_rules import stricter
from dangxiao_houqin.modules.expenses.queries.rulings import minutes_needed, rule_on

from .evidence import drop_evidence, remove_evidence
from .purchases import keep_file
from .wording import lines, one_line


def save_record(ctx: Ctx, cmd: SaveRecord) -> int:
    """Register a procurement record or change one; returns its id.

    Raises :class:`InvalidInput`, :class:`RuleViolation` for a file number that is taken, a request that is not
    approved, and for facts on which a paid claim relies; asks ``laxer_route`` and ``over_request``.
    """
    ctx.require(PROCUREMENT)
    if cmd.record_id is None:
        record = ProcurementRecord()
    else:
        record = ctx.get(ProcurementRecord, cmd.record_id, version=cmd.version, lock=True)
        _refuse_paid(ctx, record, cmd)
    _fill(ctx, record, cmd)
    request = _request(ctx, cmd)
    record.request_id = request.id if request is not None else None
    _check_rules(ctx, record, request)
    if cmd.record_id is None:
        ctx.add(record)
    else:
        flag_modified(record, "title")  # a change of a paper alone must also be seen by whoever has the form open
        ctx.session.flush()
    own = select(Evidence.id).where(
        Evidence.owner_kind == EvidenceOwner.RECORD.value,
        Evidence.owner_id == record.id,
        Evidence.id.in_(cmd.drop_files),
    )
    for evidence_id in ctx.session.scalars(own).all() if cmd.drop_files else ():
        remove_evidence(ctx, evidence_id)
    for file in cmd.files:
        keep_file(ctx, EvidenceOwner.RECORD, record.id, file)
    ctx.session.flush()
    return record.id


def _fill(ctx: Ctx, record: ProcurementRecord, cmd: SaveRecord) -> None:
    file_no = one_line(cmd.file_no, "采购文件编号", "file_no", 60)
    if not file_no:
        raise InvalidInput("请填写采购文件编号（项目编号、订单号或合同备案号）。", field="file_no")
    twin = ctx.session.scalar(
        select(ProcurementRecord).where(ProcurementRecord.file_no == file_no, ProcurementRecord.id != (record.id or 0))
    )
    if twin is not None:
        raise InvalidInput(f"编号 {file_no} 已登记为“{twin.title}”，请核对。", field="file_no")
    title = one_line(cmd.title, "采购项目名称", "title", 120)
    winner = one_line(cmd.winner, "成交供应商", "winner", 100)
    if not title:
        raise InvalidInput("请填写采购项目名称。", field="title")
    if not winner:
        raise InvalidInput("请填写中标（成交）供应商。", field="winner")
    if cmd.decided_on > ctx.today():
        raise InvalidInput("成交日期不能晚于今天。", field="decided_on")
    if not 0 < cmd.contract_fen <= MAX_FEN:
        raise InvalidInput("成交金额要大于 0，请核对。", field="contract_fen")
    record.file_no, record.title, record.winner = file_no, title, winner
    record.kind, record.route = cmd.kind.value, cmd.route.value
    record.decided_on, record.contract_fen = cmd.decided_on, cmd.contract_fen
    record.contract_no = one_line(cmd.contract_no, "合同号", "contract_no", 60)
    record.minutes_no = one_line(cmd.minutes_no, "会议纪要文号", "minutes_no", 60)
    record.note = lines(cmd.note, "备注", "note", 500)
    bare = " ".join("".join(word.lower().split()) for word in (file_no, title, winner, record.contract_no))
    record.search_key = f"{bare[:500]} {search_key(winner)[:600]} {search_key(title)[:800]}"[:2000]


def _request(ctx: Ctx, cmd: SaveRecord) -> PurchaseRequest | None:
    """The request that the purchase was approved by; held, so that it is not voided meanwhile."""
    if cmd.request_id is None:
        return None
    request = ctx.get(PurchaseRequest, cmd.request_id, lock=True)
    state = DocumentState(request.state)
    if state is not DocumentState.APPROVED:
        raise InvalidInput(f"{request.label}{state.label}，批准后才能登记采购记录。", field="request_id")
    return request


def _check_rules(ctx: Ctx, record: ProcurementRecord, request: PurchaseRequest | None) -> None:
    kind, route = ProcurementKind(record.kind), Route(record.route)
    parts = [Part(record.contract_fen)]
    if request is not None and request.kind == record.kind:
        rows = ctx.session.scalars(select(PurchaseItem).where(PurchaseItem.request_id == request.id))
        asked = [Part(row.amount_fen, row.catalogue_item_id) for row in rows]
        parts = (
            asked
            if sum(part.amount_fen for part in asked) >= record.contract_fen
            else parts + [Part(0, part.catalogue_item_id) for part in asked]
        )
    ruling = rule_on(ctx, kind, parts, record.decided_on)
    if minutes_needed(ctx, ruling) and not record.minutes_no:
        raise InvalidInput(
            f"{yuan(record.contract_fen)}达到采购限额标准，须经校委会研究，请填写会议纪要文号。", field="minutes_no"
        )
    if route is not ruling.route and stricter(route, ruling.route) is ruling.route:
        ctx.confirm("laxer_route", f"{ruling.rule}登记的采购方式是{route.label}，仍要登记吗？")
    if request is not None and record.contract_fen > request.total_fen:
        ctx.confirm(
            "over_request",
            f"成交金额 {yuan(record.contract_fen)}高于批准的采购申请 {yuan(request.total_fen)}，仍要登记吗？",
        )


def _refuse_paid(ctx: Ctx, record: ProcurementRecord, cmd: SaveRecord) -> None:
    """What a paid claim relies on stays; note, contract number and papers may be completed."""
    same = (
        one_line(cmd.file_no, "采购文件编号", "file_no", 60) == record.file_no
        and one_line(cmd.winner, "成交供应商", "winner", 100) == record.winner
        and (cmd.kind.value, cmd.route.value) == (record.kind, record.route)
        and (cmd.decided_on, cmd.contract_fen) == (record.decided_on, record.contract_fen)
    )
    paid = ctx.session.scalar(
        select(ExpenseClaim)
        .where(ExpenseClaim.record_id == record.id, ExpenseClaim.state == DocumentState.PAID.value)
        .limit(1)
    )
    if paid is not None and (not same or cmd.drop_files):
        raise RuleViolation(f"{paid.label}已按这条采购记录支付，只能补充附件、合同号和备注，其他内容不能再改。")


def delete_record(ctx: Ctx, record_id: int, version: int) -> None:
    """Delete a record that no claim relies on, with its papers."""
    ctx.require(PROCUREMENT)
    record = ctx.get(ProcurementRecord, record_id, version=version, lock=True)
    claim = ctx.session.scalar(select(ExpenseClaim).where(ExpenseClaim.record_id == record.id).limit(1))
    if claim is not None:
        raise RuleViolation(f"报销单 {claim.label} 依据这条采购记录，不能删除；请先在报销单里改选。")
    drop_evidence(ctx, EvidenceOwner.RECORD, record.id)
    ctx.session.delete(record)
    ctx.session.flush()
