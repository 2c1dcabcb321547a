"""The first day of a new user, from the first start to the printed list: run by ``test_first_day`` under an X server.

``python -m tests.stories.first_day FOLDER ROSTER``
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QDialog

from dangxiao_houqin.app import main
from dangxiao_houqin.modules.accommodation.ui.proposal_page import ProposalPage
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.stories.clerk import Clerk, Work

PASSWORD = "Lanxi2026"


def story(clerk: Clerk, folder: Path, roster: Path) -> Work:
    # ---- the assistant of the first start
    yield from clerk.click("下一步")
    clerk.done("where the data lives")
    yield from clerk.fill("单位全称", "中共岚溪县委党校")
    yield from clerk.click("下一步")
    clerk.done("the school's name")
    yield from clerk.fill("姓名", "周启明")
    yield from clerk.fill("密码", PASSWORD)
    yield from clerk.fill("确认密码", PASSWORD)
    yield from clerk.click("下一步")
    clerk.done("the administrator")
    yield from clerk.click("完成")
    # ---- rooms
    yield from clerk.go("房间与床位")
    clerk.done("the program is open")
    yield from clerk.click("新建楼栋")
    yield from clerk.fill("楼栋名称", "明德楼")
    yield from clerk.click("保存")
    yield from clerk.fill("到（必填）", "6")
    yield from clerk.fill("每层间数", "28")
    clerk.done("how many rooms")
    yield from clerk.click("新建")
    yield lambda: not clerk.windows(QDialog)
    clerk.done("336 beds")
    # ---- a class
    yield from clerk.go("培训班次")
    yield from clerk.click("新建班次")
    yield from clerk.fill("班次名称", "全区干部轮训班")
    yield from clerk.fill("开班日期", "2026-03-02")
    yield from clerk.fill("结业日期", "2026-03-06")
    clerk.done("the class is filled in")
    yield from clerk.click("保存")
    yield lambda: not clerk.windows(QDialog)
    # ---- its roster
    yield from clerk.click("导入名单")
    yield from clerk.click("选择名单文件")
    yield from clerk.choose_file(roster)
    yield lambda: clerk.button("导入 300 人")
    clerk.done("300 people understood")
    yield from clerk.click("导入 300 人")
    yield lambda: not clerk.windows(QDialog)
    clerk.done("imported")
    # ---- beds: 32 of the 300 do not stay overnight
    yield from clerk.click("自动分房")
    yield lambda: any("已安排 268 / 268 人" in t and "离理论最优" in t for t in clerk.words())
    yield lambda: not clerk.windows(QDialog) and clerk.button("确认方案")
    clerk.done("a proposal")
    yield from change_by_hand(clerk)
    yield from clerk.click("确认方案")
    yield lambda: any("新安排 268 人" in t for t in clerk.words())
    clerk.done("confirmed")
    # ---- paper
    yield from clerk.menu("打印", "住宿安排表")
    yield lambda: any(each.info is not None for each in clerk.windows(PreviewDialog)) and clerk.button("另存为 PDF")
    clerk.done("the preview")
    yield from clerk.click("另存为 PDF")
    target = folder / "住宿安排表.pdf"
    yield from clerk.choose_file(target)
    yield target.exists
    clerk.done("the paper")
    yield from clerk.keys("Escape")
    yield lambda: not clerk.windows(QDialog)
    yield from clerk.keys("alt+F4")


def change_by_hand(clerk: Clerk) -> Work:
    """Drag somebody onto another bed in sight, look at it, take it back."""
    (page,) = clerk.windows(ProposalPage)
    board, proposal = page.board, page.proposal
    assert proposal is not None
    inside = board.viewport().rect()
    seen = [bed for bed in proposal.options if bed in board.shown_beds() and inside.contains(board.bed_rect(bed))]
    person = proposal.sleepers(seen[0])[0].enrollment_id
    target = next(bed for bed in seen[2:] if not proposal.refusal(person, bed))
    start, end = (board.viewport().mapToGlobal(board.bed_rect(bed).center()) for bed in (seen[0], target))
    yield from clerk.drag(start, end)
    yield lambda: page.proposal is not None and page.proposal.step.beds[person] == target
    clerk.done("somebody dragged to another bed")
    yield from clerk.click("撤销")
    yield lambda: page.proposal is not None and page.proposal.step.beds[person] == seen[0]


def run(folder: Path, roster: Path) -> int:
    """Start the program as its icon does, with a clerk in front of it."""
    clerks: list[Clerk] = []
    make = main.make_application

    def with_clerk(arguments: list[str]) -> object:
        app = make(arguments)
        clerks.append(Clerk(folder, lambda clerk: story(clerk, folder, roster)))
        return app

    main.make_application = with_clerk  # type: ignore[assignment]
    code = main.run_window(None)
    for clerk in clerks:
        clerk.closed()
    clerks.clear()
    return code


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
