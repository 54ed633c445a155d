"""Saved views at the head of the ledger: tabs of them, and the form that keeps, shares and deletes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.duties.queries import unit_with_place
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.matters import actions
from huoshui.matters.models import SavedView
from huoshui.matters.models.views import views_seen
from huoshui.web.office.form_addresses import form_of
from huoshui.web.requests import SignedInRequest

WHOLE = "whole"
"""In the address of the ledger without any filter, so that it does not open with the default view."""


def views_of(request: SignedInRequest) -> dict[str, Any]:
    """The tabs, the view that the address shows, and what the form offers."""
    user = request.user
    at = _plain(request.GET)
    tabs: list[dict[str, Any]] = [
        {
            "view": view,
            "url": address_of(view),
            "active": _plain(QueryDict(view.query)) == at,
            "default": view.is_default,  # type: ignore[attr-defined]
        }
        for view in views_seen(user)
    ]
    active: dict[str, Any] | None = next((tab for tab in tabs if tab["active"]), None)
    unit = unit_with_place(user.unit_id)
    return {
        "tabs": tabs,
        "active": active,
        "mine": active is not None and active["view"].account_id == user.pk,
        "whole_url": f"{reverse('ledger')}?{WHOLE}=1",
        "query": at,
        "may_share": unit is not None and allows(user, "view.share", path=unit.place.path),
    }


def address_of(view: SavedView) -> str:
    """The ledger as a view shows it."""
    return f"{reverse('ledger')}?{view.query or f'{WHOLE}=1'}"


def _plain(asked: QueryDict) -> str:
    """A query string without the page, empty filters and the mark of the whole ledger, in one order."""
    kept = QueryDict(mutable=True)
    for name in sorted(asked):
        if name not in ("page", WHOLE) and asked[name]:
            kept[name] = str(asked[name])
    return kept.urlencode(safe=",")


@form_of("ledger")
@login_required
def views(request: SignedInRequest) -> HttpResponse:
    """Keep, change, delete a view, or open the ledger with it from now on. A refusal is said above the ledger."""
    given, user = request.POST, request.user
    back = f"{reverse('ledger')}?{given.get('query', '') or f'{WHOLE}=1'}"
    try:
        view = _named(request, given.get("view", ""))
        match given.get("do"):
            case "delete" if view:
                actions.delete_view(by=user, view=view)
                messages.success(request, _("视图“%(name)s”已删去") % {"name": view.name})
                return redirect(f"{reverse('ledger')}?{WHOLE}=1")
            case "default" if view:
                actions.choose_default_view(by=user, view=view)
                messages.success(request, _("台账以后先打开“%(name)s”") % {"name": view.name})
            case "no_default":
                actions.choose_default_view(by=user, view=None)
                messages.success(request, _("台账以后先打开全部"))
            case _:
                name, shared = given.get("name", ""), bool(given.get("shared"))
                if view:
                    actions.change_view(by=user, view=view, name=name, shared=shared)
                else:
                    actions.save_view(by=user, name=name, query=given.get("query", ""), shared=shared)
                messages.success(request, _("视图“%(name)s”已保存") % {"name": name})
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message()} {problem.what_next()}")
    return redirect(back)


def _named(request: SignedInRequest, key: str) -> SavedView | None:
    try:
        return SavedView.objects.get_visible(request.user, pk=UUID(key)) if key else None
    except ValueError:
        raise Refusal("access.not_found") from None
