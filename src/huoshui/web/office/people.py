"""Duties: who answers for which place and pack, from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.duties import actions, identities
from huoshui.duties.first_links import withdraw_links
from huoshui.duties.models import Account, Duty, SignInLink, Unit
from huoshui.duties.queries import open_to, roles
from huoshui.duties.schema import Role
from huoshui.duties.sign_in import locked_until
from huoshui.duties.terms import hand_over
from huoshui.kernel import clock
from huoshui.kernel.access import PERMISSIONS, denied
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter
from huoshui.matters.queries import resting_on, successors_for
from huoshui.packs.queries import current_versions
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.places.models import Place
from huoshui.visits.queries import sheets_waiting
from huoshui.web.office.first_links import fresh_link
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, chosen, paged
from huoshui.web.requests import SignedInRequest

TO_UNIT = "-"
"""Chosen instead of a successor: what rests on the person stays with the unit."""


@require_GET
@login_required
def people(request: SignedInRequest) -> HttpResponse:
    """Visible accounts with their duties in force; filter by role or by words."""
    user = request.user
    text = request.GET.get("q", "").strip()
    definitions = roles()
    rows = Duty.objects.visible_to(user).in_force(clock.today()).select_related("account__unit", "place")
    role = chosen(request, "role", _("角色"), {code: role.name for code, role in definitions.items()}, rows)
    if text:
        rows = rows.filter(account__title__contains=text) | rows.filter(place__short_name__contains=text)
    if role:
        rows = rows.filter(role=role)
    shown = paged(request, rows.order_by("place__path", "role", "account__username"))
    for duty in shown:
        duty.role_name = definitions[duty.role].name if duty.role in definitions else duty.role
    context = {
        "rows": shown,
        "open_people": open_to(user, (duty.account for duty in shown)),
        "q": text,
        "role": role,
        "roles": definitions,
        "address": address_without(request, "page"),
        "may_grant": bool(user.grants("duty.grant")),
        "may_manage": bool(user.grants("account.manage")),
    }
    return page(request, "office/people/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def person(request: SignedInRequest, username: str) -> HttpResponse:
    """One account: its unit, its duties over time, what they let it do; and, for those who may, its upkeep."""
    account = Account.objects.get_visible(request.user, username=username)
    form, fresh = FormState({"email": account.email}), None
    if request.method == "POST":
        form = FormState.typed(request)
        if form.values.get("step") == "first_link":
            fresh = form.attempt(fresh_link, request=request, account=account)
        else:
            form.attempt(_keep_account, by=request.user, account=account, values=form.values)
        if not form.refused and fresh is None:
            messages.success(request, _("已办理。"))
            return redirect("person", username=username)
    definitions = roles()
    may_grant = bool(request.user.grants("duty.grant"))
    duties = [
        _held(duty, definitions, counted=may_grant)
        for duty in account.duties.select_related("place").order_by("-since")
    ]
    user = request.user
    may_manage = bool(user.grants("account.manage")) and account.pk != user.pk
    context = {
        "account": account,
        "duties": duties,
        "may_grant": may_grant,
        "may_manage": may_manage,
        "locked_until": locked_until(account) if may_manage else None,
        "fresh": fresh,
        "link": SignInLink.objects.open().filter(account=account).first() if may_manage else None,
        "has_password": account.has_usable_password(),
        **(_single_sign_on(account) if may_manage else {}),
    }
    return page(request, "office/people/person.html", context, form)


def _keep_account(*, by: Account, account: Account, values: dict[str, Any]) -> None:
    """Reset a password, lift a lock-out, shut an account out or let it in again, keep its single sign-on."""
    match values.get("step"):
        case "password":
            actions.set_password(by=by, account=account, password=values.get("password", ""))
        case "withdraw":
            withdraw_links(by=by, account=account)
        case "unlock":
            actions.unlock_account(by=by, account=account)
        case "deactivate":
            actions.deactivate_account(by=by, account=account)
        case "reactivate":
            actions.reactivate_account(by=by, account=account)
        case "link":
            identities.link_identity(by=by, account=account, subject=values.get("subject", ""))
        case "unlink":
            identities.unlink_identity(by=by, account=account)
        case "email":
            actions.set_email(by=by, account=account, email=values.get("email", ""))
        case _:
            raise Refusal("access.not_found")


def _single_sign_on(account: Account) -> dict[str, Any]:
    """What an administrator sees of an account's single sign-on, where there is one."""
    if not identities.is_on():
        return {}
    config = settings.CONFIG
    return {
        "sso_name": config.sso_name,
        "sso_email": config.sso_match_email,
        "identity": identities.identity_of(account),
    }


def _held(duty: Duty, definitions: dict[str, Role], *, counted: bool) -> dict[str, Any]:
    role = definitions.get(duty.role)
    today = clock.today()
    holds = duty.since <= today and (duty.until is None or duty.until > today)
    return {
        "duty": duty,
        "role_name": role.name if role else duty.role,
        "allowed": [PERMISSIONS[name] for name in role.permissions] if role else [],
        "ended": duty.until is not None and duty.until <= today,
        "may_end": duty.until is None or duty.until > today + dt.timedelta(days=1),
        "resting": len(resting_on(duty, _after(duty, today))) if counted and duty.since <= today else 0,
        "holds_today": holds,
    }


def _after(duty: Duty, today: dt.date) -> dt.date:
    """The day from which others would have to answer: that of the end, or today where it is over or has no end."""
    return max(duty.until, today) if duty.until else today


def _only_with(request: SignedInRequest, permission: str) -> None:
    """A form that somebody could only fill in vainly is not shown to them."""
    if not request.user.grants(permission):
        raise denied(permission)


