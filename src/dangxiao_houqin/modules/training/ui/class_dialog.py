"""New class, or an existing one."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.domain import ClassRow, ClassRules, SaveClass
from dangxiao_houqin.modules.training.queries import get_class, suggest_names
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, LongTextField, NumberField, TextField


def _words(ctx: Ctx) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return ctx.settings(ClassRules).kinds, suggest_names(ctx, ctx.today())


class ClassDialog(FormDialog):
    """Create a class (``school`` None) or change one."""

    def __init__(self, runner: Runner, parent: QWidget | None, school: ClassRow | None = None) -> None:
        super().__init__(
            runner,
            "修改班次" if school else "新建班次",
            parent,
            subtitle="带 * 为必填项；编号留空时按规则自动编号。",
            width=680,
            draft="" if school else "training.class",
            done_text="已保存班次",
        )
        self._school = school
        self._kind = ChoiceField("kind", "类别", [], required=True)
        self._start = DateField("start", "开班日期", required=True)
        self._end = DateField("end", "结业日期", required=True)
        self._arrive = DateField("arrive_on", "报到日期", help="空着就是开班当天")
        self._leave = DateField("leave_on", "离校日期", help="空着就是结业当天")
        self._name = TextField("name", "班次名称", required=True, max_length=120, suggestions=())
        self.form.add(self._name)
        self.form.add(self._kind, TextField("code", "编号", max_length=30, placeholder="自动编号"))
        self.form.add(self._start, self._end)
        self.form.add(CheckField("lodging", "住宿", "安排住宿"), NumberField("expected_count", "计划人数", minimum=0))
        self.form.add(self._arrive, self._leave)
        self.form.add(
            TextField("organizer_unit", "主办单位", max_length=100), TextField("class_teacher", "班主任", max_length=60)
        )
        self.form.add(LongTextField("note", "备注", lines=2))
        self.form.set_values({"lodging": True, "expected_count": 0})
        self._before: tuple[date | None, date | None] = (None, None)
        self._start.left.connect(self._lessons_left)
        self._end.left.connect(self._lessons_left)
        runner.query(_words, ok=self._filled)

    @Slot(object)
    def _filled(self, words: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        kinds, names = words
        self._name.set_suggestions(names)
        self._kind.set_choices([(kind, kind) for kind in kinds])
        if self._school is not None:
            self._fill(self._school)
        elif self._kind.value() is None and kinds:
            self._kind.set_value(kinds[0])
            self.form.mark_clean()

    @Slot(object)
    def _fill(self, school: ClassRow) -> None:
        self._school = school
        keys = ("name", "kind", "code", "start", "end", "arrive_on", "leave_on", "lodging", "expected_count")
        self.form.set_values({key: getattr(school, key) for key in (*keys, "organizer_unit", "class_teacher", "note")})
        self._before = (school.start, school.end)
        self.form.mark_clean()

    @Slot()
    def _lessons_left(self) -> None:
        """A changed first or last lesson takes the arrival and departure along that stood on the old day."""
        for lesson, lodging, before in (
            (self._start, self._arrive, self._before[0]),
            (self._end, self._leave, self._before[1]),
        ):
            day: date | None = lesson.value()
            if before is not None and day is not None and day != before and lodging.value() == before:
                lodging.set_value(day)
        self._before = (self._start.value(), self._end.value())

    def reload(self) -> None:
        if self._school is not None:
            self.runner.query(get_class, self._school.id, ok=self._fill)

    def submit(self) -> None:
        values = self.form.values()
        values["expected_count"] = values["expected_count"] or 0
        school = self._school
        command = SaveClass(
            **values, class_id=school.id if school else None, version=school.version if school else None
        )
        self.run(services.save_class, command)
