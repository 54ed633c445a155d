"""A published checklist as an .xlsx that a clerk can read, print and edit."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import BORDER, set_value
from huoshui.packs.actions import within_reach
from huoshui.packs.models import PackVersion
from huoshui.visits.exchange import layout
from huoshui.visits.exchange.layout import CHOICES, HEAD, HEAD_ROWS, HELP, ITEMS, MARKS, SECTIONS, TABLES, Column
from huoshui.visits.exchange.rows import head_of, rows_of
from huoshui.visits.exchange.source import source_of, tidied
from huoshui.visits.exchange.words import Vocabulary, vocabulary
from huoshui.visits.schema import Checklist

HEAD_FILL = PatternFill("solid", fgColor="EDEDED")
CODE_FONT = Font(color="7A7A7A")
WRAPPED = Alignment(wrap_text=True, vertical="top")
SPARE_ROWS = 200
"""Rows below the last for which the drop-downs still work."""
A4 = 9
LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds."""
MOST_DIGITS = 15
"""Digits that Excel keeps of a number; a longer one is written as text."""
NUMBERS = frozenset(
    {
        *(
            "points",
            "step",
            "per_finding",
            "most_off",
            "limit",
            "minimum",
            "maximum",
            "decimals",
            "photos",
            "fails_below",
        ),
        *("max_length", "fewest", "most"),
        *("drop_highest", "drop_lowest", "minimum_judges", "quorum", "lists.red", "lists.blue"),
    }
)
HELP_LINES = (
    "怎么用：在“细则”“部分”“条目”“档次”“加减分”各表里改，存盘，回到网页上“从 Excel 更新”。"
    "先试算，逐处列出会怎样变，确认后才发布。",
    "新增：在表的末尾或中间加一行，代码留空。去掉：删掉整行。换次序：移动整行，次序照表里的行来。",
    "同名的部分或条目，后面带〔代码〕以示区别，引用时照写。",
    "导出之后网页上有人改过的，各改各的会合在一起；改到同一处的，列出两边的写法，不会盖掉谁的。",
    "不要改表名和各表第一行的列名；不要合并单元格。",
    "已经开始的轮次仍用原来的版本，以后组织的用新版本。",
)


def checklist_workbook(version: PackVersion, checklist: Checklist) -> bytes:
    """The workbook of a checklist of this version, for whoever may see the version.

    Raises checklist_file.too_long for a text longer than a cell of Excel.
    """
    definition = tidied(source_of(checklist))
    words = vocabulary(within_reach(version), definition)
    book = Workbook()
    book.remove(book.worksheets[0])
    _head_sheet(book, definition, words)
    rows = rows_of(definition, words)
    for name, columns in TABLES.items():
        _table(book, name, columns, rows[name])
    _help_sheet(book)
    _choices(book, words)
    _validations(book)
    marks = book.create_sheet(MARKS)
    marks.sheet_state = "veryHidden"
    for row in (("format", layout.FORMAT), ("pack", version.pack), ("version", version.number)):
        marks.append(row)
    marks.append(("checklist", checklist.code))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head_sheet(book: Workbook, definition: dict[str, Any], words: Vocabulary) -> None:
    sheet = _sheet(book, HEAD, [("项目", 26), ("内容", 44), ("说明", 60)])
    values = head_of(definition, words)
    for at, column in enumerate(HEAD_ROWS, start=2):
        _put(sheet, at, 1, column.heading, bold=True)
        _put(sheet, at, 2, _typed(column.key, values.get(column.key, "")))
        _put(sheet, at, 3, column.help)
        sheet.cell(at, 3).font = CODE_FONT
    mark = demonstration_mark()
    if mark:
        sheet.oddHeader.center.text = mark


def _table(book: Workbook, name: str, columns: tuple[Column, ...], rows: list[dict[str, str]]) -> None:
    sheet = _sheet(book, name, [(column.heading, column.width) for column in columns])
    for at, row in enumerate(rows, start=2):
        for position, column in enumerate(columns, start=1):
            _put(sheet, at, position, _typed(column.key, row.get(column.key, "")))
            if column.key == "code":
                sheet.cell(at, position).font = CODE_FONT
    keys = [column.key for column in columns]
    sheet.freeze_panes = f"{get_column_letter(keys.index('name.zh') + 2)}2"


