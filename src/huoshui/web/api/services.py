"""Services over the API: items with their guides, what is offered where, requests and ratings. Nothing personal."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoshui.kernel.choices import named, require_known
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.services import actions, queries
from huoshui.services.models import Offer, Rating, Request
from huoshui.services.queries import RequestFilter
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("services")
STATES = ("open", "submitted", "closed", "late")


class ServiceItemOut(Schema):
    """An item with its guide, as its pack declares it; the code is qualified."""

    code: str
    guide: dict[str, Any]


class OfferOut(Schema):
    """An item offered at a place: ISO weekdays (12345), hours (08:30-12:00,14:30-18:00), until (the last day)."""

    id: UUID
    place: str
    item: str
    weekdays: str
    hours: str
    window: str
    phone: str
    since: dt.date
    until: dt.date | None
    version: int


class OfferPage(PageOut):
    """A page of offers."""

    items: list[OfferOut]


class OfferIn(Schema):
    """What is offered where and when; the place by its code, the first day today unless told."""

    place: str
    item: str
    weekdays: str
    hours: str
    window: str = ""
    phone: str = ""
    since: dt.date | None = None


class OfferChangeIn(Schema):
    """Days, hours, window and phone of an offer, and the version that was seen."""

    weekdays: str
    hours: str
    window: str = ""
    phone: str = ""
    seen_version: int


class OfferEndIn(Schema):
    """The last day (default: today), why, and the version that was seen."""

    until: dt.date | None = None
    reason: str
    seen_version: int


class ServiceRequestOut(Schema):
    """A request, or the whole of a bundle; ``matter`` is the number of the matter that carries it."""

    id: UUID
    item: str
    bundle: str
    whole: UUID | None
    place: str
    matter: str
    state: str
    state_label: str
    phase: str
    came: str
    received: list[str]
    lacking: list[str]
    taken_on: dt.date
    promised_on: dt.date
    promised_provisional: bool
    done_on: dt.date | None
    closed_on: dt.date | None
    close_reason: str
    version: int


class ServiceRequestPage(PageOut):
    """A page of requests."""

    items: list[ServiceRequestOut]


class ServiceRequestIn(Schema):
    """A request: the offer, who came (self, entrusted, agent), what was brought, and the fields of the item."""

    offer: UUID
    came: str = "self"
    received: list[str] = Field(default_factory=list)
    values: dict[str, Any] = Field(default_factory=dict)


class ServiceBundleIn(Schema):
    """A bundle at a place by its code: which of its items (all unless told), and as for a request."""

    bundle: str
    place: str
    items: list[str] | None = None
    came: str = "self"
    received: list[str] = Field(default_factory=list)
    values: dict[str, Any] = Field(default_factory=dict)


class ServiceMaterialsIn(Schema):
    """Codes of materials that were handed in later, and the version that was seen."""

    received: list[str]
    seen_version: int


class ServiceSlipOut(Schema):
    """The code by which a request is followed and rated."""

    code: str


class ServiceRatingOut(Schema):
    """A rating; ``rank`` counts the levels from 1, the best. Who gave it is not known."""

    id: UUID
    request: UUID
    item: str
    place: str
    level: str
    rank: int
    satisfied: bool
    aspects: dict[str, str]
    words: str
    from_paper: bool
    rated_on: dt.date
    correction: str
    correct_by: dt.date | None
    corrected_on: dt.date | None


class ServiceRatingPage(PageOut):
    """A page of ratings."""

    items: list[ServiceRatingOut]


class ServiceRatingIn(Schema):
    """A rating on paper: codes of the level and of the levels of aspects, and what was written."""

    level: str
    aspects: dict[str, str] = Field(default_factory=dict)
    words: str = ""


class OffersQuery(Paged):
    """Offers at or below a place by its code, of an item."""

    place: str = ""
    item: str = ""


class ServiceRequestsQuery(Paged):
    """Requests at or below a place, of an item, in a state (open, submitted, closed, late), taken in a period."""

    place: str = ""
    item: str = ""
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class ServiceRatingsQuery(Paged):
    """Ratings at or below a place, of an item, since a day; ``low``: those with a correction."""

    place: str = ""
    item: str = ""
    low: bool = False
    since: dt.date | None = None


def offer_out(offer: Offer) -> dict[str, Any]:
    """An offer."""
    names = ("id", "item", "weekdays", "hours", "window", "phone", "since", "until", "version")
    found = {name: getattr(offer, name) for name in names}
    return OfferOut(**found, place=offer.place.code).model_dump(mode="json")


def request_out(row: Request) -> dict[str, Any]:
    """A request."""
    names = (
        "id", "item", "bundle", "state", "phase", "came", "received", "taken_on", "promised_on",
        "promised_provisional", "done_on", "closed_on", "close_reason", "version",
    )  # fmt: skip
    found = {name: getattr(row, name) for name in names}
    found |= {"whole": row.whole_id, "place": row.place.code, "matter": row.matter_number}
    found |= {"state_label": row.state_name, "lacking": [material.code for material in row.lacking]}
    return ServiceRequestOut(**found).model_dump(mode="json")


def rating_out(row: Rating) -> dict[str, Any]:
    """A rating."""
    names = ("id", "level", "rank", "satisfied", "words", "rated_on", "correct_by", "corrected_on")
    found = {name: getattr(row, name) for name in names}
    found |= {"request": row.request_id, "item": row.request.item, "place": row.request.place.code}
    found |= {"from_paper": row.entered_by_id is not None, "correction": row.correction_number}
    found |= {"aspects": {aspect.aspect: aspect.level for aspect in row.aspects.all()}}
    return ServiceRatingOut(**found).model_dump(mode="json")


@router.get("/services", response={200: list[ServiceItemOut], **REFUSED})
def list_services(request: SignedInRequest) -> Any:
    """Every item of the current packs with its guide."""
    return [{"code": code, "guide": item.model_dump(mode="json")} for code, item in queries.items().items()]


@router.get("/services/offers", response={200: OfferPage, **REFUSED})
def list_offers(request: SignedInRequest, query: Query[OffersQuery]) -> Any:
    """What stands today or will, by place and item."""
    _require_item(query.item)
    return page_of(queries.offers(request.user, place=_path(request, query.place), item=query.item), query, offer_out)


@router.post("/services/offers", response={200: OfferOut, **REFUSED_WRITE})
def publish_offer(request: SignedInRequest, body: OfferIn) -> Any:
    """Publish an item at a place."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"place"})
        return offer_out(actions.publish_offer(by=request.user, place=place, **given))

    return idempotent(request, "services.publish_offer", body, write)


