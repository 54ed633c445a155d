"""The command bar: finds any place, matter, round, document or page that the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.activities.queries import activities_named
from huoshui.documents.queries import editions_named
from huoshui.duties.models import Account
from huoshui.kernel.wording import bracketed
from huoshui.matters.queries import matters_named
from huoshui.places.queries import names_apart, search_places
from huoshui.visits.models import Round
from huoshui.web.office.context import office
from huoshui.web.requests import SignedInRequest

MOST = 8


@dataclass(frozen=True)
class Hit:
    """One line of the command bar."""

    kind: str
    label: str
    path: str
    url: str


@require_GET
@login_required
def search(request: SignedInRequest) -> HttpResponse:
    """A fragment with the hits for ``?q=``; pages of the rail when nothing was typed yet."""
    text = request.GET.get("q", "").strip()
    hits = find(request.user, text) if text else []
    pages = [Hit(_("页面"), entry.label, "", entry.url) for entry in office(request)["rail"] if text in entry.label]
    return render(request, "partials/_command_results.html", {"results": pages + hits})


def _with_former(place: Any) -> str:
    """A place that was found by what it was called says so."""
    name, former = str(place.short_name), place.formerly_called
    return name + (bracketed(_("曾用名 %(name)s") % {"name": former}) if former else "")


def find(user: Any, text: str) -> list[Hit]:
    """Visible places, matters, rounds, people and documents that answer to the text; a document also by its code."""
    hits = [
        Hit(_("地点"), _with_former(place), f"{place.parent or ''} {place.code}", reverse("place", args=[place.code]))
        for place in search_places(user, text).select_related("parent")[:MOST]
    ]
    matters = matters_named(user, text, MOST)
    names = names_apart(matter.place for matter in matters)
    hits += [
        Hit(
            _("事项"),
            f"{matter.number} {matter.title}",
            names[matter.place_id],
            reverse("matter", args=[matter.number]),
        )
        for matter in matters
    ]
    hits += [
        Hit(
            _("活动"),
            activity.title,
            f"{activity.day} {activity.place.short_name}",
            reverse("activity", args=[activity.pk]),
        )
        for activity in activities_named(user, text, MOST)
    ]
    rounds = Round.objects.visible_to(user).filter(name__contains=text).order_by("-opens_on")[:MOST]
    hits += [Hit(_("考核轮次"), item.name, "", reverse("round", args=[item.pk])) for item in rounds]
    accounts = Account.objects.visible_to(user).filter(title__contains=text).select_related("unit")[:MOST]
    hits += [
        Hit(_("人员"), account.title, str(account.unit or ""), reverse("person", args=[account.username]))
        for account in accounts
    ]
    hits += [
        Hit(_("文书"), edition.title, edition.code, reverse("document", args=[edition.code]))
        for edition in editions_named(user, text, MOST)
    ]
    return hits
