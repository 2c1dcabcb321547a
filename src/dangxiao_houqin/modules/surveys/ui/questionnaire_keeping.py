"""What is being written survives a crash: kept on this machine until it is saved or given up."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.ui import settings

from .questionnaire_draft import Draft
from .questionnaire_editor import QuestionnaireEditor

WAIT_MS = 1000
NEW = "new"


class DraftKeeper(QObject):
    """Writes the editor's draft down a moment after each edit, under the id of its questionnaire."""

    def __init__(self, editor: QuestionnaireEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.keep)
        editor.changed.connect(self._timer.start)

    @property
    def _key(self) -> str:
        row = self._editor.row
        return _place(str(row.questionnaire_id) if row is not None else NEW)

    @Slot()
    def keep(self) -> None:
        """Write down what is not saved; nothing when nothing is."""
        draft = self._editor.draft
        if self._editor.is_dirty:
            kept = {
                "name": draft.name,
                "note": draft.note,
                "content": draft.content().to_plain(),
                "reworded": sorted(draft.reworded),
            }
            settings.write(self._key, kept)

    def forget(self) -> None:
        """It is saved, or given up."""
        self._timer.stop()
        settings.write(self._key, None)

    def waiting(self, which: str = "") -> bool:
        """Whether something was kept for what the editor shows, or for ``which``."""
        return _read(_place(which) if which else self._key) is not None

    def restore(self) -> bool:
        """Put what was kept into the editor; ``False`` when it cannot be read any more."""
        kept = _read(self._key)
        try:
            content = Content.from_plain(kept["content"]) if kept is not None else None
        except (InvalidInput, KeyError, TypeError, AttributeError):  # an older program wrote it
            content = None
        if kept is None or content is None:
            self.forget()
            return False
        before = self._editor.draft
        draft = Draft(content, str(kept.get("name", "")), str(kept.get("note", "")), before.compared)
        draft.take_origin(before)
        draft.reworded = {str(code) for code in kept.get("reworded", ())}
        draft.never_saved()
        self._editor.take_draft(draft)
        return True


def _place(which: str) -> str:
    return f"drafts/questionnaire-{which}"


def _read(key: str) -> dict[str, Any] | None:
    found = settings.read(key)
    return found if isinstance(found, dict) and found else None
