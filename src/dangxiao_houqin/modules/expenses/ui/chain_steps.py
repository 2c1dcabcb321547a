"""The steps of a chain as the editor shows them: in order, each with up, down, change and take out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.approval import SaveChainStep, Who
from dangxiao_houqin.modules.expenses.domain.signing_desk import SignerChoices
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import MoneyField, TextField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import PillLabel, button, clear, column, label, row, tool_button

APPLICANT = SaveChainStep("经办人", Who.APPLICANT)
OPTIONAL_TITLES = ("证明人", "部门负责人", "财务审核")
TITLES = ("分管领导", "主要领导", *OPTIONAL_TITLES)


def whole(fen: int) -> str:
    """``3,000 元``, with the fen only where there are any."""
    return f"{yuan(fen).removeprefix('¥').removesuffix('.00')} 元"


def who_words(step: SaveChainStep, choices: SignerChoices) -> str:
    """``角色“分管领导”``, ``岗位“财务科长”``, ``周启明``."""
    if step.who is Who.APPLICANT:
        return "填报人本人，提交时签字"
    if step.who is Who.ROLE:
        name = next((name for role_id, name in choices.roles if role_id == step.role_id), "")
        return f"角色“{name}”" if name else "还没有选角色"
    if step.who is Who.POST:
        return f"岗位“{step.post}”"
    name = next((person.name for person in choices.people if person.id == step.user_id), "")
    return name or "还没有选人"


def condition_words(step: SaveChainStep, choices: SignerChoices) -> str:
    """When the step applies: ``5,000 元及以上；只用于 30215 会议费``; empty when always."""
    said = []
    if step.min_fen is not None and step.below_fen is not None:
        said.append(f"{whole(step.min_fen)}及以上、不满 {whole(step.below_fen)}")
    elif step.min_fen is not None:
        said.append(f"{whole(step.min_fen)}及以上")
    elif step.below_fen is not None:
        said.append(f"不满 {whole(step.below_fen)}")
    if step.categories:
        names = dict(choices.categories)
        said.append("科目 " + "、".join(names.get(code, code) for code in step.categories))
    if step.class_kinds:
        said.append("班次 " + "、".join(step.class_kinds))
    return "；".join(said)


def split_words(text: str) -> tuple[str, ...]:
    """Words separated by any of the usual marks, each once."""
    for mark in "，,；;/ 　":
        text = text.replace(mark, "、")
    return tuple(dict.fromkeys(part for part in text.split("、") if part))


class StepDialog(FormDialog):
    """One step: its title on paper, who signs it, and when it applies; ``finished_step`` gives it back."""

    finished_step = Signal(object)

    def __init__(
        self, runner: Runner, parent: QWidget | None, choices: SignerChoices, step: SaveChainStep | None
    ) -> None:
        super().__init__(
            runner,
            "添加签批步骤" if step is None else f"签批步骤：{step.title}",
            parent,
            subtitle="不填条件表示每张单据都要签这一步。",
            primary="确定",
            width=600,
        )
        self._choices = choices
        self._step = step
        self.form.add(
            TextField("title", "步骤名称", required=True, max_length=20, suggestions=TITLES, help="印在审批单的签字栏")
        )
        self.who = ChoiceField(
            "who", "由谁签", [(who, who.label) for who in (Who.ROLE, Who.POST, Who.PERSON)], required=True
        )
        self.form.add(self.who)
        self.form.add(
            ChoiceField("role_id", "角色", choices.roles, required=True, help="这个角色里任何一人签了就算，本人除外")
        )
        self.form.add(
            TextField(
                "post",
                "岗位",
                required=True,
                max_length=60,
                suggestions=choices.posts,
                help="与“部门与职工”里的职务一致",
            )
        )
        people = [(person.id, _person(person.name, person.post, person.roles)) for person in choices.people]
        self.form.add(ChoiceField("user_id", "人员", people, required=True))
        self.form.add_section("什么时候要签", "")
        self.form.add(
            MoneyField("min_fen", "金额从", placeholder="不限", help="含这个数"),
            MoneyField("below_fen", "到", placeholder="不限", help="不含这个数"),
        )
        self.form.add(
            TextField(
                "categories",
                "支出科目",
                max_length=300,
                placeholder="不限",
                help="科目代码，用顿号隔开，如 30215、30216",
                check=self._check_categories,
            )
        )
        self.form.add(
            TextField(
                "class_kinds",
                "班次类别",
                max_length=200,
                placeholder="不限",
                suggestions=choices.class_kinds,
                help="用顿号隔开，如 主体班、委托班",
            )
        )
        self.form.add(CheckField("active", "启用", "这一步现在启用"))
        self.who.changed.connect(self._show_who)
        self._fill(step)

    def _fill(self, step: SaveChainStep | None) -> None:
        shown = step or SaveChainStep("", Who.ROLE)
        self.form.set_values(
            {
                "title": shown.title,
                "who": shown.who,
                "role_id": shown.role_id,
                "post": shown.post,
                "user_id": shown.user_id,
                "min_fen": shown.min_fen,
                "below_fen": shown.below_fen,
                "categories": "、".join(shown.categories),
                "class_kinds": "、".join(shown.class_kinds),
                "active": shown.active,
            }
        )
        self._show_who()

    def _check_categories(self, text: str) -> str | None:
        known = dict(self._choices.categories)
        unknown = [code for code in split_words(text) if known and code not in known]
        return f"没有科目“{unknown[0]}”，请填科目代码" if unknown else None

    @Slot()
    def _show_who(self) -> None:
        who = self.who.value()
        for key, kind in (("role_id", Who.ROLE), ("post", Who.POST), ("user_id", Who.PERSON)):
            self.form.set_row_visible(key, who is kind)

    def submit(self) -> None:
        v = self.form.values()
        if v["min_fen"] is not None and v["below_fen"] is not None and v["below_fen"] <= v["min_fen"]:
            self.form["below_fen"].set_error("要大于起点金额")
            return
        self.finished_step.emit(
            SaveChainStep(
                v["title"],
                v["who"],
                v.get("role_id"),
                v.get("post", ""),
                v.get("user_id"),
                v["min_fen"],
                v["below_fen"],
                split_words(v["categories"]),
                split_words(v["class_kinds"]),
                v["active"],
            )
        )
        self.form.mark_clean()
        self.accept()


def _person(name: str, post: str, roles: Sequence[str]) -> str:
    detail = post or "、".join(roles)
    return f"{name}（{detail}）" if detail else name


class StepRow(QFrame):
    """One step; Alt+↑ and Alt+↓ move it."""

    moved = Signal(int, int)
    changed = Signal(int)
    removed = Signal(int)

    def __init__(self, place: int, step: SaveChainStep, choices: SignerChoices, *, last: bool) -> None:
        super().__init__()
        self.place = place
        fixed = step.who is Who.APPLICANT
        self.setObjectName("stepRow")
        ground = TOKENS.head if fixed or not step.active else TOKENS.card
        self.setStyleSheet(
            f"#stepRow {{ background: {ground}; border: 1px solid {TOKENS.line}; border-radius: {TOKENS.radius}px; }}"
        )
        number = label(str(place + 1), "strong")
        number.setFixedWidth(18)
        words = column(row(label(step.title, "strong"), label(who_words(step, choices), "second"), None, spacing=10))
        words.setSpacing(2)
        condition = condition_words(step, choices)
        if condition:
            words.addWidget(label(condition, "second", wrap=True))
        layout = row(number, spacing=10)
        layout.addLayout(words, 1)
        if not step.active:
            layout.addWidget(PillLabel(Pill("未启用", "neutral")))
        self.up = tool_button("arrow-up", f"把“{step.title}”上移（Alt+↑）", self._up, size=18)
        self.down = tool_button("arrow-down", f"把“{step.title}”下移（Alt+↓）", self._down, size=18)
        self.edit = tool_button("pencil", f"修改“{step.title}”", self._edit, size=18)
        self.remove = tool_button("trash-2", f"去掉“{step.title}”", self._remove, size=18)
        if not fixed:
            self.up.setEnabled(place > 1)
            self.down.setEnabled(not last)
            for part in (self.up, self.down, self.edit, self.remove):
                part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                layout.addWidget(part)
        layout.setContentsMargins(12, 3, 8, 3)
        self.setLayout(layout)
        self.setMinimumHeight(44)

    @Slot()
    def _up(self) -> None:
        self.moved.emit(self.place, -1)

    @Slot()
    def _down(self) -> None:
        self.moved.emit(self.place, 1)

    @Slot()
    def _edit(self) -> None:
        self.changed.emit(self.place)

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if (self.up if step < 0 else self.down).isEnabled():
                self.moved.emit(self.place, step)
            return
        super().keyPressEvent(event)


class StepsEditor(QWidget):
    """The applicant first, then the steps in order; ``edited`` after every change."""

    edited = Signal()

    def __init__(self, runner: Runner, choices: SignerChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner, self._choices = runner, choices
        self.steps: list[SaveChainStep] = [APPLICANT]
        self.rows: list[StepRow] = []
        self._editing: int | None = None
        self._box = column(spacing=6)
        self.add = button("添加步骤", self.add_step, icon="plus")
        self.hint = label("", "error")
        foot = row(self.add, spacing=8)
        self.chips = [button(title, self._add_usual, kind="chip", icon="plus") for title in OPTIONAL_TITLES]
        for chip in self.chips:
            chip.setToolTip(f"添加“{chip.text()}”")
            foot.addWidget(chip)
        foot.addWidget(self.hint)
        foot.addStretch(1)
        self.setLayout(column(self._box, foot, spacing=8))

    def set_steps(self, steps: Sequence[SaveChainStep]) -> None:
        """Show these; the applicant's step stands first in any case."""
        rest = [step for step in steps if step.who is not Who.APPLICANT]
        own = next((step for step in steps if step.who is Who.APPLICANT), APPLICANT)
        self.steps = [own, *rest]
        self._show()

    def _show(self, focus: int | None = None) -> None:
        clear(self._box)
        self.rows = []
        last = len(self.steps) - 1
        titles = {step.title for step in self.steps}
        for chip in self.chips:
            chip.setHidden(chip.text() in titles)
        for place, step in enumerate(self.steps):
            part = StepRow(place, step, self._choices, last=place == last)
            part.moved.connect(self.move_step)
            part.changed.connect(self.edit_step)
            part.removed.connect(self.remove_step)
            self.rows.append(part)
            self._box.addWidget(part)
        active = sum(step.active for step in self.steps) - 1
        self.hint.setText("" if active else "还没有领导签批的步骤，请添加。")
        if focus is not None:
            target = self.rows[focus]
            (target.up if target.up.isEnabled() else target.down).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def add_step(self) -> None:
        """Ask for another step at the end."""
        self._editing = None
        self._ask(None)

    @Slot()
    def _add_usual(self) -> None:
        chip = self.sender()
        assert isinstance(chip, QPushButton)
        self._editing = None
        self._ask(SaveChainStep(chip.text(), Who.ROLE))

    @Slot(int)
    def edit_step(self, place: int) -> None:
        self._editing = place
        self._ask(self.steps[place])

    def _ask(self, step: SaveChainStep | None) -> None:
        dialog = StepDialog(self._runner, self.window(), self._choices, step)
        dialog.finished_step.connect(self._have_step)
        dialog.open()

    @Slot(object)
    def _have_step(self, step: SaveChainStep) -> None:
        if self._editing is None:
            self.steps.append(step)
        else:
            self.steps[self._editing] = step
        self._show()
        self.edited.emit()

    @Slot(int, int)
    def move_step(self, place: int, by: int) -> None:
        """One up or down; never above the applicant."""
        target = place + by
        if place < 1 or not 1 <= target < len(self.steps):
            return
        self.steps[place], self.steps[target] = self.steps[target], self.steps[place]
        self._show(focus=target)
        self.edited.emit()

    @Slot(int)
    def remove_step(self, place: int) -> None:
        """Take a step out; it can be added again."""
        if 1 <= place < len(self.steps):
            del self.steps[place]
            self._show()
            self.edited.emit()
