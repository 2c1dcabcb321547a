"""Questionnaires as workbooks: out and in again, other people's tables, and every wrong cell by its address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from openpyxl import Workbook

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
    SaveVersion,
)
from dangxiao_houqin.modules.surveys.queries.questionnaires import get_version
from dangxiao_houqin.modules.surveys.transfer.questionnaire_sheet import (
    QuestionnaireBook,
    read_questionnaire_book,
    write_questionnaire_book,
)

from .ballots import LEVELS

Unit = Callable[..., AbstractContextManager[Ctx]]

TRICKY = Content(
    "=1+1 测评表",
    ("好", "较好", "一般", "差"),
    (
        QuestionGroup(
            "",
            "图书馆",
            (
                Question(0, "", "座位够不够", not_experienced=False, required=False),
                Question(0, "", "最想要的", QuestionKind.SINGLE, options=("空调、网络", "5.1 假期开放", "A 座")),
                Question(0, "", "可选几项", QuestionKind.MULTIPLE, options=("甲；乙", "丙"), limit=1),
                Question(0, "", "不限项数", QuestionKind.MULTIPLE, options=("甲", "乙")),
            ),
        ),
        QuestionGroup("", "总体", (Question(0, "", "说说看", QuestionKind.TEXT, required=False, length=50),)),
    ),
    intro="请如实填写。",
    thanks="谢谢",
)


def sheet(path: Path, *rows: tuple[object, ...]) -> QuestionnaireBook:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return read_questionnaire_book(no_progress, path, LEVELS)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("standard", (True, False))
def test_what_is_written_can_be_read_and_is_the_same_questionnaire(unit: Unit, tmp_path: Path, standard: bool) -> None:
    with unit() as ctx:
        if standard:
            saved = services.ensure_questionnaire(ctx)
        else:
            saved = services.save_version(ctx, SaveVersion("图书馆", TRICKY))
        content = get_version(ctx, saved.version_id).content
    book = read_questionnaire_book(no_progress, write_questionnaire_book(no_progress, tmp_path / "a.xlsx", content))
    assert book.problems == ()
    assert [line.number for line in book.lines] == list(range(1, len(content.questions) + 1))
    with unit() as ctx:
        again = services.save_version(ctx, SaveVersion("再来一份", book.content))
        assert get_version(ctx, again.version_id).content == content


def test_a_table_of_another_office_is_understood(tmp_path: Path) -> None:
    book = sheet(
        tmp_path / "他校问卷.xlsx",
        ("后勤服务测评",),
        ("序号", "测评内容", "题目类型", "选项", "备注"),
        ("一、住宿",),
        (1, "房间"),
        (2, "热水", "打分题"),
        ("二、食堂",),
        (3, "最好的", "单选题", "A.早餐\nB.午餐\nC.晚餐"),
        (4, "推荐吗", "是非题"),
        (),
        (5, "意见", "问答题"),
    )
    assert book.problems == ()
    assert [(group.title, len(group.questions)) for group in book.content.groups] == [("住宿", 2), ("食堂", 3)]
    assert book.content.groups[0].key == "lodging"
    assert [q.kind.value for q in book.content.questions] == ["scale", "scale", "single", "yes_no", "text"]
    assert book.content.questions[2].options == ("早餐", "午餐", "晚餐")
    assert (book.content.title, book.content.levels) == ("他校问卷", LEVELS)
    assert not book.content.questions[4].required


def test_every_row_has_its_verdict_with_the_cell(tmp_path: Path) -> None:
    book = sheet(
        tmp_path / "错.xlsx",
        ("分组", "题目", "题型", "必答", "未体验", "选项", "最多选", "字数"),
        ("住宿", "房间", "评分", "是", "否"),
        ("", "口味", "五星"),
        ("", "", "评分"),
        ("", "最需改进", "多选", "", "", "甲；乙", 3),
        ("", "只一项", "单选", "", "", "甲"),
        ("", "两样", "单选", "", "", "甲；甲"),
        ("", "意见", "文字", "也许", "", "", "", 200),
        ("", "意见", "文字", "否", "", "", "", 9999),
        ("", "题" * 101),
    )
    assert [line.problem.split()[0] if line.problem else "" for line in book.lines] == [
        "",
        "C3",
        "B4",
        "G5",
        "F6",
        "F7",
        "D8",
        "H9",
        "B10",
    ]
    assert len(book.problems) == 8
    assert book.problems[0].startswith("第 3 行：")


def test_what_is_wrong_with_the_whole_is_said_too(tmp_path: Path) -> None:
    rows = [("题目", "题型"), *((f"问题{n}", "评分") for n in range(61))]
    assert "最多 60 道" in sheet(tmp_path / "多.xlsx", *rows).problems[0]
    with pytest.raises(InvalidInput, match="没有找到题目"):
        sheet(tmp_path / "名单.xlsx", ("姓名", "电话"), ("张三", "139"))
    with pytest.raises(InvalidInput, match="没有题目"):
        sheet(tmp_path / "空.xlsx", ("题目", "题型"))
