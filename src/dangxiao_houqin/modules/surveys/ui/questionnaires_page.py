"""问卷: the list, and in its place the editor of one questionnaire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QStackedWidget

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.questionnaires import QUESTIONNAIRE_COLUMNS
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    Content,
    SavedVersion,
    VersionRow,
    VersionView,
)
from dangxiao_houqin.modules.surveys.domain.rules import EDIT, KioskRules, SurveyRules
from dangxiao_houqin.modules.surveys.queries.questionnaires import get_version, list_questionnaires
from dangxiao_houqin.modules.surveys.transfer.questionnaire_sheet import QuestionnaireBook
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, button

from .questionnaire_actions import QuestionnaireActions
from .questionnaire_dialogs import NewQuestionnaireDialog
from .questionnaire_editor import QuestionnaireEditor
from .questionnaire_keeping import NEW, DraftKeeper
from .questionnaire_papers import QuestionnairePapers

_STATES = (("draft", "可修改"), ("frozen", "已定稿"), ("retired", "已停用"))
_TITLE = 15
"""Characters that fit beside the buttons; the whole name stands in its field."""
_NO_RIGHT = "需要“编写问卷”的权限"


def _rules(ctx: Ctx) -> tuple[SurveyRules, KioskRules]:
    return ctx.settings(SurveyRules), ctx.settings(KioskRules)


def _row_id(row: VersionRow) -> int:
    return row.id


def _edition(row: VersionRow) -> str:
    return f"{row.name}　第{row.number}版"


class QuestionnairesPage(Page):
    """A list of questionnaires; one opens in its place, Esc goes back, unsaved work is asked about."""

    title = "问卷"
    context = "测评问什么；一旦用于测评就定稿，再改就是新的一版"
    watches = frozenset({"questionnaire", "questionnaire_version", "survey_campaign", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.may_edit = desk.can(EDIT)
        self.rules, self.kiosk_rules = SurveyRules(), KioskRules()
        self._view: VersionView | None = None
        self._wanted: int | None = None
        self._after: tuple[str, Any] = ("", None)
        self._wrong = ""
        self._follow = False
        self._offered = False
        self.table = ListTable(
            desk.runner,
            "surveys.questionnaires",
            QUESTIONNAIRE_COLUMNS,
            list_questionnaires,
            _row_id,
            title=self.title,
            search="名称 / 拼音 / 首字母",
            filters=(Filter("state", "状态", _STATES, inline=True),),
            unit="份",
            empty=Empty(
                "还没有问卷",
                "可以先建立标准问卷：住宿、餐饮、教学保障和总体，27 题，再按本校情况修改。",
                "建立标准问卷" if self.may_edit else "",
                "list-checks",
            ),
        )
        self.table.opened.connect(self._open_row)
        self.table.menu_requested.connect(self._fill_menu)
        self.actions_of_one = QuestionnaireActions(self)
        self.actions_of_one.made.connect(self._open_id)
        self.actions_of_one.changed.connect(self.reload)
        self.actions_of_one.deleted.connect(self._gone)
        self.table.empty_action.connect(self.actions_of_one.make_standard)
        card = Card()
        card.body.addWidget(self.table)
        self.editor = QuestionnaireEditor()
        self.editor.changed.connect(self._edited)
        self.keeper = DraftKeeper(self.editor)
        self.bar.triggered.connect(self._restore)
        self.stack = QStackedWidget()
        self.stack.addWidget(card)
        self.stack.addWidget(self.editor)
        self.body.addWidget(self.stack, 1)
        self.papers = QuestionnairePapers(self)
        self.papers.read.connect(self._have_book)
        self._build_actions()
        self._show_list()

    def _build_actions(self) -> None:
        why = "" if self.may_edit else _NO_RIGHT
        self.import_button = self.add_action(
            "导入 Excel", self.papers.ask_import, icon="upload", enabled=self.may_edit, tooltip=why
        )
        self.new_button = self.add_action(
            "新建问卷", self.new, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self.may_edit, tooltip=why
        )
        self.back = button("返回列表", self.go_back, icon="chevron-left", tooltip="Esc")
        self.versions = button("版本", icon="history")
        self.versions.setMenu(QMenu(self.versions))
        self.versions.menu().aboutToShow.connect(self._fill_versions)
        self.more = button("更多", icon="ellipsis")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_more)
        self.print_button = button("测评表", self._print, icon="printer", tooltip="预览和打印纸质测评表")
        self.preview_button = button("终端预览", self._preview, icon="monitor", tooltip="在屏幕上试填一遍，不保存")
        self.save_button = button("保存", self.save, icon="save", kind="primary", shortcut="Ctrl+S")
        self._list_tools = (self.import_button, self.new_button)
        self._editor_tools = (
            self.back,
            self.versions,
            self.more,
            self.print_button,
            self.preview_button,
            self.save_button,
        )
        for tool in self._editor_tools:
            self.action_row.addWidget(tool)

    # ------------------------------------------------------------------ list and editor in turn
    @property
    def is_editing(self) -> bool:
        return self.stack.currentWidget() is self.editor

    def _show_list(self) -> None:
        self._view, self._wanted = None, None
        self.editor.open_new(Content("", ()))
        self.editor.read_only = True
        self.stack.setCurrentIndex(0)
        for tool in self._editor_tools:
            tool.hide()
        for tool in self._list_tools:
            tool.show()
        self.set_title(self.title)
        self.set_context(self.context)
        self.bar.clear()
        self._offered = False

    def _show_editor(self) -> None:
        self._wrong = ""
        self.stack.setCurrentWidget(self.editor)
        for tool in self._list_tools:
            tool.hide()
        for tool in self._editor_tools:
            tool.show()
        stored = self._view is not None
        self.versions.setVisible(stored)
        self.save_button.setVisible(not self.editor.read_only)
        self._edited()

    def reload(self) -> None:
        self.query(_rules, ok=self._have_rules)
        if not self.is_editing:
            self.table.refresh()
            if self.may_edit and not self._offered and self.keeper.waiting(NEW):
                self._offered = True
                self.bar.say("上次新建的问卷没有保存，还留着。", "primary", action="继续编写")
        elif self._view is not None and not self.editor.is_dirty:
            self._ask(self._view.row.id)

    @Slot(object)
    def _have_rules(self, found: tuple[SurveyRules, KioskRules]) -> None:
        self.rules, self.kiosk_rules = found
        self.papers.levels = self.rules.five_labels if self.rules.scale == "five" else self.rules.four_labels

    def open_target(self, target: Any) -> None:
        """A version, or ``{"new": True}``."""
        if isinstance(target, Ref):
            self._do("open", target.id)
        elif isinstance(target, dict) and target.get("new") and self.may_edit:
            self._do("new", None)

    def leave(self) -> bool:
        """Unsaved work keeps the page; the bar says what to do."""
        if not self.editor.is_dirty:
            return True
        self.bar.say("问卷有修改还没有保存，请先“保存”，或“返回列表”放弃修改。")
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_editing:
            self.go_back()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------ unsaved work
    @Slot()
    def _restore(self) -> None:
        """Go on with what a crash or a closed window left unsaved."""
        self.bar.clear()
        if not self.is_editing:
            self.begin("", Content("", ()))
        if not self.keeper.restore():
            self.toast("上次的内容读不出来，没有恢复。", tone="warning")
            if self._view is None:
                self._show_list()

    def _do(self, what: str, with_what: Any) -> None:
        """Do something that leaves what is open; asks first when that would lose work."""
        self._after = (what, with_what)
        if not self.editor.is_dirty:
            self._discard_answered(True)
            return
        messages.ask(
            self,
            f"“{self.editor.draft.name or '新问卷'}”有修改还没有保存，离开后将丢失。",
            done=self._discard_answered,
            title="放弃修改？",
            yes="放弃修改",
            no="继续编辑",
            danger=True,
        )

    @Slot(bool)
    def _discard_answered(self, yes: bool) -> None:
        (what, with_what), self._after = self._after, ("", None)
        if not yes:
            return
        if self.editor.is_dirty:
            self.keeper.forget()
        if what == "open":
            self._ask(int(with_what))
        elif what == "book":
            self._take_book(with_what)
        else:
            self._show_list()
            self.table.refresh()
            if what == "new":
                self.new()

    @Slot()
    def go_back(self) -> None:
        """The list again."""
        self._do("list", None)

    # ------------------------------------------------------------------ opening
    @Slot(object)
    def _open_row(self, row: VersionRow) -> None:
        self._do("open", row.id)

    @Slot(int)
    def _open_id(self, version_id: int) -> None:
        self._do("open", version_id)

    @Slot()
    def _gone(self) -> None:
        """What was open or selected is deleted."""
        if self.is_editing:
            self.keeper.forget()
        self._show_list()
        self.table.refresh()

    def _ask(self, version_id: int) -> None:
        self._wanted = version_id
        self.query(get_version, version_id, ok=self._have_version)

    @Slot(object)
    def _have_version(self, view: VersionView) -> None:
        if view.row.id != self._wanted:
            return
        newest = view.history[0].id == view.row.id
        if self._follow and not newest:
            self._ask(view.history[0].id)
            return
        self._follow = False
        self._view = view
        self.editor.open_version(view, read_only=not self.may_edit or not newest)
        self._show_editor()
        self.bar.clear()
        if not self.editor.read_only and self.keeper.waiting():
            self.bar.say("上次的修改没有保存，还留着。", "primary", action="恢复")
        elif not newest:
            self.bar.say(
                f"这是旧的第 {view.row.number} 版，只能查看；要修改请打开最新的第 {view.history[0].number} 版。",
                "primary",
            )
        elif view.row.frozen and self.may_edit:
            self.bar.say(
                f"第 {view.row.number} 版已用于测评，不会再变；在这里修改并保存，就成为第 {view.row.number + 1} 版。",
                "primary",
            )

    @Slot()
    def _edited(self) -> None:
        """Title, context and what is still wrong follow what is typed."""
        if not self.is_editing:
            return
        if self._wrong:
            self._tell_flaws(self._wrong)
        draft = self.editor.draft
        name = draft.name or "新问卷"
        self.set_title(name if len(name) <= _TITLE else f"{name[: _TITLE - 1]}…")
        row = self._view.row if self._view is not None else None
        version = f"第 {row.number} 版" if row is not None else "还没有保存"
        self.versions.setText(version)
        used = f"　用于 {row.used} 次测评" if row is not None and row.used else ""
        self.set_context(f"{version}{used}　{draft.count} 道题")

    @Slot()
    def _fill_versions(self) -> None:
        menu = self.versions.menu()
        menu.clear()
        for row in self._view.history if self._view is not None else ():
            used = f"，用于 {row.used} 次测评" if row.used else ""
            entry = menu.addAction(
                f"第 {row.number} 版　{'已定稿' if row.frozen else '可修改'}{used}", self._choose_version
            )
            entry.setCheckable(True)
            entry.setChecked(self._view is not None and row.id == self._view.row.id)
            entry.setProperty("version", row.id)

    @Slot()
    def _choose_version(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._do("open", sender.property("version"))

    # ------------------------------------------------------------------ writing
    @Slot()
    def new(self) -> None:
        """Ask where to begin."""
        dialog = NewQuestionnaireDialog(self.runner, self, self.rules)
        dialog.begun.connect(self.begin)
        dialog.open()

    @Slot(str, object)
    def begin(self, name: str, content: Content) -> None:
        """Open the editor on something that is not stored yet."""
        self._view, self._wanted = None, None
        self.editor.open_new(content, name)
        self._show_editor()

    @Slot()
    def save(self) -> None:
        """Store what the editor holds; what is wrong is shown where it stands."""
        if self.editor.read_only or not self.is_editing:
            return
        if not self.editor.check():
            self._tell_flaws("还不能保存")
            return
        self.bar.clear()
        self.save_button.setEnabled(False)
        self.runner.command(services.save_version, self.editor.command(), ok=self._saved, fail=self._not_saved)

    def _tell_flaws(self, what: str) -> None:
        """Say on the bar what keeps it from being saved, as long as something does."""
        words = self.editor.flaw_words()
        self._wrong = what if words else ""
        if words:
            self.bar.say(f"{what}：{words}", "error")
        else:
            self.bar.clear()

    @Slot(object)
    def _saved(self, saved: SavedVersion) -> None:
        self.save_button.setEnabled(True)
        self.keeper.forget()
        self.toast(f"已保存为第 {saved.number} 版")
        self._ask(saved.version_id)

    @Slot(object)
    def _not_saved(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if not self.editor.show_error(error):
            messages.show(self, error, reload=self._reopen)

    @Slot()
    def _reopen(self) -> None:
        """What somebody else stored meanwhile, instead of one's own."""
        if self._view is not None:
            self.keeper.forget()
            self._follow = True
            self._ask(self._view.row.id)

    # ------------------------------------------------------------------ menus
    @Slot(list, QMenu)
    def _fill_menu(self, rows: list[VersionRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        menu.addAction(icons.icon("eye"), "打开", self._open_selected)
        menu.addAction(icons.icon("printer"), "打印测评表", self._print_selected)
        if self.may_edit:
            self.actions_of_one.fill(menu, rows[0])

    @Slot()
    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        menu.addAction(icons.icon("file-spreadsheet"), "导出 Excel", self._export)
        if not self.editor.read_only:
            menu.addAction(icons.icon("upload"), "用 Excel 里的题目替换", self.papers.ask_import)
        if self._view is not None and self.may_edit and self._view.row.id == self._view.history[0].id:
            menu.addSeparator()
            self.actions_of_one.fill(menu, self._view.row)

    @property
    def _row(self) -> VersionRow | None:
        """The version that is open, or the one selected in the list."""
        if self.is_editing:
            return self._view.row if self._view is not None else None
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _open_selected(self) -> None:
        if (row := self._row) is not None:
            self._open_row(row)

    # ------------------------------------------------------------------ paper, screen, workbook
    @Slot()
    def _print(self) -> None:
        row = self._view.row if self._view is not None else None
        edition = _edition(row) if row is not None and not self.editor.is_dirty else "草稿"
        self.papers.ask_print(self.editor.draft.content(), edition)

    @Slot()
    def _print_selected(self) -> None:
        if (row := self._row) is not None:
            self.query(get_version, row.id, ok=self._have_printed)

    @Slot(object)
    def _have_printed(self, view: VersionView) -> None:
        self.papers.ask_print(view.content, _edition(view.row))

    @Slot()
    def _preview(self) -> None:
        from .kiosk_preview import KioskPreview

        content = self.editor.draft.content()
        if not self.editor.check():
            self._tell_flaws("还不能预览")
            return
        KioskPreview(content, self.kiosk_rules, parent=self.window()).open()

    @Slot()
    def _export(self) -> None:
        self.papers.ask_export(self.editor.draft.content(), self.editor.draft.name or "问卷")

    @Slot(object)
    def _have_book(self, book: QuestionnaireBook) -> None:
        if self.is_editing and not self.editor.read_only:
            self.editor.replace_content(book.content)
            self.toast(f"已放入 {len(book.lines)} 道题，检查后请保存")
        else:
            self._do("book", book)

    def _take_book(self, book: QuestionnaireBook) -> None:
        self.begin(Path(book.name).stem[:80], book.content)
        self.toast(f"已放入 {len(book.lines)} 道题，检查后请保存")
