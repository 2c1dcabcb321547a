"""One claim as its paper shows it, to read: whether it is as it was signed, what it says, who signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.money import CapitalStyle, capitals, yuan
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, StepState
from dangxiao_houqin.modules.expenses.domain.claims import ClaimView
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import PillLabel, clear, column, label, line, row

from .claim_lines import money
from .sheet_parts import RIGHT, facts_grid, selectable
from .signature_list import SignatureList
from .signing_sheet import Notice


class ClaimSheet(QScrollArea):
    """Shows a :class:`ClaimView`; ``record_opened`` and ``source_opened`` ask for what it points to."""

    shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.claim: ClaimView | None = None
        self.style_of_capitals: CapitalStyle = "plain"
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("报销单内容")
        content = QWidget()
        content.setObjectName("dialogCard")
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(20, 16, 20, 16)
        self._layout.setSpacing(12)
        self.setWidget(content)
        self.signatures = SignatureList()
        self.notices: tuple[str, ...] = ()

    def set_claim(self, claim: ClaimView | None) -> None:
        """Show a claim; the same one again keeps its place."""
        same = claim is not None and self.claim is not None and claim.id == self.claim.id
        place = self.verticalScrollBar().value() if same else 0
        self.claim = claim
        clear(self._layout)
        self.notices = ()
        if claim is None:
            return
        notices = tuple(notices_of(claim))
        self.notices = tuple(text for text, _, _ in notices)
        if notices:
            self._layout.addLayout(column(*(Notice(*notice) for notice in notices), spacing=6))
        self._add_head(claim)
        self._add_lines(claim)
        self._layout.addLayout(facts_grid(facts_of(claim)))
        if claim.invoices:
            self._add_invoices(claim)
        self._layout.addWidget(label("签批", "cardTitle"))
        self.signatures = SignatureList()
        self.signatures.set_marks(claim.marks)
        self._layout.addWidget(self.signatures)
        self._layout.addStretch(1)
        self.verticalScrollBar().setValue(place)
        self.setAccessibleDescription(f"{claim.label} {yuan(claim.total_fen)}")
        self.shown.emit(claim.id)

    # ------------------------------------------------------------------ parts
    def _add_head(self, claim: ClaimView) -> None:
        number = selectable(label(f"经费支出报销审批单　{claim.code}", "second"))
        first = row(number, None, PillLabel(claim.state.pill), spacing=8)
        title = selectable(label(claim.title, "cardTitle", wrap=True))
        figure = selectable(label(yuan(claim.total_fen), "figure"))
        if len(yuan(claim.total_fen)) > 15:
            figure.setStyleSheet(f"font-size: {TOKENS.px_page_title}px;")
        try:
            words = capitals(claim.total_fen, self.style_of_capitals)
        except InvalidInput:
            words = ""
        count = label(f"附单据 {claim.voucher_count} 张", "second")
        sums = row(figure, None, count, spacing=8)
        sums.setAlignment(count, Qt.AlignmentFlag.AlignBottom)
        self._layout.addLayout(column(first, title, sums, selectable(label(words, "second", wrap=True)), spacing=4))

    def _table(self, titles: Sequence[str], right: Sequence[int], stretch: int) -> QGridLayout:
        frame = QFrame()
        frame.setObjectName("claimTable")
        frame.setStyleSheet(f"#claimTable {{ border: 1px solid {TOKENS.line}; border-radius: {TOKENS.radius}px; }}")
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(stretch, 1)
        for at, title in enumerate(titles):
            caption = label(title, "hint")
            if at in right:
                caption.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(caption, 0, at)
        self._layout.addWidget(frame)
        return grid

    def _add_lines(self, claim: ClaimView) -> None:
        grid = self._table(("支出内容", "金额（元）", "单据"), (1, 2), 0)
        at = 1
        for each in claim.lines:
            grid.addWidget(line(), at, 0, 1, 3)
            below = " · ".join(part for part in (each.category, each.subject.text) if part)
            words = column(selectable(label(each.text, wrap=True)), spacing=1)
            words.addWidget(label(below, "second", wrap=True))
            grid.addLayout(words, at + 1, 0)
            grid.addWidget(label(money(each.amount_fen)), at + 1, 1, RIGHT)
            grid.addWidget(label(str(each.vouchers or ""), "second"), at + 1, 2, RIGHT)
            at += 2
        if not claim.lines:
            grid.addWidget(label("还没有明细", "second"), at, 0)
        elif len(claim.lines) > 1:
            grid.addWidget(line(), at, 0, 1, 3)
            grid.addWidget(label(f"合计（{len(claim.lines)} 行）", "second"), at + 1, 0)
            grid.addWidget(label(money(claim.total_fen), "strong"), at + 1, 1, RIGHT)

    def _add_invoices(self, claim: ClaimView) -> None:
        self._layout.addWidget(label(f"发票　{len(claim.invoices)} 张，合计 {yuan(claim.invoices_fen)}", "cardTitle"))
        grid = self._table(("发票", "价税合计（元）"), (1,), 0)
        at = 1
        for each in claim.invoices:
            grid.addWidget(line(), at, 0, 1, 2)
            number = f"{each.code} {each.number}".strip()
            day = chinese_date(each.issued_on) if each.issued_on else ""
            below = " · ".join(part for part in (each.kind.label, day, each.seller) if part)
            words = column(selectable(label(number)), label(below, "second", wrap=True), spacing=1)
            if each.differs:
                words.addWidget(_tinted(label(each.differs, "second", wrap=True), TOKENS.warning))
            grid.addLayout(words, at + 1, 0)
            grid.addWidget(label(money(each.amount_fen)), at + 1, 1, RIGHT)
            at += 2


def notices_of(claim: ClaimView) -> Iterable[tuple[str, str, str]]:
    """(sentence, tone, icon) of what stands over the claim, the gravest first."""
    for flaw in claim.flaws:
        where = "，".join(part for part in (flaw.record, flaw.field) if part and part not in flaw.sentence)
        yield f"签名核对不符：{flaw.sentence}" + (f"（{where}）" if where else ""), "error", "shield"
    signed = sum(1 for mark in claim.marks if mark.state is StepState.SIGNED and not mark.void)
    if claim.round and not claim.flaws and signed:
        yield f"签名核对无误，共 {signed} 个有效签字。", "success", "shield-check"
    if claim.state is DocumentState.RETURNED:
        yield f"退回原因：{claim.returned_reason}", "warning", "undo-2"
    elif claim.state is DocumentState.WITHDRAWN and claim.returned_reason:
        yield claim.returned_reason, "neutral", "undo-2"
    if claim.state is DocumentState.VOIDED:
        yield f"作废原因：{claim.void_reason}", "error", "ban"
    if claim.state is DocumentState.PAID and claim.paid_on is not None:
        voucher = f"，记账凭证 {claim.paid_voucher}" if claim.paid_voucher else ""
        yield f"{chinese_date(claim.paid_on)}已支付，{claim.paid_by}登记{voucher}。", "teal", "banknote"
    if claim.record_needed and claim.record_id is None:
        if claim.override_reason:
            yield f"没有采购记录，{claim.override_by}放行：{claim.override_reason}", "warning", "triangle-alert"
        elif claim.state is not DocumentState.VOIDED:
            yield "按采购规则须先关联采购记录，才能登记支付。", "warning", "triangle-alert"
    for notice in claim.notices:
        yield notice, "warning", "triangle-alert"


def facts_of(claim: ClaimView) -> tuple[tuple[str, str], ...]:
    """(title, text) of the head; what is empty is left out."""
    pay = claim.payment_method.label
    if claim.cash_reason:
        pay += f"（{claim.cash_reason}）"
    bought = ""
    if claim.procurement_kind is not None:
        route = f"，{claim.route.label}" if claim.route is not None else ""
        bought = f"{claim.procurement_kind.label}{route}"
    left = yuan(claim.budget_left_fen) if claim.budget_left_fen is not None else ""
    submitted = ""
    if claim.submitted_at is not None:
        at = claim.submitted_at.astimezone(CHINA)
        submitted = f"{chinese_date(at.date())} {at:%H:%M}"
    paper = ""
    if claim.signed_paper_at is not None:
        paper = f"{chinese_date(claim.signed_paper_at.astimezone(CHINA).date())}登记"
    facts = (
        ("部门", claim.department),
        ("经办人", claim.applicant),
        ("填报日期", chinese_date(claim.filled_on)),
        ("提交时间", submitted),
        ("支付方式", pay),
        ("预算余额", left),
        ("收款单位", claim.payee),
        ("开户行", claim.payee_bank),
        ("账号", claim.payee_account),
        ("采购", bought),
        ("采购规则", claim.route_rule),
        ("采购记录", claim.record),
        ("合同号", claim.contract_no),
        ("会议纪要", claim.minutes_no),
        ("来源", claim.source_text),
        ("纸质签字", paper),
        ("备注", claim.note),
    )
    return tuple((title, text) for title, text in facts if text)


def _tinted(part: QLabel, color: str) -> QLabel:
    part.setStyleSheet(f"color: {color};")
    return part
