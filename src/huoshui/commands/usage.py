"""A command that was typed wrongly, in the words of the catalogue: what is wrong, and where its usage stands."""

from __future__ import annotations

import re

import click
from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import listed
from huoshui.packs.values import EXPECTED


def usage_problem(error: click.UsageError) -> Problem:
    """What click found wrong."""
    code, params = _found(error)
    command = error.ctx.command_path if error.ctx else "huoshui"
    return Problem(code, params={"help": f"{command} --help", **params})


def _found(error: click.UsageError) -> tuple[str, dict[str, object]]:
    match error:
        case click.NoSuchCommand():
            return "usage.command", {"name": error.command_name}
        case click.NoSuchOption():
            return "usage.option", {"name": error.option_name}
        case click.MissingParameter():
            return "usage.missing", {"name": _name(error.param)}
        case click.BadParameter() if error.param:
            given = {"value": _quoted(error.message), "expected": _expected(error.param.type)}
            return "usage.value", {"name": _name(error.param), **given}
        case _:
            return "usage.wrong", {"reason": error.format_message().rstrip(".")}


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.human_readable_name if parameter else "—"


def _quoted(message: str) -> str:
    """The value that click quotes, or begins its message with."""
    found = re.search(r"'(.*?)'", message)
    return found[1] if found else message.split(maxsplit=1)[0]


def _expected(kind: click.ParamType) -> str:
    """What a parameter of this type must be."""
    match kind:
        case click.Path(exists=True, dir_okay=False):
            return _("已有的、读得到的文件")
        case click.Path(exists=True):
            return _("已有的、读得到的文件夹")
        case click.Path(dir_okay=False):
            return _("文件，不能是文件夹")
        case click.Path():
            return _("文件夹，不能是文件")
        case click.Choice():
            return _("以下之一：{choices}").format(choices=listed(str(choice) for choice in kind.choices))
        case click.IntRange():
            return _("{low} 至 {high} 的整数").format(low=kind.min, high=kind.max)
        case click.DateTime():
            return str(EXPECTED["date"])
    return kind.name
