"""Reading one numeral as it is printed: 1,200 · 17.2 · 8.1亿 · 三百六十 · 十七点二 · 两千 · 三万五 · 三成五.

Exact throughout: a value is a ``Fraction``, and beside it stands the step of its last printed digit, by which rounding
is told from a difference. Whole Chinese numerals are read by cn2an; its decimals are binary fractions, ours are not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

import cn2an

DIGITS = "零〇一二两三四五六七八九"
CHINESE = DIGITS + "十百千万亿"
DIGIT_OF = {"零": 0, "〇": 0, "两": 2} | {word: at for at, word in enumerate("零一二三四五六七八九")}
MULTIPLIERS = {"百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
TENTH = 10
PERCENT_IN_A_TENTH = 10
LONGEST = 30
"""A numeral of more characters than this is none that a publication prints."""

_ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_CHINESE = rf"[{DIGITS}十][{CHINESE}]*(?:点[{DIGITS}]+[万亿]*)?"
_MULTIPLIER = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))
NUMERAL = rf"(?:{_ARABIC}\s?(?:{_MULTIPLIER})?|{_CHINESE})"
"""Pattern of a numeral with its 万 or 亿."""
_WHOLE_ARABIC = re.compile(rf"({_ARABIC})\s?({_MULTIPLIER})?")
_WHOLE_CHINESE = re.compile(rf"([{DIGITS}十百千万亿]+)(?:点([{DIGITS}]+)([万亿]*))?")


@dataclass(frozen=True)
class Reading:
    """A numeral's value, and the step of its last printed digit: 8.1亿 is 810,000,000 in steps of 10,000,000."""

    value: Fraction
    step: Fraction
    chinese: bool = False

    def times(self, factor: Fraction | int) -> Reading:
        """The same in a unit so many times smaller."""
        return Reading(self.value * factor, self.step * factor, self.chinese)


def read_numeral(text: str) -> Reading | None:
    """The value of a numeral, with 万 and 亿 counted in; None when it is none that is read."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > LONGEST:
        return None
    if found := _WHOLE_ARABIC.fullmatch(text):
        return _arabic(found.group(1).replace(",", ""), found.group(2))
    if found := _WHOLE_CHINESE.fullmatch(text):
        return _chinese(found.group(1), found.group(2) or "", found.group(3) or "")
    return None


def read_tenths(text: str) -> Reading | None:
    """三成 and 三成五 as percent: 30 and 35; None when it is none."""
    whole, mark, rest = text.partition("成")
    first = read_numeral(whole)
    if not mark or first is None:
        return None
    if rest and rest in DIGIT_OF:
        return Reading(first.value * PERCENT_IN_A_TENTH + DIGIT_OF[rest], Fraction(1), True)
    return first.times(PERCENT_IN_A_TENTH) if not rest else None


def _arabic(digits: str, multiplier: str | None) -> Reading:
    behind = len(digits.partition(".")[2])
    factor = MULTIPLIERS[multiplier] if multiplier else 1
    return Reading(Fraction(digits) * factor, Fraction(factor, TENTH**behind))


def _chinese(whole: str, behind: str, multiplier: str) -> Reading | None:
    factor = MULTIPLIERS.get(multiplier, 1 if not multiplier else 0)
    value = _whole(whole)
    if value is None and not behind and whole[-1:] in ("万", "亿"):  # 一万万元: ten thousand times 万元
        first = _whole(whole[:-1])
        return Reading(Fraction(first), Fraction(1), True).times(MULTIPLIERS[whole[-1]]) if first else None
    if value is None or not factor:
        return None
    if not behind:
        return Reading(Fraction(value), _step(whole, value), True)
    digits = "".join(str(DIGIT_OF[digit]) for digit in behind)
    step = Fraction(factor, TENTH ** len(digits))
    return Reading(Fraction(value) * factor + int(digits) * step, step, True)


def _whole(text: str) -> int | None:
    try:
        return int(cn2an.cn2an(text.replace("〇", "零"), "normal"))
    except ValueError:
        return None


def _step(text: str, value: int) -> Fraction:
    """三百六十万 ends in 万 and says nothing below it; 三百六十 is exact."""
    for word, factor in (("亿", 10**8), ("万", 10**4)):
        if text.endswith(word) and value % factor == 0:
            return Fraction(factor)
    return Fraction(1)
