"""What the desk may change on a roster: somebody else comes, somebody needs no bed."""

from __future__ import annotations

import pytest

from dangxiao_houqin.core.errors import InvalidInput, NotFound, PermissionDenied
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.modules.training.api import ReplaceEnrollment, replace_enrollment, set_lodging, undo_replacement
from dangxiao_houqin.modules.training.models import Enrollment
from dangxiao_houqin.modules.training.queries import get_enrollment, list_roster
from tests.support.school import make_class, make_people

DESK = Actor(1, "前台", frozenset({"training.view", "training.desk"}))


@pytest.fixture
def people(unit):
    with unit() as ctx:
        return make_people(ctx, make_class(ctx).id, "男女男")


def test_the_new_one_has_the_place_and_the_old_one_a_remark(unit, people) -> None:
    second = people[1]
    with unit(actor=DESK) as ctx:
        new = replace_enrollment(ctx, ReplaceEnrollment(second.id, "新来的", "女", position="科员", note="素食"))
        names = [(p.seq_no, p.name) for p in list_roster(ctx, second.class_id)]
    assert names == [(1, "学员1"), (2, "新来的"), (3, "学员3")]
    assert (new.unit_name, new.position, new.note, new.arrive_on) == (
        second.unit_name,
        "科员",
        "素食，接替学员2",
        second.arrive_on,
    )
    with unit() as ctx:
        old = ctx.get(Enrollment, second.id)
        assert (old.status, old.note) == ("withdrawn", "由新来的接替")


def test_taken_back_the_roster_is_as_before(unit, people) -> None:
    second = people[1]
    with unit() as ctx:
        ctx.get(Enrollment, second.id).note = "备" * 999
    with unit(actor=DESK) as ctx:
        new = replace_enrollment(ctx, ReplaceEnrollment(second.id, "新来的", "女"))
        newer = replace_enrollment(ctx, ReplaceEnrollment(new.id, "又来的", "女"))
        assert undo_replacement(ctx, newer.id).name == "新来的"
        assert undo_replacement(ctx, new.id).name == "学员2"
        assert [p.name for p in list_roster(ctx, second.class_id)] == ["学员1", "学员2", "学员3"]
    with pytest.raises(NotFound, match="不是接替别人来的"), unit(actor=DESK) as ctx:
        undo_replacement(ctx, people[0].id)


def test_lodging_is_said_once_and_needs_the_right(unit, people, nobody) -> None:
    first = people[0]
    with unit(actor=DESK) as ctx:
        assert not set_lodging(ctx, first.id, False).lodging
        version = get_enrollment(ctx, first.id).version
        assert set_lodging(ctx, first.id, False).version == version  # nothing to say twice
    for call in (
        lambda ctx: set_lodging(ctx, first.id, True),
        lambda ctx: replace_enrollment(ctx, ReplaceEnrollment(first.id, "某", "男")),
        lambda ctx: undo_replacement(ctx, first.id),
    ):
        with pytest.raises(PermissionDenied), unit(actor=nobody) as ctx:
            call(ctx)


def test_a_name_and_a_sex_are_needed(unit, people) -> None:
    for name, sex, field in ((" ", "男", "name"), ("某某", "", "sex")):
        with pytest.raises(InvalidInput) as caught, unit(actor=DESK) as ctx:
            replace_enrollment(ctx, ReplaceEnrollment(people[0].id, name, sex))
        assert caught.value.field == field
