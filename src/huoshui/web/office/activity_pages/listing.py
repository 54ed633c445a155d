"""The list of activities as it is shown: its filters from the address, and who may do what from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities.models import Activity
from huoshui.activities.permits import paths_to_add
from huoshui.activities.queries import ActivityFilter, ActivityList, groups, kinds
from huoshui.kernel import clock
from huoshui.places.models import Place
from huoshui.web.office.lists import LongList, address_without, day, paged, place_asked
from huoshui.web.requests import SignedInRequest

STATE_CLASSES = {"planned": "", "held": "tag--solid", "cancelled": "tag--quiet"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    wanted: ActivityFilter
    place: Place | None


def asked_of(request: SignedInRequest) -> Asked:
    """The filter of the address. Raises value.type or filter.not_found."""
    place = place_asked(request)
    wanted = ActivityFilter(
        kind=request.GET.get("kind", ""),
        group=request.GET.get("group", ""),
        state=request.GET.get("state", ""),
        place=place.path if place else "",
        since=day(request, "since", _("从")),
        until=day(request, "until", _("到")),
        text=request.GET.get("q", "").strip(),
    )
    return Asked(wanted, place)


class Rows(LongList):
    """A list of activities as ``paged`` takes it."""

    def __init__(self, found: ActivityList) -> None:
        self._found = found

    def __len__(self) -> int:
        return self._found.count

    def __getitem__(self, rows: slice) -> list[Activity]:
        return self._found.rows(rows.start or 0, rows.stop)


def context(request: SignedInRequest) -> dict[str, Any]:
    """What the list shows."""
    asked, user = asked_of(request), request.user
    rows = paged(request, Rows(ActivityList(user, asked.wanted)))
    return {
        "rows": rows,
        "place": asked.place,
        "filters": filters_of(asked.wanted),
        "address": address_without(request, "page"),
        "query": request.GET.urlencode(),
        "may_add": bool(paths_to_add(user)),
        "may_import": bool(user.grants("activity.import")),
        "may_export": bool(user.grants("activity.export")),
        "today": clock.today(),
    }


def filters_of(wanted: ActivityFilter) -> list[dict[str, Any]]:
    """The filters as ``partials/_filters.html`` takes them."""
    known = [
        {"value": code, "label": str(kind.name)}
        for code, kind in kinds().items()
        if not wanted.group or kind.group.code == wanted.group or code == wanted.kind
    ]
    return [
        {"name": "q", "label": _("名称"), "type": "search", "value": wanted.text},
        {
            "name": "group", "label": _("分组"), "value": wanted.group,
            "options": [{"value": code, "label": name} for code, name in groups().items()],
        },
        {"name": "kind", "label": _("种类"), "value": wanted.kind, "options": known},
        {
            "name": "state", "label": _("状态"), "value": wanted.state,
            "options": [{"value": code, "label": str(name)} for code, name in Activity.State.choices],
        },
        {"name": "since", "label": _("从"), "type": "date", "value": wanted.since.isoformat() if wanted.since else ""},
        {"name": "until", "label": _("到"), "type": "date", "value": wanted.until.isoformat() if wanted.until else ""},
    ]  # fmt: skip
