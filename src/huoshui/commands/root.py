"""The group of all commands, and how it says a refusal."""

from __future__ import annotations

import shutil
import sys
from typing import Any, NoReturn

import click
from django.conf import settings
from django.db import OperationalError, ProgrammingError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from huoshui import __version__
from huoshui.kernel.context import channel
from huoshui.kernel.disk import is_full
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.os_reasons import reason_of

COMMANDS = {
    "account": "huoshui.commands.account.account",
    "backup": "huoshui.commands.backup.backup",
    "checklist": "huoshui.commands.checklists.checklists",
    "demo": "huoshui.commands.demo.demo",
    "journal": "huoshui.commands.journal.journal",
    "ledger": "huoshui.commands.ledger.ledger",
    "letter": "huoshui.commands.letters.letters",
    "money": "huoshui.commands.money.money",
    "figures": "huoshui.commands.figure_check.figures",
    "forms": "huoshui.commands.forms.forms",
    "notices": "huoshui.commands.notices.notices",
    "pack": "huoshui.commands.pack.pack",
    "places": "huoshui.commands.place_changes.places",
    "report": "huoshui.commands.reports.report",
    "restore": "huoshui.commands.backup.restore",
    "round": "huoshui.commands.rounds.rounds",
    "search": "huoshui.commands.search.search",
    "serve": "huoshui.commands.serve.serve",
}
"""Every command, imported only when it is called: the libraries of the others are left alone."""

LEAST_ROOM = 1_000_000
"""Bytes: with less SQLite fails before it writes, making the file that its readers share, and calls it an I/O error."""


class Commands(click.Group):
    """Runs a command as coming by the channel "cli"; a refusal is said in its own words and exits with 1.

    Wrong usage is said alike and exits with 2.
    """

    def main(self, *args: Any, **how: Any) -> NoReturn:
        try:
            ended = super().main(*args, **{**how, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            from huoshui.commands.usage import usage_problem

            say_refusal(Refusal.of([usage_problem(error)]))
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo(_("已中止。"), err=True)
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_string(COMMANDS[cmd_name])
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with channel("cli"):
                return super().invoke(ctx)
        except Refusal as refusal:
            say_refusal(refusal)
        except (OperationalError, ProgrammingError) as error:
            say_refusal(database_refusal(error))
        except OSError as error:
            if is_full(error):
                say_refusal(Refusal("ops.no_room", folder=settings.DATA_DIR))
                ctx.exit(1)
            if error.filename is None:
                raise
            say_refusal(Refusal("ops.file", path=error.filename, reason=reason_of(error)))
        ctx.exit(1)


def database_refusal(error: Exception) -> Refusal:
    """What a failure of the database means to the operator: no tables yet, not theirs, or it does not answer."""
    reason = str(error).strip().splitlines()[0]
    if is_full(error) or ("I/O error" in reason and shutil.disk_usage(settings.DATA_DIR).free < LEAST_ROOM):
        return Refusal("ops.no_room", folder=settings.DATA_DIR)
    if "readonly database" in reason:  # SQLite, of a file or a folder that another user owns
        return Refusal("ops.file", path=settings.DATABASES["default"]["NAME"], reason=_("没有权限"))
    if "no such table" in reason or "does not exist" in reason:
        return Refusal("ops.not_prepared", folder=settings.DATA_DIR)
    return Refusal("ops.database", reason=reason)


def say_refusal(refusal: Refusal) -> None:
    """Each problem as ``code: message``, and what to do next, on stderr."""
    findings: list[str] = refusal.extra.get("findings", [])
    for index, problem in enumerate(refusal.problems):
        line = findings[index] if findings else f"{problem.code}: {_where(problem)}{problem.message()}"
        click.echo(line, err=True)
        click.echo(f"  {problem.what_next()}", err=True)


def _where(problem: Problem) -> str:
    """Row and column of what was wrong in a file."""
    if not problem.row:
        return ""
    if not problem.column:
        return _("第 {row} 行：").format(row=problem.row)
    return _("第 {row} 行，{column}：").format(row=problem.row, column=problem.column)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("活水：社区工作台。运行它的人即这台机器的运维者，以“系统”身份办理，并记入日志。"),
)
@click.version_option(__version__, prog_name="huoshui", message="%(prog)s %(version)s", help=_("显示版本号。"))
def huoshui() -> None:
    """All commands of the product."""
