"""What surveys show on the dashboard: the rate of the newest class that may be shown, with its n."""

from __future__ import annotations

from collections.abc import Sequence

from dangxiao_houqin.core.module_spec import Figure
from dangxiao_houqin.core.uow import Ctx

from .domain.results import ResultFilter
from .domain.rules import VIEW
from .queries.results import get_results, scope_options

_TRIED = 3
"""So many of the newest campaigns are asked for a figure that may be shown."""


def figures(ctx: Ctx) -> Sequence[Figure]:
    """One tile; none without the right, or before anything that may be shown has been counted."""
    if not ctx.can(VIEW):
        return ()
    counted = [each for each in scope_options(ctx).campaigns if each.counted]
    for campaign in counted[:_TRIED]:
        found = get_results(ctx, ResultFilter(campaign_id=campaign.id))
        if found.overall is not None:
            missed = [group.title for group in found.groups if group.pill is not None and group.pill.tone == "warning"]
            note = f"{campaign.subject}，n＝{found.overall.n:,}"
            if missed:
                note = f"{note}，{'、'.join(missed)}未达目标"
            return (
                Figure(
                    f"最近满意率（{found.formula.value}）",
                    found.overall.rate_text.removesuffix("%"),
                    "%",
                    note,
                    "smile",
                    "warning" if missed else "success",
                    page="surveys.results",
                    note_icon="warning" if missed else "",
                    order=300,
                    args={"campaign_id": campaign.id},
                ),
            )
    return ()
