"""待我签批: a leader reads documents beside their evidence, agrees, and signs all he agreed to with one password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QSplitter, QStackedWidget, QWidget

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    DocumentRef,
    DocumentState,
    ReturnDocument,
    SignBatch,
    Signed,
    SignItem,
    WaitingRow,
)
from dangxiao_houqin.modules.expenses.domain.signing_desk import AGREE, SignedRow, SigningSheet
from dangxiao_houqin.modules.expenses.queries.approval import list_phrases, list_waiting
from dangxiao_houqin.modules.expenses.queries.signing_desk import list_signed, load_sheet
from dangxiao_houqin.ui import icons, messages, settings, theme
from dangxiao_houqin.ui.background import Task
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import (
    Card,
    SearchBox,
    Segmented,
    button,
    column,
    label,
    line,
    row,
)

from .batch_dialog import BatchDialog
from .empty_desk import EmptyDesk
from .evidence_viewer import EvidenceViewer, Paper
from .opinion_bar import NEXT_TEXT, OpinionBar
from .signed_pane import REF_KINDS, SignedPane
from .signing_sheet import SheetView
from .waiting_list import Key, WaitingList, key_of

WAITING, SIGNED = "waiting", "signed"
RECENT = 6
SEARCH_FROM = 12
"""A list shorter than this needs no search."""
_KINDS = {
    **{name: kind for kind, name in REF_KINDS.items()},
    "claim_to_sign": DocumentKind.CLAIM,
    "purchase_to_sign": DocumentKind.PURCHASE,
}


@dataclass(frozen=True)
class Desktop:
    """All that lies on the leader's desk."""

    rows: tuple[WaitingRow, ...]
    total: int
    today: date
    phrases: tuple[str, ...]
    recent: tuple[SignedRow, ...]


def read_desktop(ctx: Ctx, search: str) -> Desktop:
    """What waits for the actor; when nothing does, what he signed last."""
    found = list_waiting(ctx, ListQuery(search=search, limit=None))
    recent = list_signed(ctx, ListQuery(limit=RECENT)).rows if not found.total else ()
    return Desktop(found.rows, found.total, ctx.today(), list_phrases(ctx), recent)


def _pane() -> Card:
    """A card that its content fills up to the hairline."""
    card = Card(padding=1)
    card.body.setSpacing(0)
    return card


