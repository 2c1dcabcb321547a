"""Commands about the database as a whole: set up, back up, restore, examine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .chinese import ChineseCommand, InFile, OutFile, db_option
from .terminal import print_json, progress_bar

if TYPE_CHECKING:
    from dangxiao_houqin.app.kiosk.role import KioskRole
    from dangxiao_houqin.core.db import Database


@click.command("init", cls=ChineseCommand)
@db_option
@click.option("--demo", is_flag=True, help="同时载入虚构的演示学校：房间、班次和学员。")
@click.option("--no-kiosk-role", is_flag=True, help="PostgreSQL：不建立自助终端专用的数据库用户。")
@click.option("--new-kiosk-password", is_flag=True, help="PostgreSQL：给自助终端的数据库用户换一个新密码。")
def init(target: str, demo: bool, no_kiosk_role: bool, new_kiosk_password: bool) -> None:
    """新建数据库，或把旧版数据库升级（升级前先备份）。"""
    from dangxiao_houqin.app.beginning import ensure_beginnings
    from dangxiao_houqin.app.database import known_revisions, open_database
    from dangxiao_houqin.app.demo_people import DEMO_LOGIN, DEMO_PASSWORD
    from dangxiao_houqin.app.kiosk.role import ensure_role
    from dangxiao_houqin.core.clock import SystemClock
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.organization.api import find_login

    from .terminal import who

    with progress_bar() as progress:
        db = open_database(target, create=True, progress=progress)
        try:
            with unit_of_work(db, Actor.system(who()), "app.init") as ctx:
                ensure_beginnings(ctx)
            login = ""
            if demo:
                from dangxiao_houqin.app.demo_data import load_demo

                load_demo(db, SystemClock(), progress)
                with unit_of_work(db, Actor.system(who()), "app.init", read_only=True) as ctx:
                    login = DEMO_LOGIN if find_login(ctx, DEMO_LOGIN) is not None else ""
            where = db.describe()
            kiosk = None if no_kiosk_role else ensure_role(db, new_password=new_kiosk_password)
        finally:
            db.close()
    click.echo(f"数据库已就绪：{where}（数据结构 {known_revisions()[-1]}）{'，已载入演示学校' if demo else ''}。")
    if login:
        click.echo(f"演示账号 {login}，密码 {DEMO_PASSWORD}；演示里各位虚构人员的密码也是它。")
    if kiosk is not None:
        _tell_kiosk_role(kiosk)


def _tell_kiosk_role(role: KioskRole) -> None:
    """The kiosk's address, which nobody can look up later; what the database administrator has to do."""
    if role.sql:
        click.echo("本用户无权给自助终端建立专用的数据库用户；请让数据库管理员在这个数据库里运行下面的语句：")
        click.echo(role.sql, nl=False)
    if role.address:
        click.echo(f"自助终端专用的数据库地址（只显示这一次，请记到自助终端上）：{role.address}")
    elif not role.sql:
        click.echo(f"自助终端的数据库用户 {role.name} 已经有了；忘了密码请加 --new-kiosk-password 换新的。")


@click.command("backup", cls=ChineseCommand)
@db_option
@click.option("--out", metavar="文件", type=OutFile(), required=True, help="备份文件，例如 D:\\备份\\20260302.zip。")
def backup(target: str, out: Path) -> None:
    """把全部数据备份成一个文件，并当场试恢复一次，确认它能用。"""
    from dangxiao_houqin.app import backup as backups
    from dangxiao_houqin.app.database import FileState, look_at_file, open_database
    from dangxiao_houqin.core.db import Database

    db = Database(target)
    try:
        if db.path is not None and db.path == out.absolute():
            raise click.BadParameter("备份文件不能就是数据库文件本身", param_hint="--out")
        # An older database is backed up as it is; everything else that is not right is refused with its sentence.
        older = db.path is not None and look_at_file(db.path, thorough=False).state is FileState.OLDER
        if not older:
            db.close()
            db = open_database(target, upgrade=False) if db.is_sqlite else Database(target)
        with progress_bar() as progress:
            info = backups.backup(db, out, progress=lambda f, t: progress(f * 0.6, t))
            backups.verify_backup(out, progress=lambda f, t: progress(0.6 + f * 0.4, t))
    finally:
        db.close()
    size = out.stat().st_size / 1024
    click.echo(f"备份完成并通过了恢复检验：{out}（{info.total} 条数据，{size:,.0f} KB）。")


