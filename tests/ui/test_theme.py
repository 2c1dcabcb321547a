"""The look: readable, complete, Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFontInfo, QFontMetrics, QImage
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

import dangxiao_houqin
from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.ui import icons, theme


@pytest.mark.parametrize(("name", "text", "ground"), theme.text_pairs(), ids=lambda value: str(value))
def test_every_text_has_the_contrast_of_wcag_aa(name: str, text: str, ground: str) -> None:
    assert theme.contrast(text, ground) >= 4.5, name


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_style_sheet_leaves_no_token_open_and_names_only_files_that_exist() -> None:
    sheet = theme.stylesheet()
    assert "$" not in sheet
    files = re.findall(r"url\((.*?)\)", sheet)
    assert files
    assert all(Path(file).is_file() for file in files)


def test_bundled_fonts_are_used_and_rare_names_are_not_boxes(qtbot: QtBot) -> None:
    assert QFontInfo(theme.font()).family() == "Noto Sans SC"
    metrics = QFontMetrics(theme.font(16))
    bold = QFontMetrics(theme.font(16, bold=True))
    assert metrics.horizontalAdvance("王建国") == bold.horizontalAdvance("王建国") == 48
    label = QLabel("𬱖㛃䶮")
    qtbot.addWidget(label)
    drawn = {_ink(label, text) for text in "𬱖㛃䶮"}
    assert len(drawn) == 3  # three boxes would look the same


def _ink(label: QLabel, text: str) -> bytes:
    label.setText(text)
    label.resize(40, 30)
    image = label.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(image.constBits())


def test_qt_itself_speaks_chinese(qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Ok).text() == "确定"
    assert QLocale().monthName(3) == "三月"


@pytest.mark.parametrize("ratio", (1.0, 1.5, 2.0))
def test_icons_are_tinted_and_sharp(ratio: float) -> None:
    image = icons.pixmap("plus", 20, "#FF0000", ratio).toImage()
    assert image.width() == round(20 * ratio)
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert (middle.red(), middle.green(), middle.blue()) == (255, 0, 0)


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_every_icon_named_in_the_program_is_there_with_its_licence() -> None:
    package = Path(dangxiao_houqin.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    call = r'(?:\bicon=|icons\.(?:icon|pixmap|renderer)\(|tool_button\(|IconLabel\()\s*"([a-z][a-z0-9-]*)"'
    named = set(re.findall(call, source))
    kept = {path.stem for path in resource("icons").glob("*.svg")}
    assert len(named) > 10
    assert named - kept == set()
    assert (resource("icons") / "LICENSE-lucide.txt").is_file()


def test_restyle_shows_a_changed_property(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    text = QLabel("错", widget)
    text.setProperty("role", "error")
    theme.restyle(text)
    assert text.palette().color(text.foregroundRole()).name().upper() == theme.TOKENS.error