def _help_sheet(book: Workbook) -> None:
    sheet = _sheet(book, HELP, [("表", 12), ("列", 24), ("怎么填", 80)])
    row = 2
    for line in HELP_LINES:
        _put(sheet, row, 3, line)
        row += 1
    for name, columns in {HEAD: HEAD_ROWS, **TABLES}.items():
        for column in columns:
            if not column.help and not column.choices:
                continue
            closed = layout.CLOSED.get(column.choices)
            offered = f"可选：{'、'.join(closed.values())}。" if closed else ""
            for at, text in enumerate((name, column.heading, column.help + offered), start=1):
                _put(sheet, row, at, text)
            row += 1


def _sheet(book: Workbook, name: str, columns: list[tuple[str, int]]) -> Any:
    sheet: Any = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", A4, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for at, (heading, width) in enumerate(columns, start=1):
        _put(sheet, 1, at, heading, bold=True)
        sheet.cell(1, at).fill = HEAD_FILL
        sheet.column_dimensions[get_column_letter(at)].width = width
    return sheet


def _put(sheet: Any, row: int, column: int, value: Any, *, bold: bool = False) -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        raise Refusal("checklist_file.too_long", length=len(value), limit=LONGEST_CELL, begins=value[:20])
    set_value(cell, value)
    cell.alignment, cell.border = WRAPPED, BORDER
    if bold:
        cell.font = Font(bold=True)


def _typed(key: str, text: str) -> Any:
    """A number as a number, as far as Excel keeps its digits."""
    if key in NUMBERS and text and len(text.replace(".", "")) <= MOST_DIGITS:
        return Decimal(text)
    return text


def _choices(book: Workbook, words: Vocabulary) -> None:
    """The lists of the drop-downs, each as a named range of a hidden sheet."""
    sheet: Any = book.create_sheet(CHOICES)
    sheet.sheet_state = "hidden"
    for at, (name, labels) in enumerate(words.lists.items(), start=1):
        offered = list(labels.by_code.values())
        for row, label in enumerate(offered, start=1):
            set_value(sheet.cell(row, at), label)
        if offered:
            letter = get_column_letter(at)
            where = f"{quote_sheetname(CHOICES)}!${letter}$1:${letter}${len(offered)}"
            book.defined_names[f"list_{name}"] = DefinedName(f"list_{name}", attr_text=where)


def _validations(book: Workbook) -> None:
    for name, source in (("sections", SECTIONS), ("items", ITEMS)):
        keys = [column.key for column in TABLES[source]]
        letter, last = get_column_letter(keys.index("name.zh") + 1), book[source].max_row + SPARE_ROWS
        where = f"{quote_sheetname(source)}!${letter}$2:${letter}${last}"
        book.defined_names[f"list_{name}"] = DefinedName(f"list_{name}", attr_text=where)
    for sheet_name, columns in TABLES.items():
        sheet: Any = book[sheet_name]
        for at, column in enumerate(columns, start=1):
            if column.choices and f"list_{column.choices}" in book.defined_names:
                letter = get_column_letter(at)
                _closed(sheet, column, f"{letter}2:{letter}{sheet.max_row + SPARE_ROWS}")
    at = next(row for row, column in enumerate(HEAD_ROWS, start=2) if column.key == "missing")
    _closed(book[HEAD], HEAD_ROWS[at - 2], f"B{at}")


def _closed(sheet: Any, column: Column, cells: str) -> None:
    # What names other rows is offered but not closed: two of one name are told apart by their codes.
    closed = column.choices not in ("sections", "items")
    offered = DataValidation("list", formula1=f"list_{column.choices}", allow_blank=True, showErrorMessage=closed)
    offered.error = f"请从下拉表里选“{column.heading}”。"
    sheet.add_data_validation(offered)
    offered.add(cells)
