"""Who may come in and what they may do: users and roles."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization import passwords
from dangxiao_houqin.modules.organization.domain import (
    EVERYTHING,
    USERS,
    BuiltinRole,
    PasswordReset,
    RoleDeleted,
    SaveRole,
    SaveUser,
    SecurityRules,
    UserDeleted,
)
from dangxiao_houqin.modules.organization.models import Role, StaffMember, UserAccount, user_role
from dangxiao_houqin.modules.organization.passwords import STANDARD, Hashing


# house: open - asks as soon as there is a user
def ensure_builtin_roles(ctx: Ctx, roles: Sequence[BuiltinRole]) -> None:
    """Create the roles the program brings along where they are missing; existing ones stay as the office set them."""
    if ctx.session.scalar(select(func.count()).select_from(UserAccount)):
        ctx.require(USERS)
    known = set(ctx.session.scalars(select(Role.name)))
    for role in roles:
        if role.name not in known:
            ctx.add(Role(name=role.name, permissions=sorted(role.permissions), builtin=True))


def save_user(ctx: Ctx, cmd: SaveUser, *, hashing: Hashing = STANDARD) -> int:
    """Create or change a login; returns its id. A first password must be changed at the first login.

    Raises :class:`InvalidInput`, :class:`RuleViolation` (nobody would be left to administer, own account disabled).
    """
    ctx.require(USERS)
    login = clean_login(cmd.login)
    if not cmd.display_name.strip():
        raise InvalidInput("请填写姓名。", field="display_name")
    if not cmd.role_ids:
        raise InvalidInput("请至少选择一个角色，否则登录后什么也做不了。", field="role_ids")
    same = select(UserAccount.id).where(func.lower(UserAccount.login) == login.lower())
    if any(found != cmd.user_id for found in ctx.session.scalars(same)):
        raise InvalidInput("这个登录名已被使用，请换一个。", field="login")
    roles = [ctx.get(Role, role_id) for role_id in sorted(set(cmd.role_ids))]
    _may_grant(ctx, roles)
    if cmd.staff_id is not None:
        ctx.get(StaffMember, cmd.staff_id)
    if cmd.user_id is None:
        passwords.check_new(ctx.settings(SecurityRules), login, cmd.password)
        user = UserAccount(
            login=login,
            display_name=cmd.display_name.strip(),
            staff_id=cmd.staff_id,
            active=cmd.active,
            must_change_password=True,
            password_hash=passwords.hash_password(cmd.password, hashing),
        )
        before: list[str] = []
    else:
        user = ctx.get(UserAccount, cmd.user_id, version=cmd.version, lock=True)
        _may_grant(ctx, user.roles)
        if user.id == ctx.actor.user_id and not cmd.active:
            raise RuleViolation("不能停用自己的账号，请由另一位管理员操作。")
        before = [role.name for role in user.roles]
        user.login = login
        user.display_name = cmd.display_name.strip()
        user.staff_id = cmd.staff_id
        user.active = cmd.active
    user.roles = roles
    ctx.add(user)
    after = [role.name for role in roles]
    if before != after:
        ctx.touched("user_account")
        ctx.record(
            ctx.action,
            entity="user_account",
            entity_id=user.id,
            label=user.label,
            changes={"roles": ["、".join(before), "、".join(after)]},
        )
    _somebody_administers(ctx)
    return user.id


def reset_password(ctx: Ctx, user_id: int, version: int, password: str, *, hashing: Hashing = STANDARD) -> None:
    """Give somebody a new first password, to be changed at the next login; also unlocks the account."""
    ctx.require(USERS)
    user = ctx.get(UserAccount, user_id, version=version, lock=True)
    _may_grant(ctx, user.roles)
    passwords.check_new(ctx.settings(SecurityRules), user.login, password)
    user.password_hash = passwords.hash_password(password, hashing)
    user.must_change_password = True
    user.failed_logins = 0
    user.locked_until = None
    ctx.publish(PasswordReset(user.id))


def unlock_user(ctx: Ctx, user_id: int) -> None:
    """Let somebody try again who mistyped the password too often."""
    ctx.require(USERS)
    user = ctx.get(UserAccount, user_id, lock=True)
    user.failed_logins = 0
    user.locked_until = None


def delete_user(ctx: Ctx, user_id: int, version: int) -> None:
    """Remove a login that was never used; a used one is disabled instead, because the audit log names it."""
    ctx.require(USERS)
    user = ctx.get(UserAccount, user_id, version=version, lock=True)
    if user.id == ctx.actor.user_id:
        raise RuleViolation("不能删除自己的账号，请由另一位管理员操作。")
    _may_grant(ctx, user.roles)
    if user.last_login_at is not None:
        raise RuleViolation(f"“{user.display_name}”登录过，日志里有记录，不能删除；请改为停用。")
    ctx.publish(UserDeleted(user.id, user.display_name))
    ctx.session.delete(user)
    ctx.session.flush()
    _somebody_administers(ctx)


def save_role(ctx: Ctx, cmd: SaveRole) -> int:
    """Create or change a role; returns its id. Whoever has the role has the new rights at once.

    Raises :class:`RuleViolation` for the administrators' role and for rights the actor does not have.
    """
    ctx.require(USERS)
    name = cmd.name.strip()
    if not name:
        raise InvalidInput("请填写角色名称。", field="name")
    if EVERYTHING in cmd.permissions:
        raise RuleViolation("只有“系统管理员”角色拥有全部权限，不能另建。")
    if not ctx.actor.all_permissions and not cmd.permissions <= ctx.actor.permissions:
        raise RuleViolation("不能授予自己没有的权限，请由系统管理员操作。")
    if cmd.role_id is None:
        return ctx.add(Role(name=name, permissions=sorted(cmd.permissions), builtin=False)).id
    role = ctx.get(Role, cmd.role_id, version=cmd.version, lock=True)
    if EVERYTHING in role.permissions:
        raise RuleViolation("“系统管理员”拥有全部权限，不能修改。")
    if role.builtin and role.name != name:
        raise RuleViolation("预置角色不能改名，可以另建一个角色。")
    role.name = name
    role.permissions = sorted(cmd.permissions)
    return role.id


def delete_role(ctx: Ctx, role_id: int, version: int) -> None:
    """Remove a role of the office's own that nobody has."""
    ctx.require(USERS)
    role = ctx.get(Role, role_id, version=version, lock=True)
    if role.builtin:
        raise RuleViolation("预置角色不能删除。")
    users = ctx.session.scalar(select(func.count()).select_from(user_role).where(user_role.c.role_id == role.id))
    if users:
        raise RuleViolation(f"还有 {users} 个用户是“{role.name}”，请先给他们换角色再删除。")
    ctx.publish(RoleDeleted(role.id, role.name))
    ctx.session.delete(role)


def clean_login(text: str) -> str:
    """A login as stored: half-width, no blanks. Raises :class:`InvalidInput`."""
    login = unicodedata.normalize("NFKC", text).strip()
    if not login:
        raise InvalidInput("请填写登录名。", field="login")
    if len(login) > 40 or any(c.isspace() for c in login):
        raise InvalidInput("登录名不能有空格，最长 40 个字。", field="login")
    return login


def _may_grant(ctx: Ctx, roles: Sequence[Role]) -> None:
    """Nobody hands out, or takes over, more rights than they have."""
    if ctx.actor.all_permissions:
        return
    for role in roles:
        if not set(role.permissions) <= ctx.actor.permissions:
            raise RuleViolation(f"“{role.name}”的权限比您多，请由系统管理员操作。")


def _somebody_administers(ctx: Ctx) -> None:
    active = select(UserAccount).where(UserAccount.active.is_(True))
    for user in ctx.session.scalars(active):
        if any(EVERYTHING in role.permissions for role in user.roles):
            return
    raise RuleViolation("至少要保留一位启用的系统管理员，否则无人能管理系统。")
