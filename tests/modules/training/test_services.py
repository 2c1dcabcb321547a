"""Changes of classes, people and units, on both engines: what is taken, what is refused and with which sentence."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import (
    AppError,
    Conflict,
    InvalidInput,
    NeedsConfirmation,
    NotFound,
    PermissionDenied,
    RuleViolation,
)
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL, Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.training import queries, services
from dangxiao_houqin.modules.training.domain import (
    CLASS_MOVES,
    EDIT,
    VIEW,
    ClassRules,
    ClassStatus,
    SaveClass,
    SaveEnrollment,
    training_days,
)
from dangxiao_houqin.modules.training.models import Enrollment
from tests.support.school import END, START, make_class, make_people

CLASS = SaveClass("科级干部进修班", "主体班", date(2026, 3, 2), date(2026, 3, 20))


def person(class_id: int, name: str = "单雄信", sex: str = "男", **more) -> SaveEnrollment:
    return SaveEnrollment(class_id, name, sex, **more)


def names(ctx, class_id: int) -> list[str]:
    return [row.name for row in queries.list_roster(ctx, class_id)]


# ------------------------------------------------------------------------------------------------- classes
def test_codes_count_within_the_year_of_the_class(unit) -> None:
    with unit() as ctx:
        codes = [services.save_class(ctx, CLASS).code for _ in range(2)]
        later = dataclasses.replace(CLASS, start=date(2027, 1, 4), end=date(2027, 1, 8))
        codes.append(services.save_class(ctx, later).code)
    assert codes == ["PX-2026-01", "PX-2026-02", "PX-2027-01"]


def test_a_code_given_by_hand_is_kept_and_never_given_twice(unit) -> None:
    with unit() as ctx:
        services.save_class(ctx, dataclasses.replace(CLASS, code=" PX-2026-01 "))
        assert services.save_class(ctx, CLASS).code == "PX-2026-02"
    with pytest.raises(AppError, match="这个班次编号已被使用"), unit() as ctx:
        services.save_class(ctx, dataclasses.replace(CLASS, code="PX-2026-01"))


def test_the_code_pattern_is_the_offices_own(unit) -> None:
    with unit() as ctx:
        save_settings(ctx.session, ClassRules(code_pattern="岚党培〔{year}〕{number}号"))
    with unit() as ctx:
        assert services.save_class(ctx, CLASS).code == "岚党培〔2026〕1号"


def test_a_broken_code_pattern_is_a_sentence_not_a_crash(unit) -> None:
    for pattern in ("PX-{year}", "{number", "{number:甲}", "{}-{number}", "{number.real.x}"):
        with unit() as ctx:
            save_settings(ctx.session, ClassRules(code_pattern=pattern))
        with pytest.raises(InvalidInput, match="班次编号规则不对"), unit() as ctx:
            services.save_class(ctx, CLASS)


NO_CLASS = (
    ({"name": "　 "}, "请填写班次名称", "name"),
    ({"name": "班" * 121}, "最多 120 个字，现在有 121 个", "name"),
    ({"kind": "夜校"}, "没有“夜校”这个班次类别，可选：主体班、专题研讨班", "kind"),
    ({"end": date(2026, 3, 1)}, "结业日期不能早于开班日期", "end"),
    ({"end": date(2036, 3, 20)}, "核对开班和结业日期的年份", "end"),
    ({"arrive_on": date(2026, 3, 21)}, "离校日期不能早于报到日期", "leave_on"),
    ({"leave_on": date(2026, 3, 1)}, "离校日期不能早于报到日期", "leave_on"),
    ({"arrive_on": date(2025, 3, 1)}, "核对报到和离校日期", "arrive_on"),
    ({"leave_on": date(2027, 3, 20)}, "核对报到和离校日期", "leave_on"),
    ({"expected_count": -1}, "计划人数不能是负数", "expected_count"),
)


def test_what_a_class_must_not_be(unit) -> None:
    for change, sentence, field in NO_CLASS:
        with pytest.raises(InvalidInput, match=sentence) as caught, unit() as ctx:
            services.save_class(ctx, dataclasses.replace(CLASS, **change))
        assert caught.value.field == field
        with unit(read_only=True) as ctx:
            assert queries.list_classes(ctx, ListQuery()).total == 0


def test_arrival_and_departure_default_to_the_lessons(unit) -> None:
    with unit() as ctx:
        row = services.save_class(ctx, CLASS)
        early = services.save_class(ctx, dataclasses.replace(CLASS, arrive_on=date(2026, 3, 1)))
    assert (row.arrive_on, row.leave_on, row.days) == (CLASS.start, CLASS.end, 19)
    assert (early.arrive_on, early.start) == (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("start", "end", "rules", "days"),
    (
        (date(2026, 3, 2), date(2026, 3, 2), ClassRules(), 1),
        (date(2026, 3, 2), date(2026, 3, 2), ClassRules(arrival_day=0, departure_day=0.5), 0.5),
        (date(2026, 3, 2), date(2026, 3, 3), ClassRules(), 2),
        (date(2026, 3, 2), date(2026, 3, 6), ClassRules(arrival_day=0.5, departure_day=0), 3.5),
        (date(2024, 2, 28), date(2024, 3, 1), ClassRules(), 3),
    ),
)
def test_days_of_training(start: date, end: date, rules: ClassRules, days: float) -> None:
    assert training_days(start, end, rules) == days


def test_a_class_is_changed_and_an_overtaken_form_is_refused(unit) -> None:
    with unit() as ctx:
        row = services.save_class(ctx, CLASS)
        change = dataclasses.replace(CLASS, class_id=row.id, version=row.version, name="县管干部进修班", code="")
        changed = services.save_class(ctx, change)
    assert (changed.name, changed.code, changed.version) == ("县管干部进修班", row.code, row.version + 1)
    with pytest.raises(Conflict, match="测试员已于 03-02 08:00 修改了这条记录"), unit() as ctx:
        services.save_class(ctx, change)
    with pytest.raises(NotFound), unit() as ctx:
        services.save_class(ctx, dataclasses.replace(CLASS, class_id=999))


WAYS: dict[ClassStatus, tuple[ClassStatus, ...]] = {
    ClassStatus.PLANNED: (),
    ClassStatus.RUNNING: (ClassStatus.RUNNING,),
    ClassStatus.FINISHED: (ClassStatus.RUNNING, ClassStatus.FINISHED),
    ClassStatus.CANCELLED: (ClassStatus.CANCELLED,),
}


def test_every_move_of_a_class(unit) -> None:
    """The whole table: an allowed move is made, every other one is refused with both words."""
    agreed = frozenset({"cancel_class"})
    for now, then in itertools.product(ClassStatus, ClassStatus):
        with unit(confirmed=agreed) as ctx:
            school = make_class(ctx)
            for step in WAYS[now]:
                school = services.set_class_status(ctx, school.id, school.version, step)
        if then in CLASS_MOVES[now]:
            with unit(confirmed=agreed) as ctx:
                assert services.set_class_status(ctx, school.id, school.version, then).status is then
        else:
            with pytest.raises(RuleViolation, match=f"现在是“{now.label}”，不能改为“{then.label}”"), unit() as ctx:
                services.set_class_status(ctx, school.id, school.version, then)


def test_cancelling_says_how_many_people_it_is_about(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        make_people(ctx, school.id, "男女")
    with pytest.raises(NeedsConfirmation, match="释放全部 2 名学员的床位") as caught, unit() as ctx:
        services.set_class_status(ctx, school.id, school.version, ClassStatus.CANCELLED)
    assert caught.value.key == "cancel_class"
    with unit(read_only=True) as ctx:
        assert queries.get_class(ctx, school.id).status is ClassStatus.PLANNED
        assert len(names(ctx, school.id)) == 2


# -------------------------------------------------------------------------------------------------- people
def test_people_come_in_the_order_in_which_they_are_added(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        for name in ("单雄信", "仇和", "阿卜杜热依木·买买提"):
            services.save_enrollment(ctx, person(school.id, name))
        rows = queries.list_roster(ctx, school.id)
    assert [(r.seq_no, r.name) for r in rows] == [(1, "单雄信"), (2, "仇和"), (3, "阿卜杜热依木·买买提")]


def test_a_new_unit_is_appended_and_a_known_one_is_found(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        for unit_name in ("县教育局", "县财政局", " 县教育局 ", ""):
            services.save_enrollment(ctx, person(school.id, unit_name=unit_name))
        units = queries.list_units(ctx, ListQuery()).rows
        ranks = [row.unit_rank for row in queries.list_roster(ctx, school.id)]
    assert [(u.name, u.rank_order, u.people) for u in units] == [("县教育局", 1, 2), ("县财政局", 2, 1)]
    assert ranks == [1, 2, 1, None]


def test_needs_are_kept_once_and_the_remark_stays(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        row = services.save_enrollment(
            ctx, person(school.id, needs=("low_floor", "diet:清真", "low_floor"), note=" 清真，低楼层 ")
        )
    assert row.needs == ("low_floor", "diet:清真")
    assert row.note == "清真，低楼层"
    assert "清真" in row.needs_text


def test_id_numbers_are_kept_only_where_the_office_says_so(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        off = services.save_enrollment(ctx, person(school.id, id_number="11010519491231002x"))
        assert ctx.get(Enrollment, off.id).id_number == ""
        save_settings(ctx.session, ClassRules(collect_id_numbers=True))
        ctx.forget_settings()
        on = services.save_enrollment(ctx, person(school.id, id_number=" 11010519491231002x "))
        assert ctx.get(Enrollment, on.id).id_number == "11010519491231002X"
        assert on.id_number == f"110{'*' * 13}2X"


NO_PERSON = (
    ({"name": ""}, "请填写姓名", "name"),
    ({"name": "张" * 81}, "最多 80 个字", "name"),
    ({"sex": ""}, "请选择性别", "sex"),
    ({"sex": "未知"}, "请选择性别", "sex"),
    ({"arrive_on": date(2026, 3, 5), "leave_on": date(2026, 3, 4)}, "离开日期不能早于入住日期", "leave_on"),
    ({"arrive_on": END + timedelta(days=1)}, "离开日期不能早于入住日期", "leave_on"),
)


def test_what_a_person_must_not_be(unit) -> None:
    for change, sentence, field in NO_PERSON:
        with unit() as ctx:
            school = make_class(ctx)
        with pytest.raises(InvalidInput, match=sentence) as caught, unit() as ctx:
            services.save_enrollment(ctx, dataclasses.replace(person(school.id), **change))
        assert caught.value.field == field


def test_too_long_a_text_is_a_sentence_on_both_engines(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
    for change in ({"birth": "一九八〇年五月十二日前后"}, {"phone": "1" * 41}, {"ethnicity": "汉" * 21}):
        with pytest.raises(InvalidInput, match="最多"), unit() as ctx:
            services.save_enrollment(ctx, dataclasses.replace(person(school.id), **change))


def test_only_nights_that_differ_from_the_class_are_kept(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        same = services.save_enrollment(ctx, person(school.id, arrive_on=START, leave_on=END))
        late = services.save_enrollment(ctx, person(school.id, arrive_on=START + timedelta(days=1)))
        assert ctx.get(Enrollment, same.id).arrive_on is None
        services.save_class(
            ctx, SaveClass(school.name, school.kind, START - timedelta(days=7), END, school.id, school.version)
        )
        assert queries.get_enrollment(ctx, same.id).arrive_on == START - timedelta(days=7)
        assert queries.get_enrollment(ctx, late.id).arrive_on == START + timedelta(days=1)


def test_a_person_is_changed_in_place(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        first, _ = make_people(ctx, school.id, "男男")
        change = dataclasses.replace(
            person(school.id, "仇和"), enrollment_id=first.id, version=first.version, phone="13900001111"
        )
        row = services.save_enrollment(ctx, change)
        assert names(ctx, school.id) == ["仇和", "学员2"]
    assert (row.seq_no, row.sort_key.split()[0][:3]) == (1, "qiu")
    with pytest.raises(Conflict, match="修改了这条记录"), unit() as ctx:
        services.save_enrollment(ctx, change)


def test_somebody_withdrawn_leaves_the_roster_but_not_the_database(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        first, second = make_people(ctx, school.id, "男女")
    with pytest.raises(NeedsConfirmation, match="将“学员1”（县财政局）移出名单"), unit() as ctx:
        services.withdraw_enrollment(ctx, first.id, first.version)
    with unit(confirmed=frozenset({"withdraw"})) as ctx:
        services.withdraw_enrollment(ctx, first.id, first.version)
        assert names(ctx, school.id) == ["学员2"]
        assert queries.get_class(ctx, school.id).enrolled == 1
        assert ctx.get(Enrollment, first.id).status == "withdrawn"
    with pytest.raises(NotFound, match="已不在名单中"), unit(read_only=True) as ctx:
        queries.get_enrollment(ctx, first.id)
    with pytest.raises(NotFound, match="已不在名单中"), unit() as ctx:
        services.move_enrollment(ctx, first.id, 1)
    with pytest.raises(NotFound, match="已不在名单中"), unit() as ctx:
        services.save_enrollment(ctx, person(school.id, enrollment_id=first.id))
    with pytest.raises(NotFound, match="已不在名单中"), unit(confirmed=frozenset({"withdraw"})) as ctx:
        services.withdraw_enrollment(ctx, first.id, None)
    with unit(read_only=True) as ctx:
        assert names(ctx, school.id) == [second.name]


def test_the_question_about_somebody_without_unit_has_no_empty_brackets(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        row = services.save_enrollment(ctx, person(school.id))
    with pytest.raises(NeedsConfirmation) as caught, unit() as ctx:
        services.withdraw_enrollment(ctx, row.id, row.version)
    assert "（）" not in caught.value.message


ROSTER_MOVES = (
    (4, 1, ["学员4", "学员1", "学员2", "学员3"]),
    (1, 4, ["学员2", "学员3", "学员4", "学员1"]),
    (2, 3, ["学员1", "学员3", "学员2", "学员4"]),
    (2, 2, ["学员1", "学员2", "学员3", "学员4"]),
    (1, 99, ["学员2", "学员3", "学员4", "学员1"]),
    (3, 0, ["学员3", "学员1", "学员2", "学员4"]),
)


def test_moving_within_the_roster_closes_the_gap(unit) -> None:
    for who, place, order in ROSTER_MOVES:
        with unit() as ctx:
            school = make_class(ctx)
            people = make_people(ctx, school.id, "男男男男")
            services.move_enrollment(ctx, people[who - 1].id, place)
            rows = queries.list_roster(ctx, school.id)
        assert [r.name for r in rows] == order
        assert [r.seq_no for r in rows] == [1, 2, 3, 4]


# ------------------------------------------------------------------------------------------- personal data
def test_revealing_is_logged_with_who_and_whom(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        (row,) = make_people(ctx, school.id, "男")
    assert row.phone == "139****0001"
    with unit("training.reveal_enrollment") as ctx:
        assert services.reveal_enrollment(ctx, row.id).phone == "13900000001"
    with unit("training.reveal_roster") as ctx:
        assert [p.phone for p in services.reveal_roster(ctx, school.id, "学员花名册")] == ["13900000001"]
    with unit(read_only=True) as ctx:
        entries = ctx.session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("training.reveal")).order_by(AuditEntry.id)
        ).all()
    assert [(e.actor_name, e.entity_id, e.label) for e in entries] == [
        ("测试员", row.id, "学员1"),
        ("测试员", school.id, "科级干部进修班 学员花名册 1人"),
    ]


# --------------------------------------------------------------------------------------------------- units
def unit_names(ctx) -> list[str]:
    return list(queries.list_units_known(ctx))


def test_units_are_ordered_moved_and_renamed(unit) -> None:
    with unit() as ctx:
        for name in ("县教育局", "县财政局", "县水利局"):
            services.save_unit(ctx, name)
        services.order_units(ctx, ["县委办公室", " 县财政局", "县财政局"])
        assert unit_names(ctx) == ["县委办公室", "县财政局", "县教育局", "县水利局"]
        by_name = queries.unit_ids(ctx, unit_names(ctx))
        services.move_unit(ctx, by_name["县水利局"], 1)
        services.move_unit(ctx, by_name["县委办公室"], 99)
        assert unit_names(ctx) == ["县水利局", "县财政局", "县教育局", "县委办公室"]
        services.save_unit(ctx, "县教育体育局", unit_id=by_name["县教育局"], version=None)
        assert queries.list_units(ctx, ListQuery(search="jyty")).rows[0].name == "县教育体育局"
        ranks = [u.rank_order for u in queries.list_units(ctx, ListQuery()).rows]
    assert ranks == [1, 2, 3, 4]


def test_a_unit_is_there_once(unit) -> None:
    with unit() as ctx:
        services.save_unit(ctx, "县教育局")
        other = services.save_unit(ctx, "县财政局")
    with pytest.raises(InvalidInput, match="已有单位“县教育局”"), unit() as ctx:
        services.save_unit(ctx, " 县教育局 ")
    with pytest.raises(AppError, match="已有同名的单位"), unit() as ctx:
        services.save_unit(ctx, "县教育局", unit_id=other)
    with pytest.raises(InvalidInput, match="请填写单位名称"), unit() as ctx:
        services.save_unit(ctx, " ")


# -------------------------------------------------------------------------------------------------- rights
def test_every_service_asks_for_its_right(unit, nobody) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        (row,) = make_people(ctx, school.id, "男")
    reader = Actor(None, "只看", frozenset({VIEW.key}))
    calls = (
        lambda ctx: services.save_class(ctx, CLASS),
        lambda ctx: services.set_class_status(ctx, school.id, None, ClassStatus.RUNNING),
        lambda ctx: services.save_enrollment(ctx, person(school.id)),
        lambda ctx: services.withdraw_enrollment(ctx, row.id, None),
        lambda ctx: services.move_enrollment(ctx, row.id, 1),
        lambda ctx: services.save_unit(ctx, "县教育局"),
        lambda ctx: services.order_units(ctx, ["县教育局"]),
        lambda ctx: services.move_unit(ctx, 1, 1),
    )
    for who, call in itertools.product((nobody, reader), calls):
        with pytest.raises(PermissionDenied, match=EDIT.title), unit(actor=who) as ctx:
            call(ctx)
    for call in (
        lambda ctx: services.reveal_enrollment(ctx, row.id),
        lambda ctx: services.reveal_roster(ctx, school.id, "试"),
        lambda ctx: queries.list_roster(ctx, school.id, reveal=True),
        lambda ctx: queries.get_enrollment(ctx, row.id, reveal=True),
    ):
        with pytest.raises(PermissionDenied, match=REVEAL_PERSONAL.title), unit(actor=reader) as ctx:
            call(ctx)
