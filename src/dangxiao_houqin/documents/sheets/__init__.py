"""Reading the spreadsheets that other offices send: xlsx, xls, ods and csv, without Qt and without evaluating anything.

``read_book(path)`` gives a :class:`Book` of :class:`Sheet`; every cell keeps its original row and column, so that a
problem can be reported at ``F7``. Whatever cannot be read is refused with one Chinese sentence (``InvalidInput``), and
a hostile file cannot make the program eat the memory: containers are checked and rebuilt before the reader sees them.
"""

from dangxiao_houqin.documents.sheets.grid import Book, CellValue, MergedRange, Sheet, a1, cell_text, column_letters
from dangxiao_houqin.documents.sheets.reading import MAX_FILE_BYTES, read_book

__all__ = [
    "MAX_FILE_BYTES",
    "Book",
    "CellValue",
    "MergedRange",
    "Sheet",
    "a1",
    "cell_text",
    "column_letters",
    "read_book",
]
