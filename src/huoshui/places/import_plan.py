"""What importing the rows would do: which places are new, which change and how, and every rule broken."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, allows, denied
from huoshui.kernel.batching import batches
from huoshui.kernel.errors import Problem
from huoshui.kernel.journal.canonical import canonical
from huoshui.places.import_columns import PlaceRow, labelled
from huoshui.places.models import MAX_PATH, Place, PlaceAttribute
from huoshui.places.names import spellings
from huoshui.places.schema import FREE_CODE, PlaceKind

PERMISSION = "place.import"


@dataclass
class Planned:
    """One row, the place it is about (None: new), its path when all is done, and what differs.

    ``present`` holds the stored rows of the attributes that change.
    """

    row: PlaceRow
    place: Place | None
    path: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    present: dict[str, PlaceAttribute] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        return bool(self.after or self.attributes)


@dataclass
class Plan:
    """Every planned row by code, the places in the register that they touch, and the problems."""

    planned: dict[str, Planned] = field(default_factory=dict)
    existing: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    created: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)

    def refuse(self, row: int, rule: str, key: str = "", /, **params: Any) -> None:
        """Note a broken rule (an error of the catalogue) of a row."""
        self.problems.append(Problem(rule, field=key, row=row, params=labelled(key, params)))

    def digest(self) -> str:
        """SHA-256 over what would be written, values before included: equal plans do the same to the same places."""
        total = hashlib.sha256()
        for planned in (*self.created, *self.changed):
            row = planned.row
            parts = [row.code, planned.path, planned.before, planned.after, planned.attributes]
            point = [row.latitude, row.longitude, row.precision]
            rest = [row.parent, *point, row.opened_on] if planned.place is None else []
            total.update(f"{canonical([*parts, *rest])}\n".encode())
        return total.hexdigest()


def plan_rows(by: Actor, rows: Iterable[PlaceRow], kinds: Mapping[str, PlaceKind]) -> Plan:
    """Hold the rows against each other and against the register; reads only."""
    plan = Plan()
    for row in rows:
        if first := plan.planned.get(row.code):
            plan.refuse(row.number, "import.code_twice", "code", code=row.code, first=first.row.number)
        else:
            plan.planned[row.code] = Planned(row, None)
    _read_existing(plan)
    paths = _Paths(plan)
    for planned in plan.planned.values():
        _check_place_in_tree(planned, plan, kinds, paths)
    _find_changes(plan, kinds)
    _check_children_of_changed_kinds(plan, kinds)
    for planned in plan.planned.values():
        _check_permission(by, planned, plan)
    return plan


def _read_existing(plan: Plan) -> None:
    codes = {row.code for row in (planned.row for planned in plan.planned.values())}
    codes |= {planned.row.parent for planned in plan.planned.values() if planned.row.parent}
    for some in batches(sorted(codes)):
        for place in Place.objects.select_related("parent").filter(code__in=some):
            plan.existing[place.code] = place
    for planned in plan.planned.values():
        planned.place = plan.existing.get(planned.row.code)


class _Paths:
    """Paths as they will be when every row is written; "" where a parent is unknown or a ring closes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._known: dict[str, str] = {"": "/"}

    def of(self, code: str) -> str:
        """The path of a code. Walks up in a loop: a broken file may chain thousands of rows."""
        chain: list[tuple[str, str]] = []
        seen: set[str] = set()
        while code not in self._known:
            if code in seen:
                self._known[code] = ""
                break
            seen.add(code)
            above, rest = self._above(code)
            if above is None:
                self._known[code] = rest
                break
            chain.append((code, rest))
            code = above
        for below, rest in reversed(chain):
            above_path = self._known[code]
            self._known[below] = f"{above_path}{rest}" if above_path else ""
            code = below
        return self._known[code]

    def _above(self, code: str) -> tuple[str | None, str]:
        """The nearest code above whose path may change, with what follows it; or None with the whole path."""
        planned = self.plan.planned.get(code)
        if planned:
            return planned.row.parent, f"{code}/"
        place = self.plan.existing.get(code)
        if place is None:
            return None, ""
        codes = place.path.strip("/").split("/")
        for at in range(len(codes) - 2, -1, -1):
            if codes[at] in self.plan.planned:
                return codes[at], "/".join(codes[at + 1 :]) + "/"
        return None, place.path


def _check_place_in_tree(planned: Planned, plan: Plan, kinds: Mapping[str, PlaceKind], paths: _Paths) -> None:
    row, kind = planned.row, kinds[planned.row.kind]
    if not re.fullmatch(kind.code_pattern or FREE_CODE, row.code) or "/" in row.code:
        plan.refuse(row.number, "place.code", "code", kind=str(kind.name), code=row.code)
        return
    parent, parent_row = plan.existing.get(row.parent), plan.planned.get(row.parent)
    if row.parent and not parent and not parent_row:
        plan.refuse(row.number, "import.parent_unknown", "parent", code=row.parent)
        return
    parent_kind = parent_row.row.kind if parent_row else parent.kind if parent else None
    if parent_kind not in (kind.parents or (None,)):
        name = parent_row.row.name if parent_row else parent.short_name if parent else "—"
        plan.refuse(row.number, "place.parent", "parent", kind=str(kind.name), parent=name)
        return
    planned.path = paths.of(row.code)
    if not planned.path:
        plan.refuse(row.number, "import.ring", "parent", code=row.code)
    elif len(planned.path) > MAX_PATH:
        plan.refuse(row.number, "place.too_deep", "parent", code=row.code)


