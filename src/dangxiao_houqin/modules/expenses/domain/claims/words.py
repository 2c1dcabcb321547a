"""Rights, kinds and rules of spending."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET

VIEW = Permission("expenses.view", "查看全部报销单和采购申请")
CLAIM = Permission("expenses.claim", "填报报销单")
PAY = Permission("expenses.pay", "登记支付")
VOID = Permission("expenses.void", "作废已批准的单据")


class PaymentMethod(StrEnum):
    """How a claim is paid; 公务卡 comes first (财库〔2011〕160号), cash needs a reason."""

    OFFICIAL_CARD = "card"
    TRANSFER = "transfer"
    AUTHORIZED = "authorized"
    DIRECT = "direct"
    CASH = "cash"

    @property
    def label(self) -> str:
        return {
            "card": "公务卡",
            "transfer": "转账",
            "authorized": "授权支付",
            "direct": "直接支付",
            "cash": "现金",
        }[self.value]


class InvoiceKind(StrEnum):
    """What kind of invoice or receipt."""

    DIGITAL = "digital"
    VAT_ORDINARY = "ordinary"
    VAT_SPECIAL = "special"
    FISCAL = "fiscal"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "digital": "数电发票",
            "ordinary": "增值税普通发票",
            "special": "增值税专用发票",
            "fiscal": "财政票据",
            "other": "其他票据",
        }[self.value]


class EvidenceKind(StrEnum):
    """What a paper beside a document is."""

    INVOICE = "invoice"
    LIST = "list"
    CONTRACT = "contract"
    MINUTES = "minutes"
    APPROVAL = "approval"
    ACCEPTANCE = "acceptance"
    QUOTE = "quote"
    CARD_SLIP = "card_slip"
    PHOTO = "photo"
    SIGNED_PAPER = "signed"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "invoice": "发票",
            "list": "清单",
            "contract": "合同",
            "minutes": "会议纪要",
            "approval": "批复、通知",
            "acceptance": "验收单",
            "quote": "报价单",
            "card_slip": "公务卡小票",
            "photo": "照片",
            "signed": "已签字的纸质单",
            "other": "其他",
        }[self.value]


@dataclass(frozen=True)
class ExpenseRules(Section):
    """How the office spends."""

    section: ClassVar[str] = "expenses.claims"
    edit_permission: ClassVar[Permission] = BUDGET
    title: ClassVar[str] = "报销规则"
    choices: ClassVar[dict[str, str]] = {
        "warn": "提醒，可以提交",
        "block": "不能提交",
        "a5": "A5 横向",
        "c240": "240×140 毫米连续纸",
        "plain": "都不写（壹拾万柒仟元伍角叁分）",
        "yuan": "元后写（壹拾万柒仟元零伍角叁分）",
        "wan": "万后写（壹拾万零柒仟元伍角叁分）",
        "both": "都写（壹拾万零柒仟元零伍角叁分）",
    }

    over_budget: Literal["warn", "block"] = setting("block", "超出预算时")
    no_budget: Literal["warn", "block"] = setting("warn", "科目没有预算时")
    cash_allowed: bool = setting(True, "允许现金支付", "允许时也要写明理由。")
    minutes_from_fen: int = setting(
        5_000_000, "会议纪要起点（分）", "报销金额达到这个数，须填写会议纪要文号；0 表示不要求。", minimum=0
    )
    slip_size: Literal["a5", "c240"] = setting("a5", "审批单纸张")
    witness_cell: bool = setting(False, "印“证明人（验收人）”栏")
    department_cell: bool = setting(False, "印“部门负责人”栏")
    finance_cell: bool = setting(False, "印“财务审核”栏")
    bank_shown: bool = setting(True, "印开户行和账号")
    capital_style: Literal["plain", "yuan", "wan", "both"] = setting(
        "plain", "大写金额中可写可不写的“零”", "支付结算办法两种写法都认可（如107,000.53元），按本单位财务的要求选。"
    )
    print_names: bool = setting(True, "电子签批后打印签批人姓名", "关闭时签字栏留空，只供手签；校验码照印。")


MAX_FEN = 99_999_999_999_99
"""Largest amount a claim may name: what the paper's cell and the capitals still hold."""


class EvidenceOwner(StrEnum):
    """What evidence belongs to; the first two are :class:`~.approval.DocumentKind`."""

    CLAIM = "claim"
    PURCHASE = "purchase"
    RECORD = "record"
    REMITTANCE = "remittance"

    @property
    def label(self) -> str:
        return {"claim": "报销单", "purchase": "采购申请", "record": "采购记录", "remittance": "缴款"}[self.value]
