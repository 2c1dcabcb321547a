"""A questionnaire as a workbook: written so that it can be edited and read again, read with every row checked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from pathlib import Path

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, A4_LANDSCAPE, Sheet, Table, TableColumn
from dangxiao_houqin.documents.sheets import Book, a1, cell_text, read_book
from dangxiao_houqin.documents.sheets import Sheet as ReadSheet
from dangxiao_houqin.documents.xlsx_write import write_form
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import GROUP_KEYS
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    LONGEST_TEXT,
    MOST_OPTIONS,
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
    check_content,
)
from dangxiao_houqin.modules.surveys.question_codes import CodeBook

QUESTIONS, WORDS = "题目", "说明"
_TITLE, _INTRO, _THANKS, _LEVELS = "标题", "填表说明", "感谢语", "量表"
_YES, _NO = "是", "否"

HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "题号", "编号"),
    "group": ("分组", "类别", "模块", "服务项目", "测评项目", "项目"),
    "text": ("题目", "测评内容", "评价内容", "问题", "题干", "内容"),
    "kind": ("题型", "类型", "题目类型", "题目形式"),
    "required": ("必答", "是否必答", "必填"),
    "not_experienced": ("未体验", "可选未体验", "未体验选项"),
    "options": ("选项", "备选项", "可选项"),
    "limit": ("最多选", "限选", "最多可选", "限选项数"),
    "length": ("字数", "字数上限", "字数限制"),
}
_COLUMNS = (
    TableColumn("序号", 12, "center"),
    TableColumn("分组", 26),
    TableColumn("题目", 90),
    TableColumn("题型", 16, "center"),
    TableColumn("必答", 14, "center"),
    TableColumn("未体验", 16, "center"),
    TableColumn("选项", 50),
    TableColumn("最多选", 16, "center"),
    TableColumn("字数", 14, "center"),
)
_NOTES = (
    "题型填：评分、是否、单选、多选、文字；空着算评分。选项一行一个（Alt+Enter 换行），或用分号隔开。",
    "分组空着表示与上一行同组；必答、未体验填“是”或“否”；最多选空着表示不限。代号由程序生成，不用填。",
)
_FIELD_OF = {word: key for key, words in HEADERS.items() for word in words}
_TITLE_ROWS = 15
_KINDS = {kind.label: kind for kind in QuestionKind} | {
    "量表": QuestionKind.SCALE,
    "打分": QuestionKind.SCALE,
    "满意度": QuestionKind.SCALE,
    "评价": QuestionKind.SCALE,
    "判断": QuestionKind.YES_NO,
    "是非": QuestionKind.YES_NO,
    "是/否": QuestionKind.YES_NO,
    "填空": QuestionKind.TEXT,
    "问答": QuestionKind.TEXT,
    "简答": QuestionKind.TEXT,
    "开放": QuestionKind.TEXT,
}
_MARK = re.compile(r"^(?:[A-Za-z]|\d{1,2}|[①-⑳])[.、．:：)）]\s*")
_TRUE = frozenset({"是", "√", "✓", "必答", "必填", "有", "1", "Y", "YES", "TRUE"})
_FALSE = frozenset({"否", "×", "选答", "选填", "无", "0", "N", "NO", "FALSE", "-", "/"})


# ------------------------------------------------------------------------------------------------- writing
def write_questionnaire_book(progress: Progress, path: Path, content: Content) -> Path:
    """Write ``content`` to a workbook of two sheets; reading it again gives the same questions."""
    rows: list[tuple[object, ...]] = []
    for group in content.groups:
        for question in group.questions:
            scale, multiple = question.kind is QuestionKind.SCALE, question.kind is QuestionKind.MULTIPLE
            rows.append(
                (
                    len(rows) + 1,
                    group.title,
                    question.text,
                    question.kind.label,
                    _YES if question.required else _NO,
                    (_YES if question.not_experienced else _NO) if scale else "",
                    _joined(question.options),
                    question.limit if multiple and question.limit else "",
                    question.length if question.kind is QuestionKind.TEXT else "",
                )
            )
    words = (
        (_TITLE, content.title),
        (_INTRO, content.intro),
        (_THANKS, content.thanks),
        (_LEVELS, "\n".join(content.levels)),
    )
    columns = (TableColumn("项目", 30), TableColumn("内容", 130))
    write_form(
        path,
        (
            Sheet(QUESTIONS, Table(_COLUMNS, rows), A4_LANDSCAPE, notes=_NOTES),
            Sheet(WORDS, Table(columns, words), A4, notes=("量表从好到差一行一个，4 级或 5 级。",)),
        ),
        progress=progress,
    )
    return path


def _joined(options: tuple[str, ...]) -> str:
    """On one line where that can be divided again."""
    return ("；" if all(_split(option) == (option,) for option in options) else "\n").join(options)


# ------------------------------------------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row of the file with what became of it; ``problem`` is one sentence, empty when the row is in order."""

    row: int
    number: int
    group: str
    text: str
    kind: str
    detail: str = ""
    problem: str = ""


