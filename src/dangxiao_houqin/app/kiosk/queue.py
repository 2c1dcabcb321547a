"""The kiosk's own small file: finished papers until the database has them, and what was last known of the database.

A paper is here, durably, before anybody is thanked for it; it leaves when the database says that it has it.  Nothing
tells who came first: rows are keyed by the paper's random name and kept in its order, with a day and without a time.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from dangxiao_houqin.core.errors import AppError, InvalidInput, RuleViolation, Unavailable
from dangxiao_houqin.core.settings import from_payload, to_payload
from dangxiao_houqin.modules.surveys.api import (
    Anonymity,
    Answers,
    Content,
    FinishedPaper,
    KioskPin,
    KioskRules,
    OpenSurvey,
    Refusal,
    code_hash,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

FILE_NAME = "kiosk_queue.db"
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PATIENCE_SECONDS = 5.0

UNREADABLE = "unreadable"
"""Reason of a paper whose row says nothing this program understands."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS paper (
  paper_id TEXT PRIMARY KEY, campaign_id INTEGER NOT NULL, day TEXT NOT NULL, answers TEXT NOT NULL,
  code TEXT NOT NULL, refusal TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used_code (
  campaign_id INTEGER, code_hash TEXT, PRIMARY KEY (campaign_id, code_hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Known:
    """What the kiosk last heard from the database."""

    surveys: tuple[OpenSurvey, ...] = ()
    rules: KioskRules = field(default_factory=KioskRules)
    pin_hash: str = ""


@dataclass(frozen=True)
class LockState:
    """Wrong PINs since the last right one, and until when none is taken (seconds since 1970)."""

    failures: int = 0
    until: float = 0.0


@dataclass(frozen=True)
class QueueState:
    """How much lies in the file: papers to send, refused ones by reason, hashes of codes used here, files set aside."""

    waiting: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    codes: frozenset[tuple[int, str]] = frozenset()
    set_aside: tuple[str, ...] = ()


class AnswerQueue:
    """The file; every method may be called from any thread and returns only when the disk has it.

    All raise :class:`Unavailable` when the disk does not take it.  A damaged file is set aside beside itself, never
    deleted, and replaced by a new one with what could still be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    # ------------------------------------------------------------------ papers
    def put(self, paper: FinishedPaper) -> None:
        """Keep a finished paper; the same one again changes nothing."""
        values = (paper.paper_id, paper.campaign_id, paper.day.isoformat(), paper.answers.dump(), paper.code)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR IGNORE INTO paper (paper_id, campaign_id, day, answers, code) VALUES (?, ?, ?, ?, ?)", values
            )
            if paper.code:
                used = (paper.campaign_id, code_hash(paper.campaign_id, paper.code))
                connection.execute("INSERT OR IGNORE INTO used_code VALUES (?, ?)", used)

        self._change(write)

    def waiting(self) -> tuple[FinishedPaper, ...]:
        """Papers to send, in an order drawn anew each time; one that cannot be read is held, not in others' way."""

        def read(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            return connection.execute(
                "SELECT paper_id, campaign_id, day, answers, code FROM paper WHERE refusal = '' ORDER BY random()"
            ).fetchall()

        papers = []
        for name, campaign, day, answers, code in self._do(read):
            try:
                papers.append(FinishedPaper(name, campaign, date.fromisoformat(day), Answers.load(answers), code))
            except (InvalidInput, ValueError, TypeError):
                log.error("a paper in the kiosk queue cannot be read")
                self.hold(name, UNREADABLE)
        return tuple(papers)

    def remove(self, paper_id: str) -> None:
        """The database has this one."""
        self._change(lambda connection: connection.execute("DELETE FROM paper WHERE paper_id = ?", (paper_id,)))

    def hold(self, paper_id: str, reason: str) -> None:
        """The database does not take this one; it stays here until :meth:`release` or :meth:`discard`."""
        self._change(
            lambda connection: connection.execute("UPDATE paper SET refusal = ? WHERE paper_id = ?", (reason, paper_id))
        )

    def release(self, reasons: Iterable[str] | None = None, campaigns: Iterable[int] | None = None) -> int:
        """Send refused papers again: all, or those of these reasons and campaigns; returns how many."""
        wanted = (json.dumps(list(reasons or ())), json.dumps(list(campaigns or ())))
        limits = "" if reasons is None else " AND refusal IN (SELECT value FROM json_each(:reasons))"
        limits += "" if campaigns is None else " AND campaign_id IN (SELECT value FROM json_each(:campaigns))"
        values = {"reasons": wanted[0], "campaigns": wanted[1]}
        statement = f"UPDATE paper SET refusal = '' WHERE refusal <> ''{limits}"
        return self._change(lambda connection: connection.execute(statement, values).rowcount)

    def discard(self) -> int:
        """Throw refused papers away for good; returns how many.

        Their codes may be used here again, but for those that the box called used.
        """

        def write(connection: sqlite3.Connection) -> int:
            query = "SELECT campaign_id, code FROM paper WHERE refusal NOT IN ('', ?) AND code <> ''"
            codes = connection.execute(query, (Refusal.CODE_USED.value,)).fetchall()
            connection.executemany(
                "DELETE FROM used_code WHERE campaign_id = ? AND code_hash = ?",
                [(campaign, code_hash(campaign, code)) for campaign, code in codes],
            )
            return connection.execute("DELETE FROM paper WHERE refusal <> ''").rowcount

        return self._change(write)

    def state(self) -> QueueState:
        """How much lies here."""

        def read(connection: sqlite3.Connection) -> QueueState:
            counted = dict(connection.execute("SELECT refusal, count(*) FROM paper GROUP BY refusal"))
            codes = frozenset(connection.execute("SELECT campaign_id, code_hash FROM used_code"))
            waiting = counted.pop("", 0)
            return QueueState(waiting, counted, codes, tuple(_note(connection, "set_aside", [])))

        return self._do(read)

    # ------------------------------------------------------------------ what is known
    def known(self) -> Known:
        """What :meth:`remember` kept; empty when there is nothing this program understands."""
        try:
            return _known(self._do(lambda connection: _note(connection, "known", {})))
        except (AppError, KeyError, TypeError, ValueError) as error:
            log.info("what the kiosk knew is not understood: %r", error)
            return Known()

    def remember(self, known: Known) -> None:
        """Keep what the database says, for a start without it; codes of campaigns that are over are forgotten."""
        plain = {
            "surveys": [_plain_survey(survey) for survey in known.surveys],
            "rules": to_payload(known.rules),
            "pin_hash": known.pin_hash,
        }
        campaigns = json.dumps([survey.campaign_id for survey in known.surveys])

        def write(connection: sqlite3.Connection) -> None:
            _set_note(connection, "known", plain)
            connection.execute(
                "DELETE FROM used_code WHERE campaign_id NOT IN (SELECT value FROM json_each(?))"
                " AND campaign_id NOT IN (SELECT campaign_id FROM paper)",
                (campaigns,),
            )

        self._change(write)

    def lock_state(self) -> LockState:
        """Wrong PINs so far; also after a restart."""
        return LockState(**self._do(lambda connection: _note(connection, "lock", {})))

    def set_lock_state(self, state: LockState) -> None:
        """Remember wrong PINs."""
        plain = {"failures": state.failures, "until": state.until}
        self._change(lambda connection: _set_note(connection, "lock", plain))

    def belong_to(self, database: str, *, moved: bool = False) -> None:
        """Whose papers these are: campaign numbers mean something in one database only.

        ``moved``: the same data live at another address now.  Raises :class:`RuleViolation` when papers for another
        database are still here.
        """

        def write(connection: sqlite3.Connection) -> None:
            before = _note(connection, "database", "")
            held = connection.execute("SELECT count(*) FROM paper").fetchone()[0]
            if before not in ("", database) and held and not moved:
                raise RuleViolation(
                    f"本机还有 {held} 份答卷要交到“{before}”，不能改接“{database}”；"
                    "请先接回原来的数据库交完，如果只是数据库换了地址，请加 --moved 再打开。"
                )
            if before not in ("", database) and not moved:
                connection.execute("DELETE FROM used_code")
                connection.execute("DELETE FROM note WHERE key = 'known'")
            if before != database:
                _set_note(connection, "database", database)

        self._change(write)

    # ------------------------------------------------------------------ the file
    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._guard:
            self._shut()

    def _change(self, write: Callable[[sqlite3.Connection], T]) -> T:
        def whole(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = write(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            return result

        return self._do(whole)

    def _do(self, act: Callable[[sqlite3.Connection], T]) -> T:
        with self._guard:
            try:
                try:
                    return act(self._open())
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    self._set_aside(error)
                    return act(self._open())
            except sqlite3.Error as error:
                self._shut()
                raise _unavailable(error) from error
            except OSError as error:
                self._shut()
                raise Unavailable(
                    f"本机的答卷文件“{self.path}”不能写入（{error.strerror or error}），请联系工作人员。"
                ) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with suppress(OSError):
            self.path.chmod(0o600)
        connection = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA secure_delete=ON")
            # TRUNCATE syncs the emptied journal, EXTRA the folder: what was committed stays after a power cut.
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=EXTRA")
            if (verdict := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                damage = sqlite3.DatabaseError(str(verdict))
                damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise damage
            connection.execute("BEGIN IMMEDIATE")
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Give the damaged file another name and begin anew with what can be read of it."""
        self._shut()
        aside = self.path.with_name(f"{self.path.stem}-损坏{self.path.suffix}")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{self.path.stem}-损坏{number}{self.path.suffix}")
        papers, notes, codes = _salvage(self.path)
        self.path.replace(aside)
        journal = Path(f"{self.path}-journal")
        if journal.exists():
            journal.replace(f"{aside}-journal") if journal.stat().st_size else journal.unlink()
        log.error("damaged kiosk queue set aside as %s: %s; %d papers read", aside.name, error, len(papers))
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO paper VALUES (?, ?, ?, ?, ?, ?)", papers)
        connection.executemany("INSERT OR IGNORE INTO used_code VALUES (?, ?)", codes)
        connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", notes)
        _set_note(connection, "set_aside", [*_note(connection, "set_aside", []), str(aside)])
        connection.execute("COMMIT")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in DAMAGED


def _unavailable(error: sqlite3.Error) -> AppError:
    if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == sqlite3.SQLITE_FULL:
        return Unavailable("本机磁盘已满，答卷还没有保存；请不要离开，马上告诉工作人员。")
    log.error("kiosk queue: %s", error)
    return Unavailable("答卷还没有保存到本机，请再按一次“交卷”；还不行请告诉工作人员。")


def _salvage(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """Rows of a damaged file that still have their shape: papers, notes, used codes."""
    found: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    tables = (("paper", 6), ("note", 2), ("used_code", 2))
    for rows, (table, width) in zip(found, tables, strict=True):
        for way in ("ASC", "DESC"):  # up to the damage from both sides
            with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as connection:
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1 {way}"):
                    if len(row) == width and row not in rows and _is_whole(table, row):
                        rows.append(row)
    return found


def _is_whole(table: str, row: tuple[Any, ...]) -> bool:
    try:
        if table == "paper":
            name, campaign, day, answers, code, refusal = row
            date.fromisoformat(day)
            Answers.load(answers)
            return len(name) == 32 and isinstance(campaign, int) and isinstance(code, str) and isinstance(refusal, str)
        if table == "note":
            json.loads(row[1])
            return isinstance(row[0], str)
        return isinstance(row[0], int) and len(row[1]) == 64
    except (TypeError, ValueError, InvalidInput):
        return False


def _note(connection: sqlite3.Connection, key: str, default: Any) -> Any:
    row = connection.execute("SELECT value FROM note WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row is not None else default


def _set_note(connection: sqlite3.Connection, key: str, value: Any) -> None:
    connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))


def _plain_survey(survey: OpenSurvey) -> dict[str, Any]:
    return {
        "campaign_id": survey.campaign_id,
        "title": survey.title,
        "subject": survey.subject,
        "anonymity": survey.anonymity.value,
        "opens_at": survey.opens_at.isoformat(),
        "closes_at": survey.closes_at.isoformat(),
        "content": survey.content.to_plain(),
        "full": survey.full,
    }


def _known(plain: Mapping[str, Any]) -> Known:
    if not plain:
        return Known()
    surveys = tuple(
        OpenSurvey(
            campaign_id=each["campaign_id"],
            title=each["title"],
            subject=each["subject"],
            anonymity=Anonymity(each["anonymity"]),
            opens_at=datetime.fromisoformat(each["opens_at"]),
            closes_at=datetime.fromisoformat(each["closes_at"]),
            content=Content.from_plain(each["content"]),
            full=bool(each["full"]),
        )
        for each in plain["surveys"]
    )
    rules = from_payload(KioskRules, plain["rules"])
    return Known(surveys, rules, from_payload(KioskPin, {"pin_hash": plain["pin_hash"]}).pin_hash)
