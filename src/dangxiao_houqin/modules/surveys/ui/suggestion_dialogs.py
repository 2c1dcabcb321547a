"""Dialogs about a case of 意见建议: register it, give it to somebody, answer, close, send back or decline it."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    LONGEST_CONTENT,
    AnswerSuggestion,
    AssignSuggestion,
    CloseSuggestion,
    Feedback,
    ReasonedMove,
    SaveSuggestion,
    SuggestionChoices,
    SuggestionRow,
    SuggestionSource,
)
from dangxiao_houqin.modules.surveys.queries.suggestions import get_suggestion
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import LongTextField, TextField

RETURN_REASONS = ("问题还没有解决", "没有回答所反映的问题", "处理结果写得不具体")
DECLINE_REASONS = ("不属于本单位职责，已转告有关部门", "内容不明确，无法核实", "与在办的处理单重复")
_TITLE = 60


def title_of(row: SuggestionRow) -> str:
    """Number and beginning of a case, on one line."""
    words = " ".join(row.content.split())
    return f"{row.number}　{words if len(words) <= _TITLE else words[:_TITLE] + '…'}"


class SuggestionDialog(FormDialog):
    """Register a case, or correct what was registered; a survey names nobody."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        choices: SuggestionChoices,
        today: date,
        row: SuggestionRow | None = None,
    ) -> None:
        super().__init__(
            runner,
            f"修改 {row.number}" if row else "登记意见建议",
            parent,
            primary="保存" if row else "登记",
            width=680,
            draft="" if row else "surveys.suggestion",
            done_text="已保存" if row else "",
        )
        self._row = row
        staff = list(choices.staff)
        if row is not None and row.first_contact_id is not None and row.first_contact_id not in dict(staff):
            staff.append((row.first_contact_id, row.first_contact))
        sources = [(each, each.label) for each in SuggestionSource]
        self.form.add(
            ChoiceField("source", "来源", sources, required=True),
            DateField("received_on", "收到日期", required=True),
        )
        self.form.add(LongTextField("content", "反映内容", lines=6, max_length=LONGEST_CONTENT, required=True))
        self.form.add(
            TextField("category", "类别", max_length=40, suggestions=choices.categories),
            ChoiceField("first_contact_id", "首问责任人", staff, empty_text=_contact_text(row)),
        )
        self.form.add(
            TextField("from_whom", "反映人", max_length=40, placeholder="匿名的不填"),
            TextField("contact", "联系方式", max_length=60, placeholder="可以不填", help="只有受理人和承办人看得到"),
        )
        if row is None:
            self.form.set_values({"source": SuggestionSource.BOX, "received_on": today})
        else:
            self._fill(row)
        self.form["source"].changed.connect(self._source_changed)
        self._source_changed()
        self.form.mark_clean()

    def _fill(self, row: SuggestionRow) -> None:
        self.form.set_values(
            {
                "source": row.source,
                "received_on": row.received_on,
                "content": row.content,
                "category": row.category,
                "first_contact_id": row.first_contact_id,
                "from_whom": row.from_whom,
                "contact": row.contact,
            }
        )

    def reload(self) -> None:
        if self._row is not None:
            self.runner.query(get_suggestion, self._row.id, ok=self._reloaded, fail=self.take_error)

    @Slot(object)
    def _reloaded(self, row: SuggestionRow) -> None:
        self._row = row
        self._fill(row)
        self.form.mark_clean()

    @Slot()
    def _source_changed(self) -> None:
        """问卷 is anonymous: the name is not even asked."""
        survey = self.form["source"].value() is SuggestionSource.SURVEY
        self.form.set_row_visible("from_whom", not survey)
        self.form.set_row_visible("contact", not survey)
        if survey:
            self.bar.say("问卷是匿名的，不登记反映人和联系方式。", "primary", closable=False)
        else:
            self.bar.clear()
        self._grow()

    def submit(self) -> None:
        values = self.form.values()
        if values["source"] is SuggestionSource.SURVEY:
            values |= {"from_whom": "", "contact": ""}
        row = self._row
        ours: dict[str, Any] = (
            {"campaign_id": row.campaign_id, "suggestion_id": row.id, "version": row.version} if row else {}
        )
        self.run(services.save_suggestion, SaveSuggestion(**values, **ours))


def _contact_text(row: SuggestionRow | None) -> str:
    return row.first_contact if row is not None and row.first_contact_id is None and row.first_contact else "登记人本人"


class CaseDialog(FormDialog):
    """A step of one case; after somebody else changed it, what was typed can be sent on top of that."""

    _row: SuggestionRow

    def reload(self) -> None:
        self.runner.query(get_suggestion, self._row.id, ok=self.reloaded, fail=self.take_error)

    @Slot(object)
    def reloaded(self, row: SuggestionRow) -> None:
        """The case as it is now."""
        self._row = row
        self.bar.say(f"{row.number}现在是“{row.pill.text}”，请核对后再提交。", "warning")
        self._grow()


