"""Screens of housekeeping."""
