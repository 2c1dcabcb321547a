"""What a room workbook would change, before it does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.modules.places.transfer import ImportPreview, ImportResult, RoomBook, import_rooms
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.table import Empty, ListTable

_KINDS = {"new": Pill("新增", "success"), "changed": Pill("修改", "primary"), "unchanged": Pill("不变")}


@dataclass(frozen=True, slots=True)
class _Line:
    key: int
    row: int
    place: str
    pill: Pill
    words: str


_COLUMNS: tuple[Column[_Line], ...] = (
    Column("row", "行", lambda r: r.row, kind="int", width=56, sortable=False),
    Column("place", "房间", lambda r: r.place, width=170, sortable=False),
    Column("pill", "结果", lambda r: r.pill, kind="pill", width=84, sortable=False),
    Column("words", "说明", lambda r: r.words, width=420, sortable=False),
)


class _Lines:
    """The preview's lines as a list: what is wrong first, then what changes."""

    def __init__(self, preview: ImportPreview) -> None:
        places = {change.line.row: f"{change.line.building} {change.line.number}" for change in preview.changes}
        found = [
            _Line(
                0,
                problem.row,
                places.get(problem.row, ""),
                Pill("错误", "error") if problem.severity == "error" else Pill("提醒", "warning"),
                f"{problem.cell} {problem.column}：{problem.message}".strip(),
            )
            for problem in preview.problems
        ]
        wrong = {problem.row for problem in preview.problems if problem.severity == "error"}
        order = ("changed", "new", "unchanged")
        for kind in order:
            found += [
                _Line(0, c.line.row, places[c.line.row], _KINDS[kind], _words(c.what))
                for c in preview.changes
                if c.kind == kind and c.line.row not in wrong
            ]
        self._rows = tuple(_Line(key, line.row, line.place, line.pill, line.words) for key, line in enumerate(found))

    def __call__(self, _ctx: object, query: ListQuery) -> Listing[_Line]:
        end = None if query.limit is None else query.offset + query.limit
        return Listing(self._rows[query.offset : end], len(self._rows))


def _words(what: str) -> str:
    return f"修改{what}" if what else ""


def _key(line: _Line) -> int:
    return line.key


class RoomImportDialog(FormDialog):
    """Shows the preview of ``book``; writes it when asked."""

    def __init__(self, runner: Runner, parent: QWidget | None, book: RoomBook, preview: ImportPreview) -> None:
        added, changed = preview.count("new"), preview.count("changed")
        super().__init__(
            runner,
            "导入房间",
            parent,
            subtitle=_summary(preview),
            primary=f"导入 {added + changed} 间",
            width=860,
        )
        self._book = book
        self.table = ListTable(
            runner,
            "places.import",
            _COLUMNS,
            _Lines(preview),
            _key,
            title="导入预览",
            search=None,
            unit="行",
            export=False,
            compact=True,
            empty=Empty("文件里没有房间", "请检查是否选错了文件。"),
        )
        self.table.setMinimumHeight(380)
        self.body.addWidget(self.table, 1)
        self.primary.setEnabled(not preview.has_errors and added + changed > 0)
        if preview.has_errors:
            count = sum(problem.severity == "error" for problem in preview.problems)
            self.bar.say(f"有 {count} 处错误，改正文件后重新导入；现在什么都没有写入。", "error", closable=False)
        elif not added + changed:
            self.bar.say("文件和现有房间完全一致，没有要导入的内容。", "primary", closable=False)
        elif preview.beds_removed:
            self.bar.say(f"导入后将删除 {preview.beds_removed} 张床位；已安排过住宿的床位不能删除。", closable=False)
        self.table.refresh()

    def submit(self) -> None:
        self.run(import_rooms, self._book, action="places.import_rooms")

    @Slot(object)
    def take_result(self, result: object) -> None:
        assert isinstance(result, ImportResult)
        messages.toast(self, f"已导入：新增 {result.added} 间，修改 {result.changed} 间")
        super().take_result(result)


def _summary(preview: ImportPreview) -> str:
    parts = [
        (
            f"{preview.name}：新增 {preview.count('new')} 间，修改 {preview.count('changed')} 间，"
            f"不变 {preview.count('unchanged')} 间"
        )
    ]
    if preview.new_buildings:
        parts.append(f"新楼栋 {'、'.join(preview.new_buildings)}")
    if preview.untouched:
        parts.append(f"另有 {preview.untouched} 间不在文件里，保持原样")
    return "；".join(parts) + "。"
