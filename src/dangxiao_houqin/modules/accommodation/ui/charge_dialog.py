"""登记赔偿: damage that was found when the guest was already gone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import CompensationInput, CompensationKind, DeskRules
from dangxiao_houqin.modules.accommodation.queries import list_recent_guests
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, MoneyField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

from .checkout_dialog import CARD_WORDS


def recent_guests(ctx: Ctx, text: str) -> tuple[Option, ...]:
    """Guests of the last weeks to pick from, with where they slept and when they left."""
    return tuple(
        Option(
            guest.stay_id,
            f"{guest.name}（{guest.place}）",
            f"{guest.unit_name} · "
            + (f"{chinese_date(guest.left_on, year=False)}退房" if guest.left_on is not None else "在住"),
        )
        for guest in list_recent_guests(ctx, text)
    )


class ChargeDialog(FormDialog):
    """Whose it is, what it is, how much; paid only where somebody ticks it."""

    def __init__(self, runner: Runner, parent: QWidget, rules: DeskRules) -> None:
        super().__init__(
            runner,
            "登记赔偿",
            parent,
            subtitle="人走后才发现的损坏和丢失；近两个月住过的人都能找到。",
            primary="登记",
            width=540,
            done_text="赔偿已登记",
        )
        self._prices = {each.item: each.amount for each in rules.compensation}
        whose = PickerField("stay_id", "谁", runner, recent_guests, placeholder="姓名、拼音首字母或房号", required=True)
        self.form.add(whose)
        self.form.add(ChoiceField("item", "物品", [(item, item) for item in self._prices], required=True))
        self.form.add(MoneyField("amount", "金额", required=True))
        self.form.add(TextField("note", "说明", max_length=200, placeholder="可不填"))
        self.form.add(CheckField("settled", "收款", "赔偿已收清"))
        self.form.add(TextField("receipt_no", "收据号", max_length=40, placeholder="可不填"))
        self.form.set_row_visible("receipt_no", False)
        self.form["item"].changed.connect(self._priced)
        self.form["settled"].changed.connect(self._paid)

    @Slot()
    def _priced(self) -> None:
        price = self._prices.get(self.form["item"].value() or "")
        if price is not None:
            self.form["amount"].set_value(price)

    @Slot()
    def _paid(self) -> None:
        self.form.set_row_visible("receipt_no", bool(self.form["settled"].value()))
        QTimer.singleShot(0, self._grow)

    def submit(self) -> None:
        values: dict[str, Any] = self.form.values()
        settled = bool(values["settled"])
        line = CompensationInput(
            CompensationKind.CARD if values["item"] in CARD_WORDS else CompensationKind.DAMAGE,
            values["item"],
            values["amount"],
            settled,
            (values.get("receipt_no") or "") if settled else "",
            values["note"],
        )
        self.run(services.add_compensation, values["stay_id"], line)
