"""Paper answers: typed twice by two clerks who do not see each other, and counted once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import (
    InvalidInput,
    NeedsConfirmation,
    NotFound,
    PermissionDenied,
    RuleViolation,
)
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.domain.entry import BatchState, BeginBatch, TypedSheet
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN
from dangxiao_houqin.modules.surveys.models import EntrySheet, SurveyCampaign, SurveyPaper, SurveyText
from dangxiao_houqin.modules.surveys.queries.paper_entry import (
    get_batch,
    get_check,
    get_entry,
    list_batches,
    list_open_campaigns,
)

from .ballots import add_campaign, add_codes, paper
from .clerks import SECRET, begin, clerk, sheet, type_turn

Unit = Callable[..., AbstractContextManager[Ctx]]


@pytest.fixture
def first(unit: Unit) -> Actor:
    return clerk(unit, "甲同志")


@pytest.fixture
def second(unit: Unit) -> Actor:
    return clerk(unit, "乙同志")


def campaign(unit: Unit, **options: object) -> int:
    with unit() as ctx:
        return add_campaign(ctx, **options).id  # type: ignore[arg-type]


def test_two_agree_and_the_stack_goes_into_the_box(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit)
    batch = begin(unit, first, asked, 3)
    stack = {1: sheet(5, SECRET), 2: TypedSheet(), 3: TypedSheet(left_out=True)}
    assert type_turn(unit, first, batch, 1, stack) == 0
    with unit() as ctx:
        assert get_batch(ctx, batch).state is BatchState.WAITING
    assert type_turn(unit, second, batch, 2, stack) == 0
    with unit(actor=second) as ctx:
        assert services.hand_in(ctx, batch) == 2
    with unit() as ctx:
        found = get_batch(ctx, batch)
        assert (found.state, found.first, found.second) == (BatchState.DONE, "甲同志", "乙同志")
        assert ctx.session.scalar(select(func.count()).select_from(EntrySheet)) == 0
        boxed = list(ctx.session.scalars(select(SurveyPaper)))
        assert [each.day for each in boxed] == [ctx.today()] * 2
    with pytest.raises(RuleViolation, match="已投入票箱"), unit(actor=second) as ctx:
        services.hand_in(ctx, batch)
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        done = services.close_campaign(ctx, asked, ctx.get(SurveyCampaign, asked).version)
        assert (done.papers, done.valid) == (2, 1), "a blank sheet is an invalid paper"
        assert list(ctx.session.scalars(select(SurveyText.text))) == [SECRET]


def test_the_log_keeps_who_entered_how_many_and_no_answer(unit: Unit, first: Actor, second: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 2)
    type_turn(unit, first, batch, 1, {1: sheet(5, SECRET), 2: sheet(1)})
    type_turn(unit, second, batch, 2, {1: sheet(4, SECRET), 2: sheet(1)})
    with unit(actor=second) as ctx:
        services.settle_sheet(ctx, batch, 1, sheet(3, SECRET))
    with unit(actor=second) as ctx:
        services.hand_in(ctx, batch)
    with unit() as ctx:
        entries = list(ctx.session.scalars(select(AuditEntry)))
        assert {each.entity for each in entries if each.actor_name in ("甲同志", "乙同志")} == {"survey_entry_batch"}
        said = "".join(f"{each.label}{each.changes}" for each in entries)
        assert SECRET not in said
        assert "ratings" not in said


def test_nobody_sees_a_turn_before_both_are_there(unit: Unit, first: Actor, second: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    with unit(actor=first) as ctx:
        services.save_sheet(ctx, batch, 1, 1, sheet(5))
    with unit(actor=first) as ctx:
        assert get_entry(ctx, batch).sheets == {1: sheet(5)}
    for who in (second, Actor(None, "负责人", frozenset({ENTER.key, RUN.key}))):
        with pytest.raises(PermissionDenied, match="甲同志"), unit(actor=who) as ctx:
            get_entry(ctx, batch)
        with pytest.raises(RuleViolation, match="两遍都录完"), unit(actor=who) as ctx:
            get_check(ctx, batch)
        with pytest.raises(PermissionDenied), unit(actor=who) as ctx:
            services.save_sheet(ctx, batch, 1, 1, sheet(1))
    with unit(actor=first) as ctx:
        services.finish_turn(ctx, batch, 1)
    for who in (first, second):
        with pytest.raises(RuleViolation, match="待第二遍录入"), unit(actor=who) as ctx:
            get_entry(ctx, batch)
    with unit(actor=second) as ctx:
        services.begin_turn(ctx, batch)
    with unit(actor=second) as ctx:
        view = get_entry(ctx, batch)
        assert (view.turn, view.sheets) == (2, {}), "the second clerk starts from nothing"
    with pytest.raises(RuleViolation, match="不能再改这一遍"), unit(actor=first) as ctx:
        services.save_sheet(ctx, batch, 1, 1, sheet(1))


def test_one_person_twice_is_asked_about(unit: Unit, first: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    type_turn(unit, first, batch, 1, {1: sheet()})
    with pytest.raises(NeedsConfirmation, match="最好换一个人") as asked, unit(actor=first) as ctx:
        services.begin_turn(ctx, batch)
    with unit(actor=first, confirmed=frozenset({asked.value.key})) as ctx:
        services.begin_turn(ctx, batch)


def test_differences_are_settled_before_anything_is_counted(unit: Unit, first: Actor, second: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 3)
    type_turn(unit, first, batch, 1, {1: sheet(5), 2: sheet(4, "菜咸"), 3: sheet(2)})
    differing = type_turn(unit, second, batch, 2, {1: sheet(5), 2: sheet(3, "菜淡"), 3: TypedSheet(left_out=True)})
    assert differing == 3 + 1 + 1
    with unit(actor=first) as ctx:
        view = get_check(ctx, batch)
        assert {each.sheet for each in view.differences} == {2, 3}
        assert (view.differences[0].first, view.differences[0].second) == ("满意", "基本满意")
    with pytest.raises(RuleViolation, match="5 处不一致"), unit(actor=first) as ctx:
        services.hand_in(ctx, batch)
    with unit(actor=first) as ctx:
        assert services.settle_sheet(ctx, batch, 2, sheet(4, "菜淡")) == 1
    with unit(actor=first) as ctx:
        assert services.settle_sheet(ctx, batch, 3, TypedSheet(left_out=True)) == 0
    with unit(actor=first) as ctx:
        assert services.hand_in(ctx, batch) == 2
    with unit() as ctx:
        texts = [Answers.load(str(each.answers)).texts for each in ctx.session.scalars(select(SurveyPaper))]
        assert {6: "菜淡"} in texts


def test_a_turn_ends_only_when_every_number_is_there(unit: Unit, first: Actor, second: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 5)
    with pytest.raises(RuleViolation, match="一份也没有录"), unit(actor=first) as ctx:
        services.finish_turn(ctx, batch, 1)
    for number in (1, 2, 4):
        with unit(actor=first) as ctx:
            services.save_sheet(ctx, batch, 1, number, sheet())
    with pytest.raises(RuleViolation, match="第 3 份还没有录"), unit(actor=first) as ctx:
        services.finish_turn(ctx, batch, 1)
    with unit(actor=first) as ctx:
        services.save_sheet(ctx, batch, 1, 3, sheet())
    with pytest.raises(NeedsConfirmation, match="登记的是 5 份，录了 4 份"), unit(actor=first) as ctx:
        services.finish_turn(ctx, batch, 1)
    with unit(actor=first, confirmed=frozenset({"surveys.other_number"})) as ctx:
        services.finish_turn(ctx, batch, 1)
    with unit() as ctx:
        assert get_batch(ctx, batch).sheets == 4
    with unit(actor=second) as ctx:
        services.begin_turn(ctx, batch)
    with pytest.raises(InvalidInput, match="没有第 5 份"), unit(actor=second) as ctx:
        services.save_sheet(ctx, batch, 2, 5, sheet())


def test_a_sheet_is_typed_over(unit: Unit, first: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    for score in (1, 5):
        with unit(actor=first) as ctx:
            services.save_sheet(ctx, batch, 1, 1, sheet(score))
    with unit(actor=first) as ctx:
        assert get_entry(ctx, batch).sheets == {1: sheet(5)}
        assert get_batch(ctx, batch).progress == "1 / 1"


@pytest.mark.parametrize(
    ("wrong", "words"),
    (
        (TypedSheet(Answers({1: 6})), "评分不对"),
        (TypedSheet(Answers({99: 5})), "没有第 99 题"),
        (TypedSheet(Answers(choices={5: (1, 2, 3)})), "最多选 2 项"),
        (TypedSheet(Answers({1: 5}), "123456782"), "不用一次性码"),
    ),
)
def test_what_no_paper_can_say_is_refused(unit: Unit, first: Actor, wrong: TypedSheet, words: str) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    with pytest.raises(InvalidInput, match=words), unit(actor=first) as ctx:
        services.save_sheet(ctx, batch, 1, 1, wrong)


def test_with_codes_each_sheet_bears_its_own(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit, anonymity=Anonymity.CODES)
    with unit() as ctx:
        one, two, three, taken = add_codes(ctx, asked, 4)
        services.submit_paper(ctx, paper(asked, ctx.today(), code=taken))
    batch = begin(unit, first, asked, 3)
    unknown = next(code for code in _codes_like(one) if code not in (one, two, three, taken))
    with unit(actor=first) as ctx:
        services.save_sheet(ctx, batch, 1, 1, sheet(code=one))
    for code, words in (
        ("", "要有订在答卷上"),
        (unknown, "没有这个一次性码"),
        (taken, "已经用过"),
        (one, "第 1 份已经用了"),
    ):
        with pytest.raises((InvalidInput, RuleViolation), match=words) as caught, unit(actor=first) as ctx:
            services.save_sheet(ctx, batch, 1, 2, sheet(code=code))
        assert caught.value.field == "code"
    other = begin(unit, second, asked, 1)
    with pytest.raises(RuleViolation, match="另一摞"), unit(actor=second) as ctx:
        services.save_sheet(ctx, other, 1, 1, sheet(code=one))
    stack = {1: sheet(code=one), 2: sheet(4, code=two), 3: TypedSheet(left_out=True)}
    type_turn(unit, first, batch, 1, stack)
    assert type_turn(unit, second, batch, 2, stack) == 0
    with unit(actor=first) as ctx:
        assert services.hand_in(ctx, batch) == 2
    with pytest.raises(services.PaperRefused, match="已经用过"), unit() as ctx:
        services.submit_paper(ctx, paper(asked, ctx.today(), code=two))


def _codes_like(code: str) -> list[str]:
    from dangxiao_houqin.modules.surveys.domain.campaigns import check_digit

    bodies = [f"{(int(code[:-1]) + step) % 10**8:08d}" for step in range(1, 8)]
    return [body + check_digit(body) for body in bodies]


def test_a_code_used_at_the_kiosk_meanwhile_stops_the_whole_stack(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit, anonymity=Anonymity.CODES)
    with unit() as ctx:
        one, two = add_codes(ctx, asked, 2)
    batch = begin(unit, first, asked, 2)
    stack = {1: sheet(code=one), 2: sheet(4, code=two)}
    type_turn(unit, first, batch, 1, stack)
    type_turn(unit, second, batch, 2, stack)
    with unit() as ctx:
        services.submit_paper(ctx, paper(asked, ctx.today(), code=two))
    with pytest.raises(RuleViolation, match="第 2 份：这个一次性码已经用过"), unit(actor=first) as ctx:
        services.hand_in(ctx, batch)
    with unit(actor=first) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(SurveyPaper)) == 1, "none of it is in the box"
        services.settle_sheet(ctx, batch, 2, TypedSheet(left_out=True))
    with unit(actor=first) as ctx:
        assert services.hand_in(ctx, batch) == 1


def test_a_stack_that_has_no_room_is_refused_as_a_whole(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit, most=3)
    with unit() as ctx:
        for _ in range(2):
            services.submit_paper(ctx, paper(asked, ctx.today()))
    batch = begin(unit, first, asked, 2)
    type_turn(unit, first, batch, 1, {1: sheet(), 2: sheet()})
    type_turn(unit, second, batch, 2, {1: sheet(), 2: sheet()})
    with pytest.raises(RuleViolation, match="上限 3 份，放不下这 2 份"), unit(actor=first) as ctx:
        services.hand_in(ctx, batch)
    with unit() as ctx:
        ctx.get(SurveyCampaign, asked).most = 4
    with unit(actor=first) as ctx:
        assert services.hand_in(ctx, batch) == 2


def test_closing_asks_about_stacks_that_are_not_done_and_stops_them(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit)
    with unit() as ctx:
        for _ in range(6):
            services.submit_paper(ctx, paper(asked, ctx.today()))
    batch = begin(unit, first, asked, 1)
    type_turn(unit, first, batch, 1, {1: sheet()})
    with pytest.raises(NeedsConfirmation, match="还有 1 摞"), unit() as ctx:
        services.close_campaign(ctx, asked, ctx.get(SurveyCampaign, asked).version)
    with unit(confirmed=frozenset({"surveys.stacks_left"})) as ctx:
        services.close_campaign(ctx, asked, ctx.get(SurveyCampaign, asked).version)
    type_turn(unit, second, batch, 2, {1: sheet()})
    with pytest.raises(RuleViolation, match="已收卷"), unit(actor=second) as ctx:
        services.hand_in(ctx, batch)
    with unit() as ctx:
        services.reopen_campaign(ctx, asked, ctx.get(SurveyCampaign, asked).version)
    with unit(actor=second) as ctx:
        assert services.hand_in(ctx, batch) == 1


def test_a_turn_is_begun_anew_and_a_stack_thrown_away(unit: Unit, first: Actor, second: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    type_turn(unit, first, batch, 1, {1: sheet()})
    type_turn(unit, second, batch, 2, {1: sheet(1)})
    with pytest.raises(PermissionDenied), unit(actor=first) as ctx:
        services.restart_turn(ctx, batch)
    with pytest.raises(NeedsConfirmation, match="第二遍已录的 1 份"), unit(actor=second) as ctx:
        services.restart_turn(ctx, batch)
    with unit(actor=second, confirmed=frozenset({"surveys.restart_turn"})) as ctx:
        services.restart_turn(ctx, batch)
    with unit() as ctx:
        found = get_batch(ctx, batch)
        assert (found.state, found.second_id) == (BatchState.WAITING, None)
    assert type_turn(unit, second, batch, 2, {1: sheet()}) == 0
    with pytest.raises(PermissionDenied), unit(actor=second) as ctx:
        services.discard_batch(ctx, batch)
    with unit(actor=first, confirmed=frozenset({"surveys.discard_batch"})) as ctx:
        services.discard_batch(ctx, batch)
    with pytest.raises(NotFound), unit() as ctx:
        get_batch(ctx, batch)
    with unit() as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(EntrySheet)) == 0


@pytest.mark.parametrize("state", (CampaignState.DRAFT, CampaignState.CLOSED))
def test_a_stack_needs_an_open_campaign_a_number_and_a_day(unit: Unit, first: Actor, state: CampaignState) -> None:
    with pytest.raises(RuleViolation, match="不能录入答卷"):
        begin(unit, first, campaign(unit, state=state), 5)
    asked = campaign(unit)
    for number in (0, 501):
        with pytest.raises(InvalidInput, match="1 到 500"):
            begin(unit, first, asked, number)
    with pytest.raises(InvalidInput, match="不能晚于今天"), unit(actor=first) as ctx:
        services.begin_batch(ctx, BeginBatch(asked, 5, ctx.today() + timedelta(days=1)))
    with unit(actor=first) as ctx:
        assert [(title, codes) for _, title, codes in list_open_campaigns(ctx)] == [("中青班测评", False)]


def test_stacks_are_listed_with_what_is_to_be_done_first(unit: Unit, first: Actor, second: Actor) -> None:
    asked = campaign(unit)
    done, waiting = begin(unit, first, asked, 1), begin(unit, second, asked, 2)
    type_turn(unit, first, done, 1, {1: sheet()})
    type_turn(unit, second, done, 2, {1: sheet()})
    with unit(actor=first) as ctx:
        services.hand_in(ctx, done)
    with unit(actor=first, read_only=True) as ctx:
        assert [each.id for each in list_batches(ctx, ListQuery()).rows] == [waiting, done]
        for query, found in (
            (ListQuery(filters={"state": "open"}), [waiting]),
            (ListQuery(filters={"state": "done", "campaign_id": asked}), [done]),
            (ListQuery(search="中青班 甲同志"), [done]),
            (ListQuery(search="没有"), []),
            (ListQuery(sort="sheets", descending=True), [waiting, done]),
        ):
            assert [each.id for each in list_batches(ctx, query).rows] == found


def test_nobody_enters_without_the_right(unit: Unit, nobody: Actor, first: Actor) -> None:
    batch = begin(unit, first, campaign(unit), 1)
    for call in (
        lambda ctx: services.begin_turn(ctx, batch),
        lambda ctx: services.save_sheet(ctx, batch, 1, 1, sheet()),
        lambda ctx: services.finish_turn(ctx, batch, 1),
        lambda ctx: services.settle_sheet(ctx, batch, 1, sheet()),
        lambda ctx: services.hand_in(ctx, batch),
        lambda ctx: services.restart_turn(ctx, batch),
        lambda ctx: services.discard_batch(ctx, batch),
        lambda ctx: list_batches(ctx, ListQuery()),
        lambda ctx: get_entry(ctx, batch),
        lambda ctx: get_check(ctx, batch),
    ):
        with pytest.raises(PermissionDenied), unit(actor=nobody) as ctx:
            call(ctx)
