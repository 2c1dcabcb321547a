"""意见建议处理单 on paper: all of C.36, nothing lost of long texts, signatures never alone on a page."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

import pytest

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS_VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    Feedback,
    SaveSuggestion,
    SuggestionRow,
    SuggestionSource,
    SuggestionState,
)
from dangxiao_houqin.modules.surveys.printouts import load_suggestion_form
from dangxiao_houqin.modules.surveys.reports.suggestion_form import SuggestionForm, suggestion_form_pdf
from tests.support.paper import RARE_NAMES, pdf_pages, pdf_sizes, squeezed

Unit = Callable[..., AbstractContextManager[Ctx]]

DONE = SuggestionRow(
    id=1,
    version=1,
    number="YJ-2026-0007",
    source=SuggestionSource.PHONE,
    campaign_id=None,
    campaign="",
    question=None,
    received_on=date(2026, 3, 2),
    first_contact=RARE_NAMES[0],
    from_whom=RARE_NAMES[1],
    contact="0571-12345678",
    category="住宿",
    content="热水在晚上十点后不热",
    department_id=1,
    department="公寓管理科",
    handler_id=1,
    handler=RARE_NAMES[2],
    due_on=date(2026, 3, 9),
    state=SuggestionState.CLOSED,
    result="更换循环泵",
    reply="已修好，谢谢",
    replied_on=date(2026, 3, 5),
    feedback=Feedback.MOSTLY,
    closed_on=date(2026, 3, 6),
    days_late=-4,
)


def _pages(row: SuggestionRow) -> list[str]:
    data = suggestion_form_pdf(SuggestionForm(row, "中共岚溪县委党校（虚构）", "分管校领导"))
    assert set(pdf_sizes(data)) == {(210, 297)}
    return [squeezed(text) for text in pdf_pages(data)]


def test_everything_a_case_has_stands_on_one_page() -> None:
    (page,) = _pages(DONE)
    for words in (
        "中共岚溪县委党校（虚构）",
        "意见建议处理单",
        "编号：YJ-2026-0007",
        "□电话",
        "收到时间2026年3月2日",
        f"首问责任人{RARE_NAMES[0]}",
        RARE_NAMES[1],
        "0571-12345678",
        "热水在晚上十点后不热",
        "承办部门公寓管理科",
        RARE_NAMES[2],
        "办理期限2026年3月9日",
        "更换循环泵",
        "已修好，谢谢",
        "回复时间2026年3月5日",
        "办结时间2026年3月6日",
        "□基本满意",
        "承办人（签字）：",
        "分管校领导（签字）：",
    ):
        assert words in page, words
    assert page.count("√") == 2, "source and feedback"


def test_a_case_just_registered_leaves_room_to_write() -> None:
    fresh = replace(
        DONE, from_whom="", contact="", department="", handler="", due_on=None, result="", reply="", replied_on=None
    )
    (page,) = _pages(replace(fresh, feedback=None, closed_on=None, state=SuggestionState.RECEIVED))
    assert "匿名" in page
    assert page.count("√") == 1
    assert "承办人（签字）：" in page


@pytest.mark.parametrize("seed", range(12))
def test_long_texts_go_on_over_the_page_and_signatures_stay_whole(seed: int) -> None:
    """Any lengths: nothing is lost, doubled or out of order, and the block of signatures is whole and has company."""
    drawn = random.Random(seed)
    plain = set("".join(_pages(replace(DONE, content="", result="", reply="")))) | set("续共页第")
    letters = [char for char in map(chr, range(0x5000, 0x5F00)) if char not in plain]
    texts = ["".join(drawn.choices(letters, k=drawn.choice((3, 120, 400, 430, 460, 700, 1000)))) for _ in range(3)]
    pages = _pages(replace(DONE, content=texts[0], result=texts[1], reply=texts[2]))
    known = set(letters)
    assert "".join(char for page in pages for char in page if char in known) == "".join(texts)
    above, _, block = pages[-1].partition("回复时间")
    for words in ("满意度", "承办人（签字）：", "分管校领导（签字）："):
        assert words in block
    assert sum(page.count("（签字）") for page in pages) == 2
    assert known & set(above), "signatures never stand alone"
    assert all("YJ-2026-0007" in page for page in pages)


def test_how_to_reach_somebody_is_printed_for_the_office_only(unit: Unit) -> None:
    with unit() as ctx:
        form = SaveSuggestion(SuggestionSource.FACE, "停车场太暗", ctx.today(), from_whom="李某", contact="0571-1")
        made = services.save_suggestion(ctx, form)
    with unit(read_only=True) as ctx:
        office = load_suggestion_form(ctx, made)
        assert (office.row.contact, office.leader, office.printed_at) == ("0571-1", "分管领导", ctx.now())
        with pytest.raises(NotFound, match="已不在了"):
            load_suggestion_form(ctx, 999)
    with unit(read_only=True, actor=Actor(5, "别人", frozenset({SUGGESTIONS_VIEW.key}))) as ctx:
        assert load_suggestion_form(ctx, made).row.contact == ""
