"""调房申请: written down at the desk, answered when there is room."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.pinyin import matches
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    AnswerMove,
    AskMove,
    DeskPerson,
    DeskRules,
    RequestRow,
    StayState,
)
from dangxiao_houqin.modules.accommodation.queries import list_desk, list_free_beds
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

from .reception_dialogs import about


class _Neighbours:
    """People in the house of the same sex, by name, to change places with."""

    def __init__(self, person: DeskPerson) -> None:
        self._person = person

    def __call__(self, ctx: Ctx, text: str) -> tuple[Option, ...]:
        found = [
            other
            for other in list_desk(ctx, ctx.today())
            if other.stay_id not in (None, self._person.stay_id)
            and other.sex == self._person.sex
            and other.state in (StayState.IN_HOUSE, StayState.ASSIGNED)
            and matches(other.search_key, text)
        ]
        return tuple(Option(o.stay_id, f"{o.name}（{o.place}）", o.unit_name) for o in found[:30])


class AskMoveDialog(FormDialog):
    """What he wishes; nothing moves yet."""

    def __init__(self, runner: Runner, parent: QWidget, person: DeskPerson, rules: DeskRules) -> None:
        super().__init__(
            runner, "调房申请", parent, subtitle=f"{about(person)}\n先记下来，在“前台事务”里统一安排。", primary="记下",
            width=540,
        )  # fmt: skip
        self._person = person
        self.form.add(ChoiceField("reason", "原因", [(r, r) for r in rules.move_reasons], required=True))
        self.form.add(TextField("wish", "想换到", max_length=200, placeholder="如：低楼层、安静一些"))
        self.form.add(PickerField("with_stay_id", "想与谁互换", runner, _Neighbours(person), help="可不填"))

    def submit(self) -> None:
        assert self._person.stay_id is not None
        self.run(services.ask_move, AskMove(self._person.stay_id, **self.form.values()))


class _FreeBedsOf:
    """Beds free for the rest of somebody's nights."""

    def __init__(self, stay_id: int) -> None:
        self._stay_id = stay_id

    def __call__(self, ctx: Ctx, text: str) -> tuple[Option, ...]:
        beds = list_free_beds(ctx, self._stay_id, text, limit=30)
        return tuple(Option(bed.bed_id, bed.text, f"{bed.floor_name} · {bed.room_type}") for bed in beds)


class AnswerMoveDialog(FormDialog):
    """办理: another bed, changed places, or no."""

    def __init__(self, runner: Runner, parent: QWidget, request: RequestRow) -> None:
        with_whom = f"，想与{request.with_name}（{request.with_place}）互换" if request.with_name else ""
        wish = f"，{request.wish}" if request.wish else ""
        super().__init__(
            runner,
            "办理调房申请",
            parent,
            subtitle=f"{request.name}（{request.sex}）　{request.class_name}　现住 {request.place}\n"
            f"{request.reason}{wish}{with_whom}",
            primary="办理",
            width=540,
            done_text="调房申请已办理",
        )
        self._request = request
        ways = [("move", "换到另一张空床"), ("refuse", "暂不同意")]
        if request.with_stay_id is not None:
            ways.insert(0, ("swap", f"与{request.with_name}互换床位"))
        self.form.add(ChoiceField("way", "怎么办", ways, required=True))
        self.form.add(PickerField("bed_id", "换到", runner, _FreeBedsOf(request.stay_id), required=True))
        self.form.add(TextField("answer", "答复", max_length=200, placeholder="告诉本人的话，可不填"))
        self.form.set_values({"way": ways[0][0]})
        self.form["way"].changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.form.set_row_visible("bed_id", self.form["way"].value() == "move")
        QTimer.singleShot(0, self._grow)

    def submit(self) -> None:
        values: dict[str, Any] = self.form.values()
        cmd = AnswerMove(
            self._request.id,
            self._request.version,
            bed_id=values.get("bed_id"),
            refused=values["way"] == "refuse",
            answer=values["answer"],
        )
        self.run(services.answer_move, cmd)