@click.command("restore", cls=ChineseCommand)
@db_option
@click.option("--force", is_flag=True, help="替换已有数据的 PostgreSQL 数据库（现有数据先另存一份备份）。")
@click.argument("file", metavar="FILE", type=InFile())
def restore(target: str, force: bool, file: Path) -> None:
    """从备份文件恢复；原来的数据库文件会改名保留。

    FILE 是 backup 写成的备份文件；SQLite 和 PostgreSQL 的备份可以互相恢复。
    """
    from dangxiao_houqin.app import backup as backups

    with progress_bar() as progress:
        done = backups.restore(target, file, force=force, progress=progress)
    created = f"{done.info.created:%Y-%m-%d %H:%M}"
    click.echo(f"已恢复 {created} 的备份，共 {done.info.total} 条数据，逐条核对一致。")
    if done.set_aside is not None:
        click.echo(f"恢复前的数据保留在：{done.set_aside}")


@click.command("doctor", cls=ChineseCommand)
@db_option
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON。")
@click.option("--verify-signatures", "signatures", is_flag=True, help="逐条核对签名、签过字的单据和附件有没有被改动。")
@click.option(
    "--verify-head",
    "heads",
    metavar="序号:校验码",
    multiple=True,
    help="核对纸上印的序号和校验码，例如 28:JT89-NPJ6-AW14；可以写多次。",
)
@click.pass_context
def doctor(context: click.Context, target: str, as_json: bool, signatures: bool, heads: tuple[str, ...]) -> None:
    """自检：数据库、数据结构版本、字体、输入法、磁盘，哪里不对、怎么办。

    加 --verify-signatures 或 --verify-head 时只核对签名；发现不符返回 1。
    """
    if signatures or heads:
        if not _verify_signatures(target, heads, everything=signatures, as_json=as_json):
            context.exit(1)
        return
    from dangxiao_houqin.app.doctor import LEVEL_WORDS, as_data, run_checks, worst

    with progress_bar() as progress:
        findings = run_checks(target, progress=progress)
    if as_json:
        print_json(as_data(findings))
    else:
        for finding in findings:
            click.echo(f"[{LEVEL_WORDS[finding.level]}] {finding.title}：{finding.message}")
            if finding.advice and finding.level != "ok":
                click.echo(f"       处理办法：{finding.advice}")
    if worst(findings) == "error":
        if not as_json:
            click.echo("自检发现错误，请按上面的办法处理。", err=True)
        context.exit(1)
    if not as_json:
        click.echo("自检完成，没有发现错误。")


def _verify_signatures(target: str, heads: tuple[str, ...], *, everything: bool, as_json: bool) -> bool:
    """Tell what the check of signatures and of printed heads found; whether all is as it was signed."""
    from dangxiao_houqin.app import signature_check
    from dangxiao_houqin.core.errors import InvalidInput

    try:
        printed = [signature_check.read_head(text) for text in heads]
    except InvalidInput as error:
        raise click.BadParameter(error.message.rstrip("。"), param_hint="--verify-head") from error
    data: dict[str, object] = {}
    fine = True
    if everything:
        with progress_bar() as progress:
            found = signature_check.check_signatures(target, progress=progress)
        fine = not found.flaws
        data = signature_check.as_data(found)
        for line in () if as_json else signature_check.sentences(found):
            click.echo(line)
    answers = []
    for head in printed:
        flaw = signature_check.check_head(target, head)
        fine = fine and flaw is None
        answers.append({"seq": head.seq, "flaw": signature_check.flaw_data(flaw) if flaw else None})
        if not as_json:
            click.echo(flaw.sentence if flaw else f"第 {head.seq} 号签名与纸上的校验码一致。")
    if as_json:
        print_json({**data, "heads": answers} if printed else data)
    elif not fine:
        click.echo("核对发现不符：请保管好数据库和最近的备份，不要再签批，并报告单位负责人。", err=True)
    return fine


