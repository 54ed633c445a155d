"""Places: the tree, one place's life, opening and amending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.duties.queries import open_to, responsible_people, roles
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_until_changed
from huoshui.media.queries import attachments_of
from huoshui.packs.queries import all_current
from huoshui.packs.values import shown_value
from huoshui.places import actions
from huoshui.places.changes.planning import PERMISSION
from huoshui.places.changes.timeline import successors_of, timeline
from huoshui.places.models import FILES, Place, PlaceQuerySet
from huoshui.places.queries import (
    ancestors,
    attributes_of_each,
    attributes_on,
    directly_below,
    honours_of,
    kinds_there,
    line_on,
    place_on,
    present_attributes,
    search_places,
)
from huoshui.web.office.attached import attach_sent_files, input_of, sent_files, shown_attachment
from huoshui.web.office.cadence_pages.places import due_at
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, chosen, paged, place_asked
from huoshui.web.office.place_life import PlaceEntries, PlaceLife, told
from huoshui.web.office.place_spot import picture_of
from huoshui.web.office.place_upkeep import day_asked, kind_asked
from huoshui.web.office.service_pages.of_place import services_of
from huoshui.web.requests import SignedInRequest

MOST_ENTRIES, LATEST = 40, 12
"""How many journal entries stand on a page of a place's journal, and beside its overview."""
TABS = {
    "overview": _lazy("概况"),
    "sites": _lazy("阵地与场所"),
    "visits": _lazy("观摩"),
    "matters": _lazy("台账"),
    "due": _lazy("应办"),
    "activities": _lazy("活动"),
    "services": _lazy("服务"),
    "history": _lazy("沿革"),
    "journal": _lazy("日志"),
}


@require_GET
@login_required
def place_list(request: SignedInRequest) -> HttpResponse:
    """Visible places: all, of one kind, or found by name, initials or code."""
    kinds = all_current("place_kinds")
    text, kind = request.GET.get("q", ""), kind_asked(request)
    rows = search_places(request.user, text) if text else Place.objects.visible_to(request.user).order_by("path")
    rows = rows.filter(kind=kind) if kind else rows
    within = place_asked(request)
    rows = rows.under(within.path) if within else rows
    shown = paged(request, rows.select_related("parent"), 100)
    _name_kinds(shown)
    for place in shown:
        place.depth = place.path.count("/") - 2
    there = kinds_there()
    context = {
        "rows": shown,
        "kinds": [item for item in kinds.values() if item.code in there],
        "kind": kind,
        "q": text,
        "within": within,
        "query": request.GET.urlencode(),
        "address": address_without(request, "page"),
        "may_import": bool(request.user.grants("place.import")),
    }
    return page(request, "office/places/list.html", context)


@require_GET
@login_required
def place_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One place: who answers for it, its attributes and sites, and everything that happened there."""
    place = Place.objects.get_visible(request.user, code=code)
    tab = chosen(request, "tab", _("页签"), TABS) or "overview"
    user = request.user
    covered = allows(user, "place.view", path=place.path)
    day = day_asked(request)
    people = [(duty, roles().get(duty.role)) for duty in responsible_people(place)] if covered else []
    children = directly_below(place)
    sites, units = [row for row in children if _is_site(row)], [row for row in children if not _is_site(row)]
    values = attributes_of_each([place, *sites])
    entries = _entries(request, place, tab)
    context = {
        "place": place,
        "tab": tab,
        "kind": all_current("place_kinds").get(place.kind),
        "path": [p for p in ancestors(place) if p.pk != place.pk],
        "then": place_on(place, day) if day else None,
        "line_then": line_on(place, day)[:-1] if day else [],
        "attributes": _attribute_rows(place, attributes_on(place, day) if day else values[place.pk]),
        "sites": _site_rows(sites, values),
        "sites_below": _name_kinds(_sites_below(user, place)) if units and tab == "sites" else [],
        "site_count": len(sites) + (_count_below(user, place.pk, place.path, clock.today()) if units else 0),
        "below": _visible_units(user, place, units),
        "people": people,
        "open_people": open_to(user, (duty.account for duty, _role in people)),
        "honours": honours_of(place) if covered else [],
        "life": PlaceLife(user, place),
        "due": due_at(user, place) if tab == "due" else None,
        "sees_due": allows(user, "schedule.view", path=place.path),
        "picture": picture_of(user, place) if tab == "overview" else None,
        "entries": told(user, place, entries, brief=tab != "journal"),
        "page": entries,
        "may_edit": allows(user, "place.edit", path=place.path),
        "may_change": allows(user, PERMISSION, path=place.path),
        "files": [shown_attachment(one) for one in attachments_of(place)] if covered and tab == "overview" else [],
        "input": input_of(place, FILES) if FILES in place.slots_open_to(user) else None,
        "successors": successors_of(place),
        "events": timeline(place) if tab == "history" else [],
        "services": services_of(user, place, tab),
    }
    return page(request, "office/places/page.html", context)


@form_of("place", "code")
@login_required
def place_files(request: SignedInRequest, code: str) -> HttpResponse:
    """Add photos and documents to a place."""
    place = Place.objects.get_visible(request.user, code=code)
    files = sent_files(request, FILES, documents=True)
    caption = request.POST.get("caption", "")
    if not attach_sent_files(request, place, place, FILES, files, caption):
        raise Refusal("value.required", field=FILES, label=place.slot_name(FILES))
    messages.success(request, _("已上传"))
    return redirect("place", code=code)


def _site_kinds() -> list[str]:
    return [code for code, kind in all_current("place_kinds").items() if kind.category == "site"]


def _is_site(place: Place) -> bool:
    return place.kind in _site_kinds()


def _site_rows(sites: list[Place], values: dict[UUID, dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = all_current("place_kinds")
    return [
        {"site": site, "kind": kinds[site.kind], "attributes": _attribute_rows(site, values[site.pk])} for site in sites
    ]


def _visible_units(user: Any, place: Place, units: list[Place]) -> list[Place]:
    """The units directly below, as far as the reader sees them: all, where a duty covers the place."""
    if units and not allows(user, "place.view", path=place.path):
        seen = set(Place.objects.visible_to(user).filter(parent=place).values_list("pk", flat=True))
        units = [unit for unit in units if unit.pk in seen]
    return sorted(units, key=lambda unit: unit.path)


def _entries(request: SignedInRequest, place: Place, tab: str) -> Any:
    """The place's journal, a page of it, or its beginning beside the overview; other tabs show none of it."""
    entries = PlaceEntries(request.user, place)
    if tab == "journal":
        return paged(request, entries, MOST_ENTRIES)
    return entries[:LATEST] if tab == "overview" else []


