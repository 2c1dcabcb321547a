"""P2: a roster of 10,000 rows and 15 columns to the finished preview, against a bare read of the same file."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import python_calamine
from stdnum.cn.ric import calc_check_digit

from dangxiao_houqin.modules.training.roster import RosterOptions, read_roster
from tests.benchmarks.bench_table_format import BenchRow

ROWS = 10_000
ROUNDS = 5
HEADERS = "序号 姓名 性别 民族 出生年月 政治面貌 学历 工作单位 职务 职级 身份证号 联系电话 是否住宿 饮食要求 备注"


def make_roster(path: Path, rows: int = ROWS) -> None:
    """An invented roster: every identity number different and valid, one person in twenty with something to say."""
    random_ = random.Random(7)
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("学员花名册")
    sheet.append(["2026年全区干部轮训花名册（虚构）"])
    sheet.append(HEADERS.split())
    surnames, given = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰"
    bureaus = [f"虚构{word}局" for word in "教民财人交水农文卫审统司"]
    units = bureaus + [f"第{n}乡人民政府" for n in range(60)]
    for number in range(1, rows + 1):
        female = number % 3 == 0
        month = number % 12 + 1
        serial = number // 28 % 500 * 2 + (0 if female else 1)
        digits = f"500199{1965 + number % 32}{month:02d}{number % 28 + 1:02d}{serial:03d}"
        name = random_.choice(surnames) + random_.choice(given) + random_.choice(given)
        name = name if number % 7 else f"{name[0]}　{name[1]}"
        note = random_.choice(("需晚到一天", "腰部有疾，请安排低楼层", "打鼾", "班长")) if number % 20 == 0 else ""
        person = [number, name, "女" if female else "男", "汉" if number % 5 else "土家族"]
        person += [f"{1965 + number % 32}.{month:02d}", "党员", "本科", random_.choice(units), "科员", "一级科员"]
        person += [digits + str(calc_check_digit(f"{digits}0")), f"199{number:08d}", "是" if number % 9 else "否"]
        sheet.append([*person, "清真" if number % 30 == 0 else "", note])
    workbook.save(path)


def median_seconds(*works: Callable[[], object]) -> list[float]:
    """Medians of several rounds after one to warm up; the works take turns, so that a busy machine hits all alike."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, found in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if number:
                found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def calamine_read(path: Path) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def openpyxl_read(path: Path) -> int:
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(1 for _ in workbook.active.iter_rows(values_only=True))
    workbook.close()
    return count


def main() -> list[BenchRow]:
    """The two promises of P2."""
    options = RosterOptions(date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 20))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "花名册.xlsx"
        make_roster(path)
        preview = read_roster(path, options)
        if len(preview.people) + len(preview.not_taken) != ROWS or preview.errors:
            raise SystemExit(f"the preview is wrong: {len(preview.people)} people, {preview.errors[:3]}")
        own, bare, slow = median_seconds(
            lambda: read_roster(path, options), lambda: calamine_read(path), lambda: openpyxl_read(path)
        )
    work = f"导入 {ROWS:,} 行 × 15 列的名单，到预览完成"
    return [
        BenchRow(
            "P2", work, f"{own:.2f} s", f"{bare:.2f} s (直接用 calamine 读)", own / bare, "<= 8 x", own <= 8 * bare
        ),
        BenchRow("P2b", work, f"{own:.2f} s", f"{slow:.2f} s (直接用 openpyxl 读)", own / slow, "<= 1 x", own <= slow),
    ]


if __name__ == "__main__":
    for row in main():
        print(row.id, row.figure, row.baseline, f"{row.ratio:.2f} x", row.target, row.met)