@dataclass(frozen=True)
class QuestionnaireBook:
    """A workbook that was read: what it says, every row with its verdict, and what is wrong with the whole.

    ``content`` may be used only without a single problem; its codes and keys are made when it is saved.
    """

    name: str
    content: Content
    lines: tuple[SheetLine, ...]
    flaws: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Every sentence: of the whole first, then row by row."""
        return (*self.flaws, *(f"第 {line.row} 行：{line.problem}" for line in self.lines if line.problem))


@dataclass
class _Row:
    """Reads the cells of one row and keeps the first thing that is wrong."""

    sheet: ReadSheet
    columns: dict[str, int]
    row: int
    problem: str = ""

    def complain(self, key: str, sentence: str) -> None:
        if not self.problem:
            place = a1(self.row, self.columns[key]) if key in self.columns else ""
            self.problem = f"{place} {sentence}".strip()

    def raw(self, key: str) -> str:
        if key not in self.columns:
            return ""
        if (self.row, self.columns[key]) in self.sheet.unresolved:
            self.complain(key, "单元格是没有结果的公式，请改成文字。")
            return ""
        return cell_text(self.sheet.value(self.row, self.columns[key])).strip()

    def text(self, key: str, longest: int = 1000) -> str:
        found = re.sub(r"\s+", " ", self.raw(key)).strip()
        if len(found) > longest:
            self.complain(key, f"最多 {longest} 个字，现在有 {len(found)} 个。")
        return found

    def truth(self, key: str, default: bool) -> bool:
        found = unicodedata.normalize("NFKC", self.text(key)).upper()
        if found in _TRUE or found in _FALSE:
            return found in _TRUE
        if found:
            self.complain(key, f"请填“是”或“否”，现在是“{found}”。")
        return default

    def whole(self, key: str, default: int, most: int) -> int:
        found = unicodedata.normalize("NFKC", self.text(key))
        if not found or found in {"不限", "-", "/"}:
            return default
        digits = re.fullmatch(r"[≤<=]*\s*(\d{1,4})\s*(?:项|个|字|个字)?", found)
        if digits is None or not 1 <= int(digits[1]) <= most:
            self.complain(key, f"请填 1 到 {most} 的整数，现在是“{found}”。")
            return default
        return int(digits[1])

    def options(self) -> tuple[str, ...]:
        """The choices, without letters or numbers before them where all have one."""
        found = _split(self.raw("options"))
        marked = [_MARK.match(option) for option in found]
        return tuple(
            option[mark.end() :] if mark and all(marked) else option for option, mark in zip(found, marked, strict=True)
        )


def _split(text: str) -> tuple[str, ...]:
    """Lines; else parts between semicolons or bars; between 、 only where there is nothing else."""
    for separators in (r"[\n\r]+", r"[；;|｜]+", r"[、，,/]+"):
        parts = tuple(part.strip() for part in re.split(separators, text) if part.strip())
        if len(parts) > 1:
            return parts
    return parts


def read_questionnaire_book(progress: Progress, path: Path, levels: tuple[str, ...] = ()) -> QuestionnaireBook:
    """Read ``path``; ``levels`` are used where the file names none.

    Raises :class:`InvalidInput` when there is no table of questions in it.
    """
    return parse_questionnaire(read_book(path, progress), levels, progress)


def parse_questionnaire(
    book: Book, levels: tuple[str, ...] = (), progress: Progress = no_progress
) -> QuestionnaireBook:
    """Find the questions in the first sheet that has some, and the words around them in any sheet."""
    found = next(((sheet, head) for sheet in book.sheets if (head := _head(sheet)) is not None), None)
    if found is None:
        raise InvalidInput(f"“{book.name}”里没有找到题目，表头要有“题目”一列；可先导出一份问卷作为样表。")
    sheet, (first, columns) = found
    lines, groups = _read_rows(sheet, first, columns, progress)
    if not lines:
        raise InvalidInput(f"“{book.name}”的表头下面没有题目，没有可导入的内容。")
    words = _words(book, skip=sheet)
    said = _split(words.get(_LEVELS, ""))
    stem = Path(book.name).stem
    content = Content(words.get(_TITLE) or stem[:60], said or levels, groups)
    if _INTRO in words:
        content = replace(content, intro=words[_INTRO])
    if _THANKS in words:
        content = replace(content, thanks=words[_THANKS])
    return QuestionnaireBook(book.name, content, lines, _flaws(content, lines))


def _head(sheet: ReadSheet) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(sheet.rows[:_TITLE_ROWS], start=1):
        columns: dict[str, int] = {}
        for column, value in enumerate(row, start=1):
            word = re.sub(r"[\s*＊:：]|[（(].*[)）]", "", unicodedata.normalize("NFKC", cell_text(value)))
            if (key := _FIELD_OF.get(word)) is not None:
                columns.setdefault(key, column)
        if "text" in columns and len(columns) > 1:
            return number, columns
    return None


@dataclass
class _Groups:
    """Groups in order of appearance; a title that comes again goes on with its group."""

    found: dict[str, list[Question]] = field(default_factory=dict)
    current: str = ""

    def enter(self, title: str) -> None:
        self.current = title
        self.found.setdefault(title, [])

    def add(self, question: Question) -> None:
        self.found[self.current].append(question)

    def done(self) -> tuple[QuestionGroup, ...]:
        return tuple(
            QuestionGroup(GROUP_KEYS.get(title, ""), title, tuple(questions))
            for title, questions in self.found.items()
            if questions
        )


def _read_rows(
    sheet: ReadSheet, head: int, columns: dict[str, int], progress: Progress
) -> tuple[tuple[SheetLine, ...], tuple[QuestionGroup, ...]]:
    lines: list[SheetLine] = []
    groups = _Groups()
    for number in range(head + 1, sheet.height + 1):
        if number % 50 == 0:
            progress(number / sheet.height, f"正在读取第 {number} 行")
        row = _Row(sheet, columns, number)
        group, text = row.text("group", 20), row.text("text", 100)
        if not text and not any(row.raw(key) for key in ("kind", "options")):
            heading = group or row.text("number")
            if heading and not heading.isdigit() and len(heading) <= 20:  # 一、住宿 on a line of its own
                groups.enter(_bare(heading))
            continue
        if group:
            groups.enter(_bare(group))
        elif not groups.current:
            groups.enter("总体")
        question = _read_question(row, text)
        groups.add(question)
        lines.append(
            SheetLine(number, len(lines) + 1, groups.current, text, question.kind.label, _detail(question), row.problem)
        )
    return tuple(lines), groups.done()


def _bare(title: str) -> str:
    """A group's title without its numeral: ``一、住宿``, ``(二) 餐饮``."""
    return re.sub(r"^[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*", "", title) or title


