"""What a command says: results on stdout, progress on stderr where somebody watches."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from dangxiao_houqin.core.progress import Progress, no_progress

BAR = 28


def print_json(data: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def who() -> str:
    """Name of the command line's actor, for the audit log."""
    try:
        return f"命令行（{getpass.getuser()}）"
    except (OSError, KeyError, ImportError):
        return "命令行"


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, columns: int) -> str:
    """``text`` shortened to ``columns``."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


@contextmanager
def progress_bar(*, always: bool = False) -> Iterator[Progress]:
    """A bar on stderr when that is a terminal; with ``always`` one line per step where it is not."""
    if not sys.stderr.isatty():
        yield _Lines() if always else no_progress
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.clear()


class _Bar:
    """Redraws one line, ten times a second at most."""

    def __init__(self) -> None:
        self._drawn = 0.0

    def __call__(self, fraction: float, text: str) -> None:
        now = time.monotonic()
        if now - self._drawn < 0.1 and fraction < 1:
            return
        self._drawn = now
        done = round(BAR * min(max(fraction, 0.0), 1.0))
        line = f"[{'#' * done}{'.' * (BAR - done)}] {fraction:4.0%} {text}"
        sys.stderr.write(f"\r\x1b[K{cut(line, shutil.get_terminal_size().columns - 1)}")
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


class _Lines:
    """For a log file: a line whenever the text changes, not more than one in two seconds for the same step."""

    def __init__(self) -> None:
        self._text, self._told = "", 0.0

    def __call__(self, fraction: float, text: str) -> None:
        now = time.monotonic()
        if text == self._text or (now - self._told < 0.5 and fraction < 1):
            return
        self._text, self._told = text, now
        done = round(BAR * min(max(fraction, 0.0), 1.0))
        click.echo(f"[{'#' * done}{'.' * (BAR - done)}] {fraction:4.0%} {text}", err=True)
