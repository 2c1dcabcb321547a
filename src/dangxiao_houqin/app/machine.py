"""What this computer knows before any database is open: where the data lives (``machine.toml``)."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from pathlib import Path

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.paths import data_dir


def _file() -> Path:
    return data_dir() / "machine.toml"


def stored_database() -> str | None:
    """The address chosen at the first start; ``None`` before that.

    Raises :class:`Unavailable` when the file is there but cannot be understood: guessing would open another database.
    """
    path = _file()
    if not path.exists():
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("database")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unavailable(f"本机设置“{path}”读不懂，请改正或删除它，再重新启动程序。") from error
    return found if isinstance(found, str) and found else None


def store_database(target: str) -> None:
    """Remember the address; readable by this user only, because it may hold the password of PostgreSQL."""
    path = _file()
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    with suppress(OSError):
        draft.chmod(0o600)
    draft.write_text(f"database = {json.dumps(target, ensure_ascii=False)}\n", encoding="utf-8")
    draft.replace(path)


def default_database() -> Path:
    """Where a local database lies unless the user chooses another place."""
    return data_dir() / "houqin.db"


def demo_database() -> Path:
    """The database of the demo school."""
    return data_dir() / "demo.db"
