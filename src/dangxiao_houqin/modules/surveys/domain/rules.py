"""Rights of the survey module and the office's rules of measuring satisfaction."""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Literal

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

VIEW = Permission("surveys.view", "查看满意度结果（只有数字，没有单份答卷）")
EDIT = Permission("surveys.edit", "编写问卷、维护历年数据")
RUN = Permission("surveys.run", "组织测评：发起、抽取一次性码、收卷")
ENTER = Permission("surveys.enter", "录入纸质答卷")
COMMENTS = Permission("surveys.comments", "查看意见建议原文")
EXPORT = Permission("surveys.export", "导出匿名答卷")
SUBMIT = Permission("surveys.submit", "交卷（自助终端）")
KIOSK = Permission("surveys.kiosk", "打开和设置自助终端")
SUGGESTIONS_VIEW = Permission("surveys.suggestions_view", "查看意见建议处理单")
SUGGESTIONS = Permission("surveys.suggestions", "受理、分办和回复意见建议")

SMALLEST_SAMPLE = 5
"""Fewer valid answers than this are never shown, whatever the settings say (domain/5-demo-data.md E.9)."""


class Formula(enum.StrEnum):
    """How a satisfaction rate is computed; 未体验 and blanks never count."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"

    @property
    def label(self) -> str:
        return {
            "F1": "F1 前两级占比",
            "F2": "F2 前三级占比",
            "F3": "F3 平均分折算",
        }[self.value]


@dataclass(frozen=True)
class Target:
    """The rate in percent that a group of questions is to reach."""

    group: str
    percent: float


@dataclass(frozen=True)
class SurveyRules(Section):
    """How satisfaction is measured and when a figure may be shown."""

    section: ClassVar[str] = "surveys.rules"
    title: ClassVar[str] = "满意度测评"
    choices: ClassVar[dict[str, str]] = {
        "F1": "F1：（非常满意＋满意）÷有效评价",
        "F2": "F2：（非常满意＋满意＋基本满意）÷有效评价",
        "F3": "F3：平均分÷满分",
        "five": "五级",
        "four": "四级",
    }

    formula: Literal["F1", "F2", "F3"] = setting("F1", "满意率公式", "结果旁边会写明用的是哪一个。")
    minimum: int = setting(
        5,
        "最少样本数",
        "有效评价少于这个数时不显示结果；不能小于 5。调大以后，已收的小批仍单独算，不会合并。",
        minimum=SMALLEST_SAMPLE,
        maximum=50,
    )
    scale: Literal["five", "four"] = setting("five", "新问卷的量表")
    five_labels: tuple[str, ...] = setting(
        ("非常满意", "满意", "基本满意", "不满意", "非常不满意"), "五级量表的说法", "从好到差，每行一个。"
    )
    four_labels: tuple[str, ...] = setting(
        ("非常满意", "满意", "基本满意", "不满意"), "四级量表的说法", "从好到差，每行一个。"
    )
    extra_percent: int = setting(5, "份数上限多留（%）", "自由填写时最多收“应收份数”加这么多。", minimum=0, maximum=50)
    valid_percent: int = setting(
        50, "有效答卷至少答几成（%）", "评价题答得太少的答卷计为无效。", minimum=1, maximum=100
    )
    targets: tuple[Target, ...] = setting(
        (Target("住宿", 95.0), Target("餐饮", 90.0)), "目标线", "按问卷里分组的名称。"
    )
    low_percent: float = setting(
        80.0, "低分线（%）", "收卷后满意率低于它的题目，自动生成意见建议处理单；0 为不生成。", minimum=0, maximum=100
    )
    office_role: str = setting(
        "后勤办主任", "意见建议由谁分办", "角色名称；新的处理单和待核实的答复进入这个角色的待办。"
    )
    handle_days: int = setting(5, "意见建议办理期限（工作日）", minimum=1, maximum=60)
    show_reference: bool = setting(
        False, "显示他校公开值", "在历年图上画出其他学校公开的数值（96%、91%，2014 年），只作参考。"
    )


@dataclass(frozen=True)
class KioskRules(Section):
    """How the kiosk behaves and looks."""

    section: ClassVar[str] = "surveys.kiosk"
    title: ClassVar[str] = "自助终端"
    choices: ClassVar[dict[str, str]] = {"question": "一页一题", "group": "一页一组"}

    idle_seconds: int = setting(60, "无人操作多少秒后清空", "已填内容不保存，回到首页。", minimum=15, maximum=600)
    thanks_seconds: int = setting(6, "感谢页停留秒数", minimum=2, maximum=60)
    page: Literal["question", "group"] = setting("question", "每页内容")
    large_text: bool = setting(False, "特大字")
    high_contrast: bool = setting(False, "高对比度")
    pin_attempts: int = setting(5, "口令输错几次后锁定", minimum=3, maximum=10)
    pin_lock_seconds: int = setting(60, "口令锁定秒数", "再错则加倍。", minimum=10, maximum=3600)


@dataclass(frozen=True)
class KioskPin(Section):
    """The staff's PIN that closes the kiosk, as an argon2id hash; empty until one is set."""

    section: ClassVar[str] = "surveys.kiosk_pin"
    title: ClassVar[str] = "自助终端口令"
    secret: ClassVar[bool] = True

    pin_hash: str = setting("", "口令")


PIN_DIGITS = (6, 12)
"""Fewest and most digits of the kiosk's PIN."""


def plain_pin(text: str) -> str:
    """The PIN as it is hashed, full-width digits made plain; raises :class:`InvalidInput` for anything else."""
    pin = unicodedata.normalize("NFKC", text).strip()
    fewest, most = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit()) or not fewest <= len(pin) <= most:
        raise InvalidInput(f"口令须是 {fewest} 到 {most} 位数字。", field="pin")
    return pin
