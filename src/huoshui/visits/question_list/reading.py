"""Reading a question list: every row as a typed question, every fault with its row and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.kernel.workbooks import Book, Line, place_in, read_book
from huoshui.visits.question_list.words import COLUMNS, NEEDED, NO, TYPE_OF, TYPES, YES

HEADER_WITHIN = 10
SEPARATORS = re.compile(r"\s*[、；;|｜/\n]\s*")


@dataclass(frozen=True)
class Row:
    """One question as it is written. ``number``: by which conditions name it; ``at``: its row in the sheet."""

    at: int
    number: int
    question: str
    type: str
    options: tuple[str, ...]
    unit: str
    required: bool
    condition: str
    hint: str
    section: str
    photo: bool


@dataclass
class QuestionList:
    """What a file asks, and what is wrong with it."""

    sheet: str = ""
    columns: dict[str, int] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def where(self, key: str) -> str:
        """The column of a key, for people; the sheet alone where there is none."""
        at = self.columns.get(key)
        return place_in(self.sheet) if at is None else place_in(self.sheet, at + 1, self.headings[at])

    def refuse(self, code: str, row: int | None, key: str, **params: object) -> None:
        """Something that keeps the list from being published."""
        self.problems.append(Problem(code, "file", row, params, self.where(key)))


def read_questions(data: bytes, name: str) -> QuestionList:
    """The questions of the first sheet that has any. Raises what ``read_book`` raises."""
    book = read_book(data, name)
    if book.problems:
        raise Refusal.of(book.problems)
    found = _header(book)
    if found is None:
        return QuestionList(problems=[Problem("question_list.no_header", "file", row=1)])
    sheet, at, read = found
    for line in book.sheets[sheet][at + 1 :]:
        _take(read, line)
    if not read.rows and not read.problems:
        read.refuse("question_list.empty", None, "question")
    return read


def _header(book: Book) -> tuple[str, int, QuestionList] | None:
    by_word = {word: key for key, words in COLUMNS.items() for word in words}
    for sheet, lines in book.sheets.items():
        for at, line in enumerate(lines[:HEADER_WITHIN]):
            plain = [re.sub(r"[\s*（(].*$", "", cell) for cell in line.cells]
            columns = {by_word[cell]: position for position, cell in reversed([*enumerate(plain)]) if cell in by_word}
            if all(key in columns for key in NEEDED):
                return sheet, at, QuestionList(sheet, columns, line.cells)
    return None


def _take(read: QuestionList, line: Line) -> None:
    def cell(key: str) -> str:
        at = read.columns.get(key, len(line.cells))
        return line.cells[at].strip() if at < len(line.cells) else ""

    if not cell("question") and not cell("type"):
        return
    if not cell("question"):
        read.refuse("value.required", line.number, "question", label=COLUMNS["question"][0])
        return
    kind = TYPE_OF.get(cell("type"))
    if kind is None:
        known = listed(words[0] for words in TYPES.values())
        read.refuse("question_list.type", line.number, "type", value=cell("type") or "—", known=known)
        kind = "text"
    options = tuple(part for part in SEPARATORS.split(cell("options")) if part) if kind in ("one", "many") else ()
    if kind in ("one", "many"):
        _check_options(read, line.number, cell("question"), options)
    number = int(cell("number")) if cell("number").isdigit() else len(read.rows) + 1
    read.rows.append(
        Row(
            line.number, number, cell("question"), kind, options, cell("unit"),
            _said(read, line.number, "required", cell("required"), absent=True),
            cell("condition"), cell("hint"), cell("section"),
            _said(read, line.number, "photo", cell("photo"), absent=False),
        )
    )  # fmt: skip


def _check_options(read: QuestionList, row: int, name: str, options: tuple[str, ...]) -> None:
    if len(options) < 2:
        read.refuse("question_list.options", row, "options", name=name)
    for option in {option for option in options if options.count(option) > 1}:
        read.refuse("question_list.option_twice", row, "options", name=name, value=option)


def _said(read: QuestionList, row: int, key: str, text: str, *, absent: bool) -> bool:
    if text in YES or text in NO:
        return text in YES
    if text:
        read.refuse("question_list.yes_no", row, key, heading=COLUMNS[key][0], value=text)
    return absent
