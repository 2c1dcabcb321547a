"""Screens of the expenses module."""
