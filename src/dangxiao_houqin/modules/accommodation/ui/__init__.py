"""Screens of accommodation."""
