"""/healthz: what a monitor learns of the journal and its checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huoshui.commands.prepare import tell_of_journal
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.models import Entry, Seal
from tests.kernel.conftest import folder, sealed, triggers_dropped
from tests.kernel.test_verify import recompute_chain
from tests.kernel.writing import write_entries

__all__ = ["folder", "sealed", "triggers_dropped"]


def test_all_is_well(sealed: list[int], client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    journal = answer.json()["journal"]
    assert (journal["sealed"], journal["findings"], journal["checkpoints"]) == (30, [], {"data_dir": True})


@pytest.mark.usefixtures("triggers_dropped")
def test_a_cut_journal_is_told_at_start_and_on_asking(
    sealed: list[int], client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    Seal.objects.filter(position__gt=20).delete()
    Entry.objects.filter(seq__gt=sealed[19]).delete()
    tell_of_journal()
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("ops.journal_broken: 日志与数据库之外的检查点不符：检查点（")
    assert "现只到第 20 位" in said[0]
    assert "huoshui journal verify" in said[1]
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "journal broken")
    assert answer.json()["journal"]["findings"] == ["cut_tail"]


@pytest.mark.usefixtures("triggers_dropped")
def test_what_was_found_at_start_stays_when_newer_checkpoints_agree(sealed: list[int], client: Client) -> None:
    Entry.objects.filter(seq=sealed[4]).update(actor_label="别人")
    recompute_chain()
    tell_of_journal()
    write_entries(1)
    seal_pending()
    assert client.get("/healthz").json()["journal"]["findings"] == ["recomputed"]


def test_a_folder_that_takes_no_checkpoints_is_told(
    sealed: list[int], client: Client, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    closed = tmp_path / "file" / "checkpoints"
    settings.JOURNAL_CHECKPOINT_DIRS = [*settings.JOURNAL_CHECKPOINT_DIRS, closed]
    tell_of_journal()
    assert capsys.readouterr().err.startswith(f"ops.checkpoints: 检查点文件夹 {closed} 不能写入：")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "checkpoints unwritable")
    assert answer.json()["journal"]["checkpoints"] == {"data_dir": True, "checkpoint_dir": False}
    assert str(tmp_path) not in answer.content.decode()
