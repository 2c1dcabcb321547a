"""Import a roster: choose the file, look at what was understood, mend it, take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QMenu, QStackedWidget, QTabWidget, QWidget

from dangxiao_houqin.core.columns import Column, list_in_memory
from dangxiao_houqin.core.errors import Cancelled
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training.domain import ClassRow
from dangxiao_houqin.modules.training.roster import (
    Book,
    Field,
    Problem,
    SkippedRow,
    read_book,
    save_problems,
)
from dangxiao_houqin.modules.training.roster_import import (
    ApplyRoster,
    Choices,
    ImportResult,
    ImportReview,
    ImportTask,
    apply_roster,
    prepare_import,
    review,
)
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import TextDialog
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import EmptyState, button, column, label, row

from .cell_dialog import CellDialog
from .import_lines import PEOPLE, PROBLEMS, SKIPPED, PersonLine, person_key, person_lines, problem_key, skipped_key
from .mapping_view import MappingView

FILES = "名单文件 (*.xlsx *.xls *.ods *.csv *.xlsm *.et);;所有文件 (*)"


MOST_NOTES = 3
"""More notes than these would push the people off the screen: they get a window of their own."""


class _Fetch:
    """Feeds a list from the review at hand."""

    def __init__(self, columns: tuple[Column[Any], ...]) -> None:
        self.columns, self.rows = columns, ()

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[Any]:
        return list_in_memory(self.rows, self.columns, query)

    rows: tuple[Any, ...]


def _read(progress: Progress, path: Path) -> Book:
    return read_book(path, progress)


def _review(progress: Progress, task: ImportTask, book: Book, choices: Choices) -> ImportReview:
    return review(task, book, choices, progress)


def _save_problems(_progress: Progress, path: Path, book: Book, found: ImportReview) -> Path:
    return save_problems(path, book, found.preview)


class ImportDialog(QDialog):
    """Nothing is written before 导入 is pressed, and then everything or nothing."""

    def __init__(self, desk: Desk, parent: QWidget | None, school: ClassRow) -> None:
        super().__init__(parent)
        self.setWindowTitle("导入名单")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.runner, self._school = desk.runner, school
        self._task: ImportTask | None = None
        self._book: Book | None = None
        self._review: ImportReview | None = None
        self._choices = Choices()
        self._new_file = True
        self._discarding = False
        self.bar = messages.MessageBar()
        self._summary = label("", "second", wrap=True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_start())
        self.stack.addWidget(self._make_preview())
        self.skip_bad = QCheckBox("跳过有错误的行，先导入其余的人")
        self.keep_missing = QCheckBox("")
        self.skip_bad.toggled.connect(self._show_counts)
        self.keep_missing.toggled.connect(self._show_counts)
        self.other = button("换一个文件", self.choose_file, icon="folder-open")
        self.write_back = button(
            "保存带问题标注的名单",
            self.ask_where,
            icon="download",
            tooltip="在原名单旁加一列写明问题，发回给报送单位改",
        )
        self.close_button = button("取消", self.reject)
        self.primary = button("导入", self.import_now, kind="primary")
        self.primary.setDefault(True)
        self._notes = button("", self._show_notes, kind="link", tooltip="同名不同人、合计与实有人数等")
        self._notes.hide()
        said = row(self._summary, self._notes, spacing=12)
        said.setStretch(0, 1)
        head = column(label("导入名单", "pageTitle"), said, spacing=4)
        foot = row(self.other, self.write_back, None, self.close_button, self.primary, spacing=8)
        layout = column(
            head, self.bar, self.stack, row(self.skip_bad, self.keep_missing, None, spacing=20), foot, spacing=12
        )
        layout.setContentsMargins(28, 22, 28, 22)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        screen = self.screen().availableGeometry()
        self.resize(min(1240, screen.width() - 60), min(760, screen.height() - 60))
        self._idle()
        self.runner.query(prepare_import, school.id, ok=self._prepared, fail=self._failed)

    # ------------------------------------------------------------------ parts
    def _make_start(self) -> QWidget:
        start = EmptyState()
        start.show_state(
            "把名单文件拖到这里，或点下面的按钮选择",
            "支持 Excel（xlsx、xls）、WPS 表格、ods 和 csv；标题、合计、签名行会自动跳过，多张工作表一次读完。",
            "选择名单文件",
            icon="file-spreadsheet",
        )
        start.triggered.connect(self.choose_file)
        return start

    def _make_preview(self) -> QWidget:
        self.tabs = QTabWidget()
        self._fetch = {"people": _Fetch(PEOPLE), "problems": _Fetch(PROBLEMS), "skipped": _Fetch(SKIPPED)}
        self.people = self._list("people", PEOPLE, "人员", "姓名 / 单位", person_key, "人")
        self.problems = self._list("problems", PROBLEMS, "问题", "姓名 / 列 / 说明", problem_key, "处")
        self.skipped = self._list("skipped", SKIPPED, "未导入的行", "内容", skipped_key, "行")
        self.problems.set_empty(Empty("没有发现问题", "可以直接导入。", icon="circle-check"))
        self.problems.opened.connect(self._correct)
        self.problems.menu_requested.connect(self._problem_menu)
        self.people.menu_requested.connect(self._people_menu)
        self.skipped.menu_requested.connect(self._skipped_menu)
        self.mapping = MappingView()
        self.mapping.changed.connect(self._mapping_changed)
        for widget, title in (
            (self.people, "人员"),
            (self.problems, "问题"),
            (self.skipped, "未导入的行"),
            (self.mapping, "列的对应"),
        ):
            page = QWidget()
            page.setLayout(column(12, widget, spacing=0))
            self.tabs.addTab(page, title)
        return self.tabs

    def _list(
        self,
        key: str,
        columns: tuple[Column[Any], ...],
        title: str,
        search: str,
        row_id: Callable[[Any], Any],
        unit: str,
    ) -> ListTable:
        return ListTable(
            self.runner,
            f"training.import.{key}",
            columns,
            self._fetch[key],
            row_id,
            title=title,
            search=search,
            unit=unit,
            compact=True,
            export=False,
        )

    def _idle(self) -> None:
        ready = self._review is not None
        for widget in (self.other, self.write_back, self.skip_bad):
            widget.setVisible(ready)
        self.primary.setEnabled(False)
        self.keep_missing.setVisible(False)
        if not ready:
            self._summary.setText(f"导入到：{self._school.name}")

    # ------------------------------------------------------------------ file
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.open_file(event.mimeData().urls()[0].toLocalFile())

    @Slot()
    def choose_file(self) -> None:
        folder = settings.read("folders/rosters") or str(Path.home())
        dialog = QFileDialog(self, "选择名单文件", str(folder), FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Read a file and show what was understood."""
        settings.write("folders/rosters", str(Path(path).parent))
        self.bar.clear()
        self._summary.setText(f"正在读取 {Path(path).name} …")
        self.runner.work(_read, Path(path), ok=self._have_book, fail=self._failed, title="读取名单")

    @Slot(object)
    def _prepared(self, task: ImportTask) -> None:
        self._task = task
        if self._book is not None:
            self._ask_review()

    @Slot(object)
    def _have_book(self, book: Book) -> None:
        self._book, self._choices = book, Choices()
        self._new_file = True
        self.mapping.forget()
        if self._task is not None:
            self._ask_review()

    def _ask_review(self) -> None:
        self.runner.work(
            _review, self._task, self._book, self._choices, ok=self._reviewed, fail=self._failed, title="检查名单"
        )

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._idle()
        self._show_counts()
        messages.show_in_bar(self.bar, error)

    # ------------------------------------------------------------------ preview
    @Slot(object)
    def _reviewed(self, found: ImportReview) -> None:
        first, self._new_file = self._new_file, False
        self._review = found
        self.bar.clear()
        self.stack.setCurrentIndex(1)
        self._idle()
        preview = found.preview
        self._fetch["people"].rows = tuple(person_lines(found))
        self._fetch["problems"].rows = preview.problems
        self._fetch["skipped"].rows = tuple(s for s in preview.skipped_rows if s.kind != "blank")
        for table in (self.people, self.problems, self.skipped):
            table.refresh()
        self.mapping.show_mapping(preview.mapping)
        self.tabs.setTabText(0, f"人员 {len(preview.people)}")
        self.tabs.setTabText(1, f"问题 {len(preview.problems)}")
        self.tabs.setTabText(2, f"未导入的行 {len(self._fetch['skipped'].rows)}")
        if first:
            self.tabs.setCurrentIndex(1 if preview.errors else 0)
        self._show_counts()

    @Slot()
    def _show_counts(self) -> None:
        if self._review is None:
            return
        preview = self._review.preview
        bad = len(preview.people) - len(preview.good_people())
        changes = self._review.all_good if self.skip_bad.isChecked() else self._review.changes
        taken = len(preview.good_people()) if self.skip_bad.isChecked() else len(preview.people)
        parts = [f"{preview.file_name} → {self._school.name}：认出 {len(preview.people)} 人"]
        counts = (("新增", changes.added), ("更新", changes.changed), ("不变", changes.unchanged))
        parts.append("、".join(f"{word} {len(rows)} 人" for word, rows in counts if rows) or "没有变化")
        if preview.errors:
            parts.append(f"{len(preview.errors)} 处错误（{bad} 人）")
        if preview.warnings:
            parts.append(f"{len(preview.warnings)} 处提醒")
        many = len(preview.notes) > MOST_NOTES
        self._summary.setText("，".join(parts) + "。" + ("" if many else "".join(preview.notes)))
        self._notes.setText(f"查看 {len(preview.notes)} 条说明")
        self._notes.setVisible(many)
        self.skip_bad.setVisible(bool(preview.errors))
        self.write_back.setVisible(bool(preview.problems))
        missing = changes.withdrawn
        self.keep_missing.setVisible(bool(missing))
        self.keep_missing.setText(f"这是补充名单：保留不在文件里的 {len(missing)} 人")
        blocked = bool(preview.errors) and not self.skip_bad.isChecked()
        self.primary.setEnabled(taken > 0 and not blocked)
        self.primary.setText(f"导入 {taken} 人")
        self.primary.setToolTip("请先改正错误，或勾选“跳过有错误的行”" if blocked else "Enter")

    @Slot()
    def _show_notes(self) -> None:
        if self._review is not None:
            preview = self._review.preview
            TextDialog("名单里值得知道的", "\n".join(preview.notes), self, subtitle=preview.file_name).open()

    # ------------------------------------------------------------------ corrections
    @Slot(object)
    def _correct(self, problem: Problem) -> None:
        """Double click on a problem: type the right value for this cell."""
        if self._review is None:
            return
        if problem.field is None:
            messages.toast(self, "这一处不是某个格子的内容，请在名单文件里核对，或右键选“不导入这一行”", tone="warning")
            return
        person = next(
            (p for p in self._review.preview.people if (p.sheet, p.row) == (problem.sheet, problem.row)), None
        )
        text = person.texts.get(problem.field, "") if person else ""
        dialog = CellDialog(self, problem, text)
        dialog.corrected.connect(self._corrected)
        dialog.open()

    @Slot(object, str)
    def _corrected(self, problem: Problem, text: str) -> None:
        assert problem.field is not None
        corrections = dict(self._choices.corrections or {})
        corrections[(problem.sheet, problem.row, problem.field)] = text
        self._choose(corrections=corrections)

    def _choose(self, **changes: Any) -> None:
        self._choices = replace(self._choices, **changes)
        self._ask_review()

    @Slot(object)
    def _mapping_changed(self, fields: dict[str, dict[int, Field | None]]) -> None:
        self._choose(fields=fields)

    @Slot(list, QMenu)
    def _problem_menu(self, rows: list[Problem], menu: QMenu) -> None:
        if len(rows) == 1 and rows[0].field is not None:
            menu.addAction(icons.icon("pencil"), "改正这一格", self._correct_selected)
        if rows:
            menu.addAction(icons.icon("user-x"), "不导入这一行", self._skip_problem_rows)

    @Slot()
    def _correct_selected(self) -> None:
        self._correct(self.problems.selected_rows()[0])

    @Slot()
    def _skip_problem_rows(self) -> None:
        keys = {(p.sheet, p.row) for p in self.problems.selected_rows()}
        self._choose(skip=tuple({*self._choices.skip, *keys}), keep=tuple(set(self._choices.keep) - keys))

    @Slot(list, QMenu)
    def _people_menu(self, rows: list[PersonLine], menu: QMenu) -> None:
        if rows:
            menu.addAction(icons.icon("user-x"), f"不导入这 {len(rows)} 人", self._skip_people)

    @Slot()
    def _skip_people(self) -> None:
        keys = {line.person.key for line in self.people.selected_rows()}
        self._choose(skip=tuple({*self._choices.skip, *keys}), keep=tuple(set(self._choices.keep) - keys))

    @Slot(list, QMenu)
    def _skipped_menu(self, rows: list[SkippedRow], menu: QMenu) -> None:
        if rows and all(r.kind in {"repeat", "chosen"} for r in rows):
            menu.addAction(icons.icon("user-plus"), "还是要导入", self._keep_rows)

    @Slot()
    def _keep_rows(self) -> None:
        keys = {(s.sheet, s.row) for s in self.skipped.selected_rows()}
        self._choose(skip=tuple(set(self._choices.skip) - keys), keep=tuple({*self._choices.keep, *keys}))

    # ------------------------------------------------------------------ back to the sender
    @Slot()
    def ask_where(self) -> None:
        assert self._review is not None
        name = Path(self._review.preview.file_name).stem
        folder = settings.read("folders/rosters") or str(Path.home())
        dialog = QFileDialog(
            self, "保存带问题标注的名单", str(Path(folder) / f"{name}（问题标注）.xlsx"), "Excel 工作簿 (*.xlsx)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_marked)
        dialog.open()

    @Slot(str)
    def save_marked(self, path: str) -> None:
        """Write the file with a column saying what is wrong in each row."""
        self.runner.work(
            _save_problems, Path(path), self._book, self._review, ok=self._marked, fail=self._failed, title="保存标注"
        )

    @Slot(object)
    def _marked(self, path: Path) -> None:
        messages.toast(self, f"已保存 {path.name}，可以发回给报送单位")

    # ------------------------------------------------------------------ take it
    @Slot()
    def import_now(self) -> None:
        assert self._review is not None
        self.primary.setEnabled(False)
        command = ApplyRoster(
            self._school.id,
            self._review.preview,
            skip_bad_rows=self.skip_bad.isChecked(),
            withdraw_missing=False if self.keep_missing.isVisible() and self.keep_missing.isChecked() else None,
        )
        self.runner.command(apply_roster, command, ok=self._applied, fail=self._refused, title="写入名单")

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._show_counts()
        if not isinstance(error, Cancelled):
            messages.show_in_bar(self.bar, error)

    @Slot(object)
    def _applied(self, result: ImportResult) -> None:
        words = (("新增", result.added), ("更新", result.changed), ("移出", result.withdrawn), ("跳过", result.skipped))
        text = "、".join(f"{word} {count} 人" for word, count in words if count) or "名单没有变化"
        messages.toast(self.parentWidget() or self, f"导入完成：{text}")
        self.accept()

    def reject(self) -> None:
        """Esc, 取消, the window's cross: corrections made by hand are not lost without asking."""
        chosen = self._choices
        by_hand = len(chosen.corrections or ()) + len(chosen.skip) + len(chosen.keep)
        if by_hand and not self._discarding:
            messages.ask(
                self,
                f"在预览里改过或选过的 {by_hand} 处还没有导入，关闭后要重新改。",
                done=self._discard_answered,
                title="放弃导入？",
                yes="放弃",
                no="继续导入",
                danger=True,
            )
            return
        super().reject()

    @Slot(bool)
    def _discard_answered(self, yes: bool) -> None:
        if yes:
            self._discarding = True
            self.reject()

    def done(self, result: int) -> None:
        self.runner.drop(self)
        super().done(result)
