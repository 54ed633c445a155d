"""Matters that may be the same one: near in place, of one kind, and worded alike by pairs of characters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Q
from django.db.models.functions import Left

from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.matters.models import CLOSED, Matter
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, prefixes

COMPARED = 400
"""How many of the newest matters of a place are compared with what is written."""
READ = 300
"""Characters of a detail that are compared."""
STILL_NEAR = 90
"""Days for which an ended matter is still offered: what comes back is rather reopened."""
MOST = 5
ALIKE, ALIKE_OF_OTHER_KIND = 40, 55
"""Percent from which two wordings count as alike; more is wanted of another kind."""


@dataclass(frozen=True)
class Alike:
    """A matter that may be the same, and how alike it is worded, in percent."""

    matter: Matter
    percent: int


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters and characters of a text; marks and spaces are passed over."""
    kept = [letter for letter in text.lower() if letter.isalnum()]
    return {one + next_one for one, next_one in pairwise(kept)}


def likeness(title: str, other: str, detail: str = "") -> int:
    """How alike two titles are, in whole percent of their pairs (Dice's coefficient, 1945).

    What the other's detail says counts too, at four fifths: how much of the title stands in it.
    """
    mine, theirs = pairs(title), pairs(other)
    if not mine or not theirs:
        return 0
    dice = 200 * len(mine & theirs) // (len(mine) + len(theirs))
    told = 80 * len(mine & (theirs | pairs(detail))) // len(mine)
    return max(dice, told)


def alike(actor: Any, *, place: Place, kind: str, title: str, besides: Matter | None = None) -> list[Alike]:
    """The visible matters that what is written about a place may repeat, the likest first; at most MOST.

    Only what the actor sees is compared: a likeness tells nothing of what is hidden. Kinds that nobody opens by hand
    (a request at the counter, the correction of a rating) are never compared: each stands for an occasion of its own.
    """
    by_hand = [code for code, known in all_current("matters").items() if known.opened_by]
    if kind not in by_hand:
        return []
    since = clock.today() - dt.timedelta(days=STILL_NEAR)
    near = path_condition("place__path", place.path) | Q(place__path__in=prefixes(place.path))
    recent = ~Q(phase=CLOSED) | (Q(closed_on__gte=since) & ~Q(close_reason__in=("duplicate", "split")))
    found = Matter.objects.visible_to(actor).filter(near, recent, kind__in=by_hand)
    if besides is not None:
        related = Q(parent=besides) | Q(pk=besides.parent_id) | Q(duplicate_of=besides)
        found = found.exclude(pk=besides.pk).exclude(related)
    newest = found.order_by("-id").values_list("pk", "kind", "title", Left("detail", READ))[:COMPARED]
    scored = [(likeness(title, other, told), other_kind == kind, pk) for pk, other_kind, other, told in newest]
    wanted = [row for row in scored if row[0] >= (ALIKE if row[1] else ALIKE_OF_OTHER_KIND)]
    best = sorted(wanted, key=lambda row: (not row[1], -row[0]))[:MOST]
    matters = Matter.objects.select_related("place", "pack_version").in_bulk([pk for _percent, _same, pk in best])
    return [Alike(matters[pk], percent) for percent, _same, pk in best]
