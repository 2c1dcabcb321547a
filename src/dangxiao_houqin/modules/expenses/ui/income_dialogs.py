"""Dialogs about income: register, void, remit, undo; none of them knows of spending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import AddEvidence, EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.funds import IncomeRules
from dangxiao_houqin.modules.expenses.domain.income import (
    IncomeMethod,
    IncomeRow,
    MakeRemittance,
    RemittanceRow,
    SaveIncome,
    UndoRemittance,
    VoidIncome,
)
from dangxiao_houqin.modules.expenses.queries.income import find_subjects, list_accounts, list_kinds, list_payers
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import MoneyField, TextField
from dangxiao_houqin.ui.pickers import Option
from dangxiao_houqin.ui.widgets import label

from .choice_pickers import SubjectField
from .evidence_panel import File
from .register_paper_dialog import ScanField


@dataclass(frozen=True)
class IncomeForm:
    """What the form offers to choose from."""

    today: date
    kinds: tuple[str, ...]
    receipt_kinds: tuple[str, ...]
    payers: tuple[str, ...]
    accounts: tuple[str, ...]
    within_days: int


def read_form(ctx: Ctx) -> IncomeForm:
    """Choices of the dialogs of income."""
    rules = ctx.settings(IncomeRules)
    return IncomeForm(
        today=ctx.today(),
        kinds=list_kinds(ctx),
        receipt_kinds=rules.receipt_kinds,
        payers=list_payers(ctx, "", 200),
        accounts=list_accounts(ctx),
        within_days=rules.remit_within_days,
    )


def _find(ctx: Ctx, text: str) -> tuple[Option, ...]:
    return tuple(
        Option(answer.subject, answer.subject.text, f"{answer.start} 起" if answer.start else "")
        for answer in find_subjects(ctx, text)
    )


class IncomeSubjectField(SubjectField):
    """The class or project the money came in for."""

    def __init__(self, key: str, title: str, runner: Runner) -> None:
        super().__init__(key, title, runner, help="可不填")
        self._search = _find


class IncomeDialog(FormDialog):
    """Register received money with its receipt, or correct an entry that is not remitted yet."""

    def __init__(self, runner: Runner, parent: QWidget | None, form: IncomeForm, row: IncomeRow | None = None) -> None:
        super().__init__(
            runner,
            f"修改 {row.number}" if row else "登记收入",
            parent,
            subtitle=f"收入应在 {form.within_days} 天内上缴，不得坐支。",
            primary="保存" if row else "登记",
            width=680,
            done_text="" if row is None else "已保存",
        )
        self._row = row
        kinds = tuple(dict.fromkeys((*form.kinds, *((row.kind,) if row else ()))))
        receipts = tuple(dict.fromkeys((*form.receipt_kinds, *((row.receipt_kind,) if row else ()))))
        self.form.add(
            DateField("received_on", "收款日期", required=True, maximum=form.today),
            ChoiceField("kind", "收入类别", choices=[(each, each) for each in kinds], required=True),
        )
        self.form.add(TextField("payer", "缴款人", required=True, max_length=100, suggestions=form.payers))
        self.form.add(
            MoneyField("amount_fen", "金额", required=True),
            ChoiceField("method", "收款方式", choices=[(each, each.label) for each in IncomeMethod], required=True),
        )
        self.form.add(
            ChoiceField("receipt_kind", "票据种类", choices=[(each, each) for each in receipts], required=True),
            TextField("receipt_no", "票据号码", required=True, max_length=40),
        )
        self.subject = IncomeSubjectField("subject", "班次或项目", runner)
        self.form.add(self.subject)
        self.form.add(TextField("text", "摘要", max_length=120), TextField("note", "备注", max_length=200))
        if row is None:
            self.form.set_values(
                {
                    "received_on": form.today,
                    "kind": next(iter(kinds), None),
                    "method": IncomeMethod.TRANSFER,
                    "receipt_kind": next(iter(receipts), None),
                }
            )
        else:
            keys = (
                "received_on",
                "kind",
                "payer",
                "amount_fen",
                "method",
                "receipt_kind",
                "receipt_no",
                "text",
                "note",
            )
            self.form.set_values({key: getattr(row, key) for key in keys})
            self.subject.set_subject(Subject(row.subject_kind, row.subject_id, row.subject_text))
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        subject: Subject = values.pop("subject")
        self.run(
            services.save_income,
            SaveIncome(
                **values,
                subject_kind=subject.kind,
                subject_id=subject.id,
                subject_text=subject.text,
                income_id=self._row.id if self._row else None,
                version=self._row.version if self._row else None,
            ),
        )


class VoidIncomeDialog(FormDialog):
    """作废 one entry."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: IncomeRow) -> None:
        super().__init__(
            runner,
            "作废收入",
            parent,
            subtitle=f"{row.number}　{row.payer}　{yuan(row.amount_fen)}。"
            "作废后保留在台账里，不计入任何合计；票据号码可以重新登记。",
            primary="作废",
            width=480,
            done_text=f"{row.number} 已作废",
        )
        self._row = row
        self.form.add(TextField("reason", "作废原因", required=True, max_length=200))

    def submit(self) -> None:
        self.run(services.void_income, VoidIncome(self._row.id, self._row.version, self.form.values()["reason"]))


