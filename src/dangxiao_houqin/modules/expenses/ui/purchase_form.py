"""The form of a purchase request: head, items, money, quotes, the chosen way of buying and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QPlainTextEdit

from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN
from dangxiao_houqin.modules.expenses.domain.procurement import CatalogueChoice, ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, RequestForm, RequestView, SaveRequest
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.fields import ChoiceField, Field, LongTextField, MoneyField, TextField
from dangxiao_houqin.ui.pickers import Option

from .choice_pickers import Known, KnownPicker
from .editing_grid import EditingGrid
from .grid_form import GridForm
from .purchase_grids import ItemsGrid, QuotesGrid
from .suggestion_box import SuggestionBox

KINDS = tuple((kind, kind.label) for kind in ProcurementKind)
ROUTES = tuple((route, route.label) for route in Route)


@dataclass(frozen=True)
class RequestEditorData:
    """What the editor needs before it opens; ``request`` is ``None`` for a new one."""

    form: RequestForm
    categories: tuple[Known, ...]
    catalogue: tuple[CatalogueChoice, ...]
    request: RequestView | None


def load_request_editor(ctx: Ctx, request_id: int | None) -> RequestEditorData:
    """Read everything the editor offers, with the keys its pickers search in."""
    from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue_choices
    from dangxiao_houqin.modules.expenses.queries.purchases import get_request, get_request_form

    request = get_request(ctx, request_id) if request_id is not None else None
    form = get_request_form(ctx)
    categories = tuple(Known(Option(key, text), search_key(text), text.split(" ")[0]) for key, text in form.categories)
    day = request.filled_on if request is not None else None
    return RequestEditorData(form, categories, list_catalogue_choices(ctx, day=day, limit=1000), request)


class PurchaseEditForm(GridForm):
    """The fields; ``command`` builds the :class:`SaveRequest`."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(label_width=72)
        self.request_id: int | None = None
        self.suggested: Route | None = None
        self._catalogue: dict[ProcurementKind, tuple[Known, ...]] = {}
        self._grid.setHorizontalSpacing(6)
        self.add(TextField("title", "采购事项", max_length=120, placeholder="要办什么事，如：更新学员宿舍热水器"))
        self.filled_on = DateField("filled_on", "申请日期", required=True)
        self.kind = ChoiceField("kind", "类别", KINDS, required=True)
        self.add(self.filled_on, ChoiceField("department_id", "部门", empty_text="（未指定）"), self.kind)
        self.add_section("要买什么")
        self.items = ItemsGrid(runner)
        self._add_grid(self.items)
        self.suggestion = SuggestionBox()
        self.add_widget(self.suggestion)
        self.add_section("资金")
        self.category = KnownPicker("category_id", "预算科目", runner, placeholder="代码、名称或拼音")
        self.add(
            self.category,
            TextField("fund_source", "资金来源", max_length=120, placeholder="如：2026 年公用经费"),
            MoneyField("budget_fen", "预算金额", maximum=MAX_FEN // 100),
        )
        self.add_section("比价")
        self.quotes = QuotesGrid()
        self._add_grid(self.quotes)
        self.add_section("方式和理由")
        self.route = ChoiceField("route", "采购方式", ROUTES, empty_text="按规则")
        self.add(self.route, TextField("minutes_no", "会议纪要", max_length=60, placeholder="达到限额时填文号"))
        self.add(
            LongTextField(
                "route_reason",
                "另选理由",
                lines=2,
                max_length=300,
                help="所选方式和规则不同，须写明理由，签批人会看到",
            )
        )
        self.add(LongTextField("reason", "申请理由", lines=3, max_length=500))
        self.route.changed.connect(self._route_changed)
        self.kind.changed.connect(self._kind_changed)
        for field in self.fields.values():
            if not isinstance(field, EditingGrid):
                field.input.installEventFilter(self)
        self._route_changed()
        self.mark_clean()

    def _add_grid(self, grid: EditingGrid) -> None:
        self.add_widget(grid)
        self.fields[grid.key] = grid
        grid.changed.connect(self._field_changed)

    # ------------------------------------------------------------------ filling
    def offer(self, data: RequestEditorData) -> None:
        """What can be chosen."""
        choice = self.fields["department_id"]
        assert isinstance(choice, ChoiceField)
        choice.set_choices(data.form.departments)
        self.filled_on.maximum = data.form.today
        self.category.set_known(data.categories)
        by_kind: dict[ProcurementKind, list[Known]] = {}
        for each in data.catalogue:
            option = Option(each.id, each.label, each.route.label)
            known = Known(option, search_key(f"{each.label} {each.keywords}"), each.label.split(" ")[0].lower())
            by_kind.setdefault(each.kind, []).append(known)
        self._catalogue = {kind: tuple(known) for kind, known in by_kind.items()}
        self._kind_changed()

    def show_new(self, data: RequestEditorData) -> None:
        """A request that does not exist yet."""
        self.set_values(
            {
                "filled_on": data.form.today,
                "department_id": data.form.own_department,
                "kind": ProcurementKind.GOODS,
            }
        )

    def show_request(self, request: RequestView) -> None:
        """A saved request, to go on with."""
        self.request_id = request.id
        skipped = {"items", "quotes", "category_id"}
        self.set_values({key: getattr(request, key) for key in self.fields if key not in skipped})
        self.fields["budget_fen"].set_value(request.budget_fen or None)
        self.category.choose(request.category_id)
        self._kind_changed()
        self.items.set_items(request.items)
        self.quotes.set_files([(paper.id, paper.title) for paper in request.evidence])
        self.quotes.set_quotes(request.quotes)
        self._route_changed()
        self.mark_clean()

    # ------------------------------------------------------------------ reading
    def command(self, request_id: int | None, version: int | None, *, sound_only: bool = False) -> SaveRequest:
        """The input of the service; with ``sound_only`` just what is in order, to have a draft that files can go to."""
        values: dict[str, Any] = {}
        for key, field in self.fields.items():
            if not isinstance(field, EditingGrid) and (not sound_only or field.find_problem() is None):
                values[key] = field.value()
        values["items"] = self.items.sound_value() if sound_only else self.items.value()
        values["quotes"] = self.quotes.sound_value() if sound_only else self.quotes.value()
        values["budget_fen"] = values.get("budget_fen") or 0
        values["kind"] = values.get("kind") or ProcurementKind.GOODS
        if not self._differs():
            values["route_reason"] = ""
        return SaveRequest(request_id=request_id, version=version, **values)

    def asked(self) -> tuple[ProcurementKind, tuple[ItemInput, ...], Any, Route | None, int | None] | None:
        """What the rules are asked about now: kind, items, day, chosen route, category; ``None`` when there is none."""
        items, day, kind = self.items.sound_value(), self.filled_on.value(), self.kind.value()
        if not items or day is None or kind is None:
            return None
        return kind, items, day, self.route.value(), self.category.value()

    # ------------------------------------------------------------------ drafts
    def restore_draft(self) -> None:
        super().restore_draft()
        self._kind_changed()
        self._route_changed()

    def kept_request(self) -> int | None:
        """The request that a kept draft of a new one had become when files were dropped on it."""
        kept = settings.read(self._draft_key) if self._draft_key else None
        found = kept.get("_request") if isinstance(kept, dict) else None
        return found if isinstance(found, int) else None

    @Slot()
    def keep_draft(self) -> None:
        if self._draft_key and self.is_dirty:
            settings.write(self._draft_key, {**self._drafts(), "_request": self.request_id})

    # ------------------------------------------------------------------ what depends on what
    def set_suggested(self, route: Route | None) -> None:
        """What the rules demand of what is written now."""
        self.suggested = route
        self.route.set_help(f"按规则是{route.label}" if route is not None else "")
        self._route_changed()

    def _differs(self) -> bool:
        chosen = self.route.value()
        return chosen is not None and chosen is not self.suggested

    @Slot()
    def _route_changed(self) -> None:
        self.set_row_visible("route_reason", self._differs())

    @Slot()
    def _kind_changed(self) -> None:
        kind = self.kind.value()
        self.items.set_catalogue(self._catalogue.get(kind, ()) if kind is not None else ())

    # ------------------------------------------------------------------ keyboard
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            plain = enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if plain and not isinstance(watched, QPlainTextEdit):
                if watched is self.category.edit and self.category.popup.isVisible():
                    return False
                if not isinstance(watched, QComboBox) or not watched.view().isVisible():
                    self._go_on(watched)
                    return True
        return super().eventFilter(watched, event)

    def _go_on(self, watched: QObject) -> None:
        """Enter goes to the next field, from top to bottom and left to right."""
        shown: list[Field[Any]] = [field for field in self.fields.values() if not field.isHidden()]
        order = sorted(shown, key=self._spot)
        here = next((place for place, field in enumerate(order) if field.input is watched), None)
        if here is not None and here + 1 < len(order):
            following = order[here + 1]
            target = following.rows[0].cells[0] if isinstance(following, EditingGrid) else following
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _spot(self, field: Field[Any]) -> tuple[int, int]:
        where = field.mapTo(self, field.rect().topLeft())
        return where.y() // 10, where.x()