def _sites_below(user: Any, place: Place) -> PlaceQuerySet:
    """Open sites within the units below a place, by unit; its own are not among them."""
    return _further_down(user, place.pk, place.path).select_related("parent").order_by("path")


@read_until_changed
def _count_below(user: Any, place: UUID, path: str, _day: dt.date) -> int:
    return _further_down(user, place, path).count()


def _further_down(user: Any, place: UUID, path: str) -> PlaceQuerySet:
    below = Place.objects.visible_to(user).under(path).exclude(parent=place).exclude(pk=place)
    sites: PlaceQuerySet = below.filter(kind__in=_site_kinds(), closed_on__isnull=True)
    return sites


def _name_kinds(places: Iterable[Any]) -> list[Any]:
    """The places, each with ``kind_name`` in the reader's language."""
    kinds, named = all_current("place_kinds"), list(places)
    for place in named:
        place.kind_name = kinds[place.kind].name if place.kind in kinds else place.kind
    return named


def _attribute_rows(place: Place, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Declared attributes with their values, as they are shown."""
    kind = all_current("place_kinds").get(place.kind)
    return [
        {"field": field, "value": values.get(field.code), "shown": shown_value(field, values.get(field.code))}
        for field in (kind.attributes if kind else ())
    ]


@require_http_methods(["GET", "POST"])
@login_required
def place_amend(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a place's attributes."""
    place = Place.objects.get_visible(request.user, code=code)
    rows = _attribute_rows(place, present_attributes(place))
    form = FormState({row["field"].code: row["shown"] for row in rows} | {"version": place.version})
    if request.method == "POST":
        form = FormState.typed(request)
        given = {row["field"].code: form.values.get(row["field"].code, "") for row in rows}
        done = form.attempt(
            actions.amend_attributes, by=request.user, place=place, attributes=given, seen_version=form.seen_version
        )
        if done:
            messages.success(request, _("已更新 %(name)s") % {"name": place.short_name})
            if place.parent and place.kind in _site_kinds():
                return _to_sites(place.parent)
            return redirect("place", code=place.code)
    return page(request, "office/places/amend.html", {"place": place, "rows": rows}, form)


def _open(*, opened: str, **given: Any) -> Place:
    """Open a place since the day that was typed; "" where nobody knows it."""
    try:
        day = dt.date.fromisoformat(opened) if opened else None
    except ValueError:
        raise Refusal("value.type", field="opened_on", label=_("设立日期"), value=opened, expected=_("日期")) from None
    place: Place = actions.open_place(opened_on=day, **given)
    return place


@require_http_methods(["GET", "POST"])
@login_required
def place_open(request: SignedInRequest, code: str) -> HttpResponse:
    """Open a place or site under this one."""
    parent = Place.objects.get_visible(request.user, code=code)
    kinds = [kind for kind in all_current("place_kinds").values() if parent.kind in kind.parents]
    kinds.sort(key=lambda kind: kind.category != "site")  # a hub is registered every week, a grid once
    chosen = next((kind for kind in kinds if kind.code == request.GET.get("kind")), kinds[0] if kinds else None)
    form = FormState()
    if request.method == "POST" and chosen:
        form = FormState.typed(request)
        given = {field.code: form.values.get(field.code, "") for field in chosen.attributes}
        number = form.values.get("code") or actions.next_site_code(parent, chosen.code)
        place = form.attempt(
            _open,
            opened=form.values.get("opened_on", "").strip(),
            by=request.user,
            kind=chosen.code,
            code=number,
            name=form.values.get("name", "").strip(),
            parent=parent,
            attributes=given,
        )
        if place:
            messages.success(request, _("已登记 %(name)s") % {"name": place.name})
            return _to_sites(parent) if chosen.category == "site" else redirect("place", code=place.code)
    shown = {"name", "code", "opened_on", *(field.code for field in chosen.attributes)} if chosen else set()
    general = [problem for problem in form.problems if problem.field not in shown]
    context = {"parent": parent, "kinds": kinds, "chosen": chosen, "general_problems": general}
    return page(request, "office/places/open.html", context, form)


def _to_sites(place: Place) -> HttpResponse:
    """Back to the list of a place's sites."""
    return redirect(f"{reverse('place', args=[place.code])}?tab=sites")