class WaitingPage(Page):
    """List, document and evidence side by side; the opinion below; one password for all that was agreed to."""

    title = "待我签批"
    watches = frozenset({"approval_step", "expense_claim", "purchase_request", "stand_in", "signature_record"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._user = desk.actor.user_id
        self._sheet_task: Task | None = None
        self._wanted: Key | None = None
        self._drafts: dict[Key, str] = {}
        self._current: WaitingRow | None = None
        self._asked_open: set[tuple[DocumentKind, int, int]] = set()
        self._warned: frozenset[Key] = frozenset()
        self.tabs = Segmented(((WAITING, "待我签批"), (SIGNED, "我签过的")), name="签批")
        self.tabs.changed.connect(self.show_tab)
        self.action_row.addWidget(self.tabs)
        self._build_desk()
        self.empty_pane = EmptyDesk()
        self.empty_pane.opened.connect(desk.open)
        self.empty_pane.everything_asked.connect(self._to_signed)
        self.signed = SignedPane(self, desk)
        self.stack = QStackedWidget()
        for pane in (self.desk_pane, self.empty_pane, self.signed):
            self.stack.addWidget(pane)
        self.body.setSpacing(12)
        self.body.addWidget(self.stack, 1)
        self.bar.triggered.connect(self.sign)
        desk.actor_changed.connect(self._actor_changed)
        self._show_batch()

    # ------------------------------------------------------------------ building
    def _build_desk(self) -> None:
        self.search = SearchBox("事由 / 经办人")
        self.search.searched.connect(self._searched)
        self.search.hide()
        self.list = WaitingList()
        self.list.chosen.connect(self._chosen)
        self.list.selection_changed.connect(self._show_batch)
        self.list.agree_asked.connect(self.agree)
        self.list.paper_keys.connect(self.turn_paper)
        self.count = label("", "second")
        self.sum = label("", "strong")
        self.sign_button = button(
            "签字", self.sign, icon="signature", shortcut="Ctrl+Return", tooltip="输入一次密码，签完已同意的全部单据"
        )
        foot = column(row(self.count, None, self.sum), self.sign_button, spacing=8)
        foot.setContentsMargins(14, 10, 14, 12)
        top = row(self.search)
        top.setContentsMargins(12, 12, 12, 0)
        self._list_top = QWidget()
        self._list_top.setLayout(top)
        self._list_top.hide()
        left = _pane()
        left.body.addWidget(self._list_top)
        left.body.addWidget(self.list, 1)
        left.body.addWidget(line())
        left.body.addLayout(foot)
        self.sheet = SheetView()
        middle = _pane()
        middle.body.addWidget(self.sheet)
        self.viewer = EvidenceViewer(self.runner)
        right = _pane()
        right.body.addWidget(self.viewer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for part in (left, middle, right):
            self.splitter.addWidget(part)
        left.setMinimumWidth(232)
        middle.setMinimumWidth(320)
        right.setMinimumWidth(300)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(10)
        self.splitter.setStyleSheet("QSplitter::handle { background: transparent; }")
        for place, stretch in enumerate((2, 4, 5)):
            self.splitter.setStretchFactor(place, stretch)
        self.splitter.setSizes(settings.read("expenses.waiting/columns") or [262, 404, 430])
        self.splitter.splitterMoved.connect(self._moved)
        self.opinion = OpinionBar()
        self.opinion.agreed.connect(self.agree)
        self.opinion.returned.connect(self.give_back)
        self.opinion.taken_back.connect(self.take_back)
        self.opinion.stepped.connect(self._step)
        self.opinion.paper_keys.connect(self.turn_paper)
        self.desk_pane = QWidget()
        whole = column(spacing=12)
        whole.addWidget(self.splitter, 1)
        whole.addWidget(self.opinion)
        self.desk_pane.setLayout(whole)

    # ------------------------------------------------------------------ showing
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """待我签批 or 我签过的."""
        self.tabs.set_value(tab)
        self._show_stack()
        self.reload()

    @Slot()
    def _to_signed(self) -> None:
        self.show_tab(SIGNED)

    def reload(self) -> None:
        if self.tab == SIGNED:
            self.signed.refresh()
        self.query(read_desktop, self.search.text().strip(), ok=self._show)

    @Slot(str)
    def _searched(self, _text: str) -> None:
        self.reload()

    @Slot(object)
    def _show(self, found: Desktop) -> None:
        searched = bool(self.search.text().strip())
        self.opinion.set_phrases(found.phrases)
        lost = self.list.set_rows(found.rows, found.today, narrowed=searched)
        if lost and not self.bar.text:
            names = "、".join(f"“{decision.row.title}”" for decision in lost[:3])
            self.bar.say(f"{names}已被撤回、改动或由他人签批，不再等您签字。", "warning")
        if not searched:
            self._list_top.setVisible(len(found.rows) >= SEARCH_FROM)
            self.search.setVisible(len(found.rows) >= SEARCH_FROM)
        self.empty_pane.show_recent(found.recent)
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            if not self.list.show_key(wanted):
                messages.toast(self, "这张单据现在不等您签批。", tone="primary")
        waiting = len(self.list.rows)
        total = sum(each.total_fen for each in self.list.rows)
        self.set_context(f"{waiting} 张等您签批，合计 {yuan(total)}" if waiting else "都签完了")
        self._show_stack()
        self._show_batch()

    def _show_stack(self) -> None:
        empty = not self.list.rows and not self.search.text().strip()
        page = self.signed if self.tab == SIGNED else self.empty_pane if empty else self.desk_pane
        changed = self.stack.currentWidget() is not page
        self.stack.setCurrentWidget(page)
        if changed and page is self.desk_pane:
            self.opinion.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _chosen(self, waiting: WaitingRow | None) -> None:
        if self._sheet_task is not None:
            self._sheet_task.drop()
            self._sheet_task.cancel()
            self._sheet_task = None
        before, self._current = self._current, waiting
        if before is not None and key_of(before) not in self.list.decided:
            self._keep_draft(key_of(before))
        if waiting is None:
            self.sheet.clear_sheet()
            self.viewer.set_papers(())
            return
        if before is None or key_of(before) != key_of(waiting):
            self._reset_opinion(waiting)
        self._sheet_task = self.query(load_sheet, waiting.kind, waiting.id, ok=self._have_sheet)

    def _keep_draft(self, key: Key) -> None:
        """An opinion that was begun waits for the document to come back."""
        if self.opinion.opinion not in ("", AGREE):
            self._drafts[key] = self.opinion.opinion
        else:
            self._drafts.pop(key, None)

    def _reset_opinion(self, waiting: WaitingRow) -> None:
        decided = self.list.decided.get(key_of(waiting))
        self.opinion.reset(decided.opinion if decided else self._drafts.get(key_of(waiting), AGREE))

    @Slot(object)
    def _have_sheet(self, sheet: SigningSheet) -> None:
        waiting = self._current
        if waiting is None or (sheet.kind, sheet.id) != key_of(waiting):
            return
        self.sheet.show_sheet(sheet, on_behalf_of=waiting.on_behalf_of, turn=waiting.position)
        self.viewer.set_papers(
            [
                Paper(
                    title=paper.title,
                    kind=paper.kind,
                    media_type=paper.media_type,
                    size=paper.size,
                    evidence_id=paper.evidence_id,
                    name=paper.name,
                    facts=paper.facts,
                )
                for paper in sheet.papers
            ]
        )
        if sheet.version != waiting.version:  # changed since the list was read
            self.reload()
            return
        seen = (sheet.kind, sheet.id, sheet.version)
        if not self.list.is_seen(waiting) and seen not in self._asked_open:
            self._asked_open.add(seen)
            self.runner.command(services.open_document, DocumentRef(*seen), ok=self._opened, fail=self._not_opened)
        self._show_batch()
        if sheet.flaws:
            self.opinion.say("与签字时不符，不能签批，请管理员核对签名")

    @Slot(object)
    def _opened(self, _nothing: object) -> None:
        for seen in tuple(self._asked_open):
            place = next((each for each in self.list.rows if (each.kind, each.id, each.version) == seen), None)
            if place is not None:
                self.list.mark_seen(place)
        self._asked_open.clear()

    @Slot(object)
    def _not_opened(self, error: Exception) -> None:
        self._asked_open.clear()
        messages.show_in_bar(self.bar, error)
        self.reload()

    # ------------------------------------------------------------------ deciding
    def _show_batch(self) -> None:
        """What the buttons say about what is chosen and what is agreed to."""
        decided = self.list.decided
        count, total = len(decided), sum(each.row.total_fen for each in decided.values())
        chosen = self.list.selected_rows()
        current = self._current
        several = len(chosen) > 1
        unseen = sum(not self.list.is_seen(each) for each in chosen)
        flawed = self.sheet.sheet is not None and bool(self.sheet.sheet.flaws) and not several
        here = current is not None and key_of(current) in decided
        everything = bool(self.list.rows) and count == len(self.list.rows)
        if several:
            text = f"同意所选 {len(chosen)} 张" if not unseen else f"还有 {unseen} 张没打开看过"
        else:
            text = "签字…" if everything else "已同意，看下一张" if here else NEXT_TEXT
        self.opinion.agree.setText(text)
        self.opinion.agree.setEnabled(bool(chosen) and not unseen and not flawed)
        self.opinion.back.setEnabled(current is not None and not several)
        self.opinion.undo.setVisible(here and not several)
        place = self.list.currentIndex().row()
        self.opinion.previous.setEnabled(place > 0)
        self.opinion.next.setEnabled(0 <= place < len(self.list.rows) - 1)
        self.count.setText(f"已同意 {count} 张" if count else "同意后在这里一次签字")
        self.sum.setText(yuan(total) if count else "")
        self.sign_button.setText(f"签字（{count} 张）" if count else "签字")
        self.sign_button.setEnabled(bool(count))
        self._set_primary(self.sign_button, "signature", everything and bool(count))
        self._set_primary(self.opinion.agree, "check", not everything)

    def _set_primary(self, part: QPushButton, icon: str, on: bool) -> None:
        """One button at a time is the one to press next."""
        kind = "primary" if on else ""
        if part.property("kind") != kind:
            part.setProperty("kind", kind)
            part.setIcon(icons.icon(icon, TOKENS.on_primary if on else TOKENS.text_second, 18, 4))
            theme.restyle(part)

    @Slot()
    def agree(self) -> None:
        """Agree to the shown document, or to all chosen ones when each was looked at, and go on."""
        if not self.opinion.agree.isEnabled():
            return
        chosen = self.list.selected_rows()
        if len(chosen) == 1 and self.list.rows and len(self.list.decided) == len(self.list.rows):
            self.list.decide(chosen, self.opinion.opinion or AGREE)
            self.sign()
            return
        self.list.decide(chosen, self.opinion.opinion or AGREE)
        for each in chosen:
            self._drafts.pop(key_of(each), None)
        more = self.list.to_next_open()
        self._show_batch()
        if more:
            self._to_opinion()
        else:
            self.sign_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def take_back(self) -> None:
        """The agreement to the shown document, not signed yet, is taken back."""
        if self._current is not None:
            self.list.undecide([self._current])
            self._to_opinion()

    @Slot(int)
    def _step(self, by: int) -> None:
        self.list.step(by)
        self._to_opinion()

    def _to_opinion(self) -> None:
        """The keys go on where they are expected, also after the mouse; who walks through the list stays there."""
        if not self.list.hasFocus():
            self.opinion.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def turn_paper(self, by: int) -> None:
        """The next or previous page of the evidence; after the last page the next paper."""
        canvas = self.viewer.canvas
        if by > 0 and (not canvas.pages or canvas.page >= canvas.pages - 1) and self.viewer.next_paper():
            return
        key = Qt.Key.Key_PageDown if by > 0 else Qt.Key.Key_PageUp
        QApplication.sendEvent(self.viewer, QKeyEvent(QEvent.Type.KeyPress, int(key), Qt.KeyboardModifier.NoModifier))

    # ------------------------------------------------------------------ signing
    @Slot()
    def sign(self) -> None:
        """Ask the password once and sign all that was agreed to, in one use case."""
        decided = list(self.list.decided.values())
        if not decided:
            return
        items = tuple(
            SignItem(DocumentRef(each.row.kind, each.row.id, each.row.version), each.opinion) for each in decided
        )
        total = sum(each.row.total_fen for each in decided)
        dialog = BatchDialog(
            self.runner,
            self,
            services.sign,
            SignBatch(items, ""),
            title=f"签字：{len(items)} 张，合计 {yuan(total)}",
            subtitle="、".join(each.row.title for each in decided[:4]) + ("等" if len(decided) > 4 else ""),
            primary=f"签字（{len(items)} 张）",
        )
        dialog.saved.connect(self._signed)
        dialog.refused.connect(self._refused)
        dialog.open()

    @Slot(object)
    def _signed(self, result: Signed) -> None:
        done = sum(state is DocumentState.APPROVED for _, state in result.documents)
        more = f"，其中 {done} 张已批准" if done else ""
        self.list.forget_decisions()
        self._drafts.clear()
        self.bar.clear()
        self.toast(f"已签 {len(result.documents)} 张{more}（签名序号 {result.head_seq}，校验码 {result.check_code}）")
        self.reload()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        """One of them went another way meanwhile: say which, keep the agreement to the others."""
        self.bar.say(str(error), messages.tone_of(error))
        self.reload()

    @Slot()
    def give_back(self) -> None:
        """Return the shown document; the opinion says why."""
        waiting = self._current
        if waiting is None:
            return
        if self.opinion.opinion in ("", AGREE) or self.opinion.opinion.startswith(AGREE):
            self.opinion.ask_reason()
            return
        dialog = BatchDialog(
            self.runner,
            self,
            services.return_document,
            ReturnDocument(DocumentRef(waiting.kind, waiting.id, waiting.version), self.opinion.opinion, ""),
            title=f"退回给{waiting.applicant}",
            subtitle=f"{waiting.title}（{yuan(waiting.total_fen)}）。退回原因：{self.opinion.opinion}",
            primary="退回",
        )
        dialog.saved.connect(self._returned)
        dialog.refused.connect(self._refused)
        dialog.open()

    @Slot(object)
    def _returned(self, result: Signed) -> None:
        if self._current is not None:
            self._drafts.pop(key_of(self._current), None)
            self.list.undecide([self._current])
        self.opinion.reset()
        name = result.documents[0][0] if result.documents else ""
        self.toast(f"已退回 {name}".strip(), tone="primary")
        self.reload()

    # ------------------------------------------------------------------ around
    def open_target(self, target: Any) -> None:
        """A document by its ``Ref`` or ``{"kind": …, "id": …}``, or ``{"tab": "signed"}``."""
        if isinstance(target, Ref) and target.kind in _KINDS:
            self._wanted = (_KINDS[target.kind], target.id)
        elif isinstance(target, dict) and "id" in target:
            self._wanted = (DocumentKind(target["kind"]), target["id"])
        elif isinstance(target, dict) and "tab" in target:
            self.show_tab(target["tab"])
            return
        self.show_tab(WAITING)

    def leave(self) -> bool:
        """Who goes away with agreements not yet signed is told once; the second time he may."""
        decided = frozenset(self.list.decided)
        if not decided or decided == self._warned:
            return True
        self._warned = decided
        self.bar.say(
            f"已同意的 {len(decided)} 张还没有签字，要现在签字吗？再点一次可以离开，同意的标记会留到退出程序。",
            action="签字",
        )
        return False

    @Slot(object)
    def _actor_changed(self, actor: Actor) -> None:
        if actor.user_id != self._user:
            self._user = actor.user_id
            self.list.forget()
            self._drafts.clear()

    @Slot()
    def _moved(self) -> None:
        settings.write("expenses.waiting/columns", self.splitter.sizes())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self.stack.currentWidget() is self.desk_pane:
            self.opinion.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter anywhere but on a button agrees."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.stack.currentWidget() is self.desk_pane and not event.modifiers():
            focused = QApplication.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()
            else:
                self.agree()
            return
        super().keyPressEvent(event)
