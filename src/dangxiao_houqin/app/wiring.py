"""The whole cross-module web on one page: event -> what reacts to it.

Written as names and looked up when an event is published: the window must not wait at its start for everything that
reacts to changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from dangxiao_houqin.core.events import Handlers

DERIVED = {"stay": ("bed_night", "room_night"), "role": ("user_role",), "user_account": ("user_role",)}
"""Tables written together with an audited one but not audited themselves: whoever watches them hears of the other."""

PAIRS: Mapping[str, tuple[str, ...]] = {
    "core.ClassKindsAsked": ("training.on_class_kinds_asked",),
    "core.SubjectsAsked": ("training.on_subjects_asked",),
    "housekeeping.ClassRoomsAsked": ("accommodation.on_class_rooms_asked",),
    "housekeeping.GuestsAsked": ("accommodation.on_guests_asked",),
    "organization.DepartmentDeleted": ("expenses.on_department_deleted", "surveys.on_department_deleted"),
    "organization.PasswordChanged": ("expenses.on_password_changed",),
    "organization.PasswordReset": ("expenses.on_password_reset",),
    "organization.RoleDeleted": ("expenses.on_role_deleted",),
    "organization.StaffDeleted": ("surveys.on_staff_deleted",),
    "organization.UserDeleted": ("expenses.on_user_deleted", "surveys.on_user_deleted"),
    "places.OutageSaved": ("accommodation.on_outage_saved",),
    "training.ClassCancelled": ("accommodation.on_class_cancelled",),
    "training.ClassPlanned": ("accommodation.on_class_planned",),
    "training.EnrollmentDatesChanged": ("accommodation.on_enrollment_dates_changed",),
    "training.EnrollmentRenamed": ("accommodation.on_enrollment_renamed",),
    "training.EnrollmentWithdrawn": ("accommodation.on_enrollment_withdrawn",),
}
"""An event of a room's ``api`` (of ``core.subjects``: asked by several) -> functions of rooms' ``reactions``."""

_ROOMS = "dangxiao_houqin.modules"
_SUBJECTS = "dangxiao_houqin.core.subjects"


class _Wiring(Mapping[type[Any], tuple[Callable[..., None], ...]]):
    """:data:`PAIRS` with the classes and functions that the names stand for."""

    def __getitem__(self, event: type[Any]) -> tuple[Callable[..., None], ...]:
        asked = event.__module__ == _SUBJECTS
        room = "core" if asked else event.__module__.removeprefix(f"{_ROOMS}.").partition(".")[0]
        return tuple(_find(name, "reactions") for name in PAIRS[f"{room}.{event.__name__}"])

    def __iter__(self) -> Iterator[type[Any]]:
        return (_find(name, "api") for name in PAIRS)

    def __len__(self) -> int:
        return len(PAIRS)


def _find(name: str, door: str) -> Any:
    room, _, thing = name.partition(".")
    return getattr(import_module(_SUBJECTS if room == "core" else f"{_ROOMS}.{room}.{door}"), thing)


REACTIONS: Handlers = _Wiring()
