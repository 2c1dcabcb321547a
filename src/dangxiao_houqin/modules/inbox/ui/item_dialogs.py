"""Ticking an item off with a word on how, and handing it to somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox import services
from dangxiao_houqin.modules.inbox.domain import FinishItems, ItemRow, Reassign
from dangxiao_houqin.modules.inbox.queries import find_assignees
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import LongTextField
from dangxiao_houqin.ui.pickers import Option, PickerField


class FinishDialog(FormDialog):
    """办结: done, perhaps with a note; ``saved`` tells how many."""

    def __init__(self, runner: Runner, parent: QWidget | None, rows: Sequence[ItemRow]) -> None:
        several = len(rows) > 1
        super().__init__(
            runner,
            f"办结 {len(rows)} 件待办" if several else "办结待办",
            parent,
            subtitle="；".join(row.text for row in rows[:3]) + (f" 等 {len(rows)} 件" if len(rows) > 3 else ""),
            primary="办结",
        )
        self._items = tuple((row.id, row.version) for row in rows)
        self.form.add(LongTextField("note", "办理说明", lines=3, max_length=services.NOTE_LENGTH))

    def submit(self) -> None:
        self.run(services.finish_items, FinishItems(self._items, self.form.values()["note"]))


def _assignees(ctx: Ctx, text: str) -> tuple[Option, ...]:
    return tuple(Option((kind, key), name, detail) for kind, key, name, detail in find_assignees(ctx, text))


class ReassignDialog(FormDialog):
    """转交: a role or a user, found while typing."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: ItemRow) -> None:
        super().__init__(
            runner,
            "转交待办",
            parent,
            subtitle=f"{row.text}（现在交给：{row.assignee}）",
            primary="转交",
            done_text="已转交",
        )
        self._row = row
        self.form.add(PickerField("to", "转交给", runner, _assignees, required=True, placeholder="角色或姓名、拼音"))

    def submit(self) -> None:
        kind, key = self.form.values()["to"]
        role_id, user_id = (key, None) if kind == "role" else (None, key)
        self.run(services.reassign_item, Reassign(self._row.id, self._row.version, role_id, user_id))
