"""R2: a full disk is said in a sentence; the database stays whole and no half file appears under its final name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dangxiao_houqin.app.backup import backup, restore
from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.app.doctor import run_checks
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.documents.saving import save_bytes
from dangxiao_houqin.documents.xlsx_write import write_list
from dangxiao_houqin.modules.places.columns import ROOM_COLUMNS
from dangxiao_houqin.modules.places.queries import list_rooms
from tests.reliability import writer
from tests.support.school import make_rooms

ROSTER = Path(__file__).parents[1] / "data" / "rosters" / "全区干部轮训花名册（300人）.xlsx"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root may mount a small disk"
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_up(folder: Path, leave: int) -> Path:
    """Leave only so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb") as handle:
        handle.write(b"x" * max(0, shutil.disk_usage(folder).free - leave))
    return ballast


def test_import_into_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    db = open_database(small_disk / "school.sqlite", create=True)
    writer.make_class(db)
    ballast = fill_up(small_disk, 100_000)
    with pytest.raises(Unavailable, match="磁盘已满"):
        writer.import_roster(db, str(ROSTER), say=False)
    assert [f for f in run_checks(small_disk / "school.sqlite") if f.level == "error" and f.check != "disk"] == []
    with writer.unit(db, "test.look", read_only=True) as ctx:
        assert writer.find_class(ctx, writer.NAME).enrolled == 0
    ballast.unlink()
    writer.import_roster(db, str(ROSTER), say=False)  # the next try works without starting anew
    with writer.unit(db, "test.look", read_only=True) as ctx:
        assert writer.find_class(ctx, writer.NAME).enrolled == 300
    db.close()


def test_files_onto_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    db = open_database(tmp_path / "school.sqlite", create=True)
    writer.make_class(db)
    writer.import_roster(db, str(ROSTER), say=False)
    with writer.unit(db, "test.rooms") as ctx:
        make_rooms(ctx, floors=8, rooms=20)
        rooms = list_rooms(ctx, ListQuery().everything()).rows
    backup(db, tmp_path / "good.zip")
    old = small_disk / "old.zip"
    old.write_bytes(b"the backup of yesterday")
    fill_up(small_disk, 4096)
    with pytest.raises(Unavailable, match="磁盘"):
        backup(db, old)
    with pytest.raises(Unavailable, match="磁盘"):
        write_list(small_disk / "rooms.xlsx", "房间", ROOM_COLUMNS, rooms * 5)
    with pytest.raises(Unavailable, match="磁盘"):
        save_bytes(small_disk / "list.pdf", b"%PDF-" + b"x" * 100_000)
    with pytest.raises(Unavailable, match="磁盘"):
        restore(small_disk / "restored.sqlite", tmp_path / "good.zip")
    assert old.read_bytes() == b"the backup of yesterday"
    assert sorted(path.name for path in small_disk.iterdir()) == ["ballast", "old.zip"]
    db.close()


def test_setting_up_on_a_full_disk(small_disk: Path) -> None:
    ballast = fill_up(small_disk, 50_000)
    with pytest.raises(Unavailable, match="磁盘"):
        open_database(small_disk / "new.sqlite", create=True)
    ballast.unlink()
    db = open_database(small_disk / "new.sqlite", create=True)
    assert isinstance(db, Database)
    db.close()
