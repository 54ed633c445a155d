"""Actions on channels: added, confirmed by a code, chosen for kinds of notices, tried out, removed.

An account sets its own; a place's are set by whoever has ``notice.place_channel`` there. The address goes to the
vault and into no journal entry; a channel is named by its service alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import denied
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.notices import confirming
from huoshui.notices.carriers import require_mail_address, robot_service
from huoshui.notices.models import Channel, Message, NoticeHours, Way
from huoshui.notices.outbox import ADDRESS, address_of, wake
from huoshui.notices.texts import kinds
from huoshui.places.models import Place
from huoshui.vault.actions import keep

MOST_CHANNELS = 5
"""Channels of one account or place."""
SHOWN_LENGTH = 60
HIDDEN = "******"


def _require_owner(by: Any, account_id: Any, place: Place | None) -> None:
    """Raise access.denied unless the channel is one's own, or of a place whose channels one may set.

    A place's channel hears of every pack: a duty for one pack alone does not let set it.
    """
    if getattr(by, "is_system", False):
        return
    if place is not None:
        grants = by.grants("notice.place_channel")
        if not any(grant.pack is None and place.path.startswith(grant.path) for grant in grants):
            raise denied("notice.place_channel", path=place.path)
    elif account_id != by.pk:
        raise denied("notice.view")


def _place_of(channel: Channel) -> Place | None:
    """Where the journal puts a channel: its place, or that of its account's unit."""
    if channel.place is not None:
        return channel.place
    return channel.account.unit.place if channel.account and channel.account.unit else None


def _locked(by: Any, channel: Channel) -> Channel:
    found = Channel.objects.select_for_update(of=("self",)).select_related("account__unit__place", "place")
    fresh: Channel | None = found.filter(pk=channel.pk).standing().first()
    if fresh is None:
        raise Refusal("access.not_found")
    _require_owner(by, fresh.account_id, fresh.place)
    return fresh


@action("notices.add_channel")
def add_channel(*, by: Any, kind: str, address: str, place: Place | None = None) -> Channel:
    """Add a channel of one's own, or of ``place``; it carries nothing but a code until it is confirmed.

    Raises access.denied, value.required, notice.channel_kind, notice.channel_twice, notice.too_many_channels, and what
    refuses an address: notice.no_mail_server, notice.mail_address, notice.robot_scheme, notice.robot_address,
    outward.private, outward.unknown.
    """
    _require_owner(by, by.pk, place)
    address = address.strip()
    if not address:
        raise Refusal("value.required", field="address", label=_("地址"))
    service, shown = _described(kind, address)
    owner = {"place": place} if place else {"account": by}
    Account.objects.get_queryset().select_for_update().get(pk=by.pk)
    standing = list(Channel.objects.filter(**owner).standing())
    if len(standing) >= MOST_CHANNELS:
        raise Refusal("notice.too_many_channels", field="address", most=MOST_CHANNELS)
    if any(address_of(channel) == address for channel in standing):
        raise Refusal("notice.channel_twice", field="address")
    channel = Channel.objects.create(kind=kind, service=service, shown=shown, **owner)
    digests = keep(channel, {ADDRESS: address})
    journal.record(by=by, subject=channel, place=_place_of(channel), after={"service": service, **digests})
    return channel


def _described(kind: str, address: str) -> tuple[str, str]:
    """The service of an address, and how it is shown: of mail the first letter and the domain, of a robot nothing."""
    if kind == Channel.Kind.EMAIL:
        require_mail_address(address)
        name, _at, domain = address.rpartition("@")
        return _("邮箱"), f"{name[0]}***@{domain}"[:SHOWN_LENGTH]
    if kind == Channel.Kind.ROBOT:
        service = robot_service(address)
        return service, f"{address.partition(':')[0].lower()}://{HIDDEN}"
    raise Refusal("notice.channel_kind", field="kind")


@action("notices.send_code")
def send_code(*, by: Any, channel: Channel) -> Message:
    """Queue a new code to an address that is not confirmed; the one before no longer counts.

    Raises access.denied, notice.confirmed_already, notice.too_soon or notice.too_many_codes.
    """
    running_action().changed_nothing()
    channel = _locked(by, channel)
    now = clock.now()
    if channel.confirmed_at:
        raise Refusal("notice.confirmed_already")
    _require_pause(channel.code_sent_at, now)
    if channel.codes_sent >= confirming.MOST_CODES:
        raise Refusal("notice.too_many_codes", most=confirming.MOST_CODES)
    channel.codes_sent += 1
    channel.code_sent_at = now
    channel.save(update_fields=["codes_sent", "code_sent_at"])
    return Message.objects.create(channel=channel, purpose=Message.Purpose.CODE)


