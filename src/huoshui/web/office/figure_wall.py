"""The wall: a place's figures in large letters, pack after pack by itself, for a screen that nobody touches."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.figures.boards.queries import Tile, dashboard
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.web.office.figure_addresses import place_told, year_told
from huoshui.web.office.figure_boards import tile_told
from huoshui.web.office.forms import page
from huoshui.web.requests import SignedInRequest

ON_A_SLIDE = 6
"""Figures that are read from across a hall."""
SECONDS, SHORTEST, LONGEST = 20, 5, 600


@require_GET
@login_required
def wall(request: SignedInRequest) -> HttpResponse:
    """Slides of at most ON_A_SLIDE figures that have a value, one pack after another; ``?pack=`` keeps to one.

    The page asks for itself every minute and takes over what is new.
    """
    place, year = place_told(request), year_told(request)
    found = dashboard(request.user, place, year, request.GET.get("pack", ""))
    slides: list[dict[str, Any]] = []
    for one in found.boards:
        tiles = [tile for tile in one.told if tile.now.shown]
        slides += [{"name": one.name, "tiles": [tile_told(tile, place) for tile in some]} for some in _slides(tiles)]
    context = {
        "place": place,
        "year": year,
        "slides": slides,
        "seconds": _seconds(request),
        "at": clock.now(),
        "here": request.get_full_path(),
        "back": f"{reverse('boards')}?place={place.code}&year={year.code}",
    }
    return page(request, "office/figures/wall.html", context)


def _slides(tiles: list[Tile]) -> list[list[Tile]]:
    """Shared out evenly: seven are four and three, not six and one."""
    many = -(-len(tiles) // ON_A_SLIDE)
    size = -(-len(tiles) // many) if many else 1
    return [tiles[at : at + size] for at in range(0, len(tiles), size)]


def _seconds(request: SignedInRequest) -> int:
    """How long a slide stays. Raises value.type."""
    text = request.GET.get("seconds", "") or str(SECONDS)
    if not (text.isascii() and text.isdigit() and SHORTEST <= int(text) <= LONGEST):
        expected = _("%(least)d 到 %(most)d 的整数") % {"least": SHORTEST, "most": LONGEST}
        raise Refusal("value.type", field="seconds", label=_("每屏秒数"), value=text, expected=expected)
    return int(text)
