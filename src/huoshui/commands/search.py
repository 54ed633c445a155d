"""``huoshui search``: making the index anew."""

from __future__ import annotations

from dataclasses import asdict

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, say
from huoshui.search.keeping import rebuild as rebuild_index


@click.group(help=_("检索目录。"))
def search() -> None:
    """Commands of the search."""


@search.command("rebuild", help=_("把检索目录由全部记录重做一遍；重做时检索照常可用，只是找到的不全。"))
@json_option
def rebuild(as_json: bool) -> None:
    """Index every record anew."""
    done = rebuild_index()
    if as_json:
        print_json([asdict(done)])
        return
    say(
        _("检索目录已重做：{records} 条记录，用时 {seconds} 秒。").format(
            records=done.records, seconds=f"{done.seconds:.1f}"
        )
    )
