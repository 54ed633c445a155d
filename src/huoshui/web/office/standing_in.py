"""Standing in during a leave: arranged for oneself or for others, ended early, listed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.duties.delegating import delegate, end_delegation
from huoshui.duties.models import Account, Delegation, Duty, is_delegable
from huoshui.duties.overview import delegations_about
from huoshui.duties.queries import title_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import bracketed
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

DAY = dt.timedelta(days=1)
TERM = [
    FieldDef(code="since", name=Text(zh="开始日期", en="From"), type="date", required=True),
    FieldDef(code="last", name=Text(zh="最后一天", en="Last day"), type="date", required=True),
    FieldDef(code="reason", name=Text(zh="事由", en="Reason"), type="text", max_length=200),
]
OTHERS = 200
"""Running delegations of others that are listed."""


@require_http_methods(["GET", "POST"])
@login_required
def standing_in(request: SignedInRequest) -> HttpResponse:
    """One's own standing-in, given and taken on; ``?person=`` arranges it for somebody whose duties one grants."""
    principal = _principal(request)
    form = FormState({"since": clock.today()})
    if request.method == "POST":
        form = FormState.typed(request)
        rows = form.attempt(_arrange, request=request, principal=principal, values=form.values)
        if rows:
            messages.success(request, _told(principal, request.user))
            return redirect(_back(principal, request.user))
    return page(request, "office/people/standing_in.html", _context(request, principal), form)


def _told(principal: Account, user: Account) -> str:
    """Who is reminded of it: not whoever arranged it."""
    return _("已安排，代办人会收到提醒。") if principal.pk == user.pk else _("已安排，双方都会收到提醒。")


def _back(principal: Account, user: Account) -> str:
    return reverse("standing_in") + (f"?person={principal.username}" if principal.pk != user.pk else "")


def _principal(request: SignedInRequest) -> Account:
    username = request.GET.get("person", "")
    if username in ("", request.user.username):
        return request.user
    account = Account.objects.get_visible(request.user, username=username)
    if not request.user.grants("duty.grant"):
        raise Refusal("access.not_found")
    return account


def _arrange(*, request: SignedInRequest, principal: Account, values: dict[str, Any]) -> list[Delegation]:
    given = clean_values(TERM, {field.code: values.get(field.code) for field in TERM})
    chosen = set(request.POST.getlist("duties"))
    rows: list[Delegation] = delegate(
        by=request.user,
        duties=[duty for duty in Duty.objects.filter(account=principal) if str(duty.pk) in chosen],
        to=_person(request, str(values.get("to", ""))),
        since=given["since"],
        until=given["last"] + DAY,
        reason=given.get("reason") or "",
    )
    return rows


def _person(request: SignedInRequest, username: str) -> Account:
    """Whoever is to stand in, by username: also somebody whose account the arranger cannot open."""
    found = Account.objects.get_queryset().filter(username__iexact=username.strip()).first()
    if found is None or found.is_system:
        raise Refusal("delegation.nobody", field="to", value=username or "—")
    return found


def _context(request: SignedInRequest, principal: Account) -> dict[str, Any]:
    user, today = request.user, clock.today()
    given, taken = delegations_about(principal)
    held = Duty.objects.filter(account=principal).exclude(until__lte=today).select_related("place").order_by("since")
    duties = [{"duty": d, "title": title_of(d), "delegable": is_delegable(d.role)} for d in held]
    may_grant = bool(user.grants("duty.grant"))
    others = (
        Delegation.objects.visible_to(user).in_force(today).exclude(principal=principal).exclude(delegate=principal)
    )
    return {
        "principal": principal,
        "own": principal.pk == user.pk,
        "duties": duties,
        "any_delegable": any(row["delegable"] for row in duties),
        "people": _choices(user, principal),
        "given": [_shown(row, user) for row in given],
        "taken": [_shown(row, user) for row in taken],
        "others": [_shown(row, user) for row in _running(others)] if may_grant else [],
        "may_grant": may_grant,
        "fields": TERM,
    }


def _running(rows: Any) -> Any:
    return rows.select_related("duty__place", "principal", "delegate").order_by("until", "id")[:OTHERS]


def _choices(user: Account, principal: Account) -> list[tuple[str, str]]:
    """Colleagues of the same unit first, then whom the reader may see; by username."""
    colleagues = Account.objects.get_queryset().filter(unit=principal.unit_id) if principal.unit_id else None
    seen = Account.objects.visible_to(user)
    found: dict[str, str] = {}
    for rows in (colleagues, seen):
        if rows is not None:
            for account in (
                rows.filter(is_active=True).exclude(pk=principal.pk).select_related("unit").order_by("title")
            ):
                unit = account.unit.name if account.unit else account.username
                found.setdefault(account.username, account.title + bracketed(unit))
    return list(found.items())


def _shown(row: Delegation, user: Account) -> dict[str, Any]:
    today = clock.today()
    over = row.ended_at is not None or row.until <= today or bool(row.duty.until and row.duty.until <= today)
    if over:
        state = _("已收回") if row.until <= row.since else _("已结束")
    else:
        state = _("代办中") if row.since <= today else _("未开始")
    return {
        "row": row,
        "title": title_of(row.duty),
        "last": row.until - DAY if row.until > row.since else row.since,
        "over": over,
        "state": state,
        "running": not over and row.since <= today,
    }


@form_of("standing_in")
@login_required
def end(request: SignedInRequest, delegation_id: str) -> HttpResponse:
    """End one early."""
    row = Delegation.objects.get_visible(request.user, pk=delegation_id)
    form = FormState.typed(request)
    ended = form.attempt(end_delegation, by=request.user, delegation=row, seen_version=form.seen_version)
    if ended is None:
        return page(request, "office/people/standing_in.html", _context(request, request.user), form)
    messages.success(request, _("代办已结束。"))
    mine = request.user.pk in (row.principal_id, row.delegate_id)
    return redirect(_back(request.user if mine else row.principal, request.user))
