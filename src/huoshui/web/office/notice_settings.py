"""提醒设置: where notices go outside the product, which of them, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel.errors import Refusal
from huoshui.notices import channels
from huoshui.notices.models import Channel, Message, Way
from huoshui.notices.outbox import deliver
from huoshui.notices.queries import UNDELIVERED, hours_to_set, lately, own_channels, place_channels, places_to_set
from huoshui.notices.texts import kinds
from huoshui.places.models import Place
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

WAY_FIELD = "way-"
MOST_PROBLEMS = 3
"""Undelivered messages that are shown for a channel."""


@require_http_methods(["GET", "POST"])
@login_required
def notice_settings(request: SignedInRequest) -> HttpResponse:
    """The page, and each of its forms, named by ``step``."""
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        take = STEPS.get(form.values.get("step", ""))
        if take is None:
            raise Refusal("access.not_found")
        if form.attempt(take, request=request, form=form):
            return redirect("notice_settings")
    return page(request, "office/notice_settings.html", _context(request, form), form)


def _context(request: SignedInRequest, form: FormState) -> dict[str, Any]:
    user = request.user
    places = places_to_set(user)
    shown = [*own_channels(user), *place_channels(user, places)]
    recent = lately(shown)
    cards = [_card(channel, recent.get(channel.pk, []), form) for channel in shown]
    hours = hours_to_set(user)
    typed = {"digest_at": hours.digest_at, "quiet_from": hours.quiet_from, "quiet_until": hours.quiet_until}
    for name, moment in typed.items():
        form.values.setdefault(name, f"{moment:%H:%M}")
    return {
        "cards": cards,
        "places": places,
        "may_mail": bool(settings.EMAIL_HOST),
        "hours": hours,
        "here": form.values.get("step", ""),
        "channel_here": form.values.get("channel", ""),
    }


def _card(channel: Channel, recent: list[Message], form: FormState) -> dict[str, Any]:
    """A channel as it is shown: what it carries and how, what came of the last message, what was not delivered."""
    own = channel.account_id is not None
    rows = [
        {
            "code": code,
            "name": kind.name,
            "way": channel.way(code, own=True),
            "shared": own and channel.way(code, own=False) != channel.way(code, own=True),
        }
        for code, kind in kinds().items()
    ]
    return {
        "channel": channel,
        "rows": rows,
        "ways": Way.choices,
        "last": next((message for message in recent if message.ended_at), None),
        "undelivered": [m for m in recent if m.state in UNDELIVERED and m.purpose == "notices"][:MOST_PROBLEMS],
        "wrong": form.refused and form.values.get("channel") == str(channel.pk),
    }


# --- steps ------------------------------------------------------------------------


def _channel(request: SignedInRequest, form: FormState) -> Channel:
    try:
        return Channel.objects.standing().get_visible(request.user, pk=form.values.get("channel"))
    except (ValueError, ValidationError):
        raise Refusal("access.not_found") from None


def _add(*, request: SignedInRequest, form: FormState) -> bool:
    user, values = request.user, form.values
    code = values.get("place", "")
    place = Place.objects.get_visible(user, code=code) if code else None
    channel = channels.add_channel(by=user, kind=values.get("kind", ""), address=values.get("address", ""), place=place)
    return _code_sent(request, channel)


def _code(*, request: SignedInRequest, form: FormState) -> bool:
    return _code_sent(request, _channel(request, form))


def _code_sent(request: SignedInRequest, channel: Channel) -> bool:
    message = channels.send_code(by=request.user, channel=channel)
    _tell_outcome(request, message, _("确认码已发到 {address}，请在 30 分钟内填入。"))
    return True


def _tell_outcome(request: SignedInRequest, message: Message, sent: str) -> None:
    """Send it now, and say truly what came of it."""
    deliver(message.pk)
    message.refresh_from_db()
    where = f"{message.channel.service} {message.channel.shown}"
    if message.state == Message.State.SENT:
        messages.success(request, sent.format(address=where))
    elif problem := message.problem:
        said = _("没有发到 {address}：{reason}{remedy}")
        messages.error(request, said.format(address=where, reason=problem.message(), remedy=problem.what_next()))
    else:
        messages.info(request, _("静默时段结束后发到 {address}。").format(address=where))


def _confirm(*, request: SignedInRequest, form: FormState) -> bool:
    confirmed = channels.confirm_channel(
        by=request.user, channel=_channel(request, form), code=form.values.get("code", "")
    )
    messages.success(request, _("{service}已确认，提醒会发到这里。").format(service=confirmed.service))
    return True


def _ways(*, request: SignedInRequest, form: FormState) -> bool:
    given = {
        name.removeprefix(WAY_FIELD): str(way)
        for name, way in form.values.items()
        if name.startswith(WAY_FIELD) and way
    }
    channels.choose_ways(by=request.user, channel=_channel(request, form), ways=given)
    messages.success(request, _("已保存。"))
    return True


def _test(*, request: SignedInRequest, form: FormState) -> bool:
    message = channels.send_test(by=request.user, channel=_channel(request, form))
    _tell_outcome(request, message, _("测试已由对方服务器收下：{address}。请到那里看看。"))
    return True


def _remove(*, request: SignedInRequest, form: FormState) -> bool:
    removed = channels.remove_channel(by=request.user, channel=_channel(request, form))
    messages.success(request, _("已移除{service}，它的地址已删除。").format(service=removed.service))
    return True


def _retry(*, request: SignedInRequest, form: FormState) -> bool:
    try:
        message = _channel(request, form).messages.filter(pk=str(form.values.get("message"))).first()
    except (ValueError, ValidationError):
        message = None
    if message is None:
        raise Refusal("access.not_found")
    channels.retry(by=request.user, message=message)
    _tell_outcome(request, message, _("已重新发到 {address}。"))
    return True


def _hours(*, request: SignedInRequest, form: FormState) -> bool:
    labels = {"digest_at": _("汇总时间"), "quiet_from": _("静默开始"), "quiet_until": _("静默结束")}
    given = {name: _time(form.values.get(name, ""), name, label) for name, label in labels.items()}
    channels.set_hours(by=request.user, working_days_only="working_days_only" in form.values, **given)
    messages.success(request, _("已保存。"))
    return True


def _time(text: str, name: str, label: str) -> dt.time:
    try:
        return dt.datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        raise Refusal("notice.time", field=name, label=label) from None


STEPS: dict[str, Callable[..., bool]] = {
    "add": _add,
    "code": _code,
    "confirm": _confirm,
    "ways": _ways,
    "test": _test,
    "remove": _remove,
    "retry": _retry,
    "hours": _hours,
}
