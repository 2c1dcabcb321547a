"""The room chart (房态图): rooms and beds × nights in one painted view, with the two lanes beside it."""

from .intents import MoveTo, Park, Person, Place, Resize, SwapBars, SwapRooms
from .lanes import ParkingLane, WaitingLane
from .layout import ChartFilter
from .view import RoomChart

__all__ = [
    "ChartFilter",
    "MoveTo",
    "Park",
    "ParkingLane",
    "Person",
    "Place",
    "Resize",
    "RoomChart",
    "SwapBars",
    "SwapRooms",
    "WaitingLane",
]
