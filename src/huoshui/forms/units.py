"""Units of forms: which can be turned into which, and by what factor."""

from __future__ import annotations

from fractions import Fraction

PREFIXES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}
AREAS = {"平方米": Fraction(1), "㎡": Fraction(1), "亩": Fraction(2000, 3), "公顷": Fraction(10_000)}
"""In square metres; a mu is 1/15 of a hectare."""
LENGTHS = {"米": Fraction(1), "公里": Fraction(1000), "千米": Fraction(1000)}
COUNTED = (
    "元", "个", "人", "人次", "户", "件", "处", "次", "间", "张", "座", "名", "项", "家", "台", "村", "分", "天",
    "小时", "吨", "场", "条", "所", "份", "套", "辆", "%", "％", "‰", "立方米",
)  # fmt: skip
SAME = {"％": "%", "名": "人", "㎡": "平方米", "千米": "公里"}


def is_unit(text: str) -> bool:
    """Whether a word is a unit that is known here."""
    return _split(text.strip())[1] != ""


def factor(given: str, wanted: str) -> Fraction | None:
    """By what a number in one unit is multiplied to be in another; None when it cannot be."""
    if not wanted or SAME.get(given, given) == SAME.get(wanted, wanted):
        return Fraction(1)
    own, of_own = _split(given)
    other, of_other = _split(wanted)
    return own / other if of_own and of_own == of_other else None


def _split(unit: str) -> tuple[Fraction, str]:
    """A unit as a multiple of its plain one: 万元 is 10,000 元; ("", 1) for what is none."""
    unit = SAME.get(unit, unit)
    for table, plain in ((AREAS, "平方米"), (LENGTHS, "米")):
        if unit in table:
            return table[unit], plain
    if unit == "‰":
        return Fraction(1, 10), "%"
    if unit in COUNTED:
        return Fraction(1), unit
    times = PREFIXES.get(unit[:1])
    rest = SAME.get(unit[1:], unit[1:])
    if times and rest in (*COUNTED, "亩", "平方米"):
        of_rest, plain = _split(rest)
        return times * of_rest, plain
    return Fraction(1), ""
