"""Changes of the organization: login, users and roles, departments and staff, settings."""

from .access import (
    delete_role,
    delete_user,
    ensure_builtin_roles,
    reset_password,
    save_role,
    save_user,
    unlock_user,
)
from .login import change_password, first_run, log_in, log_out, record_reveal
from .profile import save_school_profile, save_section
from .staff import delete_department, delete_staff, reorder_departments, save_department, save_staff

__all__ = [
    "change_password",
    "delete_department",
    "delete_role",
    "delete_staff",
    "delete_user",
    "ensure_builtin_roles",
    "first_run",
    "log_in",
    "log_out",
    "record_reveal",
    "reorder_departments",
    "reset_password",
    "save_department",
    "save_role",
    "save_school_profile",
    "save_section",
    "save_staff",
    "save_user",
    "unlock_user",
]