class AssignDialog(CaseDialog):
    """分办: the department, perhaps a person of it, and until when."""

    def __init__(self, runner: Runner, parent: QWidget | None, choices: SuggestionChoices, row: SuggestionRow) -> None:
        again = row.handler or row.department
        super().__init__(
            runner,
            "改派" if again else "分办",
            parent,
            subtitle=title_of(row),
            primary="改派" if again else "分办",
            width=560,
            done_text="已分办，承办人会在待办里看到",
        )
        self._row, self._homes = row, choices.homes
        handlers = list(choices.handlers)
        self.form.add(ChoiceField("department_id", "承办部门", choices.departments, empty_text="不指定"))
        self.form.add(
            ChoiceField(
                "handler_id",
                "承办人",
                handlers,
                empty_text="不指定，由受理人督办",
                help="能登录并有“查看意见建议处理单”权限的人",
            )
        )
        self.form.add(DateField("due_on", "办理期限", required=True))
        known = dict(handlers)
        self.form.set_values(
            {
                "department_id": row.department_id,
                "handler_id": row.handler_id if row.handler_id in known else None,
                "due_on": choices.due_on,
            }
        )
        self.form["handler_id"].changed.connect(self._handler_changed)
        if choices.due_note:
            self.bar.say(choices.due_note, "warning")
        self.form.mark_clean()

    @Slot()
    def _handler_changed(self) -> None:
        """Who is chosen brings his department along."""
        home = self._homes.get(self.form["handler_id"].value())
        if home is not None:
            self.form["department_id"].set_value(home)

    def submit(self) -> None:
        self.run(services.assign_suggestion, AssignSuggestion(self._row.id, self._row.version, **self.form.values()))


class AnswerDialog(CaseDialog):
    """What was done, and what was answered."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: SuggestionRow, today: date) -> None:
        super().__init__(
            runner,
            "答复",
            parent,
            subtitle=title_of(row),
            primary="保存答复",
            width=680,
            draft=f"surveys.answer:{row.id}",
            done_text="已答复，等待受理人核实办结",
        )
        self._row = row
        self.form.add(
            LongTextField(
                "result", "处理结果", lines=4, max_length=LONGEST_CONTENT, required=True, help="查明的情况，办了什么"
            )
        )
        self.form.add(
            LongTextField(
                "reply", "答复", lines=4, max_length=LONGEST_CONTENT, required=True, help="给反映人的话，或公示的内容"
            )
        )
        self.form.add(DateField("replied_on", "回复时间", required=True, help="答复本人或张贴公示的日期"))
        self.form.set_values({"result": row.result, "reply": row.reply, "replied_on": today})
        self.form.mark_clean()

    def submit(self) -> None:
        self.run(services.answer_suggestion, AnswerSuggestion(self._row.id, self._row.version, **self.form.values()))


class CloseDialog(CaseDialog):
    """办结, with what he who raised it says."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: SuggestionRow) -> None:
        super().__init__(
            runner,
            "办结",
            parent,
            subtitle=title_of(row),
            primary="办结",
            width=520,
            done_text="已办结",
        )
        self._row = row
        choices = [(each, each.label) for each in Feedback]
        self.form.add(ChoiceField("feedback", "满意度", choices, required=True, help="回访反映人得知"))
        self.form.set_values({"feedback": None if row.from_whom else Feedback.UNKNOWN})
        self.form.mark_clean()

    def submit(self) -> None:
        feedback = self.form.values()["feedback"]
        self.run(services.close_suggestion, CloseSuggestion(self._row.id, self._row.version, feedback))


class ReturnDialog(CaseDialog):
    """退回重办, with the reason."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: SuggestionRow) -> None:
        super().__init__(
            runner,
            "退回重办",
            parent,
            subtitle=title_of(row),
            primary="退回",
            width=560,
            done_text="已退回，承办人会在待办里看到理由",
        )
        self._row = row
        self.form.add(TextField("reason", "理由", required=True, max_length=200, suggestions=RETURN_REASONS))
        self.form.mark_clean()

    def submit(self) -> None:
        move = ReasonedMove(self._row.id, self._row.version, self.form.values()["reason"])
        self.run(services.return_suggestion, move)


class DeclineDialog(CaseDialog):
    """不予受理, with the reason."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: SuggestionRow) -> None:
        super().__init__(
            runner,
            "不予受理",
            parent,
            subtitle=title_of(row),
            primary="不予受理",
            width=560,
            done_text="已登记不予受理",
        )
        self._row = row
        self.form.add(
            TextField(
                "reason",
                "理由",
                required=True,
                max_length=200,
                suggestions=DECLINE_REASONS,
                help="印在处理单的“处理结果”里",
            )
        )
        self.form.mark_clean()

    def submit(self) -> None:
        move = ReasonedMove(self._row.id, self._row.version, self.form.values()["reason"])
        self.run(services.decline_suggestion, move)