def _remit(ctx: Ctx, cmd: MakeRemittance, scan: File | None) -> int:
    """The slip together with its scan, or neither."""
    remittance_id = services.make_remittance(ctx, cmd)
    if scan is not None:
        services.add_evidence(ctx, AddEvidence(EvidenceOwner.REMITTANCE, remittance_id, *scan))
    return remittance_id


class RemitDialog(FormDialog):
    """One slip for the chosen entries."""

    def __init__(self, runner: Runner, parent: QWidget | None, form: IncomeForm, rows: Sequence[IncomeRow]) -> None:
        first, last = min(r.received_on for r in rows), max(r.received_on for r in rows)
        days = f"{first}" if first == last else f"{first} 至 {last}"
        super().__init__(
            runner,
            "登记缴款",
            parent,
            subtitle=f"{len(rows)} 笔收入，收款日期 {days}。",
            primary="登记缴款",
            width=520,
        )
        self._ids = tuple(row.id for row in rows)
        self.total_fen = sum(row.amount_fen for row in rows)
        self.form.add_widget(label(f"缴款金额　{yuan(self.total_fen)}", "cardTitle"))
        self.form.add(TextField("slip_no", "缴款书号", required=True, max_length=40))
        self.form.add(DateField("remitted_on", "缴款日期", required=True, minimum=last, maximum=form.today))
        self.form.add(TextField("account", "缴入账户", max_length=100, suggestions=form.accounts))
        self.form.add(TextField("note", "备注", max_length=200))
        self.form.add(ScanField("file", "扫描件", runner, help="缴款书的 PDF 或图片，也可以以后双击这笔缴款添加"))
        self.form.set_values({"remitted_on": form.today, "account": next(iter(form.accounts), "")})
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        scan = values.pop("file")
        self.run(_remit, MakeRemittance(self._ids, **values), scan, action="expenses.make_remittance")


class UndoRemittanceDialog(FormDialog):
    """The slip was registered by mistake."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: RemittanceRow) -> None:
        super().__init__(
            runner,
            "撤销缴款登记",
            parent,
            subtitle=f"缴款书 {row.slip_no}　{row.entries} 笔　{yuan(row.total_fen)}。撤销后这些收入回到待缴。",
            primary="撤销登记",
            width=480,
            done_text=f"缴款书 {row.slip_no} 已撤销，{row.entries} 笔收入回到待缴",
        )
        self._row = row
        self.form.add(TextField("reason", "撤销原因", required=True, max_length=200))

    def submit(self) -> None:
        self.run(
            services.undo_remittance, UndoRemittance(self._row.id, self._row.version, self.form.values()["reason"])
        )
