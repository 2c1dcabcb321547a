"""Spending under three signatures, procurement, and income kept apart from it."""
