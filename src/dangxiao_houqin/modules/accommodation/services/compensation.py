"""赔偿 for lost cards and damage: noted, settled with a receipt, struck out."""

from __future__ import annotations

from dangxiao_houqin.core.errors import Conflict, InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DESK, CompensationInput
from dangxiao_houqin.modules.accommodation.models import Compensation, Stay

HIGHEST = 10_000_000
"""100 000 yuan in fen: nobody pays more for what is in a room, so it is a mistyped number."""


def add_compensation(ctx: Ctx, stay_id: int, line: CompensationInput) -> int:
    """Note what a guest lost or broke; returns its id."""
    ctx.require(DESK)
    return charge(ctx, ctx.get(Stay, stay_id), line)


# house: open - the caller has asked for the right
def charge(ctx: Ctx, stay: Stay, line: CompensationInput) -> int:
    """Write one line for the guest of ``stay``; raises :class:`InvalidInput` for a missing item or a wrong amount."""
    item = line.item.strip()
    if not item:
        raise InvalidInput("请填写赔偿的物品。", field="item")
    if not 0 <= line.amount <= HIGHEST:
        raise InvalidInput(f"赔偿金额要在 0 到 {HIGHEST // 100:,} 元之间，请核对。", field="amount")
    found = Compensation(
        stay_id=stay.id,
        room_id=stay.room_id,
        kind=line.kind.value,
        item=item,
        amount=line.amount,
        on_day=ctx.today(),
        settled=line.settled,
        receipt_no=line.receipt_no.strip(),
        note=line.note.strip(),
    )
    return ctx.add(found).id


def settle_compensation(ctx: Ctx, compensation_id: int, version: int | None, receipt_no: str = "") -> None:
    """The money is in; ``receipt_no`` is the number of the receipt given for it."""
    ctx.require(DESK)
    found = ctx.get(Compensation, compensation_id, version=version, lock=True)
    if found.settled:
        raise Conflict("这笔赔偿已登记为结清，请刷新列表。")
    found.settled, found.receipt_no = True, receipt_no.strip() or found.receipt_no
    ctx.session.flush()


def reopen_compensation(ctx: Ctx, compensation_id: int, version: int | None) -> None:
    """Noted as paid by mistake: open again, without a receipt; raises :class:`Conflict` when it is open already."""
    ctx.require(DESK)
    found = ctx.get(Compensation, compensation_id, version=version, lock=True)
    if not found.settled:
        raise Conflict("这笔赔偿还没有结清，请刷新列表。")
    found.settled, found.receipt_no = False, ""
    ctx.session.flush()


def delete_compensation(ctx: Ctx, compensation_id: int, version: int | None) -> None:
    """Strike out a line noted by mistake; raises :class:`Conflict` when the money is already in."""
    ctx.require(DESK)
    found = ctx.get(Compensation, compensation_id, version=version, lock=True)
    if found.settled:
        raise Conflict("这笔赔偿已结清，不能删除；收错了请先改回未结清。")
    ctx.session.delete(found)
    ctx.session.flush()
