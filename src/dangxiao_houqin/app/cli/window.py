"""Opening the window from the command line."""

from __future__ import annotations

import sys

import click

from .chinese import ChineseCommand


def open_window(target: str | None, *, demo: bool) -> None:
    """Hand over to the window; returns only by leaving the process with the window's exit code."""
    from dangxiao_houqin.app.main import run_window

    sys.exit(run_window(target, demo))


@click.command("run", cls=ChineseCommand)
@click.option("--db", "target", metavar="DB", help="数据库；不写时用本机上次使用的。")
@click.option("--demo", is_flag=True, help="打开演示数据库（虚构的学校），不影响正式数据。")
def run(target: str | None, demo: bool) -> None:
    """打开程序窗口（不写子命令时也是这样）。"""
    open_window(target, demo=demo)
