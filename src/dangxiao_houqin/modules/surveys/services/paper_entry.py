"""Paper answers typed in twice by two clerks; only when both agree do they go into the ballot box.

The sheets are not audited, because the audit log knows the minute and the clerk; they are gone once they are in the
box.  The log keeps that a stack was entered, by whom and how many.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, or_, select

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import FinishedPaper, check_answers, new_paper_id
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState, code_hash, is_code, plain_code
from dangxiao_houqin.modules.surveys.domain.entry import (
    MOST_SHEETS,
    BatchState,
    BeginBatch,
    TypedSheet,
    differences,
)
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN
from dangxiao_houqin.modules.surveys.models import (
    EntryBatch,
    EntrySheet,
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyCode,
    SurveyPaper,
)

from .submission import PaperRefused, put_in_box

_TURN_OF = {BatchState.FIRST: 1, BatchState.SECOND: 2}


def begin_batch(ctx: Ctx, cmd: BeginBatch) -> int:
    """Start a stack; who starts it types it for the first time.  Returns its id.

    Raises :class:`InvalidInput` and :class:`RuleViolation`.
    """
    ctx.require(ENTER)
    campaign = ctx.get(SurveyCampaign, cmd.campaign_id)
    _require_open(campaign)
    if not 1 <= cmd.sheets <= MOST_SHEETS:
        raise InvalidInput(f"一摞要有 1 到 {MOST_SHEETS} 份；再多请分几摞录。", field="sheets")
    if cmd.day > ctx.today():
        raise InvalidInput("填表日期不能晚于今天。", field="day")
    batch = ctx.add(
        EntryBatch(
            campaign_id=campaign.id,
            sheets=cmd.sheets,
            day=cmd.day,
            state=BatchState.FIRST.value,
            first_id=ctx.actor.user_id,
            note=cmd.note.strip(),
        )
    )
    return batch.id


def begin_turn(ctx: Ctx, batch_id: int) -> None:
    """Start typing a stack for the second time.

    Asks first (``surveys.same_clerk``) when it is who typed it before: one person makes the same mistake twice.
    """
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    if BatchState(batch.state) is not BatchState.WAITING:
        raise RuleViolation(f"这一摞答卷{BatchState(batch.state).pill.text}，不能开始第二遍录入；请刷新列表。")
    if batch.first_id == ctx.actor.user_id:
        ctx.confirm(
            "surveys.same_clerk",
            "第一遍就是您录入的。两遍由同一个人录，容易犯同样的错；最好换一个人。仍要自己录第二遍吗？",
            hint="选择继续会记入操作日志。",
        )
    batch.second_id = ctx.actor.user_id
    batch.state = BatchState.SECOND.value


def save_sheet(ctx: Ctx, batch_id: int, turn: int, sheet: int, typed: TypedSheet) -> int:
    """Keep one sheet as typed, also over an earlier attempt at the same one; returns its number.

    Raises :class:`InvalidInput` for what the questionnaire does not know, and :class:`RuleViolation` for a one-time
    code that is unknown, used, or typed for another sheet.
    """
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id)
    _require_turn(ctx, batch, turn)
    most = MOST_SHEETS if turn == 1 else batch.sheets
    if not 1 <= sheet <= most:
        raise InvalidInput(f"没有第 {sheet} 份，这一摞有 {batch.sheets} 份。")
    campaign = ctx.get(SurveyCampaign, batch.campaign_id)
    _check_sheet(ctx, campaign, batch, sheet, turn, typed)
    _keep(ctx, batch_id, sheet, turn, typed)
    return sheet


def finish_turn(ctx: Ctx, batch_id: int, turn: int) -> int:
    """A turn is typed to the end; returns in how many places both differ (0 after the first turn).

    The first turn decides how many sheets there are; ending it with another number asks first
    (``surveys.other_number``).  Raises :class:`RuleViolation` naming sheets that were left out in between.
    """
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    _require_turn(ctx, batch, turn)
    typed = _sheets(ctx, batch_id, turn)
    last = max(typed, default=0)
    end = last if turn == 1 else batch.sheets
    missing = [number for number in range(1, end + 1) if number not in typed]
    if not typed:
        raise RuleViolation("一份也没有录，不能结束；不用录了请作废这一摞。")
    if missing:
        shown = "、".join(map(str, missing[:6])) + ("等" if len(missing) > 6 else "")
        raise RuleViolation(f"第 {shown} 份还没有录，录完才能结束这一遍。")
    if turn == 1:
        if last != batch.sheets:
            ctx.confirm(
                "surveys.other_number",
                f"这一摞登记的是 {batch.sheets} 份，录了 {last} 份。按 {last} 份结束第一遍吗？",
                hint="请先数一数答卷，铅笔编号要与录入的份数一致。",
            )
        batch.sheets = last
        batch.state = BatchState.WAITING.value
        return 0
    batch.state = BatchState.CHECK.value
    return len(_differences(ctx, batch))


def settle_sheet(ctx: Ctx, batch_id: int, sheet: int, typed: TypedSheet) -> int:
    """What a sheet really says, looked up on the paper; returns in how many places the stack still differs."""
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    _require_check(batch)
    if not 1 <= sheet <= batch.sheets:
        raise InvalidInput(f"没有第 {sheet} 份，这一摞有 {batch.sheets} 份。")
    campaign = ctx.get(SurveyCampaign, batch.campaign_id)
    _check_sheet(ctx, campaign, batch, sheet, 1, typed)
    _check_sheet(ctx, campaign, batch, sheet, 2, typed)
    for turn in (1, 2):
        _keep(ctx, batch_id, sheet, turn, typed)
    ctx.session.flush()
    return len(_differences(ctx, batch))


def hand_in(ctx: Ctx, batch_id: int) -> int:
    """Put a stack on which both clerks agree into the ballot box, shuffled, with the day only; returns how many papers.

    The sheets are deleted.  Raises :class:`RuleViolation`, also where the box takes fewer, and then takes none.
    """
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    _require_check(batch)
    open_places = len(_differences(ctx, batch))
    if open_places:
        raise RuleViolation(f"两遍录入还有 {open_places} 处不一致，请对照答卷逐处改正后再投入票箱。")
    campaign = ctx.get(SurveyCampaign, batch.campaign_id, lock=True)
    _require_open(campaign)
    counted = {sheet: typed for sheet, typed in _sheets(ctx, batch_id, 1).items() if not typed.left_out}
    _check_room(ctx, campaign, len(counted))
    order = list(counted.items())
    secrets.SystemRandom().shuffle(order)
    for sheet, typed in order:
        try:
            put_in_box(ctx, FinishedPaper(new_paper_id(), campaign.id, batch.day, typed.answers, typed.code))
        except PaperRefused as refused:
            raise RuleViolation(
                f"第 {sheet} 份：{refused.message}", hint="请改正这一份，或把它改为不计入。"
            ) from refused
    _forget_sheets(ctx, EntrySheet.batch_id == batch_id)
    batch.state = BatchState.DONE.value
    return len(order)


def restart_turn(ctx: Ctx, batch_id: int) -> None:
    """Throw away the turn under way (or the second, when it was compared) and let anybody begin it anew.

    Asks first (``surveys.restart_turn``).  Only its clerk may, or who runs campaigns.
    """
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    state = BatchState(batch.state)
    turn = 1 if state is BatchState.FIRST else 2
    if state in (BatchState.WAITING, BatchState.DONE):
        raise RuleViolation(f"这一摞答卷{state.pill.text}，没有正在录的一遍；请刷新列表。")
    _require_own_or_run(ctx, batch.first_id if turn == 1 else batch.second_id)
    typed = ctx.session.scalar(select(func.count()).where(_of(batch_id, turn))) or 0
    words = "第一遍" if turn == 1 else "第二遍"
    ctx.confirm("surveys.restart_turn", f"{words}已录的 {typed} 份都会清掉，从头再录。确定吗？")
    _forget_sheets(ctx, _of(batch_id, turn))
    if turn == 1:
        batch.first_id = ctx.actor.user_id
    else:
        batch.second_id = None
        batch.state = BatchState.WAITING.value


def discard_batch(ctx: Ctx, batch_id: int) -> None:
    """Throw away a stack that is not in the box yet; asks first (``surveys.discard_batch``)."""
    ctx.require(ENTER)
    batch = ctx.get(EntryBatch, batch_id, lock=True)
    if batch.state == BatchState.DONE.value:
        raise RuleViolation("这一摞已经投入票箱，不能作废；票箱里的答卷分不出是哪一摞。")
    _require_own_or_run(ctx, batch.first_id)
    ctx.confirm("surveys.discard_batch", f"这一摞 {batch.sheets} 份已录的内容都会清掉，不进票箱。确定作废吗？")
    _forget_sheets(ctx, EntrySheet.batch_id == batch_id)
    ctx.session.delete(batch)


# -------------------------------------------------------------------------------------------------- checks
def _require_open(campaign: SurveyCampaign) -> None:
    if campaign.state != CampaignState.OPEN.value:
        words = CampaignState(campaign.state).label
        raise RuleViolation(f"“{campaign.title}”{words}，不能录入答卷；请先开始测评或重新开放。")


def _require_turn(ctx: Ctx, batch: EntryBatch, turn: int) -> None:
    """This turn is under way, and it is the actor's."""
    state = BatchState(batch.state)
    if _TURN_OF.get(state) != turn:
        raise RuleViolation(f"这一摞答卷{state.pill.text}，不能再改这一遍；请刷新列表。")
    clerk = batch.first_id if turn == 1 else batch.second_id
    if clerk != ctx.actor.user_id:
        raise PermissionDenied("这一遍由另一个人在录，请由他录完，或请他清掉后重新录。")


