"""``huoshui pack``: checking, loading, listing and exporting packs."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, say
from huoshui.commands.root import say_refusal
from huoshui.duties.queries import system_account
from huoshui.kernel.clock import LOCAL_ZONE
from huoshui.kernel.errors import Refusal
from huoshui.packs.actions import check_pack, load_pack
from huoshui.packs.exports import export_pack
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_versions, unreadable

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(help=_("机制：检查、装载、列出、导出。"))
def pack() -> None:
    """Commands of packs."""


@pack.command("check", help=_("对照约定检查一个机制文件夹，逐条指出文件与行号；不写入任何内容。"))
@click.argument("folder", type=FOLDER)
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Check a folder; exits with 1 when there are findings."""
    checked = check_pack(folder)
    if as_json:
        print_json(
            [{"file": f.file, "line": f.line, **f.problem.as_dict()} for f in checked.findings]
        )  # fmt: skip
    else:
        for finding in checked.findings:
            say(str(finding))
            say(f"  {finding.problem.what_next()}")
        if checked.manifest and checked.ok:
            say(_("检查通过：{pack} {number}").format(pack=checked.manifest.code, number=checked.manifest.version))
    if not checked.ok:
        raise SystemExit(1)


@pack.command("load", help=_("装载一个机制文件夹，成为新版本；正在办理的仍按原版本办完。"))
@click.argument("folder", type=FOLDER)
def load(folder: Path) -> None:
    """Load a folder. Raises the findings of its check, or pack.version_exists."""
    version = load_pack(by=system_account(), folder=folder)
    say(_("已装载：{pack} {number}").format(pack=version.pack, number=version.number))


@pack.command("export", help=_("把一个机制的现行版本导出为 YAML 文件夹，可改好后再装载。"))
@click.argument("code")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(code: str, folder: Path) -> None:
    """Write the current version as files. Raises ops.unknown or ops.file_exists."""
    version = current_versions().get(code)
    if version is None:
        raise Refusal("ops.unknown", field="code", name=code)
    try:
        files = export_pack(version, folder)
    except FileExistsError:
        raise Refusal("ops.file_exists", path=folder) from None
    say(_("已写入 {count} 个文件：{path}").format(count=len(files), path=folder))


@pack.command("list", help=_("已装载的机制及其版本。"))
@json_option
def list_packs(as_json: bool) -> None:
    """Every version of every pack; those that this release cannot read are marked, and the reason follows."""
    problems = {version.pk: problem for version, problem in unreadable()}
    rows = [
        {
            "pack": version.pack,
            "number": version.number,
            "current": version.current,
            "name": str(version.name),
            "problem": problems[version.pk].message() if version.pk in problems else None,
            "unreadable": version.pk in problems,
            "loaded_at": version.created_at.astimezone(LOCAL_ZONE).isoformat(sep=" ", timespec="seconds"),
        }
        for version in PackVersion.objects.order_by("pack", "created_at")
    ]
    headings = {
        "pack": _("机制"),
        "number": _("版本"),
        "current": _("现行"),
        "name": _("名称"),
        "loaded_at": _("装载时间"),
    }
    if problems:
        headings["unreadable"] = _("读不出来")
    print_rows(rows, headings, as_json=as_json)
    if problems and not as_json:
        say_refusal(Refusal.of(list(problems.values())))
