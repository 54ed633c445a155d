"""The address under which a calendar program reads one account's calendar."""

from __future__ import annotations

import secrets
from typing import Any

from huoshui.activities.models import CalendarFeed
from huoshui.duties.tokens import digest_of
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal


@action("activities.open_feed", reference=False)
def open_feed(*, by: Any) -> str:
    """A new secret for one's own calendar address, which is returned once and never kept; an earlier one ends."""
    CalendarFeed.objects.filter(account=by, ended_at__isnull=True).update(ended_at=clock.now())
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(account=by, digest=digest_of(secret))
    journal.record(by=by, subject=feed, place=_place_of(by), after={"account": by.username})
    return secret


@action("activities.end_feed", reference=False)
def end_feed(*, by: Any) -> None:
    """End the address of one's own calendar at once; without one nothing is done."""
    feed = CalendarFeed.objects.select_for_update().filter(account=by, ended_at__isnull=True).first()
    if feed is None:
        running_action().changed_nothing()
        return
    feed.ended_at = clock.now()
    feed.save_next_version("ended_at")
    journal.record(by=by, subject=feed, place=_place_of(by), after={"ended_at": feed.ended_at})


def _place_of(account: Any) -> Any:
    return account.unit.place if account.unit else None


def feed_in_force(secret: str) -> CalendarFeed:
    """The feed of a secret. Raises access.not_found: unknown, ended, or its account closed, all alike."""
    feed = CalendarFeed.objects.filter(digest=digest_of(secret)).select_related("account").first()
    if feed is None or feed.ended_at or not feed.account.is_active:
        raise Refusal("access.not_found")
    return feed
