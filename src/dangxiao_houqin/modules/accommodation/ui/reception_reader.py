"""The identity card on the desk's reader: a number that is looked up and forgotten."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from dangxiao_houqin.modules.accommodation.queries.identity import find_by_id_number
from dangxiao_houqin.ui.page import Page

from .reception_search import ID_NUMBER


class CardReader(QObject):
    """``found(ids, act)`` names the people of a card; ``act`` when Enter was meant, too."""

    found = Signal(object, bool)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page

    def look_up(self, number: str, *, act: bool) -> None:
        """Ask whose number it is; nothing of it stays here."""
        if ID_NUMBER.fullmatch(number) is None:
            self._page.bar.say("证件号码不完整，请重新刷卡，或按姓名查找。", "warning")
            return
        self._page.query(find_by_id_number, number, ok=self._to_act if act else self._to_show)

    @Slot(object)
    def _to_act(self, ids: tuple[int, ...]) -> None:
        self.found.emit(ids, True)

    @Slot(object)
    def _to_show(self, ids: tuple[int, ...]) -> None:
        self.found.emit(ids, False)
