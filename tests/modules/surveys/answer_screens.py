"""Answering as a person does: real presses on what is seen, and a ruler for what can be touched."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.ui import answer_flow
from dangxiao_houqin.modules.surveys.ui.answer_flow import AnswerFlow

LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
LONG = (
    "您对学员楼房间打扫、床单被套更换、卫生间清洗消毒、公共走廊和楼梯间保洁、垃圾清运、开水房与洗衣房卫生等日常"
    "清洁工作的总体情况以及服务人员的态度是否感到满意，有没有觉得不够及时的地方呢？"
)
LODGING = (
    "房间清洁程度",
    "床铺布草舒适整洁",
    "热水与卫生间设施",
    "空调、网络等设备完好",
    "安静与安全管理",
    "服务人员态度",
)
_SERVICES = (
    "住宿",
    "餐饮",
    "热水",
    "空调",
    "网络",
    "隔音",
    "安保",
    "停车",
    "教室",
    "资料",
    "班务",
    "车辆",
    "校园",
    "标识",
    "体育",
)
WISHES = tuple(f"{service}需要改进" for service in _SERVICES)


def whole_content() -> Content:
    """Every kind of question, a question of 100 characters, fifteen options."""
    lodging = tuple(Question(number, f"l{number}", text) for number, text in enumerate(LODGING, start=1))
    meals = (
        Question(7, "taste", "您对食堂的饭菜质量和口味满意吗？", not_experienced=False),
        Question(8, "long", LONG[:100]),
        Question(9, "halal", "清真/特殊饮食保障（有此需求者填）", required=False),
    )
    overall = (
        Question(10, "recommend", "您是否愿意推荐", QuestionKind.YES_NO),
        Question(
            11, "best", "最满意的一项", QuestionKind.SINGLE, options=("住宿", "餐饮", "教学", "总体"), required=False
        ),
        Question(12, "improve", "最需改进的", QuestionKind.MULTIPLE, options=WISHES, limit=3, required=False),
        Question(13, "remarks", "您的意见建议", QuestionKind.TEXT, length=50, required=False),
    )
    groups = (
        QuestionGroup("lodging", "住宿", lodging),
        QuestionGroup("canteen", "餐饮", meals),
        QuestionGroup("overall", "总体", overall),
    )
    return Content("后勤服务满意度测评", LEVELS, groups)


def widget(root: QWidget, name: str) -> QAbstractButton:
    """The one button of this name that is seen."""
    found = [w for w in root.findChildren(QAbstractButton, name) if w.isVisible()]
    assert len(found) == 1, f"{len(found)} seen: {name}"
    return found[0]


def seen(root: QWidget, name: str) -> bool:
    return any(w.isVisible() for w in root.findChildren(QAbstractButton, name))


def press(root: QWidget, name: str, *, calm: bool = True) -> None:
    """Press a button with the pointer in its middle; ``calm`` after the moment in which fingers tremble."""
    wanted = widget(root, name)
    assert wanted.isEnabled(), f"{name} is greyed"
    if calm:
        rest(root)
    QTest.mouseClick(wanted, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents()
    QApplication.processEvents()


def rest(root: QWidget) -> None:
    """Let the moment after a page turn pass (without waiting for it)."""
    for flow in [root, *root.findChildren(AnswerFlow)]:
        if isinstance(flow, AnswerFlow):
            flow._turned -= answer_flow.SETTLE


def press_key(root: QWidget, *texts: str) -> None:
    """Press keys of the on-screen keyboard by what stands on them."""
    for text in texts:
        keys = [w for w in root.findChildren(QAbstractButton) if w.isVisible() and w.text() == text]
        assert keys, f"no key {text}"
        QTest.mouseClick(keys[0], Qt.MouseButton.LeftButton)
        QApplication.processEvents()


def touchables(root: QWidget) -> Iterator[tuple[QAbstractButton, QRect]]:
    """Everything that can be touched now, with where it lies."""
    for found in root.findChildren(QAbstractButton):
        if found.isVisible() and not found.visibleRegion().isEmpty():
            yield found, QRect(found.mapTo(root, QPoint(0, 0)), found.size())


def measure(root: QWidget, least: int) -> list[str]:
    """What is wrong with the sizes and places of what can be touched: too small, cut off, one over another."""
    found = [(w, rect) for w, rect in touchables(root)]
    assert found, "nothing to touch"
    names = {id(w): f"{w.objectName() or w.text() or w.accessibleName()} {r.getRect()}" for w, r in found}
    wrong = [f"small: {names[id(w)]}" for w, r in found if min(r.width(), r.height()) < least]
    wrong += [f"cut: {names[id(w)]}" for w, r in found if not root.rect().contains(r)]
    wrong += [f"hidden: {names[id(w)]}" for w, _ in found if w.visibleRegion().boundingRect() != w.rect()]
    for place, (one, here) in enumerate(found):
        for other, there in found[place + 1 :]:
            if here.intersects(there):
                wrong.append(f"over each other: {names[id(one)]} and {names[id(other)]}")
    return wrong
