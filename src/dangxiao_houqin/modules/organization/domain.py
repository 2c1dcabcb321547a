"""Words of the organization: permissions, settings, inputs, rows."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal, NamedTuple

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Actor, Permission
from dangxiao_houqin.core.settings import Section, setting

SETTINGS = Permission("organization.settings", "修改单位信息和系统设置")
USERS = Permission("organization.users", "维护用户和角色")
STAFF_VIEW = Permission("organization.staff_view", "查看部门和职工")
STAFF_EDIT = Permission("organization.staff_edit", "维护部门和职工")
AUDIT_VIEW = Permission("organization.audit", "查看审计日志")

EVERYTHING = "*"
"""Stands in a role's permission list for every permission there is, also those of later versions."""

ADMIN_ROLE = "系统管理员"
"""The builtin role that holds :data:`EVERYTHING` and cannot be changed; somebody active must always have it."""


class EmploymentType(enum.StrEnum):
    """编制类型; the value is the word itself, stored as such."""

    PERMANENT = "在编"
    CONTRACT = "编外"
    SECONDED = "借用"
    OUTSOURCED = "外包"


@dataclass(frozen=True)
class SchoolProfile(Section):
    """Names and labels that appear on paper and in the window."""

    section: ClassVar[str] = "organization.school"
    title: ClassVar[str] = "单位信息"

    full_name: str = setting("中共××县委党校", "单位全称", "印在名册、住宿安排表等文件的抬头。")
    second_name: str = setting("××县行政学校", "第二名称", "两块牌子时填写，可以留空。")
    short_name: str = setting("县委党校", "简称", "显示在窗口左上角和短文件里。")
    office_name: str = setting("后勤办公室", "后勤部门名称", "制表单位和落款使用。")
    place: str = setting("", "落款地点", "如“岚溪”，印在需要写明地点的文件里，可以留空。")
    address: str = setting("", "单位地址", "报到须知使用。")
    phone: str = setting("", "值班电话", "印在报到签到表和门卡上，可以留空。")
    class_teacher_label: str = setting("班主任", "班级负责人叫法", "本单位叫“组织员”“联络员”的，在这里改。")
    leader_in_charge_label: str = setting("分管领导", "分管领导叫法", "签字栏使用。")
    principal_leader_label: str = setting("主要领导", "主要领导叫法", "签字栏使用。")
    handler_label: str = setting("制表人", "经办人叫法", "签字栏使用。")
    unclassified_banner: bool = setting(True, "登录页显示保密提示", "“非涉密系统，严禁存储、处理国家秘密”。")


@dataclass(frozen=True)
class SecurityRules(Section):
    """How hard the door is."""

    section: ClassVar[str] = "organization.security"
    title: ClassVar[str] = "登录与安全"
    choices: ClassVar[dict[str, str]] = {"length": "只要求长度", "mixed": "须同时有字母和数字"}

    max_failures: int = setting(5, "连续输错几次锁定", "密码连续输错到这个次数，账号暂时锁定。", minimum=3, maximum=20)
    first_lock_minutes: int = setting(1, "第一次锁定（分钟）", "以后每再错一次，锁定时间加倍。", minimum=1, maximum=60)
    longest_lock_minutes: int = setting(60, "最长锁定（分钟）", minimum=1, maximum=1440)
    min_password_length: int = setting(8, "密码最短长度", minimum=6, maximum=64)
    password_content: Literal["length", "mixed"] = setting("mixed", "密码内容")
    idle_lock_minutes: int = setting(
        15, "无操作自动锁屏（分钟）", "离开座位后窗口自动锁定，输入密码继续；0 表示不锁。", minimum=0, maximum=480
    )


