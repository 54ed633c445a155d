"""Over the API: where one's notices go outside the product, which of them, and when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import WithJsonSchema

from huoshui.kernel.errors import Refusal
from huoshui.notices import channels
from huoshui.notices.models import Channel, Message
from huoshui.notices.outbox import deliver
from huoshui.notices.queries import hours_to_set, own_channels, place_channels, places_to_set, sent_lately
from huoshui.notices.texts import kinds
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter, RefusalOut
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("notices")
TOO_OFTEN = {429: RefusalOut}
"""Codes and tests want a pause."""


ClockTime = Annotated[
    dt.time,
    WithJsonSchema(
        {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["08:00"]}
    ),
]
"""A time of day; "time" of JSON Schema would want its zone, and it is always ours."""


class HoursBody(Schema):
    """When one wants to hear, in Asia/Shanghai; quiet_from equal to quiet_until: no quiet hours."""

    digest_at: ClockTime
    working_days_only: bool
    quiet_from: ClockTime
    quiet_until: ClockTime


class ChannelOut(Schema):
    """A channel; its address is masked. ``ways``: always, now, digest or never by kind, where one answers oneself."""

    id: UUID
    kind: str
    service: str
    shown: str
    place: str
    confirmed: bool
    ways: dict[str, str]


class SettingsOut(Schema):
    """One's own channels, those of the places that one may set them for, and one's own hours."""

    channels: list[ChannelOut]
    hours: HoursBody


class ChannelIn(Schema):
    """A new channel: kind email or robot; ``place``: the code of a place whose channel it is, "" for oneself."""

    kind: str
    address: str
    place: str = ""


class CodeIn(Schema):
    """The code that came to the address."""

    code: str


class WaysIn(Schema):
    """Ways by kind of notice; what is not named stays as it is."""

    ways: dict[str, str]


class MessageOut(Schema):
    """What went, or should have gone, through a channel in the last seven days; ``error`` is a code, "" for none."""

    id: UUID
    channel: UUID
    purpose: str
    state: str
    error: str
    reason: str
    at: dt.datetime


class MessagePage(PageOut):
    """A page of messages."""

    items: list[MessageOut]


class OutcomeOut(Schema):
    """What came of sending: sent, or failed with the code and the words of the reason."""

    id: UUID
    state: str
    error: str
    reason: str


def channel_out(channel: Channel) -> dict[str, Any]:
    """A channel as the API shows it."""
    return {
        "id": str(channel.pk),
        "kind": channel.kind,
        "service": channel.service,
        "shown": channel.shown,
        "place": channel.place.code if channel.place else "",
        "confirmed": channel.confirmed_at is not None,
        "ways": {code: channel.way(code, own=True) for code in kinds()},
    }


def message_out(message: Message) -> dict[str, Any]:
    """A message as the API shows it."""
    told = {name: getattr(message, name) for name in ("purpose", "state", "error")}
    reason = message.problem.message() if message.problem else ""
    at = message.ended_at or message.created_at
    return {"id": message.pk, "channel": message.channel_id, "reason": reason, "at": at, **told}


def _hours_out(request: SignedInRequest) -> dict[str, Any]:
    found = hours_to_set(request.user)
    times = {name: getattr(found, name) for name in ("digest_at", "quiet_from", "quiet_until")}
    return {
        "working_days_only": found.working_days_only,
        **{name: f"{moment:%H:%M:%S}" for name, moment in times.items()},
    }


def _channel(request: SignedInRequest, channel_id: UUID) -> Channel:
    return Channel.objects.standing().select_related("place").get_visible(request.user, pk=channel_id)


def _sent(queued: dict[str, Any]) -> dict[str, Any]:
    """Send a queued message now, outside the request's transaction, and tell what came of it."""
    deliver(queued["id"])
    message = Message.objects.get(pk=queued["id"])
    reason = message.problem.message() if message.problem else ""
    return {"id": message.pk, "state": message.state, "error": message.error, "reason": reason}


@router.get("/notices/settings", response={200: SettingsOut, **REFUSED})
def get_settings(request: SignedInRequest) -> Any:
    """One's own channels, those of the places that one may set them for, and one's own hours."""
    return {"channels": [channel_out(row) for row in _channels(request)], "hours": _hours_out(request)}


def _channels(request: SignedInRequest) -> list[Channel]:
    user = request.user
    return [*own_channels(user), *place_channels(user, places_to_set(user))]


