"""What is set about the questionnaire, a group or a question; every edit goes into the draft at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.modules.surveys.domain.default_questionnaire import GROUP_KEYS
from dangxiao_houqin.modules.surveys.domain.questionnaires import Question, QuestionKind
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.fields import LongTextField, TextField
from dangxiao_houqin.ui.form import Form
from dangxiao_houqin.ui.widgets import column, label

from .questionnaire_draft import LONGEST_QUESTION, Draft, Flaw, Place

_LENGTHS = (50, 100, 200, 300, 500)
_KIND_HELP = {
    QuestionKind.SCALE: "在量表的几级里选一级；满意率只算评分题",
    QuestionKind.YES_NO: "“是”或“否”",
    QuestionKind.SINGLE: "只能选一项",
    QuestionKind.MULTIPLE: "可以选几项",
    QuestionKind.TEXT: "自己写的话，和数字分开、打乱顺序显示",
}


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class DraftForm(QWidget):
    """A form over one place of a draft; ``edited`` after each change of the user."""

    edited = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.place = Place()
        self._filling = False
        self.form = Form(label_width=84)
        self.form.changed.connect(self._changed)
        self.form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.head = label(title, "cardTitle")
        layout = column(self.head, self.form, None, spacing=12)
        layout.setContentsMargins(0, 0, 10, 0)
        self.setLayout(layout)

    def show_place(self, draft: Draft, place: Place, *, read_only: bool) -> None:
        """Show what stands at ``place``."""
        self.draft, self.place = draft, place
        self._filling = True
        self.form.set_values(self.read())
        for field in self.form.fields.values():
            field.set_read_only(read_only)
        self.after_change()
        self._filling = False

    def show_flaws(self, flaws: Iterable[Flaw]) -> None:
        """Mark the fields that ``flaws`` name and no others."""
        mine = {flaw.field: flaw.sentence for flaw in flaws if flaw.place == self.place}
        for key, field in self.form.fields.items():
            field.set_error(mine.get(key, ""))

    def focus_field(self, key: str = "") -> None:
        """Put the cursor into a field, by default the first."""
        if key in self.form.fields:
            self.form[key].setFocus()
        else:
            self.form.focus_first()

    @Slot()
    def _changed(self) -> None:
        if self._filling or self.draft is None:
            return
        self.write(self.form.values())
        self._filling = True
        self.after_change()
        self._filling = False
        self.edited.emit()

    # ------------------------------------------------------------------ for subclasses
    def read(self) -> dict[str, Any]:
        """The values of the fields, out of the draft."""
        raise NotImplementedError

    def write(self, values: dict[str, Any]) -> None:
        """Put the values into the draft."""
        raise NotImplementedError

    def after_change(self) -> None:
        """Show and hide what depends on other fields."""


class HeadForm(DraftForm):
    """Name, title, words around the questions, scale."""

    def __init__(self) -> None:
        super().__init__("问卷信息")
        self.form.add(TextField("name", "问卷名称", required=True, max_length=80, help="只在列表里用，便于查找"))
        self.form.add(
            TextField(
                "title",
                "标题",
                required=True,
                max_length=60,
                help="测评表和自助终端上的大标题；打印时前面会加上班次名称",
            )
        )
        self.form.add(
            LongTextField(
                "levels", "量表", required=True, lines=5, max_length=60, help="从好到差，每行一级，4 级或 5 级"
            )
        )
        self.form.add(LongTextField("intro", "填表说明", lines=2, max_length=300))
        self.form.add(TextField("thanks", "感谢语", max_length=300))
        self.form.add(TextField("note", "备注", max_length=200, help="只给自己人看"))

    def read(self) -> dict[str, Any]:
        assert self.draft is not None
        draft = self.draft
        return {
            "name": draft.name,
            "title": draft.title,
            "levels": "\n".join(draft.levels),
            "intro": draft.intro,
            "thanks": draft.thanks,
            "note": draft.note,
        }

    def write(self, values: dict[str, Any]) -> None:
        assert self.draft is not None
        draft = self.draft
        draft.name, draft.title, draft.note = values["name"], values["title"], values["note"]
        draft.levels = list(text_lines(values["levels"]))
        draft.intro, draft.thanks = " ".join(values["intro"].split()), values["thanks"]


class GroupForm(DraftForm):
    """The name of a group."""

    def __init__(self) -> None:
        super().__init__("分组")
        self.form.add(
            TextField(
                "title",
                "分组名称",
                required=True,
                max_length=20,
                suggestions=tuple(GROUP_KEYS),
                help="满意率按分组统计；目标线（如住宿 95%）也按分组名称设置",
            )
        )

    def read(self) -> dict[str, Any]:
        assert self.draft is not None
        return {"title": self.draft.groups[self.place.group].title}

    def write(self, values: dict[str, Any]) -> None:
        assert self.draft is not None
        self.draft.groups[self.place.group].title = values["title"]


class QuestionForm(DraftForm):
    """One question: words, kind, and what the kind asks for."""

    def __init__(self) -> None:
        super().__init__("题目")
        self.form.add(LongTextField("text", "题目", required=True, lines=3, max_length=LONGEST_QUESTION))
        self.kind = ChoiceField("kind", "题型", [(kind, kind.label) for kind in QuestionKind], required=True)
        self.form.add(self.kind)
        self.form.add(
            LongTextField("options", "选项", required=True, lines=6, max_length=900, help="每行一个，2 到 20 个")
        )
        self.limit = ChoiceField("limit", "最多选", [(0, "不限")], required=True)
        self.form.add(self.limit)
        self.length = ChoiceField("length", "字数上限", [(n, f"{n} 字") for n in _LENGTHS], required=True)
        self.form.add(self.length)
        self.form.add(CheckField("required", "必答", "没有答会提醒，可以不答直接交卷"))
        self.form.add(CheckField("not_experienced", "未体验", "另给“未体验”一项，不计入满意率"))
        self.keep = CheckField("keep", "历年对比", "只是换了说法，仍与往年的这道题比较")
        self.form.add(self.keep)
        self.code = label("", "second", wrap=True)
        self.form.add_widget(self.code)

    @property
    def _question(self) -> Question:
        assert self.draft is not None
        return self.draft.question(self.place)

    def read(self) -> dict[str, Any]:
        assert self.draft is not None
        question = self._question
        self._set_limits(len(question.options), question.limit)
        if question.length not in _LENGTHS:
            wider = sorted({*_LENGTHS, question.length})
            self.length.set_choices([(n, f"{n} 字") for n in wider])
        self.head.setText(f"第 {self.draft.number_of(self.place)} 题")
        return {
            "text": question.text,
            "kind": question.kind,
            "options": "\n".join(question.options),
            "limit": question.limit,
            "length": question.length,
            "required": question.required,
            "not_experienced": question.not_experienced,
            "keep": question.code in self.draft.reworded,
        }

    def write(self, values: dict[str, Any]) -> None:
        assert self.draft is not None
        options = text_lines(self.form["options"].value())
        kind: QuestionKind = self.kind.value() or self._question.kind
        self.draft.set_question(
            self.place,
            text=" ".join(values["text"].split()),
            kind=kind,
            options=options,
            limit=self.limit.value() or 0,
            length=self.length.value() or 200,
            required=values["required"],
            not_experienced=self.form["not_experienced"].value(),
        )
        self.draft.keep_comparable(self.place, bool(self.keep.value()))

    def after_change(self) -> None:
        assert self.draft is not None
        question = self._question
        choosing = question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
        self._set_limits(len(question.options), question.limit)
        self.kind.set_help(_KIND_HELP[question.kind])
        for key, shown in (
            ("options", choosing),
            ("limit", question.kind is QuestionKind.MULTIPLE),
            ("length", question.kind is QuestionKind.TEXT),
            ("not_experienced", question.kind is QuestionKind.SCALE),
        ):
            self.form.set_row_visible(key, shown)
        stands = self.draft.comparable(self.place)
        self.form.set_row_visible("keep", stands == "reworded")
        before = self.draft.first_words(self.place)
        self.code.setText(
            {
                "same": "与往年的同一道题比较。",
                "reworded": f"往年的说法是“{before}”；不勾选就按新题统计，往年的数不再接着比。",
                "other": "题型变了，按新题统计，不与往年比较。",
            }.get(stands, "")
        )
        self.code.setVisible(bool(stands))

    def _set_limits(self, options: int, chosen: int) -> None:
        most = max(options, chosen)
        self.limit.set_choices([(0, "不限"), *((n, f"{n} 项") for n in range(1, most + 1))])
