"""The door: first run, log in and out, one's own password, and the note that somebody saw personal data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization import passwords
from dangxiao_houqin.modules.organization.domain import (
    ADMIN_ROLE,
    BuiltinRole,
    ChangePassword,
    FirstRun,
    LoggedIn,
    LogIn,
    LogInRefused,
    PasswordChanged,
    SchoolProfile,
    SecurityRules,
)
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.passwords import STANDARD, Hashing
from dangxiao_houqin.modules.organization.queries import actor_of, count_users

from .access import clean_login, ensure_builtin_roles

WRONG = "登录名或密码不对，请重新输入。"


# house: open - who is logging in has no rights yet
def log_in(ctx: Ctx, cmd: LogIn, *, hashing: Hashing = STANDARD) -> LoggedIn | LogInRefused:
    """Check a password and say who it is.

    Needs no permission. A refusal is returned, not raised: the failed try must be committed. After
    ``SecurityRules.max_failures`` wrong tries the account is locked, every further one doubles the time.
    Somebody whose first password must be changed gets an actor who may do nothing yet.
    """
    rules = ctx.settings(SecurityRules)
    user = _find(ctx, cmd.login)
    if user is None:
        passwords.waste_time(cmd.password, hashing)
        ctx.record("organization.log_in_refused", label=cmd.login.strip())
        return LogInRefused(WRONG)
    if (refused := _prove(ctx, user, cmd.password, WRONG, hashing)) is not None:
        return refused
    user.last_login_at = ctx.now()
    ctx.actor = actor_of(user)
    return LoggedIn(ctx.actor, user.login, user.must_change_password, rules.idle_lock_minutes)


# house: open - one's own password
def confirm_password(ctx: Ctx, password: str, *, hashing: Hashing = STANDARD) -> LogInRefused | None:
    """Whether ``password`` is the actor's own, asked again before something grave; ``None`` when it is.

    Needs no permission but a logged-in user. Counts and locks as the door does, so a refusal must be committed.
    """
    if ctx.actor.user_id is None:
        raise PermissionDenied("请先登录，再签批。")
    user = ctx.get(UserAccount, ctx.actor.user_id, lock=True)
    return _prove(ctx, user, password, "密码不对，请重新输入。", hashing)


# house: open - everybody may leave
def log_out(ctx: Ctx) -> None:
    """Note in the log that the actor left; needs no permission."""
    ctx.record("organization.log_out", entity="user_account", entity_id=ctx.actor.user_id, label=ctx.actor.name)


# house: open - one's own, proved by the old one
def change_password(ctx: Ctx, cmd: ChangePassword, *, hashing: Hashing = STANDARD) -> Actor:
    """Give oneself a new password; returns the actor with all rights, also after a forced first change.

    Needs no permission but a logged-in user. Raises :class:`InvalidInput` for a wrong old or a weak new password.
    """
    if ctx.actor.user_id is None:
        raise PermissionDenied("请先登录，再修改密码。")
    user = ctx.get(UserAccount, ctx.actor.user_id, lock=True)
    if not passwords.is_right(user.password_hash, cmd.old):
        raise InvalidInput("原密码不对，请重新输入。", field="old")
    passwords.check_new(ctx.settings(SecurityRules), user.login, cmd.new, field="new")
    if passwords.is_right(user.password_hash, cmd.new):
        raise InvalidInput("新密码不能和原密码相同。", field="new")
    user.password_hash = passwords.hash_password(cmd.new, hashing)
    user.must_change_password = False
    ctx.publish(PasswordChanged(user.id, cmd.old, cmd.new))
    return actor_of(user)


# house: open - only in an empty house
def first_run(ctx: Ctx, cmd: FirstRun, roles: Sequence[BuiltinRole], *, hashing: Hashing = STANDARD) -> int:
    """Name the school, create the builtin ``roles`` and the first administrator; returns the user's id.

    Needs no permission but an empty house: raises :class:`RuleViolation` when somebody can already log in.
    """
    ctx.next_number("organization.first_run")  # the locked counter lets only one first run through at a time
    if count_users(ctx):
        raise RuleViolation("这个数据库已经有用户，请直接登录。")
    if not cmd.full_name.strip():
        raise InvalidInput("请填写单位全称。", field="full_name")
    login = clean_login(cmd.login)
    if not cmd.display_name.strip():
        raise InvalidInput("请填写管理员姓名。", field="display_name")
    passwords.check_new(SecurityRules(), login, cmd.password)
    short = cmd.short_name.strip() or cmd.full_name.strip().removeprefix("中共")
    profile = ctx.settings(SchoolProfile)
    second = "" if profile == SchoolProfile() else profile.second_name
    names = replace(profile, full_name=cmd.full_name.strip(), short_name=short, second_name=second)
    if names != profile:
        save_settings(ctx.session, names)
    ctx.forget_settings()
    ensure_builtin_roles(ctx, roles)
    admin = ctx.session.scalars(select(Role).where(Role.name == ADMIN_ROLE)).one()
    user = UserAccount(
        login=login,
        display_name=cmd.display_name.strip(),
        password_hash=passwords.hash_password(cmd.password, hashing),
        must_change_password=False,
        roles=[admin],
    )
    return ctx.add(user).id


def record_reveal(ctx: Ctx, label: str, entity: str = "", entity_id: int | None = None) -> None:
    """Note that the actor now sees or exports unmasked personal data; ``label`` says which list or person."""
    ctx.require(REVEAL_PERSONAL)
    ctx.record("core.reveal_personal", entity=entity, entity_id=entity_id, label=label)


def _prove(ctx: Ctx, user: UserAccount, password: str, wrong: str, hashing: Hashing) -> LogInRefused | None:
    """Check the password, count failures and lock; ``None`` when it is right and the account is open."""
    rules = ctx.settings(SecurityRules)
    now = ctx.now()
    if user.locked_until is not None and user.locked_until > now:
        ctx.record("organization.log_in_refused", entity="user_account", entity_id=user.id, label=user.label)
        return LogInRefused(_locked_sentence(ctx, user), user.locked_until)
    if not passwords.is_right(user.password_hash, password):
        user.failed_logins += 1
        over = user.failed_logins - rules.max_failures
        if over < 0:
            left = f"再错 {-over} 次将暂时锁定。" if -over <= 2 else ""
            return LogInRefused(wrong + left)
        minutes = min(rules.first_lock_minutes * 2 ** min(over, 20), rules.longest_lock_minutes)
        user.locked_until = now + timedelta(minutes=minutes)
        return LogInRefused(_locked_sentence(ctx, user), user.locked_until)
    if not user.active:
        ctx.record("organization.log_in_refused", entity="user_account", entity_id=user.id, label=user.label)
        return LogInRefused("这个账号已停用，请联系系统管理员。")
    user.failed_logins = 0
    user.locked_until = None
    if passwords.is_outdated(user.password_hash, hashing):
        user.password_hash = passwords.hash_password(password, hashing)
    return None


def _find(ctx: Ctx, login: str) -> UserAccount | None:
    text = unicodedata.normalize("NFKC", login).strip().lower()
    query = select(UserAccount).where(func.lower(UserAccount.login) == text).with_for_update()
    return ctx.session.scalars(query).first()


def _locked_sentence(ctx: Ctx, user: UserAccount) -> str:
    assert user.locked_until is not None
    until = user.locked_until
    when = f"{until:%H:%M}" if until.date() == ctx.today() else f"{until:%m-%d %H:%M}"
    if until.second or until.microsecond:
        when = f"{until + timedelta(minutes=1):%H:%M}"
    return f"连续输错密码，账号已锁定，请在 {when} 之后再试，或请系统管理员解锁。"
