"""Money as Excel: what every table of sums shares, and the list of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor, grants_condition, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.matters.money.models import MoneyLine
from huoshui.matters.money.queries import LineFilter, lines
from huoshui.matters.money.sums import yuan
from huoshui.places.queries import township_names


def workbook(title: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> bytes:
    """A sheet with a title, a frozen head (text and width in characters) and typed rows."""
    table = StreamedTable(_("资金"), f"{title} {demonstration_mark()}".strip(), heads)
    for row in rows:
        table.row(row)
    return table.file()


def lines_workbook(*, actor: Actor, wanted: LineFilter) -> bytes:
    """Lines as xlsx, amounts as numbers in yuan: of those that are seen, the ones that matter.export reaches.

    Raises access.denied without that permission (at the filter's place).
    """
    require(actor, "matter.export", path=wanted.place or None)
    reached = grants_condition(actor.grants("matter.export"), MoneyLine.scope)
    found = list(lines(actor, wanted).filter(reached))
    towns = township_names(line.matter.place for line in found)
    heads = [
        (_("日期"), 12), (_("乡镇"), 12), (_("地点"), 18), (_("编号"), 15), (_("事项"), 30), (_("类型"), 14),
        (_("金额（元）"), 16), (_("付款方"), 20), (_("凭证号"), 18), (_("经办人"), 18), (_("说明"), 34),
    ]  # fmt: skip
    rows = (
        (
            line.day, towns[line.matter.place_id], line.matter.place.short_name, line.matter.number, line.matter.title,
            line.type_name, yuan(line.amount), line.payer, line.voucher, line.by.title, line.note,
        )
        for line in found
    )  # fmt: skip
    return workbook(_("资金明细"), heads, rows)
