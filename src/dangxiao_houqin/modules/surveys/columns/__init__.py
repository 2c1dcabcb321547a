"""Columns of the lists of surveys, one file a theme."""
