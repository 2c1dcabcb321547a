"""登记已签: who signed the printed claim on which day, and the scan of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentRef,
    PaperSignature,
    RegisterPaper,
    SignatureMark,
    Signed,
    SignRefused,
    StepState,
)
from dangxiao_houqin.modules.expenses.domain.signing_desk import AGREE, PersonChoice
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.field import Field
from dangxiao_houqin.ui.fields import PasswordField, TextField
from dangxiao_houqin.ui.widgets import button, label, row

from .evidence_panel import PATTERN, File, read_files
from .evidence_viewer import size_text


class ScanField(Field[File | None]):
    """A file of this machine, chosen or dropped; ``value()`` is its name and bytes."""

    def __init__(self, key: str, title: str, runner: Runner, *, required: bool = False, help: str = "") -> None:  # noqa: A002
        self._runner = runner
        self._file: File | None = None
        super().__init__(key, title, required=required, help=help)
        self.setAcceptDrops(True)

    def make_input(self) -> QWidget:
        box = QWidget()
        self.choose = button("选择文件…", self.ask, icon="upload")
        self.name = label("把扫描件拖到这里也可以", "second")
        box.setLayout(row(self.choose, self.name, None, spacing=10))
        box.setFocusProxy(self.choose)
        return box

    def value(self) -> File | None:
        return self._file

    def set_value(self, value: File | None) -> None:
        self._file = value
        self.error = ""
        self.name.setText(f"{value[0]}　{size_text(len(value[1]))}" if value else "把扫描件拖到这里也可以")
        self._edited()

    def draft(self) -> str:
        return self._file[0] if self._file else ""

    def empty_sentence(self) -> str:
        return "请选择已签字的纸质单的扫描件或照片"

    @Slot()
    def ask(self) -> None:
        dialog = QFileDialog(self, "选择扫描件", str(settings.read("folders/evidence") or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"扫描件 ({PATTERN})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_path)
        dialog.open()

    @Slot(str)
    def take_path(self, path: str) -> None:
        """Read the file in the background."""
        settings.write("folders/evidence", str(Path(path).parent))
        self._runner.work(read_files, (path,), ok=self._read, fail=self._not_read)

    @Slot(object)
    def _read(self, files: tuple[File, ...]) -> None:
        self.set_value(files[0])

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        messages.show(self, error)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.take_path(paths[0])
            event.acceptProposedAction()


class RegisterPaperDialog(FormDialog):
    """A tick for each step that still waits, in order; who signed and when is asked only of what is ticked.

    Nothing is ticked and no day is filled in beforehand: both are read off the paper.
    """

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        document: DocumentRef,
        subtitle: str,
        marks: tuple[SignatureMark, ...],
        people: tuple[PersonChoice, ...],
        today: date,
    ) -> None:
        super().__init__(runner, "登记已签", parent, subtitle=subtitle, primary="登记", width=760, label_width=84)
        self._document, self._people = document, people
        current = max((mark.round for mark in marks), default=0)
        self._steps = [
            mark for mark in marks if mark.round == current and mark.state is StepState.WAITING and not mark.void
        ]
        if self._steps:
            self.form.add_widget(label("对照纸质单，签了哪一步就勾哪一步，再填签字人和签字日期。", "second", wrap=True))
        else:
            self.form.add_widget(label("各步都已签字，这里只登记已签字的纸质单的扫描件。", "second", wrap=True))
        for place, step in enumerate(self._steps):
            self._add_step(step, today, first=place == 0)
        self.scan = ScanField("scan", "扫描件", runner, required=True, help="已签字的纸质单，PDF 或图片")
        self.form.add(self.scan)
        self.password = PasswordField("password", "登录密码", required=True, help="您以自己的密码证明登记属实")
        self.form.add(self.password)
        self._show_ticked()
        self.form.mark_clean()

    def _add_step(self, step: SignatureMark, today: date, *, first: bool) -> None:
        choices = [(each.id, each.name) for each in self._fitting(step)]
        choices += [(each.id, f"{each.name}（代签）") for each in self._people if not _fits(step, each)]
        # Without the first open step nothing on the paper can be registered.
        tick = CheckField(f"signed{step.position}", step.title, "纸上已签", required=first, help=_asked(step))
        who = ChoiceField(f"who{step.position}", "签字人", choices, required=True, empty_text="请选择")
        day = DateField(f"day{step.position}", "签字日期", required=True, maximum=today)
        opinion = TextField(f"opinion{step.position}", "意见", max_length=200)
        self.form.add(tick)
        self.form.add(who, day, opinion)
        tick.changed.connect(self._show_ticked)
        for part in (who, day, opinion):
            part.input.setAccessibleName(f"{step.title}：{part.title}")
        tick.box.setAccessibleName(f"{step.title}：纸上已签")

    def _fitting(self, step: SignatureMark) -> list[PersonChoice]:
        return [each for each in self._people if _fits(step, each)]

    @Slot()
    def _show_ticked(self) -> None:
        """Steps are signed in order: a step can be ticked once the one before it is."""
        may = True
        for step in self._steps:
            tick = self.form[f"signed{step.position}"]
            tick.set_read_only(not may)
            if not may and tick.value():
                tick.set_value(False)
            self._ask_details(step, asked=may and tick.value())
            may = may and tick.value()
        if self.isVisible():
            self._grow()

    def _ask_details(self, step: SignatureMark, *, asked: bool) -> None:
        who, day, opinion = (self.form[f"{key}{step.position}"] for key in ("who", "day", "opinion"))
        if who.isHidden() != asked:
            return
        fitting = self._fitting(step)
        who.set_value(fitting[0].id if asked and len(fitting) == 1 else None)
        day.set_value(None)
        opinion.set_value(AGREE if asked else "")
        for part in (who, day, opinion):
            self.form.set_row_visible(part.key, asked)

    def submit(self) -> None:
        values = self.form.values()
        signed = [
            PaperSignature(
                step.position,
                values[f"who{step.position}"],
                values[f"day{step.position}"],
                values[f"opinion{step.position}"] or AGREE,
            )
            for step in self._steps
            if values[f"signed{step.position}"]
        ]
        name, data = values["scan"]
        command = RegisterPaper(self._document, tuple(signed), name, data, "")
        self.run(services.register_paper, replace(command, password=values["password"]))

    @Slot(object)
    def take_result(self, result: object) -> None:
        if isinstance(result, SignRefused):
            self.set_busy(False)
            self.password.set_value("")
            self.password.set_error(result.reason)
            self.password.setFocus()
            return
        assert isinstance(result, Signed)
        super().take_result(result)


def _asked(step: SignatureMark) -> str:
    """Whom the step asks for, unless its title says that already."""
    return "" if step.who_text == step.title else step.who_text


def _fits(step: SignatureMark, person: PersonChoice) -> bool:
    """Whether the step asks for this person by name, role or post."""
    asked = step.who_text
    return asked == person.name or asked in person.roles or (bool(person.post) and asked == person.post)
