"""The form of a claim: head, lines, invoices, and what only some claims have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.money import CapitalStyle
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.claims import (
    ClaimForm,
    ClaimView,
    ExpenseRules,
    PayeeChoice,
    PaymentMethod,
    SaveClaim,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.fields import ChoiceField, Field, LongTextField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

from .choice_pickers import Known, PayeeField
from .claim_invoices import InvoicesGrid
from .claim_lines import LinesGrid
from .editing_grid import EditingGrid
from .grid_form import GridForm


@dataclass(frozen=True)
class EditorData:
    """What the editor needs before it opens; ``claim`` is ``None`` for a new one."""

    form: ClaimForm
    categories: tuple[Known, ...]
    catalogue: tuple[Known, ...]
    style: CapitalStyle
    claim: ClaimView | None


def load_editor(ctx: Ctx, claim_id: int | None) -> EditorData:
    """Read everything the editor offers, with the keys its pickers search in."""
    from dangxiao_houqin.modules.expenses.queries.budgets import list_category_choices
    from dangxiao_houqin.modules.expenses.queries.claims import get_claim, get_claim_form
    from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue_choices

    claim = get_claim(ctx, claim_id) if claim_id is not None else None
    used = {line.category_id for line in claim.lines} if claim else set()
    categories = tuple(
        Known(
            Option(each.id, each.label, "三公经费" if each.three_publics else ""),
            f"{each.code} {search_key(each.name)} {search_key(_bare(each.name))}",
            each.code,
        )
        for each in list_category_choices(ctx, all=True)
        if each.active or each.id in used
    )
    catalogue = tuple(
        Known(
            Option(each.id, each.label, each.kind.label),
            search_key(f"{each.label} {each.keywords}"),
            each.label.split(" ")[0].lower(),
        )
        for each in list_catalogue_choices(ctx, limit=400)
    )
    style = ctx.settings(ExpenseRules).capital_style
    return EditorData(get_claim_form(ctx), categories, catalogue, style, claim)


def _bare(name: str) -> str:
    """Without brackets: 维修（护）费 is typed wxhf."""
    return "".join(character for character in name if character not in "（）()、")


def _chooses(picker: PickerField) -> bool:
    return picker.popup.isVisible() and picker.list.currentRow() >= 0


def _find_records(ctx: Ctx, text: str) -> tuple[Option, ...]:
    from dangxiao_houqin.modules.expenses.queries.procurement import list_record_choices

    return tuple(
        Option(each.id, each.label, f"{each.winner}　{each.decided_on:%Y-%m-%d}")
        for each in list_record_choices(ctx, text)
    )


def _account(text: str) -> str | None:
    bare = text.replace(" ", "").replace("-", "")
    return None if bare.isascii() and bare.isalnum() else "账号只能是数字和字母，请核对"


class ClaimEditForm(GridForm):
    """The fields; ``command`` builds the :class:`SaveClaim`."""

    def __init__(self, runner: Runner, today: date) -> None:
        super().__init__(label_width=72)
        clock = FixedClock(datetime.combine(today, time(12), CHINA))  # the day by which typed dates are understood
        self._runner = runner
        self._grid.setHorizontalSpacing(6)
        self.title = TextField("title", "事由", max_length=120, placeholder="为什么支出，如：春季主体班教学用品")
        self.add(self.title)
        self.filled_on = DateField("filled_on", "填报日期", required=True, clock=clock, maximum=today)
        self.method = ChoiceField("payment_method", "支付方式", required=True)
        self.add(self.filled_on, ChoiceField("department_id", "部门", empty_text="（未指定）"), self.method)
        self.cash = TextField("cash_reason", "现金理由", required=True, max_length=200, help="为什么不能刷公务卡或转账")
        self.add(self.cash)
        self.payee = PayeeField("payee", "收款单位", runner)
        self.bank = TextField("payee_bank", "开户行", max_length=100)
        self.account = TextField("payee_account", "账号", max_length=40, check=_account)
        self.add(self.payee, self.bank, self.account)
        self.add_section("明细")
        self.lines = LinesGrid(runner)
        self._add_grid(self.lines)
        self.add_section("发票")
        self.invoices = InvoicesGrid(runner, clock)
        self._add_grid(self.invoices)
        self.lines.totalled.connect(self.invoices.compare_with)
        self.lines.left_by_key.connect(self._after_lines)
        self.add_section("采购与附注")
        kinds = [(kind, kind.label) for kind in ProcurementKind]
        self.kind = ChoiceField("procurement_kind", "采购类别", kinds, empty_text="不是采购")
        self.add(
            self.kind,
            TextField("contract_no", "合同号", max_length=60),
            TextField("minutes_no", "会议纪要", max_length=60, placeholder="文号"),
        )
        routes = [(route, route.label) for route in Route]
        self.record = PickerField(
            "record_id", "采购记录", runner, _find_records, placeholder="文件编号、项目或成交单位"
        )
        self.add(ChoiceField("route", "采购方式", routes, empty_text="按规定"), self.record)
        self.add(LongTextField("note", "备注", lines=2, max_length=500))
        self.invoices.left_by_key.connect(self._after_invoices)
        self.method.changed.connect(self._method_changed)
        self.kind.changed.connect(self._kind_changed)
        self.payee.picked.connect(self._payee_taken)
        for field in self.fields.values():
            if not isinstance(field, (EditingGrid, LongTextField)):
                field.input.installEventFilter(self)
        self._method_changed()
        self._kind_changed()
        self.mark_clean()

    def _add_grid(self, grid: EditingGrid) -> None:
        self.add_widget(grid)
        self.fields[grid.key] = grid
        grid.changed.connect(self._field_changed)

    # ------------------------------------------------------------------ filling
    def offer(self, data: EditorData) -> None:
        """What can be chosen."""
        choice = self.fields["department_id"]
        assert isinstance(choice, ChoiceField)
        choice.set_choices(data.form.departments)
        self.method.set_choices([(method, method.label) for method in data.form.payment_methods])
        self.lines.set_categories(data.categories)
        self.lines.set_catalogue(data.catalogue)
        self.lines.set_style(data.style)
        minutes = self.fields["minutes_no"]
        if data.form.minutes_from_fen:
            minutes.set_help(f"报销满 {data.form.minutes_from_fen // 100:,} 元须填")

    def show_new(self, data: EditorData) -> None:
        """A claim that does not exist yet."""
        methods = data.form.payment_methods
        self.set_values(
            {
                "filled_on": data.form.today,
                "department_id": data.form.department_id,
                "payment_method": methods[0] if methods else None,
            }
        )

    def show_claim(self, claim: ClaimView) -> None:
        """A saved claim, to go on with."""
        self.set_values({key: getattr(claim, key) for key in self.fields if key not in {"lines", "invoices"}})
        self.record.set_value(Option(claim.record_id, claim.record) if claim.record_id is not None else None)
        self.lines.set_lines(claim.lines)
        self.invoices.set_files({paper.id: paper.title for paper in claim.evidence})
        self.invoices.set_invoices(claim.invoices)
        self._method_changed()
        self._kind_changed()
        self.mark_clean()

    # ------------------------------------------------------------------ reading
    def command(self, claim_id: int | None, version: int | None, *, sound_only: bool = False) -> SaveClaim:
        """The input of the service; with ``sound_only`` just what is in order, to have a draft that files can go to."""
        values: dict[str, Any] = {}
        for key, field in self.fields.items():
            if field.isHidden() or isinstance(field, EditingGrid):
                continue
            if not sound_only or field.find_problem() is None:
                values[key] = field.value()
        values["lines"] = self.lines.sound_value() if sound_only else self.lines.value()
        values["invoices"] = self.invoices.sound_value() if sound_only else self.invoices.value()
        method = values.get("payment_method")
        if method is None or (sound_only and method is PaymentMethod.CASH and not values.get("cash_reason")):
            values.pop("payment_method", None)
        if not values.get("procurement_kind"):
            values["route"] = values["record_id"] = None
        return SaveClaim(claim_id=claim_id, version=version, **values)

    # ------------------------------------------------------------------ drafts
    def restore_draft(self) -> None:
        super().restore_draft()
        self._method_changed()
        self._kind_changed()

    def kept_claim(self) -> int | None:
        """The claim that a kept draft of a new claim had become when files were dropped on it."""
        kept = settings.read(self._draft_key) if self._draft_key else None
        found = kept.get("_claim") if isinstance(kept, dict) else None
        return found if isinstance(found, int) else None

    @Slot()
    def keep_draft(self) -> None:
        if self._draft_key and self.is_dirty:
            settings.write(self._draft_key, {**self._drafts(), "_claim": self.invoices.claim_id})

    # ------------------------------------------------------------------ what depends on what
    @Slot()
    def _method_changed(self) -> None:
        self.set_row_visible("cash_reason", self.method.value() is PaymentMethod.CASH)

    @Slot()
    def _kind_changed(self) -> None:
        bought = self.kind.value() is not None
        for key in ("route", "record_id"):
            self.set_row_visible(key, bought)
        self.lines.set_purchase(shown=bought)

    @Slot(object)
    def _payee_taken(self, option: Option) -> None:
        chosen: PayeeChoice = option.value
        self.bank.set_value(chosen.bank)
        self.account.set_value(chosen.account)
        self._go_on(self.account.input)

    # ------------------------------------------------------------------ keyboard
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                if any(watched is picker.edit and _chooses(picker) for picker in (self.record, self.payee)):
                    return False  # the picker takes its option
                if not isinstance(watched, QComboBox) or not watched.view().isVisible():
                    self._go_on(watched)
                    return True
        return super().eventFilter(watched, event)

    def _go_on(self, watched: QObject) -> None:
        """Enter goes to the next field."""
        shown: list[Field[Any]] = [field for field in self.fields.values() if not field.isHidden()]
        order = list(self._in_order(shown))
        here = next((place for place, field in enumerate(order) if field.input is watched), None)
        if here is not None and here + 1 < len(order):
            following = order[here + 1]
            target = following.rows[0].cells[0] if isinstance(following, EditingGrid) else following
            target.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _after_lines(self) -> None:
        self.invoices.rows[0].cells[0].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _after_invoices(self) -> None:
        self.kind.setFocus(Qt.FocusReason.TabFocusReason)

    def _in_order(self, shown: list[Field[Any]]) -> list[Field[Any]]:
        """Fields as the eye goes: from top to bottom, from left to right."""

        def spot(field: Field[Any]) -> tuple[int, int]:
            where = field.mapTo(self, field.rect().topLeft())
            return where.y() // 10, where.x()

        return sorted(shown, key=spot)