# ------------------------------------------------------------------------------------------------- login
@dataclass(frozen=True)
class LogIn:
    """What somebody typed at the door."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class LoggedIn:
    """The door opened; ``must_change`` means that a new password comes first."""

    actor: Actor
    login: str
    must_change: bool
    idle_lock_minutes: int


@dataclass(frozen=True)
class PasswordChanged:
    """Somebody gave himself a new password: what the old one locked must be locked anew."""

    user_id: int
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True)
class PasswordReset:
    """An administrator gave somebody a first password: what the lost one locked cannot be opened any more."""

    user_id: int


@dataclass(frozen=True)
class UserDeleted:
    """A login is about to go; whoever still needs it raises."""

    user_id: int
    name: str


@dataclass(frozen=True)
class RoleDeleted:
    """A role is about to go; whoever still needs it raises."""

    role_id: int
    name: str


@dataclass(frozen=True)
class DepartmentDeleted:
    """A department is about to go; whoever still needs it raises."""

    department_id: int
    name: str


@dataclass(frozen=True)
class StaffDeleted:
    """Somebody who works here is about to go from the list; whoever still needs the entry raises."""

    staff_id: int
    name: str


@dataclass(frozen=True)
class LogInRefused:
    """The door stayed shut. A value and not an error, so that the failed try is committed and counted.

    ``reason`` is one sentence; ``locked_until`` is set while the account is locked.
    """

    reason: str
    locked_until: datetime | None = None


@dataclass(frozen=True)
class ChangePassword:
    """One's own password: the old one proves who it is."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True)
class BuiltinRole:
    """A role that the program brings along; ``permissions`` are keys or :data:`EVERYTHING`."""

    name: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class FirstRun:
    """Answers of the first-run assistant; the administrator chose the password, so it need not be changed."""

    full_name: str
    short_name: str
    login: str
    display_name: str
    password: str = field(repr=False)


# ------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveUser:
    """Create (``user_id`` None, then ``password`` is the first password) or change a login."""

    login: str
    display_name: str
    role_ids: tuple[int, ...]
    user_id: int | None = None
    version: int | None = None
    staff_id: int | None = None
    active: bool = True
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class SaveRole:
    """Create or change a role; ``permissions`` are permission keys."""

    name: str
    permissions: frozenset[str]
    role_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveDepartment:
    """Create or rename a department; a new one goes to the end of the order."""

    name: str
    department_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveStaff:
    """Create or change a person who works here; ``phone`` ``None`` leaves it as it is (the form showed it masked)."""

    name: str
    department_id: int | None = None
    employment_type: EmploymentType = EmploymentType.PERMANENT
    post: str = ""
    phone: str | None = ""
    active: bool = True
    staff_id: int | None = None
    version: int | None = None


# --------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True)
class UserRow:
    """A login in the list; ``locked_until`` only while it lies ahead."""

    id: int
    version: int
    login: str
    display_name: str
    role_ids: tuple[int, ...]
    roles: str
    staff_id: int | None
    staff_name: str
    must_change_password: bool
    locked_until: datetime | None
    last_login_at: datetime | None
    active: bool

    @property
    def pill(self) -> Pill:
        if not self.active:
            return Pill("已停用")
        if self.locked_until is not None:
            return Pill("已锁定", "error")
        if self.must_change_password:
            return Pill("待改密码", "warning")
        return Pill("正常", "success")


@dataclass(frozen=True)
class RoleRow:
    """A role; ``permissions`` are the keys it grants, ``users`` how many logins have it."""

    id: int
    version: int
    name: str
    permissions: frozenset[str]
    builtin: bool
    users: int

    @property
    def unlimited(self) -> bool:
        return EVERYTHING in self.permissions

    @property
    def extent(self) -> str:
        return "全部权限" if self.unlimited else f"{len(self.permissions)} 项"

    @property
    def pill(self) -> Pill:
        return Pill("预置", "primary") if self.builtin else Pill("自建")


@dataclass(frozen=True)
class DepartmentRow:
    """A department in the office's order; ``people`` counts active staff."""

    id: int
    version: int
    name: str
    sort_order: int
    people: int


