"""Front door of training: what higher rooms may use, and why.

The tables are for joins when *reading* (they are Core tables: nothing can be changed through them).
"""

from __future__ import annotations

from .domain import (
    VIEW,  # the right to see rosters, asked by every list that shows people
    ClassCancelled,  # beds and meals of the class are let go
    ClassPlanned,  # whether there are beds enough is asked before the class is accepted
    ClassRow,
    ClassStatus,
    EnrollmentDatesChanged,  # nights of a bed must follow
    EnrollmentRenamed,  # lists of those above show the name
    EnrollmentRow,
    EnrollmentWithdrawn,  # the bed is let go
    ReplaceEnrollment,
    nights,
)
from .models import Enrollment, TrainingClass
from .need_words import need_label  # words for what a remark asks of lodging and canteen
from .queries import ARRIVE as ARRIVE_EXPRESSION  # a person's own nights, or the class's
from .queries import LEAVE as LEAVE_EXPRESSION
from .queries import (
    find_class,  # documents and the command line name a class by its code
    get_class,
    get_enrollment,
    list_class_choices,
    list_groups,
    list_roster,  # the people to give beds to
)
from .reports import SignInPerson, SignInSheet, sign_in_pdf, sign_in_xlsx  # accommodation adds the rooms
from .services import (
    replace_enrollment,  # the desk: somebody else comes
    reveal_roster,  # full phones for a printout; who takes them is logged
    set_lodging,  # the desk: he needs no bed, or needs one
    undo_replacement,
)

enrollment = Enrollment.__table__
training_class = TrainingClass.__table__

__all__ = [
    "ARRIVE_EXPRESSION",
    "LEAVE_EXPRESSION",
    "VIEW",
    "ClassCancelled",
    "ClassPlanned",
    "ClassRow",
    "ClassStatus",
    "EnrollmentDatesChanged",
    "EnrollmentRenamed",
    "EnrollmentRow",
    "EnrollmentWithdrawn",
    "ReplaceEnrollment",
    "SignInPerson",
    "SignInSheet",
    "enrollment",
    "find_class",
    "get_class",
    "get_enrollment",
    "list_class_choices",
    "list_groups",
    "list_roster",
    "need_label",
    "nights",
    "replace_enrollment",
    "reveal_roster",
    "set_lodging",
    "sign_in_pdf",
    "sign_in_xlsx",
    "training_class",
    "undo_replacement",
]