@require_http_methods(["GET", "POST"])
@login_required
def grant(request: SignedInRequest) -> HttpResponse:
    """Give somebody a duty."""
    _only_with(request, "duty.grant")
    form = FormState({"since": clock.today(), "account": request.GET.get("account", "")})
    if request.method == "POST":
        form = FormState.typed(request)
        duty = form.attempt(_grant, request=request, values=form.values)
        if duty:
            return redirect("person", username=duty.account.username)
    context = {
        "accounts": Account.objects.visible_to(request.user).filter(is_active=True).order_by("title"),
        "places": Place.objects.visible_to(request.user).order_by("path"),
        "roles": roles(),
        "packs": current_versions(),
    }
    return page(request, "office/people/grant.html", context, form)


DUTY_FIELDS = [
    FieldDef(code="since", name=Text(zh="开始日期", en="From"), type="date", required=True),
    FieldDef(code="until", name=Text(zh="结束日期", en="Until"), type="date"),
]


def _grant(*, request: SignedInRequest, values: dict[str, Any]) -> Duty:
    days = clean_values(DUTY_FIELDS, {"since": values.get("since"), "until": values.get("until")})
    return actions.grant_duty(
        by=request.user,
        account=Account.objects.get_visible(request.user, username=values.get("account", "")),
        role=values.get("role", ""),
        place=Place.objects.get_visible(request.user, code=values.get("place", "")),
        pack=values.get("pack", ""),
        since=days["since"],
        until=days.get("until"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def end(request: SignedInRequest, duty_id: str) -> HttpResponse:
    """End a duty after today: what rests on its holder is shown, and handed over in the same step."""
    _only_with(request, "duty.grant")
    duty = Duty.objects.get_visible(request.user, pk=duty_id)
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        if form.attempt(_end, by=request.user, duty=duty, values=form.values):
            if duty.until and duty.until <= clock.today():
                messages.success(request, _("已移交。"))
            return redirect("person", username=duty.account.username)
    return page(request, "office/people/end.html", _ending(request, duty), form)


def _end(*, by: Account, duty: Duty, values: dict[str, Any]) -> Duty:
    chosen = values.get("successor", "")
    successor = Account.objects.visible_to(by).filter(username=chosen).first() if chosen not in ("", TO_UNIT) else None
    if chosen not in ("", TO_UNIT) and successor is None:
        raise Refusal("matter.person_unknown", field="successor", label=_("移交给"), value=chosen)
    if duty.until and duty.until <= clock.today():
        return hand_over(by=by, duty=duty, successor=successor, to_unit=chosen == TO_UNIT)
    return actions.end_duty(by=by, duty=duty, successor=successor, to_unit=chosen == TO_UNIT)


def _ending(request: SignedInRequest, duty: Duty) -> dict[str, Any]:
    """What ending a duty touches: matters, of which the reader's are named, and sheets that are not sent."""
    ended = duty.until is not None and duty.until <= clock.today()
    resting = resting_on(duty, clock.today() if ended else clock.today() + dt.timedelta(days=1))
    seen = set(
        Matter.objects.visible_to(request.user).filter(pk__in=[row.pk for row in resting]).values_list("pk", flat=True)
    )
    successors = successors_for(resting, duty.account)
    known = open_to(request.user, successors)
    definition = roles().get(duty.role)
    return {
        "duty": duty,
        "ended": ended,
        "role_name": definition.name if definition else duty.role,
        "resting": resting,
        "rows": [row for row in resting if row.pk in seen],
        "hidden": len(resting) - len(seen),
        "successors": [account for account in successors if account.pk in known],
        "to_unit": TO_UNIT,
        "sheets": len(sheets_waiting(duty.account)),
    }


@form_of("open_account")
@login_required
def open_unit(request: SignedInRequest) -> HttpResponse:
    """Register a unit at a place, so that accounts can be opened in it."""
    form = FormState.typed(request)
    form.attempt(_open_unit, request=request, values=form.values)
    if form.refused:
        units = Unit.objects.visible_to(request.user).select_related("place").order_by("place__path", "name")
        return page(request, "office/people/open.html", _opening(request, units), form)
    messages.success(request, _("单位已登记。"))
    return redirect("open_account")


def _open_unit(*, request: SignedInRequest, values: dict[str, Any]) -> Unit:
    place = Place.objects.get_visible(request.user, code=values.get("place", ""))
    return actions.open_unit(by=request.user, place=place, name=values.get("unit_name", ""))


def _opening(request: SignedInRequest, units: Any) -> dict[str, Any]:
    return {"units": units, "places": Place.objects.visible_to(request.user).order_by("path")}


@require_http_methods(["GET", "POST"])
@login_required
def open_account(request: SignedInRequest) -> HttpResponse:
    """Open an account in an existing unit."""
    _only_with(request, "account.manage")
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        account = form.attempt(_open_account, request=request, values=form.values)
        if account:
            return redirect("person", username=account.username)
    units = Unit.objects.visible_to(request.user).select_related("place").order_by("place__path", "name")
    return page(request, "office/people/open.html", _opening(request, units), form)


ACCOUNT_FIELDS = [
    FieldDef(code="username", name=Text(zh="用户名", en="Username"), type="text", max_length=60, required=True),
    FieldDef(code="title", name=Text(zh="职务称谓", en="Title"), type="text", max_length=80, required=True),
    FieldDef(code="unit", name=Text(zh="单位", en="Unit"), type="text", required=True),
]


def _open_account(*, request: SignedInRequest, values: dict[str, Any]) -> Account:
    given = clean_values(ACCOUNT_FIELDS, {field.code: values.get(field.code) for field in ACCOUNT_FIELDS})
    return actions.open_account(
        by=request.user,
        username=given["username"],
        title=given["title"],
        unit=Unit.objects.get_visible(request.user, pk=given["unit"]),
    )