@router.post("/services/offers/{offer_id}/change", response={200: OfferOut, **REFUSED_WRITE})
def change_offer(request: SignedInRequest, offer_id: UUID, body: OfferChangeIn) -> Any:
    """Change days, hours, window and phone."""
    offer = Offer.objects.get_visible(request.user, pk=offer_id)

    def write() -> dict[str, Any]:
        return offer_out(actions.change_offer(by=request.user, offer=offer, **body.model_dump()))

    return idempotent(request, "services.change_offer", body, write)


@router.post("/services/offers/{offer_id}/end", response={200: OfferOut, **REFUSED_WRITE})
def end_offer(request: SignedInRequest, offer_id: UUID, body: OfferEndIn) -> Any:
    """End an offer with a day."""
    offer = Offer.objects.get_visible(request.user, pk=offer_id)

    def write() -> dict[str, Any]:
        return offer_out(actions.end_offer(by=request.user, offer=offer, **body.model_dump()))

    return idempotent(request, "services.end_offer", body, write)


@router.get("/services/requests", response={200: ServiceRequestPage, **REFUSED})
def list_requests(request: SignedInRequest, query: Query[ServiceRequestsQuery]) -> Any:
    """Visible requests: those that run first, by their promised day."""
    _require_item(query.item, Request.objects.visible_to(request.user))
    if query.state and query.state not in STATES:
        raise Refusal("value.choice", field="state", label="state", value=query.state, choices=", ".join(STATES))
    wanted = RequestFilter(_path(request, query.place), query.item, query.state, query.since, query.until)
    return page_of(queries.requests(request.user, wanted), query, request_out)


