"""The registers of what serves people in 2017, brought in from workbooks as an office would.

Clinics and beds were published nowhere: those here are invented, and say so (示范) in their names and files. How many
there are of everything else is what was published in March 2018; in which village each lies, under which name, and on
which day within the year is invented. Of the 82 kindergartens only 30 public and 34 inclusive ones were published: 18
more make the published share of 78% the only one that is possible.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.spots import around
from huoshui.demo.story import Story, number_of
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.places.imports import import_places
from huoshui.places.models import Place

PUBLIC, STAFF_EACH = 30, 8
"""30 public kindergartens with 240 of staff."""
INCLUSIVE_BEFORE, INCLUSIVE_OF_2017, NOT_INCLUSIVE, MODELS = 13, 21, 18, 2
CENTRES_BEFORE, CENTRES, MODEL_CENTRES = 41, 59, 6
POINTS_BEFORE = 73
TOWN_HOMES, VILLAGE_HOMES, PARKS = 2, 32, 2
CLINICS, TOWN_BEDS, VILLAGE_BEDS, HOSPITAL_BEDS, CLINIC_BEDS = 12, 40, 10, 30, 2
TOWNS = ("town", "township", "subdistrict")
OLD = dt.date(2012, 9, 1)
"""Since when what stood before the register is said to be there."""
SET_UP, SUMMER, RECOGNISED, AUTUMN, NAMED = (
    dt.date(2017, 2, 10), dt.date(2017, 6, 20), dt.date(2017, 9, 1), dt.date(2017, 10, 20), dt.date(2017, 12, 12),
)  # fmt: skip
RING = (
    "kindergarten",
    "school",
    "elderly_home",
    "culture_centre",
    "culture_contact_point",
    "employment_base",
    "clinic",
)
"""The order in which the sites of one village are drawn around it."""


@dataclass(frozen=True)
class Site:
    """One row of a register's file."""

    village: Place
    kind: str
    name: str
    opened_on: dt.date
    values: dict[str, object]

    def row(self) -> dict[str, object]:
        """The cells by column."""
        at = around(self.village, RING.index(self.kind), of=len(RING))
        point = {"latitude": at[0] / 10**6, "longitude": at[1] / 10**6, "precision": "schematic"} if at else {}
        code = f"{self.village.code}-{self.kind.replace('_', '')[:12]}1"
        fixed = {"code": code, "parent": self.village.code, "name": self.name, "kind": self.kind}
        return {**fixed, **point, "opened_on": self.opened_on.isoformat(), **self.values}


def put_registers_on(part: Part, story: Story) -> None:
    """A file for each day on which something came into the register."""
    gardens, centres = _kindergartens(story), _centres(story)
    points = [_site(village, "culture_contact_point", "文化超市联络点", OLD) for village in _villages(story, "point")]
    part.add(SET_UP, 9, partial(_bring, story, "幼儿园", gardens))
    part.add(SET_UP, 10, partial(_bring, story, "学校", _schools(story)))
    part.add(SET_UP, 11, partial(_bring, story, "综合文化活动中心", centres[:CENTRES_BEFORE]))
    part.add(SET_UP, 14, partial(_bring, story, "联络点", points[:POINTS_BEFORE]))
    part.add(SET_UP, 15, partial(_bring, story, "培训基地", _training_bases(story)))
    since = [_since(site, SUMMER) for site in (*centres[CENTRES_BEFORE:], *points[POINTS_BEFORE:])]
    built = len(centres) - CENTRES_BEFORE
    part.add(SUMMER, 9, partial(_bring, story, "综合文化活动中心（新建）", since[:built]))
    part.add(SUMMER, 10, partial(_bring, story, "联络点（新设）", since[built:]))
    recognised = [_changed(site, inclusive="是") for site in gardens if site.values["note"] == "2017"]
    part.add(RECOGNISED, 9, partial(_bring, story, "普惠性民办幼儿园认定", recognised))
    homes = _homes(story)
    part.add(SET_UP, 16, partial(_bring, story, "卫生院室（示范）", _clinics(story)))
    part.add(AUTUMN, 9, partial(_bring, story, "养老机构（新建）", homes))
    beds = [_changed(site, beds=TOWN_BEDS if at < TOWN_HOMES else VILLAGE_BEDS) for at, site in enumerate(homes)]
    part.add(AUTUMN, 11, partial(_bring, story, "养老机构床位（示范）", beds))
    part.add(AUTUMN, 10, partial(_bring, story, "创业示范园（新建）", _parks(story)))
    models = [_changed(site, demonstration="是") for site in centres[:MODEL_CENTRES]]
    part.add(NAMED, 9, partial(_bring, story, "综合文化活动中心示范点", models))


