"""A role: its name and what it may do, by module."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.modules.organization import services
from dangxiao_houqin.modules.organization.domain import RoleRow, SaveRole
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import MultiChoiceField, TextField


class RoleDialog(FormDialog):
    """Create or change a role; the administrators' role is only shown."""

    def __init__(
        self,
        runner: Runner,
        row: RoleRow | None,
        groups: tuple[tuple[str, tuple[Permission, ...]], ...],
        parent: QWidget | None = None,
    ) -> None:
        unlimited = row is not None and row.unlimited
        super().__init__(
            runner,
            "新建角色" if row is None else row.name,
            parent,
            subtitle="拥有全部权限，包括以后新增的功能，不能修改" if unlimited else "勾选这个角色可以做的事",
            width=640,
            done_text="角色已保存，权限立即生效",
        )
        self._row = row
        self._groups = [f"group{number}" for number, _ in enumerate(groups)]
        self._known = frozenset(permission.key for _, permissions in groups for permission in permissions)
        name = TextField("name", "角色名称", required=True, max_length=40)
        self.form.add(name)
        held = row.permissions if row is not None else frozenset()
        for key, (title, permissions) in zip(self._groups, groups, strict=True):
            if not permissions:
                continue
            choices = [(permission.key, permission.title) for permission in permissions]
            field = MultiChoiceField(key, title, choices, per_row=1)
            self.form.add(field)
            field.set_value([p.key for p in permissions] if unlimited else [k for k, _ in choices if k in held])
            field.set_read_only(unlimited)
        name.set_value(row.name if row is not None else "")
        name.set_read_only(row is not None and row.builtin)
        self.form.mark_clean()
        self.primary.setVisible(not unlimited)
        if unlimited:
            self.cancel.setText("关闭")

    def submit(self) -> None:
        values = self.form.values()
        keys = frozenset(key for group in self._groups for key in values.get(group, ()))
        row = self._row
        # Keys of modules this version does not know stay: an older program must not take rights away.
        keys |= row.permissions - self._known if row is not None else frozenset()
        cmd = SaveRole(values["name"], keys, row.id if row else None, row.version if row else None)
        self.run(services.save_role, cmd)
