"""``huoshui round tour``: plan the tour of a round, show it, print it, adopt it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say, write_file
from huoshui.commands.round_names import round_named
from huoshui.duties.queries import system_account
from huoshui.visits.actions import adopt_tour, ask_tour, keep_distances
from huoshui.visits.models import Round
from huoshui.visits.queries import TourShown, tour_of
from huoshui.visits.queries.tour import REASONS
from huoshui.visits.tasks import plan_tour
from huoshui.visits.tour.terms import USUAL

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("tour", help=_("排一个轮次的行程，或看、印、采用排好的；ROUND 是编号或名称。给了 --teams 才重新排。"))
@click.argument("round_name", metavar="ROUND")
@click.option("--teams", type=int, help=_("组数。"))
@click.option("--days", type=int, default=USUAL["days"], show_default=True, help=_("天数（工作日）。"))
@click.option("--begins", default="", help=_("出发地点的代码或名称；不写为轮次所在地。"))
@click.option("--ends", default="", help=_("收工地点；不写为出发地点。"))
@click.option("--leaves", default=USUAL["leaves"], show_default=True, help=_("出发时间。"))
@click.option("--hours", default=USUAL["hours"], show_default=True, help=_("每天最多几小时。"))
@click.option("--stay", type=int, default=USUAL["stay"], show_default=True, help=_("每村停留几分钟。"))
@click.option("--speed", type=int, default=USUAL["speed"], show_default=True, help=_("车速，公里/小时。"))
@click.option("--winding", default=USUAL["winding"], show_default=True, help=_("弯路系数，只用于坐标。"))
@click.option("--table", "table", type=FILE, help=_("里程表（.xlsx 或 .csv）；不写就按坐标。"))
@click.option("--together", multiple=True, help=_("一起看的几个村，用顿号隔开；可写多次。"))
@click.option("--fixed", multiple=True, help=_("定在某天的村，如“2：寨卜昌村”；可写多次。"))
@click.option("--adopt", is_flag=True, help=_("采用：写入各村的日期、时间、组和顺序。"))
@click.option("--pdf", "sheets", type=NEW_FILE, help=_("另存各组行程单为 PDF。"))
@click.option("--xlsx", "workbook", type=NEW_FILE, help=_("另存行程为 Excel。"))
@json_option
def tour(
    round_name: str,
    teams: int | None,
    table: Path | None,
    adopt: bool,
    sheets: Path | None,
    workbook: Path | None,
    as_json: bool,
    **terms: Any,
) -> None:
    """Plan here and now what the page has its worker plan.

    Raises ops.unknown, ops.file_exists, report.fonts_missing, access.not_found where there is nothing to print, and
    what the actions raise.
    """
    round, by = round_named(round_name), system_account()
    if table:
        keep_distances(by=by, round=round, data=table.read_bytes(), name=table.name)
    if teams is not None:
        _plan(round, teams=teams, source="table" if table else "points", **terms)
    if adopt:
        adopt_tour(by=by, round=round)
    found = tour_of(round, by)
    _save(round, found, sheets, workbook)
    if not (sheets or workbook):
        _show(found, as_json=as_json)


def _plan(round: Round, *, together: tuple[str, ...], fixed: tuple[str, ...], **terms: Any) -> None:
    lines = {"together": "\n".join(together), "fixed": "\n".join(fixed)}
    given = {**terms, **lines, "begins": terms["begins"] or round.place.code}
    asked = ask_tour(by=system_account(), round=round, terms=given)
    if not asked.done_at:
        plan_tour.call(str(asked.pk))


def _save(round: Round, found: TourShown, sheets: Path | None, workbook: Path | None) -> None:
    if not (sheets or workbook):
        return
    from huoshui.reports.tours import day_sheets_pdf, tour_workbook

    if sheets:
        write_file(sheets, day_sheets_pdf(round, found, system_account()))
        say(_("已写入 {path}").format(path=sheets))
    if workbook:
        write_file(workbook, tour_workbook(round, found))
        say(_("已写入 {path}").format(path=workbook))


def _show(found: TourShown, *, as_json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "day": route.on,
            "team": route.team,
            "stop": stop.number,
            "arrives": stop.at,
            "leaves": stop.until,
            "code": stop.place.code,
            "place": stop.place.short_name,
            "driven": stop.driven,
            "over": route.over,
            "reason": "",
        }
        for route in found.routes
        for stop in route.stops
    ]
    rows += [
        {"code": place.code, "place": place.short_name, "reason": str(REASONS[why])} for place, why in found.left_out
    ]
    headings = {
        "day": _("日期"),
        "team": _("组"),
        "stop": _("序"),
        "arrives": _("到达"),
        "place": _("村（社区）"),
        "driven": _("行车（分钟）"),
        "reason": _("没有排进的原因"),
    }
    print_rows(rows, headings, as_json=as_json)
    if rows and not as_json:
        told = {"driving": found.driving, "plain": found.plain}
        say(_("行车共 %(driving)s 分钟；同样多的组和天，按代码顺序平分要 %(plain)s 分钟。") % told)
