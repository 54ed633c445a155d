"""The quick look at the newest checkpoints: what it finds, and folders that take none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huoshui.kernel.journal import seal_pending, verify_heads
from huoshui.kernel.journal.checkpoints import HEAD_NAME, unwritable
from huoshui.kernel.models import Entry, Seal
from tests.kernel.test_verify import kinds, recompute_chain
from tests.kernel.writing import write_entries


def test_an_untouched_journal_agrees_at_the_price_of_two_queries(sealed: list[int]) -> None:
    write_entries(2)
    with CaptureQueriesContext(connection) as asked:
        assert verify_heads() == []
    assert len(asked) == 2


@pytest.mark.django_db
def test_a_journal_that_was_never_sealed_agrees() -> None:
    assert verify_heads() == []


@pytest.mark.usefixtures("triggers_dropped")
def test_a_cut_tail_is_found_also_after_new_entries(sealed: list[int]) -> None:
    Seal.objects.filter(position__gt=20).delete()
    Entry.objects.filter(seq__gt=sealed[19]).delete()
    assert kinds(verify_heads()) == ["cut_tail"]
    write_entries(3)
    seal_pending()
    assert kinds(verify_heads()) == ["cut_tail"]


@pytest.mark.usefixtures("triggers_dropped")
def test_a_recomputed_chain_is_found(sealed: list[int]) -> None:
    Entry.objects.filter(seq=sealed[4]).update(actor_label="别人")
    recompute_chain()
    assert kinds(verify_heads()) == ["recomputed"]


def test_a_checkpoint_taken_away_or_garbled_is_found(sealed: list[int], folder: Path) -> None:
    (folder / HEAD_NAME).write_text("{}")
    assert kinds(verify_heads()) == ["forged_checkpoint"]
    (folder / HEAD_NAME).unlink()
    assert kinds(verify_heads()) == ["no_checkpoint"]


def test_a_folder_that_takes_nothing_is_named(folder: Path, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    closed = tmp_path / "file" / "checkpoints"
    settings.JOURNAL_CHECKPOINT_DIRS = [folder, closed]
    ((found, reason),) = unwritable()
    assert (found, bool(reason)) == (closed, True)
    assert list(folder.iterdir()) == []
