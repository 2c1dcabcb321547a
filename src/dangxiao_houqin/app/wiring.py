"""The whole cross-module web on one page: event type -> what reacts to it."""

from __future__ import annotations

from dangxiao_houqin.core.events import Handlers
from dangxiao_houqin.modules.accommodation.reactions import (
    on_class_cancelled,
    on_class_planned,
    on_enrollment_dates_changed,
    on_enrollment_withdrawn,
    on_outage_saved,
)
from dangxiao_houqin.modules.places.api import OutageSaved
from dangxiao_houqin.modules.training.api import (
    ClassCancelled,
    ClassPlanned,
    EnrollmentDatesChanged,
    EnrollmentWithdrawn,
)

REACTIONS: Handlers = {
    ClassCancelled: (on_class_cancelled,),
    ClassPlanned: (on_class_planned,),
    EnrollmentDatesChanged: (on_enrollment_dates_changed,),
    EnrollmentWithdrawn: (on_enrollment_withdrawn,),
    OutageSaved: (on_outage_saved,),
}
