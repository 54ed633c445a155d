"""docs/pack-guide.md: its example passes, loads, and is played to its end."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.queries import system_account
from huoshui.packs.actions import check_pack, load_pack
from huoshui.packs.drafting import draft_from_files, start_draft
from huoshui.rehearsal import Move, rehearse

GUIDE = Path(__file__).parents[2] / "docs" / "pack-guide.md"
PART = re.compile(r"^```yaml\n(# (\w+\.yaml)\n.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The guide's example as a folder."""
    folder = tmp_path / "gates"
    folder.mkdir()
    for content, name in PART.findall(GUIDE.read_text("utf-8")):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_it_passes_and_loads(packs: None, example: Path) -> None:
    names = {file.stem for file in example.iterdir()}
    assert names == {"pack", "place_kinds", "roles", "checklists", "matters", "schedules", "indicators"}
    assert [str(finding) for finding in check_pack(example).findings] == []
    assert load_pack(by=system_account(), folder=example).number == "1.0.0"


def test_it_is_played_to_its_end(cast: SimpleNamespace, land: SimpleNamespace, example: Path) -> None:
    manifest, content = draft_from_files({file.name: file.read_bytes() for file in example.iterdir()})
    draft = start_draft(by=cast.administrator, manifest=manifest, content=content)
    moves = [Move("town_office", "open"), Move("village_secretary", "report"), Move("verifier", "verify")]
    played = rehearse(by=cast.administrator, draft=draft, kind="fault", moves=moves)
    assert (played.refusal, played.state) == (None, "已清理")
    late = rehearse(by=cast.administrator, draft=draft, kind="fault", moves=[moves[0], Move("", "wait", 22)])
    assert late.light == "red"
    assert {"村党支部书记", "乡镇党建办"} <= {who for who, _text in late.told}


BARRED = "      not_by: [report]\n      other_unit_than: [report]\n      close_reason"


@pytest.mark.parametrize(
    ("was", "becomes", "finding"),
    [
        (BARRED, "      close_reason", "workflow.own_work"),
        ("to: cleared", "to: done", "workflow.state_unknown"),
    ],
)
def test_what_it_says_of_mistakes(packs: None, example: Path, was: str, becomes: str, finding: str) -> None:
    matters = example / "matters.yaml"
    matters.write_text(matters.read_text("utf-8").replace(was, becomes), encoding="utf-8")
    assert finding in {found.problem.code for found in check_pack(example).findings}
