"""Backup and restore on PostgreSQL, with its own programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.commands.conftest import STARTED, Installation, MakeInstallation

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql" or shutil.which("pg_dump") is None, reason="needs PostgreSQL and its client"
)
PREPARE = """
from huoshui.commands.prepare import load_builtin_packs, migrate
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import seal_pending
from huoshui.places.actions import open_place
migrate()
load_builtin_packs()
open_place(by=system_account(), kind="province", code="41", name="河南省", parent=None)
seal_pending()
"""


def test_it_goes_round_and_is_proved(
    database: Callable[[str], str], installation: MakeInstallation, tmp_path: Path
) -> None:
    here = installation("here", database_url=database("here"))
    here.script(PREPARE)
    archive = tmp_path / "a.tar.gz"
    assert f"封存至第 {STARTED} 条" in here.done("backup", archive)
    there = installation("there", database_url=database("there"))
    assert f"日志完整：{STARTED} 条" in there.done("restore", archive)
    assert there.read("journal", "verify", "--json")[0]["entries"] == STARTED + 1
    assert "ops.occupied" in there.refused("restore", archive)
    said = there.done("restore", "--replace", archive)
    assert "replaced_" in said
    assert len(there.read("places", "list", "--json")) == 1
    with pytest.raises(AssertionError, match="append-only"):
        there.script("from huoshui.kernel.models import Entry; Entry.objects.all().delete()")


def test_a_backup_of_the_other_engine_is_refused(
    prepared: Installation, database: Callable[[str], str], installation: MakeInstallation, tmp_path: Path
) -> None:
    archive = tmp_path / "a.tar.gz"
    prepared.done("backup", archive)
    there = installation("there", database_url=database("there"))
    assert "ops.archive_engine" in there.refused("restore", archive)


def test_without_the_client_it_is_said(
    database: Callable[[str], str], installation: MakeInstallation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation("here", database_url=database("here"))
    here.script(PREPARE)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "ops.tool_missing" in here.refused("backup", tmp_path / "a.tar.gz")
    assert not list(tmp_path.glob("*.tar.gz"))
    assert not list(tmp_path.glob(".huoshui-*"))
