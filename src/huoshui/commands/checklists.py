"""``huoshui checklist``: a checklist to Excel and back, and from an XLSForm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, say, write_file
from huoshui.duties.models import Account
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.queries import current_versions

if TYPE_CHECKING:
    from huoshui.packs.models import PackVersion
    from huoshui.visits.exchange.importing import ChecklistImport
    from huoshui.visits.schema import Checklist

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
by_option = click.option("--by", "username", required=True, help=_("以谁的账号办理；按其职责核对，记在其名下。"))
dry_run_option = click.option("--dry-run", is_flag=True, help=_("只检查，不写入。"))


@click.group(help=_("考核细则：导出 Excel、从 Excel 更新、导入 XLSForm。"))
def checklists() -> None:
    """Commands of checklists."""


@checklists.command("export", help=_("把一份细则（如 review.hub_review）导出为 Excel 文件。"))
@click.argument("checklist")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(checklist: str, file: Path) -> None:
    """Write the current version. Raises ops.unknown, ops.file_exists, ops.disk_full or ops.cannot_write."""
    from huoshui.visits.exchange.export import checklist_workbook

    version, found = _checklist(checklist)
    write_file(file, checklist_workbook(version, found))
    say(_("已写入 {path}").format(path=file))


@checklists.command("import", help=_("用改好的 Excel 更新一份细则：全部写入，或有一处不对就都不写入。"))
@click.argument("checklist")
@click.argument("file", type=FILE)
@by_option
@dry_run_option
@json_option
def import_file(checklist: str, file: Path, username: str, dry_run: bool, as_json: bool) -> None:
    """Publish what the file says. Raises ops.unknown for the account; every wrong cell is a problem of the refusal."""
    from huoshui.visits.exchange.importing import import_checklist

    pack, _dot, code = checklist.partition(".")
    given: dict[str, Any] = {"by": _account(username), "pack": pack, "code": code, "dry_run": dry_run}
    _told(import_checklist(**given, data=file.read_bytes(), name=file.name), as_json)


@checklists.command("answers", help=_("把一份细则（如 toilets.toilets）不在轮次里的全部回答导出为 Excel 文件。"))
@click.argument("checklist")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@by_option
def answers(checklist: str, file: Path, username: str) -> None:
    """Write the answers that the account sees. Raises ops.unknown, ops.file_exists, ops.disk_full, ops.cannot_write."""
    from huoshui.visits.queries import survey_of
    from huoshui.visits.survey_export import survey_workbook

    version, found = _checklist(checklist)
    write_file(file, survey_workbook(survey_of(_account(username), version, found)))
    say(_("已写入 {path}").format(path=file))


@checklists.command("xlsform", help=_("把一份 XLSForm 变成细则；装不下的逐行列出，先用 --dry-run 看过再写入。"))
@click.argument("file", type=FILE)
@click.option("--pack", required=True, help=_("放进哪个机制。"))
@click.option("--into", default="", help=_("更新其中哪一份细则；不写就新建一份。"))
@click.option("--place-kind", "kinds", multiple=True, help=_("新建的用于哪种地点，可重复。"))
@by_option
@dry_run_option
@json_option
def import_xlsform(
    file: Path, pack: str, into: str, kinds: tuple[str, ...], username: str, dry_run: bool, as_json: bool
) -> None:
    """Publish a form as a checklist. Raises ops.unknown for the account, and what the import refuses with."""
    from huoshui.visits.xlsform.importing import import_form

    given: dict[str, Any] = {"by": _account(username), "pack": pack, "into": into, "dry_run": dry_run}
    report = import_form(**given, place_kinds=list(kinds), data=file.read_bytes(), name=file.name)
    if not as_json:
        for note in report.notes:
            say(f"{note.code}: {_place(note)}{note.message()}")
    _told(report, as_json)


def _checklist(named: str) -> tuple[PackVersion, Checklist]:
    pack, _dot, code = named.partition(".")
    version = current_versions().get(pack)
    found = version.section("checklists").get(code) if version else None
    if version is None or found is None:
        raise Refusal("ops.unknown", field="checklist", name=named)
    return version, found


def _place(note: Problem) -> str:
    place = f"{note.where}{_('第 {row} 行').format(row=note.row) if note.row else ''}"
    return f"{place}：" if place else ""


def _account(username: str) -> Account:
    account: Account | None = Account.objects.get_queryset().filter(username=username, is_active=True).first()
    if account is None:
        raise Refusal("ops.unknown", field="by", name=username)
    return account


def _told(report: ChecklistImport, as_json: bool) -> None:
    from huoshui.web.api.checklists import import_out

    out = import_out(report)
    if as_json:
        print_json([out])
        if not report.ok:
            raise SystemExit(1)
        return
    if not report.ok:
        raise Refusal.of(report.problems)
    for change in out["changes"]:
        lines = "; ".join(
            f"{line['label']}: {line['before'] or '—'} → {line['after'] or '—'}" for line in change["lines"]
        )
        say(f"{change['sign']} {change['title']}  {lines}")
    if not report.number:
        say(_("没有改动"))
        return
    text = _("检查通过，尚未写入：{pack} {number}") if report.dry_run else _("已发布：{pack} {number}")
    say(text.format(pack=report.pack, number=report.number))
