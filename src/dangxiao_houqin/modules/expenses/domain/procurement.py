"""Procurement: kinds, routes, the two dated tests, requests and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

PURCHASE = Permission("expenses.purchase", "填报采购申请")
PROCUREMENT = Permission("expenses.procurement", "登记采购记录")
PROCUREMENT_RULES = Permission("expenses.procurement_rules", "维护集中采购目录和限额标准")
OVERRIDE = Permission("expenses.override", "没有采购记录也放行（须写理由）")


class ProcurementKind(StrEnum):
    """What is bought (政府采购法)."""

    GOODS = "goods"
    SERVICES = "services"
    WORKS = "works"

    @property
    def label(self) -> str:
        return {"goods": "货物", "services": "服务", "works": "工程"}[self.value]


class Route(StrEnum):
    """How something is bought."""

    SELF = "self"
    FRAMEWORK = "framework"
    E_STORE = "e_store"
    CENTRAL = "central"
    INQUIRY = "inquiry"
    CONSULTATION = "consultation"
    SINGLE_SOURCE = "single"
    TENDER = "tender"

    @property
    def label(self) -> str:
        return {
            "self": "自行采购",
            "framework": "框架协议",
            "e_store": "电子卖场",
            "central": "集中采购",
            "inquiry": "询价",
            "consultation": "竞争性磋商",
            "single": "单一来源",
            "tender": "公开招标",
        }[self.value]


STRICTNESS: tuple[Route, ...] = (
    Route.SELF,
    Route.E_STORE,
    Route.FRAMEWORK,
    Route.INQUIRY,
    Route.CONSULTATION,
    Route.SINGLE_SOURCE,
    Route.CENTRAL,
    Route.TENDER,
)
"""From the freest to the strictest; where two tests demand different routes, the later one here wins."""

RULE_ROUTES: tuple[Route, ...] = (
    Route.E_STORE,
    Route.FRAMEWORK,
    Route.INQUIRY,
    Route.CONSULTATION,
    Route.CENTRAL,
    Route.TENDER,
)
"""What a rule may demand: 单一来源 needs an approval of its own, 自行采购 needs no rule."""


@dataclass(frozen=True)
class ProcurementRules(Section):
    """When splitting is suspected, and what a purchase must bring along."""

    section: ClassVar[str] = "expenses.procurement"
    title: ClassVar[str] = "采购规则"
    edit_permission: ClassVar[Permission] = PROCUREMENT_RULES
    choices: ClassVar[dict[str, str]] = {"both": "同一供应商或同一科目", "supplier": "只看同一供应商", "off": "不提醒"}

    split_days: int = setting(30, "化整为零提醒的天数", "这些天内的支出合计超过限额就提醒。", minimum=1, maximum=366)
    split_by: Literal["both", "supplier", "off"] = setting("both", "化整为零提醒的范围")
    quotes_needed: int = setting(3, "比价家数", "采购方式为询价、竞争性磋商时至少几家报价。", minimum=1, maximum=9)
    self_quotes_from_fen: int = setting(
        0, "自行采购比价起点（分）", "自行采购达到这个数也要比价；0 表示不要求。", minimum=0
    )
    minutes_when_over: bool = setting(True, "达到限额标准须有会议纪要", "采购申请提交前要填写校委会会议纪要文号。")
    record_for_catalogue: bool = setting(
        True, "目录内的采购也要采购记录", "关闭后，只有达到限额标准的支出在支付前须登记采购记录。"
    )


# ------------------------------------------------------------------------------------------------------- rules
@dataclass(frozen=True)
class CatalogueRow:
    """An item of the 集中采购目录, valid on the days ``[valid_from, valid_until)``."""

    id: int
    version: int
    code: str
    name: str
    kind: ProcurementKind
    route: Route
    from_fen: int
    valid_from: date
    valid_until: date | None
    document: str
    keywords: str = ""
    active: bool = True
    today: date | None = None
    """The day the list was made, for :attr:`pill`."""

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def pill(self) -> Pill:
        return validity(self.valid_from, self.valid_until, self.active, self.today)


@dataclass(frozen=True)
class ThresholdRow:
    """限额标准: purchases of a kind from ``from_fen`` on take ``route`` on the days ``[valid_from, valid_until)``."""

    id: int
    version: int
    kind: ProcurementKind
    from_fen: int
    route: Route
    valid_from: date
    valid_until: date | None
    document: str
    active: bool = True
    today: date | None = None

    @property
    def pill(self) -> Pill:
        return validity(self.valid_from, self.valid_until, self.active, self.today)


def validity(valid_from: date, valid_until: date | None, active: bool, today: date | None) -> Pill:
    """Whether a dated rule counts ``today``, as a word."""
    if not active:
        return Pill("停用", "neutral")
    if today is not None and valid_from > today:
        return Pill("未生效", "primary")
    if today is not None and valid_until is not None and valid_until <= today:
        return Pill("已失效", "neutral")
    return Pill("有效", "success")


@dataclass(frozen=True)
class Part:
    """One amount to judge, with the catalogue item it is for; ``name`` is what it is called on the document."""

    amount_fen: int
    catalogue_item_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Ruling:
    """How something must be bought, and why.

    ``rule`` quotes both tests with document and amounts (at most 300 characters, as the tables keep it);
    ``over_limit``: the amount reaches a threshold; ``record_needed``: no payment without a procurement record;
    ``thresholds_set``: somebody has entered thresholds for the kind; ``notices`` is what a signer must read.
    """

    route: Route
    rule: str
    record_needed: bool
    over_limit: bool
    thresholds_set: bool
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaveCatalogueItem:
    """Create or change an item of the catalogue."""

    code: str
    name: str
    kind: ProcurementKind
    route: Route
    from_fen: int
    valid_from: date
    valid_until: date | None = None
    document: str = ""
    keywords: str = ""
    active: bool = True
    item_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveThreshold:
    """Create or change a threshold."""

    kind: ProcurementKind
    from_fen: int
    route: Route
    valid_from: date
    valid_until: date | None = None
    document: str = ""
    active: bool = True
    threshold_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class NewThreshold:
    """One line of the set-up wizard."""

    kind: ProcurementKind
    from_fen: int
    route: Route


@dataclass(frozen=True)
class SetUpThresholds:
    """What the wizard writes: all thresholds of one document, from one day on.

    ``checked`` says that somebody compared every figure with the document; without it nothing is written.
    Thresholds of these kinds that are still valid on that day end then.
    """

    document: str
    valid_from: date
    lines: tuple[NewThreshold, ...]
    checked: bool = False


@dataclass(frozen=True)
class CatalogueChoice:
    """A catalogue item to pick for a line; ``keywords`` are other names it is found by."""

    id: int
    label: str
    kind: ProcurementKind
    route: Route
    from_fen: int
    keywords: str = ""
