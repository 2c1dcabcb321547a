"""Reads of surveys, one file a theme."""
