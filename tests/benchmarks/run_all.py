"""Run every benchmark of this folder and write ``docs/benchmarks.md``.

``python tests/benchmarks/run_all.py [bench_name ...]``; each file runs in a process of its own, so that none profits
from what another has loaded. A benchmark that breaks is reported and does not stop the others.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_table_format import BenchRow

MARK = "BENCH-ROWS "
TABLE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


def names() -> list[str]:
    """Benchmarks are the ``bench_*.py`` files that define ``main``."""
    return sorted(path.stem for path in HERE.glob("bench_*.py") if "\ndef main(" in path.read_text(encoding="utf-8"))


def run_here(name: str) -> None:
    """Run one benchmark in this process and print its rows for the parent."""
    rows: list[BenchRow] = importlib.import_module(f"tests.benchmarks.{name}").main()
    print(MARK + json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False), flush=True)


def run_apart(name: str) -> list[BenchRow] | None:
    """Run one benchmark in a fresh process; ``None`` when it broke."""
    began = time.perf_counter()
    print(f"== {name}", flush=True)
    environment = {"QT_QPA_PLATFORM": "offscreen", "PYTHONHASHSEED": "0", **os.environ}
    command = [sys.executable, str(Path(__file__).resolve()), "--here", name]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    noise = [line for line in answer.stderr.splitlines() if "propagateSizeHints" not in line]
    print("\n".join("   " + line for line in noise[-20:]), end="\n" if noise else "")
    rows = None
    for line in answer.stdout.splitlines():
        if line.startswith(MARK):
            rows = [BenchRow(**row) for row in json.loads(line.removeprefix(MARK))]
        else:
            print("   " + line)
    print(
        f"   {time.perf_counter() - began:.1f} s" + ("" if rows is not None else f", broke (exit {answer.returncode})")
    )
    return rows


def machine() -> str:
    """The machine in one line, without its name."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        processor = models[0] if models else processor
    memory = ""
    if hasattr(os, "sysconf"):
        gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f"，内存 {gigabytes:.0f} GB"
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{processor}，{os.cpu_count()} 核{memory}，{system}，Python {platform.python_version()}"


def table(rows: list[BenchRow]) -> str:
    """The Markdown table."""
    lines = ["| 编号 | 做什么 | 本程序 | 对照 | 比值 | 目标 | 达到 |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = {True: "是", False: "**否**", None: ""}[row.met]
        lines.append(f"| {row.id} | {row.work} | {row.figure} | {row.baseline} | {ratio} | {row.target} | {met} |")
    return "\n".join(lines)


def place(row: BenchRow) -> tuple[int, str]:
    """P2 before P14."""
    digits = re.match(r"\D*(\d+)", row.id)
    return (int(digits[1]) if digits else 0, row.id)


def write(measured: str) -> None:
    """Put what was measured into the page of its own and between the marks in the README."""
    head = (
        "# 速度实测\n\n"
        "由 `make bench` 生成，请勿手改。每个数字与对照在同一次运行中先后测得，取预热后的中位数；"
        "换一台机器，绝对时间会变，比值应当相近。\n\n"
    )
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(head + measured, encoding="utf-8")
    page = README.read_text(encoding="utf-8")
    if BEGIN in page and END in page:
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        README.write_text(f"{before}{BEGIN}\n{measured}{END}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these (default: all)")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    parser.add_argument("--no-write", action="store_true", help="print the table, write no file")
    options = parser.parse_args()
    if options.here:
        run_here(options.here)
        return 0
    wanted = options.names or names()
    results = {name: run_apart(name) for name in wanted}
    rows = sorted((row for part in results.values() for row in part or ()), key=place)
    broken = [name for name, part in results.items() if part is None]
    today = datetime.now(UTC).date()
    text = table(rows)
    print("\n" + text)
    if not options.no_write and not options.names:
        write(f"{today.isoformat()}，{machine()}。\n\n{text}\n")
    if broken:
        print("没有测成:" + "、".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
