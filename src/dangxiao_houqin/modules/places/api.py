"""Front door of places.

* ``list_beds_for_assignment`` and ``list_outages``: what the assignment of beds works on;
* ``count_assignable_beds`` and ``list_closed_beds``: what can be given out on which night, for figures;
* ``site`` … ``bed``: tables for joins when higher modules read (a list of stays shows building and room);
* ``OutageSaved``: whoever sleeps in a room that goes out of service is asked about;
* ``natural_key``: higher modules order room numbers as this one does.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from .domain import VIEW, BedPlace, OutageRow, OutageSaved, PlaceRules
from .models import Bed, Building, Floor, Room, Site
from .natural_order import natural_key
from .queries import (
    count_assignable_beds,
    count_beds,
    list_beds_for_assignment,
    list_buildings,
    list_closed_beds,
    list_outages,
)

site = cast("Table", Site.__table__)
building = cast("Table", Building.__table__)
floor = cast("Table", Floor.__table__)
room = cast("Table", Room.__table__)
bed = cast("Table", Bed.__table__)

__all__ = [
    "VIEW",
    "BedPlace",
    "OutageRow",
    "OutageSaved",
    "PlaceRules",
    "bed",
    "building",
    "count_assignable_beds",
    "count_beds",
    "floor",
    "list_beds_for_assignment",
    "list_buildings",
    "list_closed_beds",
    "list_outages",
    "natural_key",
    "room",
    "site",
]
