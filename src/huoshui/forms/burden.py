"""What forms ask of a village in a year: answers, minutes and repeats, by hand and with what the register fills."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q

from huoshui.forms.answering import UNMAPPED
from huoshui.forms.models import Assumption, Filling, Form
from huoshui.forms.queries import Question, forms, places_of, questions_of
from huoshui.forms.repeats import same_questions
from huoshui.kernel.access import Actor, require
from huoshui.kernel.numbers import nearest
from huoshui.kernel.periods import PeriodKind, parts, period
from huoshui.places.models import Place, prefixes
from huoshui.places.queries import township_names

USUAL_SECONDS = 90
"""Of an answer, while no administrator stated another: looking up, checking and typing a number. An assumption."""
MINUTE = 60


@dataclass(frozen=True)
class Counted:
    """Answers and seconds, before (all typed by hand) and after (what the register cannot fill), and repeats."""

    before: Fraction = Fraction(0)
    after: Fraction = Fraction(0)
    seconds_before: Fraction = Fraction(0)
    seconds_after: Fraction = Fraction(0)
    repeats: Fraction = Fraction(0)

    def __add__(self, other: Counted) -> Counted:
        return Counted(*(a + b for a, b in zip(self._parts(), other._parts(), strict=True)))

    def times(self, many: int) -> Counted:
        """So many times the same."""
        return Counted(*(part * many for part in self._parts()))

    def _parts(self) -> tuple[Fraction, ...]:
        return (self.before, self.after, self.seconds_before, self.seconds_after, self.repeats)

    @property
    def shown(self) -> dict[str, int]:
        """Whole answers and whole minutes."""
        return {
            "before": _whole(self.before),
            "after": _whole(self.after),
            "minutes_before": _whole(self.seconds_before / MINUTE),
            "minutes_after": _whole(self.seconds_after / MINUTE),
            "repeats": _whole(self.repeats),
        }


def _whole(value: Fraction) -> int:
    return nearest(value.numerator, value.denominator)


@dataclass(frozen=True)
class FormBurden:
    """A form: how often a year each place is asked, how many places, and what one place is asked in the year."""

    form: Form
    times: int
    places: list[Place]
    asked: Fraction
    """Answers of one filling."""
    by_hand: Fraction
    """Those of them that a person types."""
    repeated: int
    """Cells of one filling that an earlier form asks as well."""
    seconds: Fraction
    """Of one answer."""
    measured: int
    """From how many typed answers that was measured; 0: the assumption."""

    @property
    def each(self) -> Counted:
        """What one place is asked in the year."""
        before, after = self.asked * self.times, self.by_hand * self.times
        repeated = Fraction(self.repeated * self.times)
        return Counted(before, after, before * self.seconds, after * self.seconds, repeated)

    @property
    def total(self) -> Counted:
        """What all of its places are asked."""
        return self.each.times(len(self.places))


@dataclass(frozen=True)
class PlaceBurden:
    """What one place is asked in the year, by all forms together."""

    place: Place
    town: str
    forms: int
    counted: Counted


@dataclass
class Burden:
    """The burden of a year within a place."""

    year: int
    forms: list[FormBurden] = field(default_factory=list)
    places: list[PlaceBurden] = field(default_factory=list)
    seconds: int = USUAL_SECONDS
    assumption: Assumption | None = None

    @property
    def total(self) -> Counted:
        return sum((one.total for one in self.forms), Counted())


def assumption_for(place: Place) -> Assumption | None:
    """What counts at a place: the newest of the nearest place at it or above it."""
    known = Assumption.objects.filter(place__path__in=prefixes(place.path)).select_related("place", "by")
    return max(known, key=lambda one: (len(one.place.path), one.created_at), default=None)


def burden(actor: Actor, place: Place, year: int) -> Burden:
    """The burden within a place. Raises access.denied without form.view there."""
    require(actor, "form.view", path=place.path)
    stated = assumption_for(place)
    found = Burden(year, seconds=stated.seconds if stated else USUAL_SECONDS, assumption=stated)
    asked = {form: many for form in _forms(actor, place) if (many := times_in(form, year))}
    cells, filled, typed = questions_of(asked), _filled(asked, year), _typed(asked)
    repeated, places = _repeated(cells.values()), _places(actor, asked, place)
    for form, many in asked.items():
        if places[form.pk]:
            measured = _measured(typed[form.pk], found.seconds)
            counted = (*_counted(cells[form.pk], filled[form.pk]), repeated[form.pk])
            found.forms.append(FormBurden(form, many, places[form.pk], *counted, *measured))
    found.places = _by_place(found.forms)
    return found


def _forms(actor: Actor, place: Place) -> list[Form]:
    """Forms that were ever approved, and are asked within a place or of it."""
    near = Q(place__path__startswith=place.path) | Q(place__path__in=prefixes(place.path))
    return list(forms(actor).filter(near, approved_on__isnull=False))


def times_in(form: Form, year: int) -> int:
    """How often a form is asked of a place in a year: the periods of its kind that it was in force in."""
    if form.approved_on is None:
        return 0
    whole = period(str(year))
    first, last = form.approved_on, min(form.ends_on, form.ended_on or form.ends_on)
    if form.frequency == Form.Frequency.ONCE:
        return int(whole.first <= first <= whole.last)
    return sum(one.first <= last and first <= one.last for one in parts(whole, PeriodKind(form.frequency)))


def _places(actor: Actor, asked: Iterable[Form], within: Place) -> dict[UUID, list[Place]]:
    """The places that each form is asked of, within a place; read once for forms that ask the same ones."""
    known: dict[tuple[str, UUID], list[Place]] = {}
    for form in asked:
        if (form.level, form.place_id) not in known:
            there = [one for one in places_of(actor, form) if one.path.startswith(within.path)]
            known[form.level, form.place_id] = there
    return {form.pk: known[form.level, form.place_id] for form in asked}


def _repeated(asked: Iterable[list[Question]]) -> Counter[UUID]:
    """How many cells of each form ask what a form before it asks already."""
    found: Counter[UUID] = Counter()
    for repeat in same_questions(asked):
        first = repeat.forms[0]
        found.update(one.form.pk for one in repeat.asked if one.form.pk != first.pk)
    return found


def _filled(asked: Iterable[Form], year: int) -> dict[UUID, list[list[dict[str, Any]]]]:
    """The cells of each filling of the year, by form."""
    whole, found = period(str(year)), defaultdict(list)
    of_year = Filling.objects.filter(form__in=asked, first__lte=whole.last, last__gte=whole.first)
    for form, cells in of_year.values_list("form_id", "cells"):
        found[form].append(cells)
    return found


def _counted(cells: list[Question], filled: list[list[dict[str, Any]]]) -> tuple[Fraction, Fraction]:
    """Answers of one filling, and those of them that a person types: as the year's fillings were, or as the form is."""
    lists = [one for one in cells if one.spec is not None and one.spec.kind == "record"]
    plain = len(cells) - len(lists)
    by_hand = Fraction(sum(one.by_hand for one in cells))
    rows = Fraction(len(lists))
    if filled:
        rows = Fraction(sum(_count(cells, "record") for cells in filled), len(filled)) if lists else rows
        by_hand += Fraction(sum(_missing(cells) for cells in filled), len(filled))
    return plain + rows, by_hand


