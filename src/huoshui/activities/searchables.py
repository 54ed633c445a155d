"""What can be found of activities. Names of people stand in the vault, never here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import pgettext_lazy

from huoshui.activities.models import Activity
from huoshui.search.registry import Searchable, Told, Watch


def tell_activities(sources: Collection[UUID]) -> Iterator[Told]:
    """Activities by title, venue, outcome and host; those that were cancelled are left out."""
    rows = Activity.objects.filter(pk__in=list(sources)).exclude(state=Activity.State.CANCELLED).order_by("pk")
    told = rows.values_list("pk", "title", "venue", "outcome", "unit__name", "day", "place__path", "pack")
    for pk, title, venue, outcome, unit, day, path, pack in told:
        text = "\n".join(part for part in (outcome, venue, unit) if part)
        yield Told(pk, str(pk), title, venue, text=text, day=day, path=path, pack=pack)


SEARCHABLES = (
    Searchable(
        "activities",
        12,
        pgettext_lazy("several", "活动"),
        Activity,
        tell_activities,
        (
            Watch("activities_activity", ("title", "venue", "outcome", "unit_id", "day", "state", "place_id", "pack")),
            Watch("duties_unit", ("name",), "l.id", "activities_activity l WHERE l.unit_id = {r}.id"),
            Watch("places_place", ("path",), "l.id", "activities_activity l WHERE l.place_id = {r}.id"),
        ),
    ),
)
