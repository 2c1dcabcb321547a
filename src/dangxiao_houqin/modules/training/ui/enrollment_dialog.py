"""One person of a roster."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.domain import NEED_CHOICES, ClassRow, EnrollmentRow, SaveEnrollment
from dangxiao_houqin.modules.training.need_words import need_label
from dangxiao_houqin.modules.training.queries import get_class
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, LongTextField, MultiChoiceField, TextField

TEXTS = ("group_name", "ethnicity", "birth", "political_status", "unit_name", "position", "rank", "plate", "note")


def _open(ctx: Ctx, class_id: int, enrollment_id: int | None) -> tuple[ClassRow, EnrollmentRow | None]:
    school = get_class(ctx, class_id)
    return school, services.reveal_enrollment(ctx, enrollment_id) if enrollment_id is not None else None


class EnrollmentDialog(FormDialog):
    """Add somebody (``enrollment_id`` None) or change one; opening an existing person shows the phone and is logged."""

    def __init__(self, desk: Desk, parent: QWidget | None, class_id: int, enrollment_id: int | None = None) -> None:
        super().__init__(
            desk.runner,
            "修改学员" if enrollment_id else "添加学员",
            parent,
            width=720,
            draft="" if enrollment_id else "training.enrollment",
            done_text="已保存学员",
        )
        self._class_id, self._id = class_id, enrollment_id
        self._row: EnrollmentRow | None = None
        self._needs = MultiChoiceField("needs", "需求", [(code, need_label(code)) for code in NEED_CHOICES], per_row=4)
        sexes = [("男", "男"), ("女", "女")]
        form = self.form
        form.add(
            TextField("name", "姓名", required=True, max_length=80), ChoiceField("sex", "性别", sexes, required=True)
        )
        form.add(TextField("unit_name", "单位", max_length=150), TextField("position", "职务", max_length=150))
        form.add(TextField("phone", "联系电话", max_length=40), TextField("group_name", "组别", max_length=40))
        form.add(TextField("ethnicity", "民族", max_length=20), TextField("birth", "出生年月", placeholder="1980-05"))
        form.add(TextField("political_status", "政治面貌", max_length=30), TextField("rank", "职级", max_length=40))
        form.add(CheckField("lodging", "住宿", "需要住宿"), TextField("plate", "车牌号", max_length=20))
        form.add(DateField("arrive_on", "入住日期"), DateField("leave_on", "离开日期"))
        form.add(self._needs)
        form.add(LongTextField("note", "备注", lines=2))
        form.set_values({"lodging": True})
        if enrollment_id is None or desk.can(REVEAL_PERSONAL):
            runner = desk.runner.command if enrollment_id else desk.runner.query
            runner(_open, class_id, enrollment_id, ok=self._filled, action="training.reveal")
        else:
            self.bar.say("没有查看完整个人信息的权限，不能修改学员。", "warning")
            self.primary.setEnabled(False)

    @Slot(object)
    def _filled(self, found: tuple[ClassRow, EnrollmentRow | None]) -> None:
        school, row = found
        self.set_subtitle(school.name)
        self._row = row
        if row is not None:
            values: dict[str, Any] = {key: getattr(row, key) for key in (*TEXTS, "name", "sex", "phone", "lodging")}
            values["needs"] = tuple(code for code in row.needs if code in NEED_CHOICES)
            values["arrive_on"], values["leave_on"] = row.arrive_on, row.leave_on
            self.form.set_values(values)
        elif self.form["arrive_on"].value() is None:
            self.form.set_values({"arrive_on": school.arrive_on, "leave_on": school.leave_on})
        self.form.mark_clean()

    def reload(self) -> None:
        if self._id is not None:
            self.runner.command(_open, self._class_id, self._id, ok=self._filled, action="training.reveal")

    def submit(self) -> None:
        values = self.form.values()
        row = self._row
        other = tuple(code for code in row.needs if code not in NEED_CHOICES) if row else ()
        values["needs"] = (*values["needs"], *other)
        if row is not None:
            values |= {"enrollment_id": row.id, "version": row.version, "education": row.education}
            values |= {"id_number": row.id_number}
        self.run(services.save_enrollment, SaveEnrollment(class_id=self._class_id, **values))
