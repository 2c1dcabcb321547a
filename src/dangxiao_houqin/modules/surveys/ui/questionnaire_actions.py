"""What can be done with a whole questionnaire: copied, taken out of use and into use again, deleted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.questionnaires import SavedVersion, VersionRow
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.page import Page

from .questionnaire_dialogs import CopyQuestionnaireDialog


class QuestionnaireActions(QObject):
    """Fills menus for one version and does what is chosen; ``made`` carries the id of a new version."""

    made = Signal(int)
    changed = Signal()
    deleted = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._row: VersionRow | None = None

    def fill(self, menu: QMenu, row: VersionRow) -> None:
        """Entries for ``row``, the newest version of its questionnaire."""
        self._row = row
        menu.addAction(icons.icon("copy"), "复制为新问卷", self._copy)
        if row.retired:
            menu.addAction(icons.icon("play"), "重新启用", self._use_again)
        else:
            menu.addAction(icons.icon("ban"), "停用", self._retire)
        if not row.frozen:
            menu.addAction(icons.icon("trash-2"), "删除这一版", self._delete)

    @Slot()
    def make_standard(self) -> None:
        """The school's standard questionnaire."""
        self._page.command(services.ensure_questionnaire, ok=self._made)

    @Slot()
    def _copy(self) -> None:
        if self._row is not None:
            dialog = CopyQuestionnaireDialog(self._page.runner, self._page, self._row)
            dialog.saved.connect(self._made)
            dialog.open()

    @Slot(object)
    def _made(self, saved: SavedVersion) -> None:
        self.made.emit(saved.version_id)

    @Slot()
    def _retire(self) -> None:
        if self._row is not None:
            self._page.command(services.set_retired, self._row.questionnaire_id, True, ok=self._retired)

    @Slot(object)
    def _retired(self, _result: object) -> None:
        self._page.toast("已停用；在列表的“已停用”里可以找到，随时可以重新启用")
        self.changed.emit()

    @Slot()
    def _use_again(self) -> None:
        if self._row is not None:
            self._page.command(services.set_retired, self._row.questionnaire_id, False, ok=self._used_again)

    @Slot(object)
    def _used_again(self, _result: object) -> None:
        self._page.toast("已重新启用")
        self.changed.emit()

    @Slot()
    def _delete(self) -> None:
        if (row := self._row) is None:
            return
        messages.ask(
            self._page,
            f"将删除“{row.name}”第 {row.number} 版（{row.questions} 道题），删除后不能恢复。",
            done=self._delete_answered,
            title="删除问卷？",
            detail="" if row.number > 1 else "这份问卷只有这一版，会整份删除。",
            yes="删除",
            danger=True,
        )

    @Slot(bool)
    def _delete_answered(self, yes: bool) -> None:
        if yes and self._row is not None:
            self._page.command(services.delete_draft, self._row.id, self._row.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _result: object) -> None:
        self._page.toast("已删除")
        self.deleted.emit()
