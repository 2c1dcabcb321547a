"""Sheets in and out of surveys."""
