"""Screens of the inbox."""
