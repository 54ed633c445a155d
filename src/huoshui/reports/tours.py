"""The tour of a round to take along: a day sheet for each team as PDF, all of it in Excel."""

from __future__ import annotations

import io
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _
from openpyxl import Workbook

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place, PlaceAttribute
from huoshui.places.queries import township_names
from huoshui.reports.papers import DaySheet, DaySheetsPaper, Heading, SheetStop
from huoshui.reports.round_results.tables import Table, add_table
from huoshui.reports.typesetting import typeset
from huoshui.visits.models import Round
from huoshui.visits.queries import TourShown
from huoshui.visits.queries.tour import REASONS
from huoshui.visits.tour.routes import Route

WAYFINDING = ("address", "contact")
"""Codes of attributes that are printed beside a place whose kind has them. A place's attributes are never personal (a
pack that declares one as personal is refused), so a number that stands there is an office's."""


def standing_of(tour: TourShown) -> str:
    """Whether the plan holds, and whether its driving rests on points that are only schematic."""
    holds = _("已采用") if tour.adopted else _("草案，还没有采用")
    return _("%(holds)s；行车按示意位置估算") % {"holds": holds} if tour.schematic else holds


def day_sheets_pdf(round: Round, tour: TourShown, actor: Actor, day: int | None = None) -> bytes:
    """The day sheets of all teams of one day, or of all days. Raises access.not_found where there is none."""
    routes = [route for route in tour.routes if day in (None, route.day)]
    if not routes:
        raise Refusal("access.not_found")
    places = [stop.place for route in routes for stop in route.stops]
    facts, towns = _facts(places), township_names(places)
    paper = DaySheetsPaper([_sheet(round, tour, route, facts, towns) for route in routes])
    return typeset("day_sheets", paper, title=f"{round.name} {_('行程单')}", by=actor)


def _facts(places: Iterable[Place]) -> dict[UUID, list[str]]:
    known = PlaceAttribute.objects.filter(place__in=list(places), code__in=WAYFINDING, until__isnull=True)
    found: dict[UUID, list[str]] = {}
    for attribute in known.exclude(text="").order_by("code"):
        found.setdefault(attribute.place_id, []).append(attribute.text)
    return found


def _sheet(
    round: Round, tour: TourShown, route: Route, facts: dict[UUID, list[str]], towns: dict[UUID, str]
) -> DaySheet:
    minutes = _("%(count)s 分钟")
    checklist = round.checklist
    methods = dict.fromkeys(item.method for item in checklist.items.values())
    ends = tour.inputs.ends.short_name if tour.inputs else ""
    begins = tour.inputs.begins.short_name if tour.inputs else ""
    return DaySheet(
        heading=Heading(
            round.name,
            _("第 %(team)s 组行程单") % {"team": route.team},
            [
                _("%(date)s（第 %(day)s 天）") % {"date": f"{route.on:%Y-%m-%d}", "day": route.day},
                _("%(count)s 个村，行车 %(driving)s 分钟") % {"count": len(route.stops), "driving": route.driving},
                standing_of(tour),
            ],
        ),
        begins=_("%(time)s 从%(place)s出发") % {"time": route.begins_at, "place": begins},
        heads=[_("序"), _("到达—离开"), _("村（社区）"), _("行车"), _("核对"), _("备注")],
        stops=[
            SheetStop(
                number=str(stop.number),
                times=f"{stop.at}—{stop.until}",
                place=stop.place.short_name,
                facts=[*filter(None, [towns.get(stop.place.pk, "")]), *facts.get(stop.place.pk, [])],
                driven=minutes % {"count": stop.driven},
            )
            for stop in route.stops
        ],
        checks=[*(str(checklist.method_name(method)) for method in methods), _("评分表已提交")],
        ends=_("行车 %(home)s 分钟，%(time)s 到%(place)s收工")
        % {"home": route.home, "time": route.ends_at, "place": ends},
        notes=_("当天小结"),
    )


def tour_workbook(round: Round, tour: TourShown) -> bytes:
    """Every stop in a row, every route's totals, what is not visited and why.

    Raises access.not_found where nothing is planned.
    """
    if not tour.routes:
        raise Refusal("access.not_found")
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for table in (_stops(tour), _totals(tour), _left_out(tour)):
        if table.rows:
            table.standing = standing_of(tour)
            add_table(book, round, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _stops(tour: TourShown) -> Table:
    table = Table(
        title=_("行程"),
        heads=[
            *(_("日期"), _("组"), _("序"), _("到达"), _("离开"), _("代码"), _("村（社区）"), _("乡镇")),
            _("行车（分钟）"),
        ],
        wide={0, 5, 6, 7},
        frozen=3,
    )
    towns = township_names(stop.place for route in tour.routes for stop in route.stops)
    for route in tour.routes:
        for stop in route.stops:
            place = stop.place
            where = [place.code, place.short_name, towns.get(place.pk, "")]
            table.add([route.on, route.team, stop.number, stop.at, stop.until, *where, stop.driven])
    return table


def _totals(tour: TourShown) -> Table:
    table = Table(
        title=_("各组合计"),
        heads=[_("日期"), _("组"), _("村数"), _("出发"), _("收工"), _("行车（分钟）"), _("全程（分钟）")],
        wide={0},
        frozen=2,
        notes=[
            _("行车共 %(driving)s 分钟；同样多的组和天，按代码顺序平分要 %(plain)s 分钟。")
            % {"driving": tour.driving, "plain": tour.plain}
        ],
    )
    for route in tour.routes:
        times = [route.begins_at, route.ends_at, route.driving, route.length]
        table.add([route.on, route.team, len(route.stops), *times])
    return table


def _left_out(tour: TourShown) -> Table:
    table = Table(title=_("没有排进的村"), heads=[_("代码"), _("村（社区）"), _("原因")], wide={0, 1}, long={2})
    for place, why in tour.left_out:
        table.add([place.code, place.short_name, str(REASONS[why])])
    return table
