"""The whole cross-module web on one page: event type -> what reacts to it."""

from __future__ import annotations

from dangxiao_houqin.core.events import Handlers
from dangxiao_houqin.modules.accommodation.reactions import (
    on_class_cancelled,
    on_class_planned,
    on_class_rooms_asked,
    on_enrollment_dates_changed,
    on_enrollment_renamed,
    on_enrollment_withdrawn,
    on_guests_asked,
    on_outage_saved,
)
from dangxiao_houqin.modules.expenses.api import ClassKindsAsked, SubjectsAsked
from dangxiao_houqin.modules.expenses.reactions import (
    on_password_changed,
    on_password_reset,
    on_role_deleted,
    on_user_deleted,
)
from dangxiao_houqin.modules.housekeeping.api import ClassRoomsAsked, GuestsAsked
from dangxiao_houqin.modules.organization.api import PasswordChanged, PasswordReset, RoleDeleted, UserDeleted
from dangxiao_houqin.modules.places.api import OutageSaved
from dangxiao_houqin.modules.training.api import (
    ClassCancelled,
    ClassPlanned,
    EnrollmentDatesChanged,
    EnrollmentRenamed,
    EnrollmentWithdrawn,
)
from dangxiao_houqin.modules.training.reactions import on_class_kinds_asked, on_subjects_asked

DERIVED = {"stay": ("bed_night", "room_night"), "role": ("user_role",), "user_account": ("user_role",)}
"""Tables written together with an audited one but not audited themselves: whoever watches them hears of the other."""

REACTIONS: Handlers = {
    ClassCancelled: (on_class_cancelled,),
    ClassKindsAsked: (on_class_kinds_asked,),
    ClassPlanned: (on_class_planned,),
    ClassRoomsAsked: (on_class_rooms_asked,),
    EnrollmentDatesChanged: (on_enrollment_dates_changed,),
    EnrollmentRenamed: (on_enrollment_renamed,),
    EnrollmentWithdrawn: (on_enrollment_withdrawn,),
    GuestsAsked: (on_guests_asked,),
    OutageSaved: (on_outage_saved,),
    PasswordChanged: (on_password_changed,),
    PasswordReset: (on_password_reset,),
    RoleDeleted: (on_role_deleted,),
    SubjectsAsked: (on_subjects_asked,),
    UserDeleted: (on_user_deleted,),
}
