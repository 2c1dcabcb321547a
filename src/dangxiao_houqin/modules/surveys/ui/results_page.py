"""测评结果: figures of one campaign or of many, side by side or by question, and apart from them what was written.

While a campaign is open its papers lie sealed: the page then shows how many there are and nothing of what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.results import By, CommentRow, ResultFilter, Results, ScopeOptions
from dangxiao_houqin.modules.surveys.domain.rules import (
    COMMENTS,
    EXPORT,
    RUN,
    SUGGESTIONS,
    SUGGESTIONS_VIEW,
    SurveyRules,
)
from dangxiao_houqin.modules.surveys.printouts import load_summary, load_yearly, summary_pdf, yearly_pdf
from dangxiao_houqin.modules.surveys.queries.campaigns import get_campaign
from dangxiao_houqin.modules.surveys.queries.questionnaires import get_version
from dangxiao_houqin.modules.surveys.queries.results import compare, get_results, scope_options
from dangxiao_houqin.modules.surveys.queries.suggestions import list_suggestions
from dangxiao_houqin.modules.surveys.transfer.results_sheet import (
    answers_xlsx,
    comparison_xlsx,
    load_answers,
    results_xlsx,
)
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.page_papers import PagePapers
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, EmptyState, Segmented, row

from .results_comments import CommentsPane
from .results_compare import ComparePane
from .results_questions import LowQuestion, QuestionPane, RaisedCase
from .results_scope import ScopeBar, first_scope, is_within

QUESTIONS, COMPARE, TEXTS = "questions", "compare", "comments"


@dataclass(frozen=True)
class Shown:
    """What the page asks for at once; ``counted`` is whether anything of the scope has ever been counted.

    Of the one campaign shown, by code of the question: ``numbers`` are what a case about it is filed under, ``cases``
    those already made.
    """

    options: ScopeOptions
    results: Results
    counted: bool
    low_percent: float
    numbers: Mapping[str, int]
    cases: Mapping[str, RaisedCase]


def read_results(ctx: Ctx, where: ResultFilter | None) -> Shown:
    """Results of ``where``; without one, of the newest campaign that has some."""
    options = scope_options(ctx)
    known = {each.id for each in options.campaigns}
    if where is None or (where.campaign_id is not None and where.campaign_id not in known):
        where = first_scope(options)
    counted = any(each.counted and is_within(each, where) for each in options.campaigns)
    low_percent = ctx.settings(SurveyRules).low_percent
    numbers = _numbers(ctx, where.campaign_id)
    cases = _cases(ctx, where.campaign_id, numbers)
    return Shown(options, get_results(ctx, where), counted, low_percent, numbers, cases)


def _numbers(ctx: Ctx, campaign_id: int | None) -> Mapping[str, int]:
    if campaign_id is None or not (ctx.can(SUGGESTIONS) or ctx.can(SUGGESTIONS_VIEW)):
        return {}
    content = get_version(ctx, get_campaign(ctx, campaign_id).version_id).content
    return {question.code: question.number for question in content.questions}


def _cases(ctx: Ctx, campaign_id: int | None, numbers: Mapping[str, int]) -> Mapping[str, RaisedCase]:
    if campaign_id is None or not ctx.can(SUGGESTIONS_VIEW):
        return {}
    codes = {number: code for code, number in numbers.items()}
    found = list_suggestions(ctx, ListQuery(filters={"campaign_id": campaign_id}, limit=None)).rows
    return {
        codes[case.question]: RaisedCase(case.id, case.number, case.state.label)
        for case in found
        if case.question is not None and case.question in codes
    }


class ResultsPage(Page):
    """Figures by question, side by side, and what was written; a low score or a remark becomes a case from here."""

    title = "测评结果"
    context = "只有数字，没有单份答卷"
    watches = frozenset({"survey_campaign", "survey_response", "survey_paper", "survey_text", "suggestion", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.papers = PagePapers(self)
        self._where: ResultFilter | None = None
        self._shown: Shown | None = None
        self._asked: LowQuestion | CommentRow | None = None
        self._raised = 0
        may_suggest = desk.can(SUGGESTIONS)
        tabs = [(QUESTIONS, "各题结果"), (COMPARE, "对比")]
        if desk.can(COMMENTS):
            tabs.append((TEXTS, "意见原文"))
        self.tabs = Segmented(tabs, name="看什么")
        self.tabs.changed.connect(self.show_tab)
        self.scope = ScopeBar()
        self.scope.changed.connect(self.show_where)
        self.add_action("历年对比", self.to_history, icon="chart-line", tooltip="每年的满意率放在一起看")
        self.export_button = MenuButton("导出", "download")
        self._fill_export(self.export_button.menu())
        self.print_button = MenuButton("打印", "printer")
        self._fill_print(self.print_button.menu())
        self.action_row.addWidget(self.export_button)
        self.action_row.addWidget(self.print_button)
        self.questions = QuestionPane(self.runner, may_suggest=may_suggest)
        self.questions.suggestion_asked.connect(self.ask_suggestion)
        self.questions.case_asked.connect(self.open_case)
        self.compare = ComparePane(self)
        self.compare.opened.connect(self.open_where)
        self.compare.controls.hide()  # until its tab is asked for
        self.comments = CommentsPane(self, may_suggest=may_suggest) if desk.can(COMMENTS) else None
        self.empty = EmptyState()
        self.empty.triggered.connect(self.to_campaigns)
        empty_card = Card(padding=16)
        empty_card.body.addWidget(self.empty)
        self.stack = QStackedWidget(self)
        self._panes: dict[str, QWidget] = {QUESTIONS: self.questions, COMPARE: self.compare, "": empty_card}
        if self.comments is not None:
            self.comments.suggestion_asked.connect(self.ask_suggestion)
            self._panes[TEXTS] = self.comments
        for pane in self._panes.values():
            self.stack.addWidget(pane)
        self.body.setSpacing(12)
        choices = row(self.tabs, 4, self.scope)
        choices.addWidget(self.compare.controls, 1)
        choices.addStretch(0)
        self.body.addLayout(choices)
        self.body.addWidget(self.stack, 1)

    def _fill_export(self, menu: QMenu) -> None:
        menu.addAction("结果数字存为 Excel…", self.save_results)
        menu.addAction("对比表存为 Excel…", self.save_comparison)
        if self.desk.can(EXPORT):
            menu.addSeparator()
            menu.addAction("匿名答卷存为 Excel…", self.save_answers)

    def _fill_print(self, menu: QMenu) -> None:
        menu.addAction("打印测评结果汇总表", self.print_summary)
        menu.addAction("打印对比表", self.print_comparison)

    # ------------------------------------------------------------------ asking
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @property
    def where(self) -> ResultFilter:
        """The scope shown."""
        return self._where or ResultFilter()

    @property
    def results(self) -> Results | None:
        """What is shown now."""
        return self._shown.results if self._shown is not None else None

    def reload(self) -> None:
        self.query(read_results, self._where, ok=self._have)

    @Slot(object)
    def _have(self, found: Shown) -> None:
        if self._where is not None and found.results.where != self._where and self._where_is_known(found):
            return  # an answer to an earlier question
        self._shown = found
        self._where = found.results.where if found.options.campaigns else None  # the first one to come is shown then
        self.scope.set_options(found.options)
        self.scope.set_where(self.where)
        self.compare.set_options(found.options)
        self.questions.show_results(found.results, found.low_percent, found.cases)
        self._show_pane()

    def _where_is_known(self, found: Shown) -> bool:
        wanted = self._where.campaign_id if self._where is not None else None
        return wanted is None or any(each.id == wanted for each in found.options.campaigns)

    @Slot(object)
    def show_where(self, where: ResultFilter) -> None:
        """Another scope in the tab shown."""
        self._where = where
        self.reload()

    @Slot(object)
    def open_where(self, where: ResultFilter) -> None:
        """One row of a comparison by itself."""
        self.tabs.set_value(QUESTIONS)
        self.show_where(where)

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """Questions, comparison or remarks."""
        self.tabs.set_value(tab)
        self._show_pane()

    def _show_pane(self) -> None:
        found = self._shown
        if found is None:
            return
        tab = self.tab
        self.scope.setVisible(tab != COMPARE)
        self.compare.controls.setVisible(tab == COMPARE)
        sealed = tab != COMPARE and not found.counted
        nothing = not found.results.campaigns
        self.stack.setCurrentWidget(self._panes["" if sealed or nothing else tab])
        self._say_what_is_sealed(found, sealed=sealed)
        self.set_context(type(self).context if nothing or tab == COMPARE else found.results.papers.sentence)
        for each in (self.export_button, self.print_button):
            each.setEnabled(not nothing)
        if nothing and found.options.campaigns:
            self.empty.show_state("没有这样的测评", "换一个班次、类别、年度或学期再看。", icon="search")
        elif nothing:
            self._show_nothing()
        elif sealed:
            self._show_sealed(found)
        elif tab == COMPARE:
            self.compare.ask()
        elif tab == TEXTS and self.comments is not None:
            self.comments.show_where(self.where)

    def _show_nothing(self) -> None:
        action = "去发起测评" if self.desk.can(RUN) else ""
        hint = "发起测评、学员填写、收卷以后，这里显示满意率、分布和意见。"
        self.empty.show_state("还没有测评", hint, action, icon="smile")

    def _show_sealed(self, found: Shown) -> None:
        papers = found.results.papers
        if not papers.received:
            hint = "收到答卷并收卷以后，这里显示满意率、分布和意见。"
            self.empty.show_state(f"“{found.results.title}”还没有收到答卷", hint, icon="inbox")
            return
        words = f"目前收到 {papers.received:,} 份答卷" + (f"，应收 {papers.expected:,} 份" if papers.expected else "")
        hint = f"{words}。\n为了不让人从数字的变化里认出是谁填的，收卷之前谁也看不到结果。"
        action = "去收卷" if self.desk.can(RUN) else ""
        self.empty.show_state(f"“{found.results.title}”收卷以后才有结果", hint, action, icon="lock")
        self.empty.button.setIcon(icons.icon("inbox", TOKENS.on_primary, 18, 4))
        self.set_context(words)

    def _say_what_is_sealed(self, found: Shown, *, sealed: bool) -> None:
        boxed = found.results.papers.boxed
        if boxed and not sealed and self.tab == QUESTIONS and self.where.campaign_id is not None:
            self.bar.say(f"还有 {boxed:,} 份答卷在票箱里没有收卷，未计入下面的数字。", "primary", closable=False)
        else:
            self.bar.clear()

    def open_target(self, target: Any) -> None:
        """A campaign, or ``{"campaign_id" | "subject_key" | "class_kind" | "year" | "term", "tab", "by"}``."""
        if isinstance(target, Ref):
            self._where = ResultFilter(campaign_id=target.id)
            self.tabs.set_value(QUESTIONS)
        elif isinstance(target, dict):
            keys = ("campaign_id", "subject_key", "class_kind", "year", "term")
            chosen = {key: target[key] for key in keys if target.get(key) is not None}
            tab = target.get("tab", QUESTIONS)
            self.tabs.set_value(tab if tab in self._panes else QUESTIONS)
            if self.tab == COMPARE and target.get("by"):
                self.compare.ways.set_value(By(target["by"]))
            if chosen:
                self._where = ResultFilter(**chosen)
        self.reload()

    # ------------------------------------------------------------------ elsewhere
    @Slot()
    def to_history(self) -> None:
        self.desk.go("surveys.history")

    @Slot()
    def to_campaigns(self) -> None:
        """Where campaigns are planned and closed."""
        if self.where.campaign_id is not None:
            self.desk.open(Ref("survey_campaign", self.where.campaign_id))
        else:
            self.desk.go("surveys.campaigns")

    # ------------------------------------------------------------------ cases
    @Slot(object)
    def ask_suggestion(self, what: LowQuestion | CommentRow) -> None:
        """A low question or a remark is to become a case: say which, then ask."""
        self._asked = what
        about = score_words(what, self.results) if isinstance(what, LowQuestion) and self.results else ""
        if isinstance(what, CommentRow):
            about = what.text if len(what.text) <= 60 else f"{what.text[:60]}…"
        messages.ask(
            self,
            f"“{about}”将登记为一份意见建议处理单，由后勤部门分办、限期答复。",
            done=self._suggestion_answered,
            title="生成意见建议处理单",
            yes="生成",
        )

    @Slot(bool)
    def _suggestion_answered(self, yes: bool) -> None:
        what, self._asked = self._asked, None
        if not yes or what is None:
            return
        if isinstance(what, CommentRow):
            self.command(services.raise_from_comment, what.id, ok=self._suggested)
        elif self._shown is not None and (number := self._shown.numbers.get(what.code)) is not None:
            words = score_words(what, self._shown.results)
            self.command(services.raise_from_score, what.campaign_id, number, words, ok=self._suggested)

    @Slot(object)
    def _suggested(self, suggestion_id: int) -> None:
        self._raised = suggestion_id
        self.reload()
        messages.toast(self, "已生成意见建议处理单", undo=self._open_raised, undo_text="打开")

    @Slot()
    def _open_raised(self) -> None:
        self.open_case(self._raised)

    @Slot(int)
    def open_case(self, suggestion_id: int) -> None:
        """Where cases are dealt with."""
        self.desk.open(Ref("suggestion", suggestion_id))

    # ------------------------------------------------------------------ paper and sheets
    def _scope_title(self) -> str:
        return self.results.title if self.results is not None else self.title

    @Slot()
    def print_summary(self) -> None:
        """测评结果汇总表 of the scope."""
        self.papers.show("测评结果汇总表", "survey-summary", load_summary, self.where, draw=summary_pdf)

    @Slot()
    def print_comparison(self) -> None:
        """The comparison of the tab 对比."""
        by, where = self.compare.by, self.compare.where
        self.papers.show(f"满意率对比（按{by.label}）", "survey-yearly", load_yearly, by, where, draw=yearly_pdf)

    @Slot()
    def save_results(self) -> None:
        self.papers.save(f"{self._scope_title()}测评结果", results_xlsx, get_results, self.where)

    @Slot()
    def save_comparison(self) -> None:
        by = self.compare.by
        self.papers.save(f"满意率对比（按{by.label}）", comparison_xlsx, compare, by, self.compare.where)

    @Slot()
    def save_answers(self) -> None:
        """Anonymous answers; the export is logged."""
        action = "surveys.export_answers"
        self.papers.save(f"{self._scope_title()}匿名答卷", answers_xlsx, load_answers, self.where, action=action)


def score_words(low: LowQuestion, results: Results) -> str:
    """What a case made of a low score says: the question, its rate, formula and n, and the line."""
    return (
        f"{low.text}：满意率 {percent_text(low.rate)}（{results.formula.value}，有效评价 {low.answers:,} 份），"
        f"低于低分线 {low.line:g}%。"
    )
