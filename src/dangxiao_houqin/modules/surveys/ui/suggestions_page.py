"""意见建议: what was said or a low score shows, who handles it until when, and what became of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.columns.suggestions import REGISTER_COLUMNS, REGISTER_ON_PAPER, SUGGESTION_COLUMNS
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionRow, SuggestionSource, SuggestionState
from dangxiao_houqin.modules.surveys.queries.suggestions import get_suggestion, list_suggestions
from dangxiao_houqin.ui import icons, settings
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.table import Empty, ListTable, TablePage
from dangxiao_houqin.ui.table_export import ForPaper, collect, collect_for_paper, paper_of, write_sheet
from dangxiao_houqin.ui.widgets import row

from .suggestion_actions import STEPS, SuggestionAction, SuggestionActions, offered, words_of
from .suggestion_pane import SuggestionPane

_STANDING = (("open", "在办"), ("late", "逾期"))
_STATES = tuple((each.value, each.label) for each in SuggestionState)
REGISTER = "意见建议台账"
_FILTERS = ("state", "step", "mine", "source", "year")


def _today(ctx: Ctx) -> date:
    return ctx.today()


def _id(found: SuggestionRow) -> int:
    return found.id


class SuggestionsPage(TablePage):
    """The register on the left, the selected case with its next steps on the right."""

    title = "意见建议"
    context = "登记、分办、答复、办结；问卷里的意见和低分题也转到这里"
    watches = frozenset({"suggestion", "department", "user_account", "staff_member", "survey_campaign", "setting"})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._may = desk.can(SUGGESTIONS)
        self._wanted: int | None = None
        self._path = ""
        super().__init__(
            desk.runner,
            "surveys.suggestions",
            SUGGESTION_COLUMNS,
            list_suggestions,
            _id,
            title=REGISTER,
            search="编号 / 内容 / 拼音 / 反映人",
            filters=(
                Filter("state", "进度", _STANDING, inline=True),
                Filter("step", "状态", _STATES),
                Filter("mine", "承办人", ((True, "只看我的"),)),
                Filter("source", "来源", [(each.value, each.label) for each in SuggestionSource]),
                Filter("year", "年度"),
            ),
            unit="件",
            empty=Empty(
                "还没有意见建议",
                "收到意见箱、电话或当面反映的问题，在这里登记，程序编号、计算期限并提醒承办人；"
                "问卷里的意见可以从“测评结果”转来。",
                "登记意见建议" if self._may else "",
                "message-square",
            ),
        )
        self.actions_of_suggestion = SuggestionActions(self, desk)
        self.pane = SuggestionPane()
        self.pane.asked.connect(self._step)
        self.body.removeWidget(self.card)
        parts = row(self.card, self.pane, spacing=12)
        parts.setStretch(0, 1)
        self.body.addLayout(parts, 1)
        self.register = MenuButton("台账", "book-open")
        self.register.menu().addAction(icons.icon("printer"), "打印台账", self.print_register)
        self.register.menu().addAction(icons.icon("download"), "导出台账…", self.export_register)
        self.action_row.addWidget(self.register)
        self.more = MenuButton("更多", "ellipsis")
        self.more.menu().aboutToShow.connect(self._fill_more)
        self.action_row.addWidget(self.more)
        self.print_button = self.add_action("打印处理单", self._print, icon="printer", enabled=False)
        self.new_button = self.add_action(
            "登记意见建议",
            self.first_step,
            icon="plus",
            primary=True,
            shortcut="Ctrl+N",
            enabled=self._may,
            tooltip="" if self._may else "需要“受理、分办和回复意见建议”的权限",
        )
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._loaded)
        self._selected()

    def reload(self) -> None:
        super().reload()
        self.query(_today, ok=self._know)

    @Slot(object)
    def _know(self, today: date) -> None:
        self.table.set_filter_choices("year", [(year, f"{year}年") for year in range(today.year, today.year - 6, -1)])

    def open_target(self, target: Any) -> None:
        """A case, filters such as ``{"state": "late"}``, or ``{"new": True}``."""
        if isinstance(target, Ref):
            self.query(get_suggestion, target.id, ok=self._show_one)
        elif isinstance(target, dict):
            wanted = dict(target)
            if wanted.pop("new", False):
                self.first_step()
            if wanted.get("state") in dict(_STATES):
                wanted["step"] = wanted.pop("state")
            for key, value in wanted.items():
                self.table.set_filter(key, value)

    @Slot(object)
    def _show_one(self, found: SuggestionRow) -> None:
        for key in _FILTERS:
            self.table.set_filter(key, None)
        self._wanted = found.id
        self.table.set_search(found.number)
        self._loaded()

    # ------------------------------------------------------------------ 台账
    @Slot()
    def print_register(self) -> None:
        """The cases as they are searched and filtered, with all that a register says."""
        self.query(collect_for_paper, list_suggestions, self.table.query, ListTable.head_of, ok=self._have_register)

    @Slot(object)
    def _have_register(self, found: ForPaper) -> None:
        make = paper_of(REGISTER, found.head, REGISTER_ON_PAPER, found.rows, found.printed_at)
        preview(self.window(), REGISTER, make, self.runner, document="suggestion-register")

    @Slot()
    def export_register(self) -> None:
        """The same as a workbook."""
        folder = settings.read("folders/export") or str(Path.home())
        dialog = QFileDialog(self, "导出台账", str(Path(folder) / f"{REGISTER}.xlsx"), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_register_to)
        dialog.open()

    @Slot(str)
    def export_register_to(self, path: str) -> None:
        """Write the register to ``path`` in the background."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = path
        self.query(collect, list_suggestions, self.table.query, ok=self._have_rows)

    @Slot(object)
    def _have_rows(self, rows: tuple[SuggestionRow, ...]) -> None:
        self.runner.work(
            write_sheet,
            self._path,
            REGISTER,
            REGISTER_COLUMNS,
            rows,
            ok=self._exported,
            fail=self.command_failed,
            title=f"导出{REGISTER}",
        )

    @Slot(object)
    def _exported(self, result: tuple[str, int]) -> None:
        self.toast(f"已导出 {result[1]:,} 件到 {Path(result[0]).name}")

    # ------------------------------------------------------------------ the selected one
    def one(self) -> SuggestionRow | None:
        """The selected case, if it is one."""
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _loaded(self) -> None:
        if self._wanted is not None and self.table.view.select_id(self._wanted):
            self._wanted = None
        self._selected()

    @Slot()
    def _selected(self) -> None:
        found = self.one()
        actions = offered(self.desk, found) if found is not None else ()
        self.more.setEnabled(bool(actions))
        self.print_button.setEnabled(found is not None)
        self.pane.show_row(found, actions)

    @Slot(object)
    def _step(self, action: SuggestionAction) -> None:
        if (found := self.one()) is not None:
            self.actions_of_suggestion.start(action, found)

    @Slot()
    def _print(self) -> None:
        self._step(SuggestionAction.PRINT)

    @Slot()
    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        self.fill_menu(self.table.selected_rows(), menu)

    @Slot(list, QMenu)
    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        for action in offered(self.desk, rows[0]):
            made = menu.addAction(icons.icon(action.icon), words_of(action, rows[0]), self._do_action)
            made.setProperty("action", action.name)

    @Slot()
    def _do_action(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._step(SuggestionAction[sender.property("action")])

    @Slot(object)
    def open_row(self, found: Any) -> None:
        """The next step; what is settled is printed."""
        actions = offered(self.desk, found)
        step = next((action for action in STEPS if action in actions), SuggestionAction.PRINT)
        self.actions_of_suggestion.start(step, found)

    @Slot()
    def first_step(self) -> None:
        if self._may:
            self.actions_of_suggestion.new()
