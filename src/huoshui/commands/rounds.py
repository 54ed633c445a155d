"""``huoshui round``: rounds and their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click
from django.db.models import Q
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say, write_file
from huoshui.duties.queries import system_account
from huoshui.kernel.choices import require_known
from huoshui.kernel.errors import Refusal
from huoshui.visits.models import Round
from huoshui.visits.queries import RankRow, ranking, result_sheet


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
