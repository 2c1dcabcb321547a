"""The glossary is true: what it says is in use, is."""

from __future__ import annotations

import re

from tests.house.source import ROOT, module_names, package_files

GLOSSARY = ROOT / "docs" / "GLOSSARY.md"


def _in_use() -> list[str]:
    part = GLOSSARY.read_text(encoding="utf-8").split("## 一、")[1].split("## 二、")[0]
    rows = [line for line in part.splitlines() if line.startswith("|") and "|---" not in line]
    return sorted({name for row in rows for name in re.findall(r"`([A-Za-z_]+)`", row)})


def test_every_identifier_is_in_the_code() -> None:
    words = {word for file in package_files() for word in re.findall(r"[A-Za-z_]+", file.text)}
    names = _in_use()
    assert len(names) > 50
    assert [name for name in names if name not in words] == []


def test_every_module_has_its_words() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    assert [name for name in module_names() if f"`{name}`" not in text] == []
