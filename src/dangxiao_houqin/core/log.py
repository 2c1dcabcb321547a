"""The log file, and the id by which a user tells us about a bug."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import secrets
import sys
from types import TracebackType

from .paths import log_dir

log = logging.getLogger(__name__)


def start_logging() -> None:
    """Log to a rotating file; native crashes leave a trace beside it. Called again, it changes nothing."""
    folder = log_dir()
    if any(isinstance(known, logging.handlers.RotatingFileHandler) for known in logging.getLogger().handlers):
        return
    handler = logging.handlers.RotatingFileHandler(
        folder / "dangxiao-houqin.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    if not faulthandler.is_enabled():
        faulthandler.enable((folder / "native-crash.log").open("a"))


def log_bug(error: BaseException) -> str:
    """Write ``error`` with its traceback to the log; returns the short id to show."""
    bug_id = secrets.token_hex(3).upper()
    trace: tuple[type[BaseException], BaseException, TracebackType | None] = (
        type(error),
        error,
        error.__traceback__,
    )
    log.error("bug %s", bug_id, exc_info=trace)
    if not logging.getLogger().handlers:
        print(f"bug {bug_id}: {error!r}", file=sys.stderr)
    return bug_id
