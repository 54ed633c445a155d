"""Requests: the list by state and hub, one with how far it is, its slip, what is handed in later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.spreadsheets import XLSX
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.reports.service_slips import slip_pdf
from huoshui.reports.typesetting import PDF
from huoshui.services import actions, queries
from huoshui.services.actions.ratings import rating_refusal
from huoshui.services.export import requests_workbook
from huoshui.services.models import Rating, Request
from huoshui.services.queries import RequestFilter
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import chosen, day, paged, place_asked
from huoshui.web.office.service_pages.common import filter_of, item_names, towns_of
from huoshui.web.requests import SignedInRequest


def states() -> dict[str, str]:
    """What a list of requests can be narrowed to."""
    return {"open": _("办理中"), "submitted": _("待确认或答复"), "closed": _("已办结"), "late": _("超过承诺")}


@require_GET
@login_required
def service_requests(request: SignedInRequest) -> HttpResponse:
    """Requests by state, item and place."""
    wanted, place = _asked(request)
    found = queries.requests(request.user, wanted)
    shown = paged(request, found)
    sites = Place.objects.filter(pk__in=Request.objects.visible_to(request.user).order_by().values("place").distinct())
    context = {
        "rows": shown,
        "counts": queries.going_counts(request.user, place.path if place else ""),
        "bundled": any(not row.item for row in shown),
        "place": place,
        "today": clock.today(),
        "filters": _filters(request, wanted, place, sites),
        "may_take": bool(request.user.grants("service.take")),
        "may_export": bool(request.user.grants("service.export")),
    }
    return page(request, "office/services/requests.html", context)


def _filters(request: SignedInRequest, wanted: RequestFilter, place: Place | None, sites: Any) -> list[dict[str, Any]]:
    towns = towns_of(request.user, sites)
    if place is not None and place.code not in towns:
        towns = {place.code: place.short_name} | towns
    return [
        filter_of("state", _("进展"), wanted.state, states()),
        filter_of("place", _("乡镇"), place.code if place else "", towns),
        filter_of("item", _("事项"), wanted.item, item_names()),
        {
            "name": "since",
            "label": _("受理自"),
            "type": "date",
            "value": str(wanted.since or ""),
        },
        {"name": "until", "label": _("至"), "type": "date", "value": str(wanted.until or "")},
    ]


@require_GET
@login_required
def service_requests_export(request: SignedInRequest) -> HttpResponse:
    """The same as an Excel workbook, without anything personal."""
    wanted, _place = _asked(request)
    data = requests_workbook(request.user, queries.requests(request.user, wanted))
    return as_file(data, XLSX, f"{_('便民服务申请')}.xlsx")


def _asked(request: SignedInRequest) -> tuple[RequestFilter, Place | None]:
    place = place_asked(request)
    rows = Request.objects.visible_to(request.user)
    wanted = RequestFilter(
        place=place.path if place else "",
        item=chosen(request, "item", _("事项"), item_names(), rows),
        state=chosen(request, "state", _("进展"), states()),
        since=day(request, "since", _("受理自")),
        until=day(request, "until", _("至")),
    )
    return wanted, place


@require_GET
@login_required
def service_request(request: SignedInRequest, request_id: str) -> HttpResponse:
    """One request: how far it is, what was brought, and the matter that carries it."""
    return _show(request, _visible(request, request_id), FormState())


@form_of("service_request", "request_id")
@login_required
def service_slip(request: SignedInRequest, request_id: str) -> HttpResponse:
    """The slip as PDF; who printed it is journalled, because it has the code on it."""
    asked, form = _visible(request, request_id), FormState.typed(request)
    code = form.attempt(actions.print_slip, by=request.user, request=asked)
    if code is None:
        return _show(request, asked, form)
    return as_file(slip_pdf(asked, code, tracking_address(request, code), request.user), PDF, f"{_('受理单')}.pdf")


@form_of("service_request", "request_id")
@login_required
def service_materials(request: SignedInRequest, request_id: str) -> HttpResponse:
    """Note what was handed in later."""
    asked, form = _visible(request, request_id), FormState.typed(request)
    received = request.POST.getlist("received")
    done = form.attempt(
        actions.hand_in_materials, by=request.user, request=asked, received=received, seen_version=form.seen_version
    )
    if done is None:
        return _show(request, asked, form)
    messages.success(request, _("已登记补交的材料"))
    return redirect("service_request", request_id=request_id)


@form_of("service_request", "request_id")
@login_required
def service_rate(request: SignedInRequest, request_id: str) -> HttpResponse:
    """Enter a rating that was given on paper."""
    asked, form = _visible(request, request_id), FormState.typed(request)
    aspects = {name[7:]: said for name, said in form.values.items() if name.startswith("aspect-") and said}
    done = form.attempt(
        actions.rate,
        by=request.user,
        request=asked,
        level=form.values.get("level", ""),
        aspects=aspects,
        words=form.values.get("words", ""),
    )
    if done is None:
        return _show(request, asked, form)
    messages.success(request, _("评价已录入"))
    return redirect("service_request", request_id=request_id)


def tracking_address(request: HttpRequest, code: str) -> str:
    """The whole public address at which a code is followed."""
    from django.conf import settings

    path = reverse("portal_follow", args=[code])
    site: str = settings.CONFIG.site_url
    return f"{site}{path}" if site else request.build_absolute_uri(path)


def _visible(request: SignedInRequest, request_id: str) -> Request:
    related = ("place__parent", "pack_version", "offer", "whole", "taken_by")
    found: Request = Request.objects.select_related(*related).get_visible(request.user, pk=request_id)
    return found


def _show(request: SignedInRequest, asked: Request, form: FormState) -> HttpResponse:
    user = request.user
    asked = _visible(request, str(asked.pk))  # as it stands now, after a refusal too
    item, rule = asked.definition, asked.rule
    may_take = allows(user, "service.take", path=asked.place.path, pack=asked.pack)
    matter = Matter.objects.visible_to(user).filter(pk=asked.matter_id).first() if asked.matter_id else None
    seen = Rating.objects.visible_to(user).filter(request=asked)
    rating = seen.select_related("request__pack_version").prefetch_related("aspects").first()
    rated = Rating.objects.filter(request=asked).exists()
    open_to_rate = rule is not None and rating_refusal(asked) is None
    context = {
        "asked": asked,
        "item": item,
        "rule": rule,
        "materials": [(m, m.code in asked.received) for m in (item.materials if item else [])],
        "parts": asked.parts.select_related("pack_version").order_by("id"),
        "progress": list(asked.progress.all()),
        "matter": matter,
        "may_take": may_take,
        "may_hand_in": may_take and asked.phase != "closed" and bool(asked.lacking),
        "rating": rating,
        "rated_aspects": _aspects(rating),
        "rated": rated,
        "may_rate": open_to_rate and not rated and allows(user, "service.rate", path=asked.place.path, pack=asked.pack),
        "late": asked.done_on is None and asked.promised_on < clock.today(),
        "general_problems": form.problems,
    }
    return page(request, "office/services/request.html", context, form)


def _aspects(rating: Rating | None) -> list[tuple[str, str]]:
    """Each aspect of a rating with its level, in words."""
    rule = rating.request.rule if rating else None
    if rating is None or rule is None:
        return []
    said = {row.aspect: row.level for row in rating.aspects.all()}
    levels = {level.code: str(level.name) for level in rule.levels}
    return [(str(a.name), levels.get(said[a.code], said[a.code])) for a in rule.aspects if a.code in said]
