"""Spring of 2018: the management areas of 文昌街道 and the grids of 苏家作乡, by the import that any office uses."""

from __future__ import annotations

import datetime as dt
from functools import partial

from huoshui.demo.accounts import SHOWN_GRID, open_grid_worker
from huoshui.demo.agenda import Part
from huoshui.demo.land import DATA
from huoshui.demo.story import Story
from huoshui.kernel.errors import Refusal
from huoshui.places.changes.actions import perform
from huoshui.places.changes.operations import MERGE, Operation
from huoshui.places.imports import import_places
from huoshui.places.models import Place

DRAWN_ON = dt.date(2018, 3, 5)
"""Before the village elections of that March, for which the eight management areas were drawn."""
JOINED_ON = dt.date(2018, 3, 26)
JOINED, JOINED_BY = ("410871203200-wg3", "410871203200-wg2"), "示范：网格调整（虚构）"
"""The third grid of a village, which becomes part of the second one."""
MANAGEMENT_AREAS, GRIDS = "management_areas_410871062.csv", "grids_410871203.csv"


def put_subdivisions_on(part: Part, story: Story) -> None:
    """Which village lies in which area, and how a village is cut into grids, is invented; the eight areas are not."""
    part.add(DRAWN_ON, 10, partial(_draw, story, MANAGEMENT_AREAS))
    part.add(DRAWN_ON, 11, partial(_draw, story, GRIDS))
    part.add(DRAWN_ON, 15, partial(_hire, story))
    part.add(JOINED_ON, 10, partial(_join, story))


def _join(story: Story) -> None:
    """Two grids of a village become one, invented like the grids themselves: so a line of descent is to be seen."""
    by = story.cast.staff["admin"]
    gone, stays = (Place.objects.select_related("parent").get(code=code) for code in JOINED)
    asked = Operation(MERGE, JOINED_ON, [gone], into=[stays], basis=JOINED_BY)
    perform(by=by, operation=asked)


def _hire(story: Story) -> None:
    open_grid_worker(story.cast, Place.objects.get(code=SHOWN_GRID), DRAWN_ON)


def _draw(story: Story, name: str) -> None:
    report = import_places(by=story.cast.staff["admin"], data=(DATA / name).read_bytes(), name=name)
    if report.problems:
        raise Refusal.of(report.problems)
    known = (*story.land.villages, *story.sites.values())
    fresh = Place.objects.in_bulk([place.pk for place in known])
    for place in known:
        for field in Place._meta.concrete_fields:
            setattr(place, field.attname, getattr(fresh[place.pk], field.attname))
