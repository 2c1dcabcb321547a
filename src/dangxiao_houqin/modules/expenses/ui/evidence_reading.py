"""Turning the bytes of an evidence file into something to show; runs off the screen's thread."""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
import zipfile
from atexit import register
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from dangxiao_houqin.core.attachments import MEDIA_TYPES
from dangxiao_houqin.core.errors import InvalidInput, Unavailable
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui.background import PDFIUM_LOCK

PT_PER_PX = 72.0 / 96.0
LONGEST_SIDE_PX = 5000
"""Pictures are read no larger: enough for a paper at 400 dpi, and 100 MB of pixels at most."""
MOST_PIXELS = 25_000_000
"""A page of a PDF is drawn no larger: a till roll fitted to the width must not take a gigabyte."""
MOST_PICTURES = 40
MOST_TEXT = 200_000


@dataclass(frozen=True)
class Opened:
    """A file ready to show: pages (sizes in pt) of a PDF, pictures, or facts with a raw text."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    sizes: tuple[tuple[float, float], ...] = ()
    pictures: tuple[QImage, ...] = field(default=(), repr=False)
    facts: tuple[tuple[str, str], ...] = ()
    text: str = field(default="", repr=False)

    @property
    def paged(self) -> bool:
        return bool(self.sizes)


def open_file(progress: Progress, name: str, media_type: str, data: bytes, facts: Sequence[tuple[str, str]]) -> Opened:
    """Look into a file.  Raises :class:`InvalidInput` with one sentence when it cannot be shown."""
    if media_type == "application/pdf":
        return Opened(name, media_type, data, sizes=_pdf_sizes(name, data))
    if media_type.startswith("image/"):
        pictures = _pictures(progress, name, data)
        sizes = tuple((image.width() * PT_PER_PX, image.height() * PT_PER_PX) for image in pictures)
        return Opened(name, media_type, data, sizes=sizes, pictures=pictures)
    if media_type == "application/xml":
        return Opened(name, media_type, data, facts=tuple(facts), text=_xml_text(name, data))
    if media_type == "application/ofd":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                packed.namelist()
        except zipfile.BadZipFile as error:
            raise InvalidInput(f"“{name}”已损坏，打不开；请重新下载或扫描后替换。") from error
        return Opened(name, media_type, data, facts=tuple(facts))
    raise InvalidInput(f"“{name}”是程序不能显示的文件类型，请另存后查看。")


def _pdf_sizes(name: str, data: bytes) -> tuple[tuple[float, float], ...]:
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InvalidInput(f"“{name}”设有打开密码，不能显示；请换成没有密码的文件。") from error
            raise InvalidInput(f"“{name}”已损坏，打不开；请重新下载或扫描后替换。") from error
        try:
            sizes = tuple(document.get_page_size(number) for number in range(len(document)))
        except pypdfium2.PdfiumError as error:
            raise InvalidInput(f"“{name}”已损坏，打不开；请重新下载或扫描后替换。") from error
        finally:
            document.close()
    if not sizes:
        raise InvalidInput(f"“{name}”里一页也没有；请重新下载或扫描后替换。")
    return sizes


def _pictures(progress: Progress, name: str, data: bytes) -> tuple[QImage, ...]:
    """The pictures of a file upright as the camera noted, none longer than :data:`LONGEST_SIDE_PX`."""
    device = QBuffer()
    device.setData(QByteArray(data))
    device.open(QIODevice.OpenModeFlag.ReadOnly)
    found = _read_pictures(progress, device)  # the reader dies before its device: the TIFF reader closes through it
    if not found:
        raise InvalidInput(f"图片“{name}”已损坏，打不开；请重新拍照或扫描后替换。")
    return tuple(found)


def _read_pictures(progress: Progress, device: QIODevice) -> list[QImage]:
    reader = QImageReader(device)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    found: list[QImage] = []
    for number in range(min(max(reader.imageCount(), 1), MOST_PICTURES)):
        progress(0.0, f"正在打开第 {number + 1} 张")
        if number and not reader.jumpToImage(number):
            break
        size = reader.size()
        if size.isValid() and max(size.width(), size.height()) > LONGEST_SIDE_PX:
            reader.setScaledSize(
                size.scaled(QSize(LONGEST_SIDE_PX, LONGEST_SIDE_PX), Qt.AspectRatioMode.KeepAspectRatio)
            )
        image = reader.read()
        if image.isNull():
            break
        found.append(image.convertToFormat(QImage.Format.Format_RGB32 if not image.hasAlphaChannel() else _ARGB))
    return found


_ARGB = QImage.Format.Format_ARGB32_Premultiplied


def _xml_text(name: str, data: bytes) -> str:
    """The text of an XML file in the encoding it names, one element a line where it came in one piece."""
    found = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9_-]+)", data.lstrip(b"\xef\xbb\xbf"))
    encoding = found.group(1).decode("ascii") if found else "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    if encoding.lower() in {"gb2312", "gbk"}:
        encoding = "gb18030"
    try:
        text = data.decode("utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise InvalidInput(f"“{name}”的文字编码不对，可能已损坏；请重新下载后替换。") from error
    if "<" not in text:
        raise InvalidInput(f"“{name}”不是 XML 文件，可能已损坏；请重新下载后替换。")
    if text.count("\n") < 3:
        text = re.sub(r">\s*<", ">\n<", text)
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n……（后面省略，请另存后查看）"


def render_sheet(_progress: Progress, opened: Opened, number: int, scale: float) -> tuple[Opened, int, float, QImage]:
    """Page or picture ``number`` at ``scale`` device px per pt."""
    if opened.pictures:
        picture = opened.pictures[number]
        width = max(1, round(opened.sizes[number][0] * scale))
        height = max(1, round(opened.sizes[number][1] * scale))
        if width < picture.width():
            picture = picture.scaled(
                width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return opened, number, scale, picture
    import pypdfium2

    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(opened.data)
        try:
            document.init_forms()  # stamps and filled-in fields of an invoice are form content
            page = document[number]
            largest = (MOST_PIXELS / max(page.get_width() * page.get_height(), 1.0)) ** 0.5
            bitmap = page.render(scale=min(scale, largest), prefer_bgrx=True)
            image = QImage(
                bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
            ).copy()
        except pypdfium2.PdfiumError as error:
            raise InvalidInput(f"“{opened.name}”第 {number + 1} 页已损坏，不能显示。") from error
        finally:
            document.close()
    return opened, number, scale, image


# ------------------------------------------------------------------------------------------- outside the program
_folder: Path | None = None


def _temporary_folder() -> Path:
    """A folder of this process, emptied when the program ends: evidence holds personal data."""
    global _folder  # noqa: PLW0603 - one per process
    if _folder is None or not _folder.is_dir():
        _folder = Path(tempfile.mkdtemp(prefix=f"houqin-{os.getpid()}-"))
        register(shutil.rmtree, _folder, True)
    return _folder


def safe_name(name: str, media_type: str) -> str:
    """``name`` fit for every file system, ending as its kind does, so that the right program opens it."""
    clean = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name).strip(" .") or "附件"
    suffix = Path(clean).suffix.lower()
    if MEDIA_TYPES.get(suffix) != media_type:
        suffix = next((end for end, kind in MEDIA_TYPES.items() if kind == media_type), "")
        clean += suffix
    else:
        suffix = Path(clean).suffix
    stem = clean[: -len(suffix)] if suffix else clean
    return stem[:100] + suffix


def write_temporary(_progress: Progress, name: str, media_type: str, data: bytes) -> str:
    """Lay a file where another program may read it; the path."""
    folder = Path(tempfile.mkdtemp(dir=_temporary_folder()))
    path = folder / safe_name(name, media_type)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Unavailable(f"临时文件写不进 {folder}：{error.strerror}，请检查磁盘空间。") from error
    return str(path)


def write_file(_progress: Progress, path: str, data: bytes) -> str:
    """Save a file where the user wants it; the path.  Raises :class:`Unavailable`."""
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise Unavailable(f"不能保存到 {path}：{error.strerror}，请换一个文件夹。") from error
    return path
