"""The desk a page works at: who sits there, the runner, and the way to other pages. Every page gets one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.module_spec import DocumentSpec
from dangxiao_houqin.core.permissions import Actor, Permission
from dangxiao_houqin.core.refs import Ref

from .background import Runner


class Desk(QObject):
    """What ``PageSpec.create`` is given.

    ``window`` is the parent for dialogs; ``permission_groups`` are (module title, its permissions) and
    ``audit_words()`` gives the words of the audit viewer, ``documents()`` the printouts of a class, all gathered by
    the composition root.
    """

    went = Signal(str, object)
    """(page key, arguments or None): the shell shows the page, then calls its ``open_target``."""
    opened = Signal(object)
    """A :class:`Ref`: the shell finds the page that shows it."""
    actor_changed = Signal(object)
    """Rights changed or somebody else sits here now."""

    def __init__(
        self,
        runner: Runner,
        actor: Actor,
        window: QWidget | None = None,
        *,
        permission_groups: tuple[tuple[str, tuple[Permission, ...]], ...] = (),
        audit_words: Callable[[], Any] | None = None,
        documents: Callable[[], tuple[DocumentSpec, ...]] = tuple,
        demo: bool = False,
    ) -> None:
        super().__init__(runner)
        self.runner = runner
        self.actor = actor
        self.window = window
        self.permission_groups = permission_groups
        self.audit_words = audit_words
        self.documents = documents
        self.demo = demo
        self.reachable: Callable[[str], bool] | None = None

    def can(self, permission: Permission) -> bool:
        """Whether to offer something at all; the service asks again."""
        return self.actor.can(permission)

    def reaches(self, page_key: str) -> bool:
        """Whether who sits here may open a page, also one of a module above; without a shell every page."""
        return self.reachable is None or self.reachable(page_key)

    def go(self, page_key: str, **arguments: Any) -> None:
        """Show a page such as ``"training.classes"``; ``arguments`` arrive as a dict in its ``open_target``."""
        self.went.emit(page_key, arguments or None)

    def open(self, ref: Ref) -> None:
        """Show what ``ref`` points to, wherever that is."""
        self.opened.emit(ref)

    def set_actor(self, actor: Actor) -> None:
        """Somebody logged in, or the rights of who sits here changed."""
        if actor != self.actor:
            self.actor = actor
            self.actor_changed.emit(actor)
