"""Small dialogs around questionnaires: a new one, a copy, what a workbook says, how the paper is printed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import (
    DEFAULT_NAME,
    GROUP_KEYS,
    default_content,
    default_levels,
)
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    Content,
    Question,
    QuestionGroup,
    VersionRow,
)
from dangxiao_houqin.modules.surveys.domain.rules import SurveyRules
from dangxiao_houqin.modules.surveys.transfer.questionnaire_sheet import QuestionnaireBook, SheetLine
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.table import Empty, ListTable

STANDARD, BLANK = "standard", "blank"


class NewQuestionnaireDialog(FormDialog):
    """Where to begin; ``begun(name, content)`` opens the editor, nothing is stored yet."""

    begun = Signal(str, object)

    def __init__(self, runner: Runner, parent: QWidget | None, rules: SurveyRules) -> None:
        super().__init__(runner, "新建问卷", parent, primary="开始编写", width=520, label_width=84)
        self._rules = rules
        self.form.add(
            TextField("name", "问卷名称", required=True, max_length=80, placeholder="如：2026年秋季学期满意度问卷")
        )
        self.form.add(
            ChoiceField(
                "start",
                "内容",
                [(STANDARD, "标准问卷（住宿、餐饮、教学保障、总体，27 题）"), (BLANK, "空白问卷")],
                required=True,
            )
        )
        self.form.add(
            ChoiceField(
                "scale",
                "量表",
                [("five", "、".join(rules.five_labels)), ("four", "、".join(rules.four_labels))],
                required=True,
                help="级数不同的问卷，平均分不能直接相比",
            )
        )
        self.form.set_values({"start": STANDARD, "scale": rules.scale})

    def submit(self) -> None:
        values = self.form.values()
        rules = replace(self._rules, scale=values["scale"])
        content = default_content(rules)
        if values["start"] == BLANK:
            group = QuestionGroup(GROUP_KEYS["总体"], "总体", (Question(0, "", ""),))
            content = Content(DEFAULT_NAME, default_levels(rules), (group,))
        self.form.mark_clean()
        self.begun.emit(values["name"], content)
        self.accept()


class CopyQuestionnaireDialog(FormDialog):
    """The same questions under another name; ``saved`` carries the new version."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: VersionRow) -> None:
        super().__init__(
            runner,
            "复制问卷",
            parent,
            subtitle=f"照“{row.name}”第 {row.number} 版另建一份问卷；相同的题目仍与它比较。",
            primary="复制",
            width=520,
            label_width=84,
        )
        self._row = row
        self.form.add(TextField("name", "新名称", required=True, max_length=80))
        self.form.set_values({"name": f"{row.name[:76]}（副本）"})

    def submit(self) -> None:
        self.run(services.copy_version, self._row.id, self.form.values()["name"])


class PaperFormDialog(FormDialog):
    """How the 满意度测评表 is printed; ``chosen(subject, not_experienced)``."""

    chosen = Signal(str, bool)

    def __init__(self, runner: Runner, parent: QWidget | None) -> None:
        super().__init__(runner, "打印满意度测评表", parent, primary="预览", width=520, label_width=84)
        self.form.add(
            TextField("subject", "班次名称", max_length=60, help="印在标题前面；全校测评不用填", placeholder="可不填")
        )
        self.form.add(CheckField("not_experienced", "未体验", "印出“未体验”一栏"))
        self.form.set_values({"not_experienced": True})

    def submit(self) -> None:
        values = self.form.values()
        self.form.mark_clean()
        self.chosen.emit(values["subject"], values["not_experienced"])
        self.accept()


def _pill(line: SheetLine) -> Pill:
    return Pill("有误", "error") if line.problem else Pill("可导入", "success")


_LINES: tuple[Column[SheetLine], ...] = (
    Column("row", "行", lambda r: r.row, kind="int", width=52, sortable=False),
    Column("state", "检查", _pill, kind="pill", width=80, sortable=False),
    Column("group", "分组", lambda r: r.group, width=90, sortable=False),
    Column("text", "题目", lambda r: r.text, width=230, sortable=False),
    Column("kind", "题型", lambda r: r.kind, width=56, sortable=False, align="center"),
    Column("words", "说明", lambda r: r.problem or r.detail, width=400, sortable=False),
)


def _row_of(line: SheetLine) -> int:
    return line.row


class QuestionnaireImportDialog(FormDialog):
    """Every row of a workbook with its verdict; ``taken(QuestionnaireBook)`` puts it into the editor."""

    taken = Signal(object)

    def __init__(self, runner: Runner, parent: QWidget | None, book: QuestionnaireBook) -> None:
        super().__init__(runner, "导入问卷", parent, primary="放入编辑器", width=1000)
        self._book = book
        wrong = [line for line in book.lines if line.problem]
        self._rows = (*wrong, *(line for line in book.lines if not line.problem))
        self.set_subtitle(
            f"{book.name}：{len(book.lines)} 道题，{len(book.content.groups)} 个分组，"
            f"量表 {'、'.join(book.content.levels)}。放入编辑器后还可以修改，保存了才算数。"
        )
        self.table = ListTable(
            runner,
            "surveys.questionnaire_import",
            _LINES,
            self._fetch,
            _row_of,
            title="逐行检查",
            search=None,
            unit="行",
            export=False,
            compact=True,
            empty=Empty("文件里没有题目", "请检查是否选错了文件。"),
        )
        self.table.setMinimumHeight(380)
        self.body.addWidget(self.table, 1)
        self.primary.setEnabled(not book.problems)
        if book.flaws:
            self.bar.say(book.flaws[0], "error", closable=False)
        elif wrong:
            self.bar.say(f"有 {len(wrong)} 行有误，请在文件里改正后重新导入。", "error", closable=False)
        self.table.refresh()

    def _fetch(self, _ctx: object, query: ListQuery) -> Listing[SheetLine]:
        end = None if query.limit is None else query.offset + query.limit
        return Listing(tuple(self._rows[query.offset : end]), len(self._rows))

    @Slot()
    def submit(self) -> None:
        self.taken.emit(self._book)
        self.accept()
