"""Which column of the file means what, with a choice for every column."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.modules.training.roster import FIELD_TITLES, Field, TableMapping
from dangxiao_houqin.ui.widgets import label


class MappingView(QScrollArea):
    """``changed({sheet: {column: field or None}})`` when the user corrects a column."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setAccessibleName("列的对应")
        self._fields: dict[str, dict[int, Field | None]] = {}

    def forget(self) -> None:
        """Another file: what was corrected in the last one does not count."""
        self._fields = {}

    def show_mapping(self, mapping: tuple[TableMapping, ...]) -> None:
        """One block per table of the file."""
        content = QWidget()
        content.setObjectName("dialogCard")
        layout = QVBoxLayout(content)
        layout.addWidget(label("认错的列可以在这里改；改好后同一单位下次报来同样格式的名单会自动沿用。", "second"))
        for table in mapping:
            rows = "、".join(str(r) for r in table.header_rows)
            remembered = "（沿用上次的对应）" if table.remembered else ""
            layout.addWidget(label(f"{table.sheet}　表头在第 {rows} 行{remembered}", "cardTitle"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            for place, head in enumerate(table.headers):
                box = QComboBox()
                box.setMinimumWidth(150)
                box.setAccessibleName(f"{table.sheet} 列 {head.title}")
                box.addItem("不使用", None)
                for field, title in FIELD_TITLES.items():
                    box.addItem(title, field.value)
                box.setCurrentIndex(max(0, box.findData(head.field.value if head.field else None)))
                box.setProperty("place", (table.sheet, head.column))
                box.activated.connect(self._chosen)
                name = label(head.title or f"第 {head.column} 列", "hint" if head.field is None else "")
                line, side = divmod(place, 2)
                grid.addWidget(name, line, side * 2)
                grid.addWidget(box, line, side * 2 + 1)
            grid.setColumnStretch(4, 1)
            layout.addLayout(grid)
        layout.addStretch(1)
        self.setWidget(content)

    @Slot()
    def _chosen(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        sheet, place = box.property("place")
        value = box.currentData()
        self._fields.setdefault(sheet, {})[place] = Field(value) if value else None
        self.changed.emit({name: dict(fields) for name, fields in self._fields.items()})
