"""Key cards of a guest: another one, one that is lost."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import CardRow, CardState, DeskPerson, DeskRules
from dangxiao_houqin.modules.accommodation.queries import list_cards
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, MoneyField, NumberField, TextField

from .reception_dialogs import about


def card_price(rules: DeskRules) -> int:
    """What a lost card costs by the price list, in fen."""
    return next((each.amount for each in rules.compensation if each.item == "房卡"), 0)


def cards_of(ctx: Ctx, stay_id: int) -> tuple[CardRow, ...]:
    """The cards a guest has in his hands."""
    return list_cards(ctx, ListQuery(filters={"stay_id": stay_id, "state": CardState.OUT.value}, limit=50)).rows


class CardDialog(FormDialog):
    """补房卡 or 丢失: one question, two answers."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson, rules: DeskRules) -> None:
        super().__init__(
            runner,
            "房卡",
            parent,
            subtitle=f"{about(person)}\n名下现有 {person.cards_out} 张房卡。",
            primary="登记",
            width=520,
        )
        self._person = person
        self._cards: tuple[CardRow, ...] = ()
        choices = [("issue", "补发一张房卡"), ("lose", "房卡丢失，登记赔偿")]
        self.form.add(ChoiceField("what", "办理", choices, required=True))
        self.form.add(ChoiceField("card_id", "丢失的卡", required=True))
        self.form.add(TextField("number", "房卡号", max_length=40, placeholder="刷卡或输入，可不填"))
        self.form.add(NumberField("copies", "张数", minimum=1, maximum=5, required=True))
        self.form.add(MoneyField("amount", "赔偿金额", required=True))
        self.form.add(CheckField("settled", "收款", "赔偿已收清"))
        self.form.set_values({"what": "issue", "copies": 1, "amount": card_price(rules)})
        self.form["what"].changed.connect(self._show)
        self._show()
        runner.query(cards_of, person.stay_id, ok=self._have_cards)

    @Slot(object)
    def _have_cards(self, cards: tuple[CardRow, ...]) -> None:
        self._cards = cards
        field = self.form["card_id"]
        assert isinstance(field, ChoiceField)
        field.set_choices([(c.id, f"{c.number or '未登记卡号'}（{c.copies} 张）") for c in cards])
        if len(cards) == 1:
            field.set_value(cards[0].id)
        self.form.mark_clean()

    @Slot()
    def _show(self) -> None:
        lost = self.form["what"].value() == "lose"
        for key, shown in (("card_id", lost), ("amount", lost), ("settled", lost)):
            self.form.set_row_visible(key, shown)
        for key in ("number", "copies"):
            self.form.set_row_visible(key, not lost)
        QTimer.singleShot(0, self._grow)

    def submit(self) -> None:
        values: dict[str, Any] = self.form.values()
        if values["what"] == "lose":
            card = next(each for each in self._cards if each.id == values["card_id"])
            self.run(services.lose_card, card.id, card.version, values["amount"], values["settled"])
        else:
            self.run(services.issue_card, self._person.stay_id, values["number"], values["copies"])


class LoseCardDialog(FormDialog):
    """丢失 of one line of the card list."""

    def __init__(self, runner: Runner, parent: QWidget, card: CardRow, price: int) -> None:
        super().__init__(
            runner,
            "房卡丢失",
            parent,
            subtitle=f"{card.name}　{card.class_name}　{card.place}　{card.number or '未登记卡号'}（{card.copies} 张）",
            primary="登记丢失",
            width=480,
            done_text="已登记丢失，赔偿记在“赔偿”里",
        )
        self._card = card
        self.form.add(MoneyField("amount", "赔偿金额", required=True, help="0 表示只登记、不收钱"))
        self.form.add(CheckField("settled", "收款", "赔偿已收清"))
        self.form.set_values({"amount": price * card.copies})

    def submit(self) -> None:
        values = self.form.values()
        self.run(services.lose_card, self._card.id, self._card.version, values["amount"], values["settled"])
