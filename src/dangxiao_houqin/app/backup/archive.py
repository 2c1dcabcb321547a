"""Reading a backup file and believing none of it until its checksums are right."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from dangxiao_houqin.core.errors import InvalidInput, NotFound, Unavailable
from dangxiao_houqin.core.progress import Progress, no_progress

FORMAT = "dangxiao-houqin-backup"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class BackupInfo:
    """What a backup file says about itself; ``rows`` per table."""

    path: Path
    revision: str
    created: datetime
    program: str
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def damaged(path: Path, what: str) -> InvalidInput:
    return InvalidInput(f"备份文件“{path.name}”已损坏（{what}），不能用来恢复；请换一个备份文件。")


def info_of(path: Path, manifest: Mapping[str, Any]) -> BackupInfo:
    rows = {name: int(entry["rows"]) for name, entry in manifest["tables"].items()}
    created = datetime.fromisoformat(manifest["created"])
    return BackupInfo(path, str(manifest["schema"]), created, str(manifest["program"]), rows)


def open_archive(path: Path) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The archive and its manifest; the caller closes it.  Raises :class:`AppError`."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise NotFound(f"没有找到备份文件“{path}”，请检查路径。") from error
    except OSError as error:
        raise Unavailable(f"备份文件“{path}”读不出来（{error.strerror or error}），请检查权限和磁盘。") from error
    except zipfile.BadZipFile as error:
        raise InvalidInput(f"“{path.name}”不是备份文件，或已损坏、没有拷贝完整；请换一个备份文件。") from error
    try:
        manifest = json.loads(archive.read("manifest.json"))
        if manifest["format"] != FORMAT:
            raise KeyError("format")
        version = int(manifest["format_version"])
        info_of(path, manifest)
        for name in manifest["tables"]:
            archive.getinfo(f"tables/{name}.jsonl")
    except KeyError as error:
        archive.close()
        raise InvalidInput(f"“{path.name}”不是本程序的备份文件，请换一个备份文件。") from error
    except Exception as error:  # zlib, zipfile and json each have their own
        archive.close()
        raise damaged(path, "目录读不出来") from error
    if version > FORMAT_VERSION:
        archive.close()
        raise InvalidInput(f"备份文件“{path.name}”由更新的版本写成，请先安装新版本的程序再恢复。")
    return archive, manifest


def lines_of(archive: zipfile.ZipFile, path: Path, name: str, entry: Mapping[str, Any]) -> Iterator[bytes]:
    """The lines of one table; raises at the end when count or hash is not what the manifest says."""
    digest, rows = hashlib.sha256(), 0
    member: IO[bytes]
    try:
        with archive.open(f"tables/{name}.jsonl") as member:
            for line in member:
                digest.update(line)
                rows += 1
                yield line
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise damaged(path, f"数据表 {name} 读不出来") from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise damaged(path, f"数据表 {name} 解压失败") from error
    if rows != entry["rows"] or digest.hexdigest() != entry["sha256"]:
        raise damaged(path, f"数据表 {name} 的内容与校验值不符")


def check_backup(path: Path, *, progress: Progress = no_progress) -> BackupInfo:
    """Read every byte of a backup against its checksums, without restoring it; raises :class:`AppError`."""
    archive, manifest = open_archive(path)
    with archive:
        tables = manifest["tables"]
        for number, (name, entry) in enumerate(tables.items()):
            progress(number / len(tables), "正在校验备份文件")
            for _ in lines_of(archive, path, name, entry):
                pass
    return info_of(path, manifest)
