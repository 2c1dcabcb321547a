"""Short questions about cleaning: which task for these rooms, who cleans, what an inspection found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.domain import (
    AddTasks,
    AssignTasks,
    FailInspection,
    FinishTasks,
    RoomCondition,
    SetConditions,
    TaskKind,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, TextField

FAULTS = ("床铺布草有污渍", "卫生间未清洁", "地面有杂物", "垃圾未清", "物品未补齐", "异味")
REASONS = ("退房", "换房", "临时使用", "长期空置", "施工后")


def some(names: Sequence[str], most: int = 8) -> str:
    """The rooms a dialog is about."""
    return "、".join(names[:most]) + (f" 等 {len(names)} 间" if len(names) > most else "")


class AddTasksDialog(FormDialog):
    """A task of one kind for each of the chosen rooms."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        room_ids: tuple[int, ...],
        names: Sequence[str],
        today: date,
        workers: Sequence[str],
    ) -> None:
        super().__init__(runner, "新建清扫任务", parent, subtitle=some(names), primary=f"新建 {len(names)} 项")
        self._room_ids = room_ids
        self.form.add(
            ChoiceField("kind", "任务", [(kind, kind.label) for kind in TaskKind], required=True),
            DateField("due_on", "日期", required=True),
        )
        self.form.add(CheckField("linen", "布草", "换布草"))
        self.form.add(TextField("assignee", "打扫人", max_length=60, suggestions=workers, help="可以空着，以后再分派"))
        self.form.add(TextField("note", "备注", max_length=200))
        self.form.set_values({"kind": TaskKind.CHECKOUT, "due_on": today, "linen": False})
        self.form.mark_clean()

    def submit(self) -> None:
        v = self.form.values()
        self.run(
            services.add_tasks,
            AddTasks(self._room_ids, v["kind"], v["due_on"], v["linen"], v["assignee"], v["note"]),
        )


class AssignDialog(FormDialog):
    """Who cleans these rooms."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        task_ids: tuple[int, ...],
        names: Sequence[str],
        workers: Sequence[str],
    ) -> None:
        super().__init__(
            runner,
            "分派给",
            parent,
            subtitle=some(names),
            primary=f"分派 {len(task_ids)} 项",
            width=440,
            label_width=80,
        )
        self._task_ids = task_ids
        self.form.add(TextField("assignee", "打扫人", max_length=60, suggestions=workers, help="空着表示收回分派"))

    def submit(self) -> None:
        self.run(services.assign_tasks, AssignTasks(self._task_ids, self.form.values()["assignee"]))


class FinishDialog(FormDialog):
    """These tasks were done by somebody else than who says so."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        task_ids: tuple[int, ...],
        names: Sequence[str],
        workers: Sequence[str],
    ) -> None:
        super().__init__(
            runner,
            "登记完成",
            parent,
            subtitle=some(names),
            primary=f"完成 {len(task_ids)} 项",
            width=440,
            label_width=80,
        )
        self._task_ids = task_ids
        self.form.add(TextField("by", "打扫人", max_length=60, suggestions=workers, help="空着按分派的人登记"))

    def submit(self) -> None:
        self.run(services.finish_tasks, FinishTasks(self._task_ids, self.form.values()["by"]))


class WhoDialog(FormDialog):
    """Who cleaned or inspected these rooms, when it is not who sits here; or why they are dirty."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        room_ids: tuple[int, ...],
        names: Sequence[str],
        condition: RoomCondition,
        workers: Sequence[str],
    ) -> None:
        super().__init__(
            runner,
            f"标记为{condition.label}",
            parent,
            subtitle=some(names),
            primary=f"{condition.label} {len(names)} 间",
            width=440,
            label_width=80,
        )
        self._room_ids, self._condition = room_ids, condition
        if condition is RoomCondition.DIRTY:
            self.form.add(TextField("reason", "原因", max_length=100, suggestions=REASONS))
        else:
            word = "打扫人" if condition is RoomCondition.CLEAN else "检查人"
            self.form.add(TextField("by", word, max_length=60, suggestions=workers, help="空着表示本人"))

    def submit(self) -> None:
        v = self.form.values()
        self.run(
            services.set_conditions,
            SetConditions(self._room_ids, self._condition, v.get("by", ""), v.get("reason", "")),
        )


class FailDialog(FormDialog):
    """What the inspection found."""

    def __init__(self, runner: Runner, parent: QWidget | None, room_ids: tuple[int, ...], names: Sequence[str]) -> None:
        super().__init__(
            runner,
            "检查不合格",
            parent,
            subtitle=f"{some(names)}：退回待打扫，原来的任务重新打开。",
            primary=f"退回 {len(names)} 间",
            width=460,
            label_width=80,
        )
        self._room_ids = room_ids
        self.form.add(TextField("reason", "哪里不合格", required=True, max_length=80, suggestions=FAULTS))

    def submit(self) -> None:
        self.run(services.fail_inspection, FailInspection(self._room_ids, self.form.values()["reason"]))
