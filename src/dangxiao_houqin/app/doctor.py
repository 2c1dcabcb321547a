"""The self-check: what is wrong with this installation and its database, and what to do about it.

Reads only; the same findings feed ``doctor`` on the command line and the self-check page.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin import __version__
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.db import WAL_SAFE_SQLITE, AwareDateTime, Database, as_app_error
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.paths import data_dir, log_dir, resource
from dangxiao_houqin.core.progress import Progress, no_progress

from .database import FileState, Look, known_revisions, look_at_file, look_at_server

Level = Literal["ok", "warning", "error"]
LEVEL_WORDS: dict[Level, str] = {"ok": "正常", "warning": "注意", "error": "错误"}

LITTLE_SPACE, HARDLY_ANY_SPACE = 1 << 30, 100 << 20  # bytes
OLD_BACKUP_DAYS = 7
HELD = "('assigned', 'in_house', 'left')"  # states of a stay that hold nights (accommodation.domain.StayState)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``check`` its key, ``title`` its name, ``message`` what was seen, ``advice`` what to do."""

    check: str
    title: str
    level: Level
    message: str
    advice: str = ""


def run_checks(
    target: str | Path | None, *, clock: Clock | None = None, progress: Progress = no_progress
) -> tuple[Finding, ...]:
    """Look at the machine and, unless ``target`` is None, at that database; never raises for what it finds."""
    now = (clock or SystemClock()).now()
    machine: tuple[tuple[str, str, Callable[[], Finding]], ...] = (
        ("versions", "程序版本", _versions),
        ("fonts", "中文字体", _fonts),
        ("input_method", "输入法", _input_method),
        ("folders", "数据与日志目录", _folders),
    )
    findings = []
    for number, (key, title, check) in enumerate(machine):
        progress(number / 10, f"正在检查{title}")
        findings.append(_safely(key, title, check))
    if target is not None:
        findings += _database(target, now, progress)
    progress(1.0, "自检完成")
    return tuple(findings)


def worst(findings: tuple[Finding, ...]) -> Level:
    """The gravest level among ``findings``."""
    levels = {finding.level for finding in findings}
    return "error" if "error" in levels else "warning" if "warning" in levels else "ok"


