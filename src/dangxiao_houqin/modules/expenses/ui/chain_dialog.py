"""A chain: from when it counts, its steps, and below them who would sign a document one thinks of."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, SaveChain, SaveChainStep
from dangxiao_houqin.modules.expenses.domain.signing_desk import ChainAnswer, SignerChoices, TryChain
from dangxiao_houqin.modules.expenses.queries.signing_desk import try_chain
from dangxiao_houqin.ui.background import Runner, Task
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import MoneyField, TextField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import column, label, row

from .chain_steps import StepsEditor, whole

TRY_FEN = 300_000
WAIT_MS = 200


def answer_words(answer: ChainAnswer) -> str:
    """``经办人 → 分管领导：李国强 → 主要领导：王建国``."""
    if answer.problem:
        return answer.problem
    said = ["经办人"]
    for step in answer.steps:
        names = "、".join(step.names[:4]) + ("等" if len(step.names) > 4 else "")
        text = f"{step.title}：{names or step.who_text}"
        said.append(f"{text}（{step.reason}）" if step.reason else text)
    return " → ".join(said)


class ChainTrial(QFrame):
    """“3,000 元的办公费由谁签”: asked of the resolver that the submission uses."""

    def __init__(
        self, runner: Runner, choices: SignerChoices, kind: DocumentKind, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._kind = kind
        self._steps: tuple[SaveChainStep, ...] | None = None
        self._day: date | None = None
        self._task: Task | None = None
        self._names = dict(choices.categories)
        self.setObjectName("trial")
        self.setStyleSheet(f"#trial {{ background: {TOKENS.primary_tint}; border-radius: {TOKENS.radius}px; }}")
        self.amount = MoneyField("amount", "试算金额")
        self.amount.set_value(TRY_FEN)
        self.category = ChoiceField("category", "试算科目", choices.categories, empty_text="任何科目")
        self.class_kind = ChoiceField(
            "class_kind", "试算班次类别", [(kind, kind) for kind in choices.class_kinds], empty_text="不涉及班次"
        )
        self.applicant = ChoiceField(
            "applicant", "试算经办人", [(person.id, person.name) for person in choices.people], empty_text="任何经办人"
        )
        self.amount.setFixedWidth(130)
        for part in (self.amount, self.category, self.class_kind, self.applicant):
            part.message.hide()
            part.changed.connect(self._changed)
        self.question = label("", "second")
        self.result = label("", "strong", wrap=True)
        fields = row(label("试一试"), self.amount, spacing=8)
        for part, stretch in ((self.category, 3), (self.class_kind, 2), (self.applicant, 2)):
            fields.addWidget(part, stretch)
        layout = column(fields, self.question, self.result, spacing=6)
        layout.setContentsMargins(12, 10, 12, 12)
        self.setLayout(layout)
        self.class_kind.setVisible(bool(choices.class_kinds))  # in its place by now, else it flashes as a window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.ask)

    def set_steps(self, steps: tuple[SaveChainStep, ...] | None) -> None:
        """By these steps; ``None``: by the chain that counts on the day."""
        self._steps = steps
        self.ask()

    def set_kind(self, kind: DocumentKind, day: date | None = None) -> None:
        """For documents of this kind, by the chain of ``day``."""
        self._kind, self._day = kind, day
        self.ask()

    @Slot()
    def _changed(self) -> None:
        self._timer.start()

    @Slot()
    def ask(self) -> None:
        """Ask the resolver now."""
        if self._task is not None:
            self._task.drop()
        fen = self.amount.value() or 0
        what = self._names.get(self.category.value() or "", "").partition(" ")[2]
        thing = f"的{what}" if what else "的采购" if self._kind is DocumentKind.PURCHASE else "的支出"
        self.question.setText(f"{whole(fen)}{thing}由谁签：")
        self._task = self._runner.query(
            try_chain,
            TryChain(
                self._kind,
                fen,
                self._steps,
                self._day,
                self.category.value() or "",
                self.class_kind.value() or "",
                self.applicant.value(),
            ),
            ok=self._answered,
        )

    @Slot(object)
    def _answered(self, answer: ChainAnswer) -> None:
        self.result.setText(answer_words(answer))
        self.result.setStyleSheet(f"color: {TOKENS.error if answer.problem else TOKENS.text};")


class ChainDialog(FormDialog):
    """Create or change a chain with all its steps."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        choices: SignerChoices,
        chain: SaveChain,
    ) -> None:
        super().__init__(
            runner,
            "新建签批链" if chain.chain_id is None else f"签批链：{chain.name}",
            parent,
            subtitle="只对生效以后提交的单据起作用；正在签批的单据仍按提交时的签批链走完。",
            width=780,
            label_width=80,
            done_text="签批链已保存",
        )
        self._chain = chain
        self.kind = ChoiceField("document_kind", "单据", [(kind, kind.label) for kind in DocumentKind], required=True)
        self.form.add(self.kind, TextField("name", "名称", required=True, max_length=60))
        self.form.add(
            DateField("valid_from", "生效日期", required=True),
            DateField("valid_until", "失效日期", help="这一天起不再使用；空着表示一直有效"),
        )
        self.form.add(TextField("note", "依据", max_length=200, placeholder="如：岚党校〔2026〕3号 经费审批办法"))
        self.form.set_values(
            {
                "document_kind": chain.document_kind,
                "name": chain.name,
                "valid_from": chain.valid_from,
                "valid_until": chain.valid_until,
                "note": chain.note,
            }
        )
        self.kind.set_read_only(chain.chain_id is not None)
        self.steps = StepsEditor(runner, choices)
        self.steps.set_steps(chain.steps)
        self.steps.edited.connect(self._steps_edited)
        self.trial = ChainTrial(runner, choices, chain.document_kind)
        self.kind.changed.connect(self._kind_changed)
        self.body.addWidget(label("签批步骤（按顺序）", "strong"))
        self.body.addWidget(self.steps)
        tried = row(self.trial)  # below what scrolls: it answers while the steps are changed
        tried.setContentsMargins(28, 0, 28, 0)
        whole_dialog = self.layout()
        assert isinstance(whole_dialog, QVBoxLayout)
        whole_dialog.insertLayout(2, tried)
        self.form.mark_clean()
        self.trial.set_steps(tuple(self.steps.steps))

    @Slot()
    def _steps_edited(self) -> None:
        self.bar.clear()
        self.trial.set_steps(tuple(self.steps.steps))
        self._grow()

    @Slot()
    def _kind_changed(self) -> None:
        if self.kind.value() is not None:
            self.trial.set_kind(self.kind.value())

    def submit(self) -> None:
        v = self.form.values()
        self.run(
            services.save_chain,
            SaveChain(
                v["document_kind"],
                v["name"],
                v["valid_from"],
                v["valid_until"],
                tuple(self.steps.steps),
                v["note"],
                self._chain.chain_id,
                self._chain.version,
            ),
        )
