"""Build the program as a folder that needs no Python: ``dist/dangxiao-houqin`` and an archive of it.

``python installer/build.py`` in an environment that has the project and ``pyinstaller`` (6.22 was used). Then the
result is started once, as a user would: version, self-check, a database made, migrated and filled.

Known limits: tried on Linux x86-64 only. A build runs on systems whose glibc is at least as new as the one it was
built on; for domestic desktops build in a Debian 11 environment with Python 3.11. On Windows the archive is a zip;
an installer comes with a later issue.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FOLDER = DIST / "dangxiao-houqin"


def build() -> Path:
    """Freeze the program; returns the executable."""
    subprocess.run([sys.executable, str(ROOT / "installer" / "uic.py"), "--check"], check=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(ROOT / "build")]
    subprocess.run([*command, str(ROOT / "installer" / "dangxiao-houqin.spec")], cwd=ROOT, check=True)
    return FOLDER / ("dangxiao-houqin.exe" if os.name == "nt" else "dangxiao-houqin")


def try_out(program: Path) -> None:
    """Start what was built, away from the checkout."""
    with tempfile.TemporaryDirectory() as name:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment |= {"DANGXIAO_DATA_DIR": name, "QT_QPA_PLATFORM": "offscreen"}
        database = str(Path(name) / "try.sqlite")
        for arguments in (["--version"], ["init", "--db", database, "--demo"], ["doctor", "--db", database]):
            print("==", *arguments, flush=True)
            subprocess.run([str(program), *arguments], cwd=name, env=environment, check=True)


def pack() -> Path:
    """The archive to hand over, named for version and machine."""
    sys.path.insert(0, str(ROOT / "src"))
    from dangxiao_houqin import __version__

    name = f"dangxiao-houqin-{__version__}-{platform.system().lower()}-{platform.machine().lower()}"
    kind = "zip" if os.name == "nt" else "xztar"
    return Path(shutil.make_archive(str(DIST / name), kind, DIST, FOLDER.name))


def main() -> int:
    program = build()
    try_out(program)
    if "--no-archive" not in sys.argv[1:]:
        archive = pack()
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 2**20:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