def as_data(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """What ``doctor --json`` prints."""
    return {
        "level": worst(findings),
        "findings": [
            {"check": f.check, "title": f.title, "level": f.level, "message": f.message, "advice": f.advice}
            for f in findings
        ],
    }


def _safely(key: str, title: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except AppError as error:
        return Finding(key, title, "error", error.message, error.hint)
    except (OSError, DBAPIError) as error:
        return Finding(key, title, "error", f"检查时出错：{error}", "请把这段文字发给技术支持。")


# ------------------------------------------------------------------------------------------------ machine
def qt_trap(python: tuple[int, int], qt: str) -> bool:
    """PySide6 6.12.0 loses references to None and kills Pythons before 3.12."""
    return qt == "6.12.0" and python < (3, 12)


def _versions() -> Finding:
    title = "程序版本"
    try:
        qt = metadata.version("PySide6_Essentials")
    except metadata.PackageNotFoundError:
        return Finding("versions", title, "error", "没有找到界面组件 PySide6。", "请重新安装本程序。")
    python = sys.version_info[:2]
    text = f"党校后勤 {__version__}，Python {python[0]}.{python[1]}，PySide6 {qt}，SQLite {sqlite3.sqlite_version}"
    if qt_trap(python, qt):
        return Finding(
            "versions", title, "error", f"{text}：这个 PySide6 在 Python 3.11 上会突然退出。", "请安装 PySide6 6.9.3。"
        )
    return Finding("versions", title, "ok", f"{text}。")


def _fonts() -> Finding:
    title = "中文字体"
    try:
        wanted = json.loads(resource("fonts/manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Finding("fonts", title, "error", "程序自带的字体清单不见了。", "请重新安装本程序。")
    bad = []
    for name, entry in wanted.items():
        path = resource(f"fonts/{name}")
        try:
            with path.open("rb") as handle:
                same = hashlib.file_digest(handle, "sha256").hexdigest() == entry["sha256"]
        except OSError:
            same = False
        if not same:
            bad.append(name)
    if bad:
        names = "、".join(bad)
        return Finding("fonts", title, "error", f"字体文件缺失或已损坏：{names}。", "请重新安装本程序。")
    return Finding("fonts", title, "ok", f"程序自带的 {len(wanted)} 个字体文件齐全。")


def _input_method() -> Finding:
    title = "输入法"
    if not sys.platform.startswith("linux"):
        return Finding("input_method", title, "ok", "使用操作系统的输入法。")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return Finding("input_method", title, "ok", "没有图形界面，不需要输入法。")
    try:
        from dangxiao_houqin.ui.input_method import prepare
    except ImportError as error:
        return Finding(
            "input_method", title, "error", f"界面组件加载不了：{error}。", "请按《管理员指南》安装缺少的系统组件。"
        )
    before = os.environ.get("QT_IM_MODULE")
    try:
        state = prepare()
    finally:
        if before is None:
            os.environ.pop("QT_IM_MODULE", None)
        else:
            os.environ["QT_IM_MODULE"] = before
    if state.problem:
        return Finding("input_method", title, "warning", "中文可能输入不了。", state.problem)
    return Finding("input_method", title, "ok", f"输入法接口：{state.module}。")


def _folders() -> Finding:
    title = "数据与日志目录"
    for folder in (data_dir(), log_dir()):
        probe = folder / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"1")
        except OSError as error:
            reason = error.strerror or str(error)
            return Finding("folders", title, "error", f"“{folder}”不能写入（{reason}）。", "请检查权限和磁盘空间。")
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
    return _space("folders", title, data_dir(), f"“{data_dir()}”可以写入")


def _space(key: str, title: str, folder: Path, text: str) -> Finding:
    free = shutil.disk_usage(folder).free
    words = f"{text}，磁盘剩余 {free / (1 << 30):.1f} GB"
    if free < HARDLY_ANY_SPACE:
        return Finding(key, title, "error", f"{words}，已不够用。", "请马上清理磁盘，否则无法保存和备份。")
    if free < LITTLE_SPACE:
        return Finding(key, title, "warning", f"{words}，偏少。", "请清理磁盘。")
    return Finding(key, title, "ok", f"{words}。")


# ----------------------------------------------------------------------------------------------- database
def _database(target: str | Path, now: datetime, progress: Progress) -> Iterator[Finding]:
    title = "数据库"
    progress(0.4, "正在检查数据库")
    try:
        db = Database(target)
    except AppError as error:
        yield Finding("database", title, "error", error.message, error.hint)
        return
    try:
        try:
            look = look_at_file(db.path) if db.path is not None else look_at_server(db)
        except AppError as error:
            yield Finding("database", title, "error", error.message, error.hint)
            return
        yield _reachable(db, look)
        yield _schema(look)
        if db.path is not None:
            yield _safely("journal", "SQLite 日志方式", lambda: _journal(db.path or Path()))
            if db.path.exists():
                yield _safely("disk", "磁盘空间", lambda: _space("disk", "磁盘空间", _folder(db), "数据库所在磁盘正常"))
        yield _safely("backup", "备份", lambda: _backups(db, now))
        if look.state is not FileState.CURRENT:
            return
        progress(0.6, "正在核对数据")
        try:
            with db.engine.connect().execution_options(read_only=True) as connection:
                yield _foreign_keys(connection)
                yield _nights(connection)
                if not db.is_sqlite:
                    yield _sequences(connection)
                yield _audit(connection)
                yield _signatures(connection)
                yield _ballot_box(connection)
                yield _jobs(connection)
        except DBAPIError as error:
            known = as_app_error(error)
            yield Finding("data", "数据核对", "error", known.message if known else f"读取数据时出错：{error.orig}")
    finally:
        db.close()


def _folder(db: Database) -> Path:
    assert db.path is not None
    return db.path.parent


def _reachable(db: Database, look: Look) -> Finding:
    key, title, where = "database", "数据库", f"{db.describe()} "
    if look.state is FileState.MISSING:
        return Finding(key, title, "error", f"{where}不存在。", "请核对路径，或用 init 新建。")
    if look.state is FileState.NOT_A_DATABASE:
        return Finding(key, title, "error", f"{where}不是数据库文件。", _restore_advice(db))
    if look.state is FileState.DAMAGED:
        return Finding(key, title, "error", f"{where}已损坏（{look.detail}）。", _restore_advice(db))
    if look.state is FileState.FOREIGN:
        return Finding(key, title, "error", f"{where}是别的程序的数据库。", "请换一个文件或新建一个数据库。")
    checked = "，完整性检查通过" if db.is_sqlite else ""
    return Finding(key, title, "ok", f"{where}可以打开{checked}。")


def _restore_advice(db: Database) -> str:
    from .backup import latest_good_backup

    found = latest_good_backup(db)
    if found is None:
        return "本机没有找到它的备份，请用别处保存的备份恢复（restore）。"
    return f"请用 {found.created:%Y-%m-%d %H:%M} 的备份“{found.path}”恢复（restore）。"


def _schema(look: Look) -> Finding:
    key, title, newest = "schema", "数据结构版本", known_revisions()[-1]
    if look.state is FileState.CURRENT:
        return Finding(key, title, "ok", f"与程序一致（{newest}）。")
    if look.state is FileState.OLDER:
        return Finding(
            key, title, "warning", f"数据库是 {look.revision}，程序是 {newest}。", "运行 init，会先备份再升级。"
        )
    if look.state is FileState.NEWER:
        return Finding(key, title, "error", f"数据库（{look.revision}）由更新的版本写成。", "请安装新版本的程序。")
    if look.state is FileState.EMPTY:
        return Finding(key, title, "error", "数据库里还没有数据表。", "运行 init 建立。")
    return Finding(key, title, "error", "没有读到数据结构版本。", "请先处理数据库一项的问题。")


def _journal(path: Path) -> Finding:
    key, title = "journal", "SQLite 日志方式"
    safe = sqlite3.sqlite_version_info >= WAL_SAFE_SQLITE
    with path.open("rb") as handle:
        header = handle.read(20)
    wal = len(header) == 20 and header[18] == 2
    if wal and not safe:
        return Finding(
            key,
            title,
            "warning",
            f"文件是 WAL 方式，而 SQLite {sqlite3.sqlite_version} 的 WAL 有会损坏数据的缺陷。",
            "用本程序打开一次即改回回滚日志方式。",
        )
    mode = "WAL" if safe else "回滚日志（TRUNCATE），每次提交都写到磁盘"
    return Finding(key, title, "ok", f"SQLite {sqlite3.sqlite_version} 使用 {mode}。")


def _backups(db: Database, now: datetime) -> Finding:
    from .backup import latest_good_backup

    key, title = "backup", "备份"
    found = latest_good_backup(db)
    if found is None:
        return Finding(
            key, title, "warning", "本机没有这个数据库的完好备份。", "请运行 backup，并把文件另存到别的磁盘。"
        )
    days = (now - found.created).days
    text = f"最近的完好备份：{found.created:%Y-%m-%d %H:%M}，“{found.path}”"
    if days > OLD_BACKUP_DAYS:
        return Finding(key, title, "warning", f"{text}，已过 {days} 天。", "请运行 backup。")
    return Finding(key, title, "ok", f"{text}。")


def _foreign_keys(connection: sa.Connection) -> Finding:
    key, title = "references", "数据关联"
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            tables = "、".join(sorted({str(row[0]) for row in broken}))
            return Finding(
                key,
                title,
                "error",
                f"{len(broken)} 条数据指向不存在的记录（{tables}）。",
                "请从备份恢复，并联系技术支持。",
            )
    else:
        query = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
        if connection.exec_driver_sql(query).scalar():
            return Finding(key, title, "error", "有外键没有经过校验。", "请联系数据库管理员执行 VALIDATE CONSTRAINT。")
    return Finding(key, title, "ok", "没有指向不存在记录的数据。")


_NIGHT_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "入住记录与逐晚占床不一致",
        f"""SELECT count(*) FROM (
            SELECT s.id FROM stay s LEFT JOIN bed_night n ON n.stay_id = s.id
            WHERE s.state IN {HELD} GROUP BY s.id, s.arrive, s.leave
            HAVING count(n.night) <> {{days}} OR min(n.night) <> s.arrive) q""",
    ),
    (
        "逐晚占床与入住记录的床位、房间、性别、学员或日期不符",
        """SELECT count(*) FROM bed_night n JOIN stay s ON s.id = n.stay_id
            WHERE n.bed_id <> s.bed_id OR n.room_id <> s.room_id OR n.sex <> s.sex
            OR n.night < s.arrive OR n.night >= s.leave
            OR coalesce(n.enrollment_id, 0) <> coalesce(s.enrollment_id, 0)""",
    ),
    (
        "已取消的入住仍占着床",
        f"SELECT count(*) FROM bed_night n JOIN stay s ON s.id = n.stay_id WHERE s.state NOT IN {HELD}",
    ),
    (
        "房间某晚没有人却定了性别",
        """SELECT count(*) FROM room_night r WHERE NOT EXISTS
            (SELECT 1 FROM bed_night n WHERE n.room_id = r.room_id AND n.night = r.night)""",
    ),
    (
        "占床没有对应的房间记录",
        """SELECT count(*) FROM bed_night n WHERE NOT EXISTS
            (SELECT 1 FROM room_night r WHERE r.room_id = n.room_id AND r.night = n.night AND r.sex = n.sex)""",
    ),
)


def _nights(connection: sa.Connection) -> Finding:
    key, title = "nights", "床位占用"
    sqlite = connection.dialect.name == "sqlite"
    days = "CAST(julianday(s.leave) - julianday(s.arrive) AS INTEGER)" if sqlite else "s.leave - s.arrive"
    wrong = []
    for text, query in _NIGHT_CHECKS:
        if count := connection.exec_driver_sql(query.replace("{days}", days)).scalar():
            wrong.append(f"{text} {count} 处")
    if wrong:
        return Finding(key, title, "error", f"{'；'.join(wrong)}。", "请从备份恢复，并把自检结果发给技术支持。")
    count = connection.exec_driver_sql("SELECT count(*) FROM bed_night").scalar()
    return Finding(key, title, "ok", f"入住、逐晚占床、房间性别三处一致（{count} 床晚）。")


def _sequences(connection: sa.Connection) -> Finding:
    key, title = "sequences", "编号序列"
    behind = []
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        query = sa.text("SELECT pg_get_serial_sequence(quote_ident(:table), 'id')")
        if "id" not in {column["name"] for column in inspector.get_columns(name)}:
            continue
        sequence = connection.scalar(query, {"table": name})
        if sequence is None:
            continue
        last, called = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()
        highest = connection.exec_driver_sql(f'SELECT max(id) FROM "{name}"').scalar() or 0
        if highest > last or (highest == last and not called):
            behind.append(name)
    if behind:
        return Finding(
            key,
            title,
            "error",
            f"序列落后于数据：{'、'.join(behind)}。",
            "请用 backup 备份后以 restore --force 恢复一次。",
        )
    return Finding(key, title, "ok", "新记录的编号不会与已有的重复。")


def _audit(connection: sa.Connection) -> Finding:
    key, title = "audit", "操作日志"
    if connection.dialect.name == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        wanted = 2
    else:
        query = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass "
            "AND NOT tgisinternal AND tgenabled <> 'D'"
        )
        wanted = 1
    if (connection.exec_driver_sql(query).scalar() or 0) < wanted:
        return Finding(
            key, title, "error", "防止改动操作日志的保护被去掉了。", "请查明是谁改动了数据库，并从备份恢复。"
        )
    count = connection.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar()
    return Finding(key, title, "ok", f"只能追加，现有 {count} 条。")