def _require_check(batch: EntryBatch) -> None:
    state = BatchState(batch.state)
    if state is not BatchState.CHECK:
        raise RuleViolation(f"这一摞答卷{state.pill.text}，两遍都录完才能核对；请刷新列表。")


def _require_own_or_run(ctx: Ctx, clerk: int | None) -> None:
    if clerk != ctx.actor.user_id:
        ctx.require(RUN)


def _check_sheet(
    ctx: Ctx, campaign: SurveyCampaign, batch: EntryBatch, sheet: int, turn: int, typed: TypedSheet
) -> None:
    if typed.left_out:
        return
    version = ctx.get(QuestionnaireVersion, campaign.version_id)
    check_answers(Content.from_plain(version.content), typed.answers)
    if campaign.anonymity != Anonymity.CODES.value:
        if typed.code:
            raise InvalidInput("这次测评不用一次性码。", field="code")
        return
    if not is_code(typed.code):
        raise InvalidInput(f"第 {sheet} 份要有订在答卷上的一次性码；没有纸条的请按不计入。", field="code")
    _check_code(ctx, campaign.id, typed.code)
    _check_code_once(ctx, batch, sheet, turn, plain_code(typed.code))


def _check_code(ctx: Ctx, campaign_id: int, code: str) -> None:
    hashed = code_hash(campaign_id, code)
    found = ctx.session.get(SurveyCode, (campaign_id, hashed))
    if found is None:
        raise RuleViolation("没有这个一次性码，请核对纸条上的数字。", field="code")
    answered = select(SurveyPaper.paper_id).where(
        SurveyPaper.campaign_id == campaign_id, SurveyPaper.code_hash == hashed
    )
    if found.used or ctx.session.scalar(answered.limit(1)) is not None:
        raise RuleViolation("这个一次性码已经用过（可能已在自助终端填过），这一份请按不计入。", field="code")


