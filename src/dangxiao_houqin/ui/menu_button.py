"""A button among a page's actions that opens a menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QPushButton

from . import icons
from .theme import TOKENS


class MenuButton(QPushButton):
    """``text`` with an icon; fill ``menu()``."""

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text)
        self.setIcon(icons.icon(icon, TOKENS.text_second, 18, 4))
        self.setIconSize(QSize(22, 18))  # as other buttons: the picture and the room to its right
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMenu(QMenu(self))
