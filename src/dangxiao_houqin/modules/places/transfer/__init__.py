"""The whole stock of rooms as a workbook: out, and back in after a preview.

``list_room_lines`` + ``write_room_book`` export; ``read_room_book`` (no database) + ``preview_rooms`` +
``import_rooms`` import.  What is exported and imported again changes nothing.
"""

from .lines import ROOM_BOOK_COLUMNS, LineProblem, RoomBook, RoomLine, write_room_book
from .loading import ImportPreview, ImportResult, LineChange, import_rooms, list_room_lines, preview_rooms
from .reading import read_room_book

__all__ = [
    "ROOM_BOOK_COLUMNS",
    "ImportPreview",
    "ImportResult",
    "LineChange",
    "LineProblem",
    "RoomBook",
    "RoomLine",
    "import_rooms",
    "list_room_lines",
    "preview_rooms",
    "read_room_book",
    "write_room_book",
]
