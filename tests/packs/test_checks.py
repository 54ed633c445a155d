"""Every finding of a check, with its file, line, code and words."""

from __future__ import annotations

from pathlib import Path

import pytest

from huoshui.duties.queries import system_account
from huoshui.packs.actions import check_pack, load_pack
from huoshui.packs.models import PackVersion
from tests.packs.helpers import KIND, write_pack


def found(folder: Path) -> list[tuple[str, int, str]]:
    """File name, line and code of each finding of a folder; the words must format in both languages."""
    findings = check_pack(folder).findings
    assert all(f.problem.message("zh") and f.problem.message("en") and f.problem.what_next("zh") for f in findings)
    return [(Path(f.file).name, f.line, f.problem.code) for f in findings]


def test_a_sound_pack_has_no_findings_and_nothing_is_written(packs: None, tmp_path: Path) -> None:
    checked = check_pack(write_pack(tmp_path))
    assert checked.ok
    assert not PackVersion.objects.filter(pack="tiny").exists()


ROLE = "- code: guide\n  name: {zh: 讲解员, en: Guide}\n"
BAD_SECTIONS = [
    ({"place_kinds": "- code: a\n  category: site\n"}, 1, "pack.label_missing"),
    ({"place_kinds": "- code: a\n  category: site\n  name: {zh: 甲}\n"}, 3, "pack.label_missing"),
    ({"place_kinds": "- name: {zh: 甲, en: A}\n  category: site\n"}, 1, "pack.key_missing"),
    ({"place_kinds": KIND + "  colour: red\n"}, 7, "pack.key_unknown"),
    ({"place_kinds": KIND.replace("unit: 平方米", "units: 平方米")}, 6, "pack.key_unknown"),
    ({"place_kinds": KIND.replace("category: site", "category: park")}, 3, "pack.value"),
    ({"place_kinds": KIND.replace("code: courtyard", "code: Court Yard")}, 1, "pack.value"),
    ({"place_kinds": KIND.replace("type: decimal", "type: choice")}, 6, "pack.value"),
    ({"place_kinds": KIND.replace("decimals: 1", "decimals: 9")}, 6, "pack.value"),
    ({"place_kinds": KIND.replace("zh: 院落", "zh: ''")}, 2, "pack.value"),
    ({"place_kinds": "- just words\n"}, 1, "pack.value"),
    ({"place_kinds": "code: a\n"}, 1, "pack.not_a_list"),
    ({"place_kinds": ""}, 1, "pack.not_a_list"),
    ({"place_kinds": KIND + KIND}, 7, "pack.code_twice"),
    ({"place_kinds": KIND.replace("courtyard", "village")}, 1, "pack.code_taken"),
    ({"place_kinds": KIND.replace("[village]", "[village, castle]")}, 4, "pack.reference"),
    ({"place_kinds": KIND + KIND.splitlines()[5] + "\n"}, 7, "pack.code_twice"),
    ({"place_kinds": KIND.replace("category: site", "category: [site")}, 4, "pack.yaml"),
    ({"place_kinds": KIND.replace("  category", "  code: again\n  category")}, 3, "pack.yaml"),
    ({"roles": ROLE + "  permissions:\n    - place.view\n    - place.fly\n"}, 5, "pack.permission"),
    ({"roles": ROLE + "  place_kinds: [castle]\n"}, 3, "pack.reference"),
    ({"castles": "- code: a\n"}, 1, "pack.unknown_section"),
]


@pytest.mark.parametrize(("sections", "line", "code"), BAD_SECTIONS)
def test_each_finding_names_file_line_and_code(
    packs: None, tmp_path: Path, sections: dict[str, str], line: int, code: str
) -> None:
    name = next(iter(sections))
    assert found(write_pack(tmp_path, **sections)) == [(f"{name}.yaml", line, code)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("pack.yaml", 1, "pack.value")]),
        ("- a\n", [("pack.yaml", 1, "pack.value")]),
        ("code: tiny\nversion: 1.0\n", [
            ("pack.yaml", 2, "pack.value"),
            ("pack.yaml", 1, "pack.label_missing"),
            ("pack.yaml", 1, "pack.key_missing"),
        ]),
        ("code: [tiny\n", [("pack.yaml", 2, "pack.yaml")]),
    ],
)  # fmt: skip
def test_manifests(packs: None, tmp_path: Path, text: str, expected: list[tuple[str, int, str]]) -> None:
    assert found(write_pack(tmp_path, manifest=text)) == expected


def test_no_manifest_and_files_that_are_not_utf8(packs: None, tmp_path: Path) -> None:
    assert found(tmp_path / "absent") == [("pack.yaml", 1, "pack.no_manifest")]
    folder = write_pack(tmp_path)
    (folder / "roles.yaml").write_bytes("# 甲\n- code: 乙\n".encode("gb18030"))
    assert found(folder) == [("roles.yaml", 1, "pack.yaml")]


def test_a_section_in_two_files(packs: None, tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "place_kinds.yml").write_text(KIND, encoding="utf-8")
    assert found(folder) == [("place_kinds.yml", 1, "pack.section_twice")]


def test_required_packs_must_be_loaded_and_named(packs: None, tmp_path: Path) -> None:
    assert found(write_pack(tmp_path, requires="[core,\n  castles]")) == [("pack.yaml", 6, "pack.requires")]
    assert found(write_pack(tmp_path, requires="[core, tiny]")) == [("pack.yaml", 5, "pack.requires")]
    # core is loaded, but a pack that does not require it may not refer to it
    assert found(write_pack(tmp_path, requires="[]")) == [("place_kinds.yaml", 4, "pack.reference")]
    # what a required pack requires is known too
    assert found(write_pack(tmp_path, requires="[rectification]")) == []


def test_a_finding_prints_file_line_code_and_says_where(packs: None, tmp_path: Path) -> None:
    folder = write_pack(tmp_path, place_kinds=KIND.replace("name: {zh: 面积, en: Area}, ", "name: {zh: 面积}, "))
    (finding,) = check_pack(folder).findings
    expected = "6: pack.label_missing: 缺少名称“courtyard.attributes.area.name.en”（中文 zh 与英文 en 都要有）。"
    assert str(finding) == f"{folder / 'place_kinds.yaml'}:{expected}"


def test_a_published_code_keeps_its_meaning(packs: None, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(tmp_path))
    changed = KIND.replace("decimals: 1", "decimals: 2").replace("平方米", "亩")
    assert found(write_pack(tmp_path, version="1.1.0", place_kinds=changed)) == [
        ("place_kinds.yaml", 6, "pack.meaning")
    ]
    (finding,) = check_pack(tmp_path).findings
    assert "“面积”（area）的含义变了（原为 decimals: 1、unit: 平方米）" in str(finding)
    renamed = KIND.replace("courtyard", "yard")
    assert found(write_pack(tmp_path, version="1.1.0", place_kinds=renamed)) == [
        ("place_kinds.yaml", 1, "pack.code_removed")
    ]
    more = KIND.replace("院落", "农家院落") + "    - {code: trees, name: {zh: 树, en: Trees}, type: integer}\n"
    assert found(write_pack(tmp_path, version="1.1.0", place_kinds=more)) == []


@pytest.mark.parametrize("code", ["core", "rectification", "review", "hubs"])
def test_the_built_in_packs_pass(packs: None, settings: object, code: str) -> None:
    checked = check_pack(settings.BUILTIN_PACKS_DIR / code)  # type: ignore[attr-defined]
    assert [str(finding) for finding in checked.findings] == []
