"""Backup and restore, the same file for both engines.

A backup is a zip: ``manifest.json`` (format, schema revision, when, and per table its columns, row count, highest id
ever given, sha256) and ``tables/<name>.jsonl``, one JSON array per row in key order.  All tables are read in one
snapshot.  Dates are ISO text, moments UTC, JSON columns their exact text, so that a restored database gives the same
bytes back: every restore is compared with the manifest before it counts.
"""

from .archive import BackupInfo, check_backup
from .known import automatic_backup_path, latest_good_backup
from .restoring import Restored, restore, verify_backup
from .writing import backup, copy_sqlite

__all__ = [
    "BackupInfo",
    "Restored",
    "automatic_backup_path",
    "backup",
    "check_backup",
    "copy_sqlite",
    "latest_good_backup",
    "restore",
    "verify_backup",
]