def _require_pause(last: dt.datetime | None, now: dt.datetime) -> None:
    if last and now - last < confirming.PAUSE:
        raise Refusal("notice.too_soon", seconds=int((confirming.PAUSE - (now - last)).total_seconds()) + 1)


@action("notices.confirm_channel")
def confirm_channel(*, by: Any, channel: Channel, code: str) -> Channel:
    """Confirm an address with the code that was sent to it. Raises access.denied, notice.code_wrong, notice.code_over.

    Tries are not counted: 2**40 codes, valid for half an hour, are too many to try out.
    """
    channel = _locked(by, channel)
    now = clock.now()
    if channel.confirmed_at:
        running_action().changed_nothing()
        return channel
    if channel.code_sent_at is None or now - channel.code_sent_at > confirming.VALID:
        raise Refusal("notice.code_over", field="code")
    if not confirming.is_right(channel, code):
        raise Refusal("notice.code_wrong", field="code")
    channel.confirmed_at = now
    channel.save_next_version("confirmed_at")
    journal.record(by=by, subject=channel, place=_place_of(channel), after={"service": channel.service})
    return channel


@action("notices.remove_channel")
def remove_channel(*, by: Any, channel: Channel) -> Channel:
    """Remove a channel: nothing goes through it any more, and its address is erased. Raises access.denied."""
    channel = _locked(by, channel)
    channel.removed_at = clock.now()
    channel.save_next_version("removed_at")
    keep(channel, {ADDRESS: ""})
    journal.record(by=by, subject=channel, place=_place_of(channel), before={"service": channel.service})
    return channel


@action("notices.choose_ways")
def choose_ways(*, by: Any, channel: Channel, ways: Mapping[str, str]) -> Channel:
    """Choose how kinds of notices go through a channel; what is not named stays as it is.

    Raises access.denied, notice.unknown_kind or notice.unknown_way.
    """
    channel = _locked(by, channel)
    for kind, way in ways.items():
        if kind not in kinds():
            raise Refusal("notice.unknown_kind", field=kind, kind=kind)
        if way not in Way.values:
            raise Refusal("notice.unknown_way", field=kind, way=way)
    before = channel.choices
    chosen = before | dict(ways)
    if chosen == before:
        running_action().changed_nothing()
        return channel
    channel.choices = chosen
    channel.save_next_version("choices")
    changed = {kind: way for kind, way in chosen.items() if before.get(kind) != way}
    journal.record(by=by, subject=channel, place=_place_of(channel), after={"ways": changed})
    return channel


@action("notices.set_hours")
def set_hours(
    *, by: Any, digest_at: dt.time, quiet_from: dt.time, quiet_until: dt.time, working_days_only: bool
) -> NoticeHours:
    """Set when one wants to hear outside the product; ``quiet_from`` equal to ``quiet_until``: no quiet hours."""
    columns = ("digest_at", "working_days_only", "quiet_from", "quiet_until")
    found = NoticeHours.objects.select_for_update().filter(account=by).first() or NoticeHours(account=by)
    before = _told(found, columns)
    found.digest_at, found.working_days_only = digest_at, working_days_only
    found.quiet_from, found.quiet_until = quiet_from, quiet_until
    after = _told(found, columns)
    if before == after:
        running_action().changed_nothing()
        return found
    found.save()
    journal.record(by=by, subject=by, place=by.unit.place if by.unit else None, before=before, after=after)
    return found


def _told(hours: NoticeHours, columns: tuple[str, ...]) -> dict[str, Any]:
    values = journal.snapshot(hours, *columns)
    return {name: f"{value:%H:%M}" if isinstance(value, dt.time) else value for name, value in values.items()}


@action("notices.send_test")
def send_test(*, by: Any, channel: Channel) -> Message:
    """Queue a test through a confirmed channel. Raises access.denied, notice.not_confirmed or notice.too_soon."""
    running_action().changed_nothing()
    channel = _locked(by, channel)
    if channel.confirmed_at is None:
        raise Refusal("notice.not_confirmed")
    tests = channel.messages.filter(purpose=Message.Purpose.TEST).order_by("-created_at")
    _require_pause(tests.values_list("created_at", flat=True).first(), clock.now())
    return Message.objects.create(channel=channel, purpose=Message.Purpose.TEST)


@action("notices.retry")
def retry(*, by: Any, message: Message) -> Message:
    """Have a message sent again that was given up, or of which nobody knows. Raises access.denied, notice.not_over."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    channel = _locked(by, message.channel)
    if message.state not in (Message.State.FAILED, Message.State.UNSURE):
        raise Refusal("notice.not_over", state=message.get_state_display())
    message.state, message.attempts, message.not_before = Message.State.WAITING, 0, clock.now()
    message.error, message.error_params = "", {}
    message.save_next_version("state", "attempts", "not_before", "error", "error_params")
    journal.record(by=by, subject=channel, place=_place_of(channel), after={"service": channel.service})
    wake()
    return message
