"""What tests of procurement stand on: rules of one invented document, a request, a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.procurement import (
    NewThreshold,
    ProcurementKind,
    Route,
    SaveCatalogueItem,
    SetUpThresholds,
)
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, QuoteInput, SaveRequest
from dangxiao_houqin.modules.expenses.domain.records import SaveRecord
from dangxiao_houqin.modules.expenses.models import EconomicCategory

DOCUMENT = "示财采〔2026〕1号"
NEW_YEAR = date(2026, 1, 1)
TODAY = date(2026, 3, 2)
GOODS, SERVICES, WORKS = ProcurementKind
PDF = b"%PDF-1.4\n% invented paper\n%%EOF\n"


def set_rules(ctx: Ctx) -> int:
    """Goods from 500,000 by inquiry and 2,000,000 by tender, services from 500,000; returns the computers' item."""
    services.set_up_thresholds(
        ctx,
        SetUpThresholds(
            DOCUMENT,
            NEW_YEAR,
            (
                NewThreshold(GOODS, 500_000_00, Route.INQUIRY),
                NewThreshold(GOODS, 2_000_000_00, Route.TENDER),
                NewThreshold(SERVICES, 500_000_00, Route.CONSULTATION),
            ),
            checked=True,
        ),
    )
    services.save_catalogue_item(
        ctx,
        SaveCatalogueItem(
            "A02020400", "多功能一体机", GOODS, Route.FRAMEWORK, 50_000_00, NEW_YEAR, None, DOCUMENT, "打印机 复印机"
        ),
    )
    return services.save_catalogue_item(
        ctx, SaveCatalogueItem("A02010105", "台式计算机", GOODS, Route.E_STORE, 0, NEW_YEAR, None, DOCUMENT, "电脑")
    )


def category(ctx: Ctx, code: str = "30201") -> int:
    """The id of a category."""
    services.ensure_categories(ctx)
    return ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == code)).one()


def item(name: str = "学员宿舍床垫", quantity: str = "10", price_fen: int = 680_00, **more: Any) -> ItemInput:
    return ItemInput(name, Decimal(quantity), price_fen, **{"unit": "张", **more})


def quotes(*fen: int) -> tuple[QuoteInput, ...]:
    """Quotes of as many invented suppliers."""
    names = (
        "嘉陵家具有限公司（虚构）",
        "阆苑商贸有限公司（虚构）",
        "锦屏百货有限公司（虚构）",
        "白塔物资有限公司（虚构）",
    )
    return tuple(QuoteInput(name, each) for name, each in zip(names, fen, strict=False))


def make_request(ctx: Ctx, items: Sequence[ItemInput] = (), **more: Any) -> int:
    """A draft ready to be submitted; returns its id."""
    values: dict[str, Any] = {"kind": GOODS, "title": "更新学员宿舍床垫（虚构）", "reason": "原有床垫已用八年。"}
    return services.save_request(ctx, SaveRequest(items=tuple(items) or (item(),), **{**values, **more})).id


def record(**more: Any) -> SaveRecord:
    """A record that breaks no rule."""
    values: dict[str, Any] = {
        "file_no": "DX-CG-2026-001",
        "title": "学员宿舍床垫（虚构）",
        "kind": GOODS,
        "route": Route.SELF,
        "winner": "嘉陵家具有限公司（虚构）",
        "decided_on": TODAY,
        "contract_fen": 6_800_00,
    }
    return SaveRecord(**{**values, **more})
