"""The audit log in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, or_, select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import mask_phone, show
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.selecting import contains, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.domain import AUDIT_VIEW, AuditRow, AuditWords, TableWords


def list_audit(ctx: Ctx, query: ListQuery, words: AuditWords) -> Listing[AuditRow]:
    """The audit log in words, newest first.

    Filters: ``who`` (actor name), ``entity`` (table), ``entity_id``, ``kind``, ``action``, ``first`` and ``last``
    (days, both inclusive). Personal data is masked without :data:`REVEAL_PERSONAL`.
    """
    ctx.require(AUDIT_VIEW)
    statement = select(AuditEntry)
    for word in query.search.split():
        statement = statement.where(_audit_has(word, words))
    plain = ListQuery("", query.filters, query.sort, query.descending, query.offset, query.limit)
    found = fetch_listing(
        ctx.session,
        statement,
        plain,
        lambda row: row[0],
        filters={
            "who": lambda value: AuditEntry.actor_name == value,
            "entity": lambda value: AuditEntry.entity == value,
            "entity_id": lambda value: AuditEntry.entity_id == value,
            "kind": lambda value: AuditEntry.kind == value,
            "action": lambda value: AuditEntry.action == value,
            "first": lambda value: AuditEntry.at >= _midnight(value),
            "last": lambda value: AuditEntry.at < _midnight(value) + timedelta(days=1),
        },
        sorts={
            "at": AuditEntry.id,
            "who": AuditEntry.actor_name,
            "kind": AuditEntry.kind,
            "entity": AuditEntry.entity,
        },
        order=(AuditEntry.id.desc(),),
    )
    names = _names_of_links(ctx, found.rows, words)
    reveal = ctx.can(REVEAL_PERSONAL)
    return Listing(tuple(_audit_row(entry, words, names, reveal=reveal) for entry in found.rows), found.total)


def list_audit_people(ctx: Ctx) -> tuple[str, ...]:
    """Everybody who appears in the audit log, for the filter."""
    ctx.require(AUDIT_VIEW)
    return tuple(ctx.session.scalars(select(AuditEntry.actor_name).distinct().order_by(AuditEntry.actor_name)))


def _audit_has(word: str, words: AuditWords) -> ColumnElement[bool]:
    actions = [key for key, title in words.actions.items() if word in title]
    tables = [key for key, table in words.tables.items() if word in table.title]
    escaped = json.dumps(word)[1:-1]  # the JSON column holds non-ASCII either as it is or escaped
    text = cast(AuditEntry.changes, String)
    return or_(
        contains(AuditEntry.actor_name, word),
        contains(AuditEntry.label, word),
        contains(text, word),
        contains(text, escaped) if escaped != word else false(),
        AuditEntry.action.in_(actions),
        AuditEntry.entity.in_(tables),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _names_of_links(ctx: Ctx, entries: Iterable[AuditEntry], words: AuditWords) -> dict[tuple[str, int], str]:
    """Names for ids such as ``department_id: 3``, taken from the log itself (the thing may be gone by now)."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        table = words.tables.get(entry.entity)
        for column, pair in entry.changes.items():
            target = table.links.get(column) if table is not None else None
            if target is not None:
                wanted.setdefault(target, set()).update(v for v in pair if isinstance(v, int))
    names: dict[tuple[str, int], str] = {}
    for target, ids in wanted.items():
        query = (
            select(AuditEntry.entity_id, AuditEntry.label)
            .where(AuditEntry.entity == target, AuditEntry.entity_id.in_(ids), AuditEntry.label != "")
            .order_by(AuditEntry.id)
        )
        for key, label in ctx.session.execute(query):
            names[(target, key or 0)] = label
    return names


def _audit_row(entry: AuditEntry, words: AuditWords, names: Mapping[tuple[str, int], str], *, reveal: bool) -> AuditRow:
    table = words.tables.get(entry.entity, TableWords(entry.entity))
    details = tuple(_details(entry, table, words, names, reveal=reveal))
    if entry.kind == "insert":
        text = "；".join(f"{title}：{new}" for title, _, new in details if new)
    elif entry.kind == "delete":
        text = "；".join(f"{title}：{old}" for title, old, _ in details if old)
    else:
        text = "；".join(f"{title}：{old or '（空）'} → {new or '（空）'}" for title, old, new in details)
    label = entry.label
    if entry.entity == "setting" and label in words.sections:
        label = words.sections[label].title
    return AuditRow(
        id=entry.id,
        at=entry.at,
        who=entry.actor_name,
        action=words.action(entry.action),
        kind=entry.kind,
        entity=table.title,
        label=label,
        text=text,
        details=details,
    )


def _details(
    entry: AuditEntry,
    table: TableWords,
    words: AuditWords,
    names: Mapping[tuple[str, int], str],
    *,
    reveal: bool,
) -> Iterable[tuple[str, str, str]]:
    for column, (old, new) in entry.changes.items():
        if column in table.silent:
            continue
        if entry.entity == "setting" and column == "payload" and "***" not in (old, new):
            yield from _section_details(entry.label, old or {}, new or {}, words)
            continue
        title = table.columns.get(column, column)
        masked = column in table.personal and not reveal
        shown = [_word(value, column, table, words, names, masked=masked) for value in (old, new)]
        if shown[0] != shown[1]:
            yield title, shown[0], shown[1]
        elif old == "***" or ((masked or isinstance(new, dict)) and old != new):
            yield title, "", "已更改"


def _word(
    value: Any,
    column: str,
    table: TableWords,
    words: AuditWords,
    names: Mapping[tuple[str, int], str],
    *,
    masked: bool,
) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_word(v, column, table, words, names, masked=masked) for v in value)
    known = table.values.get(column)
    if isinstance(value, dict) and callable(known):
        return known(value)
    if known is not None and isinstance(value, str | int) and not isinstance(value, bool):
        return known(value) if callable(known) else known.get(value, str(value))
    target = table.links.get(column)
    if target is not None and isinstance(value, int):
        return names.get((target, value), f"{words.table(target)} #{value}")
    if isinstance(value, dict):
        return "；".join(f"{key}={_word(v, column, table, words, names, masked=masked)}" for key, v in value.items())
    text = _moment(value) if isinstance(value, str) else show(value)
    return mask_phone(text) if masked else text


def _moment(text: str) -> str:
    """A stored ISO moment as people write it; other text unchanged."""
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        try:
            return show(datetime.fromisoformat(text))
        except ValueError:
            return text
    return text


def _section_details(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], words: AuditWords
) -> Iterable[tuple[str, str, str]]:
    cls = words.sections.get(section)
    fields = getattr(cls, "__dataclass_fields__", {})
    choices: Mapping[str, str] = getattr(cls, "choices", {})
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if before != after:
            title = fields[key].metadata.get("title", key) if key in fields else key
            yield title, _plain_word(before, choices), _plain_word(after, choices)


def _plain_word(value: Any, choices: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(_plain_word(v, choices) for v in value)
    if isinstance(value, dict):
        return "；".join(f"{key}={_plain_word(v, choices)}" for key, v in value.items())
    return choices.get(value, value) if isinstance(value, str) else show(value)
