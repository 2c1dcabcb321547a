"""The pane beside the table of results: the whole scope, a group, or one question with all its numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill, percent_text
from dangxiao_houqin.modules.surveys.domain.results import ALL_QUESTIONS, Figure, GroupResult, Results
from dangxiao_houqin.ui.bar_list import Bar, BarList
from dangxiao_houqin.ui.distribution_chart import level_colors
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, PillLabel, button, column, label, row

from .results_lines import ResultLine

NO_PILL = Pill("")
MAKE_CASE = "生成意见建议处理单"


class ResultDetail(Card):
    """``picked(key)`` when a group's bar is chosen, ``back`` to the whole, ``suggestion_asked`` for a low question."""

    picked = Signal(str)
    back_asked = Signal()
    suggestion_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padding=16)
        self._groups: tuple[GroupResult, ...] = ()
        self.heading = label("", "cardTitle", wrap=True)
        self.place = label("", "second", wrap=True)
        self.figure = label("", "figure")
        self.pill = PillLabel(parent=self)
        self.facts = label("", "second", wrap=True)
        self.chart_title = label("", "strong")
        self.bars = BarList()
        self.bars.setAccessibleName("分布")
        self.bars.clicked.connect(self._bar_clicked)
        self.remark = label("", "second", wrap=True)
        self.back = button("返回总览", self.back_asked, kind="link")
        self.back.setFixedHeight(24)
        self.ask = button(MAKE_CASE, self.suggestion_asked, icon="message-square")
        self.hint = label("", "hint", wrap=True)
        big = row(self.figure, self.pill, None, spacing=10)
        top = row(self.place, self.back, spacing=8)
        top.setStretch(0, 1)
        inner = column(top, self.heading, big, self.facts, self.chart_title, self.bars, spacing=6)
        inner.addWidget(self.remark)
        inner.addStretch(1)
        content = QWidget()
        content.setObjectName("dialogCard")
        content.setLayout(inner)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        foot = QVBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.ask)
        foot.addWidget(self.hint)
        self.body.addWidget(self._scroll, 1)
        self.body.addLayout(foot)
        self._show_foot(offer="", hint="", back=False)

    def _show_foot(self, *, offer: str, hint: str, back: bool) -> None:
        self.ask.setText(offer)
        self.ask.setVisible(bool(offer))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.back.setVisible(back)

    def _say(self, heading: str, place: str, figure: Figure | None, pill: Pill, remark: str) -> None:
        self._scroll.verticalScrollBar().setValue(0)
        self.heading.setText(heading)
        self.place.setText(place)
        self.figure.setText(figure.rate_text if figure is not None else "—")
        self.figure.setVisible(figure is not None)
        self.pill.set_pill(pill)
        self.facts.setText(facts_of(figure))
        self.facts.setVisible(figure is not None)
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))

    # ------------------------------------------------------------------ the three states
    def show_whole(self, results: Results) -> None:
        """The overall rate and a bar for each group, with the targets as marks."""
        self._groups = tuple(group for group in results.groups if group.figure is not None or group.remark)
        self._say(f"{ALL_QUESTIONS}满意率", results.title, results.overall, NO_PILL, results.overall_remark)
        aimed = any(group.target is not None for group in self._groups)
        self.chart_title.setText("各组满意率（竖线为目标）" if aimed else "各组满意率")
        self.chart_title.setVisible(bool(self._groups))
        self.bars.set_data([_group_bar(group) for group in self._groups])
        self.bars.set_clickable([True] * len(self._groups))
        self._show_foot(offer="", hint="选中一行，可看这一题的全部数字。", back=False)

    def show_line(self, line: ResultLine, *, offer: str, hint: str) -> None:
        """A group or a question; ``offer`` is what the button about a case says, without words there is none."""
        self._groups = ()
        pill = line.state if isinstance(line.state, Pill) else NO_PILL
        place = "本组各评价题合在一起" if line.is_group else f"{line.group_title} · 第 {line.number} 题"
        self._say(line.title, place, line.figure, pill, line.remark)
        if line.figure is not None and line.figure.counts:
            self.chart_title.setText("各级人次")
            self.bars.set_data(_level_bars(line.figure, line.level_words))
        elif line.choice is not None:
            self.chart_title.setText(f"选择人数（有效 {line.choice.n} 份）")
            self.bars.set_data(
                [
                    Bar(each.text, each.share, f"{each.count}　{percent_text(each.share)}")
                    for each in line.choice.options
                ]
            )
        else:
            self.chart_title.setText(line.spread if line.spread != line.remark else "")
            self.bars.set_data([])
        self.chart_title.setVisible(bool(self.chart_title.text()))
        self.bars.set_clickable([])
        self._show_foot(offer=offer, hint=hint, back=True)

    @Slot(int)
    def _bar_clicked(self, place: int) -> None:
        if place < len(self._groups):
            self.picked.emit(f"g:{self._groups[place].key}")


def facts_of(figure: Figure | None) -> str:
    """n, interval and mean of a figure, in lines."""
    if figure is None:
        return ""
    papers = f"（{figure.sample:,} 份答卷）" if figure.sample != figure.n else ""
    lines = [f"有效评价 n＝{figure.n:,}{papers}"]
    if figure.interval is not None:
        lines.append(f"95% 区间 {figure.interval_text}")
    if figure.mean is not None:
        lines.append(f"平均分 {figure.mean_text}（满分 {figure.top}）")
    if figure.not_experienced:
        lines.append(f"未体验 {figure.not_experienced:,}，不计入")
    return "\n".join(lines)


def shown_percent(rate: float) -> float:
    """A rate as charts draw it: rounded once, exactly as tables and papers print it."""
    return float(percent_text(rate).removesuffix("%"))


def _group_bar(group: GroupResult) -> Bar:
    if group.figure is None:
        return Bar(group.title, None, group.remark)
    missed = group.pill is not None and group.pill.tone != "success"
    target = group.target / 100 if group.target is not None else None
    tip = f"n＝{group.figure.n:,}" + (f"，目标 {group.target:g}%" if group.target is not None else "")
    color = "#DFA02F" if missed else TOKENS.primary
    return Bar(group.title, group.figure.rate, group.figure.rate_text, color, target, tip)


def _level_bars(figure: Figure, levels: tuple[str, ...]) -> list[Bar]:
    colors = level_colors(len(figure.counts))
    parts = zip(levels, figure.counts, figure.shares, colors, strict=True)
    return [Bar(level, share, f"{count:,}　{percent_text(share)}", color) for level, count, share, color in parts]
