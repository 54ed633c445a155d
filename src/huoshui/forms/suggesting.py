"""What a cell probably asks, from the words around it: proposals to accept or not, each with how sure it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.queries import indicators
from huoshui.figures.schema import Indicator
from huoshui.figures.succession import counted_instead
from huoshui.forms.grid import Book, GridCell, Sheet, position
from huoshui.forms.headings import Around, around
from huoshui.forms.lists import MATTERS, ORDER, RowList, row_lists
from huoshui.forms.schema import ATTRIBUTE, TARGET, CellSpec
from huoshui.forms.units import factor, is_unit
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

BEST, LEAST, SURE = 3, 45, 75
"""Proposals of a cell; percent below which none is made, and from which it counts as sure."""
PAST = re.compile(r"上年同期|上年度?|去年同期|去年")
LAST = re.compile(r"上期|上月|上季度?|上半年")
YEAR = re.compile(r"(20\d\d)\s*年")
AIMED = re.compile(r"目标|计划|任务|预计|拟[建增办]")
TARGETED = re.compile(r"目标(?:数|值|任务)?|计划(?:数|值)|任务数")
"""Words that ask for a target and for nothing else."""
NOISE = re.compile(r"[（(\[].*?[）)\]]|[\s:：、，,。/／]|其中|当年|本年度?|本期|全年|情况|合计|数量|总数|个数")
FACT_WORDS = (
    ("place_name", re.compile(r"^(行政)?村名$|^村(社区)?名称|^单位名称|^地点名称|^村（社区）$|^所在村")),
    ("place_code", re.compile(r"(区划|行政区划|统计用区划)?代码$")),
    ("town", re.compile(r"^(所属)?乡镇|所在乡镇|乡（镇）")),
    ("district", re.compile(r"^(所属)?(县区|区县|县（区）)")),
    ("unit", re.compile(r"填报单位|报送单位|填表单位")),
    ("person", re.compile(r"填报人|填表人|经办人")),
    ("today", re.compile(r"填报(日期|时间)|填表(日期|时间)|报送(日期|时间)|^日期$")),
    ("period", re.compile(r"统计(期间|时段)|报告期|所属期")),
    ("year", re.compile(r"^年[度份]$")),
)
FACT_SURE, DOUBTED = 90, 55
REMARKS = re.compile(r"(备注|备考|附注|说明|原因|问题|措施|责任人|联系人|电话|联系方式|审[核批]人?|签[字名章]|意见)$")
"""What is headed so asks for words, whatever the headings beside it say."""
AMOUNTS = re.compile(
    r"数[量值据]?|金额|实际|完成|累计|总[数计]|小计|结果|指标值|实绩|本年度?|今年|当年|本期|本[季月]度?|期末|现有"
)
"""Headings of columns that ask for the row's figure as it is."""
RUNNING = 2
"""Open cells one below the other under a heading, from which on they are rows of a list."""
TOTALS = re.compile(r"合计|总计|小计|全区|全县|全乡|全镇|本级")
"""Row headings that ask nothing of their own."""


@dataclass(frozen=True)
class Suggestion:
    """A spec that a cell may be given. ``sure``: 0 to 100, a measure of likeness and no probability."""

    spec: CellSpec
    sure: int
    name: str
    why: str

    @property
    def is_sure(self) -> bool:
        return self.sure >= SURE


def suggestions(book: Book, sheet: str, cell: str, place: Place) -> list[Suggestion]:
    """The likeliest specs of a cell, the surest first."""
    words = around(book, sheet, cell)
    found = [*_facts(words), *_records(book, sheet, cell, words)]
    if not any(REMARKS.search(label) for label in (words.nearest, *words.column[-1:])):
        found += _figures(words, place, _latest_year(book, sheet))
    if not words.row and words.column and _is_row_of_list(book, sheet, cell):
        found = [one if one.spec.kind == "record" else _doubted(one) for one in found]
    found.sort(key=lambda one: -one.sure)
    return found[:BEST]


