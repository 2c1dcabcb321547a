"""满意度测评表: the measures of C.16, nothing of the person, nothing lost on long questionnaires."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count

import pypdfium2
import pytest

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import default_content
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.domain.rules import SurveyRules
from dangxiao_houqin.modules.surveys.printouts import load_paper_form
from dangxiao_houqin.modules.surveys.question_codes import CodeBook
from dangxiao_houqin.modules.surveys.reports.paper_form import PaperForm, paper_form_pdf

Unit = Callable[..., AbstractContextManager[Ctx]]
MM = 25.4 / 72


def filled(content: Content) -> Content:
    numbers = count(1)
    return CodeBook(()).fill(content, frozenset(), lambda _: next(numbers))


def standard(scale: str = "five") -> Content:
    return filled(default_content(SurveyRules(scale=scale)))  # type: ignore[arg-type]


def pages_of(form: PaperForm) -> list[str]:
    document = pypdfium2.PdfDocument(paper_form_pdf(form))
    texts = []
    for page in document:
        assert [round(size * MM) for size in page.get_size()] == [210, 297]
        text_page = page.get_textpage()
        texts.append(re.sub(r"\s", "", text_page.get_text_bounded()))
        text_page.close()
        page.close()
    document.close()
    return texts


def lines_of(form: PaperForm) -> set[float]:
    """Where vertical lines of the first page stand, mm from the left."""
    document = pypdfium2.PdfDocument(paper_form_pdf(form))
    page = document[0]
    found: set[float] = set()
    for part in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, _, right, _ = part.get_bounds()
        found |= {round((left * MM) * 2) / 2, round((right * MM) * 2) / 2}
    page.close()
    document.close()
    return found


def test_the_columns_are_as_wide_as_the_form_says() -> None:
    """C.16: 10 + 85 + 5 x 14 within margins of 25 and 20; 未体验 takes its 14 from what is asked."""
    without = {25.0, 35.0, 120.0, 134.0, 148.0, 162.0, 176.0, 190.0}
    assert without <= lines_of(PaperForm(standard(), not_experienced=False))
    with_column = (without - {120.0}) | {106.0, 120.0}
    assert with_column <= lines_of(PaperForm(standard()))
    assert 120.0 not in lines_of(PaperForm(standard("four"), not_experienced=False))


def test_the_standard_questionnaire_stands_on_two_pages() -> None:
    first, second = pages_of(PaperForm(standard(), "2026年秋季中青班", edition="后勤　第1版"))
    assert first.startswith("2026年秋季中青班后勤服务满意度测评表")
    assert "请在相应栏内打“√”" in first
    for words in ("一、住宿", "二、餐饮", "三、教学保障", "非常不满意", "未体验", "请继续填写下一页"):
        assert words in first
    assert "第1页共2页" in first
    assert "序号" in second  # the header again
    for words in ("四、总体", "□是", "最多选3项", "200字以内", "填表日期", "感谢您的评价"):
        assert words in second
    for forbidden in ("姓名", "单位", "电话", "编号"):
        assert forbidden not in first + second


@pytest.mark.parametrize("subject", ("", "后勤服务"))
def test_the_class_heads_the_title_once(subject: str) -> None:
    assert PaperForm(standard(), subject).title == "后勤服务满意度测评表"


def test_a_form_that_says_nothing_of_names_says_so() -> None:
    content = filled(Content("表", ("甲", "乙", "丙", "丁"), default_content(SurveyRules()).groups, intro="请评价。"))
    assert PaperForm(content).intro == "请评价。无记名，请在相应栏内打“√”。"


def test_nothing_is_lost_on_a_long_questionnaire() -> None:
    long = tuple(Question(0, "", f"{n}号题" + "长" * 90) for n in range(50))
    options = tuple(f"选项{n}" + "也长" * 15 for n in range(20))
    rest = (
        Question(0, "", "选几项", QuestionKind.MULTIPLE, options=options),
        Question(0, "", "愿不愿意", QuestionKind.YES_NO),
        Question(0, "", "说说", QuestionKind.TEXT, length=500),
    )
    content = filled(
        Content(
            "长" * 60,
            ("非常满意", "比较满意", "一般", "不太满意", "非常不满意"),
            (QuestionGroup("", "图书馆", long), QuestionGroup("", "其他", rest)),
            intro="说明" * 100,
            thanks="谢谢" * 100,
        )
    )
    pages = pages_of(PaperForm(content, "班" * 60))
    text = "".join(pages)
    for question in content.questions:
        assert question.text[:6] in text
    assert text.count("长" * 10) >= 50
    assert all(f"选项{n}也" in text for n in range(20))
    assert text.count("谢谢") >= 100
    assert sum("测评内容" in page for page in pages) == sum("号题" in page for page in pages)


def test_a_version_is_loaded_with_its_edition(unit: Unit) -> None:
    with unit() as ctx:
        saved = services.ensure_questionnaire(ctx)
        form = load_paper_form(ctx, saved.version_id, "中青班", False)
        assert form.edition == "后勤服务满意度测评表　第1版"
        assert form.title.startswith("中青班")
        with pytest.raises(NotFound):
            load_paper_form(ctx, 999)
