"""Dashboards: a place's figures pack by pack, one pack at larger size with the places below, and both as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.figures.boards.classes import classes_of
from huoshui.figures.boards.files import board_workbook, days_told, parts_workbook, source_told
from huoshui.figures.boards.queries import Board, Dashboard, PartRow, Tile, dashboard, part_rows
from huoshui.figures.queries import Figure, get_indicator
from huoshui.figures.reporting.targets import Attainment, aim
from huoshui.figures.schema import Indicator
from huoshui.kernel import clock
from huoshui.kernel.periods import Period
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.places.models import Place
from huoshui.web import maps
from huoshui.web.office.board_map import features_of, located
from huoshui.web.office.figure_addresses import (
    place_told,
    places_above,
    places_below,
    sheet_address,
    year_filter,
    year_told,
)
from huoshui.web.office.figure_pages.tabs import figure_tabs
from huoshui.web.office.forms import page
from huoshui.web.requests import SignedInRequest

PERCENT = 100


@require_GET
@login_required
def board(request: SignedInRequest) -> HttpResponse:
    """Every pack at a place for a year: targets beside figures, and a small chart for each indicator."""
    place, year = place_told(request), year_told(request)
    found = dashboard(request.user, place, year)
    context = {
        **_heading(request, place, year),
        "here": reverse("boards"),
        "boards": [
            (one, [tile_told(tile, place) for tile in one.told], _drawn_from(one)) for one in found.boards if one.told
        ],
        "silent": [one for one in found.boards if one.silent],
        **_aims(found, place),
        "below": [(child, _address(child, year)) for child in places_below(request, place)],
    }
    return page(request, "office/figures/boards.html", context)


@require_GET
@login_required
def pack_board(request: SignedInRequest, pack: str) -> HttpResponseBase:
    """One pack at larger size; of the chosen indicator the places below as bars and on the map."""
    place, year = place_told(request), year_told(request)
    found = dashboard(request.user, place, year, pack)
    one = found.boards[0]
    chosen = _chosen(request, one)
    rows = part_rows(request.user, chosen.indicator.qualified, place, year)
    told = [row.figure for row in rows if row.place]
    classes, _shades = classes_of(told)
    spots = located(request.user, [row.place for row in rows if row.place])
    context = {
        **_heading(request, place, year),
        "here": reverse("pack_board", args=[pack]),
        "board": one,
        "tiles": [tile_told(tile, place) for tile in one.told],
        "chosen": tile_told(chosen, place) | {"about": _about(chosen.now, [row.figure for row in rows])},
        "sources": _drawn_from(one),
        "map_id": "parts-map" if classes else "",
        **_aims(found, place),
        "parts": [_part(row, chosen.indicator, pack, place, year) for row in rows],
        "parts_query": urlencode({"place": place.code, "year": year.code, "indicator": chosen.indicator.qualified}),
        "unexact": chosen.indicator.ranked and any(row.place and row.rank is None and row.figure.shown for row in rows),
        "classes": classes,
        "blank": sum(figure.value is None for figure in told),
        "nowhere": len(told) - len(spots),
        "schematic": sum(spot.is_schematic and spot.is_point for spot in spots.values()),
        "schematic_outlines": sum(spot.is_schematic and not spot.is_point for spot in spots.values()),
    }
    return maps.with_ground(page(request, "office/figures/pack_board.html", context))


def _chosen(request: SignedInRequest, one: Board) -> Tile:
    """The indicator of the address; else the first that has a value, or the first of all."""
    code = request.GET.get("indicator", "")
    if code:
        wanted = get_indicator(code).qualified
        for tile in one.tiles:
            if tile.indicator.qualified == wanted:
                return tile
    return next(iter([*[tile for tile in one.told if tile.now.shown], *one.tiles]))


def _heading(request: SignedInRequest, place: Place, year: Period) -> dict[str, Any]:
    query = {"place": place.code, "year": year.code}
    # A wall of this year goes on to the next by itself.
    on_wall = query if year.code != str(clock.today().year) else {"place": place.code}
    return {
        "place": place,
        "year": year,
        "crumbs": places_above(request, place),
        "filters": [year_filter(year)],
        "query": urlencode(query),
        "wall_query": urlencode(on_wall),
        "tabs": figure_tabs(request.user, place, "boards", year.code),
    }


def _address(place: Place, year: Period, pack: str = "", indicator: str = "") -> str:
    path = reverse("pack_board", args=[pack]) if pack else reverse("boards")
    query = {"place": place.code, "year": year.code} | ({"indicator": indicator} if indicator else {})
    return f"{path}?{urlencode(query)}"


def tile_told(tile: Tile, place: Place) -> dict[str, Any]:
    """A tile in words and addresses: the value leads to its sheet, the name to the pack at larger size."""
    indicator, now = tile.indicator, tile.now
    code = indicator.qualified
    return {
        "code": code,
        "id": code.replace(".", "-"),
        "indicator": indicator,
        "name": str(indicator.name),
        "unit": unit_word(indicator.unit),
        "told": now.told,
        "why": now.why_none,
        "change": tile.change,
        "url": sheet_address(code, place, now.period),
        "larger": f"{_address(place, now.period, code.partition('.')[0], code)}#chosen",
        "years": [_year_told(one, place) for one in tile.trend],
        "aim": plain(float(aim(tile.aim.target, indicator))) if tile.aim else "",
        "aim_told": tile.aim.shown if tile.aim else "",
        "met": tile.aim.met if tile.aim else None,
        "doubts": [reverse("conflict", args=[row.pk]) for row in tile.doubts],
        "drawn": tile.is_drawn,
        "kind": "line" if indicator.is_stock or indicator.is_ratio else "bar",
    }


def _year_told(one: Figure, place: Place) -> dict[str, str]:
    return {
        "code": one.period.code,
        "name": one.period.name,
        "told": one.told,
        "plot": plotted(one),
        "why": one.why_none,
        "url": sheet_address(one.indicator.qualified, place, one.period),
    }


def _sources(figures: Iterable[Figure]) -> str:
    """Whence the figures of a picture are, and when they were read: it has to say so where it is shown."""
    said = listed(dict.fromkeys(source_told(one) for one in figures if one.value is not None))
    day = clock.today().isoformat()
    return _("来源：%(sources)s。%(day)s 取数。") % {"sources": said or _("没有数据"), "day": day}


def _drawn_from(board: Board) -> str:
    """The sources of what is drawn of a board."""
    return _sources(one for tile in board.told if tile.is_drawn for one in tile.trend)


def _about(now: Figure, figures: Iterable[Figure]) -> str:
    """The days and the sources of a figure at several places."""
    return _("期间：%(days)s。") % {"days": days_told(now)} + _sources(figures)


def _aims(found: Dashboard, place: Place) -> dict[str, Any]:
    aims = [_aim(one, place) for one in found.aims]
    sources = listed(dict.fromkeys(one.target.source for one in found.aims))
    return {
        "aims": aims,
        "aims_drawn": any(row["percent"] for row in aims),
        "aims_sources": _("目标的依据：%(sources)s。") % {"sources": sources} if sources else "",
    }


def _aim(one: Attainment, place: Place) -> dict[str, Any]:
    """A target with how far the figure is, in percent of it where that says something."""
    whole = aim(one.target, one.figure.indicator)
    value = one.figure.value
    return {
        "aim": one,
        "url": sheet_address(one.target.indicator, place, one.figure.period),
        "percent": plain(float(value / whole * PERCENT)) if whole and value is not None else "",
    }


def _part(row: PartRow, indicator: Indicator, pack: str, place: Place, year: Period) -> dict[str, Any]:
    code = indicator.qualified
    return {
        "row": row,
        "plot": plotted(row.figure),
        "name": row.place.short_name if row.place else _("%(name)s本级") % {"name": place.short_name},
        "url": f"{_address(row.place, year, pack, code)}#chosen" if row.place else "",
        "sheet": sheet_address(code, row.place or place, row.figure.period),
    }


def plotted(figure: Figure) -> str:
    """A value as a script reads it; "" without one."""
    return "" if figure.value is None else plain(float(figure.value))


def plain(value: float) -> str:
    """A number with a point and nothing else, whatever the reader's language."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


