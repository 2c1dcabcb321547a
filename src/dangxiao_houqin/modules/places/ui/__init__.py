"""Screens of places: one page with the tree of buildings and the list of rooms, and its dialogs."""
