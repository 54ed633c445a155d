"""Notices: what the signed-in person was told, and marking it read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET

from huoshui.duties.models import Delegation, Duty
from huoshui.matters.models import Matter
from huoshui.notices.actions import mark_read
from huoshui.notices.models import Notice
from huoshui.notices.queries import notices_for, unread_count
from huoshui.places.queries import names_apart
from huoshui.schedules.models import Occasion
from huoshui.visits.actions.reminding import REMINDER
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import page
from huoshui.web.office.lists import address_without, paged
from huoshui.web.requests import SignedInRequest
from huoshui.webhooks.models import Webhook
from huoshui.webhooks.queries import webhooks_for


@require_GET
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """Own notices, the newest first; ``?unread=1`` only those not yet read."""
    user = request.user
    only_unread = request.GET.get("unread") == "1"
    rows = notices_for(user)
    shown = paged(request, rows.filter(read_at__isnull=True) if only_unread else rows)
    with_addresses(user, list(shown))
    context = {
        "rows": shown,
        "only_unread": only_unread,
        "unread": unread_count(user),
        "address": address_without(request, "page"),
    }
    return page(request, "office/notices.html", context)


@require_GET
@login_required
def about(request: SignedInRequest, subject_id: UUID) -> HttpResponse:
    """Where links of notices outside the product lead: the matter, what is due or the webhook, if one may
    see it; else the list."""
    number = Matter.objects.visible_to(request.user).filter(pk=subject_id).values_list("number", flat=True).first()
    if number:
        return redirect("matter", number)
    if Occasion.objects.visible_to(request.user).filter(pk=subject_id).exists():
        return redirect("occasion", subject_id)
    hook = webhooks_for(request.user).filter(pk=subject_id).exists()
    return redirect("webhook", subject_id) if hook else redirect("notices")


def with_addresses(user: Any, rows: list[Notice]) -> list[Notice]:
    """The notices, each with ``url``: what it is about where the reader may still see that, else ""; and ``where``."""
    wanted = [row.subject_id for row in rows if row.subject_id and row.subject_kind == Matter._meta.label_lower]
    hooks = [row.subject_id for row in rows if row.subject_id and row.subject_kind == Webhook._meta.label_lower]
    open_hooks = set(webhooks_for(user).filter(pk__in=hooks).values_list("pk", flat=True)) if hooks else set()
    due = [row.subject_id for row in rows if row.subject_id and row.subject_kind == Occasion._meta.label_lower]
    seen = Matter.objects.visible_to(user).filter(pk__in=wanted).order_by().values_list("pk", "number")
    turned = Occasion.objects.visible_to(user).filter(pk__in=due).order_by().values_list("pk", Value(""))
    found = dict(seen.union(turned, all=True))
    numbers = {pk: number for pk, number in found.items() if number}
    turns = found.keys() - numbers.keys()
    names = names_apart(row.place for row in rows if row.place)
    for row in rows:
        row.where = names[row.place_id] if row.place_id else ""  # type: ignore[attr-defined]
        number = numbers.get(row.subject_id) if row.subject_id else None
        where = reverse("matter", args=[number]) if number else _of_duty(user, row)
        where = reverse("occasion", args=[row.subject_id]) if row.subject_id in turns else where
        row.url = reverse("webhook", args=[row.subject_id]) if row.subject_id in open_hooks else where  # type: ignore[attr-defined]
    return rows


def _of_duty(user: Any, row: Notice) -> str:
    """Where a notice about a duty, about standing in about a survey or many matters leads; "" for others."""
    if row.code == REMINDER:
        there = {"checklist": row.params["survey"], "place": row.params["place_code"]}
        return f"{reverse('sheet_start')}?{urlencode(there)}"
    if row.code == "matter.many_due_again":
        asked = {"kind": row.params["kind_code"], "again_on_to": row.params["due"], "sort": "again"}
        return f"{reverse('ledger')}?{urlencode(asked)}"
    if row.subject_kind == Duty._meta.label_lower and user.grants("duty.grant"):
        return reverse("end_duty", args=[row.subject_id])
    return reverse("standing_in") if row.subject_kind == Delegation._meta.label_lower else ""


@form_of("notices")
@login_required
def read_one(request: SignedInRequest, notice_id: str) -> HttpResponse:
    """Mark one notice read, and go on to what it is about when the button says so."""
    notice = Notice.objects.get_visible(request.user, pk=notice_id)
    mark_read(by=request.user, notices=[notice])
    return redirect(_onward(request))


@form_of("notices")
@login_required
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark every notice read."""
    mark_read(by=request.user)
    return redirect(_onward(request))


def _onward(request: SignedInRequest) -> str:
    """An address of our own that the form names; else the list."""
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if here else reverse("notices")
