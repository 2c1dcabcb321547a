"""Make ``src/dangxiao_houqin/_forms/**/ui_*.py`` from the Designer files in ``forms/**/*.ui``.

``python installer/uic.py`` writes them, ``--check`` only says which are stale (exit 1).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORMS = ROOT / "forms"
GENERATED = ROOT / "src" / "dangxiao_houqin" / "_forms"
PACKAGE_TEXT = '"""Generated from ``forms/`` by ``installer/uic.py``; never edited."""\n'


def _compiler() -> Path:
    """The uic program that the PySide6 wheel brings."""
    import PySide6

    home = Path(PySide6.__path__[0])
    for candidate in (home / "Qt" / "libexec" / "uic", home / "uic", home / "uic.exe"):
        if candidate.exists():
            return candidate
    raise FileNotFoundError("PySide6 came without uic")


def _generate(form: Path) -> str:
    command = [str(_compiler()), "--generator", "python", str(form)]
    text = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    # The version in the banner would make every Qt release look like a change of the form.
    lines = [line for line in text.splitlines() if not line.startswith("## Created by:")]
    return "\n".join(lines) + "\n"


def _targets() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    wanted: dict[Path, str] = {}
    for form in sorted(FORMS.rglob("*.ui")):
        folder = GENERATED / form.relative_to(FORMS).parent
        wanted[folder / f"ui_{form.stem}.py"] = _generate(form)
        while folder != GENERATED.parent:
            wanted[folder / "__init__.py"] = PACKAGE_TEXT
            folder = folder.parent
    return wanted


def stale() -> list[str]:
    """Generated files that are missing, out of date or left over."""
    wanted = _targets()
    bad = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    bad += [path for path in GENERATED.rglob("*.py") if path not in wanted]
    return sorted(path.relative_to(ROOT).as_posix() for path in bad)


def main() -> int:
    if "--check" in sys.argv[1:]:
        for name in stale():
            print("stale:", name)
        return 1 if stale() else 0
    wanted = _targets()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in GENERATED.rglob("*.py"):
        if path not in wanted:
            path.unlink()
    print(f"{len(wanted)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
