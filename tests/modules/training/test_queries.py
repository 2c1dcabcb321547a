"""Reads of training on both engines: finding, filtering, ordering and paging of classes, people and units."""

from __future__ import annotations

from datetime import date

import pytest

from dangxiao_houqin.core.errors import NotFound, PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.training import queries, services
from dangxiao_houqin.modules.training.domain import ClassRules, ClassStatus, SaveClass, SaveEnrollment
from tests.support.school import END, START, make_class, make_people

PEOPLE = (
    ("单雄信", "男", "县水利局"),
    ("仇和", "男", "县委办公室"),
    ("曾小华", "女", "县教育局"),
    ("区艺", "女", "县委办公室"),
    ("欧阳娜娜", "女", "县教育局"),
    ("阿卜杜热依木·买买提", "男", ""),
    ("王𬱖", "男", "县水利局"),
    ("张100%", "男", "县教育局"),
)


@pytest.fixture
def school(unit):
    with unit() as ctx:
        services.order_units(ctx, ["县委办公室", "县教育局", "县水利局"])
        row = make_class(ctx)
        for number, (name, sex, unit_name) in enumerate(PEOPLE, start=1):
            services.save_enrollment(
                ctx,
                SaveEnrollment(
                    row.id,
                    name,
                    sex,
                    unit_name=unit_name,
                    position="科长" if number % 2 else "主任",
                    phone=f"1390000{number:04d}",
                    group_name="第二组" if number < 3 else "第一组",
                    lodging=number != 3,
                ),
            )
        return row


def found(ctx, search: str = "", **filters) -> list[str]:
    return [row.name for row in queries.list_enrollments(ctx, ListQuery(search=search, filters=filters)).rows]


FOUND = (
    ("单", ["单雄信"]),
    ("shan", ["单雄信"]),
    ("shanxiongxin", ["单雄信"]),
    ("sxx", ["单雄信"]),
    ("SX", ["单雄信"]),
    ("dxx", ["单雄信"]),  # the everyday reading is found as well
    ("qiu", ["仇和"]),
    ("qh", ["仇和"]),
    ("zxh", ["曾小华"]),
    ("zeng", ["曾小华"]),
    ("ouy", ["区艺", "欧阳娜娜"]),
    ("oynn", ["欧阳娜娜"]),
    ("阿卜杜热依木·买买提", ["阿卜杜热依木·买买提"]),
    ("abudu", ["阿卜杜热依木·买买提"]),
    ("𬱖", ["王𬱖"]),
    ("县委", ["仇和", "区艺"]),
    ("县委 qiu", ["仇和"]),
    ("科长 单", ["单雄信"]),
    ("100%", ["张100%"]),
    ("%", ["张100%"]),
    ("_", []),
    ("'", []),
    ("没有这个人", []),
)


def test_people_are_found(unit, school) -> None:
    with unit(read_only=True) as ctx:
        assert [(text, found(ctx, text)) for text, _ in FOUND] == list(FOUND)


def test_filters_of_people(unit, school) -> None:
    with unit(read_only=True) as ctx:
        assert found(ctx, sex="女") == ["曾小华", "区艺", "欧阳娜娜"]
        assert found(ctx, lodging=False) == ["曾小华"]
        assert found(ctx, group_name="第二组") == ["单雄信", "仇和"]
        assert found(ctx, class_code=school.code, sex="女", lodging=True) == ["区艺", "欧阳娜娜"]
        assert found(ctx, unit_id=queries.unit_ids(ctx, ["县委办公室"])["县委办公室"]) == ["仇和", "区艺"]
        assert found(ctx, class_id=school.id + 1) == []


def ordered(ctx, sort: str, *, descending: bool = False) -> list[str]:
    query = ListQuery(sort=sort, descending=descending)
    return [row.name for row in queries.list_enrollments(ctx, query).rows]


def test_sorting_by_unit_is_the_offices_order_and_keeps_the_roster_within(unit, school) -> None:
    with unit(read_only=True) as ctx:
        assert ordered(ctx, "unit_name") == [
            "仇和",
            "区艺",
            "曾小华",
            "欧阳娜娜",
            "张100%",
            "单雄信",
            "王𬱖",
            "阿卜杜热依木·买买提",
        ]


def test_sorting_by_name_follows_the_surnames_readings(unit, school) -> None:
    with unit(read_only=True) as ctx:
        names = ordered(ctx, "name")
    wanted = [n for n in names if n in {"区艺", "仇和", "单雄信", "曾小华"}]
    assert wanted == ["区艺", "仇和", "单雄信", "曾小华"]  # ou qiu shan zeng


def test_pages_neither_overlap_nor_leave_anybody_out(unit) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        make_people(ctx, school.id, "男女" * 30)
    with unit(read_only=True) as ctx:
        for sort in (None, "sex", "unit_name", "name", "arrive_on"):
            for descending in (False, True):
                pages = [
                    queries.list_enrollments(ctx, ListQuery(sort=sort, descending=descending, offset=at, limit=7))
                    for at in range(0, 60, 7)
                ]
                ids = [row.id for page in pages for row in page.rows]
                assert len(ids) == len(set(ids)) == 60, sort
                assert {page.total for page in pages} == {60}


def test_phones_and_id_numbers_are_masked_unless_revealed(unit, school) -> None:
    with unit() as ctx:
        save_settings(ctx.session, ClassRules(collect_id_numbers=True))
        ctx.forget_settings()
        services.save_enrollment(ctx, SaveEnrollment(school.id, "冼星", "男", id_number="11010519491231002X"))
        listed = queries.list_enrollments(ctx, ListQuery()).rows
        rows = queries.list_roster(ctx, school.id)
        full = queries.list_roster(ctx, school.id, reveal=True)
    for row in (*listed, *rows):
        assert "0000" not in row.phone[:7]
        assert "19491231" not in row.id_number
    assert rows[0].phone == "139****0001"
    assert full[0].phone == "13900000001"
    assert full[-1].id_number == "11010519491231002X"


