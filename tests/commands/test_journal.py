"""``huoshui journal``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from huoshui.commands.journal import described
from huoshui.kernel.journal import Finding, seal_pending
from huoshui.kernel.journal.checkpoints import FILE_NAME
from huoshui.kernel.models import Entry
from tests.commands.test_listing import call, read
from tests.kernel.conftest import folder, sealed, triggers_dropped
from tests.kernel.writing import note, write_entries

__all__ = ["folder", "sealed", "triggers_dropped"]


def test_the_newest_entries_come_first(sealed: list[int]) -> None:
    rows = read("journal", "show", "--limit", 3)
    assert [row["seq"] for row in rows] == sealed[:-4:-1]
    assert rows[0]["data"]["after"]["problem"] == "问题29"
    assert "tests.note" in call("journal", "show").output


@pytest.mark.django_db
def test_a_restricted_entry_shows_only_that_it_was_written() -> None:
    note(after={"secret": "秘密"}, restricted=True)
    row = read("journal", "show")[0]
    assert (row["restricted"], row["data"], row["subject"]) == (True, None, "—")
    assert "秘密" not in call("journal", "show", "--json").stdout


def test_a_proof_says_what_is_proved_and_what_is_not_yet(sealed: list[int]) -> None:
    write_entries(2)
    result = call("journal", "verify")
    assert result.exit_code == 0
    assert "日志完整：30 条已封存的记录与 2 个检查点全部一致。" in result.output
    assert "另有 2 条尚未封存，还没有得到证明。" in result.output
    report = read("journal", "verify")[0]
    assert (report["ok"], report["sealed"], report["unsealed"]) == (True, 30, 2)


@pytest.mark.usefixtures("triggers_dropped")
def test_what_was_changed_is_named_and_the_exit_code_is_1(sealed: list[int]) -> None:
    Entry.objects.filter(seq=sealed[4]).update(actor_label="别人")
    result = call("journal", "verify")
    assert result.exit_code == 1
    assert f"changed: 第 5 位（日志编号 {sealed[4]}）的内容在封存后被改动" in result.output
    result = call("journal", "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["findings"][0]["kind"] == "changed"


@pytest.mark.usefixtures("triggers_dropped")
def test_a_checkpoint_file_kept_elsewhere_is_held_against_it(sealed: list[int], folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    shutil.copy(folder / FILE_NAME, kept)
    assert call("journal", "verify", "--checkpoint", kept).exit_code == 0
    shutil.rmtree(folder)
    from huoshui.kernel.models import Seal

    Seal.objects.filter(position__gt=20).delete()
    Entry.objects.filter(seq__in=sealed[20:]).delete()
    write_entries(1)
    seal_pending()
    assert call("journal", "verify").exit_code == 0
    result = call("journal", "verify", "--checkpoint", kept)
    assert result.exit_code == 1
    assert f"cut_tail: 检查点（{kept}:1）之后的记录被截断：现只到第 21 位" in result.output
    assert call("journal", "verify", "--checkpoint", tmp_path / "nowhere").exit_code == 2


def test_every_kind_of_finding_has_its_words() -> None:
    for kind in FINDING_KINDS:
        text = described(Finding(kind, 7, 8, "file:1"))
        assert "{" not in text


FINDING_KINDS = (
    "changed", "missing", "gap", "cut_tail", "recomputed", "forged_checkpoint", "foreign_key", "no_checkpoint",
)  # fmt: skip
