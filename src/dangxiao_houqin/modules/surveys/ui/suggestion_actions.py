"""What can be done with a case of 意见建议, each through its dialog."""

from __future__ import annotations

import enum
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, Slot

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS, VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionChoices, SuggestionRow, SuggestionState
from dangxiao_houqin.modules.surveys.printouts import load_suggestion_form
from dangxiao_houqin.modules.surveys.queries.suggestions import suggestion_choices
from dangxiao_houqin.modules.surveys.reports.suggestion_form import SuggestionForm, suggestion_form_pdf
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview

from .suggestion_dialogs import (
    AnswerDialog,
    AssignDialog,
    CloseDialog,
    DeclineDialog,
    ReturnDialog,
    SuggestionDialog,
)


class SuggestionAction(enum.Enum):
    """One entry of the row menu: its words and its icon; the likeliest first."""

    ANSWER = ("答复…", "message-square")
    CLOSE = ("办结…", "circle-check")
    ASSIGN = ("分办…", "user-plus")
    RETURN = ("退回重办…", "undo-2")
    PRINT = ("打印处理单", "printer")
    RESULTS = ("查看测评结果", "chart-column")
    EDIT = ("修改登记…", "pencil")
    DECLINE = ("不予受理…", "ban")
    AGAIN = ("重新受理…", "rotate-ccw")

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def icon(self) -> str:
        return self.value[1]


STEPS = (
    SuggestionAction.ANSWER,
    SuggestionAction.CLOSE,
    SuggestionAction.ASSIGN,
    SuggestionAction.RETURN,
    SuggestionAction.AGAIN,
)
"""Those that take a case on its way; the first ones that fit stand as buttons."""


def words_of(action: SuggestionAction, row: SuggestionRow) -> str:
    """The words of an action for a case: what was given away already is given to somebody else."""
    return "改派…" if action is SuggestionAction.ASSIGN and row.state is SuggestionState.ASSIGNED else action.words


def offered(desk: Desk, row: SuggestionRow) -> tuple[SuggestionAction, ...]:
    """What makes sense for a case and is allowed; the service asks again."""
    may = desk.can(SUGGESTIONS)
    mine = row.handler_id is not None and row.handler_id == desk.actor.user_id
    received, assigned, answered, _closed, declined = (row.state is each for each in SuggestionState)
    fits = {
        SuggestionAction.ANSWER: assigned and (may or mine),
        SuggestionAction.CLOSE: may and answered,
        SuggestionAction.ASSIGN: may and (received or assigned),
        SuggestionAction.RETURN: may and answered,
        SuggestionAction.PRINT: True,
        SuggestionAction.RESULTS: row.campaign_id is not None and desk.can(VIEW),
        SuggestionAction.EDIT: may and (received or assigned),
        SuggestionAction.DECLINE: may and (received or assigned),
        SuggestionAction.AGAIN: may and declined,
    }
    return tuple(action for action in SuggestionAction if fits[action])


def _read(ctx: Ctx) -> tuple[SuggestionChoices, date]:
    return suggestion_choices(ctx), ctx.today()


def _today(ctx: Ctx) -> date:
    return ctx.today()


class SuggestionActions(QObject):
    """Carries out an action on one case at a time."""

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self._page, self._desk = page, desk
        self._row: SuggestionRow | None = None
        self._chosen: SuggestionAction | None = None

    def new(self) -> None:
        """Register a case."""
        self._row = None
        self._page.query(_read, ok=self._edit)

    def start(self, action: SuggestionAction, row: SuggestionRow) -> None:
        """Ask what is to be asked, then do it."""
        self._row, self._chosen = row, action
        page = self._page
        if action is SuggestionAction.EDIT:
            page.query(_read, ok=self._edit)
        elif action is SuggestionAction.ASSIGN:
            page.query(_read, ok=self._assign)
        elif action is SuggestionAction.ANSWER:
            page.query(_today, ok=self._answer)
        elif action is SuggestionAction.CLOSE:
            CloseDialog(page.runner, page, row).open()
        elif action is SuggestionAction.RETURN:
            ReturnDialog(page.runner, page, row).open()
        elif action is SuggestionAction.DECLINE:
            DeclineDialog(page.runner, page, row).open()
        elif action is SuggestionAction.PRINT:
            page.query(load_suggestion_form, row.id, ok=self._print)
        elif action is SuggestionAction.RESULTS and row.campaign_id is not None:
            self._desk.go("surveys.results", campaign_id=row.campaign_id)
        elif action is SuggestionAction.AGAIN:
            messages.ask(
                page,
                f"{row.number}当时不予受理：{row.result or '没有写明理由'}。重新受理后由受理人分办。",
                done=self._again_answered,
                title="重新受理",
                yes="重新受理",
            )

    @Slot(object)
    def _edit(self, found: tuple[SuggestionChoices, date]) -> None:
        dialog = SuggestionDialog(self._page.runner, self._page, *found, self._row)
        if self._row is None:
            dialog.saved.connect(self._registered)
        dialog.open()

    @Slot(object)
    def _registered(self, suggestion_id: int) -> None:
        self._page.toast("已登记，请分办给承办部门")
        self._page.open_target(Ref("suggestion", suggestion_id))

    @Slot(object)
    def _assign(self, found: tuple[SuggestionChoices, date]) -> None:
        if self._row is not None:
            AssignDialog(self._page.runner, self._page, found[0], self._row).open()

    @Slot(object)
    def _answer(self, today: date) -> None:
        if self._row is not None:
            AnswerDialog(self._page.runner, self._page, self._row, today).open()

    @Slot(bool)
    def _again_answered(self, yes: bool) -> None:
        row = self._row
        if yes and row is not None:
            self._page.command(services.take_up_again, row.id, row.version, ok=self._taken_up)

    @Slot(object)
    def _taken_up(self, _nothing: object) -> None:
        self._page.toast("已重新受理，请分办")

    @Slot(object)
    def _print(self, form: SuggestionForm) -> None:
        make = partial(suggestion_form_pdf, form)
        preview(self._page.window(), "意见建议处理单", make, self._page.runner, document="suggestion-form")
