"""Pickers of the claim editor: from a list that is already here, and a class or a project typed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Slot

from dangxiao_houqin.core.pinyin import normalise_query
from dangxiao_houqin.core.subjects import Subject, SubjectAnswer
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.claims import PayeeChoice
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.pickers import Option, PickerField

MOST = 40
LONGEST_PAYEE = 100


@dataclass(frozen=True)
class Known:
    """An option with the key it is found by (:func:`core.pinyin.search_key`) and its code, if it has one."""

    option: Option
    key: str
    code: str = ""


class KnownPicker(PickerField):
    """Picks from a short list that lies here, so that it answers every key at once.

    Leaving with a text that means one option takes it: ``30201`` and Enter need no popup.
    """

    def __init__(self, key: str, title: str, runner: Runner, known: Sequence[Known] = (), **options: Any) -> None:
        self._known = tuple(known)
        super().__init__(key, title, runner, self._nothing, **options)
        self._timer.setInterval(0)

    @staticmethod
    def _nothing(_ctx: Any, _text: str) -> tuple[Option, ...]:
        return ()

    def set_known(self, known: Sequence[Known]) -> None:
        """What can be picked from now on; what was picked stays."""
        self._known = tuple(known)

    def lookup(self, text: str) -> tuple[Option, ...]:
        """Options whose code begins with ``text`` first, then those whose name or pinyin holds it."""
        wanted = normalise_query(text)
        if not wanted:
            return tuple(known.option for known in self._known[:MOST])
        first = [k for k in self._known if k.code.startswith(wanted)]
        also = [k for k in self._known if wanted in k.key and k not in first]
        return tuple(known.option for known in (*first, *also)[:MOST])

    @Slot()
    def _ask(self) -> None:
        self._found(self.lookup(self.edit.text()))

    def value_option(self, value: Any) -> Option | None:
        """The option of a value."""
        return next((known.option for known in self._known if known.option.value == value), None)

    def choose(self, value: Any) -> None:
        """Show the option of ``value``."""
        self.set_value(self.value_option(value))
        self.edit.setCursorPosition(0)

    def _leave(self) -> None:
        text = normalise_query(self.edit.text())
        if text and self.option is None:
            found = self.lookup(text)
            exact = [k.option for k in self._known if text in (k.code, normalise_query(k.option.text))]
            if len(exact) == 1 or len(found) == 1:
                self.option = (exact or list(found))[0]
                self.edit.setText(self.option.text)
                self._edited()
        super()._leave()

    def draft(self) -> Any:
        return self.option.value if self.option is not None else self.edit.text()

    def set_draft(self, draft: Any) -> None:
        if isinstance(draft, int):
            self.choose(draft)
        elif draft:
            self.edit.setText(str(draft))


def _find_payees(ctx: Ctx, text: str) -> tuple[Option, ...]:
    from dangxiao_houqin.modules.expenses.queries.claims import list_payees

    return tuple(Option(each, each.payee, _payee_detail(each)) for each in list_payees(ctx, text))


def _payee_detail(choice: PayeeChoice) -> str:
    tail = f"尾号 {choice.account[-4:]}" if choice.account else ""
    return "　".join(part for part in (choice.bank, tail) if part)


class PayeeField(PickerField):
    """收款单位: as typed, or one of before; ``picked`` then carries its :class:`PayeeChoice`."""

    def __init__(self, key: str, title: str, runner: Runner, **options: Any) -> None:
        super().__init__(key, title, runner, _find_payees, placeholder="单位或个人", **options)
        self._hint.setText("")

    def value(self) -> str:
        return self.edit.text().strip()

    def set_value(self, value: Any) -> None:
        text = value.text if isinstance(value, Option) else str(value or "")
        super().set_value(Option(None, text) if text else None)
        self.option = None
        self.edit.setCursorPosition(0)

    def problem(self) -> str | None:
        return "收款单位最多 100 个字" if len(self.value()) > LONGEST_PAYEE else None

    @Slot(object)
    def _found(self, options: tuple[Option, ...]) -> None:
        if options:
            super()._found(options)
            self.list.setCurrentRow(-1)  # Enter goes on with what was typed; ↓ chooses
        else:
            self.popup.hide()

    def set_draft(self, draft: Any) -> None:
        self.edit.setText(str(draft or ""))


def _find_subjects(ctx: Ctx, text: str) -> tuple[Option, ...]:
    from dangxiao_houqin.modules.expenses.queries.claims import search_subjects

    return tuple(_option(answer) for answer in search_subjects(ctx, text))


def _option(answer: SubjectAnswer) -> Option:
    days = ""
    if answer.start is not None:
        days = f"{answer.start.month}月{answer.start.day}日"
        if answer.end is not None and answer.end != answer.start:
            days += f"–{answer.end.month}月{answer.end.day}日"
    return Option(answer.subject, answer.subject.text, days)


class SubjectField(PickerField):
    """班次/项目: a class from the list, or a project as typed."""

    def __init__(self, key: str, title: str, runner: Runner, **options: Any) -> None:
        options.setdefault("placeholder", "班次名或项目")
        super().__init__(key, title, runner, _find_subjects, **options)

    def value(self) -> Subject:
        if self.option is not None:
            subject: Subject = self.option.value
            return subject
        return Subject(text=self.edit.text().strip())

    def set_subject(self, subject: Subject) -> None:
        self.set_value(Option(subject, subject.text) if subject.text else None)
        self.edit.setCursorPosition(0)

    def _leave(self) -> None:
        text = self.edit.text().strip()
        if text and self.option is None:
            self._runner.query(_find_subjects, text, ok=self._resolved, fail=self._not_resolved)
        super()._leave()

    @Slot(object)
    def _resolved(self, options: tuple[Option, ...]) -> None:
        """A class typed by its whole name is that class, also without a look at the list."""
        same = [each for each in options if each.text == self.edit.text().strip()]
        if len(same) == 1 and self.option is None:
            self.option = same[0]
            self._edited()

    @Slot(object)
    def _not_resolved(self, _error: Exception) -> None:
        """It stays a project typed by hand."""

    def problem(self) -> str | None:
        return "班次或项目最多 120 个字" if len(self.edit.text().strip()) > 120 else None

    def draft(self) -> Any:
        subject = self.value()
        return [subject.kind, subject.id, subject.text, subject.class_kind]

    def set_draft(self, draft: Any) -> None:
        if isinstance(draft, list) and len(draft) == 4:
            subject = Subject(*draft)
            if subject.kind:
                self.set_subject(subject)
            else:
                self.edit.setText(subject.text)
