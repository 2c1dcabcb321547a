"""Writing a questionnaire: its outline on the left, what is chosen there on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, SaveVersion, VersionRow, VersionView
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.widgets import Card, PillLabel, button, label, row, tool_button

from .question_forms import DraftForm, GroupForm, HeadForm, QuestionForm
from .question_tree import QuestionTree
from .questionnaire_draft import HEAD, Draft, Flaw, Place


class QuestionnaireEditor(QWidget):
    """Edits one draft; nothing is stored until the page saves :meth:`command`.

    ``changed`` follows every edit.  Opened read-only for older versions and for who may not edit.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = Draft(Content("", ()))
        self.row: VersionRow | None = None
        self.read_only = True
        self._checked = False
        self.tree = QuestionTree()
        self.tree.chosen.connect(self._show_place)
        self.tree.move_asked.connect(self.move)
        self.tree.step_asked.connect(self.step)
        self.tree.remove_asked.connect(self.remove)
        self.tree.undo_asked.connect(self.undo)
        self.add_question_button = button("加题目", self.add_question, icon="plus", tooltip="在光标所在的题目后面")
        self.add_group_button = button("加分组", self.add_group, icon="folder")
        self.copy_button = tool_button("copy", "复制这道题", self.copy_question)
        self.up = tool_button("arrow-up", "上移（Alt+↑）", self.move_up)
        self.down = tool_button("arrow-down", "下移（Alt+↓）", self.move_down)
        self.remove_button = tool_button("trash-2", "删去（Delete）", self.remove)
        self.undo_button = tool_button("undo-2", "放回刚删去的（Ctrl+Z）", self.undo)
        self.tools = (
            self.add_question_button,
            self.add_group_button,
            self.copy_button,
            self.up,
            self.down,
            self.remove_button,
            self.undo_button,
        )
        self.state = PillLabel()
        self.count = label("", "second")
        left = Card(padding=12)
        left.body.addLayout(row(*self.tools[:2], None, *self.tools[2:], spacing=4))
        left.body.addWidget(self.tree, 1)
        left.body.addLayout(row(self.state, self.count, None, spacing=8))
        self.head_form, self.group_form, self.question_form = HeadForm(), GroupForm(), QuestionForm()
        self.forms = QStackedWidget()
        for form in (self.head_form, self.group_form, self.question_form):
            self.forms.addWidget(form)
            form.edited.connect(self._edited)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.forms.setObjectName("plain")
        scroll.setWidget(self.forms)
        right = Card()
        right.body.addWidget(scroll, 1)
        layout = row(spacing=16)
        layout.addWidget(left, 5)
        layout.addWidget(right, 6)
        self.setLayout(layout)

    # ------------------------------------------------------------------ opening and saving
    def open_version(self, view: VersionView, *, read_only: bool) -> None:
        """Show a stored version; the cursor stays where it was in the same questionnaire."""
        same = self.row is not None and self.row.questionnaire_id == view.row.questionnaire_id
        place = self.tree.place if same else HEAD
        self._open(Draft(view.content, view.row.name, view.row.note, view.compared), view.row, read_only, place)

    def open_new(self, content: Content, name: str = "") -> None:
        """Show a questionnaire that is not stored yet."""
        draft = Draft(content, name)
        draft.never_saved()
        self._open(draft, None, False)

    def _open(self, draft: Draft, row: VersionRow | None, read_only: bool, place: Place = HEAD) -> None:
        self.draft, self.row, self.read_only, self._checked = draft, row, read_only, False
        for tool in self.tools:
            tool.setVisible(not read_only)
        self._refresh(place)

    def replace_content(self, content: Content) -> None:
        """Take over other content for the questionnaire that is open; questions that it asked already keep codes."""
        draft = Draft(content, self.draft.name, self.draft.note)
        draft.never_saved()
        self.take_draft(draft)

    def take_draft(self, draft: Draft) -> None:
        """Go on with a draft of what is open."""
        self._open(draft, self.row, False)
        self.changed.emit()

    @property
    def is_dirty(self) -> bool:
        return not self.read_only and self.draft.is_dirty

    def check(self) -> bool:
        """Whether it can be saved; if not, the first wrong field is shown with its sentence."""
        self._checked = True
        flaws = self.draft.flaws()
        if not flaws:
            return True
        self._refresh(flaws[0].place)
        form = self.forms.currentWidget()
        assert isinstance(form, DraftForm)
        form.focus_field(flaws[0].field)
        return False

    def flaw_words(self) -> str:
        """What is wrong in one sentence for the page's bar."""
        flaws = self.draft.flaws()
        if not flaws:
            return ""
        first = flaws[0]
        where = ""
        if first.place.is_question:
            where = f"第 {self.draft.number_of(first.place)} 题："
        elif first.place.is_group:
            where = f"第 {first.place.group + 1} 个分组："
        more = f"（共 {len(flaws)} 处）" if len(flaws) > 1 else ""
        return f"{where}{first.sentence}{more}。"

    def command(self) -> SaveVersion:
        """What saving sends."""
        draft, row = self.draft, self.row
        return SaveVersion(
            draft.name,
            draft.content(),
            row.questionnaire_id if row is not None else None,
            row.version if row is not None else None,
            draft.note,
            based_on=row.id if row is not None else None,
            reworded=frozenset(draft.reworded),
        )

    def show_error(self, error: Exception) -> bool:
        """Mark the field of the head that a refused saving names."""
        if isinstance(error, AppError) and error.field in self.head_form.form.fields:
            self._refresh(HEAD)
            return self.head_form.form.show_error(error)
        return False

    # ------------------------------------------------------------------ showing
    def _flaws(self) -> list[Flaw]:
        return self.draft.flaws() if self._checked else []

    def _refresh(self, place: Place) -> None:
        """Show the outline anew with the cursor at ``place`` and its form."""
        flaws = self._flaws()
        marks = {flaw.place: flaw.sentence for flaw in reversed(flaws)}
        self.tree.show_draft(self.draft, marks, place, movable=not self.read_only)
        self._show_place(self.tree.place)

    @Slot(object)
    def _show_place(self, place: Place) -> None:
        form: DraftForm = self.head_form
        if place.is_question:
            form = self.question_form
        elif place.is_group:
            form = self.group_form
        form.show_place(self.draft, place, read_only=self.read_only)
        form.show_flaws(self._flaws())
        for each in (self.head_form, self.group_form, self.question_form):  # as high as what is shown, not the highest
            shown = QSizePolicy.Policy.Preferred if each is form else QSizePolicy.Policy.Ignored
            each.setSizePolicy(QSizePolicy.Policy.Preferred, shown)
        self.forms.setCurrentWidget(form)
        self._show_state()

    def _show_state(self) -> None:
        place, draft = self.tree.place, self.draft
        self.copy_button.setEnabled(place.is_question)
        self.remove_button.setEnabled(place != HEAD)
        self.up.setEnabled(place != HEAD and place != Place(0) and place != Place(0, 0))
        last = len(draft.groups) - 1
        at_end = place == Place(last) or (
            place.is_question and place == Place(last, len(draft.groups[last].questions) - 1)
        )
        self.down.setEnabled(place != HEAD and not at_end)
        self.undo_button.setEnabled(bool(draft.removed))
        self.count.setText(f"{len(draft.groups)} 个分组，{draft.count} 道题")
        if self.is_dirty:
            self.state.set_pill(Pill("有修改未保存", "warning"))
        elif self.row is not None:
            self.state.set_pill(self.row.pill)

    @Slot()
    def _edited(self) -> None:
        """Something was typed: the outline follows, the cursor stays in its field."""
        flaws = self._flaws()
        form = self.sender()
        marks = {flaw.place: flaw.sentence for flaw in reversed(flaws)}
        self.tree.show_texts(self.draft, marks)
        if isinstance(form, DraftForm) and self._checked:
            form.show_flaws(flaws)
        self._show_state()
        self.changed.emit()

    def _restructured(self, place: Place) -> None:
        self._refresh(place)
        self.changed.emit()

    # ------------------------------------------------------------------ changing the outline
    @Slot()
    def add_question(self) -> None:
        """Another question behind the cursor, ready to be typed."""
        self._restructured(self.draft.add_question(self.tree.place))
        self.question_form.focus_field("text")

    @Slot()
    def copy_question(self) -> None:
        place = self.tree.place
        if place.is_question:
            self._restructured(self.draft.add_question(place, self.draft.question(place)))
            self.question_form.focus_field("text")

    @Slot()
    def add_group(self) -> None:
        """Another group behind the cursor's, ready to be named."""
        self._restructured(self.draft.add_group(self.tree.place))
        self.group_form.focus_field("title")

    @Slot()
    def move_up(self) -> None:
        self.step(-1)

    @Slot()
    def move_down(self) -> None:
        self.step(1)

    @Slot(int)
    def step(self, by: int) -> None:
        """Move what the cursor is on one up or down."""
        if not self.read_only and (place := self.draft.step(self.tree.place, by)) is not None:
            self._restructured(place)

    @Slot(object, object)
    def move(self, place: Place, before: Place) -> None:
        """Put something before something else (dragged there)."""
        if not self.read_only:
            self._restructured(self.draft.move(place, before))

    @Slot()
    def remove(self) -> None:
        """Take out what the cursor is on; it can be put back."""
        place = self.tree.place
        if self.read_only or place == HEAD:
            return
        removed = self.draft.remove(place)
        self._restructured(self._near(place))
        messages.toast(self, f"已删去{removed.words}", undo=self.undo)

    def _near(self, place: Place) -> Place:
        """What stands where ``place`` was, or before it."""
        groups = self.draft.groups
        if place.is_question:
            size = len(groups[place.group].questions)
            return Place(place.group, min(place.question, size - 1)) if size else Place(place.group)
        return Place(min(place.group, len(groups) - 1)) if groups else HEAD

    @Slot()
    def undo(self) -> None:
        """Put back what was taken out last."""
        if not self.read_only and (place := self.draft.restore()) is not None:
            self._restructured(place)
