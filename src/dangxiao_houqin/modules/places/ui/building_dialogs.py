"""A building; a floor."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.places import services
from dangxiao_houqin.modules.places.domain import BuildingRow, FloorRow, SaveBuilding, SaveFloor, floor_name
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, NumberField, TextField


class BuildingDialog(FormDialog):
    """A new building, or an existing one."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, building: BuildingRow | None = None, *, next_order: int = 1
    ) -> None:
        super().__init__(runner, "修改楼栋" if building else "新建楼栋", parent, done_text="已保存楼栋", width=520)
        self._building = building
        self.form.add(TextField("name", "楼栋名称", required=True, max_length=60, placeholder="如 明德楼"))
        self.form.add(
            TextField("code", "代号", max_length=10, help="床位编号用，如 A-0203-1"),
            NumberField("sort_order", "排序", minimum=0, maximum=9999, help="小的排在前面"),
        )
        self.form.add(CheckField("has_lift", "电梯", "有电梯"))
        self.form.add(TextField("note", "备注", max_length=200))
        self.form.set_values({"sort_order": next_order})
        if building is not None:
            keys = ("name", "code", "sort_order", "has_lift", "note")
            self.form.set_values({key: getattr(building, key) for key in keys})

    def submit(self) -> None:
        values = self.form.values()
        values["sort_order"] = values["sort_order"] or 0
        known = self._building
        cmd = SaveBuilding(
            **values,
            site_id=known.site_id if known else None,
            id=known.id if known else None,
            version=known.version if known else None,
        )
        self.run(services.save_building, cmd)


class FloorDialog(FormDialog):
    """A new floor of a building, or an existing one."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, building: BuildingRow, floor: FloorRow | None = None
    ) -> None:
        title = "修改楼层" if floor else "新建楼层"
        super().__init__(runner, title, parent, subtitle=building.name, done_text="已保存楼层", width=520)
        self._building, self._floor = building, floor
        level = NumberField("level", "层号", required=True, minimum=-5, maximum=60, help="地下一层填 -1")
        self.form.add(level, TextField("name", "名称", max_length=20, placeholder="空着就叫“3层”"))
        self.form.add(
            ChoiceField(
                "preferred_sex",
                "优先安排",
                (("女", "女学员"), ("男", "男学员")),
                empty_text="不限",
                help="自动分房时尽量照此安排，不是硬性规定",
            )
        )
        self.form.add(TextField("note", "备注", max_length=200))
        if floor is not None:
            keys = ("level", "name", "preferred_sex", "note")
            self.form.set_values({key: getattr(floor, key) for key in keys})
        else:
            highest = max((each.level for each in building.floors), default=0)
            self.form.set_values({"level": highest + 1 or 1})

    def submit(self) -> None:
        values = self.form.values()
        values["preferred_sex"] = values["preferred_sex"] or ""
        known = self._floor
        if known is not None and values["level"] != known.level and values["name"] == floor_name(known.level):
            values["name"] = ""  # the usual name follows the number
        cmd = SaveFloor(
            self._building.id, **values, id=known.id if known else None, version=known.version if known else None
        )
        self.run(services.save_floor, cmd)