def _find_changes(plan: Plan, kinds: Mapping[str, PlaceKind]) -> None:
    by_place = {p.place.pk: p for p in plan.planned.values() if p.place}
    for some in batches(by_place):
        for value in PlaceAttribute.objects.filter(place__in=some, until__isnull=True):
            by_place[value.place_id].present[value.code] = value
    for planned in plan.planned.values():
        if planned.place is None:
            _complete_new(planned, plan, kinds)
            plan.created.append(planned)
            continue
        _compare(planned, planned.place, kinds)
        for code, row in planned.present.items():
            if row.since and row.since > clock.today():
                fields = {field.code: field.name for field in kinds[planned.row.kind].attributes}
                dates = {"since": clock.today(), "present": row.since}
                plan.refuse(planned.row.number, "place.since", code, label=fields.get(code, code), **dates)
        if planned.differs:
            plan.changed.append(planned)
    for planned in (*plan.created, *plan.changed):
        _check_open(planned, plan)


def _check_open(planned: Planned, plan: Plan) -> None:
    """A closed place is not changed, and nothing new comes under it."""
    moved = planned.place is None or "parent" in planned.after
    for place in (planned.place, plan.existing.get(planned.row.parent) if moved else None):
        if place and place.closed_on:
            plan.refuse(planned.row.number, "place.closed", "code", place=place.short_name, day=place.closed_on)


def _compare(planned: Planned, place: Place, kinds: Mapping[str, PlaceKind]) -> None:
    row = planned.row
    wanted = {
        "name": row.name,
        "kind": row.kind,
        "parent": row.parent,
        "latitude": place.latitude if row.latitude is None else row.latitude,
        "longitude": place.longitude if row.longitude is None else row.longitude,
        "precision": row.precision or _worth(row, place),
        "opened_on": row.opened_on or place.opened_on,
    }
    parent = place.parent.code if place.parent else ""
    for key, value in wanted.items():
        was = parent if key == "parent" else getattr(place, key)
        if was != value:
            planned.before[key], planned.after[key] = was, value
    present = {code: value.value for code, value in planned.present.items()}
    planned.attributes = {c: value for c, value in row.attributes.items() if present.get(c) != value}
    if "kind" in planned.after:  # what the new kind does not have ends
        declared = {attribute.code for attribute in kinds[row.kind].attributes}
        planned.attributes |= {c: None for c in present if c not in declared}
    planned.present = {c: value for c, value in planned.present.items() if c in planned.attributes}
    planned.before |= {c: present[c] for c in planned.present}


def _worth(row: PlaceRow, place: Place) -> str:
    """Of a point of which the row says nothing: a new one is exact, the one that stands is worth what it was."""
    stays = row.latitude is None or (row.latitude, row.longitude) == (place.latitude, place.longitude)
    return str(place.precision) if stays else Place.Precision.EXACT


def _complete_new(planned: Planned, plan: Plan, kinds: Mapping[str, PlaceKind]) -> None:
    """A new place has all its values to declare, and its kind's required attributes to have."""
    row = planned.row
    planned.attributes = dict(row.attributes)
    planned.after = {"kind": row.kind, "code": row.code, "name": row.name}
    for attribute in kinds[row.kind].attributes:
        if attribute.required and attribute.code not in row.attributes:
            plan.refuse(row.number, "value.required", attribute.code, label=str(attribute.name))


def _check_children_of_changed_kinds(plan: Plan, kinds: Mapping[str, PlaceKind]) -> None:
    """A place whose kind changes keeps its children: their kinds must allow the new one."""
    changed = {p.place.pk: p for p in plan.planned.values() if p.place and "kind" in p.after}
    if not changed:
        return
    for child in Place.objects.filter(parent__in=list(changed), closed_on__isnull=True):
        if child.parent_id is None or child.code in plan.planned:
            continue  # its own row was held against the new kind
        row = changed[child.parent_id].row
        if child.kind in kinds and row.kind not in kinds[child.kind].parents:
            name = str(kinds[child.kind].name)
            plan.refuse(row.number, "place.parent", "kind", kind=name, parent=row.name)


def _check_permission(by: Actor, planned: Planned, plan: Plan) -> None:
    """A new place asks for the permission over its parent, a changed one over itself and its new parent."""
    if not planned.path or not (planned.place is None or planned.differs):
        return
    above = planned.path.removesuffix(f"{planned.row.code}/")
    paths = [planned.place.path, *([above] if "parent" in planned.after else [])] if planned.place else [above]
    for path in paths:
        if not allows(by, PERMISSION, path=path):
            problem = denied(PERMISSION, path=path).problems[0]
            problem.row, problem.field = planned.row.number, "parent"
            plan.problems.append(problem)
            return


def new_place(planned: Planned, parent: Place | None) -> Place:
    """The unsaved place of a new row."""
    row = planned.row
    return Place(
        **spellings(row.name),
        kind=row.kind,
        code=row.code,
        parent=parent,
        path=planned.path,
        opened_on=row.opened_on,
        latitude=row.latitude,
        longitude=row.longitude,
        precision=row.precision or Place.Precision.EXACT,
    )
