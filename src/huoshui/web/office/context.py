"""What every office page needs: the rail, filtered by what the person's duties let them see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huoshui.duties.models import delegations_taken
from huoshui.duties.queries import unit_with_place
from huoshui.kernel import clock
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.wording import listed
from huoshui.notices.queries import unread_count
from huoshui.web.office.waiting import waiting_count

ALSO_UNDER = {
    "/people/": ("/webhooks/",),
    "/figures/": ("/console/", "/publications/"),
    "/documents/": ("/d/",),
    "/activities/": ("/calendar/",),
}
"""Pages that stand under an entry of the rail without its address, such as webhooks beside the tokens."""


@dataclass(frozen=True)
class RailEntry:
    """One entry of the rail."""

    label: str
    url: str
    icon: str
    active: bool
    count: int = 0
    """How much waits there for this person to do; not shown when zero."""


def office(request: HttpRequest) -> dict[str, Any]:
    """``demonstration`` on every page; ``rail``, ``unread`` (reminders) and ``own_unit`` for people who are signed in.

    The rail is put together when a page shows it: fragments and field pages have none.
    """
    user = getattr(request, "user", None)
    mark = {"demonstration": SimpleLazyObject(demonstration_mark)}
    if user is None or not user.is_authenticated:
        return mark
    rail = SimpleLazyObject(lambda: _rail(user, request.path))
    own_unit = SimpleLazyObject(lambda: unit_with_place(user.unit_id))
    return mark | {
        "unread": SimpleLazyObject(lambda: _unread(request)),
        "rail": rail,
        "own_unit": own_unit,
        "stands_in_for": SimpleLazyObject(lambda: _principals(user)),
    }


def _unread(request: HttpRequest) -> int:
    """As it was when the account was read; after a form was sent, as it is now."""
    user: Any = request.user
    return int(user.unread_then) if request.method == "GET" and hasattr(user, "unread_then") else unread_count(user)


def _principals(user: Any) -> str:
    """Titles of those for whom the reader stands in today; read together with the duties."""
    return listed(dict.fromkeys(row.principal.title for row in delegations_taken(user.pk, clock.today())))


def _rail(user: Any, path: str) -> list[RailEntry]:
    entries = [
        (_("今日"), "today", "today", ""),
        (_("台账"), "ledger", "ledger", "matter.view"),
        (_("应办"), "cadence", "cadence", "schedule.view"),
        (pgettext("several", "活动"), "activities", "activities", "activity.view"),
        (_("打分"), "sheets", "visits", "visit.score"),
        (_("观摩"), "rounds", "rounds", "round.view"),
        (_("服务"), "services", "services", "service.view"),
        (pgettext("several", "地点"), "places", "places", "place.view"),
        (_("地图"), "map", "map", "place.view"),
        (_("资金"), "money", "money", "fund.view"),
        (_("数据"), "figures", "figures", "figure.view"),
        (_("一表通"), "forms", "forms", "form.view"),
        (pgettext("several", "文书"), "documents", "documents", "document.view"),
        (pgettext("several", "机制"), "packs", "packs", "pack.view"),
        (_("职责"), "people", "duties", "duty.view"),
        (_("日志"), "journal", "journal", "journal.view"),
    ]
    counts = {"today": waiting_count(user)}
    return [
        RailEntry(label, reverse(name), icon, _is_active(path, reverse(name)), counts.get(name, 0))
        for label, name, icon, permission in entries
        if not permission or user.grants(permission)
    ]


def _is_active(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith((url, *ALSO_UNDER.get(url, ())))
