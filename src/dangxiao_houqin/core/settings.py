"""Settings of the organisation: one frozen dataclass per section, kept as one JSON row.

Strict: an unknown key or a value of the wrong type is an error, not a guess.  This file holds the words and the
conversion and knows no database (the window appears before SQLAlchemy is imported); ``stored_settings`` has the table.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from datetime import date, time
from typing import Any, ClassVar, TypeVar

from .errors import InvalidInput
from .plain import plain

S = TypeVar("S")


def setting(
    default: Any,
    title: str,
    help: str = "",  # noqa: A002 - the word the form uses
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    multiline: bool = False,
) -> Any:
    """A field of a settings dataclass with the words its form shows.

    ``Literal`` annotations become choices; give their Chinese words with :func:`choices` on the class.
    """
    return dataclasses.field(
        default=default,
        metadata={
            "title": title,
            "help": help,
            "minimum": minimum,
            "maximum": maximum,
            "multiline": multiline,
        },
    )


SECRET_SECTIONS: set[str] = set()
"""Keys of sections whose values stay out of the audit log."""


class Section:
    """Base of a settings dataclass: ``section`` is its key, ``title`` its heading, ``choices`` words for literals.

    Of a ``secret`` section the audit log knows that it changed, not to what.
    """

    section: ClassVar[str]
    title: ClassVar[str]
    choices: ClassVar[dict[str, str]] = {}
    secret: ClassVar[bool] = False

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if cls.secret:
            SECRET_SECTIONS.add(cls.section)


def to_payload(value: Any) -> dict[str, Any]:
    """The JSON form of a settings dataclass."""
    return {f.name: plain(_undata(getattr(value, f.name))) for f in dataclasses.fields(value)}


def _undata(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _undata(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_undata(v) for v in value]
    return value


def from_payload(cls: type[S], payload: dict[str, Any]) -> S:
    """Build ``cls`` from JSON; raises :class:`InvalidInput` naming the first bad key."""
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    if unknown := set(payload) - set(fields):
        raise InvalidInput(f"设置“{cls.__name__}”里有不认识的项目“{min(unknown)}”，可能由更新的版本写入。")
    values: dict[str, Any] = {}
    for name, raw in payload.items():
        try:
            values[name] = _convert(hints[name], raw)
        except (TypeError, ValueError) as error:
            title = fields[name].metadata.get("title", name)
            raise InvalidInput(f"设置“{title}”的值“{raw}”不对，请在系统设置里改正。", field=name) from error
    result = cls(**values)
    check(result)
    return result


def check(value: Any) -> None:
    """Hold numbers to their limits; raises :class:`InvalidInput` for the first that is out of range."""
    for f in dataclasses.fields(value):
        number = getattr(value, f.name)
        if not isinstance(number, int | float) or isinstance(number, bool):
            continue
        low, high, title = (
            f.metadata.get("minimum"),
            f.metadata.get("maximum"),
            f.metadata.get("title", f.name),
        )
        if low is not None and number < low:
            raise InvalidInput(f"“{title}”不能小于 {low:g}。", field=f.name)
        if high is not None and number > high:
            raise InvalidInput(f"“{title}”不能大于 {high:g}。", field=f.name)


def _convert(hint: Any, raw: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if raw is None:
            return None
        return _convert(next(a for a in args if a is not type(None)), raw)
    if origin is typing.Literal:
        if raw not in args:
            raise ValueError(raw)
        return raw
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            raise TypeError(raw)
        return tuple(_convert(args[0], item) for item in raw)
    if dataclasses.is_dataclass(hint):
        return from_payload(typing.cast("type[Any]", hint), raw)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(raw)
    if hint is date:
        return date.fromisoformat(raw)
    if hint is time:
        return time.fromisoformat(raw)
    if hint is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        raise TypeError(raw)
    return raw
