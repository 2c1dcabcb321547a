"""采购记录: registered with its papers, or shown and completed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, EvidenceKind, EvidenceRow
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.purchases import RequestView
from dangxiao_houqin.modules.expenses.domain.records import NewFile, RecordView, SaveRecord
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, Field, LongTextField, MoneyField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField
from dangxiao_houqin.ui.widgets import button, column, row

from .evidence_panel import PATTERN, File, read_files
from .evidence_viewer import size_text

_WORDS = (
    ("合同", EvidenceKind.CONTRACT),
    ("纪要", EvidenceKind.MINUTES),
    ("报价", EvidenceKind.QUOTE),
    ("验收", EvidenceKind.ACCEPTANCE),
    ("批复", EvidenceKind.APPROVAL),
    ("通知书", EvidenceKind.APPROVAL),
)


def find_requests(ctx: Ctx, text: str) -> tuple[Option, ...]:
    """Approved requests for the picker."""
    from dangxiao_houqin.modules.expenses.queries.purchases import list_request_choices

    return tuple(Option(*each) for each in list_request_choices(ctx, text))


def guess_kind(name: str) -> EvidenceKind:
    """What a file is by the words in its name."""
    return next((kind for word, kind in _WORDS if word in name), EvidenceKind.OTHER)


@dataclass(frozen=True)
class RecordStart:
    """What a new record begins with, from the request it belongs to."""

    values: dict[str, Any]
    request: Option


def record_of_request(request: RequestView, today: date) -> RecordStart:
    """Title, kind, route, lowest quote and minutes of a request."""
    lowest = next((quote for quote in request.quotes if quote.lowest), None)
    return RecordStart(
        {
            "title": request.title,
            "kind": request.kind,
            "route": request.route or request.suggested_route,
            "winner": lowest.supplier if lowest else "",
            "contract_fen": lowest.amount_fen if lowest else request.total_fen,
            "minutes_no": request.minutes_no,
            "decided_on": today,
        },
        Option(request.id, f"{request.code} {request.title}"),
    )


class FilesField(Field[tuple[Any, ...]]):
    """Files that are here and files to add; Delete takes one off the list."""

    def __init__(self, key: str, title: str, runner: Runner, **options: Any) -> None:
        self._runner = runner
        self.kept: tuple[EvidenceRow, ...] = ()
        self.added: tuple[File, ...] = ()
        self.dropped: tuple[int, ...] = ()
        super().__init__(key, title, **options)
        self.setAcceptDrops(True)

    def make_input(self) -> QWidget:
        self.list = QListWidget()
        self.list.setFixedHeight(96)
        self.list.setAccessibleName(f"{self.title}列表")
        self.list.itemSelectionChanged.connect(self._selected)
        self.choose = button("添加文件…", self.ask, icon="paperclip")
        self.take_off = button("移除", self.remove_selected, icon="trash-2")
        self.take_off.setEnabled(False)
        box = QWidget()
        box.setLayout(column(self.list, row(self.choose, self.take_off, None, spacing=8), spacing=6))
        box.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        box.setFocusProxy(self.choose)
        return box

    def value(self) -> tuple[Any, ...]:
        return (self.files, self.dropped)

    @property
    def files(self) -> tuple[NewFile, ...]:
        return tuple(NewFile(name, data, guess_kind(name)) for name, data in self.added)

    def set_value(self, value: tuple[EvidenceRow, ...] | None) -> None:
        """The papers that are stored."""
        self.kept, self.added, self.dropped = tuple(value or ()), (), ()
        self._fill()

    def is_empty(self) -> bool:
        return not self.kept and not self.added

    def draft(self) -> Any:
        return [list(self.dropped), [name for name, _ in self.added]]

    def _fill(self) -> None:
        self.list.clear()
        for paper in self.kept:
            if paper.id not in self.dropped:
                self._add(f"{paper.kind.label}　{paper.title}　{size_text(paper.size)}", paper.id)
        for name, data in self.added:
            self._add(f"{guess_kind(name).label}　{name}　{size_text(len(data))}　（保存后添加）", name)

    def _add(self, text: str, key: object) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, key)
        self.list.addItem(item)

    @Slot()
    def _selected(self) -> None:
        self.take_off.setEnabled(bool(self.list.selectedItems()))

    @Slot()
    def remove_selected(self) -> None:
        for item in self.list.selectedItems():
            key = item.data(Qt.ItemDataRole.UserRole)
            if isinstance(key, int):
                self.dropped += (key,)
            else:
                self.added = tuple(each for each in self.added if each[0] != key)
        self._fill()
        self._edited()

    @Slot()
    def ask(self) -> None:
        dialog = QFileDialog(self, "添加附件", str(settings.read("folders/evidence") or ""))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"合同、纪要和凭证 ({PATTERN})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.take_paths)
        dialog.open()

    @Slot(list)
    def take_paths(self, paths: list[str]) -> None:
        """Read files of this machine in the background."""
        self._runner.work(read_files, tuple(paths), ok=self._read, fail=self._not_read, title="读取附件")

    @Slot(object)
    def _read(self, files: tuple[File, ...]) -> None:
        names = {name for name, _ in files}
        self.added = (*(each for each in self.added if each[0] not in names), *files)
        self._fill()
        self._edited()

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        messages.show(self, error)

    def dragEnterEvent(self, event: Any) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.take_paths(paths)
            event.acceptProposedAction()


class RecordDialog(FormDialog):
    """Register how something was bought, or complete the entry."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        today: date,
        record: RecordView | None = None,
        start: RecordStart | None = None,
    ) -> None:
        super().__init__(
            runner,
            f"修改采购记录 {record.row.file_no}" if record else "登记采购记录",
            parent,
            subtitle="达到限额或在集中采购目录内的支出，凭采购记录支付。",
            primary="保存" if record else "登记",
            width=760,
            label_width=84,
            done_text="采购记录已保存" if record else "采购记录已登记",
        )
        self._record = record
        kinds = [(kind, kind.label) for kind in ProcurementKind]
        routes = [(route, route.label) for route in Route]
        self.request = PickerField(
            "request_id", "采购申请", runner, find_requests, placeholder="已批准的申请：编号、事项，可用拼音"
        )
        self.form.add(self.request)
        self.form.add(
            TextField("file_no", "文件编号", required=True, max_length=60, help="项目编号、订单号或合同备案号"),
            DateField("decided_on", "成交日期", required=True, maximum=today),
        )
        self.form.add(TextField("title", "采购项目", required=True, max_length=120))
        self.form.add(
            ChoiceField("kind", "类别", kinds, required=True), ChoiceField("route", "采购方式", routes, required=True)
        )
        self.form.add(
            TextField("winner", "成交供应商", required=True, max_length=100),
            MoneyField("contract_fen", "成交金额", required=True, maximum=MAX_FEN // 100),
        )
        self.form.add(
            TextField("contract_no", "合同号", max_length=60), TextField("minutes_no", "会议纪要", max_length=60)
        )
        self.files = FilesField("files", "附件", runner, help="中标通知书、合同、会议纪要、验收单")
        self.form.add(self.files)
        self.form.add(LongTextField("note", "备注", lines=2, max_length=500))
        if record is not None:
            self._show(record)
        else:
            self.form.set_values({"decided_on": today, **(start.values if start else {})})
            self.request.set_value(start.request if start else None)
        self.form.mark_clean()
        self.request.picked.connect(self._picked)

    def _show(self, record: RecordView) -> None:
        shown = record.row
        skipped = {"files", "request_id"}
        self.form.set_values({key: getattr(shown, key) for key in self.form.fields if key not in skipped})
        if shown.request_id is not None:
            self.request.set_value(Option(shown.request_id, shown.request))
        self.files.set_value(record.evidence)
        if record.claims:
            named = "；".join(f"{text}（{yuan(fen)}）" for _, text, fen in record.claims[:3])
            more = f"等 {len(record.claims)} 张" if len(record.claims) > 3 else ""
            over = " 报销合计已超过成交金额。" if shown.claimed_fen > shown.contract_fen else ""
            tone = "warning" if over else "primary"
            self.bar.say(f"凭这条记录报销的：{named}{more}。{over}", tone, closable=False)

    @Slot(object)
    def _picked(self, option: Option) -> None:
        """A request was picked: what it says fills what is still empty."""
        self.runner.query(_start_of, option.value, ok=self._have_start, fail=self.take_error)

    @Slot(object)
    def _have_start(self, start: RecordStart) -> None:
        for key, value in start.values.items():
            field = self.form[key]
            if field.is_empty() and value:
                field.set_value(value)

    def submit(self) -> None:
        values = self.form.values()
        files, dropped = values.pop("files")
        command = SaveRecord(**values, files=files, drop_files=dropped)
        if self._record is not None:
            command = replace(command, record_id=self._record.row.id, version=self._record.row.version)
        self.run(services.save_record, command)


def _start_of(ctx: Ctx, request_id: int) -> RecordStart:
    from dangxiao_houqin.modules.expenses.queries.purchases import get_request

    return record_of_request(get_request(ctx, request_id), ctx.today())
