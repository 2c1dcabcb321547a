"""Dialogs about campaigns: plan one, draw one-time codes, and what became of their slips."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.subjects import NO_SUBJECT, Subject, SubjectAnswer
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import (
    LONGEST_TITLE,
    MOST_CODES,
    ONCE_EACH_NEEDS_CODES,
    Anonymity,
    CampaignForm,
    CampaignRow,
    CampaignState,
    DrawnCodes,
    SaveCampaign,
    count_limit,
    default_title,
)
from dangxiao_houqin.modules.surveys.queries.campaigns import find_classes
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import CheckField, ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField, TextField
from dangxiao_houqin.ui.pickers import Option, PickerField
from dangxiao_houqin.ui.widgets import button, column, label, row

from .time_field import TimeField

_BEGIN, _END = time(8, 0), time(18, 0)
_FIXED = "测评已经开始，问卷和填写方式不能再改。"


def _find(ctx: Ctx, text: str) -> tuple[Option, ...]:
    return tuple(Option(answer, answer.subject.text, _days(answer)) for answer in find_classes(ctx, text))


def _days(answer: SubjectAnswer) -> str:
    if answer.start is None:
        return ""
    text = f"{answer.start:%Y-%m-%d}"
    if answer.end is not None and answer.end != answer.start:
        text += f" 至 {answer.end:%m-%d}"
    return f"{text}　{answer.people} 人" if answer.people else text


class ClassField(PickerField):
    """The class that is asked; empty means the whole school.  ``value()`` is a :class:`Subject`."""

    def __init__(self, key: str, title: str, runner: Runner, **options: Any) -> None:
        super().__init__(key, title, runner, _find, placeholder="不填就是全校；输入班名、拼音或首字母", **options)

    def value(self) -> Subject:
        return self.option.value.subject if self.option is not None else NO_SUBJECT

    def set_subject(self, subject: Subject) -> None:
        self.set_value(Option(SubjectAnswer(subject), subject.text) if subject.text else None)
        self.edit.setCursorPosition(0)


class CampaignDialog(FormDialog):
    """Plan a campaign, or change one; picking a class fills in what follows from it."""

    def __init__(
        self, runner: Runner, parent: QWidget | None, form: CampaignForm, campaign: CampaignRow | None = None
    ) -> None:
        super().__init__(
            runner,
            "修改测评" if campaign else "新建测评",
            parent,
            subtitle="" if campaign else "先存为“未开始”，核对无误后再点“开始测评”；开始以后自助终端才能填写。",
            primary="保存",
            width=760,
            done_text="已保存" if campaign else "",
        )
        self._form, self._campaign = form, campaign
        self._own_title = ""
        self._usual_limit = count_limit(campaign.expected, form.extra_percent) if campaign else 0
        self.subject = ClassField("subject", "班次", runner)
        self.subject.picked.connect(self._class_picked)
        self.form.add(self.subject)
        self.form.add(TextField("title", "标题", max_length=LONGEST_TITLE, placeholder="不填则按班次自动拟定"))
        versions = [(choice.id, choice.text) for choice in form.versions]
        self.form.add(ChoiceField("version_id", "问卷", choices=versions, required=True))
        self.form.add(DateField("opens_on", "开始", required=True), TimeField("opens_time", "时间", required=True))
        self.form.add(DateField("closes_on", "结束", required=True), TimeField("closes_time", "时间", required=True))
        self.form.add(
            NumberField("expected", "应收份数", required=True, minimum=1, help="回收率的分母，一般是班级人数"),
            NumberField("limit", "份数上限", minimum=1, help=f"留空按应收份数加 {form.extra_percent}%"),
        )
        ways = [(each, each.label) for each in Anonymity]
        self.form.add(
            ChoiceField("anonymity", "填写方式", choices=ways, required=True),
            CheckField("once_each", "", "必须每人只填一份"),
        )
        self.form.add(
            DateField("held_on", "归属日期", placeholder="留空按开始日期", help="决定算进哪个学期、哪一年"),
            TextField("note", "备注", max_length=200),
        )
        self.form["anonymity"].changed.connect(self._way_changed)
        self.form["once_each"].changed.connect(self._way_changed)
        self.form["expected"].changed.connect(self._limit_help)
        self.bar.triggered.connect(self._use_codes)
        self._fill()
        self._way_changed()
        self.form.mark_clean()

    def _fill(self) -> None:
        found = self._campaign
        if found is None:
            today = self._form.now.date()
            first = self._form.versions[0].id if len(self._form.versions) == 1 else None
            self.form.set_values(
                {
                    "version_id": first,
                    "opens_on": today,
                    "opens_time": _BEGIN,
                    "closes_on": today,
                    "closes_time": _END,
                    "anonymity": self._form.anonymity,
                }
            )
            return
        self.subject.set_subject(found.subject)
        self.form.set_values(
            {
                "title": found.title,
                "version_id": found.version_id,
                "opens_on": found.opens_at.date(),
                "opens_time": found.opens_at.time(),
                "closes_on": found.closes_at.date(),
                "closes_time": found.closes_at.time(),
                "expected": found.expected,
                "limit": found.limit,
                "anonymity": found.anonymity,
                "held_on": found.held_on,
                "note": found.note,
            }
        )
        if found.state is not CampaignState.DRAFT:
            for key in ("version_id", "anonymity", "once_each"):
                self.form[key].setEnabled(False)
            self.subject.setEnabled(not found.received)
            self.set_subtitle(
                _FIXED if not found.received else f"{_FIXED[:-1]}；已收到 {found.received} 份，班次也不能改。"
            )

    # ------------------------------------------------------------------ what follows from what
    @Slot(object)
    def _class_picked(self, option: Option) -> None:
        answer: SubjectAnswer = option.value
        title = self.form["title"]
        if title.value() in ("", self._own_title):
            self._own_title = default_title(answer.subject.text)
            title.set_value(self._own_title)
        if answer.people and self.form["expected"].is_empty():
            self.form["expected"].set_value(answer.people)
            self._limit_help()
        today = self._form.now.date()
        if self._campaign is None and answer.end is not None and answer.end >= today:
            self.form["opens_on"].set_value(answer.end)
            self.form["closes_on"].set_value(answer.end)

    @Slot()
    def _way_changed(self) -> None:
        codes = self.form["anonymity"].value() is Anonymity.CODES
        self.form.set_row_visible("limit", not codes)
        if self.form["once_each"].value() and not codes:
            self.bar.say(ONCE_EACH_NEEDS_CODES, action="改用一次性码", closable=False)
        else:
            self.bar.clear()
        self._grow()

    @Slot()
    def _use_codes(self) -> None:
        self.form["anonymity"].set_value(Anonymity.CODES)
        self._way_changed()

    @Slot()
    def _limit_help(self) -> None:
        """Say what the limit comes to; one that came from the expected number follows it."""
        expected = self.form["expected"].value()
        percent = self._form.extra_percent
        text = f"留空按应收份数加 {percent}%"
        if isinstance(expected, int) and expected > 0:
            limit = count_limit(expected, percent)
            text += f"，即 {limit} 份"
            if self._campaign is not None and self.form["limit"].value() == self._usual_limit:
                self.form["limit"].set_value(limit)
            self._usual_limit = limit
        self.form["limit"].set_help(text)

    def submit(self) -> None:
        values = self.form.values()
        opens = _moment(values.pop("opens_on"), values.pop("opens_time"))
        closes = _moment(values.pop("closes_on"), values.pop("closes_time"))
        found = self._campaign
        self.run(
            services.save_campaign,
            SaveCampaign(
                **values,
                opens_at=opens,
                closes_at=closes,
                campaign_id=found.id if found else None,
                version=found.version if found else None,
            ),
        )


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, CHINA)


class DrawCodesDialog(FormDialog):
    """How many one-time codes; ``saved`` carries the :class:`DrawnCodes`."""

    def __init__(self, runner: Runner, parent: QWidget | None, campaign: CampaignRow) -> None:
        already = f"已有 {campaign.codes} 个码，用过 {campaign.codes_used} 个。" if campaign.codes else ""
        super().__init__(
            runner,
            "抽取一次性码",
            parent,
            subtitle=f"{campaign.title}：应收 {campaign.expected} 份。{already}"
            "程序只留下核对用的摘要，码本身只在接下来的纸条上出现一次，请随即打印或另存。",
            primary="抽取并生成纸条",
            width=520,
        )
        self._id = campaign.id
        self.form.add(NumberField("number", "个数", required=True, minimum=1, maximum=MOST_CODES))
        missing = campaign.expected - campaign.codes
        self.form.set_values({"number": min(missing if missing > 0 else 10, MOST_CODES - campaign.codes)})

    def submit(self) -> None:
        self.run(services.draw_campaign_codes, self._id, self.form.values()["number"])


class SlipsCheckDialog(QDialog):
    """Are the slips on paper?  They cannot be made again once this is closed.  Esc means yes."""

    again = Signal()
    lost = Signal()

    def __init__(self, parent: QWidget | None, drawn: DrawnCodes) -> None:
        super().__init__(parent)
        self.setWindowTitle("纸条打印好了吗？")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        number = len(drawn.codes)
        self.kept = button("已打印或另存", self.accept, kind="primary")
        self.kept.setDefault(True)
        self.view = button("再看一次", self._view, icon="eye")
        self.void = button(f"没有成功，作废这 {number} 个码", self._void, icon="ban")
        words = label(
            f"这 {number} 个一次性码只在刚才的纸条上出现过，关闭以后不能再打印。没有打印成功的，请作废后重新抽取。",
            wrap=True,
        )
        layout = column(
            label("纸条打印好了吗？", "cardTitle"),
            words,
            8,
            row(self.void, None, self.view, self.kept, spacing=8),
            spacing=10,
        )
        layout.setContentsMargins(24, 22, 24, 20)
        self.setLayout(layout)

    def reject(self) -> None:
        self.accept()

    @Slot()
    def _view(self) -> None:
        self.accept()
        self.again.emit()

    @Slot()
    def _void(self) -> None:
        self.accept()
        self.lost.emit()
