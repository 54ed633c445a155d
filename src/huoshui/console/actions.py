"""What an analyst does: ask, keep a question, share it, remove it. Each asking is journalled, also a refused one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huoshui.console.answers import Answer, answer
from huoshui.console.models import SavedQuery
from huoshui.console.running import fetched
from huoshui.console.sql.scoped import asked
from huoshui.console.sql.shapes import Refused
from huoshui.duties.models import Account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal

SHOWN, EXPORTED = 1_000, 100_000
"""Rows of an answer on a page, and in a file."""
LONGEST_NAME, MOST_SAVED, LONGEST_TOLD = 60, 200, 4_000


@dataclass(frozen=True)
class Noted:
    """What the journal keeps of an asking."""

    sql: str
    views: tuple[str, ...] = ()
    rows: int = 0
    hidden: int = 0
    refused: str = ""


def ask(*, by: Account, sql: str, most: int = SHOWN) -> Answer:
    """The answer to a question, within what the asker may open. Raises access.denied and console.* refusals.

    It is read first and journalled then, in an action of its own: a question of seconds holds nobody's write up.
    """
    require(by, "console.use")
    most = min(most, EXPORTED)
    try:
        found = _answered(by, sql, most)
    except Refusal as refusal:
        note(by=by, noted=Noted(sql, refused=refusal.code))
        raise
    note(by=by, noted=Noted(sql, found.views, len(found.rows), found.small + found.beside))
    return found


def _answered(by: Account, sql: str, most: int) -> Answer:
    if not sql.strip():
        raise Refusal("value.required", field="sql", label=_("查询语句"))
    try:
        ready = asked(by, sql, most + 1)
    except Refused as refused:
        raise Refusal(refused.code, field="sql", name=refused.name, known=refused.known) from None
    except RecursionError:
        raise Refusal("console.too_long", field="sql", name=sql[:40]) from None
    return answer(ready, fetched(ready.sql, ready.params), most)


@action("console.ask", reference=False)
def note(*, by: Account, noted: Noted) -> None:
    """Journal an asking: its text and digest, what it read, how many rows were shown, or why it was refused."""
    require(by, "console.use")
    after: dict[str, Any] = {
        "sql": noted.sql[:LONGEST_TOLD],
        "digest": hashlib.sha256(noted.sql.encode("utf-8", "replace")).hexdigest(),
    }
    if noted.refused:
        after["refused"] = noted.refused
    else:
        after |= {"views": list(noted.views), "rows": noted.rows, "hidden": noted.hidden}
    journal.record(by=by, subject=by, after=after)


@action("console.save_query", reference=False)
def save_query(*, by: Account, name: str, sql: str, shared: bool = False) -> SavedQuery:
    """Keep a question under a name; one's own of that name is replaced. Raises console.* for what cannot be read."""
    require(by, "console.use")
    name = name.strip()
    for field, value, label in (("name", name, _("名称")), ("sql", sql.strip(), _("查询语句"))):
        if not value:
            raise Refusal("value.required", field=field, label=label)
    if len(name) > LONGEST_NAME:
        raise Refusal("value.too_long", field="name", label=_("名称"), length=len(name), limit=LONGEST_NAME)
    try:
        asked(by, sql, 1)
    except Refused as refused:
        raise Refusal(refused.code, field="sql", name=refused.name, known=refused.known) from None
    except RecursionError:
        raise Refusal("console.too_long", field="sql", name=sql[:40]) from None
    mine: Any = SavedQuery.objects.standing().filter(account=by)
    row = mine.select_for_update().filter(name=name).first()
    if row is None and mine.count() >= MOST_SAVED:
        raise Refusal("console.saved_full", limit=MOST_SAVED)
    row = row or SavedQuery(account=by, name=name)
    if row.sql == sql and row.shared == shared:
        running_action().changed_nothing()
        return row
    before = {"name": row.name, "sql": row.sql[:LONGEST_TOLD], "shared": row.shared} if row.sql else {}
    row.sql, row.shared = sql, shared
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal("record.stale") from None
    journal.record(by=by, subject=row, before=before, after={"name": name, "sql": sql[:LONGEST_TOLD], "shared": shared})
    return row


@action("console.remove_query", reference=False)
def remove_query(*, by: Account, query: SavedQuery) -> None:
    """Remove one's own saved question. Raises access.not_found, console.not_own."""
    require(by, "console.use")
    row = SavedQuery.objects.standing().select_for_update().get_visible(by, pk=query.pk)
    if row.account != by:
        raise Refusal("console.not_own")
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    journal.record(by=by, subject=row, before={"name": row.name})
