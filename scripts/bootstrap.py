#!/usr/bin/env python3
"""Prepare this checkout and do one thing with it: run, test, setup, lint, bench, wheelhouse.

Standard library only, and syntax that an old Python can still read, so that it can say in one sentence what is
missing. It finds Python 3.11 or later, the system libraries that Qt needs (installs them with apt when it may),
makes ``.venv`` from the hash-locked requirements (from ``wheelhouse/`` where that folder exists), notes what it did
in ``.venv/bootstrap.json`` so that the second start costs nothing, and then becomes the command.
"""

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "bootstrap.json"
WHEELHOUSE = ROOT / "wheelhouse"
WINDOWS = os.name == "nt"
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
OLDEST = (3, 11)

# What Qt loads on Linux, and the Debian package each comes from. Seen missing on a bare Debian 12.
OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# Programs that some tests drive. A missing one means skipped tests, not a failed set-up.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "pdftoppm": "poppler-utils",
    "openbox": "openbox",
    "xdotool": "xdotool",
}


def say(text: str) -> None:
    """One line for the person at the terminal, whatever encoding that terminal has."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def stop(text: str) -> NoReturn:
    """Say what is wrong and what to do, then end with exit code 1."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.exit(1)


# ------------------------------------------------------------------------------------------- Python itself
def _version_of(command: Sequence[str]) -> Optional[Tuple[int, int]]:
    """(major, minor) of a Python, None when the command does not run (a shim of a version manager, say)."""
    try:
        answer = subprocess.run(
            [*command, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        ).stdout.split()
        return int(answer[0]), int(answer[1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def find_python() -> List[str]:
    """The command line of a Python that is new enough; this one when it will do."""
    if sys.version_info >= OLDEST:
        return [sys.executable]
    names = ["3.11", "3.12", "3.13", "3.14"]
    candidates = [["py", "-" + name] for name in names] if WINDOWS else []
    candidates += [["python" + name] for name in names]
    for command in candidates:
        if shutil.which(command[0]) and (_version_of(command) or (0, 0)) >= OLDEST:
            return command
    stop(
        "需要 Python 3.11 或更新版本,本机没有找到。请安装后重试(Debian/Ubuntu: apt-get install python3 python3-venv)。"
    )


# ------------------------------------------------------------------------------------------ system packages
def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(scopes: Sequence[str]) -> Tuple[List[str], List[str]]:
    """Debian packages absent from this machine for ``scopes``: (must have, needed only by some tests)."""
    if not sys.platform.startswith("linux"):
        return [], []
    libraries = {}  # type: Dict[str, str]
    if "offscreen" in scopes:
        libraries.update(OFFSCREEN_LIBRARIES)
    if "window" in scopes:
        libraries.update(WINDOW_LIBRARIES)
    must = sorted(package for library, package in libraries.items() if not _loads(library))
    programs = TEST_PROGRAMS if "tests" in scopes else {}
    nice = sorted(package for program, package in programs.items() if not shutil.which(program))
    return must, nice


def _apt(packages: Sequence[str]) -> bool:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": environment}  # type: Dict[str, Any]
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    say("安装系统组件:" + " ".join(packages))
    if subprocess.run(["apt-get", "update", "-q"], check=False, **quiet).returncode:
        say("apt-get update 没有成功,用现有的软件包清单继续。")
    return subprocess.run(install, check=False, **quiet).returncode == 0


def _may_use_apt() -> bool:
    return not WINDOWS and hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def ensure_system(scopes: Sequence[str]) -> None:
    """Make the machine able to load Qt; ask for one command line where that is not ours to do."""
    must, nice = missing_packages(scopes)
    if (must or nice) and _may_use_apt() and not _apt(must + nice) and nice:
        _apt(must)  # a test tool that this Debian does not have must not keep the program from running
    must, nice = missing_packages(scopes)
    if must:
        stop(
            "缺少系统组件,请先运行(需要管理员权限),然后重试:\n"
            "  sudo apt-get install -y " + " ".join(must + nice) + "\n"
            "不是 Debian/Ubuntu 系列时,请用本系统的软件包管理器安装同名组件。"
        )
    if nice:
        say("有些测试会跳过,因为缺少:" + " ".join(nice) + "(sudo apt-get install -y " + " ".join(nice) + ")")


# ----------------------------------------------------------------------------------- the virtual environment
def _wanted(lock: str, scopes: Sequence[str]) -> Dict[str, Any]:
    """What the stamp must say for nothing to be left to do."""
    digest = hashlib.sha256()
    for name in (lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return {"lock": lock, "sha256": digest.hexdigest(), "root": str(ROOT), "scopes": sorted(scopes)}


def _stamps() -> Dict[str, Dict[str, Any]]:
    """What earlier runs did, by lock; nothing when the note is missing or damaged."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, dict)} if isinstance(found, dict) else {}


def _is_ready(wanted: Dict[str, Any]) -> bool:
    done = _stamps().get(wanted["lock"], {})
    return (
        VENV_PYTHON.exists()
        and done.get("sha256") == wanted["sha256"]
        and done.get("root") == wanted["root"]
        and set(wanted["scopes"]) <= set(done.get("scopes", ()))
    )


def _make_venv() -> None:
    if VENV_PYTHON.exists() and (_version_of([str(VENV_PYTHON)]) or (0, 0)) >= OLDEST:
        return
    python = find_python()
    parts = subprocess.run([*python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL, check=False)
    if parts.returncode:
        version = _version_of(python) or OLDEST
        package = "python{}.{}-venv".format(*version)
        if not (_may_use_apt() and _apt([package])):
            stop("本机的 Python 缺少虚拟环境组件,请先运行:sudo apt-get install -y " + package)
    say("建立虚拟环境 .venv")
    subprocess.run([*python, "-m", "venv", "--clear", str(VENV)], check=True)


def _pip(*arguments: str) -> int:
    command = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, check=False).returncode


def _install(lock: str) -> None:
    count = sum("==" in line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines())
    # Hashes are required, source packages refused: what is installed is byte for byte what was tested.
    install = ["install", "-q", "--require-hashes", "--only-binary", ":all:", "-r", lock]
    if WHEELHOUSE.is_dir() and any(WHEELHOUSE.iterdir()):
        say("从 wheelhouse 安装 Python 组件,不用网络……")
        if _pip(*install, "--no-index", "--find-links", str(WHEELHOUSE)) == 0:
            return
        say("wheelhouse 不全,改从网络安装。")
    say(f"下载并安装 {count} 个 Python 组件(约 200 MB),需要几分钟……")
    if _pip(*install):
        stop(
            "Python 组件没有装全,原因见上面几行。本机没有网络时,"
            "请先在有网络的机器上运行 python3 scripts/bootstrap.py wheelhouse,再把整个目录拷来。"
        )


def ensure(lock: str, scopes: Sequence[str]) -> None:
    """Bring machine and ``.venv`` to what ``lock`` and ``scopes`` ask for; returns at once when they are there."""
    wanted = _wanted(lock, scopes)
    if _is_ready(wanted):
        return
    ensure_system(scopes)
    _make_venv()
    _install(lock)
    # The build tools came with the lock, so nothing is fetched here; the checkout itself stays where it is.
    if _pip("install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."):
        stop("本程序没有装进 .venv,原因见上面几行。")
    stamps = _stamps()
    stamps[lock] = wanted
    if lock == DEV_LOCK:  # whoever can test can run
        stamps[RUN_LOCK] = _wanted(RUN_LOCK, scopes)
    STAMP.write_text(json.dumps(stamps, indent=1), encoding="utf-8")


# ------------------------------------------------------------------------------------------------ commands
RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
RUN_SCOPES = ["offscreen"]
DEV_SCOPES = ["offscreen", "window", "tests"]


def has_display() -> bool:
    """Whether a window can be shown to anybody."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    if not display.startswith(":"):
        return bool(display)
    return Path("/tmp/.X11-unix/X" + display[1:].split(".")[0]).exists()


def become(command: Sequence[str], **environment: str) -> NoReturn:
    """Replace this process by ``command`` run with the Python of ``.venv``."""
    os.chdir(str(ROOT))
    os.environ.update(environment)
    full = [str(VENV_PYTHON), *command]
    if WINDOWS:
        sys.exit(subprocess.run(full, check=False).returncode)
    os.execv(full[0], full)


def run(arguments: Sequence[str]) -> NoReturn:
    """The program: its window, or without a display the main job, done to files in ``out``."""
    if has_display():
        ensure(RUN_LOCK, [*RUN_SCOPES, "window"])
        become(["-m", "dangxiao_houqin", *(arguments or ["run", "--demo"])])
    ensure(RUN_LOCK, RUN_SCOPES)
    if not arguments:
        say("本机没有图形界面:改为在后台完成演示,结果放在 out 目录。")
    become(["-m", "dangxiao_houqin", *(arguments or ["demo", "--out", "out"])], QT_QPA_PLATFORM="offscreen")


def test(arguments: Sequence[str]) -> NoReturn:
    """The tests, on SQLite and on a real PostgreSQL; arguments go to pytest."""
    ensure(DEV_LOCK, DEV_SCOPES)
    spread = [] if arguments else ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
    become(["-m", "pytest", *spread, *arguments])


def lint(arguments: Sequence[str]) -> NoReturn:
    """Everything that judges the source without running it, all of it even when the first one complains."""
    ensure(DEV_LOCK, DEV_SCOPES)
    bad = []
    for command in (
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
    ):
        name = " ".join(command[1:3]) if command[0] == "-m" else "lint-imports"
        say("== " + name)
        if subprocess.run([str(VENV_PYTHON), *command], cwd=str(ROOT), check=False).returncode:
            bad.append(name)
    if bad:
        stop("没有通过:" + "、".join(bad))
    sys.exit(0)


def bench(arguments: Sequence[str]) -> NoReturn:
    """All benchmarks, with a table at the end."""
    ensure(DEV_LOCK, DEV_SCOPES)
    become([str(Path("tests") / "benchmarks" / "run_all.py"), *arguments])


def setup(arguments: Sequence[str]) -> NoReturn:
    """Prepare ``.venv`` and run nothing; ``--dev`` prepares for the tests as well."""
    if "--dev" in arguments:
        ensure(DEV_LOCK, DEV_SCOPES)
    else:
        ensure(RUN_LOCK, [*RUN_SCOPES, "window"] if has_display() else RUN_SCOPES)
    say("已就绪。")
    sys.exit(0)


def wheelhouse(arguments: Sequence[str]) -> NoReturn:
    """Fetch what this kind of machine needs into ``wheelhouse/``, to carry to one without network."""
    _make_venv()
    locks = [DEV_LOCK] if "--dev" in arguments else [RUN_LOCK]
    for lock in locks:
        if _pip("download", "-q", "--require-hashes", "--only-binary", ":all:", "-d", str(WHEELHOUSE), "-r", lock):
            stop("没有下载完整,原因见上面几行。")
    say("已放入 wheelhouse 目录,连同本目录一起拷到没有网络的机器即可。")
    sys.exit(0)


COMMANDS = {
    "run": run,
    "test": test,
    "setup": setup,
    "lint": lint,
    "bench": bench,
    "wheelhouse": wheelhouse,
}


def main() -> NoReturn:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in COMMANDS:
        stop("用法:python3 scripts/bootstrap.py " + "|".join(COMMANDS) + " [参数]")
    COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    main()
