"""The items: their catalogue, and the guide of each with where it is offered."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.services import queries
from huoshui.services.schema import ServiceItem
from huoshui.web.office.forms import page
from huoshui.web.office.lists import chosen
from huoshui.web.office.service_pages.common import filter_of, group_rows, modes
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def services(request: SignedInRequest) -> HttpResponse:
    """Every item by group, with how many places offer it; the bundles above them."""
    known, names = queries.items(), {code: group.name for code, group in queries.groups().items()}
    group = chosen(request, "group", _("类别"), names)
    mode = chosen(request, "mode", _("办理方式"), modes())
    text = request.GET.get("q", "").strip()
    shown = {code: item for code, item in known.items() if _fits(code, item, group, mode, text)}
    offered = Counter(offer.item for offer in queries.offers(request.user))
    context = {
        "groups": group_rows(shown),
        "offered": offered,
        "bundles": [] if group or mode or text else _bundles(),
        "modes": modes(),
        "filters": [
            filter_of("group", _("类别"), group, names),
            filter_of("mode", _("办理方式"), mode, modes()),
            {"name": "q", "label": _("名称"), "value": text},
        ],
        "any": bool(known),
        "may_take": bool(request.user.grants("service.take")),
    }
    return page(request, "office/services/catalogue.html", context)


@require_GET
@login_required
def item(request: SignedInRequest, code: str) -> HttpResponse:
    """The guide of an item, and where and when it is offered. Raises access.not_found."""
    known = queries.items().get(code)
    if known is None:
        raise Refusal("access.not_found")
    user = request.user
    offers = list(queries.offers(user, item=code))
    context = {
        "code": code,
        "item": known,
        "guide": guide_of(code, known),
        "offers": offers,
        "may_publish": bool(user.grants("service.publish")),
        "may_take": bool(user.grants("service.take")) and known.request is not None,
        "bundles": [row for row in _bundles() if code in row["codes"]],
    }
    return page(request, "office/services/item.html", context)


def guide_of(code: str, item: ServiceItem) -> dict[str, Any]:
    """What a guide tells besides the item's own texts, for the office and the public alike."""
    names = {known: group.name for known, group in queries.groups().items()}
    forms = {"original": _("原件"), "copy": _("复印件"), "original_and_copy": _("原件和复印件")}
    return {
        "group": str(names.get(f"{code.partition('.')[0]}.{item.group}", item.group)),
        "mode": modes()[item.mode],
        "materials": [(material, forms[material.form]) for material in item.materials],
        "outside": [step for step in item.special_steps if not step.counts],
        "whole_days": item.whole_days if item.request else None,
    }


def _bundles() -> list[dict[str, Any]]:
    known = queries.items()
    rows = []
    for code, bundle in queries.bundles().items():
        codes = [f"{code.partition('.')[0]}.{item}" for item in bundle.items]
        names = listed(known[item].name for item in codes if item in known)
        rows.append({"code": code, "bundle": bundle, "codes": codes, "names": names})
    return rows


def _fits(code: str, item: ServiceItem, group: str, mode: str, text: str) -> bool:
    own = f"{code.partition('.')[0]}.{item.group}"
    return (not group or own == group) and (not mode or item.mode == mode) and (not text or text in str(item.name))
