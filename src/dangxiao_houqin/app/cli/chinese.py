"""click in Chinese: help pages and what is wrong with a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class ChineseCommand(click.Command):
    """A command whose help page has Chinese headings."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[选项]" if piece == "[OPTIONS]" else piece for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)


class ChineseGroup(click.Group):
    """The same for the group of all commands, listed in the order of use."""

    command_class = ChineseCommand

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(super().get_help_option(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[选项] [命令] [参数]…", prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        rows = [
            (name, command.get_short_help_str(120))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        with formatter.section("命令"):
            formatter.write_dl(rows)


def _help_option(found: click.Option | None) -> click.Option | None:
    if found is not None:
        found.help = "显示这份说明。"
    return found


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    rows = []
    for parameter in command.get_params(ctx):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            record = parameter.get_help_record(ctx)
            if record is not None:
                rows.append((record[0], record[1].replace("[required]", "（必填）").replace("  （", "（")))
    if rows:
        with formatter.section("选项"):
            formatter.write_dl(rows)


# ------------------------------------------------------------------------------------------------- errors
def sentence(error: click.ClickException) -> str:
    """What is wrong with the command line, in one sentence, and where the help is."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "dangxiao-houqin"
    return f"{_what(error)}用法见 {path} --help。"


def _what(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有“{error.option_name}”这个选项{_perhaps(error.possibilities)}。"
    if isinstance(error, click.MissingParameter):
        return f"缺少{_name(error.param)}。"
    if isinstance(error, click.BadOptionUsage):
        if "requires" in error.message:
            return f"选项“{error.option_name}”后面缺少内容。"
        return f"选项“{error.option_name}”后面不带内容。"
    if isinstance(error, click.BadParameter):
        text = error.message.rstrip("。")
        return f"{_name(error.param)}不对：{text if _is_chinese(text) else '格式不对'}。"
    if isinstance(error, click.UsageError):
        if error.message.startswith("No such command"):
            known = error.ctx.command.list_commands(error.ctx) if _is_group(error.ctx) else []  # type: ignore[union-attr]
            return f"没有这个命令，可用的命令：{'、'.join(known)}。"
        if "unexpected extra argument" in error.message:
            extra = error.message.partition("(")[2].rstrip(").")
            return f"多出了参数“{extra}”；带空格的内容请加引号。"
    return f"{error.message.rstrip('。')}。" if _is_chinese(error.message) else "命令的写法不对。"


def _is_group(ctx: click.Context | None) -> bool:
    return ctx is not None and isinstance(ctx.command, click.Group)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _perhaps(possibilities: Iterable[str] | None) -> str:
    names = sorted(possibilities or ())
    return f"（是不是 {'、'.join(names)}？）" if names else ""


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return f"选项“{parameter.opts[0]}”"
    if parameter is not None:
        return f"参数“{parameter.make_metavar(click.get_current_context(silent=True) or _no_context())}”"
    return "参数"


def _no_context() -> click.Context:
    return click.Context(click.Command(None))


# -------------------------------------------------------------------------------------------------- types
class Day(click.ParamType):
    """A day written 2026-03-02."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        text = str(value).strip().replace("/", "-").replace(".", "-")
        parts = text.split("-")
        try:
            if len(parts) != 3 or len(parts[0]) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
                raise ValueError(text)
            return date(*(int(part) for part in parts))
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2026-03-02 这样", param, ctx)


class Number(click.ParamType):
    """A number within limits; ``whole`` for integers."""

    name = "数字"

    def __init__(self, minimum: float, maximum: float, *, whole: bool) -> None:
        self.minimum, self.maximum, self.whole = minimum, maximum, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = int(value) if self.whole else float(value)
        except (ValueError, OverflowError):
            self.fail(f"“{value}”不是{'整数' if self.whole else '数字'}", param, ctx)
        if not self.minimum <= number <= self.maximum:
            self.fail(f"应在 {self.minimum:g} 到 {self.maximum:g} 之间", param, ctx)
        return number


class OutFile(click.ParamType):
    """The file to write, in a folder that exists; ``endings`` are the kinds it may have."""

    name = "文件"

    def __init__(self, *endings: str) -> None:
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(value)).expanduser()
        if not str(value).strip() or path.is_dir():
            self.fail(f"“{value}”不是文件名，请写明要保存的文件", param, ctx)
        if self.endings and path.suffix.lower() not in self.endings:
            self.fail(f"“{path.name}”的扩展名应是 {' 或 '.join(self.endings)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"文件夹“{path.parent}”不存在，请先建立它", param, ctx)
        return path


class InFile(click.ParamType):
    """A file that is there."""

    name = "文件"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(value)).expanduser()
        if path.is_dir():
            self.fail(f"“{value}”是文件夹，不是文件", param, ctx)
        if not path.exists():
            self.fail(f"没有找到文件“{value}”", param, ctx)
        return path


def db_option(function: F) -> F:
    """``--db DB``, needed by every command that works on data."""
    return click.option(
        "--db", "target", metavar="DB", required=True, help="数据库：本机文件路径或 postgresql:// 地址。"
    )(function)
