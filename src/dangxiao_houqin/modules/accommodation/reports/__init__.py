"""Printouts of accommodation (C.4): 住宿安排表, 住宿索引 (front desk), 房态图 and 门牌.

Pure functions over frozen dataclasses: the caller's query fills them, nothing here reads the database or the clock.
All of them may hang on a wall, so none has a field for phone or ID numbers.  ``xxx_pdf`` returns bytes, ``xxx_xlsx``
writes a workbook whole or not at all.
"""

from .door_cards import CardSize, DoorCard, door_cards_pdf, door_cards_xlsx
from .lists import (
    DeskSheet,
    LodgingRow,
    LodgingSheet,
    desk_pdf,
    desk_sheet,
    desk_xlsx,
    lodging_pdf,
    lodging_sheet,
    lodging_xlsx,
)
from .room_chart import BuildingChart, FloorRooms, RoomBox, RoomChart, RoomMark, room_chart_pdf, room_chart_xlsx

__all__ = [
    "BuildingChart",
    "CardSize",
    "DeskSheet",
    "DoorCard",
    "FloorRooms",
    "LodgingRow",
    "LodgingSheet",
    "RoomBox",
    "RoomChart",
    "RoomMark",
    "desk_pdf",
    "desk_sheet",
    "desk_xlsx",
    "door_cards_pdf",
    "door_cards_xlsx",
    "lodging_pdf",
    "lodging_sheet",
    "lodging_xlsx",
    "room_chart_pdf",
    "room_chart_xlsx",
]
