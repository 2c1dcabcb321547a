"""退房 of one person: reason, cards back, room in order or what he pays for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    CheckOut,
    CompensationInput,
    CompensationItem,
    CompensationKind,
    DeskPerson,
    DeskRules,
    StayState,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, MoneyField, TextField
from dangxiao_houqin.ui.widgets import button, label, row, tool_button

from .reception_dialogs import about

CARD_WORDS = ("房卡", "钥匙")


class CompensationLines(QWidget):
    """What a guest pays for: an item of the price list each line, its amount may be changed."""

    changed = Signal()

    def __init__(self, items: Sequence[CompensationItem]) -> None:
        super().__init__()
        self._items = list(items)
        self._lines: list[tuple[QWidget, QComboBox, MoneyField, QLineEdit]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self.add_button = button("加一项赔偿", self.add_line, icon="plus", kind="link")
        self.total = label("", "strong")
        self._box.addLayout(row(self.add_button, None, self.total))

    @Slot()
    def add_line(self, item: str = "") -> None:
        """One more thing that was lost or broken."""
        choice = QComboBox()
        choice.setAccessibleName("赔偿物品")
        for each in self._items:
            choice.addItem(each.item)
        choice.setMinimumWidth(130)
        amount = MoneyField("amount", "金额")
        amount.message.hide()
        amount.setFixedWidth(110)
        note = QLineEdit()
        note.setPlaceholderText("说明（可不填）")
        note.setAccessibleName("赔偿说明")
        note.setMaxLength(200)
        remove = tool_button("x", "去掉这一项", self._remove, size=16)
        box = QWidget()
        line = row(choice, amount, note, remove, spacing=8)
        line.setStretch(2, 1)
        box.setLayout(line)
        self._lines.append((box, choice, amount, note))
        self._box.insertWidget(len(self._lines) - 1, box)
        choice.currentIndexChanged.connect(self._item_chosen)
        amount.changed.connect(self._sum)
        if item and choice.findText(item) >= 0:
            choice.setCurrentIndex(choice.findText(item))
        self._price(choice, amount)
        amount.edit.setFocus()
        self._sum()

    def _price(self, choice: QComboBox, amount: MoneyField) -> None:
        place = choice.currentIndex()
        if 0 <= place < len(self._items):
            amount.set_value(self._items[place].amount)

    @Slot(int)
    def _item_chosen(self, _place: int) -> None:
        sender = self.sender()
        for _, choice, amount, _ in self._lines:
            if choice is sender:
                self._price(choice, amount)
        self._sum()

    @Slot()
    def _remove(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QToolButton)
        for line in self._lines:
            if line[0].isAncestorOf(sender):
                self._lines.remove(line)
                self._box.removeWidget(line[0])
                line[0].hide()
                line[0].deleteLater()
                break
        self._sum()

    @Slot()
    def _sum(self) -> None:
        total = sum(amount.value() or 0 for _, _, amount, _ in self._lines)
        self.total.setText(f"合计 {yuan(total)}" if self._lines else "")
        self.changed.emit()

    def has_card(self) -> bool:
        """Whether a card or key is paid for."""
        return any(choice.currentText() in CARD_WORDS for _, choice, _, _ in self._lines)

    def check(self) -> bool:
        """Whether every amount can be read."""
        wrong = [amount for _, _, amount, _ in self._lines if amount.problem() or amount.value() is None]
        for amount in wrong:
            amount.set_error("请填金额")
        if wrong:
            wrong[0].setFocus()
        return not wrong

    def values(self, *, settled: bool, receipt_no: str) -> tuple[CompensationInput, ...]:
        """The lines as the service wants them."""
        return tuple(
            CompensationInput(
                CompensationKind.CARD if choice.currentText() in CARD_WORDS else CompensationKind.DAMAGE,
                choice.currentText(),
                amount.value() or 0,
                settled,
                receipt_no if settled else "",
                note.text().strip(),
            )
            for _, choice, amount, note in self._lines
        )


class CheckOutDialog(FormDialog):
    """Everything of one leaving on one screen; with nothing special, Enter is enough."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson, rules: DeskRules, day: date) -> None:
        early = person.leave > day
        planned = chinese_date(person.leave, weekday=True, year=False)
        note = f"原定{planned}离开，今晚起的床位空出来。" if early else ""
        if person.state is StayState.PARKED:
            note = "他的床位在暂存区，现在没有床位，退房后不再保留。"
        super().__init__(
            runner, "退房", parent, subtitle="\n".join(t for t in (about(person), note) if t), primary="退房", width=600
        )
        self._person, self._day, self._early = person, day, early
        self._card_lost, self._ticked = False, True
        reasons = [(reason, reason) for reason in rules.end_reasons]
        self.form.add(ChoiceField("reason", "原因", reasons))
        if person.cards_out:
            self.form.add(CheckField("cards_back", "房卡", f"{person.cards_out} 张房卡已交还"))
        self.form.add(CheckField("room_ok", "查房", "房间物品完好"))
        self.lines = CompensationLines(rules.compensation)
        self.form.add_section("赔偿")
        self.form.add_widget(self.lines)
        self.form.add(CheckField("settled", "收款", "赔偿已收清"), TextField("receipt_no", "收据号", max_length=40))
        self.form.set_row_visible("settled", False)
        self.form.set_row_visible("receipt_no", False)
        usual = rules.end_reasons[0] if rules.end_reasons else None
        early_reason = rules.end_reasons[1] if len(rules.end_reasons) > 1 else usual
        # Money counts as taken only when somebody says so.
        self.form.set_values({"reason": early_reason if early else usual, "cards_back": True, "room_ok": True})
        self.lines.changed.connect(self._lines_changed)
        if person.cards_out:
            self.form["cards_back"].changed.connect(self._cards_changed)

    @Slot()
    def _cards_changed(self) -> None:
        """Cards not handed back: lost ones are paid for, others are asked for later."""
        if not self.form["cards_back"].value() and not self.lines._lines:  # noqa: SLF001 - its own half
            self.bar.say("没交还的房卡会留在“房卡”里继续催还；确认丢失的请加一项赔偿。", "primary")
            QTimer.singleShot(0, self._grow)

    @Slot()
    def _lines_changed(self) -> None:
        some = bool(self.lines.total.text())
        if self._person.cards_out and self.lines.has_card() != self._card_lost:
            self._card_lost = self.lines.has_card()  # a card that is paid for is lost, not handed back
            if self._card_lost:
                self._ticked = bool(self.form["cards_back"].value())
            self.form["cards_back"].set_value(self._ticked and not self._card_lost)
            self.form["cards_back"].setEnabled(not self._card_lost)
        self.form.set_row_visible("settled", some)
        self.form.set_row_visible("receipt_no", some)
        QTimer.singleShot(0, self._grow)

    def submit(self) -> None:
        if not self.lines.check():
            return
        values: dict[str, Any] = self.form.values()
        assert self._person.stay_id is not None
        assert self._person.version is not None
        paid = self.lines.values(settled=values.get("settled", False), receipt_no=values.get("receipt_no", ""))
        cmd = CheckOut(
            self._person.stay_id,
            self._person.version,
            reason=values["reason"] or "",
            leave_on=self._day if self._early else None,
            cards_back=values.get("cards_back", True),
            room_ok=values["room_ok"],
            compensation=paid,
        )
        self.run(services.check_out, cmd)
