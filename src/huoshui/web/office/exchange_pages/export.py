"""Figures as a file: which indicators, where, at which levels, which periods, in which format."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.exchange.codes import DHIS2, may_map, systems
from huoshui.exchange.exporting import FORMATS, File, export_figures
from huoshui.exchange.selecting import OWN, levels_below, selection
from huoshui.figures.queries import indicators
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

MOST_PLACES = 400
"""Places that the form lists to choose from; levels lead to those below."""


@require_GET
@login_required
def figure_export(request: SignedInRequest) -> HttpResponse:
    """The form; with a format in the address the file, or the form with what was wrong."""
    require(request.user, "figure.view")
    form = FormState({name: request.GET[name] for name in request.GET})
    form.values |= {name: request.GET.getlist(name) for name in ("levels", "indicators")}
    form.values.setdefault("periods", str(clock.today().year))
    if "format" in request.GET:
        found = form.attempt(_file, request=request)
        if found is not None:
            return as_file(found.data, found.content_type, found.name)
    return page(request, "office/exchange/export.html", _context(request, form), form)


def _file(request: SignedInRequest) -> File:
    said = request.GET
    chosen = selection(
        request.user,
        place=said.get("place", ""),
        codes=said.getlist("indicators"),
        levels=said.getlist("levels") or [OWN],
        periods=[
            part for part in said.get("periods", "").replace("，", ",").replace("、", ",").split(",") if part.strip()
        ],
    )
    return export_figures(
        request.user,
        chosen,
        said.get("format", ""),
        system=said.get("system") or DHIS2,
        dataset=said.get("dataset", "").strip()[:60],
        address=request.build_absolute_uri("/"),
    )


def _context(request: SignedInRequest, form: FormState) -> dict[str, Any]:
    places = _places(request)
    code = str(form.values.get("place") or (places[0].code if places else ""))
    there = next((place for place in places if place.code == code), None)
    below = levels_below(there) if there else []
    names = {"county": _("县（区）"), "township": _("乡镇"), "village": _("村")}
    levels = [(OWN, _("本级"))] + [(level, names[level]) for level in below if level in names]
    return {
        "places": places,
        "place": code,
        "levels": levels,
        "ticked": form.values["levels"] or [OWN],
        "groups": _groups(),
        "chosen": form.values["indicators"],
        "formats": [(kind, _format_names()[kind]) for kind in FORMATS],
        "format": form.values.get("format") or "xlsx",
        "systems": systems(),
        "may_map": may_map(request.user),
    }


def _places(request: SignedInRequest) -> list[Place]:
    """The places whose figures the reader sees, from the top."""
    paths = {grant.path for grant in request.user.grants("figure.view")}
    rows = Place.objects.visible_to(request.user).filter(closed_on__isnull=True).order_by("path")
    seen = list(rows.only("code", "short_name", "path", "kind")[:MOST_PLACES])
    return [row for row in seen if any(row.path.startswith(path) for path in paths)]


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The indicators by pack."""
    packs = {pack: version.name for pack, version in current_versions().items()}
    rows = sorted(indicators().items())
    return [
        (packs.get(pack, pack), [(code, str(one.name)) for code, one in group])
        for pack, group in groupby(rows, key=lambda row: row[0].partition(".")[0])
    ]


def _format_names() -> dict[str, str]:
    return {
        "csv": "CSV",
        "xlsx": "Excel",
        "parquet": "Parquet",
        "geojson": "GeoJSON",
        "dhis2": _("DHIS2 数据值集（JSON）"),
        "adx": "ADX（XML）",
    }
