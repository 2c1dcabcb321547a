"""The chart's geometry: every bar once, hit test and drawing agree, free beds as counted one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dangxiao_houqin.modules.accommodation.domain import Bar, ChartData, Outage, StayState
from dangxiao_houqin.modules.accommodation.ui.chart.index import ChartIndex
from dangxiao_houqin.modules.accommodation.ui.chart.layout import ChartFilter, ChartLayout, DayAxis
from dangxiao_houqin.modules.places.api import BedPlace
from tests.modules.accommodation.chart.made import TODAY, bar, house, place

START = TODAY - timedelta(days=5)
unhurried = settings(deadline=None)  # a busy machine is no failure
DAYS = 20


@st.composite
def charts(draw: st.DrawFn) -> ChartData:
    """Up to six rooms on two floors, beds with stays that do not overlap, some of them outside the window."""
    beds: list[BedPlace] = []
    for room in range(draw(st.integers(1, 6))):
        assignable = draw(st.booleans())
        kind = draw(st.sampled_from(("标准双人", "单人间")))
        for bed in range(draw(st.integers(1, 3))):
            beds.append(
                place(
                    100 + len(beds),
                    room,
                    str(201 + room),
                    str(bed + 1),
                    floor_id=room % 2,
                    room_type=kind,
                    assignable=assignable,
                )
            )
    beds.sort(key=lambda b: b.floor_id)
    bars: list[Bar] = []
    for bed in beds:
        day = START - timedelta(days=4)
        for gap, nights in draw(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=4)):
            day += timedelta(days=gap)
            bars.append(bar(len(bars) + 1, bed, day, nights))
            day += timedelta(days=nights)
    outages = [
        Outage(
            bed.room_id,
            draw(st.sampled_from((None, bed.bed_id))),
            START + timedelta(days=first),
            None if length == 0 else START + timedelta(days=first + length),
            "检修",
        )
        for bed, first, length in draw(
            st.lists(st.tuples(st.sampled_from(beds), st.integers(-5, 22), st.integers(0, 8)), max_size=3)
        )
    ]
    order = draw(st.permutations(bars))
    return ChartData(START, START + timedelta(days=DAYS), TODAY, tuple(beds), tuple(order), tuple(outages))


def laid_out(data: ChartData, column: int, expanded: frozenset[int]) -> tuple[ChartLayout, DayAxis]:
    index = ChartIndex(data)
    return ChartLayout(index, ChartFilter(), expanded), DayAxis(index.first, DAYS, column)


@unhurried
@given(data=charts(), column=st.integers(14, 120), expanded=st.frozensets(st.integers(0, 6)))
def test_every_bar_of_the_window_is_seen_exactly_once(data: ChartData, column: int, expanded: frozenset[int]) -> None:
    layout, axis = laid_out(data, column, expanded)
    seen: list[int] = []
    for row in layout.rows_between(0, layout.height):
        for lane in row.lanes:
            spans = layout.index.spans_between(lane.bed_id, axis.first, axis.first + axis.nights)
            seen += [found.stay_id for _, _, found in spans]
    expected = [b.stay_id for b in data.bars if b.arrive < data.end and b.leave > data.start]
    assert sorted(seen) == sorted(expected)


@unhurried
@given(data=charts(), column=st.integers(14, 120), expanded=st.frozensets(st.integers(0, 6)))
def test_bars_do_not_touch_and_keep_their_nights(data: ChartData, column: int, expanded: frozenset[int]) -> None:
    layout, axis = laid_out(data, column, expanded)
    boxes = []
    for each in data.bars:
        box = layout.bar_box(each, axis)
        assert box is not None
        x, y, width, height = box
        assert x // column == (each.arrive - data.start).days
        assert (x + width - 1) // column == (each.leave - data.start).days - 1
        row = layout.row_at(y)
        assert row is not None
        assert row.room_id == each.room_id
        assert row.y <= y
        assert y + height <= row.bottom
        boxes.append(box)
    for number, (x, y, width, height) in enumerate(boxes):
        for ox, oy, owidth, oheight in boxes[number + 1 :]:
            assert x + width <= ox or ox + owidth <= x or y + height <= oy or oy + oheight <= y


@unhurried
@given(
    data=charts(),
    column=st.integers(14, 120),
    expanded=st.frozensets(st.integers(0, 6)),
    spot=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
)
def test_a_point_of_a_bar_hits_that_bar(
    data: ChartData, column: int, expanded: frozenset[int], spot: tuple[float, float]
) -> None:
    layout, axis = laid_out(data, column, expanded)
    for each in data.bars:
        box = layout.bar_box(each, axis)
        assert box is not None
        x, y, width, height = box
        px, py = x + int(spot[0] * width), y + int(spot[1] * height)
        hit = layout.hit(px, py, axis)
        assert hit.bar is each
        assert hit.bed_id == each.bed_id
        assert hit.room_id == each.room_id
        start, end = layout.hit(x, py, axis), layout.hit(x + width - 1, py, axis)
        assert (start.edge, end.edge) == ("start", "end")
        assert layout.hit(x + width // 2, py, axis).edge == ""


@unhurried
@given(data=charts(), column=st.integers(14, 120), x=st.integers(0, 4000), y=st.integers(-20, 1200))
def test_what_is_hit_lies_under_the_point(data: ChartData, column: int, x: int, y: int) -> None:
    layout, axis = laid_out(data, column, frozenset({1, 2}))
    hit = layout.hit(x, y, axis)
    if not 0 <= y < layout.height:
        assert hit.row is None
        assert hit.bed_id is None
    elif hit.bed_id is None:
        assert hit.row is not None
        assert hit.row.room_id is None
    else:
        lane = layout.lanes[hit.bed_id]
        assert lane.y - 2 <= y < lane.y + lane.height + 2
        night = date.fromordinal(axis.ordinal(x))
        there = [b for b in data.bars if b.bed_id == hit.bed_id and b.arrive <= night < b.leave]
        assert there == ([hit.bar] if hit.bar is not None else [])


@unhurried
@given(data=charts())
def test_free_beds_are_those_counted_one_by_one(data: ChartData) -> None:
    index = ChartIndex(data)

    def free(bed: BedPlace, night: date) -> bool:
        taken = any(b.bed_id == bed.bed_id and b.arrive <= night < b.leave for b in data.bars)
        closed = any(
            o.room_id == bed.room_id
            and o.bed_id in (None, bed.bed_id)
            and o.start <= night
            and (o.end is None or night < o.end)
            for o in data.outages
        )
        return bed.assignable and not taken and not closed

    for offset in range(DAYS):
        night = data.start + timedelta(days=offset)
        wanted = [bed for bed in data.beds if free(bed, night)]
        assert index.free_on(night) == len(wanted)
        assert index.free_by_type(night) == {
            kind: sum(bed.room_type == kind for bed in wanted) for kind in dict.fromkeys(b.room_type for b in data.beds)
        }
        for room_id in index.rooms:
            assert index.free_in_room(room_id, night) == sum(bed.room_id == room_id for bed in wanted)
    assert index.free_on(data.end) is None


@unhurried
@given(data=charts(), first=st.integers(0, 10), length=st.integers(1, 9))
def test_free_only_shows_rooms_with_a_bed_for_the_whole_time(data: ChartData, first: int, length: int) -> None:
    index = ChartIndex(data)
    begin, end = START + timedelta(days=first), START + timedelta(days=first + length)
    layout = ChartLayout(index, ChartFilter(free=(begin, end)), frozenset())
    nights = [begin + timedelta(days=offset) for offset in range(length)]
    expected = {
        room
        for room, beds in index.rooms.items()
        if any(
            bed.assignable and all(index.is_free(bed.bed_id, n.toordinal(), n.toordinal() + 1) for n in nights)
            for bed in beds
        )
    }
    assert set(layout.room_rows) == expected


def test_filters_by_place_type_and_class() -> None:
    beds = house(rooms=24, floors=4)
    mine = [bar(1, beds[0], TODAY, 2, class_id=7), bar(2, beds[9], TODAY, 2, class_id=8)]
    data = ChartData(START, START + timedelta(days=DAYS), TODAY, beds, tuple(mine))
    index = ChartIndex(data)

    def rooms(**chosen: object) -> set[int]:
        return set(ChartLayout(index, ChartFilter(**chosen), frozenset()).room_rows)  # type: ignore[arg-type]

    assert rooms(building_id=2) == {b.room_id for b in beds if b.building_id == 2}
    assert rooms(floor_id=1) == {b.room_id for b in beds if b.floor_id == 1}
    assert rooms(room_type="三人间") == {b.room_id for b in beds if b.room_type == "三人间"}
    assert rooms(class_id=7) == {beds[0].room_id}
    assert rooms() == {b.room_id for b in beds}
    assert rooms(class_id=7, building_id=2) == set()


def test_floors_have_one_head_each() -> None:
    layout = ChartLayout(
        ChartIndex(ChartData(START, START + timedelta(days=DAYS), TODAY, house(24, 4), ())), ChartFilter(), frozenset()
    )
    heads = [row.title for row in layout.rows if row.room_id is None]
    assert heads == ["明德楼 1层", "明德楼 2层", "致远楼 3层", "致远楼 4层"]


def test_stays_that_hold_no_nights_are_not_drawn() -> None:
    bed = place(1, 1, "201")
    gone = replace(bar(1, bed, TODAY, 3), state=StayState.NO_SHOW)
    index = ChartIndex(ChartData(START, START + timedelta(days=DAYS), TODAY, (bed,), (gone,)))
    assert index.spans[1] == []
    assert index.free_on(TODAY) == 1


@unhurried
@given(width=st.integers(100, 4000), nights=st.integers(1, 400))
def test_columns_fill_the_width(width: int, nights: int) -> None:
    column = DayAxis.column_for(width, nights)
    if 14 < column < 200:
        assert column * nights <= width < (column + 1) * nights
    axis = DayAxis(1000, nights, column)
    assert [axis.ordinal(axis.x(o)) for o in (1000, 1000 + nights)] == [1000, 1000 + nights]
