"""The result sheet of a round as an Excel workbook."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from huoshui.kernel.access import Actor
from huoshui.kernel.clock import LOCAL_ZONE
from huoshui.matters.ledger_export import body_cell
from huoshui.visits.models import Round
from huoshui.visits.queries import shown_points
from huoshui.visits.queries.results import ResultRow, result_sheet

DIGEST_SHOWN = 16
"""Hex digits of the results' digest under the sheet."""


def result_workbook(round: Round, actor: Actor) -> bytes:
    """The ranking with each judge's total by number, the adjustments and the signatures, as .xlsx."""
    contents = result_sheet(round, actor)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("成绩"))
    heads = [_("名次"), _("乡镇"), _("村（社区）"), *contents.judge_labels, _("平均分"), _("加减分"), _("总分")]
    lines: list[list[Any]] = [[round.name], heads]
    lines += [_line(row, contents.judge_numbers) for row in contents.rows]
    lines.append([])
    lines += [
        [signature.role, signature.title, signature.at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")]
        for signature in contents.signatures
    ]
    lines.append([_("成绩指纹"), contents.digest[:DIGEST_SHOWN]])
    for line in lines:
        sheet.append([body_cell(sheet, value) for value in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _line(row: ResultRow, judges: list[int]) -> list[Any]:
    totals = {total.number: shown_points(total.total) + ("*" if total.dropped else "") for total in row.totals}
    rank = row.rank
    return [
        rank.rank,
        rank.town.short_name if rank.town else "",
        rank.place.short_name,
        *(totals.get(number, "") for number in judges),
        rank.mean_shown,
        rank.adjustments_shown,
        rank.total_shown,
    ]
