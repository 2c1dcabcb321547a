"""From a settings dataclass to form fields and back: the type says the kind of field, ``setting()`` its words."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable
from typing import Any

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.settings import from_payload
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, Field, LongTextField, NumberField, TextField

_CONVERT: dict[Any, Callable[[str], Any]] = {int: int, float: float, bool: {"是": True, "否": False}.__getitem__}
_SEPARATOR = re.compile(r"[,，、;；\t]+")


def field_for(section: type[Any], entry: dataclasses.Field[Any]) -> Field[Any]:
    """The input for one setting."""
    hint = typing.get_type_hints(section)[entry.name]
    words = entry.metadata
    title, explanation = words.get("title", entry.name), words.get("help", "")
    origin = typing.get_origin(hint)
    if hint is bool:
        return CheckField(entry.name, title, "是", help=explanation)
    if origin is typing.Literal:
        names = section.choices
        choices = [(value, names.get(value, str(value))) for value in typing.get_args(hint)]
        return ChoiceField(entry.name, title, choices, required=True, help=explanation)
    if hint in (int, float):
        low, high = words.get("minimum"), words.get("maximum")
        decimals = 0 if hint is int else 2
        number = NumberField(
            entry.name, title, minimum=low, maximum=high, decimals=decimals, required=True, help=explanation
        )
        number.input.setMaximumWidth(160)
        return number
    if origin is tuple:
        lines = min(7, max(3, len(getattr(section(), entry.name))))
        return LongTextField(entry.name, title, lines=lines, help=explanation)
    if words.get("multiline"):
        return LongTextField(entry.name, title, help=explanation)
    return TextField(entry.name, title, help=explanation)


def shown(value: Any) -> Any:
    """What the field shows for a stored value: tuples one item a line."""
    if isinstance(value, tuple):
        return "\n".join(_line(item) for item in value)
    return value


def collected(section: type[Any], values: dict[str, Any]) -> Any:
    """The section from what the fields hold; raises :class:`InvalidInput` naming the field that is wrong."""
    hints = typing.get_type_hints(section)
    titles = {entry.name: entry.metadata.get("title", entry.name) for entry in dataclasses.fields(section)}
    payload: dict[str, Any] = {}
    for name, value in values.items():
        hint = hints[name]
        if hint is float:
            value = float(value)
        elif typing.get_origin(hint) is tuple:
            inner = typing.get_args(hint)[0]
            value = [_item(inner, line, name, titles[name]) for line in value.splitlines() if line.strip()]
        payload[name] = value
    return from_payload(section, payload)


def _line(item: Any) -> str:
    if dataclasses.is_dataclass(item):
        return "，".join(show(getattr(item, entry.name)) for entry in dataclasses.fields(item))
    return str(item)


def _item(kind: type[Any], line: str, name: str, title: str) -> Any:
    if not dataclasses.is_dataclass(kind):
        return line.strip()
    entries, hints = dataclasses.fields(kind), typing.get_type_hints(kind)
    parts = [part.strip() for part in _SEPARATOR.split(line.strip())]
    wrong = InvalidInput(f"“{title}”里的“{line.strip()}”看不懂，请照其他各行的样子填写，用逗号隔开。", field=name)
    if len(parts) != len(entries):
        raise wrong
    result: dict[str, Any] = {}
    for entry, part in zip(entries, parts, strict=True):
        try:
            result[entry.name] = _CONVERT.get(hints[entry.name], str)(part)
        except (ValueError, KeyError) as error:
            raise wrong from error
    return result
