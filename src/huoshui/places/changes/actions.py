"""Renaming, moving, merging and splitting places, and taking such a change back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.places.changes.carriers import carriers
from huoshui.places.changes.children import put_under
from huoshui.places.changes.operations import MERGE, MOVE, RENAME, SPLIT, WITHDRAWING, Operation
from huoshui.places.changes.planning import PERMISSION, Plan, later_changes, new_parent, plan_change
from huoshui.places.changes.trace import Trace, take_back
from huoshui.places.history import common_path
from huoshui.places.models import Place, PlaceChange, PlaceChangePart, PlaceFormer, PlaceParent
from huoshui.places.names import spellings

Role = PlaceChangePart.Role


def perform(*, by: Any, operation: Operation, agreed: str | None = None) -> PlaceChange:
    """Carry an operation out by the action of its kind. Raises what that action raises."""
    return ACTIONS_BY_KIND[operation.kind](by=by, operation=operation, agreed=agreed)


@action("places.rename")
def rename(*, by: Any, operation: Operation, agreed: str | None = None) -> PlaceChange:
    """Give a place another official name from a day on; the old one stays readable.

    Raises what stands against the plan (``plan_change``), or place.change_moved (see ``_agreed_plan``).
    """
    plan = _agreed_plan(by, operation, agreed)
    place, trace = operation.sources[0], Trace()
    before = journal.snapshot(place, "name", "short_name")
    past = {name: getattr(place, name) for name in ("name", "short_name", "initials", "kind")}
    trace.create(PlaceFormer(place=place, until=operation.since, **past))
    trace.change(place, whole=False, **spellings(operation.name.strip()))
    after = journal.snapshot(place, "name", "short_name")
    journal.record(by=by, subject=place, place=place, before=before, after=after, note=operation.basis)
    return _keep(by, plan, trace, [(Role.SOURCE, place)], former=past["short_name"])


@action("places.move")
def move(*, by: Any, operation: Operation, agreed: str | None = None) -> PlaceChange:
    """Put a place, with everything below it, under another parent from a day on. Raises as ``rename``."""
    plan = _agreed_plan(by, operation, agreed)
    place, trace = operation.sources[0], Trace()
    if operation.parent is None:
        raise RuntimeError("a plan without problems moves somewhere")
    was = place.parent
    put_under(trace, place, operation.parent, since=operation.since, by=by)
    parts = [(Role.SOURCE, place), (Role.PARENT, operation.parent)]
    return _keep(by, plan, trace, parts, beside=was)


@action("places.merge")
def merge(*, by: Any, operation: Operation, agreed: str | None = None) -> PlaceChange:
    """Merge places into one from a day on: what runs goes to it, what is past stays. Raises as ``rename``."""
    return _withdraw(by, operation, agreed)


@action("places.split")
def split(*, by: Any, operation: Operation, agreed: str | None = None) -> PlaceChange:
    """Split a place from a day on: what runs goes to the successors chosen, what is past stays.

    Raises as ``rename``.
    """
    return _withdraw(by, operation, agreed)


ACTIONS_BY_KIND: dict[str, Callable[..., PlaceChange]] = {RENAME: rename, MOVE: move, MERGE: merge, SPLIT: split}


@action("places.undo_change")
def undo_change(*, by: Any, change: PlaceChange, reason: str) -> PlaceChange:
    """Take a change back as a whole: every row is what it was before.

    Raises access.denied, value.required (the reason), place.undone, or place.undo_depends where something that it
    wrote was written again since, or another change of the same places came after it.
    """
    change = PlaceChange.objects.select_for_update().get(pk=change.pk)
    _lock_tree()
    for part in change.parts.select_related("place"):
        require(by, PERMISSION, path=part.place.path if part.place else change.path)
    reason = reason.strip()
    if not reason:
        raise Refusal("value.required", field="reason", label=_("原因"))
    if change.undone_at:
        raise Refusal("place.undone", day=change.undone_at.date())
    if later := later_changes(change):
        raise Refusal("place.undo_depends", what=listed(later[:3]))
    restored = take_back(change.written, since=change.entry_seq)
    change.undone_at, change.undone_by_label, change.undone_why = clock.now(), by.label[:120], reason[:200]
    change.save_next_version("undone_at", "undone_by_label", "undone_why")
    _journal_whole(by, change, reason)
    for row in restored:  # of people, who went along with their unit, nothing else is told
        place = row if isinstance(row, Place) else getattr(row, "place", None)
        if place is not None:
            journal.record(by=by, subject=row, place=place, note=reason)
    return change


def rename_place(
    *,
    by: Any,
    place: Place,
    name: str,
    since: dt.date | None = None,
    basis: str = "",
    seen_version: int | None = None,
) -> Place:
    """Give a place another official name from ``since`` (default today), and return it as it stands.

    Raises record.stale, and what ``rename`` raises.
    """
    place = Place.objects.select_related("parent").get(pk=place.pk)
    place.require_version(seen_version)
    if place.name != name.strip():
        perform(by=by, operation=Operation(RENAME, since or clock.today(), [place], name=name, basis=basis))
        place.refresh_from_db()
    return place


def _agreed_plan(by: Any, operation: Operation, agreed: str | None) -> Plan:
    """The plan over the locked places.

    Raises the plan's problems; or place.change_moved when it is not the one that somebody has read (``agreed``, its
    digest): something was opened, granted or moved meanwhile.
    """
    _lock_tree()
    for place in (*operation.sources, *operation.into, *([operation.parent] if operation.parent else [])):
        place.refresh_from_db()
    plan = plan_change(by, operation)
    if plan.problems:
        raise Refusal.of(plan.problems)
    if agreed is not None and agreed != plan.digest:
        raise Refusal("place.change_moved")
    return plan


def _lock_tree() -> None:
    """One change of places at a time: two moves at once could put each place below the other."""
    list(Place.objects.select_for_update().filter(parent__isnull=True).order_by("pk").values_list("pk"))


def _withdraw(by: Any, operation: Operation, agreed: str | None) -> PlaceChange:
    plan, trace = _agreed_plan(by, operation, agreed), Trace()
    successors = {place.code: place for place in operation.into}
    for new in operation.new:
        successors[new.code] = _open(trace, operation, new.code, new.name.strip(), by)
    by_code = {carrier.code: carrier for carrier in carriers()}
    for moving in plan.moving:
        if moving.to != moving.source.code:
            carrier = by_code[moving.item.part]
            carrier.carry(trace, moving.item, successors[moving.to], by=by, since=operation.since)
    for place in operation.ending:
        trace.change(place, closed_on=operation.since)
        after = {"closed_on": operation.since, "successors": list(successors)}
        journal.record(by=by, subject=place, place=place, after=after, note=operation.basis)
    sources = [(Role.SOURCE, place) for place in operation.sources if place.code not in successors]
    sources += [
        (Role.SOURCE, place) for place in operation.sources if operation.kind == SPLIT and place.code in successors
    ]
    return _keep(by, plan, trace, sources + [(Role.RESULT, place) for place in successors.values()])


def _open(trace: Trace, operation: Operation, code: str, name: str, by: Any) -> Place:
    parent, first = new_parent(operation), operation.sources[0]
    path = f"{parent.path if parent else '/'}{code}/"
    place = Place(**spellings(name), kind=first.kind, code=code, parent=parent, path=path, opened_on=operation.since)
    trace.create(place)
    if parent:
        trace.create(PlaceParent(place=place, parent=parent, since=operation.since))
    after = {"kind": place.kind, "code": code, "name": name, "opened_on": operation.since}
    journal.record(by=by, subject=place, place=place, after=after, note=operation.basis)
    return place


def _keep(
    by: Any,
    plan: Plan,
    trace: Trace,
    parts: Sequence[tuple[str, Place]],
    *,
    former: str = "",
    beside: Place | None = None,
) -> PlaceChange:
    """Record the change with its parts, and journal it as a whole. ``former``: the name before a rename."""
    asked = plan.operation
    paths = [place.path for _role, place in parts] + ([beside.path] if beside else [])
    change = PlaceChange.objects.create(
        kind=asked.kind, since=asked.since, basis=asked.basis, path=common_path(paths),
        by_label=by.label[:120], written=trace.rows, entry_seq=trace.last_entry(),
    )  # fmt: skip
    PlaceChangePart.objects.bulk_create(
        PlaceChangePart(
            change=change, place=place, role=role, code=place.code,
            name=former if former and role == Role.SOURCE else place.short_name,
        )
        for role, place in parts
    )  # fmt: skip
    if asked.kind in WITHDRAWING:  # what a rename or a move did, stands in its place's own entry
        _journal_whole(by, change, asked.basis)
    return change


def _journal_whole(by: Any, change: PlaceChange, note: str) -> None:
    """One entry with all parts, at the place that holds them all."""
    place = Place.objects.filter(path=change.path).first()
    journal.record(by=by, subject=change, place=place, after={"since": change.since, **_told(change)}, note=note)


def _told(change: PlaceChange) -> dict[str, Any]:
    parts = list(change.parts.all())
    told = {role: [part.name for part in parts if part.role == role] for role in Role.values}
    return {name: listed(names) for name, names in told.items() if names}
