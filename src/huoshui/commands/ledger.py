"""``huoshui ledger``: the ledger 台账, as a list and as Excel, out and in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, say, write_file
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.columns import CLOSE_REASONS, columns_for, light_word, with_town
from huoshui.matters.lights import LIGHTS
from huoshui.matters.queries.filtering import LedgerFilter
from huoshui.matters.queries.ledger import LedgerRow, ledger_rows
from huoshui.matters.queries.ledger import ledger as matters_of
from huoshui.matters.queries.order import SORT_KEYS
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

CODED = ("kind", "state", "severity", "light", "clock", "close_reason")
"""What a row gives twice: as a code, and as its label under the key that ends in ``_name``."""
Function = TypeVar("Function", bound=Callable[..., Any])
SORTS = sorted(SORT_KEYS) + sorted(f"-{key}" for key in SORT_KEYS)
FILTERS = (
    click.option("--kind", default="", help=_("事项种类，如 rectification.item。")),
    click.option("--under", default="", help=_("只列此代码的地点及其以下。")),
    click.option("--state", default="", help=_("状态的代码。")),
    click.option("--light", type=click.Choice([light for light in LIGHTS if light] + ["none"]), help=_("灯色。")),
    click.option("--severity", default="", help=_("严重程度的代码。")),
    click.option("--text", default="", help=_("编号、问题、地点中含有的文字。")),
    click.option("--supervised", is_flag=True, help=_("只列督办中的。")),
    click.option(
        "--sort",
        type=click.Choice(SORTS),
        metavar="KEY",
        default="-number",
        show_default=True,
        help=_("排序：{keys}；前加 - 为倒序。").format(keys="、".join(SORT_KEYS)),
    ),
)


def with_filters(function: Function) -> Function:
    """Give a command the options of a ledger's filter."""
    for option in reversed(FILTERS):
        function = option(function)
    return function


@click.group(help=_("台账：列出、导出、导入。"))
def ledger() -> None:
    """Commands of the ledger."""


@ledger.command("list", help=_("台账，可按种类、地点、状态、灯色等筛选。"))
@with_filters
@json_option
def list_ledger(as_json: bool, sort: str, under: str, light: str | None, **filters: Any) -> None:
    """The ledger's rows. Raises ops.unknown for a place, value.choice for a code that is none."""
    wanted = _filter(_place(under), light, filters)
    columns = with_town(columns_for(all_current("matters").get(wanted.kind)))
    rows = [_shown(row) for row in ledger_rows(matters_of(system_account(), wanted, sort), columns)]
    print_rows(rows, {_key(column.column): str(column.name) for column in columns}, as_json=as_json)


@ledger.command("export", help=_("把台账导出为 Excel 文件；筛选同 list。"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_filters
def export(file: Path, sort: str, under: str, light: str | None, **filters: Any) -> None:
    """Write the ledger as .xlsx. Raises as the list does, ops.file_exists, ops.disk_full or ops.cannot_write."""
    from huoshui.matters.ledger_export import ledger_workbook

    place = _place(under)
    wanted = _filter(place, light, filters)
    write_file(file, ledger_workbook(actor=system_account(), filters=wanted, sort=sort, area=place))
    say(_("已写入 {path}").format(path=file))


@ledger.command("import", help=_("导入在 Excel 或 WPS 里改好的台账：全部写入，或有一行不对就都不写入。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help=_("以谁的账号办理；按其职责核对，记在其名下。"))
@click.option("--dry-run", is_flag=True, help=_("只检查，不写入。"))
@json_option
def import_file(file: Path, username: str, dry_run: bool, as_json: bool) -> None:
    """Change matters as the file says. Raises ops.unknown for the account; a wrong row is a refusal naming them all."""
    from huoshui.matters.ledger_import import import_ledger

    account = Account.objects.get_queryset().filter(username=username, is_active=True).first()
    if account is None:
        raise Refusal("ops.unknown", field="by", name=username)
    report = import_ledger(by=account, data=file.read_bytes(), name=file.name, dry_run=dry_run)
    if as_json:
        print_json([report.as_dict()])
        if not report.ok:
            raise SystemExit(1)
        return
    if not report.ok:
        raise Refusal.of(report.problems)
    for outcome in report.changed:
        changes = "; ".join(f"{c.label}: {c.before or '—'} → {c.after or '—'}" for c in outcome.changes)
        say(f"{outcome.row.key}  {changes}")
    text = _("检查通过，尚未写入：") if dry_run else _("已导入：")
    say(
        text
        + _("更改 {changed} 件，未变 {unchanged} 件").format(changed=len(report.changed), unchanged=report.unchanged)
    )


def _place(code: str) -> Place | None:
    place: Place | None = Place.objects.filter(code=code).first()
    if code and place is None:
        raise Refusal("ops.unknown", field="under", name=code)
    return place


def _filter(place: Place | None, light: str | None, filters: dict[str, Any]) -> LedgerFilter:
    return LedgerFilter(place=place.path if place else "", light=light or "", **filters)


def _shown(row: LedgerRow) -> dict[str, Any]:
    """A row by its keys: first those that every ledger has, then its columns; a code and its label never share one."""
    matter, light = row.matter, row.matter.light()
    names = {
        "kind": matter.kind_name,
        "state": matter.state_name,
        "severity": matter.severity_name,
        "light": light_word(light, matter.close_reason),
        "clock": matter.clock_name,
        "close_reason": str(CLOSE_REASONS.get(matter.close_reason, "")),
    }
    always = {"id": str(matter.pk), "place_code": matter.place.code, "town": row.town}
    for code in CODED:
        always |= {code: light if code == "light" else getattr(matter, code), f"{code}_name": names[code]}
    cells = {
        _key(column): cell.isoformat() if isinstance(cell, dt.date) else cell
        for column, cell in zip(row.columns, row.cells, strict=True)
    }
    return always | {key: cell for key, cell in cells.items() if key not in always}


def _key(column: str) -> str:
    return f"{column}_name" if column in CODED else column
