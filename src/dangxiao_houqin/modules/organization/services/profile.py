"""Settings of the organisation."""

from __future__ import annotations

from typing import Any

from dangxiao_houqin.core.errors import Conflict, InvalidInput
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.stored_settings import load_settings, save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.domain import SETTINGS, SchoolProfile


def permission_for(section: type[Any]) -> Permission:
    """Who may change ``section``: its own ``edit_permission``, else :data:`SETTINGS`."""
    found: Permission = getattr(section, "edit_permission", SETTINGS)
    return found


def save_section(ctx: Ctx, value: Any, shown: Any = None) -> None:
    """Store one settings section; ``shown`` is what the form started from.

    Raises :class:`InvalidInput` for a value out of range and :class:`Conflict` when somebody changed the section
    meanwhile.
    """
    ctx.require(permission_for(type(value)))
    if shown is not None and load_settings(ctx.session, type(value)) != shown:
        raise Conflict(f"“{type(value).title}”刚被其他人修改，请重新载入后再改。")
    if isinstance(value, SchoolProfile):
        for name, title in (("full_name", "单位全称"), ("short_name", "简称"), ("office_name", "后勤部门名称")):
            if not getattr(value, name).strip():
                raise InvalidInput(f"“{title}”不能留空，文件抬头要用。", field=name)
    save_settings(ctx.session, value)
    ctx.forget_settings()


# house: open - save_section asks
def save_school_profile(ctx: Ctx, profile: SchoolProfile, shown: SchoolProfile | None = None) -> None:
    """Store the names and labels that appear on paper; see :func:`save_section`."""
    save_section(ctx, profile, shown)
