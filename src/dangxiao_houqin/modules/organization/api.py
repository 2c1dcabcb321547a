"""Front door of the organization: what other rooms and the shell may use."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

# The school's names on paper and in the window; every printout starts from them.
# Whose words the audit viewer speaks: the composition root gathers them.
from .domain import (
    ADMIN_ROLE,
    EVERYTHING,
    AuditWords,
    BuiltinRole,
    ChangePassword,
    DayMark,
    DepartmentDeleted,
    EmploymentType,
    FirstRun,
    LoggedIn,
    LogIn,
    LogInRefused,
    PasswordChanged,
    PasswordReset,
    RoleDeleted,
    SaveCalendarDay,
    SaveDepartment,
    SaveStaff,
    SaveUser,
    SchoolProfile,
    SecurityRules,
    StaffDeleted,
    TableWords,
    UserDeleted,
)

# Tables for joins when higher rooms read: whose role an item of the inbox waits for, who closed it.
from .models import Department, Role, StaffMember, UserAccount, user_role

# The first-run assistant checks the password before anything exists; the kiosk has a PIN of its own.
from .passwords import STANDARD, Hashing, hash_password
from .passwords import check_new as check_new_password
from .passwords import is_right as is_right_password

# Who is at the desk, asked before every use case by the shell; whether the first run is still to be done.
# The calendar: every room counts working days and marks weekends and holidays alike.
# Departments: whose document it is, proposed from who is at the desk.
from .queries import (
    add_workdays,
    count_users,
    current_actor,
    day_marks,
    department_choices,
    department_of,
    find_login,
    get_school,
    get_section,
    is_workday,
    list_staff,
    missing_years,
    missing_years_note,
    staff_choices,
)

# Login and first run for the shell; builtin roles for it and the demo school.
# record_reveal: every list that shows or exports unmasked personal data notes it here.
from .services import (
    change_password,
    confirm_password,
    ensure_builtin_roles,
    first_run,
    log_in,
    log_out,
    record_reveal,
    save_calendar_day,
    save_department,
    save_school_profile,
    save_section,
    save_staff,
    save_user,
)
from .services.profile import permission_for

department = cast("Table", Department.__table__)
role = cast("Table", Role.__table__)
staff_member = cast("Table", StaffMember.__table__)
user_account = cast("Table", UserAccount.__table__)

__all__ = [
    "ADMIN_ROLE",
    "EVERYTHING",
    "STANDARD",
    "AuditWords",
    "BuiltinRole",
    "ChangePassword",
    "DayMark",
    "DepartmentDeleted",
    "EmploymentType",
    "FirstRun",
    "Hashing",
    "LogIn",
    "LogInRefused",
    "LoggedIn",
    "PasswordChanged",
    "PasswordReset",
    "RoleDeleted",
    "SaveCalendarDay",
    "SaveDepartment",
    "SaveStaff",
    "SaveUser",
    "SchoolProfile",
    "SecurityRules",
    "StaffDeleted",
    "TableWords",
    "UserDeleted",
    "add_workdays",
    "change_password",
    "check_new_password",
    "confirm_password",
    "count_users",
    "current_actor",
    "day_marks",
    "department",
    "department_choices",
    "department_of",
    "ensure_builtin_roles",
    "find_login",
    "first_run",
    "get_school",
    "get_section",
    "hash_password",
    "is_right_password",
    "is_workday",
    "list_staff",
    "log_in",
    "log_out",
    "missing_years",
    "missing_years_note",
    "permission_for",
    "record_reveal",
    "role",
    "save_calendar_day",
    "save_department",
    "save_school_profile",
    "save_section",
    "save_staff",
    "save_user",
    "staff_choices",
    "staff_member",
    "user_account",
    "user_role",
]
