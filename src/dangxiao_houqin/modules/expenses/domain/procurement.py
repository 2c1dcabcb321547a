"""Procurement: kinds, routes, the two dated tests, requests and records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

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


@dataclass(frozen=True)
class ProcurementRules(Section):
    """When splitting is suspected."""

    section: ClassVar[str] = "expenses.procurement"
    title: ClassVar[str] = "采购规则"
    choices: ClassVar[dict[str, str]] = {"both": "同一供应商或同一科目", "supplier": "只看同一供应商", "off": "不提醒"}

    split_days: int = setting(30, "化整为零提醒的天数", "这些天内的支出合计超过限额就提醒。", minimum=1, maximum=366)
    split_by: Literal["both", "supplier", "off"] = setting("both", "化整为零提醒的范围")
    quotes_needed: int = setting(3, "比价家数", minimum=1, maximum=9)
