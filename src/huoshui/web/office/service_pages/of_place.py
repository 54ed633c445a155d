"""Services on the page of a place: what is offered at it and below, and the requests taken there."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.places.models import Place
from huoshui.services import queries
from huoshui.services.queries import RequestFilter

LATEST, MOST_OFFERS = 20, 60


def services_of(user: Any, place: Place, tab: str) -> dict[str, Any]:
    """How many services are offered there (for the tab), and the rest when the tab is shown."""
    offers = queries.offers(user, place=place.path)
    told: dict[str, Any] = {"offered": offers.count()}
    if tab != "services":
        return told
    return told | {
        "offers": list(offers[:MOST_OFFERS]),
        "counts": queries.going_counts(user, place.path),
        "requests": queries.requests(user, RequestFilter(place=place.path))[:LATEST],
        "sees_requests": allows(user, "service.view", path=place.path),
        "may_publish": allows(user, "service.publish", path=place.path),
        "may_take": allows(user, "service.take", path=place.path),
        "today": clock.today(),
    }
