"""The workbook that an office fills in: the columns, an example in each type, and what each column takes."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from huoshui.visits.question_list.words import COLUMNS, TYPES

WIDTHS = {"question": 34, "options": 34, "condition": 18, "hint": 30}
USUAL = 9
ROWS = 500
EXAMPLE = (
    ("1", "村里有没有公共厕所", "是否", "", "", "是", "", "能用的才算", "基本情况", ""),
    ("2", "公共厕所几座", "数字", "", "座", "是", "1=是", "", "基本情况", ""),
    ("3", "主要是哪一种", "单选", "水冲、三格化粪池、旱厕", "", "是", "1=是", "", "基本情况", ""),
    ("4", "配有什么", "多选", "洗手池、照明、扶手、都没有", "", "否", "1=是", "", "管护", ""),
    ("5", "还有什么要说的", "备注", "", "", "否", "", "", "管护", ""),
)
SHEET, ABOUT = "题目", "怎么填"
SAID = (
    ("序号", "题号，条件里用它指前面的题；不写就按先后数。"),
    ("问题", "必填，一行一题。不要问姓名、证件号、电话。"),
    ("类型", "必填：" + "、".join(words[0] for words in TYPES.values()) + "。"),
    ("选项", "单选、多选才写，用顿号或竖线分开。"),
    ("单位", "数字、小数的单位，如 座、平方米；不写记作“个”，发布后不能改。"),
    ("必填", "是或否；不写就是“是”。"),
    ("条件", "什么时候才问：题号=答案，如 1=是；2>=3；几个条件用“且”或“或”。"),
    ("说明", "填写时显示在题目下面。"),
    ("部分", "分成几部分的，写部分的名称；不写就接着上一题。"),
    ("拍照", "写“是”的，要拍一张照片才能提交。"),
)


def template() -> bytes:
    """An .xlsx with five example questions, to be overwritten."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = SHEET
    sheet.append([words[0] for words in COLUMNS.values()])
    for row in EXAMPLE:
        sheet.append(list(row))
    for at, key in enumerate(COLUMNS, start=1):
        head = sheet.cell(1, at)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="EFEAE0")
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(key, USUAL)
    for line in sheet.iter_rows(min_row=2, max_row=sheet.max_row):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    keys = list(COLUMNS)
    for key, words in (
        ("type", [words[0] for words in TYPES.values()]),
        ("required", ["是", "否"]),
        ("photo", ["是", "否"]),
    ):
        letter = get_column_letter(keys.index(key) + 1)
        listed = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        listed.add(f"{letter}2:{letter}{ROWS}")
        sheet.add_data_validation(listed)
    sheet.freeze_panes = "A2"
    about = book.create_sheet(ABOUT)
    for said in SAID:
        about.append(list(said))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 10, 70
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