def _check_code_once(ctx: Ctx, batch: EntryBatch, sheet: int, turn: int, code: str) -> None:
    """No other sheet of the campaign that is being entered bears the code."""
    query = (
        select(EntrySheet)
        .join(EntryBatch, EntryBatch.id == EntrySheet.batch_id)
        .where(EntryBatch.campaign_id == batch.campaign_id)
        .where(or_(EntrySheet.batch_id != batch.id, (EntrySheet.turn == turn) & (EntrySheet.sheet != sheet)))
        .where(EntrySheet.answers.contains(code, autoescape=True))
    )
    for other in ctx.session.scalars(query):
        if TypedSheet.load(other.answers).code == code:
            where = f"第 {other.sheet} 份" if other.batch_id == batch.id else "另一摞的一份"
            raise RuleViolation(f"{where}已经用了这个一次性码，请核对纸条是否订错。", field="code")


def _check_room(ctx: Ctx, campaign: SurveyCampaign, number: int) -> None:
    if campaign.most is None:
        return
    taken = ctx.session.scalar(select(func.count()).where(SurveyPaper.campaign_id == campaign.id)) or 0
    if taken + number > campaign.most:
        raise RuleViolation(
            f"“{campaign.title}”已收 {taken} 份，上限 {campaign.most} 份，放不下这 {number} 份；"
            "请核对是否重复录入，确实要收的请先在测评里调高份数上限。"
        )


# -------------------------------------------------------------------------------------------------- sheets
def _of(batch_id: int, turn: int) -> ColumnElement[bool]:
    return (EntrySheet.batch_id == batch_id) & (EntrySheet.turn == turn)


def _sheets(ctx: Ctx, batch_id: int, turn: int) -> dict[int, TypedSheet]:
    rows: Iterable[EntrySheet] = ctx.session.scalars(
        select(EntrySheet).where(_of(batch_id, turn)).order_by(EntrySheet.sheet)
    )
    return {row.sheet: TypedSheet.load(row.answers) for row in rows}


def _differences(ctx: Ctx, batch: EntryBatch) -> tuple[object, ...]:
    campaign = ctx.get(SurveyCampaign, batch.campaign_id)
    content = Content.from_plain(ctx.get(QuestionnaireVersion, campaign.version_id).content)
    asks_code = campaign.anonymity == Anonymity.CODES.value
    return differences(content, _sheets(ctx, batch.id, 1), _sheets(ctx, batch.id, 2), asks_code=asks_code)


def _keep(ctx: Ctx, batch_id: int, sheet: int, turn: int, typed: TypedSheet) -> None:
    found = ctx.session.get(EntrySheet, (batch_id, sheet, turn))
    if found is None:
        ctx.session.add(EntrySheet(batch_id=batch_id, sheet=sheet, turn=turn, answers=typed.dump()))
    else:
        found.answers = typed.dump()


def _forget_sheets(ctx: Ctx, which: ColumnElement[bool]) -> None:
    # house: bulk - sheets are never audited: the log would tie answers to a minute
    ctx.session.execute(delete(EntrySheet).where(which).execution_options(synchronize_session=False))
    ctx.touched("survey_entry_sheet")