@click.command("jobs", cls=ChineseCommand)
@db_option
@click.argument("what", metavar="[run]", type=click.Choice(["run"]), required=False)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON。")
@click.pass_context
def jobs(context: click.Context, target: str, what: str | None, name: str | None, as_json: bool) -> None:
    """列出自动任务和上次的结果；后面加 run 就做一遍。

    run 做到期的任务；run NAME 不管到没到期，做这一项（NAME 是任务的短名称）。有一项没做成时返回 1。
    """
    from dangxiao_houqin.app.database import open_database

    db = open_database(target)
    try:
        if what is None:
            _tell_jobs(db, as_json=as_json)
        elif not _run_jobs(db, name, as_json=as_json):
            context.exit(1)
    finally:
        db.close()


def _tell_jobs(db: Database, *, as_json: bool) -> None:
    from dangxiao_houqin.app.jobs import all_jobs
    from dangxiao_houqin.app.modules import MODULES
    from dangxiao_houqin.core.clock import SystemClock
    from dangxiao_houqin.core.columns import show
    from dangxiao_houqin.core.jobs import Lease, due, list_leases
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import unit_of_work

    known = all_jobs(MODULES)
    with unit_of_work(db, Actor.system(), "jobs.look", read_only=True) as ctx:
        leases = list_leases(ctx)
    waiting = due(known, leases, SystemClock().now())
    rows = [(job, leases.get(job.name, Lease(job.name))) for job in known]
    if as_json:
        print_json(
            [
                {
                    "name": job.name,
                    "title": job.title,
                    "rhythm": job.rhythm,
                    "due": job in waiting,
                    "holder": lease.holder,
                    "last_started_at": lease.last_started_at.isoformat() if lease.last_started_at else None,
                    "last_ended_at": lease.last_ended_at.isoformat() if lease.last_ended_at else None,
                    "last_error": lease.last_error,
                }
                for job, lease in rows
            ]
        )
        return
    for job, lease in rows:
        last = f"上次 {show(lease.last_ended_at)}" if lease.last_ended_at else "还没有做过"
        result = f"没有做成：{lease.last_error}" if lease.last_error else "正常" if lease.last_ended_at else ""
        state = "正在做" if lease.held(SystemClock().now()) else "到期待做" if job in waiting else "未到时间"
        click.echo("\t".join(part for part in (job.name, job.title, job.rhythm, last, result, state) if part))
    if not rows:
        click.echo("没有自动任务。")


def _run_jobs(db: Database, name: str | None, *, as_json: bool) -> bool:
    """Run what is due, or the one named; tells each result and whether all went well."""
    from dangxiao_houqin.app.jobs import all_jobs, run_what_is_due, this_desk, unit_opener
    from dangxiao_houqin.app.modules import MODULES
    from dangxiao_houqin.core.clock import SystemClock
    from dangxiao_houqin.core.errors import Conflict, NotFound
    from dangxiao_houqin.core.jobs import run_job
    from dangxiao_houqin.core.progress import no_progress

    if name is None:
        runs = run_what_is_due(no_progress, db, SystemClock(), MODULES, this_desk())
    else:
        known = {job.name: job for job in all_jobs(MODULES)}
        if name not in known:
            raise NotFound(f"没有名为“{name}”的自动任务，可用的有：{'、'.join(known) or '（无）'}。")
        run = run_job(unit_opener(db, SystemClock()), known[name], this_desk(), force=True)
        if run is None:
            raise Conflict(f"“{known[name].title}”正在另一台电脑上做，请稍候再试。")
        runs = (run,)
    if as_json:
        print_json([{"name": run.job.name, "title": run.job.title, "error": run.error} for run in runs])
    else:
        for run in runs:
            click.echo(f"{run.job.title}：{f'没有做成：{run.error}' if run.error else '已完成'}")
        if not runs:
            click.echo("没有到期的自动任务。")
    return not any(run.error for run in runs)
