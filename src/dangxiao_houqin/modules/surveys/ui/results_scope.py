"""Which campaigns the page of results looks at: one campaign, or classes, kinds, years and terms together."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.terms import AUTUMN, SPRING, term_of
from dangxiao_houqin.modules.surveys.domain.results import CampaignOption, ResultFilter, ScopeOptions
from dangxiao_houqin.ui.filters import Filter, FilterBar
from dangxiao_houqin.ui.widgets import row

_TERMS = ((SPRING, SPRING), (AUTUMN, AUTUMN))


def campaign_words(campaign: CampaignOption) -> str:
    """How a campaign stands in the list to choose from."""
    day = chinese_date(campaign.held_on, year=False)
    return f"{campaign.title}（{day}）" if campaign.counted else f"{campaign.title}（{day}，未收卷）"


def is_within(campaign: CampaignOption, where: ResultFilter) -> bool:
    """Whether a campaign belongs to a scope."""
    return (
        where.campaign_id in (None, campaign.id)
        and where.subject_key in (None, campaign.subject_key)
        and where.class_kind in (None, campaign.class_kind)
        and where.year in (None, campaign.held_on.year)
        and where.term in ("", term_of(campaign.held_on))
    )


def first_scope(options: ScopeOptions) -> ResultFilter:
    """What is shown first: the newest campaign that has results, else the newest."""
    counted = next((each for each in options.campaigns if each.counted), None)
    newest = counted or next(iter(options.campaigns), None)
    return ResultFilter(campaign_id=newest.id if newest is not None else None)


class ScopeBar(QWidget):
    """Chips of the scope; ``changed(ResultFilter)``.

    A campaign is one thing by itself: choosing one lets the other chips go, and the other way round.  With
    ``campaigns`` off only kind, year and term are offered (for comparing what they hold).
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, campaigns: bool = True) -> None:
        super().__init__(parent)
        single = (
            Filter("campaign_id", "测评", all_text="不限测评"),
            Filter("subject_key", "班次", all_text="全部班次"),
        )
        self._single = campaigns
        self.chips = FilterBar(
            (
                *(single if campaigns else ()),
                Filter("class_kind", "类别", all_text="全部类别"),
                Filter("year", "年度", all_text="全部年度"),
                Filter("term", "学期", _TERMS, all_text="全年"),
            )
        )
        self._where = ResultFilter()
        self.chips.changed.connect(self._changed)
        self.setLayout(row(self.chips))

    @property
    def where(self) -> ResultFilter:
        """The scope chosen."""
        return self._where

    def set_options(self, options: ScopeOptions) -> None:
        """What can be chosen; a choice that is gone is let go without telling."""
        self.chips.blockSignals(True)
        if self._single:
            campaigns = [(each.id, campaign_words(each)) for each in options.campaigns]
            self.chips.set_choices("campaign_id", campaigns)
            self.chips.set_choices("subject_key", list(options.subjects))
        self.chips.set_choices("class_kind", [(kind, kind) for kind in options.kinds])
        self.chips.set_choices("year", [(year, f"{year} 年") for year in options.years])
        self.chips.blockSignals(False)

    def set_where(self, where: ResultFilter) -> None:
        """Show a scope without telling."""
        self._where = where
        self.chips.blockSignals(True)
        values: dict[str, Any] = {
            "class_kind": where.class_kind,
            "year": where.year,
            "term": where.term or None,
        }
        if self._single:
            values |= {"campaign_id": where.campaign_id, "subject_key": where.subject_key}
        for key, value in values.items():
            self.chips.set_value(key, value)
        self.chips.blockSignals(False)

    @Slot(dict)
    def _changed(self, values: dict[str, Any]) -> None:
        campaign = values.pop("campaign_id", None)
        if campaign is not None and campaign != self._where.campaign_id:
            where = ResultFilter(campaign_id=campaign)
        elif values and campaign is not None:
            where = ResultFilter(**values)  # a class or a year was chosen while a campaign was shown
        elif campaign is not None:
            where = ResultFilter(campaign_id=campaign)
        else:
            where = ResultFilter(**values)
        self.set_where(where)
        self.changed.emit(where)
