"""Rows of the ledger, ready to show: each cell with its look and its classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse

from huoshui.matters.columns import LIGHT_NAMES
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import LedgerRow
from huoshui.web.office.matter_pages.words import clock_words, days_class, days_words, light_class, light_words

LONG = ("title", "detail", "measures", "progress")
"""Columns of running text: two lines of them show, all of it in the drawer."""
COUNTED = ("evidence",)


class ShownCell(NamedTuple):
    """What a cell shows. ``look``: key, days, long, day, place, state, count or plain.

    A tuple: a page has 700 of them, and the template takes each apart once instead of asking it for every part.
    ``named``: a card (on a phone) says its ``label``; ``change``: where it is changed, for whoever may.
    """

    shown: Any
    look: str
    css: str = ""
    named: bool = False
    clock: str = ""
    code: str = ""
    label: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row. ``town``: of places that do not name it themselves; ``step``: the reader's next one, if there is any."""

    matter: Matter
    number: str
    url: str
    beside: str
    town: str
    light_class: str
    light_word: str
    days_class: str
    cells: list[ShownCell]
    step: Any
    supervised: bool
    extending: bool
    closed: bool


@lru_cache(maxsize=20_000)
def address_of_matter(name: str, number: str, *args: str) -> str:
    """``reverse``, which looks through every address of the product each time, remembered."""
    return reverse(name, args=(number, *args))


def shown_row(row: LedgerRow, labels: Mapping[str, str], step: Any, changes: Mapping[str, str]) -> ShownRow:
    """A row as the page sets it.

    ``labels``: of its columns by their codes, in their order; ``changes``: where each cell is changed that the reader
    may change, by its code.
    """
    matter = row.matter
    light = matter.light_now  # type: ignore[attr-defined]
    cells: list[ShownCell] = []
    for (code, label), value in zip(labels.items(), row.cells, strict=True):
        clock = clock_words(matter) if code == "deadline" else ""
        cells.append(_cell(code, value, label, changes.get(code, ""), clock))
        if code == "deadline":
            cells.append(ShownCell(days_words(matter, value), "days"))
    return ShownRow(
        matter=matter,
        number=matter.number,
        url=address_of_matter("matter", matter.number),
        beside=address_of_matter("matter_beside", matter.number),
        town=row.town if row.town != matter.place.short_name else "",
        light_class=light_class(light) or "none",
        light_word=light_words(matter) or str(LIGHT_NAMES[light]),
        days_class=days_class(light),
        cells=cells,
        step=step,
        supervised=matter.supervised_on is not None,
        extending=matter.extension_until is not None,
        closed=matter.phase == CLOSED,
    )


def _cell(code: str, value: Any, label: str, change: str, clock: str) -> ShownCell:
    shown, (look, css) = value, _LOOKS.get(code, ("plain", "desk-only nowrap"))
    if isinstance(value, dt.date):
        shown, look, css = value.isoformat(), "day", "num nowrap desk-only"
    elif code in COUNTED or isinstance(value, int):
        shown, look, css = value or "", "count", "num desk-only"
    if code == "deadline":
        css = "num nowrap"
    named = look in ("state", "day")
    return ShownCell("" if shown is None else shown, look, css, named, clock, code, label, change)


_LOOKS = {
    "number": ("key", ""),
    "title": ("long", "wide"),
    **dict.fromkeys(LONG[1:], ("long", "desk-only")),
    "place": ("place", "nowrap wide"),
    "state": ("state", "nowrap"),
    "source": ("long", "desk-only"),
}
