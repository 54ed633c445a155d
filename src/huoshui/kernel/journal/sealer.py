"""The one sealer: gives unsealed entries their places in the chain and keeps a signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from huoshui.kernel import clock
from huoshui.kernel.journal import checkpoints
from huoshui.kernel.journal.canonical import GENESIS, HASHED_COLUMNS, chained
from huoshui.kernel.models import Entry, Seal

ADVISORY_LOCK = 0x48554F53  # "HUOS"
BATCH = 2000
LOOK_BACK = 10_000
"""On PostgreSQL a transaction may commit after later numbers were sealed; this far back is looked again.
SQLite has one writer at a time: what has a lower number was committed before."""


def seal_pending(*, whole: bool = False) -> int:
    """Seal what is not sealed yet and keep a checkpoint; returns how many entries were sealed.

    ``whole`` looks through the whole journal instead of its last part, and keeps the checkpoint that a crash or an
    unwritable folder left out (done when a server starts, and daily).
    Raises OSError when a checkpoint folder cannot be written; the entries are sealed all the same.
    """
    sealed = 0
    # Looked for outside the transaction: an idle sealer takes no write lock.
    while _unsealed(whole, _last_seal()).exists():
        seals = _seal_batch(whole)
        if not seals:
            break  # another sealer was quicker
        sealed += len(seals)
        # After the commit: a crash in between loses one checkpoint, which the next one makes good, or the next start.
        _keep_checkpoint(seals[-1])
    if whole:
        _keep_missed_checkpoint()
    return sealed


def _keep_checkpoint(last: Seal) -> None:
    checkpoints.keep(checkpoints.sign(last.position, last.hash, clock.now().isoformat(timespec="seconds")))


def _keep_missed_checkpoint() -> None:
    last = _last_seal()
    if last and checkpoints.is_behind(last.position):
        _keep_checkpoint(last)


@transaction.atomic
def _seal_batch(whole: bool) -> list[Seal]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    seals = list(_chain(whole, _last_seal()))
    Seal.objects.bulk_create(seals)
    return seals


def _last_seal() -> Seal | None:
    return Seal.objects.order_by("-position").first()


def _unsealed(whole: bool, last: Seal | None) -> QuerySet[Entry]:
    unsealed = Entry.objects.filter(~Exists(Seal.objects.filter(entry_seq=OuterRef("seq"))))
    if last and not whole:
        look_back = LOOK_BACK if connection.vendor == "postgresql" else 0
        unsealed = unsealed.filter(seq__gt=last.entry_seq - look_back)
    return unsealed


def _chain(whole: bool, last: Seal | None) -> Iterator[Seal]:
    position, previous = (last.position, last.hash) if last else (0, GENESIS)
    for columns in _unsealed(whole, last).order_by("seq").values_list(*HASHED_COLUMNS)[:BATCH]:
        position += 1
        previous = chained(previous, columns)
        yield Seal(position=position, entry_seq=columns[0], hash=previous)
