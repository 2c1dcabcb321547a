"""The command line, on the same services as the window.

Exit codes: 0 done; 1 an error, said in one sentence on stderr; 2 ``import-roster`` found rows with errors and wrote
nothing; 64 the command was called wrongly; 130 interrupted.  Commands import what they need when they run, so that
``--help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

import click

from .chinese import ChineseGroup, sentence

DONE, FAILED, ROWS_IN_ERROR, WRONG_CALL, INTERRUPTED = 0, 1, 2, 64, 130

HELP = """党校后勤：培训班次、学员名单、床位分配和打印。

不带子命令时打开程序窗口。DB 是数据库：本机文件的路径，或 postgresql://用户:密码@主机/库名。

返回值：0 成功；1 出错（标准错误输出里有一句说明）；2 名单里有错误的行，什么也没有写入；64 命令写错；130 中断。
"""


@click.group(
    cls=ChineseGroup,
    help=HELP,
    invoke_without_command=True,
    context_settings={"max_content_width": 100, "terminal_width": 100},
)
@click.version_option(None, "--version", package_name="dangxiao-houqin", message="%(version)s", help="显示版本号。")
@click.pass_context
def group(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        from .window import open_window

        open_window(None, demo=False)


def _add_commands() -> None:
    from . import data, window, work

    for command in (
        window.run,
        window.kiosk,
        data.init,
        work.demo,
        work.class_create,
        work.import_roster,
        work.assign,
        work.print_document,
        work.export,
        data.backup,
        data.restore,
        data.doctor,
        data.jobs,
    ):
        group.add_command(command)


_add_commands()


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and leave the process with its exit code; never shows a traceback."""
    import multiprocessing

    multiprocessing.freeze_support()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # a Windows console may speak cp936
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    from dangxiao_houqin.core.errors import AppError, Cancelled

    try:
        with contextlib.suppress(OSError):  # doctor says what is wrong with the folder
            from dangxiao_houqin.core.log import start_logging

            start_logging()
        code = group.main(arguments, prog_name="dangxiao-houqin", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt, Cancelled):
        _say("已中断，没有写入。")
        return INTERRUPTED
    except click.ClickException as error:
        _say(sentence(error))
        return WRONG_CALL
    except AppError as error:
        _say(str(error))
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone (``| head``); give the flush at exit somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last stop: logged, and said in one sentence
        _say(_bug(error))
        return FAILED
    return code if isinstance(code, int) else DONE


def _bug(error: Exception) -> str:
    """The sentence for what should not happen; the log has the rest."""
    from dangxiao_houqin.core.log import log_bug
    from dangxiao_houqin.core.paths import log_dir

    if isinstance(error, OSError) and error.filename is not None:
        return f"文件“{error.filename}”读写不成功（{error.strerror}），请检查路径、权限和磁盘空间。"
    try:
        return f"程序内部出错，编号 {log_bug(error)}；详细情况已写入“{log_dir()}”里的日志，请把编号和日志发给技术支持。"
    except OSError:
        return f"程序内部出错（{type(error).__name__}），日志也写不了；请检查磁盘空间后再试。"


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        click.echo(text, err=True)
