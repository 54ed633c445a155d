"""The columns of a question list and the words that its cells may hold: Chinese, as offices write them."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "题号"),
    "question": ("问题", "题目"),
    "type": ("类型", "题型"),
    "options": ("选项",),
    "unit": ("单位",),
    "required": ("必填", "必答"),
    "condition": ("条件", "显示条件"),
    "hint": ("说明", "填写说明"),
    "section": ("部分", "分组"),
    "photo": ("拍照",),
}
"""Keys with their headings; the first one is the template's."""
NEEDED = ("question", "type")
TYPES: dict[str, tuple[str, ...]] = {
    "yes_no": ("是否", "是非", "判断"),
    "one": ("单选", "单选题"),
    "many": ("多选", "多选题"),
    "whole": ("数字", "整数"),
    "decimal": ("小数",),
    "text": ("文字", "填空"),
    "long": ("长文字", "备注"),
    "date": ("日期",),
}
"""Types with the words for them; the first one is the template's."""
TYPE_OF = {word: code for code, words in TYPES.items() for word in words}
YES, NO = ("是", "要", "必填", "必答", "√"), ("否", "不", "不必", "选填")
UNIT = "个"
"""Of a number that says none."""
DECIMALS = 2