@require_GET
@login_required
def parts_map(request: SignedInRequest) -> HttpResponseBase:
    """The places directly below as GeoJSON, each in the shade of its value."""
    place, year = place_told(request), year_told(request)
    code = request.GET.get("indicator", "")
    pack = code.partition(".")[0]
    rows = [row for row in part_rows(request.user, code, place, year) if row.place]
    told = [(row, f"{_address(row.place, year, pack, code)}#chosen" if row.place else "") for row in rows]
    return maps.answered(request, features_of(request.user, told))


@require_GET
@login_required
def board_file(request: SignedInRequest) -> HttpResponse:
    """A place's figures of five years as Excel, of all packs or of one."""
    place, year = place_told(request), year_told(request)
    pack = request.GET.get("pack", "")
    found = dashboard(request.user, place, year, pack)
    content = board_workbook(found, place, year, _sheet_of(request))
    return _file(content, f"board-{place.code}-{year.code}{f'-{pack}' if pack else ''}")


@require_GET
@login_required
def parts_file(request: SignedInRequest) -> HttpResponse:
    """An indicator at the places directly below as Excel."""
    place, year = place_told(request), year_told(request)
    indicator = get_indicator(request.GET.get("indicator", ""))
    rows = part_rows(request.user, indicator.qualified, place, year)
    content = parts_workbook(indicator, rows, place, year, _sheet_of(request))
    return _file(content, f"{indicator.qualified}-{place.code}-{year.code}")


def _sheet_of(request: SignedInRequest) -> Callable[[Figure], str]:
    """The whole address of a figure's sheet, as a file needs it."""

    def address(figure: Figure) -> str:
        return request.build_absolute_uri(sheet_address(figure.indicator.qualified, figure.place, figure.period))

    return address


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
