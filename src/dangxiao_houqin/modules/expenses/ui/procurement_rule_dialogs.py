"""Dialogs of the dated rules: one catalogue item, one threshold, the thresholds of a whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN
from dangxiao_houqin.modules.expenses.domain.procurement import (
    RULE_ROUTES,
    CatalogueRow,
    NewThreshold,
    ProcurementKind,
    SaveCatalogueItem,
    SaveThreshold,
    SetUpThresholds,
    ThresholdRow,
)
from dangxiao_houqin.modules.expenses.procurement_rules import EXAMPLES, Example, contradiction
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, LongTextField, MoneyField, TextField
from dangxiao_houqin.ui.widgets import label

from .claim_lines import money
from .editing_grid import EditingGrid, GridColumn, GridRow

KINDS = tuple((kind, kind.label) for kind in ProcurementKind)
ROUTES = tuple((route, route.label) for route in RULE_ROUTES)
_UNTIL = "当天起不再适用；留空表示一直有效"


class CatalogueDialog(FormDialog):
    """An item of the 集中采购目录."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        today: date,
        item: CatalogueRow | None = None,
        *,
        new: bool = False,
    ) -> None:
        super().__init__(
            runner,
            "登记目录品目" if item is None or new else f"修改品目 {item.code}",
            parent,
            subtitle="目录以省级文件为准。新的一行开始生效时，同编码的旧行自动失效。",
            width=640,
            label_width=84,
            done_text="目录品目已保存",
        )
        self._item = None if new else item
        self.form.add(
            TextField("code", "品目编码", required=True, max_length=20, placeholder="如 A02010105"),
            ChoiceField("kind", "类别", KINDS, required=True),
        )
        self.form.add(TextField("name", "品目名称", required=True, max_length=80))
        self.form.add(
            MoneyField("from_fen", "起点金额", maximum=MAX_FEN // 100, help="单项达到这个数才适用；留空为不论金额"),
            ChoiceField("route", "采购方式", ROUTES, required=True),
        )
        self.form.add(
            DateField("valid_from", "生效日期", required=True), DateField("valid_until", "失效日期", help=_UNTIL)
        )
        self.form.add(TextField("document", "依据文件", max_length=120, placeholder="文件名称和文号"))
        self.form.add(
            LongTextField(
                "keywords", "关键词", lines=2, max_length=300, help="用空格隔开；申请里写到这些词，会提醒核对品目"
            )
        )
        self.form.add(CheckField("active", "启用", "启用这个品目"))
        if item is None:
            self.form.set_values({"valid_from": date(today.year, 1, 1), "kind": ProcurementKind.GOODS, "active": True})
        else:
            self.form.set_values({key: getattr(item, key) for key in self.form.fields})
            self.form["from_fen"].set_value(item.from_fen or None)
            if new:
                self.form.set_values({"valid_from": None, "valid_until": None, "document": ""})
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        values["from_fen"] = values["from_fen"] or 0
        command = SaveCatalogueItem(**values)
        if self._item is not None:
            command = replace(command, item_id=self._item.id, version=self._item.version)
        self.run(services.save_catalogue_item, command)


class ThresholdDialog(FormDialog):
    """One 限额标准."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, today: date, row: ThresholdRow | None = None, *, new: bool = False
    ) -> None:
        super().__init__(
            runner,
            "登记限额标准" if row is None or new else "修改限额标准",
            parent,
            subtitle="新的一行开始生效时，同类别、同方式的旧行自动失效。",
            width=600,
            label_width=84,
            done_text="限额标准已保存",
        )
        self._row = None if new else row
        self.form.add(
            ChoiceField("kind", "类别", KINDS, required=True),
            MoneyField("from_fen", "限额", required=True, maximum=MAX_FEN // 100, help="达到这个数起适用"),
        )
        self.form.add(ChoiceField("route", "应走方式", ROUTES, required=True))
        self.form.add(
            DateField("valid_from", "生效日期", required=True), DateField("valid_until", "失效日期", help=_UNTIL)
        )
        self.form.add(TextField("document", "依据文件", required=True, max_length=120, placeholder="文件名称和文号"))
        self.form.add(CheckField("active", "启用", "启用这条限额"))
        if row is None:
            self.form.set_values({"valid_from": date(today.year, 1, 1), "active": True})
        else:
            self.form.set_values({key: getattr(row, key) for key in self.form.fields})
            if new:
                self.form.set_values({"valid_from": None, "valid_until": None, "document": ""})
        self.form.mark_clean()

    def submit(self) -> None:
        command = SaveThreshold(**self.form.values())
        if self._row is not None:
            command = replace(command, threshold_id=self._row.id, version=self._row.version)
        self.run(services.save_threshold, command)


class ThresholdGrid(EditingGrid):
    """The thresholds of a document; ``value()`` is a tuple of :class:`NewThreshold`."""

    columns = (
        GridColumn("类别", 110, 2),
        GridColumn("达到（元）", 160, right=True),
        GridColumn("应走方式", 140, 3),
        GridColumn("参考出处（仅供对照）", 240, 4),
    )
    add_text = "添加一条"
    most_rows = 20

    def __init__(self) -> None:
        super().__init__("lines", "限额标准")

    def make_cells(self) -> Sequence[QWidget]:
        amount = MoneyField("from_fen", "限额", required=True, maximum=MAX_FEN // 100, check=_some)
        amount.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        source = label("", "hint", wrap=True)
        return (
            ChoiceField("kind", "类别", KINDS, required=True),
            amount,
            ChoiceField("route", "应走方式", ROUTES, required=True),
            source,
        )

    def row_added(self, grid_row: GridRow) -> None:
        for part in grid_row.findChildren(type(grid_row.number)):
            if part.property("role") == "hint" and part is not grid_row.number and part.wordWrap():
                grid_row.extra["!source"] = part

    def entry(self, grid_row: GridRow) -> NewThreshold:
        return NewThreshold(**{key: cell.value() for key, cell in grid_row.by_key.items()})

    def set_examples(self, examples: Sequence[Example]) -> None:
        """Fill in figures to be compared with the document; the amounts are to be confirmed one by one."""
        self._loading = True
        self.clear_rows()
        for example in examples:
            grid_row = self.add_row()
            for key in ("kind", "from_fen", "route"):
                grid_row[key].set_value(getattr(example, key))
            grid_row.extra["!source"].setText(f"国家参考 {money(example.from_fen)}，{example.source}")
        self._loading = False
        self._cell_changed()

    def find_problem(self) -> str | None:
        return super().find_problem() or contradiction(self.value())


class ThresholdWizard(FormDialog):
    """设置限额标准: national figures as examples, to be compared with the province's document before they count."""

    def __init__(self, runner: Runner, parent: QWidget | None, today: date) -> None:
        super().__init__(
            runner,
            "按文件设置限额标准",
            parent,
            subtitle=(
                "下面先填好国家层面的参考数，各省、市、县的标准往往不同。请找出本地现行文件，逐条改成文件上的数，"
                "没有的删去，再勾选“已核对”。不勾选不会启用。"
            ),
            primary="启用这些标准",
            width=860,
            label_width=84,
            done_text="限额标准已启用",
        )
        self.form.add(
            TextField("document", "依据文件", required=True, max_length=120, placeholder="本地文件的名称和文号"),
            DateField("valid_from", "执行日期", required=True),
        )
        self.grid = ThresholdGrid()
        self.form.add_widget(self.grid)
        self.form.fields[self.grid.key] = self.grid
        self.grid.changed.connect(self.form.changed)
        self.checked = CheckField("checked", "核对", "以上金额已与文件逐条核对", required=True)
        self.form.add(self.checked)
        self.form.set_values({"valid_from": date(today.year, 1, 1)})
        self.grid.set_examples(EXAMPLES)
        self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        self.run(
            services.set_up_thresholds,
            SetUpThresholds(values["document"], values["valid_from"], values["lines"], values["checked"]),
        )


def _some(fen: int) -> str | None:
    return None if fen > 0 else "限额要大于 0"
