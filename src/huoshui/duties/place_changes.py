"""What becomes of units and duties when their place is merged or split: they go to a successor, with their dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from huoshui.duties.models import Account, Duty, DutyQuerySet, Unit
from huoshui.duties.queries import roles
from huoshui.kernel import clock, journal
from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Problem
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.planning import Plan
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place


class _Units:
    """Offices and committees: where the successor has one of that name, its people join it."""

    code = "unit"
    label = _("单位")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Units of the place that anybody belongs to."""
        units = Unit.objects.filter(place=place).annotate(people=Count("accounts")).order_by("name")
        return [
            Resting(
                self.code, unit.pk, unit.name,
                ngettext("%(n)d 人", "%(n)d 人", unit.people) % {"n": unit.people},
            )
            for unit in units if unit.people
        ]  # fmt: skip

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """None: a unit whose people have no duty left holds nothing up."""
        return []

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """None is counted."""
        return []

    def along(self, path: str) -> list[Staying]:
        """Units that anybody belongs to."""
        units = Unit.objects.filter(path_condition("place__path", path), accounts__isnull=False).distinct()
        return [Staying(gettext("单位"), units.count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """None."""
        return []

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """The unit goes to the successor, or its people to that one's unit of the same name."""
        unit = Unit.objects.select_for_update(of=("self",)).select_related("place").get(pk=item.pk)
        before = {"belongs_to": unit.place.code}
        namesake = Unit.objects.filter(place=to, name=unit.name).first()
        if namesake is None:
            trace.change(unit, place=to)
        else:
            for account in Account.objects.get_queryset().select_for_update(of=("self",)).filter(unit=unit):
                trace.change(account, unit=namesake)
        journal.record(by=by, subject=unit, place=to, before=before, after={"belongs_to": to.code})


class _Duties:
    """Duties in force or to come: each ends at the place and goes on at its successor."""

    code = "duty"
    label = _("职责")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Duties that have not ended, with who holds them."""
        held, known = open_duties(place).select_related("account").order_by("role", "account__username"), roles()
        return [
            Resting(self.code, duty.pk, duty.account.title, str(known[duty.role].name) if duty.role in known else "")
            for duty in held
        ]

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """Duties that go on after the day."""
        ended = Q(until__lte=since)
        return [Staying(gettext("在任的职责"), open_duties(place).exclude(ended).count())]

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """Duties that ended before."""
        ended = Duty.objects.filter(place__path__in=list(paths), until__lte=clock.today())
        return [Staying(gettext("已结束的职责"), ended.count())]

    def along(self, path: str) -> list[Staying]:
        """Duties that have not ended."""
        duties = Duty.objects.filter(_not_ended(), path_condition("place__path", path))
        return [Staying(gettext("在任的职责"), duties.count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """duty.place_kind where a role is not held at a place of the successor's kind."""
        known, asked = roles(), plan.operation
        kind_of = {place.code: place.kind for place in asked.into}
        duties = Duty.objects.in_bulk([moving.item.pk for moving in plan.of_part(self.code)])
        found = []
        for moving in plan.of_part(self.code):
            role = known.get(duties[moving.item.pk].role)
            kind = kind_of.get(moving.to, asked.sources[0].kind)
            if moving.to and role and role.place_kinds and kind not in role.place_kinds:
                params = {"role": role.name, "place": asked.successors.get(moving.to, moving.to)}
                found.append(Problem("duty.place_kind", f"choice-{moving.item.key}", params=params))
        return found

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """End the duty on the day and begin it at the successor; who holds it there already, goes on holding it."""
        duty = Duty.objects.select_for_update(of=("self",)).select_related("account", "place").get(pk=item.pk)
        until, start = duty.until, max(duty.since, since)
        trace.change(duty, whole=True, until=start)
        journal.record(by=by, subject=duty, place=duty.place, before={"until": until}, after={"until": start})
        for first, last in _days_without(duty, to, start, until):
            new = Duty(account=duty.account, role=duty.role, place=to, pack=duty.pack, since=first, until=last)
            trace.create(new)
            after = {"account": duty.account.username, "role": duty.role, "pack": duty.pack}
            journal.record(by=by, subject=new, place=to, after=after | {"since": first, "until": last})


def _days_without(duty: Duty, to: Place, start: dt.date, until: dt.date | None) -> list[tuple[dt.date, dt.date | None]]:
    """The parts of a time in which the same duty is not held at another place already."""
    gaps: list[tuple[dt.date, dt.date | None]] = []
    same = Duty.objects.filter(account=duty.account, role=duty.role, place=to, pack=duty.pack)
    for held in same.overlapping(start, until).order_by("since"):
        if start < held.since:
            gaps.append((start, held.since))
        if held.until is None:
            return gaps
        start = held.until
    return gaps if until and start >= until else [*gaps, (start, until)]


def open_duties(place: Place) -> DutyQuerySet:
    """Duties at the place itself that hold today or will."""
    held: DutyQuerySet = Duty.objects.filter(_not_ended(), place=place)
    return held


def _not_ended() -> Q:
    return Q(until__isnull=True) | Q(until__gt=clock.today())


UNITS, DUTIES = _Units(), _Duties()
