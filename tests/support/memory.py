"""Where the tests keep their databases: in memory if the machine has room, because making files is what takes time.

Copying a migrated PostgreSQL database makes a thousand files, and every commit on SQLite waits for the disk.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOM = 3 * 1024**3
SHARED = Path("/dev/shm")


def memory_folder(shared: Path = SHARED) -> Path | None:
    """A folder that lies in memory, ``None`` for the usual one on the disk (no room, or nothing may be run there)."""
    if not os.access(shared, os.R_OK | os.W_OK | os.X_OK):
        return None
    if shutil.disk_usage(shared).free < ROOM or os.statvfs(shared).f_flag & os.ST_NOEXEC:
        return None
    return shared
