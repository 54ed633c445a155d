"""``huoshui pack export``: the current version as files that load again."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from huoshui.commands import huoshui
from huoshui.packs.actions import check_pack


def test_exports_files_that_pass_their_check_and_refuses_to_overwrite(packs: None, tmp_path: Path) -> None:
    call = CliRunner().invoke(huoshui, ["pack", "export", "review", str(tmp_path / "review")])
    assert call.exit_code == 0, call.output
    assert check_pack(tmp_path / "review").ok
    again = CliRunner().invoke(huoshui, ["pack", "export", "review", str(tmp_path / "review")])
    assert again.exit_code == 1
    unknown = CliRunner().invoke(huoshui, ["pack", "export", "nothing", str(tmp_path / "other")])
    assert unknown.exit_code == 1
    assert not (tmp_path / "other").exists()
