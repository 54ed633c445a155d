"""Sealing: each entry gets one place in the chain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection

from huoshui.kernel import clock
from huoshui.kernel.ids import new_id
from huoshui.kernel.journal import seal_pending, sealer, verify
from huoshui.kernel.journal.canonical import GENESIS, HASHED_COLUMNS, chained
from huoshui.kernel.journal.checkpoints import FILE_NAME, HEAD_NAME, latest
from huoshui.kernel.models import Entry, Seal
from tests.kernel.writing import write_entries

pytestmark = pytest.mark.django_db


def test_the_chain_begins_at_its_genesis() -> None:
    write_entries(2)
    assert seal_pending() == 2
    first, second = Seal.objects.order_by("position")
    columns = Entry.objects.order_by("seq").values_list(*HASHED_COLUMNS)
    assert (first.position, first.hash) == (1, chained(GENESIS, columns[0]))
    assert (second.position, second.hash) == (2, chained(first.hash, columns[1]))


def test_nothing_new_seals_nothing(folder: Path) -> None:
    assert seal_pending() == 0
    assert not folder.exists()
    write_entries(1)
    seal_pending()
    assert seal_pending() == 0
    assert Seal.objects.count() == 1


def test_more_than_a_batch_is_sealed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 4)
    write_entries(11)
    assert seal_pending() == 11
    assert verify().ok


def test_a_late_commit_is_sealed_behind_the_others() -> None:
    """On PostgreSQL a lower number may commit after a higher one was sealed."""
    numbers = write_entries(3)
    last = Seal(position=1, entry_seq=numbers[2], hash=chained(GENESIS, _columns(numbers[2])))
    Seal.objects.bulk_create([last])
    assert seal_pending(whole=connection.vendor == "sqlite") == 2
    assert list(Seal.objects.order_by("position").values_list("entry_seq", flat=True)) == [
        numbers[2],
        numbers[0],
        numbers[1],
    ]


def _columns(seq: int) -> tuple[object, ...]:
    return Entry.objects.values_list(*HASHED_COLUMNS).get(seq=seq)


def test_a_checkpoint_follows_each_run(folder: Path) -> None:
    for run in range(1, 4):
        with clock.set_to(clock.now() + dt.timedelta(minutes=run)):
            write_entries(5)
            seal_pending()
        checkpoint = latest()
        assert checkpoint is not None
        assert checkpoint.position == run * 5
    assert len((folder / FILE_NAME).read_text().splitlines()) == 3


def test_a_start_keeps_the_checkpoint_that_a_crash_left_out(folder: Path) -> None:
    write_entries(3)
    seal_pending()
    kept = (folder / HEAD_NAME).read_text()
    write_entries(2)
    seal_pending()
    (folder / HEAD_NAME).write_text(kept)  # as if killed between the commit and the checkpoint
    assert seal_pending() == 0
    assert (folder / HEAD_NAME).read_text() == kept
    assert seal_pending(whole=True) == 0
    checkpoint = latest()
    assert checkpoint is not None
    assert checkpoint.position == 5
    assert verify().ok


def test_what_is_committed_is_on_the_disk() -> None:
    """Else a power cut takes back what a checkpoint already speaks of, which looks like a cut journal."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)  # FULL


def test_an_unwritable_checkpoint_folder_is_said_and_the_entries_are_sealed(folder: Path) -> None:
    folder.parent.joinpath("checkpoints").write_text("a file where the folder should be")
    write_entries(3)
    with pytest.raises(OSError, match="checkpoints"):
        seal_pending()
    assert Seal.objects.count() == 3


def test_the_hash_is_the_same_on_every_engine() -> None:
    """The same entry hashes to the same text, written and read back on SQLite and on PostgreSQL."""
    moments = [
        clock.local_moment(dt.date(2018, 4, 2), 0),
        dt.datetime(2018, 4, 2, 3, 4, 5, 678901, tzinfo=dt.UTC),
        dt.datetime(2018, 12, 31, 23, 59, 59, 999999, tzinfo=dt.timezone(dt.timedelta(hours=8))),
    ]
    ids = [f"01890a5d-ac96-774b-bcce-b302099a805{n}" for n in range(3)]
    for n, at in enumerate(moments):
        Entry.objects.create(
            seq=1_000_000 + n, at=at, actor_id=ids[0], actor_label="甲 “乙” \\ \t 𠮷", action="tests.note",
            subject_kind="places.place", subject_id=ids[1], subject_label="é é", place_id=ids[2] if n else None,
            place_path="/41/" if n else "", restricted=n == 1, channel="cli", data='{"after":{"n":1}}',
        )  # fmt: skip
    seal_pending()
    assert verify().ok
    assert Seal.objects.latest("position").hash == GOLDEN
    assert new_id().version == 7


GOLDEN = "bb420799f58c2f94970fb445d231b8b02fefaaf7fce288295c78f7918cf7928d"
