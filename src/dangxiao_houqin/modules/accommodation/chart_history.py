"""What can be undone on the chart, and done again."""

from __future__ import annotations

from dataclasses import replace

from .domain import Step

DEPTH = 200


class ChartHistory:
    """The steps of this desk, newest last; a new step forgets what had been taken back."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def next_undo(self) -> Step | None:
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        return self._undone[-1] if self._undone else None

    def did(self, step: Step) -> None:
        """A gesture succeeded."""
        self._done.append(step)
        del self._done[:-DEPTH]
        self._undone.clear()

    def undid(self, back: Step) -> None:
        """The newest step was taken back; ``back`` does it again."""
        self._done.pop()
        self._undone.append(back)
        self._refresh(back)

    def redid(self, again: Step) -> None:
        """The newest undone step was done again; ``again`` takes it back."""
        self._undone.pop()
        self._done.append(again)
        self._refresh(again)

    def drop_undo(self) -> None:
        """Somebody else changed what the newest step touched: it cannot be taken back any more."""
        self._done.pop()

    def drop_redo(self) -> None:
        self._undone.clear()

    def _refresh(self, latest: Step) -> None:
        """Older steps saw the stays in versions that our own undo and redo have since moved on."""
        now = {put.stay_id: put.version for put in latest.after}
        for steps in (self._done, self._undone):
            for number, step in enumerate(steps):
                if step is not latest:
                    steps[number] = _with_versions(step, now)


def _with_versions(step: Step, now: dict[int | None, int | None]) -> Step:
    after = tuple(replace(put, version=now.get(put.stay_id, put.version)) for put in step.after)
    return replace(step, after=after)