def _is_row_of_list(book: Book, name: str, cell: str) -> bool:
    """Whether a cell without a heading of its own row stands in a column of such: each asks of another record."""
    sheet = book.sheet(name)
    row, column = position(cell)
    beside = [sheet.cell(row + step, column) for step in (-1, 1)] if sheet else []
    return sum(one is not None and one.is_open and not around(book, name, one.at).row for one in beside) + 1 >= RUNNING


def _doubted(one: Suggestion) -> Suggestion:
    return replace(one, sure=min(one.sure, DOUBTED))


def _facts(words: Around) -> list[Suggestion]:
    found = []
    label = NOISE_KEPT.sub("", words.nearest).strip("：:")
    for code, pattern in FACT_WORDS:
        if pattern.search(label):
            found.append(Suggestion(CellSpec(kind="fact", fact=code), FACT_SURE, label, _("表头写着“%s”") % label))
    for kind in all_current("place_kinds").values():
        for field in kind.attributes:
            sure = likeness(label, str(field.name.zh))
            if sure >= SURE and not any(one.spec.fact == f"{ATTRIBUTE}{field.code}" for one in found):
                spec = CellSpec(kind="fact", fact=f"{ATTRIBUTE}{field.code}", unit=words.unit)
                found.append(Suggestion(spec, sure, str(field.name), _("与地点信息“%s”相近") % field.name))
    return found


NOISE_KEPT = re.compile(r"\s")


