"""``huoshui journal``: reading the newest entries, and proving that none was changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, progress, say
from huoshui.kernel.clock import LOCAL_ZONE
from huoshui.kernel.journal import Finding, VerifyReport, verify
from huoshui.kernel.models import Entry, Seal

SHOWN_HASH = 16
"""Hex digits of the last hash that a report prints; JSON has all of them."""


@click.group(help=_("日志：查看最近的记录，验证没有被改动。"))
def journal() -> None:
    """Commands of the journal."""


@journal.command("show", help=_("最近的日志，新的在前。受限内容只在其事项页面显示，这里不显示。"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=_("条数。"))
@json_option
def show(limit: int, as_json: bool) -> None:
    """The newest entries; of a restricted one only that it was written."""
    rows = [_shown(entry) for entry in Entry.objects.order_by("-seq")[:limit]]
    headings = {
        "seq": _("编号"),
        "at": _("时间"),
        "actor": _("办理人"),
        "action": _("动作"),
        "subject": _("对象"),
        "channel": _("途径"),
    }
    print_rows(rows, headings, as_json=as_json)


def _shown(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(LOCAL_ZONE).isoformat(sep=" ", timespec="seconds"),
        "actor": entry.actor_label,
        "action": entry.action,
        "subject": "—" if entry.restricted else entry.subject_label,
        "subject_kind": entry.subject_kind,
        "subject_id": str(entry.subject_id),
        "place_path": entry.place_path,
        "channel": entry.channel,
        "restricted": entry.restricted,
        "data": None if entry.restricted else json.loads(entry.data),
    }


@journal.command("verify", help=_("重算整条日志链，并与另存的检查点核对；不一致时逐条指出并以 1 退出。"))
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("另行保管的检查点文件，可多次给出。"),
)
@json_option
def verify_command(files: tuple[Path, ...], as_json: bool) -> None:
    """Prove the journal; exits with 1 when anything does not hold."""
    with progress(_("验证日志"), Seal.objects.count()) as advance:
        report = verify(checkpoint_files=list(files), progress=advance)
    if as_json:
        print_json([{**asdict(report), "ok": report.ok}])
    else:
        print_report(report)
    if not report.ok:
        raise SystemExit(1)


def print_report(report: VerifyReport) -> None:
    """What was proved, what is not proved yet, and everything that does not hold."""
    if report.ok:
        say(_("日志完整：{count} 条已封存的记录与 {checkpoints} 个检查点全部一致。").format(
            count=report.sealed, checkpoints=report.checkpoints
        ))  # fmt: skip
    else:
        say(_("日志不一致：{count} 处。").format(count=report.broken + _besides_the_chain(report)))
    for finding in report.findings:
        say(f"  {finding.kind}: {described(finding)}")
    if report.broken > len(report.findings):
        say(_("  ……另有多处未列出"))
    if report.unsealed:
        say(_("另有 {count} 条尚未封存，还没有得到证明。").format(count=report.unsealed))
    say(_("末条指纹：{hash}").format(hash=report.last_hash[:SHOWN_HASH]))


def _besides_the_chain(report: VerifyReport) -> int:
    return sum(finding.kind not in ("changed", "missing", "gap") for finding in report.findings)


def described(finding: Finding) -> str:
    """What a finding means, with its place in the chain, its entry and the file that shows it."""
    words = {
        "changed": _("第 {position} 位（日志编号 {seq}）的内容在封存后被改动"),
        "missing": _("第 {position} 位（日志编号 {seq}）的记录被删除"),
        "gap": _("第 {position} 位的封存记录被删除"),
        "cut_tail": _("检查点（{where}）之后的记录被截断：现只到第 {position} 位"),
        "recomputed": _("第 {position} 位与检查点（{where}）不符：其前的记录被改动并重新计算过"),
        "forged_checkpoint": _("检查点（{where}）的签名无效"),
        "foreign_key": _("检查点（{where}）由另一把密钥签名，不是本安装的密钥"),
        "no_checkpoint": _("没有任何检查点，截断与重算无从发现（已封存 {position} 条）"),
    }
    return words[finding.kind].format(position=finding.position, seq=finding.seq, where=finding.where)
