"""The standard questionnaire of a new school (domain/5-demo-data.md E.9): four groups, 27 questions."""

from __future__ import annotations

from .questionnaires import Content, Question, QuestionGroup, QuestionKind
from .rules import SurveyRules

DEFAULT_NAME = "后勤服务满意度测评表"

GROUP_KEYS: dict[str, str] = {"住宿": "lodging", "餐饮": "canteen", "教学保障": "teaching", "总体": "overall"}
"""Keys of the usual groups by title; a school's own groups are ``group_1``, ``group_2`` …"""

_LODGING = (
    "房间清洁程度",
    "床铺布草舒适整洁",
    "热水与卫生间设施",
    "空调、网络等设备完好",
    "安静与安全管理",
    "服务人员态度",
    "报修处理速度",
    "住宿安排合理性",
)
_CANTEEN = (
    "菜品口味",
    "品种搭配与营养",
    "食材新鲜与卫生",
    "饭菜温度",
    "用餐环境",
    "服务态度与效率",
    "就餐时间安排",
    "清真、特殊饮食保障（有此需求者填）",
)
_TEACHING = (
    "教室环境与多媒体",
    "资料发放与课程通知",
    "班主任（组织员）服务",
    "外出教学组织与车辆",
    "校园环境与标识",
)
_WHEN_NEEDED = frozenset({"清真、特殊饮食保障（有此需求者填）"})
_SERVICES = ("住宿条件", "餐饮质量", "教学保障", "报修服务", "校园环境", "服务态度")


def default_levels(rules: SurveyRules) -> tuple[str, ...]:
    """The words of the scale for a new questionnaire, best first."""
    return rules.five_labels if rules.scale == "five" else rules.four_labels


def default_content(rules: SurveyRules) -> Content:
    """The standard questionnaire with the scale of ``rules``; numbers run through, codes are made on saving."""
    scales = {"住宿": _LODGING, "餐饮": _CANTEEN, "教学保障": _TEACHING}
    groups = [
        QuestionGroup(
            GROUP_KEYS[title],
            title,
            tuple(Question(0, "", text, required=text not in _WHEN_NEEDED) for text in texts),
        )
        for title, texts in scales.items()
    ]
    groups.append(
        QuestionGroup(
            GROUP_KEYS["总体"],
            "总体",
            (
                Question(0, "", "后勤服务总体评价", not_experienced=False),
                Question(0, "", "廉洁自律与公道"),
                Question(0, "", "是否愿意向其他学员推荐本校的后勤服务", QuestionKind.YES_NO),
                Question(0, "", "您认为最满意的一项", QuestionKind.SINGLE, options=_SERVICES),
                Question(0, "", "您认为最需改进的项目", QuestionKind.MULTIPLE, options=_SERVICES, limit=3),
                Question(0, "", "您的意见建议", QuestionKind.TEXT, required=False, length=200),
            ),
        )
    )
    return Content(DEFAULT_NAME, default_levels(rules), tuple(groups))
