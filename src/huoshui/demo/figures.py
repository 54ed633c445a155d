"""What the district's offices report of 2017, what was published in the spring after, and the targets of 2018.

The values are those of the public report of March 2018, fact by fact; who filled in what on which day is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.land import DATA
from huoshui.demo.story import Story
from huoshui.figures.reporting import actions
from huoshui.figures.reporting.imports import import_figures
from huoshui.figures.reporting.models import Filing
from huoshui.figures.reporting.queries import get_return
from huoshui.figures.reporting.targets import set_target

YEAR = "2017"
FORMS = {
    "education": "education", "culture": "culture", "health": "health", "employment": "labour", "security": "labour",
    "livelihood": "finance",
}  # fmt: skip
"""Packs whose yearly return is filled in, and by whom (usernames of the district's staff)."""
FILLED, REVIEWED, APPROVED = dt.date(2018, 1, 15), dt.date(2018, 1, 22), dt.date(2018, 1, 25)
PUBLISHED, DECIDED, SET = dt.date(2018, 3, 29), dt.date(2018, 3, 30), dt.date(2018, 2, 12)
NOT_TOLD = "公开报道未载"
SOURCE = "2018年3月公开报道（A2、A6版，教育）"


def put_figures_on(part: Part, story: Story) -> None:
    """Returns of 2017 through both steps of approval, targets of 2018, and the figures of a publication."""
    for at, pack in enumerate(FORMS):
        part.add(FILLED + dt.timedelta(days=at), 9, partial(_fill, story, pack))
        part.add(REVIEWED, 14 + at // 3, partial(_approve, story, pack, "statistics"))
        part.add(APPROVED, 9 + at // 3, partial(_approve, story, pack, "leader"))
    part.add(SET, 10, partial(_set_targets, story))
    part.add(PUBLISHED, 10, partial(_publish, story))
    part.add(DECIDED, 10, partial(_accept_published, story))


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the demo's own files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _fill(story: Story, pack: str) -> None:
    form = f"{pack}.annual"
    said = {row["indicator"]: row for row in rows_of("reported_2017.csv")}
    cells = {
        code: {"value": said[code]["value"], "note": said[code]["fact"]} if code in said else {"note": NOT_TOLD}
        for code in get_return(form).indicators
    }
    by, place = story.cast.staff[FORMS[pack]], story.land.district
    filing = actions.fill_return(by=by, form=form, place=place, period=YEAR, values=cells)
    actions.submit_return(by=by, filing=filing, remark="数据取自公开报道。")


def _approve(story: Story, pack: str, username: str) -> None:
    filing = Filing.objects.get(form=f"{pack}.annual", place=story.land.district, period=YEAR)
    actions.approve_return(by=story.cast.staff[username], filing=filing)


def _set_targets(story: Story) -> None:
    for row in rows_of("targets_2018.csv"):
        set_target(
            by=story.cast.staff["leader"], indicator=row["indicator"], place=story.land.district,
            period=row["period"], value=row["value"], source=row["source"],
        )  # fmt: skip


def _publish(story: Story) -> None:
    name = "published_2018.csv"
    import_figures(
        by=story.cast.staff["statistics"], data=(DATA / name).read_bytes(), name=name, place=story.land.district,
        source=SOURCE,
    )  # fmt: skip


def _accept_published(story: Story) -> None:
    filing = Filing.objects.get(source=SOURCE)
    actions.approve_return(by=story.cast.staff["leader"], filing=filing)
