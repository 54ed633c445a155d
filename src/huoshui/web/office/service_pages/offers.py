"""Which hub offers what and when: as a table of hubs and items, as a list, and each to be changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.values import EXPECTED
from huoshui.places.models import Place
from huoshui.services import actions, queries
from huoshui.services.export import offers_workbook
from huoshui.services.hours import is_on, weekday_names
from huoshui.services.models import Offer
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import chosen, paged, place_asked
from huoshui.web.office.service_pages.common import filter_of, item_names, towns_of
from huoshui.web.requests import SignedInRequest

SITES_PER_PAGE = 40
WEEKDAYS, HOURS = "12345", "8:30-12:00，14:30-18:00"
"""What a new offer begins with."""


@require_GET
@login_required
def service_offers(request: SignedInRequest) -> HttpResponse:
    """What is offered: hubs down and items across, or ``?view=list``; ``?today=1`` only what is done today."""
    place = place_asked(request)
    item = chosen(request, "item", _("事项"), item_names())
    today, view = request.GET.get("today") == "1", chosen(request, "view", _("样式"), {"list": _("列表")})
    found = _asked(request.user, place, item, today)
    codes, table = queries.matrix(found)
    sites = list(dict.fromkeys(offer.place for offer in found))
    shown = paged(request, found if view == "list" else sites, 100 if view == "list" else SITES_PER_PAGE)
    names = item_names()
    context = {
        "view": view,
        "rows": shown if view == "list" else [],
        "table": [{"place": site, "cells": [(names.get(c, c), table[site.pk].get(c)) for c in codes]} for site in shown]
        if view != "list"
        else [],
        "items": [(code, names.get(code, code)) for code in codes],
        "page": shown,
        "place": place,
        "count": len(found),
        "sites": len(sites),
        "filters": [
            filter_of("place", _("乡镇"), place.code if place else "", _towns(request.user, place)),
            filter_of("item", _("事项"), item, names),
            filter_of("today", _("办理日"), "1" if today else "", {"1": _("今天办的")}),
        ],
        "may_publish": bool(request.user.grants("service.publish")),
    }
    return page(request, "office/services/offers.html", context)


@require_GET
@login_required
def service_offers_export(request: SignedInRequest) -> HttpResponse:
    """The same as an Excel workbook."""
    place = place_asked(request)
    item = chosen(request, "item", _("事项"), item_names())
    found = _asked(request.user, place, item, request.GET.get("today") == "1")
    return as_file(offers_workbook(found), XLSX, f"{_('便民服务事项办理点')}.xlsx")


def _asked(user: Any, place: Place | None, item: str, today: bool) -> list[Offer]:
    found = list(queries.offers(user, place=place.path if place else "", item=item))
    day = clock.today()
    return [offer for offer in found if not today or (offer.since <= day and is_on(offer.weekdays, day))]


def _towns(user: Any, place: Place | None) -> dict[str, str]:
    towns = towns_of(user, [offer.place for offer in queries.offers(user)])
    return towns if place is None or place.code in towns else {place.code: place.short_name} | towns


@require_http_methods(["GET", "POST"])
@login_required
def service_offer_new(request: SignedInRequest) -> HttpResponse:
    """Publish an item at a hub; ``?item=`` and ``?place=`` begin with one."""
    user = request.user
    if not user.grants("service.publish"):
        raise Refusal("access.not_found")
    begin = {"item": request.GET.get("item", ""), "place": request.GET.get("place", ""), "hours": HOURS}
    form = FormState.typed(request) if request.method == "POST" else FormState(begin | {"since": clock.today()})
    days = request.POST.getlist("weekdays") if request.method == "POST" else list(WEEKDAYS)
    if request.method == "POST":
        done = form.attempt(_publish, user=user, values=form.values, days=days)
        if done:
            messages.success(request, _("已公布"))
            return redirect("service_offer", offer_id=done.pk)
    context = {
        "items": item_names(),
        "places": _publishable(user),
        "weekdays": [(code, name, code in days) for code, name in weekday_names().items()],
        "general_problems": [p for p in form.problems if p.field not in _FIELDS],
    }
    return page(request, "office/services/offer_new.html", context, form)


_FIELDS = ("item", "place", "weekdays", "hours", "window", "phone", "since")


def _publish(*, user: Any, values: dict[str, Any], days: list[str]) -> Offer:
    place = Place.objects.visible_to(user).filter(code=values.get("place", "")).first()
    missing = [("item", _("事项"))] if not values.get("item") else []
    missing += [("place", _("办理点"))] if place is None else []
    if place is None or missing:
        raise Refusal.of([Problem("value.required", name, params={"label": label}) for name, label in missing])
    return actions.publish_offer(
        by=user,
        item=values.get("item", ""),
        place=place,
        weekdays="".join(days),
        hours=values.get("hours", ""),
        window=values.get("window", ""),
        phone=values.get("phone", ""),
        since=_day(values.get("since", ""), "since", _("起")),
    )


def _day(text: str, field: str, label: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("value.type", field=field, label=label, value=text, expected=EXPECTED["date"]) from None


def _publishable(user: Any) -> list[Place]:
    """Hubs, and villages and communities, where the reader publishes."""
    kinds = ("hub", "village", "community", "town", "township", "subdistrict")
    rows = Place.objects.visible_to(user).filter(kind__in=kinds, closed_on__isnull=True).select_related("parent")
    found = [row for row in rows.order_by("path") if allows(user, "service.publish", path=row.path)]
    return sorted(found, key=lambda row: (row.kind != "hub", row.path))


@require_GET
@login_required
def service_offer(request: SignedInRequest, offer_id: str) -> HttpResponse:
    """One offer, with the forms to change and to end it for whoever may."""
    return _show(request, _visible(request, offer_id), FormState())


@form_of("service_offer", "offer_id")
@login_required
def service_offer_change(request: SignedInRequest, offer_id: str) -> HttpResponse:
    """Change days, hours, window and phone."""
    offer, form = _visible(request, offer_id), FormState.typed(request)
    done = form.attempt(
        actions.change_offer,
        by=request.user,
        offer=offer,
        weekdays="".join(request.POST.getlist("weekdays")),
        hours=form.values.get("hours", ""),
        window=form.values.get("window", ""),
        phone=form.values.get("phone", ""),
        seen_version=form.seen_version,
    )
    if done is None:
        return _show(request, offer, form, request.POST.getlist("weekdays"))
    messages.success(request, _("已更新"))
    return redirect("service_offer", offer_id=offer_id)


@form_of("service_offer", "offer_id")
@login_required
def service_offer_end(request: SignedInRequest, offer_id: str) -> HttpResponse:
    """End an offer with a day and a reason."""
    offer, form = _visible(request, offer_id), FormState.typed(request)
    done = form.attempt(_end, request=request, offer=offer, form=form)
    if done is None:
        return _show(request, offer, form)
    messages.success(request, _("已登记停办：办到 %(day)s，已受理的照常办完") % {"day": done.until})
    return redirect("service_offer", offer_id=offer_id)


def _end(*, request: SignedInRequest, offer: Offer, form: FormState) -> Offer:
    until = _day(form.values.get("until", ""), "until", _("最后一天"))
    reason = form.values.get("reason", "")
    return actions.end_offer(by=request.user, offer=offer, until=until, reason=reason, seen_version=form.seen_version)


def _visible(request: SignedInRequest, offer_id: str) -> Offer:
    offer: Offer = Offer.objects.select_related("place__parent", "published_by").get_visible(request.user, pk=offer_id)
    return offer


def _show(request: SignedInRequest, offer: Offer, form: FormState, days: list[str] | None = None) -> HttpResponse:
    user = request.user
    offer = _visible(request, str(offer.pk))  # as it stands now, after a refusal too
    stands = {"hours": offer.hours_told, "window": offer.window, "phone": offer.phone, "until": clock.today()}
    form.values = stands | form.values  # two forms: the one that was not sent shows what stands
    path = offer.place.path
    known = offer.definition
    context = {
        "offer": offer,
        "item": known,
        "weekdays": [(c, name, c in (days or offer.weekdays)) for c, name in weekday_names().items()],
        "may_change": offer.until is None and allows(user, "service.publish", path=path, pack=offer.pack),
        "may_take": bool(known and known.request)
        and (offer.until is None or offer.until >= clock.today())
        and allows(user, "service.take", path=path, pack=offer.pack),
        "going": offer.requests.exclude(phase="closed").count(),
        "general_problems": [p for p in form.problems if p.field not in (*_FIELDS, "until", "reason")],
    }
    return page(request, "office/services/offer.html", context, form)
