"""Units and measure words as they are printed: what each measures, and whether two can mean the same figure."""

from __future__ import annotations

from fractions import Fraction

from huoshui.publications.numerals import MULTIPLIERS

PERCENT = "%"
SAME, ALIKE, UNSAID, NEVER = 1.0, 0.9, 0.75, 0.0
"""How well a printed unit fits: the same measure, two measure words for one thing, no unit printed, never."""

_SQUARE_METRES_OF_MU = Fraction(2000, 3)
MEASURED: dict[str, dict[str, Fraction]] = {
    "money": {"元": Fraction(1), "块": Fraction(1)},
    "area": {
        "平方米": Fraction(1), "平米": Fraction(1), "亩": _SQUARE_METRES_OF_MU, "公顷": Fraction(10**4),
        "平方公里": Fraction(10**6),
    },
    "length": {"米": Fraction(1), "公里": Fraction(1000), "千米": Fraction(1000), "里": Fraction(500)},
    "volume": {"立方米": Fraction(1), "方": Fraction(1)},
    "mass": {"吨": Fraction(1000), "公斤": Fraction(1), "千克": Fraction(1), "斤": Fraction(1, 2)},
    "share": {PERCENT: Fraction(1), "‰": Fraction(1, 10)},
    "points": {"个百分点": Fraction(1), "百分点": Fraction(1)},
    "duration": {
        "分钟": Fraction(1, 60), "小时": Fraction(1), "课时": Fraction(1), "学时": Fraction(1),
    },
    "days": {"天": Fraction(1), "日": Fraction(1), "周": Fraction(7), "个工作日": Fraction(1)},
    "years": {"年": Fraction(12), "个月": Fraction(1)},
    "score": {"分": Fraction(1)},
    "energy": {"千瓦": Fraction(1), "兆瓦": Fraction(1000), "千瓦时": Fraction(1), "度": Fraction(1)},
}  # fmt: skip
"""Measures by quantity, each unit in parts of its quantity's own."""
PEOPLE = ("人", "名", "位", "口", "个人")
TIMES = ("次", "场", "场次", "期", "班次", "批次", "批", "轮", "届", "回")
TURNS = ("人次",)
COUNTED = (
    "个", "所", "家", "处", "起", "件", "条", "项", "户", "份", "张", "座", "栋", "幢", "间", "套", "台", "辆", "棵",
    "株", "盏", "门", "支", "种", "类", "部", "本", "册", "篇", "只", "头", "面", "片", "对", "组", "班", "层", "道",
    "眼", "宗", "例", "笔", "幅", "床", "席", "节", "倍", "村", "村次", "户次", "件次", "处次", "艘", "架", "枚", "封",
    "则", "款",
)  # fmt: skip
"""Measure words of things; 个 stands for any of them."""
ANY = "个"

_QUANTITY = {unit: quantity for quantity, units in MEASURED.items() for unit in units}
_KIND = {
    **dict.fromkeys(PEOPLE, "people"), **dict.fromkeys(TIMES, "times"), **dict.fromkeys(TURNS, "turns"),
    **dict.fromkeys(COUNTED, "things"), **_QUANTITY,
}  # fmt: skip
UNITS = tuple(sorted(_KIND, key=len, reverse=True))
"""Every unit that is known, the longest first."""
_LOOSE = {
    frozenset({"people", "things"}): 0.5,
    frozenset({"times", "things"}): 0.6,
    frozenset({"turns", "people"}): 0.4,
}
"""Kinds of measure word that are sometimes taken for one another."""


def parted(unit: str) -> tuple[int, str]:
    """万元 as 10,000 and 元; a unit without a multiplier as 1 and itself."""
    for word in sorted(MULTIPLIERS, key=len, reverse=True):
        if unit.startswith(word) and unit != word:
            return MULTIPLIERS[word], unit[len(word) :]
    return 1, unit


def factor_of(unit: str) -> Fraction:
    """How many of its quantity's own unit one of it is: of 万元 10,000, of 亩 666⅔."""
    multiplier, bare = parted(unit)
    quantity = _QUANTITY.get(bare)
    return multiplier * (MEASURED[quantity][bare] if quantity else Fraction(1))


def fit(printed: str, told: str) -> float:
    """How well a printed unit fits that of an indicator, 0 to 1."""
    printed, told = parted(printed)[1], parted(told)[1]
    if printed == told:
        return SAME
    if not printed:
        return NEVER if told == PERCENT else UNSAID
    one, other = _KIND.get(printed), _KIND.get(told)
    if one is None or other is None:
        return NEVER
    if one == other:
        return SAME if one != "things" else ALIKE if ANY in (printed, told) else 0.8
    return _LOOSE.get(frozenset({one, other}), NEVER)
