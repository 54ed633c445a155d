"""Keeping a place's record: honours, its name, its spot on the map, its closing; and the list as a workbook."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import scaled, shown
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.queries import all_current
from huoshui.packs.schema import Choice, FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.places import actions
from huoshui.places.changes.planning import PERMISSION
from huoshui.places.datums import MICRO, SYSTEMS, WGS84, to_wgs84
from huoshui.places.exports import export_places
from huoshui.places.geometry import checked_point
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.models import Honour, Place
from huoshui.web.maps import with_ground
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import chosen, day, place_asked
from huoshui.web.requests import SignedInRequest

LEVELS = [
    Choice(code="national", name=Text(zh="国家级", en="National")),
    Choice(code="provincial", name=Text(zh="省级", en="Provincial")),
    Choice(code="municipal", name=Text(zh="市级", en="Municipal")),
    Choice(code="district", name=Text(zh="区级", en="District")),
]
PRECISIONS = [
    Choice(code="exact", name=Text(zh="准确", en="Exact")),
    Choice(code="schematic", name=Text(zh="示意（只表示大致方位）", en="Schematic (only roughly there)")),
]
FORMS: dict[str, list[FieldDef]] = {
    "honour": [
        FieldDef(code="name", name=Text(zh="荣誉名称", en="Honour"), type="text", required=True),
        FieldDef(code="level", name=Text(zh="级别", en="Level"), type="choice", choices=LEVELS, required=True),
        FieldDef(code="year", name=Text(zh="年度", en="Year"), type="integer", required=True),
        FieldDef(
            code="holder",
            name=Text(zh="获得单位（本地点自己获得的不填）", en="Unit that holds it, if not the place itself"),
            type="text",
            max_length=120,
        ),
    ],
    "withdraw": [
        FieldDef(code="honour", name=Text(zh="荣誉", en="Honour"), type="text", required=True),
        FieldDef(code="reason", name=Text(zh="原因", en="Reason"), type="text", required=True),
    ],
    "rename": [
        FieldDef(code="name", name=Text(zh="新的全称", en="New official name"), type="text", required=True),
        FieldDef(code="since", name=Text(zh="自何日起", en="From"), type="date"),
    ],
    "locate": [
        FieldDef(code="latitude", name=Text(zh="纬度", en="Latitude"), type="text", unit="°"),
        FieldDef(code="longitude", name=Text(zh="经度", en="Longitude"), type="text", unit="°"),
        FieldDef(code="system", name=Text(zh="经纬度取自", en="Taken from"), type="choice", choices=SYSTEMS,
                 required=True),
        FieldDef(code="precision", name=Text(zh="位置精度", en="Precision"), type="choice", choices=PRECISIONS),
        FieldDef(code="outline", name=Text(zh="边界", en="Outline"), type="long_text", max_length=20_000,
                 hint=Text(zh="GeoJSON 多边形，WGS-84。", en="A GeoJSON polygon, WGS-84.")),
    ],
    "close": [FieldDef(code="closed_on", name=Text(zh="撤销日期", en="Closing date"), type="date", required=True)],
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def upkeep(request: SignedInRequest, code: str) -> HttpResponse:
    """One form for each kind of change; the refused one keeps what was typed."""
    place = Place.objects.get_visible(request.user, code=code)
    forms = {name: FormState() for name in FORMS}
    forms["locate"].values = _location(place)
    name = request.POST.get("form", "")
    if request.method == "POST" and name in FORMS:
        forms[name] = FormState.typed(request)
        forms[name].attempt(_change, request=request, place=place, name=name, form=forms[name])
        if not forms[name].refused:
            return redirect("place", code=place.code)
    context = {
        "place": place,
        "forms": [(key, fields, forms[key]) for key, fields in FORMS.items() if key != "withdraw"],
        "withdraw": forms["withdraw"],
        "beside": f"{reverse('map_features', args=['places'])}?place={(place.parent or place).code}",
        "may_change": allows(request.user, PERMISSION, path=place.path),
        "honours": place.honours.filter(withdrawn_on__isnull=True).order_by("-year"),
    }
    return with_ground(page(request, "office/places/upkeep.html", context, forms.get(name)))


def _location(place: Place) -> dict[str, Any]:
    point = {"latitude": place.latitude, "longitude": place.longitude}
    values = {key: "" if value is None else shown(value, MICRO) for key, value in point.items()}
    outline = json.dumps(place.outline) if place.outline else ""
    return values | {"precision": place.precision, "system": WGS84, "outline": outline}


def _change(*, request: SignedInRequest, place: Place, name: str, form: FormState) -> Any:
    given = clean_values(FORMS[name], {field.code: form.values.get(field.code) for field in FORMS[name]})
    changes: dict[str, Callable[..., Any]] = {
        "honour": record_honour,
        "rename": actions.rename_place,
        "close": actions.close_place,
    }
    if name == "withdraw":
        honour = Honour.objects.get_visible(request.user, pk=given["honour"])
        return withdraw_honour(by=request.user, honour=honour, reason=given["reason"])
    if name == "locate":
        return actions.locate_place(by=request.user, place=place, **_typed_location(given))
    return changes[name](by=request.user, place=place, **given)


def _typed_location(given: dict[str, Any]) -> dict[str, Any]:
    """Degrees of the system that they were taken from as micro-degrees WGS-84, the outline as JSON.

    Raises value.type or place.point.
    """
    found: dict[str, Any] = {"latitude": None, "longitude": None}
    worth = {"precision": given.get("precision") or Place.Precision.EXACT}
    for key, label in (("latitude", _("纬度")), ("longitude", _("经度"))):
        try:
            found[key] = scaled(given[key], MICRO) if given.get(key) else None
        except ValueError:
            expected = _("最多六位小数的数字")
            raise Refusal("value.type", field=key, label=label, value=given[key], expected=expected) from None
    checked_point(**found)
    if found["latitude"] is not None:
        latitude, longitude = (Fraction(found[key], MICRO) for key in ("latitude", "longitude"))
        found["latitude"], found["longitude"] = to_wgs84(latitude, longitude, given["system"])
    try:
        found["outline"] = json.loads(given["outline"]) if given.get("outline") else None
    except ValueError:
        raise Refusal(
            "value.type", field="outline", label=_("边界"), value=given["outline"][:40], expected="GeoJSON"
        ) from None
    return found | worth


@require_GET
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """The visible places (of one kind, below one place, if asked) as a workbook that imports again unchanged.

    Coordinates are WGS-84, or those of ``?system=``.
    """
    system = chosen(request, "system", _("坐标系"), {choice.code: choice.name for choice in SYSTEMS}) or WGS84
    rows = Place.objects.visible_to(request.user)
    kind = kind_asked(request)
    rows = rows.filter(kind=kind) if kind else rows
    within = place_asked(request)
    rows = rows.under(within.path) if within else rows
    response = HttpResponse(export_places(rows, system), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{_('地点')}.xlsx")
    return response


def kind_asked(request: SignedInRequest) -> str:
    """The kind of ``?kind=``, "" for none. Raises value.choice."""
    names = {code: kind.name for code, kind in all_current("place_kinds").items()}
    return chosen(request, "kind", _("种类"), names, Place.objects.visible_to(request.user))


def day_asked(request: SignedInRequest) -> dt.date | None:
    """The date of ``?on=``, None for none. Raises value.type."""
    return day(request, "on", _("查看某一天"))
