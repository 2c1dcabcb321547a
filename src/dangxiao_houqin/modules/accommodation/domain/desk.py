"""Words of the front desk: its rules, states and inputs; what its lists show is in :mod:`.desk_rows`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

from .stays import DESK, StayKind


@dataclass(frozen=True)
class CompensationItem:
    """Something that can be lost or broken, with what the school asks for it (``amount`` in fen)."""

    item: str = setting("", "物品")
    amount: int = setting(0, "赔偿金额（分）", minimum=0)


@dataclass(frozen=True)
class DeskRules(Section):
    """How this office receives its guests (domain/6-configurable); every habit that differs is here."""

    section: ClassVar[str] = "accommodation.desk"
    title: ClassVar[str] = "报到与退房"
    edit_permission: ClassVar[Permission] = DESK
    choices: ClassVar[dict[str, str]] = {
        "never": "不要求",
        "in_house": "已入住的人要求",
        "always": "都要求",
        "show": "显示房间条",
        "print": "直接打印",
        "none": "不用房间条",
        "empty": "房间住客全部离开后",
        "bed": "每走一人就安排",
        "roll": "80 毫米小票纸",
        "a6": "A6 纸",
    }

    arrival_hour: int = setting(14, "几点起办理入住", minimum=0, maximum=23)
    checkout_hour: int = setting(
        12, "几点前退房", "印在房间条上；过了离开那天还没退房的，列入“超期未退”。", minimum=1, maximum=23
    )
    no_show_days: int = setting(
        1,
        "几天未到记为未报到",
        "从入住日（或说好的晚到日）算起，床位随之释放；全班多数人还没登记报到时不自动登记。0 表示只由人工登记。",
        minimum=0,
        maximum=30,
    )
    card_copies: int = setting(1, "每人领几张房卡", minimum=1, maximum=5)
    ask_card_number: bool = setting(False, "报到时登记房卡号")
    slip: Literal["show", "print", "none"] = setting("show", "报到后的房间条")
    slip_paper: Literal["roll", "a6"] = setting("a6", "房间条的纸")
    slip_note: str = setting("", "房间条上的附言", "如早餐时间、上网方式；空着就不印。", multiline=True)
    move_reason: Literal["never", "in_house", "always"] = setting("in_house", "换床位时是否要求原因")
    move_reasons: tuple[str, ...] = setting(
        ("学员申请", "打鼾影响休息", "身体原因", "设施故障", "性别或名额调整", "照顾同单位", "其他"),
        "换床位的原因",
        "每行一个。",
    )
    end_reasons: tuple[str, ...] = setting(
        ("正常结业", "提前离校", "请假离校", "单位召回", "身体原因", "其他"), "退房原因", "每行一个；第一项为默认。"
    )
    compensation: tuple[CompensationItem, ...] = setting(
        (
            CompensationItem("房卡", 2000),
            CompensationItem("钥匙", 3000),
            CompensationItem("遥控器", 5000),
            CompensationItem("毛巾浴巾", 3000),
            CompensationItem("其他物品", 0),
        ),
        "赔偿标准",
        "每行一项：物品，金额（分）。金额在登记时可以改。",
    )
    guests: bool = setting(False, "接待临时住客", "打开后可登记授课教师和外来人员住宿。")
    guest_ids: bool = setting(False, "登记临时住客的证件", "打开后登记证件种类和号码。")
    clean_after: Literal["empty", "bed"] = setting("empty", "退房后何时安排打扫")
    role: str = setting("住宿管理员", "住宿待办交给哪个角色", "填角色名称；没有这个角色时交给系统管理员。")
    head_count_reason: bool = setting(True, "查寝时登记未在寝人员")


class CardState(enum.StrEnum):
    """Where the cards of a guest are."""

    OUT = "out"
    RETURNED = "returned"
    LOST = "lost"

    @property
    def label(self) -> str:
        return {"out": "未还", "returned": "已还", "lost": "丢失"}[self.value]


class CompensationKind(enum.StrEnum):
    """What a guest pays for."""

    CARD = "card"
    DAMAGE = "damage"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {"card": "房卡丢失", "damage": "物品损坏", "other": "其他"}[self.value]


class RequestState(enum.StrEnum):
    """Where a wish for another room stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"open": "待处理", "done": "已调房", "refused": "未同意"}[self.value]

    @property
    def pill(self) -> Pill:
        return Pill(self.label, {"open": "warning", "done": "success", "refused": "neutral"}[self.value])  # type: ignore[arg-type]


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class CheckIn:
    """Somebody stands at the desk: he moves in now; ``copies`` 0 hands out no card."""

    stay_id: int
    version: int
    card_number: str = ""
    copies: int = 1


@dataclass(frozen=True)
class CompensationInput:
    """One lost or broken thing; ``amount`` in fen."""

    kind: CompensationKind
    item: str
    amount: int
    settled: bool = False
    receipt_no: str = ""
    note: str = ""


@dataclass(frozen=True)
class CheckOut:
    """Somebody leaves. ``leave_on`` before the planned day frees the nights from it on; ``cards_back`` False keeps the
    card open (or lost, where ``compensation`` names it)."""

    stay_id: int
    version: int
    reason: str = ""
    leave_on: date | None = None
    cards_back: bool = True
    room_ok: bool = True
    compensation: tuple[CompensationInput, ...] = ()


@dataclass(frozen=True)
class CheckOutClass:
    """A class leaves: everybody of it who is in the house, except the stays ``without``.

    ``cards_back`` False leaves the cards out, to be asked for one by one.
    """

    class_id: int
    reason: str = ""
    cards_back: bool = True
    without: tuple[int, ...] = ()


@dataclass(frozen=True)
class ExtendStay:
    """续住: sleep until ``leave`` in the same bed; an earlier ``leave`` takes an extension back."""

    stay_id: int
    version: int
    leave: date


@dataclass(frozen=True)
class ArriveLate:
    """Somebody is to come later than his day; nobody asks after him before ``until``."""

    stay_id: int
    version: int
    until: date
    note: str = ""


@dataclass(frozen=True)
class ReplacePerson:
    """换人: another person of the unit comes in his place and takes over his bed and his place on the roster."""

    enrollment_id: int
    name: str
    sex: str
    unit_name: str = ""
    position: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class RegisterGuest:
    """An external guest for the nights ``[arrive, leave)``; ``price`` is fen per bed and night."""

    name: str
    sex: str
    bed_id: int
    arrive: date
    leave: date
    kind: StayKind = StayKind.GUEST
    unit_name: str = ""
    phone: str = ""
    id_kind: str = ""
    id_number: str = ""
    plate: str = ""
    host: str = ""
    purpose: str = ""
    price: int = 0


@dataclass(frozen=True)
class Absence:
    """Who was not in bed at the head-count; ``leave`` True: excused."""

    stay_id: int
    leave: bool
    note: str = ""


@dataclass(frozen=True)
class CountHeads:
    """夜间查寝 of a floor on ``night``; ``version`` is that of the count it replaces, None for the first one."""

    floor_id: int
    night: date
    absences: tuple[Absence, ...] = ()
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class AskMove:
    """调房申请: somebody would like another room, perhaps to change places with ``with_stay_id``."""

    stay_id: int
    reason: str
    wish: str = ""
    with_stay_id: int | None = None


@dataclass(frozen=True)
class AnswerMove:
    """What became of a wish: refused, moved to ``bed_id``, or places changed with the person named in it.

    ``bed_id`` None and not ``refused``: change places.
    """

    request_id: int
    version: int
    bed_id: int | None = None
    refused: bool = False
    answer: str = ""
