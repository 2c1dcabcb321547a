"""Opening the window from the command line."""

from __future__ import annotations

import os
import sys

import click

from .chinese import ChineseCommand, Number

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def open_window(target: str | None, *, demo: bool) -> None:
    """Hand over to the window; returns only by leaving the process with the window's exit code."""
    from dangxiao_houqin.core.errors import Unavailable

    _look_for_a_screen()
    try:
        from dangxiao_houqin.app.main import run_window
    except ImportError as error:
        raise Unavailable(f"界面组件加载不了（{error}）；请按《管理员指南》安装缺少的系统组件。") from error

    sys.exit(run_window(target, demo))


def _look_for_a_screen() -> None:
    """Qt ends the process with a core dump where it finds no screen."""
    from dangxiao_houqin.core.errors import Unavailable

    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise Unavailable(
            "本机没有图形界面，打不开窗口；请在桌面环境里运行，或用 demo 和其他命令（dangxiao-houqin --help）。"
        )


@click.command("run", cls=ChineseCommand)
@click.option("--db", "target", metavar="DB", help="数据库；不写时用本机上次使用的。")
@click.option("--demo", is_flag=True, help="打开演示数据库（虚构的学校），不影响正式数据。")
def run(target: str | None, demo: bool) -> None:
    """打开程序窗口（不写子命令时也是这样）。"""
    open_window(target, demo=demo)


@click.command("kiosk", cls=ChineseCommand)
@click.option(
    "--db",
    "target",
    metavar="DB",
    required=True,
    envvar="DANGXIAO_KIOSK_DB",
    help="数据库；PostgreSQL 请用 init 给出的自助终端专用地址。也可以写在环境变量 DANGXIAO_KIOSK_DB 里。",
)
@click.option("--campaign", metavar="编号", type=Number(1, 2**31, whole=True), help="只开放这一次测评。")
@click.option("--moved", is_flag=True, help="还是原来的数据，只是数据库换了地址（本机还有没交完的答卷时用）。")
@click.option("--windowed", is_flag=True, hidden=True)
def kiosk(target: str, campaign: int | None, moved: bool, windowed: bool) -> None:
    """打开满意度自助终端：占满整个屏幕，凭口令退出。"""
    from dangxiao_houqin.core.errors import Unavailable

    _look_for_a_screen()
    try:
        from dangxiao_houqin.app.kiosk.running import run_kiosk
    except ImportError as error:
        raise Unavailable(f"界面组件加载不了（{error}）；请按《管理员指南》安装缺少的系统组件。") from error

    sys.exit(run_kiosk(target, campaign=campaign, moved=moved, windowed=windowed))
