"""Looking for something: the command bar, and the page of results beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.search.finding import Group, find, wanted
from huoshui.search.keeping import is_whole
from huoshui.search.registry import in_order
from huoshui.web.found import Hit, told
from huoshui.web.office.context import office
from huoshui.web.office.forms import page
from huoshui.web.office.lists import address_without, chosen, day, place_asked
from huoshui.web.office.matter_pages.ledger import units_offered
from huoshui.web.requests import SignedInRequest

IN_BAR = 5
"""Hits of a kind in the command bar."""
IN_PAGE = 8
OF_ONE_KIND = 50


@dataclass(frozen=True)
class Line:
    """One line of the command bar."""

    kind: str
    label: str
    path: str
    url: str


@dataclass(frozen=True)
class Shown:
    """A group of the page: its kind, its hits, and where more of them are ("": there are none)."""

    label: str
    hits: list[Hit]
    more_url: str


@require_GET
@login_required
def search(request: SignedInRequest) -> HttpResponse:
    """A fragment with the hits for ``?q=``; pages of the rail when nothing was typed yet."""
    text = request.GET.get("q", "").strip()
    lines = [Line(_("页面"), entry.label, "", entry.url) for entry in office(request)["rail"] if text in entry.label]
    asked = wanted(text)
    hits = told(find(request.user, asked, most=IN_BAR), asked.words)
    lines += [Line(hit.label, hit.title, hit.beside, hit.url) for of_kind in hits.values() for hit in of_kind]
    if hits:
        lines.append(Line(_("检索"), _("看全部结果"), "", f"{reverse('find')}?{urlencode({'q': text})}"))
    return render(request, "partials/_command_results.html", {"results": lines})


@require_GET
@login_required
def found(request: SignedInRequest) -> HttpResponse:
    """The results for ``?q=``, by kind; of one ``?kind=`` page by page; within ``?place=`` and a period."""
    kinds = {one.kind: one.label for one in in_order()}
    text, kind = request.GET.get("q", "").strip(), chosen(request, "kind", _("种类"), kinds)
    place, since, until = place_asked(request), day(request, "since", _("起")), day(request, "until", _("止"))
    asked = wanted(text, kinds=[kind] if kind else [], place=place, since=since, until=until)
    after = request.GET.get("after", "") if kind else ""
    groups = find(request.user, asked, most=OF_ONE_KIND if kind else IN_PAGE, after=after)
    hits = told(groups, asked.words)
    context = {
        "q": text,
        "asked": bool(asked.words),
        "groups": [
            Shown(str(group.searchable.label), hits[group.searchable.kind], _more(request, group)) for group in groups
        ],
        "of_one_kind": kinds[kind] if kind else "",
        "first_url": address_without(request, "after").rstrip("?&") if after else "",
        "all_kinds_url": address_without(request, "after", "kind").rstrip("?&"),
        "narrowed": bool(kind or place or since or until),
        "whole": is_whole(),
        "filters": _filters(request, kinds),
    }
    return page(request, "office/find.html", context)


def _more(request: SignedInRequest, group: Group) -> str:
    """Where the hits go on: of one kind the next page, of all the kind's own first page."""
    if not group.more:
        return ""
    query = request.GET.copy()
    if query.get("kind"):
        query["after"] = group.beyond
    query["kind"] = group.searchable.kind
    return f"?{query.urlencode()}"


def _filters(request: SignedInRequest, kinds: dict[str, object]) -> list[dict[str, Any]]:
    def field(name: str, label: str, kind: str, options: dict[str, object] | None = None) -> dict[str, Any]:
        told = [{"value": value, "label": str(text)} for value, text in (options or {}).items()]
        return {"name": name, "label": label, "type": kind, "value": request.GET.get(name, ""), "options": told}

    units: dict[str, object] = dict(units_offered(request.user))
    return [
        field("q", _("找什么"), "search"),
        field("kind", _("种类"), "select", kinds),
        field("place", _("地点"), "select", units),
        field("since", _("起"), "date"),
        field("until", _("止"), "date"),
    ]
