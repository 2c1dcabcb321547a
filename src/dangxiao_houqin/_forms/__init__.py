"""Generated from ``forms/`` by ``installer/uic.py``; never edited."""
