"""``doctor --verify-signatures`` and ``--verify-head`` as an administrator sees them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses.domain.approval import ChainHead
from dangxiao_houqin.modules.expenses.queries.approval import chain_head
from tests.modules.expenses.tampering import Victim, build, disarm

ROOT = Path(__file__).parents[2]


@pytest.fixture
def victim(db: Database) -> Victim:
    return build(db)


def doctor(db_url: str, *options: str, data: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "dangxiao_houqin", "doctor", "--db", db_url, *options],
        env={
            **os.environ,
            "DANGXIAO_DATA_DIR": str(data),
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONIOENCODING": "utf-8",
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def head_of(db: Database) -> ChainHead:
    with unit_of_work(db, Actor.system(), "test.look", read_only=True) as ctx:
        return chain_head(ctx)


def tamper(db: Database, *statements: str) -> None:
    """Change the database for good, past its guards."""
    if db.path is not None:
        with closing(sqlite3.connect(db.path)) as connection:  # as a database tool does: no foreign keys
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount >= 1
            connection.commit()
        return
    with unit_of_work(db, Actor.system(), "test.attack") as ctx:
        disarm(ctx)
        for statement in statements:
            assert ctx.session.execute(text(statement)).rowcount >= 1


def test_clean_then_tampered_then_cut(victim: Victim, db: Database, db_url: str, data_folder: Path) -> None:
    printed = head_of(db)
    paper = f"{printed.seq}:{printed.check_code}"
    done = doctor(db_url, "--verify-signatures", "--verify-head", paper, data=data_folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"核对了 {printed.seq} 条签名记录、9 张单据、4 个附件。" in done.stdout
    assert f"签名链到第 {printed.seq} 号" in done.stdout
    assert f"校验码 {printed.check_code}。" in done.stdout
    assert "没有发现改动" in done.stdout
    assert f"第 {printed.seq} 号签名与纸上的校验码一致。" in done.stdout

    claim, nothing = victim.ids["approved"], "x'00'" if db.is_sqlite else "'\\x00'"
    tamper(
        db,
        f"UPDATE claim_line SET amount_fen = 99999900 WHERE claim_id = {claim} AND position = 1",
        f"UPDATE expense_claim SET payee = '别人（虚构）' WHERE id = {victim.ids['again']}",
        f"UPDATE attachment_content SET data = {nothing}",
    )
    done = doctor(db_url, "--verify-signatures", data=data_folder)
    assert done.returncode == 1
    assert "第一处是“报销审批单 BX-2026-00001”的“明细第 1 行的金额”：" in done.stdout
    assert "签字时是“¥1,234.50”，现在是“¥999,999.00”。" in done.stdout
    assert "[报销审批单 BX-2026-00003｜收款单位]" in done.stdout
    assert done.stdout.count("｜文件内容]") == 4
    assert "不要再签批" in done.stderr

    found = json.loads(doctor(db_url, "--verify-signatures", "--json", data=data_folder).stdout)
    assert found["head"]["check_code"] == printed.check_code
    assert [flaw["field"] for flaw in found["flaws"]][:2] == ["明细第 1 行的金额", "收款单位"]
    assert found["flaws"][0]["document"] == ["claim", claim]

    tamper(
        db,
        f"DELETE FROM signature_record WHERE seq = {printed.seq}",
        f"UPDATE counter SET value = {printed.seq - 1} WHERE kind = 'expenses.signature'",
    )
    done = doctor(db_url, "--verify-head", f"{printed.seq}:{printed.check_code}", data=data_folder)
    assert done.returncode == 1
    assert f"纸上有第 {printed.seq} 号签名，数据库里没有" in done.stdout

    plain = json.loads(doctor(db_url, "--json", data=data_folder).stdout)
    (guards,) = [f for f in plain["findings"] if f["check"] == "signatures"]
    assert guards["level"] == "error"
    assert "signature_record" in guards["message"]


@pytest.mark.sqlite_only
def test_only_the_first_twenty_are_listed(victim: Victim, db: Database, db_url: str, data_folder: Path) -> None:
    del victim
    tamper(db, "UPDATE signature_record SET round = round + 1")
    done = doctor(db_url, "--verify-signatures", data=data_folder)
    assert done.returncode == 1
    assert " 20. [" in done.stdout
    assert " 21. [" not in done.stdout
    assert "处没有列出。" in done.stdout


@pytest.mark.sqlite_only
def test_empty_database_and_misuse(db: Database, db_url: str, data_folder: Path, tmp_path: Path) -> None:
    db.close()
    done = doctor(db_url, "--verify-signatures", data=data_folder)
    assert done.returncode == 0
    assert "还没有任何签名。" in done.stdout
    for typed in ("28", "x:JT89-NPJ6-AW14", "28:JT89", ""):
        done = doctor(db_url, "--verify-head", typed, data=data_folder)
        assert done.returncode == 64, (typed, done.stdout, done.stderr)
        assert done.stderr.strip().endswith(("。", "--help。"))
    done = doctor(str(tmp_path / "missing.sqlite"), "--verify-signatures", data=data_folder)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("。")


@pytest.mark.sqlite_only
def test_head_in_any_spelling(victim: Victim, db: Database, db_url: str, data_folder: Path) -> None:
    del victim
    head = head_of(db)
    for typed in (
        f"{head.seq}：{head.check_code.lower()}",
        f"第 {head.seq} 号 {head.check_code}",
        f"{head.seq} {head.check_code.replace('-', '')}",
    ):
        done = doctor(db_url, "--verify-head", typed, data=data_folder)
        assert done.returncode == 0, done.stderr