def _records(book: Book, name: str, cell: str, words: Around) -> list[Suggestion]:
    """Lists whose columns are called like the headings beside each other here: at least three of them."""
    sheet = book.sheet(name)
    if sheet is None or not words.column:
        return []
    row, _column = position(cell)
    heads = {_plain(text) for at in range(1, sheet.columns + 1) if (text := _heading(sheet, row, at))}
    own, title = _plain(words.column[-1]), _title(sheet)
    found = []
    for known in row_lists().values():
        columns = {_plain(label): code for code, label in known.columns.items()}
        hits = len(heads & columns.keys() - {_plain(known.columns[ORDER])})
        code = columns.get(own)
        if hits >= BEST and code and not words.row[1:]:
            # Lists of matters share their first columns: of those that fit alike, the one that the title speaks of.
            sure = min(95, 55 + 8 * hits + likeness(title, known.name) // 20)
            spec = CellSpec(kind="record", rows=known.code, column=code, which=_which(known, sheet))
            why = _("表头有 %(hits)s 栏与“%(list)s”相同") % {"hits": hits, "list": known.name}
            found.append(Suggestion(spec, sure, f"{known.name} {known.columns[code]}", why))
    return found


def _which(known: RowList, sheet: Sheet) -> Any:
    """Of matters: those of the period, unless the title speaks of what is still open."""
    going = known.code.startswith(MATTERS) and re.search(r"未销号|未办结|在办|未整改", _title(sheet))
    return "going" if going else "opened"


def _title(sheet: Sheet) -> str:
    """What stands first in a sheet."""
    return next((cell.text for cell in sheet.cells.values() if cell.text.strip()), "")


def _heading(sheet: Sheet, row: int, column: int) -> str:
    for at in range(row - 1, 0, -1):
        cell: GridCell | None = sheet.cell(at, column)
        if cell is not None and not cell.is_open:
            return cell.text
    return ""


def _latest_year(book: Book, name: str) -> int:
    """The latest year that a sheet speaks of: the one that it is filled for. 0: none."""
    sheet = book.sheet(name)
    texts = [cell.text for cell in sheet.cells.values()] if sheet else []
    return max((int(year) for text in texts for year in YEAR.findall(text)), default=0)


def _period_asked(text: str, latest: int) -> tuple[Any, bool]:
    """The period that headings ask for, and whether that is certain: 2016年 is last year on a sheet of 2017."""
    years = YEAR.findall(text)
    if years and latest:
        back = latest - int(years[-1])
        return ("year_ago" if back == 1 else "own"), back in (0, 1)
    return ("year_ago" if PAST.search(text) else "before" if LAST.search(text) else "own"), True


def _figures(words: Around, place: Place, latest: int) -> list[Suggestion]:
    row, column, where = _without_place(words, place)
    text = " ".join((*row, *column))
    period, certain = _period_asked(text, latest)
    asked = _Asked(row, column)
    found = []
    for code, known in indicators().items():
        if code in counted_instead():
            continue
        sure = _weighed(asked.likeness(known.name.zh), known, words.unit)
        aimed = bool(AIMED.search(text)) and not AIMED.search(known.name.zh)
        if not certain or not asked.plainly(known.name.zh) or (aimed and not TARGETED.search(text)):
            sure = min(sure, DOUBTED)  # another year's, or an aim: what was reached is no answer to that
        if sure >= LEAST:
            unit = words.unit if factor(known.unit, words.unit) not in (None, 1) else ""
            part: Any = TARGET if aimed else "value"
            spec = CellSpec(kind="figure", indicator=code, part=part, period=period, place=where, unit=unit)
            name = _("%(name)s的目标") % {"name": known.name} if aimed else str(known.name)
            found.append(Suggestion(spec, sure, name, _why(known, words.unit, unit)))
    return found


class _Asked:
    """What the headings of a cell ask, without what only says when, where or in which unit."""

    def __init__(self, row: tuple[str, ...], column: tuple[str, ...]) -> None:
        self._row, self._column = _timeless(row), _timeless(column)

    def likeness(self, name: str) -> int:
        """How much the headings sound like a name, 0 to 100."""
        words = {*self._row, *self._column, "".join(self._row), "".join(self._column)}
        words |= {"".join((*self._row, *self._column))}
        return max(likeness(word, name) for word in words)

    def plainly(self, name: str) -> bool:
        """Whether nothing beside the name is asked: by the row's nearest heading, nor by its column."""
        if not self._row:
            return True
        own = likeness("".join(self._row), name) >= LEAST and _shares(self._row[-1], name)
        rest = "".join(word for word in self._column if not _shares(word, name))
        return own and not AMOUNTS.sub("", rest)


def _timeless(words: tuple[str, ...]) -> list[str]:
    plain = (_plain(YEAR.sub("", TARGETED.sub("", PAST.sub("", LAST.sub("", word))))) for word in words)
    return [word for word in plain if word and not is_unit(word)]


def _shares(word: str, name: str) -> bool:
    """Whether a word has two characters beside each other, or all of it, in common with a name."""
    return bool(_pairs(word) & _pairs(_plain(name))) or word in name


def _why(known: Indicator, unit: str, other: str) -> str:
    if other:
        return _("表头与指标名称相近，表上要 %(wanted)s，自动换算") % {"wanted": other}
    if unit:
        return _("表头与指标名称相近，单位相符")
    return _("表头与指标名称相近")


def _weighed(sure: int, known: Indicator, unit: str) -> int:
    """A unit that fits makes surer; one that cannot be turned into the other speaks against it."""
    if not unit:
        return sure
    return min(99, sure + 10) if factor(known.unit, unit) is not None else sure - 40


def _without_place(words: Around, place: Place) -> tuple[tuple[str, ...], tuple[str, ...], Any]:
    """The headings without those that name a place below, and which of the two named one."""
    below = _names_below(place)
    row = tuple(word for word in words.row if word not in below and not TOTALS.fullmatch(word))
    column = tuple(word for word in words.column if word not in below)
    where = "row" if len(row) < len(words.row) else "column" if len(column) < len(words.column) else "own"
    return row, column, where


def _names_below(place: Place) -> set[str]:
    rows = Place.objects.under(place.path).exclude(pk=place.pk).values_list("short_name", "name")
    return {name for pair in rows for name in pair}


def _plain(text: str) -> str:
    return NOISE.sub("", text)


@cache
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset({text})


def likeness(one: str, other: str) -> int:
    """How alike two names are, 0 to 100, by the pairs of characters that they share."""
    first, second = _pairs(_plain(one)), _pairs(_plain(other))
    if min(len(first), len(second)) < 2:
        return 100 if _plain(one) == _plain(other) and _plain(one) else 0
    shared = len(first & second)
    return round(100 * (0.6 * shared / min(len(first), len(second)) + 0.4 * shared / max(len(first), len(second))))
