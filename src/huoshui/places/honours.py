"""Honours of places: recording one, and taking back what was withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.places.models import Honour, Place

FIRST_YEAR = 1949


@action("places.record_honour")
def record_honour(*, by: Any, place: Place, name: str, level: str, year: int, holder: str = "") -> Honour:
    """Record an honour of a place: its name, its level (Honour.Level) and the year it was given.

    ``holder``: the name of the unit at the place that holds it; "": the place itself. Raises access.denied,
    honour.name, honour.level, honour.year, honour.twice or value.too_long (the holder).
    """
    require(by, "honour.record", path=place.path)
    name, holder = name.strip(), holder.strip()
    if len(holder) > 120:
        raise Refusal("value.too_long", field="holder", label=_("获得单位"), length=len(holder), limit=120)
    if not name or len(name) > 120:
        raise Refusal("honour.name", field="name", limit=120)
    if level not in Honour.Level.values:
        raise Refusal("honour.level", field="level", level=level, known=listed(Honour.Level.labels))
    if not FIRST_YEAR <= year <= clock.today().year:
        raise Refusal("honour.year", field="year", year=year, first=FIRST_YEAR, last=clock.today().year)
    if Honour.objects.filter(place=place, name=name, level=level, year=year, holder=holder).exists():
        raise Refusal("honour.twice", field="name", name=name, year=year)
    honour = Honour.objects.create(place=place, name=name, level=level, year=year, holder=holder)
    after = {"name": name, "level": level, "year": year} | ({"holder": holder} if holder else {})
    journal.record(by=by, subject=honour, place=place, after=after)
    return honour


@action("places.withdraw_honour")
def withdraw_honour(
    *,
    by: Any,
    honour: Honour,
    reason: str,
    withdrawn_on: dt.date | None = None,
    seen_version: int | None = None,
) -> Honour:
    """Mark an honour as withdrawn from a day (default today); it stays on record, with the reason.

    Raises access.denied, record.stale, honour.withdrawn or value.required (the reason).
    """
    require(by, "honour.record", path=honour.place.path)
    honour = Honour.objects.select_for_update(of=("self",)).select_related("place").get(pk=honour.pk)
    honour.require_version(seen_version)
    if honour.withdrawn_on:
        raise Refusal("honour.withdrawn", field="honour", name=honour.name, day=honour.withdrawn_on)
    if not reason.strip():
        raise Refusal("value.required", field="reason", label=_("原因"))
    honour.withdrawn_on = withdrawn_on or clock.today()
    honour.save_next_version("withdrawn_on")
    journal.record(
        by=by,
        subject=honour,
        place=honour.place,
        after={"withdrawn_on": honour.withdrawn_on},
        note=reason.strip(),
    )
    return honour
