"""Taking a request at the counter: choose what and where, tick what was brought, write what is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.ids import new_id
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.places.models import Place
from huoshui.schedules.workdays import add_working_days
from huoshui.services import actions, queries
from huoshui.services.models import Offer, Request
from huoshui.services.schema import Material, ServiceBundle, ServiceItem
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def service_take(request: SignedInRequest) -> HttpResponse:
    """Take a request for ``?offer=``; without one, what can be taken where the reader works."""
    user = request.user
    if not user.grants("service.take"):
        raise Refusal("access.not_found")
    key = request.POST.get("offer") or request.GET.get("offer", "")
    if not key:
        return page(request, "office/services/take_where.html", _where(request))
    offer = _offer(user, key)
    item = queries.items().get(offer.item)
    if item is None or item.request is None:
        raise Refusal("service.told_only", field="offer", item=offer.item_name)
    form, received = FormState({"came": "agent" if item.mode == "agent" else "self", "key": new_id()}), []
    if request.method == "POST":
        form, received = FormState.typed(request), request.POST.getlist("received")
        done = form.attempt(_take_once, user=user, offer=offer, item=item, form=form, received=received)
        if done:
            return _taken(request, done)
        form.values["key"] = new_id()
    context = _form([item], form, received) | {"offer": offer, "item": item, "place": offer.place}
    return page(request, "office/services/take.html", context, form)


@require_http_methods(["GET", "POST"])
@login_required
def service_take_bundle(request: SignedInRequest, code: str) -> HttpResponse:
    """Take a bundle at ``?place=``; without one, the places that offer all of it, or the form at the only one."""
    user, bundle = request.user, queries.bundles().get(code)
    if bundle is None or not user.grants("service.take"):
        raise Refusal("access.not_found")
    pack = code.partition(".")[0]
    items = {name: queries.items()[f"{pack}.{name}"] for name in bundle.items if f"{pack}.{name}" in queries.items()}
    places = _places_of_bundle(user, pack, list(items))
    named = request.POST.get("place") or request.GET.get("place", "")
    place = places[0] if len(places) == 1 and not named else next((row for row in places if row.code == named), None)
    if place is None:
        context = {"bundle": bundle, "code": code, "places": places, "items": list(items.values())}
        return page(request, "office/services/bundle_where.html", context)
    form, received, wanted = FormState({"came": "self", "key": new_id()}), [], list(items)
    if request.method == "POST":
        form, received = FormState.typed(request), request.POST.getlist("received")
        wanted = request.POST.getlist("items")
        done = form.attempt(
            _take_bundle_once, user=user, code=code, place=place, wanted=wanted, form=form, received=received,
            known=items,
        )  # fmt: skip
        if done:
            return _taken(request, done)
        form.values["key"] = new_id()
    context = _form(list(items.values()), form, received) | {"bundle": bundle, "code": code, "place": place}
    context["choices"] = [(name, item, name in wanted) for name, item in items.items()]
    return page(request, "office/services/take.html", context, form)


def _taken(request: SignedInRequest, done: dict[str, Any]) -> HttpResponse:
    messages.success(request, _("已受理，请打印受理单交给来人"))
    return redirect(f"{reverse('service_request', args=[done['request']])}?taken=1")


def _offer(user: Any, key: str) -> Offer:
    try:
        offer: Offer = Offer.objects.select_related("place__parent").get_visible(user, pk=key)
    except (ValueError, TypeError):
        raise Refusal("access.not_found") from None
    if not allows(user, "service.take", path=offer.place.path, pack=offer.pack):
        raise Refusal("access.not_found")
    return offer


def _where(request: SignedInRequest) -> dict[str, Any]:
    """What can be taken, by place; narrowed to an item by ``?item=``, to a place by ``?place=``."""
    user, item, code = request.user, request.GET.get("item", ""), request.GET.get("place", "")
    rows: dict[Place, list[Offer]] = {}
    known = queries.items()
    for offer in sorted(queries.offers(user, item=item), key=lambda row: _rank(known, row)):
        takes = offer.item in known and known[offer.item].request is not None
        if takes and allows(user, "service.take", path=offer.place.path, pack=offer.pack):
            rows.setdefault(offer.place, []).append(offer)
    shown = [(place, offers) for place, offers in rows.items() if not code or place.code == code]
    return {
        "places": list(rows),
        "rows": shown if code or item or len(rows) == 1 else [],
        "asked": code,
        "item": known.get(item),
        "item_code": item,
        "bundles": _bundles_at(rows.values()),
    }


def _bundles_at(rows: Iterable[list[Offer]]) -> dict[str, ServiceBundle]:
    """The bundles of which some place offers every item to the reader."""
    offered = [{offer.item for offer in offers} for offers in rows]

    def whole(code: str, bundle: ServiceBundle) -> set[str]:
        return {f"{code.partition('.')[0]}.{item}" for item in bundle.items}

    return {
        code: bundle
        for code, bundle in queries.bundles().items()
        if any(whole(code, bundle) <= here for here in offered)
    }


def _rank(known: dict[str, ServiceItem], offer: Offer) -> tuple[str, int]:
    """Where an offer stands: by place, as the catalogue orders its items."""
    codes = list(known)
    return offer.place.path, codes.index(offer.item) if offer.item in known else len(codes)


def _places_of_bundle(user: Any, pack: str, items: list[str]) -> list[Place]:
    found: dict[Place, set[str]] = {}
    for offer in queries.offers(user):
        if allows(user, "service.take", path=offer.place.path, pack=offer.pack):
            found.setdefault(offer.place, set()).add(offer.item)
    return [place for place, offered in found.items() if {f"{pack}.{item}" for item in items} <= offered]


def asked_fields(items: list[ServiceItem]) -> list[FieldDef]:
    """The fields that items ask for, each once, as their kinds of matter define them."""
    kinds = all_current("matters")
    found: dict[str, FieldDef] = {}
    for item in items:
        if item.request is None or item.request.kind not in kinds:
            continue
        fields = kinds[item.request.kind].fields_by_code
        for code in item.request.fields:
            found.setdefault(code, fields[code])
    return list(found.values())


def _form(items: list[ServiceItem], form: FormState, received: list[str]) -> dict[str, Any]:
    fields = asked_fields(items)
    materials: dict[str, Material] = {}
    for item in items:
        for material in item.materials:
            known = materials.get(material.code)
            if known is None or (known.may_follow and not material.may_follow):
                materials[material.code] = material
    shown = {*(field.code for field in fields), "came", "received", "items"}
    days = max(item.whole_days for item in items)
    return {
        "fields": fields,
        "materials": [(material, material.code in received) for material in materials.values()],
        "came": [(code, label) for code, label in Request.Came.choices],
        "days": days,
        "promised": add_working_days(clock.today(), days),
        "material_problem": form.problem_of("received"),
        "general_problems": [problem for problem in form.problems if problem.field not in shown],
    }


def _values(items: list[ServiceItem], form: FormState) -> dict[str, Any]:
    given = {field.code: form.values.get(field.code, "") for field in asked_fields(items)}
    return {code: value for code, value in given.items() if value.strip()}


def _take_once(*, user: Any, offer: Offer, item: ServiceItem, form: FormState, received: list[str]) -> dict[str, Any]:
    """Take what the form says, once however often it is sent. Of personal values nothing is kept beside the vault."""
    values = _values([item], form)
    return once(
        actor_id=user.pk,
        key=str(form.values.get("key", ""))[:80],
        request={"operation": "services.take", "offer": str(offer.pk), "received": received},
        write=lambda: {
            "request": str(
                actions.take_request(
                    by=user, offer=offer, came=form.values.get("came", ""), received=received, values=values
                ).pk
            )
        },
    )


def _take_bundle_once(
    *,
    user: Any,
    code: str,
    place: Place,
    wanted: list[str],
    form: FormState,
    received: list[str],
    known: dict[str, ServiceItem],
) -> dict[str, Any]:
    chosen = [item for name, item in known.items() if name in wanted]
    own = {material.code for item in chosen for material in item.materials}
    came = [material for material in received if material in own]
    return once(
        actor_id=user.pk,
        key=str(form.values.get("key", ""))[:80],
        request={"operation": "services.take_bundle", "bundle": code, "place": place.code, "items": wanted},
        write=lambda: {
            "request": str(
                actions.take_bundle(
                    by=user, bundle=code, place=place, items=wanted, came=form.values.get("came", ""), received=came,
                    values=_values(chosen, form),
                ).pk
            )
        },
    )  # fmt: skip
