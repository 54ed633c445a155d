"""``huoshui figures``: the indicators, and the value of one at a place in a period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say
from huoshui.commands.site import printed_address
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.exchange.codes import DHIS2
from huoshui.exchange.selecting import OWN, selection
from huoshui.figures.cells.keeping import rebuild as rebuild_cells
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import (
    Figure,
    Share,
    figure,
    figure_breakdown,
    figure_parts,
    get_indicator,
    get_period,
)
from huoshui.figures.queries import indicators as all_indicators
from huoshui.figures.reporting.conflicts import look_for_conflicts, open_conflicts
from huoshui.figures.schema import Indicator
from huoshui.figures.wording import value_name
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import clauses
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
@click.option("--breakdown", is_flag=True, help=_("按指标声明的分项列出，不按下级。"))
@json_option
def show(code: str, place: str, period: str, breakdown: bool, as_json: bool) -> None:
    """The value and its parts. Raises figure.unknown, figure.period, ops.unknown for a place."""
    indicator = get_indicator(code)
    there = _place(place)
    asked, by = get_period(indicator, period), system_account()
    whole = figure(by, indicator, there, asked)
    if breakdown:
        _show_breakdown(indicator, whole, figure_breakdown(by, indicator, there, asked), as_json)
        return
    parts = [(part.place, part.figure) for part in figure_parts(by, indicator, there, asked)]
    rows = [
        {
            "place": known.code if known else there.code,
            "name": known.short_name if known else _("%(name)s本级") % {"name": there.short_name},
            "value": value.told or value.why_none,
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


@figures.command(
    "import",
    help=_(
        "从 .xlsx、.csv、DHIS2（.json）、ADX（.xml）文件导入有来源的数；先试算，加 --apply 才写入，再由另一人批准。"
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--place", required=True, help=_("地点代码。"))
@click.option("--source", required=True, help=_("来源：哪份文件、哪一天。"))
@click.option("--by", "username", required=True, help=_("以谁的名义（用户名）；他要有导入数据的权限。"))
@click.option("--system", default=DHIS2, show_default=True, help=_("JSON、XML 文件用哪个系统的代码。"))
@click.option("--apply", is_flag=True, help=_("写入；不加只试算。"))
def import_file(file: Path, place: str, source: str, username: str, system: str, apply: bool) -> None:
    """Bring figures in. Raises what ``bring_figures`` raises, and the problems of the rows."""
    from huoshui.exchange.importing import bring_figures
    from huoshui.figures.reporting.beside import beside

    there, by = _place(place), Account.objects.filter(username=username).first()
    if by is None:
        raise Refusal("ops.unknown", name=username)
    data = file.read_bytes()
    report = bring_figures(
        by=by, data=data, name=file.name, place=there, source=source, system=system, dry_run=not apply
    )
    if report.problems:
        raise Refusal.of(report.problems)
    for one in beside(by, report.rows):
        if one.differs and one.now:
            row, words = one.row, _("{indicator}，{place}，{period}：文件 {new}，登记簿 {now}；批准后并排放着，待查明")
            names = {"indicator": row.indicator.name, "place": row.place.short_name, "period": row.period.name}
            click.echo(words.format(**names, new=row.shown, now=one.now.told))
    said = _("已写入 {n} 个数，等待批准") if report.filing else _("试算通过：{n} 个数；加 --apply 写入")
    click.echo(said.format(n=len(report.rows)))


@figures.command("export", help=_("把一地及其下各级的数导出为文件：CSV、Excel、Parquet、GeoJSON、DHIS2 或 ADX。"))
@click.option("--place", required=True, help=_("地点代码。"))
@click.option("--period", "periods", required=True, multiple=True, help=_("期间，可写多次；一段写 2016..2018。"))
@click.option(
    "--level",
    "levels",
    multiple=True,
    default=[OWN],
    help=_("级别，可写多次：own（本级）、county、township、village。"),
)
@click.option("--indicator", "codes", multiple=True, help=_("指标代码，可写多次；不写就是全部。"))
@click.option(
    "--format", "kind", default="csv", show_default=True, help=_("格式：csv、xlsx、parquet、geojson、dhis2 或 adx。")
)
@click.option("--system", default=DHIS2, show_default=True, help=_("DHIS2、ADX 文件用哪个系统的代码。"))
@click.option("--dataset", default="", help=_("DHIS2、ADX 文件的数据集代码。"))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_("写到哪个文件。"))
def export_file(kind: str, system: str, dataset: str, out: Path, place: str, **how: Any) -> None:
    """Write figures to a file. Raises figure.unknown, figure.period, filter.not_found and exchange.*."""
    from huoshui.exchange.exporting import export_figures

    by = system_account()
    chosen = selection(by, place=place, **how)
    site = printed_address()
    out.write_bytes(export_figures(by, chosen, kind, system=system, dataset=dataset, address=site).data)
    click.echo(_("已写入 {path}：{n} 个数").format(path=out, n=chosen.size))


@figures.command("conflicts", help=_("核对某地及以下的数，列出待查明的分歧。"))
@click.option("--place", required=True, help=_("地点代码。"))
@json_option
def conflicts(place: str, as_json: bool) -> None:
    """Look for questions between figures, and list those that are open."""
    there, by = _place(place), system_account()
    look_for_conflicts(by=by, place=there)
    rows = [
        {
            "rule": row.rule,
            "place": row.place.short_name,
            "said": clauses(f"{one['indicator']} {one['period']} {one['value']}" for one in row.members),
        }
        for row in open_conflicts(by, there)
    ]
    print_rows(rows, {"rule": _("规则"), "place": _("地点"), "said": _("各说什么")}, as_json=as_json)


def _place(code: str) -> Place:
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise Refusal("ops.unknown", name=code)
    return found


def _show_breakdown(indicator: Indicator, whole: Figure, shares: list[Share], as_json: bool) -> None:
    """The value, and the same by the columns that the indicator names."""
    view = FACT_VIEWS[indicator.numerator.source] if indicator.numerator else None
    rows = [{"what": _("合计"), "value": whole.shown or whole.why_none, "records": whole.records}]
    for share in shares:
        said = [value_name(view, *pair) for pair in zip(indicator.by, share.values, strict=True)] if view else []
        rows.append({"what": " / ".join(said), "value": share.figure.shown, "records": share.figure.records})
    name = f"{indicator.name}（{unit_word(indicator.unit)}）"
    print_rows(rows, {"what": _("分项"), "value": name, "records": _("记录数")}, as_json=as_json)


@figures.command("rebuild", help=_("把存着的数全部由记录重算一遍，并列出原来存得不对的。"))
@json_option
def rebuild(as_json: bool) -> None:
    """Count every kept cell anew; exit 1 when one that nothing had marked was not what the records say."""
    done = rebuild_cells()
    names = dict(Place.objects.filter(pk__in={one.place for one in done.differing}).values_list("pk", "short_name"))
    rows = [
        {
            "view": one.source,
            "period": one.period,
            "place": names.get(one.place, str(one.place)),
            "kept": "—" if one.kept is None else one.kept.value,
            "counted": "—" if one.counted is None else one.counted.value,
        }
        for one in done.differing
    ]
    headings = {
        "view": _("数的是"), "period": _("期间"), "place": _("地点"), "kept": _("原来存的"), "counted": _("重算"),
    }  # fmt: skip
    if not as_json:
        say(_("重算了 {measures} 个口径，{cells} 个数，用时 {seconds} 秒。").format(
            measures=done.measures, cells=done.cells, seconds=f"{done.seconds:.1f}"
        ))  # fmt: skip
    if as_json or rows:
        print_rows(rows, headings, as_json=as_json)
    else:
        say(_("原来存的都对。"))
    if rows:
        raise SystemExit(1)