def _typed(asked: Iterable[Form]) -> dict[UUID, list[tuple[int, int]]]:
    """Of each filling, whenever it was made: the seconds it took and how many answers were typed; by form."""
    found = defaultdict(list)
    rows = Filling.objects.filter(form__in=asked, seconds__gt=0)
    for form, seconds, answers in rows.values_list("form_id", "seconds", "typed"):
        if seconds and answers:
            found[form].append((seconds, len(answers)))
    return found


def _measured(typed: list[tuple[int, int]], usual: int) -> tuple[Fraction, int]:
    """Seconds of one typed answer, and of how many that was measured; else what is usual."""
    many = sum(count for _seconds, count in typed)
    return (Fraction(sum(seconds for seconds, _count in typed), many) if many else Fraction(usual)), many


def _count(cells: list[dict[str, Any]], kind: str) -> int:
    return sum(cell["kind"] == kind and cell["value"] is not None for cell in cells)


def _missing(cells: list[dict[str, Any]]) -> int:
    """What was left empty although it is mapped to a figure or a fact: somebody has to look it up."""
    return sum(cell["missing"] and cell["kind"] not in ("typed", UNMAPPED) for cell in cells)


def _by_place(found: list[FormBurden]) -> list[PlaceBurden]:
    """Villages alone: it is they that the law of burden protects; other levels stand in the table of forms."""
    counted: dict[UUID, Counted] = defaultdict(Counted)
    known: dict[UUID, Place] = {}
    many: Counter[UUID] = Counter()
    for one in found:
        if one.form.level == Form.Level.VILLAGE:
            each = one.each
            for place in one.places:
                counted[place.pk] += each
                known[place.pk] = place
                many[place.pk] += 1
    towns = township_names(known.values())
    rows = [PlaceBurden(place, towns[pk], many[pk], counted[pk]) for pk, place in known.items()]
    return sorted(rows, key=lambda row: (-row.counted.before, row.place.path))


def years_of(today: dt.date) -> list[int]:
    """The years that a reader may choose, this one first."""
    return list(range(today.year, today.year - 4, -1))
