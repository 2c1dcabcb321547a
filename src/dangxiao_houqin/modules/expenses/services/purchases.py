"""Purchase requests before they are signed, and what is given up: save, copy, delete, void."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, Move
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, VOID, EvidenceKind, EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.procurement import PURCHASE, Part, ProcurementKind
from dangxiao_houqin.modules.expenses.domain.purchases import (
    MAX_ITEMS,
    MAX_QUOTES,
    ItemInput,
    QuoteInput,
    SavedRequest,
    SaveRequest,
)
from dangxiao_houqin.modules.expenses.domain.records import NewFile
from dangxiao_houqin.modules.expenses.models import (
    CatalogueItem,
    EconomicCategory,
    Evidence,
    ProcurementRecord,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.procurement_rules import in_force, supplier_key
from dangxiao_houqin.modules.expenses.queries.rulings import rule_since
from dangxiao_houqin.modules.expenses.queries.visibility import require_request_visible
from dangxiao_houqin.modules.organization.api import department_choices, department_of

from .documents import move
from .evidence import drop_evidence, keep_evidence, remove_evidence
from .notices import settled
from .owning import require_editable, require_mine
from .wording import lines, one_line

_MOST = Decimal(999_999_999)


def save_request(ctx: Ctx, cmd: SaveRequest) -> SavedRequest:
    """Create a request of the actor, or change one of his on which no signature stands.

    Raises :class:`InvalidInput` for malformed values, :class:`RuleViolation` for a request that was handed in,
    :class:`PermissionDenied` for somebody else's, :class:`Conflict`.
    """
    ctx.require(PURCHASE)
    request = _new(ctx) if cmd.request_id is None else _editable(ctx, cmd.request_id, cmd.version)
    items = _checked_items(ctx, cmd.kind, cmd.items)
    quotes = _checked_quotes(cmd.quotes)
    _fill_head(ctx, request, cmd)
    request.total_fen = sum(item.amount_fen for item in items)
    if request.total_fen > MAX_FEN:
        raise InvalidInput("合计金额太大，请核对数量和单价。", field="items")
    parts = [Part(item.amount_fen, item.catalogue_item_id, item.name) for item in items]
    ruling = rule_since(ctx, cmd.kind, parts, request.filled_on, ctx.today())
    request.suggested_route, request.route_rule = ruling.route.value, ruling.rule
    follows = cmd.route is None or cmd.route is ruling.route
    request.route = "" if follows or cmd.route is None else cmd.route.value
    request.title = one_line(cmd.title, "采购事项", "title", 120) or _title_of(items)
    request.search_key = _search_key(request, items, quotes)
    if cmd.request_id is None:
        ctx.add(request)
    else:
        flag_modified(request, "title")  # a change of an item alone must also be seen by whoever has the form open
        ctx.session.flush()
    _put_items(ctx, request.id, items)
    _drop_files(ctx, request, cmd.drop_files)
    for file in cmd.files:
        keep_file(ctx, EvidenceOwner.PURCHASE, request.id, file)
    _put_quotes(ctx, request.id, quotes, frozenset(cmd.drop_files))
    ctx.session.flush()
    return SavedRequest(request.id, request.version, request.label, request.total_fen)


def keep_file(ctx: Ctx, owner: EvidenceOwner, owner_id: int, file: NewFile) -> Evidence:
    """Keep a file that was added on a form, under its title or its name."""
    title = one_line(file.title, "附件名称", "files", 200)
    return keep_evidence(ctx, owner, owner_id, file.name, file.data, file.kind, title)


def _new(ctx: Ctx) -> PurchaseRequest:
    year = ctx.today().year
    number = ctx.next_number("expenses.draft.purchase", str(year))
    return PurchaseRequest(
        draft_no=f"草{year}-{number:05d}",
        state=DocumentState.DRAFT.value,
        applicant_id=ctx.actor.user_id,
        applicant_name=ctx.actor.name[:60],
    )


def _editable(ctx: Ctx, request_id: int, version: int | None) -> PurchaseRequest:
    request = ctx.get(PurchaseRequest, request_id, version=version, lock=True)
    require_mine(ctx, request)
    require_editable(request)
    return request


def _fill_head(ctx: Ctx, request: PurchaseRequest, cmd: SaveRequest) -> None:
    filled_on = cmd.filled_on or (ctx.today() if cmd.request_id is None else request.filled_on)
    if filled_on > ctx.today():
        raise InvalidInput("申请日期不能晚于今天。", field="filled_on")
    request.filled_on = filled_on
    request.kind = cmd.kind.value
    _fill_department(ctx, request, cmd)
    category = ctx.session.get(EconomicCategory, cmd.category_id) if cmd.category_id is not None else None
    if cmd.category_id is not None and category is None:
        raise InvalidInput("所选的预算科目已被删除，请重新选择。", field="category_id")
    request.category_id = cmd.category_id
    request.category_text = category.label[:80] if category is not None else ""
    request.fund_source = one_line(cmd.fund_source, "资金来源", "fund_source", 120)
    if not 0 <= cmd.budget_fen <= MAX_FEN:
        raise InvalidInput("预算金额不对，请核对。", field="budget_fen")
    request.budget_fen = cmd.budget_fen
    request.route_reason = lines(cmd.route_reason, "另选方式的理由", "route_reason", 300)
    request.reason = lines(cmd.reason, "申请理由", "reason", 500)
    request.minutes_no = one_line(cmd.minutes_no, "会议纪要文号", "minutes_no", 60)
    request.notices = ""  # found anew at the next submission


def _fill_department(ctx: Ctx, request: PurchaseRequest, cmd: SaveRequest) -> None:
    department_id = cmd.department_id
    if department_id is None:
        if cmd.request_id is None:
            request.department_id, request.department_name = department_of(ctx, ctx.actor.user_id) or (None, "")
        return
    if department_id == request.department_id:
        return  # a renamed department stays as it was written
    name = dict(department_choices(ctx)).get(department_id)
    if name is None:
        raise InvalidInput("所选的部门已被删除，请重新选择。", field="department_id")
    request.department_id, request.department_name = department_id, name


# ------------------------------------------------------------------------------------------------------ items
def _checked_items(ctx: Ctx, kind: ProcurementKind, items: Sequence[ItemInput]) -> list[ItemInput]:
    if len(items) > MAX_ITEMS:
        raise InvalidInput(f"一张采购申请最多 {MAX_ITEMS} 行，请分成几张填报。", field="items")
    wanted = {item.catalogue_item_id for item in items if item.catalogue_item_id is not None}
    found = ctx.session.scalars(select(CatalogueItem).where(CatalogueItem.id.in_(wanted))) if wanted else ()
    catalogue = {row.id: row for row in found}
    return [_checked_item(kind, item, index, catalogue) for index, item in enumerate(items, start=1)]


def _checked_item(kind: ProcurementKind, item: ItemInput, index: int, catalogue: dict[int, CatalogueItem]) -> ItemInput:
    where = f"第 {index} 行"
    name = one_line(item.name, f"{where}的品名", "items", 80)
    if not name:
        raise InvalidInput(f"{where}没有写品名。", field="items")
    where = f"{where}“{name}”"
    quantity = item.quantity
    if not quantity.is_finite() or not 0 < quantity <= _MOST:
        raise InvalidInput(f"{where}的数量要大于 0。", field="items")
    if quantity != quantity.quantize(Decimal("0.001")):
        raise InvalidInput(f"{where}的数量最多三位小数。", field="items")
    if not 0 <= item.price_fen <= MAX_FEN or item.amount_fen > MAX_FEN:
        raise InvalidInput(f"{where}的单价不对或金额太大，请核对。", field="items")
    if item.catalogue_item_id is not None:
        row = catalogue.get(item.catalogue_item_id)
        if row is None:
            raise InvalidInput(f"{where}的采购品目已被删除，请重新选择。", field="items")
        if row.kind != kind.value:
            other = ProcurementKind(row.kind).label
            raise InvalidInput(
                f"{where}选的品目“{row.label}”是{other}，这张申请是{kind.label}，请分开申请。", field="items"
            )
    return ItemInput(
        name=name,
        quantity=quantity,
        price_fen=item.price_fen,
        spec=one_line(item.spec, f"{where}的规格", "items", 200),
        unit=one_line(item.unit, f"{where}的单位", "items", 10),
        purpose=one_line(item.purpose, f"{where}的用途", "items", 80),
        catalogue_item_id=item.catalogue_item_id,
    )


def _title_of(items: Sequence[ItemInput]) -> str:
    if not items:
        return "未填写"
    first = items[0].name
    return f"采购{first}" if len(items) == 1 else f"采购{first}等 {len(items)} 项"


def _put_items(ctx: Ctx, request_id: int, items: Sequence[ItemInput]) -> None:
    """Rows keep their place: the audit log then says what changed and not that everything was written anew."""
    query = select(PurchaseItem).where(PurchaseItem.request_id == request_id)
    stored = {row.position: row for row in ctx.session.scalars(query)}
    for position, item in enumerate(items, start=1):
        row = stored.pop(position, None) or PurchaseItem(request_id=request_id, position=position)
        row.name, row.spec, row.unit, row.purpose = item.name, item.spec, item.unit, item.purpose
        row.quantity, row.price_fen, row.amount_fen = item.quantity, item.price_fen, item.amount_fen
        row.catalogue_item_id = item.catalogue_item_id
        ctx.session.add(row)
    for row in stored.values():
        ctx.session.delete(row)
    ctx.session.flush()


# ----------------------------------------------------------------------------------------------------- quotes
def _checked_quotes(quotes: Sequence[QuoteInput]) -> list[QuoteInput]:
    if len(quotes) > MAX_QUOTES:
        raise InvalidInput(f"最多比较 {MAX_QUOTES} 家报价。", field="quotes")
    checked: list[QuoteInput] = []
    seen: dict[str, int] = {}
    for index, quote in enumerate(quotes, start=1):
        where = f"第 {index} 家报价"
        supplier = one_line(quote.supplier, f"{where}的供应商名称", "quotes", 100)
        if not supplier:
            raise InvalidInput(f"{where}没有写供应商名称。", field="quotes")
        if not 0 < quote.amount_fen <= MAX_FEN:
            raise InvalidInput(f"“{supplier}”的报价要大于 0。", field="quotes")
        first = seen.setdefault(supplier_key(supplier), index)
        if first != index:
            raise InvalidInput(f"第 {first} 家和第 {index} 家都是“{supplier}”，比价须是不同的供应商。", field="quotes")
        note = one_line(quote.note, f"“{supplier}”的备注", "quotes", 200)
        checked.append(QuoteInput(supplier, quote.amount_fen, note, quote.evidence_id, quote.file))
    return checked


def _put_quotes(ctx: Ctx, request_id: int, quotes: Sequence[QuoteInput], dropped: frozenset[int]) -> None:
    query = select(PurchaseQuote).where(PurchaseQuote.request_id == request_id)
    stored = {row.position: row for row in ctx.session.scalars(query)}
    papers = _papers(ctx, request_id)
    for position, quote in enumerate(quotes, start=1):
        row = stored.pop(position, None) or PurchaseQuote(request_id=request_id, position=position)
        row.supplier, row.amount_fen, row.note = quote.supplier, quote.amount_fen, quote.note
        row.evidence_id = quote.evidence_id if quote.evidence_id not in dropped else None
        if row.evidence_id is not None and row.evidence_id not in papers:
            raise InvalidInput(f"“{quote.supplier}”的报价单附件已被移除，请重新选择。", field="quotes")
        if quote.file is not None:
            title = f"报价单：{quote.supplier}"
            file = NewFile(quote.file.name, quote.file.data, EvidenceKind.QUOTE, quote.file.title or title)
            row.evidence_id = keep_file(ctx, EvidenceOwner.PURCHASE, request_id, file).id
        ctx.session.add(row)
    for row in stored.values():
        ctx.session.delete(row)
    ctx.session.flush()


def _papers(ctx: Ctx, request_id: int) -> dict[int, Evidence]:
    query = select(Evidence).where(Evidence.owner_kind == EvidenceOwner.PURCHASE.value, Evidence.owner_id == request_id)
    return {row.id: row for row in ctx.session.scalars(query)}


def _drop_files(ctx: Ctx, request: PurchaseRequest, ids: Sequence[int]) -> None:
    if ids:
        papers = _papers(ctx, request.id)
        quoted = select(PurchaseQuote).where(PurchaseQuote.request_id == request.id, PurchaseQuote.evidence_id.in_(ids))
        for quote in ctx.session.scalars(quoted):
            quote.evidence_id = None
        ctx.session.flush()
        for evidence_id in ids:
            if evidence_id in papers:
                remove_evidence(ctx, evidence_id)


def _search_key(request: PurchaseRequest, items: Sequence[ItemInput], quotes: Sequence[QuoteInput]) -> str:
    """Everything a request is looked for by: words first, then the pinyin of title and applicant."""
    words = (request.title, request.applicant_name, *(i.name for i in items), *(q.supplier for q in quotes))
    bare = " ".join("".join(word.lower().split()) for word in dict.fromkeys(words))
    return " ".join((bare[:900], search_key(request.applicant_name)[:300], search_key(request.title)[:700]))[:2000]


# ---------------------------------------------------------------------------------------- copied and given up
def copy_request(ctx: Ctx, request_id: int) -> SavedRequest:
    """A new draft of the actor with the same items; quotes, papers and minutes belong to the old one."""
    ctx.require(PURCHASE)
    require_request_visible(ctx, request_id)
    old = ctx.get(PurchaseRequest, request_id)
    rows = ctx.session.scalars(
        select(PurchaseItem).where(PurchaseItem.request_id == old.id).order_by(PurchaseItem.position)
    ).all()
    ids = [row.catalogue_item_id for row in rows if row.catalogue_item_id is not None]
    catalogue = {row.id: row for row in ctx.session.scalars(select(CatalogueItem).where(CatalogueItem.id.in_(ids)))}
    today = ctx.today()
    valid = {i for i, c in catalogue.items() if in_force(c.valid_from, c.valid_until, c.active, today)}
    return save_request(
        ctx,
        SaveRequest(
            kind=ProcurementKind(old.kind),
            title=old.title,
            items=tuple(
                ItemInput(
                    row.name,
                    row.quantity,
                    row.price_fen,
                    row.spec,
                    row.unit,
                    row.purpose,
                    row.catalogue_item_id if row.catalogue_item_id in valid else None,
                )
                for row in rows
            ),
            category_id=old.category_id,
            fund_source=old.fund_source,
            budget_fen=old.budget_fen,
            reason=old.reason,
        ),
    )


def delete_request(ctx: Ctx, request_id: int, version: int) -> None:
    """Delete a draft that was never handed in, with its papers.  Raises :class:`RuleViolation` for any other."""
    ctx.require(PURCHASE)
    request = ctx.get(PurchaseRequest, request_id, version=version, lock=True)
    require_mine(ctx, request)
    if request.round or request.state != DocumentState.DRAFT.value:
        raise RuleViolation(f"{request.label}已经提交过，不能删除；不再需要时请作废，签批记录会保留。")
    parts: tuple[type[PurchaseQuote | PurchaseItem], ...] = (PurchaseQuote, PurchaseItem)
    for model in parts:
        for row in ctx.session.scalars(select(model).where(model.request_id == request.id)):
            ctx.session.delete(row)
    ctx.session.flush()
    drop_evidence(ctx, EvidenceOwner.PURCHASE, request.id)
    ctx.session.delete(request)
    ctx.session.flush()


# house: open - which right is asked depends on the state
def void_request(ctx: Ctx, request_id: int, version: int, reason: str) -> None:
    """作废: by its applicant while it is not handed in, once approved by who may void approved documents.

    Raises :class:`RuleViolation` when it waits for signatures or something was bought on it already.
    """
    request = ctx.get(PurchaseRequest, request_id, version=version, lock=True)
    if request.state == DocumentState.APPROVED.value:
        ctx.require(VOID)
    else:
        ctx.require(PURCHASE)
        require_mine(ctx, request)
    record = ctx.session.scalar(select(ProcurementRecord).where(ProcurementRecord.request_id == request.id).limit(1))
    if record is not None:
        raise RuleViolation(f"{request.label}已登记采购记录 {record.file_no}，不能作废；请先删除那条记录。")
    text = lines(reason, "作废理由", "reason", 300)
    if not text:
        raise InvalidInput("请写明作废的理由。", field="reason")
    move(request, Move.VOID)
    request.void_reason = text
    ctx.session.flush()
    settled(ctx, request)
