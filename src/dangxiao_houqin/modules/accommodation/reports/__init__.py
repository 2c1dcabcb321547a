"""Printouts of accommodation (C.4, C.5): lists, 房态图, 门牌, the desk's registers and 住宿统计表.

Pure functions over frozen dataclasses: the caller's query fills them, nothing here reads the database or the clock.
Most of them may hang on a wall, so none has a field for phone or ID numbers.  ``xxx_pdf`` returns bytes, ``xxx_xlsx``
writes a workbook whole or not at all.
"""

from .arrival_codes import ArrivalCode, ArrivalCodes, arrival_codes_pdf, arrival_codes_xlsx, scan_text
from .card_register import CardLine, CardRegister, card_register_pdf, card_register_sheet, card_register_xlsx
from .door_cards import CardSize, DoorCard, door_cards_pdf, door_cards_xlsx
from .head_count import CountLine, HeadCountSheet, head_count_pdf, head_count_sheet, head_count_xlsx
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
from .move_register import MoveLine, MoveRegister, move_register_pdf, move_register_sheet, move_register_xlsx
from .room_chart import BuildingChart, FloorRooms, RoomBox, RoomChart, RoomMark, room_chart_pdf, room_chart_xlsx
from .statistics import StatisticsSheet, statistics_pdf, statistics_sheet, statistics_xlsx

__all__ = [
    "ArrivalCode",
    "ArrivalCodes",
    "BuildingChart",
    "CardLine",
    "CardRegister",
    "CardSize",
    "CountLine",
    "DeskSheet",
    "DoorCard",
    "FloorRooms",
    "HeadCountSheet",
    "LodgingRow",
    "LodgingSheet",
    "MoveLine",
    "MoveRegister",
    "RoomBox",
    "RoomChart",
    "RoomMark",
    "StatisticsSheet",
    "arrival_codes_pdf",
    "arrival_codes_xlsx",
    "card_register_pdf",
    "card_register_sheet",
    "card_register_xlsx",
    "desk_pdf",
    "desk_sheet",
    "desk_xlsx",
    "door_cards_pdf",
    "door_cards_xlsx",
    "head_count_pdf",
    "head_count_sheet",
    "head_count_xlsx",
    "lodging_pdf",
    "lodging_sheet",
    "lodging_xlsx",
    "move_register_pdf",
    "move_register_sheet",
    "move_register_xlsx",
    "room_chart_pdf",
    "room_chart_xlsx",
    "scan_text",
    "statistics_pdf",
    "statistics_sheet",
    "statistics_xlsx",
]