def _villages(story: Story, about: str, *, communities: bool = False) -> list[Place]:
    """The villages in an order of their own for each register, always the same."""
    wanted = story.land.villages if communities else story.land.proper_villages
    return sorted(wanted, key=lambda village: number_of(village.code, about))


def _site(village: Place, kind: str, what: str, opened_on: dt.date, **values: object) -> Site:
    return Site(village, kind, f"{village.short_name}{what}", opened_on, values)


def _since(site: Site, day: dt.date) -> Site:
    return Site(site.village, site.kind, site.name, day, site.values)


def _changed(site: Site, **values: object) -> Site:
    return Site(site.village, site.kind, site.name, site.opened_on, values)


def _kindergartens(story: Story) -> list[Site]:
    groups: list[tuple[int, str, dict[str, object]]] = [
        (PUBLIC, "公办", {"inclusive": "是", "staff": STAFF_EACH, "note": ""}),
        (INCLUSIVE_BEFORE, "民办", {"inclusive": "是", "note": ""}),
        (INCLUSIVE_OF_2017, "民办", {"inclusive": "否", "note": "2017"}),
        (NOT_INCLUSIVE, "民办", {"inclusive": "否", "note": ""}),
    ]
    sites, villages = list[Site](), iter(_villages(story, "kindergarten", communities=True))
    for many, ownership, values in groups:
        for _nth in range(many):
            level = "市级" if len(sites) < MODELS else ""
            given = {"ownership": ownership, "licensed": "是", "demonstration_level": level, **values}
            sites.append(_site(next(villages), "kindergarten", "幼儿园", OLD, **given))
    return sites


def _schools(story: Story) -> list[Site]:
    (village,) = _villages(story, "school")[:1]
    given = {"school_level": "小学", "pilot": "创客教育", "pilot_level": "省级"}
    return [_site(village, "school", "小学", OLD, **given)]


def _centres(story: Story) -> list[Site]:
    villages = _villages(story, "centre", communities=True)[:CENTRES]
    return [_site(village, "culture_centre", "综合文化活动中心", OLD) for village in villages]


def _homes(story: Story) -> list[Site]:
    villages = _villages(story, "home")
    towns, others = villages[:TOWN_HOMES], villages[TOWN_HOMES : TOWN_HOMES + VILLAGE_HOMES]
    return [
        *(_site(village, "elderly_home", "敬老院", AUTUMN, home_kind="乡镇敬老院") for village in towns),
        *(_site(village, "elderly_home", "幸福院", AUTUMN, home_kind="农村幸福院") for village in others),
    ]


def _clinics(story: Story) -> list[Site]:
    """A hospital in each town, and clinics in some villages, all of them invented."""
    villages = _villages(story, "clinic")[:CLINICS]
    parents = {village.parent for village in story.land.proper_villages if village.parent}
    towns = sorted((place for place in parents if place.kind in TOWNS), key=lambda town: town.code)
    town_values = {"clinic_kind": "乡镇卫生院", "doctor_teams": 3, "beds": HOSPITAL_BEDS}
    village_values = {"clinic_kind": "村卫生室", "doctor_teams": 1, "beds": CLINIC_BEDS}
    return [
        *(_site(town, "clinic", "卫生院（示范）", OLD, **town_values) for town in towns),
        *(_site(village, "clinic", "卫生室（示范）", OLD, **village_values) for village in villages),
    ]


def _parks(story: Story) -> list[Site]:
    given = {"base_kind": "农民工创业示范园", "base_level": "市级"}
    villages = _villages(story, "base")[:PARKS]
    return [_site(village, "employment_base", "农民工创业园", AUTUMN, **given) for village in villages]


def _training_bases(story: Story) -> list[Site]:
    given = {"base_kind": "标准化创业培训示范基地", "base_level": "省级"}
    (village,) = _villages(story, "base")[PARKS : PARKS + 1]
    return [_site(village, "employment_base", "创业培训基地", OLD, **given)]


def _bring(story: Story, about: str, sites: Sequence[Site]) -> None:
    rows = [{name: value for name, value in site.row().items() if name != "note"} for site in sites]
    bring_sites(story.cast.staff["livelihood"], about, rows)


def bring_sites(by: Account, about: str, rows: Sequence[dict[str, object]]) -> None:
    """Import a register of sites from a file, as an office would. Raises what a bad row is refused with."""
    report = import_places(by=by, data=as_csv(rows), name=f"{about}登记簿.csv")
    if report.problems:
        raise Refusal.of(report.problems)


def as_csv(rows: Sequence[dict[str, object]]) -> bytes:
    """Rows as a file, whose columns are those that any of them has."""
    written = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()
