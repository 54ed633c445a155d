"""What has to stand before the server answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.db.migrations.loader import MigrationLoader

from huoshui.commands import prepare
from huoshui.kernel.errors import Refusal
from huoshui.packs.models import PackVersion


def test_each_built_in_pack_comes_behind_those_it_requires(tmp_path: Path, settings: Any) -> None:
    order = prepare.builtin_packs()
    assert order[0] == "core"
    assert set(order) == {folder.name for folder in settings.BUILTIN_PACKS_DIR.iterdir() if folder.is_dir()}
    settings.BUILTIN_PACKS_DIR = tmp_path
    for code, requires in {"a": ["c"], "b": ["a"], "c": []}.items():
        (tmp_path / code).mkdir()
        (tmp_path / code / "pack.yaml").write_text(f"code: {code}\nrequires: {requires}\n")
    assert prepare.builtin_packs() == ["c", "a", "b"]


@pytest.mark.django_db
def test_loading_again_loads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    prepare.load_builtin_packs()
    assert "装载机制 core 1.12.0" in capsys.readouterr().out
    prepare.load_builtin_packs()
    assert capsys.readouterr().out == ""
    assert PackVersion.objects.count() == len(prepare.builtin_packs())


def test_static_files_are_collected_only_when_they_changed(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    collected: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: collected.append(name))
    prepare.collect_static()
    prepare.collect_static()
    assert collected == ["collectstatic"]
    monkeypatch.setattr(prepare, "__version__", "9.9.9")
    prepare.collect_static()
    assert collected == ["collectstatic"] * 2


def test_a_migration_that_this_version_lacks_is_named() -> None:
    loader = MigrationLoader(None)
    applied = [("kernel", "0001_initial"), ("matters", "0999_later"), ("sessions", "0999_theirs")]
    assert prepare.unknown_migrations(loader, applied) == ["matters.0999_later"]


def test_a_failing_check_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    warning, error = checks.Warning("never mind"), checks.Error("the roof is gone")
    monkeypatch.setattr(checks, "run_checks", lambda: [warning])
    prepare.check_settings()
    monkeypatch.setattr(checks, "run_checks", lambda: [warning, error])
    with pytest.raises(Refusal, match="the roof is gone"):
        prepare.check_settings()
