"""What a change of places would do, before it is done: where each item goes, what stays, what stands against it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, allows, denied
from huoshui.kernel.errors import Problem
from huoshui.kernel.journal.canonical import canonical
from huoshui.packs.queries import all_current
from huoshui.places.changes.carriers import Resting, Staying, carriers
from huoshui.places.changes.operations import MERGE, MOVE, RENAME, SPLIT, WITHDRAWING, Operation
from huoshui.places.models import MAX_PATH, Place, PlaceChange, PlaceChangePart
from huoshui.places.schema import FREE_CODE, PlaceKind

PERMISSION = "place.reorganise"
SITE_NAMES = "place.edit"
"""The permission that renames a site: a hub's name is upkeep, a village's is not."""
MAX_SOURCES = 200


@dataclass(frozen=True)
class Moving:
    """An item that rests on a source, and the code of the successor that takes it."""

    item: Resting
    source: Place
    to: str
    """"" while nobody has decided it."""
    open: bool
    """Whether there is a choice."""


@dataclass
class Plan:
    """What an operation does. ``agreed`` with its ``digest``, exactly this is done."""

    operation: Operation
    moving: list[Moving] = field(default_factory=list)
    staying: list[Staying] = field(default_factory=list)
    along: list[Staying] = field(default_factory=list)
    """Of a move: what goes along, the place itself and below it. Only told: nothing of it is written."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, field: str = "", /, **params: Any) -> None:
        """Note a broken rule."""
        self.problems.append(Problem(code, field, params=params))

    def of_part(self, part: str) -> list[Moving]:
        """The items of one carrier."""
        return [moving for moving in self.moving if moving.item.part == part]

    @property
    def counts(self) -> list[Staying]:
        """How many items of each part go to a successor."""
        counted = [Staying(str(carrier.label), len(self.of_part(carrier.code))) for carrier in carriers()]
        return [row for row in counted if row.count]

    @property
    def digest(self) -> str:
        """SHA-256 over what would be done, and to which versions of the places."""
        asked = self.operation
        told = [
            asked.kind, asked.since, asked.name, asked.basis, asked.parent.code if asked.parent else "",
            [[place.code, place.version] for place in asked.sources],
            [[place.code, place.version] for place in asked.into],
            [[new.code, new.name] for new in asked.new],
            [[moving.item.key, moving.to] for moving in self.moving],
        ]  # fmt: skip
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def plan_change(by: Actor, operation: Operation) -> Plan:
    """Plan an operation; reads only. Whatever stands against it is among the plan's problems."""
    plan = Plan(operation)
    _check_shape(plan)
    if plan.problems:
        return plan
    _check_permission(by, plan)
    _check_days(plan)
    if operation.kind == MOVE:
        _check_move(plan)
    elif operation.kind in WITHDRAWING:
        _check_successors(plan)
        _plan_items(plan)
    if operation.kind != RENAME:
        for carrier in carriers():
            plan.problems += carrier.problems(plan)
            plan.staying += carrier.staying([place.path for place in operation.ending])
    if operation.kind == MOVE and not plan.problems:
        plan.along = [row for carrier in carriers() for row in carrier.along(operation.sources[0].path)]
    return plan


def kinds() -> dict[str, PlaceKind]:
    """Every kind of place of the current packs."""
    found: dict[str, PlaceKind] = all_current("place_kinds")
    return found


def new_parent(operation: Operation) -> Place | None:
    """Under which place a change opens new ones: the one given, or that of the first source."""
    return operation.parent or operation.sources[0].parent


def _check_shape(plan: Plan) -> None:
    """Who and what: as many sources and successors as the kind of change asks for, none of them twice."""
    asked = plan.operation
    sources = [place.code for place in asked.sources]
    successors = [place.code for place in asked.into] + [new.code for new in asked.new]
    if not sources or len(sources) > MAX_SOURCES or len({*sources}) < len(sources):
        plan.refuse("place.change_sources", "sources", limit=MAX_SOURCES)
    elif asked.kind == RENAME and not asked.name.strip():
        plan.refuse("value.required", "name", label=_label("name"))
    elif asked.kind == MOVE and asked.parent is None:
        plan.refuse("value.required", "parent", label=_label("parent"))
    elif asked.kind == MERGE and (len(successors) != 1 or not asked.ending or (asked.new and len(sources) < 2)):
        plan.refuse("place.change_merge_shape", "into")
    elif asked.kind == SPLIT and (len(sources) != 1 or len({*successors, *sources}) < 2 or len(successors) < 2):
        plan.refuse("place.change_split_shape", "into")
    elif len({*successors}) < len(successors):
        plan.refuse("place.code_taken", "new", code=next(c for c in successors if successors.count(c) > 1))
    for text in (asked.name, *(new.name for new in asked.new)):
        if len(text) > 120:
            plan.refuse("value.too_long", "name", label=_label("name"), length=len(text), limit=120)
    if len(asked.basis) > 200:
        plan.refuse("value.too_long", "basis", label=_label("basis"), length=len(asked.basis), limit=200)


def _label(key: str) -> str:
    from django.utils.translation import gettext as _

    return {"name": _("名称"), "parent": _("新的上级"), "basis": _("依据")}[key]


def _check_permission(by: Actor, plan: Plan) -> None:
    """Over every place that gives or takes something, and over the parent of what is new."""
    asked = plan.operation
    paths = [place.path for place in (*asked.sources, *asked.into)]
    if asked.kind == MOVE and asked.parent:
        paths.append(asked.parent.path)
    if asked.new:
        parent = new_parent(asked)
        paths.append(parent.path if parent else "/")
    kind = kinds().get(asked.sources[0].kind)
    permission = SITE_NAMES if asked.kind == RENAME and kind and kind.category == "site" else PERMISSION
    for path in paths:
        if not allows(by, permission, path=path):
            plan.problems += denied(permission, path=path).problems
            return


