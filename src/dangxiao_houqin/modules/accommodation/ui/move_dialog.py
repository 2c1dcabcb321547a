"""Another bed for one stay, at once or from a night on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import MoveStay, StayRow
from dangxiao_houqin.modules.accommodation.queries import list_free_beds
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.pickers import Option, PickerField


class _FreeBeds:
    """Beds free for this person's nights, found by building, room or type."""

    def __init__(self, stay: StayRow) -> None:
        self._stay = stay

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
        self.form.add(PickerField("bed_id", "换到", runner, _FreeBeds(stay), required=True))
        self.form.add(
            DateField("from_night", "从哪晚起", minimum=stay.arrive, maximum=stay.leave, help="空着就是全程换")
        )
        self.form.add(TextField("reason", "原因", max_length=200))

    def submit(self) -> None:
        values = self.form.values()
        self.run(services.move_stay, MoveStay(self._stay.id, self._stay.version, **values))
