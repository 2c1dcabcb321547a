"""A screen of its own for every story, and the program started in front of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool")


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """An X server of 1366×768 with a window manager, on a display that nobody uses."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        if os.environ.get("DANGXIAO_REQUIRE_XVFB") == "1":
            pytest.fail(f"required here, but not installed: {', '.join(missing)}", pytrace=False)
        pytest.skip(f"not installed: {', '.join(missing)}")
    reading, writing = os.pipe()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        **quiet,  # type: ignore[call-overload]
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    name = f":{number}"
    manager = subprocess.Popen(
        ["openbox"],
        env={**os.environ, "DISPLAY": name, "HOME": str(tmp_path)},
        **quiet,  # type: ignore[call-overload]
    )
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait(10)


def surroundings(display: str, home: Path, data: Path) -> dict[str, str]:
    """The environment of a program in front of that screen: a home, and the machine's data folder, of its own."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("WAYLAND", "XMODIFIERS", "QT_IM"))},
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(home),
        "DANGXIAO_DATA_DIR": str(data),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_RUNTIME_DIR": str(home),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }


@pytest.fixture
def play(display: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """``play("module", data, pictures, *arguments, minutes=)`` runs a story to its end and returns ``story.json``.

    ``data`` is the machine's data folder; the story gets the folder ``pictures`` first, then ``arguments``.
    """

    def run(module: str, data: Path, pictures: Path, *arguments: object, minutes: float) -> dict[str, Any]:
        pictures.mkdir(parents=True, exist_ok=True)
        environment = surroundings(display, tmp_path, data)
        done = subprocess.run(
            [sys.executable, "-m", module, str(pictures), *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=minutes * 60,
            check=False,
        )
        told = pictures / "story.json"
        assert told.exists(), done.stderr[-3000:]
        story: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        assert not story["failure"], story
        assert done.returncode == 0, done.stderr[-3000:]
        assert "Traceback" not in done.stderr
        return story

    return run
