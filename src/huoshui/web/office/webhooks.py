"""事件推送: webhooks set up, with what came of their last events; tried out, turned off and on, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.access import denied
from huoshui.kernel.errors import Refusal
from huoshui.web.event_words import event_words
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.office.tokens import tabs
from huoshui.web.requests import SignedInRequest
from huoshui.webhooks import actions
from huoshui.webhooks.events import EVERY, GROUPS, known_events
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.outbox import deliver
from huoshui.webhooks.queries import last_tellings, shown_address, tellings_for, webhooks_for
from huoshui.webhooks.signing import OVERLAP

EVENT_FIELD = "event-"
USUAL = ("matters.*",)
"""What a new webhook is offered to carry."""


def _only_managers(request: SignedInRequest) -> None:
    if not request.user.grants("webhook.manage"):
        raise denied("webhook.manage")


@require_GET
@login_required
def webhooks(request: SignedInRequest) -> HttpResponse:
    """The webhooks that one may manage."""
    _only_managers(request)
    listed = paged(request, webhooks_for(request.user))
    last = last_tellings(listed, request.user)
    rows = [
        {
            "webhook": row,
            "address": shown_address(row, request.user),
            "events": [event_words(name) for name in row.events],
            "last": last.get(row.pk),
        }
        for row in listed
    ]
    context = {"page": listed, "rows": rows, "tabs": tabs(request, "webhooks")}
    return page(request, "office/webhooks/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def webhook_new(request: SignedInRequest) -> HttpResponse:
    """Set one up; its page then shows the secret, this once."""
    _only_managers(request)
    form = FormState({f"{EVENT_FIELD}{name}": "on" for name in USUAL})
    if request.method == "POST":
        form = FormState.typed(request)
        made = form.attempt(
            actions.set_up, by=request.user, name=_text(form, "name"), url=_text(form, "url"), events=_events(form)
        )
        if made:
            return _shown(request, made[0], FormState(), made[1])
    return page(request, "office/webhooks/new.html", {"groups": _groups(form)}, form)


def _text(form: FormState, name: str) -> str:
    return str(form.values.get(name, ""))


def _events(form: FormState) -> list[str]:
    return [name.removeprefix(EVENT_FIELD) for name in form.values if name.startswith(EVENT_FIELD)]


def _groups(form: FormState) -> list[dict[str, Any]]:
    """The events to choose among, by group, with what is chosen."""
    chosen, known = set(_events(form)), known_events()
    rows = []
    for group in GROUPS:
        every = f"{group}{EVERY}"
        single = [name for name in known if name.startswith(f"{group}.") and name != every]
        rows.append(
            {
                "code": every,
                "name": event_words(every),
                "chosen": every in chosen,
                "events": [{"code": name, "name": event_words(name), "chosen": name in chosen} for name in single],
                "open": any(name in chosen for name in single),
            }
        )
    return rows


@require_http_methods(["GET", "POST"])
@login_required
def webhook(request: SignedInRequest, webhook_id: str) -> HttpResponse:
    """One webhook and its last events, and each of its forms, named by ``step``."""
    found = Webhook.objects.standing().select_related("account__unit").get_visible(request.user, pk=webhook_id)
    form, fresh = FormState(), ""
    if request.method == "POST":
        form = FormState.typed(request)
        take = STEPS.get(_text(form, "step"))
        if take is None:
            raise Refusal("access.not_found")
        outcome = form.attempt(take, request=request, webhook=found, form=form)
        if outcome is not None and not form.refused:
            if not outcome:
                return redirect("webhooks") if take is _remove else redirect("webhook", found.pk)
            fresh = outcome
            found.refresh_from_db()
    return _shown(request, found, form, fresh)


def _shown(request: SignedInRequest, found: Webhook, form: FormState, secret: str) -> HttpResponse:
    own = found.account_id == request.user.pk
    if own and not form.refused:
        form.values = {"name": found.name, "url": found.url} | {f"{EVENT_FIELD}{name}": "on" for name in found.events}
    listed = paged(request, tellings_for(request.user).filter(webhook=found).order_by("-created_at", "-id"))
    for telling in listed:
        telling.what = event_words(telling.event)
        telling.over = telling.state not in (Telling.State.WAITING, Telling.State.SENDING)
    context = {
        "webhook": found,
        "address": shown_address(found, request.user),
        "own": own,
        "events": [event_words(name) for name in found.events],
        "groups": _groups(form),
        "fresh": secret,
        "overlap": int(OVERLAP.total_seconds() // 3600),
        "page": listed,
        "rows": listed,
        "here": _text(form, "step"),
    }
    return page(request, "office/webhooks/page.html", context, form)


# --- steps: each returns a secret to show, or "" -----------------------------------


def _change(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    actions.change(
        by=request.user,
        webhook=webhook,
        name=_text(form, "name"),
        url=_text(form, "url"),
        events=_events(form),
        seen_version=form.seen_version,
    )
    messages.success(request, _("已保存。"))
    return ""


def _rotate(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    return actions.rotate_secret(by=request.user, webhook=webhook)[1]


def _turn(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    turned = actions.turn(by=request.user, webhook=webhook, on=_text(form, "on") == "1")
    messages.success(request, _("已启用，今后的事件会推送。") if turned.is_active else _("已停用，不再推送。"))
    return ""


def _remove(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    removed = actions.remove(by=request.user, webhook=webhook)
    messages.success(request, _("已移除“{name}”，它的签名密钥已删除。").format(name=removed.name))
    return ""


def _test(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    _tell(request, deliver(actions.send_test(by=request.user, webhook=webhook).pk))
    return ""


def _resend(*, request: SignedInRequest, webhook: Webhook, form: FormState) -> str:
    try:
        telling = tellings_for(request.user).filter(webhook=webhook, pk=_text(form, "telling")).first()
    except (ValueError, ValidationError):
        telling = None
    if telling is None:
        raise Refusal("access.not_found")
    _tell(request, deliver(actions.resend(by=request.user, telling=telling).pk))
    return ""


def _tell(request: SignedInRequest, tried: Telling | None) -> None:
    """Say truly what came of it."""
    if tried is None:
        messages.info(request, _("正在发送。"))
    elif problem := tried.problem:
        messages.error(request, f"{problem.message()}{problem.what_next()}")
    elif tried.state == Telling.State.SENT:
        messages.success(request, _("对方已收下（{status}）。").format(status=tried.status))
    else:
        messages.error(request, str(Telling.State(tried.state).label))


STEPS: dict[str, Callable[..., str]] = {
    "change": _change,
    "rotate": _rotate,
    "turn": _turn,
    "remove": _remove,
    "test": _test,
    "resend": _resend,
}
