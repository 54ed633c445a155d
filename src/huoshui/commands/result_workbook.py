"""The result sheet of a round as an Excel workbook."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from huoshui.kernel.access import Actor
from huoshui.kernel.clock import LOCAL_ZONE
from huoshui.kernel.numbers import POINTS
from huoshui.matters.ledger_export import body_cell
from huoshui.visits.models import Round
from huoshui.visits.queries.results import ResultRow, result_sheet

DIGEST_SHOWN = 16
"""Hex digits of the results' digest under the sheet."""


@dataclass(frozen=True)
class Points:
    """A number of points, in thousandths; a total that was dropped shows with a star."""

    value: int
    dropped: bool = False


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
        sheet.append([_cell(sheet, value) for value in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _line(row: ResultRow, judges: list[int]) -> list[Any]:
    totals = {total.number: Points(total.total, total.dropped) for total in row.totals}
    rank = row.rank
    return [
        rank.rank,
        rank.town.short_name if rank.town else "",
        rank.place.short_name,
        *(totals.get(number, "") for number in judges),
        Points(rank.mean),
        Points(rank.adjustments),
        Points(rank.total),
    ]


def _cell(sheet: Any, value: Any) -> Any:
    """Points as a number that a spreadsheet calculates with; everything else as in the ledger."""
    if not isinstance(value, Points):
        return body_cell(sheet, value)
    cell = body_cell(sheet, None)
    cell.value = Decimal(value.value) / POINTS
    cell.number_format = '0.000"*"' if value.dropped else "0.000"
    return cell
