"""What lies under a place that ends: sites and lower units go to its successors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel import journal
from huoshui.kernel.errors import Problem
from huoshui.places import history
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.operations import WITHDRAWING
from huoshui.places.changes.planning import Plan, kinds
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Honour, Place, PlaceParent


class _Children:
    """Sites, grids and villages directly below."""

    code = "child"
    label = _("下级与场所")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Open children, by code."""
        known = kinds()
        rows = place.children.filter(closed_on__isnull=True).order_by("code")
        return [
            Resting(self.code, row.pk, row.short_name, str(known[row.kind].name) if row.kind in known else "")
            for row in rows
        ]

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """None: ``close_place`` names the open places below by itself."""
        return []

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """Honours stay with the place that they were given to."""
        return [Staying(gettext("荣誉"), Honour.objects.filter(place__path__in=list(paths)).count())]

    def along(self, path: str) -> list[Staying]:
        """Open units and sites below the place, each for itself."""
        sites = [code for code, kind in kinds().items() if kind.category == "site"]
        below = Place.objects.under(path).exclude(path=path).filter(closed_on__isnull=True)
        counted = below.aggregate(
            units=Count("pk", filter=~Q(kind__in=sites)), sites=Count("pk", filter=Q(kind__in=sites))
        )
        return [Staying(gettext("下级地点"), counted["units"]), Staying(gettext("阵地与场所"), counted["sites"])]

    def problems(self, plan: Plan) -> list[Problem]:
        """place.parent where a child's kind cannot lie under its successor."""
        asked, known = plan.operation, kinds()
        if asked.kind not in WITHDRAWING:
            return []
        kind_of = {place.code: place.kind for place in asked.into}
        children = Place.objects.in_bulk([moving.item.pk for moving in plan.of_part(self.code)])
        found = []
        for moving in plan.of_part(self.code):
            child = children[moving.item.pk]
            kind = known.get(child.kind)
            under = kind_of.get(moving.to, asked.sources[0].kind)
            if moving.to and kind and under not in kind.parents:
                params = {"kind": str(kind.name), "parent": asked.successors.get(moving.to, moving.to)}
                found.append(Problem("place.parent", f"choice-{moving.item.key}", params=params))
        return found

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """Put a child under its successor."""
        child = Place.objects.select_for_update(of=("self",)).select_related("parent").get(pk=item.pk)
        put_under(trace, child, to, since=since, by=by)


def put_under(trace: Trace, place: Place, parent: Place, *, since: dt.date, by: Any) -> None:
    """Give a place another parent from ``since`` on, bring everything below it along, and journal it."""
    before = place.parent.code if place.parent else ""
    old = place.path
    present = PlaceParent.objects.get(place=place, until__isnull=True)
    trace.change(present, until=since)
    trace.create(PlaceParent(place=place, parent=parent, since=since))
    trace.change(place, parent=parent)
    history.move_paths(old, f"{parent.path}{place.code}/")
    place.refresh_from_db()
    journal.record(by=by, subject=place, place=place, before={"parent": before}, after={"parent": parent.code})


CARRIER = _Children()
