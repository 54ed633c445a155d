"""Template filters of rounds and checklists."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, shown
from huoshui.reports.round_results import words as results
from huoshui.visits.queries import burden_of
from huoshui.visits.relevance_words import relevance_words
from huoshui.web.office.round_pages import fairness, words

register = template.Library()
FULL, NONE = 0, 5
STEPS = (15, 30, 45, 65)
"""Percent of the points lost, up to which a cell of the heat map has ink 1, 2, 3 and 4."""
ANY_PLACE = "any-place"
"""Stands for a place's code in an address that serves for all of them."""


@register.filter
def points_short(value: int | None) -> str:
    """Points kept in thousandths, as a numeral without trailing zeros; nothing for None."""
    return "" if value is None else shown(value, POINTS)


@register.filter
def signed_points(value: int) -> str:
    """Points kept in thousandths, to hundredths, with their sign; zero has none."""
    numeral = shown(value, POINTS, 2)
    return numeral if numeral.startswith("-") or not numeral.strip("0.") else f"+{numeral}"


@register.filter
def relevant_words(checklist: Any, item: Any) -> str:
    """When an item is asked, in words; nothing of what is always asked."""
    return relevance_words(checklist).get(item.code, "")


@register.filter
def grade_word(correlation: float) -> str:
    """How good an intraclass correlation is, in a word."""
    return fairness.grade(correlation)


@register.simple_tag
def heat_cells(round: Any, row: Any) -> SafeString:
    """The cells of one item over all villages, each leading to the judges' answers.

    There are thousands on a page: a template takes several times as long to write them.
    """
    address = reverse("round_cell", args=[round.pk, ANY_PLACE, row.item.code])
    before, after = (_escaped(part) for part in address.split(ANY_PLACE))
    item = _escaped(str(row.item.name))
    ends = {found: _cell_ends(item, *found) for found in {(cell.percent, cell.failed) for cell in row.cells}}
    cells = []
    for place, percent, failed, *_others in row.cells:
        head, tail = ends[percent, failed]
        code, name = _escaped(place.code), _escaped(place.short_name)
        cells.append(f'{head}{before}{code}{after}" aria-label="{name}{tail}')
    # Every text in them is escaped; the rest are numbers and our own classes.
    return SafeString("".join(cells))


def _cell_ends(item: str, percent: int | None, failed: bool) -> tuple[str, str]:
    """What stands before the address of a cell and behind the name of its village; ``item`` is escaped."""
    matter = " heat__cell--matter" if failed else ""
    number = "" if percent is None else percent
    said = _escaped(_("未答")) if percent is None else f"{percent}%"
    fails = _escaped(f" {_('不合格')}") if failed else ""
    head = (
        f'<td class="heat__cell {heat_class(percent)}{matter}" data-value="{number}"><a class="num" data-drawer href="'
    )
    return head, f' {item} {said}{fails}">{"—" if percent is None else percent}</a></td>'


@register.filter
def at_place(address: str, place: Any) -> str:
    """An address made for any place, as this place's; to make one takes long where there are hundreds."""
    return address.replace(ANY_PLACE, quote(place.code))


@lru_cache(maxsize=10_000)
def _escaped(text: str) -> str:
    """A text for HTML: the name of a place stands in dozens of cells."""
    return str(escape(text))


@register.filter
def heat_class(percent: int | None) -> str:
    """The ink of a cell of the heat map, by how much of the points is left."""
    if percent is None:
        return "heat--blank"
    lost = 100 - percent
    if lost <= 0:
        return f"heat--{FULL}"
    return f"heat--{next((ink for ink, most in enumerate(STEPS, 1) if lost <= most), NONE)}"


@register.filter
def entry_of(mapping: Any, key: Any) -> Any:
    """The value of a key of a dictionary; nothing when it is not there."""
    return mapping.get(key, "")


@register.filter
def opens_for(result: Any, life: Any) -> bool:
    """Whether the review behind a result of a place's life opens for its reader."""
    return (result.round_id, result.place_id) in life.reviews


@register.filter
def total_of(row: Any, number: int) -> Any:
    """A judge's total in a line of the result sheet; None where the judge has none."""
    return next((total for total in row.totals if total.number == number), None)


@register.filter
def burden(round: Any) -> list[str]:
    """What the round's checklist asks of a village in a year."""
    return words.burden_words(burden_of(round.pack, round.checklist))


@register.filter
def tenths(value: int | None) -> str:
    """Tenths of a percent as a numeral; a dash for None."""
    return "—" if value is None else shown(value, results.TENTHS, 1)


register.filter("mean_rule", results.mean_rule)
register.filter("scoring_words", words.scoring_words)
register.filter("evidence_words", words.evidence_words)
register.filter("fails_words", words.fails_words)
register.filter("opens_words", words.opens_words)
register.filter("prefill_words", words.prefill_words)


@register.filter
def method_word(checklist: Any, item: Any) -> str:
    """The name of an item's method, the checklist's own or the usual one."""
    return str(checklist.method_name(item.method))


@register.filter
def any_under(findings: dict[str, Any], name: str) -> bool:
    """Whether any finding stands at or below an input's name."""
    return any(at == name or at.startswith(f"{name}.") for at in findings)
