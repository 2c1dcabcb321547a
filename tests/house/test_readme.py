"""The README is true: its files, links, commands and options exist."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from dangxiao_houqin.app import cli
from tests.house.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_links_and_pictures_exist() -> None:
    targets = re.findall(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)", README)
    assert len(targets) > 3
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_the_two_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    goals = set(re.findall(r"`make (\w+)`", README)) | set(re.findall(r"^make (\w+)", README, re.MULTILINE))
    assert {"run", "test"} <= goals
    assert [goal for goal in sorted(goals) if not re.search(rf"^(\w+ )*{goal}\b.*:", makefile, re.MULTILINE)] == []


CALLS = re.findall(r"^(?:python -m dangxiao_houqin|dangxiao-houqin) (.+?)(?:\s+#.*)?$", README, re.MULTILINE)


def test_there_are_examples() -> None:
    assert CALLS


@pytest.mark.parametrize("call", CALLS)
def test_example_is_a_command_with_these_options(call: str) -> None:
    name, *arguments = shlex.split(call)
    command = cli.group.commands[name]
    assert isinstance(command, click.Command)
    options = {text for parameter in command.params for text in parameter.opts}
    assert {word for word in arguments if word.startswith("--")} <= options
