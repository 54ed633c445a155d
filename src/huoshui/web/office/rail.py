"""The rail: what people do, filtered by their duties; what belongs together stands in one section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from huoshui.web.calendar_entries import CALENDAR_PERMISSIONS
from huoshui.web.office.waiting import waiting_count


@dataclass(frozen=True)
class RailEntry:
    """One entry of the rail: a page, or a section that opens its first page."""

    label: str
    url: str
    icon: str
    active: bool
    count: int = 0
    """How much waits there for this person to do; not shown when zero."""
    parts: tuple[RailEntry, ...] = ()
    """The pages of a section, at least two; they are shown while one of them is open."""


Page = tuple[Any, str, str, str]
"""Label, name of the page's address, icon, permission of those who see it: any of several; "" for everyone."""
SECTIONS: tuple[tuple[Any, tuple[Page, ...]], ...] = (
    (_lazy("今日"), ((_lazy("今日"), "today", "today", ""),)),
    (
        pgettext_lazy("several", "事项"),
        (
            (_lazy("台账"), "ledger", "ledger", "matter.view"),
            (_lazy("应办"), "cadence", "cadence", "schedule.view"),
            (_lazy("资金"), "money", "money", "fund.view"),
        ),
    ),
    (
        _lazy("观摩"),
        ((_lazy("打分"), "sheets", "visits", "visit.score"), (_lazy("观摩"), "rounds", "rounds", "round.view")),
    ),
    (
        pgettext_lazy("several", "活动"),
        (
            (_lazy("记录"), "activities", "activities", "activity.view"),
            (_lazy("日历"), "calendar", "cadence", " ".join(CALENDAR_PERMISSIONS)),
        ),
    ),
    (_lazy("服务"), ((_lazy("服务"), "services", "services", "service.view"),)),
    (
        pgettext_lazy("several", "地点"),
        (
            (pgettext_lazy("several", "地点"), "places", "places", "place.view"),
            (_lazy("地图"), "map", "map", "place.view"),
        ),
    ),
    (_lazy("数据"), ((_lazy("数据"), "figures", "figures", "figure.view"),)),
    (
        _lazy("报表"),
        (
            (_lazy("一表通"), "forms", "forms", "form.view"),
            (pgettext_lazy("several", "文书"), "documents", "documents", "document.view"),
        ),
    ),
    (
        _lazy("管理"),
        (
            (pgettext_lazy("several", "机制"), "packs", "packs", "pack.view"),
            (_lazy("职责"), "people", "duties", "duty.view"),
            (_lazy("日志"), "journal", "journal", "journal.view"),
        ),
    ),
)
ALSO_UNDER = {
    "/people/": ("/webhooks/",),
    "/figures/": ("/console/", "/publications/"),
    "/documents/": ("/d/",),
    "/rounds/": ("/surveys/",),
}
"""Pages that stand under an entry of the rail without its address, such as webhooks beside the tokens."""
ANSWERS = "/answers/"
"""Ends the address of a survey's answers: they stand beside the rounds, though the checklist lies under the packs."""


def rail(user: Any, path: str) -> list[RailEntry]:
    """What the person's duties let them open; a section of which they see one page is that page."""
    counts = {"today": waiting_count(user)}
    found = []
    for label, pages in SECTIONS:
        parts = tuple(
            RailEntry(str(name), reverse(view), icon, _is_active(path, reverse(view)), counts.get(view, 0))
            for name, view, icon, permission in pages
            if not permission or any(user.grants(one) for one in permission.split())
        )
        if len(parts) > 1:
            open_now = any(part.active for part in parts)
            found.append(replace(parts[0], label=str(label), active=open_now, parts=parts))
        elif parts:
            found.append(parts[0] if len(pages) > 1 else replace(parts[0], label=str(label)))
    return found


def _is_active(path: str, url: str) -> bool:
    if path.endswith(ANSWERS):
        return url == "/rounds/"
    return path == url if url == "/" else path.startswith((url, *ALSO_UNDER.get(url, ())))
