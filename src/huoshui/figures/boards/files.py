"""Dashboards as Excel: the numbers of their charts, each row with its definition, period and source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.boards.queries import Dashboard, PartRow, Tile
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import Figure
from huoshui.figures.reporting.models import Bound
from huoshui.figures.reporting.queries import source_name
from huoshui.figures.reporting.values import parts_told
from huoshui.figures.schema import Indicator
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.numbers import nearest
from huoshui.kernel.periods import Period
from huoshui.kernel.streamed_tables import Linked, Numeral, StreamedTable
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.places.models import Place

Sheet = Callable[[Figure], str]
"""The address of a figure's sheet."""


def board_workbook(found: Dashboard, place: Place, year: Period, sheet: Sheet) -> bytes:
    """A row for each indicator: its five years, target, change, definition and source. What has no value is there too,
    with the reason. Every number leads to its sheet."""
    years = [one.period.name for one in found.boards[0].tiles[0].trend] if found.boards else []
    heads = [
        (_("机制"), 16), (_("指标"), 30), (_("单位"), 8), *((name, 11) for name in years), (_("目标"), 12),
        (_("达到没有"), 10), (_("与上一年比"), 24), (_("说明"), 22), (_("期间"), 24), (_("定义"), 44), (_("来源"), 34),
        (_("代码"), 30),
    ]  # fmt: skip
    table = StreamedTable(_("看板"), _titled(_("%(place)s%(year)s看板"), place, year), heads)
    for board in found.boards:
        for tile in board.tiles:
            table.row(_tile_row(board.name, tile, sheet))
    return table.file()


def _tile_row(pack: str, tile: Tile, sheet: Sheet) -> list[Any]:
    now = tile.now
    met = {None: "", True: _("达到"), False: _("未达到")}[tile.aim.met if tile.aim else None]
    notes = [now.why_none, *([_("有待查明的分歧")] if tile.doubts else [])]
    return [
        pack, str(tile.indicator.name), unit_word(tile.indicator.unit), *(_linked(one, sheet) for one in tile.trend),
        tile.aim.shown if tile.aim else "", met, tile.change, listed([note for note in notes if note]),
        days_told(now), str(tile.indicator.definition), source_told(now), tile.indicator.qualified,
    ]  # fmt: skip


def parts_workbook(indicator: Indicator, rows: Sequence[PartRow], place: Place, year: Period, sheet: Sheet) -> bytes:
    """A row for each place directly below; ranks only where the pack allows them. Every number leads to its sheet."""
    heads = [
        *([(_("名次"), 8)] if indicator.ranked else []), (_("地点"), 22), (_("地点代码"), 16), (_("数值"), 12),
        (_("单位"), 8), (_("分子"), 12), (_("分母"), 12), (_("说明"), 22), (_("期间"), 24), (_("定义"), 44),
        (_("来源"), 34),
    ]  # fmt: skip
    title = _titled(f"{indicator.name} %(place)s%(year)s", place, year)
    if indicator.ranked:
        title = _("%(title)s（排名用途：%(purpose)s）") % {"title": title, "purpose": indicator.ranked_for}
    table = StreamedTable(_("分到下级"), title, heads)
    for row in rows:
        table.row([*([row.rank] if indicator.ranked else []), *_part_cells(row, place, sheet)])
    return table.file()


def _part_cells(row: PartRow, place: Place, sheet: Sheet) -> list[Any]:
    figure = row.figure
    name = row.place.short_name if row.place else _("%(name)s本级") % {"name": place.short_name}
    parts = _parts(figure) if figure.indicator.is_ratio and figure.parts_known else [None, None]
    unit, code = unit_word(figure.indicator.unit), row.place.code if row.place else place.code
    return [
        name, code, _linked(figure, sheet), unit, *parts, figure.why_none, days_told(figure),
        str(figure.indicator.definition), source_told(figure),
    ]  # fmt: skip


def _parts(figure: Figure) -> list[Numeral | None]:
    """Numerator and denominator as numbers, of the size in which a sheet tells them."""
    return [
        None if part == "—" else Numeral(Decimal(part), len(part.partition(".")[2]))
        for part in parts_told(figure.numerator, figure.denominator, figure.indicator)
    ]


def _titled(words: str, place: Place, year: Period) -> str:
    return f"{words % {'place': place.short_name, 'year': year.name}} {demonstration_mark()}".strip()


def cell(figure: Figure) -> Any:
    """An exact value as a number with the indicator's decimals; one that only bounds the true one as it is told."""
    if figure.value is None:
        return None
    if figure.bound != Bound.EXACT:
        return figure.told
    return Numeral(decimal_of(figure.value, figure.indicator.decimals), figure.indicator.decimals)


def _linked(figure: Figure, sheet: Sheet) -> Any:
    shown = cell(figure)
    return Linked(shown, sheet(figure)) if isinstance(shown, Numeral) else shown


def decimal_of(value: Fraction, decimals: int) -> Decimal:
    """A value with so many decimals, halves away from zero, as it is told."""
    return Decimal(nearest(value.numerator * 10**decimals, value.denominator)).scaleb(-decimals)


def days_told(figure: Figure) -> str:
    """The day of a stock, or the first and the last day of what is counted in a period."""
    period = figure.period
    if figure.indicator.is_stock:
        return _("%(day)s 当天") % {"day": period.last}
    return _("%(first)s 至 %(last)s") % {"first": period.first, "last": period.last}


def source_told(figure: Figure) -> str:
    """Who says it: the filings of a reported one, or the records that are counted."""
    measure = figure.indicator.numerator
    if measure is not None:
        return _("由记录算出：%(about)s") % {"about": FACT_VIEWS[measure.source].about}
    said = [source_name(row.filing) for row in figure.observations]
    return listed(list(dict.fromkeys(said)))
