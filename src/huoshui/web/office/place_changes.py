"""Renaming, moving, merging and splitting a place: a form, a preview of everything that follows, and the deed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.places.changes.actions import perform, undo_change
from huoshui.places.changes.carriers import carriers
from huoshui.places.changes.operations import (
    MERGE,
    MOVE,
    RENAME,
    SPLIT,
    NewPlace,
    Operation,
    asked_operation,
)
from huoshui.places.changes.planning import PERMISSION, Plan, kinds, plan_change
from huoshui.places.changes.timeline import Event, timeline
from huoshui.places.models import Place, PlaceChange, PlaceChangePart
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest
from huoshui.web.words import actor_words

WORDS = {
    RENAME: (_("更名"), _("改用新的全称；旧名称连同日期保留，按旧名也能查到。")),
    MOVE: (_("改隶"), _("改到另一个上级之下；其下的一切随之过去，以前属于哪里仍可查。")),
    MERGE: (_("合并"), _("一个或几个地点并为一个；在办的归到合并后的地点，以前的记录留在原处。")),
    SPLIT: (_("拆分"), _("一个地点分为几个；在办的逐项归到拆分后的地点，以前的记录留在原处。")),
}
"""Each kind of change, and what it does in one sentence."""
NEW_ROWS = 3
CHOICE = "choice-"
PREVIEWED = 200
"""Items of one part that are shown one by one."""


@require_http_methods(["GET", "POST"])
@login_required
def place_change(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """One change of a place. What was previewed is done, and nothing else."""
    place = Place.objects.get_visible(request.user, code=code)
    if kind not in WORDS or not allows(request.user, PERMISSION, path=place.path):
        raise Refusal("access.not_found")
    form = FormState({"since": clock.today().isoformat()})
    plan: Plan | None = None
    if request.method == "POST":
        form = FormState.typed(request)
        operation = form.attempt(read_operation, user=request.user, place=place, kind=kind, sent=request.POST)
        if operation and request.POST.get("agreed"):
            change = form.attempt(perform, by=request.user, operation=operation, agreed=request.POST["agreed"])
            if change:
                return redirect("place_change_done", change.pk)
        if operation:
            plan = plan_change(request.user, operation)
            form.problems = form.problems or plan.problems
            form.status = 422 if plan.problems else form.status
    return page(request, "office/places/change.html", _context(request, place, kind, plan), form)


@require_http_methods(["GET", "POST"])
@login_required
def place_change_done(request: SignedInRequest, change_id: UUID) -> HttpResponse:
    """What a change did, and taking it back."""
    change = PlaceChange.objects.get_visible(request.user, pk=change_id)
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        if form.attempt(undo_change, by=request.user, change=change, reason=form.values.get("reason", "")):
            return redirect("place_change_done", change.pk)
        change.refresh_from_db()
    parts = list(change.parts.select_related("place"))
    shown = {role: [part for part in parts if part.role == role] for role in ("source", "result", "parent")}
    paths = [part.place.path if part.place else change.path for part in parts]
    may_undo = change.undone_at is None and all(allows(request.user, PERMISSION, path=path) for path in paths)
    context = {
        "change": change,
        "by": actor_words(change.by_label),
        "undone_by": actor_words(change.undone_by_label),
        "may_undo": may_undo,
        "renamed": _renamed(change, shown["source"]),
        **shown,
    }
    return page(request, "office/places/change_done.html", context, form)


def _renamed(change: PlaceChange, sources: list[PlaceChangePart]) -> Event | None:
    """The former name and the new one, where that is what a change did and still stands."""
    place = sources[0].place if sources else None
    if change.kind != RENAME or place is None:
        return None
    return next((event for event in timeline(place) if event.change == change and event.before), None)


def read_operation(user: Any, place: Place, kind: str, sent: QueryDict) -> Operation:
    """The operation that a form asks for. Raises value.type for a day that is none, access.not_found for a place."""
    try:
        since = dt.date.fromisoformat(sent.get("since", ""))
    except ValueError:
        day, expected = sent.get("since", ""), _now("日期，如 2018-03-05")
        raise Refusal("value.type", field="since", label=_now("生效日期"), value=day, expected=expected) from None
    numbered = range(1, NEW_ROWS + 1)
    typed = [(sent.get(f"new_code_{n}", "").strip(), sent.get(f"new_name_{n}", "").strip()) for n in numbered]
    others = [code for code in dict.fromkeys(sent.getlist("sources")) if code != place.code] if kind == MERGE else []
    goes_on = [place.code] if kind == SPLIT and sent.get("goes_on") else []
    return asked_operation(
        Place.objects.visible_to(user),
        kind,
        since,
        [place.code, *others],
        name=sent.get("name", ""),
        parent=sent.get("parent", ""),
        into=goes_on + [code for code in sent.getlist("into") if code],
        new=[NewPlace(code, name) for code, name in typed if code or name],
        basis=sent.get("basis", ""),
        choices={name.removeprefix(CHOICE): sent.get(name, "") for name in sent if name.startswith(CHOICE)},
    )


def _context(request: SignedInRequest, place: Place, kind: str, plan: Plan | None) -> dict[str, Any]:
    title, sub = WORDS[kind]
    peers = _peers(request, place) if kind in (MERGE, SPLIT) else []
    return {
        "place": place,
        "kind": kind,
        "title": title,
        "sub": sub,
        "parents": _parents(request, place) if kind == MOVE else [],
        "peers": peers,
        "neighbours": [row for row in peers if row.parent_id == place.parent_id],
        "others": [row for row in peers if row.parent_id != place.parent_id],
        "sources": request.POST.getlist("sources"),
        "into": request.POST.getlist("into"),
        "new_rows": [_new_row(request, n) for n in range(1, (NEW_ROWS if kind == SPLIT else 1) + 1)],
        "plan": plan,
        "parts": _parts(plan) if plan else [],
        "staying": [row for row in plan.staying if row.count] if plan else [],
    }


def _new_row(request: SignedInRequest, number: int) -> dict[str, Any]:
    values = {key: request.POST.get(f"new_{key}_{number}", "") for key in ("code", "name")}
    return {"number": number, **values}


def _parents(request: SignedInRequest, place: Place) -> list[Place]:
    """Open places that the place may lie under, but where it lies and what lies in it."""
    kind = kinds().get(place.kind)
    allowed = Place.objects.visible_to(request.user).filter(kind__in=kind.parents if kind else [])
    rows = allowed.filter(closed_on__isnull=True).exclude(children=place).order_by("path")
    return [row for row in rows if allows(request.user, PERMISSION, path=row.path)]


def _peers(request: SignedInRequest, place: Place) -> list[Place]:
    """Open places of the same level, the neighbours under the same parent first."""
    known = kinds()
    level = known[place.kind].level if place.kind in known else None
    same = [code for code, kind in known.items() if kind.level == level and level] or [place.kind]
    rows = Place.objects.visible_to(request.user).filter(kind__in=same, closed_on__isnull=True).exclude(pk=place.pk)
    peers = [
        row for row in rows.select_related("parent").order_by("path") if allows(request.user, PERMISSION, path=row.path)
    ]
    return sorted(peers, key=lambda row: row.parent_id != place.parent_id)


def _parts(plan: Plan) -> list[dict[str, Any]]:
    """What goes to successors, by part; the first items of each, every one that has a choice."""
    parts = []
    for carrier in carriers():
        rows = plan.of_part(carrier.code)
        if rows:
            shown = rows if any(row.open for row in rows) else rows[:PREVIEWED]
            parts.append({"code": carrier.code, "label": carrier.label, "rows": shown, "count": len(rows)})
    return parts
