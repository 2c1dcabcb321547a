"""党校后勤: the logistics desk of a county Party school. See README.md for the floors and their rules."""

__version__ = "0.1.0"
