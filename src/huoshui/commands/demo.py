"""``huoshui demo``: the demo district, loaded into an empty installation, or made anew."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from huoshui.commands.lock import data_folder_lock
from huoshui.commands.output import parts_progress, print_rows, say
from huoshui.commands.prepare import prepare
from huoshui.commands.site import printed_address
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import checkpoints
from huoshui.kernel.models import Entry
from huoshui.media.store import forget_all
from huoshui.places.models import Place
from huoshui.vault import erasures

MARKER = "demo.json"
"""In the data folder: says that all of it is demo data, and of which database."""


@click.command(help=_("在空的安装中装入示范数据，并显示示范账号。"))
@click.option("--reset", is_flag=True, help=_("先删除这里的全部示范数据。真实数据不会被删除。"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help=_("示范数据截止的日期，默认今天。"))
@click.option("--yes", is_flag=True, help=_("删除前不再询问。"))
def demo(reset: bool, as_of: dt.datetime | None, yes: bool) -> None:
    """Load the demo data, after deleting the old ones where that is asked for."""
    day = as_of.date() if as_of else clock.today()
    require_late_enough(day)
    with data_folder_lock():
        if reset:
            require_demo()
            if not yes:
                click.confirm(_("将删除 {folder} 中的全部数据，继续吗？").format(folder=settings.DATA_DIR), abort=True)
            delete_everything()
        prepare()
        load_into_empty(day)
    print_accounts()


def require_late_enough(day: dt.date) -> None:
    """Raise demo.too_early for a day that the demo cannot be loaded for; asked before anything is deleted."""
    from huoshui.demo.load import FIRST_AS_OF

    if day < FIRST_AS_OF:
        raise Refusal("demo.too_early", field="as_of", day=day, first=FIRST_AS_OF)


def load_into_empty(as_of: dt.date) -> None:
    """Load the demo data up to a day and mark the data folder as a demo. Raises ops.not_empty."""
    from huoshui.demo.load import load_demo

    if Place.objects.exists():
        raise Refusal("ops.not_empty")
    say(_("装入示范数据，截止 {day}……").format(day=as_of))
    with parts_progress() as tell:
        load_demo(as_of=as_of, address=printed_address(), progress=tell)
    first = Entry.objects.order_by("seq").first()
    marker = {"as_of": as_of.isoformat(), "first_entry": str(first.subject_id) if first else ""}
    (settings.DATA_DIR / MARKER).write_text(json.dumps(marker))


def print_accounts() -> None:
    """The demo accounts and their one password."""
    from huoshui.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    say(_("示范账号（密码都是 {password}）：").format(password=DEMO_PASSWORD))
    rows: list[dict[str, Any]] = [asdict(account) for account in DEMO_ACCOUNTS]
    print_rows(rows, {"username": _("用户名"), "title": _("身份"), "shows": _("用来看什么")}, as_json=False)


def require_demo() -> None:
    """Raise ops.not_demo unless the marker stands here and speaks of this very database."""
    path: Path = settings.DATA_DIR / MARKER
    if not path.is_file():
        raise Refusal("ops.not_demo")
    first = Entry.objects.order_by("seq").first()
    if json.loads(path.read_text())["first_entry"] != (str(first.subject_id) if first else ""):
        raise Refusal("ops.not_demo")


def delete_everything() -> None:
    """Delete the files, the database's content, the checkpoints and the marker of this installation."""
    if settings.CONFIG.files_url:
        forget_all()
    if connection.vendor == "sqlite":
        database = Path(settings.DATABASES["default"]["NAME"])
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        connections.close_all()
    shutil.rmtree(settings.DATA_DIR / "files", ignore_errors=True)
    for folder in settings.JOURNAL_CHECKPOINT_DIRS:  # it may hold more than ours
        for name in (checkpoints.FILE_NAME, checkpoints.HEAD_NAME, erasures.FILE_NAME):
            (folder / name).unlink(missing_ok=True)
    (settings.DATA_DIR / MARKER).unlink(missing_ok=True)
