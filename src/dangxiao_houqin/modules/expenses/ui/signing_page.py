"""签批设置: who signs what from when on, who stands in for whom, and the keys that signatures are made with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.columns.signing import CHAIN_COLUMNS, KEY_COLUMNS, STAND_IN_COLUMNS
from dangxiao_houqin.modules.expenses.domain.approval import (
    CHAINS,
    VERIFY,
    ChainRow,
    DocumentKind,
    KeyRow,
    SaveChain,
    StandInRow,
)
from dangxiao_houqin.modules.expenses.domain.signing_desk import SignerChoices
from dangxiao_houqin.modules.expenses.queries.chains import get_chain, list_chains, list_keys, list_stand_ins
from dangxiao_houqin.modules.expenses.queries.signers import default_steps
from dangxiao_houqin.modules.expenses.queries.signing_desk import signer_choices
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, Segmented, button, clear, column, label

from .chain_dialog import ChainDialog, ChainTrial
from .signing_dialogs import ReasonDialog, StandInDialog

CHAINS_TAB, STAND_INS_TAB, KEYS_TAB = "chains", "stand_ins", "keys"
VERIFY_PAGE = "expenses.verify"


@dataclass(frozen=True)
class Basis:
    """What the page's dialogs offer."""

    today: date
    choices: SignerChoices
    default: SaveChain


def read_basis(ctx: Ctx) -> Basis:
    """Today, who may be named, and the chain that counts where none is set."""
    ctx.require(CHAINS)
    today = ctx.today()
    default = SaveChain(DocumentKind.CLAIM, f"{today.year}年签批链", today, None, default_steps(ctx))
    return Basis(today, signer_choices(ctx), default)


def _id(row: Any) -> int:
    return int(row.id)


