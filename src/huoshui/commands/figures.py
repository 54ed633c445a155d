"""``huoshui figures``: the indicators, and the value of one at a place in a period."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows
from huoshui.duties.queries import system_account
from huoshui.figures.queries import figure, figure_parts, get_indicator, get_period
from huoshui.figures.queries import indicators as all_indicators
from huoshui.kernel.errors import Refusal
from huoshui.packs.units import unit_word
from huoshui.places.models import Place


@click.group("figures", help=_("数据：指标，以及某地某期的数。"))
def figures() -> None:
    """Commands of figures."""


@figures.command("list", help=_("全部指标。"))
@json_option
def list_indicators(as_json: bool) -> None:
    """Every indicator of the current packs."""
    rows = [
        {
            "code": code,
            "name": str(one.name),
            "unit": unit_word(one.unit),
            "periods": ", ".join(one.periods),
        }
        for code, one in all_indicators().items()
    ]
    headings = {"code": _("代码"), "name": _("指标"), "unit": _("单位"), "periods": _("期间")}
    print_rows(rows, headings, as_json=as_json)


@figures.command("show", help=_("一个指标在某地某期的数，和分到下级的数。"))
@click.argument("code")
@click.option("--place", required=True, help=_("地点代码。"))
@click.option("--period", required=True, help=_("期间：2017、2017Q1、2017-03 等。"))
@json_option
def show(code: str, place: str, period: str, as_json: bool) -> None:
    """The value and its parts. Raises figure.unknown, figure.period, ops.unknown for a place."""
    indicator = get_indicator(code)
    there = Place.objects.filter(code=place).first()
    if there is None:
        raise Refusal("ops.unknown", name=place)
    asked, by = get_period(indicator, period), system_account()
    whole = figure(by, indicator, there, asked)
    parts = [(part.place, part.figure) for part in figure_parts(by, indicator, there, asked)]
    rows = [
        {
            "place": known.code if known else there.code,
            "name": known.short_name if known else _("%(name)s本级") % {"name": there.short_name},
            "value": value.shown or value.why_none,
            "numerator": value.numerator,
            "denominator": value.denominator,
            "records": value.records,
        }
        for known, value in [(there, whole), *parts]
    ]
    headings = {
        "place": _("代码"), "name": _("地点"), "value": f"{indicator.name}（{unit_word(indicator.unit)}）",
        "numerator": _("分子"), "denominator": _("分母"), "records": _("记录数"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)
