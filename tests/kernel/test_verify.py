"""What an attacker with full access to the database can do, and how each of it is found."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from django.db import connection

from huoshui.kernel import clock
from huoshui.kernel.ids import new_id
from huoshui.kernel.journal import Finding, seal_pending, verify
from huoshui.kernel.journal.canonical import GENESIS, HASHED_COLUMNS, chained, linked
from huoshui.kernel.journal.checkpoints import FILE_NAME, HEAD_NAME, Checkpoint, sign
from huoshui.kernel.journal.stored import sealed_rows
from huoshui.kernel.models import Entry, Seal
from tests.kernel.writing import write_entries


def kinds(findings: list[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


def recompute_chain() -> None:
    """Give every entry that is left a new seal, as an attacker who knows the algorithm does."""
    Seal.objects.all().delete()
    previous = GENESIS
    for position, columns in enumerate(Entry.objects.order_by("seq").values_list(*HASHED_COLUMNS), 1):
        previous = chained(previous, columns)
        Seal.objects.create(position=position, entry_seq=columns[0], hash=previous)


def test_an_untouched_journal_is_proved(sealed: list[int]) -> None:
    report = verify()
    assert report.ok
    assert (report.entries, report.sealed, report.unsealed, report.checkpoints) == (30, 30, 0, 2)
    assert report.last_hash == Seal.objects.latest("position").hash


@pytest.mark.django_db
def test_an_empty_journal_is_proved() -> None:
    report = verify()
    assert (report.ok, report.sealed, report.last_hash) == (True, 0, GENESIS)


def test_what_is_not_sealed_yet_is_not_called_proved(sealed: list[int]) -> None:
    write_entries(4)
    report = verify()
    assert (report.ok, report.entries, report.sealed, report.unsealed) == (True, 34, 30, 4)


@pytest.mark.usefixtures("triggers_dropped")
def test_a_changed_byte_is_named_by_position_and_number(sealed: list[int]) -> None:
    entry = Entry.objects.get(seq=sealed[6])
    Entry.objects.filter(pk=entry.pk).update(data=entry.data.replace("问题6", "问题7"))
    assert verify().findings == [Finding("changed", 7, sealed[6])]


@pytest.mark.usefixtures("triggers_dropped")
def test_each_changed_entry_is_one_finding(sealed: list[int]) -> None:
    Entry.objects.filter(seq__in=[sealed[3], sealed[20]]).update(actor_label="别人")
    assert verify().findings == [Finding("changed", 4, sealed[3]), Finding("changed", 21, sealed[20])]


@pytest.mark.usefixtures("triggers_dropped")
def test_a_journal_broken_everywhere_is_counted_and_its_report_stays_short(db: None) -> None:
    write_entries(150)
    seal_pending()
    Entry.objects.update(channel="web")
    report = verify()
    assert (report.broken, len(report.findings)) == (150, 100)


@pytest.mark.usefixtures("triggers_dropped")
def test_a_cut_tail_is_found_by_the_checkpoints(sealed: list[int]) -> None:
    Entry.objects.filter(seq__in=sealed[-10:]).delete()
    Seal.objects.filter(position__gt=20).delete()
    report = verify()
    assert set(kinds(report.findings)) == {"cut_tail"}
    assert report.findings[0].position == 20
    assert FILE_NAME in report.findings[0].where


@pytest.mark.usefixtures("triggers_dropped")
def test_a_tail_cut_and_grown_again_is_found(sealed: list[int]) -> None:
    Entry.objects.filter(seq__in=sealed[-10:]).delete()
    Seal.objects.filter(position__gt=20).delete()
    write_entries(15)
    seal_pending()
    assert "recomputed" in kinds(verify().findings)


@pytest.mark.usefixtures("triggers_dropped")
def test_deleted_entries_whose_seals_are_left_are_missing(sealed: list[int]) -> None:
    Entry.objects.filter(seq__in=sealed[10:12]).delete()
    assert verify().findings == [Finding("missing", 11, sealed[10]), Finding("missing", 12, sealed[11])]


@pytest.mark.usefixtures("triggers_dropped")
def test_an_entry_cut_out_with_its_seal_leaves_a_gap(sealed: list[int]) -> None:
    Entry.objects.filter(seq=sealed[4]).delete()
    Seal.objects.filter(position=5).delete()
    assert verify().findings == [Finding("gap", 5, None)]


@pytest.mark.usefixtures("triggers_dropped")
def test_a_wholly_recomputed_chain_is_found(sealed: list[int]) -> None:
    Entry.objects.filter(seq=sealed[2]).update(actor_label="别人")
    recompute_chain()
    assert set(kinds(verify().findings)) == {"recomputed"}


@pytest.mark.usefixtures("triggers_dropped")
def test_only_the_copy_kept_elsewhere_finds_an_attacker_who_also_owns_the_folder(
    sealed: list[int], folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "copy.jsonl"
    shutil.copy(folder / FILE_NAME, elsewhere)
    Entry.objects.filter(seq=sealed[2]).update(actor_label="别人")
    recompute_chain()
    shutil.rmtree(folder)
    last = Seal.objects.latest("position")
    folder.mkdir()
    (folder / HEAD_NAME).write_text(sign(last.position, last.hash, clock.now().isoformat()).line())
    assert verify().ok
    report = verify(checkpoint_files=[elsewhere])
    assert [(f.kind, f.where) for f in report.findings] == [("recomputed", f"{elsewhere}:1")]


def test_a_forged_checkpoint_is_found(sealed: list[int], folder: Path) -> None:
    line = json.loads((folder / FILE_NAME).read_text())
    for forged in ({**line, "hash": "0" * 64}, {**line, "signature": "zz"}, {**line, "public_key": "12"}):
        (folder / FILE_NAME).write_text(json.dumps(forged) + "\n")
        assert kinds(verify().findings) == ["forged_checkpoint"]


@pytest.mark.parametrize("junk", ["not json", "[]", '{"position": 1}', "\x00\x01", '{"position": "1"}'])
def test_an_unreadable_line_is_found(sealed: list[int], folder: Path, junk: str) -> None:
    with (folder / FILE_NAME).open("a") as file:
        file.write(junk + "\n")
    assert kinds(verify().findings) == ["forged_checkpoint"]


def test_a_checkpoint_of_another_key_is_named(sealed: list[int], folder: Path, tmp_path: Path) -> None:
    last = Seal.objects.latest("position")
    (tmp_path / "keys" / "journal.pem").unlink()
    sign(1, "", "")  # makes a new key
    assert set(kinds(verify().findings)) == {"foreign_key"}
    with (folder / FILE_NAME).open("a") as file:
        file.write(sign(last.position, last.hash, clock.now().isoformat()).line())
    assert set(kinds(verify().findings)) == {"foreign_key"}


def test_a_journal_without_checkpoints_is_not_proved(sealed: list[int], folder: Path) -> None:
    shutil.rmtree(folder)
    assert verify().findings == [Finding("no_checkpoint", 30, None)]


def test_a_file_that_is_not_there_is_an_error(sealed: list[int], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(checkpoint_files=[tmp_path / "nowhere.jsonl"])


@pytest.mark.usefixtures("triggers_dropped")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the type of a column")
def test_values_of_another_type_are_found(sealed: list[int]) -> None:
    for column, value in [("restricted", 2), ("at", "2018-04-02"), ("data", b"\xff"), ("actor_id", "x"), ("at", 5)]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM kernel_entry WHERE seq = %s", [sealed[0]])
            before = cursor.fetchone()[0]
            cursor.execute(f"UPDATE kernel_entry SET {column} = %s WHERE seq = %s", [value, sealed[0]])
            assert verify().findings == [Finding("changed", 1, sealed[0])]
            cursor.execute(f"UPDATE kernel_entry SET {column} = %s WHERE seq = %s", [before, sealed[0]])
    assert verify().ok


def test_progress_counts_every_entry(sealed: list[int]) -> None:
    seen: list[int] = []
    verify(progress=seen.append)
    assert sum(seen) == 30


def test_a_checkpoint_says_what_it_signs() -> None:
    checkpoint = sign(5, "ab" * 32, "2018-04-02T04:00:00+00:00")
    assert checkpoint.is_genuine()
    for change in ({"position": 6}, {"hash": "cd" * 32}, {"at": "2018-04-03T04:00:00+00:00"}):
        assert not Checkpoint(**{**asdict(checkpoint), **change}).is_genuine()
    assert dt.datetime.fromisoformat(checkpoint.at).tzinfo is not None


@pytest.mark.usefixtures("triggers_dropped")
def test_entries_whose_seal_or_whose_seals_entry_is_gone_are_counted(sealed: list[int]) -> None:
    write_entries(4)
    Entry.objects.filter(seq=sealed[10]).delete()
    Seal.objects.filter(position=21).delete()
    report = verify()
    assert kinds(report.findings) == ["missing", "gap"]
    assert (report.entries, report.sealed, report.unsealed) == (33, 29, 5)


def test_the_text_of_what_is_stored_is_the_canonical_one(sealed: list[int]) -> None:
    Entry.objects.create(
        at=dt.datetime(2018, 4, 2, 3, 4, 5, tzinfo=dt.UTC), actor_label="\x7f\"\\/\b\f\n\r\t\x1f\u2028𠮷", action="a",
        subject_kind="", subject_id=new_id(), subject_label="", place_id=new_id(), restricted=True, channel="cli",
        data="{}",
    )  # fmt: skip
    seal_pending()
    previous = GENESIS
    texts = [text for _position, _seq, _hash, text in sealed_rows()]
    for columns, text in zip(Entry.objects.order_by("seq").values_list(*HASHED_COLUMNS), texts, strict=True):
        assert text is not None
        assert linked(previous, text) == chained(previous, columns)
        previous = chained(previous, columns)
