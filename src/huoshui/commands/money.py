"""``huoshui money``: sums, lines and funds. What a role decides is done by a person, on the pages or by the API."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say, write_file
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.money.queries import LineFilter, lines, sums_by_kind
from huoshui.matters.money.sums import yuan_text
from huoshui.places.models import Place
from huoshui.subsidies.actions import allocate
from huoshui.subsidies.models import Pot
from huoshui.subsidies.queries import claims_of, pots, with_paid

UNDER = click.option("--under", default="", help=_("只列此代码的地点及其以下。"))
KIND = click.option("--kind", default="", help=_("事项种类，如 hubs.construction。"))
TYPE = click.option("--type", "line_type", default="", help=_("资金类型，如 paid。"))
YEAR = click.option("--year", type=int, default=0, help=_("年度。"))
XLSX = click.option("--xlsx", "file", type=click.Path(dir_okay=False, path_type=Path), help=_("另存为 Excel。"))


@click.group("money", help=_("资金：合计、明细、以奖代补资金。"))
def money() -> None:
    """Commands of money."""


@money.command("sums", help=_("各种事项各类资金的合计。"))
@UNDER
@KIND
@TYPE
@YEAR
@json_option
def sums(under: str, kind: str, line_type: str, year: int, as_json: bool) -> None:
    """Sums by kind and type. Raises ops.unknown for a place."""
    wanted = _filter(under, kind, line_type, year)
    rows = [
        {
            "kind": known.code,
            "kind_name": known.name,
            "type": part.code,
            "type_name": part.name,
            "yuan": yuan_text(part.fen),
            "fen": part.fen,
            "lines": part.lines,
        }
        for known in sums_by_kind(system_account(), wanted)
        for part in known.sums
    ]
    headings = {"kind_name": _("种类"), "type_name": _("类型"), "yuan": _("金额（元）"), "lines": _("笔数")}
    print_rows(rows, headings, as_json=as_json)


@money.command("lines", help=_("资金明细，新的在前。"))
@UNDER
@KIND
@TYPE
@YEAR
@XLSX
@json_option
def list_lines(under: str, kind: str, line_type: str, year: int, file: Path | None, as_json: bool) -> None:
    """The lines behind the sums. Raises ops.unknown for a place, ops.file_exists."""
    wanted = _filter(under, kind, line_type, year)
    if file:
        from huoshui.matters.money.export import lines_workbook

        write_file(file, lines_workbook(actor=system_account(), wanted=wanted))
        say(_("已写入 {path}").format(path=file))
        return
    rows = [
        {
            "id": str(line.pk),
            "day": line.day,
            "matter": line.matter.number,
            "place": line.matter.place.short_name,
            "type": line.type,
            "type_name": line.type_name,
            "yuan": yuan_text(line.amount),
            "fen": line.amount,
            "payer": line.payer,
            "voucher": line.voucher,
            "by": line.by.title,
            "note": line.note,
        }
        for line in lines(system_account(), wanted)
    ]
    headings = {
        "day": _("日期"), "matter": _("编号"), "place": _("地点"), "type_name": _("类型"), "yuan": _("金额（元）"),
        "payer": _("付款方"), "voucher": _("凭证号"), "by": _("经办人"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


@money.command("funds", help=_("以奖代补资金：总额、已核定、已付、余额。"))
@json_option
def funds(as_json: bool) -> None:
    """Every fund, the latest year first."""
    rows = [
        {
            "id": str(row.pot.pk),
            "year": row.pot.year,
            "place": row.pot.place.short_name,
            "scheme": row.pot.scheme,
            "scheme_name": row.pot.scheme_name,
            **{
                name: yuan_text(fen)
                for name, fen in (
                    ("amount", row.pot.amount),
                    ("approved", row.pot.approved),
                    ("paid", row.paid),
                    ("left", row.pot.left),
                )
            },
        }
        for row in with_paid(pots(system_account()))
    ]
    headings = {
        "year": _("年度"), "place": _("地点"), "scheme_name": _("办法"), "amount": _("资金总额"),
        "approved": _("已核定"), "paid": _("已付"), "left": _("余额"), "id": _("编号"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


@money.command("claims", help=_("一项资金的申请；FUND 是 funds 所列的编号。"))
@click.argument("fund", type=click.UUID)
@XLSX
@json_option
def claims(fund: UUID, file: Path | None, as_json: bool) -> None:
    """The claims to a fund, by village. Raises ops.unknown, ops.file_exists."""
    pot = Pot.objects.select_related("place").filter(pk=fund).first()
    if pot is None:
        raise Refusal("ops.unknown", field="fund", name=fund)
    if file:
        from huoshui.subsidies.export import pot_workbook

        write_file(file, pot_workbook(actor=system_account(), pot=pot))
        say(_("已写入 {path}").format(path=file))
        return
    rows = [
        {
            "town": row.town,
            "place": row.claim.matter.place.short_name,
            "matter": row.claim.matter.number,
            "state": row.claim.state,
            "applied": yuan_text(row.claim.applied),
            "approved": yuan_text(row.claim.approved),
            "paid": yuan_text(row.paid),
        }
        for row in claims_of(system_account(), pot)
    ]
    headings = {
        "town": _("乡镇"), "place": _("地点"), "matter": _("编号"), "state": _("状态"), "applied": _("申请（元）"),
        "approved": _("核定（元）"), "paid": _("已付（元）"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


@money.command("allocate", help=_("下达（或以负数调减）一个年度的资金，如 hubs.hub_award 410871 2018 500万。"))
@click.argument("scheme")
@click.argument("place")
@click.argument("year", type=int)
@click.argument("amount")
@click.option("--document", required=True, help=_("文号。"))
@click.option("--day", required=True, help=_("日期，如 2018-03-28。"))
@click.option("--note", default="", help=_("说明。"))
def allocate_fund(scheme: str, place: str, year: int, amount: str, document: str, day: str, note: str) -> None:
    """Allocate to a fund. Raises ops.unknown for a place, and as the action does."""
    said = {"document": document, "note": note}
    pot = allocate(by=system_account(), scheme=scheme, place=_place(place), year=year, amount=amount, day=day, **said)
    say(_("{pot}：共 {yuan} 元").format(pot=pot, yuan=yuan_text(pot.amount)))


def _filter(under: str, kind: str, line_type: str, year: int) -> LineFilter:
    return LineFilter(place=_place(under).path if under else "", kind=kind, type=line_type, year=year)


def _place(code: str) -> Place:
    found: Place | None = Place.objects.filter(code=code).first()
    if found is None:
        raise Refusal("ops.unknown", field="place", name=code)
    return found
