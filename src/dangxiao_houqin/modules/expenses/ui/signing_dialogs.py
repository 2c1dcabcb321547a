"""Short questions of the signing settings: who stands in for whom, and why something ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import SaveStandIn, StandInRow
from dangxiao_houqin.modules.expenses.domain.signing_desk import PersonChoice, SignerChoices
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import MoneyField, TextField


def person_words(person: PersonChoice) -> str:
    """``李国强（副校长）``: the post or the roles tell namesakes apart."""
    detail = person.post or "、".join(person.roles)
    return f"{person.name}（{detail}）" if detail else person.name


class StandInDialog(FormDialog):
    """Create or change an authority to sign for somebody."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, choices: SignerChoices, today: date, row: StandInRow | None
    ) -> None:
        super().__init__(
            runner,
            "登记授权代签" if row is None else "修改授权代签",
            parent,
            subtitle="代签的单据打印时注明“代×××签”。代签人仍不能批自己经办的单据。",
            width=600,
            done_text="授权代签已保存",
        )
        self._row = row
        people = [(person.id, person_words(person)) for person in choices.people]
        self.form.add(ChoiceField("principal_id", "授权人", people, required=True, help="出差、学习期间不能签批的领导"))
        self.form.add(ChoiceField("deputy_id", "代签人", people, required=True))
        self.form.add(
            DateField("from_day", "从", required=True), DateField("until_day", "到", required=True, help="含当天")
        )
        self.form.add(MoneyField("limit_fen", "限额", placeholder="不限", help="超过这个数须等本人签；空着表示不限"))
        self.form.add(TextField("document", "授权文件", max_length=100, placeholder="如：授权委托书 2026年3月2日"))
        if row is None:
            self.form.set_values({"from_day": today})
        else:
            self.form.set_values(
                {
                    "principal_id": row.principal_id,
                    "deputy_id": row.deputy_id,
                    "from_day": row.from_day,
                    "until_day": row.until_day,
                    "limit_fen": row.limit_fen,
                    "document": row.document,
                }
            )
        self.form.mark_clean()

    def submit(self) -> None:
        v = self.form.values()
        self.run(
            services.save_stand_in,
            SaveStandIn(
                v["principal_id"],
                v["deputy_id"],
                v["from_day"],
                v["until_day"],
                v["limit_fen"],
                v["document"],
                self._row.id if self._row is not None else None,
                self._row.version if self._row is not None else None,
            ),
        )


class ReasonDialog(FormDialog):
    """Ends something with a reason: ``service(ctx, id, version, reason)``."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        service: Callable[..., Any],
        key: tuple[int, int],
        *,
        title: str,
        subtitle: str,
        primary: str,
        suggestions: tuple[str, ...] = (),
        done_text: str = "",
    ) -> None:
        super().__init__(
            runner, title, parent, subtitle=subtitle, primary=primary, width=480, label_width=60, done_text=done_text
        )
        self._service, self._key = service, key
        self.form.add(TextField("reason", "理由", required=True, max_length=200, suggestions=suggestions))

    def submit(self) -> None:
        self.run(self._service, *self._key, self.form.values()["reason"])
