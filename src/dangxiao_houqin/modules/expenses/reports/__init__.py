"""Printouts of expenses (C.13, C.14 and the registers): pure functions over frozen dataclasses.

The caller's query fills the dataclasses, nothing here reads the database or the clock; drawing is imported when a
printout is made, so that opening a page costs no PDF library.
"""
