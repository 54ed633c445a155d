"""Taking requests, one by one or as a bundle for one life event, and the materials that come later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import RequestTaken, publish
from huoshui.kernel.ids import new_id
from huoshui.kernel.wording import listed
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current_definition
from huoshui.packs.values import clean_values
from huoshui.places.models import Place
from huoshui.schedules.workdays import DueDate, add_working_days
from huoshui.services.actions.offers import item_or_refuse
from huoshui.services.models import CLOSED, Offer, Request
from huoshui.services.schema import Material, ServiceBundle, ServiceItem
from huoshui.services.tracking import code_of, digest_of

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Asked:
    """What came with a request."""

    came: str
    received: tuple[str, ...]
    values: Values


@action("services.take_request")
def take_request(
    *, by: Any, offer: Offer, came: str = "self", received: Iterable[str] = (), values: Values | None = None
) -> Request:
    """Take a request for an item where it is offered; the matter that carries it opens in the same transaction.

    ``came``: who came with it, ``received``: codes of the materials that were brought, ``values``: of the fields that
    the item asks for. It is promised within the item's working days from today. Raises access.denied,
    service.offer_ended, service.told_only; all of service.material_missing, value.choice, value.unknown and the other
    value.* errors of the fields at once; or what opening the matter raises.
    """
    offer = Offer.objects.select_related("place").get(pk=offer.pk)
    require(by, "service.take", path=offer.place.path, pack=offer.pack)
    item = _takeable(offer)
    asked = _Asked(came, tuple(received), values or {})
    _require_complete([item], asked)
    return _take(by, offer, item, asked)


@action("services.take_bundle")
def take_bundle(
    *,
    by: Any,
    bundle: str,
    place: Place,
    items: Sequence[str] | None = None,
    came: str = "self",
    received: Iterable[str] = (),
    values: Values | None = None,
) -> Request:
    """Take the requests of a bundle at a place where all of them are offered; returns the whole, with ``parts``.

    ``items``: codes of those that are wanted (default: all); shared materials and fields are asked for once. The
    whole is promised by the latest day of its parts. Raises access.denied, service.bundle_unknown,
    service.bundle_items, service.bundle_not_offered, all faults of what came at once (as ``take_request``), or what
    opening the matters raises.
    """
    require(by, "service.take", path=place.path, pack=bundle.partition(".")[0])
    version, definition = _bundle_or_refuse(bundle)
    offers = _offers_for(version.pack, definition, place, items)
    found = [_takeable(offer) for offer in offers]
    asked = _Asked(came, tuple(received), values or {})
    _require_complete(found, asked)
    whole = _whole(by, version, bundle, place, asked, _latest(found))
    publish(_event(by, whole, definition.kind, {}))
    for offer, item in zip(offers, found, strict=True):
        _take(by, offer, item, asked, whole)
    whole.refresh_from_db()
    told = {"bundle": bundle, "promised_on": whole.promised_on, "came": whole.came, "parts": len(offers)}
    journal.record(by=by, subject=whole, place=place, after=told | {"matter": whole.matter_number})
    return whole


@action("services.hand_in_materials")
def hand_in_materials(
    *, by: Any, request: Request, received: Iterable[str], seen_version: int | None = None
) -> Request:
    """Note materials that were handed in after the request was taken.

    Raises record.stale, access.denied, service.request_ended, value.required or value.choice.
    """
    request = Request.objects.select_for_update(of=("self",)).select_related("place", "pack_version").get(pk=request.pk)
    require(by, "service.take", path=request.place.path, pack=request.pack)
    request.require_version(seen_version)
    if request.phase == CLOSED:
        raise Refusal("service.request_ended", field="received", number=request.matter_number)
    item = request.definition
    came = list(dict.fromkeys(received))
    known = {material.code: material for material in (item.materials if item else [])}
    if wrong := _unknown_materials(came, known):
        raise Refusal.of(wrong)
    new = [code for code in came if code not in request.received]
    if not new:
        raise Refusal("value.required", field="received", label=_("补交的材料"))
    before = {"missing": _names(request)}
    request.received = [*request.received, *new]
    request.save_next_version("received")
    after = {"missing": _names(request), "handed_in": [known[code].name.zh for code in new]}
    journal.record(by=by, subject=request, place=request.place, before=before, after=after)
    return request


@action("services.print_slip")
def print_slip(*, by: Any, request: Request) -> str:
    """The code by which a request is followed and rated, to be printed on its slip; who had it is journalled.

    Raises access.denied, or service.code_lost when it was made with another key.
    """
    require(by, "service.take", path=request.place.path, pack=request.pack)
    code = code_of(request.pk)
    if digest_of(code) != request.code_digest:
        raise Refusal("service.code_lost", field="code")
    journal.record(by=by, subject=request, place=request.place, after={"slip": True})
    return code


def _takeable(offer: Offer) -> ServiceItem:
    """The item of an offer that is in force. Raises service.offer_ended, service.offer_later or service.told_only."""
    item, today = item_or_refuse(offer.item), clock.today()
    if offer.until is not None and offer.until < today:
        raise Refusal("service.offer_ended", field="offer", item=item.name, day=offer.until)
    if offer.since > today:
        raise Refusal("service.offer_later", field="offer", item=item.name, day=offer.since)
    if item.request is None:
        raise Refusal("service.told_only", field="offer", item=item.name)
    return item


def _require_complete(items: Sequence[ServiceItem], asked: _Asked) -> None:
    """Raise all that is wrong with what came, each at its field: whoever came is told once (一次性告知)."""
    materials = [material for item in items for material in item.materials]
    problems = [*_came_problems(asked.came), *_unknown_values(items, asked.values)]
    problems += _unknown_materials(asked.received, {material.code: material for material in materials})
    problems += [*_missing_materials(materials, asked.received), *_field_problems(items, asked.values)]
    if problems:
        raise Refusal.of(problems)


def _came_problems(code: str) -> list[Problem]:
    if code in Request.Came.values:
        return []
    choices = listed(str(label) for _code, label in Request.Came.choices)
    return [Problem("value.choice", "came", params={"label": _("来办的人"), "value": code or "—", "choices": choices})]


def _bundle_or_refuse(code: str) -> tuple[PackVersion, ServiceBundle]:
    try:
        return current_definition("service_bundles", code)
    except (PackVersion.DoesNotExist, KeyError):
        known = listed(bundle.name for bundle in all_current("service_bundles").values()) or "—"
        raise Refusal("service.bundle_unknown", field="bundle", bundle=code or "—", known=known) from None


def _offers_for(pack: str, bundle: ServiceBundle, place: Place, wanted: Sequence[str] | None) -> list[Offer]:
    """The offers of the items that are wanted, in the order of the bundle."""
    codes = list(bundle.items) if wanted is None else [code for code in bundle.items if code in set(wanted)]
    if not codes or (wanted is not None and set(wanted) - set(bundle.items)):
        named = listed(item_or_refuse(f"{pack}.{code}").name for code in bundle.items)
        raise Refusal("service.bundle_items", field="items", bundle=bundle.name, known=named)
    rows = Offer.objects.filter(place=place, item__in=[f"{pack}.{code}" for code in codes], until__isnull=True)
    found = {offer.item: offer for offer in rows.select_related("place")}
    lacking = [code for code in codes if f"{pack}.{code}" not in found]
    if lacking:
        named = listed(item_or_refuse(f"{pack}.{code}").name for code in lacking)
        raise Refusal("service.bundle_not_offered", field="items", place=place.short_name, items=named)
    return [found[f"{pack}.{code}"] for code in codes]


def _unknown_values(items: Sequence[ServiceItem], values: Values) -> list[Problem]:
    """A value.unknown for each field that none of the items asks for."""
    fields = {code for item in items if item.request for code in item.request.fields}
    return [Problem("value.unknown", code, params={"label": code}) for code in values if code not in fields]


def _unknown_materials(codes: Iterable[str], known: Mapping[str, Material]) -> list[Problem]:
    """A value.choice for each material that none of the items wants."""
    choices = listed(material.name for material in known.values()) or "—"
    wrong = [code for code in codes if code not in known]
    words: dict[str, Any] = {"label": _("材料"), "choices": choices}
    return [Problem("value.choice", "received", params=words | {"value": code}) for code in wrong]


def _missing_materials(materials: Iterable[Material], received: Iterable[str]) -> list[Problem]:
    """One service.material_missing that names all that lack."""
    there = set(received)
    lacking = dict.fromkeys(str(m.name) for m in materials if not m.may_follow and m.code not in there)
    params = {"materials": listed(lacking)}
    return [Problem("service.material_missing", "received", params=params)] if lacking else []


def _field_problems(items: Sequence[ServiceItem], values: Values) -> list[Problem]:
    """What opening the matters would refuse of the fields; what several items ask for is told once."""
    kinds = all_current("matters")
    found: dict[tuple[str, str], Problem] = {}
    for item in items:
        kind: Any = kinds.get(item.request.kind) if item.request else None
        if kind is None or item.request is None:
            continue
        fields = [kind.fields_by_code[code] for code in item.request.fields]
        own = {field.code: values[field.code] for field in fields if field.code in values}
        try:
            clean_values(fields, own)
        except Refusal as refused:
            found |= {(problem.code, problem.field): problem for problem in refused.problems}
    return list(found.values())


def _latest(items: Iterable[ServiceItem]) -> DueDate:
    return max((add_working_days(clock.today(), item.whole_days) for item in items), key=lambda due: due.day)


def _whole(by: Any, version: PackVersion, bundle: str, place: Place, asked: _Asked, due: DueDate) -> Request:
    return _create(
        by, place=place, pack=version.pack, pack_version=version, bundle=bundle, came=asked.came,
        promised_on=due.day, promised_provisional=due.provisional,
    )  # fmt: skip


def _create(by: Any, **columns: Any) -> Request:
    key = new_id()
    digest = digest_of(code_of(key))
    return Request.objects.create(id=key, code_digest=digest, taken_by=by, taken_on=clock.today(), **columns)


def _take(by: Any, offer: Offer, item: ServiceItem, asked: _Asked, whole: Request | None = None) -> Request:
    version, _item = current_definition("services", offer.item)
    due = add_working_days(clock.today(), item.whole_days)
    own = {material.code for material in item.materials}
    request = _create(
        by, place=offer.place, pack=offer.pack, pack_version=version, item=offer.item, offer=offer, whole=whole,
        bundle=whole.bundle if whole else "", came=asked.came,
        received=[code for code in dict.fromkeys(asked.received) if code in own],
        promised_on=due.day, promised_provisional=due.provisional,
    )  # fmt: skip
    if item.request is None:
        raise RuntimeError(f"{offer.item} takes no requests, which was asked before")
    values = {code: asked.values[code] for code in item.request.fields if code in asked.values}
    title = str(values.get(item.request.titled_by or "") or "").strip()
    publish(_event(by, request, item.request.kind, values, title))
    request.refresh_from_db()
    told = {"item": request.item, "promised_on": due.day, "came": request.came, "missing": _names(request)}
    journal.record(by=by, subject=request, place=offer.place, after=told | {"matter": request.matter_number})
    return request


def _names(request: Request) -> list[str]:
    """What is still to be handed in, as the journal keeps it: names, whatever the language of who acts."""
    return [material.name.zh for material in request.lacking]


def _event(by: Any, request: Request, kind: str, values: Values, title: str = "") -> RequestTaken:
    return RequestTaken(
        by=by,
        request_id=request.pk,
        kind=kind,
        place_id=request.place_id,
        title=title or request.name,
        values=values,
        promised_on=request.promised_on,
        label=_("便民服务申请"),
        whole_id=request.whole_id,
    )
