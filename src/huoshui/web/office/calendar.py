"""The calendar: one month of what is planned and was held, and the address under which a calendar program reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.activities import actions
from huoshui.activities.actions.feeds import feed_in_force
from huoshui.activities.models import CalendarFeed
from huoshui.activities.permits import paths_to_add
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.web.calendar_entries import LAYERS, Asked, month_days, month_of, require_calendar
from huoshui.web.calendar_feed import ICALENDAR, as_icalendar
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import place_asked
from huoshui.web.requests import SignedInRequest

PER_DAY, LASTING = 4, 20
"""Entries that a day shows before it leads to its list; and of what goes on for days."""


@require_GET
@login_required
def calendar(request: SignedInRequest) -> HttpResponse:
    """One month, by default the present one: ``?month=2018-04``, ``?place=``; ``?own=1``: by the reader's duties."""
    return _show(request)


def _show(request: SignedInRequest, secret: str = "") -> HttpResponse:
    user, place = request.user, place_asked(request)
    require_calendar(user, place.path if place else None)
    own = request.GET.get("own") == "1"
    first = _month(request)
    days = month_days(first)
    asked = Asked(user, days[0], days[-1], place.path if place else "")
    shown = month_of(asked, first, PER_DAY, place.code if place else "", own=own)
    before = first - dt.timedelta(days=1)
    context: dict[str, Any] = {
        "first": first,
        "title": date_format(first, "YEAR_MONTH_FORMAT"),
        "weekdays": [date_format(day, "D") for day in days[:7]],
        "days": shown,
        "none": not any(day.entries for day in shown if day.inside),
        "own": own,
        "sees_activities": bool(user.grants("activity.view")),
        "lasting": [] if own else [entry for layer in LAYERS for entry in layer.lasting(asked, LASTING)],
        "states": {layer.code: layer.states for layer in LAYERS},
        "before": f"{before:%Y-%m}",
        "after": f"{_next(first):%Y-%m}",
        "this_month": f"{clock.today():%Y-%m}",
        "today": clock.today(),
        "place": place,
        "may_plan": bool(paths_to_add(user)),
        "feed": CalendarFeed.objects.filter(account=user, ended_at__isnull=True).first(),
        "feed_url": _site(request) + reverse("calendar_feed", args=[secret]) if secret else "",
    }
    response = page(request, "office/calendar/month.html", context)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


def _next(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _month(request: SignedInRequest) -> dt.date:
    """The first day of ``?month=``. Raises value.type for what is none."""
    text = request.GET.get("month", "")
    try:
        return dt.date.fromisoformat(f"{text}-01") if text else clock.today().replace(day=1)
    except ValueError:
        raise Refusal(
            "value.type", field="month", label=_("月份"), value=text, expected=_("月份（如 2018-04）")
        ) from None


@form_of("calendar")
@login_required
def feed_open(request: SignedInRequest) -> HttpResponse:
    """A new secret address of one's own calendar, shown in this answer alone; the earlier one ends."""
    form = FormState()
    secret = form.attempt(actions.open_feed, by=request.user)
    return _show(request, secret or "")


@form_of("calendar")
@login_required
def feed_end(request: SignedInRequest) -> HttpResponse:
    """End one's own address."""
    actions.end_feed(by=request.user)
    messages.success(request, _("日历地址已停用"))
    return _show(request)


@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever's secret address this is, as iCalendar. Anything else is not found."""
    account = feed_in_force(secret).account
    return as_file(as_icalendar(account, _site(request)), ICALENDAR, "calendar.ics", inline=True)


def _site(request: HttpRequest) -> str:
    """The address of the installation, as it was configured or as it was called."""
    configured: str = settings.CONFIG.site_url
    return (configured or request.build_absolute_uri("/")).rstrip("/")
