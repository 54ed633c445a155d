"""Keeping occasions true: made when their time begins, and matched anew with what was done whenever that changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from huoshui.kernel import clock
from huoshui.places.models import Place, PlaceAttribute, PlaceQuerySet, prefixes
from huoshui.schedules.matching import Fulfilled, Turn, matched
from huoshui.schedules.models import Deed, Occasion, Plan
from huoshui.schedules.recurrence import Window, windows
from huoshui.schedules.targets import TARGETS

TOGETHER = 500


def make_occasions(plan: Plan, today: dt.date | None = None) -> int:
    """Make the occasions of a plan whose time has begun and that are not there yet. Returns how many.

    A place owes a turn when it was there on its first day, is there when it is due, and has the plan's attribute then.
    """
    day = today or clock.today()
    turns = [one for one in windows(plan.rule, plan.begins_on, day) if plan.until is None or one.due_on < plan.until]
    if not turns:
        return 0
    places = list(owing(plan).only("id", "opened_on", "closed_on"))
    having = _having(plan)
    known = set(plan.occasions.filter(due_on__gte=turns[0].due_on).values_list("place_id", "due_on"))
    rows = [
        _occasion(plan, place, turn, day)
        for turn in turns
        for place in places
        if (place.pk, turn.due_on) not in known and _stands(place, turn) and having(place, turn.due_on)
    ]
    Occasion.objects.bulk_create(rows, batch_size=TOGETHER)
    if rows:
        rematch(plan, {row.place_id for row in rows})
    return len(rows)


def owing(plan: Plan, on: dt.date | None = None) -> PlaceQuerySet:
    """The places that a plan may ask; ``on``: those alone that have its attribute on this day."""
    rows: PlaceQuerySet = Place.objects.under(plan.place.path)
    rows = rows.filter(kind__in=plan.place_kinds).order_by("path")
    if on and plan.attribute:
        holds = _yes(plan).filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))
        rows = rows.filter(pk__in=holds.values("place"))
    return rows


def _yes(plan: Plan) -> QuerySet[PlaceAttribute]:
    return PlaceAttribute.objects.filter(code=plan.attribute, number=1)


def _having(plan: Plan) -> Callable[[Place, dt.date], bool]:
    """Whether a place has the attribute of a plan on a day; without one, each has."""
    if not plan.attribute:
        return lambda _place, _day: True
    spans: dict[UUID, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for place, since, until in _yes(plan).values_list("place_id", "since", "until"):
        spans[place].append((since or dt.date.min, until or dt.date.max))
    return lambda place, day: any(since <= day < until for since, until in spans[place.pk])


def _stands(place: Place, turn: Window) -> bool:
    begun = place.opened_on is None or place.opened_on <= turn.opens_on
    return begun and (place.closed_on is None or place.closed_on > turn.due_on)


def _occasion(plan: Plan, place: Place, turn: Window, today: dt.date) -> Occasion:
    late = turn.due_on + dt.timedelta(days=plan.grace_days)
    # Nobody is reminded of what was over when it was asked for.
    told = Occasion.Told.OVERDUE if turn.due_on < today else Occasion.Told.NOTHING
    return Occasion(plan=plan, place=place, opens_on=turn.opens_on, due_on=turn.due_on, late_until=late, told=told)


def settle(section: str, of: str, places: Collection[Place]) -> None:
    """Match anew, in the running transaction: records of this kind at these places were made, changed or taken back.

    Called by whoever records what can be scheduled; cheap where nothing of the kind comes round.
    """
    above = {prefix for place in places for prefix in prefixes(place.path)}
    for plan in Plan.objects.filter(section=section, of=of, place__path__in=above):
        rematch(plan, {place.pk for place in places})


def rematch(plan: Plan, places: Collection[UUID]) -> None:
    """Match a plan's occasions at some places with the records that are there now."""
    by_place: dict[UUID, list[Occasion]] = defaultdict(list)
    for row in plan.occasions.filter(place__in=places).order_by("due_on"):
        by_place[row.place_id].append(row)
    if not by_place:
        return
    first = min(rows[0].opens_on for rows in by_place.values())
    last = max(row.late_until for rows in by_place.values() for row in rows)
    records: dict[UUID, list[tuple[dt.date, UUID]]] = defaultdict(list)
    for place, day, pk in TARGETS[plan.section].days(plan.of, list(by_place), first, last):
        records[place].append((day, pk))
    _write(plan, [pair for place, rows in by_place.items() for pair in _told(plan, rows, records[place])])


def _told(
    plan: Plan, rows: list[Occasion], records: list[tuple[dt.date, UUID]]
) -> list[tuple[Occasion, Fulfilled[UUID], dt.date | None]]:
    turns = [Turn(row.opens_on, row.due_on, row.late_until, plan.times) for row in rows]
    found = matched(turns, records)
    return [(row, one, one.done_on(turn)) for row, turn, one in zip(rows, turns, found, strict=True)]


def _write(plan: Plan, told: list[tuple[Occasion, Fulfilled[UUID], dt.date | None]]) -> None:
    """Write what differs from what stands there."""
    standing: dict[UUID, dict[tuple[UUID, dt.date], int]] = defaultdict(dict)
    rows = Deed.objects.filter(occasion__in=[row.pk for row, _one, _day in told if row.have])
    for occasion, record, day, pk in rows.values_list("occasion_id", "record", "day", "pk"):
        standing[occasion][record, day] = pk
    changed: list[Occasion] = []
    gone: list[int] = []
    deeds: list[Deed] = []
    for row, one, done_on in told:
        wanted, there = {(record, day) for day, record in one.records}, standing[row.pk]
        if wanted == there.keys():
            continue
        row.have, row.done_on = len(one.records), done_on
        changed.append(row)
        gone += [pk for pair, pk in there.items() if pair not in wanted]
        deeds += [Deed(occasion=row, record=record, day=day) for record, day in sorted(wanted - there.keys())]
    if changed:
        Deed.objects.filter(pk__in=gone).delete()
        Deed.objects.bulk_create(deeds, batch_size=TOGETHER)
        Occasion.objects.bulk_update(changed, ["have", "done_on"], batch_size=TOGETHER)