class SigningPage(Page):
    """Three lists; the chain in force can be tried out with an amount."""

    title = "签批设置"
    context = "谁签、签到哪一步、谁可以代签；修改只影响以后提交的单据"
    watches = frozenset(
        {"signing_chain", "chain_step", "stand_in", "signing_key", "role", "user_account", "staff_member", "setting"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._may = desk.can(CHAINS)
        self._basis: Basis | None = None
        self._trial: ChainTrial | None = None
        self._chosen: Any = None
        self.tabs = Segmented(
            ((CHAINS_TAB, "签批链"), (STAND_INS_TAB, "授权代签"), (KEYS_TAB, "签名密钥")), name="签批设置"
        )
        self.tabs.changed.connect(self.show_tab)
        self.action_row.addWidget(self.tabs)
        self.verify_button = self.add_action(
            "核对签名", self.to_verify, icon="shield-check", tooltip="逐一核对全部签名，找出被改动的记录"
        )
        self.verify_button.setVisible(desk.can(VERIFY) and desk.reaches(VERIFY_PAGE))
        self.new_button = self.add_action(
            "新建签批链", self.first_step, icon="plus", primary=True, shortcut="Ctrl+N", enabled=False
        )
        self._build_chains()
        self._build_stand_ins()
        self._build_keys()
        self.stack = QStackedWidget()
        for pane in (self.chains_pane, self.stand_ins_pane, self.keys_pane):
            self.stack.addWidget(pane)
        self.body.addWidget(self.stack, 1)

    # ------------------------------------------------------------------ building
    def _build_chains(self) -> None:
        self.chains = ListTable(
            self.runner,
            "expenses.chains",
            CHAIN_COLUMNS,
            list_chains,
            _id,
            title="签批链",
            search="名称 / 步骤",
            filters=(Filter("kind", "单据", tuple((k.value, k.label) for k in DocumentKind), inline=True),),
            unit="条",
            empty=Empty(
                "现在按默认的签批链：经办人 → 分管领导 → 主要领导",
                "主要领导不直接分管财务、要按金额分级，或要加上部门负责人、财务审核时，在这里设置。",
                "设置签批链" if self._may else "",
                icon="git-branch",
            ),
        )
        self.chains.opened.connect(self.edit_chain)
        self.chains.empty_action.connect(self.first_step)
        self.chains.menu_requested.connect(self._chain_menu)
        card = Card(padding=16)
        card.body.addWidget(self.chains)
        self._trial_card = Card("某笔支出由谁签", padding=16)
        self._trial_box = column(spacing=0)
        self._trial_card.body.addLayout(self._trial_box)
        self._trial_kind = Segmented(tuple((kind, kind.label) for kind in DocumentKind), name="试算单据")
        self._trial_kind.changed.connect(self._trial_kind_changed)
        self._trial_card.head.addWidget(label("按今天有效的签批链", "second"))
        self._trial_card.head.addWidget(self._trial_kind)
        self.chains_pane = QWidget()
        whole = column(spacing=12)
        whole.addWidget(card, 1)
        whole.addWidget(self._trial_card)
        self.chains_pane.setLayout(whole)

    def _build_stand_ins(self) -> None:
        self.stand_ins = ListTable(
            self.runner,
            "expenses.stand_ins",
            STAND_IN_COLUMNS,
            list_stand_ins,
            _id,
            title="授权代签",
            search="姓名 / 授权文件",
            unit="条",
            empty=Empty(
                "没有授权代签",
                "领导出差、学习期间，可以登记由谁在哪些天代签；代签的单据打印时会注明。",
                "登记授权代签" if self._may else "",
                icon="user-check",
            ),
        )
        self.stand_ins.opened.connect(self.edit_stand_in)
        self.stand_ins.empty_action.connect(self.first_step)
        self.stand_ins.menu_requested.connect(self._stand_in_menu)
        self.stand_ins.selection_changed.connect(self._selected)
        self.revoke_button = button("撤销授权…", self.revoke, icon="ban")
        self.stand_ins.add_tool(self.revoke_button)
        card = Card(padding=16)
        card.body.addWidget(self.stand_ins)
        self.stand_ins_pane = QWidget()
        self.stand_ins_pane.setLayout(column(card))

    def _build_keys(self) -> None:
        self.keys = ListTable(
            self.runner,
            "expenses.keys",
            KEY_COLUMNS,
            list_keys,
            _id,
            title="签名密钥",
            search="姓名 / 公钥",
            unit="个",
            empty=Empty(
                "还没有人签过字", "每个人第一次签字时自动启用自己的签名密钥，由登录密码保护。", icon="key-round"
            ),
        )
        self.keys.menu_requested.connect(self._key_menu)
        self.keys.selection_changed.connect(self._selected)
        self.retire_button = button("作废密钥…", self.retire, icon="ban")
        self.keys.add_tool(self.retire_button)
        note = label(
            "忘记密码时，管理员在“用户与角色”里重置密码，原来的密钥自动作废；本人再签时启用新密钥，以前的签名仍可核对。",
            "second",
            wrap=True,
        )
        card = Card(padding=16)
        card.body.addWidget(self.keys)
        card.body.addWidget(note)
        self.keys_pane = QWidget()
        self.keys_pane.setLayout(column(card))

    # ------------------------------------------------------------------ showing
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @property
    def table(self) -> ListTable:
        """The list that is shown."""
        return {CHAINS_TAB: self.chains, STAND_INS_TAB: self.stand_ins, KEYS_TAB: self.keys}[self.tab]

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """签批链, 授权代签 or 签名密钥."""
        self.tabs.set_value(tab)
        self.stack.setCurrentIndex((CHAINS_TAB, STAND_INS_TAB, KEYS_TAB).index(tab))
        self.new_button.setVisible(tab != KEYS_TAB)
        self.new_button.setText("登记授权代签" if tab == STAND_INS_TAB else "新建签批链")
        self._selected()
        self.table.refresh()

    def reload(self) -> None:
        self.table.refresh()
        self.query(read_basis, ok=self._know)

    @Slot(object)
    def _know(self, basis: Basis) -> None:
        before, self._basis = self._basis, basis
        self.new_button.setEnabled(self._may)
        if before is None or before.choices != basis.choices or self._trial is None:
            clear(self._trial_box)
            self._trial = ChainTrial(self.runner, basis.choices, self._trial_kind.value())
            self._trial_box.addWidget(self._trial)
        self._trial.set_steps(None)
        self._selected()

    @Slot(object)
    def _trial_kind_changed(self, kind: DocumentKind) -> None:
        if self._trial is not None:
            self._trial.set_kind(kind)

    def _one(self, table: ListTable) -> Any:
        rows = table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _selected(self) -> None:
        stand_in, key = self._one(self.stand_ins), self._one(self.keys)
        self.revoke_button.setEnabled(self._may and stand_in is not None and _running(stand_in))
        self.retire_button.setEnabled(self._may and key is not None and key.retired_at is None)

    def open_target(self, target: Any) -> None:
        """``{"tab": "chains" | "stand_ins" | "keys"}``."""
        if isinstance(target, dict) and target.get("tab") in (CHAINS_TAB, STAND_INS_TAB, KEYS_TAB):
            self.show_tab(target["tab"])

    @Slot()
    def to_verify(self) -> None:
        """Look at every signature."""
        self.desk.go(VERIFY_PAGE)

    # ------------------------------------------------------------------ chains
    @Slot()
    def first_step(self) -> None:
        """A new chain or a new stand-in, after the tab that is shown."""
        if self._basis is None or not self._may:
            return
        if self.tab == STAND_INS_TAB:
            StandInDialog(self.runner, self, self._basis.choices, self._basis.today, None).open()
            return
        ChainDialog(self.runner, self, self._basis.choices, self._basis.default).open()

    @Slot(object)
    def edit_chain(self, row: ChainRow) -> None:
        self.query(get_chain, row.id, ok=self._have_chain)

    @Slot(object)
    def _have_chain(self, chain: SaveChain) -> None:
        if self._basis is not None:
            ChainDialog(self.runner, self, self._basis.choices, chain).open()

    def _chain_menu(self, rows: list[ChainRow], menu: QMenu) -> None:
        if len(rows) != 1 or not self._may:
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "修改…", self._edit_chosen)
        menu.addAction(icons.icon("copy"), "照此新建…", self._copy_chosen)
        menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete)

    @Slot()
    def _edit_chosen(self) -> None:
        self.edit_chain(self._chosen)

    @Slot()
    def _copy_chosen(self) -> None:
        self.query(get_chain, self._chosen.id, ok=self._have_copy)

    @Slot(object)
    def _have_copy(self, chain: SaveChain) -> None:
        if self._basis is not None:
            copy = replace(chain, chain_id=None, version=None, valid_from=self._basis.today, valid_until=None)
            ChainDialog(self.runner, self, self._basis.choices, copy).open()

    @Slot()
    def _ask_delete(self) -> None:
        row: ChainRow = self._chosen
        messages.ask(
            self,
            f"删除“{row.name}”？{row.valid_from} 起提交的{row.kind.label}改按其他有效的签批链，没有时按默认的签批链。",
            detail="正在签批的单据不受影响，仍按提交时的签批链走完。",
            done=self._delete,
            title="删除签批链",
            yes="删除",
            danger=True,
        )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_chain, self._chosen.id, self._chosen.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.toast("签批链已删除")

    # ------------------------------------------------------------------ stand-ins
    @Slot(object)
    def edit_stand_in(self, row: StandInRow) -> None:
        if self._basis is not None and self._may and _running(row):
            StandInDialog(self.runner, self, self._basis.choices, self._basis.today, row).open()

    def _stand_in_menu(self, rows: list[StandInRow], menu: QMenu) -> None:
        if len(rows) != 1 or not self._may or not _running(rows[0]):
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "修改…", self._edit_stand_in)
        menu.addAction(icons.icon("ban"), "撤销授权…", self.revoke)

    @Slot()
    def _edit_stand_in(self) -> None:
        self.edit_stand_in(self._chosen)

    @Slot()
    def revoke(self) -> None:
        """End a stand-in now."""
        row: StandInRow | None = self._one(self.stand_ins)
        if row is not None:
            ReasonDialog(
                self.runner,
                self,
                services.revoke_stand_in,
                (row.id, row.version),
                title="撤销授权代签",
                subtitle=f"从现在起，{row.deputy}不再代{row.principal}签；已经代签的单据仍然有效。",
                primary="撤销授权",
                suggestions=("授权人已返岗", "代签人另有工作安排"),
                done_text="授权已撤销",
            ).open()

    # ------------------------------------------------------------------ keys
    def _key_menu(self, rows: list[KeyRow], menu: QMenu) -> None:
        if len(rows) == 1 and self._may and rows[0].retired_at is None:
            menu.addAction(icons.icon("ban"), "作废密钥…", self.retire)

    @Slot()
    def retire(self) -> None:
        """This key signs no more."""
        row: KeyRow | None = self._one(self.keys)
        if row is not None:
            ReasonDialog(
                self.runner,
                self,
                services.retire_key,
                (row.id, row.version),
                title=f"作废{row.user}的签名密钥",
                subtitle="作废后不能再用它签字；以前签的仍可核对。本人下次签字时自动启用新密钥。",
                primary="作废密钥",
                suggestions=("疑似密码泄露", "人员调离", "密钥打不开"),
                done_text="签名密钥已作废",
            ).open()


def _running(row: StandInRow) -> bool:
    return row.state.text not in ("已撤销", "已过期")
