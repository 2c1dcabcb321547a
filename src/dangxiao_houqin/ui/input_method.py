"""Chinese input methods on Linux.

Qt's wheels carry the ibus plugin but none for fcitx, and a distribution's own plugin needs another private ABI.  Most
domestic desktops run fcitx with an ibus front end, so where that bus exists it is used instead.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLibraryInfo


@dataclass(frozen=True)
class InputMethodState:
    """What typing Chinese will go through; ``problem`` is empty when all is well."""

    module: str
    problem: str = ""


def _plugins() -> set[str]:
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforminputcontexts"
    return {path.name for path in folder.glob("*")} if folder.is_dir() else set()


def _ibus_address() -> bool:
    if os.environ.get("IBUS_ADDRESS"):
        return True
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folder = config / "ibus" / "bus"
    return folder.is_dir() and any(folder.iterdir())


def prepare() -> InputMethodState:
    """Choose a working input method; call before QApplication is made.  Changes ``QT_IM_MODULE`` only."""
    if not sys.platform.startswith("linux"):
        return InputMethodState("system")
    wanted = os.environ.get("QT_IM_MODULE", "")
    plugins = _plugins()
    if wanted.startswith("fcitx") and not any("fcitx" in name for name in plugins):
        if _ibus_address():
            os.environ["QT_IM_MODULE"] = "ibus"
            return InputMethodState("ibus")
        return InputMethodState(
            wanted, "输入法 fcitx 的 Qt 插件与本程序不兼容，且没有找到 ibus：请在 fcitx 中启用 ibus 前端后重新启动。"
        )
    if wanted == "ibus" and not _ibus_address():
        return InputMethodState(wanted, "没有找到正在运行的 ibus，中文可能无法输入：请启动 ibus 后重新启动本程序。")
    return InputMethodState(wanted or "system")
