"""Changes of accommodation, by use case."""

from .pairs import delete_pair, save_pair
from .plans import confirm_plan
from .stays import assign_bed, move_stay, pin_stay, release_class, release_stay, swap_stays

__all__ = [
    "assign_bed",
    "confirm_plan",
    "delete_pair",
    "move_stay",
    "pin_stay",
    "release_class",
    "release_stay",
    "save_pair",
    "swap_stays",
]
