"""The script behind the two commands: what it notices, what it says, when it has nothing to do."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.source import ROOT

SCRIPT = ROOT / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module whose checkout is a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    python = venv / module.VENV_PYTHON.relative_to(module.VENV)
    python.parent.mkdir(parents=True)
    python.touch()
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "VENV_PYTHON": python,
        "STAMP": venv / "bootstrap.json",
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


def test_wrong_call_is_one_sentence() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "nonsense"], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "run|test|setup" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_second_start_has_nothing_to_do(bootstrap: ModuleType) -> None:
    wanted = bootstrap._wanted("requirements.lock", ["offscreen"])
    assert not bootstrap._is_ready(wanted)
    bootstrap.STAMP.write_text(json.dumps({"requirements.lock": wanted}), encoding="utf-8")
    assert bootstrap._is_ready(wanted)
    # A display has appeared since: its libraries must be looked for.
    assert not bootstrap._is_ready(bootstrap._wanted("requirements.lock", ["offscreen", "window"]))


def test_changed_lock_is_installed_again(bootstrap: ModuleType, tmp_path: Path) -> None:
    wanted = bootstrap._wanted("requirements.lock", ["offscreen"])
    bootstrap.STAMP.write_text(json.dumps({"requirements.lock": wanted}), encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("click==9.9\n", encoding="utf-8")
    assert not bootstrap._is_ready(bootstrap._wanted("requirements.lock", ["offscreen"]))


@pytest.mark.parametrize("damage", ("", "{", "[]", '{"requirements.lock": 3}'))
def test_damaged_stamp_means_not_ready(bootstrap: ModuleType, damage: str) -> None:
    bootstrap.STAMP.write_text(damage, encoding="utf-8")
    assert not bootstrap._is_ready(bootstrap._wanted("requirements.lock", ["offscreen"]))


@pytest.mark.parametrize(
    ("display", "wayland", "seen"),
    (("", "", False), (":987", "", False), ("", "wayland-0", True), ("desk:0", "", True)),
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_display(
    bootstrap: ModuleType, display: str, wayland: str, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``:987`` is set but nobody listens there, as in a session that was left."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert bootstrap.has_display() is seen


def test_missing_library_is_named_by_its_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "OFFSCREEN_LIBRARIES", {"libdoesnotexist.so.9": "libdoesnotexist9"})
    monkeypatch.setattr(bootstrap, "TEST_PROGRAMS", {"no-such-program": "no-such-package"})
    assert bootstrap.missing_packages(["offscreen", "tests"]) == (["libdoesnotexist9"], ["no-such-package"])
    monkeypatch.setattr(bootstrap, "_may_use_apt", lambda: False)
    with pytest.raises(SystemExit):
        bootstrap.ensure_system(["offscreen"])
    assert "apt-get install -y libdoesnotexist9" in capsys.readouterr().err


def test_python_is_new_enough(bootstrap: ModuleType) -> None:
    assert (bootstrap._version_of(bootstrap.find_python()) or (0, 0)) >= (3, 11)
    assert bootstrap._version_of(["no-such-python"]) is None
