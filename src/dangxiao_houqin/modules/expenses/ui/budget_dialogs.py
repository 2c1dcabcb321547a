"""Dialogs about budgets: set one, adjust it, start a year from another one, and the categories they are made for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import (
    AdjustBudget,
    BudgetRow,
    CategoryChoice,
    CategoryRow,
    SaveBudget,
    SaveCategory,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import LongTextField, MoneyField, TextField

ADD, CUT, MOVE = "add", "cut", "move"


class BudgetDialog(FormDialog):
    """Set the approved amount of a category for a year, or correct it."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        year: int,
        categories: Sequence[CategoryChoice] = (),
        row: BudgetRow | None = None,
    ) -> None:
        super().__init__(
            runner,
            f"修改 {year} 年预算" if row else f"新增 {year} 年预算",
            parent,
            subtitle=f"{row.code} {row.name}" if row else "年中的追加、调减请用“调整”登记，年初批复数保持不变。",
            width=520,
            done_text="预算已保存",
        )
        self._year, self._row = year, row
        if row is None:
            self.form.add(
                ChoiceField(
                    "category_id",
                    "支出科目",
                    choices=[(each.id, each.label + ("（三公）" if each.three_publics else "")) for each in categories],
                    empty_text="请选择",
                    required=True,
                )
            )
        self.form.add(MoneyField("amount_fen", "年初预算", required=True, help="批复的金额，单位元"))
        self.form.add(LongTextField("note", "备注", lines=2, max_length=200))
        if row is not None:
            self.form.set_values({"amount_fen": row.left.amount_fen, "note": row.note})
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        if self._row is None:
            command = SaveBudget(self._year, values["category_id"], values["amount_fen"], values["note"])
        else:
            command = SaveBudget(
                self._year,
                self._row.category_id,
                values["amount_fen"],
                values["note"],
                self._row.id,
                self._row.version,
            )
        self.run(services.save_budget, command)


class AdjustDialog(FormDialog):
    """追加, 调减 or 科目间调剂 by a document."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        row: BudgetRow,
        others: Sequence[BudgetRow],
        today: date,
    ) -> None:
        left = row.left
        super().__init__(
            runner,
            "预算调整",
            parent,
            subtitle=f"{row.code} {row.name}　现有预算 {yuan(left.total_fen)}，已用 {yuan(left.taken_fen)}（含签批中）",
            primary="登记调整",
            width=560,
            done_text="调整已登记",
        )
        assert row.id is not None
        self._budget_id = row.id
        self._known = {other.id: other for other in others}
        choices = [(ADD, "追加"), (CUT, "调减"), (MOVE, "从其他科目调剂过来")]
        self.kind = ChoiceField("kind", "方式", choices=choices)
        self.form.add(self.kind)
        self.counter = ChoiceField(
            "counter_budget_id",
            "调出科目",
            choices=[(o.id, f"{o.code} {o.name}（余 {yuan(o.left.left_fen)}）") for o in others if o.id is not None],
            empty_text="请选择从哪个科目调出",
        )
        self.form.add(self.counter)
        self.form.add(
            MoneyField("amount_fen", "金额", required=True, help="填正数，单位元"),
            DateField("on_day", "日期", required=True, maximum=today),
        )
        self.form.add(TextField("document", "批准文号", required=True, max_length=100, help="批复、会议纪要的文号"))
        self.form.add(LongTextField("reason", "调整原因", required=True, lines=2, max_length=200))
        self.form.set_values({"kind": ADD, "on_day": today if today.year == left.year else date(left.year, 12, 31)})
        self.kind.changed.connect(self._kind_changed)
        self._kind_changed()
        self.form.mark_clean()

    @Slot()
    def _kind_changed(self) -> None:
        self.form.set_row_visible("counter_budget_id", self.kind.value() == MOVE)

    def submit(self) -> None:
        values = self.form.values()
        kind, amount = values["kind"], values["amount_fen"]
        if kind == MOVE and values["counter_budget_id"] is None:
            self.counter.set_error("请选择从哪个科目调出")
            return
        self.run(
            services.adjust_budget,
            AdjustBudget(
                self._budget_id,
                values["on_day"],
                -amount if kind == CUT else amount,
                values["document"],
                values["reason"],
                values["counter_budget_id"] if kind == MOVE else None,
            ),
        )


class CopyDialog(FormDialog):
    """Start a year with the adjusted budgets of another one."""

    def __init__(self, runner: Runner, parent: QWidget | None, year: int, years: Sequence[int]) -> None:
        super().__init__(
            runner,
            f"复制到 {year} 年",
            parent,
            subtitle="按调整后的金额复制；这一年已有预算的科目不变，停用的科目不复制。",
            primary="复制",
            width=460,
        )
        self._year = year
        others = [each for each in years if each != year]
        self.form.add(
            ChoiceField("from_year", "从哪一年", choices=[(each, f"{each} 年") for each in others], required=True)
        )
        self.form.set_values({"from_year": year - 1 if year - 1 in others else next(iter(others), None)})
        self.form.mark_clean()

    def submit(self) -> None:
        self.run(services.copy_budgets, self.form.values()["from_year"], self._year)

    @Slot(object)
    def take_result(self, result: object) -> None:
        self.done_text = f"已复制 {result} 个科目的预算"
        super().take_result(result)


class CategoryDialog(FormDialog):
    """Add a category or change one."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: CategoryRow | None = None) -> None:
        super().__init__(
            runner,
            "修改科目" if row else "新增科目",
            parent,
            subtitle="部门预算支出经济分类科目，代码和名称按财政部门的口径填写。",
            width=540,
            done_text="科目已保存",
        )
        self._row = row
        self.form.add(TextField("code", "科目代码", required=True, max_length=12, placeholder="30201"))
        self.form.add(TextField("name", "科目名称", required=True, max_length=60))
        self.form.add(CheckField("three_publics", "三公经费", "计入三公经费（公务接待、公务用车、因公出国）"))
        self.form.add(CheckField("active", "状态", "使用中；停用后报销和编预算时不再出现"))
        if row is None:
            self.form.set_values({"active": True})
        else:
            self.form.set_values(
                {"code": row.code, "name": row.name, "three_publics": row.three_publics, "active": row.active}
            )
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        if self._row is None:
            self.run(services.save_category, SaveCategory(**values))
        else:
            self.run(
                services.save_category, SaveCategory(**values, category_id=self._row.id, version=self._row.version)
            )
