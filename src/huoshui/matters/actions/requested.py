"""Opening the matters that a service asks for: the one that carries a request, and the correction of a low rating."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.events import PromiseMoved, RatedLow, RequestTaken
from huoshui.matters import clocks, values
from huoshui.matters.actions.opening import DETAIL_LENGTH, TITLE_LENGTH, Source, Wanted, kind_or_refuse, open_wanted
from huoshui.matters.models import Answered, Matter, Step
from huoshui.matters.schema import MatterKind
from huoshui.places.models import Place
from huoshui.places.queries import ancestors

REQUEST, RATING = "service", "rating"
"""Kinds of source, as sisters know their own by them."""
FOR_GOOD = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
"""Until when somebody who was rated counts as having answered for what was rated: however often it is opened again."""


@action("matters.open_for_request")
def open_for_request(*, by: Any, event: RequestTaken) -> Matter:
    """Open the matter that carries a request, by whoever took it: taking it is the authority.

    The promised day becomes its own deadline. Called by the reaction to RequestTaken alone. Raises matter.kind,
    matter.place_kind, matter.part_*, matter.deadline_beyond_limit, matter.personal_masked or the value.* errors.
    """
    version, kind = kind_or_refuse(event.kind)
    given = dict(event.values)
    deadline = kind.clocks[0].own_deadline_field if kind.clocks else None
    if deadline:
        given[deadline] = event.promised_on
    whole = Matter.objects.get(source_kind=REQUEST, source_id=event.whole_id) if event.whole_id else None
    place = Place.objects.get(pk=event.place_id)
    source = Source(REQUEST, event.request_id, event.label)
    return open_wanted(
        by,
        Wanted(
            version, kind, event.kind, place, event.title[:TITLE_LENGTH], "", "", given, source, None, None, whole,
            told=True,
        ),
    )  # fmt: skip


@action("matters.open_correction")
def open_correction(*, by: Any, event: RatedLow) -> Matter:
    """Open the correction of a low rating; whoever had a hand in what was rated never verifies it, nor their unit.

    It stands at the nearest place above that its kind names, so that a pack can keep it from those who were rated.
    Called by the reaction to RatedLow alone. Raises matter.kind or matter.place_kind.
    """
    version, kind = kind_or_refuse(event.kind)
    place = _where(kind, Place.objects.get(pk=event.place_id))
    source = Source(RATING, event.rating_id, event.label)
    matter = open_wanted(
        by,
        Wanted(
            version, kind, event.kind, place, event.title[:TITLE_LENGTH], event.detail[:DETAIL_LENGTH], "", {}, source,
            None, None, None, told=True,
        ),
    )  # fmt: skip
    _bar_the_rated(matter, event)
    return matter


@action("matters.follow_promise")
def follow_promise(*, by: Any, matter: Matter, event: PromiseMoved) -> Matter:
    """Set the own deadline of the matter that carries a request to the day that was counted again, and its clocks.

    Left alone where it has ended, or where its deadline is another by now. Called by the reaction to PromiseMoved
    alone, in the transaction of the timer's action.
    """
    matter = Matter.objects.select_for_update(of=("self",)).select_related("place").get(pk=matter.pk)
    kind = matter.definition
    field = kind.clocks[0].own_deadline_field if kind.clocks else None
    if matter.is_closed or field is None or clocks.own_deadlines(matter).get(field) != event.was:
        running_action().changed_nothing()
        return matter
    before = {field: event.was, "due_on": matter.due_on}
    values.write(matter, {field: event.promised_on})
    clocks.count_again(matter)
    clocks.settle(matter, clock.today())
    matter.save_next_version(*clocks.DATE_COLUMNS)
    after = {field: event.promised_on, "due_on": matter.due_on}
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=after)
    return matter


def _where(kind: MatterKind, place: Place) -> Place:
    """The nearest place, at or above one, whose kind a kind of matter accepts; the place itself where none does."""
    line = [place, *reversed(ancestors(place))]
    return next((up for up in line if up.kind in kind.place_kinds), place)


def _bar_the_rated(matter: Matter, event: RatedLow) -> None:
    """Keep everybody whom the rating is about, and their units, as having answered for what is to be verified."""
    rated = Matter.objects.select_related("owner").get(pk=event.request_matter_id)
    steps = Step.objects.filter(matter=rated, account__isnull=False).values_list("account_id", "unit_id")
    hands = {*steps, (rated.owner_id, rated.unit_id), (event.taken_by_id, None)}
    hands |= set(Answered.objects.filter(matter=rated).values_list("account_id", "unit_id"))
    rows = sorted((hand for hand in hands if hand != (None, None)), key=str)
    Answered.objects.bulk_create(
        [Answered(matter=matter, account_id=account, unit_id=unit, until=FOR_GOOD) for account, unit in rows]
    )
