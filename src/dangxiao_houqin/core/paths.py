"""Where things lie on disk: bundled resources and this machine's own data."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import platformdirs

APP_NAME = "dangxiao-houqin"
MANUAL = "用户手册.md"


@cache
def _resource_root() -> Path:
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [package.parents[1] / "resources", package / "_resources"]
    for candidate in candidates:
        if (candidate / "fonts").is_dir() or (candidate / "icons").is_dir():
            return candidate
    raise FileNotFoundError("程序自带的 resources 目录不见了，请重新安装。")


def resource(name: str) -> Path:
    """Path of a bundled file such as ``"fonts/NotoSansSC-Regular.ttf"`` (dev tree, installed or frozen)."""
    return _resource_root() / name


def manual_path() -> Path:
    """The user's manual: beside the bundled files, in a checkout among the documents."""
    shipped = resource(MANUAL)
    return shipped if shipped.exists() else _resource_root().parent / "docs" / MANUAL


def data_dir() -> Path:
    """This machine's folder for databases, backups and window state; created when missing.

    ``DANGXIAO_DATA_DIR`` overrides it (tests, portable installations).
    """
    override = os.environ.get("DANGXIAO_DATA_DIR")
    path = Path(override) if override else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_dir() -> Path:
    """Folder of the rotating log; created when missing."""
    path = data_dir() / "logs"
    path.mkdir(parents=True, exist_ok=True)
    return path


def backup_dir() -> Path:
    """Folder of the automatic backups; created when missing."""
    path = data_dir() / "backups"
    path.mkdir(parents=True, exist_ok=True)
    return path
