"""Opening the window from the command line."""

from __future__ import annotations

import os
import sys

import click

from .chinese import ChineseCommand

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def open_window(target: str | None, *, demo: bool) -> None:
    """Hand over to the window; returns only by leaving the process with the window's exit code."""
    from dangxiao_houqin.core.errors import Unavailable

    # Qt ends the process with a core dump where it finds no screen.
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise Unavailable(
            "本机没有图形界面，打不开窗口；请在桌面环境里运行，或用 demo 和其他命令（dangxiao-houqin --help）。"
        )
    try:
        from dangxiao_houqin.app.main import run_window
    except ImportError as error:
        raise Unavailable(f"界面组件加载不了（{error}）；请按《管理员指南》安装缺少的系统组件。") from error

    sys.exit(run_window(target, demo))


@click.command("run", cls=ChineseCommand)
@click.option("--db", "target", metavar="DB", help="数据库；不写时用本机上次使用的。")
@click.option("--demo", is_flag=True, help="打开演示数据库（虚构的学校），不影响正式数据。")
def run(target: str | None, demo: bool) -> None:
    """打开程序窗口（不写子命令时也是这样）。"""
    open_window(target, demo=demo)
