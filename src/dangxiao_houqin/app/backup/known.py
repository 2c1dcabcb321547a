"""Which backups of a database this machine knows."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.paths import backup_dir
from dangxiao_houqin.documents.saving import save_bytes

from .archive import BackupInfo, check_backup, info_of, open_archive


def key_of(db: Database) -> str:
    """One short name per database, for the machine's list of its backups."""
    return hashlib.sha256(db.url.set(username=None, password=None).render_as_string().encode()).hexdigest()[:16]


def automatic_backup_path(db: Database, now: datetime, why: str = "自动") -> Path:
    """Where the program itself puts a backup of ``db``."""
    name = db.path.stem if db.path is not None else str(db.url.database)
    return backup_dir() / f"{name}-{key_of(db)[:4]}-{why}-{now:%Y%m%d-%H%M%S}.zip"


def _history_file() -> Path:
    return backup_dir() / "history.json"


def _history() -> dict[str, list[dict[str, str]]]:
    try:
        found = json.loads(_history_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(db: Database, info: BackupInfo) -> None:
    """Note on this machine where the last backups of ``db`` went; a note that fails does not fail the backup."""
    with suppress(AppError, OSError):
        history = _history()
        entry = {"path": str(info.path.absolute()), "created": info.created.isoformat()}
        others = [e for e in history.get(key_of(db), []) if e.get("path") != entry["path"]]
        history[key_of(db)] = [entry, *others][:20]
        save_bytes(_history_file(), json.dumps(history, ensure_ascii=False, indent=1).encode("utf-8"))


def latest_good_backup(db: Database) -> BackupInfo | None:
    """The newest backup of ``db`` known to this machine whose checksums are right."""
    known = [Path(e["path"]) for e in _history().get(key_of(db), []) if "path" in e]
    with suppress(OSError):
        known += list(backup_dir().glob(f"*-{key_of(db)[:4]}-*.zip"))
    infos = []
    for path in dict.fromkeys(known):
        with suppress(AppError):
            archive, manifest = open_archive(path)
            archive.close()
            infos.append(info_of(path, manifest))
    for info in sorted(infos, key=lambda found: found.created, reverse=True):
        with suppress(AppError):
            return check_backup(info.path)
    return None
