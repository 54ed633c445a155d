"""Finding the numbers of a text: statistics with their unit and bound, and the numbers that are none.

What is no statistic (dates, telephone numbers, ordinals, document numbers, names such as “334” and 四无, list numbers)
is claimed first, by the patterns of ``ASIDES``; what is left and can be read is a statistic, except Chinese numerals
without a measure word, which belong to a word (三农, 一心一意).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from huoshui.publications.numerals import DIGITS, NUMERAL, Reading, read_numeral, read_tenths
from huoshui.publications.units import PERCENT, UNITS, factor_of, parted

_HAN_NUMBER = rf"[{DIGITS}十百千]+"
_DAY = rf"(?:\d{{1,2}}|{_HAN_NUMBER})\s?[日号]"
_MONTH = rf"(?:\d{{1,2}}|{_HAN_NUMBER})\s?月"
_YEAR = rf"(?:(?:19|20)\d{{2}}|[一二][{DIGITS}]{{3}})\s?年"
_COUNTING = "\\d个所名家处元人件项次户场"
_ROUND = r"[十百千万亿]+(?![一二三四五六七八九])"
"""What stands behind the 数 of 数十万: no number goes on behind it."""
_OPEN, _CLOSE = '“"‘「『', '”"’」』'


class Kind(StrEnum):
    """What a number is."""

    STATISTIC = "statistic"
    DATE = "date"
    PERIOD = "period"
    TIME = "time"
    PHONE = "phone"
    DOCUMENT = "document"
    IDENTIFIER = "identifier"
    ORDINAL = "ordinal"
    LISTING = "listing"
    NAME = "name"
    RANK = "rank"
    AGE = "age"
    VAGUE = "vague"
    WORD = "word"


class Bound(StrEnum):
    """How a printed number bounds what it tells: exactly, at least (以上, 不少于), more than (余, 多, 超过), …"""

    EXACT = "="
    AT_LEAST = ">="
    ODD = ">"
    """余, 多: somewhat more, within the next step of the last digit that is not zero."""
    MORE = ">>"
    """超过, 突破: more, however much."""
    AT_MOST = "<="
    LESS = "<"
    NEARLY = "<~"
    """近: a little less."""
    ABOUT = "~"


@dataclass(frozen=True)
class Mention:
    """A number in a text: where it stands, what it is, and of a statistic its value in units of its quantity's own.

    ``low`` and ``high`` differ of a range; ``step`` is that of the last printed digit.
    """

    start: int
    end: int
    text: str
    kind: Kind
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    unit: str = ""
    bound: Bound = Bound.EXACT

    @property
    def at(self) -> int:
        """Where it stands, behind a quotation mark that it may begin with."""
        return self.start + (self.text[:1] in _OPEN)


ASIDES: list[tuple[Kind, re.Pattern[str]]] = [
    (kind, re.compile(pattern, re.MULTILINE))
    for kind, pattern in (
        (Kind.DOCUMENT, r"[〔［\[【（(](?:19|20)\d{2}[〕］\]】）)]\s?第?\s?\d+\s?号|(?<=[字发令])\s?第?\s?\d+\s?号"),
        (Kind.IDENTIFIER, r"https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+|\d{12,}|[A-Za-z]+-?\d[\dA-Za-z-]*"),
        (Kind.IDENTIFIER, r"\d+[GKDPV](?![A-Za-z])"),
        (Kind.PHONE, r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}\s?[-－—]?\s?\d{7,8}|400-?\d{3}-?\d{4})(?!\d)"),
        (Kind.PHONE, r"(?<=[话线机])[:：]?\s?\d{3,8}(?!\d)|(?<!\d)\d{5}(?=热线)"),
        (Kind.DATE, rf"{_YEAR}\s?{_MONTH}\s?{_DAY}|{_MONTH}\s?{_DAY}"),
        (Kind.DATE, r"(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"),
        (Kind.DATE, rf"(?<=[至到、和—-])\s?{_DAY}(?=[，。；、\s]|$)|{_MONTH}(?:底|初|末|中旬|上旬|下旬)"),
        (Kind.DATE, rf"(?<![\d{DIGITS}十百]){_DAY}(?=[上下]午|晚|当天|在|，)"),
        (Kind.PERIOD, rf"{_YEAR}\s?(?:第?[一二三四1-4]季度|[上下]半年|{_MONTH}份?)?(?![度]?内)|第?[一二三四]季度"),
        (Kind.PERIOD, rf"(?<![\d个]){_MONTH}份?|(?:19|20)\d{{2}}\s?[-—–~～至到]\s?{_YEAR}"),
        (Kind.PERIOD, r"[“\"]?十[一二三四五]五[”\"]?(?=规划|时期|期间|末)"),
        (Kind.TIME, r"(?<!\d)[0-2]?\d[:：][0-5]\d(?!\d)|\d{1,2}\s?[时点](?:\d{1,2}分|整|半)?(?![\d])"),
        (Kind.TIME, r"(?:星期|周|礼拜)[一二三四五六]"),
        (Kind.ORDINAL, rf"第\s?{NUMERAL}\s?(?:{'|'.join(UNITS)})?|[{DIGITS}十]+期(?=工程|项目|建设)"),
        (Kind.LISTING, rf"^[ \t　]*(?:[（(](?:\d{{1,2}}|{_HAN_NUMBER})[)）]|{_HAN_NUMBER}[、.．])"),
        (Kind.LISTING, r"^[ \t　]*\d{1,2}[、.．)）](?!\d)"),
        (Kind.LISTING, r"(?:(?<=[。；：:，,])|^)\s?[一二三四五六七八九十]+(?:是|要)"),
        (Kind.NAME, rf"《[^》]{{0,40}}》|[{_OPEN}][^{_CLOSE}{_OPEN}\d]{{1,8}}[{_CLOSE}]|[{_OPEN}]\d{{2,6}}[{_CLOSE}]"),
        (Kind.NAME, rf"[{_OPEN}][^{_CLOSE}{_OPEN}]{{0,5}}\d+[^{_CLOSE}{_OPEN}{_COUNTING}]{{0,5}}[{_CLOSE}]"),
        (Kind.NAME, r"八项规定|四个(?:意识|自信|全面|最严)|两个(?:维护|确立|一百年|责任)|三个代表|三大(?:攻坚战|革命)"),
        (Kind.RANK, rf"(?:{NUMERAL})\s?(?:强|星级|星)|[{DIGITS}十]+(?:大(?!约|概)|级)|\d+级"),
        (Kind.AGE, rf"(?:{NUMERAL})\s?(?:周岁|岁)"),
        (Kind.IDENTIFIER, r"\d+\s?(?:国道|省道|县道|路(?=公交|车)|号(?=楼|院|线|井|公告|文))"),
        (Kind.IDENTIFIER, r"\d+(?:\.\d+){2,}|\d+(?:\.\d+)?版"),
        (Kind.VAGUE, rf"(?:数|几|好几|上|成){_ROUND}(?:多|余)?|十几|几[个名户家所件处项]|几十"),
    )
]  # fmt: skip
"""In order: what an earlier one claimed, a later one leaves."""
GROWN = re.compile(rf"[{_OPEN}]?([{DIGITS}十]|\d{{1,2}})连[增升冠降跌涨][{_CLOSE}]?")
"""“四连增”: four years on end, the one statistic that is written as a name."""
_UNIT = "|".join(map(re.escape, UNITS))
STATISTIC = re.compile(
    rf"(?P<share>百分之\s?(?P<share_of>{NUMERAL}))"
    rf"|(?P<fraction>(?P<below>[{DIGITS}十]+)分之(?P<above>[{DIGITS}十]+))"
    rf"|(?P<tenths>[{DIGITS}]成(?:[{DIGITS}](?![{DIGITS}]))?(?![立功果为员绩长])(?P<tenths_odd>多|余)?)"
    rf"|(?P<first>{NUMERAL})(?:\s?(?P<first_unit>{_UNIT}|%)?\s?(?:[-–—~～至到])\s?(?P<second>{NUMERAL}))?"
    rf"\s?(?P<odd>多|余|来)?\s?(?P<scale>百万|千万|万亿|万|亿)?\s?(?P<unit>{_UNIT}|%|‰)?(?P<odd_after>多|余)?"
)
BEFORE: list[tuple[Bound, str]] = [
    (Bound.AT_LEAST, "不少于|不低于|不小于|至少|最少|最低|不下|起码"),
    (Bound.AT_MOST, "不超过|不多于|不高于|不大于|至多|最多|最高|控制在|以内"),
    (Bound.MORE, "超过|突破|逾|多于|高于|大于|超出|超"),
    (Bound.LESS, "不足|不到|少于|低于|小于|不满"),
    (Bound.NEARLY, "将近|接近|近"),
    (Bound.ABOUT, "大约|约为|约|大概|左右|上下"),
]
AFTER: list[tuple[Bound, str]] = [
    (Bound.AT_LEAST, "及?以上|起步|之多"),
    (Bound.AT_MOST, "及?以下|以内|之内"),
    (Bound.ABOUT, "左右|上下"),
]
_BEFORE = [(bound, re.compile(rf"(?:{words})(?:了|达|到|达到)?\s?$")) for bound, words in BEFORE]
_AFTER = [(bound, re.compile(rf"\s?(?:{words})")) for bound, words in AFTER]
_FOLD = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
LONGEST_BEFORE = 8
HUNDRED = 100


def folded(text: str) -> str:
    """The same text, as long as before, with full-width digits as plain ones."""
    return text.translate(_FOLD)


def mentions(text: str) -> list[Mention]:
    """Every number of a text, in its order."""
    plain = folded(text)
    found = [
        Mention(one.start(), one.end(), one.group(), Kind.STATISTIC, *_years(one.group(1)), unit="年")
        for one in GROWN.finditer(plain)
    ]
    taken = [*_spans(found)]
    for kind, pattern in ASIDES:
        for one in pattern.finditer(plain):
            start, end = _trimmed(one)
            if not _overlaps(start, end, taken) and _has_number(plain[start:end]):
                found.append(Mention(start, end, plain[start:end], kind))
                taken.append((start, end))
    found += _statistics(plain, taken)
    return sorted(found, key=lambda one: one.start)


def _years(text: str) -> tuple[Fraction, Fraction, Fraction]:
    reading = read_numeral(text)
    value = (reading.value if reading else Fraction(0)) * factor_of("年")
    return value, value, factor_of("年")


def _statistics(plain: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """What is left between the spans that are taken."""
    at = 0
    for start, end in [*sorted(taken), (len(plain), len(plain))]:
        while at < start and (one := STATISTIC.search(plain, at, start)):
            at = one.end()
            if mention := _statistic(plain, one):
                yield mention
        at = max(at, end)


def _statistic(plain: str, one: re.Match[str]) -> Mention | None:
    """A match as a mention; None where it is a numeral that is part of a word."""
    readings = _readings(one)
    if readings is None:
        return None
    low, high, unit = readings
    end = one.end() if one["first"] is None else _end(one)
    text = plain[one.start() : end]
    if one["first"] and low.chinese and not one["second"] and (not unit or low.value == 1):
        return Mention(one.start(), end, text, Kind.WORD)
    if one["first"] and _is_several(plain, one.start()):
        return Mention(one.start(), end, text, Kind.VAGUE)
    factor = factor_of(unit)
    bound, end = _bound(plain, one, end)
    base = parted(unit)[1]
    return Mention(
        one.start(), end, plain[one.start() : end], Kind.STATISTIC,
        low.value * factor, high.value * factor, max(low.step, high.step) * factor, base, bound,
    )  # fmt: skip


def _is_several(plain: str, start: int) -> bool:
    """Whether a number is one of 数十, 几百; in 参保人数2万多人 and 村数十二个 the 数 belongs to the word before."""
    before = plain[max(0, start - 1) : start]
    return before == "几" or (before == "数" and re.match(_ROUND, plain[start:]) is not None)


def _readings(one: re.Match[str]) -> tuple[Reading, Reading, str] | None:
    """The lower and the upper value, and the unit."""
    reading: Reading | None
    if one["share"]:
        reading, unit = read_numeral(one["share_of"]), PERCENT
    elif one["tenths"]:
        reading, unit = read_tenths(one["tenths"].rstrip("多余")), PERCENT
    elif one["fraction"]:
        above, below = read_numeral(one["above"]), read_numeral(one["below"])
        usable = above is not None and below is not None and below.value > 0
        reading, unit = (Reading(above.value * HUNDRED / below.value, Fraction(1), True) if usable else None), PERCENT  # type: ignore[union-attr]
    else:
        return _plain_readings(one)
    return None if reading is None else (reading, reading, unit)


def _plain_readings(one: re.Match[str]) -> tuple[Reading, Reading, str] | None:
    scale = factor_of(f"{one['scale']}个") if one["scale"] else Fraction(1)
    unit = one["unit"] or one["first_unit"] or ""
    low = read_numeral(one["first"])
    high = read_numeral(one["second"]) if one["second"] else low
    if low is None or high is None:
        return None
    low, high = low.times(scale), high.times(scale)
    if high.value < low.value:  # 3-5万: the 万 of the second counts for the first too
        return None
    return _common_scale(one, low, high, unit)


def _common_scale(one: re.Match[str], low: Reading, high: Reading, unit: str) -> tuple[Reading, Reading, str]:
    """Of 8.1万至9万 nothing; of 3至5万 the first is 3万 too."""
    if one["second"] and not one["first_unit"] and one["first"][-1] not in "万亿" and one["second"][-1] in "万亿":
        factor = factor_of(f"{one['second'][-1]}个")
        if low.value * factor <= high.value:
            return low.times(factor), high, unit
    return low, high, unit


def _end(one: re.Match[str]) -> int:
    """Where the number with its unit ends, without blanks behind."""
    return one.start() + len(one.group().rstrip())


def _bound(plain: str, one: re.Match[str], end: int) -> tuple[Bound, int]:
    """The bound that the words beside a number give it, and where these end."""
    odd = any(one[name] for name in ("odd", "odd_after", "tenths_odd"))
    for bound, pattern in _AFTER:
        if behind := pattern.match(plain, end):
            return bound, behind.end()
    if odd and one["unit"] != "年":
        return Bound.ODD, end
    before = plain[max(0, one.start() - LONGEST_BEFORE) : one.start()]
    return next((bound for bound, pattern in _BEFORE if pattern.search(before)), Bound.EXACT), end


def _trimmed(one: re.Match[str]) -> tuple[int, int]:
    text = one.group()
    return one.start() + len(text) - len(text.lstrip()), one.end() - len(text) + len(text.rstrip())


def _has_number(text: str) -> bool:
    return re.search(rf"[\d{DIGITS}十百千万亿]", text) is not None


def _spans(found: list[Mention]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)


def in_unit(mention: Mention, unit: str) -> Mention:
    """A number without a unit in one that stands elsewhere, such as in a table's head."""
    factor, bare = factor_of(unit), parted(unit)[1]
    return replace(mention, low=mention.low * factor, high=mention.high * factor, step=mention.step * factor, unit=bare)


def shifted(mention: Mention, bound: Bound) -> Mention:
    """The same mention under another bound: of 分别在250元、142元以上 the 以上 counts for both."""
    return replace(mention, bound=bound)
