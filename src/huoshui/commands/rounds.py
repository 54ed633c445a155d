"""``huoshui round``: rounds and their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, say, write_file
from huoshui.commands.round_names import round_named
from huoshui.commands.tours import tour
from huoshui.duties.queries import system_account
from huoshui.kernel.choices import require_known
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.places.models import Place
from huoshui.visits.actions import ask_fairness
from huoshui.visits.models import Round, judge_label
from huoshui.visits.queries import (
    FairnessGroup,
    RankRow,
    comparison,
    fairness_of,
    places_of_round,
    ranking,
    red_and_blue,
    shown_points,
    town_summaries,
)
from huoshui.visits.queries.fairness import PROBLEMS
from huoshui.visits.tasks import analyse_fairness

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("round", help=_("考核轮次：列出、查看和存出成果。"))
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
@click.option("--xlsx", "workbook", type=NEW_FILE, help=_("另存全部成果为 Excel。"))
@click.option("--pdf", "sheet", type=NEW_FILE, help=_("另存签字用的成绩表为 PDF。"))
@json_option
def result(round_name: str, workbook: Path | None, sheet: Path | None, as_json: bool) -> None:
    """The ranking, as far as it is computed. Raises ops.unknown, ops.file_exists, report.fonts_missing."""
    round = round_named(round_name)
    if workbook or sheet:
        from huoshui.reports.round_results import result_sheet_pdf, results_workbook

        for file, made in ((workbook, results_workbook), (sheet, result_sheet_pdf)):
            if file:
                _write(file, made(round, system_account()))
        return
    rows = [_row(row) for row in ranking(round, system_account())]
    headings = {
        **({"rank": _("名次")} if round.ranks else {}),
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
    round, by = round_named(round_name), system_account()
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


@rounds.command("comments", help=_("逐村评说，每村一页，存为 PDF；ROUND 是编号或名称。"))
@click.argument("round_name", metavar="ROUND")
@click.option("--pdf", "file", type=NEW_FILE, required=True, help=_("存到哪个文件。"))
@click.option("--place", "code", default="", help=_("只存一个村，或一个乡镇的各村（代码）。"))
def comments(round_name: str, file: Path, code: str) -> None:
    """A page a village. Raises ops.unknown, ops.file_exists, access.not_found, report.fonts_missing."""
    from huoshui.reports.round_results import comments_pdf

    round = round_named(round_name)
    places = places_of_round(round, Place.objects.get_visible(system_account(), code=code)) if code else None
    _write(file, comments_pdf(round, system_account(), places))


@rounds.command("towns", help=_("一个轮次的乡镇小结；ROUND 是编号或名称。"))
@click.argument("round_name", metavar="ROUND")
@json_option
def towns(round_name: str, as_json: bool) -> None:
    """Mean, spread and most common failing items of each town. Raises ops.unknown."""
    round = round_named(round_name)
    rows = [
        {
            "town": summary.town.short_name if summary.town else None,
            "places": summary.places,
            "mean": shown_points(summary.mean, round.decimals),
            "highest": shown_points(summary.highest, round.decimals),
            "lowest": shown_points(summary.lowest, round.decimals),
            "deviation": shown_points(summary.deviation),
            "failing": summary.failing,
            "most_common": listed(f"{item.name} {count}" for item, count in summary.common),
        }
        for summary in town_summaries(round, system_account())
    ]
    headings = {
        "town": _("乡镇"),
        "places": _("村数"),
        "mean": _("均分"),
        "highest": _("最高"),
        "lowest": _("最低"),
        "deviation": _("标准差"),
        "failing": _("不合格项次"),
        "most_common": _("最常见的不合格项"),
    }
    print_rows(rows, headings, as_json=as_json)


@rounds.command("comparison", help=_("各村与自己的上一轮比；ROUND 是编号或名称。"))
@click.argument("round_name", metavar="ROUND")
@json_option
def compare(round_name: str, as_json: bool) -> None:
    """Each village against its own last round of the same checklist. Raises ops.unknown."""
    from huoshui.reports.round_results.words import basis_words, percent, signed

    found = comparison(round_named(round_name), system_account())
    rows = [
        {
            "code": row.row.place.code,
            "place": row.row.place.short_name,
            "last_round": row.basis.round.name if row.basis else None,
            "last_total": shown_points(row.last.total) if row.last else None,
            "total": row.row.total_shown,
            "change": signed(row.change) or None,
            "share_before": percent(row.share_before) or None,
            "share_now": percent(row.share_now) or None,
            "better": len(row.better),
            "worse": len(row.worse),
            "still_failing": len(row.still_failing),
        }
        for row in found.rows
    ]
    headings = {
        "place": _("村（社区）"),
        "last_round": _("上轮"),
        "last_total": _("上轮总分"),
        "total": _("本轮总分"),
        "change": _("增减"),
        "share_before": _("上轮得分率"),
        "share_now": _("本轮得分率"),
        "better": _("进步项"),
        "worse": _("退步项"),
        "still_failing": _("仍不合格"),
    }
    print_rows(rows, headings, as_json=as_json)
    if not as_json:
        for basis in found.bases:
            say(f"{basis.round.name}{_('：')}{''.join(basis_words(basis))}")


@rounds.command("lists", help=_("封存轮次的红榜和蓝榜，机制里写明了才有；ROUND 是编号或名称。"))
@click.argument("round_name", metavar="ROUND")
@json_option
def lists(round_name: str, as_json: bool) -> None:
    """The red and blue lists. Raises ops.unknown; access.not_found before the seal and where the pack has none."""
    found = red_and_blue(round_named(round_name), system_account())
    if found is None:
        raise Refusal("access.not_found")
    names = {"red": _("红榜"), "blue": _("蓝榜")}
    rows = [
        {"list": which, "list_name": names[which], **_row(row)}
        for which, listed_rows in (("red", found.red), ("blue", found.blue))
        for row in listed_rows
    ]
    headings = {
        "list_name": _("榜"),
        "rank": _("名次"),
        "town": _("乡镇"),
        "place": _("村（社区）"),
        "total": _("总分"),
    }
    print_rows(rows, headings, as_json=as_json)


def _write(file: Path, data: bytes) -> None:
    write_file(file, data)
    say(_("已写入 {path}").format(path=file))


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


rounds.add_command(tour)
