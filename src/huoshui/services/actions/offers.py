"""Publishing what is offered where and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.services.hours import read_hours, read_weekdays
from huoshui.services.models import Offer
from huoshui.services.schema import ServiceItem

FIELDS = ("weekdays", "hours", "window", "phone")
WINDOW_LENGTH, PHONE_LENGTH, REASON_LENGTH = 60, 40, 500


def item_or_refuse(code: str) -> ServiceItem:
    """The current definition of a qualified item. Raises service.item_unknown."""
    known: dict[str, ServiceItem] = all_current("services")
    if code not in known:
        names = listed(item.name for item in known.values()) or "—"
        raise Refusal("service.item_unknown", field="item", item=code or "—", known=names)
    return known[code]


@action("services.publish_offer")
def publish_offer(
    *,
    by: Any,
    item: str,
    place: Place,
    weekdays: str,
    hours: str,
    window: str = "",
    phone: str = "",
    since: dt.date | None = None,
) -> Offer:
    """Offer an item at a place from a day on (default: today), on ISO weekdays ("12345") at hours ("8:30-12:00").

    Raises access.denied, service.item_unknown, place.closed, service.offered_already, service.hours,
    service.weekdays, service.offer_past or the value.* errors.
    """
    pack = item.partition(".")[0]
    require(by, "service.publish", path=place.path, pack=pack)
    item_or_refuse(item)
    today, place = clock.today(), Place.objects.select_for_update().get(pk=place.pk)  # two at once wait for each other
    if place.closed_on and place.closed_on <= today:
        raise Refusal("place.closed", field="place", place=place.short_name, day=place.closed_on)
    begins = since or today
    standing = Offer.objects.filter(place=place, item=item, until__isnull=True).first()
    if standing is not None:
        told: dict[str, Any] = {"place": place.short_name, "item": standing.item_name, "day": standing.since}
        raise Refusal("service.offered_already", field="item", **told)
    offer = Offer.objects.create(
        place=place, pack=pack, item=item, since=begins, published_by=by, **_values(weekdays, hours, window, phone)
    )
    after = journal.snapshot(offer, "item", *FIELDS, "since")
    journal.record(by=by, subject=offer, place=place, after=after)
    return offer


@action("services.change_offer")
def change_offer(
    *,
    by: Any,
    offer: Offer,
    weekdays: str,
    hours: str,
    window: str = "",
    phone: str = "",
    seen_version: int | None = None,
) -> Offer:
    """Change days, hours, window and phone of an offer.

    Raises record.stale, access.denied, service.offer_ended, service.hours, service.weekdays or the value.* errors.
    """
    offer = _locked(by, offer, seen_version)
    before = journal.snapshot(offer, *FIELDS)
    for name, value in _values(weekdays, hours, window, phone).items():
        setattr(offer, name, value)
    offer.save_next_version(*FIELDS)
    journal.record(by=by, subject=offer, place=offer.place, before=before, after=journal.snapshot(offer, *FIELDS))
    return offer


@action("services.end_offer")
def end_offer(
    *, by: Any, offer: Offer, until: dt.date | None = None, reason: str, seen_version: int | None = None
) -> Offer:
    """End an offer with a day (default: today), with a reason. Requests that were taken go on.

    Raises record.stale, access.denied, service.offer_ended, service.offer_ends_early or the value.* errors.
    """
    offer = _locked(by, offer, seen_version)
    day, reason = until or clock.today(), reason.strip()
    if not reason:
        raise Refusal("value.required", field="reason", label=_("停办原因"))
    _within("reason", _("停办原因"), reason, REASON_LENGTH)
    if day < max(offer.since, clock.today()):
        first = max(offer.since, clock.today())
        raise Refusal("service.offer_ends_early", field="until", day=day, first=first)
    offer.until = day
    offer.save_next_version("until")
    journal.record(by=by, subject=offer, place=offer.place, after={"until": day}, note=reason)
    return offer


def _locked(by: Any, offer: Offer, seen_version: int | None) -> Offer:
    """The offer as it stands, locked, for somebody who may change it."""
    fresh = Offer.objects.select_for_update(of=("self",)).select_related("place").get(pk=offer.pk)
    require(by, "service.publish", path=fresh.place.path, pack=fresh.pack)
    fresh.require_version(seen_version)
    if fresh.until is not None:
        raise Refusal("service.offer_ended", field="offer", item=fresh.item_name, day=fresh.until)
    return fresh


def _values(weekdays: str, hours: str, window: str, phone: str) -> dict[str, str]:
    window, phone = window.strip(), phone.strip()
    _within("window", _("窗口"), window, WINDOW_LENGTH)
    _within("phone", _("电话"), phone, PHONE_LENGTH)
    return {"weekdays": read_weekdays(weekdays), "hours": read_hours(hours), "window": window, "phone": phone}


def _within(field: str, label: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise Refusal("value.too_long", field=field, label=label, length=len(text), limit=limit)