def _check_days(plan: Plan) -> None:
    """Not in the future, not before a place was there, and after whatever was written of it before."""
    asked = plan.operation
    if asked.since > clock.today():
        plan.refuse("place.change_future", "since", day=asked.since, today=clock.today())
    for place in [*asked.sources, *asked.into, *([asked.parent] if asked.parent else [])]:
        if place.closed_on:
            plan.refuse("place.closed", "since", place=place.short_name, day=place.closed_on)
        elif place.opened_on and (
            place.opened_on > asked.since or (place in asked.giving and place.opened_on == asked.since)
        ):
            plan.refuse("place.change_before_opening", "since", place=place.short_name, day=place.opened_on)
    for place in asked.sources:
        days = [*_days_written(place, asked)]
        if place in asked.giving:
            days += _days_of_children(place, asked)
        if days:
            plan.refuse("place.change_conflict", "since", place=place.short_name, day=max(days))


def _days_written(place: Place, asked: Operation) -> Iterator[Any]:
    """Days from ``since`` on at which the same is written of a place: its name, its parent, or its end."""
    if asked.kind != MOVE:
        yield from place.formerly.filter(until__gte=asked.since).values_list("until", flat=True)
    if asked.kind != RENAME:
        yield from place.parents_over_time.filter(since__gte=asked.since).values_list("since", flat=True)
    if asked.kind in WITHDRAWING:
        parts = PlaceChangePart.objects.filter(place=place, change__undone_at__isnull=True)
        concerned = parts.filter(change__kind__in=WITHDRAWING, change__since__gte=asked.since)
        yield from concerned.values_list("change__since", flat=True)


def _days_of_children(place: Place, asked: Operation) -> Iterator[Any]:
    """Days from ``since`` on at which something came under the place, or what lay under it was closed."""
    from huoshui.places.models import PlaceParent

    came = PlaceParent.objects.filter(parent=place, since__gte=asked.since)
    yield from came.values_list("since", flat=True)
    left = PlaceParent.objects.filter(parent=place, until__gt=asked.since)
    yield from left.values_list("until", flat=True)
    yield from place.children.filter(closed_on__gt=asked.since).values_list("closed_on", flat=True)


def _check_move(plan: Plan) -> None:
    place, parent = plan.operation.sources[0], plan.operation.parent
    if parent is None:
        return
    kind = kinds().get(place.kind)
    if parent.path.startswith(place.path):
        plan.refuse("place.change_descendant", "parent", place=parent.short_name, source=place.short_name)
    elif place.parent_id == parent.pk:
        plan.refuse("place.change_same_parent", "parent", place=place.short_name, parent=parent.short_name)
    elif kind is None or parent.kind not in kind.parents:
        plan.refuse("place.parent", "parent", kind=str(kind.name if kind else place.kind), parent=parent.short_name)
    deepest = max((len(path) for path in _paths_under(place)), default=0)
    if deepest - len(place.path) + len(parent.path) + len(place.code) + 1 > MAX_PATH:
        plan.refuse("place.too_deep", "parent", code=place.code)


def _paths_under(place: Place) -> list[str]:
    return list(Place.objects.under(place.path).values_list("path", flat=True))


def _check_successors(plan: Plan) -> None:
    """None lies below what ends, codes of new ones are free and right, and kinds may stand there."""
    asked, known = plan.operation, kinds()
    for place in asked.into:
        above = [source for source in asked.ending if place.path.startswith(source.path)]
        if above:
            plan.refuse("place.change_descendant", "into", place=place.short_name, source=above[0].short_name)
    for place in asked.sources:
        above = [source for source in asked.ending if place != source and place.path.startswith(source.path)]
        if above:
            plan.refuse("place.change_descendant", "sources", place=place.short_name, source=above[0].short_name)
    parent = new_parent(asked)
    kind = known.get(asked.sources[0].kind)
    for new in asked.new:
        if not new.name.strip():
            plan.refuse("value.required", "new", label=_label("name"))
        if kind is None or not re.fullmatch(kind.code_pattern or FREE_CODE, new.code) or "/" in new.code:
            plan.refuse("place.code", "new", kind=str(kind.name if kind else asked.sources[0].kind), code=new.code)
        elif Place.objects.filter(code=new.code).exists():
            plan.refuse("place.code_taken", "new", code=new.code)
        elif (parent.kind if parent else None) not in (kind.parents or (None,)):
            plan.refuse("place.parent", "parent", kind=str(kind.name), parent=parent.short_name if parent else "—")


def _plan_items(plan: Plan) -> None:
    asked = plan.operation
    for source in asked.giving:
        for carrier in carriers():
            for item in carrier.resting(source, asked.since):
                to = asked.chosen(item.key, source)
                plan.moving.append(Moving(item, source, to, open=len(asked.successors) > 1))
    for moving in plan.moving:
        if not moving.to:
            plan.refuse("place.change_choice", f"choice-{moving.item.key}", label=moving.item.label)
        elif moving.to not in asked.successors:
            plan.refuse("place.change_successor", f"choice-{moving.item.key}", code=moving.to, label=moving.item.label)


def later_changes(change: PlaceChange) -> list[PlaceChange]:
    """Changes made after this one, not undone, of any place that it concerned."""
    places = change.parts.filter(place__isnull=False).values("place")
    parts = PlaceChangePart.objects.filter(place__in=places, change__undone_at__isnull=True)
    found = PlaceChange.objects.filter(pk__in=parts.values("change"), created_at__gt=change.created_at)
    return list(found.exclude(pk=change.pk).order_by("created_at"))
