"""Columns of the lists of expenses by theme: one source for screen, xlsx and paper."""
