"""Changes of the inbox: raised and closed by other rooms, finished and handed on by people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import ADMIN_ROLE, role, user_account

from .domain import MANAGE, VIEW, Assign, FinishItems, ItemState, Reassign
from .models import InboxItem
from .queries import is_mine

TEXT_LENGTH, NOTE_LENGTH = 300, 300


# ------------------------------------------------------------------------------------------ for other rooms
def assign(ctx: Ctx, cmd: Assign) -> int | None:  # house: open - the calling service has asked for its own right
    """Raise an item, once for each key; returns its id.

    An open item with the key gets the new text, day and link and stays with whom it was handed to; a closed one stays
    closed.  ``None`` when the school has no roles yet, so that there is nobody to tell.
    """
    found = _by_key(ctx, cmd.key)
    if found is None:
        found = _raise(ctx, cmd)
    if found is None:
        return None
    if found.state == ItemState.OPEN:
        found.kind, found.text = cmd.kind, _cut(cmd.text)
        found.ref_kind, found.ref_id = (cmd.ref.kind, cmd.ref.id) if cmd.ref is not None else ("", None)
        found.due_on = cmd.due_on
    return found.id


def close(ctx: Ctx, key: str, note: str = "") -> bool:  # house: open - as assign
    """The thing was settled: close the item with this key; ``False`` when none was open."""
    found = _by_key(ctx, key)
    if found is None or found.state != ItemState.OPEN:
        return False
    _close(ctx, found, note)
    return True


def close_prefix(
    ctx: Ctx, prefix: str, *, keep: Collection[str] = (), note: str = "", again: bool = False
) -> int:  # house: open - as assign
    """Close every open item whose key starts with ``prefix``, except the keys of ``keep``; returns how many.

    With ``again`` the key is given up: should the same thing arise once more, it is raised anew. (What a person ticked
    off keeps its key, so that nobody is told twice.)
    """
    wanted = select(InboxItem).where(
        InboxItem.state == ItemState.OPEN.value, InboxItem.key.startswith(prefix, autoescape=True)
    )
    settled = [item for item in ctx.session.scalars(wanted) if item.key not in keep]
    for item in settled:
        _close(ctx, item, note)
        if again:
            item.key = f"{item.key}#{item.id}"
    ctx.session.flush()
    return len(settled)


def has_open(ctx: Ctx, prefix: str) -> bool:  # house: open - as assign
    """Whether an item waits whose key starts with ``prefix``."""
    wanted = select(InboxItem.id).where(
        InboxItem.state == ItemState.OPEN.value, InboxItem.key.startswith(prefix, autoescape=True)
    )
    return ctx.session.scalar(wanted.limit(1)) is not None


def _by_key(ctx: Ctx, key: str) -> InboxItem | None:
    return ctx.session.scalars(select(InboxItem).where(InboxItem.key == key)).one_or_none()


def _raise(ctx: Ctx, cmd: Assign) -> InboxItem | None:
    user_id = _active_user(ctx, cmd.user_id)
    role_id = None if user_id is not None else _role_named(ctx, cmd.role)
    if user_id is None and role_id is None:
        return None
    try:
        with ctx.session.begin_nested():
            return ctx.add(
                InboxItem(
                    key=cmd.key,
                    kind=cmd.kind,
                    text=_cut(cmd.text),
                    ref_kind=cmd.ref.kind if cmd.ref is not None else "",
                    ref_id=cmd.ref.id if cmd.ref is not None else None,
                    user_id=user_id,
                    role_id=role_id,
                    due_on=cmd.due_on,
                    state=ItemState.OPEN.value,
                )
            )
    except IntegrityError:  # another desk raised it in this moment
        found = _by_key(ctx, cmd.key)
        if found is None:
            raise
        return found


def _active_user(ctx: Ctx, user_id: int | None) -> int | None:
    wanted = select(user_account.c.id).where(user_account.c.id == user_id, user_account.c.active)
    return ctx.session.scalar(wanted) if user_id is not None else None


def _role_named(ctx: Ctx, name: str | None) -> int | None:
    """The role called so, else that of the administrators."""
    ids = {
        row.name: row.id
        for row in ctx.session.execute(select(role.c.id, role.c.name).where(role.c.name.in_([name or "", ADMIN_ROLE])))
    }
    return ids.get(name or "", ids.get(ADMIN_ROLE))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"


def _close(ctx: Ctx, item: InboxItem, note: str) -> None:
    item.state = ItemState.CLOSED.value
    item.closed_at, item.closed_by = ctx.now(), ctx.actor.user_id
    item.note = note.strip()[:NOTE_LENGTH]


# ----------------------------------------------------------------------------------------------- for people
def finish_items(ctx: Ctx, cmd: FinishItems) -> int:
    """Tick items off; returns how many.

    Raises :class:`PermissionDenied` for one that is somebody else's, :class:`RuleViolation` for one that is done.
    """
    ctx.require(VIEW)
    if len(cmd.note.strip()) > NOTE_LENGTH:
        raise InvalidInput(f"办理说明最多 {NOTE_LENGTH} 个字，请缩短。", field="note")
    for item_id, version in sorted(cmd.items):
        item = _own(ctx, item_id, version)
        if item.state != ItemState.OPEN:
            raise RuleViolation(f"“{item.text}”已经办结，请刷新列表。")
        _close(ctx, item, cmd.note)
    return len(cmd.items)


def reopen_items(ctx: Ctx, item_ids: Sequence[int]) -> int:
    """Take ticks back; returns how many were; raises :class:`PermissionDenied` as :func:`finish_items`."""
    ctx.require(VIEW)
    closed = [
        item for item in (_own(ctx, item_id, None) for item_id in sorted(item_ids)) if item.state != ItemState.OPEN
    ]
    for item in closed:
        item.state, item.closed_at, item.closed_by, item.note = ItemState.OPEN.value, None, None, ""
    return len(closed)


def reassign_item(ctx: Ctx, cmd: Reassign) -> None:
    """Hand an open item to a role or an active user."""
    ctx.require(MANAGE)
    item = ctx.get(InboxItem, cmd.item_id, version=cmd.version, lock=True)
    if item.state != ItemState.OPEN:
        raise RuleViolation("这条待办已经办结，不能再转交。")
    if (cmd.role_id is None) == (cmd.user_id is None):
        raise InvalidInput("请选择转交给哪个角色或哪个人。", field="to")
    if cmd.user_id is not None and _active_user(ctx, cmd.user_id) is None:
        raise RuleViolation("这个用户已停用，请转交给别人。")
    if cmd.role_id is not None and ctx.session.scalar(select(role.c.id).where(role.c.id == cmd.role_id)) is None:
        raise RuleViolation("这个角色已被删除，请转交给别的角色。")
    item.role_id, item.user_id = cmd.role_id, cmd.user_id


def _own(ctx: Ctx, item_id: int, version: int | None) -> InboxItem:
    item = ctx.get(InboxItem, item_id, version=version, lock=True)
    if (
        not ctx.can(MANAGE)
        and ctx.session.scalar(select(InboxItem.id).where(InboxItem.id == item_id, is_mine(ctx))) is None
    ):
        raise PermissionDenied("这条待办不是交给您的，您不能办理。")
    return item
