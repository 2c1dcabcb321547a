"""审计日志: who changed what, when, from what to what."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.organization import queries
from dangxiao_houqin.modules.organization.columns import AUDIT_COLUMNS
from dangxiao_houqin.modules.organization.domain import KIND_PILLS, AuditRow, AuditWords
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage
from dangxiao_houqin.ui.widgets import PillLabel, button, column, label, line, row


class AuditPage(TablePage):
    """The append-only log; nothing here can be changed, the database refuses it."""

    title = "审计日志"
    context = "所有修改、登录、查看个人信息和导出都有记录，只能增加，不能修改或删除"
    watches = frozenset({"audit_entry"})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        assert desk.audit_words is not None
        self.words: AuditWords = desk.audit_words()
        super().__init__(
            desk.runner,
            "organization.audit",
            AUDIT_COLUMNS,
            functools.partial(_fetch, self.words, {}),
            _row_id,
            search="人、名称、内容",
            filters=(
                Filter("who", "谁"),
                Filter("entity", "对象", tuple((key, table.title) for key, table in self.words.tables.items())),
                Filter("kind", "种类", tuple((key, pill.text) for key, pill in KIND_PILLS.items())),
            ),
            empty=Empty("还没有记录", "有人登录或修改数据后，会列在这里。", icon="history"),
        )
        self.first = DateField("first", "从", placeholder="从哪天")
        self.last = DateField("last", "到", placeholder="到哪天")
        for field in (self.first, self.last):
            field.setFixedWidth(136)
            field.message.hide()
            field.changed.connect(self._days_changed)
            self.action_row.addWidget(field)

    def reload(self) -> None:
        super().reload()
        self.query(queries.list_audit_people, ok=self._people_read)

    @Slot(object)
    def _people_read(self, names: tuple[str, ...]) -> None:
        self.table.set_filter_choices("who", [(name, name) for name in names])

    @Slot()
    def _days_changed(self) -> None:
        days = {"first": self.first.value(), "last": self.last.value()}
        self._narrow({key: day for key, day in days.items() if day is not None})

    def _narrow(self, more: dict[str, Any]) -> None:
        """Filters beside those of the list: days, one thing's history."""
        self.table.model.set_fetch(functools.partial(_fetch, self.words, more))

    def open_row(self, row: AuditRow) -> None:
        AuditDialog(row, self).open()

    def open_target(self, target: Any) -> None:
        """The history of one thing: ``desk.go("organization.audit", of=Ref("room", 12))``."""
        of = target.get("of") if isinstance(target, dict) else None
        if isinstance(of, Ref):
            self.table.set_filter("entity", of.kind)
            self._narrow({"entity_id": of.id})


class AuditDialog(QDialog):
    """One entry in full: every changed value, old and new side by side."""

    def __init__(self, entry: AuditRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("日志内容")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(620)
        pill = PillLabel(entry.pill)
        title = label(f"{entry.action}　{entry.label}", "cardTitle", wrap=True)
        when = label(f"{show(entry.at)} · {entry.who} · {entry.entity}", "second")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, text in enumerate(("项目", "原来", "改为")):
            grid.addWidget(label(text, "second"), 0, place)
        grid.addWidget(line(), 1, 0, 1, 3)
        for number, (what, old, new) in enumerate(entry.details, start=2):
            for place, text in enumerate((what, old or "（空）", new or "（空）")):
                words = label(text, "second" if place == 0 else "", wrap=place > 0)
                words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(words, number, place, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        close = button("关闭", self.accept, kind="primary")
        close.setDefault(True)
        head = row(pill, title, spacing=10)
        head.setStretch(1, 1)
        layout = column(head, when, 4, spacing=6)
        if entry.details:
            layout.addLayout(grid)
        layout.addSpacing(8)
        layout.addLayout(row(None, close))
        layout.setContentsMargins(28, 24, 28, 20)
        self.setLayout(layout)


def _fetch(words: AuditWords, more: dict[str, Any], ctx: Any, query: ListQuery) -> Listing[AuditRow]:
    """The log narrowed by ``more``; a plain function, because a worker must not hold the page."""
    return queries.list_audit(ctx, dataclasses.replace(query, filters={**query.filters, **more}), words)


def _row_id(row: AuditRow) -> int:
    return row.id
