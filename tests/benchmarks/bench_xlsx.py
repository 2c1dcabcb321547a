"""P9: a list of 100,000 rows and 15 columns as a workbook, against openpyxl's write_only of the same cells."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import psutil
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.documents.xlsx_write import write_list
from tests.benchmarks.bench_table_format import BenchRow

ROWS = 100_000
DAY = date(2026, 1, 1)

COLUMNS: tuple[Column[int], ...] = (
    Column("no", "序号", lambda n: n, "int"),
    Column("name", "姓名", lambda n: f"学员{n}"),
    Column("sex", "性别", lambda n: "女" if n % 3 else "男"),
    Column("unit", "单位", lambda n: f"第{n % 60}乡人民政府办公室"),
    Column("post", "职务", lambda _n: "科员"),
    Column("phone", "电话", lambda n: f"1390000{n % 10000:04d}", "phone"),
    Column("class", "班次", lambda _n: "2026年第1期科级干部进修班"),
    Column("building", "楼栋", lambda _n: "明德楼"),
    Column("room", "房号", lambda n: f"{201 + n % 300}"),
    Column("arrive", "入住", lambda n: DAY + timedelta(n % 300), "date"),
    Column("leave", "退房", lambda n: DAY + timedelta(n % 300 + 18), "date"),
    Column("nights", "晚数", lambda _n: 18, "int"),
    Column("price", "标准", lambda _n: 9000, "money"),
    Column("cost", "费用", lambda n: 9000 * (n % 18), "money"),
    Column("note", "备注", lambda n: "" if n % 5 else "清真"),
)


def own(path: Path) -> None:
    write_list(path, "住宿名单", COLUMNS, range(1, ROWS + 1))


def baseline(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("住宿名单")
    sheet.append([column.title for column in COLUMNS])
    for number in range(1, ROWS + 1):
        sheet.append([value / 100 if c.kind == "money" else value for c in COLUMNS for value in (c.value(number),)])
    book.save(path)


def rows_of_memory(count: int) -> Iterator[int]:
    """Row numbers that note the process's memory at the first and the last row."""
    process = psutil.Process()
    for number in range(1, count + 1):
        if number in (2000, count):
            MEMORY.append(process.memory_info().rss)
        yield number


MEMORY: list[int] = []


def main() -> list[BenchRow]:
    """One round each (the baseline takes most of a minute); the file is read back before it counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_list(path, "住宿名单", COLUMNS, rows_of_memory(ROWS), total=ROWS)
        last = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[-1]
        if last[0] != ROWS or last[9] != DAY + timedelta(ROWS % 300):
            raise SystemExit(f"the workbook is wrong: {last}")
        start = time.perf_counter()
        own(path)
        middle = time.perf_counter()
        baseline(path)
        end = time.perf_counter()
    mine, other = middle - start, end - middle
    grown = (MEMORY[1] - MEMORY[0]) / 2**20
    work = f"导出 xlsx，{ROWS:,} 行 × {len(COLUMNS)} 列"
    return [
        BenchRow(
            "P9",
            work,
            f"{mine:.1f} s",
            f"{other:.1f} s (openpyxl write_only)",
            mine / other,
            "<= 0.2 x",
            mine <= 0.2 * other,
        ),
        BenchRow("P9b", f"{work}：写的过程中内存增长", f"{grown:.1f} MB", "", None, "平稳（<= 5 MB）", grown <= 5),
    ]


if __name__ == "__main__":
    for row in main():
        print(row.id, row.work, row.figure, row.baseline, row.ratio, row.target, row.met, file=sys.stdout)
