"""What places were before: writing dated attributes, parents and names. Called by actions and by the import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place, PlaceAttribute, PlaceFormer, PlaceParent


def attribute_row(place: Place, code: str, value: Any, since: dt.date | None) -> PlaceAttribute:
    """An unsaved row that holds a value in the column of its type."""
    row = PlaceAttribute(place=place, code=code, since=since)
    if isinstance(value, dt.date):
        row.day = value
    elif isinstance(value, int):  # yes and no too: 1 and 0
        row.number = int(value)
    else:
        row.text = value
    return row


def set_attributes(place: Place, values: dict[str, Any], since: dt.date) -> None:
    """End the present values on ``since`` and begin the new ones; None only ends.

    Raises place.since when ``since`` lies before the day that a present value began.
    """
    rows = PlaceAttribute.objects.filter(place=place, code__in=values, until__isnull=True)
    present = {row.code: row for row in rows}
    replace_attributes([(place, code, value, present.get(code)) for code, value in values.items()], since)


def replace_attributes(changes: Sequence[tuple[Place, str, Any, PlaceAttribute | None]], since: dt.date) -> None:
    """For each place, code, new value and present row: what ``set_attributes`` does, in few statements.

    A value given twice on one day replaces the first.
    """
    for _, code, _, row in changes:
        if row and row.since and since < row.since:
            raise Refusal("place.since", field=code, since=since, present=row.since)
    standing = [row for *_, row in changes if row]
    PlaceAttribute.objects.filter(pk__in=[row.pk for row in standing if row.since == since]).delete()
    PlaceAttribute.objects.filter(pk__in=[row.pk for row in standing if row.since != since]).update(until=since)
    PlaceAttribute.objects.bulk_create(
        attribute_row(place, code, value, since) for place, code, value, _ in changes if value is not None
    )


def rename(place: Place, name: str, short_name: str, kind: str, until: dt.date) -> None:
    """Keep the name and kind that the place had until ``until``; the caller saves the new ones given here.

    Renamed twice on one day, it keeps what it was the day before.
    """
    past = {name: getattr(place, name) for name in ("name", "short_name", "initials", "kind")}
    PlaceFormer.objects.get_or_create(place=place, until=until, defaults=past)
    place.name, place.short_name, place.kind = name, short_name, kind


def put_under(place: Place, parent: Place | None, since: dt.date) -> None:
    """Give a place another parent from ``since`` on; the caller moves its path and saves."""
    present = PlaceParent.objects.filter(place=place, until__isnull=True).first()
    if present and present.since == since:
        present.delete()
    elif present:
        present.until = since
        present.save(update_fields=["until"])
    if parent:
        PlaceParent.objects.create(place=place, parent=parent, since=since)
    place.parent = parent


def move_paths(old: str, new: str) -> None:
    """Bring the place at path ``old`` and everything below it under path ``new``."""
    if old == new:
        return
    Place.objects.filter(path_condition("path", old)).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))


def common_path(paths: list[str]) -> str:
    """The deepest path that holds all of these; "/" when they share none."""
    first, last = min(paths).split("/"), max(paths).split("/")
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(first[:-1], last[:-1], strict=False))
    return "".join(f"{code}/" for code, _ in shared)
