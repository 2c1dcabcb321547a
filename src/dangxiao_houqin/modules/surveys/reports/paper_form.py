"""满意度测评表 (C.16): the questionnaire on paper.  How it is drawn is in :mod:`.paper_form_layout`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, QuestionKind

NUMBER_WIDTH: Final = 10.0
LEVEL_WIDTH: Final = 14.0
"""mm; what a question says takes the rest of 165."""

NAMELESS: Final = "无记名，"
HOW_TO: Final = "请在相应栏内打“√”。"


@dataclass(frozen=True)
class PaperForm:
    """What stands on the sheet: no name, no unit, no number of the sheet.

    ``subject`` is the class and heads the title; ``not_experienced`` adds the column 未体验; ``edition`` tells the
    clerk who enters it which version was printed.
    """

    content: Content
    subject: str = ""
    not_experienced: bool = True
    edition: str = ""

    @property
    def title(self) -> str:
        """``{class}后勤服务满意度测评表``."""
        said = self.content.title
        return said if said.startswith(self.subject) else f"{self.subject}{said}"

    @property
    def intro(self) -> str:
        """What stands under the title: the questionnaire's own words, and how to fill the sheet in."""
        said = self.content.intro.strip()
        nameless = "" if "匿名" in said or "无记名" in said else NAMELESS
        return said if HOW_TO in said else f"{said}{nameless}{HOW_TO}"

    @property
    def with_not_experienced(self) -> bool:
        """Whether the column 未体验 stands on the sheet: asked for, and offered by some question."""
        return self.not_experienced and any(
            question.not_experienced and question.kind is QuestionKind.SCALE for question in self.content.questions
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the columns to tick."""
        return (*self.content.levels, "未体验") if self.with_not_experienced else self.content.levels


def paper_form_pdf(data: PaperForm, progress: Progress = no_progress) -> bytes:
    """满意度测评表 on A4, on several pages where the questions do not fit on one."""
    from .paper_form_layout import draw_paper_form

    return draw_paper_form(data, progress)
