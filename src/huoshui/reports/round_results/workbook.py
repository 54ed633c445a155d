"""The results of a round as an Excel workbook: a sheet for each way to look at them, numbers as numbers."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import POINTS
from huoshui.kernel.wording import listed
from huoshui.reports.round_results.result_sheet import signers
from huoshui.reports.round_results.tables import Table, add_table
from huoshui.reports.round_results.words import basis_words, mean_rule
from huoshui.visits.models import Round
from huoshui.visits.queries import (
    HeatMap,
    PlaceChange,
    RankRow,
    ResultRow,
    ResultSheet,
    comparison,
    heat_map,
    red_and_blue,
    result_sheet,
    town_summaries,
    village_comments,
)

PERCENT, TENTHS_OF_PERCENT = "0%", "0.0%"


def results_workbook(round: Round, actor: Actor) -> bytes:
    """Ranking, items x villages, towns, comparison, comments, and the lists where the pack has them.

    Sheets that hold nothing for the actor are left out. Raises access.not_found where the actor sees no result.
    """
    sheet = result_sheet(round, actor)
    if not sheet.rows:
        raise Refusal("access.not_found")
    rows = [row.rank for row in sheet.rows]
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    add_table(book, round, _ranking(round, sheet))
    for table in (
        _heat(round, heat_map(round, actor)),
        _towns(round, actor, rows),
        _comparison(round, actor, rows),
        _comments(round, actor),
        _lists(round, actor, rows),
    ):
        if table and table.rows:
            add_table(book, round, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _points_format(round: Round) -> str:
    return "0." + "0" * max(round.decimals, 2)


def _who(row: RankRow) -> list[Any]:
    """Town and village, as every sheet begins."""
    return [row.town.short_name if row.town else "", row.place.short_name]


def _ranking(round: Round, sheet: ResultSheet) -> Table:
    ranks = [_("名次")] if round.ranks else []
    corrected = [_("更正前")] if any(row.rank.corrections for row in sheet.rows) else []
    table = Table(
        title=_("成绩表"),
        heads=[*ranks, _("乡镇"), _("村"), *sheet.judge_labels, _("均分"), _("加减分"), _("总分"), *corrected],
        formats=dict.fromkeys(range(len(ranks) + 2, 200), _points_format(round)),
        frozen=len(ranks) + 2,
        wide={len(ranks), len(ranks) + 1},
    )
    for row in sheet.rows:
        _ranking_row(table, round, row, sheet.judge_numbers, corrected=bool(corrected))
    table.notes = [mean_rule(round), *_signed(sheet), f"{_('成绩摘要')} {sheet.signed_digest or sheet.digest}"]
    if sheet.corrected_since_signing:
        table.notes.append(_("封存后有更正，更正后的成绩没有重新签字"))
    return table


def _ranking_row(table: Table, round: Round, row: ResultRow, numbers: list[int], *, corrected: bool) -> None:
    rank, totals = row.rank, {total.number: total for total in row.totals}
    first = [rank.rank] if round.ranks else []
    judged = [totals[number].total / POINTS if number in totals else None for number in numbers]
    result = [rank.mean / POINTS, rank.adjustments / POINTS, rank.total / POINTS]
    sealed = rank.sealed_total
    before = [None if sealed is None else sealed / POINTS] if corrected else []
    dropped = {len(first) + 2 + at for at, n in enumerate(numbers) if n in totals and totals[n].dropped}
    table.add([*first, *_who(rank), *judged, *result, *before], struck=dropped)


def _signed(sheet: ResultSheet) -> list[str]:
    return [
        _("%(who)s：%(note)s") % {"who": signer.role, "note": f"{signer.name}  {signer.at}"}
        for signer in signers(sheet)
        if signer.name
    ]


def _heat(round: Round, heat: HeatMap) -> Table:
    table = Table(
        title=_("项目×村"),
        heads=[
            _("部分"),
            _("考核项"),
            _("分值"),
            *(place.short_name for place in heat.places),
            _("平均"),
            _("不合格村数"),
        ],
        formats={2: "0.###", **dict.fromkeys(range(3, 4 + len(heat.places)), PERCENT)},
        frozen=3,
        wide={0, 1},
        upright=set(range(3, 3 + len(heat.places))),
        notes=[_("格内是得分率；底色标出的是认定为不合格的。")],
    )
    for row in heat.rows if heat.places else []:
        cells = [None if cell.percent is None else cell.percent / 100 for cell in row.cells]
        mean = None if row.percent is None else row.percent / 100
        marked = {3 + at for at, cell in enumerate(row.cells) if cell.failed}
        known = [str(row.section.name), str(row.item.name), row.item.points / POINTS]
        table.add([*known, *cells, mean, row.failed], marked=marked)
    return table


def _towns(round: Round, actor: Actor, rows: list[RankRow]) -> Table:
    points = _points_format(round)
    table = Table(
        title=_("乡镇小结"),
        heads=[
            _("乡镇"),
            _("村数"),
            _("均分"),
            _("最高"),
            _("最低"),
            _("标准差"),
            _("不合格项次"),
            _("最常见的不合格项"),
        ],
        formats=dict.fromkeys((2, 3, 4, 5), points),
        frozen=1,
        wide={0, 7},
    )
    for town in town_summaries(round, actor, rows):
        figures = [value / POINTS for value in (town.mean, town.highest, town.lowest, town.deviation)]
        common = listed(f"{item.name} {count}" for item, count in town.common)
        table.add([town.town.short_name if town.town else "", town.places, *figures, town.failing, common])
    return table


def _comparison(round: Round, actor: Actor, rows: list[RankRow]) -> Table:
    found = comparison(round, actor, rows)
    points = _points_format(round)
    table = Table(
        title=_("与上轮比"),
        heads=[
            *(_("乡镇"), _("村"), _("上轮"), _("上轮总分"), _("本轮总分"), _("总分增减"), _("可比项数")),
            *(_("上轮得分率"), _("本轮得分率"), _("进步项"), _("退步项"), _("仍不合格项")),
        ],
        formats={**dict.fromkeys((3, 4, 5), points), **dict.fromkeys((7, 8), TENTHS_OF_PERCENT)},
        frozen=2,
        wide={0, 1, 2},
        notes=[f"{basis.round.name}{_('：')}{''.join(basis_words(basis))}" for basis in found.bases],
    )
    for row in found.rows if found.bases else []:
        table.add([*_who(row.row), *_change(row)])
    return table


def _change(row: PlaceChange) -> list[Any]:
    if row.last is None or row.basis is None:
        return [_("没有可比的上一轮"), None, row.row.total / POINTS]
    change = None if row.change is None else row.change / POINTS
    shares = [None if share is None else share / 1000 for share in (row.share_before, row.share_now)]
    counts = [len(row.better), len(row.worse), len(row.still_failing)]
    last = [row.basis.round.name, row.last.total / POINTS]
    return [*last, row.row.total / POINTS, change, len(row.items), *shares, *counts]


def _comments(round: Round, actor: Actor) -> Table:
    table = Table(
        title=_("评说"),
        heads=[_("乡镇"), _("村"), _("评委"), _("亮点"), _("不足"), _("方向"), _("不合格项")],
        frozen=2,
        wide={0, 1, 3, 4, 5, 6},
        long={3, 4, 5, 6},
    )
    for comment in village_comments(round, actor):
        failing = listed(failed.item.name for failed in comment.failing)
        for remark in comment.remarks:
            said = [remark.strengths, remark.shortcomings, remark.direction]
            table.add([*_who(comment.row), remark.label, *said, failing])
    return table


def _lists(round: Round, actor: Actor, rows: list[RankRow]) -> Table | None:
    found = red_and_blue(round, actor, rows)
    if found is None:
        return None
    table = Table(
        title=_("红蓝榜"),
        heads=[_("榜"), _("名次"), _("乡镇"), _("村"), _("总分")],
        formats={4: _points_format(round)},
        frozen=1,
        wide={2, 3},
        notes=[str(found.lists.purpose)],
    )
    for name, listed_rows in ((_("红榜"), found.red), (_("蓝榜"), found.blue)):
        for row in listed_rows:
            table.add([name, row.rank, *_who(row), row.total / POINTS])
    return table