def _signatures(connection: sa.Connection) -> Finding:
    """Only whether they are guarded: looking at each is ``doctor --verify-signatures``."""
    from .signature_check import unguarded

    key, title = "signatures", "签名记录"
    if tables := unguarded(connection):
        return Finding(
            key,
            title,
            "error",
            f"防止改动签名和附件的保护被去掉了（{'、'.join(tables)}）。",
            "请查明是谁改动了数据库，并用 doctor --verify-signatures 核对全部签名。",
        )
    count = connection.exec_driver_sql("SELECT count(*) FROM signature_record").scalar()
    return Finding(key, title, "ok", f"只能追加，现有 {count} 条；逐条核对请用 --verify-signatures。")


_BOX_GUARDS = {
    "survey_paper_guard": ("survey_closed", "survey_code_missing", "survey_code_used", "survey_full"),
    "questionnaire_version_frozen": ("questionnaire_version is frozen",),
}
"""Triggers that guard the ballot box, and what each still has to refuse."""

_BOX_VIEWS = ("survey_open", "survey_kiosk_setting")
"""All that a kiosk may read."""


def _ballot_box(connection: sa.Connection) -> Finding:
    """Only whether it is guarded; what lies in it is nobody's to look at."""
    key, title = "ballot_box", "票箱"
    if connection.dialect.name == "sqlite":
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        views = "SELECT name FROM sqlite_master WHERE type = 'view'"
    else:  # the guard has to see more than a kiosk may: without its owner's rights it refuses everything
        triggers = (
            "SELECT t.tgname, f.prosrc FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace "
            "AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
            "AND (f.prosecdef OR t.tgname <> 'survey_paper_guard')"
        )
        views = "SELECT viewname FROM pg_views WHERE schemaname = current_schema()"
    sources = {row[0]: row[1] for row in connection.exec_driver_sql(triggers)}
    there = {row[0] for row in connection.exec_driver_sql(views)}
    gone = [name for name, words in _BOX_GUARDS.items() if any(word not in sources.get(name, "") for word in words)]
    gone += [name for name in _BOX_VIEWS if name not in there]
    if gone:
        return Finding(
            key,
            title,
            "error",
            f"票箱的保护被去掉或改掉了（{'、'.join(gone)}）。",
            "请先停用自助终端，查明是谁改动了数据库，并从备份恢复。",
        )
    return Finding(key, title, "ok", "关箱以后、超过份数和重复用码的答卷，数据库自己不收；定稿的问卷改不了。")


