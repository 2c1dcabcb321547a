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
from dangxiao_houqin.ui.choice_fields import ChoiceField
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
    """One line for each step that still waits, in order; a step without a name was not signed on paper."""

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
        self._document = document
        current = max((mark.round for mark in marks), default=0)
        self._steps = [
            mark for mark in marks if mark.round == current and mark.state is StepState.WAITING and not mark.void
        ]
        for step in self._steps:
            self._add_step(step, people, today)
        if not self._steps:
            self.form.add_widget(label("各步都已签字，这里只登记已签字的纸质单的扫描件。", "second", wrap=True))
        self.scan = ScanField("scan", "扫描件", runner, required=True, help="已签字的纸质单，PDF 或图片")
        self.form.add(self.scan)
        self.password = PasswordField("password", "登录密码", required=True, help="您以自己的密码证明登记属实")
        self.form.add(self.password)
        self.form.mark_clean()

    def _add_step(self, step: SignatureMark, people: tuple[PersonChoice, ...], today: date) -> None:
        fitting = [each for each in people if _fits(step, each)]
        others = [each for each in people if each not in fitting]
        choices = [(each.id, each.name) for each in fitting]
        choices += [(each.id, f"{each.name}（代签）") for each in others]
        who = ChoiceField(f"who{step.position}", step.title, choices, empty_text="还没有签", help=_asked(step))
        self.form.add(
            who,
            DateField(f"day{step.position}", "签字日期", maximum=today),
            TextField(f"opinion{step.position}", "意见", max_length=200),
        )
        self.form.set_values(
            {
                f"who{step.position}": fitting[0].id if len(fitting) == 1 else None,
                f"day{step.position}": today,
                f"opinion{step.position}": AGREE,
            }
        )

    def submit(self) -> None:
        values = self.form.values()
        signed: list[PaperSignature] = []
        missing = ""
        for step in self._steps:
            user, day = values[f"who{step.position}"], values[f"day{step.position}"]
            if user is None:
                missing = missing or step.title
                continue
            if missing:
                self.form[f"who{step.position}"].set_error(f"“{missing}”还没有签，要按顺序登记")
                return
            if day is None:
                self.form[f"day{step.position}"].set_error("请填写签字日期")
                return
            signed.append(PaperSignature(step.position, user, day, values[f"opinion{step.position}"] or AGREE))
        if self._steps and not signed:
            self.form[f"who{self._steps[0].position}"].set_error("请选择谁签了字")
            return
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
