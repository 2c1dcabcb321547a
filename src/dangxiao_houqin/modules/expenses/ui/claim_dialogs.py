"""What is done with a claim: pay, void, withdraw, attach the procurement record, let it pass without one."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import (
    ClaimView,
    LinkRecord,
    OverrideRecord,
    PayClaim,
    SetVoucher,
    VoidClaim,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import LongTextField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField


def subject_line(claim: ClaimView) -> str:
    """What a dialog is about: number, title, amount."""
    return f"{claim.code}　{claim.title}　{yuan(claim.total_fen)}"


class PayDialog(FormDialog):
    """登记支付."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView, today: date) -> None:
        super().__init__(
            runner, "登记支付", parent, subtitle=subject_line(claim), primary="登记支付", width=480, label_width=92
        )
        self._claim = claim
        self.form.add(
            DateField("paid_on", "支付日期", required=True, maximum=today),
        )
        self.form.add(TextField("voucher", "记账凭证号", max_length=60, help="凭证字号，没有就空着，支付后可以补记"))
        self.form.set_values({"paid_on": today})
        payee = claim.payee + (f"　{claim.payee_bank}　{claim.payee_account}" if claim.payee_account else "")
        self.bar.say(f"{claim.payment_method.label}：{payee or '未写收款单位'}", "primary", closable=False)

    def submit(self) -> None:
        values = self.form.values()
        self.run(services.pay_claim, PayClaim(self._claim.document, values["paid_on"], values["voucher"]))


class VoucherDialog(FormDialog):
    """补记凭证号: the number the bookkeeping gave after the payment, or the right one instead of a wrong one, once."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView) -> None:
        before = claim.paid_voucher
        super().__init__(
            runner,
            "更正记账凭证号" if before else "补记凭证号",
            parent,
            subtitle=subject_line(claim),
            primary="保存",
            width=480,
            label_width=92,
        )
        self._claim = claim
        self.form.add(
            TextField("voucher", "记账凭证号", required=True, max_length=60, help="凭证字号，如 记-2026-03-0012")
        )
        self.form.set_values({"voucher": before})
        if before:
            self.bar.say(f"现在是 {before}；只能更正一次，前后两个号都记入日志。", "warning", closable=False)

    def submit(self) -> None:
        self.run(services.set_payment_voucher, SetVoucher(self._claim.document, self.form.values()["voucher"]))


class VoidDialog(FormDialog):
    """作废: what happens is said with names and numbers."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView) -> None:
        super().__init__(
            runner, "作废报销单", parent, subtitle=subject_line(claim), primary="作废", width=480, label_width=72
        )
        self._claim = claim
        self.primary.setProperty("kind", "danger")
        self.form.add(LongTextField("reason", "作废原因", required=True, lines=3, max_length=300))
        freed = f"，{len(claim.invoices)} 张发票可以重新报销" if claim.invoices else ""
        money = (
            f"，{claim.budget_year} 年度预算退回 {yuan(claim.total_fen)}"
            if claim.state is DocumentState.APPROVED
            else ""
        )
        self.bar.say(f"作废后不能恢复{freed}{money}；编号保留，原因记入单据。", "warning", closable=False)

    def submit(self) -> None:
        self.run(services.void_claim, VoidClaim(self._claim.document, self.form.values()["reason"]))


class WithdrawDialog(FormDialog):
    """撤回: back to a draft of the applicant."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView) -> None:
        super().__init__(
            runner, "撤回报销单", parent, subtitle=subject_line(claim), primary="撤回", width=480, label_width=72
        )
        self._claim = claim
        self.form.add(LongTextField("reason", "撤回原因", required=True, lines=3, max_length=200))
        signed = [mark.signer for mark in claim.marks if mark.signer not in {"", claim.applicant} and not mark.void]
        if signed:
            names = "、".join(dict.fromkeys(signed))
            self.bar.say(f"{names}的签字作为历史保留，不再有效；修改后要重新签批。", "warning", closable=False)

    def submit(self) -> None:
        self.run(services.withdraw, self._claim.document, self.form.values()["reason"])


def find_records(ctx: Ctx, text: str) -> tuple[Option, ...]:
    """Procurement records for a picker."""
    from dangxiao_houqin.modules.expenses.queries.procurement import list_record_choices

    return tuple(
        Option(each.id, each.label, f"{each.winner}　{yuan(each.contract_fen)}　{each.decided_on:%Y-%m-%d}")
        for each in list_record_choices(ctx, text)
    )


class LinkRecordDialog(FormDialog):
    """采购记录关联; an emptied field takes the record off."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView) -> None:
        super().__init__(
            runner, "关联采购记录", parent, subtitle=subject_line(claim), primary="保存", width=560, label_width=72
        )
        self._claim = claim
        self.record = PickerField(
            "record_id",
            "采购记录",
            runner,
            find_records,
            placeholder="文件编号、项目、成交单位，可用拼音",
            help="没有时先到“采购”登记；清空表示取消关联",
        )
        self.form.add(self.record)
        if claim.record_id is not None:
            self.record.set_value(Option(claim.record_id, claim.record))
        self.form.mark_clean()
        if claim.route_rule:
            self.bar.say(claim.route_rule, "primary", closable=False)

    def submit(self) -> None:
        self.run(services.link_record, LinkRecord(self._claim.document, self.record.value()))


class OverrideDialog(FormDialog):
    """放行: pay without the record that the rules ask for; logged with the reason."""

    def __init__(self, runner: Runner, parent: QWidget | None, claim: ClaimView) -> None:
        super().__init__(
            runner,
            "没有采购记录也放行",
            parent,
            subtitle=subject_line(claim),
            primary="放行",
            width=520,
            label_width=72,
        )
        self._claim = claim
        self.form.add(
            LongTextField(
                "reason",
                "放行理由",
                required=not claim.override_reason,
                lines=3,
                max_length=300,
                help="您的姓名和理由记入单据和日志" + ("；清空表示取消放行" if claim.override_reason else ""),
            )
        )
        self.form.set_values({"reason": claim.override_reason})
        if claim.route_rule:
            self.bar.say(claim.route_rule, "warning", closable=False)

    def submit(self) -> None:
        self.run(services.set_override, OverrideRecord(self._claim.document, self.form.values()["reason"]))
