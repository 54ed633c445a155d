"""The database holds packs; YAML is how they come in and go out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from huoshui.duties.queries import system_account
from huoshui.packs.actions import check_pack, digest_of, load_pack
from huoshui.packs.exports import export_pack
from huoshui.packs.queries import current
from tests.packs.helpers import write_pack


@pytest.mark.parametrize("code", ["core", "rectification", "review", "hubs"])
def test_an_exported_pack_loads_as_the_same_version(packs: None, tmp_path: Path, code: str) -> None:
    version = current(code)
    files = export_pack(version, tmp_path / code)
    assert {file.name for file in files} == {file.name for file in (settings.BUILTIN_PACKS_DIR / code).glob("*.yaml")}
    checked = check_pack(tmp_path / code)
    assert [str(finding) for finding in checked.findings] == []
    assert checked.manifest is not None
    assert digest_of(checked.manifest, checked.content) == version.digest
    assert load_pack(by=system_account(), folder=tmp_path / code) == version


def test_texts_that_yaml_could_misread(packs: None, tmp_path: Path) -> None:
    kind = (
        "- {code: a, name: {zh: 'yes', en: '2018-01-01'}, category: site, parents: [village], code_pattern: '\\d{2}'}\n"
    )
    version = load_pack(by=system_account(), folder=write_pack(tmp_path / "in", place_kinds=kind))
    export_pack(version, tmp_path / "out")
    assert load_pack(by=system_account(), folder=tmp_path / "out") == version


def test_never_over_another_pack(packs: None, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        export_pack(current("core"), write_pack(tmp_path))
