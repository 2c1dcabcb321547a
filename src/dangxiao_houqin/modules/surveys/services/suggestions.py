"""意见建议处理单: registered, given to somebody, answered and closed; each waits in an inbox until it is settled."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox.api import Assign, assign, close_prefix
from dangxiao_houqin.modules.organization.api import add_workdays, staff_member, user_account
from dangxiao_houqin.modules.surveys.domain.results import EVERYTHING
from dangxiao_houqin.modules.surveys.domain.rules import COMMENTS, SUGGESTIONS, SUGGESTIONS_VIEW, SurveyRules
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    LONGEST_CONTENT,
    SUGGESTION_MOVES,
    AnswerSuggestion,
    AssignSuggestion,
    CloseSuggestion,
    ReasonedMove,
    SaveSuggestion,
    SuggestionSource,
    SuggestionState,
)
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyCampaign, SurveyText
from dangxiao_houqin.modules.surveys.queries.atoms import read_scope
from dangxiao_houqin.modules.surveys.queries.comments import shown_texts

REF_KIND = "suggestion"
"""Kind of the link to one case."""

_TITLE = 40
_OPEN_TO_CHANGE = (SuggestionState.RECEIVED, SuggestionState.ASSIGNED)


def inbox_prefix(suggestion_id: int) -> str:
    """The start of the keys of all inbox items about a case."""
    return f"surveys.suggestion:{suggestion_id}:"


def save_suggestion(ctx: Ctx, cmd: SaveSuggestion) -> int:
    """Register a case under the next number of its year (YJ-2026-0001), or correct it until it is answered.

    Raises :class:`InvalidInput` naming the field and :class:`RuleViolation`.
    """
    ctx.require(SUGGESTIONS)
    content = _short(cmd.content, "内容", "content", LONGEST_CONTENT)
    if not content:
        raise InvalidInput("请写明反映的是什么。", field="content")
    if cmd.received_on > ctx.today():
        raise InvalidInput("收到日期不能晚于今天。", field="received_on")
    if cmd.campaign_id is not None:
        ctx.get(SurveyCampaign, cmd.campaign_id)
    if cmd.suggestion_id is None:
        found = _new(ctx, cmd.source, content, cmd.received_on)
    else:
        found = ctx.get(Suggestion, cmd.suggestion_id, version=cmd.version, lock=True)
        if SuggestionState(found.state) not in _OPEN_TO_CHANGE:
            raise RuleViolation(f"{found.number}{SuggestionState(found.state).label}，不能再改登记内容。")
        found.source, found.content, found.received_on = cmd.source.value, content, cmd.received_on
    found.category = _short(cmd.category, "类别", "category", 40)
    found.from_whom = _short(cmd.from_whom, "反映人", "from_whom", 40)
    found.contact = _short(cmd.contact, "联系方式", "contact", 60)
    found.campaign_id = cmd.campaign_id
    _set_first_contact(ctx, found, cmd.first_contact_id)
    return _stored(ctx, found)


def raise_from_comment(ctx: Ctx, comment_id: int) -> int:
    """A remark of a survey becomes a case; who wrote it stays unknown, to everybody.

    Raises :class:`RuleViolation` when it has been raised before, also in the same words, and for a remark that may not
    be read.
    """
    ctx.require(SUGGESTIONS)
    ctx.require(COMMENTS)
    shown = select(SurveyText).where(SurveyText.id == comment_id, shown_texts(ctx, read_scope(ctx, EVERYTHING)))
    remark = ctx.session.scalars(shown).one_or_none()
    if remark is None:
        raise RuleViolation("这条意见已经不在了，请刷新列表。")
    campaign = ctx.get(SurveyCampaign, remark.campaign_id)
    twin = select(Suggestion.number).where(
        Suggestion.campaign_id == campaign.id, Suggestion.question.is_(None), Suggestion.content == remark.text
    )
    if (number := ctx.session.scalars(twin).first()) is not None:
        raise RuleViolation(f"这条意见已经转为处理单 {number}。")
    found = _new(ctx, SuggestionSource.SURVEY, remark.text, ctx.today())
    found.campaign_id, found.category = campaign.id, remark.category
    _set_first_contact(ctx, found, None)
    return _stored(ctx, found)


def raise_from_score(ctx: Ctx, campaign_id: int, question: int, words: str) -> int:
    """A low score becomes a case; ``words`` say which question, its rate, formula and n.

    Raises :class:`RuleViolation` when the question has one already.
    """
    ctx.require(SUGGESTIONS)
    return _raise_score(ctx, ctx.get(SurveyCampaign, campaign_id), question, words)


def raise_low_scores(ctx: Ctx, campaign_id: int, low: dict[int, str]) -> tuple[int, ...]:  # house: open - 收卷 asked
    """Every low question of a campaign just counted, by number with its words; those raised before stay as they are."""
    campaign = ctx.get(SurveyCampaign, campaign_id)
    raised = set(ctx.session.scalars(select(Suggestion.question).where(Suggestion.campaign_id == campaign_id)))
    return tuple(
        _raise_score(ctx, campaign, question, words) for question, words in low.items() if question not in raised
    )


def assign_suggestion(ctx: Ctx, cmd: AssignSuggestion) -> None:
    """分办: a department, perhaps a person of it, and a day; he who was told before is told no longer."""
    ctx.require(SUGGESTIONS)
    found = _moved(ctx, cmd.suggestion_id, cmd.version, SuggestionState.ASSIGNED)
    if cmd.department_id is None and cmd.handler_id is None:
        raise InvalidInput("请选择承办部门或承办人。", field="department_id")
    due_on = cmd.due_on or add_workdays(ctx, ctx.today(), ctx.settings(SurveyRules).handle_days)
    if due_on < ctx.today():
        raise InvalidInput("办理期限不能早于今天。", field="due_on")
    found.department_id, found.handler_id, found.due_on = cmd.department_id, cmd.handler_id, due_on
    _tell_handler(ctx, found)


def answer_suggestion(ctx: Ctx, cmd: AnswerSuggestion) -> None:
    """What was done and what was answered: by the handler himself, or by who keeps the register."""
    ctx.require(SUGGESTIONS_VIEW)
    found = _moved(ctx, cmd.suggestion_id, cmd.version, SuggestionState.ANSWERED)
    if not ctx.can(SUGGESTIONS) and found.handler_id != ctx.actor.user_id:
        raise PermissionDenied(f"{found.number}不是交给您办理的，请由承办人答复。")
    found.result = _short(cmd.result, "处理结果", "result", LONGEST_CONTENT)
    found.reply = _short(cmd.reply, "答复", "reply", LONGEST_CONTENT)
    for field, text, what in (("result", found.result, "处理结果"), ("reply", found.reply, "答复")):
        if not text:
            raise InvalidInput(f"请填写{what}。", field=field)
    if not found.received_on <= cmd.replied_on <= ctx.today():
        raise InvalidInput("答复日期要在收到之后，不能晚于今天。", field="replied_on")
    found.replied_on = cmd.replied_on
    _tell_office(ctx, found, "答复待核实", f"{found.number}已答复，请核实并办结：{_title(found)}")


def close_suggestion(ctx: Ctx, cmd: CloseSuggestion) -> None:
    """办结: the answer was looked at, and who raised it asked where that can be done."""
    ctx.require(SUGGESTIONS)
    found = _moved(ctx, cmd.suggestion_id, cmd.version, SuggestionState.CLOSED)
    found.feedback, found.closed_on = cmd.feedback.value, ctx.today()
    close_prefix(ctx, inbox_prefix(found.id), note="已办结")


def return_suggestion(ctx: Ctx, cmd: ReasonedMove) -> None:
    """退回重办: the answer is not enough; the handler is told why."""
    ctx.require(SUGGESTIONS)
    found = ctx.get(Suggestion, cmd.suggestion_id, version=cmd.version, lock=True)
    if found.state != SuggestionState.ANSWERED.value:
        raise RuleViolation(f"{found.number}还没有答复，不用退回。")
    found.state = SuggestionState.ASSIGNED.value
    reason = _reason(cmd)
    found.replied_on = None
    _tell_handler(ctx, found, f"退回重办：{reason}")
    ctx.record("surveys.return_suggestion", entity=Suggestion.__tablename__, entity_id=found.id, label=reason)


def decline_suggestion(ctx: Ctx, cmd: ReasonedMove) -> None:
    """不予受理, with the reason as its result."""
    ctx.require(SUGGESTIONS)
    found = _moved(ctx, cmd.suggestion_id, cmd.version, SuggestionState.DECLINED)
    found.result, found.closed_on = _reason(cmd), ctx.today()
    close_prefix(ctx, inbox_prefix(found.id), note="不予受理")


def take_up_again(ctx: Ctx, suggestion_id: int, version: int) -> None:
    """What had been declined is taken up after all."""
    ctx.require(SUGGESTIONS)
    found = _moved(ctx, suggestion_id, version, SuggestionState.RECEIVED)
    found.result, found.closed_on, found.due_on = "", None, None
    _tell_office(ctx, found, "意见建议待分办", f"{found.number}重新受理，请分办：{_title(found)}")


# ------------------------------------------------------------------------------------------------- inside
def _new(ctx: Ctx, source: SuggestionSource, content: str, day: date) -> Suggestion:
    number = ctx.next_number("suggestion", str(day.year))
    return Suggestion(
        number=f"YJ-{day.year}-{number:04d}",
        source=source.value,
        received_on=day,
        content=content,
        state=SuggestionState.RECEIVED.value,
        search_key=search_key(content[:_TITLE])[:2000],
    )


def _stored(ctx: Ctx, found: Suggestion) -> int:
    found.search_key = search_key(f"{found.content[:_TITLE]} {found.from_whom}")[:2000]
    fresh = found.id is None
    ctx.add(found)
    if fresh:
        _tell_office(ctx, found, "意见建议待分办", f"{found.number}请分办：{_title(found)}")
    return found.id


def _raise_score(ctx: Ctx, campaign: SurveyCampaign, question: int, words: str) -> int:
    twin = select(Suggestion.number).where(Suggestion.campaign_id == campaign.id, Suggestion.question == question)
    if (number := ctx.session.scalars(twin).first()) is not None:
        raise RuleViolation(f"“{campaign.title}”的这道题已经有处理单 {number}。")
    found = _new(ctx, SuggestionSource.SURVEY, words[:LONGEST_CONTENT], ctx.today())
    found.campaign_id, found.question, found.category = campaign.id, question, "低分项"
    _set_first_contact(ctx, found, None)
    return _stored(ctx, found)


def _moved(ctx: Ctx, suggestion_id: int, version: int, target: SuggestionState) -> Suggestion:
    """The case, locked and in its new state; raises :class:`RuleViolation` for a move that is not allowed."""
    found = ctx.get(Suggestion, suggestion_id, version=version, lock=True)
    now = SuggestionState(found.state)
    if target not in SUGGESTION_MOVES[now]:
        raise RuleViolation(f"{found.number}{now.label}，不能{_VERBS[target]}；请刷新列表。")
    found.state = target.value
    return found


_VERBS = {
    SuggestionState.RECEIVED: "重新受理",
    SuggestionState.ASSIGNED: "分办",
    SuggestionState.ANSWERED: "答复",
    SuggestionState.CLOSED: "办结",
    SuggestionState.DECLINED: "不予受理",
}


def _set_first_contact(ctx: Ctx, found: Suggestion, staff_id: int | None) -> None:
    """首问责任人: the one named, else who it was, else who sits at the desk."""
    if staff_id is None and found.first_contact:
        return
    wanted = select(staff_member.c.id, staff_member.c.name)
    if staff_id is not None:
        wanted = wanted.where(staff_member.c.id == staff_id)
    else:
        mine = select(user_account.c.staff_id).where(user_account.c.id == ctx.actor.user_id)
        wanted = wanted.where(staff_member.c.id == mine.scalar_subquery())
    person = ctx.session.execute(wanted).first()
    if person is None and staff_id is not None:
        raise InvalidInput("首问责任人已不在职工名单里，请另选。", field="first_contact_id")
    found.first_contact_id = person.id if person is not None else None
    found.first_contact = (person.name if person is not None else ctx.actor.name)[:40]


def _tell_office(ctx: Ctx, found: Suggestion, kind: str, text: str) -> None:
    close_prefix(ctx, inbox_prefix(found.id), note="已办理", again=True)
    role = ctx.settings(SurveyRules).office_role
    assign(ctx, Assign(f"{inbox_prefix(found.id)}office", kind, text, Ref(REF_KIND, found.id), role=role))


def _tell_handler(ctx: Ctx, found: Suggestion, note: str = "") -> None:
    close_prefix(ctx, inbox_prefix(found.id), note="已分办", again=True)
    key, ref = f"{inbox_prefix(found.id)}handle", Ref(REF_KIND, found.id)
    text = f"{found.number}请办理并答复：{_title(found)}" + (f"（{note}）" if note else "")
    role = ctx.settings(SurveyRules).office_role if found.handler_id is None else None
    assign(ctx, Assign(key, "意见建议待办理", text, ref, role=role, user_id=found.handler_id, due_on=found.due_on))


def _title(found: Suggestion) -> str:
    line = " ".join(found.content.split())
    return line if len(line) <= _TITLE else f"{line[:_TITLE]}…"


def _reason(cmd: ReasonedMove) -> str:
    reason = _short(cmd.reason, "理由", "reason", 200)
    if not reason:
        raise InvalidInput("请写明理由。", field="reason")
    return reason


def _short(text: str, what: str, field: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise InvalidInput(f"{what}最多 {most} 个字，现在有 {len(text)} 个，请缩短。", field=field)
    return text
