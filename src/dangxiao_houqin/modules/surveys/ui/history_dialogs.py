"""Dialogs of the history: a rate from old papers of the school, or one that another school published."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.terms import AUTUMN, SPRING
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.results import HistoryFigureRow, SaveHistoryFigure
from dangxiao_houqin.modules.surveys.domain.rules import Formula
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField, TextField

FIRST_YEAR, LAST_YEAR = 1990, 2099
_UNKNOWN = "unknown"


class HistoryFigureDialog(FormDialog):
    """Type in or correct one figure; other schools' are drawn as reference lines and never compared."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        groups: tuple[tuple[str, str], ...],
        year: int,
        row: HistoryFigureRow | None = None,
    ) -> None:
        super().__init__(
            runner,
            "修改历年数据" if row else "录入历年数据",
            parent,
            subtitle="没有用本系统测评的年份，按当时的汇总表录入；n 和公式没有注明的留空，不要估计。",
            primary="保存",
            width=620,
            done_text="已保存",
        )
        self._row = row
        self._groups = dict(groups)
        if row is not None:
            self._groups.setdefault(row.group_key, row.group_title)
        self.form.add(
            ChoiceField("own", "数据来自", choices=[(True, "本校"), (False, "他校公开值，只作参考")], required=True),
            ChoiceField("group_key", "项目", choices=list(self._groups.items()), required=True),
        )
        self.form.add(
            NumberField("year", "年度", required=True, minimum=FIRST_YEAR, maximum=LAST_YEAR),
            ChoiceField("term", "学期", choices=[(SPRING, SPRING), (AUTUMN, AUTUMN)], empty_text="全年"),
        )
        self.form.add(
            NumberField("rate", "满意率", required=True, minimum=0, maximum=100, decimals=2, help="百分数，如 96.4"),
            NumberField("answers", "有效评价 n", minimum=1, help="没有注明的留空"),
        )
        self.form.add(
            ChoiceField(
                "formula",
                "计算公式",
                choices=[(_UNKNOWN, "未注明"), *((each, each.label) for each in Formula)],
                required=True,
                help="公式不同或未注明的年份不评“历史最好”",
            )
        )
        self.form.add(TextField("source", "出处", max_length=80, placeholder="如 2019年度满意度测评汇总表"))
        self.form.add(TextField("note", "备注", max_length=200))
        self.form.set_values(self._values(row, year))
        self.form.mark_clean()

    def _values(self, row: HistoryFigureRow | None, year: int) -> dict[str, Any]:
        if row is None:
            return {"own": True, "group_key": next(iter(self._groups), None), "year": year, "formula": _UNKNOWN}
        return {
            "own": row.own,
            "group_key": row.group_key,
            "year": row.year,
            "term": row.term or None,
            "rate": Decimal(round(row.rate * 10_000)) / 100,
            "answers": row.answers,
            "formula": row.formula or _UNKNOWN,
            "source": row.source,
            "note": row.note,
        }

    def submit(self) -> None:
        values = self.form.values()
        group_key = values["group_key"]
        formula = values["formula"]
        self.run(
            services.save_history_figure,
            SaveHistoryFigure(
                year=values["year"],
                group_key=group_key,
                group_title=self._groups[group_key],
                rate_bp=int(Decimal(values["rate"]) * 100),
                own=values["own"],
                term=values["term"] or "",
                source=str(values["source"] or "").strip(),
                answers=values["answers"],
                formula=None if formula == _UNKNOWN else Formula(formula),
                note=str(values["note"] or "").strip(),
                figure_id=self._row.id if self._row is not None else None,
                version=self._row.version if self._row is not None else None,
            ),
        )
