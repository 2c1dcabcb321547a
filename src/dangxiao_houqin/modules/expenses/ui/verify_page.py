"""核对签名: every signature looked at anew, and a check code from paper compared with the database."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStackedWidget, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Column, Pill, list_in_memory
from dangxiao_houqin.core.errors import Cancelled
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import verification
from dangxiao_houqin.modules.expenses.domain.approval import VERIFY, ChainHead, Flaw
from dangxiao_houqin.modules.expenses.queries.approval import chain_head
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.fields import NumberField, TextField
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, EmptyState, IconLabel, PillLabel, button, column, label, row

from .signed_pane import REF_KINDS
from .signing_ledger import TITLE, LedgerPapers

FLAW_COLUMNS: tuple[Column[Flaw], ...] = (
    Column("record", "记录", lambda flaw: flaw.record, width=200, paper_mm=44, sortable=False),
    Column("field", "项目", lambda flaw: flaw.field, width=170, paper_mm=26, sortable=False),
    Column("sentence", "哪里不对", lambda flaw: flaw.sentence, width=560, sortable=False),
)


def verify_now(ctx: Ctx) -> verification.Verification:
    """Look at everything; the actor needs the right to."""
    ctx.require(VERIFY)
    return verification.verify_all(ctx)


def read_head(ctx: Ctx) -> ChainHead:
    """The end of the chain."""
    ctx.require(VERIFY)
    return chain_head(ctx)


def compare_with_paper(ctx: Ctx, seq: int, code: str) -> Flaw | None:
    """Whether the database still has the link printed on a paper."""
    ctx.require(VERIFY)
    return verification.find_link(ctx, seq, code)


def _place(flaw: Flaw) -> tuple[str, str, str]:
    return flaw.record, flaw.field, flaw.sentence


class VerifyPage(Page):
    """Start, watch, stop; what is wrong as a list that opens the document."""

    title = "核对签名"
    context = "逐一核对签名、内容和附件，再与纸上印的校验码比对；被改动的记录会列出来"
    watches = frozenset({"signature_record"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._task: Task | None = None
        self._flaws: tuple[Flaw, ...] = ()
        self._asked: tuple[int, str] | None = None
        self.settings_button = self.add_action("返回签批设置", self.to_settings, icon="arrow-left")
        self.settings_button.setVisible(desk.reaches("expenses.signing"))
        self.ledger = LedgerPapers(self)
        self.ledger_button = self.add_action(
            f"{TITLE}…",
            self.ledger.ask,
            icon="printer",
            tooltip="每月打印一份签字存档，以后拿纸上的序号和校验码来比对",
        )
        self.start_button = self.add_action(
            "开始核对", self.start, icon="shield-check", primary=True, shortcut="Ctrl+Return"
        )
        self.head_text = label("", "second")
        self._build_paper()
        self._build_result()
        self.body.addWidget(self.paper_card)
        self.body.addWidget(self.result_card, 1)

    def _build_paper(self) -> None:
        self.paper_card = Card("与纸上的校验码比对", padding=16)
        self.paper_card.head.addWidget(self.head_text)
        self.seq = NumberField("seq", "序号", minimum=1, maximum=999_999_999, required=True)
        self.seq.setFixedWidth(130)
        self.code = TextField("code", "校验码", required=True, max_length=40, placeholder="如 7K3D-9FQ2-X0MA")
        self.code.setFixedWidth(230)
        for part in (self.seq, self.code):
            part.input.setProperty("role", "")
        self.seq.edit.returnPressed.connect(self.code.edit.setFocus)
        self.code.edit.returnPressed.connect(self.compare)
        self.compare_button = button("比对", self.compare, icon="scale")
        self.paper_icon = IconLabel("info", TOKENS.text_hint, 20)
        self.paper_result = label("审批单和月度签批台账的页脚印有序号和校验码，抄在这里。", "second", wrap=True)
        fields = row(spacing=10)
        for caption, part in (("序号", self.seq), ("校验码", self.code)):
            word = label(caption)
            word.setFixedHeight(TOKENS.control)
            fields.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
            fields.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.compare_button, 0, Qt.AlignmentFlag.AlignTop)
        said = row(self.paper_icon, spacing=8)
        said.addWidget(self.paper_result, 1)
        said.setContentsMargins(8, 8, 0, 0)
        fields.addLayout(said, 1)
        fields.setAlignment(said, Qt.AlignmentFlag.AlignTop)
        self.paper_card.body.addLayout(fields)

    def _build_result(self) -> None:
        self.result_card = Card(padding=16)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("核对进度")
        self.progress_text = label("", "second")
        self.stop_button = button("停止", self.stop, icon="x")
        running = column(None, self.progress_text, self.progress, row(self.stop_button, None), None, spacing=10)
        self.running = QWidget()
        self.running.setLayout(running)
        self.waiting = EmptyState()
        self.waiting.show_state(
            "还没有核对",
            "核对全部签名、签字时的内容和附件。一万张单据约需一分钟，期间可以继续做别的事。",
            icon="shield-check",
        )
        self.good_text = label("", "second", wrap=True)
        self.good = QWidget()
        good = column(None, IconLabel("shield-check", TOKENS.success, 48), label("全部相符", "cardTitle"), spacing=8)
        good.addWidget(self.good_text)
        good.addStretch(2)
        for place in range(good.count()):
            if isinstance(part := good.itemAt(place).widget(), QLabel):
                part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.good.setLayout(good)
        self.verdict = PillLabel(Pill("", "error"))
        self.summary = label("", "second", wrap=True)
        self.table = ListTable(
            self.runner,
            "expenses.flaws",
            FLAW_COLUMNS,
            self._fetch,
            _place,
            title="签名核对结果",
            search="记录 / 项目",
            unit="处",
            empty=Empty("没有找到", icon="search"),
        )
        self.table.opened.connect(self.open_flaw)
        verdict = row(self.verdict, spacing=10)
        verdict.addWidget(self.summary, 1)
        bad = column(verdict, self.table, spacing=8)
        self.bad = QWidget()
        self.bad.setLayout(bad)
        self.stack = QStackedWidget()
        for part in (self.waiting, self.running, self.good, self.bad):
            self.stack.addWidget(part)
        self.result_card.body.addWidget(self.stack)

    def _fetch(self, _ctx: Any, query: ListQuery) -> Listing[Flaw]:
        return list_in_memory(self._flaws, FLAW_COLUMNS, query)

    # ------------------------------------------------------------------ showing
    def reload(self) -> None:
        self.query(read_head, ok=self._have_head)

    @Slot(object)
    def _have_head(self, head: ChainHead) -> None:
        if head.seq:
            at = f"，{head.at.astimezone(CHINA):%Y-%m-%d %H:%M}" if head.at is not None else ""
            self.head_text.setText(f"现在最后一号：第 {head.seq} 号，校验码 {head.check_code}{at}")
        else:
            self.head_text.setText("还没有人签过字")

    def open_target(self, target: Any) -> None:
        """``{"seq": …, "code": …}``: compare what a paper shows."""
        if isinstance(target, dict) and "seq" in target:
            self.seq.set_value(target["seq"])
            self.code.set_value(target.get("code", ""))
            if target.get("code"):
                self.compare()

    @Slot()
    def to_settings(self) -> None:
        self.desk.go("expenses.signing")

    # ------------------------------------------------------------------ everything
    @Slot()
    def start(self) -> None:
        """Look at every signature, beside whatever else is done."""
        if self._task is not None:
            return
        self.start_button.setEnabled(False)
        self.stop_button.setEnabled(True)
        self.progress.setValue(0)
        self.progress_text.setText("正在读取签名…")
        self.stack.setCurrentWidget(self.running)
        task = self.runner.query(
            verify_now, ok=self._verified, fail=self._not_verified, progress=self._progressed, title="核对签名"
        )
        if not task.done:
            self._task = task

    @Slot()
    def stop(self) -> None:
        """Stop looking; nothing was changed."""
        if self._task is not None:
            self.stop_button.setEnabled(False)
            self.progress_text.setText("正在停止…")
            self._task.cancel()

    @Slot(float, str)
    def _progressed(self, fraction: float, text: str) -> None:
        self.progress.setValue(round(fraction * 1000))
        self.progress_text.setText(text)

    def _ended(self) -> None:
        self._task = None
        self.start_button.setEnabled(True)
        self.start_button.setText("重新核对")

    @Slot(object)
    def _verified(self, found: verification.Verification) -> None:
        self._ended()
        self._have_head(found.head)
        looked = f"{found.links:,} 个签名、{found.documents:,} 张单据、{found.files:,} 个附件"
        if not found.flaws:
            head = f"最后一号是第 {found.head.seq} 号，校验码 {found.head.check_code}。" if found.head.seq else ""
            self.good_text.setText(
                f"核对了{looked}，都和签字时一样。\n{head}请再与最近一次打印的月度签批台账比对校验码。"
            )
            self.stack.setCurrentWidget(self.good)
            return
        self._flaws = found.flaws
        self.verdict.set_pill(Pill(f"{len(found.flaws)} 处不符", "error"))
        self.summary.setText(f"核对了{looked}。第一处：{found.flaws[0].sentence}请保留现状，与纸质单据和备份核对。")
        self.stack.setCurrentWidget(self.bad)
        self.table.refresh()

    @Slot(object)
    def _not_verified(self, error: Exception) -> None:
        self._ended()
        self.stack.setCurrentWidget(self.waiting)
        if isinstance(error, Cancelled):
            self.toast("已停止核对", tone="primary")
        else:
            messages.show_in_bar(self.bar, error)

    @Slot(object)
    def open_flaw(self, flaw: Flaw) -> None:
        """The document that is not as it was signed."""
        if flaw.document is not None:
            kind, document_id = flaw.document
            self.desk.open(Ref(REF_KINDS[kind], document_id))
        else:
            self.toast("这一处不属于某一张单据。", tone="primary")

    # ------------------------------------------------------------------ against paper
    @Slot()
    def compare(self) -> None:
        """Look the printed number up."""
        checked = [part.check() for part in (self.seq, self.code)]
        if not all(checked):
            (self.seq if not checked[0] else self.code).setFocus()
            return
        self._asked = (self.seq.value(), self.code.value())
        self.query(compare_with_paper, *self._asked, ok=self._compared)

    @Slot(object)
    def _compared(self, flaw: Flaw | None) -> None:
        assert self._asked is not None
        if flaw is None:
            self._say(
                f"第 {self._asked[0]} 号与纸上一致：到这一号为止的签名链没有被重做或截短。",
                "circle-check",
                TOKENS.success,
            )
        else:
            self._say(flaw.sentence, "circle-x", TOKENS.error)

    def _say(self, text: str, icon: str, color: str) -> None:
        self.paper_icon.set_icon(icon, color)
        self.paper_result.setText(text)
        self.paper_result.setStyleSheet(f"color: {color};")
