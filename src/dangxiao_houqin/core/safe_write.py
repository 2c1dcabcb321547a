"""Files that are either whole or not there: written beside their name, synced, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import AppError, InvalidInput, Unavailable


def write_error(path: Path, error: OSError) -> AppError:
    """The sentence for a file that could not be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable(f"磁盘已满，“{path}”没有写成；请清理磁盘空间后再试。")
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return InvalidInput(f"“{path}”是一个文件夹，请给出文件名。")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InvalidInput(f"文件夹“{path.parent}”不存在，请先建立或换一个位置。")
    if isinstance(error, PermissionError):
        return Unavailable(f"“{path}”不能写入：没有权限，或文件正被其他程序打开；请关闭它或换一个位置。")
    if error.errno == errno.ENAMETOOLONG:
        return InvalidInput(f"文件名“{path.name[:30]}…”太长，请换一个短一些的名字。")
    return Unavailable(f"“{path}”没有写成（{error.strerror or error}），请检查磁盘后再试。")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; when the block ends well it becomes ``path``, else it vanishes.

    An :class:`OSError` leaves as an :class:`AppError` with a sentence; an existing file stays until the new one is
    whole and on the disk.
    """
    part = path.parent / f".{secrets.token_hex(6)}.part"
    try:
        if path.is_dir():
            raise IsADirectoryError(str(path))
        yield part
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Put ``content`` into ``path``, wholly or not at all; raises :class:`AppError`."""
    with replacing(path) as part:
        part.write_bytes(content)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