@router.post("/services/requests", response={200: ServiceRequestOut, **REFUSED_WRITE})
def take_request(request: SignedInRequest, body: ServiceRequestIn) -> Any:
    """Take a request; the matter that carries it opens with it."""
    offer = Offer.objects.get_visible(request.user, pk=body.offer)

    def write() -> dict[str, Any]:
        given = body.model_dump(exclude={"offer"})
        return request_out(actions.take_request(by=request.user, offer=offer, **given))

    return idempotent(request, "services.take_request", body, write)


@router.post("/services/bundles", response={200: ServiceRequestOut, **REFUSED_WRITE})
def take_bundle(request: SignedInRequest, body: ServiceBundleIn) -> Any:
    """Take the requests of a bundle; returns the whole, whose parts name it."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"place"})
        return request_out(actions.take_bundle(by=request.user, place=place, **given))

    return idempotent(request, "services.take_bundle", body, write)


@router.get("/services/requests/{request_id}", response={200: ServiceRequestOut, **REFUSED})
def read_request(request: SignedInRequest, request_id: UUID) -> Any:
    """One visible request."""
    return request_out(Request.objects.select_related("place").get_visible(request.user, pk=request_id))


@router.post("/services/requests/{request_id}/materials", response={200: ServiceRequestOut, **REFUSED_WRITE})
def hand_in_materials(request: SignedInRequest, request_id: UUID, body: ServiceMaterialsIn) -> Any:
    """Note what was handed in later."""
    row = Request.objects.get_visible(request.user, pk=request_id)

    def write() -> dict[str, Any]:
        return request_out(actions.hand_in_materials(by=request.user, request=row, **body.model_dump()))

    return idempotent(request, "services.hand_in_materials", body, write)


@router.post("/services/requests/{request_id}/slip", response={200: ServiceSlipOut, **REFUSED_WRITE})
def print_slip(request: SignedInRequest, request_id: UUID) -> Any:
    """The code for the slip; that it was asked for is journalled."""
    row = Request.objects.get_visible(request.user, pk=request_id)
    return {"code": actions.print_slip(by=request.user, request=row)}


@router.post("/services/requests/{request_id}/rating", response={200: ServiceRatingOut, **REFUSED_WRITE})
def rate(request: SignedInRequest, request_id: UUID, body: ServiceRatingIn) -> Any:
    """Enter a rating that was given on paper."""
    row = Request.objects.get_visible(request.user, pk=request_id)

    def write() -> dict[str, Any]:
        return rating_out(actions.rate(by=request.user, request=row, **body.model_dump()))

    return idempotent(request, "services.rate", body, write)


@router.get("/services/ratings", response={200: ServiceRatingPage, **REFUSED})
def list_ratings(request: SignedInRequest, query: Query[ServiceRatingsQuery]) -> Any:
    """Ratings, the latest first, for those who may see each."""
    _require_item(query.item)
    place = _path(request, query.place)
    found = queries.ratings(request.user, place=place, item=query.item, low=query.low, since=query.since)
    return page_of(found.prefetch_related("aspects"), query, rating_out)


def _path(request: SignedInRequest, code: str) -> str:
    if not code:
        return ""
    place: Place = named(Place.objects.visible_to(request.user), "place", code=code)
    return str(place.path)


def _require_item(code: str, rows: Any = None) -> None:
    found = Offer.objects.get_queryset() if rows is None else rows
    require_known(found, "item", code, list(queries.items()))
