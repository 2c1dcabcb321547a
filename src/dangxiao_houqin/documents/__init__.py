"""Paper and spreadsheets without Qt: fonts and PDF pages out, workbooks in and out.

``fonts`` knows which face prints which character, ``embedding`` puts it into the file, ``wrapping`` breaks Chinese
lines, ``painter`` draws in millimetres, ``pdf`` lays out the office's sheets (title, head line, grid, signatures),
``xlsx_write`` writes workbooks, ``sheets`` reads them.
"""
