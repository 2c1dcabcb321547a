"""Changes of the organization: login, users and roles, departments and staff, settings, calendar."""

from .access import (
    delete_role,
    delete_user,
    ensure_builtin_roles,
    reset_password,
    save_role,
    save_user,
    unlock_user,
)
from .calendar import delete_calendar_day, import_notice, save_calendar_day
from .login import change_password, confirm_password, first_run, log_in, log_out, record_reveal
from .profile import save_school_profile, save_section
from .staff import delete_department, delete_staff, reorder_departments, save_department, save_staff

__all__ = [
    "change_password",
    "confirm_password",
    "delete_calendar_day",
    "delete_department",
    "delete_role",
    "delete_staff",
    "delete_user",
    "ensure_builtin_roles",
    "first_run",
    "import_notice",
    "log_in",
    "log_out",
    "record_reveal",
    "reorder_departments",
    "reset_password",
    "save_calendar_day",
    "save_department",
    "save_role",
    "save_school_profile",
    "save_section",
    "save_staff",
    "save_user",
    "unlock_user",
]