@dataclass(frozen=True)
class StaffRow:
    """A person who works here; ``phone`` is masked for actors without the right to see it."""

    id: int
    version: int
    name: str
    department_id: int | None
    department: str
    employment_type: str
    post: str
    phone: str
    active: bool

    @property
    def pill(self) -> Pill:
        return Pill("在岗", "success") if self.active else Pill("已离岗")


@dataclass(frozen=True)
class AuditRow:
    """One line of the audit log in words: ``text`` says what changed from what to what."""

    id: int
    at: datetime
    who: str
    action: str
    kind: str
    entity: str
    label: str
    text: str
    details: tuple[tuple[str, str, str], ...] = ()
    """(column title, old, new) of every changed column."""

    @property
    def pill(self) -> Pill:
        return KIND_PILLS.get(self.kind, Pill(self.kind))


KIND_PILLS: dict[str, Pill] = {
    "insert": Pill("新增", "success"),
    "update": Pill("修改", "primary"),
    "delete": Pill("删除", "error"),
    "event": Pill("操作", "violet"),
}


@dataclass(frozen=True)
class TableWords:
    """Chinese words of one table for the audit log: its title, its columns, and words of stored values."""

    title: str
    columns: dict[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[Any, str] | Callable[[Any], str]] = field(default_factory=dict)
    """Column -> words of its stored values, as a mapping or as a function from value to word."""
    links: dict[str, str] = field(default_factory=dict)
    """Column -> table it points to, so that names stand for ids."""
    personal: frozenset[str] = frozenset()
    """Columns masked for readers without the right to see personal data."""
    silent: frozenset[str] = frozenset()
    """Columns that mean nothing to a reader (search keys)."""


@dataclass(frozen=True)
class AuditWords:
    """All words of the house for the audit log; the composition root puts them together."""

    tables: dict[str, TableWords] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    sections: dict[str, type[Any]] = field(default_factory=dict)
    """Settings section key -> its dataclass, for titles."""

    def table(self, name: str) -> str:
        return self.tables[name].title if name in self.tables else name

    def action(self, name: str) -> str:
        return self.actions.get(name, name)


# ------------------------------------------------------------------------------------------------ calendar
SPRING_FESTIVAL = "春节"
WORKED = "调休上班"
"""What a worked weekend is called when nobody gave it a name."""


class DayMark(NamedTuple):
    """A day that is not an ordinary working day: a weekend (no name), a holiday, or (``rest`` False) 调休上班."""

    rest: bool
    name: str = ""


@dataclass(frozen=True)
class SaveCalendarDay:
    """Enter a day (``day_id`` None) or change what was entered; ``workday`` False is a day off."""

    day: date
    workday: bool
    name: str = ""
    day_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class NoticeDay:
    """One day of a year's notice."""

    day: date
    workday: bool
    name: str = ""


@dataclass(frozen=True)
class NoticeReading:
    """What was understood of a pasted notice: its days in order, and one sentence per line not understood."""

    days: tuple[NoticeDay, ...]
    problems: tuple[str, ...]

    @property
    def summary(self) -> str:
        """放假 33 天，调休上班 6 天"""
        worked = sum(entry.workday for entry in self.days)
        return f"放假 {len(self.days) - worked} 天，调休上班 {worked} 天"


@dataclass(frozen=True)
class CalendarRow:
    """A holiday or worked weekend; ``id`` when the office entered it, ``bundled`` when the program brings it along."""

    day: date
    rest: bool
    name: str
    id: int | None
    version: int | None
    bundled: bool

    @property
    def own(self) -> bool:
        return self.id is not None

    @property
    def weekday(self) -> str:
        return "周" + "一二三四五六日"[self.day.weekday()]

    @property
    def pill(self) -> Pill:
        return Pill("放假", "success") if self.rest else Pill("上班", "warning")

    @property
    def source(self) -> Pill:
        if not self.own:
            return Pill("国家安排")
        return Pill("本校改动", "primary") if self.bundled else Pill("本校登记", "primary")
