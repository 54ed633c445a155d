"""Fragments that name matters which may be the same one: while a new one is written, and on a matter's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huoshui.matters.likeness import Alike, alike
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import available_transitions
from huoshui.places.models import Place
from huoshui.places.queries import names_apart
from huoshui.web.office.form_addresses import form_of
from huoshui.web.requests import SignedInRequest


@form_of("matter_new")
@login_required
def while_writing(request: SignedInRequest) -> HttpResponse:
    """What the title that is being written may repeat. Sent as a form, so that no title stands in an address."""
    place = Place.objects.visible_to(request.user).filter(code=request.POST.get("place", "")).first()
    title, kind = request.POST.get("title", ""), request.POST.get("kind", "")
    found = alike(request.user, place=place, kind=kind, title=title) if place else []
    return _listed(request, found)


@require_GET
@login_required
def of_matter(request: SignedInRequest, number: str) -> HttpResponse:
    """What a matter may repeat, each with the step that closes the matter as its double, where the reader may."""
    matter = Matter.objects.get_visible(request.user, number=number)
    found: list[Alike] = []
    if matter.phase != CLOSED:
        found = alike(request.user, place=matter.place, kind=matter.kind, title=matter.title, besides=matter)
    steps = available_transitions(matter, request.user) if found else []
    doubles = (step.transition.code for step in steps if step.allowed and step.transition.close_reason == "duplicate")
    return _listed(request, found, matter, next(doubles, ""))


def _listed(request: SignedInRequest, found: list[Alike], matter: Matter | None = None, step: str = "") -> HttpResponse:
    names = names_apart(one.matter.place for one in found)
    rows = [(one.matter, names[one.matter.place_id]) for one in found]
    return render(request, "office/matters/_alike.html", {"alike": rows, "matter": matter, "step": step})
