"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dangxiao_houqin.core.errors import Unavailable


@contextmanager
def saving(path: Path) -> Iterator[Path]:
    """Give a temporary file beside ``path`` to write to; when the block ends well it takes the name ``path``.

    After any error (cancel, full disk, crash) the old ``path`` is untouched.  Raises ``Unavailable`` with a sentence
    when the disk or another program refuses.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise _unavailable(path, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise _unavailable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def save_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` (a PDF, say) to ``path`` whole or not at all; raises ``Unavailable``."""
    with saving(path) as temporary:
        temporary.write_bytes(data)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _unavailable(path: Path, error: OSError) -> Unavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        reason = "磁盘空间不足，请清理后再试。"
    elif isinstance(error, PermissionError):
        reason = "没有写入权限，或文件正被其他程序打开，请关闭它或换一个位置。"
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        reason = "所在文件夹不存在，请换一个位置。"
    else:
        reason = f"磁盘报告：{error.strerror or error}，请换一个位置再试。"
    return Unavailable(f"无法保存文件“{path.name}”：{reason}")
