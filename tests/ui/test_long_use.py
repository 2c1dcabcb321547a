"""Eight hours in a minute: windows opened and closed leave nothing behind."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.ui.background import InstantRunner

from .test_form import AddRoom
from .test_table import Source, make


def settle() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def test_dialogs_and_lists_opened_and_closed_are_gone(qtbot: QtBot, instant: InstantRunner) -> None:
    kept: list[weakref.ref[Any]] = []

    def once() -> None:
        dialog = AddRoom(instant)
        dialog.open()
        dialog.form["number"].set_value("304")
        dialog.form.mark_clean()
        dialog.reject()
        table = make(instant, Source(600))
        table.resize(800, 500)
        table.show()
        table.refresh()
        table.set_search("00001")
        table.close()
        table.deleteLater()
        kept.extend((weakref.ref(dialog), weakref.ref(table)))

    for _ in range(3):
        once()
    settle()
    widgets, nones = len(QApplication.allWidgets()), sys.getrefcount(None)
    for _ in range(40):
        once()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    settle()
    assert len(QApplication.allWidgets()) <= widgets + 5
    alive = [ref() for ref in kept if ref() is not None and shiboken6.isValid(ref())]
    assert alive == []
    assert abs(sys.getrefcount(None) - nones) < 2_000
