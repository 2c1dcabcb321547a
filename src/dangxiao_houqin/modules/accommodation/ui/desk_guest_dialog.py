"""登记临时住客: a lecturer or somebody from outside, with the ID fields only where the office asks for them."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import DeskRules, RegisterGuest, StayKind
from dangxiao_houqin.modules.accommodation.queries.stays import list_beds_free_between
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, MoneyField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField

ID_KINDS = ("居民身份证", "护照", "军官证", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "外国人永久居留身份证")


class _Beds:
    """Beds free for the sex and the nights that the form says now."""

    def __init__(self, dialog: GuestDialog) -> None:
        self.sex, self.arrive, self.leave = "", date.min, date.min
        dialog.beds = self

    def __call__(self, ctx: Ctx, text: str) -> tuple[Option, ...]:
        if not self.sex or self.leave <= self.arrive:
            return ()
        beds = list_beds_free_between(ctx, self.sex, self.arrive, self.leave, text)
        return tuple(Option(bed.bed_id, bed.text, f"{bed.floor_name} · {bed.room_type}") for bed in beds)


class GuestDialog(FormDialog):
    """Who, how long, which bed; everything else may stay empty."""

    beds: _Beds

    def __init__(self, runner: Runner, parent: QWidget, rules: DeskRules, day: date) -> None:
        super().__init__(
            runner,
            "登记临时住客",
            parent,
            primary="登记",
            width=680,
            done_text="已登记临时住客",
        )
        kinds = [(kind, kind.label) for kind in (StayKind.LECTURER, StayKind.GUEST)]
        self.form.add(
            ChoiceField("kind", "类别", kinds, required=True),
            ChoiceField("sex", "性别", [("男", "男"), ("女", "女")], required=True),
        )
        self.form.add(
            TextField("name", "姓名", required=True, max_length=80), TextField("phone", "手机", max_length=40)
        )
        self.form.add(TextField("unit_name", "单位", max_length=150))
        self.form.add(
            DateField("arrive", "入住", required=True, minimum=day),
            DateField("leave", "离开", required=True, minimum=day + timedelta(days=1)),
        )
        self.form.add(
            PickerField(
                "bed_id",
                "床位",
                runner,
                _Beds(self),
                required=True,
                help="输入楼栋或房号，只列这几晚空着的床",
            )
        )
        if rules.guest_ids:
            self.form.add(
                ChoiceField("id_kind", "证件种类", [(kind, kind) for kind in ID_KINDS]),
                TextField("id_number", "证件号码", max_length=30),
            )
        self.form.add(TextField("host", "接待部门", max_length=60), TextField("purpose", "事由", max_length=100))
        self.form.add(TextField("plate", "车牌", max_length=20), MoneyField("price", "每床每晚"))
        self.form.set_values({"kind": StayKind.LECTURER, "arrive": day, "leave": day + timedelta(days=1)})
        for key in ("sex", "arrive", "leave"):
            self.form[key].changed.connect(self._nights_changed)
        self._nights_changed()

    @Slot()
    def _nights_changed(self) -> None:
        """The bed chosen may not be free any more."""
        before = (self.beds.sex, self.beds.arrive, self.beds.leave)
        self.beds.sex = self.form["sex"].value() or ""
        self.beds.arrive = self.form["arrive"].value() or date.min
        self.beds.leave = self.form["leave"].value() or date.min
        if before != (self.beds.sex, self.beds.arrive, self.beds.leave):
            self.form["bed_id"].set_value(None)

    def submit(self) -> None:
        values = self.form.values()
        values["price"] = values.get("price") or 0
        values["id_kind"] = values.get("id_kind") or ""
        self.run(services.register_guest, RegisterGuest(**values))
