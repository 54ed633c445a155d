"""The honours of 2017, as many of each as were published; which villages hold them is invented, two names are not."""

from __future__ import annotations

import datetime as dt
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.story import Story, number_of
from huoshui.places.honours import record_honour
from huoshui.places.models import Honour, Place

YEAR, ANNOUNCED = 2017, dt.date(2017, 12, 28)
PUBLISHED = (
    ("文明村镇", Honour.Level.NATIONAL, 1),
    ("文明村镇", Honour.Level.PROVINCIAL, 1),
    ("文明村镇", Honour.Level.MUNICIPAL, 11),
    ("美好乡村", Honour.Level.MUNICIPAL, 9),
    ("宜居乡村", Honour.Level.MUNICIPAL, 18),
)
"""How many villages got which honour; at which level the last two are given is assumed."""
NAMED = (
    ("410871", "文明单位标兵", Honour.Level.MUNICIPAL),
    ("410871060", "文明单位标兵", Honour.Level.MUNICIPAL),
    ("410871060", "智慧健康养老示范街道", Honour.Level.NATIONAL),
)
"""The district's administration and 李万街道, as they are named."""


def put_honours_on(part: Part, story: Story) -> None:
    """All of them on one day, by the office that keeps them."""
    for n, (name, level, many) in enumerate(PUBLISHED):
        villages = [village for village in story.land.villages if village.kind == "village"]
        villages.sort(key=lambda village: number_of(village.code, name, level))
        for village in villages[:many]:
            part.add(ANNOUNCED, 9 + n, partial(_record, story, village, name, level))
    for code, name, level in NAMED:
        part.add(ANNOUNCED, 16, partial(_record, story, Place.objects.get(code=code), name, level))


def _record(story: Story, place: Place, name: str, level: str) -> None:
    record_honour(by=story.cast.staff["office"], place=place, name=name, level=level, year=YEAR)
