"""系统设置: one form per settings section of every module, built from its fields; and where the data lives."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QListWidget, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.module_spec import ModuleSpec
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.form import Form
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.widgets import Card, column, label, row

from .data_panel import DataPanel
from .setting_fields import collected, field_for, shown

DATA_TITLE = "数据与备份"


def read_sections(ctx: Any, sections: Sequence[type[Any]]) -> tuple[Any, ...]:
    """All sections as stored."""
    return tuple(ctx.settings(section) for section in sections)


class SectionForm(QWidget):
    """The form of one section; remembers what it was filled with, so that an overtaken save is noticed."""

    changed = Signal()

    def __init__(self, section: type[Any], *, editable: bool) -> None:
        super().__init__()
        self.section = section
        self.editable = editable
        self.stored: Any = section()
        self.form = Form(label_width=236)
        for entry in dataclasses.fields(section):
            field = field_for(section, entry)
            field.set_read_only(not editable)
            self.form.add(field)
        self.form.changed.connect(self.changed)
        hint = label("您没有修改这一类设置的权限，只能查看。", "second")
        if editable:
            hint.hide()
        self.below = QVBoxLayout()
        layout = column(hint, self.form, spacing=8)
        layout.addLayout(self.below)
        layout.addStretch(1)
        layout.setContentsMargins(0, 0, 12, 0)
        self.setLayout(layout)
        self.setObjectName("dialogCard")
        self.fill(self.stored)

    def fill(self, value: Any) -> None:
        """Show a stored section."""
        self.stored = value
        self.form.set_values({f.name: shown(getattr(value, f.name)) for f in dataclasses.fields(value)})

    def collect(self) -> Any:
        """The section as entered; raises :class:`InvalidInput` naming its field."""
        return collected(self.section, self.form.values())

    @property
    def is_dirty(self) -> bool:
        return self.form.is_dirty


class SettingsPage(Page):
    """Sections at the left, the form of the chosen one at the right."""

    title = "系统设置"
    context = "单位名称、规则和安全要求，改好后立即对所有人生效"
    watches = frozenset({"setting"})

    def __init__(
        self, desk: Desk, modules: Sequence[ModuleSpec], permission_for: Any, data: DataPanel | None = None
    ) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.sections = tuple(section for module in modules for section in module.settings)
        self.list = QListWidget()
        self.list.setFixedWidth(190)
        self.list.setAccessibleName("设置类别")
        self.stack = QStackedWidget()
        self.forms: list[SectionForm] = []
        self._panels: list[Any] = []
        for section in self.sections:
            self.list.addItem(section.title)
            form = SectionForm(section, editable=desk.can(permission_for(section)))
            form.changed.connect(self._look)
            self.forms.append(form)
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setWidget(form)
            self.stack.addWidget(scroll)
        self.data = data
        if data is not None:
            self.list.addItem(DATA_TITLE)
            self.stack.addWidget(data)
        self.card = Card(" ")
        self.card.body.addWidget(self.stack, 1)
        inside = QVBoxLayout()
        inside.addWidget(self.list, 1)
        layout = row(spacing=16)
        layout.addLayout(inside)
        layout.addWidget(self.card, 1)
        self.body.addLayout(layout, 1)
        self.undo = self.add_action("撤销修改", self._undo, enabled=False)
        self.save = self.add_action("保存", self._save, primary=True, shortcut="Ctrl+S", enabled=False)
        self.list.currentRowChanged.connect(self._choose)
        self.list.setCurrentRow(0)

    def add_below(self, section: str, panel: Any) -> None:
        """Put ``panel`` under the form of a section; its ``reload`` is called with the page's."""
        form = next(form for form in self.forms if form.section.section == section)
        form.below.addWidget(panel)
        self._panels.append(panel)

    # ------------------------------------------------------------------ reading
    def reload(self) -> None:
        self.query(read_sections, self.sections, ok=self._show)
        for panel in self._panels:
            panel.reload()
        if self.data is not None:
            self.data.reload()

    @Slot(object)
    def _show(self, values: Sequence[Any]) -> None:
        for form, value in zip(self.forms, values, strict=True):
            if not form.is_dirty:
                form.fill(value)
        self._look()

    @Slot(int)
    def _choose(self, place: int) -> None:
        if place >= 0:
            self.stack.setCurrentIndex(place)
            self.card.title.setText(self.sections[place].title if place < len(self.sections) else DATA_TITLE)
            self._look()

    @property
    def current(self) -> SectionForm | None:
        """The form that is shown; ``None`` at 数据与备份."""
        place = max(self.stack.currentIndex(), 0)
        return self.forms[place] if place < len(self.forms) else None

    def open_target(self, target: Any) -> None:
        """``desk.go("app.settings", section="training.classes")`` shows that section."""
        keys = [section.section for section in self.sections]
        if isinstance(target, dict) and target.get("section") in keys:
            self.list.setCurrentRow(keys.index(target["section"]))

    @Slot()
    def _look(self) -> None:
        form = self.current
        dirty = form is not None and form.is_dirty
        self.save.setEnabled(form is not None and dirty and form.editable)
        self.undo.setEnabled(dirty)
        for place, form in enumerate(self.forms):
            mark = " ●" if form.is_dirty else ""
            self.list.item(place).setText(f"{form.section.title}{mark}")

    # ------------------------------------------------------------------ saving
    @Slot()
    def _save(self) -> None:
        from dangxiao_houqin.modules.organization.api import save_section

        form = self.current
        if form is None or not form.form.check():
            return
        try:
            value = form.collect()
        except AppError as error:
            self._refused(error)
            return
        self.save.setEnabled(False)
        self._saving = form
        self.runner.command(
            save_section, value, form.stored, ok=self._saved, fail=self._refused, action="organization.save_section"
        )

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        self._saving.form.mark_clean()
        self.toast(f"“{self._saving.section.title}”已保存")
        self.bar.clear()
        self.reload()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._look()
        if self.current is None or not self.current.form.show_error(error):
            messages.show(self, error, reload=self._undo)

    @Slot()
    def _undo(self) -> None:
        if self.current is not None:
            self.current.fill(self.current.stored)
        self.bar.clear()
        self.reload()

    def leave(self) -> bool:
        """Unsaved changes keep the page; the bar says what to do."""
        dirty = [form for form in self.forms if form.is_dirty]
        if not dirty:
            return True
        names = "、".join(f"“{form.section.title}”" for form in dirty)
        self.bar.say(f"{names}有修改还没有保存，请先点“保存”或“撤销修改”。")
        self.list.setCurrentRow(self.forms.index(dirty[0]))
        return False
