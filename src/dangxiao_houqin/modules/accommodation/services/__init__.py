"""Changes of accommodation, by use case."""

from .cards import issue_card, lose_card, reopen_card, return_card
from .compensation import add_compensation, delete_compensation, reopen_compensation, settle_compensation
from .daily import look_after
from .desk_arrival import arrive_late, check_in, check_in_class, mark_no_show, undo_check_in, undo_no_show
from .desk_departure import check_out, check_out_class, extend_stay, undo_check_out
from .desk_people import lodge_again, no_lodging, replace_person, undo_replace
from .guests import register_guest, reveal_guest
from .headcount import count_heads
from .pairs import delete_pair, save_pair
from .plans import confirm_plan
from .rearranging import rearrange, take_back
from .requests import answer_move, ask_move
from .stays import assign_bed, move_stay, pin_stay, release_class, release_stay, swap_stays

__all__ = [
    "add_compensation",
    "answer_move",
    "arrive_late",
    "ask_move",
    "assign_bed",
    "check_in",
    "check_in_class",
    "check_out",
    "check_out_class",
    "confirm_plan",
    "count_heads",
    "delete_compensation",
    "delete_pair",
    "extend_stay",
    "issue_card",
    "lodge_again",
    "look_after",
    "lose_card",
    "mark_no_show",
    "move_stay",
    "no_lodging",
    "pin_stay",
    "rearrange",
    "register_guest",
    "release_class",
    "release_stay",
    "reopen_card",
    "reopen_compensation",
    "replace_person",
    "return_card",
    "reveal_guest",
    "save_pair",
    "settle_compensation",
    "swap_stays",
    "take_back",
    "undo_check_in",
    "undo_check_out",
    "undo_no_show",
    "undo_replace",
]
