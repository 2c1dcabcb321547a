"""Who wants to share a room with whom, and who should or must not."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.core.columns import Column, Pill, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import PairKind, PairRow, SaveRoommateRule
from dangxiao_houqin.modules.accommodation.queries import list_pairs
from dangxiao_houqin.modules.training.api import list_roster
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField
from dangxiao_houqin.ui.table import Empty, ListTable

TONES: dict[PairKind, Any] = {PairKind.TOGETHER: "success", PairKind.APART: "warning", PairKind.FORBIDDEN: "error"}

COLUMNS: tuple[Column[PairRow], ...] = (
    Column("first", "学员", lambda r: r.first_name, width=110),
    Column("kind", "约定", lambda r: Pill(r.kind.label, TONES[r.kind]), "pill", width=96),
    Column("second", "学员", lambda r: r.second_name, width=110),
    Column("reason", "原因", lambda r: r.reason, width=180),
)


class _Pairs:
    """Feeds the list with one class's agreements."""

    def __init__(self, class_id: int) -> None:
        self._class_id = class_id

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[PairRow]:
        return list_in_memory(list_pairs(ctx, self._class_id), COLUMNS, query)


class _People:
    """Finds people of one class by name or unit."""

    def __init__(self, class_id: int) -> None:
        self._class_id = class_id

    def __call__(self, ctx: Ctx, text: str) -> tuple[Option, ...]:
        from dangxiao_houqin.core.pinyin import matches, search_key

        found = [
            row
            for row in list_roster(ctx, self._class_id)
            if row.lodging and (matches(search_key(row.name), text) or text in row.unit_name)
        ]
        return tuple(Option(row.id, f"{row.name}（{row.sex}）", row.unit_name) for row in found[:30])


class PairsDialog(FormDialog):
    """The agreements of a class; saving one keeps the dialog open for the next."""

    changed = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None, class_id: int, class_name: str) -> None:
        super().__init__(
            runner,
            "同住约定",
            parent,
            subtitle=f"{class_name}：希望同住的尽量照顾，“不得同住”一定遵守。只有分配床位的人能看到。",
            primary="添加约定",
            width=640,
        )
        self._class_id = class_id
        self._first = PickerField("first_id", "学员", runner, _People(class_id), required=True)
        self._second = PickerField("second_id", "与", runner, _People(class_id), required=True)
        kinds = [(kind, kind.label) for kind in PairKind]
        self.form.add(self._first, self._second)
        self.form.add(ChoiceField("kind", "约定", kinds, required=True), TextField("reason", "原因", max_length=200))
        self.form.set_values({"kind": PairKind.TOGETHER})
        self.form.mark_clean()
        self.table = ListTable(
            runner,
            "accommodation.pairs",
            COLUMNS,
            _Pairs(class_id),
            _pair_id,
            title="同住约定",
            search=None,
            unit="条",
            empty=Empty("还没有约定", "选两位学员，说明是同住还是分开。", icon="users"),
            compact=True,
            export=False,
        )
        self.table.setMinimumHeight(220)
        self.table.menu_requested.connect(self._menu)
        self.body.addWidget(self.table)
        self.cancel.setText("关闭")
        self.table.refresh()

    def submit(self) -> None:
        self.run(services.save_pair, SaveRoommateRule(self._class_id, **self.form.values()))

    @Slot(object)
    def take_result(self, result: object) -> None:
        """Ready for the next agreement."""
        self.set_busy(False)
        self.form.set_values({"first_id": None, "second_id": None, "kind": PairKind.TOGETHER, "reason": ""})
        self.form.mark_clean()
        self.saved.emit(result)
        self._changed(None)

    @Slot(list, QMenu)
    def _menu(self, rows: list[PairRow], menu: QMenu) -> None:
        if len(rows) == 1:
            menu.addAction(icons.icon("trash-2"), "删除约定", self._delete)

    @Slot()
    def _delete(self) -> None:
        row: PairRow = self.table.selected_rows()[0]
        self.runner.command(services.delete_pair, row.id, row.version, ok=self._changed, fail=self.take_error)

    @Slot(object)
    def _changed(self, _nothing: object) -> None:
        self.table.refresh()
        self.changed.emit()


def _pair_id(row: PairRow) -> int:
    return row.id
