"""The layers of the map that count something at places: what each counts, what its marks mean, and its filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from huoshui.activities.models import Activity
from huoshui.activities.on_map import activities_on_map
from huoshui.activities.queries import ActivityFilter, kinds
from huoshui.kernel import clock
from huoshui.kernel.periods import PeriodKind, period_of
from huoshui.matters.queries.on_map import matters_on_map
from huoshui.packs.queries import all_current
from huoshui.places.on_map import CountedOnMap
from huoshui.schedules.models import Occasion
from huoshui.schedules.on_map import occasions_on_map
from huoshui.services.on_map import offers_on_map
from huoshui.web.office.cadence import asked_for as turns_asked_for
from huoshui.web.office.cadence import plans_seen
from huoshui.web.office.lists import chosen, day, place_asked
from huoshui.web.office.matter_pages.ledger import LIGHT_TABS, asked_for, units_offered
from huoshui.web.office.service_pages.common import filter_of, item_names
from huoshui.web.requests import SignedInRequest

Filters = list[dict[str, Any]]


@dataclass(frozen=True)
class Layer:
    """A layer: who sees it, what it counts, and what a number and each mark (``places.on_map.MARKS``) mean."""

    label: Any
    permission: str
    listed_at: str
    """Name of the address of the list that tells the same one by one, with the same filters."""
    list_word: Any
    unit: Any
    """What is counted, as it stands behind a number."""
    words: Mapping[str, Any]
    counted: Callable[[SignedInRequest], CountedOnMap]
    filters: Callable[[SignedInRequest], Filters]


def select(request: SignedInRequest, name: str, label: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A choice among the filters of a map."""
    return filter_of(name, label, request.GET.get(name, ""), options)


def _matters(request: SignedInRequest) -> CountedOnMap:
    return matters_on_map(request.user, asked_for(request).filters)


def _of_matters(request: SignedInRequest) -> Filters:
    known = all_current("matters")
    kind = known.get(request.GET.get("kind", ""))
    states = {state.code: str(state.name) for of in ([kind] if kind else known.values()) for state in of.states}
    return [
        select(request, "place", _("地点"), units_offered(request.user)),
        select(request, "kind", _("种类"), {code: known.name for code, known in known.items()}),
        select(request, "state", _("状态"), states),
        select(request, "light", _("灯色"), LIGHT_TABS),
    ]


def _turns(request: SignedInRequest) -> CountedOnMap:
    wanted, _place = turns_asked_for(request, plans_seen(request.user))
    return occasions_on_map(request.user, wanted)


def _of_turns(request: SignedInRequest) -> Filters:
    wanted, _place = turns_asked_for(request, plans := plans_seen(request.user))
    return [
        select(request, "place", _("地点"), units_offered(request.user)),
        select(request, "plan", _("安排"), plans),
        select(request, "state", _("状态"), dict(Occasion.State.choices)),
        _day("since", _("到期日从"), wanted.since),
        _day("until", _("到"), wanted.until),
    ]


def _day(name: str, label: str, value: dt.date | None) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "date", "value": value.isoformat() if value else ""}


def _activities_wanted(request: SignedInRequest) -> ActivityFilter:
    """The filter of the address; without days in it those of this month."""
    place, month = place_asked(request), period_of(clock.today(), PeriodKind.MONTH)
    return ActivityFilter(
        place=place.path if place else "",
        kind=request.GET.get("kind", ""),
        state=request.GET.get("state", ""),
        since=day(request, "since", _("从")) if "since" in request.GET else month.first,
        until=day(request, "until", _("到")) if "until" in request.GET else month.last,
    )


def _activities(request: SignedInRequest) -> CountedOnMap:
    return activities_on_map(request.user, _activities_wanted(request))


def _of_activities(request: SignedInRequest) -> Filters:
    wanted = _activities_wanted(request)
    return [
        select(request, "place", _("地点"), units_offered(request.user)),
        select(request, "kind", _("种类"), {code: kind.name for code, kind in kinds().items()}),
        select(request, "state", _("状态"), dict(Activity.State.choices)),
        _day("since", _("从"), wanted.since),
        _day("until", _("到"), wanted.until),
    ]


def _offers(request: SignedInRequest) -> CountedOnMap:
    place = place_asked(request)
    item = chosen(request, "item", _("事项"), item_names())
    return offers_on_map(request.user, place=place.path if place else "", item=item)


def _of_offers(request: SignedInRequest) -> Filters:
    return [
        select(request, "place", _("地点"), units_offered(request.user)),
        select(request, "item", _("事项"), item_names()),
    ]


LAYERS: dict[str, Layer] = {
    "matters": Layer(
        pgettext_lazy("several", "事项"), "matter.view", "ledger", _lazy("看台账"), pgettext_lazy("counted", "件"),
        {
            "red": _lazy("逾期"), "yellow": _lazy("滞后"), "blue": _lazy("临期"), "none": _lazy("在期与其他"),
            "green": _lazy("已核验"),
        },
        _matters, _of_matters,
    ),
    "cadence": Layer(
        _lazy("应办"), "schedule.view", "cadence", _lazy("看清单"), pgettext_lazy("counted", "次"),
        {
            "red": _lazy("未办"), "yellow": _lazy("逾期可补"), "blue": _lazy("待办"), "none": _lazy("免办"),
            "green": _lazy("已办"),
        },
        _turns, _of_turns,
    ),
    "activities": Layer(
        pgettext_lazy("several", "活动"), "activity.view", "activities", _lazy("看清单"),
        pgettext_lazy("counted", "场"),
        {
            "yellow": _lazy("过期未登记"), "blue": _lazy("计划"), "none": _lazy("已取消"), "green": _lazy("已开展"),
        },
        _activities, _of_activities,
    ),
    "services": Layer(
        _lazy("办理点"), "place.view", "service_offers", _lazy("看清单"), pgettext_lazy("counted", "项"),
        {"none": _lazy("可办事项")},
        _offers, _of_offers,
    ),
}  # fmt: skip
"""The layers that count, by their code in the address; that of places stands beside them."""


def layers_of(user: Any) -> dict[str, Layer]:
    """The layers whose records the reader may see."""
    return {code: layer for code, layer in LAYERS.items() if user.grants(layer.permission)}
