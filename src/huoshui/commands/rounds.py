"""``huoshui round``: rounds and their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click
from django.db.models import Q
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, say, write_file
from huoshui.duties.queries import system_account
from huoshui.kernel.choices import require_known
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.visits.actions import ask_fairness
from huoshui.visits.models import Round, judge_label
from huoshui.visits.queries import FairnessGroup, RankRow, fairness_of, ranking, result_sheet, shown_points
from huoshui.visits.queries.fairness import PROBLEMS
from huoshui.visits.tasks import analyse_fairness


@click.group("round", help=_("考核轮次：列出、查看成绩。"))
def rounds() -> None:
    """Commands of rounds."""


@rounds.command("list", help=_("考核轮次，新的在前。"))
@click.option("--state", default="", help=_("只列一种状态的，如 sealed。"))
@json_option
def list_rounds(state: str, as_json: bool) -> None:
    """Every round, or those in a state. Raises value.choice for a state that is none."""
    found = Round.objects.select_related("place", "pack_version").order_by("-opens_on", "-id")
    require_known(found, "state", state, Round.State.values)
    found = found.filter(state=state) if state else found
    rows = [
        {
            "id": str(round.pk),
            "name": round.name,
            "pack": round.pack,
            "place": round.place.short_name,
            "state": round.state,
            "state_name": round.get_state_display(),
            "opens_on": round.opens_on,
            "closes_on": round.closes_on,
        }
        for round in found
    ]
    headings = {
        "id": _("编号"),
        "name": _("名称"),
        "place": _("地点"),
        "state_name": _("状态"),
        "opens_on": _("开始"),
        "closes_on": _("结束"),
    }
    print_rows(rows, headings, as_json=as_json)


@rounds.command("result", help=_("一个轮次的成绩；ROUND 是编号或名称。"))
@click.argument("round_name", metavar="ROUND")
@click.option("--xlsx", "file", type=click.Path(dir_okay=False, path_type=Path), help=_("另存为 Excel 成绩单。"))
@json_option
def result(round_name: str, file: Path | None, as_json: bool) -> None:
    """The ranking, as far as it is computed. Raises ops.unknown, ops.file_exists."""
    round = _round(round_name)
    if file:
        from huoshui.visits.result_workbook import result_workbook

        write_file(file, result_workbook(round, result_sheet(round, system_account())))
        say(_("已写入 {path}").format(path=file))
        return
    rows = [_row(row) for row in ranking(round, system_account())]
    headings = {
        "rank": _("名次"),
        "town": _("乡镇"),
        "place": _("村（社区）"),
        "judges": _("评委数"),
        "mean": _("平均分"),
        "adjustments": _("加减分"),
        "total": _("总分"),
    }
    if any(row["corrected_from"] for row in rows):
        headings["corrected_from"] = _("更正前总分")
    print_rows(rows, headings, as_json=as_json)


@rounds.command("fairness", help=_("一个轮次的评分公允性：评委松紧，去掉松紧后的名次和可信范围；不改变正式成绩。"))
@click.argument("round_name", metavar="ROUND")
@json_option
def fairness(round_name: str, as_json: bool) -> None:
    """Analyse a computed round here and now, unless that is done already. Raises ops.unknown, round.state."""
    round, by = _round(round_name), system_account()
    analysis = ask_fairness(by=by, round=round)
    if not analysis.done_at:
        analyse_fairness.call(str(analysis.pk))
    groups = fairness_of(round, by).groups
    if as_json:
        print_json([_fairness_group(group) for group in groups])
        return
    for group in groups:
        say(listed(judge_label(judge) for judge in group.judges))
        if group.problem:
            say(str(PROBLEMS[group.problem]))
        found = _fairness_group(group)
        points = {"points": _("松紧（分）"), "low": _("从"), "high": _("到")}
        if found["severities"]:
            print_rows(found["severities"], {"judge": _("评委"), "places": _("评过的村"), **points}, as_json=False)
        ranks = {"rank": _("名次"), "place_name": _("村（社区）"), "first": _("从"), "last": _("到")}
        official = {"official": _("正式名次"), "adjusted": _("去松紧得分"), "total": _("总分")}
        if found["standings"]:
            print_rows(found["standings"], ranks | official, as_json=False)


def _fairness_group(group: FairnessGroup) -> dict[str, Any]:
    """Points as numerals."""
    shown = {"points", "low", "high", "adjusted", "total"}

    def told(row: Any) -> dict[str, Any]:
        return {name: shown_points(value) if name in shown else value for name, value in vars(row).items()}

    standings = [told(row) | {"place": row.place.code, "place_name": row.place.short_name} for row in group.standings]
    return {
        "judges": group.judges,
        "places": [place.code for place in group.places],
        "problem": group.problem,
        "agreement": group.agreement,
        "severities": [told(row) for row in group.severities],
        "standings": standings,
    }


def _row(row: RankRow) -> dict[str, Any]:
    """Points as numerals; JSON has them in thousandths too."""
    return {
        "rank": row.rank,
        "code": row.place.code,
        "place": row.place.short_name,
        "town": row.town.short_name if row.town else None,
        "judges": row.judges,
        "mean": row.mean_shown,
        "adjustments": row.adjustments_shown,
        "total": row.total_shown,
        "total_thousandths": row.total,
        "corrected_from": row.corrected_from or None,
    }


def _round(name: str) -> Round:
    try:
        wanted = Q(pk=UUID(name))
    except ValueError:
        wanted = Q(name=name)
    found: Round | None = Round.objects.filter(wanted).order_by("-opens_on").first()
    if found is None:
        raise Refusal("ops.unknown", field="round", name=name)
    return found
