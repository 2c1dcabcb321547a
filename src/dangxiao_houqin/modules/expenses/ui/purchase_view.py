"""One purchase request as its paper shows it, to read, with its papers beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill, chinese_date
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.money import CapitalStyle, capitals, yuan
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, StepState
from dangxiao_houqin.modules.expenses.domain.purchases import RequestView
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, PillLabel, clear, column, label, line, row

from .claim_lines import money
from .evidence_papers import papers_of
from .evidence_viewer import EvidenceViewer
from .purchase_grids import plain
from .sheet_parts import RIGHT, facts_grid, selectable
from .signature_list import SignatureList
from .signing_sheet import Notice


class PurchaseSheet(QScrollArea):
    """Shows a :class:`RequestView`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.request: RequestView | None = None
        self.style_of_capitals: CapitalStyle = "plain"
        self.notices: tuple[str, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("采购申请内容")
        content = QWidget()
        content.setObjectName("dialogCard")
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(20, 16, 20, 16)
        self._layout.setSpacing(12)
        self.setWidget(content)

    def set_request(self, request: RequestView | None) -> None:
        """Show a request; the same one again keeps its place."""
        same = request is not None and self.request is not None and request.id == self.request.id
        place = self.verticalScrollBar().value() if same else 0
        self.request, self.notices = request, ()
        clear(self._layout)
        if request is None:
            return
        notices = tuple(notices_of(request))
        self.notices = tuple(text for text, _, _ in notices)
        for text, tone, icon in notices:
            self._layout.addWidget(Notice(text, tone, icon))
        self._add_head(request)
        self._add_route(request)
        self._add_items(request)
        if request.quotes:
            self._add_quotes(request)
        self._layout.addLayout(facts_grid(facts_of(request)))
        self._layout.addWidget(label("签批", "cardTitle"))
        signatures = SignatureList()
        signatures.set_marks(request.marks)
        self._layout.addWidget(signatures)
        self._layout.addStretch(1)
        self.verticalScrollBar().setValue(place)
        self.setAccessibleDescription(f"{request.label} {yuan(request.total_fen)}")

    # ------------------------------------------------------------------ parts
    def _add_head(self, request: RequestView) -> None:
        number = selectable(label(f"采购申请审批表　{request.code}", "second"))
        first = row(number, None, PillLabel(request.state.pill), spacing=8)
        figure = selectable(label(yuan(request.total_fen), "figure"))
        if len(yuan(request.total_fen)) > 15:
            figure.setStyleSheet(f"font-size: {TOKENS.px_page_title}px;")
        try:
            words = capitals(request.total_fen, self.style_of_capitals)
        except InvalidInput:
            words = ""
        title = selectable(label(request.title, "cardTitle", wrap=True))
        self._layout.addLayout(column(first, title, figure, selectable(label(words, "second", wrap=True)), spacing=4))

    def _add_route(self, request: RequestView) -> None:
        """拟采购方式 with the rule quoted."""
        ruling = request.ruling
        suggested = ruling.route if ruling is not None else request.suggested_route
        chosen = request.route or suggested
        rule = ruling.rule if ruling is not None else request.route_rule
        if chosen is None:
            return
        frame = QFrame()
        frame.setObjectName("route")
        frame.setStyleSheet(f"#route {{ background: {TOKENS.primary_tint}; border-radius: {TOKENS.radius}px; }}")
        head = row(label("拟采购方式", "second"), label(chosen.label, "strong"), spacing=10)
        if suggested is not None and suggested is not chosen:
            head.addWidget(PillLabel(Pill(f"规则为{suggested.label}", "warning")))
        head.addStretch(1)
        body = column(head, selectable(label(rule, "second", wrap=True)), spacing=4)
        if request.route_reason:
            body.addWidget(selectable(label(f"另选理由：{request.route_reason}", wrap=True)))
        body.setContentsMargins(12, 8, 12, 8)
        frame.setLayout(body)
        self._layout.addWidget(frame)

    def _table(self, titles: tuple[str, ...], right: tuple[int, ...]) -> QGridLayout:
        frame = QFrame()
        frame.setObjectName("requestTable")
        frame.setStyleSheet(f"#requestTable {{ border: 1px solid {TOKENS.line}; border-radius: {TOKENS.radius}px; }}")
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for at, title in enumerate(titles):
            caption = label(title, "hint")
            if at in right:
                caption.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(caption, 0, at)
        self._layout.addWidget(frame)
        return grid

    def _add_items(self, request: RequestView) -> None:
        grid = self._table(("品名", "数量", "单价（元）", "金额（元）"), (1, 2, 3))
        at = 1
        for each in request.items:
            grid.addWidget(line(), at, 0, 1, 4)
            below = " · ".join(part for part in (each.spec, each.purpose, each.catalogue) if part)
            words = column(selectable(label(each.name, wrap=True)), spacing=1)
            if below:
                words.addWidget(label(below, "second", wrap=True))
            grid.addLayout(words, at + 1, 0)
            grid.addWidget(label(f"{plain(each.quantity)} {each.unit}".strip()), at + 1, 1, RIGHT)
            grid.addWidget(label(money(each.price_fen), "second"), at + 1, 2, RIGHT)
            grid.addWidget(label(money(each.amount_fen)), at + 1, 3, RIGHT)
            at += 2
        if not request.items:
            grid.addWidget(label("还没有明细", "second"), at, 0)
        elif len(request.items) > 1:
            grid.addWidget(line(), at, 0, 1, 4)
            grid.addWidget(label(f"合计（{len(request.items)} 行）", "second"), at + 1, 0)
            grid.addWidget(label(money(request.total_fen), "strong"), at + 1, 3, RIGHT)

    def _add_quotes(self, request: RequestView) -> None:
        self._layout.addWidget(label(f"比价　{len(request.quotes)} 家", "cardTitle"))
        grid = self._table(("供应商", "", "报价（元）"), (2,))
        at = 1
        for each in request.quotes:
            grid.addWidget(line(), at, 0, 1, 3)
            words = column(selectable(label(each.supplier, wrap=True)), spacing=1)
            if each.note:
                words.addWidget(label(each.note, "second", wrap=True))
            grid.addLayout(words, at + 1, 0)
            if each.lowest and len(request.quotes) > 1:
                grid.addWidget(PillLabel(Pill("最低", "success")), at + 1, 1, RIGHT)
            grid.addWidget(label(money(each.amount_fen), "strong" if each.lowest else ""), at + 1, 2, RIGHT)
            at += 2


class PurchasePane(QWidget):
    """A request on the page: its paper on the left, its evidence on the right."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = PurchaseSheet()
        self.viewer = EvidenceViewer(runner)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        self.split.setStyleSheet("QSplitter::handle { background: transparent; }")
        parts: tuple[tuple[QWidget, int], ...] = ((self.sheet, 480), (self.viewer, 320))
        for part, least in parts:
            card = Card(padding=1)
            card.body.addWidget(part)
            card.layout().setContentsMargins(1, 6, 1, 6)  # type: ignore[union-attr]
            card.setMinimumWidth(least)
            self.split.addWidget(card)
        self.split.setSizes([620, 480])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)

    def show_request(self, request: RequestView) -> None:
        """Show it, or the same one as it is now."""
        self.sheet.set_request(request)
        self.viewer.set_papers(papers_of(request.evidence))
        if not request.evidence:
            self.viewer.empty.show_state("没有附件", "", icon="paperclip")

    def forget(self) -> None:
        self.sheet.set_request(None)
        self.viewer.set_papers(())


def notices_of(request: RequestView) -> Iterable[tuple[str, str, str]]:
    """(sentence, tone, icon) of what stands over the request, the gravest first."""
    for flaw in request.flaws:
        yield f"签名核对不符：{flaw.sentence}（{flaw.record}，{flaw.field}）", "error", "shield"
    signed = sum(1 for mark in request.marks if mark.state is StepState.SIGNED and not mark.void)
    if request.round and not request.flaws and signed:
        yield f"签名核对无误，共 {signed} 个有效签字。", "success", "shield-check"
    if request.state is DocumentState.RETURNED:
        yield f"退回原因：{request.returned_reason}", "warning", "undo-2"
    elif request.state is DocumentState.WITHDRAWN and request.returned_reason:
        yield request.returned_reason, "neutral", "undo-2"
    if request.state is DocumentState.VOIDED:
        yield f"作废原因：{request.void_reason}", "error", "ban"
    warnings = request.ruling.notices if request.ruling is not None else request.notices
    for notice in warnings:
        yield notice, "warning", "triangle-alert"


def facts_of(request: RequestView) -> tuple[tuple[str, str], ...]:
    """(title, text) of the head; what is empty is left out."""
    facts = (
        ("部门", request.department),
        ("经办人", request.applicant),
        ("申请日期", chinese_date(request.filled_on)),
        ("类别", request.kind.label),
        ("预算科目", request.category),
        ("资金来源", request.fund_source),
        ("预算金额", yuan(request.budget_fen) if request.budget_fen else ""),
        ("会议纪要", request.minutes_no),
        ("采购记录", "；".join(text for _, text in request.records)),
        ("申请理由", request.reason),
    )
    return tuple((title, text) for title, text in facts if text)
