"""``huoshui places``: listing and importing places."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, progress, say
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.places.queries import places_of_kind


@click.group(help=_("地点：列出、导入。"))
def places() -> None:
    """Commands of places."""


@places.command("list", help=_("登记的地点，按行政层级排列。"))
@click.option("--kind", default="", help=_("只列一种，如 village。"))
@click.option("--under", "code", help=_("只列此代码的地点及其以下。"))
@json_option
def list_places(kind: str, code: str | None, as_json: bool) -> None:
    """Places in the order of their paths. Raises value.choice for a kind, ops.unknown for a code that is none."""
    found = places_of_kind(Place.objects.select_related("parent").order_by("path"), kind)
    if code:
        top = Place.objects.filter(code=code).first()
        if top is None:
            raise Refusal("ops.unknown", field="under", name=code)
        found = found.under(top.path)
    rows = [
        {
            "code": place.code,
            "kind": place.kind,
            "name": place.name,
            "parent": place.parent.code if place.parent else None,
            "closed_on": place.closed_on,
        }
        for place in found
    ]
    headings = {
        "code": _("代码"),
        "kind": _("种类"),
        "name": _("名称"),
        "parent": _("上级"),
        "closed_on": _("撤销日期"),
    }
    print_rows(rows, headings, as_json=as_json)


@places.command("import", help=_("导入地点表（.xlsx 或 .csv）：全部写入，或有一行不对就都不写入。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只检查，不写入。"))
@json_option
def import_file(file: Path, dry_run: bool, as_json: bool) -> None:
    """Import a file; a wrong row is a refusal that names every one of them."""
    from huoshui.places.imports import import_places

    with progress(_("导入地点")) as advance:
        report = import_places(
            by=system_account(), data=file.read_bytes(), name=file.name, dry_run=dry_run, progress=advance
        )
    if as_json:
        print_json([report.as_dict()])
        if not report.ok:
            raise SystemExit(1)
        return
    if not report.ok:
        raise Refusal.of(report.problems)
    text = _("检查通过，尚未写入：") if dry_run else _("已导入：")
    say(text + _("新增 {created}，更新 {changed}，未变 {unchanged}").format(
        created=report.created, changed=report.changed, unchanged=report.unchanged
    ))  # fmt: skip
