"""Whatever is moved, taken out and put back: no question is lost, doubled or changed."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from dangxiao_houqin.modules.surveys.domain.default_questionnaire import default_content
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, check_content
from dangxiao_houqin.modules.surveys.domain.rules import SurveyRules
from dangxiao_houqin.modules.surveys.question_codes import CodeBook
from dangxiao_houqin.modules.surveys.ui.questionnaire_draft import Draft, Place

WAYS = st.sampled_from(["up", "down", "move", "remove", "restore"])
STEPS = st.lists(st.tuples(WAYS, st.integers(0, 10**6)), max_size=40)


def texts(draft: Draft) -> Counter[str]:
    return Counter(question.text for question in draft.content().questions)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_moving_and_restoring_loses_nothing(steps: list[tuple[str, int]]) -> None:
    draft = Draft(default_content(SurveyRules()))
    whole = texts(draft)
    taken: list[Counter[str]] = []
    for what, at in steps:
        places = list(draft.places())
        if what == "restore":
            assert (draft.restore() is not None) == bool(taken)
            del taken[-1:]
        elif places:
            place = places[at % len(places)]
            if what in ("up", "down"):
                draft.step(place, -1 if what == "up" else 1)
            elif what == "remove":
                before = texts(draft)
                draft.remove(place)
                taken.append(before - texts(draft))
            else:
                group = at // len(places) % len(draft.groups)
                size = len(draft.groups[group].questions)
                before_what = Place(group, at % (size + 1)) if place.is_question else Place(group)
                now = draft.move(place, before_what)
                assert 0 <= now.group < len(draft.groups)
        assert texts(draft) + sum(taken, Counter()) == whole
        assert [question.number for question in draft.content().questions] == list(range(1, draft.count + 1))
    while draft.restore() is not None:
        pass
    assert texts(draft) == whole


WORDS = st.text("清洁安静热水口味", min_size=1, max_size=4)
CONTENTS = st.lists(
    st.tuples(st.sampled_from(["住宿", "餐饮", "图书馆", "体育馆"]), st.lists(WORDS, min_size=1, max_size=5)),
    min_size=1,
    max_size=4,
    unique_by=lambda group: group[0],
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CONTENTS, min_size=1, max_size=5))
def test_codes_name_one_question_for_ever(years: list[list[tuple[str, list[str]]]]) -> None:
    """In any number of versions: codes are unique within one, and a code never stands for two questions."""
    numbers: dict[str, count[int]] = {}

    def next_number(key: str) -> int:
        return next(numbers.setdefault(key, count(1)))

    stored: list[Content] = []
    for year in years:
        groups = tuple(QuestionGroup("", title, tuple(Question(0, "", w) for w in words)) for title, words in year)
        content = CodeBook(stored).fill(Content("表", ("好", "较好", "一般", "差"), groups), frozenset(), next_number)
        check_content(content)
        stored.append(content)
    asked: dict[str, set[tuple[str, str]]] = {}
    for content in stored:
        for group in content.groups:
            for question in group.questions:
                asked.setdefault(question.code, set()).add((group.title, question.text))
    assert all(len(senses) == 1 for senses in asked.values())
    first = {(g.title, q.text): q.code for c in reversed(stored) for g in c.groups for q in reversed(g.questions)}
    for content in stored:  # asked again, a question has its first code
        for group in content.groups:
            for question in {q.text: q for q in reversed(group.questions)}.values():
                assert question.code == first[group.title, question.text]