def _read_question(row: _Row, text: str) -> Question:
    if not text:
        row.complain("text", "题目没有填写。")
    named = unicodedata.normalize("NFKC", row.text("kind")).removesuffix("题")
    kind = _KINDS.get(named)
    if kind is None and named:
        row.complain("kind", f"不认识题型“{named}”，请填：评分、是否、单选、多选、文字。")
    options = row.options()
    if kind is None:
        kind = QuestionKind.SINGLE if options and not named else QuestionKind.SCALE
    choosing = kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
    if choosing and not 2 <= len(options) <= MOST_OPTIONS:
        row.complain("options", f"要有 2 到 {MOST_OPTIONS} 个选项，现在有 {len(options)} 个。")
    elif choosing and len(set(options)) != len(options):
        row.complain("options", "有两个选项相同，请改掉一个。")
    elif choosing and (long := next((option for option in options if len(option) > 40), "")):
        row.complain("options", f"选项“{long[:10]}…”太长，最多 40 个字。")
    limit = row.whole("limit", 0, max(len(options), 1)) if kind is QuestionKind.MULTIPLE else 0
    length = row.whole("length", 200, LONGEST_TEXT) if kind is QuestionKind.TEXT else 200
    required = row.truth("required", kind is not QuestionKind.TEXT)
    not_experienced = row.truth("not_experienced", True) if kind is QuestionKind.SCALE else False
    return Question(0, "", text, kind, required, not_experienced, options if choosing else (), limit, length)


def _detail(question: Question) -> str:
    said = [] if question.required else ["选答"]
    if question.kind is QuestionKind.SCALE and not question.not_experienced:
        said.append("没有“未体验”")
    if question.options:
        said.append("、".join(question.options))
    if question.limit:
        said.append(f"最多选 {question.limit} 项")
    if question.kind is QuestionKind.TEXT:
        said.append(f"{question.length} 字以内")
    return "；".join(said)


def _words(book: Book, skip: ReadSheet) -> dict[str, str]:
    """Title, introduction, thanks and scale: a word in one cell and what it is in the next."""
    found: dict[str, str] = {}
    for sheet in book.sheets:
        if sheet is skip:
            continue
        for row in sheet.rows:
            cells = [cell_text(value).strip() for value in row]
            for word, said in pairwise(cells):
                if word in (_TITLE, _INTRO, _THANKS, _LEVELS) and said:
                    found.setdefault(word, said)
    return found


def _flaws(content: Content, lines: tuple[SheetLine, ...]) -> tuple[str, ...]:
    """What is wrong beside the rows; while rows are wrong nothing else is looked for."""
    if any(line.problem for line in lines):
        return ()
    numbers = count(1)
    try:
        check_content(CodeBook(()).fill(content, frozenset(), lambda _: next(numbers)))
    except InvalidInput as error:
        return (error.message,)
    return ()
