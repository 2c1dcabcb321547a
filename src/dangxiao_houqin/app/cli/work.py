"""Commands of the daily work: classes, rosters, beds, paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .chinese import ChineseCommand, Day, InFile, Number, OutFile, db_option
from .terminal import print_json, progress_bar, who

if TYPE_CHECKING:
    from dangxiao_houqin.core.db import Database
    from dangxiao_houqin.core.progress import Progress
    from dangxiao_houqin.core.uow import Ctx
    from dangxiao_houqin.modules.training.roster import RosterPreview
    from dangxiao_houqin.modules.training.roster_import import ImportReview

ROWS_IN_ERROR = 2


@contextmanager
def opened(target: str) -> Iterator[Database]:
    """The database of ``--db``, which must be there."""
    from dangxiao_houqin.app.database import open_database

    db = open_database(target)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def unit(db: Database, action: str, *, read_only: bool = False, progress: Progress | None = None) -> Iterator[Ctx]:
    """A unit of work of the command line, with all reactions."""
    from dangxiao_houqin.app.wiring import REACTIONS
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.progress import no_progress
    from dangxiao_houqin.core.uow import unit_of_work

    with unit_of_work(
        db,
        Actor.system(who()),
        action,
        handlers=REACTIONS,
        read_only=read_only,
        progress=progress or no_progress,
    ) as ctx:
        yield ctx


# ---------------------------------------------------------------------------------------------------- demo
@click.command("demo", cls=ChineseCommand)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), required=True, help="放结果的文件夹。")
def demo(out: Path) -> None:
    """不开窗口，用虚构的学校从头做一遍：导入名单、分床、打印、每页截图。"""
    from dangxiao_houqin.app.demo import run_demo

    with progress_bar(always=True) as progress:
        summary = run_demo(out, progress=progress)
    click.echo(summary)


# --------------------------------------------------------------------------------------------------- class
@click.command("class-create", cls=ChineseCommand)
@db_option
@click.option("--name", metavar="N", required=True, help="班次名称，例如 2026年春季主体班。")
@click.option("--kind", metavar="K", required=True, help="班次类别，例如 主体班、专题研讨班、委托培训班。")
@click.option("--start", metavar="日期", type=Day(), required=True, help="开班（报到）日期，例如 2026-03-02。")
@click.option("--end", metavar="日期", type=Day(), required=True, help="结业（离校）日期，例如 2026-03-20。")
def class_create(target: str, name: str, kind: str, start: date, end: date) -> None:
    """新建培训班次，输出班次编号。"""
    from dangxiao_houqin.modules.training.domain import SaveClass
    from dangxiao_houqin.modules.training.services import save_class

    with opened(target) as db, unit(db, "training.save_class") as ctx:
        code = save_class(ctx, SaveClass(name=name, kind=kind, start=start, end=end)).code
    click.echo(code)


# -------------------------------------------------------------------------------------------------- roster
@click.command("import-roster", cls=ChineseCommand)
@db_option
@click.argument("class_code", metavar="CLASS")
@click.argument("file", metavar="FILE", type=InFile())
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option("--skip-bad-rows", is_flag=True, help="跳过有错误的行，导入其余的。")
@click.option(
    "--withdraw-missing/--keep-missing",
    "withdraw_missing",
    default=None,
    help="班里有、名单里没有的人：移出，还是保留（补充名单）。不写时移出，但缺了一半以上就不写入；跳过错误行时保留。",
)
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON。")
@click.pass_context
def import_roster(
    context: click.Context,
    target: str,
    class_code: str,
    file: Path,
    dry_run: bool,
    skip_bad_rows: bool,
    withdraw_missing: bool | None,
    as_json: bool,
) -> None:
    """把学员名单（xlsx、xls、ods、csv）导入班次。

    CLASS 是班次编号，FILE 是名单文件。有一行有错误就什么也不写入，返回 2；加 --skip-bad-rows 则跳过这些行。
    """
    from dangxiao_houqin.core.progress import no_progress
    from dangxiao_houqin.modules.training.queries import find_class
    from dangxiao_houqin.modules.training.roster import read_book
    from dangxiao_houqin.modules.training.roster_import import ApplyRoster, apply_roster, prepare_import, review

    with opened(target) as db, progress_bar() as progress:
        with unit(db, "training.prepare_import", read_only=True) as ctx:
            school = find_class(ctx, class_code)
            task = prepare_import(ctx, school.id)
        found = review(task, read_book(file, progress=no_progress), progress=progress)
        preview = found.preview
        blocked = bool(preview.errors) and not skip_bad_rows
        if blocked or dry_run:
            result = _would_be(found, skip_bad_rows, withdraws=_withdraws(withdraw_missing, skip_bad_rows))
        else:
            if withdraw_missing is None:
                _refuse_a_supplement(found, len(task.existing), skip_bad_rows)
            command = ApplyRoster(
                school.id,
                preview,
                skip_bad_rows=skip_bad_rows,
                withdraw_missing=_withdraws(withdraw_missing, skip_bad_rows),
            )
            with unit(db, "training.apply_roster", progress=progress) as ctx:
                done = apply_roster(ctx, command)
            result = {
                "rows": done.people + done.skipped,
                "people": done.people,
                "added": done.added,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "withdrawn": done.withdrawn,
                "skipped": done.skipped,
                "written": True,
            }
    result["problems"] = _problems(preview)
    if as_json:
        print_json(result)
    else:
        _tell(result, preview)
    if blocked:
        click.echo(
            f"名单里有 {len(preview.errors)} 处错误，没有写入任何数据；请改正后再导入，或加 --skip-bad-rows 跳过。",
            err=True,
        )
        context.exit(ROWS_IN_ERROR)


def _withdraws(said: bool | None, skip_bad_rows: bool) -> bool:
    """Whether people missing from the file go: unless told, not when rows are left out, one of which may be theirs."""
    return not skip_bad_rows if said is None else said


def _would_be(found: ImportReview, skip_bad_rows: bool, *, withdraws: bool) -> dict[str, Any]:
    preview = found.preview
    people = preview.good_people() if skip_bad_rows else preview.people
    changes = found.all_good if skip_bad_rows else found.changes
    skipped = len(preview.people) - len(people) + len(preview.not_taken)
    return {
        "rows": len(people) + skipped,
        "people": len(people),
        "added": len(changes.added),
        "changed": len(changes.changed),
        "unchanged": len(changes.unchanged),
        "withdrawn": len(changes.withdrawn) if withdraws else 0,
        "skipped": skipped,
        "written": False,
    }


def _refuse_a_supplement(found: ImportReview, existing: int, skip_bad_rows: bool) -> None:
    """The command line cannot ask: a file that leaves out most of the class is not taken for its whole roster."""
    from dangxiao_houqin.core.errors import RuleViolation
    from dangxiao_houqin.modules.training.roster_import import MOST_WITHDRAWN

    if skip_bad_rows:
        return  # then nobody is withdrawn
    missing = found.changes.withdrawn
    if len(missing) > MOST_WITHDRAWN * existing:
        raise RuleViolation(
            f"班里原有 {existing} 人，其中 {len(missing)} 人不在这份名单里，像是一份补充名单，没有写入；"
            "保留这些人请加 --keep-missing，移出请加 --withdraw-missing。"
        )


def _problems(preview: RosterPreview) -> list[dict[str, Any]]:
    several = sum(sheet.taken for sheet in preview.sheets) > 1
    return [
        {
            "row": problem.row,
            "column": problem.column,
            "severity": problem.severity,
            "message": f"工作表“{problem.sheet}”：{problem.message}" if several else problem.message,
        }
        for problem in preview.problems
    ]


def _tell(result: dict[str, Any], preview: RosterPreview) -> None:
    for problem in result["problems"]:
        word = "错误" if problem["severity"] == "error" else "提醒"
        click.echo(f"[{word}] 第 {problem['row']} 行“{problem['column']}”：{problem['message']}")
    for note in preview.notes:
        click.echo(note)
    verb = "已写入" if result["written"] else "没有写入，共"
    click.echo(
        f"{verb} {result['people']} 人：新增 {result['added']}，变更 {result['changed']}，不变 {result['unchanged']}，"
        f"移出 {result['withdrawn']}；跳过 {result['skipped']} 行。"
    )


# ---------------------------------------------------------------------------------------------------- beds
@click.command("assign", cls=ChineseCommand)
@db_option
@click.argument("class_code", metavar="CLASS")
@click.option("--seed", metavar="N", type=Number(0, 2**31 - 1, whole=True), default=1, help="随机种子，默认 1。")
@click.option(
    "--time-limit", metavar="S", type=Number(0.1, 600, whole=False), help="最长用时（秒），默认按分房规则设置。"
)
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON。")
def assign(target: str, class_code: str, seed: int, time_limit: float | None, as_json: bool) -> None:
    """按分房规则给班次自动分床，并确认方案。已有床位的人不动。"""
    from dangxiao_houqin.modules.accommodation.planning import as_command, make_plan, prepare
    from dangxiao_houqin.modules.accommodation.services import confirm_plan
    from dangxiao_houqin.modules.training.queries import find_class

    with opened(target) as db, progress_bar() as progress:
        with unit(db, "accommodation.prepare", read_only=True) as ctx:
            school = find_class(ctx, class_code)
            task = prepare(ctx, school.id)
        plan = make_plan(task, seed=seed, time_limit=time_limit, progress=progress)
        with unit(db, "accommodation.confirm_plan", progress=progress) as ctx:
            confirm_plan(ctx, as_command(task, plan))
    names = {candidate.enrollment_id: candidate.name for candidate in task.people}
    unassigned = [{"name": names[int(u.person)], "reason": u.reason} for u in plan.unassigned]
    result = {
        "assigned": len(plan.placements),
        "unassigned": unassigned,
        "rooms_opened": plan.rooms_opened,
        "objective": plan.objective,
        "bound": plan.bound,
        "seconds": round(plan.seconds, 3),
    }
    if as_json:
        print_json(result)
        return
    click.echo(
        f"“{school.name}”已分配 {len(plan.placements)} 人，新开 {plan.rooms_opened} 间房，用时 {plan.seconds:.1f} 秒。"
    )
    if plan.gap is not None:
        click.echo(f"方案得分 {plan.objective}，最好也不会低于 {plan.bound}（相差至多 {plan.gap:.1%}）。")
    for person in unassigned:
        click.echo(f"[没有床位] {person['name']}：{person['reason']}")


# --------------------------------------------------------------------------------------------------- paper
def _stop_after_list(kind: str) -> Any:
    """Callback of ``--list``: name everything and end, without asking for the other parameters."""

    def show(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if not value or context.resilient_parsing:
            return
        for entry in _entries(kind):
            click.echo(f"{entry.key}\t{entry.title}")
        context.exit(0)

    return show


def _entries(kind: str) -> list[Any]:
    """All printouts or all lists of the house, in the order of the modules."""
    from dangxiao_houqin.app.modules import MODULES

    if kind == "documents":
        return [document for module in MODULES for document in module.documents()]
    return [entry for module in MODULES for entry in module.lists]


def _pick(kind: str, key: str) -> Any:
    from dangxiao_houqin.core.errors import NotFound

    entries = _entries(kind)
    for entry in entries:
        if key.strip() in (entry.key, entry.title):
            return entry
    word = "打印件" if kind == "documents" else "清单"
    names = "、".join(f"{entry.key}（{entry.title}）" for entry in entries)
    raise NotFound(f"没有名为“{key}”的{word}，可用的有：{names}。")


@click.command("print", cls=ChineseCommand)
@click.option(
    "--list",
    "show",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_stop_after_list("documents"),
    help="列出全部打印件的短名称。",
)
@db_option
@click.argument("document", metavar="DOCUMENT")
@click.argument("class_code", metavar="CLASS")
@click.option(
    "--out", metavar="FILE.pdf", type=OutFile(".pdf", ".xlsx"), required=True, help="要写的文件（.pdf，或 .xlsx）。"
)
def print_document(target: str, document: str, class_code: str, out: Path) -> None:
    """把班次的打印件写成 PDF（--out 以 .xlsx 结尾时写成表格）。

    DOCUMENT 是打印件的短名称（见 print --list），CLASS 是班次编号。
    """
    from dangxiao_houqin.documents.saving import save_bytes
    from dangxiao_houqin.modules.training.queries import find_class

    spec = _pick("documents", document)
    with opened(target) as db, progress_bar() as progress:
        with unit(db, f"print.{spec.key}", progress=progress) as ctx:
            data = spec.load(ctx, find_class(ctx, class_code).id)
        if out.suffix.lower() == ".xlsx":
            spec.xlsx(out, data, progress)
        else:
            save_bytes(out, spec.pdf(data, progress))
    click.echo(f"已写成：{out}")


@click.command("export", cls=ChineseCommand)
@click.option(
    "--list",
    "show",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_stop_after_list("lists"),
    help="列出全部清单的短名称。",
)
@db_option
@click.argument("name", metavar="LIST")
@click.argument("class_code", metavar="[CLASS]", required=False)
@click.option("--out", metavar="FILE.xlsx", type=OutFile(".xlsx"), required=True, help="要写的 Excel 文件。")
def export(target: str, name: str, class_code: str | None, out: Path) -> None:
    """把清单导出成 Excel。

    LIST 是清单的短名称（见 export --list）；CLASS 是班次编号，只导出这个班的。
    """
    from dangxiao_houqin.core.errors import InvalidInput
    from dangxiao_houqin.core.listing import ListQuery
    from dangxiao_houqin.documents.xlsx_write import write_list
    from dangxiao_houqin.modules.training.queries import find_class

    spec = _pick("lists", name)
    if class_code is not None and not spec.by_class:
        raise InvalidInput(f"“{spec.title}”不分班次，请去掉班次编号“{class_code}”。")
    with opened(target) as db, progress_bar() as progress:
        with unit(db, f"export.{spec.key}", progress=progress) as ctx:
            filters = {"class_id": find_class(ctx, class_code).id} if class_code is not None else {}
            rows = spec.fetch(ctx, ListQuery(filters=filters).everything()).rows
            ctx.record(ctx.action, label=f"{spec.title}{f' {class_code}' if class_code else ''}，{len(rows)} 行")
        write_list(out, spec.title, spec.columns, rows, progress=progress)
    click.echo(f"已导出 {len(rows)} 行：{out}")
