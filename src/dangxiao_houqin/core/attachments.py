"""Files that belong to records: bytes once per content, a row per use.

The bytes lie in the database and not in a folder beside it: every desk has them without a network share, one
transaction saves the record with its papers, and a backup is whole.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Entity, insert_absent
from .errors import InvalidInput, NotFound, Unavailable
from .uow import Ctx

MAX_BYTES = 20 * 1024 * 1024
"""Largest file taken; a scan of a page is under 1 MB, a phone's photo under 8."""

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".ofd": "application/ofd",
    ".xml": "application/xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
"""What may be attached, by the end of its name."""

_MAGIC = {
    "application/pdf": (b"%PDF-",),
    "application/ofd": (b"PK\x03\x04",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/bmp": (b"BM",),
    "image/webp": (b"RIFF",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}


_UNSEEN = ("Cc", "Cf", "Cs")
"""Characters that a name only has to look like another: line ends, turned writing, halves of pairs."""


class AttachmentContent(Base):
    """Bytes by their SHA-256 (hex)."""

    __tablename__ = "attachment_content"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Entity):
    """One file as somebody attached it; ``size`` in bytes."""

    __tablename__ = "attachment"

    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("attachment_content.sha256"), index=True)

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True)
class StoredFile:
    """A file as it comes back."""

    name: str
    media_type: str
    sha256: str
    data: bytes


def media_type_of(name: str, data: bytes) -> str:
    """The media type of a file that may be attached.

    Raises :class:`InvalidInput` for an empty, too large or unknown file, or one whose content is not what its name
    says.
    """
    kind = MEDIA_TYPES.get(PurePath(name).suffix.lower())
    if kind is None:
        raise InvalidInput(f"“{name}”不能作为附件，请选择 PDF、OFD、XML 或图片（JPG、PNG 等）。", field="file")
    if not data:
        raise InvalidInput(f"“{name}”是空文件，请重新选择。", field="file")
    if len(data) > MAX_BYTES:
        size = len(data) / 1024 / 1024
        raise InvalidInput(
            f"“{name}”有 {size:.0f} MB，附件不能超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再添加。", field="file"
        )
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:16]
    right = start.startswith(b"<") if kind == "application/xml" else start.startswith(_MAGIC[kind])
    if not right:
        raise InvalidInput(f"“{name}”的内容和它的文件类型不符，可能已损坏，请重新下载或扫描。", field="file")
    return kind


def attach(ctx: Ctx, name: str, data: bytes) -> Attachment:
    """Keep a file; bytes that are there already are not stored twice.  Raises as :func:`media_type_of`."""
    name = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN)
    name = PurePath(name.replace("\\", "/")).name.strip() or "附件"
    kind = media_type_of(name, data)
    if len(name) > 200:
        suffix = PurePath(name).suffix
        name = name[: 200 - len(suffix)] + suffix
    digest = hashlib.sha256(data).hexdigest()
    known = ctx.session.scalar(select(AttachmentContent.sha256).where(AttachmentContent.sha256 == digest))
    if known is None:
        insert_absent(ctx.session, AttachmentContent, sha256=digest, data=data)
    return ctx.add(Attachment(name=name, media_type=kind, size=len(data), sha256=digest))


def read_attachment(ctx: Ctx, attachment_id: int) -> StoredFile:
    """The bytes of a file.

    Raises :class:`NotFound`, and :class:`Unavailable` when they are not the bytes that were stored.
    """
    row = ctx.session.execute(
        select(Attachment.name, Attachment.media_type, Attachment.sha256, AttachmentContent.data)
        .join(AttachmentContent, AttachmentContent.sha256 == Attachment.sha256)
        .where(Attachment.id == attachment_id)
    ).one_or_none()
    if row is None:
        raise NotFound("这个附件已被删除，请刷新。")
    if hashlib.sha256(row.data).hexdigest() != row.sha256:
        raise Unavailable(f"附件“{row.name}”的内容在数据库里被改动或损坏，不能打开；请从备份恢复并报告管理员。")
    return StoredFile(row.name, row.media_type, row.sha256, row.data)