def test_groups_come_in_roster_order(unit, school) -> None:
    with unit(read_only=True) as ctx:
        assert queries.list_groups(ctx, school.id) == ("第二组", "第一组")


# ------------------------------------------------------------------------------------------------- classes
@pytest.fixture
def classes(unit):
    with unit() as ctx:
        made = [
            services.save_class(ctx, SaveClass(name, kind, start, end))
            for name, kind, start, end in (
                ("科级干部进修班", "主体班", date(2026, 3, 2), date(2026, 3, 20)),
                ("乡村振兴专题研讨班", "专题研讨班", date(2026, 3, 20), date(2026, 3, 24)),
                ("发展对象培训班", "党员发展培训班", date(2025, 11, 3), date(2025, 11, 7)),
            )
        ]
        services.set_class_status(ctx, made[0].id, made[0].version, ClassStatus.RUNNING)
        make_people(ctx, made[0].id, "男男女")
        return made


def class_names(ctx, search: str = "", **filters) -> list[str]:
    return [row.name for row in queries.list_classes(ctx, ListQuery(search=search, filters=filters)).rows]


def test_classes_are_found_and_filtered(unit, classes) -> None:
    with unit(read_only=True) as ctx:
        assert class_names(ctx) == ["乡村振兴专题研讨班", "科级干部进修班", "发展对象培训班"]
        assert class_names(ctx, "xczx") == ["乡村振兴专题研讨班"]
        assert class_names(ctx, "px-2025") == ["发展对象培训班"]
        assert class_names(ctx, status="running") == ["科级干部进修班"]
        assert class_names(ctx, kind="主体班") == ["科级干部进修班"]
        assert class_names(ctx, year=2025) == ["发展对象培训班"]
        assert class_names(ctx, on=date(2026, 3, 20)) == ["乡村振兴专题研讨班", "科级干部进修班"]
        assert queries.count_classes_on(ctx, date(2026, 3, 20)) == 2
        assert queries.count_classes_on(ctx, date(2026, 3, 21)) == 1


def test_classes_know_their_numbers_and_sort_by_them(unit, classes) -> None:
    with unit(confirmed=frozenset({"withdraw"})) as ctx:
        roster = queries.list_roster(ctx, classes[0].id)
        services.withdraw_enrollment(ctx, roster[0].id, None)
        services.save_enrollment(ctx, SaveEnrollment(classes[1].id, "李㛃", "女", lodging=False))
        rows = queries.list_classes(ctx, ListQuery(sort="enrolled", descending=True)).rows
    assert [(r.enrolled, r.lodgers) for r in rows] == [(2, 2), (1, 0), (0, 0)]


def test_a_class_is_found_by_code_or_exact_name(unit, classes) -> None:
    with unit(read_only=True) as ctx:
        assert queries.find_class(ctx, " PX-2026-01 ").name == "科级干部进修班"
        assert queries.find_class(ctx, "发展对象培训班").code == "PX-2025-01"
        with pytest.raises(NotFound, match="找不到编号或名称为“进修班”的班次"):
            queries.find_class(ctx, "进修班")
        with pytest.raises(NotFound, match="不存在或已被删除"):
            queries.get_class(ctx, 999)


def test_cancelled_classes_are_not_offered(unit, classes) -> None:
    with unit(confirmed=frozenset({"cancel_class"})) as ctx:
        services.set_class_status(ctx, classes[1].id, None, ClassStatus.CANCELLED)
        assert [row.name for row in queries.list_class_choices(ctx)] == ["科级干部进修班", "发展对象培训班"]


def test_people_of_overlapping_classes(unit) -> None:
    with unit() as ctx:
        mine, other = make_class(ctx), make_class(ctx, "后备干部班", END, END)
        make_people(ctx, other.id, "男")
        assert [p.name for p in queries.list_overlapping_people(ctx, mine.id, START, END)] == ["学员1"]
        assert queries.list_overlapping_people(ctx, other.id, START, END) == ()


def test_units_are_listed_in_their_order_and_found(unit, school) -> None:
    with unit(read_only=True) as ctx:
        rows = queries.list_units(ctx, ListQuery()).rows
        assert [(row.name, row.people) for row in rows] == [("县委办公室", 2), ("县教育局", 3), ("县水利局", 2)]
        assert [row.name for row in queries.list_units(ctx, ListQuery(search="xjyj")).rows] == ["县教育局"]
        by_people = queries.list_units(ctx, ListQuery(sort="people", descending=True)).rows
        assert by_people[0].name == "县教育局"


def test_reading_needs_the_right(unit, school, nobody) -> None:
    with unit(read_only=True, actor=nobody) as ctx:
        for read in (
            lambda: queries.list_classes(ctx, ListQuery()),
            lambda: queries.get_class(ctx, school.id),
            lambda: queries.find_class(ctx, school.code),
            lambda: queries.list_class_choices(ctx),
            lambda: queries.list_enrollments(ctx, ListQuery()),
            lambda: queries.list_roster(ctx, school.id),
            lambda: queries.get_enrollment(ctx, 1),
            lambda: queries.list_groups(ctx, school.id),
            lambda: queries.list_units(ctx, ListQuery()),
            lambda: queries.count_classes_on(ctx, START),
        ):
            with pytest.raises(PermissionDenied):
                read()
