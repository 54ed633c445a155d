"""docs/packs.md: its example loads, its reference is up to date, and every key is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts.generate_pack_docs import DOCUMENT, models_of, with_generated

from huoshui.duties.queries import system_account
from huoshui.packs.actions import check_pack, load_pack
from huoshui.packs.contract import SECTIONS
from huoshui.packs.schema import Manifest

EXAMPLE = re.compile(r"^```yaml\n(# (\w+\.yaml)\n.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The guide's example as a folder."""
    folder = tmp_path / "courtyards"
    folder.mkdir()
    for content, name in EXAMPLE.findall(DOCUMENT.read_text("utf-8")):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_the_example_passes_and_loads(packs: None, example: Path) -> None:
    assert {file.stem for file in example.iterdir()} == {"pack", "place_kinds", "roles", "checklists"}
    assert [str(finding) for finding in check_pack(example).findings] == []
    version = load_pack(by=system_account(), folder=example)
    assert list(version.section("checklists")) == ["courtyard_review"]


def test_the_finding_that_the_guide_shows(packs: None, example: Path) -> None:
    roles = example / "roles.yaml"
    roles.write_text(roles.read_text("utf-8").replace("visit.score", "visit.scores"), encoding="utf-8")
    (finding,) = check_pack(example).findings
    shown = str(finding).removeprefix(f"{example.parent}/")
    line = re.search(r"^courtyards/roles.yaml:.*$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert line is not None
    assert shown == line[0]


def test_the_generated_parts_are_up_to_date() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert with_generated(text) == text, "run python scripts/generate_pack_docs.py"


def test_every_key_is_described() -> None:
    text = DOCUMENT.read_text("utf-8")
    for schema in (Manifest, *(section.schema for section in SECTIONS.values())):
        for model in models_of(schema):
            for name, field in model.model_fields.items():
                assert field.description, f"{model.__name__}.{name} has no description"
                assert f"| `{field.alias or name}` |" in text