@router.get("/notices/messages", response={200: MessagePage, **REFUSED})
def list_messages(request: SignedInRequest, query: Query[Paged]) -> Any:
    """What went, or should have gone, through these channels in the last seven days; the newest first."""
    return page_of(sent_lately(_channels(request)), query, message_out)


@router.post("/notices/messages/{message_id}/retry", response={200: OutcomeOut, **REFUSED_WRITE})
def retry_message(request: SignedInRequest, message_id: UUID) -> Any:
    """Send again what was given up, or of which nobody knows, and tell what came of it."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise Refusal("access.not_found")
    _channel(request, message.channel_id)

    def write() -> dict[str, Any]:
        return {"id": str(channels.retry(by=request.user, message=message).pk)}

    return _sent(idempotent(request, "notices.retry", None, write))


@router.put("/notices/settings/hours", response={200: HoursBody, **REFUSED_WRITE})
def set_hours(request: SignedInRequest, body: HoursBody) -> Any:
    """Set when one wants to hear."""

    def write() -> dict[str, Any]:
        given = {name: moment.replace(second=0, microsecond=0, tzinfo=None) for name, moment in _times(body).items()}
        channels.set_hours(by=request.user, working_days_only=body.working_days_only, **given)
        return _hours_out(request)

    return idempotent(request, "notices.set_hours", body, write)


def _times(body: HoursBody) -> dict[str, dt.time]:
    return {"digest_at": body.digest_at, "quiet_from": body.quiet_from, "quiet_until": body.quiet_until}


@router.post("/notices/channels", response={200: ChannelOut, **REFUSED_WRITE})
def add_channel(request: SignedInRequest, body: ChannelIn) -> Any:
    """Add a channel of one's own or of a place; have a code sent next."""
    place = Place.objects.get_visible(request.user, code=body.place) if body.place else None

    def write() -> dict[str, Any]:
        return channel_out(channels.add_channel(by=request.user, kind=body.kind, address=body.address, place=place))

    return idempotent(request, "notices.add_channel", body, write)


@router.post("/notices/channels/{channel_id}/code", response={200: OutcomeOut, **REFUSED_WRITE, **TOO_OFTEN})
def send_code(request: SignedInRequest, channel_id: UUID) -> Any:
    """Send a code to an address that is not confirmed, and tell what came of it."""
    channel = _channel(request, channel_id)
    queued = idempotent(
        request, "notices.send_code", None, lambda: {"id": str(channels.send_code(by=request.user, channel=channel).pk)}
    )
    return _sent(queued)


@router.post("/notices/channels/{channel_id}/confirm", response={200: ChannelOut, **REFUSED_WRITE})
def confirm_channel(request: SignedInRequest, channel_id: UUID, body: CodeIn) -> Any:
    """Confirm an address with the code that came to it."""
    channel = _channel(request, channel_id)

    def write() -> dict[str, Any]:
        return channel_out(channels.confirm_channel(by=request.user, channel=channel, code=body.code))

    return idempotent(request, "notices.confirm_channel", body, write)


@router.post("/notices/channels/{channel_id}/ways", response={200: ChannelOut, **REFUSED_WRITE})
def choose_ways(request: SignedInRequest, channel_id: UUID, body: WaysIn) -> Any:
    """Choose how kinds of notices go through a channel."""
    channel = _channel(request, channel_id)

    def write() -> dict[str, Any]:
        return channel_out(channels.choose_ways(by=request.user, channel=channel, ways=body.ways))

    return idempotent(request, "notices.choose_ways", body, write)


@router.post("/notices/channels/{channel_id}/test", response={200: OutcomeOut, **REFUSED_WRITE, **TOO_OFTEN})
def send_test(request: SignedInRequest, channel_id: UUID) -> Any:
    """Send a test through a confirmed channel, and tell what came of it."""
    channel = _channel(request, channel_id)
    queued = idempotent(
        request, "notices.send_test", None, lambda: {"id": str(channels.send_test(by=request.user, channel=channel).pk)}
    )
    return _sent(queued)


@router.post("/notices/channels/{channel_id}/remove", response={200: ChannelOut, **REFUSED_WRITE})
def remove_channel(request: SignedInRequest, channel_id: UUID) -> Any:
    """Remove a channel; its address is erased."""
    channel = _channel(request, channel_id)

    def write() -> dict[str, Any]:
        return channel_out(channels.remove_channel(by=request.user, channel=channel))

    return idempotent(request, "notices.remove_channel", None, write)
