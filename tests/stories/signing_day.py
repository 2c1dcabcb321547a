"""A leader empties his list, with the mouse first and then with the keys only: run by ``test_signing_day``.

``python -m tests.stories.signing_day FOLDER DATABASE SECONDS_PER_CLAIM``
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from dangxiao_houqin.app import main
from dangxiao_houqin.modules.expenses.ui.waiting_page import BatchDialog, WaitingPage
from tests.stories.clerk import Clerk, Work
from tests.stories.signing_school import CLAIMS, LONG_PAPER, PASSWORD


class Leader:
    """Reads what is before him and decides."""

    def __init__(self, clerk: Clerk, page: WaitingPage, pace: float) -> None:
        self.clerk, self.page, self.pace = clerk, page, pace

    @property
    def document(self) -> int | None:
        """The document that is on the screen with its evidence, looked at and ready to be decided."""
        page, row = self.page, self.page.list.current_row()
        if row is None or page.sheet.sheet is None or page.sheet.sheet.id != row.id or not page.list.is_seen(row):
            return None
        shown = page.viewer.opened is not None and page.viewer.canvas.pages > 0
        return row.id if shown and page.opinion.agree.isEnabled() else None

    def read(self, last: int | None) -> Work:
        """Wait until another document than ``last`` lies there, and take the time one takes."""
        yield lambda: self.document not in (None, last)
        until = time.monotonic() + self.pace
        yield lambda: time.monotonic() >= until

    def turn_pages(self) -> Work:
        canvas = self.page.viewer.canvas
        yield lambda: canvas.pages == 3
        for page in (1, 2):
            yield from self.clerk.keys("Next")
            yield lambda page=page: canvas.page == page


def story(clerk: Clerk, folder: Path, pace: float) -> Work:
    yield from clerk.fill("登录名", "li")
    yield from clerk.fill("密码", PASSWORD)
    yield from clerk.keys("Return")
    yield from clerk.go("待我签批")
    yield lambda: clerk.windows(WaitingPage)
    (page,) = clerk.windows(WaitingPage)
    yield lambda: len(page.list.rows) == CLAIMS and page.opinion.edit.hasFocus()
    leader = Leader(clerk, page, pace)
    begun = time.monotonic()
    last: int | None = None
    for number in range(CLAIMS):
        yield from leader.read(last)
        last = leader.document
        if number == LONG_PAPER:
            yield from leader.turn_pages()
            clerk.done("pages turned")
        if number == 0:
            yield from clerk.click("同意并看下一张")
        elif number == 2:  # the usual opinion is chosen whole: typing replaces it
            yield from clerk.type("同意，请附验收单")
            yield lambda: page.opinion.opinion == "同意，请附验收单"
            yield from clerk.keys("Return")
        else:
            yield from clerk.keys("Return")
        yield lambda count=number + 1: len(page.list.decided) == count
    clerk.done("all agreed to")
    yield page.sign_button.hasFocus
    yield from clerk.keys("Return")
    yield lambda: clerk.windows(BatchDialog)
    yield lambda: clerk.line("登录密码")
    clerk.done("the password is asked once")
    yield from clerk.type("Wrong1234")
    yield from clerk.keys("Return")
    (dialog,) = clerk.windows(BatchDialog)
    yield lambda: dialog.password.error
    yield lambda: dialog.password.edit.hasFocus() and dialog.primary.isEnabled()
    clerk.done("mistyped")
    yield from clerk.type(PASSWORD)
    yield from clerk.keys("Return")
    yield lambda: not clerk.windows(BatchDialog) and not page.list.rows
    seconds = time.monotonic() - begun
    yield lambda: page.empty_pane.recent.isVisible()
    clerk.done("the list is empty")
    (folder / "signing.json").write_text(json.dumps({"seconds": round(seconds, 1)}), encoding="utf-8")
    yield from clerk.keys("alt+F4")


def run(folder: Path, database: Path, pace: float) -> int:
    """Start the program on ``database`` with a leader in front of it."""
    clerks: list[Clerk] = []
    make = main.make_application

    def with_clerk(arguments: list[str]) -> object:
        app = make(arguments)
        clerks.append(Clerk(folder, lambda clerk: story(clerk, folder, pace)))
        return app

    main.make_application = with_clerk  # type: ignore[assignment]
    code = main.run_window(str(database))
    for clerk in clerks:
        clerk.closed()
    clerks.clear()
    return code


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
