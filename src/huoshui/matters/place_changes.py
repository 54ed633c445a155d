"""What becomes of matters when their place is merged or split: those that run go to a successor, those closed stay."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.duties.models import Duty, Unit
from huoshui.duties.place_changes import DUTIES
from huoshui.kernel import clock, journal
from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import listed
from huoshui.matters.models import CLOSED, Matter
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.planning import Plan
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place, prefixes


class _Matters:
    """Matters that have not ended."""

    code = "matter"
    label = _("未销号事项")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Running matters of the place itself, by number."""
        rows = Matter.objects.going().filter(place=place).order_by("number")
        return [Resting(self.code, row.pk, f"{row.number} {row.title}") for row in rows]

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """Running matters of the place itself."""
        return [Staying(gettext("未销号事项"), Matter.objects.going().filter(place=place).count())]

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """Closed matters."""
        closed = Matter.objects.filter(place__path__in=list(paths), phase=CLOSED)
        return [Staying(gettext("已销号事项"), closed.count())]

    def along(self, path: str) -> list[Staying]:
        """Running matters."""
        return [Staying(gettext("未销号事项"), Matter.objects.going().under(path).count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """Of each matter: its kind stands at such places, its person answers there too, no finding stands twice."""
        moving = {m.item.pk: m.to for m in plan.of_part(self.code) if m.to and m.to != m.source.code}
        rows = Matter.objects.filter(pk__in=moving).select_related("place", "owner", "pack_version").order_by("number")
        matters = [(matter, moving[matter.pk]) for matter in rows]
        return [*_wrong_kinds(plan, matters), *_left_owners(plan, matters), *_findings_twice(plan, matters)]

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """The matter goes on at the successor, with that one's unit where its own was merged into a namesake."""
        matter = Matter.objects.select_for_update(of=("self",)).select_related("place", "unit").get(pk=item.pk)
        before = {"belongs_to": matter.place.code}
        values: dict[str, Any] = {"place": to}
        if matter.unit and matter.unit.place_id == matter.place_id:
            namesake = Unit.objects.filter(place=to, name=matter.unit.name).first()
            values |= {"unit": namesake} if namesake else {}
        trace.change(matter, whole=True, **values)
        journal.record(by=by, subject=matter, place=to, before=before, after={"belongs_to": to.code})


Moved = list[tuple[Matter, str]]
"""Matters, each with the code of its successor."""


def _wrong_kinds(plan: Plan, matters: Moved) -> list[Problem]:
    asked, found = plan.operation, []
    kind_of = {place.code: place.kind for place in asked.into}
    for matter, to in matters:
        allowed = matter.definition.place_kinds
        if allowed and kind_of.get(to, asked.sources[0].kind) not in allowed:
            params = {"kind": str(matter.definition.name), "place": asked.successors.get(to, to)}
            found.append(Problem("matter.place_kind", f"choice-matter:{matter.pk}", params=params))
    return found


def _left_owners(plan: Plan, matters: Moved) -> list[Problem]:
    """Whoever answers for a matter by a duty at its place must have that duty where the matter goes."""
    asked = plan.operation
    gone = {moving.item.pk: moving.to for moving in plan.of_part(DUTIES.code)}
    paths = {place.code: prefixes(place.path) for place in asked.into}
    above = prefixes(asked.sources[0].path)[:-1]
    owners = {matter.owner_id for matter, _to in matters if matter.owner_id}
    duties: dict[Any, list[Duty]] = defaultdict(list)
    for duty in Duty.objects.in_force(clock.today()).filter(account__in=owners).select_related("place"):
        duties[duty.account_id].append(duty)

    def answers(duty: Duty, matter: Matter, to: str | None) -> bool:
        roles = matter.definition.owner_roles
        fits = duty.pack in ("", matter.pack) and (not roles or duty.role in roles)
        if to is None:
            return fits and matter.place.path.startswith(duty.place.path)
        return fits and (gone.get(duty.pk) == to or (duty.pk not in gone and duty.place.path in paths.get(to, above)))

    found = []
    for matter, to in matters:
        held = duties[matter.owner_id]
        if any(answers(duty, matter, None) for duty in held) and not any(answers(duty, matter, to) for duty in held):
            person = matter.owner.title if matter.owner else ""
            params = {"person": person, "number": matter.number, "place": asked.successors.get(to, to)}
            found.append(Problem("place.change_owner", f"choice-matter:{matter.pk}", params=params))
    return found


def _findings_twice(plan: Plan, matters: Moved) -> list[Problem]:
    """One place has one running matter of one finding; two places may have had the same."""
    code_of = {place.pk: place.code for place in plan.operation.into}
    numbers: dict[tuple[Any, str, str], list[str]] = defaultdict(list)
    sources = {matter.source_id for matter, _to in matters if matter.source_id}
    there = Matter.objects.going().filter(place__in=code_of, source_id__in=sources)
    for matter in there:
        numbers[matter.source_id, matter.source_item, code_of[matter.place_id]].append(matter.number)
    for matter, to in matters:
        if matter.source_id:
            numbers[matter.source_id, matter.source_item, to].append(matter.number)
    return [
        Problem("place.change_finding_twice", "matter", params={"numbers": listed(same)})
        for same in numbers.values()
        if len(same) > 1
    ]


CARRIER = _Matters()
