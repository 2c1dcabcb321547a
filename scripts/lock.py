"""Write requirements.lock (to run) and requirements-dev.lock (to test) from pyproject.toml.

Needs ``uv`` (``pip install uv``), because only a resolver that thinks about every Python and every machine at once
writes one file that installs on 3.11 and later, on Windows, x86-64 and arm64. Every file of every package is pinned
by hash; no index is named, so that each machine uses its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lock(target: str, *extras: str, constraints: tuple[str, ...]) -> None:
    """Resolve the project with ``extras`` into ``target``."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--upgrade"]
    command += ["--custom-compile-command", "python scripts/lock.py", "--output-file", target]
    for extra in extras:
        command += ["--extra", extra]
    for constraint in constraints:
        command += ["--constraint", constraint]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    lock("requirements.lock", "editable", constraints=("requirements-pins.txt",))
    # The tests run on exactly what the users run on.
    lock("requirements-dev.lock", "editable", "dev", constraints=("requirements-pins.txt", "requirements.lock"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
