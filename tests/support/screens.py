"""Working a screen as a person does: buttons by their words, keys, menus, dialogs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton
D = TypeVar("D", bound=QDialog)


def button(where: QWidget, text: str) -> QAbstractButton:
    """The visible button that says ``text`` (or whose tooltip does)."""
    buttons = [b for b in where.findChildren(QAbstractButton) if b.isVisible() and text in (b.text(), b.toolTip())]
    assert buttons, f"no button {text}: {[b.text() for b in where.findChildren(QAbstractButton) if b.isVisible()]}"
    return buttons[0]


def click(qtbot: QtBot, where: QWidget, text: str) -> None:
    """Press a button with the mouse."""
    wanted = button(where, text)
    assert wanted.isEnabled(), f"{text} is greyed"
    qtbot.mouseClick(wanted, LEFT)
    QApplication.processEvents()


def pick(qtbot: QtBot, where: QWidget, text: str, entry: str) -> None:
    """Open a button's menu with the mouse and take an entry of it with Enter."""
    click(qtbot, where, text)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), f"{text} opens no menu"
    found = [action for action in menu.actions() if action.text() == entry]
    assert found, f"no entry {entry}: {[action.text() for action in menu.actions()]}"
    assert found[0].isEnabled(), f"{entry} is greyed"
    menu.setActiveAction(found[0])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    QApplication.processEvents()


def opened(kind: type[D]) -> D:
    """The one dialog of this kind that is open now (a shortcut presses its button for a tenth of a second first)."""
    found: list[D] = []
    for _ in range(20):
        QApplication.processEvents()
        found = [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]
        if found:
            break
        QTest.qWait(20)
    assert len(found) == 1, f"{len(found)} open: {kind.__name__}"
    return found[0]


def is_open(kind: type[QDialog]) -> bool:
    QApplication.processEvents()
    return any(isinstance(w, kind) and w.isVisible() for w in QApplication.allWidgets())


def shortcut(qtbot: QtBot, page: QWidget, key: Qt.Key) -> None:
    """Ctrl and ``key`` in the page's window, brought to the front if a closed dialog left it behind."""
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, key, Qt.KeyboardModifier.ControlModifier)


def write(qtbot: QtBot, where: QWidget, text: str) -> None:
    """Keys for what is on a keyboard, an input method for the rest."""
    if text.isascii():
        qtbot.keyClicks(where, text)
        return
    committed = QInputMethodEvent()
    committed.setCommitString(text)
    QApplication.sendEvent(where, committed)


def type_into(qtbot: QtBot, field: Any, text: str) -> None:
    """Replace what a text-like field says by keyboard."""
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClick(field.edit, Qt.Key.Key_Delete)
    write(qtbot, field.edit, text)


def row_menu(table: Any) -> QMenu:
    """The menu of the selected rows, as a right click would fill it."""
    menu = QMenu(table)
    table.menu_requested.emit(table.selected_rows(), menu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    """Trigger the entry that starts with ``text``, also in a submenu."""
    entries = [inner for a in menu.actions() for inner in ((a,) if a.menu() is None else a.menu().actions())]
    found = [action for action in entries if action.text().startswith(text)]
    assert found, f"no entry {text}: {[a.text() for a in entries]}"
    assert found[0].isEnabled(), f"{text} is greyed"
    found[0].trigger()
    QApplication.processEvents()


def select_rows(table: Any, *names: str) -> None:
    """Select the rows of these people (or whatever ``row.name`` is), in the order given."""
    model = table.view.selectionModel()
    table.view.clearSelection()
    for name in names:
        places = [n for n in range(table.model.total) if getattr(table.model.row(n), "name", None) == name]
        assert places, f"no row {name}"
        index = table.model.index(places[0], 0)
        flags = QItemSelectionModel.SelectionFlag
        model.select(index, flags.Select | flags.Rows)
        model.setCurrentIndex(index, flags.NoUpdate)
    assert len(table.selected_rows()) == len(names)


def rows(table: Any) -> list[Any]:
    return [table.model.row(n) for n in range(table.model.total)]


def double_click(qtbot: QtBot, table: Any, place: int) -> None:
    """Double click a row with the mouse."""
    where = table.view.visualRect(table.model.index(place, 2)).center()
    qtbot.mouseClick(table.view.viewport(), LEFT, pos=where)
    qtbot.mouseDClick(table.view.viewport(), LEFT, pos=where)
    QApplication.processEvents()


def unnamed(top: QWidget) -> list[QWidget]:
    """Visible widgets of Qt that take focus and have neither an accessible name nor a text."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and not widget.accessibleName()
        and not str(getattr(widget, "text", str)())
        and not widget.objectName().startswith("qt_")
        and type(widget).__name__ not in ("QScrollBar", "QTabBar", "QHeaderView", "QScrollArea", "QTabWidget")
    ]


def shot(widget: QWidget, folder: Path, name: str) -> None:
    """A picture for whoever looks at what the test saw."""
    widget.grab().save(str(folder / f"{name}.png"))
