"""What becomes of activities when their place is merged or split: the plans go to a successor, what was held stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.activities.models import Activity
from huoshui.duties.models import Unit
from huoshui.kernel import journal
from huoshui.kernel.errors import Problem
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.planning import Plan
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place

State = Activity.State


class _Activities:
    """Activities that are still to be held."""

    code = "activity"
    label = _("计划的活动")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Plans of the place itself, by day."""
        rows = Activity.objects.filter(place=place, state=State.PLANNED).order_by("day", "id")
        return [Resting(self.code, row.pk, str(row)) for row in rows]

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """Plans of the place itself."""
        count = Activity.objects.filter(place=place, state=State.PLANNED).count()
        return [Staying(gettext("计划的活动"), count)]

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """What was held."""
        held = Activity.objects.filter(place__path__in=list(paths), state=State.HELD)
        return [Staying(gettext("已开展的活动"), held.count())]

    def along(self, path: str) -> list[Staying]:
        """Plans."""
        plans = Activity.objects.under(path).filter(state=State.PLANNED)
        return [Staying(gettext("计划的活动"), plans.count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """Of each plan: its kind stands at such places."""
        moving = {m.item.pk: m.to for m in plan.of_part(self.code) if m.to and m.to != m.source.code}
        asked, found = plan.operation, []
        kind_of = {place.code: place.kind for place in asked.into}
        rows = Activity.objects.filter(pk__in=moving).select_related("pack_version").order_by("day", "id")
        for activity in rows:
            to = moving[activity.pk]
            allowed = activity.definition.place_kinds
            if allowed and kind_of.get(to, asked.sources[0].kind) not in allowed:
                params = {"kind": activity.kind_name, "place": asked.successors.get(to, to)}
                found.append(Problem("activity.place_kind", f"choice-activity:{activity.pk}", params=params))
        return found

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """The plan goes on at the successor, with that one's unit where its own was merged into a namesake."""
        locked = Activity.objects.select_for_update(of=("self",)).select_related("place", "unit")
        activity = locked.get(pk=item.pk)
        before = {"belongs_to": activity.place.code}
        values: dict[str, Any] = {"place": to}
        if activity.unit and activity.unit.place_id == activity.place_id:
            namesake = Unit.objects.filter(place=to, name=activity.unit.name).first()
            values |= {"unit": namesake} if namesake else {}
        trace.change(activity, whole=True, **values)
        journal.record(by=by, subject=activity, place=to, before=before, after={"belongs_to": to.code})


CARRIER = _Activities()
