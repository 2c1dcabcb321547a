"""The person at the desk in large letters, with what may be done; afterwards the room slip."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Pill, chinese_date
from dangxiao_houqin.modules.accommodation.domain import DeskPerson, DeskRules, StayState
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, EmptyState, IconLabel, PillLabel, button, clear, column, label, row

from .reception_list import state_pill
from .reception_offers import OFFERS, offers_for

WIDTH = 424


class CardNumber(QLineEdit):
    """Where the scanner puts the number of the key card; Enter goes on, Esc goes back."""

    done = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("刷卡或输入房卡号，Enter 完成")
        self.setAccessibleName("房卡号")
        self.setMaxLength(40)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class PersonCard(Card):
    """Three faces: nobody chosen, a person with his actions, the slip of who was just received."""

    asked = Signal(str)
    """The key of an :data:`OFFERS` entry was pressed."""
    number_done = Signal()
    number_left = Signal()
    print_asked = Signal()

    def __init__(self) -> None:
        super().__init__(padding=20)
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(WIDTH + 136)
        self.setAccessibleName("当前学员")
        self.person: DeskPerson | None = None
        self.received: DeskPerson | None = None
        self.offered: dict[str, QPushButton] = {}
        self._stack = QStackedLayout()
        self._stack.addWidget(self._build_nobody())
        self._stack.addWidget(self._build_person())
        self._stack.addWidget(self._build_slip())
        self.body.addLayout(self._stack)

    # ------------------------------------------------------------------ building
    def _build_nobody(self) -> QWidget:
        self.nobody = EmptyState(self)  # with a parent: QStackedLayout shows its first widget at once
        self.nobody.show_state(
            "请输入姓名首字母", "如“张伟”输入 zw，按 Enter 办理入住；↑↓ 换人，Esc 清空。", icon="user-check"
        )
        return self.nobody

    def _build_person(self) -> QWidget:
        self._name = _selectable(label("", wrap=True))
        self._name.setStyleSheet("font-size: 26px; font-weight: 600;")
        self._pill = PillLabel(Pill(""))
        self._who = _selectable(label("", "strong", wrap=True))
        self._class = label("", "second", wrap=True)
        self._place = _selectable(label("", "figure", wrap=True))
        self._nights = label("", "strong", wrap=True)
        self._mates = label("", wrap=True)
        self._needs = row(spacing=6)
        self._needs_box = QWidget()
        self._needs_box.setLayout(self._needs)
        self._note = label("", "second", wrap=True)
        self._cards = label("", "second", wrap=True)
        self.warning = MessageBar()
        self.same_name = MessageBar()
        head = row(self._name, self._pill, spacing=10)
        head.setStretch(0, 1)
        head.setAlignment(self._pill, Qt.AlignmentFlag.AlignTop)
        place = QFrame()
        place.setObjectName("deskPlace")
        place.setStyleSheet(
            f"#deskPlace {{ background: {TOKENS.primary_tint}; border-radius: {TOKENS.radius_card}px; }}"
        )
        inner = column(self._place, self._nights, spacing=2)
        inner.setContentsMargins(16, 10, 16, 12)
        place.setLayout(inner)
        facts = column(
            head, self._who, self._class, 2, place, self.warning, self.same_name, self._mates, self._needs_box,
            self._note, self._cards, None, spacing=8,
        )  # fmt: skip
        inside = QWidget()
        inside.setObjectName("dialogCard")
        inside.setLayout(facts)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.number = CardNumber()
        self.number.done.connect(self.number_done)
        self.number.left.connect(self.number_left)
        self.primary = QPushButton()
        self.primary.setProperty("kind", "primary")
        self.primary.setCursor(Qt.CursorShape.PointingHandCursor)
        self.primary.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.primary.setIconSize(QSize(22, 18))
        self.primary.clicked.connect(self._primary_pressed)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(8)
        whole = column(scroll, self.number, self.primary, self._buttons, spacing=10)
        whole.setStretch(0, 1)
        page = QWidget()
        page.setLayout(whole)
        self._primary_key = ""
        return page

    def _build_slip(self) -> QWidget:
        self._slip_head = label("", "strong")
        self._slip_name = label("", wrap=True)
        self._slip_name.setStyleSheet("font-size: 22px; font-weight: 600;")
        self._slip_place = _selectable(label("", wrap=True))
        self._slip_place.setStyleSheet("font-size: 38px; font-weight: 600;")
        self._slip_nights = label("", wrap=True)
        self._slip_mates = label("", wrap=True)
        self._slip_note = label("", "second", wrap=True)
        self.print_slip = button("打印房间条", self.print_asked, icon="printer")
        self.print_slip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        frame = QFrame()
        frame.setObjectName("deskSlip")
        frame.setStyleSheet(
            f"#deskSlip {{ border: 1px dashed {TOKENS.line_strong}; border-radius: {TOKENS.radius_card}px; }}"
        )
        inner = column(
            self._slip_name, self._slip_place, self._slip_nights, self._slip_mates, self._slip_note, spacing=8
        )
        inner.setContentsMargins(20, 18, 20, 18)
        frame.setLayout(inner)
        head = row(IconLabel("circle-check", TOKENS.success, 22), self._slip_head, None, spacing=8)
        hint = label("直接输入下一位的姓名；办错了按 Ctrl+Z 撤销。", "second", wrap=True)
        page = QWidget()
        page.setLayout(column(head, frame, row(self.print_slip, None), None, hint, spacing=14))
        return page

    # ------------------------------------------------------------------ faces
    def show_nobody(self) -> None:
        """Nobody is chosen: the slip of the last one received stays, or a hint."""
        self.person = None
        self._stack.setCurrentIndex(2 if self.received is not None else 0)

    def remember(self, person: DeskPerson, rules: DeskRules, *, told: str) -> None:
        """Keep the slip of somebody who was just checked in for when nobody is chosen; ``told`` says when."""
        self.received = person
        self._slip_head.setText(told)
        self._slip_name.setText(person.name)
        self._slip_place.setText(person.place)
        self._slip_nights.setText(_nights(person))
        self._slip_mates.setText(f"同住：{'、'.join(person.roommates)}" if person.roommates else "")
        self._slip_mates.setVisible(bool(person.roommates))
        self._slip_note.setText(rules.slip_note)
        self._slip_note.setVisible(bool(rules.slip_note.strip()))
        self.print_slip.setVisible(rules.slip != "none")

    def forget_received(self) -> None:
        """What was just done was taken back."""
        self.received = None

    def show_person(self, person: DeskPerson, day: date, rules: DeskRules, *, same_name: str, may_assign: bool) -> None:
        """Somebody chosen; ``same_name`` warns of another person of this name."""
        another = self.person is None or (self.person.enrollment_id, self.person.stay_id) != (
            person.enrollment_id,
            person.stay_id,
        )
        self.person = person
        self._name.setText(person.name)
        self._pill.set_pill(state_pill(person, day))
        self._who.setText("　".join(part for part in (person.sex, person.unit_name, person.position) if part))
        number = f"　{person.seq_no} 号" if person.seq_no else ""
        tail = f"　手机尾号 {person.phone_tail}" if person.phone_tail else ""
        self._class.setText(f"{person.class_name or person.kind.label}{number}{tail}")
        self._place.setText(person.place or ("不住宿" if not person.lodging else "暂无床位"))
        self._nights.setText(_nights(person))
        self._mates.setText(f"同住：{'、'.join(person.roommates)}" if person.roommates else "")
        self._mates.setVisible(bool(person.roommates))
        self._show_needs(person)
        self._note.setText(f"备注：{person.note}" if person.note else "")
        self._note.setVisible(bool(person.note))
        self._show_cards(person)
        self._warn(person, day)
        if same_name:
            self.same_name.say(same_name, "warning", closable=False)
        else:
            self.same_name.clear()
        if another:
            self.number.clear()
        waiting = offers_for(person)[0] == "check_in"
        self.number.setVisible(rules.ask_card_number and waiting)
        self._show_offers(person, may_assign)
        self._stack.setCurrentIndex(1)

    def _show_needs(self, person: DeskPerson) -> None:
        clear(self._needs)
        for need in person.needs:
            pill = PillLabel(Pill(need, "violet"))
            self._needs.addWidget(pill)
            pill.show()
        self._needs.addStretch(1)
        self._needs_box.setVisible(bool(person.needs))

    def _show_cards(self, person: DeskPerson) -> None:
        parts = []
        if person.arrived_at is not None and person.state is StayState.IN_HOUSE:
            parts.append(f"{person.arrived_at.astimezone(CHINA):%m-%d %H:%M} 报到")
        if person.cards_out:
            parts.append(f"房卡 {person.cards_out} 张未还")
        if person.late_until is not None and person.arrived_at is None:
            note = f"（{person.late_note}）" if person.late_note else ""
            parts.append(f"晚到：{chinese_date(person.late_until, weekday=True, year=False)}前到{note}")
        self._cards.setText("　".join(parts))
        self._cards.setVisible(bool(parts))

    def _warn(self, person: DeskPerson, day: date) -> None:
        if person.stay_id is not None and person.condition and person.state is StayState.ASSIGNED:
            self.warning.say(f"房间{person.condition}，请先联系客房再给房卡。", "warning", closable=False)
        elif person.state is StayState.IN_HOUSE and person.leave < day:
            self.warning.say(
                f"应于{chinese_date(person.leave, year=False)}离开，请办理退房或续住。", "error", closable=False
            )
        elif person.state is StayState.ASSIGNED and person.arrive > day:
            self.warning.say(
                f"{chinese_date(person.arrive, weekday=True, year=False)}才到入住日期。", "warning", closable=False
            )
        else:
            self.warning.clear()

    def _show_offers(self, person: DeskPerson, may_assign: bool) -> None:
        primary, others = offers_for(person)
        self._primary_key = primary
        self.primary.setVisible(bool(primary))
        self.offered = {}
        if primary:
            offer = OFFERS[primary]
            key = f"（{offer.shortcut}）" if offer.shortcut else ""
            self.primary.setText(f"{offer.text}{key}")
            self.primary.setIcon(icons.icon(offer.icon, TOKENS.on_primary, 18, 4))
            self.primary.setToolTip(f"{offer.tooltip}{key}")
            self.primary.setAccessibleName(offer.text)
            self.primary.setEnabled(may_assign or primary != "find_bed")
            self.offered[primary] = self.primary
        clear(self._buttons)
        for place, name in enumerate(others):
            offer = OFFERS[name]
            key = f"（{offer.shortcut}）" if offer.shortcut else ""
            each = button(offer.text, self._pressed, icon=offer.icon, tooltip=f"{offer.tooltip}{key}")
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            each.setProperty("offer", name)
            each.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            each.setStyleSheet("QPushButton { padding: 0 6px; }")
            each.setEnabled(may_assign or name != "move")
            self._buttons.addWidget(each, place // 3, place % 3)
            self.offered[name] = each

    @Slot()
    def _primary_pressed(self) -> None:
        if self._primary_key:
            self.asked.emit(self._primary_key)

    @Slot()
    def _pressed(self) -> None:
        self.asked.emit(self.sender().property("offer"))


def _selectable(made: QLabel) -> QLabel:
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def _nights(person: DeskPerson) -> str:
    start = chinese_date(person.arrive, weekday=True, year=False)
    end = chinese_date(person.leave, weekday=True, year=False)
    return f"{start} 至 {end}，{(person.leave - person.arrive).days} 晚"
