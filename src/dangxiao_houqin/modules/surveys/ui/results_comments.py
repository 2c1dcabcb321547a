"""意见原文: what people wrote, apart from all figures and in random order; filed under headings, or made a case."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QWidget

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.results import COMMENT_COLUMNS
from dangxiao_houqin.modules.surveys.domain.results import CommentRow, ResultFilter
from dangxiao_houqin.modules.surveys.queries.comments import (
    comment_categories_known,
    comments_withheld,
    list_comments,
)
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, PillLabel, button, column, label, row

from .results_detail import NO_PILL

READER_WIDTH = 340
UNFILED = "uncategorized"
_WIDTHS = {"text": 380, "category": 96, "question": 112, "campaign": 120}
"""Beside the reader there is less room than a page has."""


class _Comments:
    """Remarks of the scope shown."""

    def __init__(self) -> None:
        self.where = ResultFilter()

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[CommentRow]:
        filters = dict(query.filters)
        if filters.get("category") == UNFILED:
            del filters["category"]
            filters[UNFILED] = True
        return list_comments(ctx, replace(query, filters={**filters, **filters_of(self.where)}))


def filters_of(where: ResultFilter) -> dict[str, object]:
    """A scope as filters of the list of remarks; only what is set."""
    every = {
        "campaign_id": where.campaign_id,
        "subject_key": where.subject_key,
        "class_kind": where.class_kind,
        "year": where.year,
        "term": where.term or None,
    }
    return {key: value for key, value in every.items() if value is not None}


def _read(ctx: Ctx, where: ResultFilter) -> tuple[tuple[str, ...], str]:
    return comment_categories_known(ctx), comments_withheld(ctx, where)


def _id(found: CommentRow) -> int:
    return found.id


class FileCommentsDialog(FormDialog):
    """Under which heading remarks are filed; none takes them out again."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, comments: list[CommentRow], known: tuple[str, ...]
    ) -> None:
        super().__init__(
            runner,
            f"归类 {len(comments)} 条意见",
            parent,
            subtitle="归类只写在意见上，不会留下是谁写的；留空为取消归类。",
            primary="归类",
            width=460,
        )
        self._comments = comments
        self.form.add(TextField("category", "归类", max_length=40, suggestions=known, placeholder="如 热水供应"))
        if len({each.category for each in comments}) == 1:
            self.form.set_values({"category": comments[0].category})
        self.form.mark_clean()

    def submit(self) -> None:
        category = str(self.form["category"].value() or "").strip()
        self.run(services.file_comments, [each.id for each in self._comments], category)


class CommentsPane(QWidget):
    """``suggestion_asked(CommentRow)`` when a remark is to be dealt with."""

    suggestion_asked = Signal(object)

    def __init__(self, page: Page, *, may_suggest: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page, self._may_suggest = page, may_suggest
        self._comments = _Comments()
        self._known: tuple[str, ...] = ()
        self.bar = MessageBar()
        self.table = ListTable(
            page.runner,
            "surveys.comments",
            tuple(replace(each, width=_WIDTHS.get(each.key, each.width)) for each in COMMENT_COLUMNS),
            self._comments,
            _id,
            title="意见原文",
            search="意见里的词",
            filters=(Filter("category", "归类"),),
            unit="条",
            empty=Empty(
                "没有可以显示的意见",
                "收卷以后，有效答卷不少于最少样本数时，这里显示写下的意见，顺序是打乱的。",
                icon="message-square",
            ),
            export=False,
        )
        self.table.selection_changed.connect(self._selected)
        self.table.menu_requested.connect(self._menu)
        self.table.opened.connect(self.file)
        card = Card(padding=16)
        card.body.addWidget(self.table)
        self.reader = self._make_reader()
        parts = row(card, self.reader, spacing=12)
        parts.setStretch(0, 1)
        layout = column(self.bar, spacing=12)
        layout.addLayout(parts, 1)
        note = "意见与评分分开保存，不知道出自哪份答卷、哪一天；顺序随机。请勿据文字猜测是谁写的。"
        layout.addWidget(label(note, "hint", wrap=True))
        self.setLayout(layout)
        self._selected()

    def _make_reader(self) -> Card:
        reader = Card("意见全文", padding=16)
        reader.setFixedWidth(READER_WIDTH)
        self.place = label("", "second", wrap=True)
        self.category = PillLabel(NO_PILL, reader)
        self.text = label("", wrap=True)
        self.text.setAccessibleName("意见全文")
        inner = column(self.place, self.category, self.text, None, spacing=10)
        content = QWidget()
        content.setObjectName("dialogCard")
        content.setLayout(inner)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        scroll.setAccessibleName("意见全文")
        reader.body.addWidget(scroll, 1)
        self.file_button = button("归类…", self.file, icon="tag")
        self.ask_button = button("生成意见建议处理单", self._ask, icon="message-square")
        reader.body.addWidget(self.file_button)
        reader.body.addWidget(self.ask_button)
        return reader

    # ------------------------------------------------------------------ showing
    def show_where(self, where: ResultFilter) -> None:
        """Remarks of another scope."""
        self._comments.where = where
        self.table.refresh()
        self._page.query(_read, where, ok=self._have)

    @Slot(object)
    def _have(self, found: tuple[tuple[str, ...], str]) -> None:
        self._known, withheld = found
        choices = [(UNFILED, "未归类"), *((each, each) for each in self._known)]
        self.table.set_filter_choices("category", choices)
        if withheld:
            self.bar.say(withheld, "primary", closable=False)
        else:
            self.bar.clear()

    @Slot()
    def _selected(self) -> None:
        rows: list[CommentRow] = self.table.selected_rows()
        one = rows[0] if len(rows) == 1 else None
        self.place.setText(f"{one.campaign} · {one.question}" if one else "")
        self.category.set_pill(replace(NO_PILL, text=one.category, tone="primary") if one else NO_PILL)
        several = f"已选 {len(rows)} 条。" if rows else "选中一条意见，在这里看全文。"
        self.text.setText(one.text if one else several)
        self.file_button.setEnabled(bool(rows))
        self.ask_button.setEnabled(one is not None)
        self.ask_button.setVisible(self._may_suggest)

    @Slot(list, QMenu)
    def _menu(self, rows: list[CommentRow], menu: QMenu) -> None:
        if rows:
            menu.addAction(icons.icon("tag"), "归类…", self.file)
        if len(rows) == 1 and self._may_suggest:
            menu.addAction(icons.icon("message-square"), "生成意见建议处理单", self._ask)

    @Slot()
    def file(self) -> None:
        """Under which heading the selected remarks belong."""
        rows = self.table.selected_rows()
        if rows:
            dialog = FileCommentsDialog(self._page.runner, self._page, rows, self._known)
            dialog.saved.connect(self._filed)
            dialog.open()

    @Slot(object)
    def _filed(self, count: int) -> None:
        self._page.toast(f"已归类 {count} 条意见")

    @Slot()
    def _ask(self) -> None:
        rows = self.table.selected_rows()
        if len(rows) == 1:
            self.suggestion_asked.emit(rows[0])
