"""What this computer knows before any database is open: where the data lives (``machine.toml``)."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.paths import data_dir


def _file() -> Path:
    return data_dir() / "machine.toml"


def stored_database() -> str | None:
    """The address chosen at the first start; ``None`` before that.

    Raises :class:`Unavailable` when the file is there but cannot be understood: guessing would open another database.
    """
    return _stored("database")


def store_database(target: str) -> None:
    """Remember the address; readable by this user only, because it may hold the password of PostgreSQL."""
    _store("database", target)


def stored_kiosk_database() -> str | None:
    """The address that a kiosk on this computer uses, with its own narrow role; ``None`` before one was given."""
    return _stored("kiosk_database")


def store_kiosk_database(target: str) -> None:
    """Remember the kiosk's address, like :func:`store_database`."""
    _store("kiosk_database", target)


def _all_stored() -> dict[str, Any]:
    path = _file()
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unavailable(f"本机设置“{path}”读不懂，请改正或删除它，再重新启动程序。") from error


def _stored(key: str) -> str | None:
    found = _all_stored().get(key)
    return found if isinstance(found, str) and found else None


def _store(key: str, target: str) -> None:
    path = _file()
    lines = {**{k: v for k, v in _all_stored().items() if isinstance(v, str)}, key: target}
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    with suppress(OSError):
        draft.chmod(0o600)
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines.items())
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def default_database() -> Path:
    """Where a local database lies unless the user chooses another place."""
    return data_dir() / "houqin.db"


def demo_database() -> Path:
    """The database of the demo school."""
    return data_dir() / "demo.db"
