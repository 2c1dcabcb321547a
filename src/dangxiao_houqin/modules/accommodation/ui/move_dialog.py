"""Another bed for one stay, at once or from a night on."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import DeskRules, MoveStay, StayRow, StayState
from dangxiao_houqin.modules.accommodation.queries import list_free_beds
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.pickers import Option, PickerField
from dangxiao_houqin.ui.widgets import button


def _load_rules(ctx: Ctx) -> DeskRules:
    return ctx.settings(DeskRules)


class _FreeBeds:
    """Beds free for this person's nights, found by building, room or type."""

    def __init__(self, stay: StayRow) -> None:
        self._stay = stay
        self._must = False

    def __call__(self, ctx: Ctx, text: str) -> tuple[Option, ...]:
        beds = list_free_beds(ctx, self._stay.id, text, limit=30)
        return tuple(Option(bed.bed_id, bed.text, f"{bed.floor_name} · {bed.room_type}") for bed in beds)


class MoveDialog(FormDialog):
    """调房: choose a free bed, perhaps a first night, and say why."""

    def __init__(self, runner: Runner, parent: QWidget | None, stay: StayRow) -> None:
        super().__init__(
            runner,
            "换床位",
            parent,
            subtitle=f"{stay.name}（{stay.sex}）现在 {stay.place}，{stay.arrive} 至 {stay.leave}",
            primary="换床位",
            done_text="已换床位",
        )
        self._stay = stay
        self._must = False
        self.form.add(PickerField("bed_id", "换到", runner, _FreeBeds(stay), required=True))
        here = stay.state is StayState.IN_HOUSE  # nights already slept stay where they were
        empty = "空着就是从今晚起换，已住过的夜晚留在原处" if here else "空着就是全程换"
        self.form.add(DateField("from_night", "从哪晚起", minimum=stay.arrive, maximum=stay.leave, help=empty))
        self._reason = TextField("reason", "原因", max_length=200)
        self.form.add(self._reason)
        self._chips = QGridLayout()
        self._chips.setSpacing(6)
        self.body.addLayout(self._chips)
        runner.query(_load_rules, ok=self._have_rules, fail=self.take_error)

    @Slot(object)
    def _have_rules(self, rules: DeskRules) -> None:
        """The office's reasons as chips, and whether one must be given."""
        self._must = rules.move_reason == "always" or (
            rules.move_reason == "in_house" and self._stay.state is StayState.IN_HOUSE
        )
        for place, reason in enumerate(rules.move_reasons):
            chip = button(reason, self._chosen, kind="chip")
            self._chips.addWidget(chip, place // 4, place % 4)
        self._grow()

    @Slot()
    def _chosen(self) -> None:
        chip = self.sender()
        assert isinstance(chip, QPushButton)
        self._reason.edit.setText(chip.text())
        self._reason.set_error("")

    def submit(self) -> None:
        values = self.form.values()
        if self._must and not values["reason"]:
            self._reason.set_error("已入住的人换床位要写明原因，请选一个")
            self._reason.setFocus()
            return
        self.run(services.move_stay, MoveStay(self._stay.id, self._stay.version, **values))
