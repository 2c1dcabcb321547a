"""What somebody may do, and who is doing it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import PermissionDenied


@dataclass(frozen=True, slots=True)
class Permission:
    """A right named ``module.verb`` with the words shown on the roles page."""

    key: str
    title: str


REVEAL_PERSONAL = Permission("core.reveal_personal", "查看和导出完整的个人信息（电话、身份证号）")
"""Lists mask phones and ID numbers without it; every use is logged."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the command line) on whose behalf a use case runs."""

    user_id: int | None
    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    all_permissions: bool = False
    user_version: int = 0

    def can(self, permission: Permission) -> bool:
        return self.all_permissions or permission.key in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise :class:`PermissionDenied` unless the actor has ``permission``."""
        if not self.can(permission):
            raise PermissionDenied(f"您没有“{permission.title}”的权限，请联系系统管理员授权。")

    @classmethod
    def system(cls, name: str = "系统") -> Actor:
        """The program itself (first start, command line of the administrator, scheduled work)."""
        return cls(None, name, all_permissions=True)
