"""The one sealer: gives unsealed entries their places in the chain and keeps a signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from huoshui.kernel import clock
from huoshui.kernel.journal import checkpoints
from huoshui.kernel.journal.canonical import GENESIS, HASHED_COLUMNS, chained
from huoshui.kernel.models import Entry, Seal

ADVISORY_LOCK = 0x48554F53  # "HUOS"
BATCH = 2000
LOOK_BACK = 10_000
"""On PostgreSQL a transaction may commit after later numbers were sealed; this far back is looked again."""


def seal_pending(*, whole: bool = False) -> int:
    """Seal what is not sealed yet and keep a checkpoint; returns how many entries were sealed.

    ``whole`` looks through the whole journal instead of its last part (done once when a server starts).
    """
    sealed = 0
    while seals := _seal_batch(whole):
        sealed += len(seals)
        # After the commit: a crash in between loses one checkpoint, which the next one makes good.
        last = seals[-1]
        checkpoints.keep(
            checkpoints.sign(last.position, last.hash, clock.now().isoformat(timespec="seconds"))
        )
        if len(seals) < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch(whole: bool) -> list[Seal]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    last = Seal.objects.order_by("-position").first()
    position, previous = (last.position, last.hash) if last else (0, GENESIS)
    seals = list(_chain(position, previous, whole, last.entry_seq if last else 0))
    Seal.objects.bulk_create(seals)
    return seals


def _chain(position: int, previous: str, whole: bool, last_seq: int) -> Iterator[Seal]:
    unsealed = Entry.objects.filter(~Exists(Seal.objects.filter(entry_seq=OuterRef("seq"))))
    if not whole:
        unsealed = unsealed.filter(seq__gt=last_seq - LOOK_BACK)
    for columns in unsealed.order_by("seq").values_list(*HASHED_COLUMNS)[:BATCH]:
        position += 1
        previous = chained(previous, columns)
        yield Seal(position=position, entry_seq=columns[0], hash=previous)