def _jobs(connection: sa.Connection) -> Finding:
    """Scheduled work fails quietly; here is where it says so."""
    from .modules import MODULES

    key, title = "jobs", "自动任务"
    titles = {job.name: job.title for module in MODULES for job in module.jobs()}
    leases = sa.table("job_lease", *(sa.column(name) for name in ("name", "last_ended_at", "last_error")))
    ended = sa.type_coerce(leases.c.last_ended_at, AwareDateTime()).label("ended")
    rows = connection.execute(sa.select(leases.c.name, ended, leases.c.last_error).order_by(leases.c.name)).all()
    failed = [row for row in rows if row.last_error and row.name in titles]
    if failed:
        text = "；".join(
            f"“{titles[row.name]}”{f'（{row.ended:%m-%d %H:%M}）' if row.ended else ''}没有做成：{row.last_error}"
            for row in failed
        )
        return Finding(
            key, title, "warning", text, "程序会自动再试；一直不成请按上面的原因处理，或用 jobs run 再做一次。"
        )
    done = [row for row in rows if row.name in titles and row.ended is not None]
    if not titles:
        return Finding(key, title, "ok", "没有自动任务。")
    last = max((row.ended for row in done), default=None)
    return Finding(
        key, title, "ok", f"共 {len(titles)} 项，" + (f"最近一次 {last:%Y-%m-%d %H:%M}。" if last else "还没有做过。")
    )
